"""Lesson 07: a client that tries again, and buys once all the same."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

from minisvc.grading import Answer, Asked, Check, Exercise, Outside, Reply, Trial, Visitor, at_once, comes_true, need

PRICES = {"apples": 120, "bread": 310}
LATER_S, TRY_S = 1, 0.5
SHORT_S, BASE_S, LONG_S = 0.01, 0.05, 0.6
LATE_S, PATIENCE_S, SLOWEST_S = 1.0, 3.0, 8.0
BUYERS, WAITS = 12, 3
NEARLY, SAME = 0.95, 0.1
"""How much of a wait a clock may lose; waits that differ by less than this share of the base are no random ones."""

LOST, BUSY, REFUSED = Reply(200, {}, lost=True), Reply(503, {}), Reply(422, {"error": "sold out for ever"})
DONE = None
"""What the shop does when nothing is scripted: what it is asked for."""


@dataclass(slots=True)
class Shop:
    """Sells, and knows its buyers' keys; posts letters, and knows none.

    `script` says how its next requests end, and `always` all others (DONE: well); with `loses_first`, it loses the
    first answer about each item.
    """

    script: deque[Reply | None] = field(default_factory=deque)
    always: Reply | None = DONE
    loses_first: bool = False
    orders: dict[str, str] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        """Do what is asked for, and answer it, or as the script has it. What is refused or put off is not done."""
        ending = self.script.popleft() if self.script else self.always
        if ending is not DONE and not ending.lost:
            return ending
        known = set(self.orders.values())
        done = self._done(asked)
        if self.loses_first and not known.issuperset(self.orders.values()):
            return LOST
        return done if ending is DONE else ending

    def _done(self, asked: Asked) -> Reply:
        wanted = asked.data if isinstance(asked.data, dict) else {}
        if asked.path == "/orders":
            key = asked.headers.get("idempotency-key", f"no key ({len(self.orders) + 1})")
            self.orders.setdefault(key, str(wanted.get("item")))
            return Reply(201, {"number": [*self.orders].index(key) + 1, "item": self.orders[key]})
        if asked.path == "/letters":
            self.letters.append(str(wanted.get("text")))
            return Reply(201, {"posted": len(self.letters)})
        item = asked.path.removeprefix("/prices/")
        return Reply(200, {"cents": PRICES[item]}) if item in PRICES else Reply(404, {"error": "there is none"})


@dataclass(slots=True)
class Street:
    """The submission's instances a and b, the shop that they buy from, and Ana, for whom they do."""

    trial: Trial
    shop: Shop
    door: Outside
    visitor: Callable[[str], Visitor]
    crash: Callable[[str], None]
    ana: Visitor

    def buy(self, order: str = "o-17", at: str = "a", by: Visitor | None = None, item: str = "apples") -> Answer:
        """Let an instance buy something, under the order's name."""
        return (by or self.ana).post(f"/orders/{order}", at, json={"item": item}, within_s=SLOWEST_S)

    def write(self) -> Answer:
        """Let a post a letter."""
        return self.ana.post("/letters", json={"text": "Dear Ben"}, within_s=SLOWEST_S)

    def need_orders(self, wanted: int, when: str) -> None:
        """Need so many orders in the shop."""
        keys = ", ".join(self.shop.orders) or "none"
        found = len(self.shop.orders)
        need(found == wanted, f"{when}, and the shop has {found} orders (keys: {keys}); {wanted} is wanted.")

    @property
    def gaps_s(self) -> list[float]:
        """Seconds from each try to the next."""
        return [later.at_s - former.at_s for former, later in pairwise(self.door.asked)]


@contextmanager
def street_of(
    trial: Trial, script: Iterable[Reply | None] = (), always: Reply | None = DONE, base_s: float = SHORT_S
) -> Iterator[Street]:
    """Open one, with a shop whose first requests end as in the script, and all others so."""
    shop = Shop(deque(script), always)
    environment = {"BASE_S": str(base_s), "TRY_S": str(TRY_S)}
    with Outside(shop.answer) as door, trial.open(2, SHOP_URL=door.url, **environment) as site:
        yield Street(trial, shop, door, site.visitor, site.crash, site.visitor("ana"))


