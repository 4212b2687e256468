"""Session hygiene, whatever the place: ids that are made anew, timeouts, and cookies that are closed to others."""

import secrets

import pytest


@pytest.fixture
def with_ids(kind):
    if kind.carried != "cookie":
        pytest.skip("the client's own document has no id: it may write what it likes into it")


@pytest.fixture
def with_timeouts(kind):
    if not kind.times_out:
        pytest.skip("a document that the client keeps ends when the client forgets it")


FORGED = ["", "x", "../../etc", "eyJpdGVtcyI6WyJ4Il19.aaaa.bbbb", "ü", "a" * 43, secrets.token_urlsafe(32) + ".a"]


@pytest.mark.usefixtures("with_ids")
@pytest.mark.parametrize("forged", FORGED)
def test_a_made_up_cookie_is_no_session_and_is_never_adopted(bench, forged):
    client = bench.client(bench.instance("a"))
    client.present(forged)
    assert client.items == []
    client.add("apples")
    # Where an id stands before a dot, as with soft affinity, that part is made anew too.
    assert client.key.partition(".")[0] != forged.partition(".")[0]


@pytest.mark.usefixtures("with_ids")
def test_the_cookie_is_closed_to_scripts_and_other_sites(bench):
    told = bench.client(bench.instance("a")).add("apples").headers["Set-Cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Lax" in told
    assert "Path=/" in told


@pytest.mark.usefixtures("with_ids")
def test_login_renews_the_id_and_what_was_known_before_leads_nowhere(bench, kind):
    app = bench.instance("a")
    victim = bench.client(app)
    victim.add("apples")
    fixed = victim.key
    victim.ask("POST", "/login")
    assert victim.key != fixed
    assert victim.items == ["apples"]
    # A session that the client carries cannot be forgotten on this side: the old cookie says what it said.
    attacker = bench.client(app)
    attacker.present(fixed)
    assert attacker.items == (["apples"] if kind.keeps_nothing else [])


@pytest.mark.usefixtures("with_ids")
def test_a_cookie_from_before_the_logout_is_dead_unless_the_client_carries_the_session(bench, kind):
    client = bench.client(bench.instance("a"))
    client.add("apples")
    stolen = client.key
    client.ask("DELETE", "/")
    client.present(stolen)
    assert client.items == (["apples"] if kind.keeps_nothing else [])


@pytest.mark.usefixtures("with_timeouts")
def test_a_session_that_nobody_uses_ends_after_the_idle_time(open_bench):
    bench = open_bench(idle_s=600.0)
    client = bench.client(bench.instance("a"))
    client.add("apples")
    bench.clock.advance(599)
    assert client.items == ["apples"]
    # It was used just now, so its time begins again.
    bench.clock.advance(599)
    assert client.items == ["apples"]
    bench.clock.advance(600)
    assert bench.mechanism.held([client.key]) == []
    assert client.items == []


@pytest.mark.usefixtures("with_timeouts")
def test_a_busy_session_ends_after_the_absolute_time(open_bench):
    bench = open_bench(idle_s=600.0, absolute_s=2000.0)
    client = bench.client(bench.instance("a"))
    client.add("apples")
    for _ in range(4):
        bench.clock.advance(499)
        assert client.add("bread").status_code == 200
    assert client.items == ["apples", *["bread"] * 4]
    bench.clock.advance(4)
    assert bench.mechanism.held([client.key]) == []
    assert client.items == []


def test_a_request_that_needs_no_session_is_answered_whatever_it_brings(bench):
    client = bench.client(bench.instance("a"))
    client.present("nonsense")
    assert client.ask("GET", "/healthz").status_code == 200
