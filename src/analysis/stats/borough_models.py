"""The tables of the models of borough reoffending on deprivation.

Each function takes processed.BOROUGHS, all local authorities of a region, and returns a table of
data.processed; without a local authority the table has no row.
"""

import itertools
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol

import numpy as np
import pandas as pd
from scipy import special

from analysis.data import codes, processed
from analysis.data.columns import Table
from analysis.stats import ranks, reoffending, repeated, spatial

# Fewer boroughs than this leave a slope and its dispersion next to nothing to be judged by.
FEWEST_BOROUGHS = 5
# Any number would do; it stays the same, so that what is drawn does.
SEED = 2017
_DRAWN_DECIMALS = 4

_CURVE_SCORES = 13
_CURVE_SIZES = 28


_P = ParamSpec("_P")
_Maker = Callable[Concatenate[pd.DataFrame, _P], pd.DataFrame]


class Ranked(Protocol):
    """What ranks of deprivation are out of."""

    @property
    def of(self) -> int:
        """How many places are ranked."""


class Region(Protocol):
    """What the models know of a region."""

    @property
    def code(self) -> str:
        """The code of the region, as a scope of the models."""

    @property
    def part_terms(self) -> Mapping[str, str]:
        """The part that each term marks, all but the last, which they are set against."""

    @property
    def ranked(self) -> Ranked:
        """What its ranks of deprivation are out of."""


def _table(declared: Table) -> Callable[[_Maker[_P]], _Maker[_P]]:
    """Return a table as declared, its numbers to eight significant digits; no row from no row.

    The digits beyond depend on the processor that the linear algebra was built for: with them the
    same inputs would not give the same bytes on another machine.
    """
    columns = list(declared.columns)

    def of(make: _Maker[_P]) -> _Maker[_P]:
        @wraps(make)
        def made(rows: pd.DataFrame, /, *args: _P.args, **options: _P.kwargs) -> pd.DataFrame:
            if rows.empty:
                return rows.reindex(columns=columns)
            table = make(rows, *args, **options)[columns]
            numbers = table.select_dtypes("float64").columns
            return table.assign(
                **{name: [float(f"{value:.8g}") for value in table[name]] for name in numbers}
            )

        return made

    return of


def covariates(boroughs: pd.DataFrame, region: Region) -> pd.DataFrame:
    """Add the covariates to processed.BOROUGHS, standardised over all its rows.

    `deprivation`, `crime` (scores) and `deprivation_rank_reversed` (higher is more deprived) are
    in standard deviations over the region, whichever local authorities are then fitted, so that a
    slope has one unit in every scope; the terms of its parts are 0 or 1.
    """
    parts = {
        term: (boroughs["part"] == part).astype("float64")
        for term, part in region.part_terms.items()
    }
    return _standardised(boroughs).assign(**parts)


def _standardised(boroughs: pd.DataFrame) -> pd.DataFrame:
    return boroughs.assign(
        deprivation=reoffending.standardise(boroughs["deprivation_score"]),
        deprivation_rank_reversed=reoffending.standardise(-boroughs["deprivation_rank"]),
        crime=reoffending.standardise(boroughs["crime_score"]),
    )


def _terms(region: Region) -> list[str]:
    """Return the terms of the primary model besides its intercept."""
    return [codes.SLOPE, *region.part_terms]


@_table(processed.REOFFENDING_MODEL)
def models(boroughs: pd.DataFrame, region: Region, *, area: str, level: float) -> pd.DataFrame:
    """Return processed.REOFFENDING_MODEL: every estimator for the area and for its region.

    The area's model has an intercept and one slope and is descriptive; it is left out where the
    area has fewer than FEWEST_BOROUGHS, and where it is all of the region. The region's also sets
    its parts against the last of them.
    """
    scopes = _scopes(covariates(boroughs, region), region)
    rows = [
        reoffending.fit(rows, terms, estimator=estimator, level=level).assign(
            area=area,
            scope=scope,
            boroughs=len(rows),
            cohort=rows["cohort"].iloc[0],
            primary=estimator == codes.PRIMARY,
        )
        for scope, (rows, terms) in scopes.items()
        for estimator in reoffending.ESTIMATORS
    ]
    return pd.concat(rows, ignore_index=True)