def works(trial: Trial) -> None:
    """A shop in good health is asked once for each thing."""
    with street_of(trial) as street:
        cents = street.ana.get("/prices/bread").need_status(200).field("cents")
        need(cents == PRICES["bread"], f"The shop's price of bread is {PRICES['bread']}; a answered {cents}.")
        number = street.buy().need_status(201).field("number")
        need(number == 1, f"The shop gave the order the number 1; a answered {number}.")
        street.write().need_status(201)
        asked = [each.path for each in street.door.asked]
        need(len(asked) == 3, f"A price, an order and a letter were wanted, and the shop was asked for {asked}.")


def lost_answers(trial: Trial) -> None:
    """What the shop did, nobody was told."""
    with street_of(trial, [LOST, LOST]) as street:
        street.buy().need_status(201, when="after the shop's first two answers were lost")
        street.need_orders(1, "Ana bought once, and two answers were lost")
        street.buy("o-18").need_status(201)
        street.need_orders(2, "Ana bought o-17 and o-18")
        street.shop.script.append(LOST)
        street.ana.get("/prices/apples", within_s=SLOWEST_S).need_status(200, when="after one answer was lost")


def crash(trial: Trial) -> None:
    """Instance a dies with the order under way, and nobody knows whether it is placed."""
    with ThreadPoolExecutor(1) as pool, street_of(trial) as street:
        with street.door.holding():
            pool.submit(street.buy)
            need(street.door.wait_for(1, PATIENCE_S), "An order was wanted of a, and the shop was never asked.")
            street.crash("a")
        street.buy(at="b").need_status(201)
        street.need_orders(1, "a died while it bought o-17, b bought o-17 again")


def for_good(trial: Trial) -> None:
    """Asking again does not make it any better."""
    with street_of(trial, always=REFUSED) as street:
        street.buy().need_status(422, when="when the shop had answered 422")
        street.shop.always = DONE
        street.ana.get("/prices/clouds").need_status(404, when="when the shop had answered 404")
        asked = len(street.door.asked)
        need(asked == 2, f"The shop answered 422, then 404, and was asked {asked} times; who is told no asks once.")


def letters(trial: Trial) -> None:
    """The shop knows no keys for letters."""
    with street_of(trial, [LOST]) as street:
        answer = street.write()
        posted = len(street.shop.letters)
        need(posted == 1, f"One letter was wanted, one answer was lost, and the shop posted {posted}: it knows no key.")
        answer.need_status(502, when="when nobody could know whether the letter was posted")


def gives_up(trial: Trial) -> None:
    """Somebody waits for an answer, whatever the shop does."""
    wanted = trial.numbers["tries"]
    for ending, words in ((LOST, "loses every answer"), (BUSY, "answers 503 each time")):
        with ThreadPoolExecutor(1) as pool, street_of(trial, always=ending, base_s=SHORT_S) as street:
            told = pool.submit(street.buy)
            comes_true(lambda told=told, door=street.door: told.done() or len(door.asked) > wanted, PATIENCE_S)
            tries = len(street.door.asked)
            need(tries <= wanted, f"The shop {words}, and was asked more than {wanted} times, which are your tries.")
            need(told.done(), f"The shop {words}, and after {PATIENCE_S:g} s and {tries} tries nobody was told.")
            told.result().need_status(503, when=f"when the shop {words}")
            need(tries == wanted, f"The shop {words}, and was asked {tries} times; your tries are {wanted}.")


def silent(trial: Trial) -> None:
    """A shop that takes the request and says nothing."""
    with ThreadPoolExecutor(1) as pool, street_of(trial) as street:
        with street.door.holding():
            told = pool.submit(street.buy)
            came = street.door.wait_for(2, PATIENCE_S)
            need(came, f"The shop was silent for {PATIENCE_S:g} s, and there was no second try; TRY_S was {TRY_S:g}.")
        told.result().need_status(201, when="when the shop spoke again")


