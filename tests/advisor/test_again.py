"""Advice as JSON that was asked for before: the same text, and at once, unless anything has changed."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor import cache, document
from advisor.answers import written
from advisor.cli import main
from advisor.commands import again
from advisor.engine import Adviser
from advisor.model import Advice, AnswerFile, Component
from advisor.rules import default_rules_file
from advisor.rules.snapshot import Snapshot
from tests.advisor.cases import SHIPPED, answer_sets
from tests.advisor.conftest import Run


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "statewise"


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What advice was worked out for."""
    done: list[object] = []
    on = Adviser.on

    def noting(adviser: Adviser, file: AnswerFile) -> Advice:
        done.append(file)
        return on(adviser, file)

    monkeypatch.setattr(Adviser, "on", noting)
    return done


def asked(capsys: pytest.CaptureFixture[str], *line: object) -> str:
    assert main(["recommend", *map(str, line), "--json"]) == 0
    return capsys.readouterr().out


def test_the_same_question_gets_the_same_text_without_work(
    capsys: pytest.CaptureFixture[str], shop_file: Path, worked: list[object]
) -> None:
    assert asked(capsys, shop_file) == asked(capsys, shop_file) != ""
    assert len(worked) == 1


def test_changed_answers_rules_or_code_are_worked_out(
    capsys: pytest.CaptureFixture[str],
    shop_file: Path,
    worked: list[object],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = asked(capsys, shop_file)
    shop_file.write_text(shop_file.read_text(encoding="utf-8").replace("corner shop", "kiosk"), encoding="utf-8")
    assert json.loads(asked(capsys, shop_file))["name"] == "kiosk"
    rules = tmp_path / "rules.yaml"
    for source in ("https://example.org/one", "https://example.org/two"):
        text = default_rules_file().read_text(encoding="utf-8")
        rules.write_text(text.replace("https://12factor.net/processes", source), encoding="utf-8")
        assert source in asked(capsys, shop_file, "--rules", rules)
    monkeypatch.setattr(cache, "code", lambda: (("advisor/engine/weigh.py", 1, 1),))
    asked(capsys, shop_file)
    assert len(worked) == 5
    assert json.loads(first)["name"] == "corner shop"


def test_faults_are_told_each_time(capsys: pytest.CaptureFixture[str], shop_file: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("version: 2\nanswers: {}\n", encoding="utf-8")
    for _ in range(2):
        assert main(["recommend", str(shop_file), str(wrong), "--json"]) == 2
        out, err = capsys.readouterr()
        assert [each["name"] for each in json.loads(out)] == ["corner shop"]
        assert "version is 2" in err
    assert main(["recommend", str(tmp_path / "none.yaml"), "--json"]) == 2
    assert "there is no such file." in capsys.readouterr().err


def test_answers_from_a_pipe_are_read_once(run_process: Run, shop_file: Path) -> None:
    text = shop_file.read_text(encoding="utf-8")
    for _ in range(2):
        done = run_process("recommend", "/dev/stdin", "--json", text=text)
        assert (done.returncode, done.stderr) == (0, "")
        assert json.loads(done.stdout)["name"] == "corner shop"


def test_an_entry_that_is_not_whole_is_not_used(
    capsys: pytest.CaptureFixture[str], shop_file: Path, worked: list[object], kept: Path
) -> None:
    right = asked(capsys, shop_file)
    (entry,) = kept.glob("advice-*")
    entry.write_bytes(entry.read_bytes()[:-10])
    assert asked(capsys, shop_file) == right
    assert len(worked) == 2


def test_what_is_too_long_for_the_advisor_is_too_long_to_keep() -> None:
    assert again.RULES_BYTES == document.READ_LIMIT_BYTES


def test_the_oldest_entries_make_room(kept: Path) -> None:
    for number in range(cache.MOST + 1):
        cache.keep(f"advice-{number:04}", b"", b"text")
    assert len(list(kept.iterdir())) == cache.MOST // 2 + 1
    assert cache.recall(f"advice-{cache.MOST:04}", b"") == b"text"


@given(answers=answer_sets(), archetype=st.none() | st.sampled_from(sorted(SHIPPED.archetypes)))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_way_to_the_json_gives_the_same_bytes(
    answers: dict[str, object],
    archetype: str | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "any.yaml"
    file.write_text(written(AnswerFile("any", (Component("part", archetype, answers),))), encoding="utf-8")  # type: ignore[arg-type]
    worked_out = asked(capsys, file)
    assert asked(capsys, file) == worked_out
    with monkeypatch.context() as patch:
        patch.setattr(document, "everyday", lambda text, name: None)
        patch.setattr(Snapshot, "recall", lambda snapshot: None)
        patch.setattr(cache, "recall", lambda name, start: None)
        assert main(["recommend", str(file), "--format", "json"]) == 0
    assert capsys.readouterr().out == worked_out
