"""The tables of the models: which boroughs, which terms, in which units."""

import math

import numpy as np
import pandas as pd
import pytest

from analysis.data import context, processed, regions, tables
from analysis.stats import borough_models, reoffending
from shipped import INSPECTED

REGION = regions.load("london")
LONDON = regions.members(REGION)["gss_code"].tolist()
BOROUGHS = context.boroughs(REGION, INSPECTED, 2012)
TERM = ["estimate", "std_error", "ci_lower", "ci_upper", "df", "dispersion"]


def models(codes=INSPECTED, cohort=2012, level=0.95):
    boroughs = context.boroughs(REGION, codes, cohort)
    return borough_models.models(boroughs, REGION, area="somewhere", level=level)


def test_covariates_are_in_standard_deviations_over_london():
    frame = borough_models.covariates(BOROUGHS, REGION)
    assert len(frame) == 33
    for name in ("deprivation", "deprivation_rank_reversed", "crime"):
        assert frame[name].mean() == pytest.approx(0, abs=1e-12)
        assert frame[name].std() == pytest.approx(1)
    # The one with the mean score + 1 standard deviation would stand at 1.
    score = BOROUGHS["deprivation_score"]
    assert frame["deprivation"].tolist() == pytest.approx(
        ((score - score.mean()) / score.std()).tolist()
    )


def test_higher_is_more_deprived_in_every_measure():
    frame = borough_models.covariates(BOROUGHS, REGION)
    # Rank 1 is the most deprived, so the rank is turned.
    assert frame["deprivation_rank"].corr(frame["deprivation_rank_reversed"]) == pytest.approx(-1)
    assert frame["deprivation_score"].corr(frame["deprivation"]) == pytest.approx(1)
    assert frame["crime_score"].corr(frame["crime"]) == pytest.approx(1)
    assert frame["deprivation"].corr(frame["deprivation_rank_reversed"]) > 0.9


def test_inner_london_is_a_flag_of_14():
    frame = borough_models.covariates(BOROUGHS, REGION)
    assert frame["inner_london"].value_counts().to_dict() == {0.0: 19, 1.0: 14}
    assert (frame["inner_london"] == 1).equals(frame["part"] == "inner")


@pytest.mark.parametrize("codes", [[], INSPECTED[:1], INSPECTED, LONDON])
def test_the_unit_of_the_slope_does_not_depend_on_the_area(codes):
    here = borough_models.covariates(context.boroughs(REGION, codes, 2012), REGION)
    there = borough_models.covariates(BOROUGHS, REGION)
    assert here["deprivation"].tolist() == there["deprivation"].tolist()


def test_the_model_of_the_area_uses_the_standardisation_of_london():
    frame = borough_models.covariates(BOROUGHS, REGION)
    inside = frame[frame["in_area"]]
    assert abs(inside["deprivation"].mean()) > 0.1  # not centred over the eight
    expected = reoffending.fit(inside, ["deprivation"], estimator="quasi_binomial")
    found = models().query("scope == 'area' and estimator == 'quasi_binomial'")
    assert found[TERM].to_numpy() == pytest.approx(expected[TERM].to_numpy())


def test_london_has_the_same_model_whatever_the_area():
    one, other = (
        models(codes).query("scope == 'london'").reset_index(drop=True)
        for codes in (INSPECTED, LONDON[:9])
    )
    pd.testing.assert_frame_equal(one, other)


def test_all_of_london_has_no_second_model():
    assert set(models(LONDON)["scope"]) == {"london"}
    assert set(models(LONDON[1:])["scope"]) == {"area", "london"}


def test_every_estimator_for_the_area_and_for_london(tmp_path):
    table = tables.write(models(), tmp_path / "model.csv", processed.REOFFENDING_MODEL)
    terms = {
        key: rows["term"].tolist()
        for key, rows in table.groupby(["scope", "estimator"], sort=False)
    }
    estimators = ["quasi_binomial", "beta_binomial", "binomial", "ols_logit"]
    assert terms == {("area", name): ["intercept", "deprivation"] for name in estimators} | {
        ("london", name): ["intercept", "deprivation", "inner_london"] for name in estimators
    }
    assert table.groupby("scope")["boroughs"].unique().map(list).to_dict() == {
        "area": [8],
        "london": [33],
    }
    assert set(table["area"]) == {"somewhere"}
    assert set(table["level"]) == {0.95}


def test_the_primary_estimator_is_the_quasi_binomial_one_in_each_scope():
    table = models()
    assert set(table.loc[table["primary"], "estimator"]) == {"quasi_binomial"}
    assert set(table.loc[~table["primary"], "estimator"]) == {
        "beta_binomial",
        "binomial",
        "ols_logit",
    }
    assert set(table.loc[table["primary"], "scope"]) == {"area", "london"}


