"""Signed and opaque access tokens: what a resource knows without asking, and how long it believes."""

import base64
import json

import jwt as pyjwt
import pytest
import requests
from flask import Flask
from sqlalchemy import event

from minisvc import database
from minisvc.clock import FakeClock
from minisvc.fence import Fence
from minisvc.keeping import Keeping
from minisvc.layout import Service
from minisvc.services.accounts.app import create_app
from minisvc.services.accounts.grants import CODE_S, Codes
from minisvc.services.accounts.keys import BELIEVED_S, rotate
from minisvc.services.accounts.people import HASHER
from minisvc.sql import open_engine
from minisvc.state import build
from minisvc.tokens import Grant
from tests.minisvc.services.accounts.acting import PASSWORD, Browser, bearing
from tests.minisvc.services.accounts.conftest import needs_redis


@pytest.fixture
def service(run):
    return run(state="signed_token")


def header(token: str) -> dict:
    head = token.partition(".")[0]
    return json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))


def kid(token: str) -> str:
    return header(token)["kid"]


def with_header(token: str, **changes: str) -> str:
    forged = base64.urlsafe_b64encode(json.dumps(header(token) | changes).encode()).rstrip(b"=").decode()
    return f"{forged}.{token.partition('.')[2]}"


def test_a_resource_elsewhere_verifies_a_signed_token_by_the_published_keys(ann, service):
    tokens = ann.register().tokens_for(ann)
    keys = pyjwt.PyJWKClient(f"{service.url}/oauth/jwks")
    key = keys.get_signing_key_from_jwt(tokens["access_token"])
    said = pyjwt.decode(tokens["access_token"], key, ["ES256"], audience=service.url, issuer=service.url)
    assert said["scope"] == "profile"
    assert said["exp"] - said["iat"] == pytest.approx(600, abs=1)
    assert pyjwt.get_unverified_header(tokens["access_token"])["typ"] == "at+jwt"


def test_a_key_is_changed_while_its_tokens_live(ann, service):
    program, engine = ann.register(), open_engine(service.store.url)
    old = program.tokens_for(ann)
    fresh = rotate(engine, service._pools["accounts"].mechanism.clock())
    engine.dispose()
    new = program.refresh(old["refresh_token"]).json()
    assert (kid(old["access_token"]) != fresh, kid(new["access_token"])) == (True, fresh)
    published = requests.get(f"{service.url}/oauth/jwks", timeout=10).json()["keys"]
    assert [key["kid"] for key in published] == [fresh, kid(old["access_token"])]
    # Both instances, whichever of them has not seen the new key yet.
    answers = [bearing(service.url, each["access_token"]).status_code for each in (old, new) for _ in range(4)]
    assert answers == [200] * 8


def test_a_session_cookie_is_no_access_token_and_the_reverse(ann, service):
    tokens = ann.register().tokens_for(ann)
    assert bearing(service.url, ann.cookie).status_code == 401
    answer = requests.get(f"{service.url}/whoami", cookies={"session": tokens["access_token"]}, timeout=10)
    assert answer.json()["name"] is None


@pytest.mark.parametrize("changes", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "../../dev/null"}, {"typ": "JWT"}])
def test_a_token_with_another_header_is_refused(ann, service, changes):
    forged = with_header(ann.register().tokens_for(ann)["access_token"], **changes)
    assert bearing(service.url, forged).status_code == 401


@pytest.mark.parametrize(("deny_list", "status"), [(False, 200), (True, 401)])
def test_a_signed_token_outlives_its_revocation_unless_there_is_a_deny_list(run, deny_list, status):
    service = run(state="signed_token", deny_list=deny_list)
    with Browser(service.url) as ann:
        ann.sign_up()
        program = ann.register()
        tokens = program.tokens_for(ann)
        program.ask("/oauth/revoke", token=tokens["access_token"])
        assert not program.is_active(tokens["access_token"])
        assert [bearing(service.url, tokens["access_token"]).status_code for _ in range(2)] == [status] * 2


@pytest.mark.parametrize(("deny_list", "name"), [(False, "ann"), pytest.param(True, None, marks=needs_redis)])
def test_a_session_token_outlives_its_logout_unless_there_is_a_deny_list(run, deny_list, name):
    with Browser(run(state="signed_token", deny_list=deny_list).url) as ann:
        ann.sign_up()
        stolen = ann.cookie
        ann.post("/logout", json={})
        answers = [requests.get(f"{ann.base}/whoami", cookies={"session": stolen}, timeout=10) for _ in range(2)]
        assert [answer.json()["name"] for answer in answers] == [name, name]


@pytest.mark.parametrize(("cache_s", "status"), [(0.0, 401), (3600.0, 200)])
def test_a_revoked_opaque_token_is_believed_as_long_as_an_answer_about_it_is(run, cache_s, status):
    service = run(state="memory", affinity="source", cache_s=cache_s)
    with Browser(service.url) as ann:
        ann.sign_up()
        program = ann.register()
        tokens = program.tokens_for(ann)
        assert bearing(service.url, tokens["access_token"]).status_code == 200
        program.ask("/oauth/revoke", token=tokens["access_token"])
        assert bearing(service.url, tokens["access_token"]).status_code == status


