"""The page on stores: its example runs as it stands."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs" / "stores.md"


def test_the_example_runs_and_prints_what_the_page_says(capsys):
    code = re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]
    exec(compile(code, PAGE.name, "exec"), {})
    said = "all that it held is gone."
    assert capsys.readouterr().out == f"1\n503\nTrue\n['crashed: {said}', 'is back: {said}']\n"
