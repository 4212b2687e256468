"""WebSockets through the balancer: a Flask-Sock service in an instance, driven by another library's client."""

import threading

import pytest
import websocket
from flask import Flask
from flask_sock import Sock
from simple_websocket import ConnectionClosed

from tests.minisvc.raw import answer, connect

WAIT_S = 10


class Chat:
    """Echoes what it hears, greets on /greet, and keeps the close codes."""

    def __init__(self) -> None:
        self.closed: list[int] = []
        self.ended = threading.Event()
        self.app = Flask("chat")
        sock = Sock(self.app)

        @sock.route("/echo")
        def echo(ws):
            try:
                while True:
                    ws.send(ws.receive())
            except ConnectionClosed as closed:
                self.closed.append(closed.reason)
                self.ended.set()
                raise

        @sock.route("/greet")
        def greet(ws):
            ws.send("hello")
            ws.receive()

        @self.app.get("/plain")
        def plain():
            return "plain"


@pytest.fixture
def chat():
    return Chat()


@pytest.fixture
def pool(open_pool, chat):
    return open_pool({"a": chat.app})


@pytest.fixture
def client(pool):
    client = websocket.create_connection(f"ws://127.0.0.1:{pool.balancer.port}/echo", timeout=WAIT_S)
    yield client
    client.shutdown()


def test_text_and_binary_come_back(client):
    client.send("héllo")
    assert client.recv() == "héllo"
    client.send_binary(bytes(range(256)))
    assert client.recv() == bytes(range(256))


def test_a_megabyte_comes_back_whole(client):
    big = "x" * (1 << 20)
    client.send(big)
    assert client.recv() == big


def test_ping_is_answered_with_its_payload(client):
    client.ping("are you there")
    opcode, frame = client.recv_data_frame(control_frame=True)
    assert (opcode, frame.data) == (websocket.ABNF.OPCODE_PONG, b"are you there")


@pytest.mark.parametrize("code", [1000, 1001, 4001])
def test_the_close_code_reaches_the_service(chat, client, code):
    client.send("x")
    client.recv()
    client.close(status=code, reason=b"bye")
    assert chat.ended.wait(WAIT_S)
    assert chat.closed == [code]


def test_what_the_service_sends_first_arrives(pool):
    client = websocket.create_connection(f"ws://127.0.0.1:{pool.balancer.port}/greet", timeout=WAIT_S)
    assert client.recv() == "hello"
    client.close()


def test_a_tunnel_is_one_exchange_with_its_bytes(pool, client):
    client.send("x" * 1000)
    client.recv()
    with pool.ledger.changed:
        client.shutdown()
        assert pool.ledger.changed.wait_for(lambda: pool.ledger.since(0)[1], WAIT_S)
    (exchange,) = pool.ledger.since(0)[1]
    assert (exchange.status, exchange.path, exchange.backend) == (101, "/echo", "a")
    assert exchange.bytes_up > 1000
    assert exchange.bytes_down > 1000


def test_a_crash_takes_the_instances_tunnels_along(pool, client):
    client.send("x")
    client.recv()
    pool.hosts["a"].crash()
    with pytest.raises((websocket.WebSocketConnectionClosedException, ConnectionResetError)):
        client.recv()


def test_many_tunnels_live_side_by_side_with_requests(pool):
    clients = [
        websocket.create_connection(f"ws://127.0.0.1:{pool.balancer.port}/echo", timeout=WAIT_S) for _ in range(20)
    ]
    for number, client in enumerate(clients):
        client.send(str(number))
    with connect(pool.balancer.port) as link:
        link.sendall(b"GET /plain HTTP/1.1\r\nHost: h\r\n\r\n")
        assert answer(link)[2] == b"plain"
    assert [client.recv() for client in clients] == [str(number) for number in range(20)]
    for client in clients:
        client.close()


def test_a_service_that_declines_answers_as_usual_and_the_connection_closes(pool):
    with connect(pool.balancer.port) as link:
        link.sendall(b"GET /plain HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: other\r\n\r\n")
        status, fields, body = answer(link)
        assert (status, body, fields["connection"]) == (200, b"plain", "close")
        assert link.recv(1) == b""
