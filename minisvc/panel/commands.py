"""What a button may do to a cluster: one table, checked before anything is called.

A view sends ``{"command": name, "value": text or flag}``. Whatever it sends, only these run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from minisvc.errors import MinisvcError, did_you_mean

if TYPE_CHECKING:
    from minisvc.cluster import Cluster

TRAFFIC_PER_S = 4.0


class UnknownCommand(MinisvcError):
    """A view asked for something that no button does."""

    def __init__(self, name: object) -> None:
        self.name = name
        super().__init__(f"The panel has no command {name!r}.{did_you_mean(name, COMMANDS)}")


class WrongValue(MinisvcError):
    """A command came with a value of another kind than it takes."""

    def __init__(self, command: str, value: object, wanted: type) -> None:
        self.command, self.value, self.wanted = command, value, wanted
        super().__init__(f"The panel's command {command!r} takes a {wanted.__name__}, not {value!r}.")


@dataclass(frozen=True, slots=True)
class Command:
    """A button's deed and the type of the value that it takes."""

    takes: type
    do: Callable[[Cluster, Any], object]


def _traffic(cluster: Cluster, on: bool) -> None:
    if on:
        cluster.start_traffic(rate=TRAFFIC_PER_S)
    else:
        cluster.stop_traffic()


COMMANDS: Mapping[str, Command] = {
    "crash": Command(str, lambda cluster, name: cluster.crash(name)),
    "restart": Command(str, lambda cluster, name: cluster.restart(name)),
    "traffic": Command(bool, _traffic),
    "sticky": Command(bool, lambda cluster, on: cluster.set_sticky(on)),
    "policy": Command(str, lambda cluster, name: cluster.set_policy(name)),
    "state": Command(str, lambda cluster, name: cluster.move_state(name)),
    "customer": Command(bool, lambda cluster, _: cluster.add_users(1)),
}


def obey(cluster: Cluster, request: Mapping[str, object]) -> None:
    """Do what a view asks for.

    Raises:
        UnknownCommand: there is no such command.
        WrongValue: the value is not of the command's type.
        MinisvcError: whatever the cluster raises, such as for an instance that it does not have.
    """
    name, value = request.get("command"), request.get("value")
    command = COMMANDS.get(name) if isinstance(name, str) else None
    if command is None:
        raise UnknownCommand(name)
    if not isinstance(value, command.takes):
        raise WrongValue(str(name), value, command.takes)
    command.do(cluster, value)
