"""Provenance of the raw files, and loading that refuses a file which is not the recorded one."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from analysis import project
from analysis.data import raw, tables, toml
from analysis.data.hashing import sha256
from analysis.data.problems import BadDataError, Problem, of_settings


class Source(BaseModel):
    """A publication from which figures were taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publisher: str
    title: str
    date: str
    licence: str
    licence_note: str
    link: str = Field(pattern="^https://")
    obtained_from: str


class RawFile(BaseModel):
    """One file of data/raw: its period, its sources and the hash of its bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    period: str
    sources: tuple[str, ...]
    note: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Package(BaseModel):
    """What the raw files are called together."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str


class Sources(BaseModel):
    """The whole of sources.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    package: Package
    sources: Mapping[str, Source]
    files: Mapping[str, RawFile]

    @field_validator("sources", "files")
    @classmethod
    def _unchangeable(cls, found: Mapping[str, BaseModel]) -> Mapping[str, BaseModel]:
        # One listing is given to many callers.
        return MappingProxyType(dict(found))

    def of(self, file: str) -> tuple[Source, ...]:
        """Return the sources of a raw file, in the order in which they are listed."""
        return tuple(self.sources[name] for name in self.files[file].sources)


def provenance(path: Path = project.SOURCES) -> Sources:
    """Read sources.toml; BadDataError where it is not as declared."""
    return _listing(toml.text(path, path.name), path.name)


@lru_cache(maxsize=8)
def _listing(text: str, name: str) -> Sources:
    try:
        found = Sources.model_validate(toml.parsed(text, name))
    except ValidationError as error:
        raise BadDataError(of_settings(name, error)) from None
    unknown = [
        Problem(name, f"must be one of {', '.join(found.sources)}", column=file, value=source)
        for file, raw in found.files.items()
        for source in raw.sources
        if source not in found.sources
    ]
    if unknown:
        raise BadDataError(unknown)
    return found


def verify(file: str, folder: Path, recorded: Sources) -> list[Problem]:
    """Compare a raw file, by its path within `folder`, with its recorded hash; say what is wrong."""
    path = folder / file
    if file not in recorded.files:
        return [Problem(file, "has no entry in data/raw/sources.toml")]
    if not path.exists():
        return [Problem(file, "the file does not exist")]
    found = sha256(path)
    if found == recorded.files[file].sha256:
        return []
    return [
        Problem(
            file,
            "the file is not the one recorded in data/raw/sources.toml (SHA-256 differs). Restore "
            f"it, or accept a deliberate change with: analysis accept data/raw/{file}",
            value=found,
        )
    ]


def changed(path: Path) -> list[Problem]:
    """Compare a file of data/raw with its recorded hash.

    A folder that lies elsewhere, or of which no file is recorded, is nobody's to guard.
    """
    if not path.is_relative_to(project.RAW):
        return []
    file = path.relative_to(project.RAW)
    recorded = provenance(project.SOURCES)
    if not any(Path(known).parent == file.parent for known in recorded.files):
        return []
    return verify(file.as_posix(), project.RAW, recorded)


def raw_path(file: str, folder: Path = project.RAW) -> Path:
    """Return the path of a raw file whose bytes are the recorded ones."""
    if problems := verify(file, folder, provenance(folder / project.SOURCES.name)):
        raise BadDataError(problems)
    return folder / file


@lru_cache(maxsize=128)
def _read(path: Path, digest: str) -> pd.DataFrame:
    return tables.read(path, raw.RAW[path.stem])


def _present(path: Path) -> pd.DataFrame:
    """Return a raw table as it is now, whatever its recorded hash; nobody may change it."""
    digest = sha256(path) if path.is_file() else ""
    return _read(path, digest)


def load(name: str, folder: Path = project.RAW) -> pd.DataFrame:
    """Return a raw table by name, its hash checked, typed and validated."""
    path = raw_path(f"{name}.csv", folder)
    return _read(path, sha256(path)).copy()


def check(folder: Path = project.RAW) -> list[Problem]:
    """Check every raw file: hash, schema and references; gives every problem at once."""
    recorded = provenance(folder / project.SOURCES.name)
    problems = [fault for file in recorded.files for fault in verify(file, folder, recorded)]
    read = {}
    for name in raw.RAW:
        try:
            read[name] = _present(folder / f"{name}.csv")
        except BadDataError as error:
            problems += error.problems
    return list(dict.fromkeys(problems)) + _broken_references(read)


def _broken_references(read: dict[str, pd.DataFrame]) -> list[Problem]:
    return [
        Problem(f"{name}.csv", f"is not in {target}.csv", row=row + 2, column=column, value=value)
        for name, table in read.items()
        for column, target, key in raw.RAW[name].foreign_keys()
        if target in read
        for row, value in table.loc[~table[column].isin(read[target][key]), column].items()
    ]


def accept(file: Path, folder: Path = project.RAW) -> str:
    """Record the present hash of a raw file as the right one, and return it.

    `file` is a path, or one within `folder`. Raises BadDataError for a file that does not lie there or
    has no entry.
    """
    path = file if file.is_absolute() or file.exists() else folder / file
    known = path.resolve().is_relative_to(folder.resolve()) and path.is_file()
    name = path.resolve().relative_to(folder.resolve()).as_posix() if known else str(file)
    listing = folder / project.SOURCES.name
    recorded = provenance(listing)
    if name not in recorded.files:
        allowed = "has no entry in data/raw/sources.toml; add one first"
        raise BadDataError([Problem(name, allowed if known else "is no file of data/raw")])
    new = sha256(path)
    text = listing.read_text(encoding="utf-8")
    listing.write_text(text.replace(recorded.files[name].sha256, new), encoding="utf-8")
    return new
