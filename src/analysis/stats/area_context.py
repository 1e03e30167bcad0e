"""The context of an area, from openly published tables.

Each function but `neighbours` takes a raw table, the GSS codes of the area's local authorities in
their order, and what each place is that stands beside them (Region.beside), and returns a table of
processed.PROCESSED: those local authorities, then the places beside them where the raw table has
them. What a raw table leaves blank stays blank.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.data import codes, processed
from analysis.stats import differences, estimates, proportions

Beside = Mapping[str, str]

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

# A pair of neighbours seen from its other side.
_TURNED = {"gss_code": "neighbour_gss_code", "neighbour_gss_code": "gss_code"}


def population(
    raw: pd.DataFrame, gss_codes: Sequence[str], beside: Beside, *, area: str
) -> pd.DataFrame:
    """Return processed.AREA_POPULATION from raw.POPULATION.

    A row for two local authorities together is kept where either belongs to the area; it is never
    divided between them.
    """
    return _placed(raw, gss_codes, beside, area, processed.AREA_POPULATION.columns)


def ethnicity(
    raw: pd.DataFrame, gss_codes: Sequence[str], beside: Beside, *, area: str
) -> pd.DataFrame:
    """Return processed.AREA_ETHNICITY from raw.ETHNICITY: a row per place and ethnic group."""
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
    return _placed(long, gss_codes, beside, area, processed.AREA_ETHNICITY.columns)


def unemployment(
    raw: pd.DataFrame, gss_codes: Sequence[str], beside: Beside, *, area: str
) -> pd.DataFrame:
    """Return processed.AREA_UNEMPLOYMENT from raw.UNEMPLOYMENT."""
    # Divided as decimals, so that 11.5 per cent is 0.115 and nothing near it.
    shares = raw.assign(rate=(raw["unemployment_rate_pct"] / 100).round(6))
    return _placed(shares, gss_codes, beside, area, processed.AREA_UNEMPLOYMENT.columns)


def deprivation(
    raw: pd.DataFrame, gss_codes: Sequence[str], beside: Beside, *, area: str
) -> pd.DataFrame:
    """Return processed.AREA_DEPRIVATION from raw.DEPRIVATION."""
    return _placed(raw, gss_codes, beside, area, processed.AREA_DEPRIVATION.columns)


def reoffending(
    raw: pd.DataFrame,
    gss_codes: Sequence[str],
    beside: Beside,
    *,
    area: str,
    level: float,
    method: str,
) -> pd.DataFrame:
    """Return processed.AREA_REOFFENDING from raw.REOFFENDING: every cohort with its interval."""
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
    return _placed(rates, gss_codes, beside, area, processed.AREA_REOFFENDING.columns)


def neighbours(
    raw: pd.DataFrame,
    boroughs: pd.DataFrame,
    *,
    area: str,
    level: float,
    method: str,
    dispersion: float,
) -> pd.DataFrame:
    """Return processed.AREA_NEIGHBOURS from raw.NEIGHBOURS and processed.BOROUGHS.

    A row for each local authority outside the area that adjoins one inside, in the order of
    `boroughs`; none where the area is all of its region, or has no part of it. The difference has
    Newcombe's interval, which allows for the dispersion of rates and, as Bonferroni did, for the
    number of comparisons: all pairs of neighbours in the region, so that two places are apart on the
    page of one of them where they are on that of the other. A comparison needs codes.FEWEST on either
    side.
    """
    if not boroughs["in_area"].any():
        return pd.DataFrame(columns=list(processed.AREA_NEIGHBOURS.columns))
    once = raw[list(_TURNED)]
    pairs = pd.concat([once, once.rename(columns=_TURNED)]).sort_values("gss_code")
    names, inside = (boroughs.set_index("gss_code")[column] for column in ("name", "in_area"))
    crossing = pairs[pairs["gss_code"].map(inside) & ~pairs["neighbour_gss_code"].map(inside)]
    adjoined = crossing["gss_code"].map(names)
    adjoins = adjoined.groupby(crossing["neighbour_gss_code"]).agg("; ".join)
    rows = boroughs[boroughs["gss_code"].isin(adjoins.index)]
    reoffenders, offenders = boroughs.loc[boroughs["in_area"], ["reoffenders", "offenders"]].sum()
    counts = rows["reoffenders"].to_numpy(), rows["offenders"].to_numpy()
    lower, upper = proportions.interval(*counts, level=level, method=method)
    enough = _enough(reoffenders, offenders) & _enough(*counts)
    known = boroughs.set_index("gss_code")
    comparable = pd.Series(_enough(known["reoffenders"], known["offenders"]), known.index)
    both = once.isin(comparable.index[comparable]).all(axis="columns")
    # Of an area of several, its own neighbours are no pairs of the region.
    comparisons = max(int(both.sum()), int(enough.sum()))
    limits = differences.overdispersed_interval(
        reoffenders,
        offenders,
        *counts,
        dispersion=dispersion,
        level=estimates.simultaneous(level, comparisons),
    )
    difference_lower, difference_upper = (np.where(enough, limit, np.nan) for limit in limits)
    beside = np.select(
        [~enough, difference_upper < 0, difference_lower > 0],
        [codes.TOO_FEW, codes.BELOW, codes.ABOVE],
        codes.NOT_APART,
    )
    area_rate = reoffenders / offenders
    rate = rows["reoffenders"] / rows["offenders"]
    return rows.assign(
        area=area,
        adjoins=rows["gss_code"].map(adjoins),
        rate=rate,
        ci_lower=lower,
        ci_upper=upper,
        area_rate=area_rate,
        difference=area_rate - rate,
        difference_lower=difference_lower,
        difference_upper=difference_upper,
        beside=beside,
        comparisons=comparisons,
        dispersion=float(f"{dispersion:.8g}"),
        level=level,
        method=method,
    )[list(processed.AREA_NEIGHBOURS.columns)].reset_index(drop=True)


def _enough(reoffenders: npt.ArrayLike, offenders: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    yes, every = np.asarray(reoffenders), np.asarray(offenders)
    return np.asarray(np.minimum(yes, every - yes) >= codes.FEWEST)


def _placed(
    rows: pd.DataFrame,
    gss_codes: Sequence[str],
    beside: Beside,
    area: str,
    columns: Mapping[str, object],
) -> pd.DataFrame:
    """Keep the rows of the area and of what stands beside it; none where it has no local authority."""
    if not gss_codes:
        return pd.DataFrame(columns=list(columns))
    order = [*gss_codes, *beside]
    geography = {**dict.fromkeys(gss_codes, "local_authority"), **beside}
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
