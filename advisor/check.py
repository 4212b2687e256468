"""Checks a rules file for its author: every fault at once, or what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from advisor.rules import load_rules


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A rules file without faults, and how many of each thing it holds."""

    file: str
    counts: Mapping[str, int]


def check_rules(path: Path | None = None) -> CheckReport:
    """Check a rules file; None means the advisor's own.

    Raises:
        FileError: the file cannot be read, or is not YAML.
        RulesError: it breaks the rule scheme; carries every fault with its line and column.
    """
    book = load_rules(path)
    counts = {
        "questions": len(book.questions),
        "mechanisms": len(book.mechanisms),
        "archetypes": len(book.archetypes),
        "concerns": len(book.concerns),
        "requirements": len(book.requirements),
        "rules": len(book.rules),
        "companions": len(book.companions),
    }
    return CheckReport(book.file, counts)
