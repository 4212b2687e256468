"""The same service on each database, behind each balancer, and below a path."""

import concurrent.futures
import os
import re
import shutil
from pathlib import Path

import pytest

from minisvc.cluster import Cluster
from minisvc.layout import Layout, Service
from tests.minisvc.services.accounts.acting import PASSWORD, Browser, bearing, new_verifier


def has_postgres() -> bool:
    found = shutil.which("postgres") or list(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return bool(found) and os.name == "posix"


DATABASES = [
    "sqlite",
    pytest.param("postgres", marks=pytest.mark.skipif(not has_postgres(), reason="postgres is not installed")),
]


@pytest.fixture(params=DATABASES)
def crowded(request, run) -> Cluster:
    return run(state="signed_cookie", instances=3, database=request.param)


def test_instances_that_begin_at_once_make_the_tables_together(crowded):
    def sign_up(number: int) -> int:
        with Browser(crowded.url) as browser:
            return browser.sign_up(f"user{number}").status_code

    with concurrent.futures.ThreadPoolExecutor(6) as crowd:
        assert list(crowd.map(sign_up, range(6))) == [201] * 6


def test_of_many_who_want_one_name_at_once_one_gets_it(crowded):
    def sign_up(_: int) -> int:
        with Browser(crowded.url) as browser:
            return browser.sign_up("ann").status_code

    with concurrent.futures.ThreadPoolExecutor(6) as crowd:
        assert sorted(crowd.map(sign_up, range(6))) == [201] + [409] * 5


def test_many_wrong_passwords_at_once_are_as_bounded_as_many_in_a_row(crowded):
    def guess(number: int) -> int:
        with Browser(crowded.url) as browser:
            return browser.log_in("ann", f"wrong {number}").status_code

    with Browser(crowded.url) as ann:
        ann.sign_up()
        with concurrent.futures.ThreadPoolExecutor(8) as crowd:
            answers = list(crowd.map(guess, range(16)))
        assert (answers.count(401), answers.count(429)) == (5, 11)


def test_a_code_and_a_refresh_token_are_spent_once_whoever_comes_at_once(crowded):
    with Browser(crowded.url) as ann:
        ann.sign_up()
        program, verifier = ann.register(), new_verifier()
        code = ann.answer(program.query(verifier))["code"]
        tokens = program.tokens_for(ann)
        with concurrent.futures.ThreadPoolExecutor(6) as crowd:
            redeemed = list(crowd.map(lambda _: program.redeem(code, verifier), range(6)))
            refreshed = list(crowd.map(lambda _: program.refresh(tokens["refresh_token"]), range(6)))
        for answers in (redeemed, refreshed):
            assert {answer.status_code for answer in answers} <= {200, 400}
            won = [answer.json() for answer in answers if answer.status_code == 200]
            assert len(won) <= 1
            assert not any(program.is_active(each["access_token"]) for each in won)


@pytest.mark.parametrize(
    "front",
    [
        pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=f"{name} is not on PATH"))
        for name in ("nginx", "haproxy")
    ],
)
def test_a_real_balancer_leaves_addresses_as_they_are(run, front):
    service = run(balancer=front, state="signed_token")
    with Browser(service.url) as ann:
        ann.sign_up()
        tokens = ann.register().tokens_for(ann)
        assert bearing(service.url, tokens["access_token"]).json()["name"] == "ann"
        assert ann.get("/.well-known/oauth-authorization-server").json()["issuer"] == service.url


def test_below_a_path_pages_and_addresses_lead_there():
    below = Service("accounts", path="/me", instances=2, state="signed_token")
    with Cluster(Layout(services=(Service("cart", instances=1), below))) as lab, Browser(f"{lab.url}/me") as ann:
        ann.sign_up()
        program = ann.register()
        assert bearing(ann.base, program.tokens_for(ann)["access_token"]).json()["name"] == "ann"
        ann.cookies.clear()
        page = ann.get("/oauth/authorize", params=program.query(new_verifier()))
        assert re.findall(r'formaction="([^"]+)"', page.text) == ["/me/login", "/me/signup"]
        form = {"form": re.search(r'name="form" value="([^"]+)"', page.text)[1], "name": "ann", "password": PASSWORD}
        assert "<b>Diary</b> may" in ann.post("/login", data=form).text
