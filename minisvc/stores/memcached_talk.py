"""memcached's text protocol, as far as its clients here speak it: bytes in, bytes out, no I/O.

By memcached's protocol.txt: a line of words; for a storing command then a block of so many bytes. An error of the
client leaves the connection open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from minisvc.stores.memcached_items import Item, Items

VERSION = "1.6.0"
MOST_VALUE_BYTES = 1024 * 1024
LONGEST_KEY = 250
LONGEST_LINE = 2048
BAD_FORMAT = b"CLIENT_ERROR bad command line format\r\n"
STORING = (b"set", b"add", b"replace", b"cas")


@dataclass(frozen=True, slots=True)
class _Block:
    """A storing command that waits for its bytes. `unique` only for cas."""

    command: bytes
    key: bytes
    flags: int
    ttl: int
    length: int
    unique: int
    silent: bool


class Talk:
    """One client's side of the conversation. `over` once it said quit."""

    def __init__(self, items: Items) -> None:
        self._items = items
        self._unread = b""
        self._block: _Block | None = None
        self.over = False
        self._commands: dict[bytes, Callable[[list[bytes]], bytes]] = {
            b"get": lambda words: self._get(words, unique=False),
            b"gets": lambda words: self._get(words, unique=True),
            b"delete": lambda words: _said(self._items.delete(words[0]), b"DELETED"),
            b"touch": lambda words: _said(self._items.touch(words[0], int(words[1])), b"TOUCHED"),
            b"flush_all": self._flush,
            b"stats": self._stats,
            b"version": lambda _: f"VERSION {VERSION}\r\n".encode(),
            b"lru_crawler": self._dump,
            b"quit": self._quit,
        }

    def heard(self, data: bytes) -> bytes:
        """Take what arrived; returns what to answer."""
        self._unread += data
        answers = []
        while not self.over and (answer := self._next()) is not None:
            answers.append(answer)
        return b"".join(answers)

    def _next(self) -> bytes | None:
        """The answer to the next whole command; None if there is none yet."""
        if self._block:
            return self._take_block(self._block)
        line, end, rest = self._unread.partition(b"\n")
        if not end:
            self.over = len(line) > LONGEST_LINE
            return None
        self._unread = rest
        words = line.split()
        if not words:
            return b"ERROR\r\n"
        try:
            return self._obey(words[0], words[1:])
        except (ValueError, IndexError):
            return BAD_FORMAT

    def _obey(self, command: bytes, words: list[bytes]) -> bytes:
        silent = bool(words) and words[-1] == b"noreply"
        words = words[:-1] if silent else words
        if any(len(word) > LONGEST_KEY for word in words):
            return BAD_FORMAT
        if command in STORING:
            self._block = _block(command, words, silent=silent)
            return b""
        if command not in self._commands:
            return b"ERROR\r\n"
        answer = self._commands[command](words)
        return b"" if silent else answer

    def _take_block(self, block: _Block) -> bytes | None:
        if len(self._unread) < block.length + 2:
            return None
        value, end = self._unread[: block.length], self._unread[block.length : block.length + 2]
        self._unread, self._block = self._unread[block.length + 2 :], None
        if end != b"\r\n":
            answer = b"CLIENT_ERROR bad data chunk\r\n"
        elif len(block.key) + block.length > MOST_VALUE_BYTES:
            # What was there would be stale now, so memcached removes it too.
            self._items.delete(block.key)
            answer = b"SERVER_ERROR object too large for cache\r\n"
        else:
            answer = self._store(block, value)
        return b"" if block.silent else answer

    def _store(self, block: _Block, value: bytes) -> bytes:
        present = self._items.get(block.key)
        refused = _refused(block, present)
        if refused:
            return refused
        self._items.put(block.key, value, block.flags, block.ttl)
        return b"STORED\r\n"

    def _get(self, keys: list[bytes], *, unique: bool) -> bytes:
        if not keys:
            return b"ERROR\r\n"
        found = []
        for key in keys:
            item = self._items.get(key)
            if item:
                last = b" %d" % item.unique if unique else b""
                found.append(b"VALUE %s %d %d%s\r\n%s\r\n" % (key, item.flags, len(item.value), last, item.value))
        return b"".join([*found, b"END\r\n"])

    def _flush(self, _: list[bytes]) -> bytes:
        self._items.clear()
        return b"OK\r\n"

    def _stats(self, _: list[bytes]) -> bytes:
        items = self._items
        figures = {
            "version": VERSION,
            "curr_items": len(items),
            "bytes": items.size,
            "limit_maxbytes": items.most_bytes,
            "evictions": items.evictions,
        }
        return "".join([*(f"STAT {name} {value}\r\n" for name, value in figures.items()), "END\r\n"]).encode()

    def _dump(self, words: list[bytes]) -> bytes:
        if len(words) != 2 or words[0] != b"metadump":
            return b"ERROR\r\n"
        # These lines end without a carriage return, as memcached's do.
        listed = [
            f"key={quote(key)} exp={-1 if item.expires_at is None else int(item.expires_at)} "
            f"la=0 cas={item.unique} fetch=no cls=1 size={item.size}\n".encode()
            for key, item in self._items.living()
        ]
        return b"".join([*listed, b"END\r\n"])

    def _quit(self, _: list[bytes]) -> bytes:
        self.over = True
        return b""


def _block(command: bytes, words: list[bytes], *, silent: bool) -> _Block:
    """Raises ValueError if the words are not the command's."""
    key, flags, ttl, length, *more = words
    if len(more) != (command == b"cas") or int(length) < 0:
        raise ValueError(words)
    return _Block(command, key, int(flags), int(ttl), int(length), int(more[0]) if more else 0, silent)


def _refused(block: _Block, present: Item | None) -> bytes:
    """Why a storing command changes nothing; b"" if it does."""
    if block.command == b"cas":
        if present is None:
            return b"NOT_FOUND\r\n"
        return b"" if present.unique == block.unique else b"EXISTS\r\n"
    wanted = {b"add": present is None, b"replace": present is not None}.get(block.command, True)
    return b"" if wanted else b"NOT_STORED\r\n"


def _said(done: bool, word: bytes) -> bytes:
    return (word if done else b"NOT_FOUND") + b"\r\n"
