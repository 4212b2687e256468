"""httpbin behind the balancer answers as it does when asked directly, over more than a hundred requests."""

import json
import re
from contextlib import ExitStack

import pytest
import requests

from minisvc.balancer import Backend, Balancer, Upstream
from minisvc.exchange import Ledger
from minisvc.host import ThreadHost
from minisvc.layout import Service
from minisvc.policies import RoundRobin
from tests.minisvc.conftest import QUIET

httpbin = pytest.importorskip("httpbin", reason="httpbin is not installed")

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
STATUSES = [200, 201, 202, 204, 206, 300, 304, 400, 402, 404, 405, 406, 409, 410, 418, 422, 429, 431, 451]
STATUSES += [500, 501, 502, 503, 504, 505]
BODIES: dict[str, dict] = {
    "form": {"data": {"a": "1", "b": "two words", "c": ["x", "y"]}},
    "json": {"json": {"a": [1, 2, {"b": None}], "é": "ü"}},
    "text": {"data": "plain text", "headers": {"Content-Type": "text/plain"}},
    "bytes": {"data": bytes(range(256)) * 40, "headers": {"Content-Type": "application/octet-stream"}},
    "empty": {"data": b""},
    "chunked": {"data": [b"one ", b"two ", b"three"], "headers": {"Content-Type": "text/plain"}},
    "file": {"files": {"f": ("a.txt", b"file body", "text/plain")}},
}
CASES: list[tuple[str, str, dict]] = [
    *((method, "/anything/some/path?q=1&q=2&empty=", {}) for method in METHODS),
    *((method, "/anything", {**body}) for method in METHODS[1:] for body in BODIES.values()),
    *((method, f"/{method.lower()}", {}) for method in METHODS),
    *(("GET", f"/status/{status}", {}) for status in STATUSES),
    *(("POST", f"/status/{status}", {"data": b"x"}) for status in (200, 204, 400, 404, 500)),
    *(("HEAD", path, {}) for path in ("/get", "/html", "/status/204", "/status/404", "/bytes/100?seed=1")),
    *(("OPTIONS", path, {}) for path in ("/get", "/post")),
    *(("GET", f"/bytes/{size}?seed=1", {}) for size in (0, 1, 1024, 65536, 102400)),
    *(("GET", f"/stream-bytes/{size}?seed=1&chunk_size=1000", {}) for size in (0, 1, 5000, 100000)),
    *(("GET", f"/range/{size}?chunk_size=100", {"headers": {"Range": f"bytes={part}"}}) for size, part in [
        (1000, "0-99"), (1000, "500-"), (1000, "-100"), (1000, "0-999"),
    ]),
    *(("GET", f"/stream/{count}", {}) for count in (1, 5, 20)),
    *(("GET", f"/redirect/{count}", {}) for count in (1, 3)),
    *(("GET", f"/{kind}-redirect/2", {}) for kind in ("relative",)),
    *(("GET", path, {"allow_redirects": False}) for path in (
        "/redirect/1", "/redirect-to?url=/get", "/redirect-to?url=/get&status_code=307", "/cookies/set?a=1",
        "/cookies/delete?a=", "/absolute-redirect/1",
    )),
    *(("GET", path, {}) for path in (
        "/get?a=%20&b=%C3%A9", "/headers", "/ip", "/user-agent", "/html", "/xml", "/json", "/robots.txt", "/deny",
        "/encoding/utf8", "/gzip", "/deflate", "/brotli", "/cache", "/cache/60", "/etag/abc", "/links/5/2",
        "/base64/YWJj",
        "/image/png", "/image/jpeg", "/image/svg", "/image/webp", "/forms/post", "/cookies", "/nothing/here",
        "/response-headers?X-One=1&X-Two=a&X-Two=b", "/drip?numbytes=5&duration=0.05&delay=0", "/delay/0",
    )),
    ("GET", "/cookies/set?a=1&b=2", {}),
    ("GET", "/cookies", {"cookies": {"a": "1", "b": "x y"}}),
    ("GET", "/basic-auth/me/pass", {"auth": ("me", "pass")}),
    ("GET", "/basic-auth/me/pass", {"auth": ("me", "wrong")}),
    ("GET", "/hidden-basic-auth/me/pass", {}),
    ("GET", "/bearer", {"headers": {"Authorization": "Bearer abc"}}),
    ("GET", "/bearer", {}),
    ("GET", "/etag/abc", {"headers": {"If-None-Match": "abc"}}),
    ("GET", "/etag/abc", {"headers": {"If-Match": "other"}}),
    ("GET", "/cache", {"headers": {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}}),
    ("GET", "/headers", {"headers": {"X-Long": "x" * 20000}}),
    ("GET", "/headers", {"headers": {"Accept": "application/json", "Accept-Language": "de,en;q=0.5"}}),
]  # fmt: skip

