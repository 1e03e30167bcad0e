"""The local authorities of London: their reoffending and deprivation, against what was published."""

import pytest

from analysis.data import context, processed, regions, sources, tables
from analysis.stats import proportions
from shipped import INSPECTED, INSPECTION, boroughs

AUTHORITIES = sources.load("local_authorities")
REOFFENDING = sources.load("reoffending")
DEPRIVATION = sources.load("deprivation_2015")
SCORES = DEPRIVATION[DEPRIVATION["measure"] == "average_score"].set_index(["name", "domain"])
NAMES = [
    "Barnet",
    "Brent",
    "Camden",
    "Enfield",
    "Haringey",
    "Islington",
    "Redbridge",
    "Waltham Forest",
]


def test_london_has_33_local_authorities_14_inner_and_19_outer():
    assert len(AUTHORITIES) == 14 + 19 == 33
    assert AUTHORITIES["part"].value_counts().to_dict() == {"outer": 19, "inner": 14}
    assert AUTHORITIES["gss_code"].is_unique
    assert AUTHORITIES["name"].is_unique


def test_eight_boroughs_were_inspected():
    assert list(INSPECTION.settings.local_authorities) == NAMES
    listed = AUTHORITIES.set_index("gss_code")["name"]
    assert listed[INSPECTED].tolist() == NAMES


def test_a_local_authority_has_one_code_by_its_name_and_what_stands_beside_has_none():
    found = context.gss_codes()
    assert (found["Barnet"], found["Leeds"], found["Kent"], found["Cambridge"]) == (
        *("E09000003", "E08000035"),
        *("E10000016", "E07000008"),
    )
    assert len(set(found.values())) == len(found)
    beside = {code for name in regions.names() for code in regions.load(name).beside}
    assert not beside & set(found.values())


def test_reoffending_is_held_for_three_cohorts_of_london_and_for_its_total():
    assert context.cohorts() == [2010, 2011, 2012]
    counts = REOFFENDING.value_counts(["cohort", "geography"]).unstack()
    assert counts["local_authority"].tolist() == [33, 33, 33]
    assert counts["region"].tolist() == counts["country"].tolist() == [1, 1, 1]
    assert len(REOFFENDING) == 3 * (33 + 1 + 1) == 105


@pytest.mark.parametrize("table", ["reoffending", "deprivation_2015", "unemployment"])
def test_codes_and_names_of_london_agree_between_the_tables(table):
    listed = dict(zip(AUTHORITIES["gss_code"], AUTHORITIES["name"], strict=True))
    rows = sources.load(table)
    rows = rows[rows["gss_code"].isin(listed)]
    assert set(rows["gss_code"]) == set(listed)
    assert (rows["name"] == rows["gss_code"].map(listed)).all()


@pytest.mark.parametrize("cohort", [2010, 2011, 2012])
def test_the_boroughs_of_a_cohort(tmp_path, cohort):
    made = boroughs(INSPECTED, cohort)
    found = tables.write(made, tmp_path / "boroughs.csv", processed.BOROUGHS)
    assert len(found) == 33
    assert set(found["cohort"]) == {cohort}
    assert found.loc[found["in_area"], "name"].tolist() == NAMES
    published = REOFFENDING[REOFFENDING["cohort"] == cohort].set_index("gss_code")
    for name in ("offenders", "reoffenders"):
        assert found[name].tolist() == published.loc[found["gss_code"], name].tolist()


def test_a_borough_carries_its_own_deprivation():
    barnet = boroughs([]).set_index("name").loc["Barnet"]
    for domain, name in (("overall", "deprivation"), ("crime", "crime")):
        row = SCORES.loc[("Barnet", domain)]
        assert barnet[f"{name}_score"] == row["value"]
        assert barnet[f"{name}_rank"] == row["rank"]


def test_an_area_without_a_borough_has_none():
    assert not boroughs([])["in_area"].any()


def test_the_published_rate_is_reoffenders_of_offenders():
    rate = 100 * REOFFENDING["reoffenders"] / REOFFENDING["offenders"]
    # Printed to four decimals: half a unit of the last.
    assert rate.to_numpy() == pytest.approx(REOFFENDING["published_rate_pct"], abs=0.5e-4)


def test_the_published_limits_are_wilson_limits_to_the_last_printed_digit():
    lower, upper = proportions.interval(REOFFENDING["reoffenders"], REOFFENDING["offenders"])
    assert (100 * lower).round(4).tolist() == REOFFENDING["published_ci_lower_pct"].tolist()
    assert (100 * upper).round(4).tolist() == REOFFENDING["published_ci_upper_pct"].tolist()


@pytest.mark.parametrize("method", sorted(set(proportions.METHODS) - {"wilson"}))
def test_no_other_method_gives_the_published_limits(method):
    lower, upper = proportions.interval(
        REOFFENDING["reoffenders"], REOFFENDING["offenders"], method=method
    )
    assert abs(100 * lower - REOFFENDING["published_ci_lower_pct"]).max() > 0.1
    assert abs(100 * upper - REOFFENDING["published_ci_upper_pct"]).max() > 0.1


@pytest.mark.parametrize("domain", ["overall", "crime"])
@pytest.mark.parametrize("measure", ["average_rank", "average_score"])
def test_deprivation_ranks_follow_from_the_values(domain, measure):
    rows = DEPRIVATION.query("domain == @domain and measure == @measure")
    assert sorted(rows["rank"]) == list(range(1, 152 + 1))
    ranked = rows.sort_values("rank")["value"]
    # 1 is the most deprived, and more deprived is higher; equal values hold neighbouring ranks.
    assert ranked.is_monotonic_decreasing


def test_london_is_ranked_among_the_152():
    london = DEPRIVATION[DEPRIVATION["gss_code"].isin(AUTHORITIES["gss_code"])]
    assert set(london["area_type"]) == {"london_borough"}
    assert len(london) == 33 * 2 * 2
    assert set(london["basis"]) == {"published"}


def test_the_parts_of_london_sum_to_london_but_for_those_who_live_nowhere_known():
    parts = REOFFENDING[REOFFENDING["geography"] == "local_authority"].groupby("cohort")
    london = REOFFENDING[REOFFENDING["geography"] == "region"].set_index("cohort")
    for name in ("offenders", "reoffenders", "reoffences"):
        assert parts[name].sum().tolist() == london[name].tolist()
