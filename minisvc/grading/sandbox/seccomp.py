"""A filter on system calls, by system call: no other process, no signal to one, no socket but TCP. Without privileges.

Landlock guards files and TCP; this guards what Landlock leaves: new processes (of which a limit of `setrlimit` does not
hold root back), other processes' memory, UNIX sockets of services on this machine, and UDP. Threads are let be.

Source: seccomp(2), prctl(2), capabilities(7), and the kernel's include/uapi/linux/{seccomp,bpf_common,audit}.h;
numbers of system calls are those of the tables that the kernel has for each machine.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_NUMBER, _MACHINE = 0, 4
_FIRST, _SECOND = 16, 24
"""Where the kernel puts a call's number, machine and arguments (struct seccomp_data; low halves, little endian)."""
_NO_NEW_PRIVS, _SET_SECCOMP, _FILTER = 38, 22, 2
_CLONE_THREAD = 0x00010000
_X32 = 0x40000000
_TCP = 1
_TYPE_OF_SOCKET = 0xF
_IPV4, _IPV6 = 2, 10
_CAPABILITY_VERSION = 0x20080522

Code = tuple[int, int, int, int]
"""One instruction: operation, jump if so, jump if not, operand (struct sock_filter)."""


@dataclass(frozen=True, slots=True)
class _Calls:
    """Numbers of system calls on one machine; `never` is for: fork, vfork, execve, execveat, kill, tkill,
    rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_send_signal, ptrace, process_vm_readv, process_vm_writev, pidfd_getfd,
    unshare, setns, io_uring_setup (which does without these calls what they do)."""

    machine: int
    clone: int
    clone3: int
    socket: int
    tgkill: int
    prlimit: int
    capset: int
    never: tuple[int, ...]


_KNOWN = {
    "x86_64": _Calls(
        0xC000003E, 56, 435, 41, 234, 302, 126,
        (57, 58, 59, 322, 62, 200, 129, 297, 424, 101, 310, 311, 438, 272, 308, 425),
    ),
    "aarch64": _Calls(
        0xC00000B7, 220, 435, 198, 131, 261, 91,
        (221, 281, 129, 130, 138, 240, 424, 117, 270, 271, 438, 97, 268, 425),
    ),
}  # fmt: skip


def known() -> bool:
    """Whether there is a filter for this machine."""
    return _calls() is not None


def confine() -> bool:
    """Give up those calls, and every privilege of root, for good. Returns whether the kernel did it.

    For a process with one thread: others that it has already keep what they may.

    Raises:
        OSError: the kernel refuses, for another reason than that it was built without filters.
    """
    calls = _calls()
    if calls is None:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    _checked(libc.syscall(calls.capset, struct.pack("=Ii", _CAPABILITY_VERSION, 0), bytes(24)))
    code = b"".join(struct.pack("=HBBI", *each) for each in _program(calls, os.getpid()))
    program = ctypes.create_string_buffer(code, len(code))
    _checked(libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
    header = struct.pack("HP", len(code) // 8, ctypes.addressof(program))
    return _checked(libc.prctl(_SET_SECCOMP, _FILTER, header, 0, 0), unless=errno.EINVAL)


def _calls() -> _Calls | None:
    return _KNOWN.get(platform.machine()) if sys.platform == "linux" and sys.maxsize > 2**32 else None


def _program(calls: _Calls, me: int) -> Iterator[Code]:
    refuse = (_RETURN, 0, 0, _ERRNO | errno.EPERM)
    allow = (_RETURN, 0, 0, _ALLOW)
    # Another machine's calls (those of 32 bits) have other numbers, so none of them is let through.
    yield from ((_LOAD, 0, 0, _MACHINE), (_EQUAL, 1, 0, calls.machine), (_RETURN, 0, 0, _KILL))
    yield from ((_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _X32), refuse)
    for number in calls.never:
        yield from ((_EQUAL, 0, 1, number), refuse)
    # Its flags are out of a filter's reach; a C library that is told that there is no clone3 uses clone.
    yield from ((_EQUAL, 0, 1, calls.clone3), (_RETURN, 0, 0, _ERRNO | errno.ENOSYS))
    yield from ((_EQUAL, 0, 4, calls.clone), (_LOAD, 0, 0, _FIRST), (_ANY_BIT, 0, 1, _CLONE_THREAD), allow, refuse)
    yield from ((_EQUAL, 0, 4, calls.tgkill), (_LOAD, 0, 0, _FIRST), (_EQUAL, 0, 1, me), allow, refuse)
    # Limits of its own only: 0 is who calls.
    own = ((_EQUAL, 1, 0, 0), (_EQUAL, 0, 1, me), allow, refuse)
    yield from ((_EQUAL, 0, 5, calls.prlimit), (_LOAD, 0, 0, _FIRST), *own)
    yield from ((_EQUAL, 0, 8, calls.socket), (_LOAD, 0, 0, _FIRST), (_EQUAL, 1, 0, _IPV4), (_EQUAL, 0, 4, _IPV6))
    yield from ((_LOAD, 0, 0, _SECOND), (_AND, 0, 0, _TYPE_OF_SOCKET), (_EQUAL, 0, 1, _TCP), allow, refuse)
    yield allow


def _checked(result: int, unless: int = 0) -> bool:
    number = ctypes.get_errno() if result < 0 else 0
    if number and number != unless:
        raise OSError(number, f"seccomp: {os.strerror(number)}")
    return not number
