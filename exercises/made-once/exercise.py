"""Lesson 08: a cache that asks its origin once, whoever comes, and outlives its makers and the origin."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from minisvc.grading import (
    Answer,
    Asked,
    Check,
    Exercise,
    Outside,
    Reply,
    Site,
    Trial,
    Visitor,
    at_once,
    comes_true,
    need,
)

PRICE, LATER_PRICE = 120, 150
READERS = 5
"""At each of two instances."""
LONG_S, SHORT_S, LEASE_S = 60, 0.3, 1.0
QUICK_S, PATIENCE_S, SLOWEST_S = 0.5, 3.0, 8.0


@dataclass(slots=True)
class Origin:
    """Where things are made, at great cost; `fails` if it answers 500."""

    cents: int = PRICE
    fails: bool = False

    def answer(self, asked: Asked) -> Reply:
        """Prices for all, offers for one."""
        if self.fails:
            return Reply(500, {"cents": 0, "for": "nobody"})
        return Reply(200, {"cents": self.cents, "for": asked.headers.get("x-user", "all")})


@dataclass(slots=True)
class Shop:
    """The submission's instances, and the origin behind them."""

    trial: Trial
    site: Site
    origin: Origin
    behind: Outside
    readers: dict[str, Visitor] = field(default_factory=dict)

    def read(self, path: str = "/prices/apples", at: str = "a", user: str = "ana") -> Answer:
        """Somebody reads a page."""
        reader = self.readers.get(user) or self.readers.setdefault(user, self.site.visitor(user))
        return reader.get(path, at, headers={"X-User": user}, within_s=SLOWEST_S)

    def cents(self, path: str = "/prices/apples", at: str = "a", user: str = "ana") -> int:
        """The price that somebody reads."""
        return self.read(path, at, user).whole("cents")

    @property
    def asked(self) -> int:
        """How often the origin was asked."""
        return len(self.behind.asked)


@contextmanager
def shop_of(trial: Trial, fresh_s: float = LONG_S, lease_s: float = LONG_S) -> Iterator[Shop]:
    """Open one with two instances and an empty store."""
    origin = Origin()
    environment = {"FRESH_S": str(fresh_s), "LEASE_S": str(lease_s)}
    with (
        Outside(origin.answer) as behind,
        trial.open(2, store=True, ORIGIN_URL=behind.url, **environment) as site,
    ):
        yield Shop(trial, site, origin, behind)


def kept(trial: Trial) -> None:
    """What a has made, b need not make."""
    with shop_of(trial) as shop:
        for at in "abba":
            found = shop.cents(at=at)
            need(found == PRICE, f"The price is {PRICE}; {at} answered {found}.")
        need(
            shop.asked == 1,
            f"Four read a price, at a and b, and the origin was asked {shop.asked} times; once will do.",
        )


def own_offer(trial: Trial) -> None:
    """An offer is made for one person."""
    with shop_of(trial) as shop:
        for user in ("ana", "ben", "ana"):
            whose = shop.read("/offers", user=user).field("for")
            need(whose == user, f"Ana read /offers, then Ben, and {user} was given the offer for {whose}.")
        need(
            shop.asked == 2, f"Ana, Ben and Ana read their offers, and the origin was asked {shop.asked} times, not 2."
        )


def renewed(trial: Trial) -> None:
    """What has grown old is made again."""
    with shop_of(trial, fresh_s=SHORT_S, lease_s=LEASE_S) as shop:
        shop.cents()
        shop.cents(at="b")
        shop.origin.cents = LATER_PRICE
        came = comes_true(lambda: shop.cents(at="b") == LATER_PRICE, PATIENCE_S)
        need(came, f"FRESH_S was {SHORT_S:g}, the price changed, and {PATIENCE_S:g} s later b still gave the old one.")


