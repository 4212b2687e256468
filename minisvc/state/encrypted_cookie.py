"""The session in an encrypted cookie (JWE): carried by the client as a signed one is, and unreadable for it.

To compare with `signed_cookie` and `signed_token`: as large, as hard to end early, and as good again when it is old.
"""

from __future__ import annotations

from minisvc.state.signed_token import SignedToken


class EncryptedCookie(SignedToken):
    """A256GCM, directly by the shared key (RFC 7518, sections 4.5 and 5.3). Not compressed: sizes would tell."""

    name = "encrypted_cookie"
    algorithm = "A256GCM"
