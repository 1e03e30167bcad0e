"""The tables of the appendix: which places, in which order, and that nothing is filled in."""

import math

import pandas as pd
import pytest
from scipy import stats

from analysis import areas
from analysis.data import context, processed, regions, sources, tables
from analysis.stats import area_context, differences, proportions
from shipped import INSPECTED, REGION, boroughs
from shipped import LONDON as EVERY

A, B, C = "E09000001", "E09000002", "E09000012"
LONDON, ENGLAND, BOTH = "E12000007", "E92000001", "K04000001"
BESIDE = {LONDON: "region", ENGLAND: "country"}
CODES = {"one": INSPECTED[:1], "inspected": INSPECTED, "pair": [A, C], "every": EVERY}


def table(name, codes, beside=REGION.beside, **options):
    """A table of the appendix from its raw table, as it is written and read again."""
    raw = {"ethnicity": "ethnicity_2011", "deprivation": "deprivation_2015"}.get(name, name)
    if name == "reoffending":
        options = {"level": 0.95, "method": "wilson"} | options
    rows = sources.load(raw)
    return getattr(area_context, name)(rows, codes, beside, area="somewhere", **options)


def population(*rows):
    columns = ["gss_code", "name", "year", "series", "population"]
    return pd.DataFrame(rows, columns=columns)


RESIDENTS = population(
    (B, "Second", 2014, "revised", 200),
    (B, "Second", 2013, "rounded", 100),
    (A, "First", 2013, "rounded", 300),
    (ENGLAND, "England", 2014, "revised", 9000),
    (LONDON, "London", 2014, "original", 899),
    (LONDON, "London", 2014, "revised", 900),
    (f"{A}+{C}", "First and Third", 2014, "revised", 700),
)


def test_the_area_comes_first_in_its_own_order_then_what_stands_beside_it_in_its_order():
    found = area_context.population(RESIDENTS, [B, A], BESIDE, area="somewhere")
    assert found["name"].tolist() == [
        *("Second", "Second"),
        *("First", "First and Third"),
        *("London", "London"),
        "England",
    ]
    assert found["geography"].tolist() == [
        *("local_authority", "local_authority"),
        *("local_authority", "combined"),
        *("region", "region"),
        "country",
    ]
    assert set(found["area"]) == {"somewhere"}
    assert list(found) == list(processed.AREA_POPULATION.columns)
    turned = area_context.population(
        RESIDENTS, [B, A], {ENGLAND: "country", LONDON: "region"}, area="somewhere"
    )
    assert turned["name"].tolist()[-3:] == ["England", "London", "London"]


def test_in_a_region_where_nothing_stands_beside_the_area_is_alone():
    found = area_context.population(RESIDENTS, [B], {}, area="somewhere")
    assert found["name"].tolist() == ["Second", "Second"]


def test_an_area_without_local_authorities_has_no_row_of_any_place():
    found = area_context.population(RESIDENTS, [], BESIDE, area="somewhere")
    assert found.empty
    assert list(found) == list(processed.AREA_POPULATION.columns)


def test_a_sum_of_two_is_kept_where_either_belongs_and_is_never_divided():
    for codes in ([A], [C], [A, C]):
        found = area_context.population(RESIDENTS, codes, BESIDE, area="somewhere")
        assert found.loc[found["geography"] == "combined", "population"].tolist() == [700]
        own = found[(found["geography"] == "local_authority") & (found["year"] == 2014)]
        assert own.empty
    found = area_context.population(RESIDENTS, [B], BESIDE, area="somewhere")
    assert not (found["geography"] == "combined").any()


def test_ethnic_groups_are_shares_of_all_residents_of_the_place():
    counts = {
        "white_british": 40,
        "white_irish": 1,
        "white_gypsy_or_irish_traveller": 2,
        "white_other": 7,
        "mixed": 5,
        "asian": 20,
        "black": 15,
        "other": 10,
    }
    raw = pd.DataFrame([{"gss_code": A, "name": "First", **counts, "all_residents": 100}])
    found = area_context.ethnicity(raw, [A], BESIDE, area="somewhere").set_index("ethnic_group")
    assert found["share"].to_dict() == pytest.approx({k: v / 100 for k, v in counts.items()})
    assert found.groupby("broad_group")["residents"].sum().to_dict() == {
        "white_british": 40,
        "other_white": 1 + 2 + 7,
        "asian": 20,
        "black_mixed_or_other": 15 + 5 + 10,
    }


def test_a_blank_unemployment_rate_stays_blank_and_others_become_shares():
    raw = pd.DataFrame(
        [(A, "First", 2014, math.nan), (B, "Second", 2014, 11.5), (LONDON, "London", 2014, 7.0)],
        columns=["gss_code", "name", "year", "unemployment_rate_pct"],
    )
    found = area_context.unemployment(raw, [A, B], BESIDE, area="somewhere")
    assert math.isnan(found["rate"][0])
    assert found["rate"][1:].tolist() == [0.115, 0.07]


