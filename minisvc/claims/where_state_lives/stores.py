"""What a shared store fails, costs, throws away and mixes up."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Flask, request

from minisvc.claims.claim import WHERE_STATE_LIVES, Source, claim
from minisvc.claims.expected import Expected, between, exactly
from minisvc.claims.trial import Curve, Trial, round_trips
from minisvc.cluster import Cluster
from minisvc.exchange import Exchange
from minisvc.services import cart
from minisvc.state.refusals import CONFLICT
from minisvc.users import User
from minisvc.users.journeys import Journey, Moves
from minisvc.users.mind import GOODS, Mind, Step

USERS, INSTANCES = 12, 3
DELAYS_S, ASKED = (0.0, 0.02, 0.04), 5
DELAYS_MS = ", ".join(f"{1000 * each:g}" for each in DELAYS_S)
WRITERS = 8
MEETING_S = 10.0
TWELVE_FACTOR = Source("The Twelve-Factor App", "VI. Processes", "https://12factor.net/processes")
APPEND_ONLY = Source(
    "Redis documentation, Redis persistence",
    "How durable is the append only file?",
    "https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/",
)
ROUND_TRIPS = Source(
    "Redis documentation, Redis pipelining",
    "Request/Response protocols and round-trip time (RTT)",
    "https://redis.io/topics/pipelining/",
)
IF_MATCH = Source("RFC 9110", "13.1.1 If-Match", "https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1")


@claim(
    "store-is-spof",
    WHERE_STATE_LIVES,
    "A shared store is the single point of failure that the instances no longer are.",
    when=f"{INSTANCES} instances, {USERS} users with a cart each in Memcached, in Redis, or in SQL (an SQLite file, "
    "whose disk goes); the store crashes, all look; it is back, all look.",
    predicts="while it is down, 100 % get no cart and 0 instances are down; afterwards Memcached has kept 0 %, Redis "
    "with an append-only file and SQL 100 %",
    derivation="Every request with a session asks the store. What was on disk before the answer left is there again.",
    control="Each instance keeps its own, and one of them crashes: 1/n get no cart. Redis without the file keeps 0 %.",
    sources=(TWELVE_FACTOR, APPEND_ONLY),
)
def store_is_spof(trial: Trial) -> None:
    """Crash the store, and ask everybody before and after it is back."""
    everybody, nobody = exactly(1, "100 %"), exactly(0, "0 %")
    for label, kept, fields in (
        ("Memcached", nobody, {"state": "memcached"}),
        ("SQL", everybody, {"state": "sqlite"}),
        ("Redis with an append-only file", everybody, {"state": "redis", "durable": True}),
    ):
        refused, down, found = store_crashed(trial, label, **fields)
        trial.measured(f"share of users without their cart, {label} down", refused, everybody, samples=USERS)
        trial.measured(f"instances down, {label} down", down, exactly(0))
        trial.measured(f"share of users with their cart again, {label} back", found, kept, samples=USERS)
    _, _, found = store_crashed(trial, "Redis without a file", state="redis")
    trial.control("the same, Redis without a file", found, nobody, other=everybody, samples=USERS)
    alone = exactly(1 / INSTANCES, "1/3")
    without = instance_crashed(trial)
    trial.control("share of users without their cart, one of three memories gone", without, alone, other=everybody)


@claim(
    "store-costs-latency",
    WHERE_STATE_LIVES,
    "A shared store costs a request its round trips.",
    when="A user reads a cart, adds to it, and comes without a session, each "
    f"{ASKED} times while a message to the store takes {DELAYS_MS} ms longer.",
    predicts="to read, 1 round trip; to add, 2; the answer takes as many times the delay longer",
    derivation="A read waits for the session; a change waits for it, and then for its writing.",
    control="A visitor who has no session yet, at the same slow store: 0 round trips, no longer.",
    sources=(ROUND_TRIPS,),
)
def store_costs_latency(trial: Trial) -> None:
    """Count the round trips, and compare the times."""
    for label, state in (("Memcached", "memcached"), ("Redis", "redis")):
        with trial.cluster(label, instances=1, state=state) as shop:
            (user,) = shop.add_users(1)
            # The first one opens connections.
            user.add(trial.random.choice(GOODS))
            reading, adding = slowed(shop, user.check), slowed(shop, partial(user.add, "apples"))
            without = slowed(shop, partial(come_anew, user))
        for verb, found, trips in (("to read", reading, 1), ("to add", adding, 2)):
            trial.measured(f"round trips {verb}, {label}", found.trips, exactly(trips), samples=ASKED * len(DELAYS_S))
            trial.measured(f"delays longer {verb}, {label}", found.growth, delays(trips), samples=ASKED)
        trial.control(f"round trips without a session, {label}", without.trips, exactly(0), other=exactly(1))
        trial.control(f"delays longer without a session, {label}", without.growth, delays(0), other=delays(1))
    curves = (adding.curve("add, Redis"), reading.curve("read, Redis"), without.curve("no session yet"))
    trial.plot("ms that each message to the store takes longer", "ms to the answer", *curves)


@claim(
    "session-lost-update",
    WHERE_STATE_LIVES,
    "A shared session is not atomic: of changes made at once, the last one wins.",
    when=f"{INSTANCES} instances, Redis, one session; {WRITERS} requests that add one thing each have all read it "
    "before any of them writes it.",
    predicts=f"all {WRITERS} are told that it was added, and 1 is in the cart; with a version check 1 is told so, "
    f"and when the others have repeated it, {WRITERS} are",
    derivation="Each writes back the whole session that it read, and its own thing. A check lets the first one pass.",
    control=f"The same requests one after the other: {WRITERS} are in the cart.",
    sources=(IF_MATCH,),
)
def session_lost_update(trial: Trial) -> None:
    """Count what was acknowledged, and what is in the cart."""
    one, every = exactly(1), exactly(WRITERS)
    told, found = written_at_once(trial, "at once")
    trial.measured("additions acknowledged, at once", told, every)
    trial.measured("additions in the cart, at once", found, one)
    told, found = written_at_once(trial, "at once, versions checked", versioned=True)
    trial.measured("additions acknowledged at once, versions checked", told, one)
    trial.measured("additions in the cart, the others repeated", found, every)
    with trial.cluster("one after the other", instances=INSTANCES, state="redis") as shop:
        (user,) = shop.add_users(1)
        for number in range(WRITERS):
            user.add(f"thing {number}")
        in_turn = len(user.expected)
    trial.control("additions in the cart, one after the other", in_turn, every, other=one)


def store_crashed(trial: Trial, label: str, **fields: Any) -> tuple[float, int, float]:
    """While the store is down, the share of users who get no cart, and how many instances are down; afterwards the
    share of users who find their cart.
    """
    with trial.cluster(label, instances=INSTANCES, **fields) as shop:
        users = filled(trial, shop)
        with shop.fault("store_crash"):
            refused = sum(user.check().lost is not False for user in users) / USERS
            down = sum(each.status != "up" for each in shop.backends)
        found = sum(user.check().lost is False for user in users) / USERS
    return refused, down, found


def instance_crashed(trial: Trial) -> float:
    """The share of users who get no cart when one of the instances crashes that keep their own."""
    with trial.cluster("in memory", instances=INSTANCES, affinity="cookie") as shop:
        users = filled(trial, shop)
        shop.crash("a")
        return sum(user.check().lost is not False for user in users) / USERS


def filled(trial: Trial, shop: Cluster) -> tuple[User, ...]:
    """Users with a cart each."""
    users = shop.add_users(USERS)
    for user in users:
        user.add(trial.random.choice(GOODS))
    return users


@dataclass(frozen=True, slots=True)
class Slowed:
    """A kind of request at a store that is slower and slower.

    Attributes:
        trips: its round trips to the store.
        answers_s: the quickest answer at each of `DELAYS_S`; what else a machine does only adds to it.
    """

    trips: float
    answers_s: Sequence[float]

    @property
    def growth(self) -> float:
        """By how many times the longest delay the answer is later than without one."""
        return (self.answers_s[-1] - self.answers_s[0]) / DELAYS_S[-1]

    def curve(self, label: str) -> Curve:
        """Answers over delays, in milliseconds."""
        return Curve(label, [1000 * each for each in DELAYS_S], [1000 * each for each in self.answers_s])


def slowed(shop: Cluster, ask: Callable[[], Exchange]) -> Slowed:
    """Ask so at each delay."""
    before, answers_s = round_trips(shop), list[float]()
    for delay_s in DELAYS_S:
        with shop.fault("store_slow", delay_s=delay_s):
            answers_s.append(min(ask().duration_s for _ in range(ASKED)))
    return Slowed((round_trips(shop) - before) / (ASKED * len(DELAYS_S)), answers_s)


def come_anew(user: User) -> Exchange:
    """Read as somebody who has no session."""
    user.forget()
    return user.check()


def delays(trips: int) -> Expected:
    """So many delays longer."""
    because = "timers are rounded, and the quickest of a few answers varies by less than half a delay"
    return between(trips - 0.4, trips + 0.4, because, f"{trips}")


meeting = threading.Barrier(WRITERS)
"""Where those requests wait for each other that are made at once; instances are threads of this process."""


def meeting_cart(instance: str) -> Flask:
    """A cart in which additions that say so wait for each other between their reading and their writing."""
    app = cart.create_app(instance)

    @app.before_request
    def meet() -> None:
        if "X-Meet" in request.headers:
            # The session was read before this function is called.
            meeting.wait(MEETING_S)

    return app


def written_at_once(trial: Trial, label: str, **fields: Any) -> tuple[int, int]:
    """How many of the additions made at once were acknowledged; and how many are in the cart, when those who were
    told to repeat it have done so.
    """
    meeting.reset()
    service = f"{__name__}:meeting_cart"
    with trial.cluster(label, service, instances=INSTANCES, state="redis", **fields) as shop:
        (owner,) = shop.add_users(1)
        owner.check()
        owner.add("apples")
        told = set[str]()
        everybody = writer(f"session={owner.cookie}", told)
        shop.load(everybody, users=WRITERS, steps=WRITERS, connections=WRITERS)
        acknowledged = len(told)
        refused = [each.user for each in shop.ledger.since()[1] if each.status == CONFLICT]
        for name in filter(None, refused):
            owner.perform(addition(owner.mind, name, told))
        found: list[str] = []
        owner.perform(owner.mind.ask("GET", "/cart", expect=partial(lacking, told, found)))
    return acknowledged, len(found) - 1


def addition(user: Mind, name: str, told: set[str], **headers: str) -> Step:
    """Adds something called so, and notes that it was acknowledged."""

    def judge(said: Mapping[str, Any]) -> str | None:
        told.add(name)
        return None if name in said["items"] else f"was told that {name} was added, and not shown it"

    return user.ask("POST", "/cart/items", {"item": name}, judge, headers=headers)


def lacking(told: Collection[str], found: list[str], said: Mapping[str, Any]) -> str | None:
    """Notes what is in the cart, and complains of what is not."""
    found += said["items"]
    missing = sorted(set(told).difference(found))
    return f"was told of {', '.join(missing)}, which the cart has not" if missing else None


def writer(cookie: str, told: set[str]) -> Journey:
    """One of several clients of one session, who adds its own name."""

    def write(user: Mind) -> Moves:
        yield addition(user, user.name, told, **{"Cookie": cookie, "X-Meet": "yes"})

    return write
