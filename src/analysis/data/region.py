"""A region that areas lie in: its parts, what stands beside its areas, and a map of tiles."""

import re
import tomllib
from collections.abc import Collection, Mapping
from functools import lru_cache

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from analysis import project
from analysis.data import raw, sources, tables
from analysis.data.patterns import SLUG
from analysis.data.problems import BadDataError, Problem, of_settings

# Where no smaller region holds all of an area's local authorities.
WIDEST = "england"


class Ranked(BaseModel):
    """What a rank of deprivation is out of: how many places, of which kind, where, and what to know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: PositiveInt
    among: str
    within: str
    note: str
    without: str


class Region(BaseModel):
    """One file of data/raw/regions.

    `parts` gives the title of each part by its code, `beside` what each place is that stands beside
    every area, in order, and `tiles` the label, the column and the row of each local authority.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    ranked: Ranked
    beside: Mapping[str, str]
    parts: Mapping[str, str] = Field(default={}, max_length=2)  # charts have a mark for each of two
    tiles: Mapping[str, tuple[str, int, int]] = {}
    local_authorities: str | None = None
    inspection: str | None = Field(default=None, pattern=f"^{SLUG}$")  # one of data/raw/inspections
    river: str | None = None

    @property
    def code(self) -> str:
        """The code of the region, as tables have it."""
        return _code(self.title)

    @property
    def part_terms(self) -> dict[str, str]:
        """The part that each term of a model marks: all but the last, which they are set against."""
        return {_code(title): part for part, title in list(self.parts.items())[:-1]}

    def members(self) -> pd.DataFrame:
        """Return the local authorities of the region (raw.LOCAL_AUTHORITIES); no row where none is held."""
        if self.local_authorities is None:
            return tables.empty(raw.LOCAL_AUTHORITIES)
        return sources.load(self.local_authorities)


def _code(title: str) -> str:
    return "_".join(re.findall("[a-z0-9]+", title.casefold()))


def load(name: str) -> Region:
    """Return a region by the name of its file; BadDataError where it is not as declared."""
    path = project.REGIONS / f"{name}.toml"
    try:
        return _loaded(path.read_text(encoding="utf-8-sig"), f"regions/{path.name}")
    except FileNotFoundError:
        raise BadDataError([Problem(f"regions/{path.name}", "the file does not exist")]) from None
    except UnicodeDecodeError as error:
        raise BadDataError([Problem(f"regions/{path.name}", f"is not TOML: {error}")]) from None


@lru_cache(maxsize=8)
def _loaded(text: str, file: str) -> Region:
    try:
        return Region.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise BadDataError([Problem(file, f"is not TOML: {error}")]) from None
    except ValidationError as error:
        raise BadDataError(of_settings(file, error)) from None


def names() -> list[str]:
    """Return the names of all regions, the widest last."""
    found = sorted(path.stem for path in project.REGIONS.glob("*.toml"))
    return sorted(found, key=lambda name: name == WIDEST)


def holding(gss_codes: Collection[str]) -> Region:
    """Return the first region that holds all of some local authorities, or the widest."""
    for name in names():
        region = load(name)
        if gss_codes and set(gss_codes) <= set(region.members()["gss_code"]):
            return region
    return load(WIDEST)
