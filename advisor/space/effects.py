"""What taking one more axis does to the lanes: arguments fire, or cannot fire any more.

Vectors have a byte a lane and are offset by `BIAS`, so that no byte is negative.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from advisor.errors import Fault, RulesError
from advisor.space.contest import Lane
from advisor.space.scales import Voice

BIAS = 63
"""No lane can gain or lose more than this in all; see `too_loud`."""


_Marked = tuple[int, Voice, int]  # the lane's number, its voice, the voice's mark


class Effect(NamedTuple):
    """What a step does.

    Attributes:
        gain: what each lane gains, offset.
        low, high: the least and the most that each lane can still gain later, offset.
        keep: the bytes of the lanes that the requirements leave.
        safe: the bytes of the lanes that no requirement can remove any more.
        pending: the arguments that still matter.
    """

    gain: int
    low: int
    high: int
    keep: int
    safe: int
    pending: int


class _Part(NamedTuple):
    """The same, for the voices of one concern."""

    gain: int
    low: int
    high: int
    pending: int


class Effects:
    """The effects of steps on some lanes.

    A pending mask holds arguments that can still fire, and above them a mark for each voice whose value is
    not settled yet.

    Args:
        lanes: the lanes.
        done: by step: the arguments whose axes have all been taken after it.
        marks: the bit of the first mark.
    """

    def __init__(self, lanes: Sequence[Lane], done: Sequence[int], marks: int) -> None:
        self._lanes = lanes
        self._done = done
        voices = [(at, voice) for at, lane in enumerate(lanes) for voice in lane.voices]
        marked = [(at, voice, marks << number) for number, (at, voice) in enumerate(voices)]
        self._groups = _groups(marked)
        self.marks = sum(mark for _, _, mark in marked)
        self._removals = 0
        for lane in lanes:
            self._removals |= lane.removed_by
        self._of_lane = [lane.removed_by for lane in lanes]
        for at, voice, mark in marked:
            self._of_lane[at] |= mark | bits_of_voice(voice)
        self._parts: list[dict[tuple[int, int, int], _Part]] = [{} for _ in self._groups]
        self._left: dict[tuple[int, int], tuple[int, int, int]] = {}
        self._ground = sum(BIAS << 8 * at for at in range(len(lanes)))
        self._matter: dict[int, int] = {}

    def matter(self, alive: int) -> int:
        """The arguments and marks that are about the lanes whose bytes are set."""
        if alive not in self._matter:
            mask = 0
            for at, bits in enumerate(self._of_lane):
                mask |= bits if alive >> 8 * at & 1 else 0
            self._matter[alive] = mask
        return self._matter[alive]

    def of(self, step: int, before: int, after: int) -> Effect:
        """The effect of a step that leaves, of what was pending before, that in `after`."""
        gain = low = high = self._ground
        keep, safe, pending = self._requirements(step, after & self._removals)
        for (mask, voices), known in zip(self._groups, self._parts, strict=True):
            if before & mask:
                key = (step, before & mask, after & mask)
                part = known.get(key)
                if part is None:
                    part = known[key] = self._part(voices, step, after & mask)
                gain += part.gain
                low += part.low
                high += part.high
                pending |= part.pending
        return Effect(gain, low, high, keep, safe, pending)

    def _part(self, voices: Iterable[tuple[int, Voice, int]], step: int, after: int) -> _Part:
        gain = low = high = pending = 0
        done = self._done[step]
        for lane, voice, mark in voices:
            if not after & mark:
                continue
            most, sure = voice.points(after), voice.points(after & done)
            if most == sure:
                gain += most << 8 * lane
                continue
            low += min(most, sure) << 8 * lane
            high += max(most, sure) << 8 * lane
            pending |= mark | _matters(voice, after, done)
        return _Part(gain, low, high, pending)

    def _requirements(self, step: int, after: int) -> tuple[int, int, int]:
        """The lanes that are left, as bytes; those that no longer can be removed; what is pending."""
        key = (step, after)
        if key not in self._left:
            fired, pending = after & self._done[step], after & ~self._done[step]
            left = [not lane.removed_by & fired for lane in self._lanes]
            safe = [not lane.removed_by & pending for lane in self._lanes]
            self._left[key] = bytes_of(left), bytes_of(safe), pending
        return self._left[key]


def check_loudness(lanes: Iterable[Lane]) -> None:
    """Refuse lanes whose points could leave `BIAS`; with up to ten concerns there are none.

    Raises:
        RulesError: there are; names the mechanisms.
    """
    loud = {lane.name for lane in lanes if sum(abs(voice.rules[0][1]) for voice in lane.voices) > BIAS}
    if loud:
        message = f"the points of {', '.join(sorted(loud))} can add up to more than {BIAS}, too many to count with."
        raise RulesError([Fault(None, message, "Use fewer concerns, or smaller points.")])


def _matters(voice: Voice, after: int, done: int) -> int:
    """The rules of a voice that can still decide its value: down to the first that is certain."""
    mask = 0
    for bit, _ in voice.rules:
        if after & bit:
            mask |= bit
            if done & bit:
                break
    return mask


def _groups(marked: Iterable[_Marked]) -> list[tuple[int, list[_Marked]]]:
    """The voices in groups that have no rule in common, each with the mask of its rules and marks."""
    groups: list[tuple[int, list[_Marked]]] = []
    for each in marked:
        mask, members = bits_of_voice(each[1]) | each[2], [each]
        for group in [other for other in groups if other[0] & mask]:
            groups.remove(group)
            mask |= group[0]
            members = group[1] + members
        groups.append((mask, members))
    return groups


def bits_of_voice(voice: Voice) -> int:
    """The rules of a voice, as a mask."""
    return sum(bit for bit, _ in voice.rules)


def bytes_of(wanted: Iterable[bool]) -> int:
    """The bytes of the lanes that are wanted."""
    return sum(0xFF << 8 * at for at, each in enumerate(wanted) if each)
