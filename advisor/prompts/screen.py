"""One prompt at work on a terminal: a questionary question, with the rows of a page around it and more keys."""

from collections.abc import Callable

import questionary
from prompt_toolkit.application import Application, get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import (
    AnyContainer,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    ScrollOffsets,
    VerticalAlign,
    Window,
)

from advisor.interview import Choice, Interview, Prompt
from advisor.model import UNKNOWN
from advisor.prompts.face import Turn
from advisor.prompts.menu import Menu
from advisor.prompts.page import Page, Row

STYLE = questionary.Style.from_dict(
    {
        "title": "bold",
        "separator": "bold",
        "chosen": "bold ansicyan",
        "pointer": "bold ansicyan",
        "question": "bold ansicyan",
        "answer": "noinherit",
        "quiet": "",
        "lean": "bold",
        "turn": "bold ansigreen",
    }
)
ESCAPE_S = 0.05
"""How long an Escape may be the beginning of an arrow key. Terminals send those in one piece."""
LIST_LEAST = 3
PANEL_LEAST = 5
MANY = 99
"""More rows than any part needs: all of them, then."""
TALL = 20
"""From this height on there is room for a list and a panel; below, the list comes first."""


class Screen:
    """Shows a prompt and takes a reply. Every key is drawn at once."""

    def __init__(self, interview: Interview, prompt: Prompt) -> None:
        self._interview = interview
        self._prompt = prompt
        self._why = False
        choices = Page(interview, prompt, 80).choices
        self._menu = Menu(prompt, choices) if choices else None
        self._typed = Buffer()
        self._question = self._pick(self._menu) if self._menu else self._type()
        self._question.application.ttimeoutlen = ESCAPE_S

    def run(self) -> str | Turn:
        """The reply, or where to turn.

        Raises:
            KeyboardInterrupt: Ctrl-C or Ctrl-D.
        """
        reply: str | Turn = self._question.unsafe_ask()
        return reply

    @property
    def _page(self) -> Page:
        return Page(self._interview, self._prompt, get_app().output.get_size().columns)

    @property
    def _picked(self) -> Choice | None:
        return self._menu.picked if self._menu else None

    @property
    def _reply(self) -> str:
        return self._picked.id if self._picked else self._typed.text.strip() or str(self._prompt.default or "")

    # What is shown.

    def _pick(self, menu: Menu) -> questionary.Question:
        """A choice from a list."""
        window = Window(
            menu.control,
            height=lambda: Dimension(min=min(LIST_LEAST, menu.control.choice_count), weight=4),
            dont_extend_height=True,
            scroll_offsets=ScrollOffsets(top=1, bottom=1),
        )
        app: Application[str | Turn] = Application(
            layout=Layout(self._around(window), focused_element=window),
            key_bindings=self._bindings(),
            style=STYLE,
            erase_when_done=True,
            before_render=lambda _: menu.draw(self._page),
        )
        return questionary.Question(app)

    def _type(self) -> questionary.Question:
        """A line to type a word or a number in."""
        question = questionary.text(
            ">",
            qmark="",
            style=STYLE,
            key_bindings=self._bindings(),
            wrap_lines=False,
            reserve_space_for_menu=0,
            erase_when_done=True,
        )
        app = question.application
        self._typed = app.current_buffer
        app.layout = Layout(self._around(HSplit([app.layout.container], height=1)), focused_element=self._typed)
        return question

    def _around(self, middle: AnyContainer) -> HSplit:
        """The head above what takes the reply; the panel and the keys below."""
        head = self._window(lambda: self._page.head(why=self._why))
        panel = self._window(
            lambda: self._page.panel(self._reply, self._picked), least=lambda: PANEL_LEAST if _is_tall() else 0
        )
        keys = self._window(self._keys, least=lambda: MANY if _is_tall() else 0)
        return HSplit([head, middle, panel, keys], align=VerticalAlign.TOP)

    def _keys(self) -> list[Row]:
        return self._page.keys()

    @staticmethod
    def _window(rows: Callable[[], list[Row]], least: Callable[[], int] | None = None) -> Window:
        def height() -> Dimension:
            count = len(rows())
            return Dimension(min=min(count, least()) if least else count, preferred=count, max=count)

        return Window(FormattedTextControl(lambda: _joined(rows())), height=height)

    # What the keys do.

    def _bindings(self) -> KeyBindings:
        keys = KeyBindings()
        # In a text, letters are letters; in a number only once something is typed.
        free = Condition(lambda: bool(self._menu) or (bool(self._prompt.unit) and not self._typed.text))
        empty = Condition(lambda: not self._typed.text)
        keys.add("enter", eager=True)(lambda event: event.app.exit(result=self._reply))
        keys.add("escape", eager=True)(_leave(Turn.BACK))
        keys.add("left", eager=True, filter=empty)(_leave(Turn.BACK))
        keys.add("?", eager=True, filter=free)(self._toggle_why)
        keys.add("r", eager=True, filter=free)(_leave(Turn.REVIEW))
        if self._menu:
            _add_moves(keys, self._menu)
        if self._prompt.may_be_unknown:
            keys.add("d", eager=True, filter=free)(_leave(UNKNOWN))
        for name in ("c-c", "c-d"):
            keys.add(name, eager=True)(lambda event: event.app.exit(exception=KeyboardInterrupt))
        return keys

    def _toggle_why(self, _: KeyPressEvent) -> None:
        self._why = not self._why


def _add_moves(keys: KeyBindings, menu: Menu) -> None:
    def moves(step: int) -> Callable[[KeyPressEvent], None]:
        return lambda _: menu.move(step)

    for step, names in ((-1, ("up", "s-tab")), (1, ("down", "tab")), (-8, ("pageup",)), (8, ("pagedown",))):
        for name in names:
            keys.add(name, eager=True)(moves(step))


def _is_tall() -> bool:
    return get_app().output.get_size().rows >= TALL


def _leave(result: str | Turn) -> Callable[[KeyPressEvent], None]:
    return lambda event: event.app.exit(result=result)


def _joined(rows: list[Row]) -> StyleAndTextTuples:
    """The rows as one text."""
    text: StyleAndTextTuples = []
    for number, row in enumerate(rows):
        text += [("", "\n"), *row] if number else row
    return text
