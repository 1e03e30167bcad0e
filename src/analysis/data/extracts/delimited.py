"""Extracts as delimited text: CSV in any encoding and with any separator that spreadsheets write."""

import csv
import io
from collections.abc import Iterator, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice
from pathlib import Path

import numpy as np

from analysis.data.extracts import decoding
from analysis.data.extracts.counts import Warned
from analysis.data.extracts.fields import Fields
from analysis.data.extracts.gathered import FIRST, Gathered
from analysis.data.extracts.pieces import Coded, Piece, clean, compared
from analysis.data.problems import BadDataError, Problem

SEPARATORS = ",;\t"
LONGEST_ROW = 1 << 20  # bytes; in a longer one a quote was never closed
_HEAD = 1 << 18  # bytes in which the header is looked for
_TITLES = 50  # rows that may stand above it
_QUOTE, _LF, _CR = b'"\n\r'
_NOTHING = dict.fromkeys(map(ord, SEPARATORS + '"'))
_UNCLOSED = (
    "a quote that is opened must be closed where the field ends; one within a field is doubled"
)


class Delimited:
    """A text file of which the header is read; rows are read piece by piece."""

    def __init__(self, path: Path, keys: Set[str]) -> None:
        """Find the header: the first row with a column of one of the `keys`, as they are compared."""
        self._path = path
        self._encoding = decoding.encoding(path)
        self.whole = path.stat().st_size
        guessed = decoding.GUESSED.get(self._encoding)
        self.warnings: tuple[Warned, ...] = (Warned("encoding", guessed),) if guessed else ()
        head = b""
        for block, _ in decoding.blocks(path, self._encoding):
            head += block
            if len(head) >= _HEAD:
                break
        lines = io.StringIO(head[:_HEAD].decode(errors="ignore"), newline="\n").readlines()
        found = _header(lines, keys)
        if found is None:
            fault = "the file is empty; a header row is needed"
            raise BadDataError([Problem(path.name, fault)])
        self.separator, self.header, self.line, after = found
        self._next = after
        self._above = len("".join(lines[: after - 1]).encode())

    def pieces(self, keep: Sequence[int], key: int | None, found: Gathered) -> Iterator[Piece]:
        """Yield the rows with some of their columns; ragged and broken ones are added to `found`."""
        rest, line, above, broken = b"", self._next, self._above, 0
        for block, done, last in self._blocks():
            rest += block
            if len(rest) < above and not last:
                continue
            rest, above = rest[above:], 0
            cut = last and not rest.endswith(b"\n")
            if cut and rest:
                rest += b"\n"
            while rest:
                rows = _split(rest, ord(self.separator))
                if rows.line_ends.size:
                    kept = self._whole(rows, line, found, cut=cut)
                    columns = rows.columns(kept, keep, key)
                    yield Piece(kept.size, columns, partial(rows.lines, line, kept), done)
                line += rows.breaks.size
                rest = rest[rows.stop :]
                if not rest or not (rows.broken or last or len(rest) > LONGEST_ROW):
                    break
                broken += 1
                found.add("text", _UNCLOSED, row=line)
                end = rest.find(b"\n") + 1
                if broken == FIRST or not end:
                    found.add("file", "is not read further than this row", row=line)
                    return
                rest = rest[end:]
                line += 1

    def _blocks(self) -> Iterator[tuple[bytes, int, bool]]:
        """Yield the blocks of the file, and whether each is the last."""
        following = None
        for block in decoding.blocks(self._path, self._encoding):
            if following:
                yield *following, False
            following = block
        if following:
            yield *following, True

    def _whole(self, rows: "_Rows", line: int, found: Gathered, *, cut: bool) -> np.ndarray:
        """Return which rows are whole; blank lines are passed over, the others told."""
        wrong = rows.widths != len(self.header)
        if b"\0" in rows.data:
            zeros = np.flatnonzero(np.frombuffer(rows.data, np.uint8)[: rows.stop] == 0)
            wrong[np.searchsorted(rows.marks[rows.line_ends], zeros)] = True
        at = np.flatnonzero(wrong)
        for row, number in zip(
            at.tolist(), rows.lines(line, at).tolist() if at.size else (), strict=True
        ):
            text = rows.text(row)
            if b"\0" in text:
                found.add("text", "holds a NUL, which no text does", row=number)
            elif not _blank(text.decode()):
                fields = f"{rows.widths[row]} fields; the header has {len(self.header)}"
                if cut and rows.marks[rows.line_ends[row]] == len(rows.data) - 1:
                    fields += "; the file ends within this row"
                found.add("fields", fields, row=number)
        return np.flatnonzero(~wrong)


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows that `data` begins with, and where in it their fields end.

    `marks` are the ends of fields; `line_ends` those of them that end a row, by their place. `stop`
    is where the first row begins that is not whole, or is broken by a quote; `breaks` are the line
    breaks before it.
    """

    data: bytes
    marks: np.ndarray
    line_ends: np.ndarray
    breaks: np.ndarray
    stop: int
    broken: bool

    @cached_property
    def widths(self) -> np.ndarray:
        """The number of fields of each row."""
        return np.diff(self.line_ends, prepend=-1)

    @cached_property
    def starts(self) -> np.ndarray:
        """Where each row starts."""
        return np.concatenate([[0], self.marks[self.line_ends[:-1]] + 1])[: self.line_ends.size]

    def text(self, row: int) -> bytes:
        return self.data[self.starts[row] : self.marks[self.line_ends[row]]]

    def lines(self, first: int, rows: np.ndarray) -> np.ndarray:
        """Return the line on which each row begins, `first` being that of the first."""
        return first + np.searchsorted(self.breaks, self.starts[rows])

    def columns(self, rows: np.ndarray, keep: Sequence[int], key: int | None) -> dict[int, Coded]:
        """Return some columns of some rows, all of the same number of fields."""
        if not rows.size:
            return {at: Coded(np.empty(0, np.int64), []) for at in keep}
        width = int(self.widths[rows[0]])
        first = self.line_ends[rows] - width + 1
        fields = Fields(self.data)
        coded = np.array([at for at in keep if at != key], np.int64)
        starts, ends = self._bounds(first[:, None] + coded)
        codes, texts = fields.coded(starts, ends)
        found = {at: Coded(own, texts) for at, own in zip(coded.tolist(), codes.T, strict=True)}
        if key is not None:
            starts, ends = self._bounds(first + key)
            found[key] = Coded(np.arange(rows.size), fields.texts(starts, ends))
        return found

    def _bounds(self, fields: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return where fields start and end, by their places in `marks`, without their quotes."""
        ends = self.marks[fields]
        starts = np.where(fields > 0, self.marks[fields - 1] + 1, 0)
        text = np.frombuffer(self.data, np.uint8)
        if b"\r" in self.data:
            ends -= (text[ends] == _LF) & (text[ends - 1] == _CR) & (ends > starts)
        if b'"' in self.data:
            quoted = (text[starts] == _QUOTE) & (ends > starts)
            starts += quoted
            ends -= quoted
        return starts, ends


