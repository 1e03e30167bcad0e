"""The tables of the models of borough reoffending on deprivation."""

from collections.abc import Sequence

import pandas as pd
from scipy import special

from analysis.data import processed
from analysis.data.columns import Table
from analysis.stats import reoffending

PRIMARY = "quasi_binomial"
SLOPE = "deprivation"
INNER = "inner_london"
# Fewer boroughs than this leave a slope and its dispersion next to nothing to be judged by.
FEWEST_BOROUGHS = 5
# The levels of a funnel plot by convention: about two and three standard errors.
FUNNEL_LEVELS = (0.95, 0.998)
# Any number would do; it stays the same, so that the randomised residuals do.
RESIDUAL_SEED = 2017
_DRAWN_DECIMALS = 4

_MEASURES = {
    "deprivation score": ["deprivation"],
    "deprivation rank of 152": ["deprivation_rank_reversed"],
    "deprivation score and crime domain": ["deprivation", "crime"],
    "crime domain alone": ["crime"],
}


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
    """Give processed.REOFFENDING_MODEL: every estimator for the area and for London.

    The area's model has an intercept and one slope and is descriptive; it is left out where the
    area has fewer than FEWEST_BOROUGHS, and where it is all of London. London's also has inner
    against outer London.
    """
    frame = covariates(boroughs)
    inside = frame[frame["in_area"]]
    scopes: dict[str, tuple[pd.DataFrame, Sequence[str]]] = {"london": (frame, [SLOPE, INNER])}
    if FEWEST_BOROUGHS <= len(inside) < len(frame):
        scopes = {"area": (inside, [SLOPE])} | scopes
    rows = [
        reoffending.fit(rows, terms, estimator=estimator, level=level).assign(
            area=area,
            scope=scope,
            boroughs=len(rows),
            cohort=rows["cohort"].iloc[0],
            primary=estimator == PRIMARY,
        )
        for scope, (rows, terms) in scopes.items()
        for estimator in reoffending.ESTIMATORS
    ]
    return _settled(pd.concat(rows, ignore_index=True), processed.REOFFENDING_MODEL)


def measures(boroughs: pd.DataFrame, *, area: str, level: float) -> pd.DataFrame:
    """Give processed.REOFFENDING_MEASURES: the primary London model by measure of deprivation."""
    frame = covariates(boroughs)
    rows = [
        reoffending.fit(frame, [*terms, INNER], estimator=PRIMARY, level=level).assign(
            area=area,
            scope="london",
            boroughs=len(frame),
            cohort=frame["cohort"].iloc[0],
            measure=measure,
        )
        for measure, terms in _MEASURES.items()
    ]
    return _settled(pd.concat(rows, ignore_index=True), processed.REOFFENDING_MEASURES)


def by_borough(boroughs: pd.DataFrame, *, level: float) -> pd.DataFrame:
    """Give processed.REOFFENDING_BOROUGHS: each local authority in the primary model of London."""
    frame = covariates(boroughs)
    diagnostics = reoffending.diagnostics(frame, [SLOPE, INNER], slope=SLOPE, level=level)
    return _settled(frame.join(diagnostics), processed.REOFFENDING_BOROUGHS)


def residuals(boroughs: pd.DataFrame, *, seed: int = RESIDUAL_SEED) -> pd.DataFrame:
    """Give processed.REOFFENDING_RESIDUALS: Pearson and randomised quantile residuals of London.

    The Pearson residuals are of the primary model. A quasi-binomial model has no distribution to
    take quantiles of, so the quantile residuals are of the beta-binomial one with the same terms.
    """
    frame = covariates(boroughs)
    terms = [SLOPE, INNER]
    diagnostics = reoffending.diagnostics(frame, terms, slope=SLOPE)
    drawn = reoffending.quantile_residuals(frame, terms, seed=seed)
    # Drawn from a likelihood that is maximised by search, these are known to fewer digits.
    table = frame.join(diagnostics).join(drawn.round(_DRAWN_DECIMALS)).assign(seed=seed)
    return _settled(table, processed.REOFFENDING_RESIDUALS)


def funnel(boroughs: pd.DataFrame) -> pd.DataFrame:
    """Give processed.REOFFENDING_FUNNEL: the limits that each rate of London is held against.

    About the rate of a quasi-binomial model with an intercept alone, which is the rate of all
    offenders together. `binomial` limits allow for chance alone; `overdispersed` ones for that
    model's dispersion, which deprivation is not taken out of.
    """
    (overall,) = reoffending.fit(boroughs, [], estimator=PRIMARY).itertuples()
    rate = float(special.expit(overall.estimate))
    rows = []
    for limits, dispersion in (("binomial", 1.0), ("overdispersed", float(overall.dispersion))):
        for level in FUNNEL_LEVELS:
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


def _settled(table: pd.DataFrame, schema: Table) -> pd.DataFrame:
    """Give the columns of a schema, their numbers to eight significant digits.

    The digits beyond depend on the processor that the linear algebra was built for: with them the
    same inputs would not give the same bytes on another machine.
    """
    table = table[list(schema.columns)]
    numbers = table.select_dtypes("float64").columns
    return table.assign(
        **{name: [float(f"{value:.8g}") for value in table[name]] for name in numbers}
    )
