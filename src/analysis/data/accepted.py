"""The short way to a typed table, for one that is in order in every respect.

Validating with pandera costs tens of milliseconds a table, and an area reads and writes dozens. Here
a table of the kinds of columns and checks that columns.py declares is typed and checked value by
value. Whatever is not plainly in order, or not known here, is left to the full validation, which
alone decides what is wrong and says so.
"""

import math
import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pandera.pandas as pa

FLAGS = {"true": True, "false": False}
WHOLE = r"-?[0-9]{1,18}"
NUMBER = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|inf"

_Values = Sequence[Any]  # of one column, None where it is blank
# What a schema and a column may not ask for besides what is looked at here.
_SCHEMA_HAS_NO = ("index", "dtype", "coerce", "parsers", "drop_invalid_rows", "add_missing_columns")
_COLUMN_HAS_NO = ("coerce", "parsers", "unique", "regex", "default", "drop_invalid_rows")


def accepted(
    header: Sequence[str], rows: Sequence[Sequence[str]], schema: pa.DataFrameSchema
) -> pd.DataFrame | None:
    """Give rows of text as the typed table of a schema; None where there is any doubt."""
    if list(header) != list(schema.columns) or any(
        getattr(schema, name) for name in _SCHEMA_HAS_NO
    ):
        return None
    texts = zip(*rows, strict=True) if rows else [()] * len(header)
    values: dict[str, _Values] = {}
    for (name, column), own in zip(schema.columns.items(), texts, strict=True):
        found = _values(own, column)
        if found is None:
            return None
        values[name] = found
    keys = list(zip(*(values[name] for name in schema.unique or ()), strict=True))
    if len(set(keys)) < len(keys):
        return None
    frame = pd.DataFrame(
        {
            name: _ARRAYS.get(str(column.dtype), _text)(values[name])
            for name, column in schema.columns.items()
        }
    )
    return frame if all(check(frame).check_passed for check in schema.checks) else None


def _values(texts: Sequence[str], column: pa.Column) -> _Values | None:
    """Give the values of a column; None unless each of them is what the column allows."""
    if any(getattr(column, name) for name in _COLUMN_HAS_NO):
        return None
    dtype = str(column.dtype)
    convert = _CONVERTERS.get(dtype, str)
    distinct = {text: convert(text) if text else None for text in dict.fromkeys(texts)}
    known = [value for text, value in distinct.items() if text]
    blank_allowed = column.nullable and dtype not in _NEVER_BLANK
    if any(value is None for value in known) or ("" in distinct and not blank_allowed):
        return None
    if not all(_passes(check, known) for check in column.checks):
        return None
    return [distinct[text] for text in texts]


def _passes(check: pa.Check, known: Collection[Any]) -> bool:
    """Tell whether every value passes a check; False also for a check that is not known here."""
    if check.element_wise or check.groupby or not check.ignore_na:
        return False
    match check.name, check.statistics:
        case "isin", {"allowed_values": allowed}:
            return all(value in allowed for value in known)
        case "str_matches", {"pattern": str(pattern)}:
            return all(re.fullmatch(pattern, value) for value in known)
        case "greater_than_or_equal_to", {"min_value": low}:
            return all(value >= low for value in known)
        case "less_than_or_equal_to", {"max_value": high}:
            return all(value <= high for value in known)
    return False


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(WHOLE, text) else None


def _number(text: str) -> float | None:
    number = float(text) if re.fullmatch(NUMBER, text) else math.inf
    # Digits that overflow to infinity are for the full validation to judge.
    return number if math.isfinite(number) or text == "inf" else None


def _text(values: _Values) -> Any:  # noqa: ANN401
    return pd.array([np.nan if value is None else value for value in values], dtype="str")


def _whole_or_blank(values: _Values) -> Any:  # noqa: ANN401
    blank = np.array([value is None for value in values], dtype=bool)
    return pd.arrays.IntegerArray(np.array([value or 0 for value in values], dtype="int64"), blank)


_NEVER_BLANK = {"bool", "int64"}  # whose arrays have no missing value
_CONVERTERS: dict[str, Callable[[str], Any]] = {
    "bool": FLAGS.get,
    "float64": _number,
    "int64": _whole,
    "Int64": _whole,
}
_ARRAYS: dict[str, Callable[[_Values], Any]] = {
    "bool": lambda values: np.array(values, dtype=bool),
    "float64": lambda values: np.array(values, dtype="float64"),
    "int64": lambda values: np.array(values, dtype="int64"),
    "Int64": _whole_or_blank,
}
