import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc.exchange import Event, Events, Exchange, Ledger


def exchange(number: int = 1, **facts) -> Exchange:
    return Exchange(**{"id": str(number), "method": "GET", "path": "/", "status": 200, **facts})


def test_served_and_lost_are_two_figures():
    ledger = Ledger()
    ledger.expect("1")
    ledger.record(exchange(1, backend="a"))
    ledger.judge(exchange(1, user="c1", lost=True, sentence="empty"))
    counts = ledger.counts()
    assert (counts.served, counts.failed, counts.lost) == (1, 0, 1)


def test_an_exchange_counts_once_though_two_report_it():
    ledger = Ledger()
    ledger.expect("1")
    ledger.record(exchange(1, backend="a", bytes_up=10, bytes_down=20))
    assert ledger.counts().served == 0
    settled = ledger.judge(exchange(1, user="c1", lost=False))
    assert (settled.user, settled.backend, settled.bytes_up, settled.lost) == ("c1", "a", 10, False)
    assert ledger.counts().served == 1
    assert ledger.counts().by_backend == {"a": 1}


def test_a_user_without_an_answer_still_counts():
    ledger = Ledger()
    ledger.expect("1")
    ledger.judge(exchange(1, status=None, error="no answer"))
    assert (ledger.counts().served, ledger.counts().failed) == (0, 1)


@pytest.mark.parametrize(
    ("status", "served"), [(200, True), (303, True), (404, True), (500, False), (503, False), (None, False)]
)
def test_only_a_server_error_or_silence_is_a_failure(status, served):
    assert exchange(status=status).served is served


def test_since_gives_each_exchange_once():
    ledger = Ledger()
    ledger.record(exchange(1))
    cursor, first = ledger.since(0)
    ledger.record(exchange(2))
    cursor, second = ledger.since(cursor)
    assert ([e.id for e in first], [e.id for e in second]) == (["1"], ["2"])
    assert ledger.since(cursor)[1] == []


@given(st.lists(st.floats(0.001, 10), min_size=1, max_size=60))
def test_the_median_is_one_of_the_measured_durations(durations):
    ledger = Ledger()
    for number, duration_s in enumerate(durations):
        ledger.record(exchange(number, duration_s=duration_s))
    assert ledger.percentile_s(50) == statistics.median_low(durations)
    assert ledger.percentile_s(100) == max(durations)


def test_percentiles_are_none_before_any_exchange_and_refuse_nonsense():
    assert Ledger().percentile_s(99) is None
    with pytest.raises(ValueError, match="percent is 0; it must be above 0 and at most 100"):
        Ledger().percentile_s(0)


def test_imbalance_is_busiest_over_mean():
    ledger = Ledger()
    assert ledger.imbalance() is None
    for number, backend in enumerate("aab"):
        ledger.record(exchange(number, backend=backend))
    assert ledger.imbalance() == pytest.approx(2 / 1.5)


def test_events_are_given_once():
    events = Events()
    events.add(Event(1.0, "crash", "a", "a crashed."))
    cursor, first = events.since(0)
    assert [e.sentence for e in first] == ["a crashed."]
    assert events.since(cursor) == (1, [])
