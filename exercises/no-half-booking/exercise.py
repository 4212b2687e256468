"""Lesson 03: a booking that is whole or not there, wherever in its middle the instance crashes."""

import concurrent.futures
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from minisvc.grading import Answer, Check, Exercise, Failed, Site, Trial, Visitor, need
from minisvc.grading.gate import Gate

WANTED = 3
MOST_COMMANDS = 20
QUICK_S = 2.0


def book(visitor: Visitor, show: str, seats: int, at: str, within_s: float = 3.0) -> Answer:
    """Ask for so many seats."""
    path = f"/shows/{show}/bookings/{visitor.name}"
    return visitor.ask("PUT", path, at, json={"seats": seats}, within_s=within_s)


def left(visitor: Visitor, show: str, at: str) -> int:
    """How many seats the show still has."""
    return visitor.get(f"/shows/{show}", at).whole("left")


def booked(visitor: Visitor, show: str, at: str) -> int:
    """How many of them are the visitor's."""
    return visitor.get(f"/shows/{show}/bookings/{visitor.name}", at).whole("seats")


def holds(visitor: Visitor, show: str, wanted: tuple[int, int], at: str, when: str) -> None:
    """Need so many seats left, and so many booked."""
    found = left(visitor, show, at), booked(visitor, show, at)
    said = f"{found[0]} seats are left, and {visitor.name} has {found[1]}"
    need(found == wanted, f"{when} {at} says that {said}; {wanted[0]} and {wanted[1]} is right.")


def books(trial: Trial) -> None:
    """One visitor, who asks for the same twice, and then for something else."""
    seats = trial.numbers["seats"]
    with trial.open(store=True) as site:
        ana = site.visitor("ana")
        holds(ana, "opera", (seats, 0), "a", "At first")
        book(ana, "opera", WANTED, "a").need_status(201, when="the first time")
        holds(ana, "opera", (seats - WANTED, WANTED), "a", f"After a booking of {WANTED}")
        book(ana, "opera", WANTED, "a").need_status(200, when="the second time")
        book(ana, "opera", WANTED + 1, "a").need_status(409, when=f"after a booking of {WANTED}")
        holds(ana, "opera", (seats - WANTED, WANTED), "a", f"After a booking of {WANTED}, asked for again,")
        holds(ana, "ballet", (seats, 0), "a", "Of another show")


def full(trial: Trial) -> None:
    """More than there is, and exactly what there is."""
    seats = trial.numbers["seats"]
    with trial.open(store=True) as site:
        ana, ben = site.visitor("ana"), site.visitor("ben")
        book(ana, "opera", seats + 1, "a").need_status(409, when=f"with {seats} seats left")
        holds(ana, "opera", (seats, 0), "a", "After a booking was refused")
        book(ana, "opera", seats, "a").need_status(201, when=f"with {seats} seats left")
        book(ben, "opera", 1, "a").need_status(409, when="with no seat left")


def restart(trial: Trial) -> None:
    """Both instances crash and start again, one after the other."""
    seats = trial.numbers["seats"]
    with trial.open(2, store=True) as site:
        ana = site.visitor("ana")
        book(ana, "opera", WANTED, "a").need_status(201)
        holds(ana, "opera", (seats - WANTED, WANTED), "b", "After a booking at a")
        for name in "ab":
            site.restart(name)
        holds(ana, "opera", (seats - WANTED, WANTED), "b", "After both instances crashed and started again")


def crashes(site: Site, ana: Visitor) -> Iterator[tuple[str, bool, str]]:
    """Let Ana book at a, each time for another show, and crash it after 0, 1, 2, ... commands to the store.

    Gives the show, whether a had answered before it crashed, and in words when it did.
    """
    assert site.gate, "the site was opened without a gate"
    for after in range(MOST_COMMANDS):
        show = f"show-{after}"
        asked = site.gate.begin(partial(book, ana, show, WANTED, "a"), after)
        answered = asked.done()
        site.crash("a")
        site.gate.cut()
        concurrent.futures.wait([asked])
        if answered:
            asked.result().need_status(201)
        yield show, answered, told(site.gate)
        if answered:
            return
        site.start("a")


