"""What payments answer, by draft-ietf-httpapi-idempotency-key-header-07 and RFC 9457."""

import pytest

from minisvc.services.idempotency_keys import KeyMissing, read_key
from tests.minisvc.services.payments.conftest import Payer


def problem(answer) -> tuple[int, str, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    assert said["title"]
    return answer.status_code, said["type"].removeprefix("urn:statewise:problem:"), said["detail"]


def test_a_charge_sent_again_gets_its_first_answer_from_whatever_instance(ada):
    first, *again = [ada.charge("k-1") for _ in range(4)]
    assert first.status_code == 201
    assert "Idempotent-Replayed" not in first.headers
    for each in again:
        assert (each.status_code, each.content) == (201, first.content)
        assert each.headers["Idempotent-Replayed"] == "true"
    assert len({each.headers["X-Backend"] for each in again}) > 1
    assert ada.balance == 250


def test_a_key_is_the_same_with_and_without_its_quotes(ada):
    assert ada.charge("k-1").content == ada.charge('"k-1"').content
    assert ada.balance == 250


def test_a_request_without_a_key_is_refused_and_charges_nothing(ada):
    status, kind, detail = problem(ada.charge(None))
    assert (status, kind) == (400, "key-missing")
    assert detail.startswith("Idempotency-Key: this request needs one. Send a new one for each new request")
    assert problem(ada.charge("two words"))[:2] == (400, "key-missing")
    assert ada.balance == 0


def test_a_key_with_another_body_is_refused(ada):
    ada.charge("k-1")
    status, kind, detail = problem(ada.charge("k-1", 251))
    assert (status, kind) == (422, "key-misused")
    assert detail == "Idempotency-Key 'k-1' came with another request before. Send a new key with a new request."
    assert ada.balance == 250


def test_the_key_of_another_user_is_another_key(ada):
    bob = Payer(ada.cluster, "bob")
    assert ada.charge("k-1").json()["id"] != bob.charge("k-1").json()["id"]
    assert (ada.balance, bob.balance) == (250, 250)


def test_a_request_that_is_wrong_in_itself_does_not_use_its_key_up(ada):
    wrong = ada.ask("POST", "/charges", "k-1", json={"amount_cents": True, "for": 7})
    status, kind, detail = problem(wrong)
    assert (status, kind) == (422, "no-charge")
    assert detail == (
        "amount_cents is True; it must be a whole number from 1 to 1,000,000. "
        "for is 7; it must be a text of at most 100 characters."
    )
    assert ada.charge("k-1").status_code == 201


def test_a_refund_is_given_once_and_belongs_to_its_payer(ada):
    path = f"/charges/{ada.charge('k-1').json()['id']}"
    assert problem(Payer(ada.cluster, "bob").ask("POST", f"{path}/refund", "r"))[:2] == (404, "no-such-charge")
    first, again = ada.ask("POST", f"{path}/refund", "r-1"), ada.ask("POST", f"{path}/refund", "r-1")
    assert (first.status_code, first.json()["refunded"], again.content) == (200, True, first.content)
    assert problem(ada.ask("POST", f"{path}/refund", "r-2"))[:2] == (409, "refunded-already")
    # What was refused left its key free.
    assert problem(ada.ask("POST", f"{path}/refund", "r-2"))[:2] == (409, "refunded-already")
    assert ada.ask("GET", path).json()["refunded"] is True
    assert ada.balance == 0


def test_nobody_is_told_that_somebody_must_pay(ada):
    status, kind, detail = problem(Payer(ada.cluster, "a b").charge("k-1"))
    assert (status, kind) == (401, "nobody")
    assert detail == "say who pays in X-User: 1 to 40 letters, digits and . _ -, here 'a b'"


@pytest.mark.parametrize(
    ("sent", "key"), [('"a b"', None), ('"a\\"b"', 'a"b'), ("abc", "abc"), (' "abc" ', "abc"), ("k" * 200, "k" * 200)]
)
def test_a_key_is_a_string_or_a_bare_word(sent, key):
    if key is None:
        with pytest.raises(KeyMissing):
            read_key(sent)
    else:
        assert read_key(sent) == key


@pytest.mark.parametrize("sent", [None, "", '""', '"', '"abc', 'a"b', "ü", "k" * 201, "a\tb"])
def test_anything_else_is_no_key(sent):
    with pytest.raises(KeyMissing):
        read_key(sent)
