"""Where a submission's code runs: a warden per submission, and below it one confined process per instance.

The grader never runs a line of a submission itself. It talks to the warden, which is ours; the warden forks instances,
each of which gives up its rights and only then runs the submission's cells and serves its app.
"""

from minisvc.grading.sandbox.cell import Cell
from minisvc.grading.sandbox.instance import Instance, Report
from minisvc.grading.sandbox.keeper import Keeper

__all__ = ["Cell", "Instance", "Keeper", "Report"]
