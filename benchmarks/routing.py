"""Requests a second through our balancer and its peers, all before the same three thread instances.

`python benchmarks/routing.py [--rounds 5] [--seconds 2] [--only statewise nginx]`. Rounds are interleaved and
medians taken; only ratios of one run count. Needs nothing, and measures what it finds: nginx, haproxy, mitmdump and
wrk on PATH, aiohttp in the environment.
"""

import argparse
import contextlib
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import load
import peers
from flask import Flask, Response
from rich.console import Console
from rich.progress import track
from rich.table import Table

from minisvc.guarded import Guarded
from minisvc.host import ThreadHost
from minisvc.services import App

HERE = Path(__file__).parent
BODY = b'{"instance": "x", "items": ["apples", "bread"]}'
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 1000000;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder};
    uwsgi_temp_path {folder}; scgi_temp_path {folder};
    upstream pool {{ {servers} keepalive 64; keepalive_requests 1000000; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://pool; proxy_http_version 1.1; proxy_set_header Connection ""; }}
    }}
}}
"""
HAPROXY = """
global
    nbthread 1
defaults
    mode http
    timeout connect 1s
    timeout client 30s
    timeout server 30s
    http-reuse always
frontend front
    bind 127.0.0.1:{port}
    default_backend pool
backend pool
    balance roundrobin
{servers}
"""


BUDGET_SHARE = 0.7
"""Of NGINX's rate, before the tiny app. NGINX shares no interpreter with the instances, so ours must not either."""
COMPARED = "statewise, own process"


class Absent(Exception):
    """A peer that is not installed here."""


def tiny(_environ: object, start: Callable[..., object]) -> list[bytes]:
    """Nearly nothing, so that the balancer's own cost shows."""
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
    return [BODY]


flask = Flask(__name__)
"""What learners host. In one process it shares the interpreter's lock with the balancer."""


@flask.get("/")
def answer() -> Response:
    return Response(BODY, mimetype="application/json")


APPS: dict[str, App] = {"tiny": tiny, "flask": flask}


@contextlib.contextmanager
def instances(count: int, app: App) -> Iterator[list[int]]:
    with contextlib.ExitStack() as undo:
        hosts = [ThreadHost(chr(ord("a") + number), lambda _name, _fence: app) for number in range(count)]
        for host in hosts:
            undo.callback(host.stop)
            host.start()
        yield [host.port for host in hosts]


def open_nginx(undo: contextlib.ExitStack, ports: list[int]) -> int:
    servers = " ".join(f"server 127.0.0.1:{port};" for port in ports)
    return open_program(undo, "nginx", NGINX, servers, lambda path: ["-c", path, "-e", "stderr"])


def open_haproxy(undo: contextlib.ExitStack, ports: list[int]) -> int:
    servers = "\n".join(f"    server s{port} 127.0.0.1:{port}" for port in ports)
    return open_program(undo, "haproxy", HAPROXY, servers, lambda path: ["-q", "-f", path])


def open_program(
    undo: contextlib.ExitStack, name: str, template: str, servers: str, arguments: Callable[[str], list[str]]
) -> int:
    program, port = on_path(name), free_port()
    folder = Path(undo.enter_context(tempfile.TemporaryDirectory(prefix=f"statewise-{name}-")))
    (folder / "conf").write_text(template.format(folder=folder, port=port, servers=servers))
    undo.callback(Guarded([program, *arguments(str(folder / "conf"))], said=folder / "said").close)
    return wait_open(port)


def open_mitmproxy(undo: contextlib.ExitStack, ports: list[int]) -> int:
    program, port = on_path("mitmdump"), free_port()
    # It knows one target.
    options = ["--quiet", "--listen-host", "127.0.0.1", "--listen-port", str(port), "--set", "connection_strategy=lazy"]
    undo.callback(Guarded([program, *options, "--mode", f"reverse:http://127.0.0.1:{ports[0]}"]).close)
    return wait_open(port)


def open_python(name: str) -> Callable[[contextlib.ExitStack, list[int]], int]:
    def opened(undo: contextlib.ExitStack, ports: list[int]) -> int:
        command = [sys.executable, str(HERE / "peers.py"), name, *map(str, ports)]
        pipe = subprocess.PIPE
        peer = undo.enter_context(subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True))
        assert peer.stdin
        assert peer.stdout
        assert peer.stderr
        undo.callback(peer.stdin.close)
        line = peer.stdout.readline()
        if not line:
            raise Absent(peer.stderr.read().strip().rpartition("\n")[2])
        return int(line)

    return opened


