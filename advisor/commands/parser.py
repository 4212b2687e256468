"""How the command's lines are read, and which command each asks for."""

import argparse
import re
from collections.abc import Sequence

from advisor.commands import lines

TYPE_CHECKING = False
if TYPE_CHECKING:  # a quarter of what --help may take, if it were imported
    from typing import NoReturn

    from advisor.errors import Fault

OPTIONS = ("--json", "--format", "--output", "--set", "--rules", "--plain", "--answers", "--version", "--help")


class _Parser(lines.LateParser):
    """Raises instead of exiting, and guesses what was meant."""

    def error(self, message: str) -> "NoReturn":
        from advisor.errors import Fault, UsageError, did_you_mean  # noqa: PLC0415

        wrong = re.search(r"argument (\S+): invalid choice: '([^']*)'", message)
        unknown = re.search(r"unrecognized arguments: (\S+)", message)
        if wrong:
            raise UsageError([self._wrong_choice(wrong[1], wrong[2])])
        if unknown and unknown[1].startswith("-"):
            others = [option for option in OPTIONS if option != unknown[1]]  # it may be one of another command
            raise UsageError([Fault(None, f'there is no option "{unknown[1]}".', did_you_mean(unknown[1], others))])
        raise UsageError([Fault(None, f"{message}.", f"See {self.prog} --help.")])

    def _wrong_choice(self, argument: str, value: str) -> "Fault":
        """The fault of an argument, called as argparse calls it, whose value is none of its choices."""
        from advisor.errors import Fault, did_you_mean  # noqa: PLC0415

        action = next(each for each in self._actions if argument in {each.metavar, "/".join(each.option_strings)})
        what = f"there is no {argument.removeprefix('--').lower()}" if action.option_strings else "there is no command"
        return Fault(None, f'{what} "{value}".', did_you_mean(value, map(str, action.choices or ())))


def follow(words: Sequence[str]) -> None:
    """Do what a line asks for.

    Raises:
        UsageError: it cannot be followed.
        AdvisorError, Cancelled: see the command.
        SystemExit: its help was asked for, and printed.
    """
    _do(_parser().parse_args(words))


def _parser() -> _Parser:
    parser = _Parser(
        prog="advisor",
        description="Where should a service keep its state? Without a command: the interview.",
        epilog="Exit status: 0 done; 2 bad usage, answers or rules; 130 cancelled.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    parser.add_argument("--plain", action="store_true", help="numbered lines in place of menus")
    parser.add_argument("--answers", type=lines.path, metavar="FILE", help="keep the interview's answers here")
    parser.add_argument("--rules", type=lines.path, metavar="FILE", help="use other rules than the advisor's own")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    lines.declare(commands)
    resume = commands.add_parser("resume", help="go on with an interview")
    resume.add_argument("file", type=lines.path, metavar="FILE", help="the answers so far")
    resume.add_argument("--plain", action="store_true", default=argparse.SUPPRESS, help="numbered lines")
    resume.add_argument("--rules", type=lines.path, metavar="FILE", default=argparse.SUPPRESS, help="use other rules")
    rules = commands.add_parser("rules", help="work on a rules file")
    tasks = rules.add_subparsers(dest="task", metavar="TASK", required=True, parser_class=_Parser)
    check = tasks.add_parser("check", help="report every fault of a rules file, and what it does with all answers")
    check.add_argument("file", type=lines.path, metavar="FILE", nargs="?", help="default: the advisor's own rules")
    check.add_argument(
        "--golden", type=lines.path, metavar="FILE", help="answers with the advice that they have to get"
    )
    diff = tasks.add_parser("diff", help="count the answer sets that an edit of the rules changes")
    diff.add_argument("old", type=lines.path, metavar="OLD", help="the rules before")
    diff.add_argument("new", type=lines.path, metavar="NEW", help="the rules after")
    coverage = tasks.add_parser("coverage", help="tell which rules the golden cases fire, and which decide there")
    coverage.add_argument("file", type=lines.path, metavar="FILE", nargs="?", help="default: the advisor's own rules")
    coverage.add_argument(
        "--golden", type=lines.path, metavar="FILE", help="default: golden-cases.yaml beside the rules"
    )
    return parser


def _do(line: argparse.Namespace) -> None:
    """Do what the line asks for. Each command is imported when it is wanted: --help needs none of them."""
    if line.version:
        from importlib.metadata import version  # noqa: PLC0415

        print(f"advisor {version('statewise')}")
    elif "do" in line:
        line.do(line)
    elif line.command == "rules":
        from advisor.commands import rules  # noqa: PLC0415

        if line.task == "diff":
            rules.diff(line.old, line.new)
        elif line.task == "coverage":
            rules.coverage(line.file, line.golden)
        else:
            rules.check(line.file, line.golden)
    else:
        from advisor.commands import ask  # noqa: PLC0415

        if line.command == "resume":
            ask.resume(line.file, line.rules, plain=line.plain)
        else:
            ask.start(line.answers, line.rules, plain=line.plain)
