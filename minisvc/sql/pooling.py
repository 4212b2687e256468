"""How many connections an engine keeps, and how long anybody waits for one."""

from __future__ import annotations

from typing import Any

TIMEOUT_S = 2.0
"""How long one operation may wait for a database that does not answer, or for a lock, or for a free connection."""
KEPT, MOST = 4, 8
"""Connections that are kept open, and the most there are, of one instance with one database."""

POOL: dict[str, Any] = {"pool_size": KEPT, "max_overflow": MOST - KEPT, "pool_timeout": TIMEOUT_S}
READS_ONLY = "reads_only"
"""The execution option of a transaction that will not write: `connection.execution_options(reads_only=True)`."""
