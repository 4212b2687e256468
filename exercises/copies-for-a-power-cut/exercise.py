"""Lesson 05: as many copies as a crash of neighbours asks for, at the least price, and that price foretold."""

from contextlib import contextmanager

from minisvc.grading import Check, Exercise, Trial, need

USERS = 24


@contextmanager
def shop_of(trial: Trial, items: int = 1):
    """The submission's shop, with customers who have put so many items into a cart each."""
    with trial.cluster() as shop:
        users = shop.add_users(USERS)
        for number in range(items):
            for user in users:
                user.add(f"item {number}")
        yield shop, users


def as_asked(trial: Trial) -> None:
    """What may not be changed."""
    wanted, service = trial.numbers["instances"], trial.layout().find()
    need(service.service == "cart", f"The service is {service.service}; the shop is a cart.")
    said = f"The state is {service.state}; carts stay in the instances' own memory, and are copied to neighbours."
    need(service.state == "replicated_memory", said)
    need(service.instances == wanted, f"It has {service.instances} instances; yours are {wanted}.")


def losers(trial: Trial, victims: list[str]) -> int:
    """How many customers have lost their cart, right after it was confirmed, by a crash of these."""
    with shop_of(trial) as (shop, users):
        for name in victims:
            shop.crash(name)
        return sum(bool(user.check().lost) for user in users)


def neighbours(trial: Trial, count: int, first: int = 0) -> list[str]:
    """So many in ring order; after the last comes the first."""
    return [chr(ord("a") + (first + step) % trial.numbers["instances"]) for step in range(count)]


def survives(trial: Trial) -> None:
    """A power line goes, right after everybody was told yes; also the one where the ring closes."""
    as_asked(trial)
    for first in (0, trial.numbers["instances"] - 1):
        victims = neighbours(trial, trial.numbers["line"], first)
        lost = losers(trial, victims)
        need(not lost, f"{lost} of {USERS} carts had been confirmed, and are lost: {', '.join(victims)} crashed.")


def no_more(trial: Trial) -> None:
    """Memory is dear."""
    as_asked(trial)
    enough = trial.numbers["line"] + 1
    with shop_of(trial) as (shop, _):
        places = len(shop.holdings()) / USERS
    said = f"Each cart is in {places:g} places; {enough} are enough where {enough - 1} neighbours crash."
    need(places <= enough, said)


def at_home(trial: Trial) -> None:
    """Everybody looks, and no instance has to ask another."""
    as_asked(trial)
    with shop_of(trial) as (shop, users):
        # One step more, or else customers and instances would take turns in step, and meet again by luck.
        for user in (users[0], *users):
            user.check()
        asked = shop.replication().forwards
    said = f"{USERS} customers looked into their carts, and {asked} times an instance had to ask the cart's home"
    need(not asked, f"{said}: what brings customers there?")


def price(trial: Trial) -> None:
    """What it costs, foretold."""
    as_asked(trial)
    held, sent, items = trial.value("carts_held"), trial.value("copies_sent"), trial.numbers["items"]
    with shop_of(trial, items) as (shop, _):
        are_held, are_sent = len(shop.holdings()), shop.replication().copies
    need(held == are_held, f"You foretold that {held} carts are held, copies included; it was {are_held}.")
    need(sent == are_sent, f"You foretold {sent} copies for {items} items a customer; {are_sent} were sent.")


def too_many(trial: Trial) -> None:
    """More crash than it was built for."""
    as_asked(trial)
    guess, victims = trial.value("lost_carts"), neighbours(trial, trial.numbers["dark"])
    lost = losers(trial, victims)
    said = f"You foretold {guess} lost carts; {', '.join(victims)} crashed, and {lost} of {USERS} were lost."
    need(guess == lost, said)


EXERCISE = Exercise(
    id="copies-for-a-power-cut",
    title="Copies for a power cut",
    lesson="05",
    level=2,
    minutes=30,
    objective="Choose how many copies to keep, when to send them and whom to bind, and foretell what that costs.",
    asks="your shop runs {instances} instances, and {line} neighbours hang on one power line. Foretell the price for "
    "{items} items a customer, and the loss when {dark} neighbours crash.",
    numbers={"instances": (6, 8), "line": (2, 3), "items": (2, 3, 4, 5), "dark": (4, 5)},
    hints=(
        "In how many places is a cart with k copies? Is a copy there when the customer is told yes? Who reads it?",
        "`replicas` is how many neighbours hold a copy, `lag_s` how late it is sent, `affinity` brings customers home.",
        "replicas is the line, lag_s 0, affinity a cookie. A cart is lost if its home and all its copies are dark.",
    ),
    checks=(
        Check("as-asked", 1, "The shop is as it was ordered.", as_asked),
        Check("survives", 3, "A power line goes, and no confirmed cart is lost.", survives),
        Check("no-more", 2, "There are no more copies than that takes.", no_more),
        Check("at-home", 1, "Customers come to the home of their cart.", at_home),
        Check("price", 2, "You foretold what is held and sent.", price),
        Check("too-many", 2, "You foretold who loses a cart when too many crash.", too_many),
    ),
    exports=("layout", "carts_held", "copies_sent", "lost_carts"),
)
