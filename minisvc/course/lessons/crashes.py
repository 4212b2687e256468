"""Lesson 03: what a crash takes, who notices it and when, and what recovery brings back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from minisvc.cluster import Cluster
from minisvc.course.lesson import Check, Lesson, Row
from minisvc.course.moments import until_noticed_s
from minisvc.layout import HealthCheck
from minisvc.panel.content import Choice, Question

WITHIN_S, SLOW_S = 1.2, 0.2


def quick_and_calm(settings: Callable[[], HealthCheck]) -> Iterator[Row]:
    """Hang an instance, and make another one slow, under the learner's own health checks."""
    health = settings()
    with Cluster("cart", instances=2, health=health) as shop:
        with shop.fault("slow", "b", delay_s=SLOW_S, checks=True):
            hasty = until_noticed_s(shop, "b", within_s=1.5 * (health.interval_s + SLOW_S) * health.fall)
        yield Row(
            f"an instance that takes {SLOW_S:g} s to answer stays in",
            hasty is None,
            "" if hasty is None else f"it was taken out after {hasty:.2f} s, though it was only slow",
        )
        shop.hang("a")
        noticed = until_noticed_s(shop, "a", within_s=3.0)
        late = noticed is None or noticed > WITHIN_S
        took = "not within 3 s" if noticed is None else f"after {noticed:.2f} s"
        yield Row(f"a hung instance is out within {WITHIN_S:g} s", not late, f"it was out {took}" if late else "")
    yield Row("one bad check alone is no verdict", health.fall > 1, "" if health.fall > 1 else f"fall is {health.fall}")


CRASHES = Lesson(
    number="03",
    name="crashes",
    title="Crashes and recovery",
    outcome="Predict what a crash takes, who notices it, when, and what a restart brings back.",
    minutes=25,
    needs=("00", "01", "02"),
    predicts={
        "up-or-correct": Question(
            asks="Three instances, carts in memory, customers bound. Instance a crashes, and all customers look into "
            "their carts. What do your two gauges say?",
            right="up",
            choices=(
                Choice("both", "Up falls to 2/3, and so does correct", "You expect errors and losses together."),
                Choice("up", "Up stays near 100 %, correct falls to 2/3", "You tell answered from right."),
                Choice("fine", "Both stay near 100 %", "You trust the other two instances."),
            ),
        )
    },
    recalls={
        "hang-or-crash": Question(
            asks="Which trouble takes the balancer longer to notice?",
            right="hang",
            choices=(
                Choice("crash", "A crash", "No. A dead port refuses at once, and the request goes elsewhere."),
                Choice("hang", "A hang", "Right. Silence is no answer; only time tells it from slowness."),
                Choice("same", "Both take as long", "No. Look at the two figures of this lesson."),
            ),
        ),
        "what-fence-does": Question(
            asks="Why is a dead instance fenced off from its store before anything else?",
            right="late",
            choices=(
                Choice("speed", "To free its connections for others", "That happens too, and is not the reason."),
                Choice(
                    "late",
                    "So that a handler that still runs cannot write any more",
                    "Right. A dead instance that writes is worse than a dead one.",
                ),
                Choice("log", "So that the crash is logged", "No. A fence stops writes, it tells nobody."),
            ),
        ),
    },
    checks={
        "quick-and-calm": Check(
            asks="Change `settings` so that a hang is noticed soon and slowness is forgiven.",
            examine=quick_and_calm,
            hints=(
                "At worst, a hang is noticed after (interval_s + timeout_s) * fall. Which of the three may be small?",
                f"timeout_s must be longer than {SLOW_S:g} s, or slowness looks like a hang. fall must be more than 1.",
                "Try HealthCheck(interval_s=0.1, timeout_s=0.3, fall=2), and work out its worst case.",
            ),
        )
    },
)
