"""What can go wrong in the lab. One root, `MinisvcError`; every member carries its facts as attributes.

A message says what, where, the value, what is allowed and what to do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches


class MinisvcError(Exception):
    """The root of every error that the lab raises on purpose."""

    def __reduce__(self) -> tuple[object, ...]:
        # An instance in another process sends its errors whole; by default only `args` would make them anew.
        return _remade, (type(self), self.args), self.__dict__


class LayoutError(MinisvcError):
    """A layout that cannot be run. `faults` holds one sentence for each fault, all of them at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class FaultError(MinisvcError):
    """A fault that cannot be had as described. `faults` holds one sentence for each thing that is wrong with it."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class NotReady(MinisvcError):
    """An instance was started and did not get healthy in time."""

    def __init__(self, name: str, within_s: float, reason: str) -> None:
        self.name, self.within_s, self.reason = name, within_s, reason
        super().__init__(
            f'Instance "{name}" is not ready after {within_s:g} s: {reason or "no health check has passed"}.\n'
            "  Look at its health path, or allow more time: ready_timeout_s."
        )


class UnknownInstance(MinisvcError):
    """A command named an instance that the cluster does not have."""

    def __init__(self, name: object, known: Iterable[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"No instance {name!r} here.{did_you_mean(name, self.known)}")


class WrongStatus(MinisvcError):
    """A command that makes no sense in the instance's present status, such as crashing a crashed one."""

    def __init__(self, name: str, status: str, command: str, remedy: str) -> None:
        self.name, self.status, self.command = name, status, command
        super().__init__(f'Cannot {command} instance "{name}": it is {status}.\n  {remedy}')


class PortTaken(MinisvcError):
    """Somebody else listens on the wanted port."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        super().__init__(
            f"Port {port} on {host} is taken by another program.\n"
            "  Free it, name another port, or leave the port out (0) to get a free one."
        )


class StoreUnavailable(MinisvcError):
    """The store could not be started or reached."""

    def __init__(self, store: str, reason: str, remedy: str) -> None:
        self.store, self.reason = store, reason.rstrip(".")
        super().__init__(f"The store {store} is not available: {self.reason}.\n  {remedy}")


class NoHealthyBackend(MinisvcError):
    """Every backend of an upstream is out. `statuses` maps each backend's name to why."""

    def __init__(self, upstream: str, statuses: dict[str, str]) -> None:
        self.upstream, self.statuses = upstream, dict(statuses)
        listed = ", ".join(f"{name}={status}" for name, status in statuses.items())
        remedy = f'\n  Restart one: cluster.restart("{next(iter(statuses))}").' if statuses else ""
        super().__init__(f'No healthy backend in upstream "{upstream}": {listed or "it has none"}.{remedy}')


class NotRunning(MinisvcError):
    """A command to a cluster that has not started or is closed."""

    def __init__(self, name: str, command: str) -> None:
        self.name, self.command = name, command
        super().__init__(
            f'Cannot {command}: the cluster "{name}" is not running.\n'
            "  Open it first: `with Cluster(...) as shop:` or `shop.start()`."
        )


class InstanceDied(MinisvcError):
    """An instance's process ended by itself, or somebody killed it. `when` says at what point."""

    def __init__(self, name: str, when: str) -> None:
        self.name, self.when = name, when
        super().__init__(
            f'The process of instance "{name}" ended {when}.\n'
            f'  Its last words are on this program\'s standard error. Start it again: restart("{name}").'
        )


class InstanceSilent(MinisvcError):
    """An instance's process is there and does not answer its host within `within_s` seconds."""

    def __init__(self, name: str, command: str, within_s: float) -> None:
        self.name, self.command, self.within_s = name, command, within_s
        super().__init__(
            f'The process of instance "{name}" did not answer "{command}" within {within_s:g} s.\n'
            f'  It is stopped, or too busy; crash it: crash("{name}").'
        )


class NotPortable(MinisvcError):
    """Something that cannot be sent to an instance's process, such as a lambda or what a notebook defines."""

    def __init__(self, what: str, value: object) -> None:
        self.what, self.value = what, value
        super().__init__(
            f"The {what} {value!r} cannot be sent to another process.\n"
            "  Define it at the top level of a module that can be imported, or run instances in threads."
        )


class InstanceCrashed(SystemExit):
    """Raised inside the threads of a crashed instance, so that its handlers end.

    Not an `Exception`, for a service's own `except Exception` must not survive a crash; a `SystemExit`,
    for that is how Python ends a thread without a traceback.
    """


def _remade(kind: type[MinisvcError], args: tuple[object, ...]) -> MinisvcError:
    return kind.__new__(kind, *args)


def did_you_mean(value: object, known: Iterable[str]) -> str:
    """A hint to append to a message: the nearest known word where there is one, and all of them."""
    words = list(known)
    near = get_close_matches(str(value), words, n=1)
    guess = f' Did you mean "{near[0]}"?' if near else ""
    return f"{guess} Known: {', '.join(words) or 'none'}."
