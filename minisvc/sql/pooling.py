"""How many connections an engine keeps, and how long anybody waits for one."""

from __future__ import annotations

from typing import Any

TIMEOUT_S = 2.0
"""How long one operation may wait for a database that does not answer, or for a lock, or for a free connection."""
KEPT, MOST = 4, 8
"""Connections that are kept open, and the most there are, of one instance with one database."""

READS_ONLY = "reads_only"
"""The execution option of a transaction that will not write: `connection.execution_options(reads_only=True)`."""


def bounded(timeout_s: float) -> dict[str, Any]:
    """The options of such an engine; who waits longer for a free connection is told so."""
    return {"pool_size": KEPT, "max_overflow": MOST - KEPT, "pool_timeout": timeout_s}
