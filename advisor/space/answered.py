"""The answers that were given, as boxes: which part of the space agrees with them."""

from collections.abc import Iterable, Mapping

from advisor.model import Value
from advisor.space.axes import Axis, axes_of
from advisor.space.compiled import Box, Space, state_of
from advisor.space.scales import Scales
from advisor.space.search import Search


class Answered:
    """The scales of a rulebook, some answers, and the boxes that agree with any part of them.

    Attributes:
        values: the known answers by question id.
        unknown: the questions without an answer, in the file's order.
    """

    def __init__(self, scales: Scales, values: Mapping[str, Value]) -> None:
        rulebook = scales.rulebook
        self.values = {name: values[name] for name in rulebook.questions if name in values}
        self.unknown = tuple(name for name in rulebook.questions if name not in values)
        self.space = Space(scales, axes_of(rulebook, self.values), apart=True)
        self.search = Search(self.space)
        self._of = {name: at for at, axis in enumerate(self.space.axes) for name in axis.questions}
        self._masks: dict[tuple[str, str], int] = {}

    def box(self, given: Iterable[str], unknown: Iterable[str] = ()) -> Box:
        """The answer sets with the given answers to some questions, while others stay unknown."""
        box = list(self.space.whole)
        for name in given:
            box[self._of[name]] &= self._classes(name, "given")
        for name in unknown:
            box[self._of[name]] &= self._classes(name, "")
        return tuple(box)

    def narrowed(self, box: Box, question: str) -> Box:
        """The part of a box that has the given answer to one question more."""
        at = self._of[question]
        return (*box[:at], box[at] & self._classes(question, "given"), *box[at + 1 :])

    def axis_of(self, question: str) -> int:
        """The number of the axis that a question is on."""
        return self._of[question]

    def stands(self, number: int, question: str) -> bool:
        """Whether a cell of the question's axis agrees with what all other questions on it are answered."""
        axis = self.space.axes[self._of[question]]
        others = (name for name in axis.questions if name != question)
        return all(state_of(axis.cells[number], name) == ("given" if name in self.values else "") for name in others)

    def _classes(self, question: str, state: str) -> int:
        """The classes of the question's axis in which it is in a state, as a mask."""
        key = (question, state)
        if key not in self._masks:
            at = self._of[question]
            axis = self.space.axes[at]
            number = self.space.scales.rulebook.questions[question].is_number
            self._masks[key] = sum(
                1 << class_
                for class_, members in enumerate(self.space.members[at])
                # the numbers of a class are in the same state, for the space keeps other states apart
                if any(self._in_state(axis, cell, question, state) for cell in (members[:1] if number else members))
            )
        return self._masks[key]

    def _in_state(self, axis: Axis, number: int, question: str, state: str) -> bool:
        cell = axis.cells[number]
        if state == "given" and len(cell.given) == 0 and isinstance(self.values[question], str):
            return cell.choices.get(question) == self.values[question]
        return state_of(cell, question) == state
