"""Limits of a single proportion: published values, end points, properties, refusals.

Newcombe: R. G. Newcombe (1998), Stat. Med. 17:857-872, Table I, as restated in the test suites of
the R packages ratesci (15/148, 0/20, 1/29) and propint (81/263, Wilson).
"""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.stats import proportions

METHODS = sorted(proportions.METHODS)
LEVELS = st.sampled_from([0.8, 0.9, 0.95, 0.998])
# A loaded machine must not fail a property for being slow.
EXAMPLES = settings(deadline=None, max_examples=50)


@st.composite
def counts(draw):
    nobs = draw(st.integers(1, 200))
    return draw(st.integers(0, nobs)), nobs


@pytest.mark.parametrize(
    ("method", "count", "nobs", "lower", "upper"),
    [
        ("wilson", 81, 263, 0.2553, 0.3662),
        ("wilson", 15, 148, 0.0624, 0.1605),
        ("wilson", 0, 20, 0.0, 0.1611),
        ("wilson", 1, 29, 0.0061, 0.1718),
        ("clopper_pearson", 15, 148, 0.0578, 0.1617),
        ("clopper_pearson", 0, 20, 0.0, 0.1684),
        ("clopper_pearson", 1, 29, 0.0009, 0.1776),
        ("mid_p", 15, 148, 0.0601, 0.1581),
        ("mid_p", 0, 20, 0.0, 0.1391),
        ("mid_p", 1, 29, 0.0017, 0.1585),
    ],
)
def test_newcombe_1998_single_proportion_table_1(method, count, nobs, lower, upper):
    assert proportions.interval(count, nobs, method=method) == pytest.approx(
        (lower, upper), abs=5.1e-5
    )


@pytest.mark.parametrize(
    ("method", "lower", "upper"),
    [
        ("wilson", 0.5699, 0.9341),
        ("clopper_pearson", 0.5435, 0.9595),
        ("mid_p", 0.5699, 0.9500),
        ("jeffreys", 0.5792, 0.9442),
    ],
)
def test_13_of_16_as_in_fagerland_lydersen_and_laake(method, lower, upper):
    # The data of Ligarden et al. (2010) in their Statistical Analysis of Contingency Tables (2017),
    # chapter 2; the limits are those that the book's R package contingencytables tests for.
    assert proportions.interval(13, 16, method=method) == pytest.approx((lower, upper), abs=5.1e-5)


@pytest.mark.parametrize(
    ("method", "count", "nobs", "lower", "upper"),
    [
        ("agresti_coull", 18, 20, 0.6867561125596077, 0.984343760998137),
        ("agresti_coull", 4, 20, 0.0749115102767071, 0.4217635845549845),
        ("clopper_pearson", 18, 20, 0.6830172859809176, 0.9876514728297052),
        ("clopper_pearson", 4, 20, 0.05733399705003284, 0.436614002996668),
        ("wilson", 18, 20, 0.6989663547715128, 0.972133518786232),
        ("wilson", 4, 20, 0.0806576625797981, 0.4160174322518935),
    ],
)
def test_agrees_with_r_binom_confint(method, count, nobs, lower, upper):
    # R: binom::binom.confint(x, n, tol = 1e-8), as recorded in the test results of statsmodels.
    assert proportions.interval(count, nobs, method=method) == pytest.approx(
        (lower, upper), abs=1e-8
    )


def test_jeffreys_with_the_end_point_rule_of_brown_cai_and_dasgupta_2001():
    # Section 4.1.1: quantiles of beta(x + 1/2, n - x + 1/2), but 0 at x = 0 and 1 at x = n.
    # Computed here from the definition; their Table 5 could not be checked to its printed digits.
    for count in range(8):
        lower, upper = proportions.interval(count, 7, method="jeffreys")
        posterior = stats.beta(count + 0.5, 7 - count + 0.5)
        assert lower == pytest.approx(0 if count == 0 else posterior.ppf(0.025), abs=1e-12)
        assert upper == pytest.approx(1 if count == 7 else posterior.ppf(0.975), abs=1e-12)


@EXAMPLES
@given(counts(), LEVELS)
def test_mid_p_limits_solve_their_equations(pair, level):
    count, nobs = pair
    lower, upper = proportions.interval(count, nobs, level=level, method="mid_p")
    tail = (1 - level) / 2
    if count > 0:
        at_lower = stats.binom(nobs, lower)
        assert at_lower.sf(count) + at_lower.pmf(count) / 2 == pytest.approx(tail, abs=1e-9)
    if count < nobs:
        at_upper = stats.binom(nobs, upper)
        assert at_upper.cdf(count - 1) + at_upper.pmf(count) / 2 == pytest.approx(tail, abs=1e-9)


@EXAMPLES
@given(counts(), LEVELS)
def test_wilson_limits_are_where_the_score_test_turns(pair, level):
    count, nobs = pair
    z2 = stats.norm.isf((1 - level) / 2) ** 2
    for limit in proportions.interval(count, nobs, level=level):
        score = (count - nobs * limit) ** 2
        assert score == pytest.approx(z2 * nobs * limit * (1 - limit), abs=1e-8)


