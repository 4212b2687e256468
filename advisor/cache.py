"""What can be made again, kept in files that nobody else could have written.

An entry starts with all that it depends on. One that starts otherwise is not used, nor one that is not whole. Where
nothing can be kept, everything is made anew each time: that costs time, and nothing else.
"""

import os
from binascii import crc32
from contextlib import suppress
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
SUM_BYTES = 4
MOST = 200
"""More entries than that are not kept; the oldest go first."""


def recall(name: str, start: bytes) -> bytes | None:
    """What was kept under a name; None where there is nothing that starts so, is whole, and is ours."""
    try:
        with (folder() / name).open("rb") as file:
            held = file.read() if _is_mine(os.fstat(file.fileno())) else b""
    except OSError:
        return None
    body = held[len(start) : -SUM_BYTES]
    return body if held.startswith(start) and held[-SUM_BYTES:] == _sum(body) else None


def keep(name: str, start: bytes, body: bytes) -> None:
    """Keep something under a name, in place of what was there; see the module for where that fails."""
    place = folder() / name
    beside = place.with_suffix(f".{os.getpid()}.tmp")
    with suppress(OSError):
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _make_room(place.parent)
        beside.touch(0o600)
        beside.write_bytes(start + body + _sum(body))
        beside.replace(place)


def folder() -> Path:
    """Where programs keep what they can make again (XDG Base Directory Specification), or `LOCALAPPDATA`."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(home or Path.home() / ".cache") / "statewise"


@cache
def code() -> tuple[tuple[str, int, int], ...]:
    """Name, size and time of change of each file of the package, as they are when it is first asked.

    What is kept depends on all of them.
    """
    found = []
    waiting = [str(PACKAGE)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir() and entry.name != "__pycache__":
                    waiting.append(entry.path)
                elif entry.name.endswith(".py"):
                    status = entry.stat()
                    found.append((entry.path, status.st_size, status.st_mtime_ns))
    return tuple(sorted(found))


def _make_room(place: Path) -> None:
    entries = list(place.iterdir())
    if len(entries) >= MOST:
        for entry in sorted(entries, key=lambda each: each.stat().st_mtime_ns)[: MOST // 2]:
            entry.unlink(missing_ok=True)


def _is_mine(status: os.stat_result) -> bool:
    """Whether only this user could have written the file."""
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def _sum(body: bytes) -> bytes:
    return crc32(body).to_bytes(SUM_BYTES, "big")
