import socket

import pytest

from minisvc.fence import Fence


def test_closing_the_fence_cuts_every_link():
    fence, (inside, outside) = Fence("a"), socket.socketpair()
    with inside, outside:
        fence.admit(inside)
        fence.close()
        assert not fence.is_open
        assert outside.recv(1) == b""
        with pytest.raises(BrokenPipeError):
            inside.send(b"late")


def test_a_closed_fence_admits_nothing():
    fence, (inside, outside) = Fence("a"), socket.socketpair()
    fence.close()
    with outside, pytest.raises(ConnectionAbortedError, match='instance "a" has crashed: its links are cut'):
        fence.admit(inside)
    assert inside.fileno() == -1


def test_closed_links_are_forgotten():
    fence = Fence("a")
    for _ in range(3):
        inside, outside = socket.socketpair()
        fence.admit(inside)
        inside.close()
        outside.close()
    fence.close()
    fence.close()
    assert not fence.is_open