def test_degrees_of_freedom_are_boroughs_less_terms():
    table = models().query("primary").groupby("scope")["df"].unique().map(list)
    assert table.to_dict() == {"area": [8 - 2], "london": [33 - 3]}


@pytest.mark.parametrize(
    ("boroughs", "scopes"),
    [(0, ["london"]), (1, ["london"]), (4, ["london"]), (5, ["area", "london"])],
)
def test_an_area_of_fewer_than_five_boroughs_has_no_model_of_its_own(boroughs, scopes):
    table = models(INSPECTED[:boroughs])
    assert table["scope"].unique().tolist() == scopes
    assert table.query("scope == 'area'")["boroughs"].tolist() == [boroughs] * (
        len(table.query("scope == 'area'"))
    )


@pytest.mark.parametrize("level", [0.8, 0.998])
def test_the_level_is_used_and_told(level):
    table, usual = models(level=level), models()
    assert set(table["level"]) == {level}
    assert table["estimate"].tolist() == usual["estimate"].tolist()
    width, usual_width = (each["ci_upper"] - each["ci_lower"] for each in (table, usual))
    assert (width < usual_width).all() if level < 0.95 else (width > usual_width).all()


@pytest.mark.parametrize("cohort", [2010, 2011, 2012])
def test_one_cohort_is_fitted_and_never_several_stacked(cohort):
    boroughs = context.boroughs(REGION, INSPECTED, cohort)
    tables_ = [
        models(cohort=cohort),
        borough_models.measures(boroughs, REGION, area="somewhere", level=0.95),
        borough_models.by_borough(boroughs, REGION, level=0.95),
    ]
    for table in tables_:
        assert set(table["cohort"]) == {cohort}
    assert tables_[0]["boroughs"].max() == tables_[1]["boroughs"].max() == len(tables_[2]) == 33
    other = 2010 + (cohort - 2009) % 3
    assert models(cohort=other)["estimate"].tolist() != tables_[0]["estimate"].tolist()


def test_the_measures_of_deprivation(tmp_path):
    table = tables.write(
        borough_models.measures(BOROUGHS, REGION, area="somewhere", level=0.95),
        tmp_path / "measures.csv",
        processed.REOFFENDING_MEASURES,
    )
    terms = {key: rows["term"].tolist() for key, rows in table.groupby("measure", sort=False)}
    assert terms == {
        "deprivation score": ["intercept", "deprivation", "inner_london"],
        "deprivation rank of 152": ["intercept", "deprivation_rank_reversed", "inner_london"],
        "deprivation score and crime domain": ["intercept", "deprivation", "crime", "inner_london"],
        "crime domain alone": ["intercept", "crime", "inner_london"],
    }
    assert set(table["scope"]) == {"london"}
    assert set(table["boroughs"]) == {33}


def test_the_score_alone_is_the_primary_model_of_london():
    score = borough_models.measures(BOROUGHS, REGION, area="somewhere", level=0.95).query(
        "measure == 'deprivation score'"
    )
    primary = models().query("primary and scope == 'london'")
    assert score[TERM].to_numpy().tolist() == primary[TERM].to_numpy().tolist()


@pytest.mark.parametrize("codes", [[], INSPECTED, LONDON])
def test_every_local_authority_of_london_has_a_row_whatever_the_area(tmp_path, codes):
    boroughs = context.boroughs(REGION, codes, 2012)
    table = tables.write(
        borough_models.by_borough(boroughs, REGION, level=0.95),
        tmp_path / "boroughs.csv",
        processed.REOFFENDING_BOROUGHS,
    )
    assert table["gss_code"].tolist() == LONDON
    assert table["rate"].tolist() == pytest.approx(
        (boroughs["reoffenders"] / boroughs["offenders"]).tolist()
    )
    # The hat matrix of three terms: intercept, deprivation, inner London.
    assert table["leverage"].sum() == pytest.approx(3)
    # The quasi-binomial fit has an intercept: fitted reoffenders sum to the observed ones.
    assert (table["fitted"] * table["offenders"]).sum() == pytest.approx(table["reoffenders"].sum())


def test_the_slope_without_a_borough_is_that_of_the_others():
    table = borough_models.by_borough(BOROUGHS, REGION, level=0.95).set_index("name")
    # The unit of the slope stays that of all 33, so the frame is standardised before it loses a row.
    others = borough_models.covariates(BOROUGHS, REGION).query("name != 'City of London'")
    fitted = reoffending.fit(others, ["deprivation", "inner_london"]).set_index("term")
    assert table.loc["City of London", "slope_without"] == pytest.approx(
        fitted.loc["deprivation", "estimate"]
    )


