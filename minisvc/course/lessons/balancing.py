"""Lesson 02: how requests are spread, what binds a customer to an instance, and what that costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from minisvc.course.lesson import Check, Lesson, Row
from minisvc.panel.content import Choice, Question

CUSTOMERS = tuple(f"customer-{number}" for number in range(600))
NAMES = ("a", "b", "c", "d")
Choose = Callable[[str, Sequence[str]], str]


def keys_stay(choose: Choose) -> Iterator[Row]:
    """Route many customers over four instances, and over five."""
    before = {each: choose(each, NAMES) for each in CUSTOMERS}
    strange = sorted({str(name) for name in before.values() if name not in NAMES})
    yield Row("it chooses one of the instances", not strange, f"it chose {', '.join(strange)}" if strange else "")
    moody = [each for each in CUSTOMERS if choose(each, NAMES) != before[each]]
    yield Row(
        "a customer always gets the same one",
        not moody,
        f"{moody[0]} got another the second time" if moody else "",
    )
    shares = Counter(before.values())
    least = min(shares[name] for name in NAMES) / len(CUSTOMERS)
    yield Row(
        "each of four instances gets 15 % or more",
        least >= 0.15,
        "" if least >= 0.15 else f"the one with the fewest gets {least:.0%}",
    )
    moved = sum(choose(each, (*NAMES, "e")) != before[each] for each in CUSTOMERS) / len(CUSTOMERS)
    yield Row(
        "when a fifth joins, 30 % move at most",
        0 < moved <= 0.3,
        "" if 0 < moved <= 0.3 else f"{moved:.0%} moved; 1/5 must, so that the fifth gets its share",
    )


BALANCING = Lesson(
    number="02",
    name="balancing",
    title="Balancing and sticky sessions",
    outcome="Name what affinity buys, and four things that it costs.",
    minutes=25,
    needs=("00", "01"),
    predicts={
        "unbound-reads": Question(
            asks="Three instances keep carts in memory. Nobody is bound: each request goes to any of them, by chance. "
            "How many reads find the customer's cart?",
            right="third",
            choices=(
                Choice("all", "All: they are one shop", "You trust that the shop is one."),
                Choice("third", "About a third", "One instance of three has it."),
                Choice("none", "None", "You expect the worst."),
            ),
        )
    },
    recalls={
        "new-instance": Question(
            asks="Your sticky shop is slow, and you add an instance. Who uses it?",
            right="newcomers",
            choices=(
                Choice("everybody", "Everybody, in equal shares", "No. You saw 0 requests of those who were bound."),
                Choice("newcomers", "Only customers who come after it", "Right. The others are bound to old ones."),
                Choice("slowest", "Those who waited longest", "No. Nobody is moved: their carts could not follow."),
            ),
        ),
        "nat": Question(
            asks="A whole school visits through one address, and the balancer binds by source address. What happens?",
            right="one",
            choices=(
                Choice("one", "One instance serves the whole school", "Right. Equal addresses, equal instance."),
                Choice("spread", "They are spread, each pupil apart", "No. The balancer sees one address."),
                Choice("refused", "Requests are refused", "No. They are served, all by the same instance."),
            ),
        ),
    },
    checks={
        "keys-stay": Check(
            asks="Change `choose` so that few customers move when an instance joins.",
            examine=keys_stay,
            hints=(
                "With % the place of all depends on how many instances there are. Let it depend on names instead.",
                "Give each pair of customer and instance a number of its own, such as a digest of both in one text.",
                "Choose the name with the largest one: max(names, key=lambda name: sha256(f'{customer}/{name}'...)).",
            ),
        )
    },
)
