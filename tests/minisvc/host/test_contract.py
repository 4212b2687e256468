"""What every host owes, in a thread and in a process: one contract. While it hangs: `test_contract_hang.py`."""

import select
import shutil
import socket
import threading

import pytest
import requests

from minisvc import state
from minisvc.errors import PortTaken, WrongStatus
from minisvc.host import Recipe, start_all
from minisvc.layout import Service
from minisvc.sockets import listen
from tests.minisvc.host import apps
from tests.minisvc.host.conftest import HOSTS, WAIT_S, ask, body, end_of, handlers_over
from tests.minisvc.raw import answer, connect, read_all

needs_redis = pytest.mark.skipif(not shutil.which("redis-server"), reason="redis-server is not on PATH")


def test_it_answers(host):
    with ask(host) as link:
        status, fields, said = answer(link)
    assert (status, said, fields["content-length"]) == (200, b"ok", "2")


def test_it_is_up_from_start_to_stop(make_host):
    host = make_host()
    assert (host.status, host.port) == ("not started", 0)
    host.start()
    assert host.status == "up"
    assert host.port > 0
    host.stop()
    assert host.status == "stopped"


def test_many_start_side_by_side(kind):
    hosts = [HOSTS[kind](name, apps.plain) for name in "abc"]
    start_all(hosts)
    assert [body(host) for host in hosts] == ["ok"] * 3
    for host in hosts:
        host.stop()


def test_a_crash_ends_the_connection_of_a_waiting_client_without_an_answer(host, gate):
    with ask(host, f"/wait?{gate.port}") as link:
        gate.entered()
        host.crash()
        end_of(link)
    assert host.status == "down"


def test_a_crash_ends_idle_connections_and_refuses_new_ones(host):
    with ask(host) as link:
        answer(link)
        host.crash()
        end_of(link)
    with pytest.raises(ConnectionRefusedError):
        connect(host.port)


def test_a_crash_ends_a_client_that_does_not_read_its_answer(host):
    with ask(host, "/endless") as link:
        assert select.select([link], [], [], WAIT_S)[0]
        host.crash()
        with pytest.raises(ConnectionResetError):  # noqa: PT012  # a process's end of file is one too, after its bytes
            read_all(link)
            raise ConnectionResetError
    assert host.status == "down"


def test_a_crash_ends_a_client_in_the_middle_of_its_request(host, gate):
    with connect(host.port) as link:
        link.sendall(b"POST /read?%d HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf" % gate.port)
        gate.entered()
        gate.go()
        gate.left()
        host.crash()
        end_of(link)


@pytest.mark.parametrize("store", [pytest.param("redis-server", marks=needs_redis), "imitation"])
def test_a_handler_in_flight_at_a_crash_can_neither_answer_nor_write_to_a_store(kind, gate, store, monkeypatch):
    if store == "imitation":
        monkeypatch.setenv("PATH", "")
    mechanism = state.build(Service(state="redis"))
    recipe = Recipe("tests.minisvc.host.apps:shop", mechanism.terms("a"))
    hosts = [HOSTS[kind](name, recipe) for name in "ab"]
    start_all(hosts)
    with requests.Session() as client:
        client.trust_env = False
        client.get(f"http://127.0.0.1:{hosts[0].port}/add/early")
        cookie = client.cookies["session"]
        with connect(hosts[0].port) as link:
            link.sendall(f"GET /late/{gate.port} HTTP/1.1\r\nHost: h\r\nCookie: session={cookie}\r\n\r\n".encode())
            gate.entered()
            hosts[0].crash()
            gate.go()
            handlers_over()
            end_of(link)
        hosts[0].stop()
        assert client.get(f"http://127.0.0.1:{hosts[1].port}/").json() == {"items": ["early"]}
        assert [held.session["items"] for held in mechanism.held()] == [["early"]]
    hosts[1].stop()
    mechanism.close()


def test_without_a_crash_the_same_handler_writes(kind, gate):
    mechanism = state.build(Service(state="redis"))
    host = HOSTS[kind]("a", Recipe("tests.minisvc.host.apps:shop", mechanism.terms("a")))
    host.start()
    with ask(host, f"/late/{gate.port}") as link:
        gate.entered()
        gate.go()
        assert answer(link)[0] == 200
    assert [held.session["items"] for held in mechanism.held()] == [["late"]]
    host.stop()
    mechanism.close()


def test_it_restarts_on_the_same_port_with_an_empty_memory(host):
    assert [body(host, "/counted") for _ in range(2)] == ["1", "2"]
    port = host.port
    host.crash()
    host.start()
    assert (host.port, body(host, "/counted")) == (port, "1")


def test_it_restarts_with_the_factory_that_it_has_by_then(host):
    host.factory = apps.deaf
    host.crash()
    host.start()
    assert host.tell("x") is False


def test_nobody_gets_the_port_by_chance_while_it_is_down(host):
    host.crash()
    with socket.socket() as other, pytest.raises(OSError, match="Address already in use"):
        other.bind(("127.0.0.1", host.port))


