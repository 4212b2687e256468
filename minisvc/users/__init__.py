"""Simulated users: one that learners read, and thousands for a load; what they do is the same journeys."""

from __future__ import annotations

from minisvc.users.errors import LoadError
from minisvc.users.journeys import JOURNEYS, Journey, Moves
from minisvc.users.light import Target
from minisvc.users.load import Load
from minisvc.users.loads import Loads
from minisvc.users.mind import GOODS, Mind, Step, agrees, think
from minisvc.users.person import User
from minisvc.users.result import LoadResult, Progress, Spread
from minisvc.users.running import Running, Told, run_load
from minisvc.users.traffic import Traffic

__all__ = [
    "GOODS",
    "JOURNEYS",
    "Journey",
    "Load",
    "LoadError",
    "LoadResult",
    "Loads",
    "Mind",
    "Moves",
    "Progress",
    "Running",
    "Spread",
    "Step",
    "Target",
    "Told",
    "Traffic",
    "User",
    "agrees",
    "run_load",
    "think",
]
