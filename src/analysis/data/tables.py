"""CSV in and out: read strictly as text, then typed and validated by a schema."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pandera.pandas as pa

from analysis.data.problems import BadDataError, Problem

_FLAGS = {"true": True, "false": False}
_PATTERNS = {
    "bool": ("|".join(_FLAGS), "true or false"),
    "float64": (r"-?\d+(\.\d+)?([eE][+-]?\d+)?|inf", "a number"),
    "int64": (r"-?\d+", "a whole number"),
    "Int64": (r"-?\d+", "a whole number"),
}


def read_text(path: Path) -> pd.DataFrame:
    """Read a CSV strictly as text: no value is guessed, dropped or shifted.

    Gives str columns, blank where the file is blank, indexed by line number (the header is 1).
    Raises BadDataError naming every row with too few or too many fields, a repeated column, an
    unclosed quote, or bytes that are not UTF-8. A byte-order mark is allowed, also twice.
    """
    try:
        text = path.read_bytes().decode("utf-8").lstrip("\ufeff")
    except FileNotFoundError:
        raise BadDataError([Problem(path.name, "the file does not exist")]) from None
    except OSError as error:
        raise BadDataError([Problem(path.name, f"cannot be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        at = f"byte {error.start} is not UTF-8; save the file as CSV UTF-8"
        raise BadDataError([Problem(path.name, at)]) from None
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
        raise BadDataError([Problem(path.name, allowed, row=line)]) from None
    if not rows:
        raise BadDataError([Problem(path.name, "the file is empty; a header row is needed")])
    header = [name.strip() for name in rows[0]]
    problems = [
        Problem(path.name, "a column name must be unique and not blank", row=1, column=name)
        for name in dict.fromkeys(header)
        if not name or header.count(name) > 1
    ] + [
        Problem(path.name, f"{len(row)} fields; the header has {len(header)}", row=number)
        for row, number in zip(rows[1:], lines[1:], strict=True)
        if len(row) != len(header)
    ]
    if problems:
        raise BadDataError(problems)
    return pd.DataFrame(rows[1:], columns=header, index=lines[1:], dtype="str")


def read(path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Read a CSV and give it typed and validated; BadDataError lists every fault."""
    text = read_text(path)
    typed, problems = _typed(text, schema, path.name)
    problems += list(_violations(typed, schema, path.name))
    if problems:
        raise BadDataError(problems)
    return typed.reset_index(drop=True)


def write(frame: pd.DataFrame, path: Path, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Validate a table, write it with its columns in the schema's order, and give it back."""
    ordered = frame[list(schema.columns)].reset_index(drop=True)
    if problems := list(_violations(ordered, schema, path.name)):
        raise BadDataError(problems)
    flags = ordered.select_dtypes(bool).columns
    text = ordered.assign(
        **{name: ordered[name].map({True: "true", False: "false"}) for name in flags}
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    text.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
    return ordered


def empty(schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Give the schema's table with no row: what an area without the evidence has."""
    return pd.DataFrame(
        {name: pd.Series(dtype=str(column.dtype)) for name, column in schema.columns.items()}
    )


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
            typed[name] = filled.map(_FLAGS)
        else:
            typed[name] = pd.to_numeric(filled).astype("float64" if dtype == "float64" else "Int64")
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
            else:
                yield Problem(file, _allowed(str(case.check)), row=row, column=column, value=value)


def _allowed(check: str) -> str:
    return {
        "not_nullable": "blank is not allowed",
        "field_uniqueness": "must be unique",
        "multiple_fields_uniqueness": "the key of a row must be unique",
        "column_ordered": "the columns are not in the declared order",
    }.get(check, check)
