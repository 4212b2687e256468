"""The balancer's decisions, without any I/O."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc.balancer.upstream import Ask, Backend, Upstream, affinity_cookie, route
from minisvc.clock import FakeClock
from minisvc.errors import NoHealthyBackend
from minisvc.layout import HealthCheck, Service
from minisvc.policies import RingHash, RoundRobin, Weighted


def upstream(names: str = "abc", affinity: str | None = "cookie", **health) -> Upstream:
    backends = [Backend(name, port) for port, name in enumerate(names, start=1)]
    return Upstream(Service("cart", affinity=affinity), backends, RoundRobin(), HealthCheck(**health), FakeClock(100.0))


def from_(pool: Upstream, name: str, tried=()) -> Ask:
    """A request that is bound to that backend."""
    return Ask(f"other=1; {pool.cookie}={pool.backends[name].token}; more=2", tried=tried)


def test_unbound_requests_take_turns_and_are_bound():
    choices = [upstream().choose(Ask()) for _ in range(1)]
    assert [(c.backend.name, c.why, c.bind) for c in choices] == [("a", "round robin picked a", True)]


def test_a_bound_request_goes_to_its_backend():
    pool = upstream()
    choice = pool.choose(from_(pool, "c"))
    assert (choice.backend.name, choice.bind, choice.why) == ("c", False, "sticky: its cookie names c")


def test_without_affinity_the_cookie_is_ignored_and_none_is_set():
    pool = upstream(affinity=None)
    choice = pool.choose(from_(pool, "c"))
    assert (choice.backend.name, choice.bind) == ("a", False)


@pytest.mark.parametrize("value", ["", "c", "0" * 16, "a; b", "\x00"])
def test_a_forged_cookie_binds_nobody(value):
    choice = upstream().choose(Ask(f"statewise_cart={value}"))
    assert (choice.backend.name, choice.bind) == ("a", True)


def test_a_request_bound_to_a_dead_backend_is_bound_anew_and_told_why():
    pool = upstream()
    pool.refused("c", "connection refused")
    choice = pool.choose(from_(pool, "c"))
    assert (choice.backend.name, choice.bind) == ("a", True)
    assert choice.why == "its cookie names c, which is unhealthy (connection refused); round robin picked a"


def test_a_draining_backend_gets_only_requests_bound_to_it():
    pool = upstream()
    pool.backends["a"].drain()
    assert [pool.choose(Ask()).backend.name for _ in range(4)] == ["b", "c", "b", "c"]
    assert pool.choose(from_(pool, "a")).backend.name == "a"


def test_a_stopped_backend_gets_nothing_until_it_is_admitted():
    pool = upstream("ab")
    pool.backends["a"].take_out()
    assert pool.choose(from_(pool, "a")).backend.name == "b"
    pool.backends["a"].admit()
    assert pool.choose(from_(pool, "a")).backend.name == "a"


def test_nobody_left_is_told_with_each_reason():
    pool = upstream()
    pool.refused("a", "connection refused")
    pool.backends["b"].drain()
    pool.backends["c"].take_out()
    with pytest.raises(NoHealthyBackend) as caught:
        pool.choose(Ask())
    assert str(caught.value) == (
        'No healthy backend in upstream "cart": a=unhealthy (connection refused), b=draining, c=stopped.\n'
        '  Restart one: cluster.restart("a").'
    )
    assert list(caught.value.statuses) == ["a", "b", "c"]


def test_a_backend_is_out_after_as_many_failed_checks_as_fall_says():
    pool = upstream("a", fall=2)
    assert not pool.observe("a", "no answer")
    assert pool.observe("a", "no answer")
    assert pool.status("a") == "unhealthy (2 of 2 checks failed: no answer)"


def test_a_backend_is_back_after_as_many_good_checks_as_rise_says():
    pool = upstream("a", rise=2)
    pool.refused("a", "connection refused")
    assert not pool.observe("a")
    assert pool.observe("a")
    assert pool.status("a") == "up"


def test_a_good_check_in_between_starts_the_count_again():
    pool = upstream("a", fall=2)
    pool.observe("a", "no answer")
    pool.observe("a")
    assert not pool.observe("a", "no answer")


def test_a_refused_connection_takes_it_out_at_once_and_is_news_once():
    pool = upstream("ab")
    assert pool.refused("a", "connection refused")
    assert not pool.refused("a", "connection refused")
    assert pool.choose(Ask()).backend.name == "b"


def test_the_affinity_cookie_is_closed_to_scripts_and_other_sites():
    told = affinity_cookie(upstream(), Backend("a", 1, token="t"))
    assert told == "statewise_cart=t; Path=/; HttpOnly; SameSite=Lax"


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
        chosen = pool.choose(from_(pool, bound, tried) if bound else Ask(tried=tried)).backend
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


@pytest.mark.parametrize("affinity", ["source", "header"])
def test_derived_affinity_needs_no_cookie_and_keeps_to_one_backend(affinity):
    pool = upstream(affinity=affinity)
    choices = [pool.choose(Ask(source="192.0.2.7", header="c1")) for _ in range(5)]
    assert len({choice.backend.name for choice in choices}) == 1
    assert not any(choice.bind for choice in choices)
    key = {"source": "192.0.2.7", "header": "c1"}[affinity]
    assert choices[0].why == f"sticky by {affinity}: {key} belongs to {choices[0].backend.name}"


def test_a_request_without_the_affinity_header_is_left_to_the_policy():
    assert upstream(affinity="header").choose(Ask()).why == "round robin picked a"


def test_errors_in_a_row_eject_a_backend_each_time_for_longer():
    clock = FakeClock(100.0)
    pool = Upstream(
        Service("cart"), [Backend("a", 1), Backend("b", 2)], RoundRobin(), HealthCheck(eject_after=3, eject_s=10), clock
    )
    assert [pool.answered("a", well=False) for _ in range(3)] == [False, False, True]
    assert pool.status("a") == "ejected (3 errors in a row)"
    assert {pool.choose(Ask()).backend.name for _ in range(4)} == {"b"}
    clock.advance(10)
    assert pool.status("a") == "up"
    assert pool.answered("a", well=False)
    clock.advance(10)
    assert pool.status("a") != "up"
    clock.advance(10)
    assert pool.status("a") == "up"


def test_a_good_answer_between_errors_ejects_nobody():
    pool = upstream(eject_after=2)
    assert not any(pool.answered("a", well=well) for well in (False, True, False, True, False))


def test_a_backend_comes_back_slowly():
    clock = FakeClock(100.0)
    pool = Upstream(
        Service("cart"), [Backend("a", 1), Backend("b", 2)], Weighted(), HealthCheck(slow_start_s=10, rise=1), clock
    )
    pool.refused("a", "x")
    pool.observe("a")
    first = [pool.choose(Ask()).backend.name for _ in range(22)]
    assert first.count("a") == 2  # a tenth of b's weight
    clock.advance(10)
    later = [pool.choose(Ask()).backend.name for _ in range(22)]
    assert later.count("a") == 11


def test_the_longest_prefix_wins_and_ends_at_a_segment():
    upstreams = [
        Upstream(Service(f"{name}:app", path=path), [], RoundRobin())
        for name, path in [("shop", "/"), ("api", "/api"), ("orders", "/api/orders")]
    ]
    found = {path: route(upstreams, path) for path in ["/", "/x", "/api", "/api/", "/apis", "/api/orders/1", "/api/o"]}
    assert {path: each.name for path, each in found.items()} == {
        "/": "shop",
        "/x": "shop",
        "/api": "api",
        "/api/": "api",
        "/apis": "shop",
        "/api/orders/1": "orders",
        "/api/o": "api",
    }
    assert route(upstreams[1:], "/x") is None


def test_failures_beyond_the_fall_are_not_counted_as_more_than_all():
    pool = upstream("a", fall=2)
    for _ in range(5):
        pool.observe("a", "no answer")
    assert pool.status("a") == "unhealthy (2 of 2 checks failed: no answer)"


def test_a_policy_that_hashes_paths_brings_equal_requests_together_whoever_asks():
    backends = [Backend(name, port) for port, name in enumerate("abc", start=1)]
    pool = Upstream(Service(key="path"), backends, RingHash(), HealthCheck(), FakeClock(100.0))
    chosen = {
        path: {
            pool.choose(Ask(source=f"192.0.2.{client}", header=f"c{client}", path=path)).backend.name
            for client in range(5)
        }
        for path in (f"/products/{number}" for number in range(30))
    }
    assert {len(names) for names in chosen.values()} == {1}
    assert set.union(*chosen.values()) == {"a", "b", "c"}
