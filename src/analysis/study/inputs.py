"""What a report is made from: all whose change could change it, by name, with its digest.

Of data/raw these are the rows that its notebooks read. `Run.raw` records each selection of rows, the
manifest keeps the record, and here the same selections are made again from the files as they are now.
Nothing here waits for pandas, so that a batch with nothing to do is over in a moment.
"""

import csv
import hashlib
import json
import platform
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis import project
from analysis.data.hashing import sha256

RECORD = ".read.json"  # beside the processed tables of an area
_OUTSIDE = "inspection"  # as the folder of an inspection that does not lie in data/raw

Row = Mapping[str, str]
# The values that a row may have in each column that is named; every row where none is.
Selection = Mapping[str, Sequence[str]]
# The selections that were made from each file, by its path within data/raw.
Read = Mapping[str, Sequence[Selection]]
WHOLE: Selection = {}


def selected(selections: Iterable[Selection], row: Row) -> bool:
    """Whether a row is in one of the selections.

    A field that holds several values joined by `+`, as places known only together, has each of them.
    """
    return any(
        all(
            row[column] in values or any(part in values for part in row[column].split("+"))
            for column, values in selection.items()
        )
        for selection in selections
    )


@dataclass(frozen=True)
class Record:
    """What the notebooks of an area have read of data/raw, in a file beside their tables.

    It grows from notebook to notebook; a batch begins each area without one.
    """

    folder: Path

    def read(self) -> dict[str, list[Selection]]:
        """Return the selections that were made from each file; none where nothing was read."""
        path = self.folder / RECORD
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}

    def add(self, file: str, selections: Iterable[Selection]) -> None:
        """Put down selections from a file; whoever reads it whole has read every other too."""
        known = self.read()
        listed = [*known.get(file, []), *selections]
        if WHOLE in listed:
            listed = [WHOLE]
        distinct = {json.dumps(each, sort_keys=True): each for each in listed}
        found = dict(sorted({**known, file: [distinct[text] for text in sorted(distinct)]}.items()))
        if found != known:
            self.folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps(found, sort_keys=True, ensure_ascii=False, indent=1)
            (self.folder / RECORD).write_text(text + "\n", encoding="utf-8", newline="")


@dataclass(frozen=True)
class Inputs:
    """The inputs that all areas have in common, and the sections of areas.toml; `of` has the rest."""

    sections: Mapping[str, Mapping[str, Any]]
    common: Mapping[str, str]

    def of(self, area: str, read: Read) -> dict[str, str]:
        """Return the SHA-256 of each input of an area, by path within the project.

        A file of data/raw has the digest of the rows that are selected from it, and is left out
        where it is gone; areas.toml has that of the area's own section; sources.toml that of all but
        the hashes of the files, which change with figures of other areas. Python has its version.
        Raises KeyError for an unknown area or column.
        """
        found = dict(self.common) | {project.AREAS.name: _digest(self.sections[area])}
        for file, selections in read.items():
            path = self._path(area, file)
            if path.is_file():
                inside = path.is_relative_to(project.ROOT)
                shown = path.relative_to(project.ROOT).as_posix() if inside else file
                found[shown] = _selected(path, selections)
        return dict(sorted(found.items()))

    def _path(self, area: str, file: str) -> Path:
        folder, _, name = file.rpartition("/")
        if folder != _OUTSIDE:
            return project.RAW / file
        return project.ROOT / self.sections[area].get("inspection", "") / name

    def every(self) -> dict[str, str]:
        """Return the SHA-256 of each input that any area could have, whole."""
        files = {
            path.relative_to(project.ROOT).as_posix(): sha256(path)
            for path in project.RAW.rglob("*")
            if path.suffix in {".csv", ".toml"} and path != project.SOURCES
        }
        return {**self.common, **files, project.AREAS.name: _digest(self.sections)}


def load() -> Inputs:
    """Read what all areas have in common. The checks say what is wrong with it, not this.

    Remembered as long as no file has another size or another time of change.
    """
    code = _code()
    files = sorted([project.AREAS, project.SOURCES, *code])
    return _loaded(code, tuple((path, *_state(path)) for path in files))


@lru_cache(maxsize=2)
def _loaded(code: tuple[Path, ...], states: tuple[tuple[Path, int, int], ...]) -> Inputs:
    provenance = tomllib.loads(project.SOURCES.read_text(encoding="utf-8-sig"))
    for file in provenance["files"].values():
        del file["sha256"]
    common = {path.relative_to(project.ROOT).as_posix(): sha256(path) for path in code}
    common[project.SOURCES.relative_to(project.ROOT).as_posix()] = _digest(provenance)
    common["Python"] = platform.python_version()
    return Inputs(sections=sections(), common=common)


def _code() -> tuple[Path, ...]:
    source = project.ROOT / "src" / "analysis"
    return (
        project.ROOT / "requirements.lock",
        *project.NOTEBOOKS.glob("*.ipynb"),
        *(path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts),
    )


def sections() -> Mapping[str, Mapping[str, Any]]:
    """Return the sections of areas.toml by area, unchecked."""
    return tomllib.loads(project.AREAS.read_text(encoding="utf-8-sig"))


def name(path: Path) -> str:
    """Return the name by which a file is recorded: its path within data/raw, where it lies there.

    Where an inspection elsewhere lies is nobody's business, and areas.toml has it.
    """
    inside = path.is_relative_to(project.RAW)
    return path.relative_to(project.RAW).as_posix() if inside else f"{_OUTSIDE}/{path.name}"


def rows(path: Path) -> Sequence[Row]:
    """Return the rows of a CSV as text; remembered as long as the file stays as it is."""
    return _rows(path, *_state(path))


def _selected(path: Path, selections: Sequence[Selection]) -> str:
    if WHOLE in selections:
        return sha256(path)
    return _digest([row for row in rows(path) if selected(selections, row)])


@lru_cache(maxsize=64)
def _rows(path: Path, size: int, changed: int) -> Sequence[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="", restkey="more")
        reader.fieldnames = [name.strip("\ufeff ") for name in reader.fieldnames or ()]
        return list(reader)


def _state(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
