"""HTTP/1.1 as the instances speak it."""

import socket

import pytest
from flask import Flask, Response, jsonify, request

from minisvc.host import ThreadHost
from tests.minisvc.raw import answer, connect, say


@pytest.fixture(scope="module")
def port():
    app = Flask(__name__)

    @app.route("/echo", methods=["GET", "POST", "PUT"])
    def echo():
        return jsonify(
            method=request.method,
            query=request.args.to_dict(),
            fields=dict(request.headers),
            body=request.get_data(as_text=True),
            path=request.path,
        )

    @app.get("/stream")
    def stream():
        return Response((f"part {n}\n" for n in range(3)), mimetype="text/plain")

    @app.get("/empty")
    def empty():
        return "", 204

    @app.post("/ignore")
    def ignore():
        return "not read"

    @app.get("/<path:rest>")
    def anything(rest):
        return rest

    host = ThreadHost("a", lambda *_: app)
    host.start()
    yield host.port
    host.stop()


def ask(port: int, text: str, body: bytes = b"", method: str = "GET"):
    with connect(port) as link:
        link.sendall(text.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)
        return answer(link, method)


def test_method_path_query_fields_and_body_arrive(port):
    status, _, body = ask(
        port,
        "POST /echo?a=1&b=%20x HTTP/1.1\nHost: h\nX-One: 1\nX-One: 2\nContent-Length: 5",
        b"hello",
        "POST",
    )
    told = __import__("json").loads(body)
    assert status == 200
    assert told["method"] == "POST"
    assert told["query"] == {"a": "1", "b": " x"}
    assert told["body"] == "hello"
    assert told["fields"]["X-One"] == "1,2"


def test_a_chunked_body_arrives_whole(port):
    status, _, body = ask(
        port,
        "POST /echo HTTP/1.1\nHost: h\nTransfer-Encoding: chunked",
        b"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
    )
    assert status == 200
    assert b'"body":"hello world"' in body


def test_percent_encoded_paths_are_decoded_as_utf8(port):
    assert ask(port, "GET /caf%C3%A9 HTTP/1.1\nHost: h")[2].decode() == "café"


def test_absolute_form_is_understood(port):
    assert ask(port, "GET http://h/some/where HTTP/1.1\nHost: h")[2] == b"some/where"


def test_a_stream_is_chunked(port):
    status, fields, body = ask(port, "GET /stream HTTP/1.1\nHost: h")
    assert (status, fields["transfer-encoding"], body) == (200, "chunked", b"part 0\npart 1\npart 2\n")


def test_a_stream_to_an_old_client_ends_with_the_connection(port):
    told = say(port, b"GET /stream HTTP/1.0\r\n\r\n")
    assert b"transfer-encoding" not in told.lower()
    assert told.endswith(b"\r\n\r\npart 0\npart 1\npart 2\n")


def test_head_has_fields_and_no_body(port):
    with connect(port) as link:
        link.sendall(b"HEAD /hello HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n")
        status, fields, body = answer(link, "HEAD")
        assert (status, fields["content-length"], body) == (200, "5", b"")
        assert answer(link)[2] == b"next"


def test_204_has_no_body_and_keeps_the_connection(port):
    with connect(port) as link:
        link.sendall(b"GET /empty HTTP/1.1\r\nHost: h\r\n\r\nGET /next HTTP/1.1\r\nHost: h\r\n\r\n")
        assert answer(link)[0] == 204
        assert answer(link)[2] == b"next"


def test_pipelined_requests_are_answered_in_order(port):
    with connect(port) as link:
        link.sendall(b"".join(b"GET /%d HTTP/1.1\r\nHost: h\r\n\r\n" % n for n in range(5)))
        assert [answer(link)[2] for _ in range(5)] == [b"0", b"1", b"2", b"3", b"4"]


def test_a_body_that_the_app_ignores_does_not_spoil_the_next_request(port):
    with connect(port) as link:
        link.sendall(b"POST /ignore HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200000)
        link.sendall(b"GET /next HTTP/1.1\r\nHost: h\r\n\r\n")
        assert answer(link)[2] == b"not read"
        assert answer(link)[2] == b"next"


def test_expect_100_continue_is_answered_when_the_app_reads(port):
    with connect(port) as link:
        link.sendall(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert link.recv(25, socket.MSG_WAITALL) == b"HTTP/1.1 100 Continue\r\n\r\n"
        link.sendall(b"ok")
        assert b'"body":"ok"' in answer(link, "POST")[2]


def test_connection_close_is_obeyed(port):
    told = say(port, b"GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    assert b"Connection: close\r\n" in told
    assert told.endswith(b"\r\n\r\nx")


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (
            b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            b"",
        ),
        (b"GET / HTTP/1.1\r\n\r\n", 400, b"needs a Host field"),
        (b"GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n", 400, b""),
        (b"GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n", 400, b""),
        (b"\x16\x03\x01\x02\x00garbage\r\n\r\n", 400, b"no HTTP/1.1 request"),
        (b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 70000 + b"\r\n\r\n", 431, b"exceed 65536 bytes"),
    ],
)
def test_what_could_be_read_in_two_ways_is_refused(port, sent, status, reason):
    told = say(port, sent)
    assert told.startswith(b"HTTP/1.1 %d " % status)
    assert reason in told


def test_a_client_that_leaves_in_the_middle_of_its_body_is_no_error_of_the_app(port, caplog):
    with connect(port) as link:
        link.sendall(b"POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: 50\r\n\r\nhalf")
        # Its own half is closed and it still listens: Flask's answer to a bad request reaches it.
        link.shutdown(socket.SHUT_WR)
        status, _, _ = answer(link)
    assert status == 400
    assert "Traceback" not in caplog.text
    assert "Exception on" not in caplog.text