def open_here(_undo: contextlib.ExitStack, ports: list[int]) -> int:
    return peers.statewise(ports)


PEERS: dict[str, Callable[[contextlib.ExitStack, list[int]], int]] = {
    "nginx": open_nginx,
    "haproxy": open_haproxy,
    "direct": lambda _undo, ports: ports[0],
    "statewise": open_here,
    "statewise, own process": open_python("statewise"),
    "Flask + requests": open_python("flask_requests"),
    "Flask + urllib3": open_python("flask_urllib3"),
    "werkzeug ProxyMiddleware": open_python("werkzeug_middleware"),
    "aiohttp": open_python("aiohttp"),
    "mitmproxy": open_mitmproxy,
}
"""Each opens one before the instances on these ports and returns the port where it listens."""


def on_path(name: str) -> str:
    program = shutil.which(name)
    if program is None:
        raise Absent(f"{name} is not on PATH")
    return program


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_open(port: int) -> int:
    ends_s = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > ends_s:
                raise
            time.sleep(0.01)
        else:
            return port


def measure(found: dict[str, int], rounds: int, seconds: int, connections: int) -> dict[str, list[load.Load]]:
    for port in found.values():
        load.run(port, seconds=1, connections=connections)  # warm
    measured: dict[str, list[load.Load]] = {name: [] for name in found}
    for _ in track(range(rounds), "rounds", transient=True):
        for name, port in found.items():
            measured[name].append(load.run(port, seconds=seconds, connections=connections))
    return measured


def table_of(measured: dict[str, list[load.Load]], title: str) -> Table:
    table = Table("balancer", "requests/s", "of NGINX", "of Flask + requests", "p50 ms", "range /s", title=title)
    rates = {name: [each.rate for each in loads] for name, loads in measured.items()}
    medians = {name: statistics.median(each) for name, each in rates.items()}
    for name, median in sorted(medians.items(), key=lambda item: -item[1]):
        shares = [f"{median / medians[peer]:.2f}" if peer in medians else "-" for peer in ("nginx", "Flask + requests")]
        p50_ms = statistics.median(each.p50_ms for each in measured[name])
        table.add_row(
            name, f"{median:,.0f}", *shares, f"{p50_ms:.2f}", f"{min(rates[name]):,.0f} to {max(rates[name]):,.0f}"
        )
    return table


def verdict(measured: dict[str, list[load.Load]]) -> str:
    ours, theirs = (statistics.median(each.rate for each in measured[name]) for name in (COMPARED, "nginx"))
    said = "kept" if ours / theirs >= BUDGET_SHARE else "MISSED"
    return f"At least {BUDGET_SHARE:g} of NGINX in a process of its own: {ours / theirs:.2f}, {said}."


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--rounds", type=int, default=5, help="interleaved rounds")
    options.add_argument("--seconds", type=int, default=2, help="of each measurement")
    options.add_argument("--connections", type=int, default=16, help="kept open at once")
    options.add_argument("--app", choices=APPS, default="tiny", help="what the instances run")
    options.add_argument("--only", nargs="+", choices=PEERS, default=list(PEERS), help="leave the others out")
    chosen = options.parse_args()
    console = Console(width=max(110, Console().width))
    with contextlib.ExitStack() as undo:
        ports = undo.enter_context(instances(3, APPS[chosen.app]))
        found = {}
        for name in chosen.only:
            try:
                found[name] = PEERS[name](undo, ports)
            except Absent as absent:
                console.print(f"[dim]{name}: left out, {absent}[/]")
        measured = measure(found, chosen.rounds, chosen.seconds, chosen.connections)
    rounds = f"{chosen.rounds} rounds of {chosen.seconds} s"
    title = f"{chosen.app} app, {chosen.connections} connections, {rounds}, load by {load.TOOL}"
    console.print(table_of(measured, title))
    if chosen.app == "tiny" and {COMPARED, "nginx"} <= measured.keys():
        console.print(verdict(measured))


if __name__ == "__main__":
    main()
