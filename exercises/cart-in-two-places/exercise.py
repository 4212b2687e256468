"""Lesson 05: copies of one cart that were changed in two places, and come together again."""

import random
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from minisvc.grading import Answer, Check, Exercise, Trial, Visitor, need

GOODS = ("apples", "bread", "cheese", "dates", "eggs", "figs", "grapes", "honey")
STEPS = 60


def add(visitor: Visitor, item: str, at: str) -> Answer:
    """Put an item in."""
    return visitor.post("/cart/items", at, json={"item": item})


def remove(visitor: Visitor, item: str, at: str) -> None:
    """Take an item out."""
    visitor.ask("DELETE", f"/cart/items/{item}", at).need_status(200, 204)


def copy_of(visitor: Visitor, at: str) -> Any:
    """What an instance would send to others."""
    answer = visitor.get("/copy", at).need_status(200)
    need(answer.data is not None, f"{answer.asked} was answered {answer.shown or 'nothing'}; JSON is wanted.")
    return answer.data


def take(visitor: Visitor, copy: Any, at: str) -> None:
    """Let a copy arrive."""
    visitor.post("/copy", at, json=copy).need_status(200, 201, 204)


def carry(visitor: Visitor, *ways: str) -> None:
    """Let copies travel, such as from a to b for "ab"."""
    for start, end in ways:
        take(visitor, copy_of(visitor, start), end)


def shows(visitor: Visitor, at: str, wanted: list[str], story: str) -> None:
    """Need these items in the cart, in whatever order."""
    found = visitor.get("/cart", at).field("items")
    same = isinstance(found, list) and sorted(map(str, found)) == sorted(wanted)
    need(same, f"{story} Now {at} shows {found}; {sorted(wanted)} is right.")


def keeps(trial: Trial) -> None:
    """One instance, and a copy of it at another."""
    with trial.open(2) as site:
        ana = site.visitor("ana")
        shows(ana, "a", [], "Nothing was put in.")
        for item in ("apples", "bread"):
            add(ana, item, "a").need_status(201)
        remove(ana, "apples", "a")
        shows(ana, "a", ["bread"], "Apples and bread were put in, and apples taken out.")
        carry(ana, "ab")
        shows(ana, "b", ["bread"], "Bread is in the cart at a, and a copy went to b.")


def at_most(trial: Trial) -> None:
    """A limit that each place keeps for itself can be passed by both together; what was confirmed stays."""
    most = trial.numbers["most"]
    with trial.open(2) as site:
        ana = site.visitor("ana")
        for item in GOODS[:most]:
            add(ana, item, "a").need_status(201)
        add(ana, "ink", "a").need_status(409, when=f"after {most} items")
        add(ana, "jam", "b").need_status(201)
        carry(ana, "ba")
        shows(ana, "a", [*GOODS[:most], "jam"], f"a had {most} items and b had jam, all confirmed; b's copy came to a.")
        add(ana, "ink", "a").need_status(409, when=f"with {most + 1} items in the cart")


def both_stay(trial: Trial) -> None:
    """Two changes, neither of which knew of the other."""
    with trial.open(2) as site:
        ana = site.visitor("ana")
        add(ana, "apples", "a").need_status(201)
        add(ana, "bread", "b").need_status(201)
        carry(ana, "ab", "ba")
        for at in "ab":
            shows(ana, at, ["apples", "bread"], "Apples were put in at a, bread at b, and copies went both ways.")


def stays_out(trial: Trial) -> None:
    """An old copy comes once more."""
    with trial.open(2) as site:
        ana = site.visitor("ana")
        add(ana, "apples", "a").need_status(201)
        old = copy_of(ana, "a")
        take(ana, old, "b")
        remove(ana, "apples", "b")
        take(ana, old, "b")
        shows(ana, "b", [], "Apples were taken out at b, and then an old copy came from a.")
        carry(ana, "ba")
        shows(ana, "a", [], "Apples were taken out at b, and b's copy came to a.")


def in_again(trial: Trial) -> None:
    """Out, and in again; what told of the first time comes late."""
    with trial.open(2) as site:
        ana = site.visitor("ana")
        add(ana, "apples", "a").need_status(201)
        carry(ana, "ab")
        remove(ana, "apples", "b")
        late = copy_of(ana, "b")
        add(ana, "apples", "b").need_status(201)
        carry(ana, "ba")
        take(ana, late, "a")
        shows(ana, "a", ["apples"], "Apples were taken out at b and put in again; b's copies came to a, old ones last.")


