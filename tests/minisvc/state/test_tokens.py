"""What only sessions in tokens do: deny-list, key rotation, hashes in the store, and answers that are believed."""

import base64
import json
import shutil

import pytest
from flask import current_app, session

from minisvc.keyvalue import connect
from minisvc.tokens import fingerprint
from tests.minisvc.state.conftest import Bench
from tests.minisvc.state.kinds import Kind

CARRIED = ["signed_token", "encrypted_cookie"]
pytestmark = pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not on PATH")


@pytest.fixture
def opened():
    benches: list[Bench] = []

    def make(kind: str, **keeping: object) -> Bench:
        place = "client" if kind in CARRIED else "store"
        benches.append(Bench(Kind(kind, place), **keeping))
        return benches[-1]

    yield make
    for bench in benches:
        bench.close()


@pytest.mark.parametrize("kind", CARRIED)
def test_a_logged_out_token_is_refused_by_every_instance_that_asks_the_list(opened, kind):
    bench = opened(kind, deny_list=True)
    client = bench.client(bench.instance("a"))
    client.add("apples")
    first = client.key
    client.add("bread")
    second = client.key
    client.ask("DELETE", "/")
    for stolen in (first, second):
        for name in "bc":
            client = bench.client(bench.instance(name))
            client.present(stolen)
            assert client.items == []
        assert bench.mechanism.held([stolen]) == []


@pytest.mark.parametrize("kind", CARRIED)
def test_a_login_puts_the_token_from_before_on_the_list_and_keeps_what_it_held(opened, kind):
    bench = opened(kind, deny_list=True)
    client = bench.client(bench.instance("a"))
    client.add("apples")
    planted = client.key
    client.ask("POST", "/login")
    assert client.items == ["apples"]
    attacker = bench.client(bench.instance("b"))
    attacker.present(planted)
    assert attacker.items == []


@pytest.mark.parametrize("kind", CARRIED)
def test_without_a_list_no_store_is_started_and_a_stolen_token_stays_good(opened, kind):
    bench = opened(kind)
    assert bench.mechanism.store is None
    client = bench.client(bench.instance("a"))
    client.add("apples")
    stolen = client.key
    client.ask("DELETE", "/")
    client.present(stolen)
    assert client.items == ["apples"]


def test_a_list_that_cannot_be_asked_lets_nobody_in_and_nobody_out(opened):
    bench = opened("signed_token", deny_list=True)
    client = bench.client(bench.instance("a"))
    client.add("apples")
    bench.mechanism.crash_store()
    assert client.get().status_code == 503
    assert client.ask("GET", "/healthz").status_code == 200
    assert bench.mechanism.held([client.key]) == []


def test_the_list_forgets_a_token_when_it_would_have_expired_anyway(opened):
    bench = opened("signed_token", deny_list=True, idle_s=600.0, absolute_s=700.0)
    client = bench.client(bench.instance("a"))
    client.add("apples")
    bench.clock.advance(500)
    client.ask("DELETE", "/")
    listed = connect(bench.mechanism.store.url, "session:")
    (key,) = listed.keys()
    assert key.startswith("denied.")
    # 700 s after it began it is over whatever anybody does, and 500 of them have passed.
    assert 190_000 < listed._client.pttl(f"session:{key}") <= 200_000
    listed.close()


@pytest.mark.parametrize("kind", CARRIED)
def test_a_key_is_changed_without_logging_anybody_out(opened, kind):
    bench = opened(kind)
    client = bench.client(bench.instance("a"))
    client.add("apples")
    bench.mechanism.announce_key()
    # The first instance is still on the old ring; this one believes the new key already, and signs by the old one.
    informed = bench.instance("b")
    bench.mechanism.rotate_key()
    signs = client.at(bench.instance("c"))
    assert signs.items == ["apples"]
    assert signs.add("bread").status_code == 200
    assert kid(signs.key) != kid(client.key)
    assert signs.at(informed).items == ["apples", "bread"]
    assert signs.at(bench.instance("a")).items == ["apples", "bread"]


