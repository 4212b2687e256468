"""Menus on a terminal: each answer leaves a line behind, so that one can read back what was said."""

from shutil import get_terminal_size
from textwrap import fill

from advisor.errors import AnswersError
from advisor.interview import Interview, Prompt
from advisor.prompts.face import Turn
from advisor.prompts.page import DONT_KNOW, winners
from advisor.prompts.screen import Screen


class Terminal:
    """Shows one menu or line at a time."""

    def ask(self, interview: Interview, prompt: Prompt) -> str | Turn:
        """The reply as an option id, a number, a name or `unknown`, or where to turn instead.

        Raises:
            KeyboardInterrupt: Ctrl-C or Ctrl-D.
        """
        reply = Screen(interview, prompt).run()
        if reply is Turn.REVIEW:
            return reply
        if reply is Turn.BACK:
            if interview.record.replies:
                _say(f"{prompt.title} (back)")
            return reply
        labels = {choice.id: choice.label for choice in (*prompt.choices, DONT_KNOW)}
        _say(f"{prompt.title} {labels.get(str(reply), reply)}")
        self._tell_turn(interview, str(reply))
        return reply

    def complain(self, error: AnswersError) -> None:
        """Say why a reply was refused."""
        _say(f"! {error}")

    @staticmethod
    def _tell_turn(interview: Interview, reply: str) -> None:
        """Say which parts an answer made lean elsewhere."""
        then = interview.outlook(reply)
        before = {each.part: winners((each,)) for each in interview.outlook()}
        for each in then:
            if before.get(each.part) != winners((each,)):
                part = f"{each.part} " if len(then) > 1 else ""
                _say(f"  → {part}leans to {winners((each,))}")


def _say(text: str) -> None:
    print(fill(text, get_terminal_size().columns, subsequent_indent="  "))
