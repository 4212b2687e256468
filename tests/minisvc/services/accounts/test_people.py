"""Signing up, logging in and out, and what strangers try meanwhile, through HTTP on a running cluster."""

import pytest
import requests
from sqlalchemy import text

from minisvc.services.accounts.people import MOST_FAILURES
from minisvc.sql import open_engine
from tests.minisvc.services.accounts.acting import PASSWORD, Browser, hidden

STATES = ["memory", "signed_cookie", "encrypted_cookie", "signed_token", "redis", "opaque_token", "soft_affinity"]


@pytest.fixture
def eve(service):
    with Browser(service.url) as browser:
        yield browser


@pytest.mark.parametrize("state", STATES)
def test_somebody_signs_up_logs_out_and_logs_in_again_wherever_sessions_live(run, state):
    service = run(state=state, affinity="cookie")
    with Browser(service.url) as ann:
        assert ann.sign_up().json()["name"] == "ann"
        assert ann.put("/profile", json={"about": "I like ☕"}).status_code == 200
        assert ann.get("/profile").json()["about"] == "I like ☕"
        assert ann.get("/whoami").json()["name"] == "ann"
        ann.post("/logout", json={})
        assert ann.get("/profile").status_code == 401
        assert ann.get("/whoami").json()["name"] is None
        assert ann.log_in("ANN ").status_code == 200
        assert ann.is_logged_in


def test_records_outlive_every_instance(ann, service):
    service.crash("a")
    service.crash("b")
    service.restart("a")
    with Browser(service.url) as again:
        assert again.log_in().status_code == 200


def test_it_works_in_processes_too(run):
    service = run(host="process", state="signed_token")
    with Browser(service.url) as ann:
        ann.sign_up()
        service.crash("a")
        service.restart("a")
        assert [ann.get("/profile").json()["name"] for _ in range(4)] == ["ann"] * 4


@pytest.mark.parametrize("state", ["memory", "redis", "opaque_token", "soft_affinity"])
def test_a_session_that_somebody_planted_before_the_login_is_not_logged_in_by_it(run, state):
    service = run(state=state, affinity="cookie")
    with Browser(service.url) as eve, Browser(service.url) as ann:
        eve.get("/oauth/authorize")
        planted = eve.cookie
        # Both at one instance, so that it is not just another memory that does not know the session.
        for each in eve.cookies:
            ann.cookies.set_cookie(each)
        assert "A program wants to act for you" in ann.get("/").text
        ann.sign_up()
        assert ann.is_logged_in
        assert ann.cookie != planted
        assert eve.get("/whoami").json()["name"] is None
        assert not eve.is_logged_in


@pytest.mark.parametrize("state", ["memory", "redis", "opaque_token"])
def test_an_id_that_somebody_made_up_is_never_adopted(run, state):
    with Browser(run(state=state, affinity="cookie").url) as ann:
        ann.plant("x" * 43)
        assert ann.sign_up().status_code == 201
        assert ann.cookie != "x" * 43


@pytest.mark.parametrize("state", ["signed_cookie", "encrypted_cookie", "signed_token"])
def test_a_changed_cookie_is_nobodys(run, state):
    with Browser(run(state=state).url) as ann:
        ann.sign_up()
        good = ann.cookie
        for at in range(3, len(good) - 3, 7):
            changed = good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :]
            answer = requests.get(f"{ann.base}/whoami", cookies={"session": changed}, timeout=10)
            assert answer.json()["name"] is None, at
        assert ann.is_logged_in


def test_a_cookie_is_closed_to_scripts_and_to_other_sites(ann):
    told = ann.log_in().headers["Set-Cookie"]
    assert "HttpOnly" in told
    assert "SameSite=Lax" in told


def test_logging_out_everywhere_ends_every_session_and_token_of_that_person_only(ann, eve, service):
    eve.sign_up("eve")
    tokens = ann.register().tokens_for(ann)
    with Browser(service.url) as elsewhere:
        elsewhere.log_in()
        stolen = ann.cookie
        assert ann.post("/logout/everywhere", json={}).status_code == 200
        assert not elsewhere.is_logged_in
        assert requests.get(f"{ann.base}/profile", cookies={"session": stolen}, timeout=10).status_code == 401
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert requests.get(f"{ann.base}/profile", headers=bearer, timeout=10).status_code == 401
        assert eve.is_logged_in
        assert elsewhere.log_in().status_code == 200
        assert elsewhere.is_logged_in


