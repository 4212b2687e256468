"""The report as Markdown (GitHub's: tables, and a diagram in Mermaid)."""

import re
from collections.abc import Iterable, Iterator, Sequence

from advisor.engine.alternatives import alternatives_of
from advisor.model import Alternative, Component, ComponentAdvice, Reason, Removal, Rulebook
from advisor.report import mermaid, words
from advisor.report.case import Case

# An underscore between two letters is one to every parser (spec.commonmark.org, section 6.2), and ids read better so.
SPECIAL = re.compile(r"([\\`*\[\]<>#|~$&]|(?<![^\W_])_|_(?![^\W_]))")


def text_of(case: Case) -> str:
    """The whole report."""
    return "\n".join(_report(case)).rstrip("\n") + "\n"


def plain(text: str) -> str:
    """Text that Markdown shows as it is, in one line."""
    return SPECIAL.sub(r"\\\1", " ".join(words.printable(text).split()))


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table whose cells are Markdown already; nothing without rows."""
    body = [f"| {' | '.join(row)} |" for row in rows]
    if body:
        yield f"| {' | '.join(head)} |"
        yield f"|{'---|' * len(head)}"
        yield from body
        yield ""


def reason(each: Reason, rulebook: Rulebook) -> str:
    """One argument with its cause and its source."""
    if each.rule is None:
        return plain(each.because)
    about = rulebook.concerns[each.concern].label if each.concern else "Required"
    return f"{plain(each.because)} ({plain(about)}, from {code(words.answers(each.answers))}; [source]({each.source}))"


def removal(each: Removal, rulebook: Rulebook) -> str:
    """One requirement: its cause, what it took out, why."""
    gone = f"{code(words.answers(each.answers))} rules out {plain(words.removed(each, rulebook))}."
    return f"{gone} {plain(each.because)} ([source]({each.source}))"


def code(text: str) -> str:
    """Text in a fixed font, whatever it holds (spec.commonmark.org, section 6.1)."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def _report(case: Case) -> Iterator[str]:
    advice = case.advice
    yield from (f"# {plain(advice.name)}: {words.word(advice.overall)}", "")
    if advice.overall:
        yield from (plain(case.rulebook.words[advice.overall]), "")
    undecided = words.undecided(advice.components)
    if undecided and advice.overall:
        yield from (f"**{plain(undecided)}**", "")
    for component, each in case.parts:
        yield from _component(component, each, case)
    if any(each.mechanism for each in advice.components):
        yield from ("## The layout", "", "```mermaid", mermaid.text_of(case).rstrip("\n"), "```", "")


def _component(component: Component, advice: ComponentAdvice, case: Case) -> Iterator[str]:
    rulebook = case.rulebook
    yield from (f"## {plain(advice.name)}: {words.word(advice.service_class)}", "")
    yield from _verdict(advice, rulebook) if advice.mechanism else _contradiction(advice, rulebook)
    yield from _section("Points by concern", _points(advice, rulebook))
    if not advice.contradiction:
        yield from _section("Ruled out", _list(removal(each, rulebook) for each in advice.ruled_out))
        alternatives = alternatives_of(rulebook, case.values(component), case.answers.priorities)
        yield from _section("What would change it", _alternatives(alternatives, advice, rulebook))
    yield from _section("Enough by itself", _enough(advice, rulebook))
    yield from _section("Figures", _figures(advice))
    yield from _section("Risks", _risks(advice, rulebook))
    yield from _section("Answers", _answers(component, advice, case))
    if words.claims(advice):
        yield from _section("See it in the lab", ["```python", *words.lab(advice), "```", ""])


def _section(title: str, body: Iterable[str]) -> Iterator[str]:
    lines = list(body)
    if lines:
        yield from (f"### {title}", "", *lines)


def _list(items: Iterable[str]) -> Iterator[str]:
    lines = [f"- {item}" for item in items]
    if lines:
        yield from (*lines, "")