def kid(token: str) -> str:
    return header(token)["kid"]


def header(token: str) -> dict:
    head = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))


def test_a_signed_session_can_be_read_by_its_holder_and_an_encrypted_one_cannot(opened):
    shown = {}
    for kind in CARRIED:
        client = (bench := opened(kind)).client(bench.instance("a"))
        client.add("chocolate")
        parts = client.key.split(".")[1:]
        shown[kind] = b"".join(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in parts)
    assert b"chocolate" in shown["signed_token"]
    assert b"chocolate" not in shown["encrypted_cookie"]


def test_a_session_of_another_service_is_not_believed(opened):
    bench, other = opened("signed_token"), opened("signed_token")
    client, stranger = bench.client(bench.instance("a")), other.client(other.instance("a"))
    client.add("apples")
    stranger.present(client.key)
    assert stranger.items == []


def test_the_store_holds_hashes_of_opaque_tokens_only(opened):
    bench = opened("opaque_token")
    client = bench.client(bench.instance("a"))
    client.add("apples")
    store = connect(bench.mechanism.store.url, "session:")
    assert list(store.keys()) == [fingerprint(client.key)]
    thief = bench.client(bench.instance("b"))
    thief.present(fingerprint(client.key))
    assert thief.items == []
    store.close()


def test_an_opaque_token_revoked_elsewhere_is_believed_as_long_as_an_answer_is(opened):
    bench = opened("opaque_token", cache_s=5.0)
    here, there = bench.client(bench.instance("a")), bench.instance("b")
    here.add("apples")
    token = here.key
    elsewhere = here.at(there)
    assert elsewhere.items == ["apples"]
    here.ask("DELETE", "/")
    here.present(token)
    assert here.items == []
    bench.clock.advance(4.9)
    assert elsewhere.items == ["apples"]
    bench.clock.advance(0.1)
    assert elsewhere.items == []


@pytest.mark.parametrize(("versioned", "status", "kept"), [(False, 200, ["apples", "milk"]), (True, 409, None)])
def test_a_believed_answer_overwrites_what_others_wrote_unless_versions_are_compared(opened, versioned, status, kept):
    bench = opened("opaque_token", cache_s=5.0, versioned=versioned)
    here = bench.client(bench.instance("a"))
    here.add("apples")
    there = here.at(bench.instance("b"))
    assert there.items == ["apples"]
    assert here.add("bread").status_code == 200
    assert there.items == ["apples"]
    assert there.add("milk").status_code == status
    bench.clock.advance(5)
    assert here.items == (kept or ["apples", "bread"])
    # Told no, an instance asks again.
    assert there.items == (kept or ["apples", "bread"])


def test_what_an_opaque_token_means_is_asked_each_time_unless_it_may_be_believed(opened):
    asked = {}
    for cache_s in (0.0, 5.0):
        bench = opened("opaque_token", cache_s=cache_s)
        app = bench.instance("a")
        client, store = bench.client(app), app.extensions["keyvalue"]
        client.add("apples")
        count, get = [], store.get
        store.get = lambda key, get=get, count=count: (count.append(key), get(key))[1]
        for _ in range(3):
            assert client.items == ["apples"]
        asked[cache_s] = len(count)
    assert asked == {0.0: 3, 5.0: 0}


@pytest.mark.parametrize("kind", ["opaque_token", "redis"])
def test_a_login_whose_store_goes_down_meanwhile_is_told_so(opened, kind):
    bench = opened(kind)
    app = bench.instance("a")

    @app.post("/late")
    def late() -> dict:
        bench.mechanism.crash_store()
        current_app.session_interface.regenerate(session)
        return {}

    client = bench.client(app)
    client.add("apples")
    answer = client.ask("POST", "/late")
    assert (answer.status_code, answer.json["error"].partition(":")[0]) == (503, "The store (redis) cannot be used")
