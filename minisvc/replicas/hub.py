"""Who is a member, on the cluster's side: whoever has joined and whose connection is still open."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading

from minisvc.fence import Fence
from minisvc.replicas.door import Door
from minisvc.replicas.messages import Ask, Counts, Member, News, View, receive, send
from minisvc.replicas.peers import Peers

NOT_LONGER_THAN = struct.pack("ll", 1, 0)
"""A member that does not read must not hold up the others: a second, as SO_SNDTIMEO has it (socket(7))."""
SHARED_WITHIN_S = 10.0
ANSWERS_WITHIN_S = 1.0


class Hub:
    """Tells every member who is there whenever that changes. Safe from any thread.

    Attributes:
        port: where members join, on loopback.
    """

    def __init__(self) -> None:
        self._fence = Fence("the hub")
        self._lock = threading.Lock()
        self._view = View()
        self._links: dict[str, socket.socket] = {}
        self._peers = Peers(self._fence)
        self._door = Door(self._fence, self._serve, "members")
        self.port = self._door.port

    @property
    def members(self) -> list[str]:
        """Their names, sorted."""
        return sorted(self._view.ports)

    def counts(self) -> dict[str, Counts]:
        """What each member did since it started, by its name."""
        asked = [(name, self._peers.ask(port, Ask("counts"))) for name, port in self._view.ports.items()]
        return {name: told.counts for name, told in asked if told}

    def share(self) -> None:
        """Let everybody bring the number of copies up to what it should be; returns when it is done."""
        for port in self._view.ports.values():
            self._peers.ask(port, Ask("share"), SHARED_WITHIN_S)

    def close(self) -> None:
        """Let everybody go."""
        self._fence.close()
        self._door.join()

    def _serve(self, link: socket.socket) -> None:
        joined = receive(link, News)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, NOT_LONGER_THAN)
        me = Member(joined.name, joined.port)
        try:
            self._enter(me, link)
            while True:
                news = receive(link, News)
                if news.what == "filled":
                    self._enter(Member(me.name, me.port, filled=True), link)
                else:
                    self._look(news, me.name, link)
        finally:
            if self._links.get(me.name) is link:
                self._drop(me.name, me.port)

    def _enter(self, member: Member, link: socket.socket) -> None:
        with self._lock:
            former = self._links.get(member.name)
            if former is not None and former is not link:
                _cut(former)
            elif former is None and member.filled:
                # Somebody declared it gone meanwhile: it has to join again.
                return
            self._links[member.name] = link
            self._tell([*(each for each in self._view.members if each.name != member.name), member], last=member.name)

    def _look(self, news: News, teller: str, link: socket.socket) -> None:
        """Somebody does not answer a member; to be slow for one is no reason to go."""
        gone = self._peers.ask(news.port, Ask("counts"), ANSWERS_WITHIN_S) is None
        with self._lock:
            # Who is no member any more, for others missed it first, has nothing to say about them.
            if self._links.get(teller) is not link:
                return
        if gone:
            self._drop(news.name, news.port)
        with self._lock:
            send(link, self._view)

    def _drop(self, name: str, port: int) -> None:
        with self._lock:
            if self._view.ports.get(name) == port:
                # Before anybody hears of it: it is not to act for a member any more.
                _cut(self._links.pop(name))
                self._tell([each for each in self._view.members if each.name != name])

    def _tell(self, members: list[Member], last: str = "") -> None:
        """Tell everybody; a member that enters learns it last, when all others know of it."""
        self._view = View(self._view.number + 1, sorted(members, key=lambda each: each.name))
        for name in sorted(self._links, key=lambda each: each == last):
            try:
                send(self._links[name], self._view)
            except OSError:
                # Its own thread finds out, and drops it.
                _cut(self._links[name])


def _cut(link: socket.socket) -> None:
    # Already gone is as good as cut.
    with contextlib.suppress(OSError):
        link.shutdown(socket.SHUT_RDWR)
