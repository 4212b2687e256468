"""`minisvc lab`: the notebooks, open in JupyterLab on this machine."""

from __future__ import annotations

import signal
import sys
from importlib.util import find_spec
from pathlib import Path

from minisvc.errors import MinisvcError
from minisvc.lab.app import open_app
from minisvc.lab.copies import hand_out
from minisvc.lab.errors import LabMissing, NoNotebooks
from minisvc.lab.server import ENDS, Server, pick_port, running

OWN_COPY = "statewise-notebooks"
START_PAGE = "index.ipynb"


def serve(
    notebooks: Path | None, *, open_browser: bool, port: int | None, app: bool = False, first: str | None = None
) -> int:
    """Serve notebooks with JupyterLab until Ctrl-C, and return the exit status of the command.

    Args:
        notebooks: a directory to serve in place; None for a writable copy of the lessons in
            ``./statewise-notebooks``, in which nobody's work is ever written over.
        open_browser: open the first notebook in the browser too; its address is always printed.
        port: a port on loopback; None for the first free one from 8888 on.
        app: serve a panel alone instead, with Voilà; then `notebooks` count for nothing.
        first: the notebook to begin with; None for the start page.

    Returns:
        0 after Ctrl-C or SIGTERM, 2 if the lab cannot open; one message on stderr says why.
    """
    before = {each: signal.signal(each, signal.default_int_handler) for each in ENDS}
    try:
        if app:
            return open_app(open_browser=open_browser, port=port)
        return _serve(notebooks, first, open_browser=open_browser, port=port)
    except MinisvcError as refused:
        print(refused, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nThe lab is closed.")
        return 0
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _serve(notebooks: Path | None, first: str | None, *, open_browser: bool, port: int | None) -> int:
    if find_spec("jupyterlab") is None:
        raise LabMissing
    root = _own_copy() if notebooks is None else notebooks.resolve()
    start = first_notebook(root)
    if first is not None and not (root / first).is_file():
        raise NoNotebooks(root, f"{first} is not in it")
    server = Server(root, first or start, pick_port(port))
    with running(server, open_browser=open_browser) as lab:
        lab.wait_until_ready()
        print(f"The lab is open:\n  {server.url}\nIt serves {root}. Ctrl-C closes it.", flush=True)
        status = lab.process.wait()
        if status:
            print(f"JupyterLab ended by itself with status {status}:\n{lab.said()}", file=sys.stderr)
    return 1 if status else 0


def first_notebook(root: Path) -> str:
    """The name of the start page in the directory `root`, else of its first notebook; raises `NoNotebooks`."""
    if not root.exists():
        raise NoNotebooks(root, "there is nothing of that name")
    if not root.is_dir():
        raise NoNotebooks(root, "it is a file, not a directory")
    names = sorted(path.name for path in root.glob("*.ipynb"))
    if not names:
        raise NoNotebooks(root, "no notebook (*.ipynb) is in it")
    return START_PAGE if START_PAGE in names else names[0]


def packaged_notebooks() -> Path:
    """Where the lessons are: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parents[1]
    inside = package / "notebooks"
    return inside if inside.is_dir() else package.parent / "notebooks"


def _own_copy() -> Path:
    source, target = packaged_notebooks(), Path.cwd() / OWN_COPY
    first_notebook(source)
    for copied in hand_out(source, target):
        print(copied.sentence, flush=True)
    return target
