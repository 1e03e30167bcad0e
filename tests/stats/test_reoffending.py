"""Regressions of reoffending, against closed forms, direct algebra and other optimisers.

The seeds are those of M. J. Crowder (1978), Appl. Stat. 27:34-37, Table 3: seeds germinated of
those on each of 21 plates, two varieties by two root extracts. With the interaction the model has
one rate for each of the four cells, so the binomial estimates have a closed form.
No published beta-binomial fit of these data could be confirmed to its printed digits, so that
one is compared with scipy's own beta-binomial distribution, maximised by another method.
"""

import io
import itertools
import math
from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special, stats

from analysis.stats import proportions, reoffending

COVARIATES = ["seed", "extract", "both"]
PLATES = pd.DataFrame(
    {
        "reoffenders": [
            *[10, 23, 23, 26, 17, 5, 53, 55, 32, 46, 10],
            *[8, 10, 8, 23, 0, 3, 22, 15, 32, 3],
        ],
        "offenders": [
            *[39, 62, 81, 51, 39, 6, 74, 72, 51, 79, 13],
            *[16, 30, 28, 45, 4, 12, 41, 30, 51, 7],
        ],
        "seed": np.repeat([0, 1], [11, 10]),
        "extract": np.repeat([0, 1, 0, 1], [5, 6, 5, 5]),
    }
).assign(both=lambda plates: plates["seed"] * plates["extract"])

# Proven reoffending, cohort 2012, with the average score of the Indices of Deprivation 2015.
BOROUGHS = pd.read_csv(
    io.StringIO(
        """name,offenders,reoffenders,score
City of London,34,4,13.602
Barking and Dagenham,2620,740,34.635
Barnet,2414,544,17.813
Bexley,2057,482,16.17
Brent,4098,1170,26.655
Bromley,2343,573,15.164
Camden,2351,689,24.959
Croydon,4532,1270,23.643
Ealing,3471,889,23.585
Enfield,3158,801,26.994
Greenwich,3147,785,25.544
Hackney,3147,870,35.28
Hammersmith and Fulham,2241,708,24.362
Haringey,3697,1011,31.043
Harrow,1819,456,14.302
Havering,1901,454,17.876
Hillingdon,2751,675,18.108
Hounslow,3215,781,22.469
Islington,2521,804,32.534
Kensington and Chelsea,1355,361,23.376
Kingston upon Thames,1112,234,11.125
Lambeth,4273,1175,28.913
Lewisham,3523,983,28.591
Merton,1714,413,14.93
Newham,4716,1267,32.939
Redbridge,2683,707,20.242
Richmond upon Thames,1039,245,10.037
Southwark,3520,919,29.489
Sutton,1543,383,14.579
Tower Hamlets,3417,951,35.657
Waltham Forest,3156,851,30.19
Wandsworth,2544,666,18.295
Westminster,2620,673,27.686
"""
    )
).set_index("name")
INSPECTED = [
    *["Barnet", "Brent", "Camden", "Enfield"],
    *["Haringey", "Islington", "Redbridge", "Waltham Forest"],
]
SCOPES = {"london": BOROUGHS, "inspected": BOROUGHS.loc[INSPECTED]}


def column(table, name):
    return table[name].to_numpy()


def cells():
    """Germinated and not, of the four cells: (seed, extract) = 00, 01, 10, 11."""
    totals = PLATES.groupby(["seed", "extract"])[["reoffenders", "offenders"]].sum()
    yes = totals["reoffenders"].to_numpy()
    return yes, totals["offenders"].to_numpy() - yes


