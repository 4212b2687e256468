"""What members say to each other and to the hub: msgpack, each message after its length in four bytes."""

from __future__ import annotations

import math
import select
import socket
from typing import TypeVar

import msgspec

from minisvc.keyvalue import ABSENT

T = TypeVar("T")
MOST_BYTES = 1 << 30


class Copy(msgspec.Struct, frozen=True, array_like=True):
    """A session as one member holds it.

    Attributes:
        epoch: the number of the view in which it was written, or that of the copy it came after if that is larger: what
            the members agreed on after they had missed one wins over what that one wrote to itself.
        number, writer: of one epoch the larger number is newer, and of equal ones the later name.
        value: None is a tombstone: the session was deleted.
        expires_at_s: on the mechanism's clock, which all members share; None: never.
    """

    key: str
    epoch: int
    number: int
    writer: str
    value: bytes | None
    expires_at_s: float | None = None

    @property
    def age(self) -> tuple[int, int, str]:
        """Copies of one session are ordered by this."""
        return self.epoch, self.number, self.writer

    @property
    def version(self) -> str:
        """As `KeyValue` has it; a tombstone's is that of nothing."""
        return ABSENT if self.value is None else f"{self.epoch}.{self.number}@{self.writer}"


class Counts(msgspec.Struct, frozen=True, array_like=True):
    """What a member did since it started.

    Attributes:
        writes: how many it decided as an owner.
        copies: how many it sent of them that were acknowledged.
        forwards: how many reads and writes it had to ask another owner for.
    """

    writes: int = 0
    copies: int = 0
    forwards: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(self.writes + other.writes, self.copies + other.copies, self.forwards + other.forwards)


class Ask(msgspec.Struct, array_like=True):
    """A question to a member.

    Attributes:
        what: "get" and "put" (to an owner; `value` None deletes), "have" (what it holds itself), "keep" (a copy),
            "all" (everything that it holds), "share" (bring the number of copies up to what it should be),
            "counts".
        version: what a "put" expects, as `KeyValue.put` has it.
    """

    what: str
    key: str = ""
    value: bytes | None = None
    expires_at_s: float | None = None
    version: str = ""
    copy: Copy | None = None


class Told(msgspec.Struct, array_like=True):
    """The answer; `copy` None: there is none, or the write was refused."""

    copy: Copy | None = None
    copies: list[Copy] = []
    counts: Counts = Counts()


class Member(msgspec.Struct, frozen=True, array_like=True):
    """An instance that runs: where it listens, and whether it has taken its share."""

    name: str
    port: int
    filled: bool = False


class View(msgspec.Struct, frozen=True, array_like=True):
    """Who is there now; a larger number is a later view."""

    number: int = 0
    members: list[Member] = []

    @property
    def ports(self) -> dict[str, int]:
        """By name."""
        return {each.name: each.port for each in self.members}

    @property
    def settled(self) -> bool:
        """Whether everybody has taken its share."""
        return all(each.filled for each in self.members)


class News(msgspec.Struct, array_like=True):
    """To the hub: "join" (`name` is at `port`), "filled", or "gone" (`name` does not answer at `port`)."""

    what: str
    name: str = ""
    port: int = 0


def send(link: socket.socket, message: msgspec.Struct) -> None:
    """Send a whole message."""
    data = msgspec.msgpack.encode(message)
    link.sendall(len(data).to_bytes(4, "big") + data)


def receive(link: socket.socket, kind: type[T]) -> T:
    """Wait for a whole message.

    Raises:
        ConnectionError: the other side closed, or does not speak so.
    """
    size = int.from_bytes(_exactly(link, 4), "big")
    if size > MOST_BYTES:
        raise ConnectionError(f"a message of {size} bytes is none of ours")
    try:
        return msgspec.msgpack.decode(_exactly(link, size), type=kind)
    except msgspec.DecodeError as error:
        raise ConnectionError(f"a message that is none of ours: {error}") from error


def is_readable(link: socket.socket, within_s: float | None) -> bool:
    """Whether a message, or the end, comes within that time (None: wait for it)."""
    asked = select.poll()
    # Not select(), which knows no descriptors above 1023. A closed one is an error that `receive` tells.
    asked.register(link, select.POLLIN)
    return bool(asked.poll(None if within_s is None else math.ceil(within_s * 1000)))


def _exactly(link: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        piece = link.recv(min(size - len(data), 1 << 20))
        if not piece:
            raise ConnectionResetError("the other side closed")
        data += piece
    return bytes(data)
