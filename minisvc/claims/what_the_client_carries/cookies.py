"""Cookies that hold what a service would have to keep: how much, who can read it, and which of them counts."""

from __future__ import annotations

import binascii
import string
import zlib
from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from minisvc import base64url
from minisvc.claims.claim import WHAT_THE_CLIENT_CARRIES, Source, claim
from minisvc.claims.expected import between, exactly
from minisvc.claims.trial import Trial
from minisvc.services import App, cart
from minisvc.users import Mind
from minisvc.users.journeys import Journey, Moves

GOODS, LENGTH = 50, 100
LETTERS = string.ascii_letters + string.digits + "-_"
MOST_BYTES = 4096
KEY = "known to every instance"
USERS, THINGS = 4, 3
SIZE = Source(
    "RFC 6265bis, draft-ietf-httpbis-rfc6265bis-22",
    "5.6 The Set-Cookie Header Field",
    "https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis-22#section-5.6",
)
LIMITS = Source("RFC 6265", "6.1 Limits", "https://www.rfc-editor.org/rfc/rfc6265#section-6.1")
REPLAY = Source("RFC 6265", "8.3 Clear Text", "https://www.rfc-editor.org/rfc/rfc6265#section-8.3")
FLASK = Source(
    "Flask documentation, Quickstart", "Sessions", "https://flask.palletsprojects.com/en/stable/quickstart/#sessions"
)


@claim(
    "cookie-limit",
    WHAT_THE_CLIENT_CARRIES,
    f"A cookie holds {MOST_BYTES:,} bytes; more than that a client drops without a word, and the service has said yes.",
    when=f"{GOODS} things of {LENGTH} letters for a cart in Flask's own session cookie; the client obeys RFC 6265bis.",
    predicts=f"the cart keeps as many as a cookie of {MOST_BYTES:,} bytes of name and value has room for, less than "
    f"{MOST_BYTES} / {LENGTH} = {MOST_BYTES // LENGTH}, and loses every one that the service confirms after that",
    derivation="The client ignores what is too large and sends the former cookie. One of 64 letters is 3/4 of a byte "
    "packed, and 4/3 of that in base64. How many fit is found by signing the same things beforehand.",
    control="The same cart in Redis keeps all; and a service that counts says 413, and confirms nothing in vain.",
    sources=(SIZE, LIMITS, FLASK),
)
def cookie_limit(trial: Trial) -> None:
    """Fill the cart, and look what is in it."""
    goods = ["".join(trial.random.choices(LETTERS, k=LENGTH)) for _ in range(GOODS)]
    room = len(fitting(goods))
    fits, lost = exactly(room), exactly(GOODS - room)
    kept, confirmed = filled(trial, "Flask's own cookie", goods, f"{__name__}:unlimited_cart")
    trial.measured("things in the cart, Flask's own cookie", kept, fits, samples=GOODS)
    trial.measured("things confirmed and not in the cart", confirmed - kept, lost, samples=GOODS)
    in_redis, _ = filled(trial, "in Redis", goods, "cart", state="redis")
    trial.control("things in the cart, in Redis", in_redis, exactly(GOODS), other=fits, samples=GOODS)
    refused, confirmed = filled(trial, "counted before", goods, "cart", state="signed_cookie")
    alike = between(room - 1, room, "its cookie has two times more, which may take the place of one")
    trial.measured("things in the cart, a service that counts", refused, alike, samples=GOODS)
    in_vain = confirmed - refused
    trial.control("things confirmed and not in the cart, a service that counts", in_vain, exactly(0), other=lost)


