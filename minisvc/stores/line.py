"""One connection through a link: bytes from the instance to the store and back, handed on or held back."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from typing import Any, Protocol

from minisvc.sockets import reset_on_close
from minisvc.stores.traffic import Carried

MOST_HELD_BYTES = 1 << 20
"""A direction that holds back more than this lets its sender wait."""


class Count:
    """What a link has carried so far; see `Carried` for what is counted."""

    def __init__(self) -> None:
        self.round_trips = self.bytes_up = self.bytes_down = 0

    @property
    def carried(self) -> Carried:
        """As of now. From any thread: at worst, a message is counted on one side only."""
        return Carried(self.round_trips, self.bytes_up, self.bytes_down)


class Weather(Protocol):
    """What a line needs to know of its link."""

    loop: asyncio.AbstractEventLoop
    far: tuple[str, int]
    delay_s: float
    mode: str
    lines: set[Any]
    count: Count


class Line:
    """One connection of the instance and its counterpart at the store."""

    def __init__(self, link: Weather) -> None:
        self.link = link
        self.near, self.far = End(self), End(self)
        self.up = Flow(link, self.near, self.far, delayed=True)
        # A message and its answer take delay_s longer together, so the way back is not delayed.
        self.down = Flow(link, self.far, self.near, delayed=False)
        self._connecting: asyncio.Task[None] | None = None
        self._asked = False
        link.lines.add(self)

    def begun(self, end: End) -> None:
        """A side is connected."""
        if end is self.near and self.link.mode == "reset":
            self.reset()
        else:
            self.pump()

    def got(self, end: End, data: bytes) -> None:
        """Bytes arrived on a side: count them, and hand them on."""
        count = self.link.count
        if end is self.near:
            count.bytes_up += len(data)
            self._asked = True
        else:
            count.bytes_down += len(data)
            count.round_trips += self._asked
            self._asked = False
        self.flow_from(end).add(data)

    def lost(self, end: End) -> None:
        """A side closed: the other learns it after what was under way."""
        if self.near.gone and (self.far.gone or (self.far.transport is None and not self.up.held)):
            self.link.lines.discard(self)
        else:
            self.flow_from(end).add(b"")

    def flow_from(self, end: End) -> Flow:
        """The direction that begins at that side."""
        return self.up if end is self.near else self.down

    def pump(self) -> None:
        """Let go on what may."""
        self._reach()
        self.up.pump()
        self.down.pump()

    def reset(self) -> None:
        """End both sides abruptly; what was under way is lost."""
        self.link.lines.discard(self)
        if self._connecting:
            self._connecting.cancel()
        for end in (self.near, self.far):
            end.abort()

    def _reach(self) -> None:
        """Connect to the store, unless nothing gets there."""
        if self._connecting is None and self.link.mode == "pass":
            self._connecting = self.link.loop.create_task(self._connect())

    async def _connect(self) -> None:
        try:
            await self.link.loop.create_connection(lambda: self.far, *self.link.far)
        except OSError:
            self._connecting = None
            self.reset()


class Flow:
    """One direction of a line: what was not yet handed on, with the moments when it may be. b"" is the end."""

    def __init__(self, link: Weather, source: End, sink: End, *, delayed: bool) -> None:
        self._link, self._source, self._sink, self._delayed = link, source, sink, delayed
        self.held: deque[tuple[float, bytes]] = deque()
        self._bytes, self._full = 0, False
        self._timer: asyncio.TimerHandle | None = None

    def add(self, data: bytes) -> None:
        """Hand on, or hold back."""
        link = self._link
        if data and not self.held and self._sink.transport and link.mode == "pass" and not link.delay_s:
            self._sink.transport.write(data)
            return
        delay_s = link.delay_s if self._delayed else 0.0
        self.held.append((link.loop.time() + delay_s, data))
        self._bytes += len(data)
        if self._bytes > MOST_HELD_BYTES and self._source.transport:
            self._full = True
            self._source.transport.pause_reading()
        self.pump()

    def pump(self) -> None:
        """Hand on what is due."""
        link, sink = self._link, self._sink.transport
        if self._timer:
            self._timer.cancel()
            self._timer = None
        while self.held and sink and link.mode == "pass":
            due_s, data = self.held[0]
            if link.delay_s and due_s > link.loop.time():
                self._timer = link.loop.call_at(due_s, self.pump)
                return
            self.held.popleft()
            self._bytes -= len(data)
            if data:
                sink.write(data)
            else:
                sink.close()
        if self._full and self._bytes <= MOST_HELD_BYTES and self._source.is_open and self._source.transport:
            self._full = False
            self._source.transport.resume_reading()


class End(asyncio.Protocol):
    """One socket of a line. `gone` once it has closed."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.transport: asyncio.Transport | None = None
        self.gone = False

    @property
    def is_open(self) -> bool:
        """Whether it can still be read."""
        return self.transport is not None and not self.transport.is_closing()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """asyncio: connected."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.line.begun(self)

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes."""
        self.line.got(self, data)

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: closed."""
        self.gone = True
        self.line.lost(self)

    def pause_writing(self) -> None:
        """asyncio: the peer reads slowly, so its counterpart has to wait."""
        if (other := self._other).is_open and other.transport:
            other.transport.pause_reading()

    def resume_writing(self) -> None:
        """asyncio: the peer has caught up."""
        if (other := self._other).is_open and other.transport:
            other.transport.resume_reading()

    def abort(self) -> None:
        """Close with a reset."""
        if self.transport and not self.transport.is_closing():
            reset_on_close(self.transport.get_extra_info("socket"))
            self.transport.abort()

    @property
    def _other(self) -> End:
        return self.line.far if self is self.line.near else self.line.near
