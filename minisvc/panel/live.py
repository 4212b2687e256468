"""A live view of one or more clusters: when to look, when to send, and how its buttons reach them.

Four threads meet here. The notebook's own brings a click and goes on at once; one pair of hands obeys clicks, in their
order; another does what may have to wait for an instance that hangs; one publisher looks at the clusters, at most ten
times a second, and sends what changed. Only the publisher writes the synced traits.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from html import escape
from typing import TYPE_CHECKING, Any

from minisvc.errors import MinisvcError
from minisvc.panel.controls import let_go
from minisvc.panel.shown import Shown
from minisvc.panel.watch import Watch

if TYPE_CHECKING:
    from minisvc.cluster import Cluster

TICK_S = 0.1
IDLE_S = 1.0
"""Between two looks while no view is open."""
STILL_EVERY = 30
"""Ticks between two still pictures for the file: one in three seconds, and only after a change."""


class Live(Shown):
    """A view that follows clusters until they close, or until its own `close()`.

    A subclass says in `_obeyed` what a click does, in `_waits` which clicks may have to wait, and in `_show` what is
    synced.
    """

    def __init__(self, clusters: Iterable[Cluster]) -> None:
        self._watches = tuple(Watch(each) for each in clusters)
        # How many views are open; None until the first one spoke, for it may have to wait for a cell.
        self._views: int | None = None
        self._context: Context = copy_context()
        self._wake, self._ended = threading.Event(), threading.Event()
        self._stale, self._unsent = 0, False
        super().__init__()
        self._publish()
        self.on_msg(self._hear)
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="panel-hands")
        self._patient = ThreadPoolExecutor(1, thread_name_prefix="panel-patient")
        self._publisher = threading.Thread(target=self._follow, name="panel-publisher", daemon=True)
        self._publisher.start()

    def close(self) -> None:
        """Stop following and take the view away; a second call does nothing."""
        self._end()
        if threading.current_thread() is not self._publisher:
            self._publisher.join(timeout=2)
        super().close()

    def still_html(self) -> str:
        """The present look as an image with the same in words beside it."""
        source = b64encode((self.still_svg() or "").encode()).decode()
        return f'<img alt="{escape(self.still_text())}" src="data:image/svg+xml;base64,{source}">'

    def still_text(self) -> str:
        """The present look in a few lines of words."""
        return "\n\n".join(each.still_text() for each in self._watches)

    def _obeyed(self, request: Mapping[str, object]) -> Mapping[str, object] | None:
        """Do what a click asks for, and return a message for the views, if there is something to tell."""
        raise NotImplementedError

    def _waits(self, request: Mapping[str, object]) -> bool:
        """Whether that may have to wait for an instance that hangs."""
        raise NotImplementedError

    def _show(self) -> None:
        """Bring the synced traits up to date."""
        raise NotImplementedError

    # A view speaks.

    def _hear(self, _: object, content: dict[str, Any], __: object) -> None:
        # A kernel takes a view's next message on the channel of the last answer. Answers in the context
        # of the view's own message keep clicks on theirs; else a click waits while a cell runs.
        self._context = copy_context()
        command = content.get("command")
        if command in ("hello", "bye"):
            self._views = max(0, (self._views or 0) + (1 if command == "hello" else -1))
        elif command != "here" and not self._ended.is_set():
            crew = self._patient if self._waits(content) else self._hands
            crew.submit(copy_context().run, self._obey, content)
            return
        self._unsent = True
        self._wake.set()

    def _obey(self, request: dict[str, Any]) -> None:
        error = None
        try:
            told = self._obeyed(request)
            if told:
                self.send(told)
        except MinisvcError as refused:
            error = str(refused)
        except Exception as bug:  # noqa: BLE001 - a thread's exception shows nowhere but here
            error = f"{type(bug).__name__}: {bug}"
        self._wake.set()
        self.send({"kind": "done", "number": request.get("number"), "error": error})

    # The publisher looks and sends.

    def _follow(self) -> None:
        try:
            while not self._ended.is_set():
                self._wake.wait(IDLE_S if self._views == 0 else TICK_S)
                self._wake.clear()
                if not all(each.cluster.is_open for each in self._watches):
                    self._end()
                self._look()
        except Exception as broken:  # noqa: BLE001 - a thread's exception shows nowhere but here
            self._end()
            with suppress(Exception):  # the kernel itself may be gone
                self.send({"kind": "broken", "error": f"{type(broken).__name__}: {broken}"})

    def _look(self) -> None:
        looks = [each.look() for each in self._watches]  # all of them look, whatever the first one saw
        changed = any(looks)
        self._unsent = self._unsent or changed
        if self._unsent and self._views != 0:
            self._unsent = False
            self._context.copy().run(self._publish)
        self._keep_still(changed)

    def _publish(self) -> None:
        with self.hold_sync():
            self._show()
        for place, each in enumerate(self._watches):
            dots = each.dots()
            if dots:
                self.send({"kind": "dots", "part": place, "dots": dots})

    def _keep_still(self, changed: bool) -> None:
        """Now and then, and at the end, leave the present picture in the file."""
        self._stale += changed or self._stale > 0
        if self._stale >= STILL_EVERY or (self._stale and self._ended.is_set()):
            self._stale = 0
            self.refresh_still()

    def _end(self) -> None:
        self._ended.set()
        for each in self._watches:
            each.ended = True
            if not each.cluster.is_open:
                let_go(each.cluster)
        self._wake.set()
        for crew in (self._hands, self._patient):
            crew.shutdown(wait=False, cancel_futures=True)
