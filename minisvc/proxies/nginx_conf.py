"""A layout as NGINX's configuration, for the open version from 1.22 on.

The open version before 1.29.6 has no `sticky`, and no `drain`: both are made of a `map` from the affinity cookie to
an upstream in which the bound backend stands first and the others are its `backup`.

`proxy_next_upstream` cannot promise "only if nothing was sent": its `error` covers a connection that breaks while the
answer is awaited. So it is off, and a 502 comes to a named location that asks again only if this is allowed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from minisvc.balancer.upstream import Backend
from minisvc.layout import Layout, Service
from minisvc.proxies.place import (
    IDEMPOTENT,
    KEYED,
    REQUEST_ID,
    Members,
    Place,
    answer,
    longest_first,
    weight,
    word,
)

MOST_TRIES = 9
"""NGINX follows at most ten internal redirects of a request."""

_METHODS = {"random": "random;", "least_connections": "least_conn;", "two_choices": "random two least_conn;"}

_LOG = (
    '{"id":"$statewise_id","method":"$request_method","path":"$request_uri","status":"$status",'
    '"backend":"$upstream_addr","route":"$statewise_route","up":"$request_length","down":"$bytes_sent",'
    '"seconds":"$request_time","sent":"$upstream_bytes_sent","done":"$request_completion","connection":"$connection"}'
)
"""One line an exchange. Where several backends were tried, `backend` and `sent` list them."""
_ADDED = "add_header X-Request-ID $statewise_id always; add_header X-Backend $statewise_backend always;"


def render(layout: Layout, members: Members, place: Place, generation: int = 0) -> str:
    """The whole of nginx.conf. `generation` tells one configuration from the next."""
    return "\n".join([f"# generation {generation}", *_main(place), "http {", *_http(layout, members, place), "}", ""])


def _main(place: Place) -> Iterator[str]:
    yield "daemon off;"
    # One, so that what it has learnt of its backends holds for every request.
    yield "worker_processes 1;"
    yield f"pid {place.folder}/nginx.pid;"
    yield f"error_log {place.log} notice;"
    yield "events { worker_connections 4096; }"


def _http(layout: Layout, members: Members, place: Place) -> Iterator[str]:
    yield f"log_format statewise escape=json '{_LOG}';"
    yield f"access_log {place.log} statewise;"
    for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        yield f"{kind}_temp_path {place.folder}/{kind};"
    yield from _limits(place)
    yield from _maps(layout)
    for service in layout.services:
        yield from _upstreams(layout, service, members[service.name])
    yield from _backend_maps(layout, members)
    yield "server {"
    yield from _server(layout, members, place)
    yield "}"


def _limits(place: Place) -> Iterator[str]:
    waits = place.timeouts
    yield "server_tokens off; client_max_body_size 0; large_client_header_buffers 4 32k; map_hash_bucket_size 256;"
    yield "keepalive_requests 1000000;"
    yield f"client_header_timeout {_time(waits.head_s)}; client_body_timeout {_time(waits.answer_s)};"
    yield f"proxy_connect_timeout {_time(waits.connect_s)};"
    yield f"proxy_read_timeout {_time(waits.answer_s)}; proxy_send_timeout {_time(waits.answer_s)};"
    # The answer streams; the request is read whole, for without that it could not be offered to another backend.
    yield "proxy_buffering off; proxy_request_buffering on; proxy_http_version 1.1;"
    yield "proxy_next_upstream off; proxy_intercept_errors off; recursive_error_pages on;"


def _maps(layout: Layout) -> Iterator[str]:
    """What is derived from the request alone, or from what became of it."""
    repeatable = "|".join(IDEMPOTENT) if layout.retry == "idempotent" else "none"
    yield _map("$http_x_request_id", "$statewise_id", [(f'"~{REQUEST_ID}"', "$http_x_request_id")], "$request_id")
    yield _map("$http_host", "$statewise_host", [('""', "localhost")], "$http_host")
    yield _map("$http_upgrade", "$statewise_connection", [('""', '""')], "upgrade")
    told = "for=$remote_addr;proto=http"
    yield _map("$http_forwarded", "$statewise_forwarded", [('""', f'"{told}"')], f'"$http_forwarded, {told}"')
    yield _map("$http_via", "$statewise_via", [('""', '"1.1 statewise"')], '"$http_via, 1.1 statewise"')
    # No address in the list of tries: NGINX knew of nobody who might take a connection.
    yield _late_map("$upstream_addr", "$statewise_nobody", [(r'"~(^|[ ,])127\.0\.0\.1:\d+$"', '""')], "nobody")
    yield _late_map("$upstream_bytes_sent", "$statewise_sent", [('"~[1-9]"', "sent")], '""')
    # Nothing was sent, or repeating it does no harm.
    again = [('"~^nobody"', '""'), ('"~^,"', "yes"), (f'"~^sent,({repeatable})$"', "yes")]
    yield _late_map("$statewise_nobody$statewise_sent,$request_method", "$statewise_again", again, '""')
    yield _late_map("$statewise_sent", "$statewise_failed", [("sent", "502")], "503")


def _backend_maps(layout: Layout, members: Members) -> Iterator[str]:
    """Who answered, and the cookie that binds to it. $upstream_addr lists all tries; the last one answered."""
    every = [backend for service in layout.services for backend in members[service.name]]
    yield _late_map("$upstream_addr", "$statewise_backend", [(_at(each), f'"{each.name}"') for each in every], '""')
    for service in layout.services:
        name, backends = word(service.name), members[service.name]
        header, cookie = f"$http_{word(service.affinity_header.lower())}", f"$cookie_statewise_{name}"
        yield _map(header, f"$key_{name}", [('""', "$remote_addr")], header)
        if service.affinity == "cookie":
            routes = [(f'"{each.token}"', _bound(service, each)) for each in backends]
            yield _map(cookie, f"$route_{name}", routes, _pool(service))
            binds = [(f'"~^{each.token} .*127\\.0\\.0\\.1:{each.port}$"', '""') for each in backends]
            binds += [(_at(each), f'"{_cookie(service, each)}"') for each in backends]
            yield _late_map(f'"{cookie} $upstream_addr"', f"$bind_{name}", binds, '""')
        else:
            # An affinity without a key leaves the request to the policy.
            derived = {"header": header, "source": "$remote_addr"}.get(service.affinity or "", '""')
            routes = [('""', _pool(service))]
            keyed = f"{_pool(service)}.keyed" if service.affinity else _pool(service)
            yield _map(derived, f"$route_{name}", routes, keyed)


def _upstreams(layout: Layout, service: Service, backends: Sequence[Backend]) -> Iterator[str]:
    name, pool = word(service.name), _pool(service)
    servers = [_server_line(layout, service, each, closed=each.draining) for each in backends]
    hashed = "$uri" if service.key == "path" else f"$key_{name}"
    method = f"hash {hashed}{'' if service.policy == 'source_hash' else ' consistent'};"
    yield _upstream(pool, method if service.policy in KEYED else _METHODS.get(service.policy, ""), servers)
    if service.affinity in {"header", "source"}:
        key = f"$key_{name}" if service.affinity == "header" else "$remote_addr"
        yield _upstream(f"{pool}.keyed", f"hash {key} consistent;", servers)
    if service.affinity == "cookie":
        for bound in backends:
            others = [each for each in backends if each is not bound]
            yield _upstream(
                _bound(service, bound),
                "",
                [
                    _server_line(layout, service, bound, closed=False),
                    *(_server_line(layout, service, each, closed=each.draining, more=" backup") for each in others),
                ],
            )


def _upstream(name: str, method: str, servers: Iterable[str]) -> str:
    return f"upstream {name} {{ {method} {' '.join(servers)} keepalive 32; keepalive_timeout 60s; }}"


def _server_line(layout: Layout, service: Service, backend: Backend, *, closed: bool, more: str = "") -> str:
    """One backend. A single failure puts it out, or the next try would meet it again; then NGINX tries it anew."""
    rest_s = max(1, math.ceil(layout.health.interval_s))
    down = " down" if closed or backend.out else ""
    share = f" weight={weight(service, backend)}"
    return f"server 127.0.0.1:{backend.port}{share} max_fails=1 fail_timeout={rest_s}s{more}{down};"


def _server(layout: Layout, members: Members, place: Place) -> Iterator[str]:
    yield f"listen 127.0.0.1:{place.port} backlog=1024;"
    yield "proxy_set_header Host $statewise_host;"
    yield "proxy_set_header Connection $statewise_connection; proxy_set_header Upgrade $http_upgrade;"
    yield 'proxy_set_header TE ""; proxy_set_header X-Request-ID $statewise_id;'
    yield "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme;"
    yield "proxy_set_header Forwarded $statewise_forwarded; proxy_set_header Via $statewise_via;"
    yield "proxy_hide_header X-Request-ID; proxy_pass_header Server; proxy_pass_header Date;"
    yield _ADDED
    yield 'set $statewise_route "";'
    yield "error_page 502 = /.statewise/failed; error_page 504 = /.statewise/late;"
    for service in longest_first(layout):
        yield from _locations(service, tries=min(len(members[service.name]), MOST_TRIES))
    if not any(service.path == "/" for service in layout.services):
        yield f"location / {{ {_own(404, 'no service answers for $uri')} }}"
    yield "location = /.statewise/failed { internal; default_type application/json;"
    yield f"if ($statewise_failed = 503) {{ {_own(503)} }} {_own(502)} }}"
    yield f"location = /.statewise/late {{ internal; default_type application/json; {_own(504)} }}"


def _locations(service: Service, tries: int) -> Iterator[str]:
    name = word(service.name)
    # A location that adds a field inherits none, so all stand here.
    binding = f"{_ADDED} add_header Set-Cookie $bind_{name} always;" if service.affinity == "cookie" else ""
    carry = f"set $statewise_route $route_{name}; {binding} proxy_pass http://$statewise_route;"
    first = f"error_page 502 = @again_{name}; error_page 504 = /.statewise/late;" if tries > 1 else ""
    below = f"location ^~ {service.path.removesuffix('/')}/ {{ {first} {carry} }}"
    yield below if service.path == "/" else f"location = {service.path} {{ {first} {carry} }} {below}"
    if tries > 1:
        yield f"location @again_{name} {{ {first} if ($statewise_again = '') {{ rewrite ^ /.statewise/failed last; }}"
        yield f"{carry} }}"


def _own(status: int, reason: str | None = None) -> str:
    retry = f"{_ADDED} add_header Retry-After 1 always; " if status == 503 else ""
    return f"{retry}return {status} '{answer(status, '$statewise_id', reason)}';"


def _map(source: str, target: str, cases: Iterable[tuple[str, str]], default: str, more: str = "") -> str:
    lines = " ".join(f"{key} {value};" for key, value in cases)
    return f"map {source} {target} {{ {more}{lines} default {default}; }}"


def _late_map(source: str, target: str, cases: Iterable[tuple[str, str]], default: str) -> str:
    """A map of what changes from one try to the next: its result must not be kept."""
    return _map(source, target, cases, default, more="volatile; ")


def _at(backend: Backend) -> str:
    return f'"~127\\.0\\.0\\.1:{backend.port}$"'


def _pool(service: Service) -> str:
    return f"statewise_{word(service.name)}"


def _bound(service: Service, backend: Backend) -> str:
    return f"{_pool(service)}.{backend.name}"


def _cookie(service: Service, backend: Backend) -> str:
    return f"statewise_{service.name}={backend.token}; Path={service.path}; HttpOnly; SameSite=Lax"


def _time(seconds: float) -> str:
    return f"{max(1, round(seconds * 1000))}ms"
