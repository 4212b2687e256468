"""`advisor rules ...`: work on a rules file."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from advisor.check import (
    CheckReport,
    GoldenCase,
    Share,
    check_rules,
    coverage_of,
    difference_of,
    disagreements,
    load_golden,
)
from advisor.errors import Fault, RulesError, UsageError
from advisor.rules import default_rules_file, load_rules

USUAL_GOLDEN = ("golden-cases.yaml", "tests/advisor/golden")


def check(file: Path | None, golden: Path | None = None) -> None:
    """Print what a sound rules file does over all answer sets; None means the advisor's own.

    Raises:
        AdvisorError: the file has faults, or a golden case disagrees; carries all of them.
    """
    rulebook = load_rules(file)
    cases = load_golden(golden, rulebook) if golden else ()
    if faults := disagreements(rulebook, cases):
        raise RulesError(faults)
    with _progress("Counting all answer sets") as progress:
        report = check_rules(file, progress)
    print("\n".join(_report(report, cases)))


def diff(old: Path, new: Path) -> None:
    """Print how many answer sets have another winner after an edit, and one of them.

    Raises:
        AdvisorError: a file has faults, or their answer sets cannot be compared.
    """
    with _progress("Comparing all answer sets") as progress:
        found = difference_of(load_rules(old), load_rules(new), progress)
    print(f"This edit changes {found.changed:,} of {found.size:,} answer sets.")
    for (before, after), sets in found.moves.items():
        print(f"  {before or 'contradiction'} to {after or 'contradiction'}: {_part(sets, found.size)}")
    if found.example is not None:
        (before, after), *_ = found.moves
        print(f"Here is one, from {before or 'contradiction'} to {after or 'contradiction'}:")
        print(f"  {_answers(found.example)}")


def coverage(file: Path | None, golden: Path | None) -> None:
    """Print which rules and requirements fired in the golden cases, and which decided.

    Raises:
        AdvisorError: a file has faults, or there are no golden cases.
    """
    rulebook = load_rules(file)
    found = coverage_of(rulebook, load_golden(golden or _usual_golden(file), rulebook))
    width = max(map(len, found.fired))
    print(f"{'':{width}}  fired  decided   in {found.cases} golden cases")
    for name, fired in found.fired.items():
        print(f"{name:{width}}  {fired:5}  {found.decided[name]:7}")
    never = [name for name, fired in found.fired.items() if not fired]
    idle = [name for name, fired in found.fired.items() if fired and not found.decided[name]]
    print(f"Never fired ({len(never)}): {', '.join(never) or 'none'}.")
    print(f"Fired and never decided ({len(idle)}): {', '.join(idle) or 'none'}.")


def _usual_golden(file: Path | None) -> Path:
    """The golden cases beside the rules.

    Raises:
        UsageError: there are none.
    """
    folder = (file or default_rules_file()).parent
    for name in USUAL_GOLDEN:
        if (folder / name).exists():
            return folder / name
    message = f"there are no golden cases beside the rules: {folder / USUAL_GOLDEN[0]} is missing."
    raise UsageError([Fault(None, message, "Name them: --golden FILE.")])


def _report(report: CheckReport, cases: tuple[GoldenCase, ...]) -> Iterator[str]:
    yield f"{report.file}: no faults."
    yield "  " + ", ".join(f"{count} {noun}" for noun, count in report.counts.items())
    if cases:
        yield f"  all {len(cases)} golden cases agree"
    yield f"Over all {report.size:,} answer sets, unknown included:"
    yield from _share("no mechanism is left in", report.contradictions, report.size)
    yield from _share("a tie in", report.ties, report.size)
    width = max(map(len, report.winners))
    for name, share in sorted(report.winners.items(), key=lambda each: -each[1].sets):
        yield f"  {name:{width}} wins {_part(share.sets, report.size)}"
    many = len(report.warnings)
    yield f"{many or 'No'} warning{'' if many == 1 else 's'}."
    for warning in report.warnings:
        yield str(warning)


def _share(what: str, share: Share, size: int) -> Iterator[str]:
    yield f"  {what} {_part(share.sets, size)}"
    if share.example is not None:
        yield f"    as with {_answers(share.example)}"


def _part(sets: int, size: int) -> str:
    """A number of answer sets with its share; a small share has a digit that is not 0."""
    percent = 100 * sets / size
    shown = f"{percent:.1f}" if percent >= 1 or not sets else f"{percent:.1g}"
    return f"{sets:,} ({shown} %)"


def _answers(known: Mapping[str, str]) -> str:
    return ", ".join(f"{question}: {choice}" for question, choice in known.items()) or "nothing known at all"


@contextmanager
def _progress(what: str) -> Iterator[Callable[[float], None] | None]:
    """Shows on stderr how far something is, if that is a terminal; the line is gone in the end."""
    if not sys.stderr.isatty():
        yield None
        return

    def show(share: float) -> None:
        print(f"\r{what}: {share:4.0%}", end="", file=sys.stderr, flush=True)

    try:
        show(0)
        yield show
    finally:
        print("\r" + " " * (len(what) + 6) + "\r", end="", file=sys.stderr, flush=True)
