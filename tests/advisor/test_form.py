"""The form for notebooks: the interview's questions, the recommendation beside them, what would change it."""

import subprocess
import sys
from pathlib import Path

import pytest

from advisor.answers import load_answers
from advisor.errors import RulesError
from advisor.form import Form, form
from advisor.interview import Asks, Step
from advisor.model import Rulebook

KIND = Step(Asks.ARCHETYPE, 0)
SESSIONS = Step(Asks.QUESTION, None, "sessions")
CONNECTION = Step(Asks.QUESTION, 0, "connection")


def answer(shown: Form, step: Step, value: str) -> None:
    """As the browser does when a person has picked or typed something."""
    shown.field(step).control.value = value


@pytest.fixture
def cart() -> Form:
    shown = form()
    answer(shown, KIND, "cart")
    return shown


def test_every_question_of_the_interview_has_a_control(rulebook: Rulebook) -> None:
    shown = form()
    labels = {field.control.description for field in shown.fields}
    assert {question.label for question in rulebook.questions.values()} <= labels


def test_the_recommendation_follows_each_answer_and_says_what_changed(cart: Form) -> None:
    assert "<h3>my system: hybrid</h3>" in cart.told
    answer(cart, CONNECTION, "duplex_socket")
    assert "<h3>my system: stateful</h3>" in cart.told
    assert "Your last answer changed cart: Shared session store → Connection gateway." in cart.told
    assert cart.advice.components[0].mechanism == "connection_gateway"
    assert cart.answers.components[0].answers == {"connection": "duplex_socket"}


def test_what_is_usual_for_the_kind_stands_first_and_can_be_taken_again(cart: Form) -> None:
    control = cart.field(CONNECTION).control
    assert control.options[0] == ("Usual for Shopping cart: Request and answer", "")
    assert control.options[-1] == ("Don't know", "unknown")
    answer(cart, CONNECTION, "duplex_socket")
    answer(cart, CONNECTION, "")
    assert cart.answers.components[0].answers == {}


def test_a_wrong_number_is_said_beside_its_question_and_stays_to_be_mended(cart: Form) -> None:
    answer(cart, SESSIONS, "lots")
    assert cart.field(SESSIONS).wrong.startswith('"lots" is no number from 0 to 1,000,000,000,000,000.')
    assert "sessions" not in cart.answers.system
    answer(cart, CONNECTION, "polling")
    assert cart.field(SESSIONS).control.value == "lots"
    answer(cart, SESSIONS, "20000")
    assert cart.field(SESSIONS).wrong == ""
    assert cart.field(SESSIONS).control.value == "20,000"
    assert cart.answers.system == {"sessions": 20000}


def test_a_name_with_markup_is_shown_as_it_is(cart: Form) -> None:
    answer(cart, Step(Asks.NAME), "<script>alert(1)</script>")
    assert "&lt;script&gt;" in cart.told
    assert "<script>" not in cart.told


def test_what_would_change_it_can_be_tried_and_taken_back(cart: Form) -> None:
    button = next(each for each in cart.whatifs if each.description.startswith("connection: request → duplex_socket"))
    assert button.description == "connection: request → duplex_socket gives Connection gateway"
    button.click()
    assert cart.field(CONNECTION).control.value == "duplex_socket"
    assert cart.advice.components[0].mechanism == "connection_gateway"
    cart.undo.click()
    assert cart.field(CONNECTION).control.value == ""
    assert cart.advice.components[0].mechanism == "shared_session"


def test_a_question_that_cannot_matter_any_more_says_so(cart: Form) -> None:
    for question, value in {"connection": "request", "continuity": "draft", "latency": "interactive"}.items():
        answer(cart, Step(Asks.QUESTION, 0, question), value)
    ahead = {step.question for step in cart.interview.all_ahead()}
    closed = [field for field in cart.fields if field.step.question and "No need to know" in field.note]
    assert {field.step.question for field in closed}.isdisjoint(ahead)


def test_parts_come_and_go(cart: Form) -> None:
    cart.more.click()
    answer(cart, Step(Asks.ARCHETYPE, 1), "realtime")
    assert [part.name for part in cart.answers.components] == ["cart", "realtime"]
    assert "<h4>realtime · " in cart.told
    cart.fewer.click()
    assert [part.name for part in cart.answers.components] == ["cart"]
    assert cart.fewer.disabled


def test_two_parts_cannot_share_a_name(cart: Form) -> None:
    cart.more.click()
    name = Step(Asks.COMPONENT_NAME, 1)
    answer(cart, name, "cart")
    assert cart.field(name).wrong.startswith('there is a component "cart" already.')


def test_contradicting_answers_are_shown_with_both_sides(cart: Form) -> None:
    for question, value in {"connection": "protocol_session", "failure_tolerance": "nothing"}.items():
        answer(cart, Step(Asks.QUESTION, 0, question), value)
    if cart.advice.components[0].contradiction is None:
        pytest.skip("these rules see no contradiction here")
    assert "These answers contradict each other: they leave no mechanism." in cart.told


def test_answers_are_kept_in_the_named_file_and_found_again(rulebook: Rulebook, tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    shown = form(path)
    answer(shown, KIND, "cart")
    answer(shown, SESSIONS, "5")
    assert load_answers(path, rulebook).system == {"sessions": 5}
    again = form(path)
    assert again.answers == shown.answers
    assert again.field(SESSIONS).control.value == "5"


def test_a_folder_that_is_not_there_is_told_in_the_form(tmp_path: Path) -> None:
    shown = form(tmp_path / "no" / "shop.yaml")
    answer(shown, KIND, "cart")
    assert "the answers cannot be saved here: No such file or directory." in shown.saved
    assert "<h3>my system: hybrid</h3>" in shown.told


def test_rules_with_faults_are_refused_before_anything_is_shown(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yaml"
    rules.write_text("version: 1\n", encoding="utf-8")
    with pytest.raises(RulesError, match="words"):
        form(rules=rules)


def test_the_command_imports_no_widgets() -> None:
    code = "import sys, advisor.cli, advisor.commands.ask, advisor.prompts.terminal; print('ipywidgets' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
