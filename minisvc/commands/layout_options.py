"""What to run, on the command line: a service, a shipped layout or a file, and options that change its fields."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from minisvc import layout as known
from minisvc.errors import LayoutError
from minisvc.layout_file import NamedLayout

FIELDS = {
    "instances": "instances",
    "state": "state",
    "policy": "policy",
    "affinity": "affinity",
    "store": "store_url",
    "retry": "retry",
    "host": "host",
    "balancer": "balancer",
    "port": "port",
}
"""Which field each option changes."""

OF_SERVICE = frozenset(each.name for each in fields(known.Service))
NUMBERS = ("instances", "port")


def add(parser: argparse.ArgumentParser, more: str = "") -> None:
    """Say what may be asked; `more` is what LAYOUT may be besides.

    An option that is not given leaves the layout's own field as it is.
    """
    parser.add_argument(
        "layout",
        nargs="?",
        default="cart",
        metavar="LAYOUT",
        help='a layout file, a shipped layout (see "minisvc layouts"), a service, or your app as module:name'
        f"{', ' * bool(more)}{more} (cart)",
    )
    change = parser.add_argument_group("options that change the layout")
    change.add_argument("--instances", metavar="N", help=f"1 to {known.MOST_INSTANCES} (3)")
    change.add_argument("--state", help=_oneof(known.STATES, "memory"))
    change.add_argument("--policy", help=_oneof(known.POLICIES, "round_robin"))
    change.add_argument("--affinity", help=_oneof((*known.AFFINITIES, "none"), "none"))
    change.add_argument("--store", metavar="URL", help="a real store for --state, in place of an embedded one")
    change.add_argument("--retry", help=_oneof(known.RETRIES, "unsent"))
    change.add_argument("--host", help=_oneof(known.HOSTS, "thread"))
    change.add_argument("--balancer", help=_oneof(known.BALANCERS, "builtin"))
    change.add_argument("--port", metavar="N", help="the balancer's port on 127.0.0.1 (0: a free one)")


def chosen(asked: argparse.Namespace) -> NamedLayout:
    """The layout that is asked for, with the options applied.

    Raises:
        LayoutError: with every fault of the file, or of the changes, at once.
    """
    from minisvc import layouts  # noqa: PLC0415

    if "" not in sys.path:
        sys.path.insert(0, "")  # a person's own app is looked for where the person is
    changes = {field: _value(option, asked) for option, field in FIELDS.items() if getattr(asked, option) is not None}
    found = NamedLayout(known.Layout(), asked.layout)
    faults: list[str] = []
    try:
        found = layouts.understand(asked.layout)
        _refuse_ambiguous(found, changes)
    except LayoutError as error:
        faults += error.faults
        changes = changes if len(found.layout.services) == 1 else {}
    try:
        changed = found.layout.but(**changes)
    except LayoutError as error:
        faults += error.faults
    else:
        faults += _unused_store(asked, changed)
    if faults:
        raise LayoutError(faults)
    return replace(found, layout=changed)


def refuse_changes(asked: argparse.Namespace) -> None:
    """Raise `LayoutError` if an option would change the layout of what runs already."""
    given = [f"--{option}" for option in FIELDS if getattr(asked, option) is not None]
    if given:
        raise LayoutError([f"{', '.join(given)} cannot change what runs at {asked.layout} already; leave it out."])


def cart_of(chosen: NamedLayout) -> str:
    """The name of the first service that is a cart; raises `LayoutError` if none is."""
    found = next((each.name for each in chosen.layout.services if each.service == "cart"), None)
    if found is None:
        raise LayoutError([f"Simulated users need a cart, and {chosen.name} has none."])
    return found


def _refuse_ambiguous(found: NamedLayout, changes: dict[str, Any]) -> None:
    option = next((option for option, field in FIELDS.items() if field in changes and field in OF_SERVICE), None)
    if option and len(found.layout.services) > 1:
        fault = f"--{option} changes one service, and {found.name} has {', '.join(found.layout.service_names)}."
        remedy = "Change it in a file of your own; minisvc layouts --show NAME prints one to start from."
        raise LayoutError([f"{fault}\n  {remedy}"])


def _unused_store(asked: argparse.Namespace, layout: known.Layout) -> list[str]:
    """A layout keeps a store's address for states that it moves to later; here nothing moves."""
    if asked.store is None or any(each.state in known.STORE_OF or each.keeping.deny_list for each in layout.services):
        return []
    keeps, used = layout.services[0].state, ", ".join(sorted(known.STORE_OF))
    return [f"--store is {asked.store!r}, and --state {keeps} has no store to use; it is for {used}."]


def _value(option: str, asked: argparse.Namespace) -> Any:
    text: str = getattr(asked, option)
    if option == "affinity" and text == "none":
        return None
    return number(text) if option in NUMBERS else text


def number(text: str) -> Any:
    """A whole number where `text` is one, else the text itself: the layout says what is wrong with it."""
    try:
        return int(text)
    except ValueError:
        return text


def _oneof(names: Sequence[str], default: str) -> str:
    return f"{', '.join(names)} ({default})"
