"""How the lines of the reporting commands are read. Each command is imported when it is wanted: --help needs none."""

import argparse
import os
import sys
from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:  # the module of this name is slow to import
    from pathlib import Path
    from typing import Any, TypeAlias

    Lines: TypeAlias = "argparse._SubParsersAction[Any]"  # argparse has no public name for what add_subparsers returns


def path(text: str) -> "Path":
    """A path of a command's line; its type is imported when a line has one, for --help has to be quick."""
    from pathlib import Path  # noqa: PLC0415

    return Path(text)


class QuickHelp(argparse.HelpFormatter):
    """Asks for the terminal's width by itself: argparse asks a module that is slow to import."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=_columns() - 2)


def _columns() -> int:
    """The width to write for: what COLUMNS says, else the terminal's, else 80."""
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except (OSError, ValueError):  # no terminal, or nothing that has a number
        return 80


class LateParser(argparse.ArgumentParser):
    """Gets its arguments when a line names its command: argparse takes long over each, and --help shows none of them.

    Attributes:
        arguments: adds them; None where there are none to add, or no more.
    """

    arguments: Callable[[argparse.ArgumentParser], None] | None = None

    def __init__(self, **kwargs: "Any") -> None:
        super().__init__(**{"formatter_class": QuickHelp, **kwargs})

    def parse_known_args(self, *args: "Any", **kwargs: "Any") -> "Any":
        """Add the arguments, then parse as argparse does."""
        add, self.arguments = self.arguments, None
        if add:
            self.add_argument("--rules", type=path, metavar="FILE", default=argparse.SUPPRESS, help="use other rules")
            add(self)
        return super().parse_known_args(*args, **kwargs)


def declare(commands: "Lines") -> None:
    """Add the commands that report to a parser that makes `LateParser`s; a line that names one carries it as `do`."""
    _command(commands, "recommend", _do_recommend, _recommend, "advise on answer files, without questions")
    _command(commands, "explain", _do_explain, _explain, "tell what the rules know under a name")
    _command(commands, "what-if", _do_what_if, _what_if, "tell what changed answers would change")
    _command(commands, "compare", _do_compare, _compare, "put answer files side by side")


def _command(
    commands: "Lines",
    name: str,
    do: Callable[[argparse.Namespace], None],
    arguments: Callable[[argparse.ArgumentParser], None],
    about: str,
) -> None:
    parser: LateParser = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    parser.arguments = arguments
    parser.set_defaults(do=do)


def _recommend(parser: argparse.ArgumentParser) -> None:
    from advisor.report.forms import SUFFIXES  # noqa: PLC0415

    parser.add_argument("files", type=path, metavar="FILE", nargs="+", help="answers in YAML or JSON")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--format", choices=tuple(SUFFIXES), default="text", metavar="FORM", help=", ".join(SUFFIXES))
    form.add_argument("--json", action="store_const", dest="format", const="json", help="the same as --format json")
    parser.add_argument(
        "--output", metavar="PATH", help="a file, or a folder (with a slash at its end) for a file each; adr: a folder"
    )


def _explain(parser: argparse.ArgumentParser) -> None:
    about = "a mechanism, rule, requirement, question, ...; none: print every name"
    parser.add_argument("name", metavar="NAME", nargs="?", help=about)
    _json(parser)


def _do_explain(line: argparse.Namespace) -> None:
    from advisor.commands import explain  # noqa: PLC0415

    explain.run(line.name, line.rules, as_json=line.json)


def _what_if(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=path, metavar="FILE", help="answers in YAML or JSON, which stay as they are")
    parser.add_argument(
        "--set",
        action="append",
        dest="settings",
        metavar="QUESTION=ANSWER",
        required=True,
        help="or COMPONENT.QUESTION=ANSWER; may be given several times",
    )
    _json(parser)


def _do_what_if(line: argparse.Namespace) -> None:
    from advisor.commands import what_if  # noqa: PLC0415

    what_if.run(line.file, line.rules, line.settings, as_json=line.json)


def _compare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", type=path, metavar="FILE", nargs="+", help="two or more, in YAML or JSON")
    _json(parser)


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, and nothing else")


def _do_compare(line: argparse.Namespace) -> None:
    from advisor.commands import compare  # noqa: PLC0415

    compare.run(line.files, line.rules, as_json=line.json)


def _do_recommend(line: argparse.Namespace) -> None:
    if line.format == "json" and line.output is None:
        from advisor.commands import again  # noqa: PLC0415

        again.show(line.files, line.rules)
        return
    from advisor.commands import recommend  # noqa: PLC0415

    recommend.run(line.files, line.rules, line.format, line.output)