def _scopes(frame: pd.DataFrame, region: Region) -> dict[str, tuple[pd.DataFrame, list[str]]]:
    """Return the rows and the terms of each model, by its scope."""
    inside = frame[frame["in_area"]]
    scopes = {region.code: (frame, _terms(region))}
    if FEWEST_BOROUGHS <= inside["gss_code"].nunique() < frame["gss_code"].nunique():
        scopes = {codes.AREA: (inside, [codes.SLOPE])} | scopes
    return scopes


@_table(processed.REOFFENDING_COHORTS_MODEL)
def cohorts_model(
    boroughs: pd.DataFrame, region: Region, cohorts: pd.DataFrame, *, area: str, level: float
) -> pd.DataFrame:
    """Return processed.REOFFENDING_COHORTS_MODEL from raw.REOFFENDING, which has all years.

    The scopes and terms of `models`: deprivation is of one year, and so the same in every cohort.
    """
    known = covariates(boroughs, region).drop(columns=["cohort", "offenders", "reoffenders"])
    counts = cohorts[["gss_code", "cohort", "offenders", "reoffenders"]]
    frame = known.merge(counts, on="gss_code", validate="one_to_many")
    rows = [
        repeated.fit(rows, terms, place="gss_code", level=level).assign(
            area=area, scope=scope, boroughs=rows["gss_code"].nunique(), primary=True
        )
        for scope, (rows, terms) in _scopes(frame, region).items()
    ]
    return pd.concat(rows, ignore_index=True)


@_table(processed.REOFFENDING_WITHOUT_FEWEST)
def without_fewest(
    boroughs: pd.DataFrame, region: Region, *, area: str, level: float
) -> pd.DataFrame:
    """Return processed.REOFFENDING_WITHOUT_FEWEST, standardised over all of the region.

    Which place has the fewest offenders is no matter of what it shows, so leaving it out chooses
    no result.
    """
    frame = covariates(boroughs, region)
    fewest = frame.loc[frame["offenders"].idxmin()]
    others = frame[frame["gss_code"] != fewest["gss_code"]]
    rows = [
        reoffending.fit(others, _terms(region), estimator=estimator, level=level).assign(
            area=area,
            scope=region.code,
            boroughs=len(others),
            cohort=fewest["cohort"],
            primary=estimator == codes.PRIMARY,
            without_gss_code=fewest["gss_code"],
            without_name=fewest["name"],
        )
        for estimator in reoffending.ESTIMATORS
    ]
    return pd.concat(rows, ignore_index=True)


def dispersion(models: pd.DataFrame, region: Region) -> float:
    """Return the dispersion of the region's primary model, of one cohort or of all; at least 1.

    `models` is processed.REOFFENDING_MODEL or processed.REOFFENDING_COHORTS_MODEL. 1 where there is no
    model: then nothing is known but chance.
    """
    found = models.loc[models["primary"] & (models["scope"] == region.code), "dispersion"]
    return max([1.0, *found])


@_table(processed.REOFFENDING_MEASURES)
def measures(boroughs: pd.DataFrame, region: Region, *, area: str, level: float) -> pd.DataFrame:
    """Return processed.REOFFENDING_MEASURES: the region's primary model by measure of deprivation."""
    frame = covariates(boroughs, region)
    rows = [
        reoffending.fit(
            frame, [*terms, *region.part_terms], estimator=codes.PRIMARY, level=level
        ).assign(
            area=area,
            scope=region.code,
            boroughs=len(frame),
            cohort=frame["cohort"].iloc[0],
            measure=measure.format(region.ranked.of),
        )
        for measure, terms in codes.MEASURES.items()
    ]
    return pd.concat(rows, ignore_index=True)


@_table(processed.REOFFENDING_BOROUGHS)
def by_borough(boroughs: pd.DataFrame, region: Region, *, level: float) -> pd.DataFrame:
    """Return processed.REOFFENDING_BOROUGHS: each local authority in the region's primary model."""
    frame = covariates(boroughs, region)
    fitted = reoffending.diagnostics(frame, _terms(region), slope=codes.SLOPE, level=level)
    ranked = ranks.shrunken(frame, seed=SEED, level=level)
    return frame.join(fitted).join(ranked[["rank", "rank_lower", "rank_upper"]])


