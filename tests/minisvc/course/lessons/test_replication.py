from typing import Any

from minisvc.course import check

COPIED = {"state": "replicated_memory", "affinity": "cookie", "instances": 5}


def reasons(**fields: Any) -> list[str]:
    return [row.reason for row in check("copies-suffice", lambda: {**COPIED, **fields}).rows]


def test_two_copies_before_the_answer_pass() -> None:
    assert check("copies-suffice", lambda: {**COPIED, "replicas": 2}).passed


def test_one_late_copy_loses_what_was_confirmed_and_to_two_neighbours() -> None:
    assert reasons(replicas=1, lag_s=5.0) == [
        "",
        "8 of 10 customers found their carts",
        "8 of 10 customers found their carts",
        "",
    ]


def test_copies_everywhere_cost_too_much() -> None:
    assert reasons(replicas=0) == ["", "", "", "it is copied 4 times"]


def test_a_store_is_another_lesson() -> None:
    assert reasons(state="sqlite")[0] == "state is sqlite"
