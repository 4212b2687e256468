"""Several answer files side by side, on a terminal."""

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from advisor.model import ComponentAdvice
from advisor.model.comparison import Comparison, ComponentComparison, Difference
from advisor.report import words
from advisor.report.blocks import NARROW, headline, put, rows, section, word

ABREAST = 4
"""More answer files than this are listed below each other."""
ABSENT = "(no such component)"


def show(comparison: Comparison, names: Sequence[str], console: Console) -> None:
    """Print a comparison; `names` says what each answer file is called, in their order."""
    wide = console.width >= NARROW and len(names) <= ABREAST
    put(_parts(comparison, names, wide=wide), console)


def _parts(comparison: Comparison, names: Sequence[str], *, wide: bool) -> Iterator[RenderableType]:
    for name, advice in zip(names, comparison.advices, strict=True):
        yield Text.assemble((name, "bold"), f" ({words.printable(advice.name)}): ", word(advice.overall))
    for component in comparison.components:
        yield ""
        yield headline(Text(words.printable(component.name), style="bold"))
        yield rows(zip((f"{name}:" for name in names), map(_verdict, component.sides), strict=True))
        yield from section("Where they differ", _differences(component, names, wide=wide))
        yield from section("What decides", _decides(component, names))


def _verdict(advice: ComponentAdvice | None) -> Text:
    if advice is None:
        return Text(ABSENT)
    if advice.mechanism is None:
        return Text("its answers contradict each other", style="bold red")
    beside = "".join(f" + {each.mechanism}" for each in advice.also)
    lead = f", {words.points(advice.lead)} ahead of {advice.runner_up}" if advice.lead else ""
    head = (f"{advice.mechanism}{beside}", "bold")
    return Text.assemble(head, f" ({words.word(advice.service_class)}; {advice.margin}{lead})")


def _differences(component: ComponentComparison, names: Sequence[str], *, wide: bool) -> RenderableType:
    if not component.differences:
        return "Nowhere." if all(component.sides) else ""
    if not wide:
        return rows((_mark(each), _listed(each, component, names)) for each in component.differences)
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
    table.add_column("")
    for name in ("", *names):
        table.add_column(name, overflow="fold")
    for each in component.differences:
        table.add_row(_mark(each), words.about(each), *_values(each, component))
    return table


def _mark(difference: Difference) -> Text:
    return Text("!" if difference.matters else "·", style="bold red" if difference.matters else "dim")


def _listed(difference: Difference, component: ComponentComparison, names: Sequence[str]) -> Text:
    lines = [f"{name}: {value}" for name, value in zip(names, _values(difference, component), strict=True)]
    return Text.assemble((words.about(difference), "bold"), "\n" + "\n".join(lines))


def _values(difference: Difference, component: ComponentComparison) -> Iterator[str]:
    for value, side in zip(difference.values, component.sides, strict=True):
        yield words.shown("unknown" if value is None else value) if side else "-"


def _decides(component: ComponentComparison, names: Sequence[str]) -> RenderableType:
    """Which differences matter, by themselves and together."""
    said: list[str] = []
    if any(each.matters for each in component.differences):
        said.append("Each answer marked ! changes the advice on some side, if that takes it over from another.")
    for turn in component.turns:
        side = component.sides[turn.side]
        then = (side.mechanism if side else None) or "the same contradiction"
        labels = ", ".join(turn.abouts)
        few = "this alone gives" if len(turn.abouts) == 1 else "these together give"
        said.append(f"Taken over from {names[turn.side]}, {few} {names[0]} {then}: {labels}.")
    if component.differences and not said:
        said.append("Nothing: the advice is the same, and no single difference would change it.")
    return "\n".join(said)
