"""The areas of areas.toml, typed and checked."""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from analysis import project
from analysis.data import context, inspection, toml
from analysis.data.lines import Line
from analysis.data.patterns import SLUG
from analysis.data.problems import BadDataError, Problem, of_settings
from analysis.faults import UsageFault


class UnknownAreaError(UsageFault):
    """An area that areas.toml does not have."""


class Area(BaseModel):
    """One section of areas.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Line
    local_authorities: tuple[str, ...] = ()
    inspection: str | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.local_authorities and self.inspection is None:
            raise ValueError("local_authorities or inspection is needed")
        return self


def load(path: Path = project.AREAS, raw: Path = project.RAW) -> dict[str, Area]:
    """Read areas.toml and return the areas by name; BadDataError lists every fault."""
    text = toml.text(path, path.name)
    return dict(_loaded(text, path.name, tuple(context.gss_codes(raw))))


@lru_cache(maxsize=8)
def _loaded(text: str, file: str, names: tuple[str, ...]) -> Mapping[str, Area]:
    """Read the text of areas.toml; `names` are the local authorities that its areas may name."""
    sections = toml.parsed(text, file)
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
            problems += of_settings(file, error, name)
            continue
        problems += _unknown_names(areas[name], f"{name}.local_authorities", file, names)
        problems += _unknown_inspection(areas[name], f"{name}.inspection", file)
    if problems:
        raise BadDataError(problems)
    return areas


def get(name: str, path: Path = project.AREAS) -> Area:
    """Return one area; UnknownAreaError says which there are."""
    areas = load(path)
    if name not in areas:
        raise unknown(name, areas)
    return areas[name]


def unknown(name: str, areas: Mapping[str, Area]) -> UnknownAreaError:
    """Return the error that names all areas, and the one that is nearest by its name or its title."""
    known = {area.title.casefold(): slug for slug, area in areas.items()} | {
        slug: slug for slug in areas
    }
    near = difflib.get_close_matches(name.casefold(), known, n=1)
    hint = f" Did you mean {known[near[0]]}?" if near else ""
    return UnknownAreaError(f"No area {name!r} in areas.toml; it has {', '.join(areas)}.{hint}")


def _unknown_names(area: Area, column: str, file: str, names: Collection[str]) -> Iterator[Problem]:
    for name in area.local_authorities:
        if name not in names:
            near = ", ".join(difflib.get_close_matches(name, names))
            allowed = f"must be one of {near}" if near else "is no local authority of data/raw"
            yield Problem(file, allowed, column=column, value=name)
    if len(set(area.local_authorities)) < len(area.local_authorities):
        yield Problem(file, "a local authority may stand only once", column=column)


def _unknown_inspection(area: Area, column: str, file: str) -> Iterator[Problem]:
    # A colleague's confidential one may lie where others cannot see it; that costs its own area only.
    if area.inspection is not None and inspection.is_name(area.inspection):
        try:
            inspection.find(area.inspection)
        except BadDataError as error:
            for problem in error.problems:
                yield Problem(file, problem.allowed, column=column, value=area.inspection)