@claim(
    "signed-not-secret",
    WHAT_THE_CLIENT_CARRIES,
    "Signed is not encrypted, nor can it be taken back.",
    when=f"{USERS} users put {THINGS} things into a cart, copy the cookie, empty the cart, and send the copy.",
    predicts="a signed cookie and a JWT are read without a key, 100 %, and the old cart is back, 100 %",
    derivation="A signature proves who wrote it: it hides nothing, and an old one stays as good as it was.",
    control="Encrypted, nobody reads it (though it comes back, too); in Redis, nothing can be read, nor comes back.",
    sources=(REPLAY, FLASK),
)
def signed_not_secret(trial: Trial) -> None:
    """Read it, and send it again."""
    everything, nothing = exactly(1, "100 %"), exactly(0, "0 %")
    many = USERS * THINGS
    for label, state in (("signed cookie", "signed_cookie"), ("JWT", "signed_token")):
        seen, back = copied(trial, label, state)
        trial.measured(f"share of things read without a key, {label}", seen, everything, samples=many)
        trial.measured(f"share of things that came back, {label}", back, everything, samples=many)
    seen, back = copied(trial, "encrypted", "encrypted_cookie")
    trial.control("share of things read without a key, encrypted", seen, nothing, other=everything, samples=many)
    trial.measured("share of things that came back, encrypted", back, everything, samples=many)
    seen, back = copied(trial, "in Redis", "redis")
    trial.control("share of things read without a key, in Redis", seen, nothing, other=everything, samples=many)
    trial.control("share of things that came back, in Redis", back, nothing, other=everything, samples=many)


def unlimited_cart(instance: str) -> App:
    """BAD PRACTICE, to be measured: a session of any size in Flask's own cookie, of which Flask would only warn.

    As a bare WSGI app, so that no other place is found for its sessions.
    """
    app = cart.create_app(instance)
    app.config.update(SECRET_KEY=KEY, MAX_COOKIE_SIZE=0)
    bare: App = app.wsgi_app
    return bare


def fitting(goods: Sequence[str]) -> list[str]:
    """Those that a cart has room for, in a cookie of at most `MOST_BYTES`, if each is put into it that fits."""
    app = Flask(__name__)
    app.secret_key = KEY
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None, "there is a key"
    kept: list[str] = []
    for item in goods:
        if len("session") + len(serializer.dumps({"items": [*kept, item]})) <= MOST_BYTES:
            kept.append(item)
    return kept


def filled(trial: Trial, label: str, goods: Sequence[str], service: str, **fields: Any) -> tuple[int, int]:
    """How many of these are in the cart in the end, and how many the service had confirmed."""
    found: list[str] = []
    with trial.cluster(label, service, instances=2, **fields) as shop:
        shop.load(filler(goods, found), users=1, steps=len(goods) + 1)
        confirmed = sum(each.status == 201 for each in shop.ledger.since()[1])
    return len(found), confirmed


def filler(goods: Sequence[str], found: list[str]) -> Journey:
    """Who puts all these into a cart, and then notes what is in it."""

    def fill(user: Mind) -> Moves:
        for item in goods:
            yield user.add(item)
        yield user.ask("GET", "/cart", expect=lambda said: found.extend(said["items"]))

    return fill


def copied(trial: Trial, label: str, state: str) -> tuple[float, float]:
    """Of what was in the carts: the share that a copied cookie tells, and that it brings back into an emptied cart."""
    seen, back = 0, list[str]()
    with trial.cluster(label, instances=2, state=state) as shop:
        for user in shop.add_users(USERS):
            things = ["".join(trial.random.choices(string.ascii_lowercase, k=LENGTH)) for _ in range(THINGS)]
            for thing in things:
                user.add(thing)
            copy = user.cookie or ""
            seen += sum(thing in readable(copy) for thing in things)
            user.perform(user.mind.ask("DELETE", "/cart"))
            headers = {"Cookie": f"session={copy}"}
            user.perform(user.mind.ask("GET", "/cart", expect=partial(still_there, things, back), headers=headers))
    return seen / (USERS * THINGS), len(back) / (USERS * THINGS)


def still_there(things: Collection[str], back: list[str], said: Mapping[str, Any]) -> str | None:
    """Notes and complains of what is in a cart that was emptied."""
    found = [thing for thing in said["items"] if thing in things]
    back += found
    return f"had emptied the cart, and found {len(found)} things in it" if found else None


def readable(cookie: str) -> str:
    """What anybody can read in a cookie: each part between dots as base64, packed or not."""
    return " ".join(plain(part) for part in cookie.split("."))


def plain(part: str) -> str:
    """What is in base64, packed or not; "" if nothing legible."""
    try:
        data = base64url.decode(part)
    except binascii.Error:
        # Not base64: the text tells all by itself.
        return part
    try:
        return zlib.decompress(data).decode()
    except (zlib.error, UnicodeDecodeError):
        return data.decode("latin-1")
