"""Exact answers about every possible set of answers: no sampling, unknown included."""

from advisor.space.answered import Answered
from advisor.space.outlook import open_questions, settled, worthwhile, worthwhile_in
from advisor.space.scales import Scales, ScalesBook
from advisor.space.sufficient import sufficient, sufficient_in

__all__ = [
    "Answered",
    "Scales",
    "ScalesBook",
    "open_questions",
    "settled",
    "sufficient",
    "sufficient_in",
    "worthwhile",
    "worthwhile_in",
]
