"""Advice as plain data, for JSON: the contract with other programs."""

from typing import Any

from advisor.model import Advice, ComponentAdvice, Reason, Removal, Rulebook, Score, Worthwhile
from advisor.report import words

Data = dict[str, Any]


def data_of(advice: Advice, rulebook: Rulebook) -> Data:
    """The advice as JSON-ready data; `overall` is None when every component contradicts itself."""
    return {
        "version": 1,
        "name": advice.name,
        "overall": advice.overall.value if advice.overall else None,
        "components": [_component(each, rulebook) for each in advice.components],
    }


def _component(advice: ComponentAdvice, rulebook: Rulebook) -> Data:
    return {
        "name": advice.name,
        "archetype": advice.archetype,
        **verdict_of(advice),
        "tied": list(advice.tied),
        "reasons": [_reason(each) for each in advice.reasons],
        "also_because": [
            {"mechanism": each.mechanism, "rule": each.rule, "because": each.because, "source": each.source}
            for each in advice.also
        ],
        "concerns": [_score(each) for each in advice.scores],
        "ruled_out": [_removal(each) for each in advice.ruled_out],
        "flips": [
            {
                "question": each.question,
                "from": each.before,
                "to": each.after,
                "mechanism": each.mechanism,
                "effort": each.effort,
            }
            for each in advice.flips
        ],
        "figures": [
            {
                "id": each.id,
                "label": each.label,
                "value": round(each.value, 1),
                "unit": each.unit,
                "formula": each.formula,
            }
            for each in advice.figures
        ],
        "risks": [
            {"mechanism": each.id, "risk": one.risk, "mitigation": one.mitigation, "source": one.source}
            for each in words.mechanisms(advice, rulebook)
            for one in each.risks
        ],
        "defaults": dict(advice.defaults),
        "unknown": list(advice.unknown),
        "sufficient": dict(advice.sufficient),
        "worthwhile": _worthwhile(advice.worthwhile) if advice.worthwhile else None,
        "claims": words.claims(advice),
        "contradiction": [_removal(each) for each in advice.contradiction.sides] if advice.contradiction else None,
    }


def verdict_of(advice: ComponentAdvice) -> Data:
    """What is advised on a component, and how surely; all None or empty on a contradiction."""
    return {
        "mechanism": advice.mechanism,
        "also": [each.mechanism for each in advice.also],
        "class": advice.service_class.value if advice.service_class else None,
        "runner_up": advice.runner_up,
        "margin": advice.margin or None,
        "lead": advice.lead,
    }


def _worthwhile(unknown: Worthwhile) -> Data:
    return {"question": unknown.question, "outcomes": dict(unknown.outcomes), "changes": unknown.changes}


def _reason(reason: Reason) -> Data:
    return {
        "rule": reason.rule,
        "concern": reason.concern,
        "points": reason.points,
        "because": reason.because,
        "source": reason.source,
        "answers": dict(reason.answers),
        "claim": reason.claim,
    }


def _score(score: Score) -> Data:
    return {
        "mechanism": score.mechanism,
        "total": score.total,
        "points": {tally.concern: tally.points for tally in score.tallies},
        "also_supports": [reason.rule for tally in score.tallies for reason in tally.also],
    }


def _removal(removal: Removal) -> Data:
    return {
        "requirement": removal.requirement,
        "mechanisms": list(removal.mechanisms),
        "answers": dict(removal.answers),
        "because": removal.because,
        "source": removal.source,
    }
