"""What copies of sessions at neighbours save, and what they cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from minisvc.claims.claim import WHERE_STATE_LIVES, Source, claim
from minisvc.claims.expected import Expected, between, exactly
from minisvc.claims.trial import Curve, Trial
from minisvc.exchange import Exchange
from minisvc.users import User
from minisvc.users.mind import GOODS

USERS, INSTANCES, COPIES = 24, 4, 2
SIZES = (2, 3, 4, 6)
LAG_S, WINDOWS = 0.25, 3
LATE_S = 0.15
"""How late a busy machine may send a copy that is due."""
WEBLOGIC = Source(
    "Oracle WebLogic Server: Using Clusters",
    "Failover and Replication in a Cluster, HTTP Session State Replication",
    "https://docs.oracle.com/cloud/latest/as111170/CLUST/failover.htm",
)
TOMCAT = Source(
    "Apache Tomcat 7, Clustering/Session Replication HOW-TO",
    "For the impatient",
    "https://tomcat.apache.org/tomcat-7.0-doc/cluster-howto.html",
)
REDIS_REPLICATION = Source(
    "Redis at scale",
    "3.1 Basic Replication",
    "https://redis.io/learn/operate/redis-at-scale/high-availability/basic-replication",
)


@claim(
    "replication-survives-one",
    WHERE_STATE_LIVES,
    "k copies of a session survive k crashes, and no more.",
    when=f"{INSTANCES} instances in a ring, {USERS} users bound by cookie, k = {COPIES} copies at the next in the "
    f"ring; {COPIES + 1} neighbours crash in any order.",
    predicts="lost share after k crashes 0; after k + 1 in a row, 1/n",
    derivation="A session is at its home and at the next k, so a row of k + 1 neighbours holds all of one home's.",
    control="The same k crashes without copies: k/n is lost.",
    sources=(WEBLOGIC,),
)
def replication_survives_one(trial: Trial) -> None:
    """Crash neighbours, and ask everybody after each."""
    nothing = exactly(0)
    row = neighbours(trial)
    *first, last = lost_after_crashes(trial, f"{COPIES} copies", row, state="replicated_memory", replicas=COPIES)
    for number, lost in enumerate(first, start=1):
        trial.measured(f"share of users who lost their cart, {number} crashed", lost, nothing, samples=USERS)
    trial.measured(f"the same, {COPIES + 1} crashed", last, exactly(1 / INSTANCES, "1/4"), samples=USERS)
    bare = sum(lost_after_crashes(trial, "no copies", row[:COPIES], state="memory"))
    half = exactly(COPIES / INSTANCES, "2/4")
    trial.control(f"the same without copies, {COPIES} crashed", bare, half, other=nothing, samples=USERS)


@claim(
    "replication-write-cost",
    WHERE_STATE_LIVES,
    "All-to-all replication costs n - 1 copies of each write, and replication to k neighbours k.",
    when=f"{SIZES[0]} to {SIZES[-1]} instances, 12 users who add things, copies at all others or at one.",
    predicts="copies a write: n - 1 to all others, 1 to one neighbour, however many instances",
    derivation="A write is sent once to everybody who is to hold it, but for the one who decided it.",
    control="One copy instead of all: 1 copy a write with as many instances.",
    sources=(TOMCAT,),
)
def replication_write_cost(trial: Trial) -> None:
    """Count the copies that were sent, and the additions that users made."""
    everywhere = [copies_a_write(trial, f"at all others, {size} instances", size, replicas=0) for size in SIZES]
    at_one = [copies_a_write(trial, f"at one, {size} instances", size, replicas=1) for size in SIZES]
    for size, copies in zip(SIZES, everywhere, strict=True):
        trial.measured(f"copies a write, at all others of {size}", copies, exactly(size - 1))
    most = SIZES[-1]
    trial.control(f"copies a write, at one of {most}", at_one[-1], exactly(1), other=exactly(most - 1))
    trial.plot("instances", "copies a write", Curve("at all others", SIZES, everywhere), Curve("at one", SIZES, at_one))


@claim(
    "replication-lag-window",
    WHERE_STATE_LIVES,
    "Asynchronous replication loses what was acknowledged inside the lag, and nothing older.",
    when=f"2 instances with a copy at the other, sent {LAG_S:g} s after the answer; users of both write for "
    f"{WINDOWS} times as long, then a crashes.",
    predicts=f"lost acknowledged writes = those of a's users in the last {LAG_S:g} s before the crash",
    derivation="A write of time t is copied at t + lag; it is lost if the crash comes first: t > crash - lag.",
    control="The same with copies that are sent before the answer: none is lost.",
    sources=(REDIS_REPLICATION,),
)
def replication_lag_window(trial: Trial) -> None:
    """Compare the writes that are missing with those that were inside the window."""
    late = written_and_crashed(trial, "copies after the lag", lag_s=LAG_S)
    expected, samples = late.inside, len(late.writes)
    trial.measured("acknowledged writes lost", len(late.missing), expected, samples=samples)
    trial.measured("the same, of users of the other instance", late.elsewhere, exactly(0))
    early = written_and_crashed(trial, "copies before the answer", lag_s=0.0)
    lost = len(early.missing)
    trial.control("the same, copied before the answer", lost, exactly(0), other=expected, samples=len(early.writes))
    kept = [each for each in late.writes if each not in late.missing]
    curves = (late.curve("kept", kept), late.curve("lost", late.missing))
    trial.plot("seconds from the crash", "acknowledged writes", *curves)


def neighbours(trial: Trial) -> list[str]:
    """So many neighbours of the ring as hold a session, from any place on, in any order."""
    start = trial.random.randrange(INSTANCES)
    row = ["abcd"[(start + step) % INSTANCES] for step in range(COPIES + 1)]
    return trial.random.sample(row, len(row))


def lost_after_crashes(trial: Trial, label: str, victims: Sequence[str], **fields: Any) -> list[float]:
    """The share of users who found their cart lost after each of the crashes."""
    with trial.cluster(label, instances=INSTANCES, affinity="cookie", **fields) as shop:
        users = shop.add_users(USERS)
        for user in users:
            user.add(trial.random.choice(GOODS))
        lost = []
        for name in victims:
            shop.crash(name)
            lost.append(sum(user.check().lost is True for user in users) / USERS)
    return lost


def copies_a_write(trial: Trial, label: str, instances: int, *, replicas: int) -> float:
    """How many copies were sent for each thing that a user put into a cart."""
    fields: dict[str, Any] = {
        "instances": instances,
        "state": "replicated_memory",
        "affinity": "cookie",
        "replicas": replicas,
    }
    with trial.cluster(label, **fields) as shop:
        written = 0
        for user in shop.add_users(12):
            for item in trial.random.sample(GOODS, trial.random.randrange(1, 4)):
                written += user.add(item).lost is False
        return shop.replication().copies / written


@dataclass(frozen=True, slots=True)
class Crashed:
    """What became of writes when one of two instances crashed.

    Attributes:
        writes: those that it had acknowledged, in their order.
        missing: those of them that no cart has any more.
        elsewhere: how many writes of the other instance's users are missing.
        lag_s: how long after the answer they were to be copied.
        before_s, after_s: when it crashed: between these two moments.
    """

    writes: Sequence[Exchange]
    missing: Sequence[Exchange]
    elsewhere: int
    lag_s: float
    before_s: float
    after_s: float

    @property
    def inside(self) -> Expected:
        """Writes whose copies cannot have been sent, up to those whose copies may have been late."""
        surely = sum(each.started_s + self.lag_s > self.after_s for each in self.writes)
        latest_s = self.before_s - self.lag_s - LATE_S
        perhaps = sum(each.started_s + each.duration_s > latest_s for each in self.writes)
        because = f"a copy that is due may leave {LATE_S:g} s late on a busy machine"
        return between(surely, perhaps, because, f"the {surely} inside the window, or a few more")

    def curve(self, label: str, writes: Sequence[Exchange]) -> Curve:
        """Which of all writes these were, over seconds from the crash (negative: before it)."""
        numbered = [(each.started_s - self.before_s, self.writes.index(each) + 1) for each in writes]
        return Curve(label, [at_s for at_s, _ in numbered], [number for _, number in numbered], dots=True)


def written_and_crashed(trial: Trial, label: str, *, lag_s: float) -> Crashed:
    """Users write one after the other for three windows, then a crashes, and everybody looks."""
    with trial.cluster(label, instances=2, state="replicated_memory", affinity="cookie", lag_s=lag_s) as shop:
        users = shop.add_users(6)
        written = keep_writing(trial, users)
        before_s = trial.now_s()
        shop.crash("a")
        after_s = trial.now_s()
        missing = [each for user in users for each in missing_writes(user, written)]
    of_crashed = [each for each in written if each.backend == "a"]
    lost = [each for each in missing if each.backend == "a"]
    return Crashed(of_crashed, lost, len(missing) - len(lost), lag_s, before_s, after_s)


def keep_writing(trial: Trial, users: Sequence[User]) -> list[Exchange]:
    """Everybody adds things in turn, until some were written long before the last window began."""
    began_s, written = trial.now_s(), list[Exchange]()
    while trial.now_s() - began_s < WINDOWS * LAG_S:
        written += [user.add(trial.random.choice(GOODS)) for user in users]
    return written


def missing_writes(user: User, written: Sequence[Exchange]) -> list[Exchange]:
    """This user's last writes, as many as the cart has fewer things than were acknowledged: a copy is an older cart."""
    believed = len(user.expected)
    user.check()
    own = [each for each in written if each.user == user.name]
    return own[len(own) - (believed - len(user.expected)) :]
