"""`advisor compare A B [C ...]`: answer files side by side, and which of their differences decide."""

from collections.abc import Sequence
from json import dumps
from pathlib import Path

from advisor.answers import load_answers
from advisor.engine.compare import compare
from advisor.errors import AdvisorError, AnswersError, Fault, UsageError
from advisor.model import AnswerFile
from advisor.report.compared import data_of
from advisor.rules import load_rules


def run(files: Sequence[Path], rules: Path | None, *, as_json: bool) -> None:
    """Print how two or more answer files differ; `rules` None means the advisor's own.

    Raises:
        UsageError: there are fewer than two files.
        AdvisorError: the rules or the answers have faults; carries those of all files.
    """
    if len(files) < 2:
        raise UsageError([Fault(None, "one answer file cannot be compared.", "Name two or more.")])
    rulebook = load_rules(rules)
    found: list[AnswerFile] = []
    faults: list[Fault] = []
    for file in files:
        try:
            found.append(load_answers(file, rulebook))
        except AdvisorError as error:
            faults += error.faults
    if faults:
        raise AnswersError(faults)
    comparison, names = compare(rulebook, found), names_of(files)
    if as_json:
        print(dumps(data_of(comparison, names), indent=2, allow_nan=False))
        return
    from rich.console import Console  # noqa: PLC0415

    from advisor.report import side_by_side  # noqa: PLC0415

    side_by_side.show(comparison, names, Console(highlight=False))


def names_of(files: Sequence[Path]) -> list[str]:
    """What to call each file: its stem where these differ, else its whole path."""
    stems = [file.stem for file in files]
    return stems if len(set(stems)) == len(stems) else [str(file) for file in files]
