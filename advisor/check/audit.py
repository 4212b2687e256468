"""Checks a rules file: its scheme, and then what it does over the whole space of answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from advisor.check.warnings import warnings_of
from advisor.errors import Fault
from advisor.model import Rulebook
from advisor.rules import load_rules
from advisor.space.census import Census, Tally, count
from advisor.space.contest import contest_of
from advisor.space.examples import shortest


@dataclass(frozen=True, slots=True)
class Share:
    """Some of all answer sets: how many, and one of them (the known choices); None when there are none."""

    sets: int
    example: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class CheckReport:
    """A rules file without faults, and what it does over all answer sets.

    An answer set is one answer to every question, unknown included. Numbers count by band; where the bands
    leave a fact open that follows from the numbers, each band of the fact counts.

    Attributes:
        counts: how many of each thing the file holds.
        size: how many answer sets there are.
        contradictions: those that leave no mechanism.
        ties: those in which another mechanism has as many points as the winner.
        winners: by mechanism, those that it wins.
        warnings: what the file would not miss, and what nobody can reach, in the file's order.
    """

    file: str
    counts: Mapping[str, int]
    size: int
    contradictions: Share
    ties: Share
    winners: Mapping[str, Share]
    warnings: tuple[Fault, ...]


def check_rules(path: Path | None = None, progress: Callable[[float], None] | None = None) -> CheckReport:
    """Check a rules file; None means the advisor's own. `progress` is told the share done, from 0 to 1.

    Raises:
        FileError: the file cannot be read, or is not YAML.
        RulesError: it breaks the rule scheme; carries every fault with its line and column.
    """
    return examined(load_rules(path), progress)


def examined(book: Rulebook, progress: Callable[[float], None] | None = None) -> CheckReport:
    """What a sound rulebook does over all answer sets."""
    census = count(contest_of(book), progress)
    winners = {name: _won(census, name) for name in book.mechanisms}
    gone = census.outcomes.get((None,), Tally())
    tied = next((tally.tie for tally in census.outcomes.values() if tally.tie), None)
    never = [book.mechanisms[name] for name, share in winners.items() if not share.sets]
    return CheckReport(
        file=book.file,
        counts=_counts(book),
        size=census.size,
        contradictions=Share(gone.sets, shortest(gone.example, book) if gone.example else None),
        ties=Share(sum(tally.ties for tally in census.outcomes.values()), shortest(tied, book) if tied else None),
        winners=winners,
        warnings=warnings_of(book, never),
    )


def _won(census: Census, mechanism: str) -> Share:
    tally = census.outcomes.get((mechanism,), Tally())
    return Share(tally.sets, tally.example)


def _counts(book: Rulebook) -> dict[str, int]:
    return {
        "questions": len(book.questions),
        "mechanisms": len(book.mechanisms),
        "archetypes": len(book.archetypes),
        "concerns": len(book.concerns),
        "requirements": len(book.requirements),
        "rules": len(book.rules),
        "companions": len(book.companions),
        "class cases": len(book.component_classes) + len(book.system_classes),
    }
