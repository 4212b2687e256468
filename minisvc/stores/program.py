"""A store server that the lab starts: a program on a loopback port of its own, gone with the lab however that ends."""

from __future__ import annotations

import tempfile
import time
from abc import abstractmethod
from typing import IO, ClassVar

from minisvc.errors import StoreUnavailable
from minisvc.guarded import Guarded
from minisvc.kept_port import KeptPort
from minisvc.stores.store import Store

READY_WITHIN_S = 10.0
LAST_WORDS_BYTES = 400


class NotYet(Exception):
    """The program does not answer so far."""


class Program(Store):
    """Started on a port that it keeps over crashes; durable ones have a temporary folder, which goes at `close`.

    Attributes:
        program: its name, as people call it.
        last: the signal that ends it in the end. What it would do at an orderly end is of no use here, and takes some
            of them a tenth of a second.
        port: where it listens on loopback.
        folder: where it may write, made when first asked for.
    """

    program: str
    last: ClassVar[str] = "KILL"

    def __init__(self) -> None:
        self._kept = KeptPort()
        self.port = self._kept.hold()
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._guard: Guarded | None = None

    @property
    def folder(self) -> str:
        """A folder of its own, which outlasts its crashes."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="statewise-", ignore_cleanup_errors=True)
        return self._folder.name

    @abstractmethod
    def _command(self) -> list[str]:
        """The program and its arguments."""

    @abstractmethod
    def _greet(self) -> str:
        """Ask it for its version, "" if it keeps that to itself. Raises NotYet while it does not answer."""

    def _run(self) -> None:
        with tempfile.TemporaryFile() as said:
            self._guard = Guarded(self._command(), last=self.last, said=said.fileno())
            try:
                self.kind = " ".join(filter(None, [self.program, self._wait(said)]))
            except BaseException:
                self._kill()
                self._clear()
                raise

    def _kill(self) -> None:
        if self._guard:
            self._guard.close()

    def _clear(self) -> None:
        if self._folder:
            self._folder.cleanup()
            self._folder = None

    def _wait(self, said: IO[bytes]) -> str:
        deadline_s = time.monotonic() + READY_WITHIN_S
        while True:
            try:
                return self._greet()
            except NotYet as error:
                if time.monotonic() > deadline_s:
                    why = f"not ready after {READY_WITHIN_S:g} s: {_last_words(said) or error}"
                    by_hand = f"Try it by hand: {' '.join(self._command())}"
                    raise StoreUnavailable(self.program, why, by_hand) from error
                time.sleep(0.001)


def _last_words(said: IO[bytes]) -> str:
    size = said.seek(0, 2)
    said.seek(max(0, size - LAST_WORDS_BYTES))
    return " ".join(said.read().decode(errors="replace").split())
