"""Lesson 02: find out why customers lose carts while nothing crashes, and say what a crash will cost."""

from collections import Counter
from contextlib import contextmanager

from minisvc.grading import Check, Exercise, Trial, need

USERS = 12


@contextmanager
def shop_of(trial: Trial):
    """The submission's shop, with customers who have a cart each; all come from one address, as behind a NAT."""
    with trial.cluster() as shop:
        users = shop.add_users(USERS)
        for user in users:
            user.add("apples")
        yield shop, users


def as_asked(trial: Trial) -> None:
    """What may not be changed."""
    wanted, service = trial.numbers["instances"], trial.layout().find()
    need(service.service == "cart", f"The service is {service.service}; the shop is a cart.")
    need(service.state == "memory", f"The state is {service.state}; this shop has no store, carts stay in memory.")
    need(service.instances == wanted, f"It has {service.instances} instances; yours are {wanted}.")


def kept(trial: Trial) -> None:
    """Nothing crashes, and nobody may lose anything."""
    as_asked(trial)
    with shop_of(trial) as (_, users):
        # One step more, or else customers and instances would take turns in step, and meet again by luck.
        users[0].check()
        losers = [user.name for user in users if user.check().lost]
        need(not losers, f"Nothing crashed, and {len(losers)} of {USERS} customers lost their carts: who serves them?")


def spread(trial: Trial) -> None:
    """The instances share the work, though all customers come from one address."""
    as_asked(trial)
    with shop_of(trial) as (shop, _):
        carts = Counter(each.place for each in shop.holdings())
        name, most = carts.most_common(1)[0]
        fair = -(-USERS // trial.numbers["instances"])
        said = f"All customers come from one address, and {name} has {most} of {USERS} carts; {fair} is its share."
        need(most <= fair + 1, said)


def foreseen(trial: Trial) -> None:
    """The prediction is held against a crash of instance a."""
    as_asked(trial)
    guess = trial.value("lost_by_crash")
    with shop_of(trial) as (shop, users):
        shop.crash("a")
        lost = sum(user.check().lost for user in users)
    need(guess == lost, f"You foresaw {guess} lost carts; a crashed, and {lost} of {USERS} customers lost theirs.")


EXERCISE = Exercise(
    id="carts-stay-put",
    title="Carts that get lost though nothing crashes",
    lesson="02",
    level=1,
    minutes=20,
    objective="Choose a routing that brings customers back to their state, and say what a crash costs all the same.",
    asks="your shop runs {instances} instances.",
    numbers={"instances": (3, 4, 6)},
    hints=(
        "Look where each customer's second request goes. Who has the cart by then?",
        "Customers must be bound to the instance that has their cart: that is what affinity does. It has three kinds.",
        "By address all customers behind one NAT are one; a cookie tells them apart. Carts in an instance die with it.",
    ),
    checks=(
        Check("as-asked", 1, "The shop is as it was ordered.", as_asked),
        Check("kept", 2, "Nobody loses a cart while nothing crashes.", kept),
        Check("spread", 2, "The instances share the customers.", spread),
        Check("foreseen", 2, "You foresaw how many lose their carts when a crashes.", foreseen),
    ),
    exports=("layout", "lost_by_crash"),
)