def doubles(trial: Trial) -> None:
    """Each wait is twice the one before, so that a shop in trouble is left alone."""
    with street_of(trial, [LOST] * WAITS, base_s=BASE_S) as street:
        street.buy().need_status(201, when=f"after {WAITS} answers were lost")
        for number, gap_s in enumerate(street.gaps_s):
            least_s = BASE_S * 2**number
            told = f"With BASE_S {BASE_S:g}, wait {number + 1} was {gap_s:.3f} s"
            need(gap_s >= NEARLY * least_s, f"{told}; {least_s:g} s is the least, for each is twice the one before.")
            need(gap_s <= 2 * least_s + LATE_S, f"{told}; twice {least_s:g} s is the most.")


def at_random(trial: Trial) -> None:
    """Buyers whose answers were lost at one moment do not all come back at one moment."""
    with street_of(trial, base_s=LONG_S) as street:
        street.shop.loses_first = True
        buyers = [street.visitor(f"buyer-{number}") for number in range(BUYERS)]
        buys = [
            partial(street.buy, each.name, "ab"[number % 2], each, f"cake for {each.name}")
            for number, each in enumerate(buyers)
        ]
        for answer in at_once(buys):
            answer.need_status(201, when="after one answer was lost")
        came = defaultdict(list)
        for asked in street.door.asked:
            came[str(asked.data)].append(asked.at_s)
    waits_s = sorted(times[1] - times[0] for times in came.values() if len(times) > 1)
    told = f"{BUYERS} buyers lost an answer, and {len(waits_s)} of them asked for the same again"
    need(len(waits_s) == BUYERS, f"{told}; all must.")
    low_s, middle_s = waits_s[0], waits_s[len(waits_s) // 2]
    told = f"With BASE_S {LONG_S:g}, {len(waits_s)} buyers waited, and half of them {low_s:.2f} to {middle_s:.2f} s"
    need(middle_s - low_s > SAME * LONG_S, f"{told}: they come back together. Add a random part.")


def retry_after(trial: Trial) -> None:
    """The shop says when to come again."""
    later = Reply(503, {}, {"Retry-After": str(LATER_S)})
    with street_of(trial, [later]) as street:
        street.buy().need_status(201, when=f"after the shop had said 503 and Retry-After: {LATER_S}")
        need(street.gaps_s, f"The shop said 503 and Retry-After: {LATER_S}, and was not asked again.")
        gap_s = street.gaps_s[0]
        told = f"The shop said Retry-After: {LATER_S}, and was asked again after {gap_s:.2f} s"
        need(gap_s >= NEARLY * LATER_S, f"{told}; not before {LATER_S} s is wanted.")


EXERCISE = Exercise(
    id="buy-once",
    title="Try again, and buy once",
    lesson="07",
    level=3,
    minutes=50,
    objective="Write a client that tries again what may be tried again, with waits, an end, and one effect.",
    asks="ask the shop at most {tries} times for one thing, the first time included.",
    numbers={"tries": (4, 5, 6)},
    hints=(
        "Sort what comes back: an answer that is final, one that means later, and none. Then: what may be sent twice?",
        "A GET may be, by RFC 9110. An order may be under one key, the same also after a crash: who can name it?",
        "Make the key of <order>. After try n = 0, 1, ... wait max(later_s, base_s * 2**n * (1 + random.random())).",
    ),
    checks=(
        Check("works", 1, "A shop in good health is asked once for each thing.", works),
        Check("lost-answers", 2, "Lost answers are asked for again, and one purchase is one order.", lost_answers),
        Check("crash", 2, "An order that died with its instance is bought once.", crash),
        Check("for-good", 1, "Who is told no does not ask again.", for_good),
        Check("letters", 2, "What may not be sent twice is not.", letters),
        Check("gives-up", 1, "It gives up after your tries, and says so.", gives_up),
        Check("silent", 1, "It does not wait for ever for one answer.", silent),
        Check("doubles", 1, "Each wait is twice the one before.", doubles),
        Check("at-random", 1, "Buyers do not come back all at once.", at_random),
        Check("retry-after", 1, "It comes again when the shop says, and not before.", retry_after),
    ),
)
