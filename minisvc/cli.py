"""`minisvc`: open the lab, or run services in the foreground and break them.

Exit status: 0 done (Ctrl-C is how a running lab or service ends), 1 a claim is refuted, a notebook was not graded or an
exercise is not sound, 2 bad usage or something that cannot be run (the message is on stderr), 130 cancelled.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType
from typing import Any, NoReturn

from minisvc.commands import claims, compare, exercise, grade, lab, layouts, load, mechanisms, up
from minisvc.errors import MinisvcError, did_you_mean

CANCELLED = 128 + signal.SIGINT
ENDED = 128 + signal.SIGTERM
COMMANDS = (lab, up, load, layouts, mechanisms, claims, compare, grade, exercise)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    signal.signal(signal.SIGTERM, _terminate)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a mark must not crash an ASCII terminal
    try:
        asked = _parse(argv)
        run: Callable[[argparse.Namespace], int] = asked.run
        status = run(asked)
        sys.stdout.flush()
    except (MinisvcError, ImportError) as error:
        print(f"minisvc: {_without_lab(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return CANCELLED
    except BrokenPipeError:
        # Whoever read this has gone, as with `| head`: nothing more to say, at exit neither.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return status


class _Parser(argparse.ArgumentParser):
    """Says what is wrong, what is allowed and what to do, in two lines."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)
        self.set_defaults(parser=self)

    def error(self, message: str) -> NoReturn:
        wrong = re.search(r"argument COMMAND: invalid choice: '(.*?)'", message)
        if wrong:
            known = [each.__name__.rpartition(".")[2] for each in COMMANDS]
            message = f'there is no command "{wrong[1]}".{did_you_mean(wrong[1], known)}'
        print(f"{self.prog}: {message}\n  Try: {self.prog} --help", file=sys.stderr)
        raise SystemExit(2)

    def refuse(self, extra: Sequence[str]) -> NoReturn:
        """Say which of the words that nobody wanted is the first."""
        word = extra[0].partition("=")[0]
        if word.startswith("-"):
            known = dict.fromkeys(re.findall(r"--[a-z]+(?:-[a-z]+)*", self.format_help()))
            self.error(f'there is no option "{word}".{did_you_mean(word, known)}')
        self.error(f'"{word}" is one word too many.')


class _Version(argparse.Action):
    """Looks the version up when it is asked for, and not for every --help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        from importlib.metadata import version  # noqa: PLC0415

        print(f"minisvc {version('statewise')}")
        parser.exit()


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = _Parser(
        prog="minisvc",
        description="Break tiny services and see what is lost.",
        epilog="Exit status: 0 done; 1 a claim is refuted, a notebook was not graded, an exercise is not sound; "
        "2 bad usage or something that cannot be run; 130 cancelled.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)
    for each in COMMANDS:
        each.add(commands)
    asked, extra = parser.parse_known_args(argv)
    if extra:
        asked.parser.refuse(extra)
    return asked


def _without_lab(error: Exception) -> str:
    """The message, or what to install if a part of the lab is missing."""
    if not isinstance(error, ImportError):
        return str(error)
    missing = error.name or str(error)
    return f'the lab\'s parts are not installed ("{missing}" is missing).\n  Run: pip install "statewise[lab]"'


def _terminate(_signal: int, _frame: FrameType | None) -> NoReturn:
    # As an exception, so that every `with` on the way out closes what it opened.
    raise SystemExit(ENDED)