def once(trial: Trial) -> None:
    """All come at one moment, and nobody has it yet."""
    with ThreadPoolExecutor(1) as pool, shop_of(trial) as shop:
        asks = [partial(shop.read, at=at, user=f"{at}{number}") for at in "ab" for number in range(READERS)]
        with shop.behind.holding():
            told = pool.submit(at_once, asks)
            need(shop.behind.wait_for(1, PATIENCE_S), "A price was read, and the origin was never asked.")
            shop.behind.wait_for(len(asks), QUICK_S)
            why = f"{len(asks)} came at once to a and b for a new price, and the origin was asked {shop.asked} times"
            need(shop.asked == 1, f"{why}: one makes it, and the others, at b too, wait for it.")
        for answer in told.result():
            answer.need_status(200, when="though the price was being made")
        need(shop.asked == 1, f"{len(asks)} came at once, and the origin was asked {shop.asked} times; once will do.")


def maker_dies(trial: Trial) -> None:
    """Instance a dies while it makes what b's readers wait for."""
    with ThreadPoolExecutor(1) as pool, shop_of(trial, lease_s=LEASE_S) as shop:
        with shop.behind.holding():
            pool.submit(shop.read)
            need(shop.behind.wait_for(1, PATIENCE_S), "A price was read, and the origin was never asked.")
            shop.site.crash("a")
        came = comes_true(lambda: shop.read(at="b", user="ben").status == 200, PATIENCE_S)
        need(came, f"a died while it made the price, and after {PATIENCE_S:g} s b had none; LEASE_S was {LEASE_S:g}.")


def origin_down(trial: Trial) -> None:
    """The origin is gone, and comes back."""
    with shop_of(trial, fresh_s=SHORT_S, lease_s=LEASE_S) as shop:
        shop.cents()
        shop.behind.crash()
        when = f"with the origin down, though it was read before; FRESH_S was {SHORT_S:g}"
        comes_true(lambda: shop.read().need_status(200, when=when).took_s < 0, 2 * SHORT_S)
        retry_s, answer = trial.numbers["retry_s"], shop.read("/prices/bread", "b")
        answer.need_status(503, when="with the origin down, and nobody had read it before")
        told = answer.headers.get("retry-after", "nothing")
        need(told == str(retry_s), f"{answer.asked} was answered 503 with Retry-After {told}; yours is {retry_s}.")
        shop.behind.restart()
        shop.origin.cents = LATER_PRICE
        came = comes_true(lambda: shop.cents() == LATER_PRICE, PATIENCE_S)
        need(came, f"The origin came back with another price, and {PATIENCE_S:g} s later a still gave the old one.")


def no_error_kept(trial: Trial) -> None:
    """What went wrong once is no price."""
    with shop_of(trial, lease_s=LEASE_S) as shop:
        shop.origin.fails = True
        shop.read().need_status(503, when="when the origin had answered 500")
        shop.origin.fails = False
        came = comes_true(lambda: shop.read(at="b").status == 200, PATIENCE_S)
        need(came, f"The origin failed once and is well again, and {PATIENCE_S:g} s later b still gave no price.")
        found = shop.cents(at="b")
        need(found == PRICE, f"The origin failed once; now the price is {PRICE}, and b answered {found}.")


EXERCISE = Exercise(
    id="made-once",
    title="Made once, for all who come",
    lesson="08",
    level=3,
    minutes=50,
    objective="Write a cache that many instances share, which a crowd, a crash and a dead origin do not break.",
    asks="where there is nothing to give, answer 503 with the header Retry-After: {retry_s}.",
    numbers={"retry_s": (2, 3, 4, 6, 7, 8, 9)},
    hints=(
        "Each entry has a key: what does an offer depend on? And who makes an entry has to tell all instances so.",
        "Take a lease in the store: store.set(name, 1, nx=True, px=milliseconds) lets one win, until it runs out.",
        "Keep an entry, and its time, for long. Who wins the lease makes it; others give the old one, or look again.",
    ),
    checks=(
        Check("kept", 1, "What one instance has made, all have.", kept),
        Check("own-offer", 2, "An offer is given to whom it is for.", own_offer),
        Check("renewed", 1, "What is no longer fresh is made again.", renewed),
        Check("once", 3, "A crowd has a price made once.", once),
        Check("maker-dies", 2, "When its maker dies, somebody else makes it.", maker_dies),
        Check("origin-down", 2, "With the origin down, there is still what was made before.", origin_down),
        Check("no-error-kept", 1, "A failure is not kept.", no_error_kept),
    ),
)
