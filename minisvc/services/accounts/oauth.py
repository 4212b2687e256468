"""The OAuth 2.0 server, by Authlib: which grants there are, and what is stricter here than the library's defaults.

Authorization codes need PKCE with S256 from every client (RFC 9700, section 2.1.1) and are good once; refresh tokens
rotate; redirect addresses are compared whole; the answer names its issuer (RFC 9207).
"""

from __future__ import annotations

import logging
from typing import Any, NoReturn

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import InvalidGrantError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749 import grants as authlib_grants
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc9207 import IssuerParameter
from flask import Flask

from minisvc.services.accounts.access import issuer
from minisvc.services.accounts.clients import SCOPES, Client
from minisvc.services.accounts.desk import desk
from minisvc.services.accounts.grants import Code
from minisvc.services.accounts.people import Person
from minisvc.tokens import Grant, Issued, TokenRecord, TokenRefused

METHODS = ["client_secret_basic", "none"]
log = logging.getLogger(__name__)


class Issuing:
    """What grants have in common: tokens come from the registry, which has kept them when it tells them."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS
    request: Any

    def generate_token(
        self, user: Person | None = None, scope: str | None = None, *, include_refresh_token: bool = True, **_: Any
    ) -> dict[str, Any]:
        """Tokens that are kept already."""
        client: Client = self.request.client
        allowed = client.get_allowed_scope(scope)
        if allowed is None:
            raise InvalidScopeError
        grant = Grant(client.id, user.id if user else None, allowed)
        return told(self.keep(grant, refresh=include_refresh_token))

    def keep(self, grant: Grant, *, refresh: bool) -> Issued:
        """New tokens of a family of their own."""
        return desk().registry.issue(grant, refresh=refresh)


class ClientCredentials(Issuing, authlib_grants.ClientCredentialsGrant):  # type: ignore[misc]  # Authlib has no types
    """A program for itself (RFC 6749, section 4.4)."""

    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012  # Authlib's form


class AuthorizationCode(Issuing, authlib_grants.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    """A program for a person who said yes (RFC 6749, section 4.1)."""

    def generate_authorization_code(self) -> str:
        """A code that is kept already."""
        asked = self.request
        grant = Grant(asked.client.id, asked.user.id, asked.scope)
        return desk().codes.issue(grant, asked.payload.redirect_uri, asked.payload.data["code_challenge"])

    def save_authorization_code(self, code: str, request: object) -> None:
        """It is kept already."""

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        """The code, if it is this client's; one that comes again takes with it all that came of it."""
        found = desk().codes.find(code)
        if found is None or found.grant.client != client.id:
            return None
        if found.spent_s is not None:
            self._replayed(found)
        return found

    def authenticate_user(self, authorization_code: Code) -> Person | None:
        """The person who said yes."""
        return desk().people.find(authorization_code.grant.subject)

    def keep(self, grant: Grant, *, refresh: bool) -> Issued:
        """Spend the code by it: of two who come at once, one is taken for a thief."""
        code: Code = self.request.authorization_code
        issued, records = desk().registry.pair(grant, code.family, refresh=refresh)
        if not desk().codes.redeem(code, *records):
            self._replayed(code)
        return issued

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It was spent by what was issued, and is kept so that a replay can be told."""

    def _replayed(self, code: Code) -> NoReturn:
        """RFC 6749, section 4.1.2: "deny the request and SHOULD revoke all tokens previously issued"."""
        desk().records.revoke_family(code.family, desk().clock())
        log.warning("a code of client %s was used twice: its tokens are revoked", code.grant.client)
        raise InvalidGrantError("The code was used before: what came of it is revoked.")


class S256Only(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    """PKCE for everybody, by S256 named as such: without a name it would be "plain" (RFC 7636, section 4.3)."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ["S256"]  # noqa: RUF012  # Authlib's form

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse what has none."""
        sent = grant.request.payload.data
        if not sent.get("code_challenge") or sent.get("code_challenge_method") != "S256":
            raise InvalidRequestError("Send code_challenge and code_challenge_method=S256 (RFC 7636).")
        super().validate_code_challenge(grant, redirect_uri)


class RefreshToken(Issuing, authlib_grants.RefreshTokenGrant):  # type: ignore[misc]  # Authlib has no types
    """A new pair for a refresh token, which is spent by that (RFC 9700, section 4.14.2)."""

    INCLUDE_NEW_REFRESH_TOKEN = True

    def authenticate_refresh_token(self, refresh_token: str) -> _Refreshable:
        """Its record, if it may be used; the refusal says no more than a client must know."""
        try:
            return _Refreshable(desk().registry.check_refresh(refresh_token, self.request.client.id))
        except TokenRefused as refused:
            raise InvalidGrantError(str(refused)) from refused

    def authenticate_user(self, refresh_token: _Refreshable) -> Person | None:
        """The person for whom it acts."""
        return desk().people.find(refresh_token.record.grant.subject)

    def issue_token(self, user: Person, refresh_token: _Refreshable) -> dict[str, Any]:
        """The next pair of the family."""
        asked = self.request
        try:
            return told(
                desk().registry.rotate(asked.form["refresh_token"], asked.client.id, asked.payload.scope or None)
            )
        except TokenRefused as refused:
            raise InvalidGrantError(str(refused)) from refused

    def revoke_old_credential(self, refresh_token: object) -> None:
        """It was spent when the next pair was issued, in one transaction."""


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib has no types
    """RFC 7009. A token that is unknown, or another client's, gets the same answer."""

    CLIENT_AUTH_METHODS = METHODS

    def authenticate_token(self, request: Any, client: Client) -> None:
        """Revoke it here, where the token itself is known."""
        self.check_params(request, client)
        desk().registry.revoke(request.form["token"], client.id)


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]  # Authlib has no types
    """RFC 7662, for clients with a secret: about their own tokens, or with the scope `introspect` about any."""

    CLIENT_AUTH_METHODS = ["client_secret_basic"]  # noqa: RUF012  # Authlib's form

    def authenticate_token(self, request: Any, client: Client) -> TokenRecord | None:
        """The record of an active token that this client may ask about."""
        self.check_params(request, client)
        record = desk().registry.introspect(request.form["token"])
        may = record is not None and (record.grant.client == client.id or "introspect" in client.scope.split())
        return record if may else None

    def create_introspection_payload(self, token: TokenRecord | None) -> dict[str, Any]:
        """What it means now; nothing but that it means nothing, for any other."""
        return {"active": False} if token is None else token.introspection(desk().clock())


