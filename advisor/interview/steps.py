"""The nouns of an interview: what is asked, in which order, and what a face needs to ask it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from advisor.model import Band, Question, Rulebook

CARD = ("sessions", "requests_per_second", "spikes", "latency", "connection", "budget")
"""Asked first: scaling, latency, connection patterns and budget. They fit a card that one fills in while talking."""


class Asks(Enum):
    """What a step is about."""

    NAME = "name"
    ARCHETYPE = "archetype"
    COMPONENT_NAME = "component name"
    QUESTION = "question"
    SETTLED = "settled"
    MORE = "more"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to ask. `component` counts from 0, and is None for the system as a whole."""

    asks: Asks
    component: int | None = None
    question: str | None = None

    @property
    def key(self) -> str:
        """A word for it that no other step has, such as `cart-1.latency` or `system.name`."""
        part = "system" if self.component is None else f"part-{self.component + 1}"
        return f"{part}.{self.question or self.asks.value.replace(' ', '-')}"


@dataclass(frozen=True, slots=True)
class Choice:
    """One reply that a person can pick.

    Attributes:
        id: what to hand to `Interview.answered`.
        help: what it means, or what it is about.
        now: in a review, the answer that stands there; empty otherwise.
        group: a heading that it stands under; empty without one.
    """

    id: str
    label: str
    help: str = ""
    now: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a face shows.

    Attributes:
        about: the component in question, or the system.
        choices: empty when the reply is a number or a text.
        bands: of a number, for a person who knows it only roughly; empty otherwise.
        default: what an empty reply means; None when there is nothing sensible.
        default_from: where the default comes from, such as "usual for Shopping cart"; empty for a plain one.
        usual, usual_for: what an archetype supplies, and its label; empty without one.
        unit: of a number; empty otherwise.
        may_be_unknown: whether `unknown` is a reply.
        number: this step, counting from 1; 0 for the review, which is no question.
        left: how many questions after this one can still change the answer, at the most.
    """

    title: str
    why: str
    about: str = ""
    choices: tuple[Choice, ...] = ()
    bands: tuple[Band, ...] = ()
    default: str | None = None
    default_from: str = ""
    unit: str = ""
    may_be_unknown: bool = False
    usual: str = ""
    usual_for: str = ""
    number: int = 1
    left: int = 0


def in_order(rulebook: Rulebook) -> Iterable[Question]:
    """The questions in the order they are asked: the card first, then each part's own, then the system's."""
    card = [rulebook.questions[name] for name in CARD if name in rulebook.questions]
    rest = (*rulebook.component_questions, *rulebook.system_questions)
    return (*card, *(question for question in rest if question not in card))
