"""The shipped rulebook, loaded once, and a way to run the command."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

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


@pytest.fixture
def shop_file(tmp_path: Path) -> Path:
    path = tmp_path / "shop.yaml"
    path.write_text(SHOP, encoding="utf-8")
    return path


@pytest.fixture
def run(tmp_path: Path) -> Run:
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
