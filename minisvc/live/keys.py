"""What each key does. Digits and arrows select, letters act: no letter ever selects, so none can collide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from minisvc.live.crowd import Switch
from minisvc.live.figures import Row

MOST_DIGITS = 9
"""Digits 1 to 9 select the first nine instances; arrows reach all."""


@dataclass(frozen=True, slots=True)
class Aim:
    """What a command acts on.

    Attributes:
        cluster: the running `Cluster`. `Any`, for a command may need what not every cluster can do yet.
        row: the selected instance.
        traffic: turns the simulated users on and off.
    """

    cluster: Any
    row: Row
    traffic: Switch


@dataclass(frozen=True, slots=True)
class Command:
    """What a key does.

    Attributes:
        key, word: as the last line of the screen shows them.
        help: one sentence.
        needs: the method that a cluster must have.
        says: what is under way, for the time that it takes.
        run: does it.
    """

    key: str
    word: str
    help: str
    needs: str
    says: Callable[[Aim], str]
    run: Callable[[Aim], object]


def _hang(aim: Aim) -> None:
    (aim.cluster.resume if aim.row.status == "hung" else aim.cluster.hang)(aim.row.name)


def _drains(aim: Aim) -> bool:
    return aim.row.status == "draining"


def _drain(aim: Aim) -> None:
    (aim.cluster.undrain if _drains(aim) else aim.cluster.drain)(aim.row.name)


def _sticky(aim: Aim) -> None:
    now = aim.cluster.service(aim.row.service).affinity
    aim.cluster.set_sticky(now is None, aim.row.service)


def _traffic(aim: Aim) -> None:
    (aim.traffic.turn_off if aim.traffic.is_on else aim.traffic.turn_on)()


def _scale(by: int) -> Callable[[Aim], None]:
    def scale(aim: Aim) -> None:
        aim.cluster.scale(aim.cluster.service(aim.row.service).instances + by, aim.row.service)

    return scale


COMMANDS = (
    Command(
        "c",
        "crash",
        "Crash the selected instance: its connections and its memory are gone at once.",
        "crash",
        lambda aim: f"Crashing {aim.row.name}",
        lambda aim: aim.cluster.crash(aim.row.name),
    ),
    Command(
        "r",
        "restart",
        "Restart it, with an empty memory.",
        "restart",
        lambda aim: f"Restarting {aim.row.name}",
        lambda aim: aim.cluster.restart(aim.row.name),
    ),
    Command(
        "h",
        "hang",
        "Hang it: it takes requests and does not answer. Once more: it goes on.",
        "hang",
        lambda aim: f"{'Resuming' if aim.row.status == 'hung' else 'Hanging'} {aim.row.name}",
        _hang,
    ),
    Command(
        "d",
        "drain",
        "Drain it: it gets no new clients. Once more: it gets them again.",
        "undrain",
        lambda aim: f"{'Sending new clients to' if _drains(aim) else 'Draining'} {aim.row.name}",
        _drain,
    ),
    Command(
        "s",
        "sticky",
        "Bind each client to one instance by a cookie, or stop that.",
        "set_sticky",
        lambda aim: "Changing sticky routing",
        _sticky,
    ),
    Command(
        "t",
        "traffic",
        "Let the simulated users rest, or go on.",
        "add_users",
        lambda aim: "Stopping traffic" if aim.traffic.is_on else "Starting traffic",
        _traffic,
    ),
    Command("+", "more", "One instance more.", "scale", lambda aim: "Scaling out", _scale(+1)),
    Command("-", "fewer", "One instance fewer.", "scale", lambda aim: "Scaling in", _scale(-1)),
)

SELECTING = (("1-9", "Select an instance by its number."), ("↑ ↓", "Select the one above or below."))
LEAVING = (("?", "Show or hide this page."), ("q", "Quit; so does Ctrl-C. Ctrl-Z suspends."))


def available(cluster: Any) -> tuple[Command, ...]:
    """The commands that this cluster can do."""
    return tuple(each for each in COMMANDS if callable(getattr(cluster, each.needs, None)))


def select(key: str, selected: int, count: int) -> int | None:
    """The place (from 0) that a key selects among `count` instances; None if the key selects nothing."""
    if key in {"up", "down"}:
        return (selected + (1 if key == "down" else -1)) % count
    if len(key) == 1 and key in "123456789" and int(key) <= count:
        return int(key) - 1
    return None
