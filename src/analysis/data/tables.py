"""CSV in and out: read strictly as text, then typed and validated by a schema."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from analysis.data.accepted import FLAGS, NUMBER, WHOLE, accepted
from analysis.data.problems import BadDataError, Problem

_WHOLE = (WHOLE, "a whole number of at most 18 digits")
_PATTERNS = {
    "bool": ("|".join(FLAGS), "true or false"),
    "float64": (NUMBER, "a number"),
    "int64": _WHOLE,
    "Int64": _WHOLE,
}


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

    Gives str columns, blank where the file is blank, indexed by line number (the header is 1).
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


def read(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Read a CSV and give it typed and validated; BadDataError lists every fault."""
    return _validated(_read(path), schema, path.name)


def write(frame: pd.DataFrame, path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Validate a table, write it with its columns in the schema's order, and give it as `read` will.

    What is validated is the text that would be written, so that nothing is written which could not
    be read again. BadDataError lists every fault, with the row that it would have in the file.
    """
    names = [name for name in schema.columns if name in frame]
    ordered = frame[names + [name for name in frame if name not in schema.columns]]
    flags = ordered.select_dtypes(bool).columns
    text = ordered.assign(
        **{name: ordered[name].map({True: "true", False: "false"}) for name in flags}
    ).to_csv(index=False, lineterminator="\n")
    written = _validated(_parsed(text, path.name), schema, path.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    return written


def empty(schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Give the schema's table with no row: what an area without the evidence has."""
    return pd.DataFrame(
        {name: pd.Series(dtype=str(column.dtype)) for name, column in schema.columns.items()}
    )


def _validated(text: _Rows, schema: pa.DataFrameSchema, file: str) -> pd.DataFrame:
    found = accepted(text.header, text.rows, schema)
    return _judged(text.frame(), schema, file) if found is None else found


def _judged(text: pd.DataFrame, schema: pa.DataFrameSchema, file: str) -> pd.DataFrame:
    """Validate in full, and say what is wrong."""
    typed, problems = _typed(text, schema, file)
    told = {(problem.row, problem.column) for problem in problems}
    problems += [
        problem
        for problem in dict.fromkeys(_violations(typed, schema, file))
        if (problem.row, problem.column) not in told
    ]
    if problems:
        raise BadDataError(problems)
    return typed.reset_index(drop=True)


def _typed(
    text: pd.DataFrame, schema: pa.DataFrameSchema, file: str
) -> tuple[pd.DataFrame, list[Problem]]:
    problems: list[Problem] = []
    typed = text.copy()
    for name, column in schema.columns.items():
        if name not in text:
            continue
        dtype = str(column.dtype)
        filled = text[name].where(text[name] != "")
        if dtype not in _PATTERNS:
            typed[name] = filled
            continue
        pattern, allowed = _PATTERNS[dtype]
        wrong = filled.notna() & ~filled.str.fullmatch(pattern).fillna(False).astype(bool)
        problems += [
            Problem(file, f"{allowed} is needed", row=row, column=name, value=value)
            for row, value in text.loc[wrong, name].items()
        ]
        filled = filled.mask(wrong)
        if dtype == "bool":
            typed[name] = filled.map(FLAGS)
        elif dtype == "float64":
            typed[name] = pd.to_numeric(filled).astype(dtype)
        else:  # not by way of floats, which hold no more than 15 digits for certain
            whole = [pd.NA if pd.isna(value) else int(value) for value in filled]
            typed[name] = pd.Series(whole, text.index, dtype="Int64")
        if dtype in {"bool", "int64"} and typed[name].notna().all():
            typed[name] = typed[name].astype(dtype)
    return typed, problems


def _violations(frame: pd.DataFrame, schema: pa.DataFrameSchema, file: str) -> Iterator[Problem]:
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        for case in errors.failure_cases.itertuples():
            if str(case.check).startswith("dtype("):
                continue  # told, with the value, where the text was typed
            row = None if pd.isna(case.index) else int(case.index)
            column = None if case.column is None else str(case.column)
            value = None if pd.isna(case.failure_case) else str(case.failure_case)
            if case.check == "column_in_dataframe":
                yield Problem(file, "the column is missing", column=value)
            elif case.check == "column_in_schema":
                known = ", ".join(schema.columns)
                yield Problem(file, f"not a column of this table; it has {known}", column=value)
            elif case.check == "column_ordered":
                yield Problem(file, "the column is not in the declared place", column=value)
            elif case.check == "multiple_fields_uniqueness":
                key = ", ".join(map(str, frame.loc[case.index, schema.unique]))
                names = ", ".join(schema.unique)
                yield Problem(file, "must be unique", row=row, column=names, value=key)
            elif case.schema_context == "DataFrameSchema":  # listed for each cell of the row
                yield Problem(file, str(case.check), row=row)
            else:
                blank = case.check == "not_nullable"
                allowed = "blank is not allowed" if blank else str(case.check)
                yield Problem(file, allowed, row=row, column=column, value=value)
