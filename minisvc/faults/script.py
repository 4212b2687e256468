"""Scripts: faults that follow a schedule, written as people say it.

By count, at one instance: "fail 2, then recover", "pass 1, drop 1, slow 3 0.2". By time, over the cluster:
"at 1.0 s crash a, at 3.0 s restart a".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from minisvc.faults.fault import InstanceFault, names
from minisvc.field_faults import whole

VERBS = ("crash", "restart", "stop", "drain", "hang", "resume")
"""What a timed step may do to an instance."""
OUTCOMES = ("pass", "fail", "drop", "slow")
"""What may become of a counted request: as usual, the status, the work without its answer, later."""

_COUNTED = re.compile(r"(pass|fail|drop) (\d{1,6})|slow (\d{1,6}) (\d+(?:\.\d+)?)(?: ?s)?")
_TIMED = re.compile(rf"at (\d+(?:\.\d+)?)(?: ?s)? ({'|'.join(VERBS)}) (\S+)")


@dataclass(frozen=True)
class Counted:
    """The next `count` requests have this `outcome`, one of `OUTCOMES`; `delay_s` for those that are slow."""

    outcome: str
    count: int
    delay_s: float = 0.0


@dataclass(frozen=True)
class Timed:
    """At `at_s` seconds from the start, do `verb` (one of `VERBS`) to an instance."""

    at_s: float
    verb: str
    instance: str


@dataclass(frozen=True, kw_only=True)
class Script(InstanceFault):
    """What goes wrong follows a schedule, by count of requests or by time.

    Attributes:
        instance: whose requests are counted; none for a timed script, whose steps name theirs.
        steps: "fail 2, then recover" (also `pass N`, `drop N`, `slow N SECONDS`), or "at 1.0 s crash a, at 3.0 s
            restart a" (also stop, drain, hang, resume). After the last counted step, requests pass.
        status: what a failed request gets, 400 to 599.
    """

    kind: ClassVar[str] = "script"
    steps: str = "fail 2, then recover"
    status: int = 500

    def faults(self) -> list[str]:
        """What is wrong with its fields."""
        parsed = [(text, _step(text)) for text in _texts(self.steps)]
        wrong = [f"step {text!r} is not understood; {_EXAMPLES}" for text, step in parsed if step is None]
        timed = {isinstance(step, Timed) for _, step in parsed if step}
        return [
            *wrong,
            "" if parsed else f"steps is {self.steps!r}; {_EXAMPLES}",
            "steps by count and steps by time cannot be mixed; use two scripts." if len(timed) > 1 else "",
            names(self.instance) if timed == {False} else "",
            "a timed script names instances in its steps; leave instance out."
            if timed == {True} and self.instance
            else "",
            whole("status", self.status, 400, 599),
        ]

    @property
    def counted(self) -> tuple[Counted, ...]:
        """The steps by count, in order; none in a timed script."""
        return tuple(step for text in _texts(self.steps) if isinstance(step := _step(text), Counted))

    @property
    def timed(self) -> tuple[Timed, ...]:
        """The steps by time, earliest first; none in a counted script."""
        steps = [step for text in _texts(self.steps) if isinstance(step := _step(text), Timed)]
        return tuple(sorted(steps, key=lambda step: step.at_s))

    @property
    def says(self) -> str:
        """For the diary."""
        return f"{self.whom}: {self.steps}" if self.instances else self.steps


_EXAMPLES = 'write such as "fail 2, then recover" or "at 1.0 s crash a, at 3.0 s restart a".'


def _texts(steps: object) -> list[str]:
    """The single steps, without "then" and without the final "recover", which is what happens anyway."""
    parts = [part.strip().removeprefix("then ").strip() for part in str(steps).split(",")]
    return [part for index, part in enumerate(parts) if part and not (part == "recover" and index)]


def _step(text: str) -> Counted | Timed | None:
    if found := _TIMED.fullmatch(text):
        return Timed(float(found[1]), found[2], found[3])
    if found := _COUNTED.fullmatch(text):
        return Counted(found[1], int(found[2])) if found[1] else Counted("slow", int(found[3]), float(found[4]))
    return None
