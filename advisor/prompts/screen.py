"""One prompt at work on a terminal: the rows of a page in windows, and what the keys do."""

from collections.abc import Callable

from prompt_toolkit.application import Application, get_app
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.data_structures import Point
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.layout import (
    BufferControl,
    Dimension,
    FormattedTextControl,
    HSplit,
    Layout,
    ScrollOffsets,
    VerticalAlign,
    Window,
)
from prompt_toolkit.styles import Style

from advisor.interview import Choice, Interview, Prompt
from advisor.model import UNKNOWN
from advisor.prompts.face import Turn
from advisor.prompts.page import Page, Row

STYLE = Style.from_dict(
    {"title": "bold", "chosen": "bold ansicyan", "quiet": "", "lean": "bold", "turn": "bold ansigreen"}
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
        self._typed = Buffer(multiline=False)
        self._choices = Page(interview, prompt, 80).choices
        places = [number for number, choice in enumerate(self._choices) if choice.id == prompt.default]
        # A preselected "don't know" would be taken by a hasty Enter: better the first real answer.
        self._selected = places[0] if places and prompt.default != UNKNOWN else 0
        self._app: Application[str | Turn] = Application(
            layout=self._layout(),
            key_bindings=self._bindings(),
            style=STYLE,
            erase_when_done=True,
        )
        self._app.ttimeoutlen = ESCAPE_S

    def run(self) -> str | Turn:
        """The reply, or where to turn.

        Raises:
            KeyboardInterrupt: Ctrl-C or Ctrl-D.
        """
        return self._app.run()

    @property
    def _page(self) -> Page:
        return Page(self._interview, self._prompt, get_app().output.get_size().columns)

    @property
    def _picked(self) -> Choice | None:
        return self._choices[self._selected] if self._choices else None

    @property
    def _reply(self) -> str:
        return self._picked.id if self._picked else self._typed.text.strip() or str(self._prompt.default or "")

    # What is shown.

    def _layout(self) -> Layout:
        head = self._window(lambda: self._page.head(why=self._why))
        panel = self._window(
            lambda: self._page.panel(self._reply, self._picked), least=lambda: PANEL_LEAST if _is_tall() else 0
        )
        keys = self._window(self._keys, least=lambda: MANY if _is_tall() else 0)
        middle = self._list() if self._choices else self._line()
        return Layout(HSplit([head, middle, panel, keys], align=VerticalAlign.TOP), focused_element=middle)

    def _keys(self) -> list[Row]:
        return self._page.keys()

    @staticmethod
    def _window(rows: Callable[[], list[Row]], least: Callable[[], int] | None = None) -> Window:
        def height() -> Dimension:
            count = len(rows())
            return Dimension(min=min(count, least()) if least else count, preferred=count, max=count)

        return Window(FormattedTextControl(lambda: _joined(rows())), height=height)

    def _list(self) -> Window:
        def rows() -> tuple[list[Row], int]:
            return self._page.rows(self._selected)

        def height() -> Dimension:
            count = len(rows()[0])
            return Dimension(min=min(LIST_LEAST, count), preferred=count, max=count, weight=4)

        control = FormattedTextControl(
            lambda: _joined(rows()[0]),
            focusable=True,
            show_cursor=False,
            get_cursor_position=lambda: Point(0, rows()[1]),
        )
        return Window(control, height=height, scroll_offsets=ScrollOffsets(top=1, bottom=1))

    def _line(self) -> Window:
        return Window(BufferControl(self._typed), height=1, get_line_prefix=lambda *_: [("class:chosen", " > ")])

    # What the keys do.

    def _bindings(self) -> KeyBindings:
        keys = KeyBindings()
        # In a text, letters are letters; in a number only once something is typed.
        free = Condition(lambda: bool(self._choices) or (bool(self._prompt.unit) and not self._typed.text))
        empty = Condition(lambda: not self._typed.text)
        listed = Condition(lambda: bool(self._choices))
        keys.add("enter", eager=True)(lambda event: event.app.exit(result=self._reply))
        keys.add("escape", eager=True)(_leave(Turn.BACK))
        keys.add("left", eager=True, filter=empty)(_leave(Turn.BACK))
        keys.add("?", eager=True, filter=free)(self._toggle_why)
        keys.add("r", eager=True, filter=free)(_leave(Turn.REVIEW))
        for step, names in ((-1, ("up", "s-tab")), (1, ("down", "tab")), (-8, ("pageup",)), (8, ("pagedown",))):
            for name in names:
                keys.add(name, eager=True, filter=listed)(self._move(step))
        if self._prompt.may_be_unknown:
            keys.add("d", eager=True, filter=free)(_leave(UNKNOWN))
        for name in ("c-c", "c-d"):
            keys.add(name, eager=True)(lambda event: event.app.exit(exception=KeyboardInterrupt))
        return keys

    def _toggle_why(self, _: KeyPressEvent) -> None:
        self._why = not self._why

    def _move(self, step: int) -> Callable[[KeyPressEvent], None]:
        def move(_: KeyPressEvent) -> None:
            last = len(self._choices) - 1
            wanted = self._selected + step
            # One step past an end comes round; a leap stops there.
            self._selected = wanted % (last + 1) if abs(step) == 1 else min(last, max(0, wanted))

        return move


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
