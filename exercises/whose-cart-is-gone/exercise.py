"""Lesson 00: what a crash takes, what a restart brings back, and a place for carts that no crash reaches."""

from minisvc import Layout
from minisvc.grading import Check, Exercise, Trial, need

USERS = 12


def as_it_is(trial: Trial) -> Layout:
    """The shop as it was found."""
    return Layout.of("cart", instances=trial.numbers["instances"], state="memory", affinity="cookie")


def how_many(crashes: int) -> str:
    """Such as "2 instances"."""
    return f"{crashes} instance{'s' if crashes > 1 else ''}"


def losers(trial: Trial, layout: Layout, crashes: int, *, restart: bool) -> int:
    """How many customers, with a cart each, are without it after so many instances crashed, and are back or not."""
    with trial.cluster(layout) as shop:
        users = shop.add_users(USERS)
        for user in users:
            user.add("apples")
        names = "abcdef"[:crashes]
        for name in names:
            shop.crash(name)
        for name in names if restart else "":
            shop.restart(name)
        return sum(user.check().lost for user in users)


def as_asked(trial: Trial) -> None:
    """Only the place of the carts may change."""
    layout, wanted = trial.layout(), as_it_is(trial)
    mine, found = wanted.find(), layout.find()
    for name in ("service", "instances", "affinity"):
        was, now = getattr(mine, name), getattr(found, name)
        need(was == now, f"{name} is {now!r}, and was {was!r}: change the place of the carts, and nothing else.")
    same = layout.but(state="memory") == wanted
    need(same, "More was changed than the place of the carts: begin with shop.but(...) again, and change one word.")


def lost(trial: Trial) -> None:
    """The first prediction is held against the shop as it is."""
    crashes, guess = trial.numbers["crashes"], trial.value("lost")
    found = losers(trial, as_it_is(trial), crashes, restart=False)
    need(
        guess == found,
        f"You foresaw {guess} lost carts; {how_many(crashes)} crashed, and {found} of {USERS} carts were lost.",
    )


def back(trial: Trial) -> None:
    """The second one too."""
    crashes, guess = trial.numbers["crashes"], trial.value("back")
    gone, still = (losers(trial, as_it_is(trial), crashes, restart=restart) for restart in (False, True))
    said = f"{gone} carts were lost, and after the restart {still} of them still are"
    need(guess == gone - still, f"You foresaw that {guess} carts come back; {said}.")


def survives(trial: Trial) -> None:
    """The submission's shop, and some instances crash."""
    as_asked(trial)
    crashes = trial.numbers["crashes"]
    found = losers(trial, trial.layout(), crashes, restart=False)
    need(not found, f"In your shop {how_many(crashes)} crashed, and {found} of {USERS} customers lost their carts.")


def all_crash(trial: Trial) -> None:
    """All of them crash, and are started again: no memory is left that a cart could hide in."""
    as_asked(trial)
    found = losers(trial, trial.layout(), trial.numbers["instances"], restart=True)
    said = f"and {found} of {USERS} customers lost their carts: they were in the instances, and nowhere else"
    need(not found, f"In your shop all instances crashed and were started again, {said}.")


EXERCISE = Exercise(
    id="whose-cart-is-gone",
    title="Whose cart is gone",
    lesson="00",
    level=1,
    minutes=10,
    objective="Say what a crash takes and what a restart brings back, and choose a place for state that none reaches.",
    asks="your shop runs {instances} instances, and the number of those that crash at one time (a first) is {crashes}.",
    numbers={"instances": (3, 4, 6), "crashes": (1, 2)},
    hints=(
        "Twelve customers share your instances evenly. Whose cart is in one that crashes, and what does it start with?",
        "Sticky brings customers to an instance, dead or alive. Copies in other instances die with the last of them.",
        'lost is 12 // instances * crashes, back is 0. For the layout: shop.but(instances=..., state="signed_cookie").',
    ),
    checks=(
        Check("as-asked", 1, "Only the place of the carts is another.", as_asked),
        Check("lost", 2, "You foresaw how many carts a crash takes.", lost),
        Check("back", 2, "You foresaw how many a restart brings back.", back),
        Check("survives", 2, "In your shop such a crash takes no cart.", survives),
        Check("all-crash", 2, "Your shop loses no cart though all instances crash.", all_crash),
    ),
    exports=("layout", "lost", "back"),
)
