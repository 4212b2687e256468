"""The inside of an instance's process: it gives up its rights, runs the submission's cells, and serves its app."""

from __future__ import annotations

import json
import os
import socket
import sys
import threading
import traceback
from types import ModuleType
from typing import Any, NoReturn
from urllib.parse import quote

from flask import Flask, Response, g, got_request_exception

from minisvc import layout_file
from minisvc.errors import MinisvcError
from minisvc.fence import Fence
from minisvc.grading.sandbox.birth import RAISED, Birth, Work
from minisvc.grading.sandbox.cell import Cell
from minisvc.grading.sandbox.orphans import die_with_parent
from minisvc.grading.sandbox.rights import give_up
from minisvc.host.life import Life
from minisvc.host.wsgi import base_environ
from minisvc.layout import Layout
from minisvc.services import make_app

MODULE = "submission"
FACTORY = "create_app"
LONGEST_WORDS = 600


def live(listener: socket.socket, report: int, work: Work, birth: Birth) -> NoReturn:
    """Become an instance. Never returns: the warden kills it, or it ends by itself."""
    status = 1
    try:
        os.setsid()
        die_with_parent()
        os.environ.clear()
        os.environ.update(birth.environment)
        os.chdir(birth.folder)
        give_up(work, birth, lambda words: _tell(report, refused=words))
        _live(listener, report, work, birth)
        status = 0
    except BaseException as error:  # noqa: BLE001  # there is nobody above to raise it to
        _tell(report, unable=_words(error))
    finally:
        os._exit(status)


def _live(listener: socket.socket, report: int, work: Work, birth: Birth) -> None:
    module = ModuleType(MODULE)
    sys.modules[MODULE] = module
    errors = {cell.name: words for cell in work.cells if (words := _run(cell, module))}
    errors |= {"": words} if (words := _unfinished(work.cells, errors)) else {}
    values = {name: _portable(getattr(module, name)) for name in work.exports if hasattr(module, name)}
    serves = hasattr(module, FACTORY)
    if serves and "" not in errors:
        app = make_app(f"{MODULE}:{FACTORY}", birth.name)
        if isinstance(app, Flask):
            _tell_raised(app)
        Life(listener, app, Fence(birth.name), base_environ(MODULE, listener.getsockname()[1]), []).begin()
    _tell(report, up=serves, values=values, errors=errors)
    threading.Event().wait()


def _run(cell: Cell, module: ModuleType) -> str:
    """Run a cell; returns what it raised, in words, as a notebook goes on after a cell that fails."""
    try:
        exec(compile(cell.python, cell.name, "exec"), module.__dict__)  # noqa: S102  # what this process is for
    except BaseException as error:  # noqa: BLE001  # SystemExit too: the next cell runs in a notebook as well
        return _words(error)
    return ""


def _tell_raised(app: Flask) -> None:
    """Let each 500 carry what the app raised, in a field of its own: that helps a learner, a bare 500 does not."""

    def remember(_app: Flask, exception: BaseException, **_: Any) -> None:
        g.statewise_raised = _words(exception)

    def told(response: Response) -> Response:
        if words := g.get("statewise_raised"):
            response.headers[RAISED] = quote(words)
        return response

    got_request_exception.connect(remember, app, weak=False)
    app.after_request(told)


def _unfinished(cells: tuple[Cell, ...], errors: dict[str, str]) -> str:
    """Which cell still has the stub in place of an answer ("" for none)."""
    stubs = [cell.name for cell in cells if errors.get(cell.name, "").startswith(NotImplementedError.__name__)]
    return f'The cell "{stubs[0]}" has no answer yet.' if stubs else ""


def _portable(value: Any) -> Any:
    """A value as JSON has it; a layout as its YAML; None for what is neither."""
    if isinstance(value, Layout):
        return {"layout": layout_file.write(value)}
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return None
    return value


def _words(error: BaseException) -> str:
    """Such as "NameError: name 'x' is not defined (line 3)"."""
    kind, said = type(error).__name__, " ".join(str(error).split())
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if not frame.filename.startswith("/")]
    line = f" (line {lines[-1]})" if lines and not isinstance(error, MinisvcError | SyntaxError) else ""
    return f"{kind}{said and ': '}{said}{line}"[:LONGEST_WORDS]


def _tell(report: int, **facts: Any) -> None:
    """One line of JSON to the grader."""
    os.write(report, json.dumps(facts).encode() + b"\n")
