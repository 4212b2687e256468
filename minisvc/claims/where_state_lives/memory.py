"""What sessions weigh, and what becomes of them where memory is full."""

from __future__ import annotations

import base64
import gc
import os
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import correlation, linear_regression
from typing import Any

from flask import Flask, jsonify, request, session
from flask.typing import ResponseReturnValue

from minisvc.claims.claim import WHERE_STATE_LIVES, Source, Untried, claim
from minisvc.claims.expected import at_least, at_most, between, exactly
from minisvc.claims.trial import Curve, Trial
from minisvc.cluster import Cluster
from minisvc.services import cart
from minisvc.users import Mind
from minisvc.users.journeys import Journey, Moves

NOTE, ROUNDS, A_ROUND, WARM_UP = 2800, 4, 250, 2
LARGE, BOUND_MB = 60_000, 2
FIT = (BOUND_MB << 20) // LARGE
USERS = 2 * FIT
TOLD = Path("/proc/self/statm")
STATM = Source(
    "Linux manual page proc_pid_statm(5)", "resident", "https://man7.org/linux/man-pages/man5/proc_pid_statm.5.html"
)
TWELVE_FACTOR = Source("The Twelve-Factor App", "VI. Processes", "https://12factor.net/processes")
EXPIRY = Source(
    "MySQL 5.6 Reference Manual Including MySQL NDB Cluster: Using memcached",
    "16.2.2.4 Data Expiry",
    "https://docs.oracle.com/cd/E17952_01/mysql-5.6-en/ha-memcached-using-expiry.html",
)
NOEVICTION = Source(
    "Redis documentation, Key eviction", "Eviction policies", "https://redis.io/docs/latest/develop/reference/eviction/"
)


@claim(
    "memory-per-session",
    WHERE_STATE_LIVES,
    "Server memory grows in proportion to live sessions.",
    when=f"One instance in a process of its own; after {WARM_UP * A_ROUND} sessions to warm up, {ROUNDS} times "
    f"{A_ROUND} more, with a note of {NOTE:,} random letters each.",
    predicts=f"resident memory is a straight line (R² > 0.99) of {NOTE:,} to {3 * NOTE:,} bytes a session, on top of "
    "the idle instance",
    derivation="Each session is a record of its note, for which an encoder that grows by doubling takes up to "
    "twice the room; id, times, version and table entry are less than another note.",
    control="The same users with the session in a signed cookie: the line is flat.",
    sources=(STATM, TWELVE_FACTOR),
)
def memory_per_session(trial: Trial) -> None:
    """Look at the process's memory after each round."""
    if not TOLD.exists():
        raise Untried(f"this system does not tell by {TOLD} what a process weighs")
    held = weigh(trial, "in memory", "memory")
    straight = at_least(0.99, "memory comes in pages, of which a round takes hundreds", "more than 0.99")
    trial.measured("R² of resident memory over sessions", held.r_squared, straight, samples=ROUNDS + 1)
    grows = between(NOTE, 3 * NOTE, "from the note alone to twice its room and as much again for all around it")
    trial.measured("resident bytes a session", held.slope, grows, unit="B", samples=ROUNDS + 1)
    start = between(0.9, 1.15, "the first requests fill caches and start threads, some megabytes", "1")
    trial.measured("the line where there is no session, over the idle instance", held.intercept / held.idle, start)
    carried = weigh(trial, "in a signed cookie", "signed_cookie")
    flat = at_most(0.2 * NOTE, "buffers and caches that grow now and then", "about 0")
    trial.control("the same in a signed cookie", carried.slope, flat, other=grows, unit="B", samples=ROUNDS + 1)
    trial.plot(
        "sessions",
        "resident kB more than idle",
        held.curve("session in memory"),
        carried.curve("session in a signed cookie"),
    )


@claim(
    "eviction-logs-out",
    WHERE_STATE_LIVES,
    "Where a store is full, Memcached logs out who was there first, and Redis turns away who comes last.",
    when=f"{USERS} users with sessions of {LARGE:,} bytes, twice as many as fit into {BOUND_MB} MB; then all look.",
    predicts="Memcached: half or more logged out, none refused; Redis: none logged out, half or more refused",
    derivation="At most memory/size fit. One evicts the longest unused for a new one, the other refuses the new one.",
    control="The same without such a bound: none is logged out, and none refused.",
    sources=(EXPIRY, NOEVICTION),
)
def eviction_logs_out(trial: Trial) -> None:
    """Count who was refused, and who was told that all is well and is a stranger afterwards."""
    nobody, half = exactly(0), at_least(0.5, "what is around a value takes room too, so fewer fit", "half or more")
    full = crowded(trial, f"Memcached, {BOUND_MB} MB", "memcached", BOUND_MB)
    trial.measured("share logged out, Memcached", full.logged_out, half, samples=USERS)
    trial.measured("share refused, Memcached", full.refused, nobody, samples=USERS)
    order = at_least(0.9, "it keeps three lists by use, so that the order is not strict", "nearly all")
    trial.measured("share of those logged out who came before all others", full.in_order, order)
    left = at_least(0.95, "a busy machine takes a minute at most", "nearly all of it")
    trial.measured("share of their time to live that they had left", full.time_left, left)
    roomy = crowded(trial, "Memcached, its own bound", "memcached", 0)
    trial.control("share logged out, Memcached with room", roomy.logged_out, nobody, other=half, samples=USERS)
    full = crowded(trial, f"Redis, {BOUND_MB} MB", "redis", BOUND_MB)
    trial.measured("share logged out, Redis", full.logged_out, nobody, samples=USERS)
    trial.measured("share refused, Redis", full.refused, half, samples=USERS)
    roomy = crowded(trial, "Redis, no bound", "redis", 0)
    trial.control("share refused, Redis with room", roomy.refused, nobody, other=half, samples=USERS)


