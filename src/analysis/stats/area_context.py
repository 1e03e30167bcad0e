"""What the appendix of the inspection report shows of an area, from openly published tables.

Each function takes a raw table and the GSS codes of the area's local authorities, in their order,
and gives a table of schemas.PROCESSED: those local authorities, then London and England where the
raw table has them. What a raw table leaves blank stays blank.
"""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.data import schemas
from analysis.data.reach import BESIDE
from analysis.stats import proportions

_BROAD_GROUPS: Mapping[str, str] = {
    "white_british": "white_british",
    "white_irish": "other_white",
    "white_gypsy_or_irish_traveller": "other_white",
    "white_other": "other_white",
    "asian": "asian",
    "black": "black_mixed_or_other",
    "mixed": "black_mixed_or_other",
    "other": "black_mixed_or_other",
}


def population(raw: pd.DataFrame, codes: Sequence[str], *, area: str) -> pd.DataFrame:
    """Give schemas.AREA_POPULATION from schemas.POPULATION.

    A row for two local authorities together is kept where either belongs to the area; it is never
    divided between them.
    """
    return _placed(raw, codes, area, schemas.AREA_POPULATION.columns)


def ethnicity(raw: pd.DataFrame, codes: Sequence[str], *, area: str) -> pd.DataFrame:
    """Give schemas.AREA_ETHNICITY from schemas.ETHNICITY: a row per place and ethnic group."""
    groups = list(_BROAD_GROUPS)
    long = raw.melt(
        id_vars=["gss_code", "name", "all_residents"],
        value_vars=groups,
        var_name="ethnic_group",
        value_name="residents",
    )
    long = long.assign(
        broad_group=long["ethnic_group"].map(_BROAD_GROUPS),
        share=long["residents"] / long["all_residents"],
    )
    return _placed(long, codes, area, schemas.AREA_ETHNICITY.columns)


def unemployment(raw: pd.DataFrame, codes: Sequence[str], *, area: str) -> pd.DataFrame:
    """Give schemas.AREA_UNEMPLOYMENT from schemas.UNEMPLOYMENT."""
    # Divided as decimals, so that 11.5 per cent is 0.115 and nothing near it.
    shares = raw.assign(rate=(raw["unemployment_rate_pct"] / 100).round(6))
    return _placed(shares, codes, area, schemas.AREA_UNEMPLOYMENT.columns)


def deprivation(raw: pd.DataFrame, codes: Sequence[str], *, area: str) -> pd.DataFrame:
    """Give schemas.AREA_DEPRIVATION from schemas.DEPRIVATION."""
    return _placed(raw, codes, area, schemas.AREA_DEPRIVATION.columns)


def reoffending(
    raw: pd.DataFrame, codes: Sequence[str], *, area: str, level: float, method: str
) -> pd.DataFrame:
    """Give schemas.AREA_REOFFENDING from schemas.REOFFENDING: every cohort with its interval."""
    lower, upper = proportions.interval(
        raw["reoffenders"].to_numpy(), raw["offenders"].to_numpy(), level=level, method=method
    )
    rates = raw.assign(
        rate=raw["reoffenders"] / raw["offenders"],
        ci_lower=lower,
        ci_upper=upper,
        level=level,
        method=method,
    )
    return _placed(rates, codes, area, schemas.AREA_REOFFENDING.columns)


def _placed(
    rows: pd.DataFrame, codes: Sequence[str], area: str, columns: Mapping[str, object]
) -> pd.DataFrame:
    """Keep the rows of the area, of London and of England, in that order."""
    order = [*codes, *BESIDE]
    geography = dict.fromkeys(codes, "local_authority") | BESIDE
    parts = rows["gss_code"].str.split("+", regex=False)
    kept = [any(code in geography for code in each) for each in parts]
    rows, parts = rows[kept], parts[kept]
    rows = rows.assign(
        area=area,
        geography=[geography[each[0]] if len(each) == 1 else "combined" for each in parts],
        _place=[min(order.index(code) for code in each if code in geography) for each in parts],
    )
    rows = rows.sort_values("_place", kind="stable")
    return rows[list(columns)].reset_index(drop=True)
