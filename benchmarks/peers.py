"""Proxies written in Python, to measure ours against: `python benchmarks/peers.py NAME BACKEND_PORT...`.

Prints the port on which it listens, serves until its stdin closes. Those that are WSGI apps run in the lab's own
thread host, the fastest there is for them, so that it is the proxy that is measured and not a development server.
"""

import asyncio
import itertools
import sys
from collections.abc import Callable, Iterator

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-connection"}


def statewise(ports: list[int]) -> int:
    from minisvc.balancer import Backend, Balancer, Upstream
    from minisvc.exchange import Ledger
    from minisvc.layout import Service
    from minisvc.policies import RoundRobin

    backends = [Backend(chr(ord("a") + number), port) for number, port in enumerate(ports)]
    balancer = Balancer([Upstream(Service("bench:app"), backends, RoundRobin())], Ledger())
    balancer.start()
    return balancer.port


def flask_requests(ports: list[int]) -> int:
    import requests
    from flask import Flask, Response, request

    app, turns, session = Flask("peer"), targets(ports), requests.Session()
    session.trust_env = False

    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>")
    def carry(path: str) -> Response:
        told = session.request(request.method, f"{next(turns)}/{path}", data=request.get_data(), headers=kept(request))
        return Response(told.content, told.status_code, without_hops(told.headers.items()))

    return in_thread_host(app)


def flask_urllib3(ports: list[int]) -> int:
    import urllib3
    from flask import Flask, Response, request

    app, turns, pool = Flask("peer"), targets(ports), urllib3.PoolManager(maxsize=64)

    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>")
    def carry(path: str) -> Response:
        told = pool.request(request.method, f"{next(turns)}/{path}", body=request.get_data(), headers=kept(request))
        return Response(told.data, told.status, without_hops(told.headers.items()))

    return in_thread_host(app)


def werkzeug_middleware(ports: list[int]) -> int:
    from werkzeug.middleware.http_proxy import ProxyMiddleware

    def absent(_environ: object, start: Callable[..., object]) -> list[bytes]:
        start("404 Not Found", [("Content-Length", "0")])
        return [b""]

    # It knows one target a path, and none at the root, so there is one of it for each backend, in turns, below /p.
    options = [{"/p": {"target": target, "remove_prefix": True}} for target in every_target(ports)]
    turns = itertools.cycle([ProxyMiddleware(absent, each) for each in options])

    def carry(environ: dict[str, object], start: Callable[..., object]) -> object:
        environ["PATH_INFO"] = f"/p{environ['PATH_INFO']}"
        return next(turns)(environ, start)

    return in_thread_host(carry)


def aiohttp(ports: list[int]) -> int:
    import threading

    from aiohttp import ClientSession, TCPConnector, web

    turns, listening = targets(ports), threading.Event()
    found: list[int] = []

    async def serve() -> None:
        async with ClientSession(connector=TCPConnector(limit=0), auto_decompress=False) as session:

            async def carry(request: web.Request) -> web.Response:
                fields = without_hops(request.headers.items())
                body = await request.read()
                async with session.request(
                    request.method, f"{next(turns)}{request.path_qs}", data=body, headers=fields
                ) as told:
                    return web.Response(
                        body=await told.read(), status=told.status, headers=dict(without_hops(told.headers.items()))
                    )

            app = web.Application()
            app.router.add_route("*", "/{path:.*}", carry)
            runner = web.AppRunner(app, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            found.append(runner.addresses[0][1])
            listening.set()
            await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    listening.wait(10)
    return found[0]


def in_thread_host(app: Callable[..., object]) -> int:
    from minisvc.host import ThreadHost

    host = ThreadHost("peer", lambda _name, _fence: app)
    host.start()
    return host.port


def every_target(ports: list[int]) -> list[str]:
    return [f"http://127.0.0.1:{port}" for port in ports]


def targets(ports: list[int]) -> Iterator[str]:
    return itertools.cycle(every_target(ports))


def kept(request) -> dict[str, str]:  # a Flask request, which is imported only where it is needed
    return dict(without_hops(request.headers.items()))


def without_hops(fields) -> list[tuple[str, str]]:
    return [(name, value) for name, value in fields if name.lower() not in HOP_BY_HOP | {"content-length", "host"}]


PEERS = {each.__name__: each for each in (statewise, flask_requests, flask_urllib3, werkzeug_middleware, aiohttp)}


def main() -> None:
    print(PEERS[sys.argv[1]]([int(port) for port in sys.argv[2:]]), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