def test_deprivation_is_that_of_the_area_alone_with_its_rank_out_of_152():
    found = table("deprivation", [EVERY[2]])
    assert found["name"].tolist() == ["Barnet"] * 4
    assert set(zip(found["domain"], found["measure"], strict=True)) == {
        (domain, measure)
        for domain in ("overall", "crime")
        for measure in ("average_rank", "average_score")
    }
    ranks = found.set_index(["domain", "measure"])["rank"]
    assert ranks["overall", "average_score"] == 109


@pytest.mark.parametrize("method", ["wilson", "clopper_pearson"])
def test_every_cohort_has_its_rate_and_the_interval_of_the_run(method):
    raw = pd.DataFrame(
        [(A, "First", 2011, 80, 20), (A, "First", 2010, 50, 5), (ENGLAND, "England", 2010, 900, 9)],
        columns=["gss_code", "name", "cohort", "offenders", "reoffenders"],
    )
    found = area_context.reoffending(raw, [A], BESIDE, area="somewhere", level=0.9, method=method)
    assert found["cohort"].tolist() == [2011, 2010, 2010]
    assert found["rate"].tolist() == [20 / 80, 5 / 50, 9 / 900]
    limits = [proportions.interval(x, n, level=0.9, method=method) for x, n in ((20, 80), (5, 50))]
    assert list(zip(found["ci_lower"], found["ci_upper"], strict=True))[:2] == limits
    assert set(found["level"]) == {0.9}
    assert set(found["method"]) == {method}


TABLES = ["population", "ethnicity", "unemployment", "deprivation", "reoffending"]


@pytest.mark.parametrize("codes", CODES.values(), ids=CODES)
@pytest.mark.parametrize("name", TABLES)
def test_a_table_from_the_raw_files_is_as_declared(tmp_path, name, codes):
    schema = getattr(processed, f"AREA_{name.upper()}")
    written = tables.write(table(name, codes), tmp_path / "table.csv", schema)
    own = written[written["geography"] == "local_authority"]
    assert list(dict.fromkeys(own["gss_code"])) == codes
    beside = set(written.loc[~written["geography"].isin(["local_authority", "combined"]), "name"])
    assert (
        beside
        == {
            "population": {"London", "England"},
            "ethnicity": {"London", "England", "England and Wales"},
            "unemployment": {"Inner London", "Outer London", "London", "England"},
            "deprivation": set(),
            "reoffending": {"London", "England"},
        }[name]
    )


@pytest.mark.parametrize("name", TABLES)
def test_outside_london_there_are_the_figures_that_are_held(tmp_path, name):
    leeds = context.gss_codes()["Leeds"]
    schema = getattr(processed, f"AREA_{name.upper()}")
    beside = regions.load("england").beside
    written = tables.write(table(name, [leeds], beside), tmp_path / "table.csv", schema)
    own = written.loc[written["geography"] == "local_authority", "gss_code"]
    assert set(own) == ({leeds} if name in {"ethnicity", "deprivation"} else set())


@pytest.mark.parametrize("name", TABLES)
def test_without_local_authorities_there_is_an_empty_table_as_declared(tmp_path, name):
    schema = getattr(processed, f"AREA_{name.upper()}")
    assert tables.write(table(name, []), tmp_path / "table.csv", schema).empty


def test_the_shares_of_a_place_add_up_to_1():
    totals = table("ethnicity", EVERY).groupby("name")["share"].sum()
    assert len(totals) == 33 + 3
    assert totals.tolist() == pytest.approx([1] * len(totals))


def test_the_inspected_boroughs_have_the_2_3_million_residents_of_the_report():
    found = table("population", INSPECTED)
    own = found[(found["geography"] == "local_authority") & (found["series"] == "revised")]
    barnet, brent, camden, enfield = 373745, 320101, 236022, 324409
    haringey, islington, redbridge, waltham_forest = 264398, 221405, 293853, 267801
    outer = barnet + brent + enfield + redbridge + waltham_forest
    assert own["population"].sum() == outer + camden + haringey + islington == 2_301_734


def test_england_and_wales_is_80_49_percent_white_british():
    found = table("ethnicity", INSPECTED)
    row = found[(found["gss_code"] == BOTH) & (found["ethnic_group"] == "white_british")].iloc[0]
    assert row["share"] == pytest.approx(45_134_686 / 56_075_912)
    assert round(100 * row["share"], 2) == 80.49


def test_a_year_missing_in_the_raw_table_is_missing_here():
    assert table("unemployment", [A])["rate"].isna().tolist()[:2] == [True, True]


