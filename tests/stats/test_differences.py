"""Differences of two proportions: published values, properties, exact tests, multiplicity."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.stats.proportion import confint_proportions_2indep

from analysis.stats import differences, proportions

METHODS = sorted(differences.METHODS)
LEVELS = st.sampled_from([0.8, 0.95, 0.998])
# A loaded machine must not fail a property for being slow.
EXAMPLES = settings(deadline=None, max_examples=50)


@st.composite
def counts(draw, largest=40):
    nobs_a, nobs_b = draw(st.integers(1, largest)), draw(st.integers(1, largest))
    return draw(st.integers(0, nobs_a)), nobs_a, draw(st.integers(0, nobs_b)), nobs_b


# R. G. Newcombe (1998), Stat. Med. 17:873-890, Table II, examples (a) to (h): method 10 and
# Miettinen-Nurminen. As restated in public test suites, not read in the paper itself: those of the
# R packages propint (method 10, a and b) and ratesci (both, d), and transcriptions of all eight.
NEWCOMBE_1998_TABLE_2 = [
    ((56, 70, 48, 80), (0.0524, 0.3339), (0.0528, 0.3382)),
    ((9, 10, 3, 10), (0.1705, 0.8090), (0.1700, 0.8406)),
    ((6, 7, 2, 7), (0.0582, 0.8062), (0.0342, 0.8534)),
    ((5, 56, 0, 29), (-0.0381, 0.1926), (-0.0326, 0.1933)),
    ((0, 10, 0, 20), (-0.1611, 0.2775), (-0.1658, 0.2844)),
    ((0, 10, 0, 10), (-0.2775, 0.2775), (-0.2879, 0.2879)),
    ((10, 10, 0, 20), (0.6791, 1.0), (0.7156, 1.0)),
    ((10, 10, 0, 10), (0.6075, 1.0), (0.6636, 1.0)),
]


@pytest.mark.parametrize(("table", "newcombe", "miettinen_nurminen"), NEWCOMBE_1998_TABLE_2)
def test_newcombe_1998_difference_table_2(table, newcombe, miettinen_nurminen):
    assert differences.interval(*table) == pytest.approx(newcombe, abs=5.1e-5)
    assert differences.interval(*table, method="miettinen_nurminen") == pytest.approx(
        miettinen_nurminen, abs=5.1e-5
    )


def test_perondi_2004_and_ritland_2007_as_in_fagerland_lydersen_and_laake():
    # Statistical Analysis of Contingency Tables (2017), chapter 4; the limits are those that the
    # book's R package contingencytables tests for.
    assert differences.interval(7, 34, 1, 34) == pytest.approx((0.0189, 0.3404), abs=5.1e-5)
    assert differences.interval(0, 16, 15, 72, method="miettinen_nurminen") == pytest.approx(
        (-0.3164, -0.0056), abs=5.1e-5
    )


@EXAMPLES
@given(counts(), LEVELS)
def test_newcombe_is_the_square_and_add_of_statsmodels(table, level):
    with np.errstate(all="ignore"):
        expected = confint_proportions_2indep(
            *table, method="newcomb", compare="diff", alpha=1 - level
        )
    assert differences.interval(*table, level=level) == pytest.approx(expected, abs=1e-9)


def constrained_variance(table, difference):
    """The variance at the maximum of the likelihood given the difference, found by search."""
    x_a, n_a, x_b, n_b = table

    def loss(p_b):
        p_a = p_b + difference
        return -(stats.binom.logpmf(x_a, n_a, p_a) + stats.binom.logpmf(x_b, n_b, p_b))

    low, high = max(0.0, -difference), min(1.0, 1 - difference)
    p_b = optimize.minimize_scalar(
        loss, bounds=(low, high), method="bounded", options={"xatol": 1e-12}
    ).x
    # The search stays inside its bounds, the maximum may be at one of them.
    p_b = min((low, p_b, high), key=lambda p: math.inf if math.isnan(loss(p)) else loss(p))
    p_a = min(max(p_b + difference, 0.0), 1.0)
    n = n_a + n_b
    return (p_a * (1 - p_a) / n_a + p_b * (1 - p_b) / n_b) * n / (n - 1)


@EXAMPLES
@given(counts(), LEVELS)
def test_miettinen_nurminen_limits_solve_the_score_equation(table, level):
    x_a, n_a, x_b, n_b = table
    z2 = stats.norm.isf((1 - level) / 2) ** 2
    for limit in differences.interval(*table, level=level, method="miettinen_nurminen"):
        if abs(limit) < 1 - 1e-9:
            score = (x_a / n_a - x_b / n_b - limit) ** 2
            assert score == pytest.approx(z2 * constrained_variance(table, limit), abs=1e-5)


@pytest.mark.parametrize("method", METHODS)
@EXAMPLES
@given(counts(), LEVELS)
def test_limits_lie_in_minus_1_to_1_and_contain_the_estimate(method, table, level):
    x_a, n_a, x_b, n_b = table
    lower, upper = differences.interval(*table, level=level, method=method)
    assert -1 <= lower <= x_a / n_a - x_b / n_b + 1e-12
    assert x_a / n_a - x_b / n_b - 1e-12 <= upper <= 1


@pytest.mark.parametrize("method", METHODS)
@EXAMPLES
@given(counts(), LEVELS)
def test_exchanging_the_groups_turns_the_interval_over(method, table, level):
    x_a, n_a, x_b, n_b = table
    lower, upper = differences.interval(*table, level=level, method=method)
    exchanged = differences.interval(x_b, n_b, x_a, n_a, level=level, method=method)
    assert exchanged == pytest.approx((-upper, -lower), abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@EXAMPLES
@given(counts(), LEVELS)
def test_complements_turn_the_interval_over(method, table, level):
    x_a, n_a, x_b, n_b = table
    lower, upper = differences.interval(*table, level=level, method=method)
    complement = differences.interval(n_a - x_a, n_a, n_b - x_b, n_b, level=level, method=method)
    assert complement == pytest.approx((-upper, -lower), abs=1e-9)


@pytest.mark.parametrize("method", METHODS)
@EXAMPLES
@given(counts(), st.floats(0.5, 0.99), st.floats(0.5, 0.99))
def test_a_higher_level_is_never_narrower(method, table, one, other):
    low, high = sorted((one, other))
    lower, upper = differences.interval(*table, level=low, method=method)
    wide_lower, wide_upper = differences.interval(*table, level=high, method=method)
    assert wide_lower <= lower + 1e-12
    assert wide_upper >= upper - 1e-12


@pytest.mark.parametrize("method", METHODS)
def test_one_case_on_each_side(method):
    for table in [(0, 1, 0, 1), (1, 1, 1, 1), (1, 1, 0, 1), (0, 1, 1, 1)]:
        lower, upper = differences.interval(*table, method=method)
        assert -1 <= lower < upper <= 1
    assert differences.interval(1, 1, 0, 1, method=method)[1] == 1.0
    assert differences.interval(0, 1, 1, 1, method=method)[0] == -1.0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("table", [(0, 0, 3, 9), (3, 9, 0, 0), (0, 0, 0, 0)])
def test_a_side_without_observations_gives_no_limits(method, table):
    assert all(math.isnan(limit) for limit in differences.interval(*table, method=method))
    assert math.isnan(differences.fisher(*table))
    assert math.isnan(differences.fisher_mid_p(*table))


@pytest.mark.parametrize("method", METHODS)
def test_scalars_give_python_floats_and_arrays_are_broadcast(method):
    scalars = differences.interval(3, 9, 2, 8, method=method)
    assert [type(limit) for limit in scalars] == [float, float]
    lower, upper = differences.interval([[3], [4]], 9, [2, 0], [8, 0], method=method)
    assert lower.shape == upper.shape == (2, 2)
    assert (lower[0, 0], upper[0, 0]) == pytest.approx(scalars)
    assert np.isnan(lower[:, 1]).all()


@pytest.mark.parametrize("method", METHODS)
@EXAMPLES
@given(st.integers(1, 15), st.integers(1, 15), st.data())
def test_the_envelope_is_the_extreme_over_every_admitted_pair(method, nobs_a, nobs_b, data):
    low_a, high_a = sorted(data.draw(st.tuples(*[st.integers(0, nobs_a)] * 2)))
    low_b, high_b = sorted(data.draw(st.tuples(*[st.integers(0, nobs_b)] * 2)))
    members = [
        differences.interval(count_a, nobs_a, count_b, nobs_b, method=method)
        for count_a in range(low_a, high_a + 1)
        for count_b in range(low_b, high_b + 1)
    ]
    enclosing = differences.envelope(low_a, high_a, nobs_a, low_b, high_b, nobs_b, method=method)
    assert list(enclosing) == [
        pytest.approx(min(lower for lower, _ in members)),
        pytest.approx(max(upper for _, upper in members)),
    ]


def test_the_envelope_of_two_exact_counts_is_their_interval():
    assert differences.envelope(5, 5, 31, 3, 3, 17) == differences.interval(5, 31, 3, 17)
    assert all(math.isnan(limit) for limit in differences.envelope(0, 0, 0, 3, 5, 17))


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((-1, 5, 2, 5), {}, "count_a is -1; it must be a whole number, 0 or more"),
        ((1, 5, 6, 5), {}, "count_b is 6 of nobs 5; it must not exceed nobs"),
        ((1, 5, 2.5, 5), {}, "count_b is 2.5; it must be a whole number"),
        ((1, -5, 2, 5), {}, "nobs is -5; it must be a whole number"),
        ((1, 5, 2, 5), {"level": 1.5}, "level is 1.5; it must lie between 0 and 1"),
        ((1, 5, 2, 5), {"method": "score"}, "method is 'score'; it must be one of newcombe"),
    ],
)
def test_refusals_name_the_value_and_what_is_allowed(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        differences.interval(*arguments, **options)


def test_an_envelope_refuses_crossed_bounds():
    with pytest.raises(ValueError, match="low_b is 4 and high_b is 3; low must not exceed high"):
        differences.envelope(1, 2, 9, 4, 3, 9)


def test_the_largest_p_value_is_that_of_the_counts_that_differ_least():
    # 3 or 4 of 8 against 6 or 7 of 8: 4 and 6 differ least.
    assert differences.largest(differences.fisher, 3, 4, 8, 6, 7, 8) == differences.fisher(
        4, 8, 6, 8
    )


def test_fisher_1935_tea_tasting():
    # The Design of Experiments, chapter 2: 4 of 8 cups have the milk first. With 3 of the 4 called
    # rightly, of the C(8, 4) = 70 equally likely choices 1, 16, 36, 16, 1 call 0, 1, 2, 3, 4.
    assert differences.fisher(3, 4, 1, 4) == pytest.approx(float(Fraction(1 + 16 + 16 + 1, 70)))
    assert differences.fisher(4, 4, 0, 4) == pytest.approx(float(Fraction(1 + 1, 70)))
    assert differences.fisher_mid_p(3, 4, 1, 4) == pytest.approx(
        float(Fraction(1 + 1, 70) + Fraction(16 + 16, 70) / 2)
    )


def test_fisher_of_ritland_2007_as_in_fagerland_lydersen_and_laake():
    # Statistical Analysis of Contingency Tables (2017), chapter 4; the values that the book's R
    # package contingencytables tests for. No other table is as probable, so the two definitions
    # of the mid-P agree.
    assert differences.fisher(0, 16, 15, 72) == pytest.approx(0.06287, abs=5.1e-6)
    assert differences.fisher_mid_p(0, 16, 15, 72) == pytest.approx(0.04466, abs=5.1e-6)


@EXAMPLES
@given(counts())
def test_fisher_agrees_with_scipy(table):
    x_a, n_a, x_b, n_b = table
    expected = stats.fisher_exact([[x_a, n_a - x_a], [x_b, n_b - x_b]]).pvalue
    assert differences.fisher(*table) == pytest.approx(expected, rel=1e-7)


@EXAMPLES
@given(counts())
def test_the_mid_p_is_below_the_p_by_half_of_the_equally_probable_tables(table):
    x_a, n_a, x_b, n_b = table
    given_margins = stats.hypergeom(n_a + n_b, x_a + x_b, n_a)
    probabilities = given_margins.pmf(np.arange(n_a + 1))
    equal = probabilities[
        np.isclose(probabilities, given_margins.pmf(x_a), rtol=1e-9, atol=0)
    ].sum()
    assert differences.fisher(*table) - differences.fisher_mid_p(*table) == pytest.approx(equal / 2)


def test_holm_as_published_by_pingouin():
    # The documented example of pingouin.holm; the arithmetic is 5 x .0003, 4 x .003, 3 x .054,
    # 2 x .32, and the last is raised to the one before it.
    adjusted = differences.adjust([0.50, 0.003, 0.32, 0.054, 0.0003])
    assert adjusted == pytest.approx([0.64, 0.012, 0.64, 0.162, 0.0015])


def test_holm_and_benjamini_hochberg_as_in_r_multtest():
    # R multtest, as recorded in the tests of statsmodels (res_multtest3).
    raw = [0.001, 0.002, 0.003, 0.004, 0.005, 0.05, 0.06, 0.07, 0.08, 0.09]
    assert differences.adjust(raw) == pytest.approx(
        [0.01, 0.018, 0.024, 0.028, 0.03, 0.25, 0.25, 0.25, 0.25, 0.25]
    )
    assert differences.adjust(raw, method="benjamini_hochberg") == pytest.approx(
        [0.01] * 5 + [0.08333333333333334, 0.0857142857142857, 0.0875, 0.0888888888888889, 0.09]
    )


def test_benjamini_and_hochberg_1995_reject_four_of_fifteen():
    # Their example of thrombolysis (section 4): 4 at 5%, where Bonferroni's threshold gives 3.
    raw = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262]
    raw += [0.5719, 0.6528, 0.7590, 1.0]
    adjusted = differences.adjust(raw, method="benjamini_hochberg")
    assert (adjusted <= 0.05).tolist() == [True] * 4 + [False] * 11
    assert adjusted[3] == pytest.approx(0.0095 * 15 / 4)


P_VALUES = st.lists(st.one_of(st.just(math.nan), st.floats(0, 1)), max_size=12)


@pytest.mark.parametrize("method", sorted(differences.ADJUSTMENTS))
@EXAMPLES
@given(P_VALUES)
def test_adjusted_values_are_never_below_the_raw_ones_and_keep_their_order(method, raw):
    adjusted = differences.adjust(raw, method=method)
    assert len(adjusted) == len(raw)
    assert np.isnan(adjusted).tolist() == np.isnan(raw).tolist()
    present = ~np.isnan(adjusted)
    family = np.asarray(raw, dtype=float)[present]
    assert (adjusted[present] >= family - 1e-15).all()
    assert (adjusted[present] <= 1).all()
    assert (np.diff(adjusted[present][np.argsort(family, kind="stable")]) >= -1e-15).all()


@EXAMPLES
@given(P_VALUES)
def test_a_missing_p_value_is_no_member_of_the_family(raw):
    family = [p for p in raw if not math.isnan(p)]
    assume(family)
    for method in differences.ADJUSTMENTS:
        adjusted = differences.adjust(raw, method=method)
        assert adjusted[~np.isnan(adjusted)] == pytest.approx(
            differences.adjust(family, method=method)
        )


def test_adjusting_leaves_its_input_alone():
    raw = np.array([0.01, 0.04])
    differences.adjust(raw)
    assert raw.tolist() == [0.01, 0.04]


def test_adjust_refuses_what_is_no_p_value_or_no_method():
    with pytest.raises(ValueError, match=r"p-value is 1.2; it must lie in \[0, 1\]"):
        differences.adjust([0.5, 1.2])
    with pytest.raises(ValueError, match="method is 'none'; it must be one of holm, benjamini"):
        differences.adjust([0.5], method="none")


@EXAMPLES
@given(counts())
def test_newcombe_is_composed_of_the_wilson_limits(table):
    x_a, n_a, x_b, n_b = table
    lower_a, _ = proportions.interval(x_a, n_a)
    _, upper_b = proportions.interval(x_b, n_b)
    p_a, p_b = x_a / n_a, x_b / n_b
    expected = p_a - p_b - math.sqrt((p_a - lower_a) ** 2 + (upper_b - p_b) ** 2)
    assert differences.interval(*table)[0] == pytest.approx(max(expected, -1.0), abs=1e-12)


def test_miettinen_nurminen_of_huge_unequal_groups():
    # With 0 of 1 in b the likelihood is largest at p_b = 0 and p_a = d, whose variance is d / n_a but
    # for factors next to 1. With u = d n_a: (u - 1)^2 = z^2 u, and so u = 5.665 or 0.177.
    z2 = stats.norm.ppf(0.975) ** 2
    upper = (2 + z2 + math.sqrt((2 + z2) ** 2 - 4)) / 2 / 10**9
    assert upper == pytest.approx(5.665e-9, rel=1e-3)
    found = differences.interval(1, 10**9, 0, 1, method="miettinen_nurminen")
    assert found[1] == pytest.approx(upper, rel=1e-7)
    turned = differences.interval(0, 1, 1, 10**9, method="miettinen_nurminen")
    assert turned == pytest.approx((-found[1], -found[0]), rel=1e-9)
    others = differences.interval(10**9 - 1, 10**9, 1, 1, method="miettinen_nurminen")
    assert others == pytest.approx((-found[1], -found[0]), rel=1e-6)


def test_fisher_on_a_margin_of_50_000():
    # Two proportions of 0.400 and 0.406: the normal test with a continuity correction is as good here.
    x_a, x_b, n = 20_000, 20_300, 50_000
    p = (x_a + x_b) / (2 * n)
    z = ((x_b - x_a) - 1) / math.sqrt(2 * n * p * (1 - p))
    plain = (x_b - x_a) / math.sqrt(2 * n * p * (1 - p))
    assert differences.fisher(x_a, n, x_b, n) == pytest.approx(2 * stats.norm.sf(z), rel=1e-3)
    # The mid-P is the same test without the correction.
    assert differences.fisher_mid_p(x_a, n, x_b, n) == pytest.approx(
        2 * stats.norm.sf(plain), rel=1e-3
    )


def test_an_overdispersed_interval_is_that_of_as_many_times_fewer_cases():
    wide = differences.overdispersed_interval(40, 100, 80, 160, dispersion=4)
    assert wide == pytest.approx(differences.interval(10, 25, 20, 40))
    assert differences.overdispersed_interval(
        40, 100, 80, 160, dispersion=1
    ) == differences.interval(40, 100, 80, 160)


@pytest.mark.parametrize("dispersion", [0.9, 0, math.inf, math.nan])
def test_a_dispersion_below_1_or_without_end_is_refused(dispersion):
    with pytest.raises(ValueError, match="it must be 1 or more, and finite"):
        differences.overdispersed_interval(4, 10, 8, 16, dispersion=dispersion)
