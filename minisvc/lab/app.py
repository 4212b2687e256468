"""`minisvc lab --voila`: one panel alone as an app in the browser, without cells and without JupyterLab.

Voilà runs a notebook anew for each page that is opened, in a kernel of its own, and shows what it puts out. So every
page has a cluster of its own, which goes when the page is closed.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from minisvc.lab.errors import VoilaMissing
from minisvc.lab.server import HOST, Server, pick_port, running

NOTEBOOK = "panel.ipynb"
CELLS = (
    "from minisvc import Cluster\nfrom minisvc.panel import panel",
    'shop = Cluster("cart", instances=3, state="memory", affinity="cookie").start()\nshop.add_users(4)\npanel(shop)',
)


@dataclass(frozen=True, slots=True)
class App(Server):
    """Voilà with that notebook."""

    @property
    def url(self) -> str:
        """The address to open, with the token that lets one in."""
        return f"http://{HOST}:{self.port}/?token={self.token}"

    @property
    def probe(self) -> str:
        """A path that answers 200 without running the notebook."""
        return "/voila/static/voila.js"

    def command(self, *, open_browser: bool) -> list[str]:
        """The command line. The token is in a file that only its owner can read."""
        return [
            *(sys.executable, "-m", "voila", str(self.root / self.notebook)),
            *(f"--Voila.ip={HOST}", f"--port={self.port}", "--Voila.log_level=ERROR"),
            *(f"--Voila.config_file_paths={self.root}", "--VoilaConfiguration.theme=light"),
            *([] if open_browser else ["--no-browser"]),
        ]


def open_app(*, open_browser: bool, port: int | None) -> int:
    """Serve the panel until Ctrl-C, and return the exit status.

    Raises:
        VoilaMissing: Voilà is not installed.
        PortTaken: somebody has that port.
        ServerFailed: it ends by itself, or does not answer.
    """
    if find_spec("voila") is None:
        raise VoilaMissing
    with _written() as root:
        server = App(root, NOTEBOOK, pick_port(port))
        _lock_in(server)
        with running(server, open_browser=open_browser) as app:
            app.wait_until_ready()
            print(
                f"The panel is open:\n  {server.url}\nEach page has a cluster of its own. Ctrl-C closes it.", flush=True
            )
            status = app.process.wait()
            if status:
                print(f"Voilà ended by itself with status {status}:\n{app.said()}", file=sys.stderr)
    return 1 if status else 0


@contextmanager
def _written() -> Iterator[Path]:
    """The app's notebook in a folder of its own."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"app-{number}",
            "execution_count": None,
            "metadata": {},
            "outputs": [],
            "source": each,
        }
        for number, each in enumerate(CELLS)
    ]
    with tempfile.TemporaryDirectory(prefix="statewise-app-") as scratch:
        book = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
        Path(scratch, NOTEBOOK).write_text(json.dumps(book), encoding="utf-8")
        yield Path(scratch)


def _lock_in(server: App) -> None:
    # Other users of the machine can read command lines, and not this file.
    opened = os.open(server.root / "voila.json", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "w", encoding="utf-8") as config:
        json.dump({"Voila": {"token": server.token}}, config)
