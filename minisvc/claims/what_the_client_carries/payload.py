"""What a request weighs and a client has to keep, when it carries what the service does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import log2

from minisvc.claims.claim import WHAT_THE_CLIENT_CARRIES, Source, claim
from minisvc.claims.expected import about, between, exactly
from minisvc.claims.trial import Curve, Trial
from minisvc.keeping import DOCUMENT_FIELD

ITEMS, LENGTH, LETTERS = 40, 8, "abcdefghijklmnop"
QUOTED = LENGTH + 3
"""An item in JSON: two quotes and a comma more."""
SESSION_ID = len("session=") + 43
"""The cookie that leads to a session: 32 random bytes as base64url."""
BRACKETS = len('{"items":[]}') - 1
"""What else a document has; the first item has no comma before it."""
LINE = len(": \r\n")
DOCUMENT_LINE, COOKIE_LINE = len(DOCUMENT_FIELD) + LINE, len("Cookie") + LINE
CROSSING = 1 + (COOKIE_LINE + SESSION_ID - DOCUMENT_LINE - BRACKETS) // QUOTED
COOKIES = Source("RFC 6265", "6.1 Limits", "https://www.rfc-editor.org/rfc/rfc6265#section-6.1")
JWS = Source("RFC 7515", "7.1 JWS Compact Serialization", "https://www.rfc-editor.org/rfc/rfc7515#section-7.1")
STATELESS = Source(
    "Fielding, Architectural Styles and the Design of Network-based Software Architectures",
    "5.1.3 Stateless",
    "https://ics.uci.edu/~fielding/pubs/dissertation/rest_arch_style.htm#sec_5_1_3",
)


@claim(
    "payload-grows",
    WHAT_THE_CLIENT_CARRIES,
    "Self-contained requests are larger, by as much as they carry.",
    when=f"A cart of 0 to {ITEMS} items of {LENGTH} letters, carried as a JWT, in a signed cookie or as a document.",
    predicts=f"bytes more with each item: JWT 4/3 x {QUOTED}, document {QUOTED}, signed cookie 4/3 of what compression "
    f"leaves, {LENGTH / 2:g} to {QUOTED}; a document is larger than a session id from item {CROSSING} on",
    derivation="Base64 makes four letters of three bytes; an item has quotes and a comma; no compression goes below "
    f"{log2(len(LETTERS)):g} bits for a letter of {len(LETTERS)}. A document's line is c x {QUOTED} + "
    f"{DOCUMENT_LINE + BRACKETS} bytes, a session id's {COOKIE_LINE + SESSION_ID}.",
    control="The same cart in Redis, behind a session id: no byte more with any item.",
    sources=(COOKIES, JWS, STATELESS),
)
def payload_grows(trial: Trial) -> None:
    """Weigh what each addition carries."""
    goods = ["".join(trial.random.choices(LETTERS, k=LENGTH)) for _ in range(ITEMS + 1)]
    carried = {
        label: carrying(trial, label, state, goods).carried
        for label, state in (
            ("JWT", "signed_token"),
            ("signed cookie", "signed_cookie"),
            ("document", "client_store"),
            ("session id", "redis"),
        )
    }
    grows = about(4 / 3 * QUOTED, 0.3, f"its times are written in up to 8 bytes more, over {ITEMS} items")
    trial.measured("bytes more with each item, JWT", slope(carried["JWT"]), grows, unit="B", samples=ITEMS)
    least, most = 4 / 3 * LENGTH * log2(len(LETTERS)) / 8, 4 / 3 * QUOTED
    packed = between(least, most, "no better than entropy, no worse than no compression", f"{least:.3g} to {most:.3g}")
    trial.measured("the same, signed cookie", slope(carried["signed cookie"]), packed, unit="B", samples=ITEMS)
    trial.measured("the same, document", slope(carried["document"]), exactly(QUOTED), unit="B", samples=ITEMS)
    larger = [own > leads for own, leads in zip(carried["document"], carried["session id"], strict=True)]
    trial.measured("items from which on a document is larger", larger.index(True) + 1, exactly(CROSSING))
    flat = slope(carried["session id"])
    trial.control("bytes more with each item, session id", flat, exactly(0), other=grows, unit="B", samples=ITEMS)
    items = range(1, ITEMS + 1)
    trial.plot(
        "items in the cart", "bytes that a request carries", *(Curve(each, items, carried[each]) for each in carried)
    )


@claim(
    "client-complexity",
    WHAT_THE_CLIENT_CARRIES,
    "What a service does not keep, its client must: more to store, more often, and more to send.",
    when=f"A cart filled with {ITEMS} items of {LENGTH} letters, kept by the client as a document, or by the service.",
    predicts=f"with c items, the client stores c times, {QUOTED} c + {BRACKETS} bytes at last, and sends "
    f"{QUOTED} c (c - 1) / 2 + {DOCUMENT_LINE + BRACKETS} (c - 1) bytes for it",
    derivation="Each answer is a new document, which each request after it carries, as a line of its own.",
    control=f"The same cart in Redis: the client stores an id once, {SESSION_ID} bytes with its name, and sends that.",
    sources=(STATELESS,),
)
def client_complexity(trial: Trial) -> None:
    """Look into the client."""
    goods = ["".join(trial.random.choices(LETTERS, k=LENGTH)) for _ in range(ITEMS)]
    own = carrying(trial, "as a document", "client_store", goods)
    led = carrying(trial, "in Redis", "redis", goods)
    again = ITEMS - 1
    sends = QUOTED * ITEMS * again // 2 + (DOCUMENT_LINE + BRACKETS) * again
    for label, figure, expected, other, without in (
        ("times that the client stores something new", len(own.stored), ITEMS, len(led.stored), 1),
        (
            "bytes that it stores at last",
            len(own.stored[-1]),
            QUOTED * ITEMS + BRACKETS,
            len(led.stored[-1]),
            SESSION_ID,
        ),
        ("bytes that it sends for it", sum(own.carried), sends, sum(led.carried), again * (COOKIE_LINE + SESSION_ID)),
    ):
        trial.measured(f"{label}, document", figure, exactly(expected))
        trial.control(f"{label}, session id", other, exactly(without), other=exactly(expected))
    items = range(2, ITEMS + 1)
    trial.plot(
        "items in the cart",
        "bytes sent so far to carry it",
        Curve("document", items, list(accumulate(own.carried))),
        Curve("session id", items, list(accumulate(led.carried))),
    )


@dataclass(frozen=True, slots=True)
class Carrying:
    """What filling a cart asked of a client.

    Attributes:
        carried: bytes that each addition but the first sent more than the first, which carried nothing.
        stored: what the client stored, each time that it was something new: a cookie with its name, or a document.
    """

    carried: Sequence[int]
    stored: Sequence[str]


def carrying(trial: Trial, label: str, state: str, goods: Sequence[str]) -> Carrying:
    """Put these into a cart, one after the other."""
    stored: list[str] = []
    with trial.cluster(label, instances=2, state=state) as shop:
        (user,) = shop.add_users(1)
        sent = []
        for item in goods:
            added = user.add(item)
            # Ids of requests are written in one digit more at some time: they are no part of the cart.
            sent.append(added.bytes_up - len(added.id))
            kept = user.cookie if state == "client_store" else f"session={user.cookie}"
            if kept and kept not in stored[-1:]:
                stored.append(kept)
    return Carrying([each - sent[0] for each in sent[1:]], stored)


def slope(carried: Sequence[int]) -> float:
    """How much more each item makes it, on average."""
    return (carried[-1] - carried[0]) / (len(carried) - 1)
