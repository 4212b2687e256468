"""What a name stands for, on a terminal."""

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Console, RenderableType
from rich.text import Text

from advisor.report.blocks import headline, indented, put, rows, section
from advisor.report.entries import Entry


def show(entries: Sequence[Entry], console: Console) -> None:
    """Print all that a name stands for."""
    put((part for entry in entries for part in _entry(entry)), console)


def show_names(names: Mapping[str, Sequence[str]], console: Console) -> None:
    """Print every name that can be explained, by kind."""
    put((part for kind, known in names.items() for part in section(f"{kind}s", ", ".join(known))), console)


def _entry(entry: Entry) -> Iterator[RenderableType]:
    yield headline(Text.assemble(f"{entry.kind} ", (entry.id, "bold")))
    if entry.label != entry.id:
        yield Text(entry.label, style="bold")
    yield indented(Text(entry.about))
    for passage in entry.passages:
        yield from section(passage.title, rows(_row(*line) for line in passage.lines))
    yield ""


def _row(sentence: str, source: str) -> tuple[str, Text]:
    """A mark and a text; a sentence that begins with points has them for its mark."""
    mark, _, rest = sentence.partition(" ")
    if mark[:1] in {"+", "-"}:
        return mark, _line(rest, source)
    return "-", _line(sentence, source)


def _line(sentence: str, source: str) -> Text:
    return Text.assemble(sentence, "\n" if sentence and source else "", (source, "dim"))
