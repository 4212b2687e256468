"""The advisor's own rules as they were last read, so that a short command need not parse them again.

A snapshot starts with all that it depends on: the text of the rules, their file's name in messages, the Python that
wrote it, and the code that read them. One that starts otherwise is not used. It holds plain values, from which
nothing but the classes of `advisor.model` is made; and it is only read if nobody else could have written it.
"""

import marshal
import os
import sys
from binascii import crc32
from dataclasses import dataclass, fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from advisor import errors, model
from advisor.model import Rulebook, rulebook, vocabulary

CLASSES = {
    each.__name__: each
    for each in (*vars(rulebook).values(), *vars(vocabulary).values(), errors.Place)
    if isinstance(each, type) and each.__module__.startswith("advisor.")
}
PACKAGE = Path(model.__file__).parents[1]
READERS = ("model", "rules", "checker.py", "document.py", "errors.py")
"""The code that a snapshot depends on, within the package."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Where the snapshot of a text lies, and how it has to start."""

    path: Path
    start: bytes

    @classmethod
    def of(cls, text: str, file: str) -> "Snapshot":
        """The snapshot of a rules text; `file` is what messages call it."""
        # Later versions of the format have many ways to write one value.
        start = marshal.dumps((sys.version, file, text, *_code()), 2)
        # One for each name, since places carry it; a foreign text under the same number starts otherwise.
        return cls(_folder() / f"rules-{crc32(file.encode()):08x}.snapshot", start)

    def recall(self) -> Rulebook | None:
        """The rulebook as it was read; None where there is no snapshot of this text that can be trusted."""
        try:
            with self.path.open("rb") as file:
                mine = _is_mine(os.fstat(file.fileno()))
                held = file.read() if mine else b""
        except OSError:
            return None  # not there, or not for us
        check = held[-4:]
        body = held[len(self.start) : -4]
        if not held.startswith(self.start) or check != _sum(body):
            return None
        found = _revived(marshal.loads(body))  # noqa: S302  # our own file, and a sum that says it is whole
        return found if isinstance(found, Rulebook) else None

    def keep(self, book: Rulebook) -> None:
        """Leave a snapshot behind; where nothing can be written, the rules are read anew each time."""
        body = marshal.dumps(_plain(book))
        beside = self.path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            beside.touch(0o600)
            beside.write_bytes(self.start + body + _sum(body))
            beside.replace(self.path)
        except OSError:
            return  # a folder that cannot be written to costs time, and nothing else


def _folder() -> Path:
    """Where programs keep what they can make again (XDG Base Directory Specification), or `LOCALAPPDATA`."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(home or Path.home() / ".cache") / "statewise"


def _is_mine(status: os.stat_result) -> bool:
    """Whether only this user could have written the file."""
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def _sum(body: bytes) -> bytes:
    return crc32(body).to_bytes(4, "big")


def _code() -> list[tuple[str, int, int]]:
    """Name, size and time of change of each file that makes rules out of a text."""
    places = [PACKAGE / name for name in READERS]
    files = [file for place in places for file in (place.iterdir() if place.is_dir() else (place,))]
    known = [(str(file), file.stat()) for file in sorted(files) if file.suffix == ".py"]
    return [(name, status.st_size, status.st_mtime_ns) for name, status in known]


def _plain(value: Any) -> Any:
    """A value as what marshal can write: each of our own as its class's name and its parts."""
    if isinstance(value, Enum):
        return [type(value).__name__, [value.value]]
    if is_dataclass(value):
        return [type(value).__name__, [_plain(getattr(value, each.name)) for each in fields(value)]]
    if isinstance(value, errors.Place):
        return ["Place", [*value]]
    if isinstance(value, dict):
        return ["dict", [(_plain(key), _plain(each)) for key, each in value.items()]]
    if isinstance(value, frozenset):
        return ["frozenset", [_plain(each) for each in value]]
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value


def _revived(value: Any) -> Any:
    """What `_plain` made a value of."""
    if type(value) is tuple:
        return tuple(map(_revived, value))
    if type(value) is not list:
        return value
    name, parts = value
    if name in {"dict", "frozenset"}:
        return (dict if name == "dict" else frozenset)(map(_revived, parts))
    return CLASSES[name](*map(_revived, parts))
