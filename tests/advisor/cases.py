"""Cases to report on: answers, and the advice on them, without a file or a process."""

from typing import Any

from hypothesis import strategies as st

from advisor.answers import answers_of
from advisor.engine import advise
from advisor.model import AnswerFile, Component, Rulebook
from advisor.report.case import Case
from advisor.rules import load_rules

SHIPPED = load_rules()
HOSTILE = "<b>\"x\" & 'y'</b> `z` | #1; [l](u) *e* _e_ \\ %% end\u0007"
"""A name with something special to every form."""

TWO = """\
version: 1
name: all
components:
  - {name: one, archetype: realtime}
  - {name: drop, archetype: files, answers: {failure_tolerance: nothing}}
"""


def case_of(text: str, rulebook: Rulebook = SHIPPED, file: str = "shop.yaml") -> Case:
    """The case of an answer file's text."""
    answers = answers_of(text, rulebook)
    return Case(rulebook, answers, advise(rulebook, answers), file)


def case_named(name: str, archetype: str = "realtime") -> Case:
    """A case in which the system and its only component have a name."""
    answers = AnswerFile(name, (Component(name, archetype),))
    return Case(SHIPPED, answers, advise(SHIPPED, answers))


def answer_sets(book: Rulebook = SHIPPED) -> st.SearchStrategy[dict[str, Any]]:
    """Any allowed answers, some questions left out."""
    values = {
        question.id: st.floats(0, 1e9) if question.is_number else st.sampled_from([*question.choices, "unknown"])
        for question in book.questions.values()
    }
    return st.fixed_dictionaries({}, optional=values)


def files(book: Rulebook = SHIPPED) -> st.SearchStrategy[AnswerFile]:
    """Any answer file of up to three components with any names."""
    component = st.builds(
        Component, st.text(min_size=1), st.none() | st.sampled_from(list(book.archetypes)), answer_sets(book)
    )
    components = st.lists(component, min_size=1, max_size=3, unique_by=lambda each: each.name).map(tuple)
    priorities = st.dictionaries(st.sampled_from(list(book.concerns)), st.integers(0, 2))
    return st.builds(AnswerFile, st.text(min_size=1), components, st.just({}), priorities)
