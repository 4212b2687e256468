"""Examines a rules file for its author: over every possible set of answers, exactly."""

from advisor.check.audit import CheckReport, Share, check_rules
from advisor.check.coverage import Coverage, coverage_of
from advisor.check.difference import Difference, difference_of
from advisor.check.golden import GoldenCase, disagreements, load_golden

__all__ = [
    "CheckReport",
    "Coverage",
    "Difference",
    "GoldenCase",
    "Share",
    "check_rules",
    "coverage_of",
    "difference_of",
    "disagreements",
    "load_golden",
]
