"""What a button may do to a cluster: one table, checked before anything is called.

A view sends ``{"command": name, "value": text, number or flag}``. Whatever it sends, only these run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from minisvc.errors import MinisvcError, did_you_mean
from minisvc.host import KILL, RESET
from minisvc.panel.controls import MOST_PER_S, controls
from minisvc.panel.stepping import DEEDS, Step, step

if TYPE_CHECKING:
    from minisvc.cluster import Cluster

MOST_CUSTOMERS = 200


class UnknownCommand(MinisvcError):
    """A view asked for something that no button does."""

    def __init__(self, name: object) -> None:
        self.name = name
        super().__init__(f"The panel has no command {name!r}.{did_you_mean(name, COMMANDS)}")


class WrongValue(MinisvcError):
    """A command came with a value of another kind than it takes, or out of its range."""

    def __init__(self, command: str, value: object, wanted: str) -> None:
        self.command, self.value, self.wanted = command, value, wanted
        super().__init__(f"The panel's command {command!r} takes {wanted}, not {value!r}.")


@dataclass(frozen=True, slots=True)
class Command:
    """A button's deed and the type of the value that it takes.

    `waits` marks those that may have to wait for an instance that hangs: they keep no other command waiting.
    """

    takes: type
    do: Callable[[Cluster, Any], object]
    waits: bool = False


def _traffic(cluster: Cluster, on: bool) -> None:
    if on:
        cluster.start_traffic(rate=controls(cluster).rate)
    else:
        cluster.stop_traffic()


def _rate(cluster: Cluster, rate: float) -> None:
    if not 0 < rate <= MOST_PER_S:
        raise WrongValue("rate", rate, f"turns a second, above 0 and at most {MOST_PER_S:g}")
    controls(cluster).rate = float(rate)
    if cluster.traffic_on:
        cluster.start_traffic(rate=float(rate))


def _customers(cluster: Cluster, more: int) -> None:
    room = MOST_CUSTOMERS - len(cluster.users)
    if not 0 < more <= room:
        raise WrongValue("customers", more, f"how many more, from 1 to {room} (a panel shows {MOST_CUSTOMERS})")
    cluster.add_users(more)


def _state(cluster: Cluster, state: str) -> None:
    # The ways to the former store go with it, and so does what cut them.
    controls(cluster).end(cluster, "partition")
    cluster.move_state(state)


def _step(cluster: Cluster, words: str) -> Step:
    deed, _, user = words.partition(" ")
    if deed not in DEEDS:
        raise WrongValue("step", words, f"one of {', '.join(DEEDS)}, and perhaps a customer, such as 'look c1'")
    return step(cluster, user or None, deed)


def _toggle(kind: str) -> Callable[[Cluster, Any], None]:
    return lambda cluster, name: controls(cluster).toggle(cluster, kind, name)


COMMANDS: Mapping[str, Command] = {
    "crash": Command(str, lambda cluster, name: cluster.crash(name)),
    "crash_kill": Command(str, lambda cluster, name: cluster.crash(name, KILL)),
    "crash_reset": Command(str, lambda cluster, name: cluster.crash(name, RESET)),
    "restart": Command(str, lambda cluster, name: cluster.restart(name)),
    "hang": Command(str, lambda cluster, name: cluster.hang(name)),
    "resume": Command(str, lambda cluster, name: cluster.resume(name)),
    "drain": Command(str, lambda cluster, name: cluster.drain(name)),
    "undrain": Command(str, lambda cluster, name: cluster.undrain(name)),
    "slow": Command(str, _toggle("slow")),
    "partition": Command(str, _toggle("partition")),
    "crash_store": Command(bool, lambda cluster, _: cluster.crash_store()),
    "restart_store": Command(bool, lambda cluster, _: cluster.restart_store()),
    "wipe_store": Command(bool, lambda cluster, _: cluster.wipe_store()),
    "traffic": Command(bool, _traffic, waits=True),
    "rate": Command(float, _rate, waits=True),
    "sticky": Command(bool, lambda cluster, on: cluster.set_sticky(on)),
    "retry": Command(bool, lambda cluster, on: cluster.set_retry("idempotent" if on else "unsent")),
    "policy": Command(str, lambda cluster, name: cluster.set_policy(name)),
    "state": Command(str, _state),
    "instances": Command(int, lambda cluster, count: cluster.scale(count)),
    "customers": Command(int, _customers),
    "step": Command(str, _step, waits=True),
}
_KINDS = {str: "a text", bool: "true or false", int: "a whole number", float: "a number"}


def find(request: Mapping[str, object]) -> Command:
    """The command that a view asks for.

    Raises:
        UnknownCommand: there is none.
        WrongValue: the value is not of the command's type.
    """
    name, value = request.get("command"), request.get("value")
    command = COMMANDS.get(name) if isinstance(name, str) else None
    if command is None:
        raise UnknownCommand(name)
    # A flag is an int to Python, and a whole number may stand for a float.
    fits = isinstance(value, (int, float) if command.takes is float else command.takes)
    if not fits or (isinstance(value, bool) and command.takes is not bool):
        raise WrongValue(str(name), value, _KINDS[command.takes])
    return command


def obey(cluster: Cluster, request: Mapping[str, object]) -> object:
    """Do what a view asks for, and return what came of it: a `Step`, or None.

    Raises:
        UnknownCommand: there is no such command.
        WrongValue: the value is not of the command's type, or out of its range.
        MinisvcError: whatever the cluster raises, such as for an instance that it does not have.
    """
    return find(request).do(cluster, request.get("value"))
