"""Residuals and control limits of the local authorities of London."""

import numpy as np
import pandas as pd
import pytest

from analysis.data import context, processed, regions, tables
from analysis.stats import borough_models, reoffending
from shipped import INSPECTED

REGION = regions.load("london")
BOROUGHS = context.boroughs(REGION, INSPECTED, 2012)
# 100 of 400 reoffend: the overall rate is 1/4, and each expects 25, with a variance of 75/4.
FOUR = pd.DataFrame(
    {
        "gss_code": ["E09000001", "E09000002", "E09000003", "E09000004"],
        "name": ["A", "B", "C", "D"],
        "cohort": 2012,
        "offenders": [100, 100, 100, 100],
        "reoffenders": [10, 40, 20, 30],
    }
)


def limits_of(table: pd.DataFrame, kind: str, level: float) -> pd.DataFrame:
    return table[(table["limits"] == kind) & (table["level"] == level)]


def test_the_limits_lie_about_the_rate_of_all_offenders_together():
    assert borough_models.funnel(FOUR)["overall_rate"].tolist() == pytest.approx([100 / 400] * 16)
    london = borough_models.funnel(BOROUGHS)["overall_rate"]
    together = BOROUGHS["reoffenders"].sum() / BOROUGHS["offenders"].sum()
    assert london.tolist() == pytest.approx([together] * 33 * 4)


def test_the_dispersion_is_that_of_a_model_with_an_intercept_alone():
    # Pearson chi-squared (15² + 15² + 5² + 5²) / (75 / 4) over 4 - 1 degrees of freedom.
    dispersion = (15**2 + 15**2 + 5**2 + 5**2) / (75 / 4) / 3
    table = borough_models.funnel(FOUR)
    found = table.groupby("limits")["dispersion"].unique()
    assert found["binomial"].tolist() == [1]
    assert found["overdispersed"].tolist() == pytest.approx([dispersion])


@pytest.mark.parametrize(("level", "z"), [(0.95, 1.959964), (0.998, 3.090232)])
def test_the_limits_are_z_standard_errors_wide(level, z):
    table = borough_models.funnel(FOUR)
    error = (0.25 * 0.75 / 100) ** 0.5  # 0.0433
    alone = limits_of(table, "binomial", level)
    assert alone["limit_lower"].tolist() == pytest.approx([0.25 - z * error] * 4)
    assert alone["limit_upper"].tolist() == pytest.approx([0.25 + z * error] * 4)
    allowed = limits_of(table, "overdispersed", level)
    wide = z * error * allowed["dispersion"].iloc[0] ** 0.5
    assert allowed["limit_upper"].tolist() == pytest.approx([0.25 + wide] * 4)


def test_limits_widen_with_dispersion_and_with_the_level_and_narrow_with_offenders():
    table = borough_models.funnel(BOROUGHS)
    table["width"] = table["limit_upper"] - table["limit_lower"]
    wide = table.pivot_table(index="gss_code", columns=["limits", "level"], values="width")
    assert (wide["overdispersed"] > wide["binomial"]).all(axis=None)
    assert (wide.xs(0.998, axis=1, level=1) > wide.xs(0.95, axis=1, level=1)).all(axis=None)
    for _, rows in table.groupby(["limits", "level"]):
        assert rows.sort_values("offenders")["width"].is_monotonic_decreasing


def test_counts_that_vary_less_than_chance_get_the_limits_of_chance():
    even = FOUR.assign(reoffenders=[25, 25, 25, 26])
    table = borough_models.funnel(even)
    assert set(table["dispersion"]) == {1.0}


