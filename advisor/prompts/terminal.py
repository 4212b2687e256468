"""Menus on a terminal: arrows, Enter, Left for back, `d` for don't know, Ctrl-C to stop."""

from collections.abc import Callable
from shutil import get_terminal_size
from textwrap import fill

import questionary
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.key_binding.key_processor import KeyPressEvent

from advisor.errors import AnswersError
from advisor.interview import Prompt
from advisor.model import UNKNOWN, Option
from advisor.prompts.face import heading

BACK = "<"
GLUE = "\N{NO-BREAK SPACE}"
DONT_KNOW = Option(UNKNOWN, "Don't know", "nothing is assumed, and the report says so")
HELP_FROM_COLUMNS = 72
"""Below this width an option's help shows under the list, for the highlighted one only."""

HANGING = " " * 15
"""As wide as the prefix that questionary puts before a description."""

STYLE = questionary.Style(
    [
        ("qmark", "bold"),
        ("question", "bold"),
        ("pointer", "bold"),
        ("highlighted", "bold"),
        ("instruction", ""),
    ]
)


class Terminal:
    """Shows one menu or line at a time, and leaves one line for each answer behind."""

    def ask(self, prompt: Prompt) -> str | None:
        """The reply as an option id, a number, a name or `unknown`; None means back.

        Raises:
            KeyboardInterrupt: Ctrl-C or Ctrl-D.
        """
        try:
            reply = _menu(prompt) if prompt.choices else _line(prompt)
        except EOFError:  # Ctrl-D: a person means the same as by Ctrl-C
            raise KeyboardInterrupt from None
        if reply is None:
            print(f"  {prompt.title} (back)")
            return None
        labels = {option.id: option.label for option in (*prompt.choices, DONT_KNOW)}
        print(fill(f"{prompt.title} {labels.get(reply, reply)}", _columns(), subsequent_indent="  "))
        return reply

    def complain(self, error: AnswersError) -> None:
        """Say why a reply was refused."""
        print(fill(f"! {error}", _columns(), subsequent_indent="  "))


def _menu(prompt: Prompt) -> str | None:
    options = [*prompt.choices, *([DONT_KNOW] if prompt.may_be_unknown else [])]
    keys = ["↑ ↓ Enter", "← back", *(["d don't know"] if prompt.may_be_unknown else [])]
    usual = prompt.default if prompt.default_from or not prompt.may_be_unknown else None
    menu = questionary.select(
        _title(prompt),
        choices=_choices(options),
        default=usual,
        instruction=f"\n{_notes(prompt, keys)}\n",
        qmark="?",
        pointer=">",
        style=STYLE,
        use_jk_keys=False,
        erase_when_done=True,
    )
    bindings = menu.application.key_bindings
    assert isinstance(bindings, KeyBindings)  # questionary makes it so; its types do not say it
    bindings.add("left", eager=True)(_leave_with(BACK))
    bindings.add("escape")(_leave_with(BACK))
    if prompt.may_be_unknown:
        bindings.add("d", eager=True)(_leave_with(UNKNOWN))
    reply = menu.unsafe_ask()
    return None if reply == BACK else str(reply)


def _leave_with(result: str) -> Callable[[KeyPressEvent], None]:
    def leave(event: KeyPressEvent) -> None:
        event.app.exit(result=result)

    return leave


def _choices(options: list[Option]) -> list[questionary.Choice]:
    wide = _columns() >= HELP_FROM_COLUMNS
    margin = max(len(option.label) for option in options) + 2
    found = []
    for option in options:
        title = f"{option.label:<{margin}}{option.help}" if wide else option.label
        under = (
            None
            if wide
            else fill(option.help, _columns() - 1, initial_indent=HANGING, subsequent_indent=HANGING).lstrip()
        )
        found.append(questionary.Choice(title, value=option.id, description=under))
    return found


def _line(prompt: Prompt) -> str | None:
    usual = "don't know" if prompt.default == UNKNOWN else prompt.default
    keys = [f"Enter takes [{usual}]", f"{BACK} back"]
    text = questionary.text(
        _title(prompt),
        instruction=f"\n{_notes(prompt, keys)}\n >",
        qmark="?",
        style=STYLE,
        erase_when_done=True,
    )
    typed = str(text.unsafe_ask()).strip()
    if typed == BACK:
        return None
    return typed or str(prompt.default or "")


def _title(prompt: Prompt) -> str:
    """The question, wrapped here because prompt_toolkit cuts all lines of a prompt but the last."""
    return fill(prompt.title, _columns() - 3, subsequent_indent="  ")


def _notes(prompt: Prompt, keys: list[str]) -> str:
    """Why we ask, where we stand and which keys work, each wrapped to the terminal."""
    parts = [heading(prompt), *([f"in {prompt.unit}"] if prompt.unit else []), *keys]
    rows = [prompt.why, " · ".join(part.replace(" ", GLUE) for part in parts)]
    if prompt.default_from:
        usual = next(option.label for option in prompt.choices if option.id == prompt.default)
        rows.insert(1, f"Usual for {prompt.default_from}: {usual}.")
    return "\n".join(
        fill(row, _columns() - 1, initial_indent="  ", subsequent_indent="  ").replace(GLUE, " ") for row in rows
    )


def _columns() -> int:
    return get_terminal_size().columns
