"""The client holds the document and sends it with each request; the server believes it as far as it is valid.

The field `Client-Document` of a request carries it as JSON, and that of an answer the changed one, which the client
keeps in place of the former. Nothing is signed, on purpose: it is the client's own, to edit and to lose. So nothing
times out, there is no id to renew, and what must not be believed, such as a price, has no place in it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any, NoReturn

from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SessionInterface

from minisvc.fence import Fence
from minisvc.keeping import DOCUMENT_FIELD
from minisvc.keyvalue import TooLarge
from minisvc.state.mechanism import Held, Mechanism, Probe, Terms, nothing
from minisvc.state.refusals import Unfit, refusal, refuse
from minisvc.state.sessions import Refused

MOST_BYTES = 3072
"""Of the JSON. NGINX by default wants the whole head of an answer in one memory page of 4 KB (proxy_buffer_size)."""
VALIDATOR = "validate_document"
"""The key in `Flask.extensions` under which a service may say what is wrong with a document ("" for nothing)."""


class Documents(SessionInterface):
    """Flask's seam: a session from the request's field, and into the response's."""

    def regenerate(self, session: Any) -> None:
        """There is no id to renew."""
        session.modified = True

    def open_session(self, app: Flask, request: Request) -> Any:
        """The document as a session; a new one where there is no such field, as with a client's first request."""
        sent = request.headers.get(DOCUMENT_FIELD)
        if sent is None:
            return SecureCookieSession()
        try:
            return SecureCookieSession(read(sent, app.extensions.get(VALIDATOR)))
        except (TooLarge, Unfit) as why:
            return Refused(refusal(why))

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Tell the changed document, unless it has become too large."""
        response.vary.add(DOCUMENT_FIELD)
        if not session.modified:
            return
        text = json.dumps(dict(session), separators=(",", ":"))
        if len(text) > MOST_BYTES:
            refuse(response, TooLarge("a client's document", len(text), MOST_BYTES))
        else:
            response.headers[DOCUMENT_FIELD] = text


class ClientStore(Mechanism):
    """Nothing is held on this side, and there is no secret either."""

    name = "client_store"

    @staticmethod
    def furnish(terms: Terms, app: Flask, fence: Fence) -> Probe:  # noqa: ARG004  # the contract's
        """The instance needs to know nothing."""
        app.session_interface = Documents()
        return nothing

    def held(self, cookies: Collection[str] = ()) -> list[Held]:
        """The documents among what clients present."""
        found = []
        for text in cookies:
            try:
                document = read(text)
            except (TooLarge, Unfit):
                # What no instance would believe is no session.
                continue
            if document:
                found.append(Held("client", text, document))
        return found


def read(text: str, fault_of: Callable[[Mapping[str, Any]], str] | None = None) -> dict[str, Any]:
    """The document that a client sent; `fault_of` says what the service has against it.

    Raises:
        TooLarge: more than `MOST_BYTES`.
        Unfit: no JSON (400), or no object or not what the service takes (422).
    """
    if len(text) > MOST_BYTES:
        raise TooLarge("a client's document", len(text), MOST_BYTES)
    try:
        document = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise Unfit(400, f"{DOCUMENT_FIELD} is no JSON ({error}): send the document as it was told, or none") from error
    if not isinstance(document, dict):
        raise Unfit(422, f"{DOCUMENT_FIELD} is {_kind(document)}; it must be a JSON object")
    fault = fault_of(document) if fault_of else ""
    if fault:
        raise Unfit(422, f"{DOCUMENT_FIELD} is not what this service takes: {fault}")
    return document


def _no_number(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON number")


def _kind(value: object) -> str:
    """As JSON calls it (RFC 8259, section 3)."""
    kinds = {str: "a string", bool: "a boolean", int: "a number", float: "a number", list: "an array"}
    return kinds.get(type(value), "null")
