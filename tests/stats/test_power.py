"""Power and sizes, against enumeration one table at a time and a formula."""

import itertools
import math

import pytest
from scipy import stats

from analysis.data import processed, tables
from analysis.stats import differences, planning


@pytest.mark.parametrize("method", planning.METHODS)
def test_power_is_the_probability_of_every_pair_of_counts_that_shows_a_difference(method):
    n_a, n_b, p_a, p_b = 7, 5, 0.9, 0.3

    def shows(a, b):
        if method == "fisher":
            return differences.fisher(a, n_a, b, n_b) <= 0.1
        lower, upper = differences.interval(a, n_a, b, n_b, level=0.9)
        return lower > 0 or upper < 0

    expected = sum(
        stats.binom.pmf(a, n_a, p_a) * stats.binom.pmf(b, n_b, p_b)
        for a, b in itertools.product(range(n_a + 1), range(n_b + 1))
        if shows(a, b)
    )
    found = planning.power(n_a, n_b, p_a, p_b, level=0.9, method=method)
    assert found == pytest.approx(expected)


def test_what_40_against_21_can_show():
    # METHODS of the audit: 20 points with 34% power, 35 points with 77%; four in five from 37 on by
    # Fisher's test, from a share of one half.
    assert planning.power(40, 21, 0.6, 0.4) == pytest.approx(0.34, abs=0.005)
    assert planning.power(40, 21, 0.675, 0.325) == pytest.approx(0.77, abs=0.005)
    from_half = planning.smallest_difference(40, 21, proportion_a=0.5, method="fisher")
    assert math.ceil(100 * from_half) == 37
    assert planning.power(40, 21, 0.5, 0.5 + from_half, method="fisher") == pytest.approx(0.8)


def test_a_difference_that_is_never_shown_so_often_is_missing():
    assert math.isnan(planning.smallest_difference(2, 2, method="fisher"))


@pytest.mark.parametrize(("half_width", "cases"), [(0.2, 21), (0.15, 39), (0.1, 93), (0.05, 381)])
def test_relevant_cases_for_a_half_width(half_width, cases):
    # Wilson's half-width at one half is z / (2 sqrt(n + z^2)).
    z = stats.norm.ppf(0.975)
    assert cases == math.ceil((z / (2 * half_width)) ** 2 - z**2)
    assert planning.cases_needed(half_width) == cases


def test_a_share_away_from_half_needs_fewer_cases():
    assert planning.cases_needed(0.1, proportion=0.9) < planning.cases_needed(0.1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: planning.power(0, 21, 0.5, 0.5), "nobs_a is 0; it must be 1 to 2,000"),
        (lambda: planning.power(40, 2001, 0.5, 0.5), "nobs_b is 2001; it must be 1 to 2,000"),
        (lambda: planning.power(40, 21, 1.5, 0.5), "proportion_a is 1.5"),
        (lambda: planning.power(40, 21, 0.5, math.nan), "proportion_b is nan"),
        (
            lambda: planning.power(40, 21, 0.5, 0.5, method="wald"),
            "it must be one of newcombe, fisher",
        ),
        (lambda: planning.smallest_difference(40, 21, power=1), "power is 1; it must lie between"),
        (lambda: planning.cases_needed(0), "half_width is 0; it must lie between 0 and 1"),
        (lambda: planning.cases_needed(math.inf), "half_width is inf"),
        (lambda: planning.cases_needed(0.1, level=1), "level is 1"),
    ],
)
def test_refusals_name_the_value_and_what_is_allowed(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_the_tables_have_every_pair_of_providers(tmp_path):
    table = tables.write(
        planning.power_table({"CRC": 40, "NPS": 21}, area="x", level=0.95),
        tmp_path / "power.csv",
        processed.PLANNING_POWER,
    )
    by = table.set_index(["shown_by", "difference"])["power"]
    assert by["newcombe", 0.2] == pytest.approx(planning.power(40, 21, 0.6, 0.4))
    assert set(table["cases_a"]) == {40}
    three = planning.power_table({"A": 5, "B": 6, "C": 7}, area="x", level=0.95)
    assert list(dict.fromkeys(zip(three["provider_a"], three["provider_b"], strict=True))) == [
        *(("A", "B"), ("A", "C"), ("B", "C"))
    ]
    for make, declared in (
        (planning.power_table, processed.PLANNING_POWER),
        (planning.cases_table, processed.PLANNING_CASES),
    ):
        assert tables.write(make({}, area="x", level=0.95), tmp_path / "none.csv", declared).empty
