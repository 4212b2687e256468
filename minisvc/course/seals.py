"""The two small parts of a signed token that lessons take apart: what it says, and what seals it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any

from minisvc import base64url


def opened(part: str) -> dict[str, Any]:
    """What a part of a token says: base64url of JSON (RFC 7515, section 3), which no key is needed for.

    Raises:
        ValueError: it is no such thing.
    """
    said: dict[str, Any] = json.loads(base64url.decode(part))
    return said


def sealed(text: str, key: str) -> str:
    """The seal of that text: HMAC with SHA-256 (RFC 7518, section 3.2), as base64url."""
    return base64url.encode(hmac.digest(key.encode(), text.encode(), "sha256"))


def token(claims: Mapping[str, Any], key: str, algorithm: str = "HS256") -> str:
    """A token of these claims, sealed with `key`, whose head names that `algorithm`, true or not."""
    head, body = (base64url.encode(json.dumps(part).encode()) for part in ({"alg": algorithm, "typ": "JWT"}, claims))
    return f"{head}.{body}.{sealed(f'{head}.{body}', key)}"
