"""A layout as HAProxy's configuration, for version 2.6 and on.

Section numbers are those of the HAProxy Configuration Manual 2.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from minisvc.balancer.upstream import Backend
from minisvc.layout import HealthCheck, Layout, Service
from minisvc.proxies.place import (
    IDEMPOTENT,
    KEYED,
    REQUEST_ID,
    Members,
    Place,
    answer,
    longest_first,
    weight,
)

_BALANCE = {
    "round_robin": "roundrobin",
    "weighted": "roundrobin",
    "random": "random(1)",
    "least_connections": "leastconn",
    "two_choices": "random(2)",
}
# Strong quotes, section 2.2: nothing in them is the configuration's own. One line an exchange, as JSON.
_LOG = (
    '{"id":"%[var(txn.id)]","method":"%HM","path":"%[var(txn.target),json(utf8s)]","status":"%ST","backend":"%s",'
    '"up":"%U","down":"%B","ms":"%Ta","tries":"%rc","end":"%tsc"}'
)


def render(layout: Layout, members: Members, place: Place) -> str:
    """The whole of haproxy.cfg."""
    return "\n".join(
        [
            *_section("global", _global(place)),
            *_section("defaults", _defaults(layout, place)),
            *_section("frontend balancer", _frontend(layout, place)),
            *(
                line
                for service in layout.services
                for line in _section(f"backend {service.name}", _backend(layout, service, members[service.name]))
            ),
            "",
        ]
    )


def _section(name: str, lines: Iterator[str]) -> Iterator[str]:
    yield name
    for line in lines:
        yield f"    {line}"


def _global(place: Place) -> Iterator[str]:
    yield "log stdout format raw local0 info"
    yield f"stats socket {place.folder}/admin mode 600 level admin expose-fd listeners"
    yield f"server-state-file {place.folder}/states"
    # One thread, so that turns are taken strictly.
    yield "nbthread 1"
    yield "hard-stop-after 30s"


def _defaults(layout: Layout, place: Place) -> Iterator[str]:
    waits = place.timeouts
    yield "mode http"
    yield "log global"
    yield f"log-format '{_LOG}'"
    yield f"timeout connect {_time(waits.connect_s)}"
    yield f"timeout server {_time(waits.answer_s)}"
    yield f"timeout client {_time(waits.answer_s)}"
    yield f"timeout http-request {_time(waits.head_s)}"
    yield f"timeout http-keep-alive {_time(waits.head_s)}"
    yield f"timeout check {_time(layout.health.timeout_s)}"
    yield "timeout tunnel 1h"
    yield "load-server-state-from-file global"
    # Each try goes to another backend at once, also for those who are bound to one (section 4.2, redispatch).
    yield "option redispatch 1"
    yield "retry-on conn-failure" + (" empty-response" if layout.retry == "idempotent" else "")
    # Where a backend breaks off under any but the first request of a client's connection, HAProxy hangs up without
    # an answer and without a line in its log. One request a connection: 502 for all, and all on the books.
    yield "option httpclose"
    for status in (502, 503, 504):
        retry = " hdr retry-after 1" if status == 503 else ""
        yield f"http-error status {status} content-type application/json lf-string '{_own(status)}'{retry}"


def _frontend(layout: Layout, place: Place) -> Iterator[str]:
    yield f"bind 127.0.0.1:{place.port} backlog 1024"
    yield "option dontlognull"
    yield "http-request set-var(txn.target) url"
    yield f"http-request set-var(txn.id) req.fhdr(x-request-id) if {{ req.fhdr(x-request-id) -m reg {REQUEST_ID} }}"
    yield "http-request set-var(txn.id) uuid() if !{ var(txn.id) -m found }"
    yield "http-request set-header x-request-id %[var(txn.id)]"
    yield "http-request del-header te"
    yield "http-request add-header x-forwarded-for %[src]"
    yield "http-request set-header x-forwarded-proto http"
    yield "http-request add-header forwarded for=%[src];proto=http"
    yield "http-request add-header via '1.1 statewise'"
    yield "http-after-response set-header x-request-id %[var(txn.id)] if { var(txn.id) -m found }"
    yield "http-response set-header x-backend %[srv_name]"
    if not any(service.path == "/" for service in layout.services):
        covers = " ".join(f"!{{ path {each.path} }} !{{ path_beg {each.path}/ }}" for each in layout.services)
        said = _own(404, "no service answers for this path")
        yield f"http-request return status 404 content-type application/json lf-string '{said}' if {covers}"
    for service in longest_first(layout):
        if service.path == "/":
            yield f"default_backend {service.name}"
        else:
            yield f"use_backend {service.name} if {{ path {service.path} }} || {{ path_beg {service.path}/ }}"


def _backend(layout: Layout, service: Service, backends: Sequence[Backend]) -> Iterator[str]:
    yield from _routing(service)
    if service.affinity == "cookie":
        path = "" if service.path == "/" else f"; Path={service.path}"
        yield f"cookie statewise_{service.name} insert indirect nocache httponly attr 'SameSite=Lax{path}'"
    if layout.retry == "idempotent":
        yield f"http-request disable-l7-retry if !{{ method {' '.join(IDEMPOTENT)} }}"
    yield f"retries {len(backends) - 1}"
    yield "option httpchk"
    # Nothing in the path may end the word or begin another.
    path = quote(layout.health.path, safe="/?&=%:@!,;+")
    yield f"http-check send meth GET uri {path} ver HTTP/1.1 hdr host localhost hdr connection close"
    yield "http-check expect status 200-299"
    points = _points(service, backends)
    for backend in backends:
        cookie = f" cookie {backend.token}" if service.affinity == "cookie" else ""
        share = f"id {_number(backend)} weight {weight(service, backend) * points}"
        yield f"server {backend.name} 127.0.0.1:{backend.port} {share}{cookie} {_check(layout.health)}"


def _routing(service: Service) -> Iterator[str]:
    header = service.affinity_header
    if service.affinity in {"header", "source"}:
        # Section 4.2, balance hdr: where the field is absent, HAProxy takes turns.
        yield f"balance hdr({header})" if service.affinity == "header" else "balance source"
        yield "hash-type consistent sdbm avalanche"
    elif service.policy in KEYED:
        yield f"http-request set-var(txn.key) {'path' if service.key == 'path' else 'src'}"
        if service.key == "client":
            yield f"http-request set-var(txn.key) req.hdr({header}) if {{ req.hdr({header}) -m found }}"
        yield "balance hash var(txn.key)"
        yield f"hash-type {'map-based' if service.policy == 'source_hash' else 'consistent'} sdbm avalanche"
        if service.policy == "bounded_load":
            yield "hash-balance-factor 125"
    else:
        yield f"balance {_BALANCE[service.policy]}"


def _points(service: Service, backends: Sequence[Backend]) -> int:
    """What weights are multiplied by.

    A backend has 16 points on HAProxy's ring for each unit of its weight, and so few split unevenly. Ten units give
    the 160 points that NGINX and our own balancer have, as far as the greatest weight of 256 allows. Left to chance,
    a backend is drawn from the same ring (section 4.2, random), and there are no points elsewhere to agree with.
    """
    most = 256 // max((weight(service, each) for each in backends), default=1)
    if service.affinity in {"header", "source"} or service.policy in {"ring_hash", "bounded_load"}:
        return max(1, min(10, most))
    return max(1, min(100, most)) if service.policy in {"random", "two_choices"} else 1


def _number(backend: Backend) -> int:
    """The ring is made of these numbers: of the backend's letter, so that they stay when another one leaves."""
    return ord(backend.name[-1]) - ord("a") + 1


def _check(health: HealthCheck) -> str:
    """Section 5.2. A connection that is refused puts a backend out at once, until a check succeeds."""
    ramp = f" slowstart {_time(health.slow_start_s)}" if health.slow_start_s else ""
    return (
        f"check inter {_time(health.interval_s)} fall {health.fall} rise {health.rise} "
        f"observe layer4 error-limit 1 on-error mark-down{ramp}"
    )


def _own(status: int, reason: str | None = None) -> str:
    return answer(status, "%[var(txn.id)]", reason)


def _time(seconds: float) -> str:
    return f"{max(1, round(seconds * 1000))}ms"
