"""What an instance of a submission gives up before it runs a line of it.

Four walls, for none is enough alone: limits of the kernel (getrlimit(2)) against too much of anything; Landlock, where
the kernel has it, against files and networks that are not the submission's; a filter on system calls (seccomp) against
processes, signals and privileges; and an audit hook (PEP 578), which can be got round by who tries hard, but says in
words what was tried.
"""

from __future__ import annotations

import os
import resource
import socket
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import minisvc
from minisvc.grading.sandbox import landlock, seccomp
from minisvc.grading.sandbox.birth import Birth, Work

SYSTEM = ("/usr", "/lib", "/lib64", "/proc/self", "/sys/devices/system/cpu", "/dev/urandom", "/dev/random")
SETTINGS = (
    *("gai.conf", "group", "host.conf", "hosts", "ld.so.cache", "localtime", "mime.types", "nsswitch.conf"),
    *("os-release", "passwd", "pki/tls/certs", "protocols", "resolv.conf", "services", "ssl/certs", "ssl/openssl.cnf"),
    "timezone",
)
"""Of the system, in /etc; what else is there may be a secret, above all where root grades."""
DEVICES = ("/dev/null", "/dev/full")
MOST_FILES, MORE_TASKS = 256, 128
MB = 2**20

_STARTS = ("os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen")
_STARTS_IN_C = {"fork", "vfork", "clone", "system", "popen", "posix_spawn", "posix_spawnp", "execv", "execve", "execvp"}
_SIGNALS = ("os.kill", "os.killpg")
_REACHES = ("socket.connect", "socket.sendto", "socket.sendmsg")
_CHANGES = ("os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.symlink", "os.truncate")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def give_up(work: Work, birth: Birth, tell: Callable[[str], object]) -> None:
    """Give up everything that a service has no use for; `tell` hears in words of each later attempt."""
    _limit(work)
    readable, writable = _readable(work), [Path(birth.folder), *map(Path, DEVICES)]
    hook = _Hook(readable, writable, birth.ports, tell)
    # A library that looks around for its version (importlib.metadata) tries every place on the path, and must not be
    # blamed for a checkout that a submission may not read.
    sys.path[:] = [each for each in sys.path if hook.may_read(each)]
    landlock.confine(readable, writable, birth.ports)
    seccomp.confine()
    sys.addaudithook(hook)


def _limit(work: Work) -> None:
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, work.cpu_s),
        (resource.RLIMIT_AS, work.memory_mb * MB),
        (resource.RLIMIT_FSIZE, work.file_mb * MB),
        (resource.RLIMIT_NOFILE, MOST_FILES),
        (resource.RLIMIT_NPROC, _own_tasks() + MORE_TASKS),
    ):
        hard = resource.getrlimit(what)[1]
        wanted = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (wanted, wanted))


def _own_tasks() -> int:
    """Tasks of this person now, for the limit counts them all and not only those of the submission (setrlimit(2))."""
    me, tasks = os.getuid(), 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if process.stat().st_uid == me:
                tasks += sum(1 for _ in (process / "task").iterdir())
        except OSError:
            continue  # it has ended meanwhile
    return tasks


def _readable(work: Work) -> list[Path]:
    python = (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values())
    # The package itself, and not what lies beside it in a checkout: there are the answers.
    ours = Path(minisvc.__file__).parent
    settings = [f"/etc/{each}" for each in SETTINGS]
    wanted: list[str | Path] = [*SYSTEM, *settings, *python, ours, *work.readable]
    return [Path(each).resolve() for each in wanted if Path(each).exists()]


class _Hook:
    """Refuses, and says so, what a service has no business with."""

    def __init__(self, readable: list[Path], writable: list[Path], ports: Any, tell: Callable[[str], object]) -> None:
        self._readable = tuple(map(str, readable))
        self._writable = tuple(str(each.resolve()) for each in writable)
        self._ports, self._tell = tuple(ports), tell

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """As PEP 578 has it; what is raised reaches the caller."""
        if event == "socket.bind":
            # An experiment in a cell of a student's own, most likely: no harm meant, and none done.
            raise PermissionError("While it is graded, a submission serves nothing but its app.")
        refused = self._refused(event, arguments)
        if refused:
            self._tell(refused)
            raise PermissionError(f"The grader does not let a submission {refused}.")

    def may_read(self, path: str) -> bool:
        """Whether it is let read there; "" is where it stands."""
        return not self._beyond(path, "read", None)

    def _refused(self, event: str, arguments: tuple[Any, ...]) -> str:
        """What is tried and refused, such as "read /etc/x"; "" for what is allowed."""
        if event == "open":
            path, _, flags = arguments
            writes = bool(flags & _WRITES)
            return self._beyond(path, "write" if writes else "read", self._writable if writes else None)
        if event in _CHANGES:
            return self._beyond(arguments[0], "write", self._writable)
        if event in _STARTS:
            return f"start a process ({event})"
        if event.startswith("ctypes.dlsym") and arguments[1] in _STARTS_IN_C:
            return f"start a process ({arguments[1]} of the C library)"
        if event in _SIGNALS:
            return f"send a signal to process {arguments[0]}"
        return self._reached(*arguments) if event in _REACHES else ""

    def _reached(self, link: socket.socket, address: Any) -> str:
        if address is None:
            return ""
        if not isinstance(address, tuple):
            return f"connect to {address!r}"
        # A port of ours is a store's, which is asked over TCP.
        ours = link.type == socket.SOCK_STREAM and address[1] in self._ports
        return "" if ours else f"connect to {address[0]} port {address[1]}"

    def _beyond(self, path: Any, verb: str, within: tuple[str, ...] | None) -> str:
        if isinstance(path, int) or path is None:
            return ""
        real = os.path.realpath(os.fsdecode(path))
        allowed = (*self._readable, *self._writable) if within is None else within
        inside = any(real == each or real.startswith(each.rstrip("/") + "/") for each in allowed)
        return "" if inside else f"{verb} {real}"
