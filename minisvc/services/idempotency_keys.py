"""What an idempotency key is on the wire and in a table, and what can be wrong with one."""

from __future__ import annotations

import re

from sqlalchemy import Column, Float, Integer, LargeBinary, MetaData, String, Table

from minisvc.errors import MinisvcError

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
"""The field that marks an answer given again. The draft has none; Stripe's API has this one."""
LONGEST_KEY = 200

tables = MetaData()
keys = Table(
    "idempotency_keys",
    tables,
    Column("client", String(100), primary_key=True),
    Column("key", String(LONGEST_KEY), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    # Whose it is while the work is under way: made anew with each try. Times are seconds since 1970.
    Column("claim", String(16), nullable=False),
    Column("claimed_until", Float, nullable=False),
    # The answer; NULL until there is one.
    Column("status", Integer),
    Column("body", LargeBinary),
    Column("expires_at", Float, nullable=False, index=True),
)

_STRING = re.compile(r'"(?:[ !#-\[\]-~]|\\["\\])*"')


class KeyProblem(MinisvcError):
    """Something is wrong with an idempotency key; nothing was done.

    Attributes:
        status: the HTTP status that says so.
        problem: a word for it, for the problem's type.
        title: the same for people.
    """

    status: int
    problem: str
    title: str


class KeyMissing(KeyProblem):
    """There is none, or it is no string."""

    status, problem, title = 400, "key-missing", "Idempotency-Key is missing or malformed"

    def __init__(self, sent: str | None) -> None:
        self.sent = sent
        what = "this request needs one" if sent is None else f"{sent!r} is none"
        example = '"8e03978e-40d5-43dd-bc93-6894a57f9324"'
        super().__init__(f"{HEADER}: {what}. Send a new one for each new request, such as {HEADER}: {example}")


class KeyMisused(KeyProblem):
    """It was used for another request."""

    status, problem, title = 422, "key-misused", "Idempotency-Key is already used"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"{HEADER} {key!r} came with another request before. Send a new key with a new request.")


class KeyUnderWay(KeyProblem):
    """The same request is being worked on."""

    status, problem, title = 409, "key-under-way", "A request with this Idempotency-Key is under way"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"The first request with {HEADER} {key!r} is under way. Send it again a little later.")


def read_key(sent: str | None) -> str:
    """The key in a field's value: a string of RFC 9651, section 3.3.3, of 1 to 200 characters without blanks.

    Its quotes may be missing, for most clients in the field leave them out.

    Raises:
        KeyMissing: there is none, or it is no such string.
    """
    text = (sent or "").strip()
    key = re.sub(r"\\(.)", r"\1", text[1:-1]) if _STRING.fullmatch(text) else text
    if not re.fullmatch(rf"[!-~]{{1,{LONGEST_KEY}}}", key) or (key is text and '"' in text):
        raise KeyMissing(sent)
    return key