@_table(processed.REOFFENDING_SHRUNKEN)
def shrunken(boroughs: pd.DataFrame, *, level: float) -> pd.DataFrame:
    """Return processed.REOFFENDING_SHRUNKEN: the raw rate of each local authority and its shrunken one."""
    ranked = ranks.shrunken(boroughs, seed=SEED, level=level)
    limits = ["shrunken_lower", "shrunken_upper"]
    # Drawn, these are known to fewer digits.
    ranked[limits] = ranked[limits].round(_DRAWN_DECIMALS)
    rate = boroughs["reoffenders"] / boroughs["offenders"]
    return boroughs.join(ranked).assign(rate=rate, level=level, seed=SEED)


@_table(processed.REOFFENDING_MORAN)
def moran(boroughs: pd.DataFrame, region: Region, neighbours: pd.DataFrame) -> pd.DataFrame:
    """Return processed.REOFFENDING_MORAN from raw.NEIGHBOURS; no row where no two places adjoin."""
    frame = covariates(boroughs, region)
    fitted = reoffending.diagnostics(frame, _terms(region), slope=codes.SLOPE)
    at = {gss_code: place for place, gss_code in enumerate(frame["gss_code"])}
    pairs = [
        (at[one], at[other])
        for one, other in neighbours[["gss_code", "neighbour_gss_code"]].itertuples(index=False)
        if one in at and other in at
    ]
    if not pairs:
        return frame.iloc[:0].reindex(columns=list(processed.REOFFENDING_MORAN.columns))
    residuals = [float(f"{value:.8g}") for value in fitted["pearson_residual"]]
    found = spatial.moran(residuals, pairs, seed=SEED)
    return pd.DataFrame(
        {
            "cohort": [frame["cohort"].iloc[0]],
            "boroughs": len(frame),
            "pairs": len(pairs),
            "moran_i": found.i,
            "expected": found.expected,
            "p_value": found.p_value,
            "permutations": spatial.PERMUTATIONS,
            "seed": SEED,
        }
    )


@_table(processed.REOFFENDING_RESIDUALS)
def residuals(
    boroughs: pd.DataFrame, region: Region, *, level: float = 0.95, seed: int = SEED
) -> pd.DataFrame:
    """Return processed.REOFFENDING_RESIDUALS: Pearson and randomised quantile residuals.

    The Pearson residuals are of the primary model. A quasi-binomial model has no distribution to
    take quantiles of, so the quantile residuals are of the beta-binomial one with the same terms.
    """
    frame, terms = covariates(boroughs, region), _terms(region)
    diagnostics = reoffending.diagnostics(frame, terms, slope=codes.SLOPE)
    drawn = reoffending.quantile_residuals(frame, terms, seed=seed)
    # Drawn from a likelihood that is maximised by search, these are known to fewer digits.
    limits = reoffending.fitted_curve(frame, terms, frame, level=level)
    return (
        frame.join(diagnostics)
        .join(drawn.round(_DRAWN_DECIMALS))
        .assign(
            fitted_lower=limits["ci_lower"], fitted_upper=limits["ci_upper"], level=level, seed=seed
        )
    )


@_table(processed.REOFFENDING_FUNNEL)
def funnel(boroughs: pd.DataFrame) -> pd.DataFrame:
    """Return processed.REOFFENDING_FUNNEL: the limits that each rate is held against.

    About the rate of a quasi-binomial model with an intercept alone, which is the rate of all
    offenders together. `binomial` limits allow for chance alone; `overdispersed` ones for that
    model's dispersion, which deprivation is not taken out of.
    """
    (overall,) = reoffending.fit(boroughs, [], estimator=codes.PRIMARY).itertuples()
    rate = float(special.expit(overall.estimate))
    rows = []
    for limits, dispersion in (
        (codes.CHANCE, 1.0),
        (codes.OVERDISPERSED, float(overall.dispersion)),
    ):
        for level in codes.FUNNEL_LEVELS:
            lower, upper = reoffending.funnel_limits(
                rate, boroughs["offenders"], level=level, dispersion=dispersion
            )
            rows.append(
                boroughs.assign(
                    rate=boroughs["reoffenders"] / boroughs["offenders"],
                    overall_rate=rate,
                    limits=limits,
                    dispersion=dispersion,
                    level=level,
                    limit_lower=lower,
                    limit_upper=upper,
                )
            )
    return pd.concat(rows, ignore_index=True)


