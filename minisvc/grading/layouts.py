"""A layout that a submission hands in: data, read with care, and only what the grader is willing to run itself."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from minisvc import layout_file
from minisvc.errors import LayoutError
from minisvc.grading.failed import Failed
from minisvc.layout import SERVICES, Layout

MOST_INSTANCES = 8
LONGEST_YAML = 20_000


def read(value: Any) -> Layout:
    """The layout in what an instance reported.

    Raises:
        Failed: it is none, or asks for what is not graded: code, processes, ports or servers of somebody's own.
    """
    text = value.get("layout") if isinstance(value, dict) else None
    if not isinstance(text, str) or len(text) > LONGEST_YAML:
        raise Failed("layout must be a Layout, such as Layout.of(...).")
    with tempfile.NamedTemporaryFile("w", suffix=".yaml", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        try:
            layout = layout_file.read(Path(file.name))
        except LayoutError as error:
            raise Failed(f"layout cannot be run: {'; '.join(error.faults)}") from None
    refused = "; ".join(_refusals(layout))
    if refused:
        raise Failed(f"layout cannot be graded: {refused}.")
    return layout


def _refusals(layout: Layout) -> list[str]:
    found = [
        f"service {each.service!r} is none of the lab's" for each in layout.services if each.service not in SERVICES
    ]
    found += [f"more than {MOST_INSTANCES} instances" for each in layout.services if each.instances > MOST_INSTANCES]
    found += ["a store's or database's address" for each in layout.services if each.store_url or each.database_url]
    found += ['host must be "thread"'] if layout.host != "thread" else []
    found += ['balancer must be "builtin"'] if layout.balancer != "builtin" else []
    return found + (["port must be 0"] if layout.port else [])
