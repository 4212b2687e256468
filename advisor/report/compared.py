"""A comparison of answer files as plain data, for JSON."""

from collections.abc import Sequence
from typing import Any

from advisor.model.comparison import Comparison, ComponentComparison
from advisor.report.data import verdict_of


def data_of(comparison: Comparison, names: Sequence[str]) -> dict[str, Any]:
    """A comparison as JSON-ready data; whatever has a value for each file has them in the order of `files`."""
    return {
        "version": 1,
        "files": list(names),
        "overall": [advice.overall.value if advice.overall else None for advice in comparison.advices],
        "components": [_data(each, names) for each in comparison.components],
    }


def _data(component: ComponentComparison, names: Sequence[str]) -> dict[str, Any]:
    return {
        "name": component.name,
        "sides": [{"name": each.name, **verdict_of(each)} if each else None for each in component.sides],
        "differences": [
            {
                "about": each.about,
                "priority": each.of_priority,
                "values": list(each.values),
                "matters": each.matters,
            }
            for each in component.differences
        ],
        "turns": [{"file": names[turn.side], "answers": list(turn.abouts)} for turn in component.turns],
    }
