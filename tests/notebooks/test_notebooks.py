"""Every notebook runs whole without a click, and is kept as code: short cells, no outputs, nothing inside."""

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
LONGEST_CELL = 10
LONGEST_SEEN = 6
MOST_CELLS = 25
MOST_WORDS = 1200
PUBLIC = {"minisvc", "minisvc.course", "minisvc.edge", "minisvc.panel", "flask", "requests", "hashlib", "zlib"}

EVERYBODY = [f"c{number}" for number in range(1, 7)]
LOSERS = {
    "02-balancing": {"stateful": ["c2", "c6"], "stateless": [], "hybrid": []},
    "03-crashes": {"stateful": ["c1", "c4"], "stateless": [], "hybrid": []},
    "04-shared-stores": {"stateful": EVERYBODY, "stateless": [], "hybrid": EVERYBODY},
}
"""Who loses a cart when lessons break the service in three forms."""

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_cells(book: Any) -> Iterator[Any]:
    return (cell for cell in book.cells if cell.cell_type == "code")


@pytest.fixture
def quiet_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No settings of the person who runs the tests reach the kernel."""
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("JUPYTER_PATH", str(Path(sys.prefix) / "share" / "jupyter"))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parents[2])]))


def run(path: Path, where: Path) -> Any:
    book = read(path)
    NotebookClient(book, timeout=60, kernel_name="python3", resources={"metadata": {"path": str(where)}}).execute()
    return book


def text_of(book: Any, start: str) -> str:
    """The plain text that the first cell beginning with `start` shows last."""
    cell = next(each for each in code_cells(book) if each.source.startswith(start))
    return str(cell.outputs[-1].get("data", {}).get("text/plain", cell.outputs[-1].get("text", "")))


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@each_notebook
@pytest.mark.usefixtures("quiet_home")
def test_notebook_runs_whole_without_a_click(path: Path, tmp_path: Path) -> None:
    book = run(path, tmp_path)
    assert all(cell.execution_count for cell in code_cells(book))
    assert not [
        out for cell in code_cells(book) for out in cell.outputs if out.output_type == "stream" and out.name == "stderr"
    ]
    shown = "".join(out.get("data", {}).get("text/html", "") for cell in code_cells(book) for out in cell.outputs)
    assert 'data-verdict="refuted"' not in shown
    if path.stem in LOSERS:
        assert ast.literal_eval(text_of(book, "losers = in_each_form")) == LOSERS[path.stem]


@pytest.mark.usefixtures("quiet_home")
def test_two_services_measures_that_an_instance_counts_its_own_visits_and_the_client_all(tmp_path: Path) -> None:
    book = run(next(each for each in NOTEBOOKS if each.stem.startswith("01-")), tmp_path)
    assert "{'by': 'b', 'visits': 3}" in text_of(book, "told = {}")
    assert ast.literal_eval(text_of(book, "after_crash")) == {"stateful": 4, "stateless": 6, "hybrid": 6}


@pytest.mark.usefixtures("quiet_home")
def test_start_here_measures_that_only_the_crashed_instance_loses_and_only_from_memory(tmp_path: Path) -> None:
    book = run(NOTEBOOKS[0], tmp_path)
    losers = ast.literal_eval(text_of(book, "losers ="))
    assert losers == {"memory": ["c1"], "signed_cookie": [], "redis": []}
    assert "curl -b jar -c jar --json" in text_of(book, "jar =")


@pytest.mark.usefixtures("quiet_home")
def test_a_saved_run_keeps_pictures_and_no_widget_state(tmp_path: Path) -> None:
    book = run(NOTEBOOKS[0], tmp_path)
    shown = next(each for each in code_cells(book) if each.source.startswith("panel("))
    still = shown.outputs[-1].data
    assert still["image/svg+xml"].startswith("<svg")
    assert "instance a: up" in still["text/plain"]
    happened = next(each for each in code_cells(book) if each.source.startswith("what_happened"))
    assert "<table>" in happened.outputs[0].data["text/html"]


@each_notebook
def test_cells_are_short(path: Path) -> None:
    for cell in code_cells(read(path)):
        lines = len(cell.source.splitlines())
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
        assert lines <= (LONGEST_CELL if hidden else LONGEST_SEEN), f"{path.name}, cell {cell.id}: {lines} lines"


@each_notebook
def test_notebook_is_stripped_and_its_cells_keep_their_names(path: Path) -> None:
    book = read(path)
    assert not [cell.id for cell in code_cells(book) if cell.outputs or cell.execution_count]
    assert "widgets" not in book.metadata
    ids = [cell.id for cell in book.cells]
    assert len(set(ids)) == len(ids)


@each_notebook
def test_lesson_is_short(path: Path) -> None:
    book = read(path)
    assert len(book.cells) <= MOST_CELLS
    assert sum(len(cell.source.split()) for cell in book.cells) <= MOST_WORDS


@each_notebook
def test_notebook_imports_only_what_is_public(path: Path) -> None:
    tree = ast.parse("\n".join(cell.source for cell in code_cells(read(path))))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    assert imported <= PUBLIC
