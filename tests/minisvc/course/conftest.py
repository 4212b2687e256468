from pathlib import Path

import pytest

from minisvc.course.progress import Progress


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Progress:
    """A beginner's, so that no test writes into that of the person who runs it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Progress()
