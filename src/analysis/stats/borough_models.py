"""The tables of the models of borough reoffending on deprivation."""

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special

from analysis.data import codes, processed
from analysis.data.columns import Table
from analysis.stats import reoffending

# Fewer boroughs than this leave a slope and its dispersion next to nothing to be judged by.
FEWEST_BOROUGHS = 5
# Any number would do; it stays the same, so that the randomised residuals do.
RESIDUAL_SEED = 2017
_DRAWN_DECIMALS = 4

_TERMS = [codes.SLOPE, codes.INNER]
_CURVE_SCORES = 13
_CURVE_SIZES = 28


def covariates(boroughs: pd.DataFrame) -> pd.DataFrame:
    """Add the covariates to processed.BOROUGHS, standardised over all its rows.

    `deprivation`, `crime` (scores) and `deprivation_rank_reversed` (higher is more deprived) are
    in standard deviations over the London local authorities, whichever of them are then fitted,
    so that a slope has one unit in every scope; `inner_london` is 0 or 1.
    """
    return boroughs.assign(
        deprivation=reoffending.standardise(boroughs["deprivation_score"]),
        deprivation_rank_reversed=reoffending.standardise(-boroughs["deprivation_rank"]),
        crime=reoffending.standardise(boroughs["crime_score"]),
        inner_london=(boroughs["inner_or_outer"] == "inner").astype("float64"),
    )


def models(boroughs: pd.DataFrame, *, area: str, level: float) -> pd.DataFrame:
    """Return processed.REOFFENDING_MODEL: every estimator for the area and for London.

    The area's model has an intercept and one slope and is descriptive; it is left out where the
    area has fewer than FEWEST_BOROUGHS, and where it is all of London. London's also has inner
    against outer London.
    """
    frame = covariates(boroughs)
    inside = frame[frame["in_area"]]
    scopes: dict[str, tuple[pd.DataFrame, Sequence[str]]] = {"london": (frame, _TERMS)}
    if FEWEST_BOROUGHS <= len(inside) < len(frame):
        scopes = {"area": (inside, [codes.SLOPE])} | scopes
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
    return _settled(pd.concat(rows, ignore_index=True), processed.REOFFENDING_MODEL)


def measures(boroughs: pd.DataFrame, *, area: str, level: float) -> pd.DataFrame:
    """Return processed.REOFFENDING_MEASURES: the primary London model by measure of deprivation."""
    frame = covariates(boroughs)
    rows = [
        reoffending.fit(frame, [*terms, codes.INNER], estimator=codes.PRIMARY, level=level).assign(
            area=area,
            scope="london",
            boroughs=len(frame),
            cohort=frame["cohort"].iloc[0],
            measure=measure,
        )
        for measure, terms in codes.MEASURES.items()
    ]
    return _settled(pd.concat(rows, ignore_index=True), processed.REOFFENDING_MEASURES)


def by_borough(boroughs: pd.DataFrame, *, level: float) -> pd.DataFrame:
    """Return processed.REOFFENDING_BOROUGHS: each local authority in the primary model of London."""
    frame = covariates(boroughs)
    diagnostics = reoffending.diagnostics(frame, _TERMS, slope=codes.SLOPE, level=level)
    return _settled(frame.join(diagnostics), processed.REOFFENDING_BOROUGHS)


def residuals(boroughs: pd.DataFrame, *, seed: int = RESIDUAL_SEED) -> pd.DataFrame:
    """Return processed.REOFFENDING_RESIDUALS: Pearson and randomised quantile residuals of London.

    The Pearson residuals are of the primary model. A quasi-binomial model has no distribution to
    take quantiles of, so the quantile residuals are of the beta-binomial one with the same terms.
    """
    frame = covariates(boroughs)
    diagnostics = reoffending.diagnostics(frame, _TERMS, slope=codes.SLOPE)
    drawn = reoffending.quantile_residuals(frame, _TERMS, seed=seed)
    # Drawn from a likelihood that is maximised by search, these are known to fewer digits.
    table = frame.join(diagnostics).join(drawn.round(_DRAWN_DECIMALS)).assign(seed=seed)
    return _settled(table, processed.REOFFENDING_RESIDUALS)


def funnel(boroughs: pd.DataFrame) -> pd.DataFrame:
    """Return processed.REOFFENDING_FUNNEL: the limits that each rate of London is held against.

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
    return _settled(pd.concat(rows, ignore_index=True), processed.REOFFENDING_FUNNEL)


def curves(boroughs: pd.DataFrame, *, level: float) -> pd.DataFrame:
    """Return processed.REOFFENDING_CURVES: what the primary model of London fits, by deprivation."""
    frame = covariates(boroughs)
    score = frame["deprivation_score"]
    found = []
    for part, scores in score.groupby(frame["inner_or_outer"], sort=False):
        grid = np.unique(np.linspace(scores.min(), scores.max(), _CURVE_SCORES))
        at = {
            codes.SLOPE: (grid - score.mean()) / score.std(ddof=1),
            codes.INNER: float(part == "inner"),
        }
        fitted = reoffending.fitted_curve(frame, _TERMS, pd.DataFrame(at), level=level)
        found.append(fitted.assign(inner_or_outer=part, deprivation_score=grid))
    table = pd.concat(found, ignore_index=True)
    cohort = frame["cohort"].iloc[0]
    return _settled(table.assign(cohort=cohort, level=level), processed.REOFFENDING_CURVES)


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
    table = pd.concat(rows, ignore_index=True).assign(cohort=funnel["cohort"].iloc[0])
    return _settled(table, processed.REOFFENDING_FUNNEL_CURVES)


def standardised(boroughs: pd.DataFrame) -> pd.DataFrame:
    """Return processed.DEPRIVATION_STANDARDISED: score, rank and crime domain as the models take them."""
    frame = covariates(boroughs)
    score, rank = frame[codes.SLOPE], frame["deprivation_rank"]
    return _settled(
        frame.assign(
            score_standardised=score,
            rank_standardised=frame[codes.RANK_SLOPE],
            crime_standardised=frame[codes.CRIME_SLOPE],
            score_less_rank=score - frame[codes.RANK_SLOPE],
            rank_at_score=rank.mean() - rank.std(ddof=1) * score,
        ),
        processed.DEPRIVATION_STANDARDISED,
    )


def correlations(boroughs: pd.DataFrame) -> pd.DataFrame:
    """Return processed.DEPRIVATION_CORRELATIONS: of score, rank and crime domain, two by two."""
    frame = covariates(boroughs)
    measures = (codes.SLOPE, codes.RANK_SLOPE, codes.CRIME_SLOPE)
    rows = [
        (one, other, len(frame), frame[one].corr(frame[other]))
        for one, other in itertools.combinations(measures, 2)
    ]
    schema = processed.DEPRIVATION_CORRELATIONS
    return _settled(pd.DataFrame(rows, columns=list(schema.columns)), schema)


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
    schema = processed.DEPRIVATION_THIRDS
    return _settled(pd.DataFrame(rows, columns=list(schema.columns)), schema)


def _settled(table: pd.DataFrame, schema: Table) -> pd.DataFrame:
    """Return the columns of a schema, their numbers to eight significant digits.

    The digits beyond depend on the processor that the linear algebra was built for: with them the
    same inputs would not give the same bytes on another machine.
    """
    table = table[list(schema.columns)]
    numbers = table.select_dtypes("float64").columns
    return table.assign(
        **{name: [float(f"{value:.8g}") for value in table[name]] for name in numbers}
    )
