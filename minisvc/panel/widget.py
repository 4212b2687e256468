"""The live view: what the browser sees of a cluster, and how its buttons reach it.

Three threads meet here. The notebook's own brings a click and goes on at once; one pair of hands obeys
clicks, in their order; one publisher looks at the cluster, at most ten times a second, and sends what
changed. Only the publisher writes the synced traits.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context, copy_context
from dataclasses import asdict, replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import traitlets as t

from minisvc.errors import MinisvcError
from minisvc.panel.commands import obey
from minisvc.panel.picture import Picture, picture
from minisvc.panel.shown import Shown
from minisvc.panel.still import svg, text
from minisvc.panel.story import Story

if TYPE_CHECKING:
    from minisvc.cluster import Cluster
    from minisvc.exchange import Exchange

HERE = Path(__file__).parent
TICK_S = 0.1
IDLE_S = 1.0
"""Between two looks while no view is open."""
STILL_EVERY = 30
"""Ticks between two still pictures for the file: one in three seconds, and only after a change."""
MOST_DOTS = 24
"""Requests drawn of one tick; every one is counted, but more dots than this are a blur."""


class Panel(Shown):
    """A view of one running cluster. Display it; call `close()` to end it before the cluster ends."""

    _esm = HERE / "panel.js"
    _css = HERE / "panel.css"

    picture = t.Dict().tag(sync=True)
    log: t.List[dict[str, Any]] = t.List().tag(sync=True)
    history = t.Dict().tag(sync=True)

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._story = Story(cluster)
        # How many views are open; None until the first one spoke, for it may have to wait for a cell.
        self._views: int | None = None
        self._context: Context = copy_context()
        self._wake, self._ended = threading.Event(), threading.Event()
        self._story.read()
        self._seen: Picture = picture(cluster, self._story.contradicted)
        self._stale, self._unsent = 0, False
        super().__init__()
        self._publish()
        self.on_msg(self._hear)
        self._hands = ThreadPoolExecutor(1, thread_name_prefix="panel-hands")
        self._publisher = threading.Thread(target=self._follow, name="panel-publisher", daemon=True)
        self._publisher.start()

    def close(self) -> None:
        """Stop following the cluster and take the view away; a second call does nothing."""
        self._end()
        if threading.current_thread() is not self._publisher:
            self._publisher.join(timeout=2)
        super().close()

    def still_svg(self) -> str:
        """The present picture as an SVG document that carries its own colours."""
        return svg(self._seen, tuple(self._story.lines))

    def still_html(self) -> str:
        """The present picture as an image with the same in words beside it."""
        source = b64encode(self.still_svg().encode()).decode()
        return f'<img alt="{escape(self.still_text())}" src="data:image/svg+xml;base64,{source}">'

    def still_text(self) -> str:
        """The present picture in a few lines of words."""
        return text(self._seen)

    # A view speaks.

    def _hear(self, _: object, content: dict[str, Any], __: object) -> None:
        # A kernel takes a view's next message on the channel of the last answer. Answers in the context
        # of the view's own message keep clicks on theirs; else a click waits while a cell runs.
        self._context = copy_context()
        command = content.get("command")
        if command in ("hello", "bye"):
            self._views = max(0, (self._views or 0) + (1 if command == "hello" else -1))
        elif command != "here" and not self._ended.is_set():
            self._hands.submit(copy_context().run, self._obey, content)
            return
        self._unsent = True
        self._wake.set()

    def _obey(self, request: dict[str, Any]) -> None:
        error = None
        try:
            obey(self._cluster, request)
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
                if not self._cluster.is_open:
                    self._end()
                self._look()
        except Exception as broken:  # noqa: BLE001 - a thread's exception shows nowhere but here
            self._end()
            with suppress(Exception):  # the kernel itself may be gone
                self.send({"kind": "broken", "error": f"{type(broken).__name__}: {broken}"})

    def _look(self) -> None:
        told = self._story.told
        try:
            exchanges = self._story.read()
            seen = self._present()
        except MinisvcError:
            return  # the cluster closed between two looks; the next one sees that
        changed = seen != self._seen or bool(exchanges) or told != self._story.told
        self._seen, self._unsent = seen, self._unsent or changed
        if self._unsent and self._views != 0:
            self._unsent = False
            self._context.copy().run(self._publish, exchanges)
        self._keep_still(changed)

    def _present(self) -> Picture:
        if self._ended.is_set():
            return replace(self._seen, closed=True, traffic=False)
        return picture(self._cluster, self._story.contradicted)

    def _publish(self, exchanges: tuple[Exchange, ...] = ()) -> None:
        story = self._story
        with self.hold_sync():
            self.picture = asdict(self._seen)
            self.log = [asdict(line) for line in story.lines]
            self.history = {
                "now_s": story.now_s,
                "seconds": [[at_s, s.served, s.failed, s.lost] for at_s, s in story.seconds.items()],
                "outages": [asdict(outage) for outage in story.outages],
            }
        self._send_dots(exchanges)

    def _send_dots(self, exchanges: tuple[Exchange, ...]) -> None:
        dots = [
            {
                "user": each.user,
                "backend": each.backend,
                "served": each.served,
                "lost": each.lost,
                "why": each.why,
            }
            for each in exchanges[-MOST_DOTS:]
        ]
        if dots:
            self.send({"kind": "dots", "dots": dots})

    def _keep_still(self, changed: bool) -> None:
        """Now and then, and at the end, leave the present picture in the file."""
        self._stale += changed or self._stale > 0
        if self._stale >= STILL_EVERY or (self._stale and self._ended.is_set()):
            self._stale = 0
            self.refresh_still()

    def _end(self) -> None:
        self._ended.set()
        self._wake.set()
        self._hands.shutdown(wait=False, cancel_futures=True)
