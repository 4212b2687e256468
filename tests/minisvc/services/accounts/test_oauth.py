"""The OAuth 2.0 server as programs meet it, and what thieves try, through HTTP on a running cluster."""

import concurrent.futures

import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from tests.minisvc.services.accounts.acting import BACK, Browser, bearing, challenge, new_verifier


@pytest.fixture
def diary(ann):
    return ann.register()


@pytest.fixture
def public(ann):
    return ann.register(public=True)


def fault(answer: requests.Response) -> str:
    assert answer.status_code in {400, 401}, answer.text
    return answer.json()["error"]


def test_a_program_acts_for_a_person_who_said_yes(ann, diary, service):
    tokens = diary.tokens_for(ann)
    assert tokens["token_type"] == "Bearer"
    assert (tokens["scope"], tokens["expires_in"]) == ("profile", 600)
    assert bearing(service.url, tokens["access_token"]).json()["name"] == "ann"


def test_another_librarys_client_goes_the_whole_way(ann, diary, service):
    told = requests.get(f"{service.url}/.well-known/oauth-authorization-server", timeout=10).json()
    verifier = new_verifier()
    with OAuth2Session(
        diary.id, diary.secret, redirect_uri=BACK, scope="profile", code_challenge_method="S256"
    ) as client:
        url, state = client.create_authorization_url(told["authorization_endpoint"], code_verifier=verifier)
        query = dict(pair.split("=", 1) for pair in requests.utils.unquote(url.partition("?")[2]).split("&"))
        answer = ann.answer(query)
        assert answer["state"] == state
        client.fetch_token(told["token_endpoint"], code=answer["code"], code_verifier=verifier)
        assert client.get(f"{service.url}/profile").json()["name"] == "ann"
        former = client.token["refresh_token"]
        client.refresh_token(told["token_endpoint"])
        assert client.token["refresh_token"] != former
        assert client.get(f"{service.url}/profile").status_code == 200


def test_the_metadata_leads_to_what_is_there(service):
    told = requests.get(f"{service.url}/.well-known/oauth-authorization-server", timeout=10).json()
    assert told["issuer"] == service.url
    assert told["code_challenge_methods_supported"] == ["S256"]
    for name, url in told.items():
        if name.endswith(("_endpoint", "_uri")):
            answer = requests.options(url, timeout=10)
            assert answer.status_code == 200, name


def test_a_person_who_says_no_is_believed(ann, diary):
    assert ann.answer(diary.query(new_verifier()), "deny")["error"] == "access_denied"


def test_the_answer_names_its_issuer_and_brings_the_state_back(ann, diary, service):
    answer = ann.answer(diary.query(new_verifier(), state="a b&c=d"))
    assert answer["iss"] == service.url
    assert answer["state"] == "a b&c=d"


def test_consent_cannot_be_given_by_another_site(ann, diary):
    query = diary.query(new_verifier())
    ann.get("/oauth/authorize", params=query)
    answer = ann.post("/oauth/authorize", params=query, data={"answer": "allow"}, allow_redirects=False)
    assert answer.status_code == 403


def test_who_is_not_logged_in_logs_in_first_and_goes_on_from_there(ann, diary, service):
    with Browser(service.url) as browser:
        query = diary.query(new_verifier())
        page = browser.get("/oauth/authorize", params=query)
        assert "A program wants to act for you" in page.text
        form = {"form": page.text.split('name="form" value="')[1].split('"')[0], "name": "ann"}
        consent = browser.post("/login", data=form | {"password": "correct horse battery"})
        assert "<b>Diary</b> may" in consent.text
        assert consent.url.startswith(f"{service.url}/oauth/authorize?")


def test_a_code_is_good_once_and_used_twice_it_takes_its_tokens_with_it(ann, diary, service):
    verifier = new_verifier()
    code = ann.answer(diary.query(verifier))["code"]
    tokens = diary.redeem(code, verifier).json()
    assert bearing(service.url, tokens["access_token"]).status_code == 200
    again = diary.redeem(code, verifier)
    assert fault(again) == "invalid_grant"
    assert again.json()["error_description"] == "The code was used before: what came of it is revoked."
    assert bearing(service.url, tokens["access_token"]).status_code == 401
    assert fault(diary.refresh(tokens["refresh_token"])) == "invalid_grant"


def test_of_many_who_use_one_code_at_once_one_gets_tokens_at_most_and_they_end_revoked(ann, diary):
    verifier = new_verifier()
    code = ann.answer(diary.query(verifier))["code"]
    with concurrent.futures.ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda _: diary.redeem(code, verifier), range(6)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) <= 1
    assert not any(diary.is_active(each["access_token"]) for each in won)


