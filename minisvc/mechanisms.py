"""The advisor's mechanisms that can be run, as layouts, and what each survives: data, measured cell by cell by a test.

A mechanism that is not here cannot be run yet. Losses are given for n instances, of which one or two crash; nobody
writes between the first crash and the second.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields

from minisvc.errors import LayoutError, did_you_mean
from minisvc.layout import Layout

KEPT = "kept"
"""Everybody finds what it had done."""
LOST = "lost"
"""Nobody does."""
LOST_1, LOST_2 = "1/n lost", "2/n lost"
"""That share of the users is contradicted, and of the others none."""
UNAVAILABLE = "unavailable"
"""While it lasts, whoever wants to change something gets an error (503) that says why."""
NO_STORE = "no store"
"""There is none that could crash."""


@dataclass(frozen=True, slots=True)
class Survival:
    """What becomes of what users had done, one of the words above for each trouble."""

    instance_crash: str
    two_crashes: str
    store_crash: str
    store_restart: str
    rolling_restart: str
    scale_out: str

    def words(self) -> tuple[str, ...]:
        """In the order of `TROUBLES`."""
        return astuple(self)


TROUBLES = tuple(each.name for each in fields(Survival))
"""`store_restart` is the time after a crashed store has come back; `scale_out` is one instance more."""

MEMORY = Survival(LOST_1, LOST_2, NO_STORE, NO_STORE, LOST, KEPT)
ANYWHERE = Survival(KEPT, KEPT, NO_STORE, NO_STORE, KEPT, KEPT)
DURABLE = Survival(KEPT, KEPT, UNAVAILABLE, KEPT, KEPT, KEPT)
VOLATILE = Survival(KEPT, KEPT, UNAVAILABLE, LOST, KEPT, KEPT)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to run a mechanism.

    Attributes:
        name: unique, such as "redis-durable".
        layout: what to run.
        survives: measured, not believed.
        needs: a program that must be on this machine; "" for none.
    """

    name: str
    layout: Layout
    survives: Survival
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Mechanism:
    """One id of the advisor's catalogue, what it is in a sentence, and its forms, the usual one first."""

    id: str
    says: str
    forms: tuple[Form, ...]


def _cart(**changes: object) -> Layout:
    return Layout.of("cart", **changes)


MECHANISMS = (
    Mechanism(
        "self_contained",
        "Each request carries all that its answer needs; here the client resends the whole conversation.",
        (Form("resent-conversation", Layout.of("assistant"), ANYWHERE),),
    ),
    Mechanism(
        "signed_token",
        "The session is a signed token (JWT) that any instance verifies without asking; a deny-list makes it ask.",
        (
            Form("signed-token", _cart(state="signed_token"), ANYWHERE),
            Form("signed-token-deny-list", _cart(state="signed_token", deny_list=True), DURABLE),
        ),
    ),
    Mechanism(
        "signed_cookie",
        "The session travels in the cookie, signed so that nobody can change it, or encrypted so that nobody reads it.",
        (
            Form("signed-cookie", _cart(state="signed_cookie"), ANYWHERE),
            Form("encrypted-cookie", _cart(state="encrypted_cookie"), ANYWHERE),
        ),
    ),
    Mechanism(
        "client_store",
        "The client keeps the document, sends it with each request, and may edit it; the server validates it.",
        (Form("client-store", _cart(state="client_store"), ANYWHERE),),
    ),
    Mechanism(
        "shared_session",
        "Any instance finds the session in a store beside them, by the id in the cookie.",
        (
            Form("redis", _cart(state="redis"), VOLATILE),
            Form("redis-durable", _cart(state="redis", durable=True), DURABLE, needs="redis-server"),
            Form("memcached", _cart(state="memcached"), VOLATILE),
        ),
    ),
    Mechanism(
        "database_session",
        "Sessions are rows in a database that all instances share; they can be listed and revoked.",
        (
            Form("sqlite", _cart(state="sqlite"), DURABLE),
            Form("postgres", _cart(state="postgres"), DURABLE, needs="postgres"),
        ),
    ),
    Mechanism(
        "idempotency_store",
        "A key from the client names what it wants; the outcome is kept with the effect, and a retry gets it again.",
        (
            Form("payments-sqlite", Layout.of("payments"), DURABLE),
            Form("payments-postgres", Layout.of("payments", database="postgres"), DURABLE, needs="postgres"),
        ),
    ),
    Mechanism(
        "opaque_token",
        "The cookie carries a token that means nothing by itself; instances ask a registry what it stands for.",
        (Form("opaque-token", _cart(state="opaque_token"), VOLATILE),),
    ),
    Mechanism(
        "soft_affinity",
        "Clients come back to an instance with a warm copy, but any other can answer from the store.",
        (
            Form(
                "soft-affinity",
                _cart(state="soft_affinity", affinity="cookie", durable=True),
                DURABLE,
                needs="redis-server",
            ),
        ),
    ),
    Mechanism(
        "sticky_memory",
        "The session is in one instance's memory, and the balancer leads its client there.",
        (Form("sticky-memory", _cart(affinity="cookie"), MEMORY),),
    ),
    Mechanism(
        "replicated_memory",
        "The session is in one instance's memory, with copies in that of k others, or of all.",
        (
            Form(
                "one-copy",
                _cart(state="replicated_memory", affinity="cookie"),
                Survival(KEPT, LOST_1, NO_STORE, NO_STORE, KEPT, KEPT),
            ),
            Form("copies-everywhere", _cart(state="replicated_memory", affinity="cookie", replicas=0), ANYWHERE),
        ),
    ),
)
"""In the catalogue's order, the simplest first."""


BY_ID = {each.id: each for each in MECHANISMS}
FORMS = {form.name: form for each in MECHANISMS for form in each.forms}


def find(mechanism: str) -> Mechanism:
    """The mechanism of that id.

    Raises:
        LayoutError: it cannot be run yet, or there is none.
    """
    if mechanism not in BY_ID:
        raise LayoutError([f"No mechanism {mechanism!r} can be run.{did_you_mean(mechanism, BY_ID)}"])
    return BY_ID[mechanism]


def find_form(name: str) -> Form:
    """The form of that name.

    Raises:
        LayoutError: there is none.
    """
    if name not in FORMS:
        raise LayoutError([f"There is no form {name!r} of a mechanism.{did_you_mean(name, FORMS)}"])
    return FORMS[name]
