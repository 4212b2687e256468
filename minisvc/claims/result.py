"""What a run of a claim came to: figures beside predictions, and a verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from minisvc.claims.claim import Claim
from minisvc.claims.finding import Finding
from minisvc.claims.trial import Chart, Run

HOLDS, REFUTED, INCONCLUSIVE = "holds", "refuted", "inconclusive"
MARKS = {HOLDS: "✓", REFUTED: "✗", INCONCLUSIVE: "?"}


@dataclass(frozen=True, slots=True)
class Result:
    """One run.

    Attributes:
        claim: what was tried.
        seed: repeats it.
        findings: every figure, in the order in which they were taken.
        runs: the clusters, each with what its users met.
        chart: a plot of the claim's own; None where the runs over time are the plot.
        notes: what a reader should know.
        duration_s: how long it took.
        unable: why it could not be tried here, such as a server that is not installed; "" where it was.
    """

    claim: Claim
    seed: int
    findings: tuple[Finding, ...] = ()
    runs: tuple[Run, ...] = ()
    chart: Chart | None = None
    notes: tuple[str, ...] = ()
    duration_s: float = 0.0
    unable: str = ""

    @property
    def verdict(self) -> str:
        """ "holds", "refuted" (a figure is not as predicted) or "inconclusive" (it could not be tried, or the control
        did not give its other figure, so that the experiment tells nothing).
        """
        if any(not each.as_expected for each in self.findings if not each.is_control):
            return REFUTED
        controls = [each for each in self.findings if each.is_control]
        if self.unable or not controls or not all(each.as_expected for each in controls):
            return INCONCLUSIVE
        return HOLDS

    def data(self) -> dict[str, Any]:
        """As JSON has it: plain values; bounds that are infinite are null."""
        return {
            "id": self.claim.id,
            "claim": self.claim.says,
            "verdict": self.verdict,
            "seed": self.seed,
            "duration_s": round(self.duration_s, 3),
            "unable": self.unable or None,
            "findings": [_finding(each) for each in self.findings],
            "runs": [
                {"label": each.label, "sent": each.sent, "up": each.up, "correct": each.correct, "store": each.store}
                for each in self.runs
            ],
            "notes": list(self.notes),
        }

    def __repr__(self) -> str:
        """One line, for a notebook that shows no HTML, and for lists; `print` shows the figures."""
        return f"{MARKS[self.verdict]} {self.claim.id}: {self.verdict} (seed {self.seed}, {self.duration_s:.1f} s)"

    def __str__(self) -> str:
        lines = [repr(self), self.claim.says, f"Predicted: {self.claim.predicts}"]
        lines += [f"Could not be tried: {self.unable}"] if self.unable else []
        for each in self.findings:
            mark = "as expected" if each.as_expected else "NOT as expected"
            role = "control: " if each.is_control else ""
            unit = f" {each.unit}" if each.unit else ""
            lines.append(f"  {role}{each.label}: {each.measured:.4g}{unit}, expected {each.expected.text}: {mark}")
        for run in self.runs:
            lines.append(f"  {run.label}: up {percent(run.up)}, correct {percent(run.correct)}")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        from minisvc.claims.page import card  # noqa: PLC0415  # drawing is slow to load

        return card(self)


def summary(results: Sequence[Result], wanted: int | None = None) -> str:
    """How many there are of each verdict, by which seed and in what time; `wanted` is how many were asked for."""
    counts = Counter(each.verdict for each in results)
    asked = len(results) if wanted is None else wanted
    whole = f"{len(results)}" if len(results) == asked else f"{len(results)} of {asked}"
    seeds = "".join(f"seed {seed}, " for seed in dict.fromkeys(each.seed for each in results))
    hold = f"{counts[HOLDS]} hold{'s' * (counts[HOLDS] == 1)}"
    return (
        f"{whole} claim{'s' * (asked != 1)}: {hold}, {counts[REFUTED]} refuted, {counts[INCONCLUSIVE]} inconclusive "
        f"({seeds}{sum(each.duration_s for each in results):.1f} s)"
    )


def percent(share: float | None) -> str:
    """A share for people; a dash where there is none."""
    return "-" if share is None else f"{share:.1%}"


def _finding(each: Finding) -> dict[str, Any]:
    bounds = [None if abs(bound) == float("inf") else bound for bound in (each.expected.low, each.expected.high)]
    return {
        "label": each.label,
        "measured": each.measured,
        "unit": each.unit,
        "samples": each.samples,
        "expected": each.expected.text,
        "low": bounds[0],
        "high": bounds[1],
        "because": each.expected.because,
        "control": each.is_control,
        "as_expected": each.as_expected,
    }
