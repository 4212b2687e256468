"""A key is changed on a running cluster, under users who notice nothing."""

import pytest

from minisvc.cluster import Cluster
from minisvc.errors import LayoutError


@pytest.mark.parametrize(("state", "host"), [("signed_token", "thread"), ("encrypted_cookie", "process")])
def test_a_key_is_changed_and_nobody_is_logged_out(state, host):
    with Cluster("cart", instances=2, state=state, host=host) as shop:
        users = shop.add_users(3)
        for user in users:
            user.add("apples")
        before = {user.cookie.partition(".")[0] for user in users}
        with shop.start_load("shopper", users=5, rate=50.0) as running:
            shop.rotate_key()
            result = running.stop()
        assert (result.failed, result.lost) == (0, 0)
        for user in users:
            user.add("bread")
            assert not user.check().lost
        after = {user.cookie.partition(".")[0] for user in users}
        assert len(before) == len(after) == 1
        assert before != after
        said = shop.events.since()[1][-1].sentence
        assert said == "A new key signs the sessions of cart; the former one is still believed."


def test_a_key_that_signs_before_all_believe_it_logs_people_out():
    """The control: the same change in one step, with one instance that has not heard of it."""
    with Cluster("cart", instances=2, state="signed_token") as shop:
        (user,) = shop.add_users(1)
        user.add("apples")
        pool = shop._pools["cart"]
        for step in pool.mechanism.key_steps():
            step()
        pool.renew_terms()
        shop.crash("a")
        shop.restart("a")
        for _ in range(4):
            user.add("bread")
        assert any(user.check().lost for _ in range(4))


def test_a_state_without_a_key_says_so():
    with Cluster("cart", instances=1, state="memory") as shop, pytest.raises(LayoutError) as refused:
        shop.rotate_key()
    assert str(refused.value) == (
        'rotate_key: state "memory" has no key that is changed in use; move it to one that has, such as signed_token.'
    )
