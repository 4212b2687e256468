"""The snapshot of the advisor's own rules: quick when it is right, never used when it is not."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from advisor.rules import default_rules_file, load_rules, rulebook_of
from advisor.rules import load as load_module
from tests.advisor.conftest import Run


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "statewise"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that were parsed."""
    texts: list[str] = []

    def noting(text: str, file: str = "rules.yaml") -> object:
        texts.append(text)
        return rulebook_of(text, file)

    monkeypatch.setattr(load_module, "rulebook_of", noting)
    return texts


def only(cache: Path) -> Path:
    (snapshot,) = cache.iterdir()
    return snapshot


def test_what_comes_out_of_a_snapshot_is_what_was_read(cache: Path, read: list[str]) -> None:
    first, again = load_rules(), load_rules()
    assert len(read) == 1
    assert again == first
    for name in ("questions", "facts", "mechanisms", "archetypes", "concerns"):
        assert list(getattr(again, name)) == list(getattr(first, name)), "in the order of the file"
    assert [rule.place for rule in again.rules] == [rule.place for rule in first.rules]


def test_a_snapshot_of_another_text_is_not_used(
    cache: Path, read: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / "rules.yaml"
    monkeypatch.setattr(load_module, "default_rules_file", lambda: rules)
    for label in ("Transport", "Carriage"):
        text = default_rules_file().read_text(encoding="utf-8").replace("{label: Transport,", f"{{label: {label},")
        rules.write_text(text, encoding="utf-8")
        assert load_rules().concerns["transport"].label == label
    assert len(read) == 2
    assert only(cache), "the newer one took its place"


def test_a_snapshot_that_other_code_wrote_is_not_used(
    cache: Path, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load_rules()
    monkeypatch.setattr("advisor.cache.code", lambda: (("advisor/model/rulebook.py", 1, 1),))
    load_rules()
    assert len(read) == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.write_bytes(file.read_bytes()[:-1000]),
        lambda file: file.write_bytes(file.read_bytes()[:-1000] + b"?" + file.read_bytes()[-999:]),
        lambda file: file.write_bytes(b""),
        lambda file: file.chmod(0o666),
    ],
    ids=["cut short", "one byte changed", "empty", "anybody may write it"],
)
def test_a_snapshot_that_may_be_wrong_is_not_used(
    cache: Path, read: list[str], spoil: Callable[[Path], object]
) -> None:
    right = load_rules()
    spoil(only(cache))
    assert load_rules() == right
    assert len(read) == 2


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a file away")
def test_a_snapshot_of_somebody_else_is_not_used(cache: Path, read: list[str]) -> None:
    load_rules()
    os.chown(only(cache), 65534, 65534)
    load_rules()
    assert len(read) == 2


def test_rules_that_are_named_are_read_whatever_snapshots_there_are(cache: Path, read: list[str]) -> None:
    load_rules(default_rules_file())
    assert len(read) == 1
    assert not cache.exists()


def test_where_nothing_can_be_kept_the_advice_is_the_same(run: Run, shop_file: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where a folder should be", encoding="utf-8")
    kept = run("recommend", shop_file, "--json", XDG_CACHE_HOME=str(tmp_path / "cache"))
    again = run("recommend", shop_file, "--json", XDG_CACHE_HOME=str(tmp_path / "cache"))
    not_kept = run("recommend", shop_file, "--json", XDG_CACHE_HOME=str(tmp_path / "taken"))
    assert not_kept.returncode == 0
    assert not_kept.stderr == ""
    assert json.loads(kept.stdout) == json.loads(again.stdout) == json.loads(not_kept.stdout)
