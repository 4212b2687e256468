"""Records for other programs: JSON, CSV (RFC 4180) and, where pandas is installed, a data frame.

A record is a dataclass instance; its fields, and those of its properties that are asked for, are the columns.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, TextIO

from minisvc.errors import MinisvcError


class PandasMissing(MinisvcError, ImportError):
    """A data frame was asked for, and pandas is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "A data frame needs pandas, which is not installed.\n"
            "  Run: pip install pandas, or export with to_csv or to_json."
        )


def as_rows(records: Sequence[Any], more: Sequence[str] = ()) -> list[dict[str, Any]]:
    """One dict a record: its fields in order, then the properties named in `more`."""
    if not records:
        return []
    names = [*(each.name for each in fields(records[0])), *more]
    return [{name: getattr(record, name) for name in names} for record in records]


def write_json(rows: Sequence[dict[str, Any]], target: str | Path | TextIO) -> None:
    """An array with one record a line, which both a JSON parser and a line reader can follow.

    Raises:
        OSError: the file cannot be written.
    """
    with _opened(target) as out:
        out.write("[")
        for number, row in enumerate(rows):
            out.write(("," if number else "") + "\n" + json.dumps(row, ensure_ascii=False))
        out.write("\n]\n")


def write_csv(rows: Sequence[dict[str, Any]], columns: Sequence[str], target: str | Path | TextIO) -> None:
    """A line of names, then one line a record; None is an empty cell.

    Raises:
        OSError: the file cannot be written.
    """
    with _opened(target) as out:
        writer = csv.DictWriter(out, columns)
        writer.writeheader()
        writer.writerows(rows)


def frame(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> Any:
    """A `pandas.DataFrame` with one row a record.

    Raises:
        PandasMissing: pandas is not installed.
    """
    try:
        import pandas as pd  # type: ignore[import-not-found,import-untyped,unused-ignore]  # noqa: PLC0415
    except ImportError as error:
        raise PandasMissing from error
    return pd.DataFrame(list(rows), columns=list(columns))


@contextmanager
def _opened(target: str | Path | TextIO) -> Iterator[TextIO]:
    if isinstance(target, (str, Path)):
        # The csv module ends lines by itself.
        with Path(target).open("w", encoding="utf-8", newline="") as out:
            yield out
    else:
        yield target