def test_a_code_is_of_no_use_without_the_verifier(ann, diary, public):
    for program in (diary, public):
        for wrong in ("", new_verifier(), "short"):
            verifier = new_verifier()
            code = ann.answer(program.query(verifier))["code"]
            assert fault(program.redeem(code, wrong)) in {"invalid_grant", "invalid_request"}


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": "", "code_challenge_method": ""},
        {"code_challenge": ""},
        {"code_challenge_method": ""},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": "s256"},
        {"code_challenge": "too-short"},
    ],
)
def test_pkce_cannot_be_left_out_or_downgraded(ann, diary, changes):
    query = diary.query(new_verifier(), **changes)
    answer = ann.get("/oauth/authorize", params=query, allow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith(f"{BACK}?error=invalid_request")


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/back",
        BACK + "/",
        BACK + "?x=1",
        BACK + "/../evil",
        BACK.upper(),
        BACK.replace(":9", ":10"),
        "http://127.0.0.1:9@evil.example/back",
        "",
    ],
)
def test_nobody_is_sent_anywhere_but_to_an_address_that_was_registered_character_by_character(ann, diary, uri):
    answer = ann.get("/oauth/authorize", params=diary.query(new_verifier(), redirect_uri=uri), allow_redirects=False)
    assert answer.status_code == 400
    assert "Location" not in answer.headers


def test_a_code_is_redeemed_with_the_address_that_it_was_sent_to(ann):
    program = ann.register(redirect_uris=[BACK, BACK + "2"])
    verifier = new_verifier()
    code = ann.answer(program.query(verifier))["code"]
    assert fault(program.redeem(code, verifier, redirect_uri=BACK + "2")) == "invalid_grant"
    assert program.redeem(code, verifier).status_code == 200


def test_a_code_is_of_no_use_to_another_program(ann, diary):
    verifier, other = new_verifier(), ann.register()
    code = ann.answer(diary.query(verifier))["code"]
    assert fault(other.redeem(code, verifier)) == "invalid_grant"
    assert diary.redeem(code, verifier).status_code == 200


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"redirect_uris": ["http://evil.example/"]}, "https, or http on loopback"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "https, or http on loopback"),
        ({"redirect_uris": ["https://a.example/#x"]}, "without a fragment"),
        ({"redirect_uris": ["https://a@b.example/"]}, "redirect_uris must be"),
        ({"redirect_uris": "https://a.example/"}, "redirect_uris must be"),
        ({"scope": "profile admin"}, "scope must be some of: profile statistics introspect"),
        ({"name": ""}, "name must be a text"),
    ],
)
def test_what_a_program_may_not_be_is_told_when_it_is_registered(ann, wanted, said):
    answer = ann.post("/clients", json={"name": "x", "redirect_uris": [BACK], "scope": "profile"} | wanted)
    assert answer.status_code == 422
    assert said in answer.json()["error"]


def test_a_program_gets_no_more_than_it_was_registered_for(ann, diary):
    answer = ann.get(
        "/oauth/authorize", params=diary.query(new_verifier(), scope="profile introspect"), allow_redirects=False
    )
    assert answer.headers["Location"].startswith(f"{BACK}?error=invalid_scope")
    assert fault(diary.token(grant_type="client_credentials", scope="introspect")) == "invalid_scope"


def test_a_program_for_itself_is_nobody(ann, diary, service):
    granted = diary.token(grant_type="client_credentials").json()
    assert "refresh_token" not in granted
    assert bearing(service.url, granted["access_token"], "/statistics").json()["people"] == 1
    assert bearing(service.url, granted["access_token"]).status_code == 403


def test_a_program_proves_who_it_is(ann, diary, public):
    diary.secret, right = "wrong", diary.secret
    answer = diary.token(grant_type="client_credentials")
    assert (answer.status_code, fault(answer)) == (401, "invalid_client")
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    diary.secret = None
    assert fault(diary.token(grant_type="client_credentials")) == "invalid_client"
    assert fault(diary.token(grant_type="client_credentials", client_secret=right)) == "invalid_client"
    assert fault(public.token(grant_type="client_credentials")) == "invalid_client"


def test_a_refresh_token_rotates_and_replayed_revokes_the_family(ann, diary, service):
    first = diary.tokens_for(ann)
    second = diary.refresh(first["refresh_token"]).json()
    assert bearing(service.url, second["access_token"]).status_code == 200
    replay = diary.refresh(first["refresh_token"])
    assert fault(replay) == "invalid_grant"
    assert "it may be stolen" in replay.json()["error_description"]
    for token in (first["access_token"], second["access_token"]):
        assert bearing(service.url, token).status_code == 401
    assert fault(diary.refresh(second["refresh_token"])) == "invalid_grant"


