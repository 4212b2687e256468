"""The same users and the same fault for several clusters, in step with each other: only the layout differs."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from operator import methodcaller
from typing import TYPE_CHECKING, TypeVar

from minisvc.errors import MinisvcError, did_you_mean
from minisvc.users.mind import GOODS

if TYPE_CHECKING:
    from minisvc.cluster import Cluster
    from minisvc.exchange import Exchange
    from minisvc.users import User

T = TypeVar("T")

MOST_USERS = 50
TURNS_PER_S = 8.0
ADDED = 2
"""Items that each user puts into the cart before the fault."""


class WrongTrial(MinisvcError):
    """A trial that cannot be made; says what is allowed."""


def _crash(cluster: Cluster, count: int) -> None:
    for each in cluster.backends[:count]:
        cluster.crash(each.name)


def _crash_store(cluster: Cluster) -> None:
    if cluster.store is None:
        return
    cluster.crash_store()
    cluster.restart_store()


FAULTS: Mapping[str, Callable[[Cluster], object]] = {
    "crash": lambda cluster: _crash(cluster, 1),
    "two crashes": lambda cluster: _crash(cluster, 2),
    "store crash": _crash_store,
    "rolling restart": lambda cluster: cluster.rolling_restart(),
    "no fault": lambda _: None,
}
"""What can happen to each: of the first instance, of the first two, of the store (which comes back), of all in turn."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial did to one cluster's users.

    Attributes:
        title: the layout in words.
        users: how many took part.
        lost: names of those who were contradicted after the fault.
        failed: requests after the fault without a good answer.
    """

    title: str
    users: int
    lost: tuple[str, ...]
    failed: int

    @property
    def says(self) -> str:
        """Such as ``2 of 6 lost a cart (c1, c4), 0 requests failed``."""
        names = f" ({', '.join(self.lost)})" if self.lost else ""
        return f"{len(self.lost)} of {self.users} lost a cart{names}, {self.failed} requests failed"


def layout_title(cluster: Cluster) -> str:
    """What tells this layout from others: its state and affinity, such as ``memory, sticky``."""
    service = cluster.layout.services[0]
    return service.state.replace("_", " ") + (", sticky" if service.affinity else "")


def run_trial(clusters: Sequence[Cluster], fault: str, users: int, over: threading.Event) -> tuple[Outcome, ...]:
    """Fresh users fill their carts in every cluster, the fault strikes them all, everybody looks.

    Args:
        clusters: running ones. Turn for turn, the same user does the same thing in each.
        fault: one of `FAULTS`.
        users: how many, 1 to 50.
        over: ends the trial early when it is set; what happened so far counts.

    Raises:
        WrongTrial: no such fault, or no such number of users.
    """
    if fault not in FAULTS:
        raise WrongTrial(f"No fault {fault!r} for a comparison.{did_you_mean(fault, FAULTS)}")
    if not 1 <= users <= MOST_USERS:
        raise WrongTrial(f"users is {users!r}; a comparison takes 1 to {MOST_USERS}.")
    people = [each.add_users(users) for each in clusters]
    with ThreadPoolExecutor(len(clusters), thread_name_prefix="panel-trial") as crew:
        for turn in range(ADDED):
            list(_turns(crew, people, methodcaller("add", GOODS[turn]), over))
        list(crew.map(FAULTS[fault], clusters))
        after = list(_turns(crew, people, _look, over))
    return tuple(_outcome(cluster, place, users, after) for place, cluster in enumerate(clusters))


def _turns(
    crew: ThreadPoolExecutor,
    people: Sequence[Sequence[User]],
    deed: Callable[[User], T],
    over: threading.Event,
) -> Iterator[tuple[T, ...]]:
    """Each user's turn, in all clusters at once; what came of a turn, in the clusters' order."""
    for same in zip(*people, strict=True):
        if over.wait(1 / TURNS_PER_S):
            break
        yield tuple(crew.map(deed, same))


def _look(user: User) -> tuple[Exchange, ...]:
    """Look into the cart, and once more if no answer came."""
    first = user.check()
    return (first,) if first.served else (first, user.check())


def _outcome(cluster: Cluster, place: int, users: int, after: Sequence[tuple[tuple[Exchange, ...], ...]]) -> Outcome:
    mine = [each for turn in after for each in turn[place]]
    lost = tuple(dict.fromkeys(each.user for each in mine if each.lost and each.user))
    return Outcome(layout_title(cluster), users, lost, sum(not each.served for each in mine))
