"""Tokens that were changed or made up, and a service that they are shown to."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from flask import Flask, jsonify, request
from joserfc.jwk import ECKey

from minisvc import base64url
from minisvc.claims.claim import WHAT_THE_CLIENT_CARRIES, Source, claim
from minisvc.claims.expected import exactly
from minisvc.claims.trial import Trial
from minisvc.claims.what_the_client_carries.programs import OK, UNAUTHORIZED, bearing
from minisvc.tokens import KeyRing, TokenKey, TokenRefused, WebTokens
from minisvc.tokens.gullible import read_gullibly

LIFETIME_S = 600.0
ISSUED = WebTokens(KeyRing.make("ES256"), "https://issuer.example", "https://orders.example", "at+jwt")
"""What the service below believes; instances are threads of this process, and so is the issuer."""
BELIEVES_NONE = 2
"""Forgeries that say that they are not signed: "none", in two spellings."""
BEST_PRACTICES = Source(
    "RFC 8725, JSON Web Token Best Current Practices",
    "2.1 Weak Signatures and Insufficient Signature Validation",
    "https://www.rfc-editor.org/rfc/rfc8725#section-2.1",
)
BEARER = Source(
    "RFC 6750, OAuth 2.0 Bearer Token Usage", "3.1 Error Codes", "https://www.rfc-editor.org/rfc/rfc6750#section-3.1"
)

Forge = Callable[[Mapping[str, Any]], str]
"""Makes a token of these claims that nobody ought to believe."""


@claim(
    "tampering-refused",
    WHAT_THE_CLIENT_CARRIES,
    "A token that was changed or made up is refused.",
    when="2 instances that verify a JWT as RFC 8725 asks; a good one, and forgeries of each kind that is known.",
    predicts="the good one is let in; of the forgeries 0, each with 401",
    derivation="Nothing is taken from the token that was not decided before it came: the key, its one algorithm, the "
    "type, the issuer, the audience and the end.",
    control=f"A naive verifier, which asks the token how it wants to be verified: it believes {BELIEVES_NONE}, "
    '"alg: none" in two spellings.',
    sources=(BEST_PRACTICES, BEARER),
)
def tampering_refused(trial: Trial) -> None:
    """Show it one after the other."""
    nothing = exactly(0)
    good, believed, unauthorized = shown(trial, "as RFC 8725 asks", "orders")
    trial.measured("good tokens let in, of 1", good, exactly(1))
    trial.measured("forgeries let in", believed, nothing, samples=len(FORGERIES))
    trial.measured("forgeries answered 401", unauthorized, exactly(len(FORGERIES)), samples=len(FORGERIES))
    good, believed, _ = shown(trial, "naive", "gullible_orders")
    trial.control("forgeries let in, naive", believed, exactly(BELIEVES_NONE), other=nothing, samples=len(FORGERIES))
    trial.note(f"The forgeries: {', '.join(FORGERIES)}.")


def orders(instance: str) -> Flask:
    """Orders for whoever has a token."""
    return _orders(instance, ISSUED.read)


def gullible_orders(instance: str) -> Flask:
    """BAD PRACTICE, to be measured: the same, asking the token how it wants to be verified."""
    return _orders(instance, lambda token: read_gullibly(ISSUED, token))


def _orders(instance: str, read: Callable[[str], dict[str, Any]]) -> Flask:
    app = Flask(__name__)

    @app.get("/orders")
    def mine() -> Any:
        try:
            claims = read(request.headers["Authorization"].removeprefix("Bearer "))
        except TokenRefused as refused:
            challenge = {"WWW-Authenticate": f'Bearer error="invalid_token", error_description="{refused.reason}"'}
            return jsonify(error=str(refused)), UNAUTHORIZED, challenge
        return jsonify(of=claims["sub"], instance=instance)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok", "instance": instance}

    return app


def shown(trial: Trial, label: str, service: str) -> tuple[int, int, int]:
    """How many are let in of one good token, and of the forgeries; and how many of those are answered 401."""
    with trial.cluster(label, f"{__name__}:{service}", instances=2) as shop:
        (user,) = shop.add_users(1)
        good = user.perform(bearing(ISSUED.issue({"sub": "ann"}, LIFETIME_S), "/orders", is_good=True))
        claims = ISSUED.read(ISSUED.issue({"sub": "admin"}, LIFETIME_S))
        forged = [user.perform(bearing(forge(claims), "/orders", is_good=False)) for forge in FORGERIES.values()]
    believed, unauthorized = (sum(each.status == status for each in forged) for status in (OK, UNAUTHORIZED))
    return int(good.status == OK), believed, unauthorized


def changed(claims: Mapping[str, Any]) -> str:
    """A good token for somebody else, with other claims and the old signature."""
    header, _, signature = ISSUED.issue({"sub": "ann"}, LIFETIME_S).split(".")
    return f"{header}.{packed(claims)}.{signature}"


def not_signed(claims: Mapping[str, Any]) -> str:
    """`alg: none` (RFC 7519, section 6)."""
    return f"{head('none')}.{packed(claims)}."


def not_signed_otherwise(claims: Mapping[str, Any]) -> str:
    """`alg: nOnE`, for verifiers that refuse the other by its spelling."""
    return f"{head('nOnE')}.{packed(claims)}."


def of_another_key(claims: Mapping[str, Any]) -> str:
    """Well signed, by a key that has the name of the right one."""
    other = replace(TokenKey.make("ES256"), kid=ISSUED.ring.signer.kid)
    return replace(ISSUED, ring=KeyRing((other,))).issue(claims, LIFETIME_S)


def of_unknown_key(claims: Mapping[str, Any]) -> str:
    """Well signed, by a key that nobody has heard of."""
    return replace(ISSUED, ring=KeyRing.make("ES256")).issue(claims, LIFETIME_S)


def with_its_key(claims: Mapping[str, Any]) -> str:
    """The same, and the header brings the key to verify it by."""
    own = KeyRing.make("ES256")
    _, body, signature = replace(ISSUED, ring=own).issue(claims, LIFETIME_S).split(".")
    return f"{head('ES256', jwk=own.signer.public())}.{body}.{signature}"


def by_the_public_key(claims: Mapping[str, Any]) -> str:
    """Signed with HMAC by the public key, which everybody has, as if it were a secret."""
    text = f"{head('HS256')}.{packed(claims)}"
    key = ISSUED.ring.signer.usable
    assert isinstance(key, ECKey), "there is a public one"
    secret = key.as_pem(private=False)
    return f"{text}.{base64url.encode(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def for_another(claims: Mapping[str, Any]) -> str:
    """A good token, for another service."""
    return ISSUED.issue({**claims, "aud": "https://diary.example"}, LIFETIME_S)


def from_another(claims: Mapping[str, Any]) -> str:
    """A good token that says that somebody else issued it."""
    return ISSUED.issue({**claims, "iss": "https://stranger.example"}, LIFETIME_S)


def of_another_kind(claims: Mapping[str, Any]) -> str:
    """A good token, for something else than access."""
    return replace(ISSUED, kind="id+jwt").issue(claims, LIFETIME_S)


def over(claims: Mapping[str, Any]) -> str:
    """A good token, of yesterday."""
    return ISSUED.issue({**claims, "iat": claims["iat"] - 86_400, "exp": claims["exp"] - 86_400}, LIFETIME_S)


FORGERIES: Mapping[str, Forge] = {
    "other claims": changed,
    "alg: none": not_signed,
    "alg: nOnE": not_signed_otherwise,
    "another key of that name": of_another_key,
    "an unknown key": of_unknown_key,
    "a key that it brings along": with_its_key,
    "HMAC by the public key": by_the_public_key,
    "another audience": for_another,
    "another issuer": from_another,
    "another type": of_another_kind,
    "expired": over,
}
"""By what is wrong with it. All but what a forgery is named for is right, so that nothing else can be its undoing."""


def head(algorithm: str, **more: object) -> str:
    """A header that names the right type and the right key."""
    return packed({"alg": algorithm, "typ": ISSUED.kind, "kid": ISSUED.ring.signer.kid, **more})


def packed(part: Mapping[str, Any]) -> str:
    """A part of a token."""
    return base64url.encode(json.dumps(part, separators=(",", ":")).encode())
