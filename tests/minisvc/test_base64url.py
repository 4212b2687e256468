"""base64url without padding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc import base64url


@given(st.binary(max_size=40))
def test_bytes_come_back_and_text_needs_no_escape_in_an_address(data):
    text = base64url.encode(data)
    assert base64url.decode(text) == data
    assert not set(text) & set("+/=")


def test_the_challenge_of_rfc_7636_appendix_b():
    digest = bytes((19, 211, 30, 150, 26, 26, 216, 236, 47, 22, 177, 12, 76, 152, 46, 8))
    assert base64url.encode(digest) == "E9Melhoa2OwvFrEMTJguCA"


@pytest.mark.parametrize("text", ["a", "é"])
def test_what_is_no_such_text_is_a_value_error(text):
    with pytest.raises(ValueError, match=r".+"):
        base64url.decode(text)
