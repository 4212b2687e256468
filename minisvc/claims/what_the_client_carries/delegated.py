"""Opaque tokens of OAuth 2.0: what a cache of introspections costs, and what a copied refresh token gives away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Flask

from minisvc.claims.claim import WHAT_THE_CLIENT_CARRIES, Source, claim
from minisvc.claims.expected import at_most, exactly
from minisvc.claims.trial import Curve, Trial
from minisvc.claims.what_the_client_carries.programs import OK, UNAUTHORIZED, Program, bearing, registered
from minisvc.clock import FakeClock
from minisvc.services.accounts.app import create_app
from minisvc.services.database import keeps_records
from minisvc.users import User

CACHE_S, EVERY_S = 60, 5
"""How long an introspection is believed, and how often somebody comes with the token."""
LEARNED_S = CACHE_S - EVERY_S
"""How long before the revocation an instance may have asked for the last time."""
INTROSPECTION = Source(
    "RFC 7662, OAuth 2.0 Token Introspection",
    "4 Security Considerations",
    "https://www.rfc-editor.org/rfc/rfc7662#section-4",
)
ROTATION = Source(
    "RFC 9700, Best Current Practice for OAuth 2.0 Security",
    "4.14.2 Recommendations",
    "https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2",
)

turned = FakeClock()
"""By this the accounts service below reads the time; instances are threads of this process."""


@claim(
    "introspection-cache-window",
    WHAT_THE_CLIENT_CARRIES,
    "Who believes an introspection for a while lets a revoked token in for as long, at most.",
    when=f"2 instances that believe an introspection for {CACHE_S} s, and learned it at different times; the token is "
    f"revoked, and each is asked every {EVERY_S} s, by a clock that the experiment turns.",
    predicts=f"an instance that asked a seconds before the revocation lets the token in for {CACHE_S} - a seconds",
    derivation="The answer was true when it was given; nobody tells the instance that it no longer is.",
    control="The same instances asking each time: 0 seconds.",
    sources=(INTROSPECTION,),
)
def introspection_cache_window(trial: Trial) -> None:
    """Come again and again with a revoked token."""
    ages_s = sorted(trial.random.sample(range(0, LEARNED_S + 1, EVERY_S), 2), reverse=True)
    believed = let_in_for(trial, f"believed for {CACHE_S} s", ages_s, CACHE_S)
    asked = let_in_for(trial, "asked each time", ages_s, 0)
    for number, age_s in enumerate(ages_s):
        left = exactly(CACHE_S - age_s, f"{CACHE_S} - {age_s}")
        trial.measured(f"seconds that it is let in, asked {age_s} s before", believed[number], left, unit="s")
        trial.control(f"the same, asking each time, {age_s} s", asked[number], exactly(0), other=left, unit="s")
    bound = at_most(CACHE_S, "the cache's time, which is what an operator chooses")
    trial.measured("longest", max(believed), bound, unit="s")
    at_s = range(0, CACHE_S + EVERY_S, EVERY_S)
    curves = (("believed", believed), ("asked each time", asked))
    trial.plot(
        "seconds since the revocation",
        "instances that let it in",
        *(Curve(label, at_s, [sum(each > now_s for each in until_s) for now_s in at_s]) for label, until_s in curves),
    )


@claim(
    "refresh-reuse-detected",
    WHAT_THE_CLIENT_CARRIES,
    "A refresh token that comes twice betrays a theft, and ends all that came from the same sign-in.",
    when="A program's refresh token is copied, and used twice: by its owner and by the thief, in whichever order.",
    predicts="the second use is refused, and of the 3 tokens that were good before it 0 are",
    derivation="Each is good for one use. Nobody can tell which of the two is the thief, so both are out: the access "
    "tokens before and after, and the refresh token that the first one got.",
    control="Nobody has copied it, and it is used once: all 3 are good. So are those of another sign-in in any case.",
    sources=(ROTATION,),
)
def refresh_reuse_detected(trial: Trial) -> None:
    """Use it twice."""
    all_three, none = exactly(3), exactly(0)
    twice = used(trial, "used twice", copied=True)
    trial.measured("second uses refused", twice.refused, exactly(1))
    trial.measured("tokens of that sign-in still good", twice.good, none, samples=3)
    trial.measured("tokens of another sign-in still good", twice.others_good, all_three, samples=3)
    once = used(trial, "used once", copied=False)
    trial.control("tokens of that sign-in still good, used once", once.good, all_three, other=none, samples=3)


@keeps_records
def turned_accounts(instance: str) -> Flask:
    """Accounts whose time the experiment turns."""
    app = create_app(instance)

    @app.before_request
    def turn() -> None:
        app.extensions["clock"] = turned

    return app


def let_in_for(trial: Trial, label: str, ages_s: Sequence[int], cache_s: float) -> list[int]:
    """For how many seconds each of two instances lets a revoked token in that it has asked about `ages_s` before.

    The longest age first, each 0 to `LEARNED_S`; `cache_s` is how long they believe what they were told.
    """
    fields = {"instances": 2, "affinity": "cookie", "state": "signed_cookie", "cache_s": cache_s}
    with (
        trial.cluster(label, f"{__name__}:turned_accounts", **fields) as shop,
        registered(shop, trial.random) as program,
    ):
        token, users = program.token_for_itself(), shop.add_users(2)
        # Each is bound to another instance, which is the only one that it asks.
        for user, age_s, next_s in zip(users, ages_s, [*ages_s[1:], 0], strict=True):
            user.perform(bearing(token, "/statistics", is_good=True))
            turned.advance(age_s - next_s)
        program.revoke(token)
        until_s: dict[str, int] = {}
        for since_s in range(0, CACHE_S + EVERY_S, EVERY_S):
            for user in users:
                if user.perform(bearing(token, "/statistics", is_good=False)).status == UNAUTHORIZED:
                    until_s.setdefault(user.name, since_s)
            turned.advance(EVERY_S)
    return [until_s.get(user.name, CACHE_S + EVERY_S) for user in users]


@dataclass(frozen=True, slots=True)
class Used:
    """What came of a refresh token.

    Attributes:
        refused: second uses that were refused.
        good, others_good: tokens that are good, of three of the same sign-in, and of three of another.
    """

    refused: int
    good: int
    others_good: int


def used(trial: Trial, label: str, *, copied: bool) -> Used:
    """Use a refresh token, and if it was `copied` use it again."""
    fields = {"instances": 2, "state": "signed_cookie"}
    with trial.cluster(label, "accounts", **fields) as shop, registered(shop, trial.random) as program:
        (user,) = shop.add_users(1)
        first, other = program.signs_in(trial.random), program.signs_in(trial.random)
        second, others_second = (program.refresh(each["refresh_token"]) for each in (first, other))
        refused = copied and program.is_refused(first["refresh_token"])
        good = still_good(program, user, (first, second), expected=not copied)
        return Used(int(refused), good, still_good(program, user, (other, others_second), expected=True))


def still_good(program: Program, user: User, pairs: Sequence[Mapping[str, str]], *, expected: bool) -> int:
    """How many are good of both access tokens, by which a resource is asked, and the last refresh token."""
    came = [user.perform(bearing(pair["access_token"], "/profile", is_good=expected)) for pair in pairs]
    return sum(each.status == OK for each in came) + program.is_active(pairs[-1]["refresh_token"])
