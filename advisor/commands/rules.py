"""`advisor rules ...`: work on a rules file."""

from pathlib import Path

from advisor.check import check_rules


def check(file: Path | None) -> None:
    """Print what a sound rules file holds; None means the advisor's own.

    Raises:
        AdvisorError: the file has faults; carries all of them.
    """
    report = check_rules(file)
    print(f"{report.file}: no faults.")
    print("  " + ", ".join(f"{count} {noun}" for noun, count in report.counts.items()))
