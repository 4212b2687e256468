"""A what-if on a terminal: what was changed, and what that changed."""

from collections.abc import Iterable, Iterator

from rich.console import Console, RenderableType
from rich.text import Text

from advisor.model import Advice, Removal, Rulebook, ServiceClass
from advisor.report import words
from advisor.report.blocks import headline, indented, put, rows, section, word
from advisor.report.changes import Change, ComponentChanges, changes_of


def show(set_to: list[Change], before: Advice, after: Advice, rulebook: Rulebook, console: Console) -> None:
    """Print a what-if."""
    put(_parts(set_to, before, after, rulebook), console)


def _parts(set_to: list[Change], before: Advice, after: Advice, rulebook: Rulebook) -> Iterator[RenderableType]:
    yield Text.assemble((words.printable(before.name), "bold"), ": ", *_words(before.overall, after.overall))
    yield from (Text(f"What if {_told(each)}", style="bold") for each in set_to)
    for component in changes_of(before, after):
        yield ""
        old, new = component.before.service_class, component.after.service_class
        yield headline(Text.assemble((words.printable(component.before.name), "bold"), " · ", *_words(old, new)))
        yield from _component(component, rulebook) if component.any else ("Nothing changes.",)


def _words(before: ServiceClass | None, after: ServiceClass | None) -> Iterator[Text | str]:
    yield word(before)
    if before != after:
        yield from (" → ", word(after))


def _told(change: Change) -> str:
    return words.printable(f"{change.what}: {change.before} → {change.after}")


def _component(component: ComponentChanges, rulebook: Rulebook) -> Iterator[RenderableType]:
    before, after = component.before, component.after
    if before.mechanism == after.mechanism:
        kept = f"{before.mechanism} stays" if before.mechanism else words.CONTRADICTED
        yield Text(f"{kept}." if before.mechanism else kept, style="bold")
    else:
        yield Text(f"{_named(before.mechanism, rulebook)} →", style="bold")
        yield Text(_named(after.mechanism, rulebook), style="bold")
    if after.mechanism:
        yield indented(words.margin(after, rulebook))
    yield from section("What changes", rows(("*", _told(each)) for each in component.changes))
    yield from section("Ruled out now", _removals(component.now_out, rulebook))
    yield from section("No longer ruled out", _removals(component.no_longer_out, rulebook))
    gained = [each for each in after.reasons if each.rule not in {old.rule for old in before.reasons}]
    yield from section(
        "New arguments", rows((words.signed(each.points, "!"), each.because) for each in gained if after.mechanism)
    )


def _named(mechanism: str | None, rulebook: Rulebook) -> str:
    return words.named(rulebook.mechanisms[mechanism]) if mechanism else "no mechanism: the answers contradict"


def _removals(removals: Iterable[Removal], rulebook: Rulebook) -> RenderableType:
    return rows(
        ("x", f"{words.answers(each.answers)} rules out {words.removed(each, rulebook)}\n{each.because}")
        for each in removals
    )
