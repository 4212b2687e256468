"""An edge in front of an origin that a test scripts and watches, on a clock that it turns."""

from collections.abc import Callable, Iterator

import pytest
import requests
from werkzeug.wrappers import Request, Response

from minisvc.clock import FakeClock
from minisvc.edge import Edge
from minisvc.host import ThreadHost

Answering = Callable[[Request], Response]


class Front:
    """A client at the edge, and what the origin behind it saw."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.asked: list[Request] = []
        self.answer: Answering = lambda request: Response("hello", headers={"Cache-Control": "max-age=60"})
        self.host = ThreadHost("origin", lambda _name, _fence: self._origin)
        self.edge: Edge

    def _origin(self, environ, start_response):
        request = Request(environ)
        request.get_data()
        self.asked.append(request)
        return self.answer(request)(environ, start_response)

    def says(self, control: str, body: str = "hello", status: int = 200, **fields: str) -> None:
        """Let the origin answer so from now on; `Last_Modified` stands for Last-Modified."""
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        self.answer = lambda request: Response(body, status, {"Cache-Control": control, **named})

    def ask(self, path: str = "/a", method: str = "GET", **fields: str) -> requests.Response:
        named = {name.replace("_", "-"): value for name, value in fields.items()}
        return requests.request(method, self.edge.url + path, headers=named, timeout=30, allow_redirects=False)

    def how(self, path: str = "/a", **fields: str) -> str:
        """What the edge did, without its name."""
        return self.ask(path, **fields).headers["Cache-Status"].removeprefix("statewise-edge; ")


@pytest.fixture
def front() -> Iterator[Front]:
    front = Front()
    front.host.start()
    front.edge = Edge(f"http://127.0.0.1:{front.host.port}", clock=front.clock, timeout_s=5)
    with front.edge:
        yield front
    front.host.stop()