def beside_country(*places, inside, dispersion=1):
    """Reoffenders of offenders of places, and 1,000 of 4,000 of the country, in one cohort."""
    rates = pd.DataFrame(
        [(f"E0900000{at}", name, *counts) for at, (name, *counts) in enumerate(places)],
        columns=["gss_code", "name", "reoffenders", "offenders"],
    ).assign(cohort=2012, geography="local_authority")
    country = rates.head(1).assign(
        gss_code=ENGLAND, name="England", reoffenders=1000, offenders=4000, geography="country"
    )
    own = pd.concat([rates[rates["name"].isin(list(inside))], country]).assign(
        rate=lambda rows: rows["reoffenders"] / rows["offenders"]
    )
    return area_context.beside_country(
        own, rates, area="somewhere", level=0.9, dispersion=dispersion
    ).set_index("name")


FIVE = [("A", 60, 200), ("B", 120, 200), ("C", 19, 200), ("D", 181, 200), ("E", 50, 200)]


def test_a_place_beside_the_country_allows_for_dispersion_and_every_place_of_the_region():
    # C has 19 reoffenders, D 19 others: A, B and E are compared, a level of 1 - 0.1 / 3 each.
    found = beside_country(*FIVE, inside="ABCD", dispersion=4)
    limits = differences.overdispersed_interval(
        120, 200, 1000, 4000, dispersion=4, level=1 - 0.1 / 3
    )
    assert (found.loc["B", "difference_lower"], found.loc["B", "difference_upper"]) == limits
    assert found.loc["B", "difference"] == pytest.approx(120 / 200 - 1000 / 4000)
    assert found["beside"].to_dict() == {
        "A": "not_apart",
        "B": "above",
        "C": "too_few",
        "D": "too_few",
    }
    assert set(found["comparisons"]) == {3}
    assert set(found["country"]) == {"England"}


def test_a_place_says_the_same_of_itself_beside_the_country_in_every_area():
    alone, among = beside_country(*FIVE, inside="A"), beside_country(*FIVE, inside="ABE")
    pd.testing.assert_frame_equal(alone, among.loc[["A"]])


def test_an_area_without_a_rate_is_beside_no_country():
    found = beside_country(*FIVE, inside="")
    assert found.empty


def crossing(*pairs, inside, dispersion=1):
    """Neighbours of an area of A to D, 25 of 100 in A, 60 of 100 in B, 25 of 50 in C, 10 of 90 in D."""
    boroughs = pd.DataFrame(
        [
            ("E09000001", "A", 100, 25, 30.0, 10),
            ("E09000002", "B", 100, 60, 20.0, 90),
            ("E09000003", "C", 50, 25, 40.0, 5),
            ("E09000004", "D", 90, 10, 10.0, 150),
        ],
        columns=[
            *("gss_code", "name", "offenders", "reoffenders"),
            *("deprivation_score", "deprivation_rank"),
        ],
    ).assign(cohort=2012)
    boroughs["in_area"] = boroughs["name"].isin(list(inside))
    codes = dict(zip(boroughs["name"], boroughs["gss_code"], strict=True))
    raw = pd.DataFrame(
        [(codes[one], codes[other]) for one, other in pairs],
        columns=["gss_code", "neighbour_gss_code"],
    )
    return area_context.neighbours(
        raw, boroughs, area="somewhere", level=0.9, method="wilson", dispersion=dispersion
    )


def test_neighbours_are_found_from_either_side_of_a_pair():
    for inside, found in (("A", ["B", "C"]), ("B", ["A"]), ("D", ["C"])):
        assert crossing("AB", "AC", "CD", inside=inside)["name"].tolist() == found


def test_neighbours_of_several_adjoin_from_outside_and_say_whom():
    found = crossing("AB", "AC", "BC", "CD", inside="AB")
    assert found["name"].tolist() == ["C"]
    assert found["adjoins"].tolist() == ["A; B"]
    # 25 + 60 of 100 + 100, against 25 of 50.
    assert found["area_rate"].tolist() == [85 / 200]
    whole = proportions.interval(85, 200, level=0.9)
    assert (found["area_lower"][0], found["area_upper"][0]) == whole
    assert found["difference"].tolist() == [85 / 200 - 25 / 50]
    # AB, AC and BC could be compared.
    limits = differences.interval(85, 200, 25, 50, level=1 - 0.1 / 3)
    assert (found["difference_lower"][0], found["difference_upper"][0]) == limits
    own = proportions.interval(25, 50, level=0.9)
    assert (found["ci_lower"][0], found["ci_upper"][0]) == own
    assert (found["deprivation_score"][0], found["deprivation_rank"][0]) == (40.0, 5)


