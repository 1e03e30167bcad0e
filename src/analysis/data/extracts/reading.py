"""A case extract: read from whatever kind of file, checked whole, and counted in one pass."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data import codes, processed
from analysis.data.extracts import header, kinds, suspicious
from analysis.data.extracts.corrections import Correction, Mending
from analysis.data.extracts.counts import PROVIDER, Counts
from analysis.data.extracts.gathered import FIRST, Gathered
from analysis.data.extracts.judging import UNKNOWN, Judging
from analysis.data.extracts.levels import Levels
from analysis.data.extracts.mangled import any_mangled, mangled, totals
from analysis.data.extracts.pieces import KEY, Coded, Piece, Source, all_clean, clean
from analysis.data.extracts.tallying import Tallying, moments
from analysis.data.extracts.written import Written

PLACE = "borough"
# Cases of which the judgements are kept one by one: for the tables of a small extract.
KEPT = 10_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Expected:
    """What an extract may hold, and what is counted of it.

    `outcomes` has the questions of each; `providers` are those there may be, any where none is
    named; `details` are the columns of codes.CASE_DETAILS by which judgements are counted.
    """

    questions: Sequence[str]
    outcomes: Mapping[str, Collection[str]] = field(default_factory=dict)
    providers: Collection[str] = ()
    details: Collection[str] = ()
    written: Written = field(default_factory=Written)
    corrections: Sequence[Correction] = ()


def read(
    path: Path,
    expected: Expected,
    *,
    sheet: str | None = None,
    progress: Progress = lambda done, whole: None,
) -> Counts:
    """Read an extract and return its counts; nothing of a row is kept but of small ones.

    `sheet` chooses one of a workbook; `progress` is told how much of how much is read. Raises
    BadDataError with the first faults of every kind, and how many there are.
    """
    found = Gathered(path.name)
    source = kinds.opened(path, header.keys(expected.written), sheet)
    layout = header.layout(source.header, source.line, expected.questions, expected.written, found)
    reading = _Reading(expected, layout, found)
    every = range(len(source.header))
    keep = reading.keep if layout.questions else list(every)
    key = layout.at.get(KEY)
    for piece in source.pieces(keep, key, found):
        if not layout.questions:
            if long := header.long(source.header, piece, expected.questions):
                found = Gathered(path.name)
                found.add("file", long)
            found.close()
        reading.add(piece)
        progress(piece.done, source.whole)
    reading.close(source)
    found.close()
    return reading.counts(source)


class _Reading:
    """What is gathered on the way: faults, levels, counts, and a number for each case id."""

    def __init__(self, expected: Expected, layout: header.Layout, found: Gathered) -> None:
        self._expected, self._layout, self._found = expected, layout, found
        asked = layout.questions
        self._outcomes = {
            outcome: [asked.index(question) for question in own if question in asked]
            for outcome, own in expected.outcomes.items()
        }
        details = [name for name in layout.details if name in {PLACE, *expected.details}]
        self._levels = {PROVIDER: Levels(PROVIDER, expected.providers)}
        self._levels |= {name: Levels(name) for name in details}
        self._tallies = {
            name: Tallying(len(asked), len(self._outcomes))
            for name in (PROVIDER, *(name for name in details if name in expected.details))
        }
        self._judging = Judging(asked, expected.written)
        self._mending = Mending(expected.corrections)
        self._hashes: list[np.ndarray] = []
        self._size = 0
        self._kept: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        named = (KEY, *self._levels, *asked)
        self.keep = [layout.at[name] for name in named if name in layout.at] + list(layout.unnamed)

    def add(self, piece: Piece) -> None:
        """Check and count some rows."""
        at, found = self._layout.at, self._found
        self._unnamed(piece)
        columns = {name: piece.columns[own] for name, own in at.items() if own in piece.columns}
        if KEY in columns:
            columns[KEY] = _cleaned(columns[KEY])
        kept = self._cases(piece, columns)
        if kept is not None:
            columns = {name: Coded(own.codes[kept], own.texts) for name, own in columns.items()}
        size = piece.size if kept is None else len(kept)
        if not size:
            return
        self._size += size

        def lines() -> np.ndarray:
            return piece.lines() if kept is None else piece.lines()[kept]

        ids = self._identified(columns[KEY], lines) if KEY in columns else None
        levels = {
            name: own.coded(columns[name], lines, found)
            for name, own in self._levels.items()
            if name in columns
        }
        asked = {name: columns[name] for name in self._layout.questions}
        if ids is not None:
            asked = self._mending.mended(ids, asked, found)
        judged = self._judging.coded(asked, lines, found)
        if found or ids is None or judged.min() == UNKNOWN:
            return
        places = levels.get(PLACE, np.zeros(size, np.int64))
        of_cases = moments(judged, list(self._outcomes.values()))
        for name, tally in self._tallies.items():
            tally.add(places, levels[name], judged, of_cases)
        if self._size <= KEPT:
            self._kept.append((ids, levels[PROVIDER], judged))
        else:
            self._kept = []

    def close(self, source: Source) -> None:
        """Tell what only the whole file shows."""
        if not self._size and not self._found:
            self._found.add("file", "has no case; at least one row is needed")
        self._judging.close(self._found)
        self._mending.close(self._layout.questions, self._found)
        if self._hashes:
            every = np.sort(np.concatenate(self._hashes))
            twice = np.unique(every[1:][every[1:] == every[:-1]])
            if twice.size:
                self._repeated(source, twice)

    def counts(self, source: Source) -> Counts:
        """Return what was counted; the order of places and levels says nothing of that of the rows."""
        place = self._levels.get(PLACE)
        places = place.order() if place else [0]
        groups = {}
        for name, tally in self._tallies.items():
            levels = self._levels[name]
            groups[name] = tally.group(places, {at: levels.found[at] for at in levels.order()})
        asked, not_asked = self._layout.questions, self._layout.not_asked
        return Counts(
            questions=asked,
            not_asked=not_asked,
            outcomes=tuple(self._outcomes),
            places=tuple(place.found[at] for at in places) if place else ("",),
            groups=groups,
            warnings=(*source.warnings, *suspicious.warned(asked, not_asked, groups[PROVIDER])),
            judgements=self._judgements() if self._kept else None,
        )

    def _unnamed(self, piece: Piece) -> None:
        for position in self._layout.unnamed:
            column = piece.columns[position]
            written = [at for at, text in enumerate(column.texts) if clean(text)]
            rows = column.where(written) if written else np.empty(0, int)
            if rows.size:
                first = piece.lines()[rows[:FIRST]].tolist()
                fault = f"stands in column {position + 1}, which has no name; it must have one"
                value = clean(column.texts[column.codes[rows[0]]])
                self._found.add_rows("columns", fault, first, rows.size, value=value)

    def _cases(self, piece: Piece, columns: dict[str, Coded]) -> np.ndarray | None:
        """Return which rows are cases, None where all are: neither blank rows nor rows of totals."""
        other = np.zeros(piece.size, bool)
        for name in (KEY, PROVIDER):
            if name in columns and (named := totals(columns[name].texts)):
                rows = columns[name].where(named)
                fault = "names a row of totals; an extract has a row per case, and no other"
                first = piece.lines()[rows[:FIRST]].tolist()
                self._found.add_rows("totals", fault, first, rows.size, column=name)
                other[rows] = True
        if KEY not in columns or "" in columns[KEY].texts:
            blank = np.ones(piece.size, bool)
            for column in piece.columns.values():
                blank &= np.array([not clean(text) for text in column.texts], bool)[column.codes]
            other |= blank
        return np.flatnonzero(~other) if other.any() else None

    def _identified(self, column: Coded, lines: Callable[[], np.ndarray]) -> np.ndarray:
        """Return the ids of some rows; each is checked by itself, and kept as a number."""
        ids = _ids(column)
        blank = np.flatnonzero(ids == "")
        if blank.size:
            first = lines()[blank[:FIRST]].tolist()
            self._found.add_rows("blank_id", "blank is not allowed", first, blank.size, column=KEY)
        if any_mangled(column.texts):
            for row, case in enumerate(ids):
                if fault := mangled(case):
                    number = int(lines()[row])
                    self._found.add("mangled", fault, row=number, column=KEY, value=case)
        self._hashes.append(_hashed(ids[ids != ""]))
        return ids

    def _repeated(self, source: Source, twice: np.ndarray) -> None:
        """Read the ids again and tell those that stand more than once; numbers may agree by chance."""
        at = self._layout.at
        beside = [at[name] for name in (PLACE,) if name in at]
        first: dict[str, tuple[int, str]] = {}
        for piece in source.pieces([at[KEY], *beside], at[KEY], Gathered(self._found.file)):
            ids = _ids(_cleaned(piece.columns[at[KEY]]))
            hit = np.flatnonzero(np.isin(_hashed(ids), twice) & (ids != ""))
            if not hit.size:
                continue
            lines = piece.lines()
            for row in hit:
                place = ""
                if beside:
                    column = piece.columns[beside[0]]
                    place = clean(column.texts[column.codes[row]])
                line, other = first.setdefault(ids[row], (int(lines[row]), place))
                if line != lines[row]:
                    fault = f"must be unique; row {line} has it"
                    if other != place:
                        fault += f", there with the {PLACE} {other!r}, here with {place!r}"
                    self._found.add(
                        "repeated", fault, row=int(lines[row]), column=KEY, value=ids[row]
                    )

    def _judgements(self) -> pd.DataFrame:
        ids, providers, judged = zip(*self._kept, strict=True)
        every = np.concatenate(judged, axis=1)
        asked, cases = every.shape
        names = np.array(self._levels[PROVIDER].found, object)
        return pd.DataFrame(
            {
                "case_id": np.tile(np.concatenate(ids), asked),
                "provider": np.tile(names[np.concatenate(providers)], asked),
                "question_id": np.repeat(np.array(self._layout.questions, object), cases),
                "judgement": np.array(list(codes.JUDGEMENTS), object)[every.ravel()],
            },
            columns=list(processed.JUDGEMENT_TABLE.columns),
            dtype="str",
        )


def _cleaned(column: Coded) -> Coded:
    return Coded(column.codes, all_clean(column.texts))


def _ids(column: Coded) -> np.ndarray:
    return np.array(column.texts, dtype=object)[column.codes]


def _hashed(ids: np.ndarray) -> np.ndarray:
    return pd.util.hash_array(ids, categorize=False)
