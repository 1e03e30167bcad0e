"""The regions of data/raw/regions: loading one, and finding the one that an area lies in."""

from collections.abc import Collection, Iterator
from functools import lru_cache, partial

import pandas as pd
from pydantic import ValidationError

from analysis import project
from analysis.data import raw, sources, tables, toml
from analysis.data.problems import BadDataError, Problem, of_each, of_settings
from analysis.data.region import Region

# Where no smaller region holds all of an area's local authorities.
WIDEST = "england"


def members(region: Region) -> pd.DataFrame:
    """Return the local authorities of a region (raw.LOCAL_AUTHORITIES); no row where none is held."""
    if region.local_authorities is None:
        return tables.empty(raw.LOCAL_AUTHORITIES)
    return sources.load(region.local_authorities)


def load(name: str) -> Region:
    """Return a region by the name of its file; BadDataError where it is not as declared."""
    path = project.REGIONS / f"{name}.toml"
    file = f"regions/{path.name}"
    return _loaded(toml.text(path, file), file)


@lru_cache(maxsize=8)
def _loaded(text: str, file: str) -> Region:
    try:
        return Region.model_validate(toml.parsed(text, file))
    except ValidationError as error:
        raise BadDataError(of_settings(file, error)) from None


def check() -> list[Problem]:
    """Check every region: its file, and the part and the tile of each of its local authorities."""
    return of_each(partial(_check, name) for name in names())


def _check(name: str) -> None:
    if problems := list(_misplaced(name, load(name))):
        raise BadDataError(problems)


def _misplaced(name: str, region: Region) -> Iterator[Problem]:
    listed = members(region)
    for code in listed["gss_code"] if region.tiles else ():
        if code not in region.tiles:
            yield Problem(f"regions/{name}.toml", "is needed", column=f"tiles.{code}")
    for row, part in listed.loc[~listed["part"].isin(list(region.parts)), "part"].items():
        yield Problem(
            f"{region.local_authorities}.csv",
            f"must be one of {', '.join(region.parts)}",
            row=row + 2,
            column="part",
            value=part,
        )


def names() -> list[str]:
    """Return the names of all regions, the widest last."""
    found = sorted(path.stem for path in project.REGIONS.glob("*.toml"))
    return sorted(found, key=lambda name: name == WIDEST)


def holding(gss_codes: Collection[str]) -> Region:
    """Return the first region that holds all of some local authorities, or the widest."""
    for name in names():
        region = load(name)
        if gss_codes and set(gss_codes) <= set(members(region)["gss_code"]):
            return region
    return load(WIDEST)
