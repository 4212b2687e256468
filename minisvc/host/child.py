"""The inside of an instance's process: the same server as in a thread, and an ear for orders."""

from __future__ import annotations

import os
import pickle
import socket
import sys
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from minisvc.fence import Fence
from minisvc.host.life import Life
from minisvc.host.orders import Birth, Order, Reply, portable
from minisvc.host.wsgi import base_environ


def live(listener: socket.socket, control: Connection) -> None:
    """Become an instance, and end this process with it. Never returns.

    The process also ends when the other side of `control` is closed, which happens when its owner dies.
    """
    status = 1
    try:
        control.send(os.getpid())
        birth: Birth = control.recv()
        _settle_in(birth)
        _serve(birth, listener, control)
        status = 0
    except (EOFError, ConnectionError):
        # The owner is gone.
        status = 0
    except BaseException:  # noqa: BLE001  # there is nobody above to raise it to
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        # At once: handlers may still compute, and what the nursery has registered for its exit is not ours.
        os._exit(status)


def _settle_in(birth: Birth) -> None:
    sys.path[:] = birth.paths
    os.environ.clear()
    os.environ.update(birth.environment)
    os.chdir(birth.directory)


def _serve(birth: Birth, listener: socket.socket, control: Connection) -> None:
    try:
        life = _born(birth, listener)
    except BaseException as error:  # noqa: BLE001  # it is raised in the owner's process
        control.send(Reply(0, errors=(portable(error, birth.name),)))
        return
    control.send(Reply(0))
    what: dict[str, Callable[[Any], Any]] = {
        "drain": lambda _: life.finish(),
        "stop": lambda grace_s: _stop(life, grace_s),
        "tell": lambda message: _tell(life, message),
        "sessions": lambda _: _sessions(life),
        "reset": lambda _: life.end_by_resets(),
    }
    while True:
        order: Order = control.recv()
        try:
            reply = Reply(order.number, what[order.what](order.argument))
        except BaseException as error:  # noqa: BLE001  # it is raised in the owner's process
            reply = Reply(order.number, errors=(portable(error, birth.name),))
        if order.what == "stop":
            reply = Reply(order.number, errors=tuple(portable(error, birth.name) for error in life.errors))
        control.send(reply)
        if order.what == "stop":
            return


def _born(birth: Birth, listener: socket.socket) -> Life:
    fence = Fence(birth.name)
    app = pickle.loads(birth.factory)(birth.name, fence)  # noqa: S301  # from our own parent
    base = base_environ(birth.service, birth.port, birth.mount) | {"wsgi.multiprocess": True}
    life = Life(listener, app, fence, base, [])
    life.begin()
    return life


def _stop(life: Life, grace_s: float) -> None:
    life.finish()
    life.wait_idle(grace_s)
    life.kill()


def _tell(life: Life, message: bytes) -> bool:
    receive = getattr(life.app, "receive", None)
    if receive is not None:
        receive(pickle.loads(message))  # noqa: S301  # from our own parent
    return receive is not None


def _sessions(life: Life) -> dict[str, dict[str, Any]]:
    sessions = getattr(life.app, "sessions", None)
    return dict(sessions()) if sessions else {}
