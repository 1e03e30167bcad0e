"""Extracts as SPSS, Stata and Parquet files, by packages that are no part of the default set-up."""

import importlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.data.extracts.counts import Warned
from analysis.data.extracts.gathered import Gathered
from analysis.data.extracts.pieces import Piece, clean
from analysis.data.extracts.typed import coded, guarded
from analysis.data.problems import BadDataError, Problem

_PIECE = 100_000  # rows


class Packaged:
    """A file of a statistics package: its header is that of the package, rows are counted from 1."""

    line = 0
    warnings: tuple[Warned, ...] = ()

    def __init__(
        self, path: Path, names: Sequence[str], rows: int, read: Callable[[Sequence[str]], Any]
    ) -> None:
        """Keep the names of the columns, and what yields frames of some of them."""
        self._path, self._names, self._read = path, names, read
        self.header = [clean(name) for name in names]
        self.whole = rows

    def pieces(self, keep: Sequence[int], key: int | None, found: Gathered) -> Iterator[Piece]:
        """Yield the rows with some of their columns; cells that are no text are added to `found`.

        `key` is of no use here.
        """
        line = 1
        frames = iter(self._read([self._names[at] for at in keep]))
        while (frame := guarded(self._path, partial(next, frames, None))) is not None:
            lines = np.arange(line, line + len(frame))
            columns = {
                at: coded(frame[self._names[at]].tolist(), lines, self.header[at], found)
                for at in keep
            }
            line += len(frame)
            yield Piece(len(frame), columns, lines.copy, line - 1)


def spss(path: Path) -> Packaged:
    """Return an SPSS file; labels stand for the values that have one, declared missing is blank."""
    return _labelled(path, "read_sav", "SPSS")


def stata(path: Path) -> Packaged:
    """Return a Stata file; labels stand for the values that have one."""
    return _labelled(path, "read_dta", "Stata")


def parquet(path: Path) -> Packaged:
    """Return a Parquet file."""
    library = _extra("pyarrow.parquet", path, "Parquet", "parquet")
    file = guarded(path, lambda: library.ParquetFile(path))

    def read(names: Sequence[str]) -> Iterator[pd.DataFrame]:
        batches = file.iter_batches(_PIECE, columns=list(names))
        return (pd.DataFrame(batch.to_pydict(), dtype=object) for batch in batches)

    return Packaged(path, file.schema_arrow.names, file.metadata.num_rows, read)


def _labelled(path: Path, reader: str, kind: str) -> Packaged:
    library = _extra("pyreadstat", path, kind, "statistics")
    read = getattr(library, reader)
    _, found = guarded(path, lambda: read(str(path), metadataonly=True))

    def frames(names: Sequence[str]) -> Iterator[pd.DataFrame]:
        chunks = library.read_file_in_chunks(
            read, str(path), chunksize=_PIECE, usecols=list(names), apply_value_formats=True
        )
        return (frame.astype(object) for frame, _ in chunks)

    return Packaged(path, found.column_names, found.number_rows or 0, frames)


def _extra(module: str, path: Path, kind: str, extra: str) -> Any:  # noqa: ANN401
    try:
        return importlib.import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        fault = (
            f"is a {kind} file, which {package} reads and the default set-up is without: install the "
            f"extra `{extra}` (uv pip install '.[{extra}]'), or save the file as CSV UTF-8"
        )
        raise BadDataError([Problem(path.name, fault)]) from None