def maximum_of_scipys_beta_binomial(frame, covariates):
    """Coefficients, their standard errors and rho, by simplex and numerical curvature."""
    y, n = frame["reoffenders"].to_numpy(), frame["offenders"].to_numpy()
    x = np.column_stack([np.ones(len(frame)), frame[covariates]])

    def loss(parameters):
        mean = special.expit(x @ parameters[:-1])
        size = np.exp(-parameters[-1])
        return -stats.betabinom.logpmf(y, n, mean * size, (1 - mean) * size).sum()

    start = np.append(np.linalg.lstsq(x, special.logit((y + 0.5) / (n + 1)))[0], -4.0)
    options = {"xatol": 1e-9, "fatol": 1e-9, "maxiter": 20000, "maxfev": 20000}
    for _ in range(3):
        start = optimize.minimize(loss, start, method="Nelder-Mead", options=options).x
    steps = 1e-3 * np.eye(len(start))
    curvature = [
        [
            (loss(start + a + b) - loss(start + a - b) - loss(start - a + b) + loss(start - a - b))
            / 4e-6
            for a in steps
        ]
        for b in steps
    ]
    std_error = np.sqrt(np.diag(np.linalg.inv(curvature)))[:-1]
    return start[:-1], std_error, special.expit(start[-1])


@pytest.mark.parametrize("estimator", ["binomial", "quasi_binomial"])
def test_estimates_are_the_log_odds_of_the_four_cells(estimator):
    yes, no = cells()
    assert yes.tolist() == [99, 201, 49, 75]
    assert (yes + no).tolist() == [272, 295, 123, 141]
    one, two, three, four = np.log(yes / no)
    table = reoffending.fit(PLATES, COVARIATES, estimator=estimator)
    assert column(table, "term").tolist() == ["intercept", *COVARIATES]
    assert column(table, "estimate") == pytest.approx(
        [one, three - one, two - one, four - three - two + one]
    )


def test_the_binomial_fit_knows_no_overdispersion():
    # The variance of the log odds of a cell is 1 / yes + 1 / no.
    table = reoffending.fit(PLATES, COVARIATES, estimator="binomial")
    yes, no = cells()
    one, two, three, four = 1 / yes + 1 / no
    assert column(table, "std_error") == pytest.approx(
        np.sqrt([one, three + one, two + one, four + three + two + one])
    )
    assert (table["dispersion"] == 1).all()
    assert np.isinf(table["df"]).all()
    margin = stats.norm.ppf(0.975) * column(table, "std_error")
    assert column(table, "ci_upper") == pytest.approx(column(table, "estimate") + margin)


def test_the_quasi_binomial_dispersion_is_that_of_r():
    # R 4.2.2: summary(glm(cbind(y, n - y) ~ seed * extract, quasibinomial))$dispersion
    plain = reoffending.fit(PLATES, COVARIATES, estimator="binomial")
    quasi = reoffending.fit(PLATES, COVARIATES, estimator="quasi_binomial")
    assert column(quasi, "dispersion") == pytest.approx(np.full(4, 1.8618), abs=5e-5)
    assert (quasi["df"] == 17).all()

    yes, no = cells()
    mean = (yes / (yes + no))[2 * PLATES["seed"] + PLATES["extract"]]
    y, n = column(PLATES, "reoffenders"), column(PLATES, "offenders")
    dispersion = np.sum((y - n * mean) ** 2 / (n * mean * (1 - mean))) / 17
    inflated = column(plain, "std_error") * math.sqrt(dispersion)
    assert column(quasi, "std_error") == pytest.approx(inflated)
    margin = stats.t.ppf(0.975, 17) * inflated
    assert column(quasi, "ci_lower") == pytest.approx(column(quasi, "estimate") - margin)


def test_the_quasi_binomial_dispersion_is_never_below_1():
    # Rates that lie on the curve exactly: no variance left at all.
    even = pd.DataFrame(
        {"offenders": [100] * 4, "reoffenders": [20, 20, 50, 50], "x": [0, 0, 1, 1]}
    )
    quasi, plain = (
        reoffending.fit(even, ["x"], estimator=name) for name in ("quasi_binomial", "binomial")
    )
    assert (quasi["dispersion"] == 1).all()
    assert column(quasi, "std_error") == pytest.approx(column(plain, "std_error"))


