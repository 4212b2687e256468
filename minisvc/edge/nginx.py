"""NGINX as an edge cache: the same place as `Edge`, and what a cache of the field does there."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from minisvc.edge.origin import NoOrigin
from minisvc.errors import MinisvcError
from minisvc.guarded import Guarded
from minisvc.proxies.journal import Journal
from minisvc.sockets import LOOPBACK, listen

WITHIN_S = 10.0
_STATUS = {
    "MISS": "fwd=uri-miss",
    "HIT": "hit",
    "UPDATING": "hit; detail=updating",
    "STALE": "hit; detail=stale",
    "EXPIRED": "fwd=stale",
    "REVALIDATED": "fwd=stale; fwd-status=304",
}
"""NGINX's $upstream_cache_status in the words of Cache-Status (RFC 9211)."""


class NginxFailed(MinisvcError):
    """There is no NGINX, or it does not start."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        remedy = "Install it (Debian: apt install nginx-light, and /usr/sbin on PATH), or use Edge."
        super().__init__(f"NGINX cannot be the edge: {reason}.\n  {remedy}")


class NginxEdge:
    """NGINX's proxy_cache on a loopback port of its own. Use it as a context manager, or call `start` and `close`.

    Time is NGINX's own, and counts in whole seconds.

    Args:
        origin: the address of what it is in front of, such as a cluster's `url`.

    Raises:
        NoOrigin: that is no address of an origin.
        NginxFailed: NGINX is not on PATH.
    """

    def __init__(self, origin: str) -> None:
        parts = urlsplit(origin)
        if parts.scheme != "http" or not parts.hostname:
            raise NoOrigin(origin)
        self._origin, self._program, self._port = parts.netloc, shutil.which("nginx"), 0
        if self._program is None:
            raise NginxFailed("it is not on PATH")
        self._folder: Path | None = None
        self._guard: Guarded | None = None
        self._journal: Journal | None = None
        self._errors: list[BaseException] = []

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://{LOOPBACK}:{self._port}"

    def start(self) -> Self:
        """Run it.

        Raises:
            NginxFailed: it does not start.
        """
        with listen(0) as probe:
            self._port = probe.getsockname()[1]
        folder = self._folder = Path(tempfile.mkdtemp(prefix="statewise-edge-"))
        # Its workers run as somebody else where we are root, and must reach what they store.
        folder.chmod(0o711)
        (folder / "nginx.conf").write_text(render(self._origin, self._port, folder))
        journal = self._journal = Journal("edge", lambda _line: None, self._errors)
        command = [str(self._program), "-c", f"{folder}/nginx.conf", "-e", "stderr"]
        self._guard = Guarded(command, said=journal.inlet)
        said = journal.wait_for(lambda line: "start worker process " in line or "[emerg]" in line, 0, WITHIN_S)
        if "start worker" not in said:
            reason = (said or journal.last()).partition("[emerg] ")[2] or f"it does not start within {WITHIN_S:g} s"
            self.close()
            raise NginxFailed(reason)
        return self

    def close(self) -> None:
        """End it, and remove what it stored. Closing twice changes nothing.

        Raises:
            BaseExceptionGroup: exceptions of the thread that reads what it says.
        """
        guard, journal, folder = self._guard, self._journal, self._folder
        self._guard = self._journal = self._folder = None
        if guard:
            guard.close()
        if journal:
            journal.close()
        if folder:
            shutil.rmtree(folder)
        errors, self._errors = self._errors, []
        if errors:
            raise BaseExceptionGroup("reading what NGINX says met errors", errors)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def render(origin: str, port: int, folder: Path) -> str:
    """The whole of nginx.conf, for the open version from 1.22 on."""
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    statuses = " ".join(f'{status} "nginx; {words}";' for status, words in _STATUS.items())
    return f"""daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log /dev/stdout notice;
events {{ worker_connections 1024; }}
http {{
    access_log off; server_tokens off; {temporary}
    proxy_cache_path {folder}/cache keys_zone=edge:1m max_size=64m inactive=1d use_temp_path=off;
    map $upstream_cache_status $edge_status {{ default "nginx; fwd=method"; {statuses} }}
    server {{
        listen {LOOPBACK}:{port};
        location / {{
            proxy_pass http://{origin};
            proxy_http_version 1.1; proxy_set_header Connection "";
            proxy_set_header Host $http_host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
            proxy_cache edge; proxy_cache_key $http_host$request_uri;
            # How long, and how long stale, is the origin's to say: it reads stale-while-revalidate and stale-if-error.
            proxy_cache_revalidate on; proxy_cache_background_update on; proxy_cache_lock on;
            add_header Cache-Status $edge_status always;
        }}
    }}
}}
"""
