from pathlib import Path

import pytest

from minisvc import Cluster
from minisvc.errors import LayoutError, UnknownInstance
from minisvc.panel.commands import COMMANDS, UnknownCommand, WrongValue, obey


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
    obey(shop, {"command": "customer", "value": True})
    assert [user.name for user in shop.users] == ["c1"]


@pytest.mark.parametrize("name", ["close", "__class__", "", None, 7])
def test_only_what_a_button_does_can_be_asked_for(shop: Cluster, name: object) -> None:
    with pytest.raises(UnknownCommand, match="The panel has no command") as refused:
        obey(shop, {"command": name, "value": True})
    assert "crash" in str(refused.value)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_refuses_a_value_of_another_kind(shop: Cluster, name: str) -> None:
    with pytest.raises(WrongValue, match=f"command '{name}' takes a (str|bool), not 3.5"):
        obey(shop, {"command": name, "value": 3.5})


def test_what_the_cluster_refuses_is_refused(shop: Cluster) -> None:
    with pytest.raises(UnknownInstance, match="z"):
        obey(shop, {"command": "crash", "value": "z"})
    with pytest.raises(LayoutError, match="stiky"):
        obey(shop, {"command": "state", "value": "stiky"})


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_documentation(name: str) -> None:
    page = (Path(__file__).parents[3] / "docs" / "panel.md").read_text("utf-8")
    assert f"| `{name}` |" in page
