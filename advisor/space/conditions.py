"""Which arguments fire, as a bit mask: requirements have the first bits, rules the next ones, in the file's order."""

from collections.abc import Mapping, Sequence

from advisor.model import Requirement, Rule

Argument = Requirement | Rule


class Conditions:
    """The conditions of some arguments, by question and choice. A condition names each question at most once.

    Attributes:
        everything: all arguments, as a mask.
    """

    def __init__(self, arguments: Sequence[Argument]) -> None:
        self.everything = (1 << len(arguments)) - 1
        self._asking: dict[str, int] = {}
        self._fitting: dict[str, dict[str | None, int]] = {}
        for number, argument in enumerate(arguments):
            for name, choices in argument.when.terms:
                self._asking[name] = self._asking.get(name, 0) | 1 << number
                fitting = self._fitting.setdefault(name, {})
                for choice in choices:
                    fitting[choice] = fitting.get(choice, 0) | 1 << number
        self._others = {name: self.everything & ~asking for name, asking in self._asking.items()}

    def permitted(self, name: str, choice: str | None) -> int:
        """The arguments that do not ask for another choice of a question or fact; None: it is unknown."""
        if name not in self._others:
            return self.everything
        return self._others[name] | self._fitting[name].get(choice, 0)

    def firing(self, facts: Mapping[str, str]) -> int:
        """The arguments that fire with these known choices, by question or fact id."""
        fired = self.everything
        for name, others in self._others.items():
            fired &= others | self._fitting[name].get(facts.get(name), 0)
        return fired
