"""`minisvc claims`: what the field asserts, and whether it holds on this machine."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minisvc.commands.values import MOST_SEED, number, refuse_unwritable
from minisvc.errors import MinisvcError, did_you_mean

if TYPE_CHECKING:
    from minisvc.claims import Claim, Result
    from minisvc.claims.history import History
    from minisvc.live.waiting import Waiting

REFUTED, INTERRUPTED = 1, 130
"""Exit statuses."""


class WrongChoice(MinisvcError):
    """Claims or a group that nobody knows. `faults` has one sentence for each, all of them at once."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join([*self.faults, "  minisvc claims lists them all."]))


def add(commands: Any) -> None:
    """Say what may be asked."""
    claims = commands.add_parser("claims", help="list what the field asserts, and try it on running services")
    claims.add_argument("--markdown", action="store_true", help="print all about every claim as Markdown")
    claims.set_defaults(run=show)
    actions = claims.add_subparsers(metavar="ACTION", title="actions")
    tried = actions.add_parser("run", help="try claims: all, those of a group, or those that are named")
    tried.add_argument("ids", nargs="*", metavar="ID", help='such as "crash-loses-share" (all)')
    tried.add_argument("--group", metavar="G", help="all of a group, such as where-state-lives")
    tried.add_argument("--seed", metavar="N", help="for all that is left to chance (1)")
    tried.add_argument("--json", action="store_true", help="print JSON and nothing else")
    tried.add_argument("--html", metavar="FILE", type=Path, help="write a page that stands alone")
    tried.set_defaults(run=run)


def show(asked: argparse.Namespace) -> int:
    """Print the list, with the last results."""
    from minisvc import claims  # noqa: PLC0415
    from minisvc.claims.history import History  # noqa: PLC0415
    from minisvc.claims.reference import markdown  # noqa: PLC0415
    from minisvc.live.printing import printed  # noqa: PLC0415
    from minisvc.live.verdicts import listed  # noqa: PLC0415

    if asked.markdown:
        sys.stdout.write(markdown())
        return 0
    last = History().all()
    printed(lambda pen: listed(claims.every(), last, pen))
    return 0


def run(asked: argparse.Namespace) -> int:
    """Try them one after the other, and say of each what came of it."""
    from minisvc.claims.history import History  # noqa: PLC0415
    from minisvc.claims.page import page  # noqa: PLC0415
    from minisvc.live.waiting import Waiting  # noqa: PLC0415

    seed = int(number("--seed", asked.seed, 0, MOST_SEED, 1))
    chosen = wanted(asked.ids, asked.group)
    if asked.html:
        refuse_unwritable(asked.html)
    results: list[Result] = []
    interrupted = False
    try:
        with Waiting(len(chosen)) as waiting:
            _try(chosen, seed, results, waiting, _Told(History(), quiet=asked.json))
    except KeyboardInterrupt:
        interrupted = True
    _sum_up(results, len(chosen), seed, as_json=asked.json)
    if asked.html:
        asked.html.write_text(page(results), encoding="utf-8")
    return INTERRUPTED if interrupted else _status(results)


class _Told:
    """Says what came of each claim, and remembers it."""

    def __init__(self, history: History, *, quiet: bool) -> None:
        self._history, self._quiet = history, quiet
        self._complained = False

    def tell(self, result: Result) -> None:
        from minisvc.claims.history import CannotKeep  # noqa: PLC0415
        from minisvc.live.printing import printed  # noqa: PLC0415
        from minisvc.live.verdicts import told  # noqa: PLC0415

        if not self._quiet:
            printed(lambda pen: told(result, pen))
        try:
            self._history.keep(result)
        except CannotKeep as error:
            if not self._complained:
                print(f"minisvc: {error}", file=sys.stderr)
            self._complained = True


def _try(chosen: Sequence[Claim], seed: int, results: list[Result], waiting: Waiting, told: _Told) -> None:
    from minisvc import claims  # noqa: PLC0415

    for each in chosen:
        waiting.next(each.id)
        result = claims.run(each.id, seed)
        results.append(result)
        with waiting.aside():
            told.tell(result)


def wanted(ids: Sequence[str], group: str | None) -> list[Claim]:
    """The claims that are meant, in the order of the list; all where nothing is said.

    Raises:
        WrongChoice: with every id, and the group, that nobody knows.
    """
    from minisvc import claims  # noqa: PLC0415

    every = claims.every()
    known, groups = [each.id for each in every], [_slug(each) for each in claims.GROUPS]
    named = None if group is None else _slug(group)
    faults = [f'There is no claim "{each}".{_guess(each, known)}' for each in ids if each not in known]
    if named is not None and named not in groups:
        faults.append(f'There is no group "{group}".{did_you_mean(named, groups)}')
    if faults:
        raise WrongChoice(faults)
    whole = not ids and named is None
    return [each for each in every if whole or each.id in ids or _slug(each.group) == named]


def _slug(group: str) -> str:
    """Such as "where-state-lives": what can be typed without quotes."""
    return "-".join(re.findall(r"[a-z]+", group.lower()))


def _guess(claim_id: str, known: Sequence[str]) -> str:
    """The nearest one; all of them are too many for a message."""
    return did_you_mean(claim_id, known).partition(" Known:")[0]


def _sum_up(results: Sequence[Result], asked: int, seed: int, *, as_json: bool) -> None:
    from minisvc.live.printing import printed  # noqa: PLC0415
    from minisvc.live.verdicts import summed_up  # noqa: PLC0415

    if not as_json:
        printed(lambda pen: summed_up(results, asked, pen))
        return
    data = {"seed": seed, "wanted": asked, "tried": len(results), "results": [each.data() for each in results]}
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def _status(results: Iterable[Result]) -> int:
    from minisvc import claims  # noqa: PLC0415

    return REFUTED if any(each.verdict == claims.REFUTED for each in results) else 0
