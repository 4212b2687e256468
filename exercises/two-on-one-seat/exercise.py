"""Lesson 04: what two instances read and write in one store, they must read and write in one step."""

from collections import Counter

from minisvc.grading import Answer, Check, Exercise, Site, Trial, Visitor, at_once, comes_true, need

CROWD = 9
SLOW_S = 0.06
"""How much longer each message to the store takes while a crowd asks, so that people are sure to meet."""
LONG_S, SHORT_S = "60", "1"
ENDS_WITHIN_S = 2.5


def hold(visitor: Visitor, at: str = "a") -> Answer:
    """Ask for a seat."""
    return visitor.post("/holds", at, json={"user": visitor.name})


def seat_of(trial: Trial, answer: Answer) -> int:
    """The seat that was given."""
    seat, most = answer.need_status(201).whole("seat"), trial.numbers["seats"]
    need(seat in range(1, most + 1), f"{answer.asked} was answered with seat {seat}; yours are 1 to {most}.")
    return seat


def is_free(visitor: Visitor, wanted: int, when: str, at: str = "a") -> None:
    """Need so many free seats."""
    found = visitor.get("/seats", at).whole("free")
    need(found == wanted, f"{when} {at} says that {found} seats are free; {wanted} is right.")


def holds(trial: Trial) -> None:
    """One after the other."""
    seats = trial.numbers["seats"]
    with trial.open(2, store=True, HOLD_S=LONG_S) as site:
        visitor = site.visitor("ana")
        is_free(visitor, seats, "At first")
        given = [seat_of(trial, hold(visitor, at)) for at in "ab"]
        need(given[0] != given[1], f"a gave seat {given[0]} away, and then b did so again.")
        is_free(visitor, seats - 2, "After two holds")


def sold_out(trial: Trial) -> None:
    """No seat is left."""
    seats = trial.numbers["seats"]
    with trial.open(2, store=True, HOLD_S=LONG_S) as site:
        visitor = site.visitor("ana")
        for _ in range(seats):
            seat_of(trial, hold(visitor))
        for at in "ab":
            hold(visitor, at).need_status(409, when=f"after all {seats} seats were held")
        is_free(visitor, 0, "With all seats held", "b")


def crowd(trial: Trial) -> None:
    """Many at one moment, at two instances."""
    seats = trial.numbers["seats"]
    with trial.open(2, store=True, store_delay_s=SLOW_S, HOLD_S=LONG_S) as site:
        for at in "ab":
            is_free(site.visitor("ana"), seats, "At first", at)
        people = [(site.visitor(f"guest {number}"), "ab"[number % 2]) for number in range(CROWD)]
        answers = at_once([lambda who=who, at=at: hold(who, at) for who, at in people])
    won = [each for each in answers if each.need_status(201, 409, when="in a crowd").status == 201]
    seat, times = Counter(seat_of(trial, each) for each in won).most_common(1)[0] if won else (0, 0)
    need(times <= 1, f"{CROWD} people asked at one moment, and seat {seat} was given to {times} of them, not to one.")
    need(len(won) == seats, f"{CROWD} people asked at one moment for {seats} seats, and {len(won)} got one.")


def ends(trial: Trial) -> None:
    """Nobody pays."""
    with trial.open(store=True, HOLD_S=SHORT_S) as site:
        held(trial, site, "a")
        need(is_back(trial, site, "a"), f"A hold was made for {SHORT_S} s; {ENDS_WITHIN_S:g} s later it has not ended.")


def ends_after_crash(trial: Trial) -> None:
    """Nobody pays, and who made the hold is dead."""
    with trial.open(2, store=True, HOLD_S=SHORT_S) as site:
        held(trial, site, "b")
        site.crash("a")
        said = f"a made a hold for {SHORT_S} s and crashed; {ENDS_WITHIN_S:g} s later b says that it has not ended."
        need(is_back(trial, site, "b"), f"{said} Who was to end it?")


def held(trial: Trial, site: Site, at: str) -> None:
    """Let a hold a seat, and need that `at` knows."""
    visitor = site.visitor("ana")
    seat_of(trial, hold(visitor))
    is_free(visitor, trial.numbers["seats"] - 1, "Right after one hold", at)


def is_back(trial: Trial, site: Site, at: str) -> bool:
    """Whether all seats are free again, in time."""
    visitor = site.visitor("ben")
    return comes_true(lambda: visitor.get("/seats", at).whole("free") == trial.numbers["seats"], ENDS_WITHIN_S)


EXERCISE = Exercise(
    id="two-on-one-seat",
    title="Two people on one seat",
    lesson="04",
    level=2,
    minutes=30,
    objective="Change shared state in one step, so that no two instances come between each other, and let it end by "
    "itself.",
    asks="your theatre has {seats} seats, numbered from 1.",
    numbers={"seats": (3, 4, 5, 6, 7)},
    hints=(
        "What may others do between your look at a seat and your writing? And who ends a hold whose instance is dead?",
        "A lock in an instance guards that one only, and a timer dies with it. Let the store look, write and end it.",
        'Try seat after seat: store.set(f"seat:{seat}", user, nx=True, ex=hold_s) is true for one of all who try.',
    ),
    checks=(
        Check("holds", 1, "Who asks is held a seat of their own.", holds),
        Check("sold-out", 1, "Where no seat is free, nobody gets one.", sold_out),
        Check("crowd", 3, "Many ask at one moment, and each seat is given once.", crowd),
        Check("ends", 2, "A hold ends by itself.", ends),
        Check("ends-after-crash", 2, "It does so when its instance has crashed.", ends_after_crash),
    ),
)
