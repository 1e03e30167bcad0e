"""What a report is made from: all whose change could change it, by name, with its digest.

Nothing here waits for pandas, so that a batch with nothing to do is over in a moment.
"""

import csv
import hashlib
import json
import platform
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis import project
from analysis.data.hashing import sha256
from analysis.data.reach import reaches

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class Inputs:
    """The inputs of all areas, read once; `of` gives those of one area."""

    sections: Mapping[str, Mapping[str, Any]]
    common: Mapping[str, str]
    whole: Mapping[str, str]
    rows: Mapping[str, Rows]

    def of(self, area: str, cohort: int) -> dict[str, str]:
        """Give the SHA-256 of each input of an area, by path within the project.

        A file of data/raw stands with the digest of the rows that reach the area, and is left out
        where none does; areas.toml with that of the area's own section; sources.toml with that of
        all but the hashes of the files, which change with figures of other areas. Python stands
        with its version. Raises KeyError for an unknown area or local authority.
        """
        section = self.sections[area]
        names = self.rows["london_local_authorities"]
        codes = {row["name"]: row["gss_code"] for row in names}
        places = {codes[name] for name in section["local_authorities"]}
        claims = "findings" in section
        found = dict(self.common) | {project.AREAS.name: _digest(section)}
        for table, rows in self.rows.items():
            path = (project.RAW / f"{table}.csv").relative_to(project.ROOT).as_posix()
            if claims:
                found[path] = self.whole[table]
            elif kept := [
                row for row in rows if reaches(table, row, places, cohort=cohort, claims=claims)
            ]:
                found[path] = _digest(kept)
        return dict(sorted(found.items()))


def load() -> Inputs:
    """Read the inputs of all areas. What is wrong with them is told by the checks, not here.

    Remembered as long as no file has another size or another time of change.
    """
    code = _code()
    files = [project.AREAS, project.SOURCES, *project.RAW.glob("*.csv"), *code]
    states = ((path, path.stat()) for path in sorted(files))
    return _loaded(code, tuple((path, state.st_size, state.st_mtime_ns) for path, state in states))


@lru_cache(maxsize=2)
def _loaded(code: tuple[Path, ...], states: tuple[tuple[Path, int, int], ...]) -> Inputs:
    provenance = tomllib.loads(project.SOURCES.read_text(encoding="utf-8"))
    raw = {Path(file).stem: project.RAW / file for file in provenance["files"]}
    for file in provenance["files"].values():
        del file["sha256"]
    common = {path.relative_to(project.ROOT).as_posix(): sha256(path) for path in code}
    common[project.SOURCES.relative_to(project.ROOT).as_posix()] = _digest(provenance)
    common["Python"] = platform.python_version()
    return Inputs(
        sections=sections(),
        common=common,
        whole={table: sha256(path) for table, path in raw.items()},
        rows={table: _rows(path) for table, path in raw.items()},
    )


def _code() -> tuple[Path, ...]:
    source = project.ROOT / "src" / "analysis"
    return (
        project.ROOT / "requirements.lock",
        *project.NOTEBOOKS.glob("*.ipynb"),
        *(path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts),
    )


def sections() -> Mapping[str, Mapping[str, Any]]:
    """Give the sections of areas.toml by area, unchecked."""
    return tomllib.loads(project.AREAS.read_text(encoding="utf-8"))


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, restval="", restkey="more"))


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
