"""Answers and rules in, advice out. Pure: no files, no clock, no chance."""

from advisor.engine.advise import Adviser, advise
from advisor.engine.facts import facts_of, values_of
from advisor.engine.weigh import Decision, Judge, decide

__all__ = ["Adviser", "Decision", "Judge", "advise", "decide", "facts_of", "values_of"]
