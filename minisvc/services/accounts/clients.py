"""Programs that people registered, and what each may do."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from authlib.oauth2.rfc6749 import ClientMixin
from sqlalchemy import Engine, insert, select

from minisvc.errors import MinisvcError
from minisvc.services.accounts.tables import clients, reading
from minisvc.tokens import fingerprint, fresh_token

SCOPES = {
    "profile": "read your name and what you say about yourself",
    "statistics": "learn how many people there are",
    "introspect": "ask what tokens mean",
}
"""What may be asked for, in words for the page that asks for consent."""
MOST_URIS = 5
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ClientFault(MinisvcError):
    """A client that cannot be registered as described. `faults` holds one sentence for each thing that is wrong."""

    def __init__(self, faults: Collection[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


@dataclass(frozen=True, slots=True)
class Client(ClientMixin):  # type: ignore[misc]  # Authlib has no types
    """A registered program.

    Attributes:
        secret: the fingerprint of what it proves itself by; None for a public client, such as an app in a browser,
            which could keep none (RFC 6749, section 2.1).
        redirect_uris: where people may be sent back to, compared whole (RFC 9700, section 2.1).
        scope: the most that it may ask for.
    """

    id: str
    owner: str
    name: str
    secret: str | None
    redirect_uris: tuple[str, ...]
    scope: str

    # What Authlib asks.

    def get_client_id(self) -> str:
        """Its id."""
        return self.id

    def get_default_redirect_uri(self) -> None:
        """There is none: each request names it, so that nothing is left to chance."""
        return

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """What is asked for, or all that it may have; None if it may not have that much."""
        wanted = set((scope or self.scope).split())
        return " ".join(sorted(wanted)) if wanted <= set(self.scope.split()) else None

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Character by character."""
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """In constant time."""
        return self.secret is not None and hmac.compare_digest(self.secret, fingerprint(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """By its secret in the Authorization field if it has one, else not at all."""
        return method == ("none" if self.secret is None else "client_secret_basic")

    def check_response_type(self, response_type: str) -> bool:
        """Codes only, for those who have somewhere to be sent back to."""
        return response_type == "code" and bool(self.redirect_uris)

    def check_grant_type(self, grant_type: str) -> bool:
        """For people if they can be sent back; for itself if it can prove who it is."""
        if grant_type == "client_credentials":
            return self.secret is not None
        return grant_type in {"authorization_code", "refresh_token"} and bool(self.redirect_uris)


@dataclass(frozen=True)
class Clients:
    """Those that were registered. Every method may raise SQLAlchemy's errors."""

    engine: Engine

    def register(self, owner: str, wanted: object) -> tuple[Client, str | None]:
        """A new client and its secret, which is told once; None for a public one.

        Args:
            owner: the person's id.
            wanted: as sent: `name`, `redirect_uris`, `scope` and `public`.

        Raises:
            ClientFault: with everything that is wrong.
        """
        asked = wanted if isinstance(wanted, dict) else {}
        uris, scope = asked.get("redirect_uris", []), asked.get("scope", "profile")
        faults = [fault for fault in _faults(asked.get("name"), uris, scope) if fault]
        if faults:
            raise ClientFault(faults)
        secret = None if asked.get("public") is True else fresh_token()
        kept = None if secret is None else fingerprint(secret)
        client = Client(secrets.token_hex(8), owner, asked["name"], kept, tuple(uris), scope)
        with self.engine.begin() as connection:
            row = (client.id, owner, client.name, kept, list(uris), scope)
            connection.execute(insert(clients).values(row))
        return client, secret

    def find(self, client_id: str) -> Client | None:
        """The client of that id."""
        with reading(self.engine) as connection:
            row = connection.execute(select(clients).where(clients.c.id == client_id)).one_or_none()
        return Client(row.id, row.owner, row.name, row.secret, tuple(row.redirect_uris), row.scope) if row else None


def _faults(name: object, uris: object, scope: object) -> list[str]:
    words = scope.split() if isinstance(scope, str) else []
    return [
        "" if isinstance(name, str) and 0 < len(name.strip()) <= 64 else "name must be a text of 1 to 64 characters",
        ""
        if isinstance(uris, list) and len(uris) <= MOST_URIS and all(_may_return_to(uri) for uri in uris)
        else f"redirect_uris must be a list of at most {MOST_URIS} addresses without a fragment, https, or http on"
        f" loopback; here {uris!r:.80}",
        ""
        if words and set(words) <= set(SCOPES) and len(set(words)) == len(words)
        else f"scope must be some of: {' '.join(SCOPES)}; here {scope!r:.80}",
    ]


def _may_return_to(uri: object) -> bool:
    """An https address, or http on loopback (RFC 8252, section 7.3); no fragment (RFC 6749, section 3.1.2)."""
    if not isinstance(uri, str) or len(uri) > 500 or "#" in uri or any(letter <= " " for letter in uri):
        return False
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname, parts.port
    except ValueError:
        return False
    whole = bool(host) and "@" not in parts.netloc and port != 0
    return whole and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))
