"""Lesson 03: a cart that outlives the instance that served it."""

from minisvc.grading import Answer, Check, Exercise, Trial, Visitor, need

GOODS = ("apples", "bread", "cheese", "dates", "eggs", "figs", "grapes")


def add(visitor: Visitor, user: str, item: str, at: str) -> Answer:
    """Put an item into a user's cart."""
    return visitor.post(f"/carts/{user}/items", at, json={"item": item})


def holds(visitor: Visitor, user: str, wanted: list[str], at: str, when: str) -> None:
    """Look into a cart, and need these items in it."""
    found = visitor.get(f"/carts/{user}", at).field("items")
    need(found == wanted, f"{user} had {wanted} {when}; then {at} answered {found}.")


def keeps(trial: Trial) -> None:
    """One user, one instance."""
    with trial.open(store=True) as site:
        visitor = site.visitor("ana")
        holds(visitor, "ana", [], "a", "at first")
        for item in GOODS[:2]:
            items = add(visitor, "ana", item, "a").field("items")
            need(items[-1:] == [item], f"{item} was added; the answer says {items}.")
        holds(visitor, "ana", list(GOODS[:2]), "a", "in the cart")


def at_most(trial: Trial) -> None:
    """A full cart takes no more."""
    most = trial.numbers["most"]
    with trial.open(store=True) as site:
        visitor = site.visitor("ana")
        for item in GOODS[:most]:
            add(visitor, "ana", item, "a").field("items")
        add(visitor, "ana", "one more", "a").need_status(409, when=f"after {most} items")
        holds(visitor, "ana", list(GOODS[:most]), "a", "in the cart")


def own_cart(trial: Trial) -> None:
    """Two users do not share."""
    with trial.open(store=True) as site:
        visitor = site.visitor("ana")
        add(visitor, "ana", "apples", "a").field("items")
        holds(visitor, "ben", [], "a", "as a new user (Ana had put apples into hers)")


def any_instance(trial: Trial) -> None:
    """Two instances take turns, so neither may trust a copy of its own."""
    with trial.open(2, store=True) as site:
        visitor = site.visitor("ana")
        add(visitor, "ana", "apples", "a").field("items")
        holds(visitor, "ana", ["apples"], "b", "by way of a")
        add(visitor, "ana", "bread", "b").field("items")
        holds(visitor, "ana", ["apples", "bread"], "a", "by way of a and b")


def crash(trial: Trial) -> None:
    """Instance a is killed between two requests."""
    with trial.open(2, store=True) as site:
        visitor = site.visitor("ana")
        for item in GOODS[:2]:
            add(visitor, "ana", item, "a").field("items")
        site.crash("a")
        holds(visitor, "ana", list(GOODS[:2]), "b", "before a crashed")
        site.start("a")
        holds(visitor, "ana", list(GOODS[:2]), "a", "before a crashed, and a is back")


def rolling_restart(trial: Trial) -> None:
    """One after the other is restarted, and shopping goes on."""
    with trial.open(2, store=True) as site:
        visitor = site.visitor("ana")
        add(visitor, "ana", "apples", "a").field("items")
        site.restart("a")
        add(visitor, "ana", "bread", "a").field("items")
        site.restart("b")
        holds(visitor, "ana", ["apples", "bread"], "b", "before the last restart")


EXERCISE = Exercise(
    id="cart-survives-a-crash",
    title="A cart that survives a crash",
    lesson="03",
    level=2,
    minutes=30,
    objective="Write a service whose instances can crash and be replaced while its users notice nothing.",
    asks="a cart holds at most {most} items; one more is refused with 409, and the cart stays as it was.",
    numbers={"most": (3, 4, 5, 6)},
    hints=(
        "After a crash, what is left? Not the instance's memory, and not its disk. Something outside it.",
        'The environment names a Redis: redis.Redis.from_url(os.environ["STORE_URL"], decode_responses=True).',
        'A list a user does it: rpush(f"cart:{user}", item) adds, lrange(f"cart:{user}", 0, -1) reads, llen counts.',
    ),
    checks=(
        Check("keeps", 1, "A cart keeps what is put into it.", keeps),
        Check("at-most", 1, "A full cart refuses one more.", at_most),
        Check("own-cart", 1, "Each user has a cart of their own.", own_cart),
        Check("any-instance", 2, "Any instance shows the same cart.", any_instance),
        Check("crash", 3, "A cart outlives a crash.", crash),
        Check("rolling-restart", 2, "A cart outlives a rolling restart.", rolling_restart),
    ),
)
