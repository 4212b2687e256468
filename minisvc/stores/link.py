"""Links: a small TCP forwarder between each instance and the store, so that the way there can be broken.

One thread with an event loop carries every link. A link is always in the path, for a connection that is already
open must feel a fault too; undisturbed, it hands bytes on as they come.

What a *blackhole* holds back has left its sender, as with bytes that TCP sends again and again while a network is
down (RFC 9293 section 3.8): when it heals, they arrive, though whoever sent them may have given up long ago.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from minisvc.kept_port import KeptPort
from minisvc.sockets import LOOPBACK
from minisvc.stores.line import Count, Line
from minisvc.stores.traffic import Carried

MODES = ("pass", "blackhole", "refuse", "reset")
PORTS = {"redis": 6379, "memcached": 11211, "postgresql": 5432}
"""Where stores listen if their address does not say; the schemes are those that can be linked."""


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What is wrong with a link.

    Attributes:
        delay_s: how much longer each message to the store takes; 0 or more.
        mode: "pass"; "blackhole" (nothing arrives, nothing is refused); "refuse" (open connections are reset, new
            ones refused); "reset" (new ones are taken and reset).
    """

    delay_s: float = 0.0
    mode: str = "pass"


class Links:
    """The links of all instances to one store. Safe from any thread.

    Args:
        url: the store's address; it must be plain TCP, see `can_link`.
    """

    def __init__(self, url: str) -> None:
        self._url = urlsplit(url)
        self._far = (self._url.hostname or LOOPBACK, self._url.port or PORTS[self._url.scheme])
        self._links: dict[str, _Link] = {}
        self._lock = threading.Lock()
        self._errors: list[BaseException] = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(self._keep)
        self._thread = threading.Thread(target=self._loop.run_forever, name="links", daemon=True)
        self._thread.start()

    def address(self, instance: str) -> str:
        """The store's address as that instance is to see it: its own link, opened when first asked for."""
        with self._lock:
            if instance not in self._links:
                link = _Link(self._loop, self._far)
                self._call(link.open)
                self._links[instance] = link
        return through(self._url.geturl(), self._links[instance].port)

    def disturb(self, instance: str, name: str, disturbance: Disturbance) -> None:
        """Put a disturbance called `name` on an instance's link, beside those that are there: delays add up, and
        of the modes the last counts.
        """
        self._change(instance, lambda link: link.disturbances.__setitem__(name, disturbance))

    def calm(self, instance: str, name: str) -> None:
        """Take that disturbance away, if it is there; what was held back goes on its way."""
        self._change(instance, lambda link: link.disturbances.pop(name, None))

    def carried(self) -> dict[str, Carried]:
        """What each instance's link has carried so far."""
        return {instance: link.count.carried for instance, link in list(self._links.items())}

    def cut(self) -> None:
        """Reset the connections that are open on every link, once."""
        for link in list(self._links.values()):
            self._call(link.cut)

    def close(self) -> None:
        """Close every link and end the thread. Closing twice changes nothing.

        Raises:
            BaseExceptionGroup: exceptions that the thread had kept.
        """
        if not self._thread.is_alive():
            return
        for link in self._links.values():
            self._call(link.close)
        self._call(_settled)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if self._errors:
            raise BaseExceptionGroup("the links to the store had errors in their thread", self._errors)

    def _keep(self, _loop: object, context: dict[str, Any]) -> None:
        self._errors.append(context.get("exception") or RuntimeError(context["message"]))

    def _change(self, instance: str, change: Callable[[_Link], object]) -> None:
        if not self._thread.is_alive():
            # Closed: state has moved elsewhere, and nobody is led through here any more.
            return
        self.address(instance)
        link = self._links[instance]

        async def apply() -> None:
            change(link)
            await link.obey()

        asyncio.run_coroutine_threadsafe(apply(), self._loop).result()

    def _call(self, function: Callable[[], object]) -> None:
        async def run() -> None:
            result = function()
            if asyncio.iscoroutine(result):
                await result

        asyncio.run_coroutine_threadsafe(run(), self._loop).result()


def can_link(url: str) -> bool:
    """Whether a forwarder can stand in the way to `url`: over TLS it would be taken for an impostor."""
    return urlsplit(url).scheme in PORTS


def through(url: str, port: int) -> str:
    """`url` with its place replaced by a port on loopback; user, password and path stay."""
    parts = urlsplit(url)
    credentials, at, _ = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{credentials}{at}{LOOPBACK}:{port}"))


class _Link:
    """One instance's way to the store. Only the loop's thread touches it, but for `port`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, far: tuple[str, int]) -> None:
        self.loop, self.far = loop, far
        self._kept = KeptPort()
        self.port, self.count = self._kept.hold(), Count()
        self.disturbances: dict[str, Disturbance] = {}
        self.delay_s, self.mode = 0.0, "pass"
        self.lines: set[Line] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen, on the same port as before."""
        self._server = await self.loop.create_server(lambda: Line(self).near, sock=self._kept.listen())

    async def obey(self) -> None:
        """Let the present disturbances rule."""
        present = self.disturbances.values()
        self.delay_s = sum(each.delay_s for each in present)
        self.mode = next((each.mode for each in reversed(list(present)) if each.mode != "pass"), "pass")
        if self.mode == "refuse":
            self._refuse()
        elif self._server is None:
            await self.open()
        if self.mode in {"refuse", "reset"}:
            self.cut()
        for line in list(self.lines):
            line.pump()

    def cut(self) -> None:
        """Reset what is open."""
        for line in list(self.lines):
            line.reset()

    def close(self) -> None:
        """Listen no more, and reset what is open."""
        self._refuse()
        self.cut()

    def _refuse(self) -> None:
        """Listen no more; the port is kept, so that nobody else can take it."""
        if self._server:
            self._server.close()
            self._server = None


async def _settled() -> None:
    """Two turns of the loop, in which transports say goodbye to their protocols."""
    await asyncio.sleep(0)
    await asyncio.sleep(0)