class NamedIssuer(IssuerParameter):  # type: ignore[misc]  # Authlib has no types
    """Who answers, so that a client that uses several servers cannot be led to the wrong one."""

    def get_issuer(self) -> str:
        """This service's address."""
        return issuer()


class _Refreshable:
    """A refresh token as Authlib asks about it."""

    def __init__(self, record: TokenRecord) -> None:
        self.record = record

    def check_client(self, client: Client) -> bool:
        """Whose it is."""
        return self.record.grant.client == client.id

    def get_scope(self) -> str:
        """What it allows."""
        return self.record.grant.scope


def told(issued: Issued) -> dict[str, Any]:
    """The answer of the token endpoint (RFC 6749, section 5.1)."""
    answer = {
        "token_type": "Bearer",
        "access_token": issued.access,
        "expires_in": int(issued.expires_in_s),
        "scope": issued.grant.scope,
    }
    return answer | ({"refresh_token": issued.refresh} if issued.refresh else {})


def _find_client(client_id: str) -> Client | None:
    return desk().clients.find(client_id)


def open_server(app: Flask) -> AuthorizationServer:
    """The server of an app."""
    app.config["OAUTH2_SCOPES_SUPPORTED"] = list(SCOPES)
    server = AuthorizationServer(app, _find_client, lambda token, request: None)
    server.register_grant(ClientCredentials)
    server.register_grant(AuthorizationCode, [S256Only(required=True)])
    server.register_grant(RefreshToken)
    server.register_endpoint(Revocation)
    server.register_endpoint(Introspection)
    server.register_extension(NamedIssuer())
    return server


def metadata() -> dict[str, Any]:
    """What programs may know in advance (RFC 8414, section 2)."""
    here = issuer()
    return {
        "issuer": here,
        "authorization_endpoint": f"{here}/oauth/authorize",
        "token_endpoint": f"{here}/oauth/token",
        "revocation_endpoint": f"{here}/oauth/revoke",
        "introspection_endpoint": f"{here}/oauth/introspect",
        "jwks_uri": f"{here}/oauth/jwks",
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "client_credentials", "refresh_token"],
        "token_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_methods_supported": METHODS,
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
    }
