"""BAD PRACTICE, kept to be shown failing: a reader that asks the token how it wants to be verified.

Several libraries did this once (RFC 8725, section 2.1). Nothing but a lesson, or a control of a claim, may use it.
"""

from __future__ import annotations

import json
from typing import Any

from minisvc import base64url
from minisvc.tokens.refused import TokenRefused
from minisvc.tokens.web import WebTokens


def read_gullibly(tokens: WebTokens, token: str) -> dict[str, Any]:
    """What the token claims, verified as its own header says: `alg: none` says "not at all".

    Raises:
        TokenRefused: it names another algorithm, and its seal is broken; or it is no token.
    """
    try:
        header, claims, *_ = (_part(each) for each in token.split(".")[:2])
    except ValueError as error:
        raise TokenRefused("malformed") from error
    if str(header.get("alg", "")).lower() == "none":
        return claims
    return tokens.read(token)


def unsigned(claims: dict[str, Any]) -> str:
    """A token that anybody can make: `alg: none`, and no signature (RFC 7519, section 6)."""
    return f"{_text({'alg': 'none', 'typ': 'JWT'})}.{_text(claims)}."


def _part(text: str) -> dict[str, Any]:
    read = json.loads(base64url.decode(text))
    if not isinstance(read, dict):
        raise ValueError(f"{type(read).__name__}, not an object")  # noqa: TRY004  # one kind for all that is wrong
    return read


def _text(data: dict[str, Any]) -> str:
    return base64url.encode(json.dumps(data, separators=(",", ":")).encode())