def told(gate: Gate) -> str:
    """Such as "after HGET, HSET"."""
    return f"after {', '.join(gate.passed)}" if gate.passed else "before its first command to the store"


def crash(trial: Trial) -> None:
    """Instance a crashes somewhere in the middle; b is asked what there is."""
    seats = trial.numbers["seats"]
    nothing, whole = (seats, 0), (seats - WANTED, WANTED)
    with trial.open(2, store=True, gated=True) as site:
        ana = site.visitor("ana")
        for show, answered, when in crashes(site, ana):
            found = left(ana, show, "b"), booked(ana, show, "b")
            said = f"{found[0]} of {seats} seats are left, and ana has {found[1]}"
            need(
                found == whole or not answered,
                f"a answered 201 to a booking of {WANTED}, and crashed. Then {said}; what was confirmed must stay.",
            )
            need(
                found in {nothing, whole},
                f"a crashed in a booking of {WANTED}, {when}. Then {said}; all or nothing is wanted.",
            )


def again(trial: Trial) -> None:
    """After such a crash the visitor, who had no answer, asks again at b."""
    whole = trial.numbers["seats"] - WANTED, WANTED
    with trial.open(2, store=True, gated=True) as site:
        ana = site.visitor("ana")
        for show, answered, when in crashes(site, ana):
            asked = f"a crashed {when}, and ana asked again at b"
            with told_with(asked):
                answer = book(ana, show, WANTED, "b", QUICK_S).need_status(200, 201)
            holds(ana, show, whole, "b", f"{asked}:")
            if answered:
                answer.need_status(200, when="though a had answered 201 before")


def last_seats(trial: Trial) -> None:
    """Two visitors want all seats; instance a stalls somewhere in the middle, and goes on when b has answered."""
    seats = trial.numbers["seats"]
    with trial.open(2, store=True, gated=True) as site:
        assert site.gate, "the site was opened without a gate"
        ana, ben = site.visitor("ana"), site.visitor("ben")
        for after in range(MOST_COMMANDS):
            show = f"show-{after}"
            anas = site.gate.begin(partial(book, ana, show, seats, "a"), after)
            through = anas.done()
            how = "answered" if through else f"stalled {told(site.gate)}"
            said = f"ana wanted all {seats} seats at a, which {how}; then ben wanted them at b"
            with told_with(said):
                bens = book(ben, show, seats, "b", QUICK_S).need_status(201, 409)
                site.gate.open()
                got = anas.result().need_status(201, 409).status, bens.status
            need(sorted(got) == [201, 409], f"{said}. They got {got[0]} and {got[1]}; one 201 and one 409 is wanted.")
            found = booked(ana, show, "b") + booked(ben, show, "b")
            need(found == seats, f"{said}. Together they have {found} of {seats} seats.")
            if through:
                return


@contextmanager
def told_with(said: str) -> Iterator[None]:
    """Say with a reason under which circumstances it was."""
    try:
        yield
    except Failed as failed:
        raise Failed(f"{said}: {failed}") from None


EXERCISE = Exercise(
    id="no-half-booking",
    title="No half booking",
    lesson="03",
    level=3,
    minutes=45,
    objective="Write a change of state that is whole or not there, wherever an instance crashes or stalls.",
    asks="each show has {seats} seats.",
    numbers={"seats": tuple(range(20, 60))},
    hints=(
        "Imagine a crash after each line that talks to the store. What is in the store then, and what does b think?",
        "What is written once cannot be half. Two writes go between MULTI and EXEC; who read before them must WATCH.",
        "One hash a show, user to seats; left is the rest. store.transaction(write, key, value_from_callable=True).",
    ),
    checks=(
        Check("books", 1, "A booking is kept, and the same again changes nothing.", books),
        Check("full", 1, "No more seats are booked than there are.", full),
        Check("restart", 1, "Bookings outlive the instances.", restart),
        Check("crash", 3, "A crash in the middle of a booking leaves all of it or nothing.", crash),
        Check("again", 2, "Who had no answer asks again, and has one booking.", again),
        Check("last-seats", 2, "The last seats are sold once, though one instance stalls.", last_seats),
    ),
)
