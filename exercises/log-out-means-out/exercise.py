"""Lesson 06: tokens that any instance judges alone, by rules of its own, and a logout that ends them all the same."""

import json
import secrets
import time
from collections.abc import Callable
from typing import Any

import redis
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from minisvc import base64url
from minisvc.grading import Answer, Check, Exercise, Failed, Site, Trial, Visitor, need

KEY = "known to every instance of this shop, and to nobody else"
OTHER_KEY = "known to whoever forges tokens of it"
LEFT_S, SLACK_S = 100, 60
CLOCK_S = 5.0
"""How far a whole second, and the time that a request takes, may put two times apart."""


def audience(trial: Trial) -> str:
    """Whom this student's tokens are for."""
    return f"shop-{trial.numbers['shop']}"


def claims(trial: Trial, **changes: Any) -> dict[str, Any]:
    """What a good token of Ana's says, with changes; None leaves a claim out."""
    now_s = int(time.time())
    good = {"sub": "ana", "aud": audience(trial), "iat": now_s, "exp": now_s + LEFT_S, "jti": secrets.token_hex(8)}
    return {name: value for name, value in (good | changes).items() if value is not None}


def token(said: dict[str, Any], key: str = KEY, algorithm: str = "HS256") -> str:
    """A signed token that says that."""
    return jwt.encode({"alg": algorithm}, said, OctKey.import_key(key), algorithms=[algorithm])


def unsigned(said: dict[str, Any]) -> str:
    """A token without a seal, whose head says that it needs none (RFC 7519, section 6)."""
    parts = ({"alg": "none"}, said)
    return "".join(f"{base64url.encode(json.dumps(each).encode())}." for each in parts)


def me(visitor: Visitor, shown: str, at: str = "a") -> Answer:
    """Ask who one is, with a token (RFC 6750, section 2.1)."""
    return visitor.get("/me", at, headers={"Authorization": f"Bearer {shown}"})


def let_in(visitor: Visitor, shown: str, what: str, at: str = "a") -> None:
    """Need it to be believed."""
    user = me(visitor, shown, at).need_status(200, when=f"for {what}").field("user")
    need(user == "ana", f"{at} takes {what} for one of {user!r}; it is ana's.")


def refused(visitor: Visitor, shown: str, what: str, at: str = "a") -> None:
    """Need 401, and that it says what is wanted in its place (RFC 6750, section 3)."""
    answer = me(visitor, shown, at)
    need(answer.status >= 300, f"{at} let in {what}, and answered {answer.shown}; 401 is wanted.")
    answer.need_status(401, when=f"for {what}")
    asks = answer.headers.get("www-authenticate", "nothing")
    need(asks.startswith("Bearer"), f"{at} refused {what} with WWW-Authenticate {asks}; Bearer is wanted.")


def login(visitor: Visitor, at: str = "a") -> str:
    """Get a token."""
    return str(visitor.post("/login", at, json={"user": "ana"}).field("token"))


def logout(visitor: Visitor, shown: str, at: str = "a") -> None:
    """End it."""
    answer = visitor.post("/logout", at, headers={"Authorization": f"Bearer {shown}"})
    answer.need_status(200, 204, when="for a good token")


def judged(trial: Trial, bad: Callable[[], dict[str, str]]) -> None:
    """Show a good token, or else who refuses all would pass, and bad ones: each with what it is, in words."""
    with trial.open(store=True, TOKEN_KEY=KEY) as site:
        visitor = site.visitor("eve")
        let_in(visitor, token(claims(trial)), "a good token, signed by TOKEN_KEY")
        for what, shown in bad().items():
            refused(visitor, shown, what)


def lets_in(trial: Trial) -> None:
    """What a issued, b believes."""
    with trial.open(2, store=True, TOKEN_KEY=KEY) as site:
        visitor = site.visitor("ana")
        mine = login(visitor)
        for at in "ab":
            let_in(visitor, mine, "a token that a issued", at)


def issues(trial: Trial) -> None:
    """What a token says."""
    with trial.open(store=True, TOKEN_KEY=KEY) as site:
        visitor = site.visitor("ana")
        first, second = (content_of(login(visitor)) for _ in range(2))
    need(first.get("sub") == "ana", f"A token for ana says sub {first.get('sub')!r}.")
    wanted = audience(trial)
    need(first.get("aud") in (wanted, [wanted]), f"Its token says aud {first.get('aud')!r}; yours is {wanted!r}.")
    lives_s, ends_s = trial.numbers["minutes"] * 60, first.get("exp")
    need(isinstance(ends_s, int | float), f"Its token says exp {ends_s!r}; a time in seconds since 1970 is wanted.")
    left_s = ends_s - time.time()
    need(abs(left_s - lives_s) < CLOCK_S, f"Its token ends in {left_s:.0f} s; yours end after {lives_s}.")
    need(first.get("jti"), "Its token says no jti, so nobody can say which one is logged out.")
    need(first["jti"] != second.get("jti"), f"Two tokens have one jti, {first['jti']!r}.")


def content_of(issued: str) -> dict[str, Any]:
    """What a token says whose seal is good."""
    try:
        return dict(jwt.decode(issued, OctKey.import_key(KEY), algorithms=["HS256"]).claims)
    except (JoseError, ValueError) as error:
        raise Failed(f"The token {issued[:40]!r} is none that TOKEN_KEY signed by HS256: {error}") from None


