"""Menus on a terminal: arrows, Enter, Left for back, `d` for don't know, Ctrl-C to stop."""

from collections.abc import Callable
from shutil import get_terminal_size
from textwrap import fill
from typing import Any

import questionary
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.key_binding.key_processor import KeyPressEvent

from advisor.errors import AnswersError
from advisor.interview import Prompt
from advisor.model import UNKNOWN, Option
from advisor.prompts.face import heading

BACK = "<"
DONT_KNOW = Option(UNKNOWN, "Don't know", "nothing is assumed, and the report says so")
HELP_FROM_COLUMNS = 72
"""Below this width an option's help shows under the list, for the highlighted one only."""

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
            KeyboardInterrupt: Ctrl-C.
        """
        reply = _menu(prompt) if prompt.choices else _line(prompt)
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
    keys = "↑ ↓ Enter · ← back" + (" · d don't know" if prompt.may_be_unknown else "")
    usual = prompt.default if prompt.default_from or not prompt.may_be_unknown else None
    menu = questionary.select(
        prompt.title,
        choices=_choices(options, prompt),
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


def _choices(options: list[Option], prompt: Prompt) -> list[questionary.Choice]:
    wide = _columns() >= HELP_FROM_COLUMNS
    margin = max(len(option.label) for option in options) + 2
    found = []
    for option in options:
        usual = (
            f"usual for {prompt.default_from}" if prompt.default_from and option.id == prompt.default else ""
        )
        help_text = f"{usual}; {option.help}" if usual else option.help
        title = f"{option.label:<{margin}}{help_text}"[: _columns() - 4] if wide else option.label
        under = None if wide else fill(help_text, _columns() - 16, subsequent_indent=" " * 15)
        found.append(questionary.Choice(title, value=option.id, description=under))
    return found


def _line(prompt: Prompt) -> str | None:
    usual = "don't know" if prompt.default == UNKNOWN else prompt.default
    keys = f"Enter takes [{usual}] · {BACK} back"
    text = questionary.text(
        prompt.title,
        instruction=f"\n{_notes(prompt, keys)}\n >",
        qmark="?",
        style=STYLE,
        erase_when_done=True,
    )
    typed = str(text.unsafe_ask()).strip()
    if typed == BACK:
        return None
    return typed or str(prompt.default or "")


def _notes(prompt: Prompt, keys: str) -> str:
    """Why we ask, where we stand and which keys work, each wrapped to the terminal."""
    width = _columns() - 1
    unit = f" · in {prompt.unit}" if prompt.unit else ""
    rows: list[Any] = [prompt.why, f"{heading(prompt)}{unit} · {keys}"]
    return "\n".join(fill(row, width, initial_indent="  ", subsequent_indent="  ") for row in rows)


def _columns() -> int:
    return get_terminal_size().columns