def test_wrong_passwords_are_bounded_whoever_tries_and_whether_or_not_the_name_exists(ann, eve):
    for name in ("ann", "nobody"):
        answers = [eve.log_in(name, f"wrong {n}") for n in range(MOST_FAILURES)]
        assert {answer.status_code for answer in answers} == {401}
        assert answers[0].json()["error"] == "no such name with that password"
        locked = eve.log_in(name, PASSWORD)
        assert locked.status_code == 429
        assert 0 < int(locked.headers["Retry-After"]) <= 60
        assert locked.json()["error"].startswith("5 wrong passwords in a row: wait ")


def test_a_right_password_forgives_the_wrong_ones_before_it(ann, eve):
    for _ in range(2):
        for n in range(MOST_FAILURES - 1):
            assert eve.log_in("ann", f"wrong {n}").status_code == 401
        assert eve.log_in().status_code == 200


def test_a_name_can_be_had_once(ann, eve):
    answer = eve.sign_up("Ann")
    assert (answer.status_code, answer.json()["error"]) == (409, "the name 'ann' is taken: choose another")


@pytest.mark.parametrize(
    "body", [{}, {"name": "", "password": ""}, {"name": "a b", "password": "x" * 7}, {"name": 5, "password": ["x"] * 9}]
)
def test_all_that_is_wrong_with_a_sign_up_is_told_at_once(eve, body):
    answer = eve.post("/signup", json=body)
    assert answer.status_code == 422
    assert "name must be 1 to 32 of a-z" in answer.json()["error"]
    assert "password must be a text of 8 to 128 characters" in answer.json()["error"]


def test_passwords_secrets_and_tokens_are_not_in_the_database(ann, service):
    program = ann.register()
    tokens = program.tokens_for(ann)
    engine = open_engine(service.store.url)
    with engine.connect() as connection:
        tables = ("people", "clients", "codes", "tokens")
        rows = repr([connection.execute(text(f"SELECT * FROM {table}")).all() for table in tables])
    engine.dispose()
    assert "$argon2id$v=19$m=19456,t=2,p=1$" in rows
    for secret in (PASSWORD, program.secret, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in rows


def test_a_form_from_another_site_is_refused(ann):
    for path in ("/login", "/logout", "/logout/everywhere", "/signup"):
        for form in ({}, {"form": ""}, {"form": "guess"}):
            answer = ann.post(path, data={"name": "eve", "password": PASSWORD, **form})
            assert answer.status_code == 403, path
    assert ann.is_logged_in


def test_a_page_leads_through_sign_up_and_logout_and_says_what_was_wrong(eve):
    form = {"form": hidden(eve.get("/").text), "name": "<b>eve</b>", "password": PASSWORD}
    refused = eve.post("/signup", data=form)
    assert refused.status_code == 422
    assert '<p role="alert">name must be 1 to 32' in refused.text
    page = eve.post("/signup", data=form | {"name": "eve"})
    assert "You are <b>eve</b>" in page.text
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    assert "Log in" in eve.post("/logout", data={"form": hidden(page.text)}).text


def test_a_forged_host_gets_nowhere(service):
    asked = requests.get(
        f"{service.url}/.well-known/oauth-authorization-server", headers={"Host": "evil.example"}, timeout=10
    )
    assert asked.status_code == 400


def test_who_is_logged_in_is_never_the_clients_to_write(run):
    service = run(state="client_store")
    sent = requests.get(f"{service.url}/whoami", headers={"Client-Document": '{"name": "admin"}'}, timeout=10)
    assert sent.status_code == 422
    assert "must not be the client's to write" in sent.json()["error"]


def test_a_database_that_is_down_is_told_and_does_not_let_anybody_in(run):
    service = run(database="sqlite")
    with Browser(service.url) as ann:
        ann.sign_up()
        service._pools["accounts"].database.crash_store()
        answer = ann.get("/profile")
        assert answer.status_code == 503
        assert answer.json()["error"].startswith("the database cannot be used")
        assert ann.log_in().status_code == 503
        assert ann.get("/whoami").json()["name"] == "ann"