@pytest.mark.parametrize(
    ("frame", "covariates"),
    [(PLATES, COVARIATES), *((frame, ["score"]) for frame in SCOPES.values())],
    ids=["seeds", *SCOPES],
)
def test_the_beta_binomial_fit_is_the_maximum_of_its_likelihood(frame, covariates):
    estimate, std_error, correlation = maximum_of_scipys_beta_binomial(frame, covariates)
    table = reoffending.fit(frame, covariates, estimator="beta_binomial")
    assert column(table, "estimate") == pytest.approx(estimate, rel=1e-3)
    assert column(table, "std_error") == pytest.approx(std_error, rel=5e-3)
    inflation = 1 + (frame["offenders"].mean() - 1) * correlation
    assert column(table, "dispersion") == pytest.approx(np.full(len(table), inflation), rel=1e-3)
    assert np.isinf(table["df"]).all()


def test_the_beta_binomial_fit_of_counts_that_do_not_vary_more_is_the_binomial_one():
    even = pd.DataFrame({"offenders": [50] * 6, "reoffenders": [15, 16, 15, 25, 24, 25]})
    even["x"] = [0, 0, 0, 1, 1, 1]
    fits = [
        reoffending.fit(even, ["x"], estimator=name).drop(columns="estimator")
        for name in ("beta_binomial", "binomial")
    ]
    pd.testing.assert_frame_equal(*fits)


def test_the_beta_binomial_fit_of_one_kind_of_row_has_only_an_intercept():
    table = reoffending.fit(PLATES, [], estimator="beta_binomial")
    estimate, std_error, _ = maximum_of_scipys_beta_binomial(PLATES, [])
    assert table["term"].tolist() == ["intercept"]
    assert column(table, "estimate") == pytest.approx(estimate, rel=1e-3)
    assert column(table, "std_error") == pytest.approx(std_error, rel=5e-3)


def test_least_squares_on_the_empirical_logit_with_hc3():
    x = np.column_stack([np.ones(33), BOROUGHS["score"]])
    y, n = column(BOROUGHS, "reoffenders"), column(BOROUGHS, "offenders")
    logit = np.log((y + 0.5) / (n - y + 0.5))
    inverse = np.linalg.inv(x.T @ x)
    estimate = inverse @ x.T @ logit
    leverage = np.sum((x @ inverse) * x, axis=1)
    meat = x.T @ (((logit - x @ estimate) / (1 - leverage)) ** 2 * x.T).T
    std_error = np.sqrt(np.diag(inverse @ meat @ inverse))

    table = reoffending.fit(BOROUGHS, ["score"], estimator="ols_logit")
    assert column(table, "estimate") == pytest.approx(estimate)
    assert column(table, "std_error") == pytest.approx(std_error)
    margin = stats.t.ppf(0.975, 31) * std_error
    assert column(table, "ci_lower") == pytest.approx(estimate - margin)
    assert (table["df"] == 31).all()
    assert table["dispersion"].isna().all()


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("estimator", reoffending.ESTIMATORS)
def test_every_estimator_fits_the_boroughs(scope, estimator):
    table = reoffending.fit(SCOPES[scope], ["score"], estimator=estimator, level=0.8)
    assert table.columns.tolist() == [
        *["estimator", "term", "estimate", "std_error"],
        *["ci_lower", "ci_upper", "level", "df", "dispersion"],
    ]
    assert (table["estimator"] == estimator).all()
    assert (table["level"] == 0.8).all()
    assert (table["ci_lower"] < table["estimate"]).all()
    assert (table["estimate"] < table["ci_upper"]).all()


@settings(deadline=None, max_examples=15)
@given(st.sampled_from(reoffending.ESTIMATORS), st.floats(1e-4, 1e4), st.floats(-100, 100))
def test_the_unit_of_a_covariate_only_rescales_its_coefficient(estimator, unit, origin):
    frame = SCOPES["inspected"]
    table = reoffending.fit(frame, ["score"], estimator=estimator)
    moved = frame.assign(score=(frame["score"] + origin) * unit)
    other = reoffending.fit(moved, ["score"], estimator=estimator)
    for name in ("estimate", "std_error", "ci_lower", "ci_upper"):
        assert other.loc[1, name] * unit == pytest.approx(table.loc[1, name], rel=1e-5)