def test_a_port_taken_meanwhile_is_named(host):
    host.crash()
    with listen(host.port), pytest.raises(PortTaken, match=f"Port {host.port} on 127.0.0.1 is taken"):
        host.start()
    assert host.status == "down"


def test_draining_finishes_in_flight_requests_and_accepts_no_new_ones(host, gate):
    with ask(host, f"/wait?{gate.port}") as link:
        gate.entered()
        host.drain()
        assert host.status == "draining"
        with pytest.raises(ConnectionRefusedError):
            connect(host.port)
        gate.go()
        status, fields, said = answer(link)
    assert (status, said, fields["connection"]) == (200, b"done", "close")


def test_draining_lets_go_of_idle_connections(host):
    with ask(host) as link:
        answer(link)
        host.drain()
        assert end_of(link) == "end of file"


def test_stopping_waits_for_requests_in_flight(host, gate):
    with ask(host, f"/wait?{gate.port}") as link:
        gate.entered()
        stopping = threading.Thread(target=host.stop)
        stopping.start()
        gate.go()
        assert answer(link)[2] == b"done"
        stopping.join(WAIT_S)
    assert host.status == "stopped"


def test_stopping_gives_up_on_a_request_after_its_grace(host, gate):
    with ask(host, f"/wait?{gate.port}") as link:
        gate.entered()
        stopping = threading.Thread(target=host.stop, kwargs={"grace_s": 0.01})
        stopping.start()
        end_of(link)
        gate.go()
        stopping.join(WAIT_S)
    assert host.status == "stopped"


RESTART = 'Start it first: restart("a").'
GO_ON = 'Let it go on, or crash it: resume("a"), crash("a").'
END = 'Crash or stop it first: stop("a").'


@pytest.mark.parametrize(
    ("done", "command", "status", "remedy"),
    [
        ([], "crash", "not started", RESTART),
        ([], "resume", "not started", RESTART),
        (["start"], "start", "up", END),
        (["start"], "resume", "up", "Only a hung one can go on."),
        (["start", "drain"], "start", "draining", END),
        (["start", "stop"], "drain", "stopped", RESTART),
        (["start", "crash"], "crash", "down", RESTART),
        (["start", "crash"], "drain", "down", RESTART),
        (["start", "crash"], "hang", "down", RESTART),
        (["start", "hang"], "hang", "hung", GO_ON),
        (["start", "hang"], "drain", "hung", GO_ON),
        (["start", "hang"], "start", "hung", GO_ON),
    ],
)
def test_a_command_that_makes_no_sense_says_what_would(make_host, done, command, status, remedy):
    host = make_host()
    for step in done:
        getattr(host, step)()
    with pytest.raises(WrongStatus) as caught:
        getattr(host, command)()
    assert str(caught.value) == f'Cannot {command} instance "a": it is {status}.\n  {remedy}'
    assert host.status == status


def test_a_failing_factory_says_why_and_frees_the_port(make_host):
    host = make_host(apps.broken)
    with pytest.raises(RuntimeError, match="no app for a"):
        host.start()
    assert host.status == "not started"
    listen(host.port).close()
    host.factory = apps.plain
    host.start()
    assert body(host) == "ok"


def test_an_exception_of_a_server_thread_is_raised_at_stop(host):
    with ask(host, "/boom") as link:
        assert link.recv(1) == b""
    with pytest.raises(BaseExceptionGroup, match='instance "a" had errors') as caught:
        host.stop()
    (error,) = caught.value.exceptions
    assert isinstance(error, ZeroDivisionError)
    assert str(error) == "in the app"
    host.stop()


def test_what_a_dead_instances_threads_say_is_nobodys_error(host):
    with ask(host, "/endless") as link:
        assert select.select([link], [], [], WAIT_S)[0]
        host.crash()
    host.stop()
    assert host.errors == []


def test_it_hears_what_it_is_told(host):
    assert host.tell({"slow": 1}) is True
    assert body(host, "/heard") == "{'slow': 1}"


def test_an_instance_that_is_not_there_hears_nothing(make_host):
    host = make_host()
    assert host.tell("x") is False
    host.start()
    host.crash()
    assert host.tell("x") is False


def test_an_exception_at_a_message_comes_back(host):
    with pytest.raises(ZeroDivisionError, match="at a message"):
        host.tell("boom")
    assert body(host) == "ok"


@pytest.fixture
def shop(make_host):
    host = make_host(Recipe("tests.minisvc.host.apps:shop", state.Terms("memory", state.Cookie())))
    host.start()
    return host


def test_it_tells_which_sessions_are_in_its_memory(shop):
    body(shop, "/add/apples")
    assert [session["items"] for session in shop.sessions().values()] == [["apples"]]


def test_a_hung_instance_still_holds_its_sessions_and_a_crashed_one_none(shop):
    body(shop, "/add/apples")
    shop.hang()
    assert len(shop.sessions()) == 1
    shop.resume()
    assert len(shop.sessions()) == 1
    shop.crash()
    assert shop.sessions() == {}
