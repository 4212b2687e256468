"""Puts the advice together: for each component, then for the system."""

from collections.abc import Iterable, Mapping

from advisor.engine.facts import facts_of, figures_of, values_of
from advisor.engine.flips import flips_of
from advisor.engine.weigh import Decision, Judge
from advisor.model import (
    Advice,
    AnswerFile,
    Companion,
    Component,
    ComponentAdvice,
    Contradiction,
    Reason,
    Removal,
    Rulebook,
    ServiceClass,
)
from advisor.space import Answered, Scales, ScalesBook, sufficient_in, worthwhile_in

CLEAR_LEAD = 3
WEIGHT = {word: weight for weight, word in enumerate(ServiceClass)}


def advise(rulebook: Rulebook, file: AnswerFile) -> Advice:
    """The advice on a system: each component by itself, then the word for the whole."""
    return Adviser(rulebook).on(file)


class Adviser:
    """Gives advice on one system after another; what it learns of the rules on the way, it keeps."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.scales = ScalesBook(rulebook)
        self._judges: dict[Scales, Judge] = {}

    def on(self, file: AnswerFile) -> Advice:
        """See `advise`."""
        rulebook = self.scales.rulebook
        scales = self.scales.under(file.priorities)
        if scales not in self._judges:
            self._judges[scales] = Judge(scales)
        judge = self._judges[scales]
        components = tuple(_component_advice(judge, file, component) for component in file.components)
        classes = frozenset(each.service_class for each in components if each.service_class)
        return Advice(file.name, rulebook.system_classes[classes] if classes else None, components)


def _component_advice(judge: Judge, file: AnswerFile, component: Component) -> ComponentAdvice:
    scales = judge.scales
    rulebook = scales.rulebook
    values = values_of(rulebook, file, component)
    facts = facts_of(rulebook, values)
    decision = judge.decide(facts)
    answered = Answered(scales, values)
    asked = [*rulebook.component_questions, *rulebook.system_questions]
    bare = ComponentAdvice(
        name=component.name,
        archetype=component.archetype,
        mechanism=None,
        also=(),
        service_class=None,
        runner_up=None,
        lead=None,
        margin="",
        tied=(),
        scores=decision.scores,
        reasons=(),
        ruled_out=decision.removals,
        flips=(),
        figures=figures_of(values),
        defaults=_defaults(rulebook, file, component),
        unknown=tuple(question.id for question in asked if question.id not in values),
        contradiction=None,
        sufficient=sufficient_in(answered),
        worthwhile=worthwhile_in(answered),
    )
    if not decision.scores:
        return bare._replace(contradiction=Contradiction(_needed(decision.removals, rulebook)))
    winner = decision.scores[0].mechanism
    also = _companions(rulebook, facts, winner)
    flips = flips_of(scales, values, winner)
    return _placed(bare, decision)._replace(
        also=also,
        service_class=_class_of(rulebook, winner, also),
        reasons=_reasons(decision, rulebook),
        flips=flips,
    )


def _placed(bare: ComponentAdvice, decision: Decision) -> ComponentAdvice:
    """The advice with winner, runner-up and margin filled in."""
    first, *others = decision.scores
    lead = first.total - others[0].total if others else None
    return bare._replace(
        mechanism=first.mechanism,
        runner_up=others[0].mechanism if others else None,
        lead=lead,
        margin=_margin(lead),
        tied=tuple(score.mechanism for score in others if score.total == first.total),
    )


def _margin(lead: int | None) -> str:
    if lead is None or lead >= CLEAR_LEAD:
        return "clear"
    return "lean" if lead else "toss-up"


def _defaults(rulebook: Rulebook, file: AnswerFile, component: Component) -> dict[str, str]:
    if component.archetype is None:
        return {}
    supplied = rulebook.archetypes[component.archetype].answers
    return {
        question: value
        for question, value in supplied.items()
        if question not in component.answers and question not in file.system
    }


def _reasons(decision: Decision, rulebook: Rulebook) -> tuple[Reason, ...]:
    """Why the winner won: what left nothing else, or the voices that counted, weightiest first."""
    winner, *others = decision.scores
    voices = [reason for tally in winner.tallies for reason in (tally.best, tally.worst) if reason]
    voices.sort(key=lambda reason: -reason.points)
    if not others:
        last = _needed(decision.removals, rulebook, spared=winner.mechanism)
        musts = (Reason(each.requirement, None, 0, each.because, each.source, each.answers) for each in last)
        return (*musts, *voices)
    if any(reason.points > 0 for reason in voices):
        return tuple(voices)
    simplest = "No answer argues for anything, so the simplest mechanism that is left wins."
    if winner.total > others[0].total:
        simplest = "No answer argues for it, but fewer argue against it than against any other."
    return (Reason(None, None, 0, simplest, "", {}), *voices)


def _companions(rulebook: Rulebook, facts: Mapping[str, str], winner: str) -> tuple[Companion, ...]:
    found: dict[str, Companion] = {}
    for rule in rulebook.companions:
        if winner in rule.primaries and rule.adds not in found and rule.when.holds(facts):
            found[rule.adds] = Companion(rule.adds, rule.id, rule.because, rule.source)
    return tuple(found.values())


def _class_of(rulebook: Rulebook, winner: str, also: Iterable[Companion]) -> ServiceClass:
    beside = [rulebook.mechanisms[each.mechanism].service_class for each in also]
    heaviest = max(beside, key=WEIGHT.__getitem__, default=None)
    return rulebook.component_classes[rulebook.mechanisms[winner].service_class, heaviest]


def _needed(removals: Iterable[Removal], rulebook: Rulebook, *, spared: str | None = None) -> tuple[Removal, ...]:
    """Requirements that together remove everything but `spared`, each of them needed for that."""
    gone = set(rulebook.mechanisms) - {spared}
    needed = list(removals)
    for removal in list(needed):
        others = [each for each in needed if each is not removal]
        if {mechanism for each in others for mechanism in each.mechanisms} == gone:
            needed = others
    return tuple(needed)
