"""Answers that are lost, instances that crash and a database that does: each charge is there once.

Each claim has its control: the same with keys that are ignored, or recorded apart.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.minisvc.conditions import until
from tests.minisvc.programs import needs_postgres
from tests.minisvc.services.payments import apps
from tests.minisvc.services.payments.conftest import Payer

APPS = "tests.minisvc.services.payments.apps:"


@pytest.mark.parametrize(
    ("service", "charged"),
    [("payments", 250), ("minisvc.services.payments:keys_ignored", 1000)],
    ids=["kept", "ignored"],
)
def test_an_answer_that_is_dropped_after_the_commit_is_given_again_and_charges_once(opened, service, charged):
    ada = Payer(opened(service))
    with ada.cluster.fault("drop_response", "a", "b", "c"):
        assert [ada.charge("k-1").status_code for _ in range(3)] == [502] * 3
    again = ada.charge("k-1")
    assert again.status_code == 201
    assert again.headers.get("Idempotent-Replayed") == ("true" if charged == 250 else None)
    assert ada.balance == charged


def test_of_requests_with_one_key_at_one_time_one_is_done_and_the_others_are_told_to_wait(opened):
    ada = Payer(opened(f"{APPS}slow"))
    with ThreadPoolExecutor() as threads:
        first = threads.submit(ada.charge, "k-1")
        assert apps.gate.reached.wait(10)
        others = [ada.charge("k-1") for _ in range(3)]
        apps.gate.go.set()
        assert first.result().status_code == 201
    for each in others:
        assert (each.status_code, each.headers["Retry-After"]) == (409, "1")
        assert each.json()["type"].endswith(":key-under-way")
        assert each.json()["detail"].startswith("The first request with Idempotency-Key 'k-1' is under way.")
    assert ada.charge("k-1").content == first.result().content
    assert ada.balance == 250


def test_many_at_once_with_one_key_charge_once(opened):
    ada = Payer(opened())
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: ada.charge("k-1"), range(16)))
    assert {each.status_code for each in answers} <= {201, 409}
    assert sum(each.status_code == 201 and "Idempotent-Replayed" not in each.headers for each in answers) == 1
    assert ada.balance == 250


@pytest.mark.parametrize(("keys", "charged"), [("together", 250), ("apart", 500)])
def test_a_crash_between_charge_and_key_charges_once_if_they_commit_together(opened, keys, charged):
    ada = Payer(opened(f"{APPS}{keys}"))
    with ThreadPoolExecutor() as threads:
        first = threads.submit(ada.charge, "k-1")
        assert apps.gate.reached.wait(10)
        ada.cluster.crash(apps.gate.instance)
        apps.gate.go.set()
        assert first.result().status_code == 502
    _charge_until_done(ada)
    assert ada.balance == charged


@pytest.mark.parametrize(("keys", "charged"), [("dying_together", 250), ("dying_apart", 500)])
def test_a_process_that_is_killed_between_charge_and_key_is_no_different(opened, monkeypatch, tmp_path, keys, charged):
    death = tmp_path / "death"
    monkeypatch.setenv(apps.DEATH, str(death))
    ada = Payer(opened(f"{APPS}{keys}", host="process", instances=2))
    death.touch()
    assert ada.charge("k-1").status_code == 502
    assert not death.exists()
    _charge_until_done(ada)
    assert ada.balance == charged


def test_a_database_that_comes_back_has_every_charge_and_every_key(opened):
    ada = Payer(opened())
    first = ada.charge("k-1")
    ada.cluster.crash_store()
    down = ada.charge("k-2")
    assert (down.status_code, down.json()["type"]) == (503, "urn:statewise:problem:database-down")
    assert down.json()["detail"].endswith("may have been done: send it again with the same key.")
    ada.cluster.restart_store()
    assert ada.charge("k-1").content == first.content
    assert ada.charge("k-2").status_code == 201
    assert ada.balance == 500


@pytest.mark.parametrize("service", ["payments", "minisvc.services.payments:keys_ignored"])
def test_a_payer_finds_out_whether_charges_happen_once(opened, service):
    shop = opened(service)
    with shop.fault("drop_response", "a", share=0.5):
        found = shop.load("payer", users=5, steps=150)
    assert found.failed > 0
    assert (found.lost > 0) == service.endswith("ignored")


@needs_postgres
@pytest.mark.parametrize("database", ["postgres"])
def test_a_partition_from_the_database_leaves_the_charge_to_be_sent_again(opened):
    ada = Payer(opened(instances=2))
    with ada.cluster.fault("partition", "a", "b", how="refuse"):
        assert ada.charge("k-1").status_code == 503
    assert ada.charge("k-1").status_code == 201
    assert ada.balance == 250


def _charge_until_done(ada: Payer) -> None:
    """Until the dead one's claim is over."""
    until(lambda: ada.charge("k-1").status_code == 201)
    assert ada.charge("k-1").headers["Idempotent-Replayed"] == "true"
