"""Advice as JSON that was asked for before: the same answers, rules and code give the same text.

It imports little, so that a command that is run often, as checks of a repository are, costs little more than Python.
"""

import sys
from binascii import crc32
from collections.abc import Sequence

from advisor import cache
from advisor.rules.load import default_rules_file

TYPE_CHECKING = False
if TYPE_CHECKING:  # slow to import
    from pathlib import Path

MOST_BYTES = 100_000
"""Answers that are longer in all are worked out each time; so are rules above the 4 MB that the advisor reads."""
RULES_BYTES = 4_000_000


def show(files: "Sequence[Path]", rules: "Path | None") -> None:
    """Print the advice on answer files as JSON, which is kept for the next time.

    Args:
        files: at least one.
        rules: None means the advisor's own.

    Raises:
        AdvisorError: the rules or the answers have faults; carries those of all files.
    """
    asked = Asked(files, rules)
    known = asked.answer()
    if known is not None:
        sys.stdout.write(known)
        return
    from advisor.commands import recommend  # noqa: PLC0415

    recommend.run(files, rules, "json", None, asked.keep)


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
        return f"advice-{crc32(self._start):08x}"

    def _now(self) -> bytes:
        """All that the text depends on; empty where a file cannot be read, which is told elsewhere."""
        rules = self._rules or default_rules_file()
        try:
            # What a pipe gives, it gives once; and whoever names a disk image will be told so.
            if not all(file.is_file() for file in (rules, *self._files)) or rules.stat().st_size > RULES_BYTES:
                return b""
            if sum(file.stat().st_size for file in self._files) > MOST_BYTES:
                return b""
            texts = [(str(file), file.read_bytes()) for file in self._files]
            known = (str(rules), rules.stat().st_size, rules.stat().st_mtime_ns, crc32(rules.read_bytes()))
        except (OSError, ValueError):
            return b""
        return repr((sys.version, cache.code(), known, texts)).encode()
