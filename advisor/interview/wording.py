"""How each step is asked, in words."""

from collections.abc import Iterable
from dataclasses import replace

from advisor.interview.outlook import Outlook
from advisor.interview.record import NO_ARCHETYPE, UNNAMED, Record
from advisor.interview.steps import Asks, Choice, Prompt, Step
from advisor.model import UNKNOWN, Question, Value

GO_ON, SHOW = "go-on", "show"
YES_NO = (
    Choice("no", "No", "see all answers, then the recommendation"),
    Choice("yes", "Yes", "a system is judged by all of its parts"),
)
SHORT = {Asks.NAME: "name", Asks.ARCHETYPE: "kind", Asks.COMPONENT_NAME: "name", Asks.MORE: "another part"}
NOT_KNOWN = "don't know"


def asking(record: Record, step: Step) -> Prompt:
    """How to ask for a name, a kind, an answer, or another part."""
    match step.asks:
        case Asks.NAME:
            why = "It heads the report and the answer file."
            return Prompt("What is the system called?", why, default=str(record.get(step) or UNNAMED))
        case Asks.ARCHETYPE:
            return _kind(record, step)
        case Asks.COMPONENT_NAME:
            why = "It tells the parts of a system apart."
            return Prompt("What do you call this part?", why, about(record, step), default=record.name(_index(step)))
        case Asks.MORE:
            why = "Parts often need different mechanisms."
            now = str(record.get(step) or "no")
            return Prompt("Has the system another part?", why, about(record, step), YES_NO, default=now)
        case _:
            return _question(record, step)


def settled(record: Record, step: Step, outlooks: tuple[Outlook, ...]) -> Prompt:
    """How to say that the rest cannot change the answer, and to offer to stop."""
    winner = outlooks[_index(step)].winner
    found = winner.label if winner else "these answers contradict each other, whatever the rest is"
    return Prompt(
        f"The rest cannot change this: {found}.",
        "No answer to the remaining questions gives another mechanism. They can add reasons, figures and flips.",
        about(record, step),
        (
            Choice("stop", "Stop here", "what is left stays unknown, or as is usual"),
            Choice(GO_ON, "Answer the rest too", "for more reasons, figures and what would change it"),
        ),
        default="stop",
    )


def review(record: Record, steps: Iterable[Step], ahead: Iterable[Step]) -> Prompt:
    """All answers, each to jump to, and the way on; `ahead` can still change the recommendation."""
    still = set(ahead)
    show = Choice(SHOW, "Show the recommendation", "what is missing counts as unknown" if still else "all is said")
    on = Choice(GO_ON, "Go on with the questions", "from where you were")
    first = [*([on] if still else []), *([show] if record.parts else [])]
    choices = (*first, *(_row(record, step, needed=step in still) for step in steps))
    return Prompt(
        "Your answers. Pick one to change it.",
        "Nothing is final: every answer may be changed until you are content.",
        str(record.get(Step(Asks.NAME)) or ""),
        choices,
        default=choices[0].id,
    )


def again(prompt: Prompt, value: Value) -> Prompt:
    """The same prompt, with a reply that was taken back as its default."""
    return replace(prompt, default=_typed(value), default_from="your answer before")


def about(record: Record, step: Step) -> str:
    """The part in question, or the system; empty before either has a name."""
    if step.component is not None and step.component < record.parts:
        return record.name(step.component)
    return str(record.get(Step(Asks.NAME)) or "")


def shown(question: Question, value: Value) -> str:
    """An answer as a person reads it."""
    if value == UNKNOWN:
        return NOT_KNOWN
    return question.label_of(value) if isinstance(value, str) else f"{value:,.15g} {question.unit}"


def _typed(value: Value) -> str:
    return value if isinstance(value, str) else f"{value:.15g}"


def _kind(record: Record, step: Step) -> Prompt:
    kinds = [Choice(each.id, each.label, each.help) for each in record.rulebook.archetypes.values()]
    now = record.get(step)
    return Prompt(
        "Which of these is it most like?" if step.component else "Which is its main part most like?",
        "It suggests the usual answers; you can change every one of them.",
        about(record, step),
        (*kinds, Choice(NO_ARCHETYPE, "None of these", "then nothing is suggested")),
        default=None if now is None else str(now),
        default_from="your answer so far" if now is not None else "",
    )


def _question(record: Record, step: Step) -> Prompt:
    question = record.rulebook.questions[str(step.question)]
    now = record.get(step)
    archetype = record.rulebook.archetypes.get(record.archetype(_index(step)) or "") if record.parts else None
    usual = archetype.answers.get(question.id) if archetype and not question.of_system else None
    source = f"usual for {archetype.label}" if archetype and usual else ""
    default = usual or UNKNOWN
    if now is not None:
        source, default = "your answer so far", _typed(now)
    return Prompt(
        question.label,
        question.why,
        about(record, step),
        tuple(Choice(each.id, each.label, each.help) for each in question.options),
        question.bands,
        default,
        source,
        question.unit,
        may_be_unknown=True,
        usual=usual or "",
        usual_for=archetype.label if archetype and usual else "",
    )


def _row(record: Record, step: Step, *, needed: bool) -> Choice:
    word = SHORT.get(step.asks) or str(step.question).replace("_", " ")
    given = _given(record, step) or ("not answered yet" if needed else "no need to know")
    return Choice(step.key, word, asking(record, step).title, given, _group(record, step))


def _given(record: Record, step: Step) -> str:
    """What was answered, or what an archetype puts in its place; empty when nothing does."""
    now = record.get(step)
    if step.asks is Asks.COMPONENT_NAME:
        return record.name(_index(step))
    if step.asks is not Asks.QUESTION:
        choice = next((each.label for each in asking(record, step).choices if each.id == now), "")
        return choice or str(now or "")
    question = record.rulebook.questions[str(step.question)]
    if now is not None:
        return shown(question, now)
    prompt = _question(record, step)
    return f"{shown(question, str(prompt.default))}, {prompt.default_from}" if prompt.default_from else ""


def _group(record: Record, step: Step) -> str:
    return "The system" if step.component is None else record.name(step.component)


def _index(step: Step) -> int:
    return step.component or 0
