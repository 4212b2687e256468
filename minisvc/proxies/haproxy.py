"""HAProxy in the place of our balancer. Draining and leaving go through its runtime socket, the rest by a new process.

Section numbers are those of the HAProxy Management Guide 2.6.
"""

from __future__ import annotations

import json
import re
import socket
import time
from pathlib import Path

from minisvc.balancer.upstream import Backend, Upstream
from minisvc.exchange import Exchange
from minisvc.guarded import Guarded
from minisvc.proxies.errors import ProxyFailed
from minisvc.proxies.haproxy_conf import render
from minisvc.proxies.proxy import WITHIN_S, Proxy
from minisvc.sockets import LOOPBACK

_HEALTH = re.compile(
    r"Server [^/]+/(?P<name>\S+) is (?P<status>UP|DOWN)(?:, reason: (?P<reason>[^,]+))?"
    r'(?:, .*?info: "(?P<info>[^"]*)")?'
)
_BOUND = {"V": "sticky: its cookie names {0}", "D": "its cookie names one that cannot have it; HAProxy picked {0}"}


class HAProxy(Proxy):
    """Checks its backends as our own balancer does, and takes out at once whoever refuses a connection."""

    binary, name = "haproxy", "HAProxy"

    def _launch(self) -> None:
        self._guards: list[Guarded] = []
        self._states: dict[str, str] = {}
        self._ports: dict[str, int] = {}
        (self.place.folder / "states").touch()
        self._run([])
        self._tell_ports()
        self._tell_states()

    def _apply(self) -> None:
        # First, for what the next process is told of its servers' state holds their ports too.
        self._tell_ports()
        layout, members = self.wanted()
        if render(layout, members, self.place) != self._text:
            self._replace()
        self._tell_states()

    def _believe(self, upstream: Upstream, backend: Backend) -> None:
        self._set(upstream, backend, "health up")

    def _end(self) -> None:
        for guard in self._guards:
            guard.close()

    def _run(self, more: list[str]) -> None:
        layout, members = self.wanted()
        self._text = render(layout, members, self.place)
        path = self.place.folder / "haproxy.cfg"
        path.write_text(self._text)
        # It holds the affinity cookies' values.
        path.chmod(0o600)
        since, former = self.journal.mark(), self._pid()
        self._guards.append(Guarded([self.program, "-f", str(path), *more], said=self.journal.inlet))
        ends_s = time.monotonic() + WITHIN_S
        while self._pid() in {"", former}:
            alarm = self.journal.wait_for(lambda line: "[ALERT]" in line, since, 0.002)
            if alarm or time.monotonic() > ends_s:
                raise ProxyFailed(self.name, "start", alarm or self.journal.last())

    def _replace(self) -> None:
        """A new process takes over listeners and server states; the old one finishes what it has (section 4)."""
        (self.place.folder / "states").write_text(self._ask("show servers state"))
        since, former = self.journal.mark(), self._pid()
        self._run(["-x", str(self._socket), "-sf", former])
        for known in (self._states, self._ports):
            for name in known.keys() - {name for upstream in self.upstreams for name in upstream.backends}:
                del known[name]
        self.journal.wait_for(lambda line: line.startswith("Proxy balancer stopped"), since, WITHIN_S)

    def _tell_states(self) -> None:
        """Administrative states, section 9.3: "drain" keeps those who are bound, "maint" gets nothing."""
        for upstream in self.upstreams:
            for backend in upstream.backends.values():
                state = "maint" if backend.out else "drain" if backend.draining else "ready"
                if self._states.get(backend.name, "ready") != state:
                    self._set(upstream, backend, f"state {state}")
                self._states[backend.name] = state

    def _tell_ports(self) -> None:
        for upstream in self.upstreams:
            for backend in upstream.backends.values():
                if self._ports.get(backend.name, backend.port) != backend.port:
                    self._set(upstream, backend, f"addr {LOOPBACK} port {backend.port}")
                self._ports[backend.name] = backend.port

    def _set(self, upstream: Upstream, backend: Backend, what: str) -> None:
        """One of the `set server` commands, section 9.3: silent, or saying what it changed, if it was done."""
        said = self._ask(f"set server {upstream.name}/{backend.name} {what}").strip()
        if said and "changed" not in said:
            raise ProxyFailed(self.name, f'set server "{backend.name}" {what}', said)

    @property
    def _socket(self) -> Path:
        return self.place.folder / "admin"

    def _pid(self) -> str:
        """The process that answers on the runtime socket; "" if none does."""
        try:
            found = re.search(r"^Pid: (\d+)$", self._ask("show info"), re.MULTILINE)
        except OSError:
            return ""
        return found[1] if found else ""

    def _ask(self, command: str) -> str:
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(WITHIN_S)
            link.connect(str(self._socket))
            link.sendall(f"{command}\n".encode())
            with link.makefile("r", encoding="utf-8", errors="replace") as answer:
                return answer.read()

    def _exchange(self, line: str) -> Exchange:
        seen = json.loads(line)
        end = seen["end"]
        status: int | None = int(seen["status"])
        # Whoever ends a tunnel (101), that is how it ends.
        if status != 101 and (int(seen["status"]) < 100 or end[0] in "Cc" or end[:2] == "SD"):
            status = None
        answered = seen["backend"] not in {"<NOSRV>", "<STATS>"} and end[:2] not in {"SC", "sC", "sQ"}
        backend = seen["backend"] if answered else None
        duration_s = int(seen["ms"]) / 1000
        return Exchange(
            id=seen["id"],
            method=seen["method"] if seen["method"].isalpha() else "?",
            path=seen["path"] or "?",
            status=status,
            backend=backend,
            why=_BOUND.get(end[2], "HAProxy picked {0}").format(backend) if backend else "",
            tries=int(seen["tries"].lstrip("+")) + 1 if seen["backend"] != "<NOSRV>" else 0,
            started_s=time.monotonic() - duration_s,
            duration_s=duration_s,
            bytes_up=int(seen["up"]),
            bytes_down=int(seen["down"]),
            error=_error(status, end),
            definite=not answered or (status is not None and status < 500),
        )

    def _message(self, line: str) -> None:
        told = _HEALTH.search(line)
        if told and told["status"] == "UP":
            self._well(told["name"])
        elif told:
            said = told["info"] or told["reason"] or "a check failed"
            self._ill(told["name"], said.rpartition("last one was: ")[2].lower())


def _error(status: int | None, end: str) -> str | None:
    """`end` is HAProxy's termination state, Configuration Manual section 8.5."""
    if status is None:
        return "the client left before its answer" if end[0] in "Cc" else "the answer broke off"
    return f"answered {status}" if status >= 500 else None
