"""Lesson 04: a service that tells the truth, and quickly, while its store is down."""

import socket

from minisvc.grading import Check, Exercise, Trial, Visitor, need

NOTE = {"note": "call Ben"}
QUICK_S = 1.5
SLOWEST_S = 8.0


def write(visitor: Visitor) -> None:
    """Keep a note, with success."""
    visitor.post("/notes/ana", json=NOTE, within_s=SLOWEST_S).need_status(201, when="while the store was up")


def reads(visitor: Visitor, wanted: list[str], when: str) -> None:
    """Read Ana's notes."""
    found = visitor.get("/notes/ana", within_s=SLOWEST_S).field("notes")
    need(found == wanted, f"{when} the notes are {found}; {wanted} is right.")


def refused(visitor: Visitor, method: str, retry_s: int) -> None:
    """Ask while the store is down: 503 and when to come again, and never a success that is none."""
    answer = visitor.ask(method, "/notes/ana", json=NOTE if method == "POST" else None, within_s=SLOWEST_S)
    lie = "the store is down, so that is not true" if answer.status < 400 else "503 is wanted"
    need(answer.status == 503, f"{answer.asked} was answered {answer.status}: {lie}.")
    told = answer.headers.get("retry-after", "nothing")
    need(told == str(retry_s), f"{answer.asked} was answered 503 with Retry-After {told}; yours is {retry_s}.")


def works(trial: Trial) -> None:
    """Nothing is broken."""
    with trial.open(2, store=True) as site:
        visitor = site.visitor("ana")
        reads(visitor, [], "At first")
        write(visitor)
        reads(visitor, [NOTE["note"]], "After one was written")


def honest(trial: Trial) -> None:
    """The store crashes."""
    with trial.open(store=True) as site:
        visitor = site.visitor("ana")
        write(visitor)
        site.crash_store()
        refused(visitor, "POST", trial.numbers["retry_s"])
        refused(visitor, "GET", trial.numbers["retry_s"])


def healthy(trial: Trial) -> None:
    """Health is the instance's own."""
    with trial.open(store=True) as site:
        visitor = site.visitor("balancer")
        site.crash_store()
        status = visitor.get("/healthz", within_s=SLOWEST_S).status
        said = "a balancer would take every instance out, though none is ill"
        need(status == 200, f"With the store down, /healthz was answered {status}: {said}.")


def quick(trial: Trial) -> None:
    """A store that takes connections and answers nothing."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        with trial.open(STORE_URL=url) as site:
            answer = site.visitor("ana").get("/notes/ana", within_s=SLOWEST_S)
    said = f"the client waited {answer.took_s:.1f} s for {answer.status}; {QUICK_S:g} s is the most"
    need(answer.took_s <= QUICK_S, f"The store took the connection and was silent: {said}.")
    need(answer.status == 503, f"The store was silent, and the answer {answer.status}; 503 is wanted.")


def recovers(trial: Trial) -> None:
    """The store comes back, empty; nobody restarts the instance."""
    with trial.open(store=True) as site:
        visitor = site.visitor("ana")
        write(visitor)
        site.crash_store()
        visitor.get("/notes/ana", within_s=SLOWEST_S)
        site.restart_store()
        reads(visitor, [], "The store is back, and empty:")
        write(visitor)
        reads(visitor, [NOTE["note"]], "After one was written again")


EXERCISE = Exercise(
    id="store-is-down",
    title="The store is down, and the service is not",
    lesson="04",
    level=3,
    minutes=40,
    objective="Write a service that tells the truth, quickly, while its shared store is down or silent.",
    asks="while the store cannot be reached, answer 503 with the header Retry-After: {retry_s}.",
    numbers={"retry_s": (2, 3, 4, 6, 7, 8, 9)},
    hints=(
        "Three things can go wrong: the store refuses, it is silent, it comes back. What does each look like in code?",
        "redis.RedisError is the root of all that redis raises; app.errorhandler makes one answer of it for all paths.",
        "redis.Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5, retry=None) gives up in time.",
    ),
    checks=(
        Check("works", 1, "Notes are kept while the store is up.", works),
        Check("honest", 3, "While the store is down, the answer is 503 and says when to come again.", honest),
        Check("healthy", 2, "The instance stays healthy while the store is down.", healthy),
        Check("quick", 2, "A silent store makes nobody wait.", quick),
        Check("recovers", 2, "When the store is back, so is the service.", recovers),
    ),
)
