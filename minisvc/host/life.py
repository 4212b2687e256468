"""One life of an instance: a listener, its connections and an app, from start to crash or stop.

The order of a crash matters. First the fence closes (no write reaches a store any more), then the
listener and every connection are ended, then the threads inside the app are told to end. A handler
that is still computing may finish, but can neither answer nor change anything.
"""

from __future__ import annotations

import contextlib
import ctypes
import socket
import threading
from collections.abc import Callable
from typing import Any

from minisvc.errors import InstanceCrashed
from minisvc.fence import Fence
from minisvc.host.contract import KILL, RESET
from minisvc.host.wsgi import App, Connection
from minisvc.sockets import close_listener, give_up_sending, reset, reset_on_close, wake

SETTLED_WITHIN_S = 0.05


class Life:
    """Serves from `begin` to `kill`.

    Attributes:
        app: what it serves; a function that says "crashed" once it is dead.
        fence: what its links to stores went through.
        errors: where exceptions of its threads are put.
        hung: it takes connections and bytes, and does nothing with them.
        finishing: it accepts nothing more, and each answer is its connection's last.
        how: one of `CRASHES`, once it is known how its connections are to end.
    """

    def __init__(
        self, listener: socket.socket, app: App, fence: Fence, base: dict[str, Any], errors: list[BaseException]
    ) -> None:
        self.app, self.fence, self.errors, self._listener, self._base = app, fence, errors, listener, base
        self.hung = self.finishing = False
        self.how: str | None = None
        # Code that runs while a crash may raise InstanceCrashed in its thread takes the lock itself: Condition's
        # own `with` is Python, in which such an exception could strike while the lock is held.
        self._lock = threading.Lock()
        self._quiet = threading.Condition(self._lock)
        self._connections: dict[Connection, threading.Thread] = {}
        self._inside: set[int] = set()
        self._acceptor = threading.Thread(target=self._accept, name=f"instance-{fence.name}", daemon=True)

    def begin(self) -> None:
        """Accept connections."""
        self._acceptor.start()

    def enter(self) -> None:
        """A thread goes into the app."""
        self.hold()
        with self._lock:
            if not self.fence.is_open:
                raise InstanceCrashed
            self._inside.add(threading.get_ident())

    def leave(self) -> None:
        """It is back."""
        with self._lock:
            self._inside.discard(threading.get_ident())
            if not self.fence.is_open:
                raise InstanceCrashed

    def hold(self) -> None:
        """Wait while the instance hangs; raises InstanceCrashed if it dies of it."""
        if not self.hung:
            return
        me = threading.get_ident()
        with self._lock:
            # It will find out by itself whether the instance died: no exception is to be raised in it.
            inside = me in self._inside
            self._inside.discard(me)
            self._quiet.wait_for(lambda: not self.hung)
            if not self.fence.is_open:
                raise InstanceCrashed
            if inside:
                self._inside.add(me)

    def speak(self) -> None:
        """Wait while it hangs; raises InstanceCrashed if it is dead.

        Cut from its store, a handler may have an answer ready before its connection is reset.
        """
        self.hold()
        if not self.fence.is_open:
            raise InstanceCrashed

    def hang(self) -> None:
        """Do nothing until `resume`."""
        with self._lock:
            self.hung = True

    def resume(self) -> None:
        """Go on."""
        with self._lock:
            self.hung = False
            self._quiet.notify_all()

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

    def end_by_resets(self) -> None:
        """Let every connection be closed with a reset, also by the kernel when this process is killed."""
        with self._lock:
            self.how = RESET
            for connection in self._connections:
                reset_on_close(connection.link)

    def kill(self, how: str = RESET) -> None:
        """Fence first, then end every connection, then the threads inside the app; `how` is one of `CRASHES`."""
        self.how = how
        self.fence.close()
        close_listener(self._listener)
        self.resume()
        with self._lock:
            for connection in self._connections:
                self._choose_end(connection.link)
                wake(connection.link)
                if not connection.in_call:
                    connection.link.close()
            for ident in self._inside:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(ident), ctypes.py_object(InstanceCrashed))
            self.app = _gone
            # An end leaves when the last thread lets go of its socket, so wait for those that have one.
            if not self._quiet.wait_for(self._all_cut, SETTLED_WITHIN_S):
                for connection in self._connections:
                    give_up_sending(connection.link)
                self._quiet.wait_for(self._all_cut, SETTLED_WITHIN_S)

    def wait_idle(self, grace_s: float) -> bool:
        """Wait until no connection is left; False if the time was up first."""
        with self._lock:
            return self._quiet.wait_for(lambda: not self._connections, grace_s)

    def join(self, grace_s: float) -> None:
        """Wait for the threads to end."""
        with contextlib.suppress(RuntimeError):
            # Not begun, if Ctrl-C came just then.
            self._acceptor.join(grace_s)
        with self._lock:
            threads = list(self._connections.values())
        for thread in threads:
            thread.join(grace_s)

    def _all_cut(self) -> bool:
        return all(connection.link.fileno() == -1 for connection in self._connections)

    def _choose_end(self, link: socket.socket) -> None:
        if self.how != KILL or (isinstance(link, _Link) and link.unread):
            reset_on_close(link)

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                # The listener was closed: that is how an instance ends.
                return
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            link = _Link(accepted.family, accepted.type, accepted.proto, accepted.detach())
            link.hold, link.speak = self.hold, self.speak
            with contextlib.suppress(InstanceCrashed):
                # While it hangs, the rest waits in the kernel's backlog.
                self.hold()
            self._welcome(Connection(link, self.app, self._base, self))

    def _welcome(self, connection: Connection) -> None:
        thread = threading.Thread(
            target=self._serve, args=(connection,), name=f"{self._acceptor.name}-connection", daemon=True
        )
        with self._lock:
            if self.finishing or not self.fence.is_open:
                reset(connection.link)
                return
            self._connections[connection] = thread
            if self.how == RESET:
                reset_on_close(connection.link)
        thread.start()

    def _serve(self, connection: Connection) -> None:
        try:
            connection.serve()
        except (OSError, InstanceCrashed):
            # The client left, or the instance died: nobody is there to be told.
            return
        except BaseException as error:  # noqa: BLE001  # kept, and raised at stop
            if self.fence.is_open:
                # What a dead instance's threads still say is nobody's fault.
                self.errors.append(error)
        finally:
            with self._lock:
                self._connections.pop(connection, None)
                # This thread may end before the crash comes to it.
                if not self.fence.is_open:
                    self._choose_end(connection.link)
                connection.link.close()
                self._quiet.notify_all()


class _Link(socket.socket):
    """An accepted connection on which nothing is said while the instance hangs, be it HTTP or a WebSocket.

    `unread`: bytes have come that a hung process would not have read.
    """

    hold: Callable[[], None]
    speak: Callable[[], None]
    unread = False

    def recv(self, *args: Any) -> bytes:
        data = super().recv(*args)
        self.unread = bool(data)
        self.hold()
        self.unread = False
        return data

    def send(self, *args: Any) -> int:
        self.speak()
        return super().send(*args)

    def sendall(self, *args: Any) -> None:
        self.speak()
        super().sendall(*args)


def _gone(*_: object) -> list[bytes]:
    raise InstanceCrashed