def _verdict(advice: ComponentAdvice, rulebook: Rulebook) -> Iterator[str]:
    mechanism = rulebook.mechanisms[str(advice.mechanism)]
    yield from (f"**{plain(mechanism.label)}** ({code(mechanism.id)}): {plain(mechanism.summary)}", "")
    beside = ((rulebook.mechanisms[each.mechanism], each) for each in advice.also)
    yield from _list(f"beside it **{plain(m.label)}** ({code(m.id)}): {plain(each.because)}" for m, each in beside)
    yield from (plain(words.margin(advice, rulebook)), "")
    voices = (f"**{words.signed(each.points)}** {reason(each, rulebook)}" for each in advice.reasons)
    yield from _section("Why", _list(voices))


def _contradiction(advice: ComponentAdvice, rulebook: Rulebook) -> Iterator[str]:
    yield from (f"**{plain(words.CONTRADICTED)}**", "")
    sides = advice.contradiction.sides if advice.contradiction else ()
    yield from _list(removal(each, rulebook) for each in sides)
    yield from (plain(words.WAY_OUT), "")


def _points(advice: ComponentAdvice, rulebook: Rulebook) -> Iterator[str]:
    spoke = [each for each in rulebook.concerns.values() if any(score.in_concern(each.id) for score in advice.scores)]
    if spoke:
        rows = (
            [code(score.mechanism), *(words.signed(score.in_concern(each.id)) for each in spoke), f"**{score.total}**"]
            for score in advice.scores
        )
        yield from table(["Mechanism", *(plain(each.label) for each in spoke), "Total"], rows)


def _alternatives(alternatives: Iterable[Alternative], advice: ComponentAdvice, rulebook: Rulebook) -> Iterator[str]:
    rows = []
    for each in alternatives:
        changes = [(choice, then) for choice, then in each.outcomes.items() if then != advice.mechanism]
        told = "; ".join(
            f"{code(choice)} gives {code(then) if then else 'a contradiction'}" for choice, then in changes
        )
        if told:
            effort = words.EFFORTS[rulebook.questions[each.question].effort].removeprefix("With another ")
            rows.append([code(each.question), code(each.now or "unknown"), told, effort])
    yield from table(["Question", "Now", "Other answers", "To change it: another"], rows)
    if not rows:
        yield from ("No single answer would.", "")


def _enough(advice: ComponentAdvice, rulebook: Rulebook) -> Iterator[str]:
    if words.enough(advice, rulebook):
        yield from (plain(words.enough(advice, rulebook)), "")


def _figures(advice: ComponentAdvice) -> Iterator[str]:
    rows = ([each.label, f"**{words.amount(each.value, each.unit)}**", plain(each.formula)] for each in advice.figures)
    yield from table(["Figure", "Value", "Formula"], rows)


def _risks(advice: ComponentAdvice, rulebook: Rulebook) -> Iterator[str]:
    rows = (
        [code(mechanism.id), plain(risk.risk), f"{plain(risk.mitigation)} ([source]({risk.source}))"]
        for mechanism in words.mechanisms(advice, rulebook)
        for risk in mechanism.risks
    )
    yield from table(["Of", "Risk", "So"], rows)


def _answers(component: Component, advice: ComponentAdvice, case: Case) -> Iterator[str]:
    rows = (
        [code(question), code(words.shown(value)), "archetype" if question in advice.defaults else "given"]
        for question, value in case.values(component).items()
    )
    yield from table(["Question", "Answer", "From"], rows)
    if advice.unknown:
        yield from (f"Unknown: {', '.join(map(code, advice.unknown))}.", "")
    if advice.worthwhile:
        question = case.rulebook.questions[advice.worthwhile.question]
        yield from (f"Most worth finding out: **{plain(question.label)}** ({code(question.id)})", "")
        yield from _list(f"{plain(answer)} gives {code(then)}" for answer, then in words.worth(advice))
