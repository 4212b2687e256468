"""Signed tokens: verified without asking anybody, and so good for whoever was not told that they are over."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from typing import Any

from flask import Flask, g, has_app_context
from sqlalchemy import event

from minisvc import base64url
from minisvc.claims.claim import WHAT_THE_CLIENT_CARRIES, Source, Untried, claim
from minisvc.claims.expected import exactly
from minisvc.claims.trial import Trial, round_trips
from minisvc.claims.what_the_client_carries.programs import bearing, registered
from minisvc.exchange import Exchange
from minisvc.services.accounts.app import create_app
from minisvc.services.accounts.bearer import allowed
from minisvc.services.database import database, keeps_records
from minisvc.users import Mind, Step, User
from minisvc.users.journeys import Journey, Moves
from minisvc.users.mind import Answer

INSTANCES, ASKED = 2, 20
PEOPLE, WHO = 3, "/whoami"
IDLE_S, AFTER_S, RATE = 1.0, 0.3, 20.0
"""How long a token lives, how much longer the thief comes with it, and how often in a second."""
SELF_CONTAINED = Source(
    "RFC 7009, OAuth 2.0 Token Revocation", "3 Implementation Note", "https://www.rfc-editor.org/rfc/rfc7009#section-3"
)
ACCESS_TOKENS = Source(
    "RFC 9068, JWT Profile for OAuth 2.0 Access Tokens",
    "4 Validating JWT Access Tokens",
    "https://www.rfc-editor.org/rfc/rfc9068#section-4",
)
NO_REVOCATION = Source(
    "OWASP JSON Web Token Cheat Sheet for Java",
    "No Built-In Token Revocation by the User",
    "https://cheatsheetseries.owasp.org/cheatsheets/JSON_Web_Token_for_Java_Cheat_Sheet.html",
)


@claim(
    "jwt-no-lookup",
    WHAT_THE_CLIENT_CARRIES,
    "A JWT is verified without a look-up in a database.",
    when=f"{INSTANCES} instances that know the key; {ASKED} requests with one access token; every SELECT is counted.",
    predicts="0 look-ups a request",
    derivation="The signature, the issuer, the audience and the end are compared with what the instance knows.",
    control="An opaque token that is introspected: 1. A JWT with a list of those revoked: 1. A session in Redis: 1.",
    sources=(SELF_CONTAINED, ACCESS_TOKENS),
)
def jwt_no_lookup(trial: Trial) -> None:
    """Count what the service looks up."""
    none, one = exactly(0), exactly(1)
    signed = look_ups(trial, "JWT", state="signed_token")
    trial.measured("look-ups a request, JWT", signed, none, samples=ASKED)
    opaque = look_ups(trial, "opaque token", state="signed_cookie")
    trial.control("look-ups a request, opaque token", opaque, one, other=none, samples=ASKED)
    listed = look_ups(trial, "JWT with a list", state="signed_token", deny_list=True)
    trial.control("look-ups a request, JWT with a list of those revoked", listed, one, other=none, samples=ASKED)
    with trial.cluster("session in Redis", instances=INSTANCES, state="redis") as shop:
        (user,) = shop.add_users(1)
        user.add("apples")
        for _ in range(INSTANCES):
            # The first one of an instance opens a connection.
            user.check()
        before = round_trips(shop)
        for _ in range(ASKED):
            user.check()
        asked = round_trips(shop) - before
    trial.control("look-ups a request, session in Redis", asked / ASKED, one, other=none, samples=ASKED)


@claim(
    "jwt-outlives-logout",
    WHAT_THE_CLIENT_CARRIES,
    "A JWT works after the logout until it expires.",
    when=f"{PEOPLE} people log in and out, and somebody comes with copies of their tokens; and again {RATE:g} times a "
    f"second with one of {IDLE_S:g} s, until it is over.",
    predicts="100 % are let in after the logout, and until the token's end; 0 % after that",
    derivation="The logout takes the cookie from its owner only. Who verifies the copy hears of its end from itself.",
    control="With a list of what was logged out: 0 %, for 1 look-up a request. A session in Redis: 0 %.",
    sources=(NO_REVOCATION, SELF_CONTAINED),
)
def jwt_outlives_logout(trial: Trial) -> None:
    """Log out, and come again."""
    everybody, nobody = exactly(1, "100 %"), exactly(0, "0 %")
    let_in, _ = after_logout(trial, "JWT", state="signed_token")
    trial.measured("share let in after the logout, JWT", let_in, everybody, samples=PEOPLE)
    before, after = until_the_end(trial)
    trial.measured("share of visits let in before the token's end", share(before), everybody, samples=len(before))
    trial.measured("share of visits let in after the token's end", share(after), nobody, samples=len(after))
    let_in, trips = after_logout(trial, "JWT with a list", state="signed_token", deny_list=True)
    trial.control("share let in after the logout, JWT with a list", let_in, nobody, other=everybody, samples=PEOPLE)
    trial.measured("look-ups a request, JWT with a list", trips, exactly(1), samples=PEOPLE)
    let_in, _ = after_logout(trial, "session in Redis", state="redis")
    trial.control("share let in after the logout, session in Redis", let_in, nobody, other=everybody, samples=PEOPLE)


@keeps_records
def counting_accounts(instance: str) -> Flask:
    """Accounts that count what they look up, and tell it to whoever has a token for statistics."""
    app = create_app(instance)

    @app.before_request
    def listen() -> None:
        g.looked_up = 0
        if not event.contains(database(), "before_cursor_execute", count):
            event.listen(database(), "before_cursor_execute", count)

    @app.get("/looked-up")
    def looked_up() -> dict[str, int]:
        allowed("statistics")
        return {"looked_up": g.looked_up}

    return app


def count(_link: object, _cursor: object, statement: str, *_: object) -> None:
    """One more look-up of the present request."""
    if has_app_context() and "looked_up" in g:
        g.looked_up += statement.lstrip().upper().startswith("SELECT")


def look_ups(trial: Trial, label: str, **fields: Any) -> float:
    """How often a request with an access token looks something up, once every instance was asked before."""
    counted: list[int] = []

    def heard(answer: Answer) -> None:
        counted.append(answer.said.get("looked_up", -1))

    with (
        trial.cluster(label, f"{__name__}:counting_accounts", instances=INSTANCES, **fields) as shop,
        registered(shop, trial.random) as program,
    ):
        token, (user,) = program.token_for_itself(), shop.add_users(1)
        for _ in range(INSTANCES + ASKED):
            user.perform(bearing(token, "/looked-up", is_good=True, heard=heard))
    return sum(counted[INSTANCES:]) / ASKED


def after_logout(trial: Trial, label: str, **fields: Any) -> tuple[float, float]:
    """The share of people as whom somebody is let in after their logout, and the round trips that a visit costs."""
    with trial.cluster(label, "accounts", instances=INSTANCES, **fields) as shop:
        copies = [logged_out(trial, user) for user in shop.add_users(PEOPLE)]
        (somebody,) = shop.add_users(1)
        for _ in range(INSTANCES):
            # The first one of an instance opens a connection.
            somebody.perform(visit(somebody.mind, copies[0]))
        before = round_trips(shop)
        visits = [somebody.perform(visit(somebody.mind, copy)) for copy in copies]
        return share(visits), (round_trips(shop) - before) / PEOPLE


def until_the_end(trial: Trial) -> tuple[list[Exchange], list[Exchange]]:
    """Visits with the copy of a token of somebody who has logged out: before its end, and after it."""
    with trial.cluster(f"JWT of {IDLE_S:g} s", "accounts", state="signed_token", idle_s=IDLE_S) as shop:
        copy = logged_out(trial, shop.add_users(1)[0])
        shop.load(thief(copy), users=1, rate=RATE, arrivals="constant", duration_s=IDLE_S + AFTER_S)
        since_1970_s = time.time() - time.monotonic()
        visits = [each for each in shop.ledger.since()[1] if each.path == WHO and each.user]
    said = claims_of(copy)
    # It is noted to a tenth of a second when a session was used; what falls into that tenth tells nothing.
    used_up_s, ends_s = said["iat"] + IDLE_S - since_1970_s, said["exp"] - since_1970_s
    before = [each for each in visits if each.started_s + each.duration_s < used_up_s]
    after = [each for each in visits if each.started_s > ends_s]
    if not before or not after:
        raise Untried(f"nobody came before the end of a token of {IDLE_S:g} s, or after it: this machine is too busy")
    return before, after


def logged_out(trial: Trial, user: User) -> str:
    """A copy of the session cookie of somebody who has logged in, and out again."""
    ann = {"name": f"{user.name}-{trial.random.getrandbits(32)}", "password": "a long and secret one"}
    user.perform(user.mind.ask("POST", "/signup", ann, lambda said: None if said["name"] == ann["name"] else "nobody"))
    copy = user.cookie or ""
    user.perform(user.mind.ask("POST", "/logout", {}))
    return copy


def visit(user: Mind, copy: str) -> Step:
    """Comes with that session cookie, and ought to be nobody."""

    def judge(said: Mapping[str, Any]) -> str | None:
        return f"was let in as {said['name']}, who has logged out" if said["name"] else None

    return user.ask("GET", WHO, expect=judge, headers={"Cookie": f"session={copy}"})


def thief(copy: str) -> Journey:
    """Who comes with it again and again, and keeps no other."""

    def come(user: Mind) -> Moves:
        yield user.forget()
        yield visit(user, copy)

    return come


def share(visits: Sequence[Exchange]) -> float:
    """The share that was let in, in vain for its owner's logout."""
    return sum(each.lost is True for each in visits) / len(visits)


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, as anybody can read it."""
    part = token.split(".")[1]
    said: dict[str, Any] = json.loads(base64url.decode(part))
    return said
