"""An instance in threads of this process: quick to start, and crashable like a process.

The order of a crash matters. First the fence closes (no write reaches a store any more), then the
listener and every connection are reset, then the threads inside the app are told to end. A handler
that is still computing may finish, but can neither answer nor change anything.
"""

from __future__ import annotations

import contextlib
import ctypes
import socket
import threading
from collections.abc import Callable
from typing import Any

from minisvc.errors import InstanceCrashed, WrongStatus
from minisvc.fence import Fence
from minisvc.host.wsgi import App, Connection, base_environ
from minisvc.sockets import close_listener, give_up_sending, listen, reset, wake_to_reset

NEVER_STARTED, UP, DRAINING, STOPPED, DOWN = "not started", "up", "draining", "stopped", "down"

SETTLED_WITHIN_S = 0.05

Factory = Callable[[str, Fence], App]
"""Makes a fresh app for the instance of that name, whose links go through the fence."""


class ThreadHost:
    """One instance of a service on a loopback port, which it keeps for life.

    Attributes:
        name: the instance's name.
        port: its port; 0 until the first start.
        status: "not started", "up", "draining", "stopped" (orderly) or "down" (crashed).
        errors: exceptions of server threads, raised as a group by `stop`.
    """

    def __init__(self, name: str, factory: Factory, service: str = "service", mount: str = "/") -> None:
        self.name, self._factory, self._service, self._mount = name, factory, service, mount
        self.port = 0
        self.status = NEVER_STARTED
        self.errors: list[BaseException] = []
        self._lock = threading.Lock()
        self._run: _Run | None = None

    def start(self) -> None:
        """Run a fresh app, on the same port as before.

        Raises:
            WrongStatus: it is running.
            PortTaken: somebody else took the port meanwhile.
        """
        with self._lock:
            if self.status in {UP, DRAINING}:
                raise WrongStatus(self.name, self.status, "start", f'Crash or stop it first: stop("{self.name}").')
            listener = listen(self.port)
            self.port = listener.getsockname()[1]
            fence = Fence(self.name)
            try:
                app = self._factory(self.name, fence)
            except BaseException:
                listener.close()
                raise
            base = base_environ(self._service, self.port, self._mount)
            self._run = _Run(self, listener, app, fence, base)
            self.status = UP

    def crash(self) -> None:
        """Die at once: memory, connections and links to stores are gone, in-flight handlers are fenced.

        Raises:
            WrongStatus: it is not running.
        """
        with self._lock:
            run = self._running("crash")
            self.status = DOWN
            self._run = None
            run.kill()

    def drain(self) -> None:
        """Finish what is in flight and accept nothing new; idle connections are closed.

        Raises:
            WrongStatus: it is not running.
        """
        with self._lock:
            run = self._running("drain")
            self.status = DRAINING
            run.finish()

    def stop(self, grace_s: float = 5.0) -> None:
        """Drain, wait at most `grace_s` seconds for handlers in flight, then end in order.

        Stopping an instance that is not running only reports what its threads had to say.

        Raises:
            ExceptionGroup: exceptions that the server's own threads had kept.
        """
        with self._lock:
            run, self._run = self._run, None
            if run:
                self.status = DRAINING
                run.finish()
        if run:
            run.wait_idle(grace_s)
            run.kill()
            run.join(grace_s)
            self.status = STOPPED
        errors, self.errors = self.errors, []
        if errors:
            raise BaseExceptionGroup(f'instance "{self.name}" had errors in its server threads', errors)

    def _running(self, command: str) -> _Run:
        if self._run is None:
            raise WrongStatus(self.name, self.status, command, f'Start it first: restart("{self.name}").')
        return self._run


class _Run:
    """One life of an instance, from start to crash or stop."""

    def __init__(self, host: ThreadHost, listener: socket.socket, app: App, fence: Fence, base: dict[str, Any]) -> None:
        self._host, self._listener, self._app, self._fence, self._base = host, listener, app, fence, base
        self._lock = threading.Lock()
        self._quiet = threading.Condition(self._lock)
        self._connections: dict[Connection, threading.Thread] = {}
        self._inside: set[int] = set()
        self.finishing = False
        self._acceptor = threading.Thread(target=self._accept, name=f"instance-{host.name}", daemon=True)
        self._acceptor.start()

    def enter(self) -> None:
        """A thread goes into the app."""
        with self._lock:
            if not self._fence.is_open:
                raise InstanceCrashed
            self._inside.add(threading.get_ident())

    def leave(self) -> None:
        """It is back."""
        with self._lock:
            self._inside.discard(threading.get_ident())
            if not self._fence.is_open:
                raise InstanceCrashed

    def finish(self) -> None:
        """Accept nothing more and let go of idle connections."""
        with self._lock:
            self.finishing = True
            close_listener(self._listener)
            for connection in self._connections:
                if connection.idle:
                    with contextlib.suppress(OSError):
                        # Wakes its thread out of recv, which then closes it.
                        connection.link.shutdown(socket.SHUT_RD)

    def kill(self) -> None:
        """Fence first, then reset every connection, then end the threads inside the app."""
        self._fence.close()
        close_listener(self._listener)
        with self._quiet:
            for connection in self._connections:
                (wake_to_reset if connection.in_call else reset)(connection.link)
            for ident in self._inside:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(InstanceCrashed))
            self._app = _gone
            # A reset leaves when the last thread lets go of its socket, so wait for those that have one.
            if not self._quiet.wait_for(self._all_cut, SETTLED_WITHIN_S):
                for connection in self._connections:
                    give_up_sending(connection.link)
                self._quiet.wait_for(self._all_cut, SETTLED_WITHIN_S)

    def wait_idle(self, grace_s: float) -> bool:
        """Wait until no connection is left; False if the time was up first."""
        with self._quiet:
            return self._quiet.wait_for(lambda: not self._connections, grace_s)

    def join(self, grace_s: float) -> None:
        """Wait for the threads to end."""
        self._acceptor.join(grace_s)
        with self._lock:
            threads = list(self._connections.values())
        for thread in threads:
            thread.join(grace_s)

    def _all_cut(self) -> bool:
        return all(connection.link.fileno() == -1 for connection in self._connections)

    def _accept(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                # The listener was closed: that is how an instance ends.
                return
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._welcome(Connection(link, self._app, self._base, self))

    def _welcome(self, connection: Connection) -> None:
        thread = threading.Thread(
            target=self._serve, args=(connection,), name=f"{self._acceptor.name}-connection", daemon=True
        )
        with self._lock:
            if self.finishing or not self._fence.is_open:
                reset(connection.link)
                return
            self._connections[connection] = thread
        thread.start()

    def _serve(self, connection: Connection) -> None:
        try:
            connection.serve()
        except (OSError, InstanceCrashed):
            # The client left, or the instance died: nobody is there to be told.
            return
        except BaseException as error:  # noqa: BLE001  # kept, and raised at stop
            self._host.errors.append(error)
        finally:
            with self._quiet:
                self._connections.pop(connection, None)
                # A dead instance says no goodbye, though this thread may end before the crash comes to it.
                if self._fence.is_open:
                    connection.link.close()
                else:
                    reset(connection.link)
                self._quiet.notify_all()


def _gone(*_: object) -> list[bytes]:
    raise InstanceCrashed
