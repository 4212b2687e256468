"""A conversation, kept by the service or resent by the client."""

from random import Random

import pytest
import requests

from minisvc import Cluster
from minisvc.fence import Fence
from minisvc.layout import Service
from minisvc.services.assistant import LONGEST_MESSAGE, MOST_TURNS, create_app, reply
from minisvc.state import build


@pytest.fixture
def client():
    app = create_app("a")
    build(Service()).install(app, "a", Fence("a"))
    return app.test_client()


def test_a_kept_conversation_goes_on_where_it_was(client):
    said = ["one", "two", "three"]
    answers = [client.post("/chat", json={"message": text}).json for text in said]
    assert [answer["turn"] for answer in answers] == [1, 2, 3]
    assert answers[-1]["reply"] == reply(said)
    assert client.get("/chat").json["messages"] == said
    client.delete("/chat")
    assert client.get("/chat").json["messages"] == []


def test_a_resent_conversation_needs_no_session(client):
    answer = client.post("/chat", json={"messages": ["one", "two"]})
    assert (answer.json["turn"], answer.json["reply"]) == (2, reply(["one", "two"]))
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (None, "message 1 is None"),
        ({"message": ""}, "message 1 is a text of 0"),
        ({"message": "x" * (LONGEST_MESSAGE + 1)}, "message 1 is a text of 2001"),
        ({"messages": ["one", 2]}, "message 2 is 2"),
        ({"messages": []}, "1 to 200 of them"),
        ({"messages": ["x"] * (MOST_TURNS + 1)}, "1 to 200 of them"),
        ([], "message 1 is None"),
    ],
)
def test_what_is_no_conversation_is_refused_with_the_reason(client, body, told):
    answer = client.post("/chat", json=body)
    assert answer.status_code == 422
    assert told in answer.json["error"]


@pytest.mark.parametrize(("state", "turn"), [("memory", 1), ("redis", 3)])
def test_a_crash_ends_a_conversation_in_memory_and_none_in_a_store(state, turn):
    with Cluster("assistant", instances=2, state=state, affinity="cookie") as shop, requests.Session() as person:
        for text in ("one", "two"):
            said = person.post(f"{shop.url}/chat", json={"message": text}).json()
        shop.crash(said["instance"])
        assert person.post(f"{shop.url}/chat", json={"message": "three"}).json()["turn"] == turn


def test_a_conversation_in_a_cookie_ends_where_the_cookie_does():
    with Cluster("assistant", instances=1, state="signed_cookie") as shop, requests.Session() as person:
        # Flask compresses what it signs, so that words that repeat would take long to fill it.
        texts = [Random(turn).randbytes(100).hex() for turn in range(40)]
        answers = [person.post(f"{shop.url}/chat", json={"message": text}) for text in texts]
    refused = [answer for answer in answers if answer.status_code != 200]
    assert refused
    assert refused[0].status_code == 413
    assert "more than a cookie takes: at most 4,096" in refused[0].json()["error"]
