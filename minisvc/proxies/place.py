"""Where a real balancer runs: its port, its private folder, its time limits. What all renderers share."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from minisvc.balancer.timeouts import Timeouts
from minisvc.balancer.upstream import Backend
from minisvc.layout import Layout, Service

Members = Mapping[str, Sequence[Backend]]
"""The backends of each service, by the service's name, in layout order."""

IDEMPOTENT = ("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE")
"""RFC 9110 section 9.2.2."""
KEYED = ("source_hash", "ring_hash", "bounded_load")
"""Policies that read a key: the affinity header, or the client's address where there is none."""
WEIGHING = ("weighted", "random", "least_connections", "two_choices", "ring_hash", "bounded_load")
"""Policies that look at weights; the others treat all backends alike."""
REQUEST_ID = "^[A-Za-z0-9._:-]{1,64}$"
"""A well-formed X-Request-ID; anything else is replaced."""

REASONS = {
    502: "A backend took the request, then broke the connection. It may have been done, so it was not sent to another "
    "backend (RFC 9110 section 9.2.2).",
    503: "No healthy backend: none took a connection.",
    504: "The backend did not answer in time.",
}
_WORDS = {404: "Not Found", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how one runs.

    Attributes:
        folder: private to it, for its configuration, sockets and temporary files.
        port: where it listens on loopback, 1 to 65535.
        timeouts: how long it waits.
        log: the file that its access log and its messages are written to; "/dev/stdout" is a pipe to the lab.
    """

    folder: Path
    port: int
    timeouts: Timeouts = field(default_factory=Timeouts)
    log: str = "/dev/stdout"


def longest_first(layout: Layout) -> list[Service]:
    """The services by the length of their path prefix, so that the first that covers a path is the right one."""
    return sorted(layout.services, key=lambda service: -len(service.path))


def weight(service: Service, backend: Backend) -> int:
    """The backend's weight for the service's policy: 1 where that does not weigh."""
    return backend.full_weight if service.policy in WEIGHING else 1


def word(name: str) -> str:
    """A name fit for a variable."""
    return re.sub(r"\W", "_", name)


def answer(status: int, request: str, reason: str | None = None) -> str:
    """The JSON body of an answer of the balancer's own, on one line; `request` stands for the request's id."""
    said = {
        "error": _WORDS[status],
        "reason": reason or REASONS[status],
        "definite": status in {404, 503},
        "request": request,
    }
    return json.dumps(said)
