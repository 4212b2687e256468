from typing import Any

from minisvc.course import check

Send = Any


def by_order(send: Send, order: str) -> Any:
    for _ in range(5):
        answer = send(key=order)
        if answer.status_code < 500 and answer.status_code != 409:
            return answer
    return None


def by_try(send: Send, order: str) -> Any:
    for tries in range(5):
        answer = send(key=f"{order}-{tries}")
        if answer.status_code == 201:
            return answer
    return None


def always_one_key(send: Send, order: str) -> Any:
    return next((answer for _ in range(5) if (answer := send(key="mine")).status_code < 500), None)


def for_ever(send: Send, order: str) -> Any:
    while send(key=order).status_code >= 500:
        pass


def test_one_key_an_order_passes() -> None:
    assert check("paid-once", by_order).passed


def test_a_key_for_each_try_charges_for_each_try() -> None:
    rows = check("paid-once", by_try).rows
    assert [row.reason for row in rows] == [
        "charges: 3, not 1; the answers were [502, 502, 201]",
        "charges: 4, not 2; the answers were [201]",
        "the answers were [422, 422, 422, 422, 422]",
        "",
    ]


def test_one_key_for_everything_buys_once() -> None:
    assert check("paid-once", always_one_key).rows[1].reason == "charges: 1, not 2; the answers were [201]"


def test_who_never_gives_up_is_stopped() -> None:
    row = check("paid-once", for_ever).rows[-1]
    assert row.reason == "It was stopped after 20 tries. Give up earlier, and say so."


def test_who_tries_once_is_not_charged_reliably() -> None:
    assert check("paid-once", lambda send, order: send(key=order)).rows[-1].reason == "tries: 1"
