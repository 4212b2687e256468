"""An instance in threads of this process: quick to start, and crashable like a process."""

from __future__ import annotations

import threading

from minisvc.fence import Fence
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
from minisvc.host.life import Life
from minisvc.host.wsgi import base_environ
from minisvc.kept_port import KeptPort


class ThreadHost:
    """A `Host` whose clients see a crash as a reset, on every connection, if it is not told to imitate a kill.

    Attributes: as `Host` has them.
    """

    def __init__(self, name: str, factory: Factory, service: str = "service", mount: str = "/") -> None:
        self.name, self.factory, self._service, self._mount = name, factory, service, mount
        self.status = NEVER_STARTED
        self.errors: list[BaseException] = []
        self._port = KeptPort()
        self._lock = threading.Lock()
        self._life: Life | None = None

    @property
    def port(self) -> int:
        """Its port; 0 until the first start."""
        return self._port.number

    def begin(self) -> None:
        """As `start`: threads need no waiting for."""
        with self._lock:
            if self.status in RUNNING:
                raise wrong(self.name, self.status, "start")
            listener, fence = self._port.listen(), Fence(self.name)
            try:
                app = self.factory(self.name, fence)
            except BaseException:
                listener.close()
                raise
            base = base_environ(self._service, self.port, self._mount)
            # Known before it begins, so that `stop` ends it if Ctrl-C comes in between.
            self._life = Life(listener, app, fence, base, self.errors)
            self.status = UP
            self._life.begin()

    def ready(self) -> None:
        """It is."""

    def start(self) -> None:
        """Run a fresh app, on the same port as before.

        Raises:
            WrongStatus: it is running.
            PortTaken: somebody else took the port meanwhile.
        """
        self.begin()

    def crash(self, how: str | None = None) -> None:
        """Die at once: memory, connections and links to stores are gone, in-flight handlers are fenced.

        `how` is one of `minisvc.host.contract.CRASHES`; None means ``reset``.
        """
        check_crash(how)
        with self._lock:
            life = self._running("crash", RUNNING)
            self.status = DOWN
            self._life = None
            life.kill(how or RESET)

    def drain(self) -> None:
        """Finish what is in flight and accept nothing new; idle connections are closed."""
        with self._lock:
            life = self._running("drain", RUNNING - {HUNG})
            self.status = DRAINING
            life.finish()

    def hang(self) -> None:
        """Keep the port and all connections, and answer nothing."""
        with self._lock:
            self._running("hang", RUNNING - {HUNG}).hang()
            self.status = HUNG

    def resume(self) -> None:
        """Go on where it was."""
        with self._lock:
            life = self._running("resume", {HUNG})
            self.status = DRAINING if life.finishing else UP
            life.resume()

    def stop(self, grace_s: float = 5.0) -> None:
        """Drain, wait at most `grace_s` seconds for handlers in flight, then end in order.

        Stopping an instance that is not running only reports what its threads had to say.

        Raises:
            BaseExceptionGroup: exceptions that the server's own threads had kept.
        """
        with self._lock:
            life, self._life = self._life, None
            if life and self.status != HUNG:
                self.status = DRAINING
                life.finish()
        if life:
            if not life.hung:
                life.wait_idle(grace_s)
            life.kill()
            life.join(grace_s)
            self.status = STOPPED
        raise_kept(self.name, self.errors)

    def tell(self, message: object) -> bool:
        """Hand a message to the running app's `receive`; False if nobody is there to hear."""
        receive = getattr(self._life and self._life.app, "receive", None)
        if receive is None:
            return False
        receive(message)
        return True

    def sessions(self) -> Sessions:
        """What it holds in its memory; nothing if it is not running."""
        sessions = getattr(self._life and self._life.app, "sessions", None)
        held: Sessions = sessions() if sessions else {}
        return held

    def memory_bytes(self) -> int | None:
        """None: an instance in a thread has no memory of its own."""
        return None

    def _running(self, command: str, allowed: frozenset[str] | set[str]) -> Life:
        if self._life is None or self.status not in allowed:
            raise wrong(self.name, self.status, command)
        return self._life


def raise_kept(name: str, errors: list[BaseException]) -> None:
    """Empty the list, and raise what was in it as a group."""
    kept = errors[:]
    errors.clear()
    if kept:
        raise BaseExceptionGroup(f'instance "{name}" had errors in its server threads', kept)
