"""`minisvc`: open the lab, or run a service in the foreground for curl and a browser.

Exit status: 0 done (Ctrl-C is how a running lab or service ends), 2 bad usage or something that cannot be
run (the message is on stderr), 130 cancelled before it ran.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from minisvc import layout as known
from minisvc.errors import MinisvcError

CANCELLED = 128 + signal.SIGINT
ENDED = 128 + signal.SIGTERM


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    signal.signal(signal.SIGTERM, _terminate)
    try:
        asked = _parser().parse_args(argv)
        run: Callable[[argparse.Namespace], int] = asked.run
        return run(asked)
    except (MinisvcError, ImportError) as error:
        print(f"minisvc: {_without_lab(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return CANCELLED
    except BrokenPipeError:
        # Whoever read this has gone, as with `| head`: nothing more to say, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE


class _Parser(argparse.ArgumentParser):
    """Says what is wrong, what is allowed and what to do, in two lines."""

    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}\n  Try: {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="minisvc", description="Break tiny services and see what is lost.")
    parser.add_argument("--version", action="version", version=f"minisvc {version('statewise')}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    _add_lab(commands)
    _add_up(commands)
    return parser


def _add_lab(commands: Any) -> None:
    lab = commands.add_parser("lab", help="open the lessons in JupyterLab")
    lab.add_argument(
        "notebooks",
        nargs="?",
        type=Path,
        help="a folder of notebooks to open; otherwise a copy of the lessons",
    )
    lab.add_argument("--no-browser", action="store_true", help="only serve; open the printed address yourself")
    lab.add_argument("--port", type=int, help="the server's port (default: a free one, 8888 if it is)")
    lab.set_defaults(run=_lab)


def _add_up(commands: Any) -> None:
    default = known.Service()
    up = commands.add_parser("up", help="run a service until Ctrl-C, for curl and a browser")
    up.add_argument("service", nargs="?", default=default.service, help=_oneof(known.SERVICES, default.service))
    up.add_argument("--instances", default=str(default.instances), help=f"1 to {known.MOST_INSTANCES} (3)")
    up.add_argument("--state", default=default.state, help=_oneof(known.STATES, default.state))
    up.add_argument("--policy", default=default.policy, help=_oneof(known.POLICIES, default.policy))
    up.add_argument("--affinity", default="none", help=_oneof((*known.AFFINITIES, "none"), "none"))
    up.add_argument("--port", default="0", help="the balancer's port on 127.0.0.1 (0: a free one)")
    up.add_argument("--store", metavar="URL", help="a Redis to use for --state redis, in place of an embedded one")
    up.set_defaults(run=_up)


def _oneof(names: Sequence[str], default: str) -> str:
    return f"{', '.join(names)} ({default})"


def _lab(asked: argparse.Namespace) -> int:
    from minisvc.lab import serve  # noqa: PLC0415  # heavy, and needed by this command alone

    return serve(asked.notebooks, open_browser=not asked.no_browser, port=asked.port)


def _up(asked: argparse.Namespace) -> int:
    from minisvc.cluster import Cluster  # noqa: PLC0415  # heavy, and needed by this command alone

    layout = known.Layout.of(
        asked.service,
        instances=_number(asked.instances),
        state=asked.state,
        policy=asked.policy,
        affinity=None if asked.affinity == "none" else asked.affinity,
        port=_number(asked.port),
        store_url=asked.store,
    )
    with Cluster(layout) as cluster:
        where = f", kept in {cluster.store.kind} at {cluster.store.shown_url}" if cluster.store else ""
        service = layout.find()
        print(f"{service.name}: {service.instances} instances, state {service.state}{where}")
        print(f"  in a browser  {cluster.url}/")
        print(f"  with curl     curl -i -b jar -c jar -d item=apples {cluster.url}/cart/items")
        print("  Ctrl-C ends it.", flush=True)
        with contextlib.suppress(KeyboardInterrupt):  # the way to end it, no accident
            threading.Event().wait()
        print("\nStopping ...", flush=True)
    return 0


def _number(text: str) -> Any:
    """A whole number where `text` is one, else the text itself: the layout says what is wrong with it."""
    try:
        return int(text)
    except ValueError:
        return text


def _without_lab(error: Exception) -> str:
    """The message, or what to install if a part of the lab is missing."""
    if not isinstance(error, ImportError):
        return str(error)
    missing = error.name or str(error)
    return f'the lab\'s parts are not installed ("{missing}" is missing).\n  Run: pip install "statewise[lab]"'


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    # As an exception, so that every `with` on the way out closes what it opened.
    raise SystemExit(ENDED)
