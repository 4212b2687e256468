"""What the rules know under a name: of a mechanism, a rule, a question, and whatever else has one.

One name may stand for several things: `latency` is a question and a concern.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from advisor.engine import facts_of
from advisor.engine.facts import TIMES
from advisor.engine.weigh import winner_of
from advisor.model import Condition, Fact, Question, Rulebook, ServiceClass
from advisor.model.vocabulary import Band
from advisor.report import words
from advisor.space import Scales


@dataclass(frozen=True, slots=True)
class Passage:
    """A titled list of sentences; `source` of a sentence is an address, or empty."""

    title: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that has the name: what kind it is, what it is called, and all that the rules say about it."""

    kind: str
    id: str
    label: str
    about: str
    passages: tuple[Passage, ...]


def names_of(rulebook: Rulebook) -> dict[str, list[str]]:
    """Every name that can be explained, by kind."""
    return {
        "mechanism": [*rulebook.mechanisms],
        "question": [*rulebook.questions],
        "fact": [*rulebook.facts],
        "concern": [*rulebook.concerns],
        "archetype": [*rulebook.archetypes],
        "requirement": [each.id for each in rulebook.requirements],
        "rule": [each.id for each in rulebook.rules],
        "companion": [each.id for each in rulebook.companions],
        "word": [each.value for each in ServiceClass],
    }


def entries_of(name: str, rulebook: Rulebook) -> list[Entry]:
    """All that a name stands for, in the order of `names_of`; empty for an unknown name."""
    writers: Mapping[str, Callable[[str, Rulebook], Entry]] = {
        "mechanism": _mechanism,
        "question": _question,
        "fact": _fact,
        "concern": _concern,
        "archetype": _archetype,
        "requirement": _requirement,
        "rule": _rule,
        "companion": _companion,
        "word": _word,
    }
    return [writers[kind](name, rulebook) for kind, names in names_of(rulebook).items() if name in names]


def _passages(*given: tuple[str, Sequence[tuple[str, str]]]) -> tuple[Passage, ...]:
    """Those that have something to say."""
    return tuple(Passage(title, tuple(lines)) for title, lines in given if lines)


def _when(condition: Condition, rulebook: Rulebook) -> str:
    """A condition as a person would say it, choices in the order of the rules file."""
    known: dict[str, Question | Fact] = {**rulebook.questions, **rulebook.facts}
    return " and ".join(
        f"{name} = {' or '.join(choice for choice in known[name].choices if choice in choices)}"
        for name, choices in condition.terms
    )


def _mechanism(name: str, book: Rulebook) -> Entry:
    it = book.mechanisms[name]
    argued = sorted((rule for rule in book.rules if name in rule.points), key=lambda rule: -rule.points[name])
    joins = [each for each in book.companions if each.adds == name]
    joined = [each for each in book.companions if name in each.primaries]
    return Entry(
        "mechanism",
        name,
        it.label,
        f"{it.summary} It is {it.service_class.value}.",
        _passages(
            (
                "Argued for and against",
                [
                    (f"{rule.points[name]:+d} {rule.because} ({rule.id}, when {_when(rule.when, book)})", rule.source)
                    for rule in argued
                ],
            ),
            (
                "Ruled out",
                [
                    (f"when {_when(each.when, book)}: {each.because} ({each.id})", each.source)
                    for each in book.requirements
                    if name in each.removes
                ],
            ),
            (
                "Joins others",
                [(f"when {_when(each.when, book)}: {each.because} ({each.id})", each.source) for each in joins],
            ),
            (
                "Is joined by",
                [(f"{each.adds}, when {_when(each.when, book)} ({each.id})", each.source) for each in joined],
            ),
            ("Risks", [(f"{each.risk} So: {each.mitigation}", each.source) for each in it.risks]),
            ("Wins for", [(f"{each}, with its usual answers", "") for each in _won_by(name, book)]),
        ),
    )


def _won_by(mechanism: str, book: Rulebook) -> Iterator[str]:
    """The archetypes whose own answers alone make a mechanism win."""
    scales = Scales(book, {})
    for archetype in book.archetypes.values():
        if winner_of(scales, facts_of(book, archetype.answers)) == mechanism:
            yield archetype.id


def _question(name: str, book: Rulebook) -> Entry:
    it = book.questions[name]
    scope = "the whole system" if it.of_system else "each component"
    effort = words.EFFORTS[it.effort].removeprefix("With ")
    return Entry(
        "question",
        name,
        it.label,
        f"{it.why} It is asked of {scope}; another answer means {effort}.",
        _passages(
            ("Answers", [*_answers(it), ("unknown: no rule that asks for it fires", "")]),
            (
                "Facts that follow",
                [(f"{each.id}: {each.label}", "") for each in book.facts.values() if name in each.factors],
            ),
            *_askers(name, book),
        ),
    )