def test_the_curves_of_the_limits_are_the_limits_at_other_sizes():
    # The fewest, 500, every thousand and the most.
    few = FOUR.assign(offenders=[100, 900, 2500, 1500], reoffenders=[25, 225, 625, 375])
    table = borough_models.funnel_curves(borough_models.funnel(few))
    listed = table[table["sizes"] == "listed"]
    assert listed["offenders"].unique().tolist() == [100, 500, 1000, 2000, 2500]
    at = limits_of(listed, "binomial", 0.95).set_index("offenders")
    # 25 in 100 reoffend everywhere: 1.96 sqrt(0.25 0.75 / 500) = 0.0380.
    assert at.loc[500, "limit_lower"] == pytest.approx(0.25 - 0.0380, abs=1e-4)
    assert at.loc[500, "limit_upper"] == pytest.approx(0.25 + 0.0380, abs=1e-4)
    curve = limits_of(table[table["sizes"] == "curve"], "binomial", 0.998)["offenders"]
    # Evenly spaced in the square root, from the fewest to a little beyond the most.
    assert (curve.iloc[0], curve.iloc[-1]) == (100, 1.04 * 2500)
    assert np.diff(np.sqrt(curve)).tolist() == pytest.approx([(2600**0.5 - 10) / 27] * 27, abs=0.02)


def test_a_curve_of_the_limits_meets_the_limits_of_each_local_authority():
    funnel = borough_models.funnel(BOROUGHS)
    table = borough_models.funnel_curves(funnel)
    keys = ["offenders", "limits", "level"]
    both = table[table["sizes"] == "listed"].merge(funnel, on=keys, suffixes=("", "_held"))
    assert len(both) == 2 * 2 * 2  # the local authorities of fewest and of most offenders
    for side in ("limit_lower", "limit_upper"):
        assert both[side].tolist() == pytest.approx(both[f"{side}_held"].tolist(), rel=1e-6)


def test_the_residuals_are_those_of_the_models_with_the_primary_terms():
    frame = borough_models.covariates(BOROUGHS, REGION)
    terms = ["deprivation", "inner_london"]
    table = borough_models.residuals(BOROUGHS, REGION)
    by_borough = borough_models.by_borough(BOROUGHS, REGION, level=0.95)
    assert table["pearson_residual"].tolist() == by_borough["pearson_residual"].tolist()
    assert table["fitted"].tolist() == by_borough["fitted"].tolist()
    curve = reoffending.fitted_curve(frame, terms, frame, level=0.95)
    for side in ("lower", "upper"):
        held = table[f"fitted_{side}"].tolist()
        assert held == pytest.approx(curve[f"ci_{side}"].tolist(), rel=1e-7)
    drawn = reoffending.quantile_residuals(frame, terms, seed=borough_models.SEED)
    assert table["quantile_residual"].tolist() == drawn.round(4).tolist()


def test_the_seed_is_told_and_settles_the_residuals():
    table, again = (borough_models.residuals(BOROUGHS, REGION) for _ in range(2))
    pd.testing.assert_frame_equal(table, again)
    assert set(table["seed"]) == {borough_models.SEED}
    other = borough_models.residuals(BOROUGHS, REGION, seed=1)
    assert set(other["seed"]) == {1}
    assert other["pearson_residual"].equals(table["pearson_residual"])
    # With a few thousand offenders a count has next to no room to be randomised in; with 34 it has.
    moved = (other["quantile_residual"] - table["quantile_residual"]).abs()
    assert BOROUGHS.loc[moved.idxmax(), "offenders"] == BOROUGHS["offenders"].min()
    assert np.median(moved) < 0.1


@pytest.mark.parametrize("cohort", [2010, 2011, 2012])
def test_the_tables_are_as_declared(tmp_path, cohort):
    boroughs = context.boroughs(REGION, INSPECTED, cohort)
    funnel = tables.write(
        borough_models.funnel(boroughs), tmp_path / "f.csv", processed.REOFFENDING_FUNNEL
    )
    residuals = tables.write(
        borough_models.residuals(boroughs, REGION),
        tmp_path / "r.csv",
        processed.REOFFENDING_RESIDUALS,
    )
    curves = tables.write(
        borough_models.funnel_curves(funnel),
        tmp_path / "c.csv",
        processed.REOFFENDING_FUNNEL_CURVES,
    )
    assert (len(funnel), len(residuals)) == (33 * 2 * 2, 33)
    assert set(funnel["cohort"]) == set(residuals["cohort"]) == set(curves["cohort"]) == {cohort}