def noting_cart(instance: str) -> Flask:
    """A cart whose users can also leave a long note in their session, and which tells what its process weighs."""
    app = cart.create_app(instance)

    @app.put("/note")
    def write_note() -> ResponseReturnValue:
        session["note"] = request.get_json()["note"]
        return jsonify(length=len(session["note"]))

    @app.get("/note")
    def read_note() -> ResponseReturnValue:
        return jsonify(length=len(session.get("note", "")))

    @app.get("/resident")
    def resident() -> ResponseReturnValue:
        # Garbage is no session.
        gc.collect()
        pages = int(TOLD.read_text().split()[1])
        return jsonify(bytes=pages * os.sysconf("SC_PAGE_SIZE"))

    return app


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a process weighed, in resident bytes: idle, and with so many sessions acknowledged."""

    idle: int
    sessions: Sequence[int]
    resident: Sequence[int]

    @property
    def slope(self) -> float:
        """Bytes a session, by least squares."""
        return linear_regression(self.sessions, self.resident).slope

    @property
    def intercept(self) -> float:
        """Bytes of that line where there is no session."""
        return linear_regression(self.sessions, self.resident).intercept

    @property
    def r_squared(self) -> float:
        """The share of the variance that a straight line explains."""
        return correlation(self.sessions, self.resident) ** 2

    def curve(self, label: str) -> Curve:
        """Kilobytes more than idle."""
        return Curve(label, self.sessions, [(each - self.idle) / 1000 for each in self.resident])


def weigh(trial: Trial, label: str, state: str) -> Weighed:
    """Let users come in rounds, each with a session of its own, and weigh the process after each round."""
    told, sessions, resident = list[str](), list[int](), list[int]()
    fields: dict[str, Any] = {"instances": 1, "state": state, "host": "process"}
    with trial.cluster(label, f"{__name__}:noting_cart", **fields) as shop:
        idle = resident_bytes(shop)
        for number in range(WARM_UP + ROUNDS):
            # Few connections, for each has a thread, which has memory of its own.
            seed = trial.random.getrandbits(32)
            shop.load(noter(NOTE, told), users=A_ROUND, steps=A_ROUND, connections=4, seed=seed)
            if number >= WARM_UP - 1:
                sessions.append(len(told))
                resident.append(resident_bytes(shop))
        # Last, for to look into them makes the process copy them.
        accounted = shop.memory().session_bytes
    if accounted:
        trial.note(f"Accounted, as Python objects, a session is {accounted:,.0f} bytes; the rest is room left between.")
    return Weighed(idle, sessions, resident)


def resident_bytes(shop: Cluster) -> int:
    """What the only instance's process weighs, as it says."""
    (onlooker,), found = shop.add_users(1), list[int]()
    onlooker.perform(onlooker.mind.ask("GET", "/resident", expect=lambda said: found.append(said["bytes"])))
    return found[0]


def noter(length: int, told: list[str]) -> Journey:
    """Leaves a note of so many random letters, which hardly compress, and is told its length."""

    def note(user: Mind) -> Moves:
        text = letters(user.random, length)
        yield user.ask("PUT", "/note", {"note": text}, partial(judged, user, length, told))

    return note


def judged(user: Mind, length: int, told: list[str], said: Mapping[str, Any]) -> str | None:
    """Notes who was told that its note was kept."""
    told.append(user.name)
    return complaint(said, length)


def letters(chance: random.Random, length: int) -> str:
    """So many random letters, 64 kinds of them."""
    return base64.urlsafe_b64encode(chance.randbytes(length)).decode()[:length]


def complaint(said: Mapping[str, Any], length: int) -> str | None:
    """What to complain of where the note is not that long."""
    return None if said["length"] == length else f"left a note of {length} letters and found {said['length']}"


@dataclass(frozen=True, slots=True)
class Crowded:
    """What became of users in the order in which they came.

    Attributes:
        refused: the share of them whose session was refused.
        gone: for each of the others, whether its session was there no more.
        time_left: the least share of its time to live that any session had left.
    """

    refused: float
    gone: Sequence[bool]
    time_left: float

    @property
    def logged_out(self) -> float:
        """The share of all users who were told that their session was kept, and lost it."""
        return sum(self.gone) / USERS

    @property
    def in_order(self) -> float:
        """The share of those logged out who came before everybody who was not; 0 if nobody was."""
        stayed = self.gone.index(False) if False in self.gone else len(self.gone)
        return stayed / sum(self.gone) if any(self.gone) else 0.0


def crowded(trial: Trial, label: str, state: str, memory_mb: int) -> Crowded:
    """Let users leave large notes, one after the other, and then look for them."""
    with trial.cluster(label, f"{__name__}:noting_cart", instances=1, state=state, memory_mb=memory_mb) as shop:
        if state == "redis" and shop.store and shop.store.embedded:
            raise Untried(f"{shop.store.kind} has no bound to its memory; install redis-server")
        began_s, text, users = trial.now_s(), letters(trial.random, LARGE), shop.add_users(USERS)
        kept = [user for user in users if user.perform(user.mind.ask("PUT", "/note", {"note": text})).served]
        looked = [
            user.perform(user.mind.ask("GET", "/note", expect=lambda said: complaint(said, LARGE))) for user in kept
        ]
        left = 1 - (trial.now_s() - began_s) / shop.service().keeping.idle_s
    return Crowded(1 - len(kept) / USERS, [each.lost is True for each in looked], left)
