"""JSON Web Tokens (RFC 7519) by joserfc: signed, or encrypted where the ring's keys say so.

RFC 8725 is followed by taking nothing from a token that was not decided before it came: which keys there are, the one
algorithm of each, what the header may say, the type, the issuer, the audience and the size.
"""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from joserfc import jwt
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError
from joserfc.jwe import JWERegistry
from joserfc.jwt import JWTClaimsRegistry

from minisvc import base64url
from minisvc.clock import Clock, wall
from minisvc.tokens.keys import SEALING, KeyRing, TokenKey
from minisvc.tokens.refused import TokenRefused

HEADER = frozenset({"alg", "enc", "kid", "typ"})
"""All that a header may say. No `jku`, `jwk`, `x5u`: a key from the token itself proves nothing. No `crit`, `zip`."""
JTI_BYTES = 12


@dataclass(frozen=True)
class WebTokens:
    """Issues and reads the tokens of one kind.

    Attributes:
        ring: the keys; the first signs.
        issuer: who issues them (`iss`); compared whole.
        audience: who may believe them (`aud`).
        kind: what they are for, in the header's `typ` (RFC 8725, section 3.11), such as "at+jwt".
        clock: seconds since 1970.
        leeway_s: by how much clocks may differ; 0 or more.
        most_bytes: a larger token is refused unread.
    """

    ring: KeyRing
    issuer: str
    audience: str
    kind: str = "JWT"
    clock: Clock = wall
    leeway_s: float = 0.0
    most_bytes: int = 8192

    def issue(self, claims: Mapping[str, Any], lifetime_s: float) -> str:
        """A token that says `claims` for `lifetime_s` seconds from now.

        `iss`, `aud`, `iat`, `exp` and a random `jti` of 96 bits are added; a claim of that name in `claims` counts.
        """
        now_s, key = self.clock(), self.ring.signer
        said = {
            "iss": self.issuer,
            "aud": self.audience,
            "iat": _date(now_s),
            "exp": _date(now_s + lifetime_s),
            "jti": secrets.token_urlsafe(JTI_BYTES),
            **claims,
        }
        header = {"typ": self.kind, "kid": key.kid, **_algorithm(key)}
        return jwt.encode(header, said, key.usable, list(_algorithm(key).values()), _registry(key))

    def read(self, token: str) -> dict[str, Any]:
        """What the token claims.

        Raises:
            TokenRefused: it is not to be believed; nothing of it may be used.
        """
        key = self._key(self._header(token))
        try:
            claims = jwt.decode(token, key.usable, list(_algorithm(key).values()), _registry(key)).claims
        except (JoseError, ValueError, RecursionError) as error:
            raise TokenRefused("signature") from error
        self._check(claims)
        return claims

    def _header(self, token: str) -> dict[str, Any]:
        """The header, as far as it may be as it is."""
        if len(token) > self.most_bytes:
            raise TokenRefused("too_large", f"{len(token):,} characters, at most {self.most_bytes:,}")
        try:
            header = json.loads(base64url.decode(token.partition(".")[0]))
        except (ValueError, RecursionError) as error:
            raise TokenRefused("malformed") from error
        if not isinstance(header, dict):
            raise TokenRefused("malformed")
        if strange := sorted(set(header) - HEADER):
            raise TokenRefused("header", ", ".join(strange)[:60])
        if str(header.get("typ", "")).lower() != self.kind.lower():
            raise TokenRefused("type", f"wanted {self.kind}")
        return header

    def _key(self, header: Mapping[str, Any]) -> TokenKey:
        key = self.ring.find(header.get("kid"))
        if key is None:
            raise TokenRefused("unknown_key")
        if {name: header.get(name) for name in ("alg", "enc") if name in header} != _algorithm(key):
            raise TokenRefused("algorithm", f"wanted {key.algorithm}")
        return key

    def _check(self, claims: dict[str, Any]) -> None:
        # The library takes whole seconds by its types only: it compares, and floats compare as well.
        registry = JWTClaimsRegistry(
            now=cast("int", self.clock()),
            leeway=cast("int", self.leeway_s),
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )
        try:
            registry.validate(claims)
        except ExpiredTokenError as error:
            raise TokenRefused("expired", error.claim) from error
        except ClaimError as error:
            raise TokenRefused(_reason(error.claim, claims.get(error.claim)), error.claim) from error


def _reason(claim: str, value: object) -> str:
    if claim in {"nbf", "iat"} and isinstance(value, int | float) and math.isfinite(value):
        return "not_yet_valid"
    return {"iss": "issuer", "aud": "audience"}.get(claim, "claims")


def _algorithm(key: TokenKey) -> dict[str, str]:
    """What the header of a token by this key says of its algorithm: all of it, and nothing else."""
    return {"alg": "dir", "enc": key.algorithm} if key.algorithm in SEALING else {"alg": key.algorithm}


def _registry(key: TokenKey) -> JWERegistry | None:
    return JWERegistry(algorithms=["dir", key.algorithm]) if key.algorithm in SEALING else None


def _date(moment_s: float) -> float:
    """A NumericDate (RFC 7519, section 2): whole where it is, else to the millisecond, for each byte is carried.

    Downwards: a token that is shown at once must not come from the future.
    """
    return int(moment_s) if moment_s == int(moment_s) else math.floor(moment_s * 1000) / 1000
