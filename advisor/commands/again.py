"""Advice as JSON that was asked for before: the same answers, rules and code give the same text.

It imports little, so that a command that is run often, as checks of a repository are, costs little more than Python.
"""

import sys
from collections.abc import Sequence
from hashlib import sha256

from advisor import cache
from advisor.rules.load import default_rules_file

TYPE_CHECKING = False
if TYPE_CHECKING:  # slow to import
    from pathlib import Path

MOST_BYTES = 4_000_000
"""No answers or rules are longer."""


class Asked:
    """What was asked: answer files under rules.

    Args:
        files: at least one.
        rules: None means the advisor's own.
    """

    def __init__(self, files: "Sequence[Path]", rules: "Path | None") -> None:
        self._files = files
        self._rules = rules
        self._start = self._now()

    def answer(self) -> str | None:
        """The text that it got before; None where it has to be worked out."""
        known = cache.recall(self._name, self._start) if self._start else None
        return None if known is None else known.decode()

    def keep(self, text: str) -> None:
        """Keep what it got, unless a file has changed meanwhile."""
        if self._start and self._start == self._now():
            cache.keep(self._name, self._start, text.encode())

    @property
    def _name(self) -> str:
        return f"advice-{self._start.hex()[:16]}"

    def _now(self) -> bytes:
        """A digest of all that the text depends on; empty where a file cannot be read, which is told elsewhere."""
        files = (self._rules or default_rules_file(), *self._files)
        try:
            # What a pipe gives, it gives once; and whoever names a disk image will be told so.
            if not all(file.is_file() and file.stat().st_size <= MOST_BYTES for file in files):
                return b""
            texts = [(str(file), file.read_bytes()) for file in files]
        except (OSError, ValueError):
            return b""
        return sha256(repr((sys.version, cache.code(), texts)).encode()).digest()
