"""Lesson 03: a health check that takes out an instance which cannot serve, and leaves in one which can."""

from minisvc.grading import Check, Exercise, Site, Trial, Visitor, need

CUSTOMERS = 12
UNKNOWN = 5


def load(visitor: Visitor, at: str, count: int) -> None:
    """Send an instance so many prices."""
    prices = {f"item {number}": number for number in range(1, count + 1)}
    visitor.ask("PUT", "/prices", at, json=prices).need_status(204)


def healthy(visitor: Visitor, at: str, *, wanted: bool, when: str) -> None:
    """Ask for an instance's health as a balancer does, who reads nothing but the status."""
    answer = visitor.get("/healthz", at)
    well = 200 <= answer.status < 300
    said = f"{when}, /healthz at {at} was answered {answer.status} ({answer.shown})"
    need(well or not wanted, f"{said}; 200 is wanted, or a balancer takes out an instance that can serve.")
    need(
        wanted or not well,
        f"{said}; 503 is wanted, or a balancer sends customers there, for it reads nothing but the status.",
    )


def ready(trial: Trial) -> None:
    """Before prices, with too few, with enough."""
    least = trial.numbers["least"]
    with trial.open() as site:
        office = site.visitor("office")
        healthy(office, "a", wanted=False, when="Before it had prices")
        load(office, "a", least - 1)
        healthy(office, "a", wanted=False, when=f"With {least - 1} prices")
        load(office, "a", least)
        healthy(office, "a", wanted=True, when=f"With {least} prices")
        office.get("/prices/item 1").need_status(200, when=f"with {least} prices")


def withdrawn(trial: Trial) -> None:
    """The prices are taken away again."""
    with trial.open() as site:
        office = site.visitor("office")
        load(office, "a", trial.numbers["least"])
        healthy(office, "a", wanted=True, when="With all its prices")
        load(office, "a", 0)
        healthy(office, "a", wanted=False, when="After its prices were withdrawn")


def calm(trial: Trial) -> None:
    """What customers ask wrongly makes nobody ill."""
    with trial.open() as site:
        office = site.visitor("office")
        load(office, "a", trial.numbers["least"])
        for number in range(UNKNOWN):
            office.get(f"/prices/nothing {number}").need_status(404, when="for an item that there is not")
        healthy(office, "a", wanted=True, when=f"After {UNKNOWN} customers had asked for items that there are not")


def stocked(trial: Trial, site: Site) -> None:
    """All instances but a have prices."""
    for name in list(site.instances)[1:]:
        load(site.visitor("office"), name, trial.numbers["least"])


def taken_out(trial: Trial) -> None:
    """A balancer in front: instance a has no prices, and gets them later."""
    with trial.open(3) as site, site.front() as front:
        stocked(trial, site)
        need(
            any(front.look().values()), "b and c have prices; a balancer asked for their health, and found nobody well."
        )
        answers, _ = front.ask("/prices/item 1", CUSTOMERS)
        failed = sum(each.status != 200 for each in answers)
        said = f"a has no prices; a balancer asked all three for their health, and still {failed} of {CUSTOMERS}"
        need(not failed, f"{said} customers got no price.")
        load(site.visitor("office"), "a", trial.numbers["least"])
        front.look()
        _, by = front.ask("/prices/item 1", CUSTOMERS)
        need(by["a"], "a got its prices, and the balancer asked for its health again; still a gets no customers.")


def foreseen(trial: Trial) -> None:
    """The prediction is held against the time before the balancer has asked for anybody's health."""
    guess, instances = trial.value("fail_before"), trial.numbers["instances"]
    with trial.open(instances) as site, site.front() as front:
        stocked(trial, site)
        answers, _ = front.ask("/prices/item 1", CUSTOMERS)
    failed = sum(each.status != 200 for each in answers)
    said = f"{failed} of {CUSTOMERS} got none, for one of {instances} instances had no prices"
    need(guess == failed, f"You foresaw that {guess} customers get no price; {said}.")


EXERCISE = Exercise(
    id="health-that-helps",
    title="A health check that helps",
    lesson="03",
    level=1,
    minutes=15,
    objective="Write a health check that takes out an instance which cannot serve, and leaves in one which can.",
    asks="an instance can serve when it has at least {least} prices. For your guess, {instances} instances take turns.",
    numbers={"least": (3, 4, 5, 6), "instances": (2, 3, 4, 6)},
    hints=(
        "What must be true of this instance, at this moment, for it to answer a customer well? What need not be?",
        'A balancer does not read "status": "ok". It reads the status of HTTP: 2xx is well, 503 is not now.',
        'Begin healthz with: if len(prices) < least: return jsonify(status="no prices"), 503. And 12 come in turns.',
    ),
    checks=(
        Check("ready", 2, "An instance is healthy when it can serve, and not before.", ready),
        Check("withdrawn", 1, "It is unhealthy again when it can no longer serve.", withdrawn),
        Check("calm", 2, "What customers ask wrongly does not make it unhealthy.", calm),
        Check("taken-out", 3, "A balancer sends customers only where they are served.", taken_out),
        Check("foreseen", 2, "You foresaw how many customers fail before the balancer has asked.", foreseen),
    ),
    exports=("fail_before",),
)
