"""What the filter on system calls refuses, tried in a process that gave them up; and what it must not refuse."""

import subprocess
import sys

import pytest

from minisvc.grading.sandbox import seccomp

pytestmark = pytest.mark.skipif(not seccomp.known(), reason="there is no filter for this machine")
CONFINED = """
import ctypes, os, resource, signal, socket, threading
from minisvc.grading.sandbox import seccomp
assert seccomp.confine()
c = ctypes.CDLL(None, use_errno=True)
"""
REFUSED = {
    "fork": "os.fork()",
    "fork by the C library": "assert c.fork() >= 0, os.strerror(ctypes.get_errno())",
    "another program": "os.execv('/bin/true', ['true'])",
    "spawn": "os.posix_spawn('/bin/true', ['true'], {})",
    "a signal to who started it": "os.kill(os.getppid(), signal.SIGURG)",
    "limits of who started it": "resource.prlimit(os.getppid(), resource.RLIMIT_NOFILE)",
    "a socket of a service on this machine": "socket.socket(socket.AF_UNIX)",
    "UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "what only root may": "os.chroot('/')",
}
ALLOWED = {
    "threads": "t = threading.Thread(target=print); t.start(); t.join()",
    "TCP": "socket.socket(socket.AF_INET).close(); socket.socket(socket.AF_INET6).close()",
    "names of this machine": "socket.getaddrinfo('localhost', 80)",
    "a pair of sockets": "socket.socketpair()",
    "its own limits": "resource.getrlimit(resource.RLIMIT_NOFILE)",
    "a signal to itself": "signal.signal(signal.SIGUSR1, lambda *_: 0); signal.raise_signal(signal.SIGUSR1)",
}


def run(line: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", CONFINED + line]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("line", REFUSED.values(), ids=REFUSED)
def test_the_kernel_refuses(line):
    done = run(line)
    assert done.returncode == 1
    assert "Operation not permitted" in done.stderr.splitlines()[-1]


def test_the_kernel_lets_a_service_do_what_services_do():
    done = run("\n".join(ALLOWED.values()))
    assert done.returncode == 0, done.stderr
