"""Draws one moment of a cluster for a terminal of any size. Lines in, lines out: no I/O, so it can be read and tested.

Colours are the sixteen of the terminal, which suit its background, light or dark, and only repeat what a mark and
a word say already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.text import Text

from minisvc.live.figures import WINDOW_S, Figures, Row, wall_clock
from minisvc.live.keys import LEAVING, MOST_DIGITS, SELECTING, Command
from minisvc.live.pen import Pen, milliseconds, percent

LONGEST_NAME = 18
ON_INSTANCE = "crhd"
"""Keys that act on the selected instance; the others act on the service or the view."""
SHORTEST = "cr?q"
"""Keys that a narrow terminal is reminded of; help explains all."""
STATUSES = {
    "up": ("●", "+", "up", "green"),
    "down": ("✖", "x", "crashed", "bold red"),
    "hung": ("◌", "-", "hangs", "bold magenta"),
    "draining": ("◐", "~", "drains", "magenta"),
    "stopped": ("■", "#", "stopped", ""),
    "unhealthy": ("▲", "!", "unhealthy", "bold magenta"),
    "ejected": ("▲", "!", "ejected", "bold magenta"),
}
"""Mark, the same in ASCII, word and style."""


@dataclass(frozen=True, slots=True)
class Head:
    """What does not move: the layout's name, the addresses, a line on each service, and one on the traffic."""

    name: str
    url: str
    curl: str
    services: tuple[str, ...]
    traffic: str


@dataclass(frozen=True, slots=True)
class Moment:
    """All that a screen shows.

    Attributes:
        selected: the place of the selected instance, from 0.
        said: the answer to the last command; `bad` if that failed.
        helping: whether the keys are explained in place of the figures.
    """

    head: Head
    figures: Figures
    commands: tuple[Command, ...]
    selected: int = 0
    said: str = ""
    bad: bool = False
    helping: bool = False