@pytest.mark.parametrize("estimator", reoffending.ESTIMATORS)
def test_counting_the_others_turns_the_coefficients_over(estimator):
    others = PLATES.assign(reoffenders=PLATES["offenders"] - PLATES["reoffenders"])
    table = reoffending.fit(PLATES, COVARIATES, estimator=estimator)
    turned = reoffending.fit(others, COVARIATES, estimator=estimator)
    assert column(turned, "estimate") == pytest.approx(-column(table, "estimate"), rel=1e-6)
    assert column(turned, "std_error") == pytest.approx(column(table, "std_error"), rel=1e-6)


def small(**columns):
    frame = {"offenders": [10, 20, 30, 40], "reoffenders": [2, 5, 6, 11], "x": [1, 2, 3, 5]}
    return pd.DataFrame(frame | columns, index=list("abcd"))


@pytest.mark.parametrize("estimator", reoffending.ESTIMATORS)
@pytest.mark.parametrize(
    ("frame", "covariates", "message"),
    [
        (small().drop(columns="offenders"), ["x"], "the frame has no column offenders"),
        (small(), ["x", "score"], "the frame has no column score"),
        (small(x=[1, 2, np.nan, 5]), ["x"], "x is missing in row 'c'"),
        (small(reoffenders=[2, None, 6, 11]), ["x"], "reoffenders is missing in row 'b'"),
        (small(x=list("pqrs")), ["x"], "covariate 'x' is of type .*; it must be numbers"),
        (small(reoffenders=[2, 21, 6, 11]), ["x"], "reoffenders is 21 of nobs 20"),
        (small(reoffenders=[2, -1, 6, 11]), ["x"], "reoffenders is -1; it must be a whole"),
        (small(offenders=[0, 20, 30, 40], reoffenders=[0, 5, 6, 11]), ["x"], "is 0 in row 'a'"),
        (small().head(2), ["x"], "2 rows cannot carry 2 terms; at least one more is needed"),
        (small(x=7), ["x"], "covariate 'x' is 7 in every row; it must vary"),
        (small(z=[3, 5, 7, 11]), ["x", "z"], "covariates x, z are collinear; leave one out"),
    ],
)
def test_refusals_say_what_is_wrong_and_where(estimator, frame, covariates, message):
    with pytest.raises(ValueError, match=message):
        reoffending.fit(frame, covariates, estimator=estimator)


def test_an_unknown_estimator_and_an_impossible_level_are_refused():
    with pytest.raises(
        ValueError, match="estimator is 'poisson'; it must be one of quasi_binomial"
    ):
        reoffending.fit(small(), ["x"], estimator="poisson")
    with pytest.raises(ValueError, match="level is 95; it must lie between 0 and 1"):
        reoffending.fit(small(), ["x"], level=95)


@pytest.mark.parametrize("estimator", ["quasi_binomial", "beta_binomial", "binomial"])
def test_a_likelihood_without_a_maximum_is_reported(estimator):
    with pytest.raises(RuntimeError, match="all or none reoffend"):
        reoffending.fit(small(reoffenders=0), ["x"], estimator=estimator)
    with pytest.raises(RuntimeError, match="the covariates separate the rows"):
        reoffending.fit(small(reoffenders=[0, 0, 30, 40]), ["x"], estimator=estimator)


def test_rows_that_are_all_or_none_have_no_beta_binomial_fit():
    frame = small(reoffenders=[10, 0, 30, 0])
    with pytest.raises(RuntimeError, match="the beta-binomial likelihood has no maximum"):
        reoffending.fit(frame, ["x"], estimator="beta_binomial")


@pytest.mark.parametrize("inflation", [1.001, 1.1, 2, 20])
def test_the_beta_binomial_fit_is_found_close_to_the_binomial_one_and_far_from_it(inflation):
    # Two rows at each of three points, spread so that the Pearson dispersion is as stated.
    offenders = np.full(6, 4000)
    x = np.array([0, 0, 1, 1, 2, 2])
    mean = offenders * special.expit(-1 + 0.2 * x)
    spread = np.sqrt(inflation * 4 / 6 * mean * (1 - mean / 4000)) * [1, -1, 1, -1, 1, -1]
    frame = pd.DataFrame({"offenders": offenders, "reoffenders": np.round(mean + spread), "x": x})
    table = reoffending.fit(frame, ["x"], estimator="beta_binomial").set_index("term")
    assert table.loc["x", "estimate"] == pytest.approx(0.2, abs=0.005)
    assert table.loc["x", "dispersion"] >= 1


