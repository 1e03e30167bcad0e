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
    together: str | None = None,
) -> pd.DataFrame:
    """Return processed.AREA_REOFFENDING from raw.REOFFENDING: every cohort with its interval.

    `together` names all the local authorities as one, which then have rows of their own in the cohorts
    that each of them has; they follow those of the places.
    """
    raw = _with_all(raw, gss_codes, together) if together else raw
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
    placed = _placed(rates, gss_codes, beside, area, processed.AREA_REOFFENDING.columns)
    # No cohort is published of two places together, so that what is joined is all of them.
    placed["geography"] = placed["geography"].replace("combined", "area")
    order = placed["geography"].map({"local_authority": 0, "area": 1}).fillna(2)
    return placed.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def _with_all(raw: pd.DataFrame, gss_codes: Sequence[str], name: str) -> pd.DataFrame:
    """Return the rows and, after them, the sums over all of these places, of cohorts with each of them."""
    own = raw[raw["gss_code"].isin(gss_codes)].groupby("cohort", as_index=False)
    sums = own[["offenders", "reoffenders"]].sum()[
        (own.size()["size"] == len(gss_codes)).to_numpy()
    ]
    return pd.concat([raw, sums.assign(gss_code="+".join(gss_codes), name=name)])


def beside_country(
    rates: pd.DataFrame, region: pd.DataFrame, *, area: str, level: float, dispersion: float
) -> pd.DataFrame:
    """Return processed.AREA_BESIDE_COUNTRY from processed.AREA_REOFFENDING.

    A row for each local authority of the area and cohort, beside the first country of that table.
    The difference has Newcombe's interval, which allows for the dispersion of rates and, as Bonferroni
    did, for the number of places of the `region`, rows of raw.REOFFENDING, that could be compared in
    that cohort: a place says the same of itself in every area that it belongs to. A comparison needs
    codes.FEWEST on either side.
    """
    columns = list(processed.AREA_BESIDE_COUNTRY.columns)
    countries = rates[rates["geography"] == "country"]
    rows = rates[rates["geography"] == "local_authority"]
    if rows.empty or countries.empty:
        return pd.DataFrame(columns=columns)
    country = countries[countries["gss_code"] == countries["gss_code"].iloc[0]]
    rows = rows.merge(
        country[["cohort", "name", "rate", "reoffenders", "offenders"]],
        on="cohort",
        suffixes=("", "_country"),
        validate="many_to_one",
    ).rename(columns={"name_country": "country", "rate_country": "country_rate"})
    enough = _enough(rows["reoffenders"], rows["offenders"])
    every = region["cohort"][_enough(region["reoffenders"], region["offenders"])].value_counts()
    own = rows["cohort"][enough].value_counts()
    # An area may lie outside the regions that have figures.
    comparisons = (
        rows["cohort"].map(every.combine(own, max, fill_value=0)).fillna(0).astype("int64")
    )
    limits = [
        differences.overdispersed_interval(
            *(row.reoffenders, row.offenders, row.reoffenders_country, row.offenders_country),
            dispersion=dispersion,
            level=estimates.simultaneous(level, number),
        )
        for row, number in zip(rows.itertuples(), comparisons, strict=True)
    ]
    lower, upper = (np.where(enough, side, np.nan) for side in zip(*limits, strict=True))
    return rows.assign(
        area=area,
        difference=rows["rate"] - rows["country_rate"],
        difference_lower=lower,
        difference_upper=upper,
        beside=_beside(enough, lower, upper),
        comparisons=comparisons,
        dispersion=float(f"{dispersion:.8g}"),
        level=level,
    )[columns]


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
    area_rate = reoffenders / offenders
    area_lower, area_upper = proportions.interval(
        reoffenders, offenders, level=level, method=method
    )
    rate = rows["reoffenders"] / rows["offenders"]
    return rows.assign(
        area=area,
        adjoins=rows["gss_code"].map(adjoins),
        rate=rate,
        ci_lower=lower,
        ci_upper=upper,
        area_rate=area_rate,
        area_lower=area_lower,
        area_upper=area_upper,
        difference=area_rate - rate,
        difference_lower=difference_lower,
        difference_upper=difference_upper,
        beside=_beside(enough, difference_lower, difference_upper),
        comparisons=comparisons,
        dispersion=float(f"{dispersion:.8g}"),
        level=level,
        method=method,
    )[list(processed.AREA_NEIGHBOURS.columns)].reset_index(drop=True)


def _beside(
    enough: npt.NDArray[np.bool_], lower: npt.NDArray[np.float64], upper: npt.NDArray[np.float64]
) -> npt.NDArray[np.str_]:
    """Return codes.BESIDE of differences with these limits, where there is enough to compare."""
    return np.select(
        [~enough, upper < 0, lower > 0],
        [codes.TOO_FEW, codes.BELOW, codes.ABOVE],
        codes.NOT_APART,
    )


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
