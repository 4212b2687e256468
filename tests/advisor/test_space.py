"""What the answers so far settle, leave open and suffice for: as trying every answer says."""

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, product

import pytest

from advisor.engine import facts_of
from advisor.model import Rulebook, Value
from advisor.rules import rulebook_of
from advisor.space import open_questions, settled, sufficient, worthwhile
from advisor.space.numbers import Range, possible
from tests.advisor.by_hand import winner_by_hand
from tests.advisor.small_rules import SMALL_RULES

SMALL = rulebook_of(SMALL_RULES)
# Enough numbers to meet every band together with every other that it can meet; None is unknown.
ANSWERS: dict[str, list[Value | None]] = {
    "users": [None, 5, 100, 1000, 1e6],
    "bytes": [None, 0, 5, 1000, 1e6],
    "talk": [None, "calls", "socket"],
    "keep": [None, "nothing", "cart"],
}

Values = dict[str, Value]


def every_set(of: Mapping[str, list[Value | None]]) -> Iterator[Values]:
    for combination in product(*of.values()):
        yield {name: value for name, value in zip(of, combination, strict=True) if value is not None}


def winner(values: Values, book: Rulebook = SMALL) -> str | None:
    return winner_by_hand(book, facts_of(book, values), {})


def completions(values: Values) -> list[Values]:
    return [{**values, **more} for more in every_set({name: ANSWERS[name] for name in ANSWERS if name not in values})]


@pytest.fixture(scope="module")
def each_set() -> list[Values]:
    return list(every_set(ANSWERS))


def test_what_is_settled_is_what_wins_every_completion(each_set: list[Values]) -> None:
    for values in each_set:
        winners = {winner(each) for each in completions(values)}
        assert settled(SMALL, values, {}) == (winners.pop() if len(winners) == 1 else None), values


def test_a_question_is_open_if_its_answer_alone_changes_the_winner_of_some_completion(each_set: list[Values]) -> None:
    for values in each_set:
        wanted = {
            name for name in ANSWERS if name not in values and any(swings(each, name) for each in completions(values))
        }
        assert open_questions(SMALL, values, {}) == wanted, values


def swings(values: Values, name: str) -> bool:
    rest = {other: value for other, value in values.items() if other != name}
    return len({winner({**rest, **({name: answer} if answer is not None else {})}) for answer in ANSWERS[name]}) > 1


def test_what_suffices_forces_the_winner_and_nothing_smaller_does(each_set: list[Values]) -> None:
    for values in each_set:
        found = dict(sufficient(SMALL, values, {}))
        forces = forcing(values)
        assert forces(found), (values, found)
        smaller = (names for size in range(len(found)) for names in combinations(values, size))
        assert not any(forces({name: values[name] for name in names}) for names in smaller), (values, found)


def forcing(values: Values) -> Callable[[Values], bool]:
    """Whether a subset forces the winner; what nobody answered is free only if it cannot change it anyway."""
    result = winner(values)
    free = len({winner(each) for each in completions(values)}) == 1

    def forces(subset: Values) -> bool:
        names = [name for name in ANSWERS if name not in subset and (free or name in values)]
        return all(winner({**subset, **more}) == result for more in every_set({name: ANSWERS[name] for name in names}))

    return forces


def test_what_is_worth_finding_out_has_the_most_answers_that_change_the_winner(each_set: list[Values]) -> None:
    for values in each_set:
        now = winner(values)
        found = worthwhile(SMALL, values, {})
        alone = [name for name in ANSWERS if name not in values and swings_from(values, name)]
        assert (found is None) == (not alone), values
        if found:
            assert found.changes == sum(each != now for each in found.outcomes.values()) > 0
            assert found.question in alone


def swings_from(values: Values, name: str) -> bool:
    return any(winner({**values, name: answer}) != winner(values) for answer in ANSWERS[name] if answer is not None)


def test_outcomes_are_told_by_answer_and_by_fact_where_a_band_leaves_it_open() -> None:
    found = worthwhile(SMALL, {"users": 50, "talk": "socket"}, {})
    assert found is not None
    assert (found.question, found.changes) == ("bytes", 1)
    assert found.outcomes == {"small": "memory", "big: total light": "memory", "big: total heavy": None}


def test_a_priority_of_0_settles_what_only_its_concern_argues() -> None:
    assert settled(SMALL, {"talk": "calls"}, {}) is None
    assert settled(SMALL, {"talk": "calls"}, {"state": 0}) == "plain"


def test_a_contradiction_has_a_smallest_cause() -> None:
    values: Values = {"talk": "socket", "users": 1000, "bytes": 1000, "keep": "cart"}
    assert winner(values) is None
    assert sufficient(SMALL, values, {}) == {"talk": "socket", "users": 1000, "bytes": 1000}
    assert settled(SMALL, values, {}) is None


@pytest.mark.parametrize(
    ("numbers", "products", "can"),
    [
        ({"a": Range(0, 10), "b": Range(0, 10)}, [(("a", "b"), Range(100, 200))], False),
        ({"a": Range(0, 10, closed=True), "b": Range(0, 10, closed=True)}, [(("a", "b"), Range(100, 200))], True),
        ({"a": Range(0, 0, closed=True), "b": Range(5, 10)}, [(("a", "b"), Range(0, 1))], True),
        ({"a": Range(0, 0, closed=True), "b": Range(5, 10)}, [(("a", "b"), Range(1, 2))], False),
        # each product alone can be in its range, both together cannot: a*c is 100 times b*c
        (
            {"a": Range(100, 100, closed=True), "b": Range(1, 1, closed=True), "c": Range(0, 100)},
            [(("a", "c"), Range(0, 100)), (("b", "c"), Range(2, 50))],
            False,
        ),
        (
            {"a": Range(100, 100, closed=True), "b": Range(1, 1, closed=True), "c": Range(0, 100)},
            [(("a", "c"), Range(0, 300)), (("b", "c"), Range(2, 50))],
            True,
        ),
    ],
)
def test_bands_meet_where_some_numbers_are_in_all_of_them(
    numbers: dict[str, Range], products: list[tuple[tuple[str, ...], Range]], can: bool
) -> None:
    assert possible(numbers, products) is can
