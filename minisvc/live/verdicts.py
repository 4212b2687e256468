"""Claims and what became of them, for a person to read in any width; no colour without a word that says the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.text import Text

from minisvc.claims import GROUPS, HOLDS, INCONCLUSIVE, REFUTED, Claim, Result
from minisvc.claims.finding import Finding
from minisvc.claims.history import Last
from minisvc.claims.result import MARKS, percent, summary
from minisvc.live.pen import Pen

STYLES = {HOLDS: "green", REFUTED: "bold red", INCONCLUSIVE: "yellow"}
PLAIN = {HOLDS: "+", REFUTED: "x", INCONCLUSIVE: "?"}
UNTRIED = "not tried here yet"


def listed(every: Sequence[Claim], last: Mapping[str, Last], pen: Pen) -> Iterator[Text]:
    """All claims by group, each with its last result."""
    for group in GROUPS:
        some = [each for each in every if each.group == group]
        if some:
            yield Text(f"{group} ({len(some)})", "bold underline")
        for each in some:
            yield from _entry(each, last.get(each.id), pen)
    yield from pen.wrapped("minisvc claims run ID tries one, minisvc claims run all of them.", "dim")


def told(result: Result, pen: Pen) -> Iterator[Text]:
    """One result: the verdict, then every figure beside what was expected of it."""
    head = Text.assemble(_mark(result.verdict, pen), (result.claim.id, "bold"), " ", _word(result.verdict))
    yield pen.ends(head, Text(f"{result.duration_s:.1f} s", "dim"))
    yield from pen.wrapped(f"  {result.claim.says}", indent=2)
    if result.unable:
        yield from pen.wrapped(f"  Could not be tried: {' '.join(result.unable.split())}", indent=2)
    for each in result.findings:
        yield from _figure(each, pen)
    for run in result.runs:
        yield from pen.wrapped(f"    {run.label}: up {percent(run.up)}, correct {percent(run.correct)}", "dim", 6)
    for note in result.notes:
        yield from pen.wrapped(f"    {note}", "dim", 4)


def summed_up(results: Sequence[Result], wanted: int, pen: Pen) -> Iterator[Text]:
    """How many hold, and which do not. `wanted` is how many were asked for."""
    yield from pen.wrapped(summary(results, wanted), "bold")
    for verdict in (REFUTED, INCONCLUSIVE):
        for each in results:
            if each.verdict == verdict:
                yield from pen.wrapped(f"{_mark(verdict, pen)}{each.claim.id}: {_why(each)}", STYLES[verdict], 2)


def _entry(claim: Claim, last: Last | None, pen: Pen) -> Iterator[Text]:
    name = Text.assemble("  ", _mark(last.verdict, pen) if last else f"{pen.mark('·', '-')} ", (claim.id, "bold"))
    when = f", {last.day}, seed {last.seed}, {last.duration_s:.1f} s" if last else ""
    outcome = Text.assemble(_word(last.verdict), (when, "dim")) if last else Text(UNTRIED, "dim")
    yield pen.ends(name, outcome) if pen.wide else name
    yield from pen.wrapped(f"    {claim.says}", indent=4)
    if not pen.wide:
        yield Text.assemble("    ", outcome)


def _figure(each: Finding, pen: Pen) -> Iterator[Text]:
    mark = pen.mark(*("✓", "+") if each.as_expected else ("✗", "x"))
    role = "control: " if each.is_control else ""
    unit = f" {each.unit}" if each.unit else ""
    verdict = f": {_fault(each)}" if _fault(each) else ""
    said = f"  {mark} {role}{each.label}: {each.measured:.4g}{unit}, expected {each.expected.text}{verdict}"
    yield from pen.wrapped(said, "" if each.as_expected else STYLES[REFUTED], 4)


def _why(result: Result) -> str:
    wrong = [each for each in result.findings if not each.as_expected]
    if result.unable:
        return " ".join(result.unable.split())
    if not wrong:
        return "it has no control"
    return "; ".join(
        f"{each.label} {each.measured:.4g}, expected {each.expected.text}: {_fault(each)}" for each in wrong
    )


def _fault(each: Finding) -> str:
    """What is wrong with a figure; "" for nothing."""
    if each.as_expected:
        return ""
    # A control may be as foretold and still tell nothing, for it came out as with the cause.
    return "no other than with the cause" if each.measured in each.expected else "not as expected"


def _mark(verdict: str, pen: Pen) -> str:
    return pen.mark(MARKS[verdict], PLAIN[verdict]) + " "


def _word(verdict: str) -> Text:
    return Text(verdict, STYLES[verdict])
