"""Corrections of an extract as data: what is mended, why, and a guard for when the source is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.data import toml
from analysis.data.extracts.gathered import Gathered
from analysis.data.extracts.pieces import Coded, compared
from analysis.data.lines import Line
from analysis.data.problems import BadDataError, of_settings

FILE = "corrections.toml"


class Correction(BaseModel):
    """One judgement that the source has wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: Line = Field(description="The case_id")
    question: Line = Field(description="The question_id")
    old: str = Field(description="What the source has; once it has something else, reading fails")
    new: str = Field(description="What is read in its place")
    reason: Line = Field(description="Why, and on whose word")


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    correction: tuple[Correction, ...]


def read(path: Path) -> tuple[Correction, ...]:
    """Return the corrections of a corrections.toml; BadDataError names every fault of it."""
    try:
        return _File.model_validate(toml.read(path, path.name)).correction
    except ValidationError as error:
        raise BadDataError(of_settings(path.name, error)) from None


class Mending:
    """Applies corrections to an extract piece by piece, and knows which have found no case."""

    def __init__(self, corrections: Sequence[Correction]) -> None:
        """Keep the corrections by case."""
        self._by_case: defaultdict[str, list[Correction]] = defaultdict(list)
        for each in corrections:
            self._by_case[each.case].append(each)
        self._met: set[str] = set()

    def mended(
        self, ids: Iterable[str], columns: Mapping[str, Coded], found: Gathered
    ) -> dict[str, Coded]:
        """Return the columns of questions of some rows with what is corrected of them.

        A correction of which the old text does not stand in the source is added to `found`.
        """
        result = dict(columns)
        if not self._by_case:
            return result
        for row, case in enumerate(ids):
            if case not in self._by_case:
                continue
            self._met.add(case)
            for each in self._by_case[case]:
                if each.question in columns:
                    result[each.question] = _mended(result[each.question], row, each, found)
        return result

    def close(self, asked: Sequence[str], found: Gathered) -> None:
        """Add to `found` the corrections of cases and questions that the source has not."""
        for case, own in self._by_case.items():
            for each in own:
                if each.question not in asked:
                    _add(found, each, "question", "is no question that the extract has")
                if case not in self._met:
                    _add(found, each, "case", "is no case of the extract")


def _mended(column: Coded, row: int, correction: Correction, found: Gathered) -> Coded:
    stands = column.texts[column.codes[row]]
    if compared(stands) != compared(correction.old):
        fault = (
            f"is no longer what stands there, which is {stands!r}; where the source is mended, the "
            "correction goes"
        )
        _add(found, correction, "old", fault)
        return column
    codes = column.codes.astype(np.int64)
    codes[row] = len(column.texts)
    return Coded(codes, [*column.texts, correction.new])


def _add(found: Gathered, correction: Correction, field: str, fault: str) -> None:
    place = f"correction of {correction.case}, {correction.question}: {field}"
    value = getattr(correction, field)
    found.add("corrections", fault, file=FILE, column=place, value=value)
