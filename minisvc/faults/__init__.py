"""Faults as data: what can be broken, where, how much. What acts on it sits where it acts.

A fault is a small frozen dataclass. To add one, write it in `kinds.py`, give it a docstring whose first sentence says
what happens, list it in `FAULTS`, and let the place that it concerns act on it (docs/faults.md shows how).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from minisvc.errors import FaultError, did_you_mean
from minisvc.faults.fault import Fault
from minisvc.faults.kinds import (
    Crash,
    DropResponse,
    ErrorShare,
    Hang,
    Partition,
    Refuse,
    Slow,
    StoreCrash,
    StoreSlow,
    StoreWipe,
)
from minisvc.faults.script import Script

__all__ = ["FAULTS", "Fault", "read"]

FAULTS: Mapping[str, type[Fault]] = {
    each.kind: each
    for each in (
        Crash,
        Hang,
        Slow,
        ErrorShare,
        DropResponse,
        Refuse,
        Partition,
        StoreCrash,
        StoreSlow,
        StoreWipe,
        Script,
    )
}
"""Every kind of fault by its name."""


def read(described: Mapping[str, Any]) -> Fault:
    """The fault that a plain mapping describes: its kind under "fault", the rest as its fields.

    >>> read({"fault": "slow", "instance": "a", "delay_s": 0.2}).says
    "a's answers take 0.2 s longer"

    Raises:
        FaultError: with everything that is wrong with it.
    """
    given = dict(described)
    kind = given.pop("fault", None)
    if not isinstance(kind, str) or kind not in FAULTS:
        raise FaultError([f"fault {kind!r} is not known.{did_you_mean(kind, FAULTS)}"])
    known = [each.name for each in fields(FAULTS[kind])]
    unknown = [f"{kind}: {name!r} is no field of it.{did_you_mean(name, known)}" for name in given if name not in known]
    if unknown:
        raise FaultError(unknown)
    return FAULTS[kind](**given)


def summary(kind: type[Fault]) -> str:
    """The first sentence of its docstring: what happens."""
    return (kind.__doc__ or "").strip().partition("\n")[0]
