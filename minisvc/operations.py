"""What operators do to a running service under load: scale it out and in, restart it one instance at a time.

Both follow one order on the way out, that of a Kubernetes Pod's termination (kubernetes.io, "Pod Lifecycle": taken out
of the endpoints, then given time to finish): no new requests, wait for those in flight, stop. And one on the way in:
start, become healthy, then get requests. So no request fails by it; what an instance has in its memory goes with it.
"""

from __future__ import annotations

import threading
import time

from minisvc.balancer import Backend
from minisvc.errors import LayoutError, NotReady
from minisvc.layout import Layout
from minisvc.pool import Pool
from minisvc.stage import Stage

GRACE_S = 5.0
"""Requests in flight get this long to finish; then their connections are reset."""
READY_WITHIN_S = 10.0
UNDER_WAY_S = 0.1
"""A real balancer does not say what it has in hand. What it had sent off before it was told arrives within this time,
as with the pause before a Kubernetes Pod's end (kubernetes.io, "Container Lifecycle Hooks", preStop).
"""
ASK_EVERY_S = 0.02
"""How often an instance that starts is asked whether it is well."""


def scale(stage: Stage, pool: Pool, count: int, *, grace_s: float = GRACE_S) -> None:
    """Let a service have `count` instances, from 1 to 26: new ones get the next free letters, the last ones go first.

    Raises:
        LayoutError: no such number of instances.
        NotReady: a new one did not get healthy; it is gone again, and those before it stay.
    """
    name, before = pool.service.name, len(pool.hosts)
    wanted = _with_instances(stage.commands.layout, pool, count)
    joining = [each for each in wanted.instance_names(wanted.find(name)) if each not in pool.hosts]
    for each in joining[: max(0, count - before)]:
        with stage.lock:
            _join(stage, pool, each)
    while len(pool.hosts) > count:
        with stage.lock:
            _leave(stage, pool, next(reversed(pool.hosts)), grace_s)
    if count != before:
        stage.say("scale", None, f"{name} was scaled {'out' if count > before else 'in'}, from {before} to {count}.")


def rolling_restart(
    stage: Stage, pool: Pool, *, drain: bool = True, ready_timeout_s: float = READY_WITHIN_S, grace_s: float = GRACE_S
) -> None:
    """Restart a service's instances one at a time, each only when the one before is healthy again.

    Args:
        stage: the cluster.
        pool: the service.
        drain: whether each is first sent no more requests and may finish those it has; if not, they break.
        ready_timeout_s: how long each may take to get healthy.
        grace_s: how long requests in flight may take.

    Raises:
        NotReady: one did not get healthy in time; it gets no requests, and those after it were left alone.
    """
    how = "" if drain else ", without draining"
    stage.say("rolling", None, f"A rolling restart of {pool.service.name} begins{how}.")
    for name in list(pool.hosts):
        with stage.lock:
            # It may have been scaled in meanwhile.
            if stage.has(name):
                _replace(stage, pool, name, grace_s if drain else None)
                wait_ready(stage, name, ready_timeout_s)
                stage.say("restart", name, f"{name} was restarted and is healthy, with {pool.memory_of(name)}.")
    stage.say("rolling", None, f"The rolling restart of {pool.service.name} is done.")


def rotate_key(stage: Stage, pool: Pool) -> None:
    """Change the key that signs sessions, and log nobody out: each step is a rolling restart.

    Raises:
        LayoutError: the service's state has no such key.
        NotReady: see `rolling_restart`; the next step was not taken.
    """
    steps = pool.mechanism.key_steps()
    if not steps:
        why = f'state "{pool.mechanism.name}" has no key that is changed in use'
        raise LayoutError([f"rotate_key: {why}; move it to one that has, such as signed_token."])
    for step in steps:
        with stage.lock:
            step()
            pool.renew_terms()
        rolling_restart(stage, pool)
    stage.say("key", None, f"A new key signs the sessions of {pool.service.name}; the former one is still believed.")


def _replace(stage: Stage, pool: Pool, name: str, grace_s: float | None) -> None:
    """Stop and start an instance; with no grace (None), in the middle of its requests."""
    backend = stage.backend(name)
    if grace_s is not None:
        _take_out(stage, name, grace_s)
    pool.hosts[name].stop(grace_s or 0.0)
    pool.hosts[name].start()
    pool.tell(name)
    stage.balancer.call(lambda: _begins_anew(backend))


def wait_ready(stage: Stage, name: str, within_s: float) -> None:
    """Ask an instance whether it is well until it is.

    Raises:
        NotReady: it is not in time.
    """
    until_s, pause = time.monotonic() + within_s, threading.Event()
    while not stage.balancer.check_now(name):
        if time.monotonic() > until_s:
            raise NotReady(name, within_s, stage.backend(name).because)
        pause.wait(ASK_EVERY_S)


def _join(stage: Stage, pool: Pool, name: str) -> None:
    backend = pool.add(name)
    _begins_anew(backend)
    stage.balancer.add(pool.upstream, backend)
    try:
        wait_ready(stage, name, READY_WITHIN_S)
    except BaseException:
        host = pool.hosts[name]
        pool.remove(name)
        stage.balancer.remove(name)
        host.stop(0.0)
        raise
    _settle(stage, pool)
    stage.say("join", name, f"{name} is healthy and joins {pool.service.name}.")


def _leave(stage: Stage, pool: Pool, name: str, grace_s: float) -> None:
    _take_out(stage, name, grace_s)
    pool.hosts[name].stop(grace_s)
    pool.remove(name)
    stage.balancer.remove(name)
    _settle(stage, pool)
    stage.say("leave", name, f"{name} has finished and leaves {pool.service.name}; its memory goes with it.")


def _take_out(stage: Stage, name: str, grace_s: float) -> None:
    """Send it no more requests, not even those that are bound to it, and wait for those that it has."""
    backend = stage.backend(name)
    stage.balancer.call(backend.take_out)
    if not stage.counts_in_flight:
        threading.Event().wait(min(grace_s, UNDER_WAY_S))
    with stage.ledger.changed:
        stage.ledger.changed.wait_for(lambda: backend.in_flight == 0, grace_s)


def _begins_anew(backend: Backend) -> None:
    """It may have requests as soon as a health check has passed, and not before."""
    backend.admit()
    backend.healthy, backend.failures, backend.successes = False, 0, 0
    backend.because = "it has just started"


def _settle(stage: Stage, pool: Pool) -> None:
    """The layout says what runs now."""
    stage.commands.layout = _with_instances(stage.commands.layout, pool, len(pool.hosts))
    pool.service = stage.commands.layout.find(pool.service.name)


def _with_instances(layout: Layout, pool: Pool, count: int) -> Layout:
    """The layout with so many instances of a service; new ones weigh 1."""
    weights = pool.service.weights
    if weights and isinstance(count, int):
        weights = (*weights, *(1 for _ in range(count - len(weights))))[:count]
    return layout.but(pool.service.name, instances=count, weights=weights)
