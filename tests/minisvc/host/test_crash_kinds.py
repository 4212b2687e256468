"""Both kinds of crash on both hosts: what clients see is chosen, whatever the instance runs in."""

import select
from urllib.parse import urlsplit

import pytest

from minisvc import Cluster
from minisvc.errors import FaultError, WrongStatus
from minisvc.host import KILL, RESET
from tests.minisvc.host.conftest import WAIT_S, ask, body, end_of
from tests.minisvc.raw import answer, connect, read_all

SEEN = [(KILL, "end of file"), (RESET, "reset")]


@pytest.mark.parametrize(("how", "seen"), SEEN)
def test_a_waiting_and_an_idle_client_see_the_end_that_was_chosen(host, gate, how, seen):
    with ask(host, f"/wait?{gate.port}") as waiting, ask(host) as idle:
        gate.entered()
        answer(idle)
        host.crash(how)
        assert (end_of(waiting), end_of(idle)) == (seen, seen)
    host.start()
    assert body(host) == "ok"


@pytest.mark.parametrize(("how", "seen"), SEEN)
def test_a_client_in_the_middle_of_its_request_sees_it_too(host, gate, how, seen):
    with connect(host.port) as link:
        link.sendall(b"POST /read?%d HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf" % gate.port)
        gate.entered()
        gate.go()
        gate.left()
        host.crash(how)
        assert end_of(link) == seen


def test_what_a_killed_instance_had_handed_over_still_arrives_and_then_the_end(host):
    with ask(host, "/endless") as link:
        assert select.select([link], [], [], WAIT_S)[0]
        host.crash(KILL)
        assert read_all(link).startswith(b"HTTP/1.1 200")


def test_killed_while_it_hangs_it_resets_those_whose_bytes_it_had_not_read(host):
    with ask(host) as late, ask(host) as idle:
        answer(late)
        answer(idle)
        host.hang()
        late.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        with ask(host) as never_accepted:
            host.crash(KILL)
            assert [end_of(link) for link in (late, idle, never_accepted)] == ["reset", "end of file", "reset"]


@pytest.mark.parametrize("kind", ["process"])
def test_a_process_that_hangs_cannot_reset_and_says_what_can_be_done(host):
    host.hang()
    with pytest.raises(WrongStatus, match=r"Cannot reset the connections of instance \"a\": it is hung.\n.*Kill it"):
        host.crash(RESET)
    assert host.status == "hung"
    host.crash(KILL)
    assert host.status == "down"


@pytest.mark.parametrize("kind", ["thread"])
def test_a_thread_that_hangs_resets_all(host):
    with ask(host) as idle:
        answer(idle)
        host.hang()
        host.crash(RESET)
        assert end_of(idle) == "reset"


def test_there_is_no_third_kind(host):
    with pytest.raises(FaultError, match=r"how is 'kil', which is no kind of crash\. Did you mean \"kill\"\?"):
        host.crash("kil")
    assert body(host) == "ok"


@pytest.mark.parametrize("kind", ["thread", "process"])
def test_the_diary_says_which_kind_was_asked_for_and_a_cart_is_lost_in_both(kind):
    with Cluster("cart", instances=2, state="memory", affinity="cookie", host=kind) as shop:
        users = shop.add_users(2)
        for user in users:
            user.add("apples")
        shop.crash("a", how=KILL)
        shop.crash("b", how=RESET)
        assert [each.sentence for each in shop.events.since(0)[1] if each.kind == "crash"] == [
            "a crashed, killed: its connections ended (FIN). c1's cart was in it.",
            "b crashed, its connections reset (RST). c2's cart was in it.",
        ]
        shop.restart("a")
        assert [user.check().lost for user in users] == [True, True]


@pytest.mark.parametrize("kind", ["thread", "process"])
@pytest.mark.parametrize(("how", "seen"), [(KILL, "it closed the connection"), (RESET, "it reset the connection")])
def test_a_client_whose_request_was_in_flight_is_told_what_the_balancer_saw(kind, gate, how, seen):
    cluster = Cluster("tests.minisvc.host.apps:shop", instances=1, host=kind)
    with cluster as shop, connect(urlsplit(shop.url).port) as link:
        link.sendall(f"GET /late/{gate.port} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        gate.entered()
        shop.crash("a", how)
        status, _, said = answer(link)
    assert status == 502
    assert seen in said.decode()
