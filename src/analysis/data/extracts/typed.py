"""Cells that have a type: what a workbook or a statistics package holds, as text."""

import datetime
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from analysis.data.extracts.gathered import Gathered
from analysis.data.extracts.pieces import Coded
from analysis.data.problems import BadDataError, Problem

T = TypeVar("T")


class CellError(ValueError):
    """A cell that is no text; the message says what is wrong."""


class NoText(str):
    """What a cell shows that holds no text, and why it holds none."""

    why: str

    def __new__(cls, shown: str, why: str) -> "NoText":
        """Keep the reason beside what is shown."""
        self = super().__new__(cls, shown)
        self.why = why
        return self


def text(value: object) -> str:
    """Return a value as it would be typed: 1001, not 1001.0; nothing where there is none.

    Raises CellError for a date or a time, which is what a spreadsheet makes of ids and age groups.
    """
    if isinstance(value, NoText):
        raise CellError(value.why)
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        raise CellError("is a date; a spreadsheet may have made it of an id or an age group")
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def coded(values: Sequence[object], lines: np.ndarray, column: str, found: Gathered) -> Coded:
    """Return a column as text; values that are none are added to `found`, and are blank."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    codes, distinct = pd.factorize(array)
    texts = []
    for at, value in enumerate(distinct):
        try:
            texts.append(text(value))
        except CellError as error:
            rows = lines[codes == at]
            shown = str(value)
            found.add_rows(
                "cells", str(error), rows.tolist(), rows.size, column=column, value=shown
            )
            texts.append("")
    return Coded(np.where(codes < 0, len(texts), codes), [*texts, ""])


def guarded(path: Path, read: Callable[[], T]) -> T:
    """Return what a library reads of a file; whatever it stumbles over is a fault of the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read()
    except BadDataError:
        raise
    except Exception as error:  # of a damaged file they raise nearly anything
        fault = f"cannot be read, and may be damaged ({type(error).__name__}: {error})"
        raise BadDataError([Problem(path.name, fault)]) from None
