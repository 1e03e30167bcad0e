"""The areas of areas.toml, typed and checked."""

import difflib
import re
import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, model_validator

from analysis import project
from analysis.data import context, sources
from analysis.data.patterns import SLUG
from analysis.data.problems import BadDataError, Problem
from analysis.faults import UsageFault


class UnknownAreaError(UsageFault):
    """An area that areas.toml does not have."""


class Area(BaseModel):
    """One section of areas.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    local_authorities: tuple[str, ...] = Field(min_length=1)
    cases: str | None = None
    findings: str | None = None
    providers: Mapping[str, str] = {}
    eligible: Mapping[str, PositiveInt] = {}

    @model_validator(mode="after")
    def _sample_and_findings(self) -> Self:
        if (self.cases is None) != (self.findings is None):
            raise ValueError(
                "cases and findings go together: a sample that is no reconstruction is confidential, "
                "and disclosure control is not built yet"
            )
        return self


def load(path: Path = project.AREAS, raw: Path = project.RAW) -> dict[str, Area]:
    """Read areas.toml and give the areas by name; BadDataError lists every fault."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise BadDataError([Problem(path.name, "the file does not exist")]) from None
    except UnicodeDecodeError as error:
        raise BadDataError([Problem(path.name, f"is not TOML: {error}")]) from None
    names = tuple(context.local_authorities(raw)["name"])
    files = tuple(sources.provenance(raw / project.SOURCES.name).files)
    return dict(_loaded(text, path.name, names, files))


@lru_cache(maxsize=8)
def _loaded(
    text: str, file: str, names: tuple[str, ...], files: tuple[str, ...]
) -> Mapping[str, Area]:
    """Read the text of areas.toml; `names` and `files` are what its areas may name."""
    try:
        sections = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadDataError([Problem(file, f"is not TOML: {error}")]) from None
    areas: dict[str, Area] = {}
    problems: list[Problem] = []
    for name, section in sections.items():
        if not re.fullmatch(SLUG, name):
            allowed = "an area's name is lower-case letters, digits and hyphens"
            problems.append(Problem(file, allowed, column=name))
            continue
        try:
            areas[name] = Area.model_validate(section)
        except ValidationError as error:
            problems += [
                Problem(
                    file,
                    fault["msg"].removeprefix("Value error, "),
                    column=".".join([name, *map(str, fault["loc"])]),
                )
                for fault in error.errors()
            ]
    problems += _unknown_names(areas, file, names, files)
    if problems:
        raise BadDataError(problems)
    return areas


def get(name: str, path: Path = project.AREAS) -> Area:
    """Give one area; UnknownAreaError says which there are."""
    areas = load(path)
    if name not in areas:
        near = difflib.get_close_matches(name, areas, n=1)
        hint = f" Did you mean {near[0]}?" if near else ""
        raise UnknownAreaError(f"No area {name!r} in areas.toml; it has {', '.join(areas)}.{hint}")
    return areas[name]


def gss_codes(area: Area, raw: Path = project.RAW) -> list[str]:
    """Give the GSS codes of an area's local authorities, in the order of areas.toml."""
    codes = context.local_authorities(raw).set_index("name")["gss_code"]
    return [codes[name] for name in area.local_authorities]


def _unknown_names(
    areas: Mapping[str, Area], file: str, names: Collection[str], files: Collection[str]
) -> list[Problem]:
    problems = []
    for slug, area in areas.items():
        problems += [
            Problem(
                file,
                f"must be one of {', '.join(difflib.get_close_matches(name, names) or names)}",
                column=f"{slug}.local_authorities",
                value=name,
            )
            for name in area.local_authorities
            if name not in names
        ]
        if len(set(area.local_authorities)) < len(area.local_authorities):
            allowed = "a local authority may stand only once"
            problems.append(Problem(file, allowed, column=f"{slug}.local_authorities"))
        problems += [
            Problem(
                file, "must be a file of data/raw/sources.toml", column=f"{slug}.{key}", value=value
            )
            for key, value in (("cases", area.cases), ("findings", area.findings))
            if value is not None and value not in files
        ]
    return problems