class Screen:
    """A terminal's size and abilities, and how a moment looks on it."""

    def __init__(self, columns: int, rows: int, *, ascii_only: bool = False) -> None:
        self.columns, self.rows = columns, rows
        self._pen = Pen(columns, ascii_only=ascii_only)

    def draw(self, moment: Moment) -> list[Text]:
        """Exactly `rows` lines of at most `columns` columns."""
        foot = self._foot(moment)
        above = [*self._head(moment.head), Text()]
        room = self.rows - len(above) - len(foot)
        body = self._help(moment) if moment.helping else self._body(moment, room)
        lines = (above + body)[: max(0, self.rows - len(foot))]
        lines += [Text()] * (self.rows - len(foot) - len(lines))
        return [self._cut(line) for line in (lines + foot)[: self.rows]]

    # From top to bottom.

    def _head(self, head: Head) -> Iterable[Text]:
        yield self._pen.ends(Text(head.name, "bold"), Text(head.url, "underline"))
        for service in head.services:
            yield from self._pen.wrapped(service, "dim")
        yield from self._pen.wrapped(head.traffic, "dim")

    def _body(self, moment: Moment, room: int) -> list[Text]:
        figures = moment.figures
        totals = [Text(), *self._totals(figures)]
        table = self._table(figures.rows, moment.selected, max(1, room - len(totals) - 5))
        events = list(self._events(figures, room - len(table) - len(totals) - 1))
        return [*table, *totals, *([Text(), *events] if events else [])]

    def _table(self, rows: Sequence[Row], selected: int, room: int) -> list[Text]:
        names = min(LONGEST_NAME if self._pen.wide else 8, max(4, *(len(row.name) for row in rows)))
        # Bars take what is left.
        bar = self.columns - names - 42 if self._pen.wide else 0
        heading = f"    {'name':<{names}} status     {' ' * bool(bar)}"
        heading += f"{'share of answers':<{bar + 6}}  in hand  carts" if bar else "share hand carts"
        first = max(0, min(selected - room // 2, len(rows) - room))
        shown = rows[first : first + room]
        lines = [Text(heading, "dim")]
        lines += [
            self._row(row, first + place, names, bar, first + place == selected) for place, row in enumerate(shown)
        ]
        if len(shown) < len(rows):
            lines.append(Text(f"    {len(rows) - len(shown)} more: arrows", "dim"))
        return lines

    def _row(self, row: Row, place: int, names: int, bar: int, selected: bool) -> Text:
        fancy, plain, word, style = STATUSES.get(row.status, ("?", "?", row.status, "bold"))
        number = str(place + 1) if place < MOST_DIGITS else " "
        line = Text(style="bold" if selected else "")
        line.append(f"{(self._pen.mark('▸', '>') if selected else ' ')} ").append(f"{number} ", "bold")
        line.append(f"{_short(row.name, names):<{names}} ")
        line.append(f"{self._pen.mark(fancy, plain)} {word:<9}", style)
        if bar:
            line.append(" ").append(self._pen.bar(row.share, bar), style if row.status == "up" else "dim")
        line.append(f"{percent(row.share, 0):>6}" if bar else f"{percent(row.share, 0):>5}")
        return line.append(f"  {row.in_flight:>7}  {row.carts:>5}" if bar else f" {row.in_flight:>4} {row.carts:>5}")

    def _totals(self, figures: Figures) -> Iterable[Text]:
        """Up and correct, one below the other: two figures, for a cluster can be the one and not the other."""
        served = f"{figures.served} served, {figures.failed} failed"
        lost = f"{figures.lost} lost of {figures.checked}" + (" checked" if self._pen.wide else "")
        yield self._pen.total("up", figures.up, served, harm=figures.failed > 0)
        yield self._pen.total("correct", figures.correct, lost, harm=figures.lost > 0)
        apart = "   " if self._pen.wide else " "
        speed = apart.join(
            [f"{figures.per_s:.1f}/s", f"p50 {milliseconds(figures.p50_s)}", f"p99 {milliseconds(figures.p99_s)}"]
        )
        yield Text("speed    " + (f"{speed}   (last {WINDOW_S:.0f} s)" if self._pen.wide else speed))
        store, client = figures.carts_elsewhere
        elsewhere = [f"{store} in the store"] * bool(store) + [f"{client} with their users"] * bool(client)
        if elsewhere:
            yield Text(f"carts    {', '.join(elsewhere)}")
        if figures.store and self._pen.wide:
            yield Text(f"store    {figures.store}")
        if figures.last_lost and self.rows >= 20:
            told = list(self._pen.wrapped(f"lost     {figures.last_lost}", "", indent=9))
            told[0].stylize("bold red", 0, 4)
            yield from told

    def _events(self, figures: Figures, room: int) -> Iterable[Text]:
        """The latest that there is room for, oldest first."""
        found: list[Text] = []
        for event in reversed(figures.events):
            lines = list(self._pen.wrapped(f"{wall_clock(event)}  {' '.join(event.sentence.split())}", "", indent=10))
            if len(found) + len(lines) > room:
                break
            lines[0].stylize("dim", 0, 8)
            found = lines + found
        return found

    def _help(self, moment: Moment) -> list[Text]:
        keys = [*SELECTING, *((each.key, each.help) for each in moment.commands), *LEAVING]
        lines = []
        for key, told in keys:
            wrapped = list(self._pen.wrapped(f"{self._pen.mark(key, key.replace('↑ ↓', 'arr')):<5}{told}", indent=5))
            wrapped[0].stylize("bold", 0, 5)
            lines += wrapped
        return [*lines, Text(), *self._pen.wrapped(moment.head.curl, "dim")]

    def _foot(self, moment: Moment) -> list[Text]:
        """The answer to the last command, and the keys."""
        said = list(self._pen.wrapped(("! " if moment.bad else "") + moment.said, "bold red" if moment.bad else ""))
        words = [(each.key, each.word) for each in moment.commands]
        on_one = [("1-9", "select"), *(pair for pair in words if pair[0] in ON_INSTANCE)]
        on_all = [*(pair for pair in words if pair[0] not in ON_INSTANCE), ("?", "help"), ("q", "quit")]
        if not self._pen.wide:
            on_one, on_all = [], [pair for pair in on_one + on_all if pair[0] in SHORTEST]
        lines = [*self._keys(on_one), *self._keys(on_all)]
        return [*(said[:3] or [Text()]), *lines]

    def _keys(self, keys: Sequence[tuple[str, str]]) -> Iterable[Text]:
        line = Text()
        for key, word in keys:
            pair = Text.assemble((key, "bold"), f" {word}")
            if line and len(line) + len(pair) + 2 > self.columns:
                yield line
                line = Text()
            line.append("  " if line else "").append(pair)
        if line:
            yield line

    def _cut(self, line: Text) -> Text:
        line.truncate(self.columns)
        return line


def _short(name: str, longest: int) -> str:
    """A name that keeps its end, where instances differ."""
    return name if len(name) <= longest else f"~{name[1 - longest :]}"