@pytest.mark.parametrize(
    ("method", "upper"),
    [
        ("clopper_pearson", Fraction(975, 1000)),  # (1 - p)^1 = 0.025
        ("mid_p", Fraction(95, 100)),  # (1 - p)^1 / 2 = 0.025
    ],
)
def test_nothing_of_one_by_hand(method, upper):
    assert proportions.interval(0, 1, method=method) == (0.0, pytest.approx(float(upper)))
    assert proportions.interval(1, 1, method=method) == (pytest.approx(1 - float(upper)), 1.0)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("nobs", [*range(1, 62), 1000])
def test_limits_are_exactly_0_at_none_and_exactly_1_at_all(method, nobs):
    lower, upper = proportions.interval(0, nobs, method=method)
    assert lower == 0.0
    assert 0 < upper < 1
    lower, upper = proportions.interval(nobs, nobs, method=method)
    assert 0 < lower < 1
    assert upper == 1.0


@pytest.mark.parametrize("method", METHODS)
def test_no_observations_give_no_limits(method):
    assert all(math.isnan(limit) for limit in proportions.interval(0, 0, method=method))
    assert all(math.isnan(limit) for limit in proportions.envelope(0, 0, 0, method=method))
    lower, upper = proportions.interval([0, 3], [0, 9], method=method)
    assert math.isnan(lower[0])
    assert math.isnan(upper[0])
    assert (lower[1], upper[1]) == proportions.interval(3, 9, method=method)


def test_scalars_give_python_floats_and_arrays_are_broadcast():
    assert [type(limit) for limit in proportions.interval(np.int64(3), 9)] == [float, float]
    lower, upper = proportions.interval([[1], [2]], pd.Series([5, 7, 9]))
    assert lower.shape == upper.shape == (2, 3)
    assert (lower[1, 2], upper[1, 2]) == proportions.interval(2, 9)


@pytest.mark.parametrize("method", METHODS)
@EXAMPLES
@given(counts(), LEVELS)
def test_limits_lie_in_0_to_1_and_contain_the_estimate(method, pair, level):
    count, nobs = pair
    lower, upper = proportions.interval(count, nobs, level=level, method=method)
    assert 0 <= lower <= count / nobs + 1e-12
    assert count / nobs - 1e-12 <= upper <= 1


