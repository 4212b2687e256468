"""`advisor explain NAME`: what the rules know under a name."""

from dataclasses import asdict
from json import dumps
from pathlib import Path

from advisor.errors import Fault, UsageError, did_you_mean
from advisor.report.entries import entries_of, names_of
from advisor.rules import load_rules


def run(name: str | None, rules: Path | None, *, as_json: bool) -> None:
    """Print all that a name stands for; None prints every name. `rules` None means the advisor's own.

    Raises:
        UsageError: nothing has this name; says what comes near.
        AdvisorError: the rules have faults.
    """
    rulebook = load_rules(rules)
    names = names_of(rulebook)
    entries = entries_of(name, rulebook) if name is not None else []
    if name is not None and not entries:
        known = {each for some in names.values() for each in some}
        raise UsageError([Fault(None, f'nothing is called "{name}".', _near(name, known))])
    if as_json:
        print(dumps([asdict(each) for each in entries] if entries else names, indent=2))
        return
    from rich.console import Console  # noqa: PLC0415

    from advisor.report import explained  # noqa: PLC0415

    console = Console(highlight=False)
    if entries:
        explained.show(entries, console)
    else:
        explained.show_names(names, console)


def _near(name: str, known: set[str]) -> str:
    """The nearest name; the list of all two hundred would hide it."""
    guess, _, rest = did_you_mean(name, known).partition(" Known: ")
    return f"{guess if rest else ''} Every name: advisor explain".strip()