def test_differences_allow_for_overdispersion_and_for_the_number_compared():
    found = crossing("AB", "AC", inside="A", dispersion=4).set_index("name")
    assert found["comparisons"].tolist() == [2, 2]
    assert found["dispersion"].tolist() == [4.0, 4.0]
    # Level 1 - 0.1 / 2; with four times the variance a quarter of each count says as much.
    limits = differences.interval(25, 100, 60, 100, level=0.95)
    allowed = found.loc["B", ["difference_lower", "difference_upper"]]
    # Newcombe's z is 1.96; twice that is what a level of 0.99991 has.
    wide = differences.interval(25, 100, 60, 100, level=1 - 2 * stats.norm.sf(2 * 1.959964))
    assert allowed.tolist() == pytest.approx(list(wide), abs=1e-6)
    assert allowed["difference_lower"] < limits[0] < limits[1] < allowed["difference_upper"]


def test_the_number_of_comparisons_is_that_of_all_pairs_of_the_region():
    # AB, AC and BC; D has 10 reoffenders, so that CD is no pair that could be compared.
    for inside in ("A", "B", "C"):
        assert set(crossing("AB", "AC", "BC", "CD", inside=inside)["comparisons"]) == {3}
    # Of an area of A and D the only neighbour is C: the pair AC is one of the region.
    assert crossing("AC", "CD", inside="AD")["comparisons"].tolist() == [1]


# By chance alone some are apart, which both must say; with more than the dispersion of any year nobody.
@pytest.mark.parametrize(("dispersion", "apart"), [(1, True), (6, False)])
@pytest.mark.parametrize("cohort", [2010, 2011, 2012])
def test_two_places_say_the_same_of_each_other_in_every_cohort(cohort, dispersion, apart):
    every, pairs = context.boroughs(REGION, [], cohort), sources.load("neighbours")
    found = {
        (own, row.gss_code): row
        for own in every["gss_code"]
        for row in area_context.neighbours(
            pairs,
            every.assign(in_area=every["gss_code"] == own),
            area="x",
            level=0.95,
            method="wilson",
            dispersion=dispersion,
        ).itertuples()
    }
    assert len(found) == 2 * len(pairs)
    turned = {"below": "above", "above": "below"}
    for (own, other), row in found.items():
        back = found[other, own]
        assert row.beside == turned.get(back.beside, back.beside)
        if row.beside != "too_few":
            assert row.difference_lower == pytest.approx(-back.difference_upper)
    assert any(row.beside == "below" for row in found.values()) is apart


def test_a_handful_of_reoffenders_is_compared_with_nobody():
    found = crossing("AB", "AD", inside="A").set_index("name")
    # B: 25 of 100 against 60 of 100; D has 10 reoffenders of 90.
    assert found["beside"].to_dict() == {"B": "below", "D": "too_few"}
    assert found["comparisons"].tolist() == [1, 1]
    assert found.loc["D", ["difference_lower", "difference_upper"]].isna().all()
    assert set(crossing("AD", "CD", inside="D")["beside"]) == {"too_few"}


def test_four_of_34_in_the_city_are_clearly_below_nobody():
    city = boroughs(["E09000001"])
    found = area_context.neighbours(
        sources.load("neighbours"), city, area="x", level=0.95, method="wilson", dispersion=1
    )
    assert set(found["beside"]) == {"too_few"}
    # Fisher's p of 4 of 34 against all others of the region is above 0.05 as well.
    others = city.loc[~city["in_area"], ["reoffenders", "offenders"]].sum()
    assert differences.fisher(4, 34, *others) == pytest.approx(0.0525, abs=5e-5)


def test_an_area_without_neighbours_has_a_table_without_rows():
    for inside in ("ABCD", "D"):
        found = crossing("AB", "AC", inside=inside)
        assert list(found) == list(processed.AREA_NEIGHBOURS.columns)
        assert found.empty


@pytest.mark.parametrize(
    ("codes", "count"), [([A], 5), (INSPECTED, 10), (EVERY, 0), (EVERY[:1] + EVERY[11:12], 7)]
)
def test_neighbours_from_the_raw_files_are_as_declared(tmp_path, codes, count):
    found = area_context.neighbours(
        sources.load("neighbours"),
        boroughs(codes),
        area="somewhere",
        level=0.95,
        method="wilson",
        dispersion=3.9,
    )
    written = tables.write(found, tmp_path / "table.csv", processed.AREA_NEIGHBOURS)
    assert len(written) == count
    assert not set(written["gss_code"]) & set(codes)


def test_every_area_of_the_project_has_its_tables():
    for area in areas.load().values():
        names = area.local_authorities
        codes = [context.gss_codes()[name] for name in names]
        assert set(table("deprivation", codes)["name"]) == set(names)
