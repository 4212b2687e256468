import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from minisvc import Cluster
from minisvc.panel import Panel, panel

Until = Callable[[Callable[[], object]], None]


class Heard:
    """What a view would receive, and how it speaks."""

    def __init__(self, view: Panel, patch: pytest.MonkeyPatch) -> None:
        self.view, self.messages = view, list[dict[str, Any]]()
        patch.setattr(view, "send", self.messages.append)

    def say(self, command: str, value: object = None, number: int = 1) -> None:
        message = {"command": command, "value": value, "number": number}
        self.view._handle_custom_msg(message, [])

    def answers(self) -> list[dict[str, Any]]:
        return [each for each in self.messages if each["kind"] == "done"]

    def status_of(self, name: str) -> str:
        return next(each["status"] for each in self.view.picture["instances"] if each["name"] == name)


@pytest.fixture
def heard(shop: Cluster, monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    view = panel(shop)
    yield Heard(view, monkeypatch)
    view.close()


def test_what_code_does_to_the_cluster_is_seen(shop: Cluster, heard: Heard, until: Until) -> None:
    for user in shop.add_users(3):
        user.add("apples")
    shop.crash("a")
    until(lambda: heard.status_of("a") == "down")
    assert [chip["owner"] for chip in heard.view.picture["chips"]] == ["c2", "c3"]
    until(lambda: any("c1's cart was in it" in line["sentence"] for line in heard.view.log))


def test_a_click_returns_before_its_deed_is_done(shop: Cluster, heard: Heard, until: Until) -> None:
    with shop.lock:  # the deed has to wait for this
        heard.say("crash", "a")
        assert not heard.answers()
    until(heard.answers)
    assert heard.answers() == [{"kind": "done", "number": 1, "error": None}]
    assert shop.backends[0].status == "down"


def test_what_goes_wrong_is_told_to_the_view_that_asked(heard: Heard, until: Until) -> None:
    heard.say("crash", "z", number=7)
    until(heard.answers)
    answer = heard.answers()[0]
    assert answer["number"] == 7
    assert "No instance 'z' here" in answer["error"]


def test_each_request_becomes_a_dot_that_says_why_it_went_there(shop: Cluster, heard: Heard, until: Until) -> None:
    shop.add_users(1)[0].add("apples")
    until(lambda: any(each["kind"] == "dots" for each in heard.messages))
    (dot,) = next(each for each in heard.messages if each["kind"] == "dots")["dots"]
    assert (dot["user"], dot["backend"], dot["served"]) == ("c1", "a", True)
    assert dot["why"]


def test_nothing_is_sent_while_nothing_happens(shop: Cluster, heard: Heard, until: Until) -> None:
    sent = list[dict[str, Any]]()
    heard.view.observe(sent.append, names="picture")
    looked = Counting(heard.view)
    until(lambda: looked.times > 3)
    assert sent == []


def test_a_view_that_left_gets_nothing_and_one_that_returns_gets_all(shop: Cluster, heard: Heard, until: Until) -> None:
    heard.say("hello")
    heard.say("bye")
    looked = Counting(heard.view)
    shop.crash("a")
    until(lambda: looked.times > 3)
    assert heard.status_of("a") == "up"
    heard.say("hello")
    until(lambda: heard.status_of("a") == "down")


def test_two_panels_follow_one_cluster(shop: Cluster, heard: Heard, until: Until) -> None:
    other = panel(shop)
    heard.say("crash", "b")
    until(lambda: heard.status_of("b") == "down" and other.picture["instances"][1]["status"] == "down")
    other.close()


def test_closing_the_cluster_ends_the_panel(shop: Cluster, heard: Heard, until: Until) -> None:
    shop.close()
    until(lambda: heard.view.picture["closed"])
    until(lambda: not own_threads())


def test_closing_the_panel_leaves_no_thread_and_the_cluster_open(shop: Cluster, heard: Heard, until: Until) -> None:
    heard.say("crash", "a")
    heard.view.close()
    heard.view.close()
    until(lambda: not own_threads())
    assert shop.is_open


def test_state_is_plain_json(heard: Heard) -> None:
    json.dumps([heard.view.picture, heard.view.log, heard.view.history])


def test_a_saved_panel_shows_a_still_picture_and_words(heard: Heard) -> None:
    bundle, _ = heard.view._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert "instance a: up" in bundle["text/plain"]
    assert "<script" not in bundle["text/html"]


def own_threads() -> list[str]:
    return [each.name for each in threading.enumerate() if each.name.startswith("panel-")]


class Counting:
    """Counts how often a panel looks at its cluster."""

    def __init__(self, view: Panel) -> None:
        self.times, self._look = 0, view._look
        view._look = self._count  # type: ignore[method-assign]

    def _count(self) -> None:
        self._look()
        self.times += 1


def test_a_step_is_told_to_the_views(shop: Cluster, heard: Heard, until: Until) -> None:
    shop.add_users(1)
    heard.say("step", "add c1")
    until(heard.answers)
    (told,) = [each["step"] for each in heard.messages if each["kind"] == "step"]
    assert (told["user"], told["backend"], told["hops"][0]["place"]) == ("c1", "a", "customer")


def test_a_step_that_waits_for_a_hung_instance_keeps_no_other_click_waiting(
    shop: Cluster, heard: Heard, until: Until
) -> None:
    shop.add_users(1)[0].add("apples")
    shop.hang("a")
    heard.say("step", "look c1", number=1)
    until(lambda: shop.backends[0].in_flight)
    heard.say("resume", "a", number=2)
    until(lambda: {each["number"] for each in heard.answers()} == {1, 2})
    assert all(each["error"] is None for each in heard.answers())


def test_what_can_be_chosen_is_sent_once(heard: Heard) -> None:
    assert "signed_token" in heard.view.choices["states"]
    assert "ring_hash" in heard.view.choices["policies"]