@pytest.mark.parametrize("method", METHODS)
@EXAMPLES
@given(counts(), LEVELS)
def test_the_complement_has_the_mirrored_interval(method, pair, level):
    count, nobs = pair
    lower, upper = proportions.interval(count, nobs, level=level, method=method)
    mirrored = proportions.interval(nobs - count, nobs, level=level, method=method)
    assert mirrored == pytest.approx((1 - upper, 1 - lower), abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@EXAMPLES
@given(counts(), st.floats(0.5, 0.99), st.floats(0.5, 0.99))
def test_a_higher_level_is_never_narrower(method, pair, one, other):
    low, high = sorted((one, other))
    lower, upper = proportions.interval(*pair, level=low, method=method)
    wide_lower, wide_upper = proportions.interval(*pair, level=high, method=method)
    assert wide_lower <= lower + 1e-12
    assert wide_upper >= upper - 1e-12


@pytest.mark.parametrize("method", METHODS)
@EXAMPLES
@given(st.integers(1, 61), st.data())
def test_the_envelope_is_the_extreme_over_every_admitted_count(method, nobs, data):
    low = data.draw(st.integers(0, nobs))
    high = data.draw(st.integers(low, nobs))
    members = [proportions.interval(count, nobs, method=method) for count in range(low, high + 1)]
    assert proportions.envelope(low, high, nobs, method=method) == (
        pytest.approx(min(lower for lower, _ in members)),
        pytest.approx(max(upper for _, upper in members)),
    )


def test_the_envelope_of_one_admitted_count_is_its_interval():
    assert proportions.envelope(5, 5, 31) == proportions.interval(5, 31)


def test_envelopes_of_arrays():
    lower, upper = proportions.envelope([3, 0], [5, 0], [20, 0])
    assert (lower[0], upper[0]) == proportions.envelope(3, 5, 20)
    assert np.isnan([lower[1], upper[1]]).all()


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((-1, 5), {}, "count is -1; it must be a whole number, 0 or more"),
        ((6, 5), {}, "count is 6 of nobs 5; it must not exceed nobs"),
        (([1, 6], 5), {}, "count is 6 of nobs 5"),
        ((1, 0), {}, "count is 1 of nobs 0"),
        ((2.5, 5), {}, "count is 2.5; it must be a whole number"),
        ((2, 5.5), {}, "nobs is 5.5; it must be a whole number"),
        ((2, -5), {}, "nobs is -5; it must be a whole number, 0 or more"),
        ((math.nan, 5), {}, "count is nan; it must be a whole number"),
        ((2, math.inf), {}, "nobs is inf; it must be a whole number"),
        (("many", 5), {}, "count is 'many'; it must be a whole number"),
        ((2, 5), {"level": 95}, "level is 95; it must lie between 0 and 1"),
        ((2, 5), {"level": 0}, "level is 0; it must lie between 0 and 1"),
        ((2, 5), {"level": 1}, "level is 1; it must lie between 0 and 1"),
        ((2, 5), {"method": "wald"}, "method is 'wald'; it must be one of wilson, clopper_pearson"),
    ],
)
def test_refusals_name_the_value_and_what_is_allowed(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        proportions.interval(*arguments, **options)


def test_an_envelope_refuses_crossed_bounds():
    with pytest.raises(ValueError, match="low is 4 and high is 3; low must not exceed high"):
        proportions.envelope(4, 3, 9)
    with pytest.raises(ValueError, match="of nobs 9; it must not exceed nobs"):
        proportions.envelope(4, 10, 9)


# ---- A finite population ------------------------------------------------------------------------


def test_a_census_leaves_no_doubt():
    assert proportions.finite_interval(3, 10, 10) == (0.3, 0.3)
    assert proportions.finite_interval(0, 10, 10) == (0, 0)


def test_limits_of_a_small_population_by_enumeration():
    # 1 of 2 cases drawn from 4. With K successes among the 4, of the 6 possible samples
    #   K = 1: 3 have at least one success, 6 have at most one;
    #   K = 2: 5 and 5;  K = 3: 6 and 3.  No tail is as small as 0.025, so nothing is rejected.
    assert proportions.finite_interval(1, 2, 4) == (1 / 4, 3 / 4)
    # At 40% confidence a tail must exceed 0.3: still all. 0 of 2: K = 0, 1, 2 leave 6, 3 and 1 of
    # the 6 samples without a success; 1 / 6 is below 0.3, so the most is K = 1.
    assert proportions.finite_interval(0, 2, 4, level=0.4) == (0, 1 / 4)


def test_a_vast_population_gives_the_clopper_pearson_limits():
    found = proportions.finite_interval(5, 31, 1_000_000)
    exact = proportions.interval(5, 31, method="clopper_pearson")
    assert found == pytest.approx(exact, abs=1e-5)


@given(st.data())
def test_finite_limits_are_possible_and_hold_the_estimate(data):
    population = data.draw(st.integers(1, 60))
    nobs = data.draw(st.integers(1, population))
    count = data.draw(st.integers(0, nobs))
    lower, upper = proportions.finite_interval(count, nobs, population)
    # At least the successes that were seen are in the population, and the failures too.
    assert count / population <= lower <= upper <= (population - (nobs - count)) / population
    assert lower <= count / nobs + 1 / population
    assert upper >= count / nobs - 1 / population
    flipped = proportions.finite_interval(nobs - count, nobs, population)
    assert (1 - flipped[1], 1 - flipped[0]) == pytest.approx((lower, upper))


def test_a_population_of_one_of_several_sizes_has_the_limits_of_all():
    # 10 of 20: a census of 20, or one of 21 but for one case, with 10 or 11 of 21 sufficient.
    assert proportions.finite_interval(10, 20, 20) == (10 / 20, 10 / 20)
    assert proportions.finite_interval(10, 20, [20, 21]) == (10 / 21, 11 / 21)


@EXAMPLES
@given(st.data())
def test_finite_limits_are_those_of_the_hypergeometric_distribution(data):
    population = data.draw(st.integers(1, 60))
    nobs = data.draw(st.integers(1, population))
    count = data.draw(st.integers(0, nobs))
    successes = np.arange(count, population - (nobs - count) + 1)
    # 0.1370 is no probability of so small a population, so no limit hangs on a last digit.
    tail = 0.1370
    possible = stats.hypergeom(population, successes, nobs)
    assert proportions.finite_interval(count, nobs, population, level=1 - 2 * tail) == (
        successes[possible.sf(count - 1) > tail][0] / population,
        successes[possible.cdf(count) > tail][-1] / population,
    )


def test_no_cases_give_no_finite_limits_and_a_sample_is_no_larger_than_its_population():
    assert all(math.isnan(limit) for limit in proportions.finite_interval(0, 0, 5))
    with pytest.raises(ValueError, match="population is 9 and nobs is 10"):
        proportions.finite_interval(1, 10, 9)


@pytest.mark.parametrize("level", [1 - 1e-9, 1 - 1e-12, 1 - 2**-53])
def test_mid_p_at_levels_next_to_1(level):
    # At 0 of n half of (1 - p)^n is left above: p = 1 - (1 - level)^(1/n). At 1 of 1 half of p below.
    assert proportions.interval(0, 10, level=level, method="mid_p") == pytest.approx(
        (0, 1 - (1 - level) ** 0.1), rel=1e-9
    )
    assert proportions.interval(1, 1, level=level, method="mid_p") == pytest.approx(
        (1 - level, 1), rel=1e-9
    )


@pytest.mark.parametrize("method", METHODS)
def test_complements_turn_the_limits_over_at_a_level_next_to_1(method):
    level = 1 - 2**-53
    lower, upper = proportions.interval(3, 10, level=level, method=method)
    turned = proportions.interval(7, 10, level=level, method=method)
    assert 0 <= lower < 0.02
    assert 0.9 < upper <= 1
    assert turned == pytest.approx((1 - upper, 1 - lower), abs=1e-12)
