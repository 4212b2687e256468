"""What docs/hosts.md shows, run."""

import re
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[3] / "docs" / "hosts.md").read_text("utf-8")
SHOWN = re.findall(r"^```python\n(.*?)^```\n(?:```text\n(.*?)^```)?", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize(("code", "said"), SHOWN, ids=["hosts", "crashes"])
def test_the_code_does_what_the_page_says(capsys, code, said):
    exec(compile(code, "docs/hosts.md", "exec"), {})
    assert capsys.readouterr().out == (said or "[True, False, False]\n")
