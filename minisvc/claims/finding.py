"""One figure that was measured, beside what was expected of it."""

from __future__ import annotations

from dataclasses import dataclass

from minisvc.claims.expected import Expected


@dataclass(frozen=True, slots=True)
class Finding:
    """A row of a claim's table.

    Attributes:
        label: what was measured, such as "share of users who lost their cart".
        measured: the figure.
        expected: what the claim predicts of it, or, for a control, what the removed cause must change it to.
        unit: of the figure; "" for a share or a count.
        samples: how many observations it rests on; 0 where it is no statistic.
        other: the prediction that a control must not meet; None for a row that is no control.
    """

    label: str
    measured: float
    expected: Expected
    unit: str = ""
    samples: int = 0
    other: Expected | None = None

    @property
    def is_control(self) -> bool:
        """Whether it was measured with the cause removed."""
        return self.other is not None

    @property
    def as_expected(self) -> bool:
        """Whether the figure is what was expected; a control also must not be what the claim predicts."""
        return self.measured in self.expected and (self.other is None or self.measured not in self.other)
