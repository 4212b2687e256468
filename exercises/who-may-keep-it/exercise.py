"""Lesson 08: each answer says who may keep it, for how long, and for whom it is good."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from minisvc.clock import FakeClock
from minisvc.edge import Edge
from minisvc.grading import Answer, Check, Exercise, Site, Trial, Visitor, need

PRICES, LATER_PRICES = {"apples": 120, "bread": 310}, {"apples": 150, "bread": 310}
PRODUCT, CART, BALANCE = "/products/apples", "/cart", "/balance"
EDGE = "the edge"
LANGUAGES = {"de": "German", "en": "English"}


@dataclass(frozen=True, slots=True)
class Door:
    """Where the edge is asked; it is the lab's own, and does not fall silent by itself."""

    url: str

    def why_silent(self, within_s: float) -> str:
        """There is no reason."""
        return ""


@dataclass(slots=True)
class Shop:
    """The submission's instances, an edge in front of a, and a clock by which that grows old."""

    site: Site
    clock: FakeClock
    reader: Visitor

    def read(self, path: str, user: str = "ana", language: str = "en", at: str = EDGE) -> Answer:
        """Somebody reads a page, through the edge if not told otherwise."""
        return (self.reader if at == EDGE else self.site.visitor(user)).get(path, at, headers=asking(user, language))


def asking(user: str, language: str) -> dict[str, str]:
    """Who asks, and in which language."""
    return {"X-User": user, "Accept-Language": language}


@contextmanager
def shop_of(trial: Trial, instances: int = 1, prices: dict[str, int] = PRICES) -> Iterator[Shop]:
    """Open one."""
    clock = FakeClock()
    with trial.open(instances, PRICES=json.dumps(prices)) as site, Edge(site.instances["a"].url, clock=clock) as edge:
        reader = Visitor({EDGE: Door(edge.url)}, "reader")
        try:
            yield Shop(site, clock, reader)
        finally:
            reader.close()


def said(answer: Answer) -> dict[str, str]:
    """What Cache-Control says: directives in small letters, with their values."""
    parts = [each.strip().partition("=") for each in answer.headers.get("cache-control", "").lower().split(",")]
    return {name: value.strip('"') for name, _, value in parts if name}


def told(answer: Answer) -> str:
    """The same, for a reason."""
    return f"{answer.asked} came with Cache-Control: {answer.headers.get('cache-control', 'nothing')}"


def shared(trial: Trial) -> None:
    """What is the same for all is asked for once."""
    fresh_s = trial.numbers["fresh_s"]
    with shop_of(trial) as shop:
        first = shop.read(PRODUCT).need_status(200)
        need(said(first).get("max-age") == str(fresh_s), f"{told(first)}; your max-age is {fresh_s}.")
        status = shop.read(PRODUCT, "ben").headers.get("cache-status", "")
        need("hit" in status, f"Ana read {PRODUCT}, then Ben, and the edge asked the shop again: {status}.")


def own_cart(trial: Trial) -> None:
    """What is one person's is nobody else's."""
    with shop_of(trial) as shop:
        hers = shop.read(CART).need_status(200)
        need(hers.field("user") == "ana", f"Ana asked for her cart, and was given that of {hers.field('user')}.")
        whose = shop.read(CART, "ben").field("user")
        need(whose == "ben", f"Ana read {CART} through the edge, then Ben, and he was given the cart of {whose}.")
        direct = shop.read(CART, at="a")
        need("private" in said(direct), f"{told(direct)}: no cache but Ana's own browser may keep it; say private.")
        asks = "no-cache" in said(direct) or said(direct).get("max-age") == "0"
        need(asks, f"{told(direct)}: her browser must ask each time whether it still holds; say no-cache.")
        need(
            "no-store" not in said(direct), f"{told(direct)}: her browser may keep it, and asks; no-store forbids that."
        )


