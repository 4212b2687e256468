"""The `advisor` command: parse the line, do one thing, say it, return an exit status."""

import argparse
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from advisor.answers import load_answers, save_answers
from advisor.engine import advise
from advisor.errors import AdvisorError, Fault, OutOfInputError, Place, UsageError, did_you_mean
from advisor.interview import Interview
from advisor.model import Advice, AnswerFile, Rulebook
from advisor.rules import load_rules

DONE, BAD, CANCELLED = 0, 2, 130
COMMANDS = ("recommend", "resume", "rules")


class _Parser(argparse.ArgumentParser):
    """Raises instead of exiting, and guesses what was meant."""

    def error(self, message: str) -> NoReturn:
        wrong = re.search(r"invalid choice: '([^']*)'", message)
        unknown = re.search(r"unrecognized arguments: (\S+)", message)
        hint = f"See {self.prog} --help."
        if wrong:
            known = COMMANDS if self.prog == "advisor" else ("check",)
            raise UsageError([Fault(None, f'there is no command "{wrong[1]}".', did_you_mean(wrong[1], known))])
        if unknown and unknown[1].startswith("-"):
            options = ("--json", "--rules", "--plain", "--answers", "--version", "--help")
            raise UsageError([Fault(None, f'there is no option "{unknown[1]}".', did_you_mean(unknown[1], options))])
        raise UsageError([Fault(None, f"{message}.", hint)])


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; None means the process's own arguments.

    Returns:
        0 done, 2 bad usage, answers or rules (told on stderr), 130 cancelled.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an arrow must not crash an ASCII terminal
    try:
        status = _run(_parser().parse_args(argv))
        sys.stdout.flush()
    except AdvisorError as error:
        print(f"advisor: {error}" if len(error.faults) == 1 else error, file=sys.stderr)
        return BAD
    except KeyboardInterrupt:
        print("\nCancelled.", file=sys.stderr)
        return CANCELLED
    except BrokenPipeError:
        # The reader has seen enough. Without this, Python complains once more as it exits.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    return status


def _parser() -> _Parser:
    parser = _Parser(
        prog="advisor",
        description="Where should a service keep its state? Without a command: the interview.",
        epilog="Exit status: 0 done; 2 bad usage, answers or rules; 130 cancelled.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument("--plain", action="store_true", help="numbered lines in place of menus")
    parser.add_argument("--answers", type=Path, metavar="FILE", help="keep the interview's answers here")
    parser.add_argument("--rules", type=Path, metavar="FILE", help="use other rules than the advisor's own")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    recommend = commands.add_parser("recommend", help="advise on an answer file, without questions")
    recommend.add_argument("file", type=Path, metavar="FILE", help="answers in YAML or JSON")
    recommend.add_argument("--json", action="store_true", help="print JSON, and nothing else")
    recommend.add_argument("--rules", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="use other rules")
    resume = commands.add_parser("resume", help="go on with an interview")
    resume.add_argument("file", type=Path, metavar="FILE", help="the answers so far")
    resume.add_argument("--plain", action="store_true", default=argparse.SUPPRESS, help="numbered lines")
    resume.add_argument("--rules", type=Path, metavar="FILE", default=argparse.SUPPRESS, help="use other rules")
    rules = commands.add_parser("rules", help="work on a rules file")
    tasks = rules.add_subparsers(dest="task", metavar="TASK", required=True, parser_class=_Parser)
    check = tasks.add_parser("check", help="report every fault of a rules file")
    check.add_argument("file", type=Path, metavar="FILE", nargs="?", help="default: the advisor's own rules")
    return parser


def _run(line: argparse.Namespace) -> int:
    if line.version:
        from importlib.metadata import version  # noqa: PLC0415  # 30 ms for one word

        print(f"advisor {version('statewise')}")
        return DONE
    if line.command == "recommend":
        return _recommend(line)
    if line.command == "rules":
        return _check(line.file)
    rulebook = load_rules(line.rules)
    if line.command == "resume":
        file = load_answers(line.file, rulebook, unfinished=True)
        return _interview(Interview.resumed(rulebook, file), line.file, line)
    path = line.answers or _free_place(Path("answers.yaml"))
    if path.exists():
        raise UsageError([Fault(Place(str(path)), "this file exists.", f"Go on with it: advisor resume {path}")])
    return _interview(Interview(rulebook), path, line)


def _recommend(line: argparse.Namespace) -> int:
    rulebook = load_rules(line.rules)
    advice = advise(rulebook, load_answers(line.file, rulebook))
    if line.json:
        from json import dumps  # noqa: PLC0415

        from advisor.report.data import data_of  # noqa: PLC0415

        print(dumps(data_of(advice), indent=2))
    else:
        _show(advice, rulebook)
    return DONE


def _show(advice: Advice, rulebook: Rulebook) -> None:
    from rich.console import Console  # noqa: PLC0415  # 35 ms that --json need not pay

    from advisor.report.screen import show  # noqa: PLC0415

    show(advice, rulebook, Console(highlight=False))


def _check(path: Path | None) -> int:
    from advisor.check import check_rules  # noqa: PLC0415

    report = check_rules(path)
    print(f"{report.file}: no faults.")
    print("  " + ", ".join(f"{count} {noun}" for noun, count in report.counts.items()))
    return DONE


def _interview(interview: Interview, path: Path, line: argparse.Namespace) -> int:
    from advisor.prompts import face_for, hold  # noqa: PLC0415

    face = face_for(plain=line.plain)
    print(f"Answers are kept in {path} as you go.\n")
    try:
        file = hold(interview, face, lambda answers: save_answers(path, answers))
    except KeyboardInterrupt:
        print(f"\nCancelled. {_way_on(path)}", file=sys.stderr)
        return CANCELLED
    except OutOfInputError as error:
        print(f"advisor: {error} {_way_on(path)}", file=sys.stderr)
        return BAD
    return _end(interview.rulebook, file, path)


def _end(rulebook: Rulebook, file: AnswerFile, path: Path) -> int:
    print()
    _show(advise(rulebook, file), rulebook)
    print(f"\nYour answers are kept. See this again:\n  {_command('recommend', path)}")
    return DONE


def _way_on(path: Path) -> str:
    return f"Go on with: {_command('resume', path)}" if path.exists() else "Start again with: advisor"


def _command(name: str, path: Path) -> str:
    from shlex import quote  # noqa: PLC0415

    return f"advisor {name} {quote(str(path))}"


def _free_place(path: Path) -> Path:
    """The path, or the first numbered one beside it that is not taken."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
