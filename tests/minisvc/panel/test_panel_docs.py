"""What docs/panel.md shows, run in the order in which it stands there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from minisvc import Cluster
from minisvc.panel import Panel

PAGE = (Path(__file__).parents[3] / "docs" / "panel.md").read_text("utf-8")
SHOWN = re.findall(r"^```python\n(.*?)^```\n(?:```text\n(.*?)^```)?", PAGE, re.DOTALL | re.MULTILINE)


@pytest.fixture
def names() -> Iterator[dict[str, object]]:
    """What the page's code has named; its clusters are closed afterwards."""
    named: dict[str, object] = {}
    yield named
    for each in named.values():
        if isinstance(each, Cluster):
            each.close()


def steady(said: str) -> str:
    """Without what is another each time: a cookie's value and a duration."""
    return re.sub(r"after \d+ ms", "after … ms", re.sub(r"cookie \S+…", "cookie …", said))


def test_the_page_opens_a_panel_takes_a_step_and_compares(
    names: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert [bool(said) for _, said in SHOWN] == [False, True, True]
    for code, said in SHOWN:
        # A notebook shows what the last line gives.
        exec(compile(code.replace("\npanel(shop)\n", "\nview = panel(shop)\n"), "docs/panel.md", "exec"), names)
        assert steady(capsys.readouterr().out) == steady(said)
    assert isinstance(names["view"], Panel)
