"""One contract for every store of keys and values. Rows are in `rows.py`."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from minisvc.keyvalue import ABSENT, TooLarge

THREADS = 8
A_YEAR_S = 365 * 86_400.0


def test_what_was_put_comes_back_until_it_is_deleted(values):
    values.put("k", b"v")
    assert values.get("k").value == b"v"
    assert values.delete("k") is True
    assert values.get("k") is None
    assert values.delete("k") is False


def test_an_empty_value_is_a_value_and_no_value_is_none(values):
    assert values.get("k") is None
    values.put("k", b"")
    assert values.get("k").value == b""
    assert list(values.keys()) == ["k"]


def test_the_last_writer_wins_unless_a_version_is_asked_for(values):
    first, second = values.put("k", b"1"), values.put("k", b"2")
    assert first != second
    assert (values.get("k").value, values.get("k").version) == (b"2", second)


def test_a_write_on_another_version_is_refused_and_changes_nothing(values):
    stale = values.put("k", b"1")
    fresh = values.put("k", b"2", version=stale)
    assert fresh
    assert values.put("k", b"3", version=stale) is None
    assert values.get("k").value == b"2"
    assert values.put("k", b"4", version=fresh)
    assert values.get("k").value == b"4"


def test_a_write_on_absence_is_done_once(values):
    version = values.put("k", b"1", version=ABSENT)
    assert version
    assert values.put("k", b"2", version=ABSENT) is None
    assert values.get("k").value == b"1"
    values.delete("k")
    assert values.put("k", b"3", version=version) is None, "a deleted entry has no version"
    assert values.put("k", b"4", version=ABSENT)


def test_an_entry_ends_when_its_time_is_over(bench, values):
    values.put("stays", b"v")
    values.put("long", b"v", ttl_s=A_YEAR_S)
    bench.let_end(values, "k")
    assert values.get("k") is None
    assert set(values.keys()) == {"stays", "long"}
    assert values.delete("k") is False


def test_an_entry_that_has_ended_is_absent_to_a_writer(bench, values):
    bench.let_end(values, "k")
    assert values.put("k", b"new", version=ABSENT)
    assert values.get("k").value == b"new"


def test_a_write_sets_the_time_to_live_anew(bench, values):
    values.put("k", b"1", ttl_s=100 if bench.row.clocked else 0.05)
    values.put("k", b"2")
    bench.let_end(values, "other")
    assert values.get("k").value == b"2"


def test_a_fraction_of_a_second_is_no_second_less(bench, values):
    if not bench.row.clocked:
        pytest.skip("the server's own clock decides, which no test can hold still")
    values.put("k", b"v", ttl_s=0.5)
    bench.clock.advance(0.49)
    assert values.get("k").value == b"v"
    bench.clock.advance(0.01)
    assert values.get("k") is None


def test_prefixes_keep_their_keys_apart(bench):
    if bench.store is None:
        pytest.skip("a memory is nobody else's")
    mine, others, odd = bench.connect("mine:"), bench.connect("others:"), bench.connect("m*?[n]-^:")
    for each in (mine, others, odd):
        each.put("k", each.kind.encode() + str(id(each)).encode())
    mine.put("l", b"v")
    assert [sorted(each.keys()) for each in (mine, others, odd)] == [["k", "l"], ["k"], ["k"]]
    mine.delete("k")
    assert others.get("k")


@pytest.mark.parametrize("key", ["ключ", "鍵🔑", "a%20b", "a/b?c=d&e", "ü" * 90, "k" * 200, "';--"])
def test_any_text_is_a_key(values, key):
    values.put(key, b"v")
    assert values.get(key).value == b"v"
    assert list(values.keys()) == [key]
    assert values.delete(key)


@pytest.mark.parametrize("value", [bytes(range(256)) * 4, b"\r\nEND\r\n", b"\0" * 9, "ключ 🔑".encode()])
def test_any_bytes_are_a_value(values, value):
    version = values.put("k", value)
    assert values.get("k").value == value
    assert values.put("k", value[::-1], version=version)
    assert values.get("k").value == value[::-1]


def test_as_many_bytes_as_it_says_are_taken_and_one_more_is_told(bench, values):
    most = bench.row.most_bytes
    assert values.most_bytes == most
    large = bytes(most or 3_000_000)
    values.put("k", large)
    assert values.get("k").value == large
    if most is not None:
        with pytest.raises(TooLarge) as caught:
            values.put("k", large + b"x")
        assert str(caught.value).startswith(f"{most + 1:,} bytes are more than {values.kind} takes: at most {most:,}.")
        assert values.get("k").value == large


def test_every_increment_of_many_writers_survives(values):
    """Eight threads read, add one and write on the version that they read, again until it is taken."""
    values.put("n", b"0")
    start, each_adds = threading.Barrier(THREADS), 25

    def add(_: int) -> None:
        start.wait(10)
        for _ in range(each_adds):
            while True:
                entry = values.get("n")
                if values.put("n", str(int(entry.value) + 1).encode(), version=entry.version):
                    break

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(add, range(THREADS)))
    assert int(values.get("n").value) == THREADS * each_adds


def test_of_many_who_write_on_absence_one_does(values):
    start = threading.Barrier(THREADS)

    def claim(number: int) -> str | None:
        start.wait(10)
        return values.put("lock", str(number).encode(), version=ABSENT)

    with ThreadPoolExecutor(THREADS) as threads:
        taken = [version for version in threads.map(claim, range(THREADS)) if version]
    assert taken == [values.get("lock").version]


def test_many_keys_are_all_listed(values):
    wanted = {f"k{number}" for number in range(350)}
    for key in wanted:
        values.put(key, b"v")
    assert set(values.keys()) == wanted
