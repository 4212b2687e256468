"""Why a token is not believed."""

from __future__ import annotations

from minisvc.errors import MinisvcError

REASONS = {
    "malformed": "it is not a token of this form",
    "too_large": "it is larger than any that is issued here",
    "header": "its header has members that nobody here asked for",
    "type": "it is a token for something else",
    "unknown_key": "no key here has the id that it names",
    "algorithm": "it was not made by the algorithm of its key",
    "signature": "its seal is broken: it was changed, or made by somebody else",
    "claims": "a claim is missing or has no meaning",
    "issuer": "somebody else issued it",
    "audience": "it is meant for somebody else",
    "expired": "it has expired",
    "not_yet_valid": "it is not valid yet",
    "unknown": "nobody here has issued it",
    "revoked": "it was revoked",
    "reused": "it was used before, so it may be stolen: all that came from the same sign-in is revoked",
    "client": "it was issued to another client",
    "scope": "it does not allow as much as that",
}
"""What each reason means, for people."""


class TokenRefused(MinisvcError):
    """A token that is not believed. `reason` is one of `REASONS`; the token itself is never told."""

    def __init__(self, reason: str, detail: str = "") -> None:
        self.reason, self.detail = reason, detail
        super().__init__(f"The token is refused: {REASONS[reason]}{f' ({detail})' if detail else ''}.")
