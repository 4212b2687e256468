"""Keys and values in the memory of an instance and of its neighbours: one member's end."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from minisvc.clock import Clock, wall
from minisvc.fence import Fence
from minisvc.keeping import Keeping
from minisvc.keyvalue import ANY, Entry, KeyValue, StoreDown
from minisvc.replicas.copies import Copies
from minisvc.replicas.lag import Lag
from minisvc.replicas.membership import Membership
from minisvc.replicas.messages import Ask, Copy, Counts, Told, View
from minisvc.replicas.office import Office
from minisvc.replicas.peers import Peers
from minisvc.replicas.ring import holders, home_of, order

OWNER_WITHIN_S = 1.5
"""An owner may have to wait for others in its turn."""
FILLED_WITHIN_S = 10.0


class Replicated(KeyValue):
    """Open, a member and filled from the start.

    Args:
        hub: the port of the hub.
        fence: the instance's, and its name the member's; nothing passes once it is closed.
        keeping: `replicas` copies (0: at all others), sent after `lag_s`.
        clock: by which entries expire; the same for all members.

    Raises:
        StoreDown: there is no hub.
    """

    kind = "replicas"

    def __init__(self, hub: int, fence: Fence, keeping: Keeping, clock: Clock = wall) -> None:
        self._name, self._fence, self._clock, self._keeping = fence.name, fence, clock, keeping
        self._copies, self._peers = Copies(clock), Peers(fence)
        self._counting, self._counts = threading.Lock(), Counts()
        self._joining, self._filled, self._seen = threading.Lock(), False, -1
        self._lag = Lag(fence, keeping.lag_s, self._send_copy) if keeping.lag_s else None
        self._office = Office(fence, self.answer)
        self._members = Membership(hub, self._name, self._office.port, fence)
        self._enter()

    def get(self, key: str) -> Entry | None:
        """As its owner has it."""
        copy = self._by_owner(Ask("get", key)).copy
        return None if copy is None or copy.value is None else Entry(copy.value, copy.version)

    def put(self, key: str, value: bytes, *, ttl_s: float | None = None, version: str = ANY) -> str | None:
        """Its owner decides; unless there is a lag, the copies are there when this returns."""
        expires_at_s = None if ttl_s is None else self._clock() + ttl_s
        copy = self._by_owner(Ask("put", key, value, expires_at_s, version)).copy
        return copy.version if copy else None

    def delete(self, key: str) -> bool:
        """A write like any other, whose copies are tombstones."""
        there = self.get(key) is not None
        if there:
            self._by_owner(Ask("put", key, None, None, ANY))
        return there

    def keys(self) -> Iterator[str]:
        """Those of which this member holds a copy."""
        return (copy.key for copy in self._held() if copy.value is not None)

    def held(self) -> dict[str, Entry]:
        """What this member holds itself, by key."""
        return {each.key: Entry(each.value, each.version) for each in self._held() if each.value is not None}

    def answer(self, ask: Ask) -> Told:
        """What this member says to another one, or to the hub."""
        if ask.what in {"get", "put"}:
            return self._decide(ask)
        if ask.what == "have":
            return Told(self._copies.find(ask.key))
        if ask.what == "keep" and ask.copy:
            self._copies.keep(ask.copy)
        if ask.what == "share":
            self._share()
        return Told(copies=self._copies.all() if ask.what == "all" else [], counts=self._counts)

    # Who decides.

    def _by_owner(self, ask: Ask) -> Told:
        while True:
            ports = self._view().ports
            owner = order(ask.key, ports)[0]
            if owner == self._name:
                return self._decide(ask)
            self._count(forwards=1)
            told = self._peers.ask(ports[owner], ask, OWNER_WITHIN_S)
            if told:
                return told
            self._miss(owner, ports[owner])

    def _decide(self, ask: Ask) -> Told:
        newest = self._newest(ask.key)
        if ask.what == "get":
            return Told(newest)
        fresh = Copy(ask.key, self._view().number, 0, self._name, ask.value, ask.expires_at_s)
        copy = self._copies.write(fresh, ask.version)
        if copy:
            self._count(writes=1)
            if self._lag:
                self._lag.later(copy)
            else:
                self._send_copy(copy)
        return Told(copy)

    def _newest(self, key: str) -> Copy | None:
        """What this member holds, or what the others do: it may have become the owner just now."""
        copy = self._copies.find(key)
        if copy or (home_of(key) == self._name and self._filled):
            # What is at home here and not there is nowhere: this member took its share before it served.
            return copy
        for name, port in self._view().ports.items():
            told = self._peers.ask(port, Ask("have", key)) if name != self._name else None
            if told and told.copy:
                self._copies.keep(told.copy)
        return self._copies.find(key)

    # Copies.

    def _send_copy(self, copy: Copy) -> None:
        """To as many as there are to be; one that does not answer is replaced by the next in the ring."""
        ports = self._view().ports
        others = [name for name in order(copy.key, ports) if name != self._name]
        wanted = min(self._keeping.replicas or len(others), len(others))
        for name in others:
            if wanted == 0:
                return
            if self._kept_by(name, ports[name], copy):
                self._count(copies=1)
                wanted -= 1

    def _kept_by(self, name: str, port: int, copy: Copy) -> bool:
        """Whether that member has it; False: it is none any more. A slow one must not be left with an old copy."""
        while not self._peers.ask(port, Ask("keep", copy=copy)):
            self._miss(name, port)
            if self._view().ports.get(name) != port:
                return False
        return True

    def _share(self) -> None:
        """Send what this member owns to those who are to have it."""
        ports = self._view().ports
        for copy in self._copies.all():
            if order(copy.key, ports)[0] == self._name:
                self._send_copy(copy)

    def _held(self) -> list[Copy]:
        self._view()
        return self._copies.all()

    # Membership.

    def _view(self) -> View:
        """Who is there, this member included.

        Raises:
            StoreDown: the instance has crashed, or there is no hub any more.
        """
        if not self._fence.is_open:
            raise StoreDown(self.kind, f'instance "{self._name}" has crashed: its links are cut')
        view = self._members.view()
        if view is None or self._name not in view.ports:
            view = self._enter()
        if view.settled and view.number > self._seen:
            self._seen, ports = view.number, view.ports
            self._copies.retain(lambda key: self._name in holders(key, ports, self._keeping.replicas))
            self._peers.forget(set(ports.values()))
        return view

    def _enter(self) -> View:
        """Join, and take a share of what the others hold."""
        with self._joining:
            view = self._members.view() if self._filled else None
            if view and self._name in view.ports:
                # Another thread was faster.
                return view
            # One that was missed may hold what is old, and what nobody else has: the newest wins.
            self._filled = False
            for copy in self._share_of(self._members.join()):
                self._copies.keep(copy)
            view, self._filled = self._members.say_filled(), True
            return view

    def _share_of(self, view: View) -> Iterator[Copy]:
        ports = view.ports
        for name, port in ports.items():
            told = self._peers.ask(port, Ask("all"), FILLED_WITHIN_S) if name != self._name else None
            for copy in told.copies if told else ():
                if self._name in holders(copy.key, ports, self._keeping.replicas):
                    yield copy

    def _miss(self, name: str, port: int) -> None:
        """It does not answer, unless it is this instance that is dead."""
        if not self._fence.is_open:
            raise StoreDown(self.kind, f'instance "{self._name}" has crashed: its links are cut')
        self._members.miss(name, port)

    def _count(self, writes: int = 0, copies: int = 0, forwards: int = 0) -> None:
        with self._counting:
            self._counts += Counts(writes, copies, forwards)