def test_standardise_gives_mean_0_and_standard_deviation_1_with_divisor_n_minus_1():
    # Mean 4; squares 9 + 1 + 1 + 9 = 20, over 3.
    expected = np.array([-3, -1, 1, 3]) / math.sqrt(20 / 3)
    assert reoffending.standardise([1, 3, 5, 7]) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([4, 4, 4], "values are all 4; a constant has no standard deviation"),
        ([4], "two or more numbers, none missing"),
        ([4, np.nan], "two or more numbers, none missing"),
    ],
)
def test_standardise_refuses_what_does_not_vary_or_is_missing(values, message):
    with pytest.raises(ValueError, match=message):
        reoffending.standardise(values)


def test_diagnostics_by_direct_algebra():
    x = np.column_stack([np.ones(33), BOROUGHS["score"]])
    y, n = column(BOROUGHS, "reoffenders"), column(BOROUGHS, "offenders")
    beta = np.zeros(2)
    for _ in range(20):  # Newton's method
        mean = special.expit(x @ beta)
        weight = n * mean * (1 - mean)
        beta = beta + np.linalg.solve(x.T @ (weight[:, None] * x), x.T @ (y - n * mean))
    pearson = (y - n * mean) / np.sqrt(weight)
    dispersion = np.sum(pearson**2) / 31
    root = np.sqrt(weight)[:, None] * x
    leverage = np.diag(root @ np.linalg.inv(root.T @ root) @ root.T)

    table = reoffending.diagnostics(BOROUGHS, ["score"], slope="score", level=0.95)
    assert table.index.equals(BOROUGHS.index)
    assert column(table, "rate") == pytest.approx(y / n)
    assert column(table, "fitted") == pytest.approx(mean)
    assert column(table, "pearson_residual") == pytest.approx(pearson / math.sqrt(dispersion))
    assert column(table, "leverage") == pytest.approx(leverage)
    assert table["leverage"].sum() == pytest.approx(2)
    # As R's cooks.distance of a glm.
    cook = (pearson / (1 - leverage)) ** 2 * leverage / (dispersion * 2)
    assert column(table, "cooks_distance") == pytest.approx(cook)
    lower, upper = proportions.interval(y, n, level=0.95, method="wilson")
    assert column(table, "ci_lower") == pytest.approx(lower)
    assert column(table, "ci_upper") == pytest.approx(upper)


@pytest.mark.parametrize("scope", SCOPES)
def test_slope_without_a_row_is_that_of_the_fit_without_it(scope):
    frame = SCOPES[scope]
    table = reoffending.diagnostics(frame, ["score"], slope="score")
    for name in frame.index:
        alone = reoffending.fit(frame.drop(index=name), ["score"]).set_index("term")
        expected = alone.loc["score", "estimate"]
        assert table.loc[name, "slope_without"] == pytest.approx(expected)


def test_slope_without_the_one_row_that_tells_it_is_missing():
    frame = small(z=[0, 0, 0, 1])
    table = reoffending.diagnostics(frame, ["z"], slope="z")
    assert table["slope_without"].isna().tolist() == [False, False, False, True]
    assert table["leverage"].tolist()[3] == pytest.approx(1)
    assert table["cooks_distance"].isna().tolist() == [False, False, False, True]
    with pytest.raises(ValueError, match="a covariate marks a single row"):
        reoffending.fit(frame, ["z"], estimator="ols_logit")


def test_diagnostics_refuse_a_slope_that_is_no_covariate():
    with pytest.raises(ValueError, match="slope is 'z'; it must be one of x"):
        reoffending.diagnostics(small(), ["x"], slope="z")


