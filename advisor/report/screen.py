"""Advice for a person at a terminal: readable from 40 columns up, and without colour."""

from collections.abc import Iterator
from itertools import groupby

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from advisor.model import Advice, ComponentAdvice, Figure, Flip, Reason, Removal, Rulebook
from advisor.report import words
from advisor.report.blocks import NARROW, headline, indented, put, rows, section, word

FLIPS_SHOWN = 6


def show(advice: Advice, rulebook: Rulebook, console: Console) -> None:
    """Print the whole report."""
    put(_report(advice, rulebook, narrow=console.width < NARROW), console)


def _report(advice: Advice, rulebook: Rulebook, *, narrow: bool) -> Iterator[RenderableType]:
    yield Text.assemble((words.printable(advice.name), "bold"), ": ", word(advice.overall))
    if advice.overall:
        yield indented(rulebook.words[advice.overall], "dim")
    if advice.overall:
        yield from (Text(said, style="bold red") for said in (words.undecided(advice.components),) if said)
    shared = len({component.figures for component in advice.components}) == 1
    for component in advice.components:
        yield ""
        yield _component(component if not shared else component._replace(figures=()), rulebook, narrow=narrow)
    if shared:  # said once, where every part has the same
        yield from section("Figures", _figures(advice.components[0]))


def _component(advice: ComponentAdvice, rulebook: Rulebook, *, narrow: bool) -> RenderableType:
    head = Text.assemble((words.printable(advice.name), "bold"), " · ", word(advice.service_class))
    return Group(
        headline(head),
        *(_verdict(advice, rulebook) if advice.mechanism else _contradiction(advice, rulebook)),
        *section("Points by concern", _table(advice, rulebook, 2 if narrow else 4)),
        *section("Ruled out", _removals(advice, rulebook)),
        *section("What would change it", _flips(advice)),
        *section("Enough by itself", words.enough(advice, rulebook)),
        *section("Figures", _figures(advice)),
        *section("Risks", _risks(advice, rulebook)),
        *section("Taken from the archetype", words.answers(advice.defaults)),
        *section("Unknown", _unknown(advice, rulebook)),
        *section("See it in the lab", "\n".join(words.lab(advice))),
    )


def _verdict(advice: ComponentAdvice, rulebook: Rulebook) -> Iterator[RenderableType]:
    mechanism = rulebook.mechanisms[str(advice.mechanism)]
    yield Text.assemble((mechanism.label, "bold"), f" ({mechanism.id})")
    yield indented(mechanism.summary)
    for companion in advice.also:
        beside = rulebook.mechanisms[companion.mechanism]
        yield Text.assemble("+ ", (beside.label, "bold"), f" ({beside.id})")
        yield indented(companion.because)
    yield Text(words.margin(advice, rulebook))
    yield from section("Why", _reasons(advice.reasons, rulebook))


def _reasons(reasons: tuple[Reason, ...], rulebook: Rulebook) -> RenderableType:
    return rows(
        (_points(reason.points, zero="!" if reason.rule else "·"), _reason(reason, rulebook)) for reason in reasons
    )


def _reason(reason: Reason, rulebook: Rulebook) -> Text:
    if reason.rule is None:
        return Text(reason.because)
    about = rulebook.concerns[reason.concern].label if reason.concern else "Required"
    cause = f"{about}, from {words.answers(reason.answers)}"
    return Text.assemble(reason.because, (f"\n{cause}\n{reason.source}", "dim"))


def _points(points: int, *, bold: str = "", zero: str = "·") -> Text:
    """Signed, so that colour says nothing that the text does not."""
    colour = "green" if points > 0 else "red" if points < 0 else "dim"
    return Text(words.signed(points, zero), style=f"{bold} {colour}".strip())


def _table(advice: ComponentAdvice, rulebook: Rulebook, columns: int) -> RenderableType | None:
    best = advice.scores[:columns]
    if not any(score.tallies for score in best):
        return None
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
    table.add_column("", no_wrap=True)
    for score in best:
        table.add_column(score.mechanism.replace("_", " "), justify="right", max_width=13)
    for concern in rulebook.concerns.values():
        row = [score.in_concern(concern.id) for score in best]
        if any(row):
            table.add_row(concern.label, *map(_points, row))
    totals = (_points(score.total, bold="bold", zero="0") for score in best)
    table.add_row(Text("Total", style="bold"), *totals)
    return table


def _removals(advice: ComponentAdvice, rulebook: Rulebook) -> RenderableType | None:
    if not advice.ruled_out or advice.contradiction:
        return None
    return rows(("x", _removal(removal, rulebook)) for removal in advice.ruled_out)


def _removal(removal: Removal, rulebook: Rulebook) -> Text:
    cause, names = (words.answers(removal.answers), "bold"), words.removed(removal, rulebook)
    return Text.assemble(cause, f" rules out {names}", (f"\n{removal.because}", "dim"))


def _flips(advice: ComponentAdvice) -> RenderableType | None:
    if not advice.flips:
        return "No single answer would." if advice.mechanism else None
    shown = advice.flips[:FLIPS_SHOWN]
    parts: list[RenderableType] = []
    for effort, flips in groupby(shown, key=lambda flip: flip.effort):
        parts += [f"{words.EFFORTS[effort]}:", rows(("*", _flip(flip)) for flip in flips)]
    more = len(advice.flips) - len(shown)
    if more:
        parts.append(Text(f"and {more} more {'change' if more == 1 else 'changes'} of one answer", style="dim"))
    return Group(*parts)


def _flip(flip: Flip) -> Text:
    return Text.assemble(f"{words.change(flip)} gives ", (flip.mechanism, "bold"))


def _figures(advice: ComponentAdvice) -> RenderableType | None:
    return rows(("=", _figure(each)) for each in advice.figures) if advice.figures else None


def _figure(figure: Figure) -> Text:
    amount = (words.amount(figure.value, figure.unit), "bold")
    return Text.assemble(f"{figure.label}: ", amount, (f"\n{figure.formula}", "dim"))


def _risks(advice: ComponentAdvice, rulebook: Rulebook) -> RenderableType:
    found = [(mechanism, risk) for mechanism in words.mechanisms(advice, rulebook) for risk in mechanism.risks]
    return rows(
        (
            "-",
            Text.assemble(
                "" if mechanism.id == advice.mechanism else f"{mechanism.label}: ",
                risk.risk,
                ("\nSo: ", "bold"),
                risk.mitigation,
            ),
        )
        for mechanism, risk in found
    )


def _unknown(advice: ComponentAdvice, rulebook: Rulebook) -> RenderableType | None:
    if not advice.unknown:
        return None
    names = Text(", ".join(advice.unknown))
    if advice.worthwhile is None:
        return Group(names, "No single one of them would change the advice.") if advice.mechanism else names
    question = rulebook.questions[advice.worthwhile.question]
    head = Text.assemble("Most worth finding out: ", (question.id, "bold"), f" ({question.label})")
    changes = rows(("?", Text.assemble(f"{answer} gives ", (then, "bold"))) for answer, then in words.worth(advice))
    return Group(names, head, changes)


def _contradiction(advice: ComponentAdvice, rulebook: Rulebook) -> Iterator[RenderableType]:
    yield Text(words.CONTRADICTED, style="bold")
    sides = advice.contradiction.sides if advice.contradiction else ()
    yield indented(rows(("x", _removal(side, rulebook)) for side in sides))
    yield Text(words.WAY_OUT)
