"""Who may come in by an access token, and how the others are told (RFC 6750, section 3)."""

from __future__ import annotations

from flask import Response, abort, jsonify, make_response, request

from minisvc.services.accounts.desk import desk
from minisvc.tokens import Grant, TokenRefused

REALM = 'Bearer realm="accounts"'


def bears_token() -> bool:
    """Whether the request has credentials in its Authorization field, of whatever kind."""
    return "Authorization" in request.headers


def allowed(scope: str) -> Grant:
    """What the request's token allows, if that includes `scope`.

    No token, or another kind of credentials: 401 with no error code; a token that is not believed: 401; one that does
    not allow as much: 403.
    """
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        abort(_answer(401, "send an access token: Authorization: Bearer ...", REALM))
    try:
        grant = desk().access.allowed(token.strip())
    except TokenRefused as refused:
        abort(_answer(401, str(refused), f'{REALM}, error="invalid_token", error_description="{refused.reason}"'))
    if scope not in grant.scope.split():
        told = f'{REALM}, error="insufficient_scope", scope="{scope}"'
        abort(_answer(403, f"the token does not allow {scope!r}", told))
    return grant


def _answer(status: int, error: str, challenge: str) -> Response:
    return make_response(jsonify(error=error), status, {"WWW-Authenticate": challenge})