def test_the_fitted_curve_is_the_mean_with_its_band():
    # One rate for each cell: the mean of a cell is its own rate, and the variance of its log odds
    # is (1 / yes + 1 / no) times the dispersion.
    yes, no = cells()
    at = pd.DataFrame({"seed": [0, 0, 1, 1], "extract": [0, 1, 0, 1]}, index=list("wxyz"))
    at["both"] = at["seed"] * at["extract"]
    curve = reoffending.fitted_curve(PLATES, COVARIATES, at, level=0.9)
    dispersion = reoffending.fit(PLATES, COVARIATES)["dispersion"][0]
    margin = stats.t.ppf(0.95, 17) * np.sqrt(dispersion * (1 / yes + 1 / no))
    assert curve.index.tolist() == list("wxyz")
    assert column(curve, "fitted") == pytest.approx(yes / (yes + no))
    assert column(curve, "ci_lower") == pytest.approx(special.expit(np.log(yes / no) - margin))
    assert column(curve, "ci_upper") == pytest.approx(special.expit(np.log(yes / no) + margin))


def test_the_fitted_curve_refuses_points_without_a_covariate():
    with pytest.raises(ValueError, match="the frame has no column x"):
        reoffending.fitted_curve(small(), ["x"], pd.DataFrame({"z": [1]}))


def test_funnel_limits_by_hand():
    # 0.25 -+ 1.96 sqrt(4 x 0.25 x 0.75 / 300) = 0.25 -+ 1.96 x 0.05
    lower, upper = reoffending.funnel_limits(0.25, [300], level=0.95, dispersion=4.0)
    assert lower == pytest.approx([0.25 - stats.norm.ppf(0.975) * 0.05])
    assert upper == pytest.approx([0.25 + stats.norm.ppf(0.975) * 0.05])


