"""What a report is made from: all whose change could change it, by name, with its digest.

Of data/raw these are the rows that its notebooks read. `Run.raw` records each selection of rows, the
manifest keeps the record, and here the same selections are made again from the files as they are now.
Nothing here waits for pandas, so that a batch with nothing to do is over in a moment.
"""

import csv
import fcntl
import hashlib
import json
import os
import platform
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from analysis import project
from analysis.data import toml
from analysis.data.hashing import sha256
from analysis.study import notebook

RECORD = ".read.json"  # beside the processed tables of an area
_OUTSIDE = "inspection"  # as the folder of an inspection that does not lie in data/raw

Row = Mapping[str, str]
# The values that a row may have in each column that is named; every row where none is.
Selection = Mapping[str, Sequence[str]]
# The selections that were made from each file, by its path within data/raw.
Read = Mapping[str, Sequence[Selection]]
WHOLE: Selection = {}
_READ = TypeAdapter(dict[str, list[dict[str, list[str]]]])
# What the package consists of; anything else in its folder was left there by an editor or a system.
_CODE = {".py", ".css", ".j2"}


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

    It grows from notebook to notebook; a batch begins each area without one. One that is damaged
    begins anew.
    """

    folder: Path

    def read(self) -> dict[str, list[dict[str, list[str]]]]:
        """Return the selections that were made from each file; none where nothing was read."""
        try:
            return _READ.validate_json((self.folder / RECORD).read_bytes(), strict=True)
        except (FileNotFoundError, ValidationError):
            return {}

    def add(self, file: str, selections: Iterable[Selection]) -> None:
        """Put down selections from a file; whoever reads it whole has read every other too."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with held(self.folder):
            known = self.read()
            listed = [*known.get(file, []), *selections]
            if WHOLE in listed:
                listed = [WHOLE]
            distinct = {json.dumps(each, sort_keys=True): each for each in listed}
            found = {**known, file: [distinct[text] for text in sorted(distinct)]}
            if found != known:
                text = json.dumps(found, sort_keys=True, ensure_ascii=False, indent=1)
                replace(self.folder / RECORD, text)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Have a folder for oneself, of those that ask for it so: two notebooks may run at a time."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def replace(path: Path, text: str) -> None:
    """Write a file, whole or not at all."""
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_text(text + "\n", encoding="utf-8", newline="")
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


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
        found = dict(self.common) | {project.AREAS.name: digest_of(self.sections[area])}
        for file, selections in read.items():
            path = located(file, self.sections[area].get("inspection"))
            if path.is_file():
                found[shown(path, file)] = rows_digest(path, selections)
        return dict(sorted(found.items()))

    def every(self) -> dict[str, str]:
        """Return the SHA-256 of each input that any area could have, whole."""
        files = {
            path.relative_to(project.ROOT).as_posix(): sha256(path)
            for path in project.RAW.rglob("*")
            if path.suffix in {".csv", ".toml"} and path != project.SOURCES
        }
        return {**self.common, **files, project.AREAS.name: digest_of(self.sections)}


def load() -> Inputs:
    """Read what all areas have in common. The checks say what is wrong with it, not this.

    Remembered as long as no file has another size or another time of change.
    """
    code = _code()
    files = sorted([project.AREAS, project.SOURCES, *code])
    return _loaded(code, tuple((path, *_state(path)) for path in files))


@lru_cache(maxsize=2)
def _loaded(code: tuple[Path, ...], states: tuple[tuple[Path, int, int], ...]) -> Inputs:
    provenance = _toml(project.SOURCES)
    for file in provenance["files"].values():
        del file["sha256"]
    common = {
        path.relative_to(project.ROOT).as_posix(): (
            notebook.digest(path) if path.suffix == ".ipynb" else sha256(path)
        )
        for path in code
    }
    common[project.SOURCES.relative_to(project.ROOT).as_posix()] = digest_of(provenance)
    common["Python"] = platform.python_version()
    return Inputs(sections=sections(), common=common)


def _code() -> tuple[Path, ...]:
    source = project.ROOT / "src" / "analysis"
    return (
        project.ROOT / "requirements.lock",
        source.with_name("analysis_command.py"),
        *map(notebook.path_of, project.NOTEBOOK_NAMES),
        *(path for path in source.rglob("*") if path.suffix in _CODE and _is_own(path, source)),
    )


def _is_own(path: Path, source: Path) -> bool:
    """Whether a file is one of the package: editors keep theirs under names that begin with a dot."""
    hidden = any(part.startswith(".") for part in path.relative_to(source).parts)
    return not hidden and path.is_file()


def sections() -> Mapping[str, Mapping[str, Any]]:
    """Return the sections of areas.toml by area, unchecked; BadDataError where it is not TOML."""
    return _toml(project.AREAS)


def _toml(path: Path) -> dict[str, Any]:
    return toml.read(path, path.name)


def name(path: Path) -> str:
    """Return the name by which a file is recorded: its path within data/raw, where it lies there.

    Where an inspection elsewhere lies is nobody's business, and areas.toml has it.
    """
    inside = path.is_relative_to(project.RAW)
    return path.relative_to(project.RAW).as_posix() if inside else f"{_OUTSIDE}/{path.name}"


def located(file: str, inspection: str | None) -> Path:
    """Return where a file of a recorded name lies; `inspection` as in the section of the area."""
    folder, _, name = file.rpartition("/")
    if folder != _OUTSIDE:
        return project.RAW / file
    return project.ROOT / (inspection or "") / name


def shown(path: Path, file: str) -> str:
    """Return the name of a raw file for a reader: its path within the project, where it lies there."""
    inside = path.is_relative_to(project.ROOT)
    return path.relative_to(project.ROOT).as_posix() if inside else file


def rows(path: Path) -> Sequence[Row]:
    """Return the rows of a CSV as text; remembered as long as the file stays as it is."""
    return _rows(path, *_state(path))


def about(file: str, selections: Sequence[Selection], gss_codes: Collection[str]) -> bool:
    """Whether what was selected from a file of data/raw is about some places, or names none at all."""
    path = project.RAW / file
    for row in rows(path) if path.is_file() else ():
        named = {
            code for column in row if column.endswith("gss_code") for code in row[column].split("+")
        }
        if selected(selections, row) and (not named or named & set(gss_codes)):
            return True
    return False


def rows_digest(path: Path, selections: Sequence[Selection]) -> str:
    """Return the SHA-256 of the rows that are selected from a file.

    Remembered as long as the file stays as it is. Raises KeyError for a column that it has not.
    """
    return _rows_digest(path, *_state(path), json.dumps(selections, sort_keys=True))


@lru_cache(maxsize=1024)
def _rows_digest(path: Path, size: int, changed: int, selections: str) -> str:
    listed = json.loads(selections)
    if WHOLE in listed:
        return sha256(path)
    return digest_of([row for row in _rows(path, size, changed) if selected(listed, row)])


@lru_cache(maxsize=64)
def _rows(path: Path, size: int, changed: int) -> Sequence[Row]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, restval="", restkey="more")
        reader.fieldnames = [name.strip("\ufeff ") for name in reader.fieldnames or ()]
        return list(reader)


def _state(path: Path) -> tuple[int, int]:
    state = path.stat()
    return state.st_size, state.st_mtime_ns


def digest_of(value: object) -> str:
    """Return the SHA-256 of a value as JSON."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
