"""NGINX in the place of our balancer. Every change is a new configuration, read on SIGHUP."""

from __future__ import annotations

import json
import re
import time

from minisvc.balancer.upstream import Backend, Upstream
from minisvc.exchange import Exchange
from minisvc.guarded import Guarded
from minisvc.proxies.errors import ProxyFailed
from minisvc.proxies.nginx_conf import render
from minisvc.proxies.proxy import WITHIN_S, Proxy

_BROKEN = re.compile(
    r"\[error\] \S+ \*(?P<connection>\d+) (?P<what>.*?) while (?P<doing>[a-z ]+)"
    r".*upstream: \"http://127\.0\.0\.1:(?P<port>\d+)"
)
_REASONS = {
    "111:": "connection refused",
    "104:": "it reset the connection",
    "110:": "no answer in time",
    "prematurely closed": "it closed the connection",
}

LEFT_WITHIN_S = 0.05


class Nginx(Proxy):
    """Learns that a backend is ill only from requests that fail (passive checks): see docs/real-balancers.md."""

    binary, name = "nginx", "NGINX"
    _guard: Guarded | None = None
    _generation = 0

    def _launch(self) -> None:
        self._broken: dict[str, str] = {}
        self._text, self._ports = self._write(), self._names_by_port()
        since = self.journal.mark()
        command = [self.program, "-c", f"{self.place.folder}/nginx.conf", "-e", "stderr"]
        self._guard = Guarded(command, said=self.journal.inlet)
        self._await("start", "start worker process ", since)

    def _apply(self) -> None:
        layout, members = self.wanted()
        if render(layout, members, self.place, self._generation) != self._text:
            self._reload()

    def _believe(self, upstream: Upstream, backend: Backend) -> None:
        # A new worker has forgotten all failures.
        self._reload()

    def _end(self) -> None:
        if self._guard:
            self._guard.close()

    def _reload(self) -> None:
        self._generation += 1
        self._text = self._write()
        # Log lines of the old worker may still name backends that are leaving.
        self._ports |= self._names_by_port()
        since = self.journal.mark()
        assert self._guard is not None
        self._guard.signal("HUP")
        # The old worker says so when it begins to leave, and then accepts nobody.
        self._await("read its new configuration", "gracefully shutting down", since)
        # It closes idle connections next, and is gone unless it has requests in hand.
        self.journal.wait_for(lambda line: line.endswith(": exiting"), since, LEFT_WITHIN_S)

    def _await(self, command: str, wanted: str, since: int) -> None:
        said = self.journal.wait_for(lambda line: wanted in line or "[emerg]" in line, since, WITHIN_S)
        if wanted not in said:
            raise ProxyFailed(self.name, command, (said or self.journal.last()).partition("[emerg] ")[2] or said)

    def _write(self) -> str:
        layout, members = self.wanted()
        text = render(layout, members, self.place, self._generation)
        path = self.place.folder / "nginx.conf"
        path.write_text(text)
        # It holds the affinity cookies' values.
        path.chmod(0o600)
        return text

    def _names_by_port(self) -> dict[int, str]:
        return {each.port: each.name for upstream in self.upstreams for each in upstream.backends.values()}

    def _exchange(self, line: str) -> Exchange:
        seen = json.loads(line)
        tried = [self._ports[int(port)] for port in re.findall(r"127\.0\.0\.1:(\d+)", seen["backend"])]
        sent = re.search("[1-9]", seen["sent"]) is not None
        # A break after the head shows only in the message before this line: the status was sent already.
        broken = self._broken.pop(seen["connection"], None)
        status = int(seen["status"]) if seen["done"] and not broken else None
        return Exchange(
            id=seen["id"],
            method=seen["method"] or "?",
            path=seen["path"] or "?",
            status=status,
            backend=tried[-1] if sent else None,
            why=_why(seen["route"].partition(".")[2], tried),
            tries=len(tried),
            started_s=time.monotonic() - float(seen["seconds"]),
            duration_s=float(seen["seconds"]),
            bytes_up=int(seen["up"]),
            bytes_down=int(seen["down"]),
            error=broken or _error(status, seen["status"]),
            definite=not sent or (status is not None and status < 500),
        )

    def _message(self, line: str) -> None:
        broken = _BROKEN.search(line)
        if broken is None:
            return
        name, what = self._ports[int(broken["port"])], broken["what"]
        reason = next((reason for sign, reason in _REASONS.items() if sign in what), what)
        if broken["doing"] == "reading upstream":
            # Of no weight for its health: it had answered.
            self._broken[broken["connection"]] = f"{name} took the request, then {reason}"
        else:
            self._ill(name, reason)


def _why(bound: str, tried: list[str]) -> str:
    """`bound` is the backend that the request's cookie named, "keyed" where a field bound it, or ""."""
    if not tried:
        return ""
    if bound in {"keyed", tried[-1]}:
        return f"sticky: its {'key' if bound == 'keyed' else 'cookie'} names {tried[-1]}"
    before = f"its cookie names {bound}, which cannot have it; " if bound else ""
    return f"{before}NGINX picked {tried[-1]}"


def _error(status: int | None, said: str) -> str | None:
    if status is None:
        return "the client left before its answer" if said == "499" else "the answer broke off"
    return f"answered {status}" if status >= 500 else None
