"""The lessons' other half: questions, answers, checks, hints, words and progress, by id.

>>> from minisvc.course import predict, check, hint, recall, what_happened
>>> predict("sixth-visit")            # in a notebook, the question displays itself
>>> check("visits-survive", mine)     # tries what a learner changed; every row has its reason
"""

from __future__ import annotations

from minisvc.course.asking import predict, recall
from minisvc.course.blank import new_service
from minisvc.course.checking import check, hint
from minisvc.course.forms import in_each_form
from minisvc.course.glossary import glossary
from minisvc.course.moments import until_noticed_s
from minisvc.course.outcome import what_happened
from minisvc.course.seals import opened, sealed
from minisvc.course.start import export_progress, progress

__all__ = [
    "check",
    "export_progress",
    "glossary",
    "hint",
    "in_each_form",
    "new_service",
    "opened",
    "predict",
    "progress",
    "recall",
    "sealed",
    "until_noticed_s",
    "what_happened",
]
