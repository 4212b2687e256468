"""`advisor` and `advisor resume FILE`: the interview, from first prompt to recommendation."""

from pathlib import Path
from shlex import quote

from advisor.answers import load_answers, save_answers
from advisor.commands.recommend import show
from advisor.engine import advise
from advisor.errors import Cancelled, Fault, OutOfInputError, Place, UsageError
from advisor.interview import Interview
from advisor.prompts import face_for, hold
from advisor.rules import load_rules

USUAL_PLACE = Path("answers.yaml")


def start(answers: Path | None, rules: Path | None, *, plain: bool) -> None:
    """Hold a new interview; `answers` None means the first free `answers.yaml`, `answers-2.yaml` ...

    Raises:
        UsageError: `answers` exists already, or is a directory.
        AdvisorError, Cancelled: see `_hold`.
    """
    path = answers or _free_place(USUAL_PLACE)
    if path.is_dir():
        raise UsageError([Fault(Place(str(path)), "this is a directory, not a file.", "Name a file inside it.")])
    if path.exists():
        raise UsageError([Fault(Place(str(path)), "this file exists.", f"Go on with it: {_command('resume', path)}")])
    _hold(Interview.begun(load_rules(rules)), path, plain=plain)


def resume(answers: Path, rules: Path | None, *, plain: bool) -> None:
    """Go on with the interview that a file holds. Raises what `start` does."""
    rulebook = load_rules(rules)
    file = load_answers(answers, rulebook, unfinished=True)
    _hold(Interview.begun(rulebook, file), answers, plain=plain)


def _hold(interview: Interview, path: Path, *, plain: bool) -> None:
    """Ask, save after each reply, and show the advice.

    Raises:
        Cancelled: Ctrl-C; says how to go on.
        AdvisorError: the input ended early, or the answers cannot be saved.
    """
    print(f"Answers are kept in {path} as you go.\n")
    try:
        file = hold(interview, face_for(plain=plain), lambda answers: save_answers(path, answers))
    except KeyboardInterrupt:
        raise Cancelled(_way_on(path)) from None
    except OutOfInputError as error:
        raise OutOfInputError([fault._replace(hint=_way_on(path)) for fault in error.faults]) from None
    print()
    show(advise(interview.rulebook, file), interview.rulebook)
    print(f"\nYour answers are kept. See this again:\n  {_command('recommend', path)}")


def _way_on(path: Path) -> str:
    return f"Go on with: {_command('resume', path)}" if path.exists() else "Start again with: advisor"


def _command(name: str, path: Path) -> str:
    return f"advisor {name} {quote(str(path))}"


def _free_place(path: Path) -> Path:
    """The path, or the first numbered one beside it that is not taken."""
    number = 1
    free = path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
