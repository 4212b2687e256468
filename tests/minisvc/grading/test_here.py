"""In a notebook: the task with one's own numbers, a check with hints, and nbgrader's cells."""

import ast

import pytest

from minisvc.errors import MinisvcError
from minisvc.grading import check_here, grade_here, notebook, task
from minisvc.grading.sandbox import Cell

from .class_of import EXERCISE, answered, step_of


def ran(student: str, answer: str) -> list[str]:
    return [f"student = {student!r}", f'check_here("{EXERCISE}")', answer]


def test_the_task_has_the_students_own_numbers_once_it_is_signed():
    assert f"count in steps of {step_of('Ada')}" in repr(task(EXERCISE, "Ada"))
    assert repr(task(EXERCISE, " ")).startswith("Put your name into the cell above")


def test_a_check_shows_each_reason_and_as_many_hints_as_are_asked_for():
    said = repr(check_here(EXERCISE, 2, cells=ran("Ada", answered("Ada", step=1))))
    assert "✗ counts (0 of 1): After 1 times the count is 1; your step is" in said
    assert "Hint 1: " in said
    assert "Hint 2: " in said
    assert "Hint 3: " not in said
    assert f'For a hint: check_here("{EXERCISE}", 3)' in said
    assert "0 of 6 points." in said


def test_a_grading_cell_passes_or_says_why_not():
    assert grade_here(EXERCISE, "counts", cells=ran("Ada", answered("Ada"))) is None
    with pytest.raises(AssertionError, match="After 1 times the count is 1; your step is"):
        grade_here(EXERCISE, "counts", cells=ran("Ada", answered("Ada", step=1)))


def test_a_check_that_there_is_not_is_answered_with_the_nearest():
    with pytest.raises(MinisvcError, match='Did you mean "crash"'):
        grade_here(EXERCISE, "crush", cells=[])


def test_outside_a_notebook_it_says_what_to_use():
    with pytest.raises(MinisvcError, match=r"Use: minisvc grade FILE\.ipynb"):
        check_here(EXERCISE)


def test_a_name_is_found_although_another_thread_parsed_meanwhile(monkeypatch):
    parse, failures = ast.parse, [SystemError("AST constructor recursion depth mismatch (before=30, after=23)")]

    def parsed(source):
        if failures:
            raise failures.pop()
        return parse(source)

    monkeypatch.setattr(ast, "parse", parsed)
    assert notebook.signed([Cell("name", 'student = "Ada"')]) == "Ada"
