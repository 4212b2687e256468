"""Programs that end with this process, however it ends: a killed kernel leaves nothing behind."""

from __future__ import annotations

import contextlib
import subprocess
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import IO

ENDED_WITHIN_S = 5.0

# The shell holds the program's life: when this process ends, the pipe on the shell's stdin closes, `read`
# returns and the program is told to end. Until then every line that is read names a signal for it. A program may have
# ended by itself, which is no news for its output.
_GUARD = """
last=$1; shift
"$@" & program=$!
while read -r signal; do kill -"$signal" "$program" 2>/dev/null; done
kill -"$last" "$program" 2>/dev/null
wait "$program"
"""


class Guarded:
    """A program that runs until `close`, or until this process ends.

    Args:
        command: the program and its arguments.
        last: the signal that ends it, such as "KILL" for one with nothing to save, or "TERM" for one that has
            children of its own to end.
        said: where its output goes, a file or a descriptor; None drops it.

    Raises:
        OSError: there is no shell.
    """

    def __init__(self, command: Sequence[str], *, last: str = "TERM", said: Path | int | None = None) -> None:
        wanted = subprocess.DEVNULL if said is None else said
        with wanted.open("ab") if isinstance(wanted, Path) else contextlib.nullcontext(wanted) as output:
            self._guard = subprocess.Popen(  # noqa: S603  # a program that PATH names, with arguments of ours
                ["/bin/sh", "-c", _GUARD, "guard", last, *command],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                # Ctrl-C and a kernel's interrupt go to the whole process group: they are not meant for it.
                start_new_session=True,
            )
        # A weak finalizer runs once: on close, or at the interpreter's exit if nobody closed.
        self._close = weakref.finalize(self, _end, self._guard.stdin, self._guard)

    def signal(self, name: str) -> None:
        """Send the program a signal by its name without SIG, such as "HUP"."""
        assert self._guard.stdin is not None
        self._guard.stdin.write(f"{name}\n".encode())
        self._guard.stdin.flush()

    def close(self) -> None:
        """End the program and wait for its end. Closing twice changes nothing."""
        self._close()


def _end(stdin: IO[bytes] | None, guard: subprocess.Popen[bytes]) -> None:
    if stdin:
        with contextlib.suppress(BrokenPipeError):
            stdin.close()
    guard.wait(ENDED_WITHIN_S)