def test_funnel_limits_narrow_with_the_denominator_and_stay_in_0_to_1():
    lower, upper = reoffending.funnel_limits(0.25, [1, 10, 100, 1000], level=0.998)
    assert (np.diff(lower) >= 0).all()
    assert (np.diff(upper) <= 0).all()
    assert (lower[0], upper[0]) == (0, 1)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((1.2, [10]), {}, r"rate is 1.2; it must lie in \[0, 1\]"),
        ((math.nan, [10]), {}, "rate is nan"),
        ((0.2, [10, 0]), {}, "offenders is 0; a control limit needs at least 1"),
        ((0.2, [10]), {"dispersion": 0}, "dispersion is 0; it must be above 0"),
        ((0.2, [10]), {"level": 2}, "level is 2; it must lie between 0 and 1"),
    ],
)
def test_funnel_limits_refuse_the_impossible(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        reoffending.funnel_limits(*arguments, **{"level": 0.95} | options)


def test_quantile_residuals_lie_between_the_fitted_probabilities():
    estimate, _, correlation = maximum_of_scipys_beta_binomial(BOROUGHS, ["score"])
    mean = special.expit(estimate[0] + estimate[1] * column(BOROUGHS, "score"))
    size = 1 / correlation - 1
    y = column(BOROUGHS, "reoffenders")
    count = stats.betabinom(column(BOROUGHS, "offenders"), mean * size, (1 - mean) * size)
    residuals = reoffending.quantile_residuals(BOROUGHS, ["score"], seed=7)
    assert residuals.index.equals(BOROUGHS.index)
    reached = stats.norm.cdf(residuals)
    assert (count.cdf(y - 1) - 1e-4 <= reached).all()
    assert (reached <= count.cdf(y) + 1e-4).all()


def test_quantile_residuals_follow_their_seed():
    one, same, other = (
        reoffending.quantile_residuals(PLATES, COVARIATES, seed=seed) for seed in (1, 1, 2)
    )
    pd.testing.assert_series_equal(one, same)
    assert (one != other).all()


def test_quantile_residuals_are_standard_normal_if_the_model_is_true():
    generator = np.random.default_rng(5)
    offenders = generator.integers(200, 600, size=400)
    x = generator.normal(size=400)
    mean = special.expit(-1 + 0.3 * x)
    rate = generator.beta(mean * 50, (1 - mean) * 50)
    frame = pd.DataFrame(
        {"offenders": offenders, "reoffenders": generator.binomial(offenders, rate), "x": x}
    )
    residuals = reoffending.quantile_residuals(frame, ["x"], seed=1)
    assert stats.kstest(residuals, "norm").pvalue > 0.01


def test_quantile_residuals_of_a_fit_without_overdispersion_are_binomial():
    even = pd.DataFrame({"offenders": [50] * 4, "reoffenders": [15, 16, 25, 24], "x": [0, 0, 1, 1]})
    residuals = reoffending.quantile_residuals(even, ["x"], seed=1)
    count = stats.binom(50, [0.31, 0.31, 0.49, 0.49])
    reached = stats.norm.cdf(residuals)
    assert (count.cdf(even["reoffenders"] - 1) <= reached).all()
    assert (reached <= count.cdf(even["reoffenders"])).all()


REMEMBERED = [
    reoffending._binomial,
    reoffending._beta_binomial,
    reoffending._ols_logit,
    reoffending._slopes_without,
    reoffending._quantile_residuals,
]
RESULTS: dict[str, Callable[..., pd.DataFrame]] = {
    **{
        estimator: partial(reoffending.fit, covariates=["score"], estimator=estimator)
        for estimator in reoffending.ESTIMATORS
    },
    "diagnostics": partial(reoffending.diagnostics, covariates=["score"], slope="score"),
    "residuals": lambda frame: reoffending.quantile_residuals(frame, ["score"], seed=1).to_frame(),
    "curve": lambda frame: reoffending.fitted_curve(frame, ["score"], frame),
}


def forget():
    for function in REMEMBERED:
        function.cache_clear()


@pytest.mark.parametrize("result", RESULTS.values(), ids=RESULTS)
def test_what_is_remembered_is_what_would_be_computed_and_is_the_callers_own_to_change(result):
    forget()
    first = result(BOROUGHS)
    kept = first.copy(deep=True)
    for name in first.select_dtypes("float64"):
        first.loc[:, name] = 0.0
    hits = sum(function.cache_info().hits for function in REMEMBERED)
    again = result(BOROUGHS)
    assert sum(function.cache_info().hits for function in REMEMBERED) > hits
    pd.testing.assert_frame_equal(again, kept, check_exact=True)
    forget()
    pd.testing.assert_frame_equal(result(BOROUGHS), kept, check_exact=True)


@pytest.mark.parametrize("column", ["offenders", "reoffenders", "score"])
def test_other_numbers_are_not_taken_for_those_remembered(column):
    before = {name: result(BOROUGHS) for name, result in RESULTS.items()}
    changed = BOROUGHS.assign(**{column: BOROUGHS[column] + (np.arange(len(BOROUGHS)) == 5)})
    for name, result in RESULTS.items():
        assert not result(changed).equals(before[name]), name


def test_what_is_remembered_is_bounded():
    assert all(function.cache_info().maxsize for function in REMEMBERED)


def test_a_search_that_asks_for_one_place_thrice_computes_it_once(monkeypatch):
    forget()
    places = []
    likelihood = reoffending._beta_binomial_likelihood

    def counted(data, steps, coefficients, theta):
        places.append((*coefficients, theta))
        return likelihood(data, steps, coefficients, theta)

    monkeypatch.setattr(reoffending, "_beta_binomial_likelihood", counted)
    reoffending.fit(BOROUGHS, ["score"], estimator="beta_binomial")
    assert all(one != next_ for one, next_ in itertools.pairwise(places))
    forget()


@pytest.mark.parametrize("estimator", reoffending.ESTIMATORS)
def test_a_covariate_far_from_0_has_the_same_slope(estimator):
    frame = SCOPES["inspected"].assign(score=lambda rows: rows["score"].round())
    near = reoffending.fit(frame, ["score"], estimator=estimator)
    far = reoffending.fit(frame.assign(score=frame["score"] + 1e8), ["score"], estimator=estimator)
    for name in ("estimate", "std_error", "ci_lower", "ci_upper"):
        assert far.loc[1, name] == pytest.approx(near.loc[1, name], rel=1e-9)
    # The intercept is where the line would be 1e8 further back.
    back = near.loc[0, "estimate"] - 1e8 * near.loc[1, "estimate"]
    assert far.loc[0, "estimate"] == pytest.approx(back, rel=1e-9)


def test_the_curve_and_the_diagnostics_of_a_covariate_far_from_0_are_the_same():
    frame = SCOPES["inspected"].assign(score=lambda rows: rows["score"].round())
    far = frame.assign(score=frame["score"] + 1e8)
    pd.testing.assert_frame_equal(
        reoffending.fitted_curve(far, ["score"], far),
        reoffending.fitted_curve(frame, ["score"], frame),
    )
    pd.testing.assert_frame_equal(
        reoffending.diagnostics(far, ["score"], slope="score"),
        reoffending.diagnostics(frame, ["score"], slope="score"),
    )


@pytest.mark.parametrize("estimator", reoffending.ESTIMATORS)
@pytest.mark.parametrize("unit", [1e-20, 1e8, 1e20])
def test_a_covariate_in_a_huge_or_tiny_unit_has_the_same_slope_in_that_unit(estimator, unit):
    near = reoffending.fit(PLATES, COVARIATES, estimator=estimator)
    far = reoffending.fit(
        PLATES.assign(extract=PLATES["extract"] * unit), COVARIATES, estimator=estimator
    )
    per_unit = np.array([1, 1, unit, 1])  # of the intercept, seed, extract, both
    for name in ("estimate", "std_error", "ci_lower", "ci_upper"):
        assert column(far, name) * per_unit == pytest.approx(column(near, name), rel=1e-8)


@pytest.mark.parametrize("unit", [1e-20, 1e20])
def test_the_curve_and_the_diagnostics_do_not_depend_on_the_unit_of_a_covariate(unit):
    frame = SCOPES["inspected"]
    large = frame.assign(score=frame["score"] * unit)
    pd.testing.assert_frame_equal(
        reoffending.fitted_curve(large, ["score"], large),
        reoffending.fitted_curve(frame, ["score"], frame),
    )
    found = reoffending.diagnostics(large, ["score"], slope="score")
    pd.testing.assert_frame_equal(
        found.assign(slope_without=found["slope_without"] * unit),
        reoffending.diagnostics(frame, ["score"], slope="score"),
    )


def test_covariates_far_from_0_are_collinear_in_spite_of_rounding():
    frame = small(
        x=[1e8 + 1, 1e8 + 2, 1e8 + 3, 1e8 + 5], z=[1e8 + 0.1, 1e8 + 0.2, 1e8 + 0.3, 1e8 + 0.5]
    )
    with pytest.raises(ValueError, match="covariates x, z are collinear"):
        reoffending.fit(frame, ["x", "z"])


@pytest.mark.parametrize("reoffenders", [[0, 0, 0, 0], [10, 20, 30, 40]])
@pytest.mark.parametrize("estimator", reoffending.ESTIMATORS)
def test_no_estimator_fits_rows_of_which_all_or_none_reoffend(estimator, reoffenders):
    with pytest.raises(RuntimeError, match="all or none reoffend"):
        reoffending.fit(small(reoffenders=reoffenders), ["x"], estimator=estimator)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_an_infinite_covariate_or_point_of_a_curve_is_refused(value):
    infinite = small(x=[1, 2, value, 5])
    with pytest.raises(ValueError, match=r"covariate 'x' is -?inf in row 'c'; it must be finite"):
        reoffending.fit(infinite, ["x"])
    with pytest.raises(ValueError, match=r"covariate 'x' is -?inf in row 'c'; it must be finite"):
        reoffending.fitted_curve(small(), ["x"], infinite)
    with pytest.raises(ValueError, match="dispersion is inf; it must be above 0 and finite"):
        reoffending.funnel_limits(0.3, 10, level=0.95, dispersion=np.inf)
