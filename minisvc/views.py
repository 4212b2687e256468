"""What a person sees of a running cluster: instances with their statuses, and who holds whose cart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from minisvc.pool import Pool
from minisvc.users import User


@dataclass(frozen=True, slots=True)
class BackendView:
    """An instance as a person sees it: "up", "draining", "stopped", "down" (crashed) or "unhealthy".

    `in_flight` counts the exchanges that it has in hand.
    """

    name: str
    status: str
    port: int
    in_flight: int = 0


@dataclass(frozen=True, slots=True)
class Holding:
    """A cart and where it is.

    Attributes:
        place: an instance's name, "store" or "client".
        owner: the user it belongs to; None for somebody who is no simulated user.
        items: how many there are in it.
        current: False if the owner's cookie has moved on and nothing leads to this cart any more.
    """

    place: str
    owner: str | None
    items: int
    current: bool


def find_holdings(pools: Iterable[Pool], users: Sequence[User]) -> tuple[Holding, ...]:
    """Every cart that is alive in `pools`, matched with the users whose cookies lead to it."""
    owners: dict[str, list[User]] = {}
    for user in users:
        for cookie in user.cookies_seen:
            owners.setdefault(cookie, []).append(user)
    current = {user.cookie for user in users if user.cookie}
    return tuple(
        Holding(
            each.place,
            owner.name if owner else None,
            len(each.session.get("items", ())),
            owner is None or owner.cookie == each.cookie,
        )
        for pool in pools
        for each in pool.mechanism.held(current)
        # Two clients may carry equal cookies, so that one of them has several owners.
        for owner in (*owners.get(each.cookie, ()),) or (None,)
        if each.place != "client" or (owner and owner.cookie == each.cookie)
    )


def owners_in(place: str, holdings: Iterable[Holding]) -> str:
    """A sentence that names whose carts are in `place`, and whether they are elsewhere too; "" if none is."""
    filled = [(each.place, each.owner or "a guest") for each in holdings if each.items]
    names = sorted({owner for where, owner in filled if where == place}, key=_natural)
    if not names:
        return ""
    copied = ", with copies elsewhere" if {*names} <= {owner for where, owner in filled if where != place} else ""
    owners = [f"{name}'s" for name in names]
    listed = " and ".join([", ".join(owners[:-1]), owners[-1]] if len(owners) > 1 else owners)
    return f"{listed} cart{'s were' if len(names) > 1 else ' was'} in it{copied}."


def _natural(name: str) -> tuple[str, int]:
    """c2 before c10."""
    number = re.search(r"\d+$", name)
    return (name[: number.start()], int(number.group())) if number else (name, 0)
