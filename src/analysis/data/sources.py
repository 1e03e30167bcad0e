"""Provenance of the raw files, and loading that refuses a file which is not the recorded one."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from analysis import project
from analysis.data import raw, tables
from analysis.data.hashing import sha256
from analysis.data.problems import BadDataError, Problem


class Source(BaseModel):
    """A publication from which figures were taken."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    publisher: str
    title: str
    date: str
    licence: str
    licence_note: str
    obtained_from: str


class RawFile(BaseModel):
    """One file of data/raw: its period, its sources and the hash of its bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    period: str
    sources: tuple[str, ...]
    note: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Sources(BaseModel):
    """The whole of sources.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: Mapping[str, Source]
    files: Mapping[str, RawFile]

    @field_validator("sources", "files")
    @classmethod
    def _unchangeable(cls, found: Mapping[str, BaseModel]) -> Mapping[str, BaseModel]:
        # One listing is given to many callers.
        return MappingProxyType(dict(found))

    def of(self, file: str) -> tuple[Source, ...]:
        """Give the sources of a raw file, in the order in which they are listed."""
        return tuple(self.sources[name] for name in self.files[file].sources)


def provenance(path: Path = project.SOURCES) -> Sources:
    """Read sources.toml; BadDataError where it is not as declared."""
    try:
        return _listing(path.read_text(encoding="utf-8"), path.name)
    except FileNotFoundError:
        raise BadDataError([Problem(path.name, "the file does not exist")]) from None
    except UnicodeDecodeError as error:
        raise BadDataError([Problem(path.name, f"is not TOML: {error}")]) from None


@lru_cache(maxsize=8)
def _listing(text: str, name: str) -> Sources:
    try:
        found = Sources.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadDataError([Problem(name, f"is not TOML: {error}")]) from None
    except ValidationError as error:
        raise BadDataError(
            Problem(name, fault["msg"], column=".".join(map(str, fault["loc"])))
            for fault in error.errors()
        ) from None
    unknown = [
        Problem(name, f"must be one of {', '.join(found.sources)}", column=file, value=source)
        for file, raw in found.files.items()
        for source in raw.sources
        if source not in found.sources
    ]
    if unknown:
        raise BadDataError(unknown)
    return found


def verify(path: Path, recorded: Sources) -> list[Problem]:
    """Compare a raw file with its recorded hash; no problem gives an empty list."""
    if path.name not in recorded.files:
        return [Problem(path.name, "has no entry in data/raw/sources.toml")]
    if not path.exists():
        return [Problem(path.name, "the file does not exist")]
    found = sha256(path)
    if found == recorded.files[path.name].sha256:
        return []
    return [
        Problem(
            path.name,
            "the file is not the one recorded in data/raw/sources.toml (SHA-256 differs). Restore "
            f"it, or accept a deliberate change with: analysis accept data/raw/{path.name}",
            value=found,
        )
    ]


def raw_path(file: str, folder: Path = project.RAW) -> Path:
    """Give the path of a raw file whose bytes are the recorded ones."""
    path = folder / file
    if problems := verify(path, provenance(folder / project.SOURCES.name)):
        raise BadDataError(problems)
    return path


@lru_cache(maxsize=128)
def _read(path: Path, digest: str) -> pd.DataFrame:
    return tables.read(path, raw.RAW[path.stem])


def _present(path: Path) -> pd.DataFrame:
    """Give a raw table as it is now, whatever its recorded hash; nobody may change it."""
    digest = sha256(path) if path.is_file() else ""
    return _read(path, digest)


def load(name: str, folder: Path = project.RAW) -> pd.DataFrame:
    """Give a raw table by name, its hash checked, typed and validated."""
    path = raw_path(f"{name}.csv", folder)
    return _read(path, sha256(path)).copy()


def check(folder: Path = project.RAW) -> list[Problem]:
    """Check every raw file: hash, schema and references; gives every problem at once."""
    recorded = provenance(folder / project.SOURCES.name)
    problems = [fault for file in recorded.files for fault in verify(folder / file, recorded)]
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


def accept(path: Path, folder: Path = project.RAW) -> str:
    """Record the present hash of a raw file as the right one; gives the hash."""
    listing = folder / project.SOURCES.name
    recorded = provenance(listing)
    if path.name not in recorded.files:
        raise BadDataError(
            [Problem(path.name, "has no entry in data/raw/sources.toml; add one first")]
        )
    new = sha256(folder / path.name)
    text = listing.read_text(encoding="utf-8")
    listing.write_text(text.replace(recorded.files[path.name].sha256, new), encoding="utf-8")
    return new
