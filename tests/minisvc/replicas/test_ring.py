"""Who holds what follows from names alone, and a crash makes the next in the ring the owner."""

import doctest

from hypothesis import given
from hypothesis import strategies as st

from minisvc.replicas import ring

NAMES = st.sets(st.sampled_from("abcdefghij"), min_size=1)
KEYS = st.sampled_from([f"random.{name}" for name in "abcdefghij"])


def test_the_examples_hold():
    assert doctest.testmod(ring).failed == 0


@given(KEYS, NAMES)
def test_everybody_stands_in_the_order_once_and_the_home_first_if_it_is_there(key, names):
    order = ring.order(key, names)
    assert sorted(order) == sorted(names)
    assert ring.home_of(key) not in names or order[0] == ring.home_of(key)


@given(KEYS, NAMES, st.integers(1, 4))
def test_when_the_owner_goes_the_holder_of_the_first_copy_owns(key, names, copies):
    before = ring.holders(key, names, copies)
    if len(names) > 1:
        assert ring.holders(key, names - {before[0]}, copies)[: len(before) - 1] == before[1:]


@given(KEYS, NAMES)
def test_no_number_of_copies_means_all(key, names):
    assert ring.holders(key, names, 0) == ring.order(key, names)