def test_of_many_who_refresh_at_once_one_wins_and_the_family_ends(ann, public):
    tokens = public.tokens_for(ann)
    with concurrent.futures.ThreadPoolExecutor(6) as crowd:
        answers = list(crowd.map(lambda _: public.refresh(tokens["refresh_token"]), range(6)))
    won = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(won) <= 1
    assert all(fault(public.refresh(each["refresh_token"])) == "invalid_grant" for each in won)


def test_a_refresh_token_is_of_no_use_to_another_program(ann, diary):
    tokens, thief = diary.tokens_for(ann), ann.register()
    assert fault(thief.refresh(tokens["refresh_token"])) == "invalid_grant"
    assert diary.refresh(tokens["refresh_token"]).status_code == 200


def test_a_refresh_may_ask_for_less_and_never_for_more(ann, diary):
    tokens = diary.tokens_for(ann, scope="profile statistics")
    less = diary.refresh(tokens["refresh_token"], scope="statistics").json()
    assert less["scope"] == "statistics"
    assert fault(diary.refresh(less["refresh_token"], scope="profile introspect")) == "invalid_scope"
    assert diary.refresh(less["refresh_token"]).json()["scope"] == "profile statistics"


def test_revocation_ends_a_token_and_says_nothing_about_others(ann, diary, service):
    tokens, other = diary.tokens_for(ann), ann.register()
    assert other.ask("/oauth/revoke", token=tokens["access_token"]).status_code == 200
    assert bearing(service.url, tokens["access_token"]).status_code == 200
    assert diary.ask("/oauth/revoke", token="no such token").status_code == 200
    assert diary.ask("/oauth/revoke", token=tokens["access_token"]).status_code == 200
    assert bearing(service.url, tokens["access_token"]).status_code == 401
    renewed = diary.refresh(tokens["refresh_token"]).json()
    diary.ask("/oauth/revoke", token=renewed["refresh_token"], token_type_hint="refresh_token")
    assert bearing(service.url, renewed["access_token"]).status_code == 401


def test_introspection_tells_a_program_about_its_own_tokens_and_a_resource_about_all(ann, diary):
    tokens, resource, other = diary.tokens_for(ann), ann.register(scope="introspect"), ann.register()
    said = diary.ask("/oauth/introspect", token=tokens["access_token"]).json()
    assert {name: said[name] for name in ("active", "client_id", "scope", "token_type")} == {
        "active": True,
        "client_id": diary.id,
        "scope": "profile",
        "token_type": "Bearer",
    }
    assert resource.is_active(tokens["access_token"])
    assert other.ask("/oauth/introspect", token=tokens["access_token"]).json() == {"active": False}
    assert requests.post(f"{ann.base}/oauth/introspect", data={"token": "x"}, timeout=10).status_code == 401


def test_a_resource_says_what_it_wants(ann, diary, service):
    bare = requests.get(f"{service.url}/statistics", timeout=10)
    assert (bare.status_code, bare.headers["WWW-Authenticate"]) == (401, 'Bearer realm="accounts"')
    for wrong in ("Bearer nonsense", "Bearer " + "x" * 9000, "Bearer a.b.c"):
        answer = requests.get(f"{service.url}/profile", headers={"Authorization": wrong}, timeout=10)
        assert answer.status_code == 401
        assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert requests.get(f"{service.url}/profile", auth=("a", "b"), timeout=10).status_code == 401
    granted = diary.tokens_for(ann)
    short = bearing(service.url, granted["access_token"], "/statistics")
    assert short.status_code == 403
    assert (
        short.headers["WWW-Authenticate"] == 'Bearer realm="accounts", error="insufficient_scope", scope="statistics"'
    )
    assert bearing(service.url, granted["refresh_token"]).status_code == 401


def test_answers_with_tokens_are_not_to_be_stored(ann, diary):
    assert diary.token(grant_type="client_credentials").headers["Cache-Control"] == "no-store"


def test_two_challenges_in_one_request_are_refused(ann, diary):
    query = [*diary.query(new_verifier()).items(), ("code_challenge", challenge(new_verifier()))]
    answer = ann.get("/oauth/authorize", params=query, allow_redirects=False)
    assert answer.headers["Location"].startswith(f"{BACK}?error=invalid_request")
