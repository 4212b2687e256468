from minisvc.course import check


def test_carts_in_sql_return() -> None:
    assert check("carts-return", lambda: {"state": "sqlite"}).passed


def test_memcached_keeps_nothing() -> None:
    rows = check("carts-return", lambda: {"state": "memcached"}).rows
    assert [row.holds for row in rows] == [True, False]
    assert rows[1].reason == "0 of 6 customers found their carts"


def test_memory_loses_a_share_and_has_no_store() -> None:
    rows = check("carts-return", lambda: {"state": "memory", "affinity": "cookie"}).rows
    assert [row.reason for row in rows] == [
        "4 of 6 customers found their carts",
        "there is none: state lives elsewhere",
    ]


def test_a_misspelt_state_is_told_with_the_nearest() -> None:
    assert 'Did you mean "sqlite"' in str(check("carts-return", lambda: {"state": "sqlit"}))
