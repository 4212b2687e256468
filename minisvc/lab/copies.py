"""A person's own copy of the lessons: filled and brought up to date, never written over.

A small file beside the notebooks remembers a digest of what each one said as it was handed out. A notebook that still
says the same was not worked on, so a newer release may replace it: JupyterLab saves outputs into a lesson that was only
run, and running it makes them again. Any other is a person's work: it stays, and a newer release arrives beside it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import count
from pathlib import Path

from minisvc.lab.errors import NotWritable

MEMORY = ".statewise-handed-out.json"


@dataclass(frozen=True, slots=True)
class Copied:
    """What became of the lesson `name`: ``new``, ``updated`` or ``beside`` (then `path` is the newcomer)."""

    name: str
    deed: str
    path: Path

    @property
    def sentence(self) -> str:
        """The same for a person to read."""
        if self.deed == "beside":
            return f"{self.name} has your work in it and stays; the new release of it is {self.path.name}."
        return f"{self.name} is {self.deed}."


def hand_out(source: Path, target: Path) -> list[Copied]:
    """Bring `target` up to date with the notebooks of `source`, and say what changed.

    Raises:
        NotWritable: `target` is no directory, or cannot be written to.
    """
    try:
        target.mkdir(parents=True, exist_ok=True)
        handed = _remembered(target)
        copied = [each for book in sorted(source.glob("*.ipynb")) for each in _bring(book, target, handed)]
        _write(target / MEMORY, json.dumps(handed, indent=1, sort_keys=True).encode())
    except OSError as refused:
        raise NotWritable(target, refused.strerror or str(refused)) from refused
    return copied


def _bring(book: Path, target: Path, handed: dict[str, str]) -> Iterator[Copied]:
    content, mine = book.read_bytes(), target / book.name
    release, before = _digest(content), handed.get(book.name)
    handed[book.name] = release
    if not mine.exists():
        _write(mine, content)
        yield Copied(book.name, "new", mine)
    elif _digest(mine.read_bytes()) == release:
        return
    elif _digest(mine.read_bytes()) == before:
        _write(mine, content)
        yield Copied(book.name, "updated", mine)
    elif before != release:
        beside = _free_name(mine, release)
        _write(beside, content)
        yield Copied(book.name, "beside", beside)


def _free_name(mine: Path, release: str) -> Path:
    """A name beside `mine` that holds nobody's work: ``x.new.ipynb``, ``x.new2.ipynb``, ..."""
    for number in count(1):
        beside = mine.with_name(f"{mine.stem}.new{number if number > 1 else ''}{mine.suffix}")
        if not beside.exists() or _digest(beside.read_bytes()) == release:
            return beside
    raise AssertionError("numbers do not end")


def _remembered(target: Path) -> dict[str, str]:
    """Digests by name; a missing or spoilt memory counts as none, so that everything there is kept."""
    try:
        found = json.loads((target / MEMORY).read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {str(name): str(digest) for name, digest in found.items()} if isinstance(found, dict) else {}


def _digest(content: bytes) -> str:
    """Of what a notebook's cells say, whatever came out of them; of every byte where it is no notebook."""
    try:
        cells = json.loads(content)["cells"]
        said = [[each["cell_type"], "".join(each["source"])] for each in cells]
    except (ValueError, KeyError, TypeError):
        return sha256(content).hexdigest()
    return sha256(json.dumps(said).encode()).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """All or nothing: an interrupted write leaves no half notebook."""
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(content)
    part.replace(path)
