"""Opaque tokens: random, without a meaning of their own."""

from __future__ import annotations

import hashlib
import secrets

TOKEN_BYTES = 32


def fresh_token() -> str:
    """256 random bits as 43 characters of base64url (RFC 6749, section 10.10, asks for at least 128)."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def fingerprint(token: str) -> str:
    """What a store keeps in place of a token: SHA-256, 64 hexadecimal digits.

    Who reads the store cannot use what is there. No salt and no slowness: nobody guesses 256 random bits.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
