"""Keys with names, and rings of them: the first signs, all of them verify, so that keys can be changed in use.

A key belongs to one algorithm for life (RFC 8725, sections 3.1 and 3.2): what a token's header says of its algorithm is
compared with that, never obeyed.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

from joserfc.jwk import ECKey, JWKRegistry, Key, OctKey

ALGORITHMS = ("HS256", "ES256", "A256GCM")
"""HMAC (a shared secret), ECDSA on P-256 (a private key and a public one), and encryption by a shared secret."""
SEALING = frozenset({"A256GCM"})
"""Algorithms that hide what they protect (JWE, direct encryption)."""
MOST_KEYS = 8


@dataclass(frozen=True)
class TokenKey:
    """A key of one algorithm.

    Attributes:
        kid: its name in tokens' headers; random, and only ever compared.
        algorithm: one of `ALGORITHMS`.
        material: the private JWK (RFC 7517).
    """

    kid: str
    algorithm: str
    material: dict[str, Any] = field(repr=False)

    @classmethod
    def make(cls, algorithm: str) -> Self:
        """A fresh one. Raises ValueError for an algorithm that is not one of `ALGORITHMS`."""
        if algorithm not in ALGORITHMS:
            raise ValueError(f"algorithm is {algorithm!r}; it must be one of {', '.join(ALGORITHMS)}")
        made: Key = ECKey.generate_key("P-256") if algorithm == "ES256" else OctKey.generate_key(256)
        return cls(secrets.token_urlsafe(6), algorithm, dict(made.as_dict(private=True)))

    @property
    def is_secret(self) -> bool:
        """Whether whoever verifies by it could sign as well."""
        return self.algorithm != "ES256"

    @cached_property
    def usable(self) -> Key:
        """The key as the library takes it."""
        return JWKRegistry.import_key(self.material)

    def public(self) -> dict[str, Any]:
        """The half that may be published, with its name and its only use. Raises ValueError if there is none."""
        if self.is_secret:
            raise ValueError(f"key {self.kid!r} ({self.algorithm}) is a secret: it has no public half")
        half = self.usable.as_dict(private=False)
        return {**half, "kid": self.kid, "alg": self.algorithm, "use": "sig"}


@dataclass(frozen=True)
class KeyRing:
    """One key that signs, the first, and all that are still believed; 1 to 8, each with a name of its own.

    Raises:
        ValueError: none, too many, or two of one name.
    """

    keys: tuple[TokenKey, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.keys) <= MOST_KEYS or len({key.kid for key in self.keys}) != len(self.keys):
            raise ValueError(f"a ring has 1 to {MOST_KEYS} keys, each with a name of its own; here {len(self.keys)}")

    @classmethod
    def make(cls, algorithm: str) -> Self:
        """A ring with one fresh key."""
        return cls((TokenKey.make(algorithm),))

    @property
    def signer(self) -> TokenKey:
        """The key that signs now."""
        return self.keys[0]

    def find(self, kid: object) -> TokenKey | None:
        """The key of that name; None if there is none, whatever the name is."""
        return next((key for key in self.keys if key.kid == kid), None)

    def rotated(self, fresh: TokenKey, keep: int = 1) -> KeyRing:
        """`fresh` signs from now on, and the last `keep` signers are still believed.

        Drop the former ones when their last token has expired. Where several verify, they must know a key before one
        signs by it: let them learn it by `announced` first.
        """
        former = tuple(key for key in self.keys if key != fresh)
        return KeyRing((fresh, *former[:keep]))

    def announced(self, fresh: TokenKey) -> KeyRing:
        """`fresh` is believed, and does not sign yet."""
        return KeyRing((*self.keys, fresh))

    def published(self) -> dict[str, Any]:
        """The JWK set for others (RFC 7517, section 5): public halves only."""
        return {"keys": [key.public() for key in self.keys if not key.is_secret]}

    def to_bytes(self) -> bytes:
        """The whole ring, secrets and all, to be handed to whoever signs."""
        return json.dumps([[key.kid, key.algorithm, key.material] for key in self.keys]).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """A ring that `to_bytes` wrote."""
        return cls(tuple(TokenKey(*each) for each in json.loads(data)))
