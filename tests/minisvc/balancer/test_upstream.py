"""The balancer's decisions, without any I/O."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc.balancer.upstream import AFFINITY_COOKIE, Backend, Upstream, affinity_cookie
from minisvc.errors import NoHealthyBackend
from minisvc.layout import HealthCheck
from minisvc.policies import RoundRobin


def upstream(names: str = "abc", affinity: str | None = "cookie", **health) -> Upstream:
    backends = [Backend(name, port) for port, name in enumerate(names, start=1)]
    return Upstream("cart", backends, RoundRobin(), affinity, HealthCheck(**health))


def cookie_of(pool: Upstream, name: str) -> str:
    return f"other=1; {AFFINITY_COOKIE}={pool.backends[name].token}; more=2"


def test_unbound_requests_take_turns_and_are_bound():
    choices = [upstream().choose() for _ in range(1)]
    assert [(c.backend.name, c.why, c.bind) for c in choices] == [("a", "round robin picked a", True)]


def test_a_bound_request_goes_to_its_backend():
    pool = upstream()
    choice = pool.choose(cookie_of(pool, "c"))
    assert (choice.backend.name, choice.bind, choice.why) == ("c", False, "sticky: its cookie names c")


def test_without_affinity_the_cookie_is_ignored_and_none_is_set():
    pool = upstream(affinity=None)
    choice = pool.choose(cookie_of(pool, "c"))
    assert (choice.backend.name, choice.bind) == ("a", False)


@pytest.mark.parametrize("value", ["", "c", "0" * 16, "a; b", "\x00"])
def test_a_forged_cookie_binds_nobody(value):
    choice = upstream().choose(f"{AFFINITY_COOKIE}={value}")
    assert (choice.backend.name, choice.bind) == ("a", True)


def test_a_request_bound_to_a_dead_backend_is_bound_anew_and_told_why():
    pool = upstream()
    pool.refused("c", "connection refused")
    choice = pool.choose(cookie_of(pool, "c"))
    assert (choice.backend.name, choice.bind) == ("a", True)
    assert choice.why == "its cookie names c, which is unhealthy (connection refused); round robin picked a"


def test_a_draining_backend_gets_only_requests_bound_to_it():
    pool = upstream()
    pool.backends["a"].drain()
    assert [pool.choose().backend.name for _ in range(4)] == ["b", "c", "b", "c"]
    assert pool.choose(cookie_of(pool, "a")).backend.name == "a"


def test_a_stopped_backend_gets_nothing_until_it_is_admitted():
    pool = upstream("ab")
    pool.backends["a"].take_out()
    assert pool.choose(cookie_of(pool, "a")).backend.name == "b"
    pool.backends["a"].admit()
    assert pool.choose(cookie_of(pool, "a")).backend.name == "a"


def test_nobody_left_is_told_with_each_reason():
    pool = upstream()
    pool.refused("a", "connection refused")
    pool.backends["b"].drain()
    pool.backends["c"].take_out()
    with pytest.raises(NoHealthyBackend) as caught:
        pool.choose()
    assert str(caught.value) == (
        'No healthy backend in upstream "cart": a=unhealthy (connection refused), b=draining, c=stopped.\n'
        '  Restart one: cluster.restart("a").'
    )
    assert list(caught.value.statuses) == ["a", "b", "c"]


def test_a_backend_is_out_after_as_many_failed_checks_as_fall_says():
    pool = upstream("a", fall=2)
    assert not pool.observe("a", "no answer")
    assert pool.observe("a", "no answer")
    assert pool.backends["a"].status == "unhealthy (2 of 2 checks failed: no answer)"


def test_a_backend_is_back_after_as_many_good_checks_as_rise_says():
    pool = upstream("a", rise=2)
    pool.refused("a", "connection refused")
    assert not pool.observe("a")
    assert pool.observe("a")
    assert pool.backends["a"].status == "up"


def test_a_good_check_in_between_starts_the_count_again():
    pool = upstream("a", fall=2)
    pool.observe("a", "no answer")
    pool.observe("a")
    assert not pool.observe("a", "no answer")


def test_a_refused_connection_takes_it_out_at_once_and_is_news_once():
    pool = upstream("ab")
    assert pool.refused("a", "connection refused")
    assert not pool.refused("a", "connection refused")
    assert pool.choose().backend.name == "b"


def test_the_affinity_cookie_is_closed_to_scripts_and_other_sites():
    told = affinity_cookie(Backend("a", 1, token="t"))
    assert told == "statewise_backend=t; Path=/; HttpOnly; SameSite=Lax"


def test_tokens_do_not_tell_the_backends_name_and_differ():
    tokens = {Backend("a", 1).token for _ in range(20)}
    assert len(tokens) == 20


steps = st.lists(
    st.tuples(st.sampled_from(["drain", "take_out", "admit", "refused", "well", "ill"]), st.sampled_from("abc"))
)


@given(steps=steps, bound=st.sampled_from(["", "a", "b", "c"]), tried=st.sets(st.sampled_from("abc")))
def test_it_never_chooses_one_that_is_unhealthy_stopped_or_tried(steps, bound, tried):
    pool = upstream()
    for step, name in steps:
        if step == "refused":
            pool.refused(name, "x")
        elif step in {"well", "ill"}:
            pool.observe(name, "" if step == "well" else "x")
        else:
            getattr(pool.backends[name], step)()
    try:
        chosen = pool.choose(cookie_of(pool, bound) if bound else "", tried).backend
    except NoHealthyBackend:
        assert all(
            not b.healthy or b.out or b.name in tried or (b.draining and b.name != bound)
            for b in pool.backends.values()
        )
    else:
        assert chosen.healthy
        assert not chosen.out
        assert chosen.name not in tried
        assert not chosen.draining or chosen.name == bound
