"""`advisor recommend FILE`: advice on an answer file, without questions."""

from json import dumps
from pathlib import Path

from advisor.answers import load_answers
from advisor.engine import advise
from advisor.model import Advice, Rulebook
from advisor.report.data import data_of
from advisor.rules import load_rules


def run(file: Path, rules: Path | None, *, as_json: bool) -> None:
    """Print the advice on an answer file; `rules` None means the advisor's own.

    Raises:
        AdvisorError: the rules or the answers have faults.
    """
    rulebook = load_rules(rules)
    advice = advise(rulebook, load_answers(file, rulebook))
    if as_json:
        print(dumps(data_of(advice), indent=2, allow_nan=False))
    else:
        show(advice, rulebook)


def show(advice: Advice, rulebook: Rulebook) -> None:
    """Print the advice for a person."""
    from rich.console import Console  # noqa: PLC0415  # 35 ms that --json need not pay

    from advisor.report import screen  # noqa: PLC0415

    screen.show(advice, rulebook, Console(highlight=False))
