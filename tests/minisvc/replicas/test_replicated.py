"""Members on real sockets: one owner decides, the newest wins, and whoever was missed comes back with what is new."""

from collections.abc import Callable, Iterator

import pytest

from minisvc.clock import FakeClock
from minisvc.fence import Fence
from minisvc.keeping import Keeping
from minisvc.keyvalue import ABSENT, StoreDown
from minisvc.replicas import Counts, Hub, Replicated
from minisvc.replicas.copies import TOMBSTONE_S, Copies
from minisvc.replicas.messages import Copy

KEY = "random.a"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def join(clock) -> Iterator[Callable[..., Replicated]]:
    """Call it with a name; a member that had it crashes. `join.hub` and `join.fences` are there to look at."""
    hub, fences = Hub(), {}

    def joined(name: str, **keeping) -> Replicated:
        if name in fences:
            fences[name].close()
        fences[name] = Fence(name)
        return Replicated(hub.port, fences[name], Keeping(**keeping), clock)

    joined.hub, joined.fences = hub, fences
    yield joined
    for fence in fences.values():
        fence.close()
    hub.close()


def test_everybody_finds_what_anybody_wrote(join):
    members = [join(name) for name in "abc"]
    for number, writer in enumerate(members):
        writer.put(KEY, b"%d" % number)
        assert [reader.get(KEY).value for reader in members] == [b"%d" % number] * 3


def test_the_owner_and_its_neighbour_hold_it_and_nobody_else(join):
    a, b, c = (join(name) for name in "abc")
    c.put(KEY, b"1")
    assert [set(each.held()) for each in (a, b, c)] == [{KEY}, {KEY}, set()]


def test_who_asks_another_owner_is_counted_and_so_is_each_copy(join):
    a, _, c = (join(name) for name in "abc")
    a.put(KEY, b"1")
    c.put(KEY, b"2")
    assert join.hub.counts() == {"a": Counts(writes=2, copies=2), "b": Counts(), "c": Counts(forwards=1)}


@pytest.mark.parametrize(("replicas", "copies"), [(1, 1), (2, 2), (0, 3), (9, 3)])
def test_a_write_costs_one_message_a_copy(join, replicas, copies):
    a, *_ = (join(name, replicas=replicas) for name in "abcd")
    a.put(KEY, b"1")
    assert join.hub.counts()["a"] == Counts(writes=1, copies=copies)


def test_of_two_who_write_on_the_same_version_one_is_told_no(join):
    a, b = join("a"), join("b")
    version = a.put(KEY, b"1", version=ABSENT)
    assert b.put(KEY, b"2", version=version) is not None
    assert a.put(KEY, b"3", version=version) is None
    assert a.put(KEY, b"3", version=ABSENT) is None
    assert a.get(KEY).value == b"2"


def test_versions_go_on_when_the_owner_has_crashed(join):
    join("a")
    b, c = join("b"), join("c")
    version = b.put(KEY, b"1")
    join.fences["a"].close()
    assert c.get(KEY).version == version
    assert c.put(KEY, b"2", version=version) is not None
    assert b.put(KEY, b"3", version=version) is None
    assert (b.get(KEY).value, set(b.held()), set(c.held())) == (b"2", {KEY}, {KEY})


def test_a_member_that_comes_back_takes_its_share_and_others_let_go_of_it(join):
    _, b, c = (join(name) for name in "abc")
    b.put(KEY, b"1")
    join.fences["a"].close()
    c.put(KEY, b"2")
    a = join("a")
    assert [each.held().get(KEY) is not None for each in (a, b, c)] == [True, True, False]
    assert a.get(KEY).value == b"2"


def test_a_member_that_was_missed_does_not_answer_with_what_is_old(join):
    a, b = join("a"), join("b")
    a.put(KEY, b"old")
    miss(join.hub, a)
    assert join.hub.members == ["b"]
    b.put(KEY, b"new")
    assert a.get(KEY).value == b"new"
    assert join.hub.members == ["a", "b"]


def test_what_the_others_agreed_on_wins_over_what_a_missed_owner_wrote_to_itself(join):
    _, b = join("a"), join("b")
    c = join("c")
    version = c.put("random.c", b"1")
    miss(join.hub, c)
    # As a handler does that stood still in the middle of its work: nobody acknowledged this.
    for _ in range(3):
        c._copies.write(Copy("random.c", 0, 0, "c", b"unheard"), "*")
    assert b.put("random.c", b"2", version=version)
    assert [each.get("random.c").value for each in (b, c)] == [b"2", b"2"]


def test_nothing_is_lost_when_all_members_are_missed_at_once(join):
    a, b = join("a"), join("b")
    a.put(KEY, b"1")
    miss(join.hub, a)
    miss(join.hub, b)
    assert join.hub.members == []
    assert [each.get(KEY).value for each in (a, b)] == [b"1", b"1"]


def test_a_member_that_answers_the_hub_stays_though_it_was_slow_for_another(join):
    a, b = join("a"), join("b")
    a.put(KEY, b"1")
    b._miss("a", a._office.port)
    assert join.hub.members == ["a", "b"]
    assert b.get(KEY).value == b"1"


def miss(hub: Hub, member: Replicated) -> None:
    hub._drop(member._name, member._office.port)


def test_a_crashed_member_writes_nowhere(join):
    a, b = join("a"), join("b")
    a.put(KEY, b"1")
    join.fences["a"].close()
    with pytest.raises(StoreDown, match='instance "a" has crashed: its links are cut'):
        a.put(KEY, b"2")
    assert b.get(KEY).value == b"1"


def test_what_was_deleted_stays_deleted_everywhere(join):
    a, b = join("a"), join("b")
    a.put(KEY, b"1")
    assert b.delete(KEY)
    assert not b.delete(KEY)
    assert (a.get(KEY), list(a.keys()), list(b.keys())) == (None, [], [])


def test_a_copy_that_comes_late_does_not_undo_a_deletion_while_the_tombstone_stands(clock):
    copies, late = Copies(clock), Copy(KEY, 1, 1, "a", b"1")
    copies.keep(late)
    copies.write(Copy(KEY, 1, 0, "a", None), late.version)
    copies.keep(late)
    assert copies.find(KEY).value is None
    clock.advance(TOMBSTONE_S)
    assert copies.find(KEY) is None


def test_entries_expire_at_every_member(join, clock):
    a, b = join("a"), join("b")
    a.put(KEY, b"1", ttl_s=5)
    clock.advance(4.9)
    assert b.get(KEY).value == b"1"
    clock.advance(0.1)
    assert (a.get(KEY), b.get(KEY), a.held(), b.held()) == (None, None, {}, {})


def test_without_a_hub_nobody_can_join():
    hub = Hub()
    hub.close()
    fence = Fence("a")
    with pytest.raises(StoreDown, match="refused"):
        Replicated(hub.port, fence, Keeping())
    fence.close()
