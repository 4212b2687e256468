"""Exercises and their grading: a submission runs in processes of its own, and is asked from outside.

>>> from minisvc.grading import check_here, task
>>> task("counter-anywhere", "Ada Lovelace")
"""

from __future__ import annotations

from minisvc.grading.at_once import at_once, comes_true
from minisvc.grading.exercise import Check, Exercise
from minisvc.grading.failed import Failed, need
from minisvc.grading.here import check_here, grade_here, task
from minisvc.grading.outside import Asked, Outside, Reply
from minisvc.grading.trial import Site, Trial
from minisvc.grading.visitor import Answer, Visitor

__all__ = [
    "Answer",
    "Asked",
    "Check",
    "Exercise",
    "Failed",
    "Outside",
    "Reply",
    "Site",
    "Trial",
    "Visitor",
    "at_once",
    "check_here",
    "comes_true",
    "grade_here",
    "need",
    "task",
]
