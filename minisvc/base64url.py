"""base64url without padding, as tokens, seals and challenges are written (RFC 4648 section 5; RFC 7515 section 2)."""

from __future__ import annotations

import base64


def encode(data: bytes) -> str:
    """Bytes as text that may stand in an address, a header or a cookie."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes again.

    Raises:
        ValueError: it is no such text.
    """
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
