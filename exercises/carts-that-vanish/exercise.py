"""Lesson 02: a service with two mistakes, each of which loses carts only sometimes."""

from minisvc.grading import Check, Exercise, Trial, Visitor, need

KEY, OTHER_KEY = "kept by the shop, and by nobody else", "kept by another shop"


def add(visitor: Visitor, item: str, at: str = "a") -> None:
    """Put an item into the cart that the visitor's cookie carries."""
    visitor.post("/cart/items", at, json={"item": item}).field("items")


def holds(visitor: Visitor, wanted: list[str], at: str, when: str) -> None:
    """Look into the cart."""
    found = visitor.get("/cart", at).field("items")
    need(found == wanted, f"{wanted} was in the cart {when}; then {at} answered {found}.")


def second_item(trial: Trial) -> None:
    """One instance, more than one item."""
    with trial.open(SECRET_KEY=KEY) as site:
        visitor = site.visitor("ana")
        add(visitor, "apples")
        add(visitor, "bread")
        holds(visitor, ["apples", "bread"], "a", "one after the other")


def any_instance(trial: Trial) -> None:
    """What a signs, b must understand."""
    with trial.open(2, SECRET_KEY=KEY) as site:
        visitor = site.visitor("ana")
        add(visitor, "apples")
        holds(visitor, ["apples"], "b", "by way of a")


def crash(trial: Trial) -> None:
    """What a signed before the crash, it must understand afterwards."""
    with trial.open(SECRET_KEY=KEY) as site:
        visitor = site.visitor("ana")
        add(visitor, "apples")
        site.restart("a")
        holds(visitor, ["apples"], "a", "before a crashed")


def at_most(trial: Trial) -> None:
    """The cookie must not grow for ever."""
    most = trial.numbers["most"]
    with trial.open(SECRET_KEY=KEY) as site:
        visitor = site.visitor("ana")
        for number in range(most):
            add(visitor, f"item {number}")
        visitor.post("/cart/items", json={"item": "one more"}).need_status(409, when=f"after {most} items")


def own_key(trial: Trial) -> None:
    """A cart that another key signed is not believed."""
    with trial.open(SECRET_KEY=KEY) as site:
        signed = site.visitor("ana").post("/cart/items", json={"item": "apples"})
        signed.field("items")
    cookie = signed.headers.get("set-cookie", "").partition(";")[0]
    with trial.open(SECRET_KEY=OTHER_KEY) as site:
        found = site.visitor("eve").get("/cart", headers={"Cookie": cookie}).field("items")
    need(found == [], f"A cart signed with another shop's key was believed: {found}. Whose key is it?")


EXERCISE = Exercise(
    id="carts-that-vanish",
    title="Find why carts vanish",
    lesson="02",
    level=2,
    minutes=25,
    objective="Find out why a service with its state in a signed cookie loses it, and mend it.",
    asks="a cart holds at most {most} items; one more is refused with 409.",
    numbers={"most": (3, 4, 5, 6)},
    hints=(
        "Ask one instance three times, then two instances in turn. Two different things go wrong.",
        "Who makes the key that signs the cookie, and when? And does Flask notice that a list in a session has grown?",
        'Take the key from os.environ["SECRET_KEY"], and assign the new list: session["items"] = [*items, item].',
    ),
    checks=(
        Check("second-item", 2, "A second item joins the first.", second_item),
        Check("any-instance", 2, "Any instance believes the cart that another signed.", any_instance),
        Check("crash", 2, "The cart outlives a crash.", crash),
        Check("at-most", 1, "A full cart refuses one more.", at_most),
        Check("own-key", 1, "Only the shop's own key is believed.", own_key),
    ),
)
