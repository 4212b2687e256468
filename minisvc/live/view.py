"""The live view: looks at the cluster a few times a second, draws, and does what keys say."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait

from rich.console import Console, Group
from rich.live import Live

from minisvc.cluster import Cluster
from minisvc.errors import MinisvcError
from minisvc.layout import Service
from minisvc.live import keys
from minisvc.live.addresses import browser, curl, stored
from minisvc.live.crowd import Switch
from minisvc.live.figures import Watch
from minisvc.live.screen import Head, Moment, Screen
from minisvc.live.terminal import Keyboard

EVERY_S = 0.25
AT_ONCE_S = 0.05
"""A command that is done within this time is never shown as under way."""
CARTS_EVERY = 4
"""Looks between two counts of the carts, for which a store may have to be asked."""


def watch(cluster: Cluster, name: str, traffic: Switch) -> None:
    """Show a running cluster on this terminal until q; the terminal is then as it was.

    Args:
        cluster: it stays open.
        name: the layout's, for the title.
        traffic: its simulated users, to be turned on and off by a key.

    Raises:
        KeyboardInterrupt: Ctrl-C.
        SystemExit: the terminal was closed.
    """
    View(cluster, name, traffic, Console(highlight=False)).run()


class View:
    """What the person has selected and been told, around a loop."""

    def __init__(self, cluster: Cluster, name: str, traffic: Switch, console: Console) -> None:
        self._cluster, self._name, self._traffic, self._console = cluster, name, traffic, console
        self._watch, self._commands = Watch(cluster), keys.available(cluster)
        self._selected, self._helping = 0, False
        self._said, self._bad = "", False
        self._under_way: Future[object] | None = None
        self._figures = self._watch.look()

    def run(self) -> None:
        """Look, draw and obey until q."""
        live = Live(
            console=self._console, screen=True, auto_refresh=False, redirect_stdout=False, redirect_stderr=False
        )
        # Commands may take their time (a restart waits for its instance): the picture goes on.
        with (
            ThreadPoolExecutor(1, "live-command") as worker,
            _hanging_no_more(self._cluster),
            _picture(live),
            Keyboard(live.stop, live.start) as keyboard,
        ):
            looks = 0
            while True:
                if looks % CARTS_EVERY == 0:
                    self._watch.count_carts()
                looks += 1
                self._settle()
                self._figures = self._watch.look()
                self._draw(live)
                for key in keyboard.wait(EVERY_S):
                    looks = 0  # what a key changes is counted at once
                    if key == "q":
                        return
                    self._obey(key, worker)

    def _obey(self, key: str, worker: ThreadPoolExecutor) -> None:
        place = keys.select(key, self._selected, len(self._figures.rows))
        command = next((each for each in self._commands if each.key == key), None)
        if place is not None:
            self._selected = place
        elif key == "?" or (key == "esc" and self._helping):
            self._helping = not self._helping
        elif command and self._settle():
            aim = keys.Aim(self._cluster, self._figures.rows[self._selected], self._traffic)
            self._said, self._bad, self._helping = f"{command.says(aim)} ...", False, False
            self._under_way = worker.submit(command.run, aim)
            wait([self._under_way], AT_ONCE_S)
        elif command:
            self._said = f"{self._said.removesuffix(' Wait.')} Wait."

    def _settle(self) -> bool:
        """Tell what became of the command that was under way; False while it still is."""
        if self._under_way is None:
            return True
        if not self._under_way.done():
            return False
        error = self._under_way.exception()
        self._under_way = None
        self._bad = error is not None
        self._said = _told(error) if error else ""
        return True

    def _draw(self, live: Live) -> None:
        self._selected = min(self._selected, len(self._figures.rows) - 1)
        screen = Screen(*self._console.size, ascii_only=self._console.options.ascii_only)
        moment = Moment(
            self._head(), self._figures, self._commands, self._selected, self._said, self._bad, self._helping
        )
        live.update(Group(*screen.draw(moment)), refresh=True)

    def _head(self) -> Head:
        cluster = self._cluster
        users = len(cluster.users)
        traffic = f"{self._traffic.rate:g} requests/s" if self._traffic.is_on else "at rest"
        return Head(
            self._name,
            browser(cluster),
            curl(cluster),
            tuple(self._service(each) for each in cluster.layout.services),
            f"{users} simulated users, {traffic}" if users else "no simulated users",
        )

    def _service(self, service: Service) -> str:
        sticky = "sticky off" if service.affinity is None else f"sticky by {service.affinity}"
        where = stored(self._cluster, service.name)
        path = f" at {service.path}" if len(self._cluster.layout.services) > 1 else ""
        return f"{service.name}{path}: state in {service.state}{where}, {service.policy}, {sticky}"


@contextlib.contextmanager
def _hanging_no_more(cluster: Cluster) -> Iterator[None]:
    """Let what hangs go on at the end: a command that waits for its answers would keep everybody waiting."""
    try:
        yield
    finally:
        for each in cluster.backends:
            if each.status == "hung":
                cluster.resume(each.name)


@contextlib.contextmanager
def _picture(live: Live) -> Iterator[None]:
    """The alternate screen, left again however this ends."""
    live.start()
    try:
        yield
    finally:
        try:
            live.stop()
        except OSError:
            # The terminal is closed: nothing is left to restore, and nobody to tell.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told(error: BaseException) -> str:
    """An error in one line; what the lab did not raise on purpose is named by its class."""
    said = " ".join(str(error).split())
    return said if isinstance(error, MinisvcError) else f"{type(error).__name__}: {said}"
