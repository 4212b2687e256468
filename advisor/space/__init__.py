"""Exact answers about every possible set of answers: no sampling, unknown included."""

from advisor.space.outlook import open_questions, settled, worthwhile
from advisor.space.sufficient import sufficient

__all__ = ["open_questions", "settled", "sufficient", "worthwhile"]
