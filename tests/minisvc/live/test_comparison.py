"""The comparison on a terminal: whole figures, as a table or on its side."""

import pytest
from rich.console import Console

from minisvc.claims.comparison import CONCERNS, Comparison
from minisvc.claims.comparison_run import Cell, Method
from minisvc.live.comparison import drawn
from minisvc.live.pen import Pen
from minisvc.mechanisms import FORMS


def comparison(*names: str, **unable: str) -> Comparison:
    cells = {each.key: Cell(number / 10, f"{number}00 B", "up 100%") for number, each in enumerate(CONCERNS)}
    return Comparison(tuple(FORMS[name] for name in names), dict.fromkeys(names, cells), 1, Method(), 2.0, unable)


def shown(found: Comparison, columns: int, *, ascii_only: bool = False) -> list[str]:
    console = Console(width=columns, color_system=None)
    with console.capture() as captured:
        for each in drawn(found, Pen(columns, ascii_only=ascii_only)):
            console.print(each)
    return [line.rstrip() for line in captured.get().splitlines()]


@pytest.mark.parametrize(("columns", "is_table"), [(120, True), (86, True), (80, False), (40, False)])
def test_a_table_that_would_be_cut_is_turned_on_its_side(columns, is_table):
    lines = shown(comparison("signed-token-deny-list", "redis"), columns)
    assert (len([line for line in lines if "signed-token-deny-list" in line]) == 1) is is_table
    assert max(map(len, lines)) <= columns
    text = "\n".join(lines)
    assert "…" not in text
    assert all(f"{number}00 B" in text for number in range(len(CONCERNS)))


def test_a_terminal_without_unicode_gets_bars_of_its_own():
    text = "\n".join(shown(comparison("redis"), 40, ascii_only=True))
    assert text.isascii()
    assert "redis ======== 700 B (up 100%)" in text


def test_places_that_could_not_be_run_are_named_below():
    lines = shown(comparison("redis", postgres="it is not installed"), 80)
    assert "postgres could not be run here: it is not installed" in lines
    alone = shown(comparison(postgres="it is not installed"), 80)
    assert "postgres could not be run here: it is not installed" in alone
