"""Lesson 00: instances look alike from outside; each says who it is, and a restart leaves little of a count."""

from minisvc.grading import Check, Exercise, Trial, Visitor, need


def welcomed(visitor: Visitor, at: str) -> int:
    """Ask an instance once; returns how often it says to have answered."""
    answer = visitor.get("/", at)
    by = answer.field("by")
    need(by == at, f'{at} was asked, and its answer says "by": {by!r}.')
    return answer.whole("served")


def names(trial: Trial) -> None:
    """Each instance says its own name."""
    with trial.open(3) as site:
        visitor = site.visitor("ana")
        for at in "acb":
            welcomed(visitor, at)


def counts(trial: Trial) -> None:
    """Each instance counts what it answered, whoever asked."""
    with trial.open(2) as site:
        ana, ben = site.visitor("ana"), site.visitor("ben")
        for number, visitor in enumerate((ana, ana, ben), 1):
            served = welcomed(visitor, "a")
            need(
                served == number, f"a was asked {number} times, by several visitors, and says that it served {served}."
            )
        served = welcomed(ana, "b")
        need(served == 1, f"b was asked for the first time, and says that it served {served}.")


def health(trial: Trial) -> None:
    """A balancer's checks are no visitors."""
    with trial.open() as site:
        visitor, balancer = site.visitor("ana"), site.visitor("balancer")
        before = welcomed(visitor, "a")
        for _ in range(3):
            balancer.get("/healthz").need_status(200)
        after = welcomed(visitor, "a")
    said = f"a had served {before}, then a balancer asked /healthz 3 times; the next visitor was told {after}"
    need(after == before + 1, f"{said}. Who is no visitor?")


def foreseen(trial: Trial) -> None:
    """The prediction is held against what the submission's own instances say."""
    instances, first, then = (trial.numbers[name] for name in ("instances", "first", "then"))
    guess = trial.value("a_says"), trial.value("all_say")
    with trial.open(instances) as site:
        visitor, told = site.visitor("ana"), dict[str, int]()
        for number in range(first + then):
            if number == first:
                site.restart("a")
            told |= {at: welcomed(visitor, at) for at in site.instances}
    served, found = instances * (first + then), sum(told.values())
    need(
        guess[0] == told["a"],
        f"You foresaw that a says {guess[0]} in the end; it crashed on the way, and says {told['a']}.",
    )
    need(
        guess[1] == found,
        f"You foresaw that all together say {guess[1]}; they say {found}, of {served} answers that were given.",
    )


EXERCISE = Exercise(
    id="who-answered",
    title="Who answered, and how often",
    lesson="00",
    level=1,
    minutes=15,
    objective="Tell instances apart from outside, and say what a restart leaves of a count that one keeps in memory.",
    asks=(
        "{instances} instances take turns until each has answered {first} times. Then a crashes and is started again, "
        "and they take turns until each has answered {then} times more. Foretell what they say then."
    ),
    numbers={"instances": (2, 3, 4), "first": (3, 4, 5, 6, 7), "then": (2, 4, 8)},
    hints=(
        "All instances run the same program. What does each of them get that the others do not have?",
        "A variable in create_app is made once for each instance, whenever one starts. What is in it after a crash?",
        "served = itertools.count(1) before the route, next(served) in it. What a counted before its crash is gone.",
    ),
    checks=(
        Check("names", 2, "Each instance says its own name.", names),
        Check("counts", 2, "Each instance counts what it answered, whoever asked.", counts),
        Check("health", 1, "The checks of a balancer are not counted.", health),
        Check("foreseen", 3, "You foresaw what is left of the count after a crash.", foreseen),
    ),
    exports=("a_says", "all_say"),
)
