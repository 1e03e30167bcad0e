"""One model of several years, against direct algebra and the figures of R."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.data import context, processed, regions, sources, tables
from analysis.stats import borough_models, reoffending, repeated

REGION = regions.load("london")
NORTH = [f"E090000{number:02}" for number in (3, 5, 7, 10, 14, 19, 26, 31)]
BOROUGHS = context.boroughs(REGION, NORTH, 2012)
COHORTS = sources.load("reoffending").pipe(
    lambda rows: rows[rows["gss_code"].isin(BOROUGHS["gss_code"])]
)


def test_the_three_cohorts_of_london(tmp_path):
    table = tables.write(
        borough_models.cohorts_model(BOROUGHS, REGION, COHORTS, area="x", level=0.95),
        tmp_path / "table.csv",
        processed.REOFFENDING_COHORTS_MODEL,
    )
    assert list(table) == [name for name in processed.REOFFENDING_MODEL.columns if name != "cohort"]
    slopes = table[table["term"] == "deprivation"].set_index("scope")
    # A mixed model in R: 0.078, standard error 0.017.
    assert 0.070 < slopes.loc["london", "estimate"] < 0.085
    assert slopes.loc["london", "std_error"] == pytest.approx(0.017, abs=0.002)
    assert slopes["boroughs"].to_dict() == {"area": 8, "london": 33}
    assert slopes["df"].to_dict() == {"area": 8 - 2, "london": 33 - 3}  # places less terms
    row = slopes.loc["london"]
    assert row["ci_upper"] == pytest.approx(
        row["estimate"] + stats.t.ppf(0.975, 30) * row["std_error"]
    )


def test_the_sandwich_by_direct_algebra():
    """Mancl and DeRouen (2001), with the working correlation that leaves the equations solved."""
    rng = np.random.default_rng(5)
    n = rng.integers(200, 900, size=(9, 3)).astype(float)
    place = rng.normal(0, 0.2, size=(9, 1))
    x = np.repeat(np.linspace(-1, 1, 9)[:, None], 3, axis=1) + np.array([0, 0.3, -0.2])
    y = rng.binomial(n.astype(int), 1 / (1 + np.exp(1 - 0.3 * x - place)))
    frame = pd.DataFrame({"place": np.repeat(list("abcdefghi"), 3), "x": x.ravel()}).assign(
        offenders=n.ravel(), reoffenders=y.ravel()
    )
    beta = np.zeros(2)
    for _ in range(50):
        parts = []
        for i in range(9):
            design = np.column_stack([np.ones(3), x[i]])
            mean = 1 / (1 + np.exp(-design @ beta))
            root = np.sqrt(mean * (1 - mean) / n[i])
            parts.append((design * (mean * (1 - mean))[:, None], root, y[i] / n[i] - mean))
        pearson = [rest / root for _, root, rest in parts]
        # Mean product of two years of a place over the mean square of one.
        products = sum(each.sum() ** 2 - each @ each for each in pearson) / 2 / (9 * 3)
        alpha = products / (sum(each @ each for each in pearson) / 27)
        working = np.full((3, 3), alpha) + (1 - alpha) * np.eye(3)
        inverse = [np.linalg.inv(np.outer(root, root) * working) for _, root, _ in parts]
        bread = np.linalg.inv(sum(d.T @ v @ d for (d, *_), v in zip(parts, inverse, strict=True)))
        score = sum(d.T @ v @ rest for (d, _, rest), v in zip(parts, inverse, strict=True))
        beta = beta + bread @ score
    meat = np.zeros((2, 2))
    for (d, _, rest), v in zip(parts, inverse, strict=True):
        share = d.T @ v @ np.linalg.solve(np.eye(3) - d @ bread @ d.T @ v, rest)
        meat += np.outer(share, share)
    std_error = np.sqrt(np.diag(bread @ meat @ bread))

    table = repeated.fit(frame, ["x"], place="place")
    assert table["estimate"].tolist() == pytest.approx(beta.tolist(), rel=1e-6)
    assert table["std_error"].tolist() == pytest.approx(std_error.tolist(), rel=1e-5)


def test_the_order_of_the_rows_and_the_origin_of_a_covariate_do_not_matter():
    frame = COHORTS.merge(borough_models.covariates(BOROUGHS, REGION)[["gss_code", "deprivation"]])
    table = repeated.fit(frame, ["deprivation"], place="gss_code")
    turned = repeated.fit(frame.iloc[::-1], ["deprivation"], place="gss_code")
    assert turned["estimate"].tolist() == pytest.approx(table["estimate"].tolist(), rel=1e-6)
    far = frame.assign(deprivation=frame["deprivation"] + 1e6)
    moved = repeated.fit(far, ["deprivation"], place="gss_code")
    assert moved.loc[1, "estimate"] == pytest.approx(table.loc[1, "estimate"], rel=1e-6)
    assert moved.loc[1, "std_error"] == pytest.approx(table.loc[1, "std_error"], rel=1e-6)


@pytest.mark.parametrize("unit", [1e-8, 1e8, 1e20])
def test_the_unit_of_a_covariate_only_divides_its_slope(unit):
    frame = COHORTS.merge(borough_models.covariates(BOROUGHS, REGION)[["gss_code", "deprivation"]])
    near = repeated.fit(frame, ["deprivation"], place="gss_code")
    large = frame.assign(deprivation=frame["deprivation"] * unit)
    far = repeated.fit(large, ["deprivation"], place="gss_code")
    for name in ("estimate", "std_error", "ci_lower", "ci_upper"):
        assert far.loc[1, name] * unit == pytest.approx(near.loc[1, name], rel=1e-9)
        assert far.loc[0, name] == pytest.approx(near.loc[0, name], rel=1e-9)


def test_years_are_not_places():
    frame = pd.DataFrame({"place": list("aabb"), "x": [1, 2, 3, 5]}).assign(
        offenders=[10, 20, 30, 40], reoffenders=[2, 5, 6, 11]
    )
    with pytest.raises(ValueError, match="2 places cannot carry 2 terms; at least one more"):
        repeated.fit(frame, ["x"], place="place")
    with pytest.raises(ValueError, match="x is missing in row 1"):
        repeated.fit(frame.assign(x=[1, None, 3, 5]), ["x"], place="place")


def test_without_the_fewest_each_estimator_leaves_the_city_out():
    table = borough_models.without_fewest(BOROUGHS, REGION, area="x", level=0.95)
    assert set(table["without_name"]) == {"City of London"}
    slopes = table[table["term"] == "deprivation"].set_index("estimator")
    limits = slopes.loc["ols_logit", ["ci_lower", "ci_upper"]].tolist()
    assert limits == pytest.approx([0.032, 0.103], abs=5e-4)  # R
    assert slopes.loc["quasi_binomial", "estimate"] == pytest.approx(
        borough_models.by_borough(BOROUGHS, REGION, level=0.95)
        .set_index("name")
        .loc["City of London", "slope_without"]
    )
    assert set(slopes["boroughs"]) == {32}
    assert set(slopes.index) == set(reoffending.ESTIMATORS)
