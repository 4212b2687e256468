"""The imitated memcached answers as the real one does: every exchange here is held against both."""

import shutil
import socket

import pytest

from minisvc.clock import FakeClock
from minisvc.keeping import Keeping
from minisvc.stores.memcached_items import ITEM_BYTES, RELATIVE_S, Items
from minisvc.stores.memcached_server import ImitatedMemcached, MemcachedServer, place
from minisvc.stores.memcached_talk import LONGEST_LINE, Talk

LONG = b"k" * 251
EXCHANGES = [
    (b"get k\r\n", b"END\r\n"),
    (b"set k 5 0 1\r\nx\r\n", b"STORED\r\n"),
    (b"get k nothing\r\n", b"VALUE k 5 1\r\nx\r\nEND\r\n"),
    (b"set k 5 0 0\r\n\r\nget k\r\n", b"STORED\r\nVALUE k 5 0\r\n\r\nEND\r\n"),
    (b"set k 0 0 2\r\n\r\n\r\nget k\r\n", b"STORED\r\nVALUE k 0 2\r\n\r\n\r\nEND\r\n"),
    (b"add k 0 0 1\r\ny\r\n", b"NOT_STORED\r\n"),
    (b"replace nothing 0 0 1\r\ny\r\n", b"NOT_STORED\r\n"),
    (b"replace k 0 0 1\r\ny\r\nget k\r\n", b"STORED\r\nVALUE k 0 1\r\ny\r\nEND\r\n"),
    (b"cas k 0 0 1 999999\r\nz\r\n", b"EXISTS\r\n"),
    (b"cas nothing 0 0 1 1\r\nz\r\n", b"NOT_FOUND\r\n"),
    (b"delete nothing\r\n", b"NOT_FOUND\r\n"),
    (b"delete k\r\nget k\r\n", b"DELETED\r\nEND\r\n"),
    (b"set k 0 -1 1\r\nx\r\nget k\r\n", b"STORED\r\nEND\r\n"),
    (b"touch k 100\r\n", b"NOT_FOUND\r\n"),
    (b"set k 0 0 1\r\nx\r\ntouch k 100\r\n", b"STORED\r\nTOUCHED\r\n"),
    (b"set k 0 0 1 noreply\r\nq\r\nget k\r\n", b"VALUE k 0 1\r\nq\r\nEND\r\n"),
    (b"delete k noreply\r\nget k\r\n", b"END\r\n"),
    (b"bogus\r\n", b"ERROR\r\n"),
    (b"get\r\n", b"ERROR\r\n"),
    (b"set k b c d\r\n", b"CLIENT_ERROR bad command line format\r\n"),
    (b"get " + LONG + b"\r\n", b"CLIENT_ERROR bad command line format\r\n"),
    (b"flush_all\r\nget k\r\n", b"OK\r\nEND\r\n"),
]
SIZES = [(1_048_064, b"STORED\r\n"), (1_048_576, b"SERVER_ERROR object too large for cache\r\n")]


@pytest.fixture(params=["imitation", "memcached"])
def link(request):
    program = shutil.which("memcached")
    if request.param == "memcached" and not program:
        pytest.skip("memcached is not on PATH")
    store = MemcachedServer(program, Keeping()) if request.param == "memcached" else ImitatedMemcached(Keeping())
    store.start()
    with socket.create_connection(place(store.url), timeout=5) as link:
        yield link
    store.close()


def ask(link: socket.socket, said: bytes, wanted: int) -> bytes:
    link.sendall(said)
    answer = b""
    while len(answer) < wanted and (piece := link.recv(65536)):
        answer += piece
    return answer


def test_it_answers_as_memcached_does(link):
    assert [(said, ask(link, said, len(wanted))) for said, wanted in EXCHANGES] == EXCHANGES


@pytest.mark.parametrize(("size", "wanted"), SIZES)
def test_a_value_of_almost_a_megabyte_is_taken_and_one_of_a_megabyte_is_not(link, size, wanted):
    block = b"x" * size + b"\r\n"
    assert ask(link, b"set k 0 0 %d\r\n%s" % (size, block), len(wanted)) == wanted
    assert ask(link, b"version\r\n", 8).startswith(b"VERSION 1.")


def test_compare_and_set_takes_the_version_that_gets_told(link):
    ask(link, b"set k 0 0 1\r\nx\r\n", 8)
    unique = ask(link, b"gets k\r\n", 19).split()[4]
    assert ask(link, b"cas k 0 0 1 %s\r\ny\r\n" % unique, 8) == b"STORED\r\n"
    assert ask(link, b"cas k 0 0 1 %s\r\nz\r\n" % unique, 8) == b"EXISTS\r\n"


def test_a_list_of_keys_has_a_line_for_each_quoted(link):
    ask(link, b"set a%20b 0 0 1\r\nx\r\n", 8)
    told = ask(link, b"lru_crawler metadump hash\r\n", 50)
    assert told.startswith(b"key=a%2520b exp=-1 ")
    assert told.endswith(b"\nEND\r\n")


def test_bytes_may_come_one_by_one():
    talk = Talk(Items(1 << 20))
    said = b"set k 0 0 4\r\na\r\nb\r\nget k\r\n"
    answers = [talk.heard(bytes([each])) for each in said]
    assert b"".join(answers) == b"STORED\r\nVALUE k 0 4\r\na\r\nb\r\nEND\r\n"


def test_a_line_without_end_and_quit_end_the_conversation():
    endless, leaving = Talk(Items(1 << 20)), Talk(Items(1 << 20))
    assert (endless.heard(b"x" * (LONGEST_LINE + 1)), endless.over) == (b"", True)
    assert (leaving.heard(b"quit\r\nget k\r\n"), leaving.over) == (b"", True)


def test_when_memory_is_full_the_longest_unused_goes():
    items = Items(3 * (ITEM_BYTES + 2))
    for key in (b"a", b"b", b"c"):
        items.put(key, b"v", 0, 0)
    items.get(b"a")
    items.put(b"d", b"v", 0, 0)
    assert [key for key, _ in items.living()] == [b"c", b"a", b"d"]
    assert (items.evictions, items.size) == (1, items.most_bytes)


def test_an_item_ends_by_the_clock_after_so_many_seconds_or_at_a_moment():
    clock = FakeClock(RELATIVE_S * 10.0)
    items = Items(1 << 20, clock)
    items.put(b"after", b"v", 0, 10)
    items.put(b"at", b"v", 0, RELATIVE_S * 10 + 20)
    clock.advance(9.9)
    assert (items.get(b"after") is None, items.get(b"at") is None) == (False, False)
    clock.advance(0.1)
    assert (items.get(b"after") is None, items.get(b"at") is None) == (True, False)
    clock.advance(10)
    assert items.get(b"at") is None
    assert (len(items), items.size) == (0, 0)


def test_a_full_store_of_a_megabyte_drops_old_sessions_and_goes_on():
    program = shutil.which("memcached")
    kinds = [ImitatedMemcached(Keeping(memory_mb=1))]
    kinds += [MemcachedServer(program, Keeping(memory_mb=1))] if program else []
    for store in kinds:
        store.start()
        try:
            with socket.create_connection(place(store.url), timeout=5) as link:
                for number in range(100):
                    said = b"set k%d 0 0 50000\r\n%s\r\n" % (number, b"x" * 50_000)
                    assert ask(link, said, 8) == b"STORED\r\n"
                assert ask(link, b"get k0\r\n", 5) == b"END\r\n"
                assert ask(link, b"get k99\r\n", 50_000).startswith(b"VALUE k99 0 50000\r\n")
        finally:
            store.close()
