import socket
import threading

import pytest

from minisvc.users.reactor import Reactor
from minisvc.users.wire import Wire


@pytest.fixture
def ask():
    """Asks a server that says the given pieces to each request (None: closes), and gives the replies."""
    listener = socket.create_server(("127.0.0.1", 0))
    reactor, threads = Reactor(), []

    def serve(answers):
        link, _ = listener.accept()
        with link:
            for pieces in answers:
                if not link.recv(1 << 20):
                    return
                for piece in pieces:
                    link.sendall(piece)

    def asked(*answers, data=b"GET / HTTP/1.1\r\nhost: x\r\n\r\n", bodiless=False):
        thread = threading.Thread(target=serve, args=(answers,))
        thread.start()
        threads.append(thread)
        wire, replies = Wire(reactor, "127.0.0.1", listener.getsockname()[1]), []

        def done(reply):
            replies.append(reply)
            if len(replies) == len(answers) or not wire.is_open:
                reactor.stop()
            else:
                wire.ask(data, done, bodiless=bodiless)

        wire.ask(data, done, bodiless=bodiless)
        reactor.run()
        wire.drop()
        return replies

    yield asked
    for thread in threads:
        thread.join(10)
    reactor.close()
    listener.close()


def test_answers_on_a_kept_connection_are_told_apart(ask):
    one = b"HTTP/1.1 200 OK\r\nX-Backend: a\r\nSet-Cookie: a=1\r\nset-cookie: b=2\r\nContent-Length: 2\r\n\r\nhi"
    two = b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n"
    first, second = ask([one[:9], one[9:]], [two[:-3], two[-3:]])
    assert (first.status, first.body, first.backend, first.cookies) == (200, b"hi", "a", ["a=1", "b=2"])
    assert (second.status, second.body, second.cookies, second.backend) == (404, b"no", [], None)
    assert (first.bytes_up, first.bytes_down, first.sent) == (27, len(one), True)


def test_an_answer_without_a_length_ends_with_its_connection(ask):
    (reply,) = ask([b"HTTP/1.1 200 OK\r\n\r\n", b"all ", b"of it"])
    assert (reply.status, reply.body, reply.error) == (200, b"all of it", None)


def test_an_interim_answer_is_no_answer(ask):
    (reply,) = ask([b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"])
    assert (reply.status, reply.body) == (204, b"")


def test_an_answer_to_head_has_no_body_though_it_has_a_length(ask):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
    assert [reply.status for reply in ask([head], [head], bodiless=True)] == [200, 200]


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhi"], "the connection was closed before the answer's end"),
        ([], "the connection was closed before the answer's end"),
        ([b"SSH-2.0-OpenSSH\r\n"], "the answer is no HTTP/1.1"),
    ],
)
def test_no_whole_answer_says_why(ask, said, error):
    (reply,) = ask(said)
    assert reply.error.startswith(error)
    assert reply.sent


def test_a_request_larger_than_the_sockets_buffers_leaves_in_parts():
    reactor, replies, body = Reactor(), [], b"x" * 20_000_000
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            link, _ = listener.accept()
            with link:
                left = len(body)
                while left:
                    left -= len(link.recv(1 << 20))
                link.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        wire = Wire(reactor, "127.0.0.1", listener.getsockname()[1])
        wire.ask(body, lambda reply: (replies.append(reply), reactor.stop()))
        reactor.run()
        wire.drop()
        thread.join(10)
    reactor.close()
    assert [reply.status for reply in replies] == [200]


def test_nobody_who_listens_is_told_in_a_later_turn():
    reactor, replies = Reactor(), []
    wire = Wire(reactor, "127.0.0.1", 9)
    wire.ask(b"GET / HTTP/1.1\r\n\r\n", lambda reply: (replies.append(reply), reactor.stop()))
    assert not replies
    reactor.run()
    reactor.close()
    assert (replies[0].error, replies[0].sent) == ("no connection: ECONNREFUSED", False)