@_table(processed.REOFFENDING_CURVES)
def curves(boroughs: pd.DataFrame, region: Region, *, level: float) -> pd.DataFrame:
    """Return processed.REOFFENDING_CURVES: what the region's primary model fits, by deprivation."""
    frame = covariates(boroughs, region)
    score = frame["deprivation_score"]
    found = []
    for part, scores in score.groupby(frame["part"], sort=False, dropna=False):
        grid = np.unique(np.linspace(scores.min(), scores.max(), _CURVE_SCORES))
        at = {codes.SLOPE: (grid - score.mean()) / score.std(ddof=1)} | {
            term: float(part == own) for term, own in region.part_terms.items()
        }
        fitted = reoffending.fitted_curve(frame, _terms(region), pd.DataFrame(at), level=level)
        found.append(fitted.assign(part=part, deprivation_score=grid))
    table = pd.concat(found, ignore_index=True).astype({"part": "str"})
    return table.assign(cohort=frame["cohort"].iloc[0], level=level)


@_table(processed.REOFFENDING_FUNNEL_CURVES)
def funnel_curves(funnel: pd.DataFrame) -> pd.DataFrame:
    """Return processed.REOFFENDING_FUNNEL_CURVES: the limits of processed.REOFFENDING_FUNNEL by size.

    The curve reaches a little beyond the most offenders, with most of its places where it bends most;
    listed are the fewest, 500, every thousand and the most.
    """
    few, most = funnel["offenders"].min(), funnel["offenders"].max()
    sizes = {
        "curve": np.unique(
            np.round(np.linspace(few**0.5, (1.04 * most) ** 0.5, _CURVE_SIZES) ** 2)
        ),
        "listed": np.unique([few, 500, *range(1000, most, 1000), most]),
    }
    rows = []
    for (limits, level), held in funnel.groupby(["limits", "level"], sort=False):
        rate, dispersion = held[["overall_rate", "dispersion"]].iloc[0]
        for kind, offenders in sizes.items():
            lower, upper = reoffending.funnel_limits(
                rate, offenders, level=level, dispersion=dispersion
            )
            at = {
                "offenders": offenders.astype("int64"),
                "limit_lower": lower,
                "limit_upper": upper,
            }
            rows.append(pd.DataFrame(at).assign(sizes=kind, limits=limits, level=level))
    return pd.concat(rows, ignore_index=True).assign(cohort=funnel["cohort"].iloc[0])


@_table(processed.DEPRIVATION_STANDARDISED)
def standardised(boroughs: pd.DataFrame) -> pd.DataFrame:
    """Return processed.DEPRIVATION_STANDARDISED: score, rank and crime domain as the models take them."""
    frame = _standardised(boroughs)
    score, rank = frame[codes.SLOPE], frame["deprivation_rank"]
    return frame.assign(
        score_standardised=score,
        rank_standardised=frame[codes.RANK_SLOPE],
        crime_standardised=frame[codes.CRIME_SLOPE],
        score_less_rank=score - frame[codes.RANK_SLOPE],
        rank_at_score=rank.mean() - rank.std(ddof=1) * score,
    )


@_table(processed.DEPRIVATION_CORRELATIONS)
def correlations(boroughs: pd.DataFrame) -> pd.DataFrame:
    """Return processed.DEPRIVATION_CORRELATIONS: of score, rank and crime domain, two by two."""
    frame = _standardised(boroughs)
    measures = (codes.SLOPE, codes.RANK_SLOPE, codes.CRIME_SLOPE)
    rows = [
        (one, other, len(frame), frame[one].corr(frame[other]))
        for one, other in itertools.combinations(measures, 2)
    ]
    return pd.DataFrame(rows, columns=list(processed.DEPRIVATION_CORRELATIONS.columns))


@_table(processed.DEPRIVATION_THIRDS)
def thirds(boroughs: pd.DataFrame) -> pd.DataFrame:
    """Return processed.DEPRIVATION_THIRDS: what a place in the ranking is worth in score."""
    ordered = boroughs.sort_values("deprivation_rank")
    rows = []
    for third, places in zip(codes.THIRDS, np.array_split(np.arange(len(ordered)), 3), strict=True):
        score, rank = (
            ordered[name].iloc[places] for name in ("deprivation_score", "deprivation_rank")
        )
        ends = (score.min(), score.max(), rank.min(), rank.max())
        rows.append((third, len(places), *ends, np.ptp(score) / np.ptp(rank)))
    return pd.DataFrame(rows, columns=list(processed.DEPRIVATION_THIRDS.columns))
