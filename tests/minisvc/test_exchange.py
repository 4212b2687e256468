import csv
import io
import json
import statistics
import sys
import timeit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minisvc.exchange import COLUMNS, Event, Events, Exchange, Ledger
from minisvc.records import PandasMissing


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


def test_imbalance_counts_a_backend_that_served_nothing():
    ledger = Ledger(backends=lambda: ["a", "b", "c"])
    for number, backend in enumerate("aab"):
        ledger.record(exchange(number, backend=backend))
    assert ledger.imbalance() == pytest.approx(2 / (3 / 3))
    assert ledger.imbalance(["a", "b"]) == pytest.approx(2 / 1.5)
    assert ledger.imbalance(["c"]) is None


def test_latency_counts_from_the_intended_send_time():
    late = exchange(1, intended_s=10.0, started_s=13.0, duration_s=0.5)
    assert (late.duration_s, late.latency_s) == (0.5, 3.5)
    assert exchange(1, started_s=13.0, duration_s=0.5).latency_s == 0.5
    ledger = Ledger()
    ledger.record(late)
    assert ledger.percentile_s(50) == 3.5


def test_a_judged_exchange_has_the_times_that_the_user_saw():
    ledger = Ledger()
    ledger.expect("1")
    ledger.record(exchange(1, started_s=5.0, duration_s=0.1))
    settled = ledger.judge(exchange(1, started_s=4.9, duration_s=0.3, intended_s=4.0))
    assert (settled.started_s, settled.duration_s, settled.latency_s) == (4.9, 0.3, pytest.approx(1.2))


def test_what_the_balancer_says_after_a_user_gave_up_is_not_counted_again():
    ledger = Ledger()
    ledger.expect("1")
    ledger.judge(exchange(1, status=None, error="gave up"))
    ledger.record(exchange(1, status=None, error="the client left before its answer"))
    assert ledger.counts().failed == 1
    ledger.record(exchange(1))
    assert ledger.counts().served == 1


def test_counts_are_exact_beyond_what_is_kept():
    ledger = Ledger(kept=3)
    for number in range(10):
        ledger.record(exchange(number, bytes_up=1, backend="a"))
    assert (ledger.counts().served, ledger.counts().bytes_up, ledger.counts().by_backend) == (10, 10, {"a": 10})
    assert [each.id for each in ledger.since(0)[1]] == ["7", "8", "9"]
    assert [each.id for each in ledger.since(9)[1]] == ["9"]


@pytest.mark.parametrize("fresh", [1, 1000, 1001, 5000])
def test_since_gives_exactly_the_fresh_ones_however_many(fresh):
    ledger = Ledger()
    for number in range(6000):
        ledger.record(exchange(number))
    cursor, found = ledger.since(6000 - fresh)
    assert (cursor, [each.id for each in found]) == (6000, [str(number) for number in range(6000 - fresh, 6000)])


@pytest.fixture
def told() -> Ledger:
    ledger = Ledger()
    ledger.record(exchange(1, user="c1", lost=True, sentence='c1 said "no", twice\nover', duration_s=0.25))
    ledger.record(exchange(2, status=None, error="gone", backend="b"))
    return ledger


def test_json_has_one_record_a_line_with_every_field(told, tmp_path):
    told.to_json(tmp_path / "ledger.json")
    text = (tmp_path / "ledger.json").read_text()
    first, second = json.loads(text)
    assert list(first) == list(COLUMNS)
    assert (first["user"], first["lost"], first["latency_s"], first["served"]) == ("c1", True, 0.25, True)
    assert (second["status"], second["served"], second["backend"]) == (None, False, "b")
    assert [json.loads(line.rstrip(","))["id"] for line in text.splitlines()[1:-1]] == ["1", "2"]


def test_csv_survives_quotes_and_line_breaks_and_takes_an_open_file(told):
    out = io.StringIO(newline="")
    told.to_csv(out)
    first, second = csv.DictReader(io.StringIO(out.getvalue(), newline=""))
    assert list(first) == list(COLUMNS)
    assert first["sentence"] == 'c1 said "no", twice\nover'
    assert (second["status"], second["error"]) == ("", "gone")


def test_an_empty_ledger_exports_no_record_and_all_columns():
    out, lines = io.StringIO(), io.StringIO()
    Ledger().to_json(out)
    Ledger().to_csv(lines)
    assert json.loads(out.getvalue()) == []
    assert lines.getvalue().strip().split(",") == list(COLUMNS)


def test_a_frame_without_pandas_says_what_to_do(told, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(PandasMissing, match=r"needs pandas, which is not installed.\n  Run: pip install pandas, or"):
        told.to_frame()


def test_a_frame_has_a_row_for_each_exchange(told):
    pytest.importorskip("pandas")
    table = told.to_frame()
    assert list(table.columns) == list(COLUMNS)
    assert list(table["id"]) == ["1", "2"]


def test_recording_is_cheap_for_the_balancer_calls_it_for_every_request():
    ledger, one = Ledger(), exchange(1, backend="a")
    best_s = min(timeit.repeat(lambda: ledger.record(one), number=5000, repeat=5)) / 5000
    # Aim: below 5 microseconds; ten times as much on a machine that does other things too.
    assert best_s < 50e-6, f"recording took {best_s * 1e6:.1f} microseconds"
