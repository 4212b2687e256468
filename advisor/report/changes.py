"""What a changed answer changes in the advice on a component: as data first, which a terminal or JSON then shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from advisor.model import Advice, ComponentAdvice, Removal, Rulebook
from advisor.report import words
from advisor.report.data import data_of as advice_data

NONE = "none"
RULED_OUT = "ruled out"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is told otherwise than before; both are as a person reads them."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ComponentChanges:
    """What changed for one component.

    Attributes:
        changes: the verdict first, then points and figures; empty when nothing that is told changed.
        now_out: requirements that fire only now.
        no_longer_out: requirements that fired only before.
    """

    before: ComponentAdvice
    after: ComponentAdvice
    changes: tuple[Change, ...]
    now_out: tuple[Removal, ...]
    no_longer_out: tuple[Removal, ...]

    @property
    def any(self) -> bool:
        """Whether anything changed."""
        return bool(self.changes or self.now_out or self.no_longer_out)


def changes_of(before: Advice, after: Advice) -> tuple[ComponentChanges, ...]:
    """What changed between two pieces of advice on the same components, in their order."""
    return tuple(_component(old, new) for old, new in zip(before.components, after.components, strict=True))


def data_of(set_to: list[Change], before: Advice, after: Advice, rulebook: Rulebook) -> dict[str, Any]:
    """A what-if as JSON-ready data: what was set, what changed, and the whole advice before and after."""
    return {
        "version": 1,
        "name": before.name,
        "set": [_change(each) for each in set_to],
        "overall": {"from": before.overall, "to": after.overall},
        "components": [
            {
                "name": each.before.name,
                "changes": [_change(change) for change in each.changes],
                "now_out": [removal.requirement for removal in each.now_out],
                "no_longer_out": [removal.requirement for removal in each.no_longer_out],
            }
            for each in changes_of(before, after)
        ],
        "before": advice_data(before, rulebook),
        "after": advice_data(after, rulebook),
    }


def _change(change: Change) -> dict[str, str]:
    return {"what": change.what, "from": change.before, "to": change.after}


def _component(before: ComponentAdvice, after: ComponentAdvice) -> ComponentChanges:
    told = [*_verdict(before, after), *_points(before, after), *_figures(before, after)]
    fired = {each.requirement for each in before.ruled_out}
    fires = {each.requirement for each in after.ruled_out}
    return ComponentChanges(
        before,
        after,
        tuple(change for change in told if change.before != change.after),
        tuple(each for each in after.ruled_out if each.requirement not in fired),
        tuple(each for each in before.ruled_out if each.requirement not in fires),
    )


def _verdict(before: ComponentAdvice, after: ComponentAdvice) -> Iterator[Change]:
    yield Change("mechanism", before.mechanism or "contradiction", after.mechanism or "contradiction")
    yield Change("beside it", _beside(before), _beside(after))
    yield Change("class", words.word(before.service_class), words.word(after.service_class))
    yield Change("runner-up", before.runner_up or NONE, after.runner_up or NONE)
    yield Change("margin", _margin(before), _margin(after))


def _beside(advice: ComponentAdvice) -> str:
    return ", ".join(each.mechanism for each in advice.also) or NONE


def _margin(advice: ComponentAdvice) -> str:
    lead = f", {words.points(advice.lead)}" if advice.lead else ""
    return f"{advice.margin}{lead}" or NONE


def _points(before: ComponentAdvice, after: ComponentAdvice) -> Iterator[Change]:
    """The totals of both winners; with another winner that is the reason at a glance."""
    for name in dict.fromkeys(side.mechanism for side in (before, after) if side.mechanism):
        yield Change(f"points of {name}", _total(before, name), _total(after, name))


def _total(advice: ComponentAdvice, mechanism: str) -> str:
    return next((str(score.total) for score in advice.scores if score.mechanism == mechanism), RULED_OUT)


def _figures(before: ComponentAdvice, after: ComponentAdvice) -> Iterator[Change]:
    told = [{each.label: words.amount(each.value, each.unit) for each in side.figures} for side in (before, after)]
    for label in dict.fromkeys([*told[0], *told[1]]):
        yield Change(label, told[0].get(label, "unknown"), told[1].get(label, "unknown"))
