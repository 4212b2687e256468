"""Landlock by system call: a process of Linux gives up rights to files and networks, without privileges.

Source: the Linux kernel's documentation, "Landlock: unprivileged access control" (userspace-api/landlock), and
include/uapi/linux/landlock.h for numbers and structures. What is given up cannot be had back, by any child either.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import or_
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH, _NET_PORT = 1, 2
_NO_NEW_PRIVS = 38

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
_REMOVE_AND_MAKE = sum(1 << bit for bit in range(4, 13))
_SINCE = {2: 1 << 13, 3: 1 << 14, 5: 1 << 15}
"""Rights of later versions: refer, truncate, ioctl on devices."""
BIND_TCP, CONNECT_TCP = 1, 2
_SCOPES = 1 | 2
"""Abstract UNIX sockets and signals to processes outside (version 6)."""

READ = READ_FILE | READ_DIR | EXECUTE


def version() -> int:
    """The kernel's version of Landlock; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    return max(0, int(_syscall(_CREATE, None, 0, _VERSION_FLAG)))


def confine(readable: Iterable[Path], writable: Sequence[Path], ports: Sequence[int]) -> bool:
    """Give up all but these files, folders and TCP ports of this or any machine. Returns whether the kernel did it.

    Sockets that are open already stay so. Networks are restricted from version 4 on, signals from version 6 on.
    """
    abi = version()
    if not abi:
        return False
    files = (
        READ | WRITE_FILE | _REMOVE_AND_MAKE | reduce(or_, (bit for since, bit in _SINCE.items() if abi >= since), 0)
    )
    ruleset = struct.pack("QQQ", files, BIND_TCP | CONNECT_TCP if abi >= 4 else 0, _SCOPES if abi >= 6 else 0)
    size = 8 * (1 + (abi >= 4) + (abi >= 6))
    rules = _checked(_syscall(_CREATE, ruleset, size, 0))
    for path in readable:
        _allow(rules, path, READ)
    for path in writable:
        _allow(rules, path, files & ~EXECUTE)
    for port in ports if abi >= 4 else ():
        _checked(_syscall(_ADD, rules, _NET_PORT, struct.pack("QQ", CONNECT_TCP, port), 0))
    _checked(_libc().prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
    _checked(_syscall(_RESTRICT, rules, 0))
    os.close(rules)
    return True


def _allow(rules: int, path: Path, rights: int) -> None:
    if not path.exists():
        return
    if not path.is_dir():
        rights &= READ_FILE | WRITE_FILE | EXECUTE | (_SINCE[3] if version() >= 3 else 0)
    descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        _checked(_syscall(_ADD, rules, _PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0))
    finally:
        os.close(descriptor)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _syscall(number: int, *arguments: int | bytes | None) -> int:
    return int(_libc().syscall(number, *arguments))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"Landlock: {os.strerror(number)}")
    return result
