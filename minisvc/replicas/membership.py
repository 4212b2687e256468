"""A member's own end of the hub: joins, hears who is there, and says who does not answer."""

from __future__ import annotations

import socket
import threading

from minisvc.fence import Fence
from minisvc.keyvalue import StoreDown
from minisvc.replicas.messages import Member, News, View, is_readable, receive, send
from minisvc.sockets import LOOPBACK

JOIN_WITHIN_S = 5.0


class Membership:
    """What is new is read when somebody asks, so that a member which stood still notices before it acts.

    Args:
        hub: the hub's port.
        name, port: whom to join as, and where others may ask.
        fence: the instance's.
    """

    def __init__(self, hub: int, name: str, port: int, fence: Fence) -> None:
        self._hub, self._name, self._port, self._fence = hub, name, port, fence
        self._lock = threading.Lock()
        self._view = View()
        self._link: socket.socket | None = None

    def join(self) -> View:
        """Become a member; returns a view in which it is.

        Raises:
            StoreDown: there is no hub, or the instance has crashed.
        """
        with self._lock:
            try:
                link = socket.create_connection((LOOPBACK, self._hub), JOIN_WITHIN_S)
                self._fence.admit(link)
                self._link, self._view = link, View()
                return self._say(link, News("join", self._name, self._port), filled=False)
            except OSError as error:
                raise StoreDown("replicas", error) from error

    def say_filled(self) -> View:
        """It has taken its share; returns a view that says so, when the others have been sent it.

        Raises:
            StoreDown: somebody has missed this member meanwhile, or it has crashed.
        """
        with self._lock:
            try:
                assert self._link, "it has joined"
                return self._say(self._link, News("filled"), filled=True)
            except OSError as error:
                raise StoreDown("replicas", error) from error

    def view(self) -> View | None:
        """Who is there now; None: this instance is no member any more, and has to join again."""
        with self._lock:
            try:
                while self._link and is_readable(self._link, 0.0):
                    self._view = receive(self._link, View)
            except OSError:
                return None
            return self._view

    def miss(self, name: str, port: int) -> None:
        """That member does not answer. Returns when the hub has looked, and has let it go if that is so: then it cannot
        act for one any more.
        """
        with self._lock:
            try:
                if self._link and self._view.ports.get(name) == port:
                    send(self._link, News("gone", name, port))
                    # Any view will do: whoever asked asks again, if that member is still in it.
                    self._view = receive(self._link, View)
            except OSError:
                # This one is no member any more itself, as `view` finds out.
                return

    def _say(self, link: socket.socket, news: News, *, filled: bool) -> View:
        """Tell the hub, and wait for the view in which this member is as it says."""
        send(link, news)
        while Member(self._name, self._port, filled) not in self._view.members:
            self._view = receive(link, View)
        return self._view
