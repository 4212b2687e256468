"""The interview as data: which question comes next, what a reply means, and where the answers lean."""

from advisor.interview.outlook import Outlook, Standing
from advisor.interview.record import Record
from advisor.interview.steps import Asks, Choice, Prompt, Step
from advisor.interview.talk import Interview

__all__ = ["Asks", "Choice", "Interview", "Outlook", "Prompt", "Record", "Standing", "Step"]