def test_the_curves_run_through_the_rates_that_the_model_fits(tmp_path):
    table = tables.write(
        borough_models.curves(BOROUGHS, REGION, level=0.95),
        tmp_path / "curves.csv",
        processed.REOFFENDING_CURVES,
    )
    fitted = borough_models.by_borough(BOROUGHS, REGION, level=0.95).set_index("gss_code")["fitted"]
    for part, curve in table.groupby("part"):
        own = BOROUGHS[BOROUGHS["part"] == part].set_index("gss_code")
        score = own["deprivation_score"]
        ends = (curve["deprivation_score"].iloc[0], curve["deprivation_score"].iloc[-1])
        assert ends == (score.min(), score.max())
        for end, row in ((score.idxmin(), curve.iloc[0]), (score.idxmax(), curve.iloc[-1])):
            assert row["fitted"] == pytest.approx(fitted[end])
        assert (curve["ci_lower"] < curve["fitted"]).all()
        assert (curve["fitted"] < curve["ci_upper"]).all()


def test_the_band_of_the_curves_has_the_level():
    narrow, wide = (borough_models.curves(BOROUGHS, REGION, level=level) for level in (0.8, 0.95))
    assert narrow["fitted"].equals(wide["fitted"])
    assert (narrow["ci_lower"] > wide["ci_lower"]).all()
    assert (set(narrow["level"]), set(wide["level"])) == ({0.8}, {0.95})


def test_without_a_local_authority_every_table_has_its_columns_and_no_row(tmp_path):
    none = BOROUGHS.iloc[:0]
    funnel = borough_models.funnel(none)
    for table, declared in (
        (borough_models.models(none, REGION, area="x", level=0.95), processed.REOFFENDING_MODEL),
        (
            borough_models.measures(none, REGION, area="x", level=0.95),
            processed.REOFFENDING_MEASURES,
        ),
        (borough_models.by_borough(none, REGION, level=0.95), processed.REOFFENDING_BOROUGHS),
        (borough_models.residuals(none, REGION), processed.REOFFENDING_RESIDUALS),
        (borough_models.curves(none, REGION, level=0.95), processed.REOFFENDING_CURVES),
        (funnel, processed.REOFFENDING_FUNNEL),
        (borough_models.funnel_curves(funnel), processed.REOFFENDING_FUNNEL_CURVES),
        (borough_models.standardised(none), processed.DEPRIVATION_STANDARDISED),
        (borough_models.correlations(none), processed.DEPRIVATION_CORRELATIONS),
        (borough_models.thirds(none), processed.DEPRIVATION_THIRDS),
    ):
        written = tables.write(table, tmp_path / "table.csv", declared)
        assert (list(written), len(written)) == (list(declared.columns), 0)


def test_a_region_names_its_scope_and_the_part_that_is_set_against_the_last():
    kent = REGION.model_copy(
        update={"title": "Kent", "parts": {"outer": "the coast of Kent", "inner": "inland Kent"}}
    )
    table = borough_models.models(BOROUGHS, kent, area="x", level=0.95)
    assert set(table["scope"]) == {"area", "kent"}
    here = table.query("scope == 'kent' and primary").set_index("term")["estimate"]
    assert list(here.index) == ["intercept", "deprivation", "the_coast_of_kent"]
    # Outer against inner in place of inner against outer: the same model, its sign turned.
    london = models().query("scope == 'london' and primary").set_index("term")["estimate"]
    assert here["the_coast_of_kent"] == pytest.approx(-london["inner_london"])
    assert here["deprivation"] == pytest.approx(london["deprivation"])


def test_a_region_without_parts_has_a_model_with_the_slope_alone_and_one_curve(tmp_path):
    whole = REGION.model_copy(update={"parts": {}})
    boroughs = BOROUGHS.assign(part=pd.Series(pd.NA, BOROUGHS.index, dtype="str"))
    primary = borough_models.models(boroughs, whole, area="x", level=0.95).query("primary")
    terms = primary.groupby("scope")["term"].agg(list).to_dict()
    assert terms == {
        "area": ["intercept", "deprivation"],
        "london": ["intercept", "deprivation"],
    }
    leverage = borough_models.by_borough(boroughs, whole, level=0.95)["leverage"]
    assert leverage.sum() == pytest.approx(2)  # intercept and slope
    curves = tables.write(
        borough_models.curves(boroughs, whole, level=0.95),
        tmp_path / "curves.csv",
        processed.REOFFENDING_CURVES,
    )
    scores = boroughs["deprivation_score"]
    assert len(curves) == 13
    assert (curves["deprivation_score"].min(), curves["deprivation_score"].max()) == (
        scores.min(),
        scores.max(),
    )


