"""`minisvc compare`: places of state side by side, measured."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from minisvc.commands.values import MOST_SEED, number, refuse_unwritable


def add(commands: Any) -> None:
    """Say what may be asked."""
    compare = commands.add_parser("compare", help="measure places of state side by side")
    compare.add_argument(
        "states",
        nargs="*",
        metavar="STATE",
        help='a state, or a form or mechanism that "minisvc mechanisms" lists (the usual form of each)',
    )
    compare.add_argument("--seed", metavar="N", help="for all that is left to chance (1)")
    compare.add_argument("--json", action="store_true", help="print JSON and nothing else")
    compare.add_argument("--html", metavar="FILE", type=Path, help="write a page that stands alone")
    compare.set_defaults(run=run)


def run(asked: argparse.Namespace) -> int:
    """Measure all of them, and print the table."""
    from minisvc.claims.comparison import compare, places  # noqa: PLC0415
    from minisvc.claims.comparison_page import page  # noqa: PLC0415
    from minisvc.live.comparison import drawn  # noqa: PLC0415
    from minisvc.live.printing import printed  # noqa: PLC0415
    from minisvc.live.waiting import Waiting  # noqa: PLC0415

    seed = int(number("--seed", asked.seed, 0, MOST_SEED, 1))
    wanted = places(*asked.states)
    if asked.html:
        refuse_unwritable(asked.html)
    with Waiting(len(wanted)) as waiting:
        found = compare(*asked.states, seed=seed, begun=waiting.next)
    if asked.html:
        asked.html.write_text(page(found), encoding="utf-8")
    if asked.json:
        sys.stdout.write(json.dumps(found.data(), indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    else:
        printed(lambda pen: drawn(found, pen))
    return 0
