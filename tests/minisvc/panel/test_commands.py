from pathlib import Path

import pytest

from minisvc import Cluster
from minisvc.errors import FaultError, LayoutError, UnknownInstance
from minisvc.panel.commands import COMMANDS, MOST_CUSTOMERS, UnknownCommand, WrongValue, obey
from minisvc.panel.controls import controls
from minisvc.panel.story import Story


def statuses(shop: Cluster) -> list[str]:
    return [each.status for each in shop.backends]


def test_crash_and_restart_reach_the_named_instance(shop: Cluster) -> None:
    obey(shop, {"command": "crash", "value": "b"})
    assert statuses(shop) == ["up", "down", "up"]
    obey(shop, {"command": "restart", "value": "b"})
    assert statuses(shop) == ["up", "up", "up"]


def test_switches_change_the_layout(shop: Cluster) -> None:
    obey(shop, {"command": "sticky", "value": False})
    obey(shop, {"command": "policy", "value": "random"})
    obey(shop, {"command": "state", "value": "signed_cookie"})
    service = shop.service()
    assert (service.affinity, service.policy, service.state) == (None, "random", "signed_cookie")


def test_traffic_starts_and_stops(shop: Cluster) -> None:
    obey(shop, {"command": "traffic", "value": True})
    assert shop.traffic_on
    obey(shop, {"command": "traffic", "value": False})
    assert not shop.traffic_on


def test_a_customer_comes_in(shop: Cluster) -> None:
    obey(shop, {"command": "customers", "value": 2})
    assert [user.name for user in shop.users] == ["c1", "c2"]


def test_no_more_customers_than_a_panel_shows_come_in(shop: Cluster) -> None:
    with pytest.raises(WrongValue, match="from 1 to 200"):
        obey(shop, {"command": "customers", "value": MOST_CUSTOMERS + 1})
    assert shop.users == ()


def test_hang_resume_and_drain_reach_the_named_instance(shop: Cluster) -> None:
    obey(shop, {"command": "hang", "value": "a"})
    obey(shop, {"command": "drain", "value": "c"})
    assert statuses(shop) == ["hung", "up", "draining"]
    obey(shop, {"command": "resume", "value": "a"})
    assert statuses(shop) == ["up", "up", "draining"]


def test_both_kinds_of_crash_are_done_and_told(shop: Cluster) -> None:
    obey(shop, {"command": "crash_kill", "value": "a"})
    obey(shop, {"command": "crash_reset", "value": "b"})
    assert statuses(shop) == ["down", "down", "up"]
    assert [each.sentence for each in shop.events.since(0)[1][-2:]] == [
        "a crashed, killed: its connections ended (FIN). No cart was in it.",
        "b crashed, its connections reset (RST). No cart was in it.",
    ]


def test_a_drained_instance_gets_clients_again(shop: Cluster) -> None:
    story = Story(shop)
    obey(shop, {"command": "drain", "value": "c"})
    story.read()
    assert story.ailing == {"c": ("drains",)}
    obey(shop, {"command": "undrain", "value": "c"})
    story.read()
    assert (statuses(shop), story.ailing) == (["up", "up", "up"], {})


def test_the_number_of_instances_is_scaled(shop: Cluster) -> None:
    obey(shop, {"command": "instances", "value": 5})
    assert [each.name for each in shop.backends] == ["a", "b", "c", "d", "e"]
    obey(shop, {"command": "instances", "value": 2})
    assert [each.name for each in shop.backends] == ["a", "b"]


def test_retries_are_switched(shop: Cluster) -> None:
    obey(shop, {"command": "retry", "value": True})
    assert shop.layout.retry == "idempotent"
    obey(shop, {"command": "retry", "value": False})
    assert shop.layout.retry == "unsent"


def test_slow_is_held_until_it_is_asked_for_again(shop: Cluster) -> None:
    story = Story(shop)
    obey(shop, {"command": "slow", "value": "b"})
    story.read()
    assert story.ailing == {"b": ("slow",)}
    obey(shop, {"command": "slow", "value": "b"})
    story.read()
    assert story.ailing == {}


def test_a_store_crashes_comes_back_and_is_wiped() -> None:
    with Cluster("cart", instances=2, state="redis") as shop:
        obey(shop, {"command": "crash_store", "value": True})
        assert shop.store
        assert not shop.store.running
        obey(shop, {"command": "restart_store", "value": True})
        assert shop.store.running
        user = shop.add_users(1)[0]
        user.add("apples")
        obey(shop, {"command": "wipe_store", "value": True})
        assert user.check().lost


def test_without_a_store_there_is_none_to_crash_or_to_be_cut_off_from(shop: Cluster) -> None:
    for command, value in (("crash_store", True), ("partition", "a")):
        with pytest.raises(FaultError, match="has no store"):
            obey(shop, {"command": command, "value": value})


def test_moving_the_state_ends_a_partition_first() -> None:
    with Cluster("cart", instances=2, state="redis") as shop:
        story = Story(shop)
        obey(shop, {"command": "partition", "value": "a"})
        story.read()
        assert story.ailing == {"a": ("cut off",)}
        obey(shop, {"command": "state", "value": "memory"})
        story.read()
        assert story.ailing == {}


def test_the_rate_holds_for_traffic_that_runs_and_that_starts_later(shop: Cluster) -> None:
    obey(shop, {"command": "rate", "value": 30})
    assert not shop.traffic_on
    assert controls(shop).rate == 30
    with pytest.raises(WrongValue, match="turns a second"):
        obey(shop, {"command": "rate", "value": 0})


@pytest.mark.parametrize("name", ["close", "__class__", "", None, 7])
def test_only_what_a_button_does_can_be_asked_for(shop: Cluster, name: object) -> None:
    with pytest.raises(UnknownCommand, match="The panel has no command") as refused:
        obey(shop, {"command": name, "value": True})
    assert "crash" in str(refused.value)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_refuses_a_value_of_another_kind(shop: Cluster, name: str) -> None:
    with pytest.raises(WrongValue, match=f"command '{name}' takes .*, not None"):
        obey(shop, {"command": name, "value": None})


def test_what_the_cluster_refuses_is_refused(shop: Cluster) -> None:
    with pytest.raises(UnknownInstance, match="z"):
        obey(shop, {"command": "crash", "value": "z"})
    with pytest.raises(LayoutError, match="stiky"):
        obey(shop, {"command": "state", "value": "stiky"})


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_documentation(name: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "panel.md").read_text("utf-8")
    assert f"| `{name}` |" in page
