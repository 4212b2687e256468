"""`advisor recommend FILE...`: advice on answer files, without questions."""

from collections.abc import Callable, Sequence
from json import dumps
from pathlib import Path

from advisor.answers import load_answers
from advisor.commands.output import check_output, is_folder, save, save_records, target_of
from advisor.engine import Adviser
from advisor.errors import AdvisorError, AnswersError, Fault
from advisor.model import Advice, Rulebook
from advisor.report.case import Case
from advisor.report.data import data_of
from advisor.report.forms import text_of
from advisor.rules import load_rules

Keep = Callable[[str], None]


def run(files: Sequence[Path], rules: Path | None, form: str, output: str | None, keep: Keep | None = None) -> None:
    """Report on answer files; those without faults are reported on even if others have some.

    Args:
        files: at least one.
        rules: None means the advisor's own.
        form: one of `advisor.report.forms.SUFFIXES`.
        output: a file or a folder, as it was written; None means standard output.
        keep: gets the reports as one text where no file has faults.

    Raises:
        UsageError: the reports cannot all go where they should.
        AdvisorError: the rules or the answers have faults; carries those of all files.
    """
    check_output(files, form, output)
    rulebook = load_rules(rules)
    cases, faults = _cases(files, rulebook)
    if cases:
        faults += _report(cases, form, output, several=len(files) > 1)
    if faults:
        raise AnswersError(faults)
    if keep:
        keep(_text(cases, form, several=len(files) > 1))


def show(advice: Advice, rulebook: Rulebook) -> None:
    """Print the advice for a person."""
    from rich.console import Console  # noqa: PLC0415  # 35 ms that --json need not pay

    from advisor.report import screen  # noqa: PLC0415

    screen.show(advice, rulebook, Console(highlight=False))


def _cases(files: Sequence[Path], rulebook: Rulebook) -> tuple[list[Case], list[Fault]]:
    """A case for each file without faults, and the faults of the others."""
    cases: list[Case] = []
    faults: list[Fault] = []
    adviser = Adviser(rulebook)
    for file in files:
        try:
            answers = load_answers(file, rulebook)
        except AdvisorError as error:
            faults += error.faults
        else:
            cases.append(Case(rulebook, answers, adviser.on(answers), str(file)))
    return cases, faults


def _report(cases: Sequence[Case], form: str, output: str | None, *, several: bool) -> list[Fault]:
    """Print or write the reports; returns the faults of what could not be."""
    if form == "adr" and output is not None:
        return _records(cases, Path(output))
    if output is None:
        _print(cases, form, several=several)
    elif is_folder(Path(output), output):
        for case in cases:
            save(target_of(Path(case.file), form, output), _text([case], form, several=False))
    else:
        save(Path(output), _text(cases, form, several=several))
    return []


def _records(cases: Sequence[Case], folder: Path) -> list[Fault]:
    faults: list[Fault] = []
    for case in cases:
        try:
            save_records(case, folder)
        except AnswersError as error:
            faults += error.faults
    return faults


def _print(cases: Sequence[Case], form: str, *, several: bool) -> None:
    if form != "text":
        print(_text(cases, form, several=several), end="")
        return
    for number, case in enumerate(cases):
        if several:
            print(f"{chr(10) if number else ''}# {case.file}\n")
        show(case.advice, case.rulebook)


def _text(cases: Sequence[Case], form: str, *, several: bool) -> str:
    """The reports as one text."""
    if form in {"json", "jsonl"}:
        found = [_data(case, named=several) for case in cases]
        if form == "jsonl":
            return "".join(dumps(each, allow_nan=False) + "\n" for each in found)
        return dumps(found if several else found[0], indent=2, allow_nan=False) + "\n"
    return "\n".join(text_of(case, form) for case in cases)


def _data(case: Case, *, named: bool) -> dict[str, object]:
    """The advice as data; among several it says which file it is about."""
    data = data_of(case.advice, case.rulebook)
    return {"file": case.file, **data} if named else data
