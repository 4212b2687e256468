"""What the engine says, with everything that a reader needs to question it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from advisor.model.vocabulary import ServiceClass, Value


class Reason(NamedTuple):
    """One rule's argument for or against one mechanism, or a requirement that left nothing else.

    Attributes:
        rule: the id of the rule or requirement; None for the reason that no answer argues for it.
        concern: None for a requirement, which stands above all concerns.
        answers: the known facts that made the rule fire, by question or fact id.
        points: from -3 to +3, before the priority of the concern; 0 when `concern` is None.
        claim: the id of the lab's claim that shows it; None where there is none.
    """

    rule: str | None
    concern: str | None
    points: int
    because: str
    source: str
    answers: Mapping[str, str]
    claim: str | None = None


class Tally(NamedTuple):
    """One concern of one mechanism: the strongest voice for, the strongest against, the rest.

    Attributes:
        points: both voices together, times the priority of the concern.
        also: weaker arguments, which support and do not count.
    """

    concern: str
    points: int
    best: Reason | None
    worst: Reason | None
    also: tuple[Reason, ...]


class Score(NamedTuple):
    """How one mechanism fares: its total and its tallies, one for each concern that spoke."""

    mechanism: str
    total: int
    tallies: tuple[Tally, ...]

    def in_concern(self, concern: str) -> int:
        """The points in one concern; 0 when nothing spoke."""
        return next((tally.points for tally in self.tallies if tally.concern == concern), 0)


class Removal(NamedTuple):
    """A requirement that fired: what it took out, and the answers that caused it."""

    requirement: str
    mechanisms: tuple[str, ...]
    because: str
    source: str
    answers: Mapping[str, str]


class Companion(NamedTuple):
    """A mechanism that belongs beside the primary one."""

    mechanism: str
    rule: str
    because: str
    source: str


class Flip(NamedTuple):
    """One changed answer that changes the winner. `effort` is the question's: 1 a setting to 3."""

    question: str
    before: Value
    after: Value
    mechanism: str
    effort: int


class Alternative(NamedTuple):
    """One question, and which mechanism would win with each answer to it, all other answers left as they are.

    Attributes:
        now: the option or band that holds now; None when it is unknown.
        outcomes: the winner by option or band id; None where that answer would contradict the others.
    """

    question: str
    now: str | None
    outcomes: Mapping[str, str | None]


class Figure(NamedTuple):
    """A number worth knowing, in `unit`, with the formula it came from in words and in numbers."""

    id: str
    label: str
    value: float
    unit: str
    formula: str


class Contradiction(NamedTuple):
    """Requirements that together leave no mechanism; each of `sides` is needed for that."""

    sides: tuple[Removal, ...]


class Worthwhile(NamedTuple):
    """The unanswered question that is most worth finding out, the others staying unknown.

    Attributes:
        outcomes: who would win, by answer (option or band id; a band in which that depends on a derived fact
            stands once for each, as in "kilobytes: session_memory fleet"). None: nothing would be left.
        changes: how many of these answers would change the winner; at least 1, and no question has more.
    """

    question: str
    outcomes: Mapping[str, str | None]
    changes: int


class ComponentAdvice(NamedTuple):
    """The advice on one component.

    Attributes:
        mechanism: the primary one; None when the answers contradict each other.
        also: mechanisms that belong beside it.
        service_class: derived from both; None on a contradiction.
        runner_up: second in points; None when the requirements left only one.
        lead: points between the two; 0 is a tie, which went to the simplest. None without a runner-up.
        margin: "toss-up" (0), "lean" (1 to 2), "clear" (3 and more, or nobody else left).
        tied: mechanisms with the same points as the winner, itself excepted.
        scores: every mechanism that is left, best first.
        reasons: the strongest arguments for the winner, weightiest first; never empty with a winner.
        defaults: answers that the archetype supplied.
        unknown: questions that nobody answered.
        sufficient: a smallest part of the answers that forces the result, whatever the others are (what nobody
            answered is then taken to stay unknown, where that could still change it).
        worthwhile: the unknown that is most worth finding out; None when no single one changes the winner.
    """

    name: str
    archetype: str | None
    mechanism: str | None
    also: tuple[Companion, ...]
    service_class: ServiceClass | None
    runner_up: str | None
    lead: int | None
    margin: str
    tied: tuple[str, ...]
    scores: tuple[Score, ...]
    reasons: tuple[Reason, ...]
    ruled_out: tuple[Removal, ...]
    flips: tuple[Flip, ...]
    figures: tuple[Figure, ...]
    defaults: Mapping[str, str]
    unknown: tuple[str, ...]
    contradiction: Contradiction | None
    sufficient: Mapping[str, Value] = MappingProxyType({})
    worthwhile: Worthwhile | None = None


class Advice(NamedTuple):
    """The advice on a system; `overall` is None when no component has a mechanism."""

    name: str
    overall: ServiceClass | None
    components: tuple[ComponentAdvice, ...]