# The mean score is 30, its standard deviation (10² + 10²) / 2 = 10²; ranks 1, 4 and 13 have the mean 6
# and the variance (25 + 4 + 49) / 2 = 39; the crime domain goes with the score throughout.
THREE = pd.DataFrame(
    {
        "gss_code": ["E09000001", "E09000002", "E09000003"],
        "name": ["A", "B", "C"],
        "part": ["inner", "outer", "outer"],
        "deprivation_score": [40.0, 30.0, 20.0],
        "deprivation_rank": [1, 4, 13],
        "crime_score": [1.0, 0.0, -1.0],
    }
)


def test_score_and_rank_are_set_beside_each_other_in_standard_deviations(tmp_path):
    table = tables.write(
        borough_models.standardised(THREE),
        tmp_path / "standardised.csv",
        processed.DEPRIVATION_STANDARDISED,
    )
    assert table["score_standardised"].tolist() == [1, 0, -1]
    assert table["rank_standardised"].tolist() == pytest.approx(
        [5 / 39**0.5, 2 / 39**0.5, -7 / 39**0.5]
    )
    assert table["score_less_rank"].tolist() == pytest.approx(
        [1 - 5 / 39**0.5, -2 / 39**0.5, 7 / 39**0.5 - 1]
    )
    # One standard deviation more deprived by score is one fewer by rank.
    assert table["rank_at_score"].tolist() == pytest.approx([6 - 39**0.5, 6, 6 + 39**0.5])


def test_measures_of_deprivation_are_correlated_two_by_two(tmp_path):
    table = tables.write(
        borough_models.correlations(THREE),
        tmp_path / "correlations.csv",
        processed.DEPRIVATION_CORRELATIONS,
    )
    found = table.set_index(["measure_a", "measure_b"])["correlation"]
    # Deviations 10, 0, -10 and 5, 2, -7 of rank turned: (50 + 70) / sqrt(200 * 78).
    with_rank = 120 / (200 * 78) ** 0.5
    assert found["deprivation", "crime"] == pytest.approx(1)
    assert found["deprivation", "deprivation_rank_reversed"] == pytest.approx(with_rank)
    assert found["deprivation_rank_reversed", "crime"] == pytest.approx(with_rank)
    assert set(table["boroughs"]) == {3}


def test_a_place_in_the_ranking_is_worth_the_range_of_score_over_that_of_rank(tmp_path):
    six = pd.DataFrame(
        {
            "deprivation_score": [28.0, 40.0, 36.0, 30.0, 29.0, 24.0],
            "deprivation_rank": [20, 1, 3, 11, 13, 40],
        }
    )
    table = tables.write(
        borough_models.thirds(six), tmp_path / "thirds.csv", processed.DEPRIVATION_THIRDS
    )
    assert table["third"].tolist() == ["most_deprived", "middle", "least_deprived"]
    # (40 - 36) / (3 - 1) = 2; (30 - 29) / (13 - 11) = 0.5; (28 - 24) / (40 - 20) = 0.2.
    assert table["score_per_place"].tolist() == [2.0, 0.5, 0.2]
    assert table["boroughs"].tolist() == [2, 2, 2]


def test_numbers_have_eight_significant_digits_so_that_another_processor_gives_the_same_bytes():
    boroughs = context.boroughs(REGION, [], 2012)
    tables = (
        borough_models.models(boroughs, REGION, area="x", level=0.95),
        borough_models.measures(boroughs, REGION, area="x", level=0.95),
        borough_models.by_borough(boroughs, REGION, level=0.95),
        borough_models.residuals(boroughs, REGION),
        borough_models.funnel(boroughs),
        borough_models.funnel_curves(borough_models.funnel(boroughs)),
        borough_models.curves(boroughs, REGION, level=0.95),
        borough_models.standardised(boroughs),
        borough_models.correlations(boroughs),
        borough_models.thirds(boroughs),
    )
    for table in tables:
        for value in table.select_dtypes("float64").to_numpy().ravel():
            assert math.isnan(value) or value == float(f"{value:.8g}")


def test_a_part_of_one_place_leaves_its_influence_missing(tmp_path):
    parts = np.where(BOROUGHS["name"] == "Barnet", "inner", "outer")
    boroughs = BOROUGHS.assign(part=parts)
    table = tables.write(
        borough_models.by_borough(boroughs, REGION, level=0.95),
        tmp_path / "boroughs.csv",
        processed.REOFFENDING_BOROUGHS,
    ).set_index("name")
    assert table.loc["Barnet", "leverage"] == pytest.approx(1)
    assert table["cooks_distance"].isna().sum() == 1
    assert (
        np.isnan(table.loc["Barnet", "slope_without"]) or table["slope_without"].isna().sum() == 1
    )
