"""What is wrong with an extract: the first faults of each kind, and how many there are."""

from collections import Counter
from collections.abc import Iterable

from analysis.data.problems import BadDataError, Problem

FIRST = 50
LONGEST_VALUE = 100
# In the order in which they are told.
KINDS = {
    "file": "problems with the file as a whole",
    "text": "rows that cannot be read",
    "fields": "rows with too few or too many fields",
    "columns": "problems with columns",
    "cells": "cells that hold no text",
    "blank_id": "blank case ids",
    "mangled": "values that a spreadsheet changed",
    "totals": "rows of totals",
    "repeated": "repeated case ids",
    "providers": "problems with providers",
    "details": "problems with details of cases",
    "codes": "questions whose codes are not explained",
    "judgements": "judgements that are none",
    "corrections": "corrections that do not fit",
}


class Gathered:
    """Problems by kind, in the order in which they were found."""

    def __init__(self, file: str) -> None:
        """Begin with none; `file` is the name that messages have."""
        self.file = file
        self._listed: dict[str, list[Problem]] = {kind: [] for kind in KINDS}
        self._counts: Counter[str] = Counter()

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self._counts)

    def full(self, kind: str) -> bool:
        """Whether further problems of a kind are only counted."""
        return len(self._listed[kind]) >= FIRST

    def add(
        self,
        kind: str,
        allowed: str,
        *,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        file: str | None = None,
    ) -> None:
        """Add one problem."""
        self.add_rows(kind, allowed, [row], 1, column=column, value=value, file=file)

    def add_rows(
        self,
        kind: str,
        allowed: str,
        rows: Iterable[int | None],
        count: int,
        *,
        column: str | None = None,
        value: str | None = None,
        file: str | None = None,
    ) -> None:
        """Add the same problem of `count` rows, of which `rows` has the first FIRST or all."""
        if value is not None and len(value) > LONGEST_VALUE:
            value = f"{value[:LONGEST_VALUE]}…"
        self._counts[kind] += count
        listed = self._listed[kind]
        for row in rows:
            if len(listed) >= FIRST:
                return
            listed.append(Problem(file or self.file, allowed, row, column, value))

    def problems(self) -> list[Problem]:
        """Return the problems of each kind by row, and the number of those that are left out."""
        found = []
        for kind, what in KINDS.items():
            listed = self._listed[kind]
            found += sorted(listed, key=lambda each: each.row or 0)
            if (more := self._counts[kind] - len(listed)) > 0:
                found.append(
                    Problem(self.file, f"{self._counts[kind]:,} {what}; {more:,} are not listed")
                )
        return found

    def close(self) -> None:
        """Raise BadDataError where anything is wrong."""
        if self:
            raise BadDataError(self.problems())
