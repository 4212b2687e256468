"""Charges in a database: the effect that must happen once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Float, Integer, MetaData, Row, String, Table, insert, select, update

from minisvc.errors import MinisvcError

tables = MetaData()
charges = Table(
    "charges",
    tables,
    Column("id", Integer, primary_key=True),
    Column("user", String(40), nullable=False, index=True),
    Column("amount_cents", Integer, nullable=False),
    Column("text", String(100), nullable=False),
    # Seconds since 1970.
    Column("charged_at", Float, nullable=False),
    Column("refunded", Boolean, nullable=False, default=False),
)


class NoSuchCharge(MinisvcError):
    """The user has no charge of that number."""

    def __init__(self, user: str, number: int) -> None:
        self.user, self.number = user, number
        super().__init__(f"{user} has no charge {number}. GET /charges lists those there are.")


class RefundedAlready(MinisvcError):
    """It was given back before, by another request."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(f"Charge {number} was refunded before.")


@dataclass(frozen=True, slots=True)
class Charge:
    """What a user was charged: `amount_cents` for `text`; a refund gives back all of it."""

    number: int
    amount_cents: int
    text: str
    refunded: bool = False

    @property
    def balance_cents(self) -> int:
        """What of it was not given back."""
        return 0 if self.refunded else self.amount_cents

    @property
    def as_data(self) -> dict[str, Any]:
        """As the service answers it."""
        return {"id": self.number, "amount_cents": self.amount_cents, "for": self.text, "refunded": self.refunded}


class Charges:
    """The charges, seen in one transaction, which is the caller's."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, user: str, amount_cents: int, text: str, now_s: float) -> Charge:
        """Charge a user."""
        values = {"user": user, "amount_cents": amount_cents, "text": text, "charged_at": now_s, "refunded": False}
        number = self._connection.execute(insert(charges).values(values).returning(charges.c.id)).scalar_one()
        return Charge(number, amount_cents, text)

    def of(self, user: str) -> list[Charge]:
        """A user's charges, the first one first."""
        rows = self._connection.execute(select(charges).where(charges.c.user == user).order_by(charges.c.id))
        return [_charge(row) for row in rows]

    def find(self, user: str, number: int) -> Charge:
        """One of a user's charges; raises NoSuchCharge."""
        row = self._connection.execute(
            select(charges).where(charges.c.user == user, charges.c.id == number)
        ).one_or_none()
        if row is None:
            raise NoSuchCharge(user, number)
        return _charge(row)

    def refund(self, user: str, number: int) -> Charge:
        """Give one back.

        Raises:
            NoSuchCharge: there is none of that number.
            RefundedAlready: it was given back before.
        """
        theirs = update(charges).where(charges.c.user == user, charges.c.id == number, charges.c.refunded.is_(False))
        done = self._connection.execute(theirs.values(refunded=True)).rowcount
        found = self.find(user, number)
        if not done:
            raise RefundedAlready(number)
        return found


def _charge(row: Row[Any]) -> Charge:
    return Charge(row.id, row.amount_cents, row.text, row.refunded)