def crash(trial: Trial) -> None:
    """a begins from nothing, and must not take what it does now for what it did before."""
    with trial.open(2) as site:
        ana = site.visitor("ana")
        for item in ("apples", "bread"):
            add(ana, item, "a").need_status(201)
        carry(ana, "ab")
        site.restart("a")
        carry(ana, "ba")
        shows(ana, "a", ["apples", "bread"], "a crashed, and b's copy came to it.")
        for item in ("apples", "bread"):
            remove(ana, item, "b")
        site.restart("a")
        add(ana, "apples", "a").need_status(201)
        carry(ana, "ba", "ab")
        story = "b took all out, a crashed, and apples were put in anew at a; copies went both ways."
        for at in "ab":
            shows(ana, at, ["apples"], story)


@dataclass
class Place:
    """What one place has heard of: items that were put in, and those of them that were taken out again."""

    put: set[str] = field(default_factory=set)
    out: set[str] = field(default_factory=set)

    def hear(self, other: "Place") -> None:
        """A copy came."""
        self.put |= other.put
        self.out |= other.out


def wander(ana: Visitor, chance: random.Random, goods: list[str]) -> Place:
    """Change the cart at three places while copies come late, twice or never; returns what is to be known in the end.

    No item is put in twice, so that there is no doubt what is right.
    """
    places, under_way = {at: Place() for at in "abc"}, []
    for _ in range(STEPS):
        at, what = chance.choice("abc"), chance.choice(("add", "remove", "send", "arrive"))
        place = places[at]
        seen = sorted(place.put - place.out)
        if what == "add" and goods:
            place.put.add(goods[-1])
            add(ana, goods.pop(), at).need_status(201)
        elif what == "remove" and len(seen) > 2:
            place.out.add(seen[0])
            remove(ana, seen[0], at)
        elif what == "send":
            under_way.append((copy_of(ana, at), deepcopy(place)))
        elif under_way:
            copy, told = chance.choice(under_way)
            take(ana, copy, at)
            place.hear(told)
    everything = Place()
    for place in places.values():
        everything.hear(place)
    return everything


def any_order(trial: Trial) -> None:
    """In the end all have met, if by way of each other, and agree."""
    goods, chance = list(GOODS[: trial.numbers["most"] - 1]), random.Random(trial.submission.student.casefold())
    with trial.open(3) as site:
        ana = site.visitor("ana")
        known = wander(ana, chance, goods)
        add(ana, "ink", "a").need_status(201)
        carry(ana, "ab", "bc", "ca", "ab")
        for at in "abc":
            story = "After many changes ink was put in at a, and copies went from a to b, b to c, c to a, and a to b."
            shows(ana, at, [*(known.put - known.out), "ink"], story)


EXERCISE = Exercise(
    id="cart-in-two-places",
    title="One cart in two places",
    lesson="05",
    level=3,
    minutes=45,
    objective="Bring together copies that were changed apart, so that nothing confirmed is lost and nothing removed "
    "comes back.",
    asks="an instance that shows {most} items or more refuses one more with 409.",
    numbers={"most": (5, 6, 7, 8)},
    hints=(
        "a has apples, b has not. Were they never there, or taken out? What must b remember to tell these apart?",
        "Give each putting-in a name that nothing else ever has, crash or not; remember which names were taken out.",
        "A copy is both: {name: item} of all that was put in, and the names taken out. To take one in is to join both.",
    ),
    checks=(
        Check("keeps", 1, "A cart is kept, and copied.", keeps),
        Check("at-most", 1, "A full cart refuses one more, and drops nothing.", at_most),
        Check("both-stay", 3, "What was put in at two places stays.", both_stay),
        Check("stays-out", 3, "What was taken out stays out, though an old copy comes.", stays_out),
        Check("in-again", 2, "What was taken out can be put in again.", in_again),
        Check("crash", 2, "A crash confuses nothing.", crash),
        Check("any-order", 2, "In whatever order copies come, all agree in the end.", any_order),
    ),
)
