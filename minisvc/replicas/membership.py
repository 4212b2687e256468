"""A member's own end of the hub: joins, hears who is there, and says who does not answer."""

from __future__ import annotations

import select
import socket
import threading

from minisvc.fence import Fence
from minisvc.keyvalue import StoreDown
from minisvc.replicas.messages import News, View, receive, send
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
        self._gone: set[str] = set()
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
                self._link = link
                send(link, News("join", self._name, self._port))
                self._hear(receive(link, View))
            except OSError as error:
                raise StoreDown("replicas", error) from error
            return self._view

    def say_filled(self) -> None:
        """It has taken its share."""
        self._send(News("filled"))

    def view(self) -> View | None:
        """Who is there now; None: this instance is no member any more, and has to join again."""
        with self._lock:
            try:
                while self._link and select.select([self._link], [], [], 0)[0]:
                    self._hear(receive(self._link, View))
            except (OSError, ValueError):
                return None
            members = [each for each in self._view.members if each.name not in self._gone]
            return View(self._view.number, members)

    def miss(self, name: str) -> None:
        """That member does not answer: it is none any more, for this instance at once and then for all."""
        with self._lock:
            self._gone.add(name)
        self._send(News("gone", name))

    def _hear(self, view: View) -> None:
        # It is asked for by its name: one that was missed and is there again has joined anew, on another port.
        former = self._view.ports
        self._gone = {each for each in self._gone if view.ports.get(each) == former.get(each)}
        self._view = view

    def _send(self, news: News) -> None:
        with self._lock:
            try:
                if self._link:
                    send(self._link, news)
            except OSError:
                # `view` finds out.
                return
