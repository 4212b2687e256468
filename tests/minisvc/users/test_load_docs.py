import re
from dataclasses import fields
from pathlib import Path

from minisvc.users import JOURNEYS, Load
from minisvc.users.load import ACTIVITIES, ARRIVALS

PAGE = (Path(__file__).parents[3] / "docs" / "load.md").read_text()


def test_the_pages_examples_run_one_after_another(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    for code in re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE):
        exec(compile(code, "docs/load.md", "exec"), names)
    said = capsys.readouterr().out
    assert "2000 served, 0 failed, 0 lost" in said
    assert "contradicted: without affinity" in said
    assert {each.name for each in tmp_path.iterdir()} == {"exchanges.json", "exchanges.csv"}


def test_the_page_names_every_field_journey_and_choice():
    quoted = set(re.findall(r'`"?(\w+)"?`', PAGE)) | set(re.findall(r'"(\w+)"', PAGE))
    assert {each.name for each in fields(Load)} <= quoted
    assert {*JOURNEYS, *ACTIVITIES, *ARRIVALS} <= quoted
