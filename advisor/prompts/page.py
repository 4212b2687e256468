"""What a terminal shows of a prompt, as rows of styled text that fit its width."""

from dataclasses import dataclass
from textwrap import fill, wrap

from advisor.interview import Choice, Interview, Outlook, Prompt
from advisor.model import UNKNOWN
from advisor.prompts.face import heading
from advisor.prompts.leaning import leaning, points, turning

WIDE = 72
"""From this width on, what a choice means stands beside it; below, under the list, for the highlighted one."""
MARGIN_MOST = 30
POINTER = 3
STANDINGS = 3
BAR, BAR_MOST = "■", 12
GLUE = "\N{NO-BREAK SPACE}"
DONT_KNOW = Choice(UNKNOWN, "Don't know", "nothing is assumed, and the report says so")

Row = list[tuple[str, str]]
"""One line: pieces of (style, text)."""


@dataclass(frozen=True, slots=True)
class Page:
    """A prompt on a terminal of a given width.

    Attributes:
        columns: the width; nothing is wider.
    """

    interview: Interview
    prompt: Prompt
    columns: int

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be picked, `don't know` included; empty when a text is typed."""
        return (
            (*self.prompt.choices, DONT_KNOW)
            if self.prompt.choices and self.prompt.may_be_unknown
            else (self.prompt.choices)
        )

    def head(self, *, why: bool) -> list[Row]:
        """The question, and what one should know to answer it; with `why`, also what its answers would do."""
        rows = [_row("class:title", row) for row in wrap(f"? {self.prompt.title}", self._room, subsequent_indent="  ")]
        rows += self._indented("class:quiet", heading(self.prompt))
        if why:
            rows += self._indented("", f"Why we ask: {self.prompt.why}")
            rows += [row for sentence in self._effects() for row in self._indented("", sentence)]
        usual = self._usual()
        return [*rows, *(self._indented("", usual) if usual else [])]

    def choice(self, choice: Choice, *, chosen: bool) -> Row:
        """A choice, to be shown after a pointer that is `POINTER` columns wide; it may take several lines."""
        beside = choice.now or (choice.help if self.columns >= WIDE else "")
        margin = self._margin() if self.columns >= WIDE else 0
        label = f"{choice.label:<{margin}}" if margin else f"{choice.label}{': ' if beside else ''}"
        first, further = " " * POINTER, " " * (POINTER + (margin or 2))
        text = fill(f"{label}{beside}", self._room, initial_indent=first, subsequent_indent=further)
        return _row("class:chosen" if chosen else "", text[POINTER:])

    def panel(self, reply: str, picked: Choice | None) -> list[Row]:
        """Where the answers lean, and what the reply that is highlighted or typed would do."""
        rows = []
        if picked and picked.help and (picked.now or self.columns < WIDE):
            rows += self._indented("", f"{picked.label}: {picked.help}")
        if self.prompt.bands:
            bands = ", ".join(f"{band.label} ({band.id})" for band in self.prompt.bands)
            rows += self._indented("class:quiet", f"What matters: {bands}.")
        now = self.interview.outlook()
        for sentence in leaning(now):
            rows += self._indented("class:lean", sentence)
        then = self.interview.outlook(reply)
        if then and (self.prompt.may_be_unknown or now != then):
            same = now == then
            for sentence in turning(now, then):
                rows += self._indented("class:quiet" if same else "class:turn", sentence)
            rows += self._standings(now, then)
        return [_row("", ""), *rows] if rows else []

    def keys(self) -> list[Row]:
        """Which keys work."""
        known = ["d don't know"] if self.prompt.may_be_unknown else []
        pick = ["↑ ↓ Enter"] if self.prompt.choices else [f"Enter takes [{self._default()}]"]
        asks = ["? why"] if self.prompt.choices or self.prompt.unit else []
        stop = ["Ctrl-C stop"] if self.columns >= WIDE else []
        keys = [*pick, "← back", *asks, *known, *(["r review"] if asks else []), *stop]
        return [_row("", ""), *self._indented("class:quiet", " · ".join(key.replace(" ", GLUE) for key in keys))]

    @property
    def _room(self) -> int:
        return max(10, self.columns - 1)

    def _indented(self, style: str, text: str) -> list[Row]:
        rows = wrap(text, self._room, initial_indent="  ", subsequent_indent="  ")
        return [_row(style, row.replace(GLUE, " ")) for row in rows]

    def _default(self) -> str:
        return "don't know" if self.prompt.default == UNKNOWN else str(self.prompt.default or "")

    def _usual(self) -> str:
        if not self.prompt.default_from:
            return ""
        labels = {choice.id: choice.label for choice in self.choices}
        usual = labels.get(str(self.prompt.default), self._default())
        return f"{self.prompt.default_from[0].upper()}{self.prompt.default_from[1:]}: {usual}."

    def _effects(self) -> list[str]:
        """What each answer would do, for those that would do something."""
        if not self.prompt.may_be_unknown:
            return []
        now = self.interview.outlook()
        ways = [(choice.id, choice.label) for choice in self.prompt.choices]
        ways += [(f"{band.low:.15g}", band.label) for band in self.prompt.bands]
        outcomes = [(label, self.interview.outlook(reply)) for reply, label in ways]
        told = [f"{label}: {winners(then)}" for label, then in outcomes if winners(then) != winners(now)]
        return told or ["By itself no answer would change the mechanism; together with others it can."]

    def _margin(self) -> int:
        return min(MARGIN_MOST, max(len(choice.label) for choice in self.choices) + 2)

    def _standings(self, now: tuple[Outlook, ...], then: tuple[Outlook, ...]) -> list[Row]:
        """The points of the leaders, before and after; only where there is room, and for one part."""
        moved = [each for each in then if each not in now] or list(then[-1:])
        before = next((each for each in now if each.part == moved[0].part), None)
        if self.columns < WIDE or not moved[0].standings:
            return []
        rows = [_row("class:quiet", f"  {'':<30}{'now' if before else '':>5}{'then':>6}")]
        for each in moved[0].standings[:STANDINGS]:
            first = points(before.points_of(each.mechanism)) if before else ""
            bar = BAR * min(BAR_MOST, max(0, each.points))
            rows.append(_row("", f"  {each.label[:29]:<30}{first:>5}{points(each.points):>6}  {bar}"))
        return rows


def winners(outlooks: tuple[Outlook, ...]) -> str:
    """Who leads in each part, in a few words."""
    named = [(each.part, each.winner.label if each.winner else "a contradiction") for each in outlooks]
    return ", ".join(f"{part}: {winner}" if len(named) > 1 else winner for part, winner in named)


def _row(style: str, text: str) -> Row:
    return [(style, text)]
