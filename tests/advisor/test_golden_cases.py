"""The use cases that articles name, and the answer that they give."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from advisor.answers import answers_of, written
from advisor.engine import advise
from advisor.model import AnswerFile, Component, Rulebook

CASES = YAML(typ="safe").load(Path(__file__).with_name("golden") / "articles.yaml")["cases"]

# The mechanism that an architect would name, where the word alone could be right by accident.
EXPECTED_MECHANISMS = {
    "REST API with a token on every call": "signed_token",
    "Serverless image function": "function",
    "CDN edge function": "edge_cache",
    "Single sign-on with JWT": "signed_token",
    "Sign-in with instant revocation": "opaque_token",
    "Shopping cart with a session store": "shared_session",
    "Banking session": "database_session",
    "Payment call with safe retries": "idempotency_store",
    "Payment over several steps": "durable_workflow",
    "Webhook receiver with repeated deliveries": "idempotency_store",
    "Webhook receiver with harmless repeats": "self_contained",
    "Real-time chat": "connection_gateway",
    "Multiplayer game room": "actor",
    "Collaborative document editor": "actor",
    "Trading platform matching": "partitioned_owner",
    "Video conference": "connection_gateway",
    "FTP server": "pinned_connection",
    "Database connection with transactions": "pinned_connection",
    "Playback position kept by the player": "client_store",
    "Playback position that follows the viewer": "shared_session",
    "Telemetry ingestion, stateless front and stateful processing": "event_log",
    "Assistant that keeps the conversation": "shared_session",
    "Audited ledger with questions about the past": "event_log",
}


def file_of(case: dict[str, Any]) -> AnswerFile:
    return AnswerFile(case["name"], (Component(case["name"], case["archetype"], case["answers"]),))


def test_all_26_cases_are_here() -> None:
    assert len(CASES) == 26
    assert {case["name"] for case in CASES} >= set(EXPECTED_MECHANISMS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_advisor_agrees_with_the_golden_case(rulebook: Rulebook, case: dict[str, Any]) -> None:
    advice = advise(rulebook, file_of(case))
    assert advice.overall in case["overall"], advice.components[0].scores[:3]
    if case["name"] in EXPECTED_MECHANISMS:
        assert advice.components[0].mechanism == EXPECTED_MECHANISMS[case["name"]]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_golden_case_written_as_a_file_gives_the_same_advice(rulebook: Rulebook, case: dict[str, Any]) -> None:
    file = file_of(case)
    assert advise(rulebook, answers_of(written(file), rulebook)) == advise(rulebook, file)


def test_a_bank_keeps_a_key_against_repeats_beside_its_sessions(rulebook: Rulebook) -> None:
    bank = next(case for case in CASES if case["name"] == "Banking session")
    advice = advise(rulebook, file_of(bank)).components[0]
    assert [companion.mechanism for companion in advice.also] == ["idempotency_store"]
    ruled_out = {name for removal in advice.ruled_out for name in removal.mechanisms}
    assert {"signed_token", "signed_cookie"} <= ruled_out, "instant revocation rules out what is carried"
