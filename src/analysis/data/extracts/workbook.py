"""Extracts as Excel workbooks."""

import zipfile
from collections.abc import Iterator, Sequence, Set
from contextlib import closing, contextmanager
from itertools import chain, islice, repeat
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import openpyxl

from analysis.data.extracts.counts import Warned
from analysis.data.extracts.gathered import Gathered
from analysis.data.extracts.pieces import Coded, Piece, clean, compared
from analysis.data.extracts.typed import CellError, NoText, coded, guarded, text
from analysis.data.problems import BadDataError, Problem

LARGEST = 1 << 30  # bytes that a workbook may unpack to
LARGEST_PART = 1 << 27  # and each part that is read at once: texts, styles
_SHEETS = "xl/worksheets/"
_MOST_ROWS = 1 << 20  # of a sheet
_WIDEST = 1 << 10  # columns
_PIECE = 10_000  # rows
_TITLES = 50  # rows that may stand above the header
_Row = tuple[Any, ...]


class Workbook:
    """The one visible sheet of a workbook that has a header; rows are read piece by piece."""

    whole = 0
    warnings: tuple[Warned, ...] = ()

    def __init__(self, path: Path, keys: Set[str], sheet: str | None) -> None:
        """Find the sheet and its header: the first row that has one of the `keys`, as in Delimited."""
        self._path = path
        self._formulas = guarded(path, lambda: _weighed(path))
        found, visible = guarded(path, lambda: _headers(path, keys, sheet))
        if sheet is not None and sheet not in visible:
            _refuse(path, f"has no visible sheet {sheet!r}; there are {', '.join(visible)}")
        named = [title for title, (_, _, right) in found.items() if right] or list(found)[:1]
        if len(named) > 1:
            listed = ", ".join(named)
            _refuse(path, f"more than one visible sheet has a header: {listed}; --sheet chooses")
        if not named:
            _refuse(path, "the visible sheets are empty; a header row is needed")
        self._sheet = named[0]
        self.header, self.line, _ = found[self._sheet]

    def pieces(self, keep: Sequence[int], key: int | None, found: Gathered) -> Iterator[Piece]:
        """Yield the rows with some of their columns; cells that are no text are added to `found`.

        `key` is of no use here.
        """
        width = len(self.header) + 1
        with _book(self._path) as book, _book(self._path, formulas=True) as written:
            rows = _rows(book[self._sheet], width)
            formulas = _rows(written[self._sheet], width) if self._formulas else repeat(None)
            both = islice(zip(rows, formulas, strict=False), self.line, None)
            line = self.line + 1
            while block := guarded(self._path, lambda: list(islice(both, _PIECE))):
                if line + len(block) > _MOST_ROWS + 1:
                    found.add("file", f"a sheet has at most {_MOST_ROWS:,} rows")
                    return
                yield self._piece(block, line, keep, found)
                line += len(block)

    def _piece(
        self, block: list[tuple[_Row, _Row | None]], line: int, keep: Sequence[int], found: Gathered
    ) -> Piece:
        lines = np.arange(line, line + len(block))
        columns: dict[int, Coded] = {}
        for at in (*keep, len(self.header)):
            values = [_value(row[at], own and own[at]) for row, own in block]
            if at in keep:
                columns[at] = coded(values, lines, self.header[at], found)
            elif beyond := [n for n, value in enumerate(values) if value not in {None, ""}]:
                fault = f"more fields than the header, which has {len(self.header)}"
                found.add_rows("fields", fault, lines[beyond].tolist(), len(beyond))
        return Piece(len(block), columns, lambda: lines, 0)


def _value(cell: Any, written: Any) -> object:  # noqa: ANN401 - cells of openpyxl
    if cell.data_type == "e":
        return NoText(str(cell.value), "is an error of a formula")
    if cell.value is None and written is not None and written.data_type == "f":
        blank = cell.data_type == "str"  # calculated, and found to be blank
        why = "is a formula that was never calculated; open the workbook in Excel and save it"
        return None if blank else NoText(str(written.value), why)
    return str(cell.value).upper() if isinstance(cell.value, bool) else cell.value


def _headers(
    path: Path, keys: Set[str], sheet: str | None
) -> tuple[dict[str, tuple[list[str], int, bool]], list[str]]:
    """Return the header of each visible sheet, its row, and whether it has a key; and all visible."""
    with _book(path) as book:
        visible = [each.title for each in book.worksheets if each.sheet_state == "visible"]
        found = {}
        for title in visible if sheet is None else {sheet} & set(visible):
            if header := _header(book[title], keys):
                found[title] = header
    return found, visible


def _header(sheet: Any, keys: Set[str]) -> tuple[list[str], int, bool] | None:  # noqa: ANN401
    rows = []
    for row, cells in enumerate(islice(_rows(sheet, _WIDEST), _TITLES), start=1):
        names = [clean(_name(cell)) for cell in cells]
        while names and not names[-1]:
            names.pop()
        if names:
            rows.append((names, row, not keys.isdisjoint(map(compared, names))))
    right = (each for each in rows if each[2])
    return next(chain(right, rows), None)


def _name(cell: Any) -> str:  # noqa: ANN401
    try:
        return text(_value(cell, None))
    except CellError:
        return str(cell.value)


def _rows(sheet: Any, width: int) -> Iterator[_Row]:  # noqa: ANN401
    sheet.reset_dimensions()  # what it says of its size may be a million blank rows, or wrong
    return sheet.iter_rows(max_col=width)


@contextmanager
def _book(path: Path, *, formulas: bool = False) -> Iterator[Any]:
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file, read_only=True, data_only=not formulas)
        with closing(book):
            yield book


def _weighed(path: Path) -> bool:
    """Refuse a workbook that unpacks to too much; return whether one of its sheets has a formula."""
    with zipfile.ZipFile(path) as packed:
        parts = packed.infolist()
        size = sum(part.file_size for part in parts)
        texts = [part.file_size for part in parts if not part.filename.startswith(_SHEETS)]
        if size > LARGEST or max(texts) > LARGEST_PART:
            fault = f"unpacks to {size / (1 << 20):,.0f} MiB, more than a workbook may; save it as CSV UTF-8"
            raise BadDataError([Problem(path.name, fault)])
        return any(
            _holds(packed, part, b"<f") for part in parts if part.filename.startswith(_SHEETS)
        )


def _holds(packed: zipfile.ZipFile, part: zipfile.ZipInfo, wanted: bytes) -> bool:
    with packed.open(part) as file:
        end = b""
        while block := file.read(1 << 20):
            if wanted in end + block:
                return True
            end = block[-len(wanted) :]
    return False


def _refuse(path: Path, fault: str) -> NoReturn:
    raise BadDataError([Problem(path.name, fault)])
