from collections.abc import Callable, Iterator
from contextlib import ExitStack
from xml.etree import ElementTree

import pytest

from minisvc import Cluster
from minisvc.panel import panel
from minisvc.panel.comparison import Comparison
from minisvc.panel.trial import WrongTrial

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def layouts() -> Iterator[list[Cluster]]:
    with ExitStack() as opened:
        yield [
            opened.enter_context(Cluster("cart", state="memory", affinity="cookie")),
            opened.enter_context(Cluster("cart", state="signed_cookie")),
            opened.enter_context(Cluster("cart", state="redis")),
        ]


@pytest.fixture
def comparison(layouts: list[Cluster], monkeypatch: pytest.MonkeyPatch) -> Iterator[Comparison]:
    monkeypatch.setattr("minisvc.panel.trial.TURNS_PER_S", 1000.0)
    view = panel.compare(*layouts)
    yield view
    view.close()


def test_the_same_crash_costs_only_those_whose_memory_it_was(comparison: Comparison) -> None:
    outcomes = comparison.run("crash", users=3)
    assert [each.title for each in outcomes] == ["memory, sticky", "signed cookie", "redis"]
    assert [each.lost for each in outcomes] == [("c1",), (), ()]


def test_without_a_fault_nobody_loses_anything(comparison: Comparison) -> None:
    assert [each.lost for each in comparison.run("no fault", users=4)] == [(), (), ()]


def test_a_crash_of_the_store_costs_those_whose_store_it_was(comparison: Comparison) -> None:
    assert [len(each.lost) for each in comparison.run("store crash", users=4)] == [0, 0, 4]


def test_the_same_users_do_the_same_in_each(comparison: Comparison, layouts: list[Cluster]) -> None:
    comparison.run("no fault", users=2)
    sent = [[(each.user, each.method) for each in shop.ledger.since()[1] if each.user] for shop in layouts]
    assert sent[0] == sent[1] == sent[2]


@pytest.mark.parametrize(
    ("fault", "users", "message"),
    [
        ("crahs", 3, "No fault 'crahs' for a comparison.*crash"),
        ("crash", 0, "takes 1 to 50"),
        ("crash", 51, "takes 1 to 50"),
    ],
)
def test_a_trial_that_cannot_be_made_says_why(comparison: Comparison, fault: str, users: int, message: str) -> None:
    with pytest.raises(WrongTrial, match=message):
        comparison.run(fault, users)


def test_one_cluster_or_the_same_one_twice_is_no_comparison(layouts: list[Cluster]) -> None:
    for few in (layouts[:1], [layouts[0], layouts[0]]):
        with pytest.raises(WrongTrial, match="two or three different clusters"):
            panel.compare(*few)


def test_what_is_done_is_done_to_all(comparison: Comparison, layouts: list[Cluster], until: Until) -> None:
    comparison._handle_custom_msg({"command": "crash", "value": "b", "number": 1}, [])
    until(lambda: [each.backends[1].status for each in layouts] == ["down"] * 3)
    until(lambda: [part["picture"]["instances"][1]["status"] for part in comparison.parts] == ["down"] * 3)


def test_the_still_picture_holds_all_and_the_outcome_is_told(comparison: Comparison) -> None:
    comparison.run("crash", users=3)
    ElementTree.fromstring(comparison.still_svg())
    assert comparison.still_svg().count("<title>") == 3
    assert "memory, sticky: 1 of 3 lost a cart (c1), 0 requests failed" in comparison.still_text()


def test_closing_one_cluster_ends_the_view(comparison: Comparison, layouts: list[Cluster], until: Until) -> None:
    layouts[1].close()
    until(lambda: comparison.parts[1]["picture"]["closed"])
