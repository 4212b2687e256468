"""`advisor what-if FILE --set QUESTION=ANSWER`: the advice before and after changed answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from json import dumps
from pathlib import Path

from advisor.answers import load_answers, value_of
from advisor.engine import advise
from advisor.engine.facts import values_of
from advisor.errors import AnswersError, Fault, UsageError, did_you_mean
from advisor.model import UNKNOWN, AnswerFile, Component, Rulebook, Value
from advisor.report import words
from advisor.report.changes import Change, data_of
from advisor.rules import load_rules


@dataclass(frozen=True, slots=True)
class Setting:
    """One answer to be changed; `component` is None for an answer about the whole system."""

    component: str | None
    question: str
    value: Value

    @property
    def key(self) -> str:
        """What it is about, as it is written on the command's line."""
        return f"{self.component}.{self.question}" if self.component else self.question


def run(file: Path, rules: Path | None, settings: Sequence[str], *, as_json: bool) -> None:
    """Print the advice on an answer file before and after some changes; the file stays as it is.

    Args:
        file: the answers.
        rules: None means the advisor's own.
        settings: each as QUESTION=ANSWER or COMPONENT.QUESTION=ANSWER; at least one.
        as_json: print JSON and nothing else.

    Raises:
        UsageError: a setting that cannot be followed; carries all such faults.
        AdvisorError: the rules or the answers have faults.
    """
    rulebook = load_rules(rules)
    before = load_answers(file, rulebook)
    found = settings_of(settings, before, rulebook)
    after = changed(before, found)
    told = [_told(each, before, rulebook) for each in found]
    advices = advise(rulebook, before), advise(rulebook, after)
    if as_json:
        print(dumps(data_of(told, *advices, rulebook), indent=2, allow_nan=False))
        return
    from rich.console import Console  # noqa: PLC0415

    from advisor.report import before_after  # noqa: PLC0415

    before_after.show(told, *advices, rulebook, Console(highlight=False))


def settings_of(texts: Sequence[str], file: AnswerFile, rulebook: Rulebook) -> list[Setting]:
    """What was asked to be set.

    Raises:
        UsageError: carries every fault of every setting.
    """
    found: list[Setting] = []
    faults: list[Fault] = []
    for text in texts:
        try:
            setting = _setting(text, file, rulebook)
        except (UsageError, AnswersError) as error:
            faults += [fault._replace(message=f'in --set "{text}": {fault.message}') for fault in error.faults]
            continue
        if setting.key in [each.key for each in found]:
            faults.append(Fault(None, f'in --set "{text}": {setting.key} is set already.', "Keep one of the two."))
        found.append(setting)
    if faults:
        raise UsageError(faults)
    return found


def _setting(text: str, file: AnswerFile, rulebook: Rulebook) -> Setting:
    about, equals, answer = text.partition("=")
    if not equals:
        raise UsageError([Fault(None, "there is no =.", "Write QUESTION=ANSWER, as in connection=duplex_socket.")])
    name, _, question = about.strip().rpartition(".")
    if question not in rulebook.questions:
        raise UsageError(
            [Fault(None, f'there is no question "{question}".', did_you_mean(question, rulebook.questions))]
        )
    return Setting(_component(name, question, file, rulebook), question, value_of(answer, rulebook.questions[question]))


def _component(name: str, question: str, file: AnswerFile, rulebook: Rulebook) -> str | None:
    """Whose answer it is: the named component's, the only one's, or None for the whole system's."""
    names = [component.name for component in file.components]
    if name in names:
        return name
    if name:
        raise UsageError([Fault(None, f'there is no component "{name}".', did_you_mean(name, names))])
    if rulebook.questions[question].of_system:
        return None
    if len(names) > 1:
        ways = ", ".join(f"{each}.{question}" for each in names)
        raise UsageError([Fault(None, f"{question} is asked of each component.", f"Say which: {ways}.")])
    return names[0]


def changed(file: AnswerFile, settings: Sequence[Setting]) -> AnswerFile:
    """The answers with some of them set anew."""
    system = {**file.system, **{each.question: each.value for each in settings if each.component is None}}
    return file._replace(system=system, components=tuple(_with(each, settings) for each in file.components))


def _with(component: Component, settings: Sequence[Setting]) -> Component:
    own = {each.question: each.value for each in settings if each.component == component.name}
    return component._replace(answers={**component.answers, **own})


def _told(setting: Setting, file: AnswerFile, rulebook: Rulebook) -> Change:
    """The setting as a change from what counted before."""
    own = next((each for each in file.components if each.name == setting.component), None)
    before = values_of(rulebook, file, own) if own else file.system
    return Change(setting.key, words.shown(before.get(setting.question, UNKNOWN)), words.shown(setting.value))