def _answers(question: Question) -> Iterator[tuple[str, str]]:
    yield from ((f"{option.id}: {option.label} ({option.help})", "") for option in question.options)
    yield from _bands(question.bands, question.unit)


def _bands(bands: Sequence[Band], unit: str) -> Iterator[tuple[str, str]]:
    for band in bands:
        yield f"{band.id}: from {words.shown(band.low)} {unit} ({band.label})", ""


def _askers(name: str, book: Rulebook) -> Iterator[tuple[str, Sequence[tuple[str, str]]]]:
    """What looks at a question or fact."""
    yield (
        "Requirements that ask for it",
        [
            (f"{each.id}, when {_when(each.when, book)}: {each.because}", each.source)
            for each in book.requirements
            if name in each.when.questions
        ],
    )
    yield (
        "Rules that ask for it",
        [
            (f"{each.id}, when {_when(each.when, book)}: {each.because}", each.source)
            for each in book.rules
            if name in each.when.questions
        ],
    )
    yield (
        "Companions that ask for it",
        [
            (f"{each.id}, when {_when(each.when, book)}: adds {each.adds}. {each.because}", each.source)
            for each in book.companions
            if name in each.when.questions
        ],
    )


def _fact(name: str, book: Rulebook) -> Entry:
    it = book.facts[name]
    about = f"It is {f' {TIMES} '.join(it.factors)}, and known when these are."
    return Entry(
        "fact", name, it.label, about, _passages(("Bands", [*_bands(it.bands, it.unit)]), *_askers(name, book))
    )


def _concern(name: str, book: Rulebook) -> Entry:
    it = book.concerns[name]
    rules = [(f"{each.id}: {each.because}", each.source) for each in book.rules if each.concern == name]
    about = f"It is about {it.about}. In it each mechanism has its strongest voice for and its strongest against."
    return Entry("concern", name, it.label, about, _passages(("Rules", rules)))


def _archetype(name: str, book: Rulebook) -> Entry:
    it = book.archetypes[name]
    winner = winner_of(Scales(book, {}), facts_of(book, it.answers))
    return Entry(
        "archetype",
        name,
        it.label,
        f"{it.help}. With these answers alone: {winner or 'a contradiction'}.",
        _passages(("Answers", [(f"{question} = {answer}", "") for question, answer in it.answers.items()])),
    )


def _requirement(name: str, book: Rulebook) -> Entry:
    it = next(each for each in book.requirements if each.id == name)
    gone = [mechanism for mechanism in book.mechanisms if mechanism in it.removes]
    kept = [mechanism for mechanism in book.mechanisms if mechanism not in it.removes]
    return Entry(
        "requirement",
        name,
        f"when {_when(it.when, book)}",
        f"{it.because} Nothing outvotes it.",
        _passages(
            ("Rules out", [(", ".join(gone), "")]), ("Leaves", [(", ".join(kept), "")]), ("Source", [("", it.source)])
        ),
    )


def _rule(name: str, book: Rulebook) -> Entry:
    it = next(each for each in book.rules if each.id == name)
    lab = [(f"{kind}: {value}", "") for kind, value in (("lesson", it.lesson), ("claim", it.claim)) if value]
    fires = [(each.id, "") for each in book.archetypes.values() if it.when.holds(facts_of(book, each.answers))]
    return Entry(
        "rule",
        name,
        f"when {_when(it.when, book)}",
        f"{it.because} It speaks in the concern {it.concern}.",
        _passages(
            ("Points", [(f"{points:+d} {mechanism}", "") for mechanism, points in it.points.items()]),
            ("Fires for the archetypes", fires),
            ("See it in the lab", lab),
            ("Source", [("", it.source)]),
        ),
    )


def _companion(name: str, book: Rulebook) -> Entry:
    it = next(each for each in book.companions if each.id == name)
    beside = ", ".join(mechanism for mechanism in book.mechanisms if mechanism in it.primaries)
    return Entry(
        "companion",
        name,
        f"when {_when(it.when, book)}",
        it.because,
        _passages(("Adds", [(it.adds, "")]), ("Beside", [(beside, "")]), ("Source", [("", it.source)])),
    )


def _word(name: str, book: Rulebook) -> Entry:
    word = ServiceClass(name)
    having = [(words.named(each), "") for each in book.mechanisms.values() if each.service_class is word]
    return Entry("word", name, name, book.words[word], _passages(("Mechanisms of this class", having)))
