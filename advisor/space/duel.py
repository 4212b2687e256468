"""How far one mechanism can be ahead of another inside a box of answer sets: an upper bound.

In each concern the sets of rules that can fire together inside the box are known exactly; the bound takes the best of
them for the challenger concern by concern, so it is too high only where two concerns want different answers to the
same question. Rules that are about neither of the two are left out.
"""

from collections.abc import Callable
from operator import itemgetter
from typing import NamedTuple

from advisor.space.compiled import Box, Space, bits_of
from advisor.space.scales import Voice


class _Part(NamedTuple):
    """One concern: its rules about either mechanism, and the axes that they look at.

    Attributes:
        ours, theirs: the voices of the challenger and of the holder.
        here: takes what a box has on these axes out of it.
        known: what was found, by that.
    """

    rules: int
    axes: tuple[int, ...]
    ours: tuple[Voice, ...]
    theirs: tuple[Voice, ...]
    here: Callable[[Box], object]
    known: dict[object, int]


class Duel:
    """Two mechanisms in one space. It remembers what it found about parts of boxes."""

    def __init__(self, space: Space, challenger: int, holder: int) -> None:
        self._space = space
        self._challenger = challenger
        self._holder = holder
        about = space.scales.about[challenger] | space.scales.about[holder]
        self._known: dict[Box, int] = {}
        self._parts: list[_Part] = []
        for concern in space.scales.concerns:
            if rules := concern.rules & about:
                axes = space.axes_of(rules)
                here = itemgetter(*axes) if axes else bool
                ours, theirs = (tuple([v for v in concern.voices if v.mechanism == at]) for at in (challenger, holder))
                self._parts.append(_Part(rules, axes, ours, theirs, here, {}))

    def wins(self, box: Box) -> bool:
        """Whether the bound does not exclude that the challenger beats the holder; a tie goes to the simpler one."""
        return self.lead(box) >= (self._challenger > self._holder)

    def lead(self, box: Box) -> int:
        """The bound, in points; below 0 where the challenger is always behind."""
        if box not in self._known:
            self._known[box] = sum([self._lead_in(part, box) for part in self._parts])
        return self._known[box]

    def _lead_in(self, part: _Part, box: Box) -> int:
        key = part.here(box)
        if key not in part.known:
            part.known[key] = max([_lead(part, fired) for fired in self._together(part, box)])
        return part.known[key]

    def _together(self, part: _Part, box: Box) -> set[int]:
        """The sets of the part's rules that fire together somewhere in the box, each as a mask."""
        sets = {part.rules}
        for axis in part.axes:
            permits = self._space.permits[axis]
            allowed = {permits[class_] & part.rules for class_ in bits_of(box[axis])}
            sets = {fired & each for fired in sets for each in allowed}
        return sets


def _lead(part: _Part, fired: int) -> int:
    """How far the challenger is ahead in a concern when these rules fire."""
    lead = 0
    for voice in part.ours:
        lead += voice.points(fired)
    for voice in part.theirs:
        lead -= voice.points(fired)
    return lead