def _split(data: bytes, separator: int) -> _Rows:
    """Find rows and fields in one pass over the bytes.

    A separator or line end counts where the number of quotes before it is even. A quote that opens
    a field must stand at its beginning, one that closes it at its end; the row of the first that
    does not is broken, for what follows it could be read in two ways.
    """
    text = np.frombuffer(data, np.uint8)
    marks = np.flatnonzero((text == separator) | (text == _LF))
    breaks = marks[text[marks] == _LF]
    wrong = None
    if b'"' in data:
        quotes = np.flatnonzero(text == _QUOTE)
        marks = marks[np.searchsorted(quotes, marks) % 2 == 0]
        wrong = _misplaced(text, quotes, separator)
    line_ends = np.flatnonzero(text[marks] == _LF)
    if wrong is not None:
        line_ends = line_ends[: np.searchsorted(marks[line_ends], wrong)]
    stop = int(marks[line_ends[-1]]) + 1 if line_ends.size else 0
    breaks = breaks[: np.searchsorted(breaks, stop)]
    return _Rows(data, marks, line_ends, breaks, stop, broken=wrong is not None)


def _misplaced(text: np.ndarray, quotes: np.ndarray, separator: int) -> int | None:
    """Return where the field begins in which a quote stands that neither opens nor closes one."""
    doubled = np.zeros(quotes.size, bool)  # with the quote before it
    doubled[2::2] = np.diff(quotes)[1::2] == 1
    bounds = np.array([separator, _LF])
    opening, closing = quotes[::2], quotes[1::2]
    right = np.ones(quotes.size, bool)
    right[::2] = doubled[::2] | (opening == 0) | np.isin(text[opening - 1], bounds)
    after = text[np.minimum(closing + 1, text.size - 1)]
    right[1::2] = (
        np.append(doubled[2::2], False)[: closing.size]
        | (closing == text.size - 1)
        | np.isin(after, [*bounds, _CR])
    )
    if right.all():
        return None
    first = int(np.argmin(right))
    opened = first - first % 2
    while doubled[opened]:
        opened -= 2
    return int(quotes[opened])


def _header(lines: Sequence[str], keys: Set[str]) -> tuple[str, list[str], int, int] | None:
    """Return the separator, the header, its line and the line after it; None of an empty file.

    The header is the first row that has one of the keys, by the separator that makes most fields
    of it; else the first row of all that is not blank.
    """
    found = []
    for separator in SEPARATORS:
        rows = [each for each in _rows(lines, separator) if not _blank("".join(each[2]))]
        named = (each for each in rows if not keys.isdisjoint(map(compared, each[2])))
        found += [(separator, *each) for each in islice((*named, *rows), 1)]
    if not found:
        return None
    separator, line, after, row = min(
        found, key=lambda each: (keys.isdisjoint(map(compared, each[3])), -len(each[3]))
    )
    return separator, [clean(name) for name in row], line, after


def _blank(row: str) -> bool:
    return not row.translate(_NOTHING).strip()


def _rows(lines: Sequence[str], separator: str) -> Iterator[tuple[int, int, list[str]]]:
    """Yield the first rows of a text, each with its line and the line after it."""
    reader = csv.reader(lines, delimiter=separator)
    line = 1
    with suppress(csv.Error):  # what is wrong is told when the rows are read
        for row in islice(reader, _TITLES):
            if line > 1 or not "".join(row[:1]).lower().startswith("sep="):
                yield line, reader.line_num + 1, row
            line = reader.line_num + 1
