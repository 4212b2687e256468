"""One cluster under a view's eyes: what it looks like now, what changed since, and what a browser is told of it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from minisvc.errors import MinisvcError
from minisvc.panel.picture import Picture, picture
from minisvc.panel.still import svg, text
from minisvc.panel.story import Story

if TYPE_CHECKING:
    from minisvc.cluster import Cluster
    from minisvc.exchange import Exchange

MOST_DOTS = 24
"""Requests drawn of one look; every one is counted, but more dots than this are a blur."""


class Watch:
    """Looks at one cluster.

    Attributes:
        cluster: what it looks at.
        seen: as it looked last.
        story: what has happened.
        ended: nobody looks any more; the last picture says "closed".
    """

    def __init__(self, cluster: Cluster) -> None:
        self.cluster, self.ended = cluster, False
        self.story = Story(cluster)
        self.story.read()
        self._fresh: tuple[Exchange, ...] = ()
        self.seen: Picture = picture(cluster, self.story.contradicted, self.story.ailing)

    def look(self) -> bool:
        """Look once; whether anything changed."""
        told = self.story.told
        try:
            exchanges = self.story.read()
            seen = self._present()
        except MinisvcError:
            return False  # the cluster closed between two looks; the next one sees that
        changed = seen != self.seen or bool(exchanges) or told != self.story.told
        self.seen, self._fresh = seen, (*self._fresh, *exchanges)[-MOST_DOTS:]
        return changed

    def history(self) -> dict[str, Any]:
        """The time line: the last minute's seconds and faults."""
        story = self.story
        return {
            "now_s": story.now_s,
            "seconds": [[at_s, s.served, s.failed, s.lost] for at_s, s in story.seconds.items()],
            "outages": [asdict(outage) for outage in story.outages],
        }

    def log(self) -> list[dict[str, Any]]:
        """The sentences."""
        return [asdict(line) for line in self.story.lines]

    def dots(self) -> list[dict[str, Any]]:
        """The requests since the last call, at most `MOST_DOTS`."""
        fresh, self._fresh = self._fresh, ()
        return [_dot(each) for each in fresh]

    def still_svg(self) -> str:
        """The present picture as an SVG document."""
        return svg(self.seen, tuple(self.story.lines))

    def still_text(self) -> str:
        """The present picture in words."""
        return text(self.seen)

    def _present(self) -> Picture:
        if self.ended:
            return replace(self.seen, closed=True, traffic=False)
        return picture(self.cluster, self.story.contradicted, self.story.ailing)


def _dot(each: Exchange) -> dict[str, Any]:
    return {"user": each.user, "backend": each.backend, "served": each.served, "lost": each.lost, "why": each.why}