# What a proxy adds, or what differs from one request to the next, and nothing else.
ADDED = {"x-request-id", "x-backend", "date", "connection", "transfer-encoding", "content-length"}
SEEN = {"Connection", "Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Proto", "X-Request-Id", "Transfer-Encoding"}
OWN_ADDRESS = re.compile(r"127\.0\.0\.1(:\d+)?")
BOUNDARY = re.compile(r"boundary=[0-9a-f]+")


@pytest.fixture(autouse=True)
def nothing_left_running() -> None:
    """Overrides the check after each test: the balancer keeps its connections until the last one."""


@pytest.fixture(scope="module")
def addresses():
    with ExitStack() as undo:
        hosts = [ThreadHost(name, lambda *_: httpbin.app) for name in "ab"]
        for host in hosts:
            host.start()
            undo.callback(host.stop)
        backends = [Backend(host.name, host.port) for host in hosts]
        balancer = Balancer([Upstream(Service("httpbin:app"), backends, RoundRobin(), QUIET)], Ledger())
        balancer.start()
        undo.callback(balancer.stop)
        yield f"http://127.0.0.1:{hosts[0].port}", f"http://127.0.0.1:{balancer.port}"


def ask(address: str, method: str, path: str, options: dict) -> requests.Response:
    options = {**options, "data": iter(options["data"])} if isinstance(options.get("data"), list) else options
    with requests.Session() as http:
        http.trust_env = False
        return http.request(method, address + path, timeout=30, **options)


def here(text: str) -> str:
    return BOUNDARY.sub("boundary", OWN_ADDRESS.sub("HERE", text))


def fields(answer: requests.Response) -> dict[str, str]:
    # httpbin's /cache makes up a new tag for each answer.
    dropped = ADDED | {"etag", "last-modified"} if answer.url.endswith("/cache") else ADDED
    return {name.lower(): here(value) for name, value in answer.headers.items() if name.lower() not in dropped}


def body(answer: requests.Response) -> object:
    """The body; where httpbin echoes a request, without the fields that a proxy is to add or drop."""
    text = here(answer.text)
    try:
        told = [json.loads(line) for line in text.splitlines()] if "/stream/" in answer.url else [json.loads(text)]
    except ValueError:
        return text if answer.headers.get("content-type", "").startswith("text/") else answer.content
    for each in told:
        if isinstance(each, dict) and isinstance(each.get("headers"), dict):
            each["headers"] = {name: value for name, value in each["headers"].items() if name not in SEEN}
    return told


def test_there_are_more_than_a_hundred_cases():
    assert len(CASES) > 100


@pytest.mark.parametrize(
    ("method", "path", "options"), CASES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_the_answer_is_the_same_as_without_the_balancer(addresses, method, path, options):
    direct, routed = (ask(address, method, path, options) for address in addresses)
    assert routed.status_code == direct.status_code
    assert [step.status_code for step in routed.history] == [step.status_code for step in direct.history]
    assert fields(routed) == fields(direct)
    assert body(routed) == body(direct)
