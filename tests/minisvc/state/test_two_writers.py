"""Two requests of one session at once: the last writer wins as session libraries have it, or the second is told no."""

import pytest


def write_at_once(bench):
    """Bread is added while somebody adds milk to the same cart; both answers, and the client who was slow."""
    slow = bench.client(bench.instance("a"))
    slow.add("apples")
    quick, answers = slow.at(bench.instance("b") if bench.kind.shared else slow.app), []
    bench.between = lambda: answers.append(quick.add("bread"))
    answers.append(slow.ask("POST", "/slow/milk"))
    return slow, quick, answers


def test_the_last_writer_wins_and_the_other_ones_item_is_lost(bench):
    slow, _, answers = write_at_once(bench)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert slow.items == ["apples", "milk"]


def test_with_versions_the_second_writer_is_told_no_and_nothing_is_lost(open_bench, kind):
    if not kind.versions:
        pytest.skip("each client carries a session of its own, so that no server sees both writes")
    slow, quick, (first, second) = write_at_once(open_bench(versioned=True))
    assert (first.status_code, second.status_code) == (200, 409)
    assert second.json == {"error": "another request changed the session meanwhile: read it again, and repeat"}
    # As a browser does, which has one cookie for both requests.
    slow.present(quick.key)
    assert slow.add("milk").status_code == 200
    assert slow.items == ["apples", "bread", "milk"]


def test_with_versions_one_writer_after_the_other_is_never_refused(open_bench):
    bench = open_bench(versioned=True)
    client = bench.client(bench.instance("a"))
    assert [client.add("bread").status_code for _ in range(5)] == [200] * 5
    assert client.items == ["bread"] * 5


def test_a_deletion_is_not_undone_by_a_writer_who_began_before_it(open_bench, kind):
    if not kind.versions:
        pytest.skip("nothing is deleted on this side")
    bench = open_bench(versioned=True)
    slow = bench.client(bench.instance("a"))
    slow.add("apples")
    other = slow.at(slow.app)
    bench.between = lambda: other.ask("DELETE", "/")
    assert slow.ask("POST", "/slow/milk").status_code == 409
    assert slow.items == []
