"""Where the answers so far lean, and where one more reply would make them lean."""

from dataclasses import dataclass

from advisor.engine import advise, decide, facts_of, values_of
from advisor.model import AnswerFile, Component, Rulebook
from advisor.space import Scales


@dataclass(frozen=True, slots=True)
class Standing:
    """One mechanism that is left, with its label and its points."""

    mechanism: str
    label: str
    points: int


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the recommendation for one part would be if nothing more was answered.

    Attributes:
        standings: the mechanisms that no requirement removed, best first; empty on a contradiction.
        sides: on a contradiction the requirements that together leave nothing, each as a sentence.
    """

    part: str
    standings: tuple[Standing, ...]
    sides: tuple[str, ...] = ()

    @property
    def winner(self) -> Standing | None:
        """The mechanism that leads; None on a contradiction."""
        return self.standings[0] if self.standings else None

    def points_of(self, mechanism: str) -> int | None:
        """The points of a mechanism; None when it was removed."""
        return next((each.points for each in self.standings if each.mechanism == mechanism), None)


def outlooks(rulebook: Rulebook, file: AnswerFile) -> tuple[Outlook, ...]:
    """The outlook of every part."""
    scales = Scales(rulebook, file.priorities)
    return tuple(_outlook(scales, file, component) for component in file.components)


def _outlook(scales: Scales, file: AnswerFile, component: Component) -> Outlook:
    rulebook = scales.rulebook
    facts = facts_of(rulebook, values_of(rulebook, file, component))
    decision = decide(scales, facts)
    standings = tuple(
        Standing(score.mechanism, rulebook.mechanisms[score.mechanism].label, score.total) for score in decision.scores
    )
    return Outlook(component.name, standings, () if standings else _sides(rulebook, file, component))


def _sides(rulebook: Rulebook, file: AnswerFile, component: Component) -> tuple[str, ...]:
    advice = advise(rulebook, file._replace(components=(component,))).components[0]
    return tuple(side.because for side in advice.contradiction.sides) if advice.contradiction else ()
