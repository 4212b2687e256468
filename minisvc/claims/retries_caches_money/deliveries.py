"""What happens to events that are sent until they are acknowledged: webhooks, and who remembers which it has seen."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from minisvc.claims.claim import RETRIES_CACHES_MONEY, Source, claim
from minisvc.claims.expected import Expected, Z, about, exactly
from minisvc.claims.trial import Curve, Trial
from minisvc.users import User
from minisvc.users.mind import Step
from minisvc.users.sender import Event, deliver

EVENTS, INSTANCES, LOST = 60, 3, 0.5
IGNORED, IN_MEMORY = "minisvc.services.webhooks:ids_ignored", "minisvc.services.webhooks:ids_in_memory"
STANDARD_URL = "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"


@claim(
    "webhook-dedupe",
    RETRIES_CACHES_MONEY,
    "At-least-once delivery needs a receiver that knows what it has received.",
    when=f"{INSTANCES} instances in turn, {EVENTS} events, each sent until acknowledged; half of all answers are lost.",
    predicts="effects of one event: 1/(1 - p) = 2 without; (1 - p^n)/(1 - p) = 1.75 if each instance remembers for "
    "itself; 1 if all share what they know",
    derivation="The k-th delivery is sent if the k-1 before it were lost, p^(k-1): their sum without end; that of "
    "the first n, one for each instance that does not know of it yet; the first.",
    control="No answer is lost: every event has one effect, though nobody remembers anything.",
    sources=(
        Source("Standard Webhooks 1.0.0", "Webhook metadata; Deliverability and reliability", STANDARD_URL),
        Source("Shopify", "Ignore duplicate webhooks", "https://shopify.dev/apps/build/webhooks/ignore-duplicates"),
    ),
)
def webhook_dedupe(trial: Trial) -> None:
    """Count the parcels that were shipped for each paid order."""
    nobody = delivered(trial, "nobody remembers", IGNORED)
    twice = mean_within(*geometric())
    trial.measured("parcels for an order, nobody remembers", mean(nobody), twice, samples=EVENTS)
    alone = delivered(trial, "each instance remembers for itself", IN_MEMORY)
    trial.measured("the same, each instance remembers", mean(alone), mean_within(*first(INSTANCES)), samples=EVENTS)
    shared = delivered(trial, "ids in the database", "webhooks")
    trial.measured("the same, ids in the database", mean(shared), exactly(1), samples=EVENTS)
    heard = delivered(trial, "nobody remembers, no answer lost", IGNORED, lost=0.0)
    trial.control("the same, nobody remembers, no answer lost", mean(heard), exactly(1), other=twice, samples=EVENTS)
    trial.plot(
        "deliveries of an event",
        "parcels for it",
        curve("nobody remembers", nobody),
        curve("each instance for itself", alone),
        curve("ids in the database", shared),
    )


@dataclass(frozen=True, slots=True)
class Delivered:
    """What came of one event: how often it was sent, and how many parcels were shipped."""

    times: int
    parcels: int


def delivered(trial: Trial, label: str, service: str, lost: float = LOST) -> list[Delivered]:
    """Send every event until it is acknowledged, then count; `lost` is the share of answers that are dropped."""
    with trial.cluster(label, service, instances=INSTANCES) as shop:
        (teller,) = shop.add_users(1)
        names = [each.name for each in shop.backends]
        with shop.fault("drop_response", *names, share=lost, seed=trial.seed):
            sent = [(event, sendings(teller, event)) for event in (Event.fresh() for _ in range(EVENTS))]
        return [Delivered(times, parcels(teller, event)) for event, times in sent]


def sendings(teller: User, event: Event) -> int:
    """How often it was sent until it was acknowledged; the sender's pauses are left out."""
    moves, count = deliver(teller.mind, event), 0
    move = next(moves)
    with contextlib.suppress(StopIteration):
        while True:
            if isinstance(move, Step):
                count += 1
                move = moves.send(teller.perform(move))
            else:
                move = next(moves)
    return count


def parcels(teller: User, event: Event) -> int:
    """How many were shipped for it; the sender asserts that it was one."""
    found: list[int] = []

    def judge(said: Mapping[str, Any]) -> str | None:
        found.append(said["parcels"])
        return None if found == [1] else f"told of one order, for which {found[0]} parcels were shipped"

    teller.perform(teller.mind.ask("GET", f"/parcels/{event.order}", expect=judge))
    return found[0]


def mean_within(middle: float, variance: float) -> Expected:
    """The mean over all events of something of that mean and variance."""
    return about(middle, Z * math.sqrt(variance / EVENTS), f"99.9 % of means over {EVENTS} events, by their variance")


def geometric() -> tuple[float, float]:
    """Mean and variance of the number of deliveries until one is acknowledged."""
    return 1 / (1 - LOST), LOST / (1 - LOST) ** 2


def first(most: int) -> tuple[float, float]:
    """The same where only the first `most` of them count: sums over k of P(k or more) and of (2k - 1) P(k or more)."""
    reached = [LOST ** (times - 1) for times in range(1, most + 1)]
    middle = sum(reached)
    return middle, sum((2 * times - 1) * chance for times, chance in enumerate(reached, 1)) - middle**2


def mean(deliveries: Sequence[Delivered]) -> float:
    """Parcels for an order, on average."""
    return sum(each.parcels for each in deliveries) / len(deliveries)


def curve(label: str, deliveries: Sequence[Delivered]) -> Curve:
    """Parcels by deliveries."""
    ordered = sorted({(each.times, each.parcels) for each in deliveries})
    return Curve(label, [times for times, _ in ordered], [count for _, count in ordered])
