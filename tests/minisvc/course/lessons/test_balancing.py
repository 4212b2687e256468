from collections.abc import Sequence
from hashlib import sha256
from zlib import crc32

from minisvc.course import check


def modulo(customer: str, names: Sequence[str]) -> str:
    return names[crc32(customer.encode()) % len(names)]


def rendezvous(customer: str, names: Sequence[str]) -> str:
    return max(names, key=lambda name: sha256(f"{customer}/{name}".encode()).hexdigest())


def test_rendezvous_passes() -> None:
    assert check("keys-stay", rendezvous).passed


def test_modulo_moves_too_many() -> None:
    rows = check("keys-stay", modulo).rows
    assert [row.holds for row in rows] == [True, True, True, False]
    assert "moved; 1/5 must" in rows[3].reason


def test_always_the_first_is_uneven_and_gives_a_newcomer_nothing() -> None:
    rows = check("keys-stay", lambda customer, names: names[0]).rows
    assert [row.reason for row in rows[2:]] == [
        "the one with the fewest gets 0%",
        "0% moved; 1/5 must, so that the fifth gets its share",
    ]


def test_a_stranger_and_a_mood_are_named() -> None:
    moods = iter("abcd" * 1000)
    assert check("keys-stay", lambda customer, names: "z").rows[0].reason == "it chose z"
    moody = check("keys-stay", lambda customer, names: next(moods) if customer == "customer-7" else "a")
    assert moody.rows[1].reason == "customer-7 got another the second time"
