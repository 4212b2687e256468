from minisvc.course import check


def reasons(key: object) -> list[str]:
    return [row.reason for row in check("right-pages", key).rows]


def test_the_user_in_the_key_of_what_is_made_for_users_passes() -> None:
    assert check("right-pages", lambda path, headers: (path, headers["X-User"] if path == "/for-you" else "")).passed


def test_the_path_alone_leaks() -> None:
    assert reasons(lambda path, headers: path) == ["bob was given the page of ann", "", "", ""]


def test_the_user_in_every_key_makes_products_again_for_each() -> None:
    assert reasons(lambda path, headers: (path, headers["X-User"])) == ["", "", "", "asked for 4 times"]


def test_every_header_in_the_key_caches_nothing() -> None:
    assert reasons(lambda path, headers: (path, *headers.values())) == [
        "",
        "asked for 5 times",
        "",
        "asked for 5 times",
    ]


def test_the_user_alone_mixes_products_up() -> None:
    assert reasons(lambda path, headers: headers["X-User"])[2] == "products 7 and 8 were given as [None, None]"
