"""The local authorities of London with their reoffending and deprivation."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from analysis import project
from analysis.data import processed, sources


def local_authorities(folder: Path = project.RAW) -> pd.DataFrame:
    """Give the London local authorities: gss_code, name, inner_or_outer."""
    return sources.load("london_local_authorities", folder)


def cohorts(folder: Path = project.RAW) -> list[int]:
    """Give the years for which reoffending figures are held, in order."""
    return sorted(sources.load("reoffending", folder)["cohort"].unique().tolist())


def boroughs(in_area: Collection[str], cohort: int, folder: Path = project.RAW) -> pd.DataFrame:
    """Return processed.BOROUGHS for one cohort; `in_area` are the GSS codes of the area."""
    return joined(
        local_authorities(folder),
        sources.load("reoffending", folder).query("cohort == @cohort"),
        sources.load("deprivation_2015", folder).query("measure == 'average_score'"),
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
            columns={"value": f"{name}_score", "rank_of_152": f"{name}_rank"}
        )
        frame = frame.merge(
            scores[["gss_code", f"{name}_score", f"{name}_rank"]],
            on="gss_code",
            validate="one_to_one",
        )
    return frame[list(processed.BOROUGHS.columns)]
