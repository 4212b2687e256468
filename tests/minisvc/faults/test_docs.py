"""The pages on faults and operations: their first examples run as they stand."""

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize(
    ("page", "told"),
    [
        ("faults.md", r"0\.[2-9]\d*\n\['c1-\S+'\]\nNone\n"),
        ("operations.md", r"\[False, True, False, True\]\n0\n"),
    ],
)
def test_the_first_example_runs_and_prints_what_the_page_says(page, told, capsys):
    code = re.search(r"```python\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)[1]
    exec(compile(code, page, "exec"), {})
    assert re.fullmatch(told, capsys.readouterr().out)