class Alone:
    """One instance whose clock a test turns, without a network."""

    def __init__(self, state: str, **keeping: object) -> None:
        self.clock = FakeClock(1_800_000_000.0)
        wanted = Service("accounts", state=state, keeping=Keeping(**keeping))
        self.mechanism, self.records = build(wanted, clock=self.clock), database.Database(wanted)
        self.app: Flask = create_app("a")
        self.mechanism.install(self.app, "a", Fence("a"))
        database.furnish(self.records.access("a"), self.app, Fence("a"))
        self.person = self.app.test_client()
        self.person.post("/signup", json={"name": "ann", "password": PASSWORD})
        self.program = self.person.post("/clients", json={"name": "x", "scope": "statistics"}).json

    @property
    def secret(self) -> tuple[str, str]:
        return self.program["client_id"], self.program["client_secret"]

    def token(self) -> str:
        form = {"grant_type": "client_credentials"}
        return self.app.test_client().post("/oauth/token", data=form, auth=self.secret).json["access_token"]

    def status(self, token: str) -> int:
        asked = {"Authorization": f"Bearer {token}"}
        return self.app.test_client().get("/statistics", headers=asked).status_code

    def close(self) -> None:
        self.app.extensions["database"].dispose()
        self.records.close()
        self.mechanism.close()


@pytest.fixture
def alone():
    opened: list[Alone] = []

    def make(state: str, **keeping: object) -> Alone:
        opened.append(Alone(state, **keeping))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


@pytest.mark.parametrize("state", ["memory", "signed_token"])
def test_an_access_token_expires_to_the_moment(alone, state):
    service = alone(state, idle_s=86_400.0)
    token = service.token()
    service.clock.advance(599.9)
    assert service.status(token) == 200
    service.clock.advance(0.1)
    assert service.status(token) == 401


def test_the_cache_of_introspection_ends_when_it_says(alone):
    service = alone("memory", cache_s=30.0)
    token = service.token()
    assert service.status(token) == 200
    service.app.test_client().post("/oauth/revoke", data={"token": token}, auth=service.secret)
    service.clock.advance(29.9)
    assert service.status(token) == 200
    service.clock.advance(0.1)
    assert service.status(token) == 401


def test_a_former_key_is_forgotten_when_its_tokens_have_expired(alone):
    service = alone("signed_token", idle_s=86_400.0)
    service.token()
    engine = service.app.extensions["database"]
    rotate(engine, service.clock())
    service.clock.advance(BELIEVED_S - 1)
    assert len(service.app.test_client().get("/oauth/jwks").json["keys"]) == 2
    service.clock.advance(1)
    assert len(service.app.test_client().get("/oauth/jwks").json["keys"]) == 1


def test_a_stranger_cannot_make_an_instance_ask_for_keys_again_and_again(alone):
    service = alone("signed_token")
    token = service.token()
    forged, asked = with_header(token, kid="nobodys"), []
    event.listen(service.app.extensions["database"], "before_cursor_execute", lambda *of: asked.append(of[2]))
    for passes_s, wanted in ((0.5, 0), (0.5, 1)):
        service.clock.advance(passes_s)
        for _ in range(5):
            assert service.status(forged) == 401
        assert len([each for each in asked if "signing_keys" in each]) == wanted


def test_a_name_that_nobody_has_costs_a_stranger_as_much_time(alone, monkeypatch):
    service, hashed = alone("memory"), []

    class Counting:
        def verify(self, kept: str, password: str) -> bool:
            hashed.append(kept)
            return HASHER.verify(kept, password)

    monkeypatch.setattr("minisvc.services.accounts.people.HASHER", Counting())
    for name in ("ann", "nobody"):
        answer = service.app.test_client().post("/login", json={"name": name, "password": "wrong password"})
        assert answer.status_code == 401
    assert len(hashed) == 2
    assert {each.rpartition("$")[0].rpartition("$")[0] for each in hashed} == {"$argon2id$v=19$m=19456,t=2,p=1"}


def test_a_lock_after_wrong_passwords_opens_again(alone):
    service = alone("memory")
    stranger = service.app.test_client()
    for n in range(5):
        stranger.post("/login", json={"name": "ann", "password": f"wrong {n}"})
    right = {"name": "ann", "password": PASSWORD}
    service.clock.advance(59)
    assert stranger.post("/login", json=right).status_code == 429
    service.clock.advance(1)
    assert stranger.post("/login", json=right).status_code == 200


def test_wrong_passwords_of_yesterday_do_not_count(alone):
    service = alone("memory")
    stranger = service.app.test_client()
    wrong = {"name": "ann", "password": "wrong password"}
    for _ in range(2):
        assert [stranger.post("/login", json=wrong).status_code for _ in range(4)] == [401] * 4
        service.clock.advance(86_400)
    assert stranger.post("/login", json=wrong | {"password": PASSWORD}).status_code == 200


def test_a_code_expires(alone):
    service = alone("memory")
    codes = Codes(service.app.extensions["database"], service.clock)
    code = codes.issue(Grant("app", "ann", "profile"), "https://a.example/", "x" * 43)
    service.clock.advance(CODE_S - 0.1)
    assert codes.find(code)
    service.clock.advance(0.1)
    assert codes.find(code) is None
