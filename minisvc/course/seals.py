"""The two small parts of a signed token that lessons take apart: what it says, and what seals it."""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any


def opened(part: str) -> dict[str, Any]:
    """What a part of a token says: base64url of JSON (RFC 7515, section 3), which no key is needed for.

    Raises:
        ValueError: it is no such thing.
    """
    said: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return said


def sealed(text: str, key: str) -> str:
    """The seal of that text: HMAC with SHA-256 (RFC 7518, section 3.2), as base64url."""
    return _based(hmac.digest(key.encode(), text.encode(), "sha256"))


def token(claims: Mapping[str, Any], key: str, algorithm: str = "HS256") -> str:
    """A token of these claims, sealed with `key`, whose head names that `algorithm`, true or not."""
    head, body = (_based(json.dumps(part).encode()) for part in ({"alg": algorithm, "typ": "JWT"}, claims))
    return f"{head}.{body}.{sealed(f'{head}.{body}', key)}"


def _based(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
