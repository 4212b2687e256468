import pytest

from minisvc.course import opened, sealed
from minisvc.course.seals import token


def test_a_token_is_opened_without_its_key_and_sealed_with_it() -> None:
    head, body, seal = token({"sub": "ann"}, "a key").split(".")
    assert (opened(head)["alg"], opened(body)) == ("HS256", {"sub": "ann"})
    assert seal == sealed(f"{head}.{body}", "a key")
    assert seal != sealed(f"{head}.{body}", "another")


def test_what_is_no_part_of_a_token_is_not_opened() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        opened("bm90IGpzb24")
