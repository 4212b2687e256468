"""The table that every article prints, with measured figures: places of state by what people want of them.

>>> from minisvc import claims
>>> claims.compare()                        # in a notebook, the table displays itself
>>> claims.compare("redis", "signed-cookie")
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from minisvc.claims.comparison_run import (
    AFTER_ALL,
    CLIENT,
    CRASH,
    LATENCY,
    MEMORY,
    PAYLOAD,
    SCALE,
    STORE_CRASH,
    Cell,
    Method,
    measured,
)
from minisvc.errors import MinisvcError, StoreUnavailable, did_you_mean
from minisvc.mechanisms import BY_ID, FORMS, MECHANISMS, Form

MORE, LESS = "more is better", "less is better"


@dataclass(frozen=True, slots=True)
class Concern:
    """A row of the table.

    Attributes:
        key: under which its cells are.
        name: what articles call it, such as "fault tolerance".
        short: a heading of at most 7 letters a line.
        asks: what was measured, in a sentence.
        better: `MORE` or `LESS`.
        claims: the claims that make an experiment of it, with prediction and control.
    """

    key: str
    name: str
    short: str
    asks: str
    better: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was measured.

    Attributes:
        forms: the places that were measured, by their names in `minisvc.mechanisms`.
        cells: by form, and by the key of the concern.
        unable: forms that could not be run here, and why.
        seed: of what was left to chance.
        method: how many users did what.
        duration_s: how long it took.
    """

    forms: tuple[Form, ...]
    cells: Mapping[str, Mapping[str, Cell]]
    seed: int
    method: Method
    duration_s: float
    unable: Mapping[str, str] = field(default_factory=dict)

    def parts(self, concern: Concern) -> dict[str, float | None]:
        """Each form's figure as a part of the largest, 0 to 1; None where it has none."""
        figures = {each.name: self.cells[each.name][concern.key].figure for each in self.forms}
        most = max((figure for figure in figures.values() if figure is not None), default=0.0)
        return {name: figure if figure is None else figure / (most or 1.0) for name, figure in figures.items()}

    def data(self) -> dict[str, Any]:
        """As JSON has it: plain values; shares are 0 to 1, times are seconds, sizes are bytes."""
        return {
            "seed": self.seed,
            "duration_s": round(self.duration_s, 3),
            "users": self.method.users,
            "items": self.method.items,
            "concerns": [
                {"key": each.key, "name": each.name, "asks": each.asks, "better": each.better, "claims": each.claims}
                for each in CONCERNS
            ],
            "places": [
                {"place": each.name, "cells": {key: cell.data() for key, cell in self.cells[each.name].items()}}
                for each in self.forms
            ],
            "unable": dict(self.unable),
        }

    def __str__(self) -> str:
        lines = []
        for concern in CONCERNS:
            lines.append(f"{concern.name}: {concern.asks} ({', '.join(concern.claims)})")
            for each in self.forms:
                cell = self.cells[each.name][concern.key]
                lines.append(f"  {each.name:22} {cell.shown}{f', {cell.aside}' * bool(cell.aside)}")
        return "\n".join([*lines, *(f"{name} could not be run: {why}" for name, why in self.unable.items())])

    def _repr_html_(self) -> str:
        from minisvc.claims.comparison_page import table  # noqa: PLC0415  # Jinja2 is only for those who look

        return table(self)


class NoPlace(MinisvcError):
    """Names that are no places to compare. `faults` has one sentence for each, all of them at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


CONCERNS = (
    Concern(
        SCALE,
        "scalability",
        "scala-\nbility",
        "share of the present users' requests that a new, fourth instance takes; 25% is even",
        MORE,
        ("scale-out-no-relief",),
    ),
    Concern(
        CRASH,
        "fault tolerance: an instance",
        "one\ncrash",
        "share of users who can go on where they were when one of three instances has crashed",
        MORE,
        ("crash-loses-share", "stateless-survives", "replication-survives-one"),
    ),
    Concern(
        STORE_CRASH,
        "fault tolerance: the store",
        "store\ncrash",
        "the same while the shared store is down",
        MORE,
        ("store-is-spof",),
    ),
    Concern(
        AFTER_ALL,
        "failure recovery",
        "back\nagain",
        "the same when every instance and the store have crashed and are back",
        MORE,
        ("store-is-spof", "replication-survives-one"),
    ),
    Concern(
        PAYLOAD,
        "payload",
        "pay-\nload",
        "bytes that a request carries more than a stranger's, all items in the cart",
        LESS,
        ("payload-grows",),
    ),
    Concern(
        MEMORY,
        "memory",
        "memory",
        "bytes of the instances' memory for each user, all items in the cart (accounted)",
        LESS,
        ("memory-per-session",),
    ),
    Concern(
        LATENCY,
        "latency",
        "latency",
        "median time to read a cart on this machine, and round trips to a store for it",
        LESS,
        ("store-costs-latency",),
    ),
    Concern(
        CLIENT,
        "client responsibility",
        "client",
        "times that a client must store something new while it fills its cart",
        LESS,
        ("client-complexity",),
    ),
)
"""In the order in which articles have them."""

Begun = Callable[[str], object]
"""Is told the name of each place before it is measured."""


def places(*names: str) -> tuple[Form, ...]:
    """The forms that are meant: by form, mechanism or state; none named: the usual form of each mechanism of a cart.

    Raises:
        NoPlace: with every name that is none.
    """
    if not names:
        usual = (each.forms[0] for each in MECHANISMS)
        return tuple(form for form in usual if _keeps_carts(form))
    # Of several forms of one state the first is the usual one.
    by_state = {form.layout.find().state: form for form in reversed(FORMS.values()) if _keeps_carts(form)}
    known = {**by_state, **{each.id: each.forms[0] for each in MECHANISMS}, **FORMS}
    carts = sorted(name for name, form in known.items() if _keeps_carts(form))
    faults = [f'There is no place "{each}".{did_you_mean(each, carts)}' for each in names if each not in known]
    faults += [
        f'"{each}" runs {known[each].layout.find().name}, and a cart is what is compared.'
        for each in names
        if each in known and each not in carts
    ]
    if faults:
        raise NoPlace(faults)
    return tuple(dict.fromkeys(known[each] for each in names))


def compare(*names: str, seed: int = 1, begun: Begun | None = None, method: Method | None = None) -> Comparison:
    """Measure places of state side by side, each on clusters of its own; half a second to two seconds each.

    Args:
        names: forms, mechanisms or states, such as "redis"; none: the usual form of each mechanism.
        seed: for all that is left to chance.
        begun: is told of each.
        method: how many users do what.

    Raises:
        NoPlace: with every name that is none.
    """
    began_s, how = time.monotonic(), method or Method()
    cells: dict[str, dict[str, Cell]] = {}
    unable: dict[str, str] = {}
    wanted = places(*names)
    for form in wanted:
        if begun:
            begun(form.name)
        try:
            cells[form.name] = measured(form, seed, how)
        except StoreUnavailable as missing:
            unable[form.name] = " ".join(str(missing).split())
    able = tuple(form for form in wanted if form.name in cells)
    return Comparison(able, cells, seed, how, time.monotonic() - began_s, unable)


def mechanism_of(form: Form) -> str:
    """The id of the mechanism that a form is one of."""
    return next(each.id for each in BY_ID.values() if form in each.forms)


def _keeps_carts(form: Form) -> bool:
    return form.layout.find().service == "cart"
