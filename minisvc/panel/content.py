"""The questions of the lessons, by id: notebooks name them, so that no notebook gives an answer away."""

from __future__ import annotations

from dataclasses import dataclass

from minisvc.errors import MinisvcError, did_you_mean


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer to choose: its `value` for code, its `words`, and what to `reply` once it is chosen."""

    value: str
    words: str
    reply: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its choices; `right` is the value of the one that holds."""

    asks: str
    right: str
    choices: tuple[Choice, ...]

    def choice(self, value: str) -> Choice | None:
        """The choice with that value, None if there is none."""
        return next((each for each in self.choices if each.value == value), None)


class UnknownQuestion(MinisvcError):
    """A notebook named a question that the lessons do not have."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"There is no question {name!r}.{did_you_mean(name, QUESTIONS)}")


def question(name: str) -> Question:
    """The question with the id `name`; raises `UnknownQuestion`."""
    try:
        return QUESTIONS[name]
    except KeyError:
        raise UnknownQuestion(name) from None


QUESTIONS = {
    "start-here": Question(
        asks="Three instances keep carts in their own memory, and each customer stays with one of them. "
        "Instance a crashes. Who loses a cart?",
        right="its-own",
        choices=(
            Choice("nobody", "Nobody: the other two instances take over", "They take over the requests."),
            Choice("its-own", "Those whose cart was in a, and nobody else", "You name exactly a's customers."),
            Choice("everybody", "Everybody: the shop has lost its data", "You expect the worst."),
        ),
    ),
    "after-restart": Question(
        asks="You restart instance a. Do the lost carts come back?",
        right="no",
        choices=(
            Choice(
                "yes",
                "Yes, it picks up where it stopped",
                "No. Its memory went with the crash: it starts empty.",
            ),
            Choice("no", "No, it starts empty", "Right. A restart brings back the program, not its memory."),
        ),
    ),
    "what-sticky-does": Question(
        asks="What does sticky routing do for carts that live in memory?",
        right="finds",
        choices=(
            Choice("protects", "It protects them from a crash", "No. You saw carts lost while sticky was on."),
            Choice(
                "finds",
                "It brings customers back to the instance that has their cart",
                "Right. Without it they meet instances that never saw their cart. Try the Sticky switch.",
            ),
            Choice("copies", "It copies them to the other instances", "No. Nothing is copied: each cart is once."),
        ),
    ),
}