def forged(trial: Trial) -> None:
    """Whoever has no key, writes tokens all the same (RFC 8725, sections 2.1 and 3.1)."""

    def bad() -> dict[str, str]:
        head, _, seal = token(claims(trial)).split(".")
        body = token(claims(trial, sub="admin")).split(".")[1]
        return {
            "a token that says alg: none": unsigned(claims(trial)),
            "a token that somebody else's key signed": token(claims(trial), OTHER_KEY),
            "a token whose claims were changed after it was signed": f"{head}.{body}.{seal}",
            "a token that itself chose another algorithm, HS512": token(claims(trial), KEY, "HS512"),
            "a token of three letters": "a.b.c",
            "no token": "",
        }

    judged(trial, bad)


def for_others(trial: Trial) -> None:
    """Signed by the right key, and for somebody else (RFC 8725, section 3.9)."""

    def bad() -> dict[str, str]:
        other = f"shop-{trial.numbers['shop'] + 1}"
        return {
            f"a token for {other}": token(claims(trial, aud=other)),
            "a token that does not say for whom it is": token(claims(trial, aud=None)),
        }

    judged(trial, bad)


def over(trial: Trial) -> None:
    """It must have an end, and the end must count."""

    def bad() -> dict[str, str]:
        return {
            "a token that ended a minute ago": token(claims(trial, exp=int(time.time()) - 60)),
            "a token that never ends": token(claims(trial, exp=None)),
            "a token without a jti, which nobody could log out": token(claims(trial, jti=None)),
        }

    judged(trial, bad)


def out_everywhere(trial: Trial) -> None:
    """Out at a is out at b, and stays so."""
    with trial.open(2, store=True, TOKEN_KEY=KEY) as site:
        visitor = site.visitor("ana")
        mine = login(visitor)
        let_in(visitor, mine, "a token that a issued", "b")
        logout(visitor, mine)
        for at in "ab":
            refused(visitor, mine, "a token that had been logged out at a", at)
        for at in "ab":
            site.restart(at)
            refused(visitor, mine, "a token that had been logged out before all instances restarted", at)


def others_stay(trial: Trial) -> None:
    """On the telephone Ana stays."""
    with trial.open(store=True, TOKEN_KEY=KEY) as site:
        visitor = site.visitor("ana")
        laptop, telephone = login(visitor), login(visitor)
        logout(visitor, laptop)
        refused(visitor, laptop, "a token that had been logged out")
        let_in(visitor, telephone, "another token of hers, which was not logged out")


def little_kept(trial: Trial) -> None:
    """The store holds what was logged out, as long as its token would live."""
    with trial.open(store=True, TOKEN_KEY=KEY) as site:
        visitor = site.visitor("ana")
        let_in(visitor, login(visitor), "a token that a issued")
        kept = lifetimes_s(site)
        need(not kept, f"Nobody logged out, and the store holds {', '.join(kept)}: tokens are to be judged without it.")
        logout(visitor, token(claims(trial)))
        kept = lifetimes_s(site)
    need(kept, "After a logout the store holds nothing.")
    for name, left_s in kept.items():
        words = "for ever" if left_s < 0 else f"for {left_s} s"
        right = LEFT_S - CLOCK_S <= left_s <= LEFT_S + SLACK_S
        need(right, f"A token with {LEFT_S} s to live was logged out, and the store keeps {name} {words}.")


def lifetimes_s(site: Site) -> dict[str, int]:
    """What the store holds, and how long; below 0 for ever."""
    assert site.store
    with redis.Redis.from_url(site.store.url, decode_responses=True) as store:
        return {name: store.ttl(name) for name in store.scan_iter()}


EXERCISE = Exercise(
    id="log-out-means-out",
    title="Log out must mean out",
    lesson="06",
    level=2,
    minutes=40,
    objective="Judge signed tokens by rules that are yours and not the token's, and end one before its time.",
    asks="your tokens are for the audience shop-{shop}, and live for {minutes} minutes.",
    numbers={"shop": tuple(range(11, 90)), "minutes": (5, 10, 15, 20, 30)},
    hints=(
        "Who decides here which algorithm counts, for whom a token is, and when it ends? And who hears of a logout?",
        "Allow HS256 alone, need aud, exp, jti and sub (JWTClaimsRegistry does), and keep each jti that is logged out.",
        'aud={"essential": True, "value": "shop-..."}; store.set(f"out:{jti}", 1, ex=...) with what is left until exp.',
    ),
    checks=(
        Check("lets-in", 1, "A token that one instance issued is good at another.", lets_in),
        Check("issues", 2, "Tokens say who, for whom, until when, and which.", issues),
        Check("forged", 2, "A forged token is refused.", forged),
        Check("for-others", 1, "A token for others is refused.", for_others),
        Check("over", 2, "A token that is over, or never would be, is refused.", over),
        Check("out-everywhere", 3, "A token that is logged out is refused everywhere.", out_everywhere),
        Check("others-stay", 1, "Another token of the same person stays good.", others_stay),
        Check("little-kept", 2, "The store keeps no more than it must.", little_kept),
    ),
)
