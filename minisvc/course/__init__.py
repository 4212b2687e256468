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
from minisvc.course.moments import until_noticed_s
from minisvc.course.outcome import what_happened

__all__ = ["check", "hint", "in_each_form", "new_service", "predict", "recall", "until_noticed_s", "what_happened"]
