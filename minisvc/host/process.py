"""An instance in a process of its own, killed by SIGKILL when it crashes.

What its clients see of a crash is the kernel's doing: an end of file on a connection whose bytes the process had
read, a reset on one with unread bytes (RFC 9293 section 3.6.1 and RFC 2525 section 2.17), a refusal on a new one.
For resets on all of them the process is first told to let the kernel close them so (SO_LINGER of zero, socket(7)).
"""

from __future__ import annotations

import os
import pickle
import threading
from pathlib import Path

from minisvc.errors import WrongStatus
from minisvc.host.contract import (
    DOWN,
    DRAINING,
    HUNG,
    NEVER_STARTED,
    RESET,
    RUNNING,
    STOPPED,
    UP,
    Factory,
    Sessions,
    check_crash,
    wrong,
)
from minisvc.host.nursery import paths
from minisvc.host.orders import Birth
from minisvc.host.remote import Remote, pickled
from minisvc.host.thread import raise_kept
from minisvc.kept_port import KeptPort

SESSIONS_WITHIN_S = 0.5
HEARD_WITHIN_S = 5.0
MARGIN_S = 2.0
DEAF = 'A stopped process can be told nothing. Kill it, or let it go on first: crash("{0}"), resume("{0}").'


class ProcessHost:
    """A `Host` whose factory is pickled at each start and called in the new process.

    If the process ends by itself, or somebody kills it, the status is "down" as after `crash`.

    Attributes: as `Host` has them.
    """

    def __init__(self, name: str, factory: Factory, service: str = "service", mount: str = "/") -> None:
        self.name, self.factory, self._service, self._mount = name, factory, service, mount
        self.errors: list[BaseException] = []
        self._status = NEVER_STARTED
        self._before_hang = UP
        self._seen: Sessions = {}
        self._port = KeptPort()
        self._lock = threading.RLock()
        self._remote: Remote | None = None

    @property
    def port(self) -> int:
        """Its port; 0 until the first start."""
        return self._port.number

    @property
    def status(self) -> str:
        """As `Host.status`; a process that was killed from outside is "down"."""
        remote = self._remote
        return DOWN if remote and self._status in RUNNING and not remote.alive else self._status

    @property
    def pid(self) -> int | None:
        """The process's id, for `kill` and `ps`; None if it is not running."""
        remote = self._remote
        return remote.pid if remote and remote.alive else None

    def begin(self) -> None:
        """Fork a process for a fresh app on the same port as before; it is up when `ready` returns.

        Raises:
            WrongStatus: it is running.
            PortTaken: somebody else took the port meanwhile.
            NotPortable: the factory cannot be sent to another process.
        """
        with self._lock:
            if self.status in RUNNING:
                raise wrong(self.name, self.status, "start")
            # What died by itself, or never got ready.
            self._bury()
            factory = pickled("factory", self.factory)
            with self._port.listen() as listener:
                self._remote = Remote(listener, self._birth(factory))

    def ready(self) -> None:
        """Wait until it is up; raises what the factory raised, or `InstanceDied`."""
        with self._lock:
            if self._remote is None or self._status in RUNNING:
                return
            try:
                self._remote.await_up()
                self._status = UP
            except BaseException:
                self._bury()
                raise

    def start(self) -> None:
        """Run a fresh app in a fresh process, on the same port as before."""
        self.begin()
        self.ready()

    def crash(self, how: str | None = None) -> None:
        """Die at once, by SIGKILL; returns when its connections are closed.

        `how` is one of `minisvc.host.contract.CRASHES`; None means ``kill``.
        """
        check_crash(how)
        with self._lock:
            remote = self._running("crash", RUNNING)
            if how == RESET:
                if self._status == HUNG:
                    raise WrongStatus(self.name, HUNG, "reset the connections of", DEAF.format(self.name))
                remote.order("reset", within_s=HEARD_WITHIN_S)
            self._status = DOWN
            self._bury()

    def drain(self) -> None:
        """Finish what is in flight and accept nothing new; idle connections are closed."""
        with self._lock:
            self._running("drain", RUNNING - {HUNG}).order("drain", within_s=HEARD_WITHIN_S)
            self._status = DRAINING

    def hang(self) -> None:
        """Stop the process where it stands (SIGSTOP): the kernel keeps its connections and takes new ones."""
        with self._lock:
            remote = self._running("hang", RUNNING - {HUNG})
            # A stopped process tells nothing, and changes nothing either.
            self._seen = self.sessions()
            remote.freeze()
            self._before_hang, self._status = self._status, HUNG

    def resume(self) -> None:
        """Go on where it was (SIGCONT)."""
        with self._lock:
            self._running("resume", {HUNG}).thaw()
            self._status = self._before_hang

    def stop(self, grace_s: float = 5.0) -> None:
        """Drain, wait at most `grace_s` seconds for handlers in flight, then end in order.

        Stopping an instance that is not running only reports what its threads had to say.

        Raises:
            BaseExceptionGroup: exceptions that the server's own threads had kept.
        """
        with self._lock:
            remote, status = self._remote, self.status
            if remote and status in RUNNING:
                self._status = DRAINING
                reply = None if status == HUNG else remote.ask("stop", grace_s, within_s=grace_s + MARGIN_S)
                self.errors += [pickle.loads(error) for error in reply.errors] if reply else []  # noqa: S301
                self._status = STOPPED
            self._bury()
        raise_kept(self.name, self.errors)

    def tell(self, message: object) -> bool:
        """Hand a picklable message to the app's `receive` in its process; raises what that raises.

        Raises:
            NotPortable: the message cannot be sent to another process.
            InstanceSilent: the process did not answer in time; it may hear the message yet.
        """
        remote, status, sent = self._remote, self.status, pickled("message", message)
        if remote is None or status not in RUNNING:
            return False
        if status == HUNG:
            remote.say("tell", sent)
            return True
        return bool(remote.order("tell", sent, within_s=HEARD_WITHIN_S))

    def sessions(self) -> Sessions:
        """What it holds in its memory; of a hung one what it held when it began to hang."""
        remote, status = self._remote, self.status
        if remote is None or status not in RUNNING:
            return {}
        if status == HUNG:
            return self._seen
        reply = remote.ask("sessions", within_s=SESSIONS_WITHIN_S)
        held: Sessions = reply.result() if reply else {}
        return held

    def memory_bytes(self) -> int | None:
        """Its process's resident memory (RSS); None if it is not running."""
        remote = self._remote
        return remote.memory_bytes() if remote and remote.alive else None

    def _birth(self, factory: bytes) -> Birth:
        return Birth(
            name=self.name,
            factory=factory,
            service=self._service,
            port=self.port,
            mount=self._mount,
            paths=tuple(paths()),
            directory=str(Path.cwd()),
            environment=dict(os.environ),
            modules=getattr(self.factory, "modules", ()),
        )

    def _bury(self) -> None:
        """End the process if there is one, and take note if it had ended by itself."""
        remote = self._remote
        if remote is None:
            return
        if self._status in RUNNING and not remote.alive:
            self._status = DOWN
        remote.end()
        self._remote = None

    def _running(self, command: str, allowed: frozenset[str] | set[str]) -> Remote:
        status = self.status
        if self._remote is None or status not in allowed:
            raise wrong(self.name, status, command)
        return self._remote
