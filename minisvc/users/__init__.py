"""Simulated users: one that learners read, and thousands for a load; what they do is the same journeys."""

from __future__ import annotations

from minisvc.users.errors import LoadError
from minisvc.users.journeys import JOURNEYS, Journey, Moves
from minisvc.users.mind import GOODS, Mind, Step, agrees, think
from minisvc.users.person import User
from minisvc.users.traffic import Traffic

__all__ = [
    "GOODS",
    "JOURNEYS",
    "Journey",
    "LoadError",
    "Mind",
    "Moves",
    "Step",
    "Traffic",
    "User",
    "agrees",
    "think",
]
