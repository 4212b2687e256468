"""The `advisor` command: do what its line asks for, say what went wrong, return an exit status."""

import os
import sys
from collections.abc import Sequence

DONE, BAD, CANCELLED = 0, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; None means the process's own arguments.

    Returns:
        0 done, 2 bad usage, answers or rules (told on stderr), 130 cancelled.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an arrow must not crash an ASCII terminal
    try:
        _follow(sys.argv[1:] if argv is None else argv, ours=argv is None)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader has seen enough. Without this, Python complains once more as it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # told, or raised again
        return _told(error)
    return DONE


def _told(error: BaseException) -> int:
    """Say what went wrong on stderr, and which exit status that is; whatever nobody foresaw is raised again."""
    from advisor.errors import AdvisorError, Cancelled  # noqa: PLC0415  # most lines end well

    if isinstance(error, AdvisorError):
        print(f"advisor: {error}" if len(error.faults) == 1 else error, file=sys.stderr)
        return BAD
    if not isinstance(error, KeyboardInterrupt):
        raise error
    print("\nCancelled." + (f" {error.way_on}" if isinstance(error, Cancelled) else ""), file=sys.stderr)
    return CANCELLED


def _follow(words: Sequence[str], *, ours: bool) -> None:
    """Do what a line asks for. What other programs ask again and again needs no parser for all lines.

    `ours` is whether the process ends after it.
    """
    files = words[1:-1]
    if files and words[0] == "recommend" and words[-1] == "--json" and not any(each.startswith("-") for each in files):
        import gc  # noqa: PLC0415
        from pathlib import Path  # noqa: PLC0415

        from advisor.commands import again  # noqa: PLC0415

        if ours:
            gc.disable()  # it would look for garbage a dozen times, and find none
        again.show([Path(each) for each in files], None)
        if ours:
            gc.freeze()  # and as the process ends, it would look through everything again
        return
    from advisor.commands import parser  # noqa: PLC0415

    parser.follow(words)
