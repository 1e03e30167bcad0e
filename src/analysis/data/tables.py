"""CSV in and out: read strictly as text, then typed and validated as declared."""

import csv
import io
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.codes import WITHHELD
from analysis.data.columns import CellError, Column, Table, Value
from analysis.data.problems import BadDataError, Problem


@dataclass(frozen=True)
class _Rows:
    """The fields of a file as text, and the line on which each row begins."""

    header: list[str]
    rows: list[list[str]]
    lines: list[int]

    def frame(self) -> pd.DataFrame:
        return pd.DataFrame(self.rows, columns=self.header, index=self.lines, dtype="str")


def read_text(path: Path) -> pd.DataFrame:
    """Read a CSV strictly as text: no value is guessed, dropped or shifted.

    Returns str columns, blank where the file is blank, indexed by line number (the header is 1).
    Raises BadDataError naming every row with too few or too many fields, a repeated column, an
    unclosed quote, or bytes that are not UTF-8. A byte-order mark is allowed, also twice.
    """
    return _read(path).frame()


def _read(path: Path) -> _Rows:
    try:
        text = path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise BadDataError([Problem(path.name, "the file does not exist")]) from None
    except OSError as error:
        raise BadDataError([Problem(path.name, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        at = f"byte {error.start} is not UTF-8; save the file as CSV UTF-8"
        raise BadDataError([Problem(path.name, at)]) from None
    return _parsed(text.lstrip("\ufeff"), path.name)


def _parsed(text: str, file: str) -> _Rows:
    rows: list[list[str]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    try:
        for row in reader:
            if row:
                rows.append(row)
                lines.append(line)
            line = reader.line_num + 1
    except csv.Error as error:
        allowed = f"{error}; a quote that is opened must be closed"
        raise BadDataError([Problem(file, allowed, row=line)]) from None
    if not rows:
        raise BadDataError([Problem(file, "the file is empty; a header row is needed")])
    header = [name.strip() for name in rows[0]]
    problems = [
        Problem(file, "a column name must be unique and not blank", row=1, column=name)
        for name in dict.fromkeys(header)
        if not name or header.count(name) > 1
    ] + [
        Problem(file, f"{len(row)} fields; the header has {len(header)}", row=number)
        for row, number in zip(rows[1:], lines[1:], strict=True)
        if len(row) != len(header)
    ]
    if problems:
        raise BadDataError(problems)
    return _Rows(header, rows[1:], lines[1:])


def read(path: Path, declared: Table) -> pd.DataFrame:
    """Read a CSV and return it typed and validated; BadDataError lists every fault."""
    return _typed(_read(path), declared, path.name)


def write(frame: pd.DataFrame, path: Path, declared: Table) -> pd.DataFrame:
    """Validate a table, write it with its columns in the declared order, and return it as `read` will.

    What is validated is the text that would be written, so that nothing is written which could not
    be read again. BadDataError lists every fault, with the row that it would have in the file.
    """
    names = [name for name in declared.columns if name in frame]
    ordered = frame[names + [name for name in frame if name not in declared.columns]]
    flags = ordered.select_dtypes(bool).columns
    text = ordered.assign(
        **{name: ordered[name].map({True: "true", False: "false"}) for name in flags}
    ).to_csv(index=False, lineterminator="\n")
    written = _typed(_parsed(text, path.name), declared, path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_symlink():  # what lies at its other end is not ours
        path.unlink()
    path.write_text(text, encoding="utf-8", newline="")
    return written


def empty(declared: Table) -> pd.DataFrame:
    """Return the declared table with no row: what an area without the evidence has."""
    return pd.DataFrame(
        {name: pd.Series(dtype=column.dtype) for name, column in declared.columns.items()}
    )


def _typed(text: _Rows, declared: Table, file: str) -> pd.DataFrame:
    """Read every cell, then hold the rows against the key and the rules; all faults at once."""
    problems = list(_misplaced(text.header, declared, file))
    values: dict[str, list[Value]] = {}
    faulty: set[int] = set()  # rows with a fault of their own, which no rule is held against
    texts = zip(*text.rows, strict=True) if text.rows else [()] * len(text.header)
    for name, own in zip(text.header, texts, strict=True):
        if name in declared.columns:
            values[name], found = _column(own, declared.columns[name])
            faulty |= set(found)
            problems += [
                Problem(file, fault, row=text.lines[at], column=name, value=own[at] or None)
                for at, fault in found.items()
            ]
    problems += [
        Problem(file, allowed, row=text.lines[at], column=column, value=value)
        for at, allowed, column, value in _contradictions(values, declared, faulty)
    ]
    if problems:
        raise BadDataError(problems)
    return pd.DataFrame(
        {name: _array(values[name], column.dtype) for name, column in _present(declared, values)}
    )


def _misplaced(header: Sequence[str], declared: Table, file: str) -> Iterator[Problem]:
    """Name the columns that are missing, unknown, or not where they are declared."""
    known = [name for name in header if name in declared.columns]
    for name in header:
        if name not in declared.columns:
            listed = ", ".join(declared.columns)
            yield Problem(file, f"not a column of this table; it has {listed}", column=name)
    for name, column in declared.columns.items():
        if column.required and name not in known:
            yield Problem(file, "the column is missing", column=name)
    for name, due in zip(known, (name for name, _ in _present(declared, known)), strict=True):
        if name != due:
            yield Problem(file, "the column is not in the declared place", column=name)


def _present(declared: Table, names: Collection[str]) -> Iterator[tuple[str, Column]]:
    return ((name, column) for name, column in declared.columns.items() if name in names)


def _column(texts: Sequence[str], column: Column) -> tuple[list[Value], dict[int, str]]:
    """Return the values of a column and, by position, what is wrong; each text is judged once."""
    known: dict[str, Value] = {}
    wrong: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        try:
            known[text] = column.value(text)
        except CellError as error:
            wrong[text] = str(error)
    faults = {at: wrong[text] for at, text in enumerate(texts) if text in wrong} if wrong else {}
    return [known.get(text) for text in texts], faults


def _contradictions(
    values: Mapping[str, Sequence[Value]], declared: Table, faulty: Collection[int]
) -> Iterator[tuple[int, str, str | None, str | None]]:
    """Yield position, fault, column and value of each row that breaks the key or a rule."""
    if declared.key and set(declared.key) <= set(values):
        keys = list(zip(*(values[name] for name in declared.key), strict=True))
        times = Counter(keys)
        for at, key in enumerate(keys):
            if times[key] > 1 and at not in faulty:
                yield at, "must be unique", ", ".join(declared.key), ", ".join(map(str, key))
    for rule in declared.rules:
        if set(rule.columns) <= set(values):
            columns = (values[name] for name in rule.columns)
            for at, row in enumerate(zip(*columns, strict=True)):
                if at not in faulty and WITHHELD not in row and not rule.holds(*row):
                    yield at, rule.allowed, None, None


def _array(values: Sequence[Value], dtype: str) -> Any:  # noqa: ANN401
    if WITHHELD in values:
        return np.array(values, dtype=object)
    if dtype == "Int64":
        blank = np.array([value is None for value in values], dtype=bool)
        return pd.arrays.IntegerArray(
            np.array([value or 0 for value in values], dtype="int64"), blank
        )
    if dtype == "str":
        return pd.array([np.nan if value is None else value for value in values], dtype="str")
    return np.array(values, dtype=dtype)
