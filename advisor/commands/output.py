"""Where reports go: to standard output, into one file, or into a folder."""

from collections.abc import Sequence
from pathlib import Path

from advisor.document import write_text
from advisor.errors import Fault, FileError, Place, UsageError
from advisor.report.case import Case
from advisor.report.forms import ONE_EACH, SUFFIXES

HINT = "Name another place: --output PATH."


def is_folder(path: Path, raw: str) -> bool:
    """Whether a person who wrote `raw` means a folder: one that exists, or a name that ends with a slash."""
    return path.is_dir() or raw.endswith("/")


def check_output(files: Sequence[Path], form: str, output: str | None) -> None:
    """Refuse what would lose something.

    Raises:
        UsageError: an answer file would be overwritten, or several reports would go into one place that holds one.
    """
    if form in ONE_EACH and len(files) > 1 and (output is None or not is_folder(Path(output), output)):
        hint = f"Name a folder: --output {output or 'reports'}/"
        raise UsageError([Fault(None, f"one {form} report holds one system, but there are {len(files)} files.", hint)])
    if output is None or form == "adr":
        return
    written = [target_of(file, form, output) for file in files]
    faults = [
        Fault(Place(str(file)), "the report would overwrite these answers.", HINT)
        for file in files
        if file.resolve() in {each.resolve() for each in written}
    ]
    if is_folder(Path(output), output):
        twice = sorted({str(each) for each in written if written.count(each) > 1})
        faults += [Fault(Place(each), "two reports would have this name.", "Rename an answer file.") for each in twice]
    if faults:
        raise UsageError(faults)


def target_of(file: Path, form: str, output: str) -> Path:
    """The file that the report on an answer file goes into."""
    place = Path(output)
    return place / f"{file.stem}{SUFFIXES[form]}" if is_folder(place, output) else place


def save(path: Path, text: str) -> None:
    """Write a report, and say where it is. Folders that are missing are made.

    Raises:
        FileError: the place cannot be written to.
    """
    make_folder(path.parent)
    write_text(path, text, what="the report", hint=HINT)
    print(f"Wrote {path}")


def make_folder(path: Path) -> None:
    """Make a folder and those above it.

    Raises:
        FileError: it cannot be made.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = f"this folder cannot be made: {error.strerror}."
        raise FileError([Fault(Place(str(path)), why, HINT)]) from None


def save_records(case: Case, folder: Path) -> None:
    """Write Architecture Decision Records under the next free numbers; no file is ever overwritten.

    Raises:
        AnswersError: some component has no decision to record; nothing is written then.
        FileError: the folder cannot be written to.
    """
    from datetime import date  # noqa: PLC0415

    from advisor.report.adr import records_of  # noqa: PLC0415

    records = records_of(case, date.today())
    make_folder(folder)
    for record in records:
        print(f"Wrote {_numbered(folder, record.stem, record.text)}")


def _numbered(folder: Path, stem: str, text: str) -> Path:
    """A new file under the number after the highest; another writer's file of that name only moves us on."""
    taken = [int(path.name[:4]) for path in folder.glob("[0-9][0-9][0-9][0-9]-*.md")]
    number = max(taken, default=0)
    while True:
        number += 1
        path = folder / f"{number:04d}-{stem}.md"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            continue
        except OSError as error:
            why = f"the record cannot be saved here: {error.strerror}."
            raise FileError([Fault(Place(str(path)), why, HINT)]) from None
        return path
