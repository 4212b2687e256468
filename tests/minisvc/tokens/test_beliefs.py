from minisvc.clock import FakeClock
from minisvc.tokens import Beliefs


def test_an_answer_is_believed_for_its_time_and_no_longer():
    clock = FakeClock(5.0)
    beliefs = Beliefs[str](2.0, clock)
    beliefs.learn("a", "yes")
    clock.advance(1.9)
    assert beliefs.get("a") == "yes"
    clock.advance(0.1)
    assert beliefs.get("a") is None


def test_what_is_to_be_believed_for_no_time_is_never_kept():
    beliefs = Beliefs[str](0.0, FakeClock())
    beliefs.learn("a", "yes")
    assert beliefs.get("a") is None


def test_what_is_known_to_be_nothing_is_forgotten():
    beliefs = Beliefs[str](2.0, FakeClock())
    beliefs.learn("a", "yes")
    beliefs.learn("a", None)
    assert beliefs.get("a") is None


def test_the_oldest_answer_goes_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr("minisvc.tokens.beliefs.MOST", 2)
    beliefs = Beliefs[str](2.0, FakeClock())
    for key in "abac":
        beliefs.learn(key, key)
    assert [beliefs.get(key) for key in "abc"] == ["a", None, "c"]
