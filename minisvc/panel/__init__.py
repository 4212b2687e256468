"""What a person sees of a cluster in a notebook: views, and nothing that code cannot do as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minisvc.panel.comparison import Comparison, compare
from minisvc.panel.stepping import step
from minisvc.panel.widget import Panel

if TYPE_CHECKING:
    from minisvc.cluster import Cluster

__all__ = ["Comparison", "Panel", "compare", "panel", "step"]


class _Open:
    """Opens views: `panel(cluster)`, and `panel.compare(a, b, c)`."""

    compare = staticmethod(compare)

    def __call__(self, cluster: Cluster) -> Panel:
        """Open a live view of a running `cluster`; several views of one cluster are fine.

        The view follows whatever is done to the cluster, by a button or by code, at most ten times a
        second. It stops when the cluster closes, or when its own `close()` is called.
        """
        return Panel(cluster)


panel = _Open()
