"""A journey at webhooks: tell of paid orders, each again and again until it is acknowledged.

That is *at least once*, and the most that can be had over a network: a sender that heard nothing cannot know whether
the event was received, and one that does not send it again may have lost it. As Standard Webhooks 1.0.0 has it
("Deliverability and reliability"), with exponential backoff and jitter.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from minisvc.exchange import Exchange
from minisvc.users.mind import Mind, Step, Think, think

TRIES = 12
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.05, 5.0


@dataclass(frozen=True, slots=True)
class Event:
    """Something to tell: that `order` was paid. `id` is the event's, and the same each time it is sent."""

    id: str
    order: str

    @classmethod
    def fresh(cls) -> Event:
        """Another one. Names are no decisions, and a second run with the same seed must not send the first one's."""
        return cls(f"msg_{uuid4().hex}", f"o-{uuid4().hex[:12]}")


def sender(user: Mind) -> Generator[Step | Think, Exchange, None]:
    """Tells of one order until that is acknowledged, then asks whether it was shipped once."""
    event = Event.fresh()
    acknowledged = yield from deliver(user, event)
    yield ask_for(user, event, shipped={1} if acknowledged else {0, 1})


def deliver(user: Mind, event: Event) -> Generator[Step | Think, Exchange, bool]:
    """Send it until it is acknowledged with a 2xx; False if it is not after `TRIES` tries, or nobody wants it (410)."""
    body = {"type": "order.paid", "data": {"order": event.order}}
    for failed in range(TRIES):
        tried = yield user.ask("POST", "/webhooks", body, headers={"webhook-id": event.id})
        if tried.status is not None and 200 <= tried.status < 300:
            return True
        if tried.status == 410:
            return False
        # Full jitter, so that those who failed together do not come back together.
        yield think(user.random.uniform(0, min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**failed)))
    return False


def ask_for(user: Mind, event: Event, shipped: set[int]) -> Step:
    """Ask how many parcels were shipped for it, and assert that it was one of `shipped`."""

    def judge(said: Any) -> str | None:
        count = said.get("parcels")
        wanted = " or ".join(map(str, sorted(shipped)))
        return None if count in shipped else f"expected {wanted} parcels for {event.order} and {count} were shipped"

    return user.ask("GET", f"/parcels/{event.order}", expect=judge)
