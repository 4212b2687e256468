"""Lesson 01: a counter that any instance can serve, for nothing of it stays in a memory."""

from minisvc.grading import Check, Exercise, Trial, Visitor, need

ROUNDS = 4


def counted(visitor: Visitor, before: int | None, at: str) -> int:
    """Let one more be counted; `before` None is a client that has no count yet."""
    return visitor.post("/next", at, json={} if before is None else {"count": before}).whole("count")


def counts(trial: Trial) -> None:
    """One client, one instance."""
    step = trial.numbers["step"]
    with trial.open() as site:
        visitor, count = site.visitor("ana"), None
        for number in range(1, ROUNDS):
            count = counted(visitor, count, "a")
            need(count == number * step, f"After {number} times the count is {count}; your step is {step}.")


def any_instance(trial: Trial) -> None:
    """One client, two instances in turn."""
    step = trial.numbers["step"]
    with trial.open(2) as site:
        visitor, count = site.visitor("ana"), None
        for number in range(1, ROUNDS + 1):
            at = "ab"[number % 2]
            before, count = count, counted(visitor, count, at)
            said = f"{at} was told {before} and answered {count}, {number * step} is right: what does {at} remember?"
            need(count == number * step, said)


def crash(trial: Trial) -> None:
    """The instance is killed between two requests."""
    step = trial.numbers["step"]
    with trial.open() as site:
        visitor = site.visitor("ana")
        before = counted(visitor, counted(visitor, None, "a"), "a")
        site.restart("a")
        after = counted(visitor, before, "a")
        need(after == before + step, f"The count was {before}, then a crashed; the next was {after}.")


def own_count(trial: Trial) -> None:
    """Two clients, one instance."""
    step = trial.numbers["step"]
    with trial.open() as site:
        ana, ben = site.visitor("ana"), site.visitor("ben")
        first = counted(ana, None, "a")
        other = counted(ben, None, "a")
        need(other == step, f"Ana counted to {first}; then Ben began and got {other} in place of {step}.")


EXERCISE = Exercise(
    id="counter-anywhere",
    title="A counter that any instance can serve",
    lesson="01",
    level=1,
    minutes=15,
    objective="Move state out of a service's memory and into what travels with each request.",
    asks="count in steps of {step}: who sends a count gets that count plus {step}, who sends none gets {step}.",
    numbers={"step": tuple(range(2, 30))},
    hints=(
        "What does an instance have to know to answer? Only what the request can tell it.",
        'The client sends its count: request.get_json() has it under "count". Who begins sends {}.',
        'Throw the variable away: answer jsonify(count=request.get_json().get("count", 0) + step).',
    ),
    checks=(
        Check("counts", 1, "One client counts in your steps.", counts),
        Check("any-instance", 2, "Two instances take turns, and the count goes on.", any_instance),
        Check("crash", 2, "The instance crashes, and the count goes on.", crash),
        Check("own-count", 1, "Each client has a count of its own.", own_count),
    ),
)
