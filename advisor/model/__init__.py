"""The nouns of the advisor: what is asked, what was answered, what is known, what is advised."""

from advisor.model.advice import (
    Advice,
    Companion,
    ComponentAdvice,
    Contradiction,
    Figure,
    Flip,
    Reason,
    Removal,
    Score,
    Tally,
)
from advisor.model.answers import AnswerFile, Component
from advisor.model.rulebook import (
    Archetype,
    CompanionRule,
    Concern,
    Condition,
    Mechanism,
    Requirement,
    Risk,
    Rule,
    Rulebook,
)
from advisor.model.vocabulary import UNKNOWN, Band, Fact, Option, Question, ServiceClass, Value

__all__ = [
    "UNKNOWN",
    "Advice",
    "AnswerFile",
    "Archetype",
    "Band",
    "Companion",
    "CompanionRule",
    "Component",
    "ComponentAdvice",
    "Concern",
    "Condition",
    "Contradiction",
    "Fact",
    "Figure",
    "Flip",
    "Mechanism",
    "Option",
    "Question",
    "Reason",
    "Removal",
    "Requirement",
    "Risk",
    "Rule",
    "Rulebook",
    "Score",
    "ServiceClass",
    "Tally",
    "Value",
]
