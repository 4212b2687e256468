"""The screen as pure lines: any size, any number of instances."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from minisvc.cluster import Cluster
from minisvc.exchange import Event
from minisvc.host import contract
from minisvc.live import keys
from minisvc.live.figures import Figures, Row
from minisvc.live.pen import percent
from minisvc.live.screen import STATUSES, Head, Moment, Screen

HEAD = Head(
    "a-layout", "http://127.0.0.1:12345/", "curl -i x", ("cart: state in memory, random, sticky off",), "7 users"
)


def figures(count: int = 3, status: str = "up", **changes: object) -> Figures:
    rows = tuple(Row(f"cart-{chr(97 + n)}", "cart", status, 1 / count, 0, n) for n in range(count))
    plain = {
        "rows": rows, "carts_elsewhere": (0, 0), "store": "", "served": 98, "failed": 2, "lost": 30, "checked": 60,
        "per_s": 4.0, "p50_s": 0.0031, "p99_s": 0.0305, "last_lost": "c1 expected 2 items and found 1 item",
        "events": tuple(Event(float(n), "x", None, f"Event number {n} happened here.") for n in range(40)),
    }  # fmt: skip
    return Figures(**{**plain, **changes})


def drawn(moment: Moment, columns: int = 80, rows: int = 24, *, ascii_only: bool = False) -> list[str]:
    return [line.plain for line in Screen(columns, rows, ascii_only=ascii_only).draw(moment)]


@given(
    columns=st.integers(10, 200),
    rows=st.integers(1, 60),
    count=st.integers(1, 60),
    said=st.text(max_size=300),
    helping=st.booleans(),
)
def test_any_size_is_filled_and_never_passed(columns, rows, count, said, helping):
    moment = Moment(HEAD, figures(count), keys.COMMANDS, count - 1, said, bad=True, helping=helping)
    lines = Screen(columns, rows).draw(moment)
    assert len(lines) == rows
    assert all(cell_len(line.plain) <= columns for line in lines)


@given(rows=st.integers(16, 60), selected=st.integers(0, 25), columns=st.sampled_from([40, 80]))
def test_the_selected_instance_is_always_on_the_screen(rows, selected, columns):
    lines = drawn(Moment(HEAD, figures(26), keys.COMMANDS, selected), columns, rows)
    assert [line for line in lines if line.startswith("▸") and f"cart-{chr(97 + selected)}" in line]


def test_up_and_correct_are_two_figures():
    text = "\n".join(drawn(Moment(HEAD, figures(), ())))
    assert "98.0%   98 served, 2 failed" in text
    assert "50.0%   30 lost of 60 checked" in text


def test_the_latest_events_are_shown_last():
    lines = [line for line in drawn(Moment(HEAD, figures(), ())) if "Event number" in line]
    assert lines[-1].endswith("Event number 39 happened here.")
    assert lines == sorted(lines, key=lambda line: int(line.split()[3]))


def test_nothing_has_happened_yet():
    empty = figures(served=0, failed=0, lost=0, checked=0, per_s=0.0, p50_s=None, p99_s=None, last_lost="", events=())
    text = "\n".join(drawn(Moment(HEAD, empty, ())))
    assert "0 served, 0 failed" in text
    assert "p50 -   p99 -" in text


@pytest.mark.parametrize(
    ("part", "told"), [(None, "-"), (0, "0.0%"), (0.0001, "0.1%"), (0.99999, "99.9%"), (1, "100.0%")]
)
def test_all_and_nothing_are_only_told_when_they_are(part, told):
    assert percent(part, 1) == told


def test_every_status_of_an_instance_has_a_mark_and_a_word_of_its_own():
    known = {contract.UP, contract.DRAINING, contract.HUNG, contract.STOPPED, contract.DOWN, "unhealthy", "ejected"}
    assert known <= set(STATUSES)
    for status in known:
        assert STATUSES[status][2] in "\n".join(drawn(Moment(HEAD, figures(status=status), ())))
    assert len({each[2] for each in STATUSES.values()}) == len(STATUSES)


def test_ascii_is_all_that_an_ascii_terminal_gets():
    for helping in (False, True):
        for status in STATUSES:
            moment = Moment(HEAD, figures(status=status), keys.COMMANDS, helping=helping)
            assert "\n".join(drawn(moment, ascii_only=True)).isascii()


def test_no_key_means_two_things():
    reserved = {"?", "q", "esc", "up", "down", *"123456789"}
    letters = [command.key for command in keys.COMMANDS]
    assert len(set(letters)) == len(letters)
    assert not reserved & set(letters)
    assert all(keys.select(letter, 0, 26) is None for letter in letters)


def test_commands_that_a_cluster_cannot_do_have_no_key():
    class Less:
        def crash(self) -> None: ...

    assert [each.key for each in keys.available(Less())] == ["c"]
    assert {"c", "r", "h", "d", "s", "t"} <= {each.key for each in keys.available(Cluster("cart"))}


def test_what_instances_and_store_say_to_each_other_stands_below_the_carts():
    told = "27 round trips, 1,062 bytes up, 906 down"
    lines = drawn(Moment(HEAD, figures(store=told, carts_elsewhere=(3, 0)), ()))
    assert lines[lines.index("carts    3 in the store") + 1] == f"store    {told}"
    assert not any(line.startswith("store") for line in drawn(Moment(HEAD, figures(), ())))