def language(trial: Trial) -> None:
    """One address, two answers."""
    with shop_of(trial) as shop:
        for wanted in ("de", "en"):
            found = shop.read(PRODUCT, language=wanted).need_status(200).field("language")
            came = LANGUAGES.get(str(found), found)
            why = f"The {LANGUAGES[wanted]} page was asked for at the edge, and the {came} one came"
            need(found == wanted, f"{why}: what does it vary by?")
        status = shop.read(PRODUCT, "ben", "de").headers.get("cache-status", "")
        why = f"Ben read in German what Ana had read in German, and the shop was asked again: {status}."
        need("hit" in status, why)


def balance(trial: Trial) -> None:
    """Some things are nobody's to keep."""
    with shop_of(trial) as shop:
        answer = shop.read(BALANCE, at="a").need_status(200)
        need("no-store" in said(answer), f"{told(answer)}: a balance must be on no disk; say no-store.")


def confirmed(trial: Trial) -> None:
    """Who has it already need not be sent it again; whoever of the instances is asked."""
    with shop_of(trial, 2) as shop:
        tags = {path: tag_of(shop.read(path, at="a")) for path in (PRODUCT, CART)}
        for path, tag in tags.items():
            answer = conditional(shop.site, path, tag).need_status(304, when=f"though a had given that ETag, {tag}")
            need(not answer.text, f"{answer.asked} was answered 304 with a body; 304 has none.")
    with shop_of(trial, prices=LATER_PRICES) as shop:
        answer = conditional(shop.site, PRODUCT, tags[PRODUCT], at="a")
        answer.need_status(200, when="though the price is another now, so that it is a new page")


def tag_of(answer: Answer) -> str:
    """The validator of an answer."""
    tag = answer.need_status(200).headers.get("etag", "")
    need(tag, f"{answer.asked} came without an ETag, so nobody can ask whether it still holds.")
    return tag


def conditional(site: Site, path: str, tag: str, at: str = "b") -> Answer:
    """Ask whether what one has still holds."""
    return site.visitor("ana").get(path, at, headers=asking("ana", "en") | {"If-None-Match": tag})


def origin_down(trial: Trial) -> None:
    """The shop is down, and what was read before is still good for something."""
    fresh_s, stale_s = trial.numbers["fresh_s"], trial.numbers["stale_s"]
    with shop_of(trial) as shop:
        shop.read(PRODUCT).need_status(200)
        shop.read(CART).need_status(200)
        shop.site.crash("a")
        age_s = fresh_s + stale_s - 1
        shop.clock.advance(age_s)
        when = f"with the shop down, {age_s} s after it was read (fresh for {fresh_s} s, stale for {stale_s} s)"
        shop.read(PRODUCT).need_status(200, when=when)
        shop.clock.advance(2)
        shop.read(PRODUCT).need_status(502, 504, when="two seconds later, when it was too old even for that")


EXERCISE = Exercise(
    id="who-may-keep-it",
    title="Who may keep it?",
    lesson="08",
    level=1,
    minutes=25,
    objective="Say with each answer who may keep it, for how long, and what it depends on.",
    asks="a product is fresh for {fresh_s} s, and while the shop fails, a stale one will do for {stale_s} s more.",
    numbers={"fresh_s": (20, 30, 40, 50, 70, 80, 90), "stale_s": (300, 400, 500, 700, 800, 900)},
    hints=(
        "Three pages, three answers to one question: who may keep this? Everybody, one person, nobody.",
        "public with max-age and stale-if-error; private, no-cache; no-store. And what does a product's page vary by?",
        'response.vary.add("Accept-Language"); response.add_etag(); return response.make_conditional(request).',
    ),
    checks=(
        Check("shared", 1, "A product is asked for once for all, as long as you say.", shared),
        Check("own-cart", 2, "A cart is given to its owner alone, whose browser asks each time.", own_cart),
        Check("language", 2, "Each reader gets a product in their language, and from the cache.", language),
        Check("balance", 1, "A balance is kept by nobody.", balance),
        Check("confirmed", 2, "Any instance tells who has a page whether it still holds.", confirmed),
        Check(
            "origin-down", 2, "While the shop is down, a stale product will do, for as long as you say.", origin_down
        ),
    ),
)
