"""The shipped rulebook, loaded once, and a way to run the command."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from time import process_time

import pytest

from advisor.check import CheckReport
from advisor.check.audit import examined
from advisor.cli import main
from advisor.model import Rulebook
from advisor.rules import load_rules

Run = Callable[..., subprocess.CompletedProcess[str]]

SHOP = """\
version: 1
name: corner shop
system: {sessions: 20000, requests_per_second: 400, bytes_per_session: 4096, spikes: flash, budget: moderate,
  ops_skill: medium}
components:
  - name: cart
    archetype: cart
    answers: {connection: request, continuity: draft, failure_tolerance: retry}
"""


@pytest.fixture(scope="session", autouse=True)
def _cache_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load_rules()


@pytest.fixture(scope="session")
def checked(rulebook: Rulebook) -> tuple[CheckReport, float]:
    """The whole check of the shipped rules, done once, and how many seconds of one core it took."""
    start = process_time()
    report = examined(rulebook)
    return report, process_time() - start


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return path


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command's lines in this process, in `tmp_path`: a process takes longer than most of them."""

    def run_advisor(*args: object, text: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "stdin", StringIO(text))
        for name, value in {"COLUMNS": "80", **env}.items():
            monkeypatch.setenv(name, value)
        capsys.readouterr()
        try:
            status = main(list(map(str, args)))
        except SystemExit as done:  # argparse has printed the help
            status = int(done.code or 0)
        return subprocess.CompletedProcess(args, status, *capsys.readouterr())

    return run_advisor


@pytest.fixture
def run_process(tmp_path: Path) -> Run:
    """Runs the command's lines as processes, in `tmp_path`."""

    def run_advisor(*args: object, text: str = "", **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "advisor", *map(str, args)],
            input=text,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "80", **env},
            timeout=60,
            check=False,
        )

    return run_advisor
