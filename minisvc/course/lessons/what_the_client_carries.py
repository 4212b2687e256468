"""Lesson 06: what a client carries for a service: how much, who reads it, and who can take it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from minisvc.course.lesson import Check, Lesson, Row
from minisvc.course.seals import token
from minisvc.panel.content import Choice, Question

KEY, STOLEN_KEY = "known to every instance", "somebody's own"
NOW_S, HERE = 1_000_000.0, "orders"
GOOD = {"sub": "ann", "aud": HERE, "exp": NOW_S + 60}

Accept = Callable[[str, str, float], Any]


def tokens_judged(accept: Accept) -> Iterator[Row]:
    """Show a verifier of the learner's a good token, and five that nobody ought to believe."""
    let_in = accept(token(GOOD, KEY), KEY, NOW_S)
    why = "" if let_in == "ann" else f"it answered {let_in!r}"
    yield Row("a good token is let in, as ann", let_in == "ann", why)
    head, _, seal = token(GOOD, KEY).split(".")
    body = token({**GOOD, "sub": "admin"}, STOLEN_KEY).split(".")[1]
    yield _refused("other claims under an old seal are refused", accept, f"{head}.{body}.{seal}")
    yield _refused("a seal by another key is refused", accept, token(GOOD, STOLEN_KEY))
    unsigned = token(GOOD, STOLEN_KEY, "none").rpartition(".")[0]
    yield _refused("a token that says alg: none is refused", accept, f"{unsigned}.")
    yield _refused("a token that is over is refused", accept, token({**GOOD, "exp": NOW_S - 1}, KEY))
    yield _refused("a token for another service is refused", accept, token({**GOOD, "aud": "diary"}, KEY))


def _refused(asks: str, accept: Accept, forged: str) -> Row:
    let_in = accept(forged, KEY, NOW_S)
    return Row(asks, let_in is None, "" if let_in is None else f"it was let in, as {let_in}")


CLIENT_CARRIES = Lesson(
    number="06",
    name="what-the-client-carries",
    title="What the client carries",
    outcome="Decide what to leave with a client: how much fits, who can read it, and what it takes to end it.",
    minutes=25,
    needs=("00", "01"),
    predicts={
        "signed-cookie": Question(
            asks="A shop keeps each cart in a cookie, signed with a secret key. You have your cookie, not the key. "
            "What can you do with it?",
            right="read",
            choices=(
                Choice("nothing", "Nothing but send it", "You take a signature for a lock."),
                Choice("read", "Read it, and send an old one again", "You know what a signature says, and what not."),
                Choice("change", "Read it, and write another cart into it", "You expect the shop to believe you."),
            ),
        )
    },
    recalls={
        "logged-out-token": Question(
            asks="Somebody copied your JWT; now you log out. What ends the copy, if nothing is looked up?",
            right="expiry",
            choices=(
                Choice("logout", "The logout", "No. It took the cookie from you; the copy never heard of it."),
                Choice("expiry", "Only its own expiry", "Right. Keep it short; or pay for a list with a look-up each."),
                Choice("restart", "A restart of the service", "No. The key is the same afterwards."),
            ),
        ),
        "refresh-twice": Question(
            asks="A refresh token comes a second time. Why are both who hold it put out?",
            right="unknown",
            choices=(
                Choice("used-up", "The server has run out of tokens", "No. It can issue as many as it likes."),
                Choice("unknown", "Nobody can tell the thief from the owner", "Right. The owner signs in again."),
                Choice("slow", "It came too late", "No. Even at once: each is good for one use."),
            ),
        ),
    },
    checks={
        "tokens-judged": Check(
            asks="Change `accept` so that it lets in whom it should, and nobody else.",
            examine=tokens_judged,
            hints=(
                "Who decides how a token is verified: you, beforehand, or the token that is to be verified?",
                "Compare the seal always. And look at said['aud']: a token for another service has a good seal too.",
                "trusted = seal == sealed(...) and said['aud'] == 'orders', and leave the rest as it is.",
            ),
        )
    },
)
