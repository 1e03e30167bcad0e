"""The local authorities of a region with their reoffending and deprivation."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from analysis import project
from analysis.data import processed, regions, sources
from analysis.data.region import Region

# The tables that name local authorities; of a name that several have, the first is meant.
NAMING = ("local_authorities", "deprivation_2015", "ethnicity_2011")


def gss_codes(folder: Path = project.RAW) -> dict[str, str]:
    """Return the GSS code of every local authority that a raw table names, by its name."""
    larger = [code for name in regions.names() for code in regions.load(name).beside]
    found: dict[str, str] = {}
    for name in NAMING:
        table = sources.load(name, folder)
        table = table[~table["gss_code"].isin(larger)]
        found = dict(zip(table["name"], table["gss_code"], strict=True)) | found
    return found


def cohorts(folder: Path = project.RAW) -> list[int]:
    """Return the years for which reoffending figures are held, in order."""
    return sorted(sources.load("reoffending", folder)["cohort"].unique().tolist())


def boroughs(region: Region, in_area: Collection[str], cohort: int) -> pd.DataFrame:
    """Return processed.BOROUGHS of a region for one cohort; `in_area` are the area's GSS codes."""
    return joined(
        regions.members(region),
        sources.load("reoffending").query("cohort == @cohort"),
        sources.load("deprivation_2015").query("measure == 'average_score'"),
        in_area=in_area,
    )


def joined(
    authorities: pd.DataFrame,
    reoffending: pd.DataFrame,
    deprivation: pd.DataFrame,
    *,
    in_area: Collection[str],
) -> pd.DataFrame:
    """Return processed.BOROUGHS from the reoffending of one cohort and the average scores."""
    frame = authorities.assign(in_area=authorities["gss_code"].isin(in_area))
    frame = frame.merge(
        reoffending[["gss_code", "cohort", "offenders", "reoffenders"]],
        on="gss_code",
        validate="one_to_one",
    )
    for domain, name in {"overall": "deprivation", "crime": "crime"}.items():
        scores = deprivation[deprivation["domain"] == domain].rename(
            columns={"value": f"{name}_score", "rank": f"{name}_rank"}
        )
        frame = frame.merge(
            scores[["gss_code", f"{name}_score", f"{name}_rank"]],
            on="gss_code",
            validate="one_to_one",
        )
    return frame.reindex(columns=list(processed.BOROUGHS.columns))
