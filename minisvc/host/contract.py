"""What every host owes the cluster, wherever its instance runs.

not started --start--> up --drain--> draining --stop--> stopped --start--> up
                       up, draining --hang--> hung --resume--> as before
                       up, draining, hung --crash--> down --start--> up
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from minisvc.errors import FaultError, WrongStatus, did_you_mean
from minisvc.fence import Fence
from minisvc.host.wsgi import App

NEVER_STARTED, UP, DRAINING, HUNG, STOPPED, DOWN = "not started", "up", "draining", "hung", "stopped", "down"
RUNNING = frozenset({UP, DRAINING, HUNG})

KILL, RESET = "kill", "reset"
CRASHES = (KILL, RESET)
"""How a crash ends connections. ``kill``: as the kernel does for a killed process: an end of file (FIN), or a reset
(RST) where bytes had come that nobody has read. ``reset``: all of them with a reset, as when a machine has restarted.
RFC 9293 section 3.6, RFC 2525 section 2.17.
"""

Factory = Callable[[str, Fence], App]
"""Makes a fresh app for the instance of that name, whose links go through the fence.

The app may offer two methods: `receive(message)`, for `Host.tell`, and `sessions()`, for `Host.sessions`.
"""

Sessions = Mapping[str, Mapping[str, Any]]
"""What an instance holds in its own memory: each live session by its id."""


class Host(Protocol):
    """One instance of a service on a loopback port, which it keeps for life. Safe from any thread.

    Attributes:
        name: the instance's name.
        factory: makes the app of the next start.
        errors: exceptions of server threads that are known so far; `stop` raises them.
    """

    name: str
    factory: Factory
    errors: list[BaseException]

    @property
    def port(self) -> int:
        """Its port; 0 until the first start."""

    @property
    def status(self) -> str:
        """ "not started", "up", "draining", "hung", "stopped" (orderly) or "down" (crashed)."""

    def begin(self) -> None:
        """Ask for a fresh app on the same port as before; it is up when `ready` returns.

        Raises:
            WrongStatus: it is running.
            PortTaken: somebody else took the port meanwhile.
        """

    def ready(self) -> None:
        """Wait until it is up. Raises what the factory raised; then it is as it was before `begin`."""

    def start(self) -> None:
        """`begin` and `ready`."""

    def stop(self, grace_s: float = 5.0) -> None:
        """Drain, wait at most `grace_s` seconds for handlers in flight, then end in order.

        A hung instance can finish nothing, so there is no waiting for it. Stopping an instance that is not
        running only reports what its threads had to say.

        Raises:
            BaseExceptionGroup: exceptions that the server's own threads had kept.
        """

    def drain(self) -> None:
        """Finish what is in flight and accept nothing new; idle connections are closed.

        Raises:
            WrongStatus: it is not running, or it hangs.
        """

    def crash(self, how: str | None = None) -> None:
        """Die at once: memory, connections and links to stores are gone, in-flight handlers are fenced.

        `how` is one of `CRASHES`; None is the host's own kind, ``reset`` in a thread and ``kill`` in a process.

        Raises:
            FaultError: no such kind.
            WrongStatus: it is not running; or it hangs, and a hung process cannot reset anything.
        """

    def hang(self) -> None:
        """Keep the port and all connections, and answer nothing.

        Raises:
            WrongStatus: it is not running, or it hangs already.
        """

    def resume(self) -> None:
        """Go on where it was.

        Raises:
            WrongStatus: it does not hang.
        """

    def tell(self, message: object) -> bool:
        """Hand a picklable message to the running app's `receive`; a hung process hears it when it resumes.

        Returns:
            False if nobody is there to hear: it is not running, or its app has no such method.
        """

    def sessions(self) -> Sessions:
        """What it holds in its memory; nothing if it is not running, or does not tell in time."""

    def memory_bytes(self) -> int | None:
        """Its process's resident memory; None for an instance in a thread, or one that is not running."""


def start_all(hosts: Iterable[Host]) -> None:
    """Start them side by side; what started before a failure keeps running, for `stop` to end."""
    hosts = list(hosts)
    for host in hosts:
        host.begin()
    for host in hosts:
        host.ready()


def check_crash(how: str | None) -> None:
    """Refuse a kind of crash that there is not.

    Raises:
        FaultError: none of `CRASHES`, nor None.
    """
    if how is not None and how not in CRASHES:
        raise FaultError([f"crash: how is {how!r}, which is no kind of crash.{did_you_mean(how, CRASHES)}"])


def wrong(name: str, status: str, command: str) -> WrongStatus:
    """The refusal of a command that makes no sense in the present status, with the way out of it."""
    if status == HUNG:
        remedy = f'Let it go on, or crash it: resume("{name}"), crash("{name}").'
    elif status in RUNNING:
        remedy = f'Crash or stop it first: stop("{name}").' if command == "start" else "Only a hung one can go on."
    else:
        remedy = f'Start it first: restart("{name}").'
    return WrongStatus(name, status, command, remedy)
