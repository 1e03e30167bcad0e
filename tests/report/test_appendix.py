"""The appendix: what it says, and that every drawing can be read whole."""

import html
import re
from dataclasses import replace
from itertools import pairwise

import matplotlib.pyplot as plt
import pandas as pd
import pytest
import reports
from drawn import faults, figure, texts
from parts import only
from reports import SHIPPED

from analysis.areas import Area
from analysis.data import cases, codes, context, inspection, regions, sources
from analysis.report.content import Figure, Paragraph, Part, Table
from analysis.report.drawing import palette, svg, tiles
from analysis.report.sections import background
from analysis.stats import area_context, estimates
from analysis.study.run import start

LONDON = regions.load("london")
EVERY = tuple(regions.members(LONDON)["name"])
SETTINGS = inspection.settings_of(SHIPPED)
INSPECTED = SETTINGS.local_authorities
AREAS = {
    "inspected": INSPECTED,
    "every": EVERY,
    "one": ("Barnet",),
    "long name": ("Hammersmith and Fulham",),
    "parts of pairs": ("Hackney", "Merton"),
    "a whole pair": ("City of London", "Hackney", "Kensington and Chelsea"),
}
OF_PLACES = ["population", "ethnicity", "unemployment", "deprivation", "cohorts", "tile_maps"]
OF_CASES = ["combined_counts", "earlier_inspection", "key_facts"]


# The tiles by name, as a reader of a map knows the places.
CODES = regions.members(LONDON).set_index("name")["gss_code"].to_dict()
TILES = {name: LONDON.tiles[code] for name, code in CODES.items()}


def report_on(names=INSPECTED, cohort=2012, *, sample=False, printed=False, level=0.95):
    """A report on places; with the sample of the shipped inspection, or with what its report prints."""
    run = start(area="north-of-london", level=level, cohort=cohort)
    area = Area(title="the area", local_authorities=tuple(names))
    places = [CODES[name] for name in names]
    judgements = run.judgements() if sample else pd.DataFrame(columns=["case_id", "provider"])
    known = estimates.evidence(cases.tally(judgements), run.findings()) if sample else None
    tables = {
        "boroughs": context.boroughs(LONDON, places, cohort),
        "judgements": judgements,
        "findings": run.findings() if sample else pd.DataFrame(),
        "proportions": pd.DataFrame()
        if known is None
        else estimates.proportions(
            known, run.questions, area="somewhere", level=level, method="wilson"
        ),
        "area_reoffending": area_context.reoffending(
            sources.load("reoffending"),
            places,
            LONDON.beside,
            area="somewhere",
            level=level,
            method="wilson",
        ),
    }
    for name, raw in {
        "population": "population",
        "ethnicity": "ethnicity_2011",
        "unemployment": "unemployment",
        "deprivation": "deprivation_2015",
    }.items():
        make = getattr(area_context, name)
        tables[f"area_{name}"] = make(sources.load(raw), places, LONDON.beside, area="somewhere")
    tables["area_beside_country"] = area_context.beside_country(
        tables["area_reoffending"],
        sources.load("reoffending").pipe(lambda rows: rows[rows["gss_code"].isin(CODES.values())]),
        area="somewhere",
        level=level,
        dispersion=4,
    )
    inspected = inspection.load(SHIPPED) if sample or printed else None
    return reports.report(area, tables, inspected=inspected, level=level, cohort=cohort)


def figures(part) -> list[Figure]:
    return [block for block in part if isinstance(block, Figure)]


def bars_of(part) -> list[str]:
    """The places of all bars, in order."""
    return re.findall('class="bar.*?" style="(.*?)"', str(part.html()))


def spoken(part) -> str:
    """What the paragraphs and the tables say, without tags."""
    written = " ".join(str(block.html()) for block in part if not isinstance(block, Figure))
    return html.unescape(" ".join(re.sub("<[^>]+>", " ", written).split()))


def origin(part) -> str:
    """What says where the figures are from: the note of a table, or the last line of maps."""
    notes = [block.note for block in part if isinstance(block, Table) and block.note]
    lines = [block.text for block in part if isinstance(block, Paragraph) and block.cls == "source"]
    return next(text for text in [*notes, *lines[-1:]] if "Source: " in text)


@pytest.mark.parametrize("names", [names for names in AREAS.values() if len(names) > 1])
def test_no_text_is_clipped_and_no_two_labels_overlap(names):
    drawn = figures(background.tile_maps(report_on(names)))
    assert len(drawn) == 2
    for shown in drawn:
        assert faults(shown) == []
        assert svg.size(shown.svg)[0] == round(96 * palette.WIDTH)
        assert shown.alt.endswith(".")
        assert shown.caption


def test_a_clipped_text_and_two_texts_in_one_place_would_be_found():
    fig = plt.figure(figsize=(2, 1))
    fig.text(0.5, 0.5, "one")
    fig.text(0.55, 0.5, "two")
    fig.text(0.9, 0.1, "beyond the edge")
    assert faults(figure(fig)) == ["beyond the edge", ("one", "two")]


@pytest.mark.parametrize("name", OF_PLACES)
def test_each_part_has_a_table_with_bars_or_a_map_and_a_source(name):
    part = getattr(background, name)(report_on(printed=True))
    assert figures(part) or bars_of(part)
    assert re.search(r"Source: .+ Period: .+ Beside Figure 2\.\d of the report: ", origin(part))
    assert "nan" not in spoken(part).lower().split()


@pytest.mark.parametrize("name", OF_CASES)
def test_an_area_without_a_sample_has_nothing_of_these_parts(name):
    assert getattr(background, name)(report_on()) == Part()


# ---- What it says --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", OF_PLACES)
def test_without_a_report_of_the_area_none_is_spoken_of(name):
    part = getattr(background, name)(report_on())
    assert "report" not in spoken(part)
    assert "Figure" not in spoken(part)


def test_the_opening_says_what_the_figures_are_of():
    assert spoken(background.opening(report_on(["Barnet"]))) == (
        "Who lives in the area and how, from open data. Each table has its source below it."
    )
    text = spoken(background.opening(report_on(sample=True)))
    assert text.startswith("The appendix of the inspection report, brought back")


def test_the_population_is_said_with_its_total_and_how_it_differs():
    part = background.population(report_on(printed=True))
    # 2,301,734 of 8,539,398 is 27.0%.
    assert "had 2,301,734 residents, 27% of London’s 8,539,398. England had 54,316,618." in spoken(
        part
    )
    assert "London 8,538,689" in origin(part)
    assert "Barnet 373,745 369,100 Enfield 324,409" in spoken(part)
    # Of 500,000, 373,745 is 74.7%; what is beside the area has no bar.
    assert bars_of(part)[0] == "--a:0;--b:74.7;--p:74.7"
    assert len(bars_of(part)) == len(INSPECTED)


def test_a_local_authority_known_only_together_with_another_has_no_number():
    part = background.population(report_on(["Hackney", "Barnet"]))
    text = spoken(part)
    assert (
        "The series of mid-2014 has only one figure for City of London and Hackney, so the area has no "
        "total. London had 8,539,398 residents." in text
    )
    assert re.search("Hackney only in City of London and Hackney 257,400", text)
    assert len(bars_of(part)) == len(["Barnet", "City of London and Hackney"])


def test_a_pair_that_lies_within_the_area_counts_in_its_total():
    part = background.population(report_on(["City of London", "Hackney", "Barnet"]))
    assert f"had {269_251 + 373_745:,} residents" in spoken(part)


def test_ethnicity_says_every_share_of_every_place():
    part = background.ethnicity(report_on())
    assert "Brent 18% 18% 34% 30%" in spoken(part)
    assert "England and Wales 56,075,912 80.5%" in spoken(part)
    assert "ran from 18% in Brent to 48% in Islington" in spoken(part)


def test_an_unknown_rate_of_unemployment_is_said_to_be_so():
    part = background.unemployment(report_on(["City of London", "Barnet"], printed=True))
    assert "Barnet 4.8% 8.5%" in spoken(part)
    assert "City of London not available not available" in spoken(part)
    rows = only(Table, part).rows()
    assert len(bars_of(part)) == 2 * (len(rows) - 1)  # two years, of all but the City
    assert "July 2014 to June 2015 was not found and falls between" in origin(part)


def test_deprivation_says_four_ranks_of_each():
    part = background.deprivation(report_on())
    assert "Islington 13 22 4 3 " in spoken(part)
    assert "Barnet 97 109 44 44 " in spoken(part)
    # Of 1 to 152, 97 is 96 / 151 of the way.
    assert "--a:63.6;--b:63.6;--p:63.6" in bars_of(part)
    assert "No rank shown could move" in origin(part)


def test_some_ranks_could_move_by_rounding():
    part = background.deprivation(report_on(EVERY))
    assert "Three ranks shown could move by rounding" in origin(part)


def test_the_cohorts_are_said_not_to_be_that_of_figure_2_5():
    part = background.cohorts(report_on(printed=True))
    assert "adults, July 2013 to June 2014, which is not openly available" in spoken(part[:1])
    rows = {
        name: [said.partition(" ")[0] for said in rest] for name, *rest in only(Table, part).rows()
    }
    assert rows["Barnet"] == ["22.9%", "23.4%", "22.5%"]
    assert rows["England"] == ["26.5%", "26.6%", "25.9%"]
    # Each year by itself and by chance alone three were apart in every cohort.
    assert (
        "Clearly above the rate of England in every cohort: none. Clearly below it in every cohort: none. "
        "Too few reoffenders to compare: none. Clearly means" in spoken(part)
    )


@pytest.mark.parametrize("cohort", [2010, 2011])
def test_the_cohort_of_the_run_sets_the_mark_and_the_order(cohort):
    of = report_on(cohort=cohort)
    table = only(Table, background.cohorts(of))
    rates = of["area_reoffending"].set_index(["cohort", "name"])["rate"][cohort]
    assert table.note is not None
    assert table.note.startswith(f"The dashed mark is the rate of England in {cohort}. Source: ")
    names = [name for name, *_ in table.rows()][: len(INSPECTED)]
    assert names == list(rates[list(INSPECTED)].sort_values(ascending=False).index)


# ---- A single place ------------------------------------------------------------------------------


def test_the_residents_of_a_single_place_are_a_sentence():
    part = background.population(report_on(["Barnet"]))
    # 373,745 of 8,539,398 is 4.4%.
    assert "the area had 373,745 residents, 4% of London’s 8,539,398." in spoken(part)
    assert "Residents, with London and England" in spoken(part)


def test_a_single_place_that_is_half_of_a_pair_says_what_is_known_of_both():
    part = background.population(report_on(["Hackney"]))
    assert (
        "The series of mid-2014 has no figure for the area by itself: the City of London and Hackney "
        "together had 269,251 residents, 3% of London’s 8,539,398." in spoken(part)
    )


def test_all_of_london_is_no_share_of_itself():
    part = background.population(report_on(EVERY))
    assert "the area had 8,539,398 residents. England had 54,316,618." in spoken(part)


def test_the_share_of_a_single_place_does_not_run_from_somewhere_to_somewhere():
    part = background.ethnicity(report_on(["Barnet"]))
    assert "white British was 45% in the area. It was 45% in London and 80% in England." in spoken(
        part
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Barnet", "In the area unemployment was 4.8% in 2014 and 8.5% in 2015. Unemployment was"),
        (
            "City of London",
            "The source has no rate for the area. Unemployment was higher in London",
        ),
    ],
)
def test_the_unemployment_of_a_single_place_comes_first(name, expected):
    part = background.unemployment(report_on([name]))
    assert spoken(part).strip().startswith(expected)


def test_the_ranks_of_a_single_place_are_a_sentence():
    part = background.deprivation(report_on(["Barnet"]))
    assert (
        "Of the 152 upper-tier authorities of England, 1 the most deprived, the area has rank 97 by "
        "average rank and 109 by average score over all seven domains; in the crime domain it has "
        "rank 44 by average rank and 44 by average score." in spoken(part)
    )


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Barnet", "not clearly apart from that of England in 2010, 2011 and 2012."),
        (
            "City of London",
            "of too few reoffenders to compare with that of England in 2010, 2011 and 2012.",
        ),
        (
            "Islington",
            "clearly above that of England in 2010 and 2012, and not clearly apart from that of England "
            "in 2011.",
        ),
    ],
)
def test_a_single_place_is_set_beside_england_year_by_year(name, expected):
    part = background.cohorts(report_on([name]))
    assert (
        f"The rate of the area was {expected} Clearly means that the 95% interval of the difference leaves "
        "out zero. It allows for rates being spread 2.0 times as far as by chance alone, and for all 32 "
        "places that could be compared in a cohort." in spoken(part)
    )


def test_the_tiles_of_all_of_london_have_no_outline():
    chart, _ = figures(background.tile_maps(report_on(EVERY)))
    assert "in the area" not in texts(chart)
    assert chart.caption == "Share of offenders who reoffended, cohort 2012"
    chart, _ = figures(background.tile_maps(report_on(["Barnet", "Brent"])))
    assert "in the area" in texts(chart)
    assert chart.caption.endswith("; outlined, the area")


def test_a_single_place_has_no_map_which_is_on_the_page_of_its_region():
    assert background.tile_maps(report_on(["Barnet"])) == []


# ---- Cases of all providers ---------------------------------------------------------------------


def test_the_counts_of_all_providers_are_those_of_the_proportions():
    part = background.combined_counts(report_on(sample=True))
    text = spoken(part)
    # 7 of 23 and 8 of 14 are 15 of 37; 16 to 19 of 40 and 16 of 21 are 32 to 35 of 61.
    assert "changing circumstances 41% 15 0 22 37" in text
    assert "assessed well enough 52% to 57% at least 32 3 at least 26 61" in text
    # 15 / 37 is 40.5%, a point; 32 / 61 to 35 / 61 is a band.
    assert {"--a:40.5;--b:40.5;--p:40.5", "--a:52.5;--b:57.4"} <= set(bars_of(part))
    assert "Protecting the public : known for six of 14 questions." in text
    assert "at least 32 3 at least 26 61" in text


def test_nothing_stands_in_for_a_count_that_was_not_printed():
    of = report_on(sample=True)
    part = background.combined_counts(of)
    every = of["proportions"]
    together = every[every["provider"] == codes.ALL_PROVIDERS]
    unknown = together.loc[together["precision"] == "not_available", "question_id"]
    text = spoken(part)
    assert len(unknown) > 20
    for question in unknown.map(of.wording):
        assert f"{question} not available" in text
    # By the outcome too: as many may be without a count elsewhere, and no two controls have one name.
    folded = [block.folded for block in part if isinstance(block, Table) and block.folded]
    assert [name for name in folded if "without" in name] == [
        f"{outcome}: the {count} questions without a count for all providers"
        for outcome, count in zip(of.outcomes.values(), ("eight", "17", "five"), strict=True)
    ]


def test_a_withheld_count_is_said_to_be_withheld():
    of = report_on(sample=True)
    table = of["proportions"].copy()
    chosen = (table["provider"] == codes.ALL_PROVIDERS) & (table["precision"] == "exact")
    table.loc[chosen, "suppressed"] = True
    counts = ["sufficient", "relevant", "sufficient_low", "sufficient_high"]
    table.loc[chosen, counts] = pd.NA
    of = replace(of, tables={**of.tables, "proportions": table})
    part = background.combined_counts(of)
    hidden = table.loc[chosen, "question_id"].map(of.wording)
    assert len(hidden) > 2
    for question in hidden:
        assert f"{question} withheld to protect people" in spoken(part)


# ---- What the report prints ---------------------------------------------------------------------


def test_an_earlier_inspection_is_shown_as_printed():
    part = background.earlier_inspection(report_on(sample=True))
    text = spoken(part)
    printed = {
        "Assisting sentencing": 85,
        "Delivering the sentence of the court": 67,
        "Reducing the likelihood of reoffending": 53,
        "Protecting the public by minimising risk of harm": 52,
        "Effective work for victims": 53,
    }
    for area, share in printed.items():
        assert f"{area} {share}%" in text
    assert "Beside Table 1.1 of the report" in text


def test_the_key_facts_have_their_period_and_source():
    part = background.key_facts(report_on(sample=True))
    text = spoken(part)
    facts = inspection.load(SHIPPED).context.query("report_section == 'Key facts'")
    assert len(facts) == 13
    for fact in facts.itertuples():
        assert f"{fact.subject}: {fact.measure}" in text
        assert fact.period in text
        assert fact.source in text
    assert "people subject to probation supervision 258,748 as at 30 June 2016" in text
    assert "−36% 2015-2016" in text
    assert "2 of 21 CRCs" in text


# ---- The map of tiles ---------------------------------------------------------------------------


@pytest.mark.parametrize("across", [1, 3, 5])
def test_the_key_of_a_map_without_room_in_its_corners_stands_below_it(across):
    layout = {f"E{n}": (f"T{n:02}", n % across, n // across) for n in range(20)}
    shown = pd.Series([f"{n}%" for n in range(20)], index=list(layout))
    drawn = figure(tiles.tiles(shown, ["E3"], layout))
    assert faults(drawn) == []
    assert set(texts(drawn)) == {
        *(label for label, _, _ in layout.values()),
        *shown,
        *("in the area", "0–4%", "5–9%", "10–14%", "15–19%"),
    }


FIELDS = {part: fields for part, fields in inspection.APPENDIX.items() if fields}


@pytest.mark.parametrize("part", FIELDS)
def test_what_a_report_prints_may_have_every_figure_that_is_declared(part):
    report = report_on(INSPECTED, printed=True)
    difference = "; ".join(f"{name} is {{{name}}}" for name in FIELDS[part])
    beside = report.appendix[part].model_copy(update={"difference": difference})
    appendix = {**report.appendix, part: beside}
    settings = report.inspection.settings.model_copy(update={"appendix": appendix})
    show = getattr(background, "tile_maps" if part.endswith("_map") else part)
    own = replace(report.inspection, settings=settings)
    found = spoken(show(replace(report, inspection=own)))
    assert "region is London" in found
    assert not re.search(r"[{}]", found)


def test_every_local_authority_has_one_tile_and_no_two_share_a_place():
    assert set(TILES) == set(EVERY)
    assert len({(column, row) for _, column, row in TILES.values()}) == 33
    labels = [label for label, _, _ in TILES.values()]
    assert len(set(labels)) == 33
    assert all(re.fullmatch("[A-Z]{3}", label) for label in labels)
    assert all(0 <= column < 8 and 0 <= row < 7 for _, column, row in TILES.values())


@pytest.mark.parametrize(
    "names",
    [
        ["Enfield", "Haringey", "Islington", "City of London", "Southwark", "Croydon"],
        ["Barnet", "Camden", "Westminster", "Lambeth", "Merton", "Sutton"],
        ["Waltham Forest", "Hackney", "Tower Hamlets", "Lewisham", "Bromley"],
        ["Harrow", "Brent", "Kensington and Chelsea", "Wandsworth", "Kingston upon Thames"],
        ["Hillingdon", "Hounslow", "Richmond upon Thames", "Kingston upon Thames"],
        ["Redbridge", "Newham", "Greenwich"],
        ["Havering", "Barking and Dagenham", "Bexley"],
    ],
)
def test_from_north_to_south(names):
    rows = [TILES[name][2] for name in names]
    assert all(north < south for north, south in pairwise(rows))


@pytest.mark.parametrize(
    "names",
    [
        [
            "Hillingdon",
            "Ealing",
            "Brent",
            "Camden",
            "Islington",
            "Hackney",
            "Redbridge",
            "Havering",
        ],
        ["Hounslow", "Hammersmith and Fulham", "Kensington and Chelsea", "Westminster"],
        ["Westminster", "City of London", "Tower Hamlets", "Newham", "Barking and Dagenham"],
        ["Harrow", "Barnet", "Haringey", "Waltham Forest"],
        ["Richmond upon Thames", "Wandsworth", "Lambeth", "Southwark", "Lewisham"],
        ["Lewisham", "Greenwich", "Bexley"],
        ["Kingston upon Thames", "Merton", "Croydon", "Bromley"],
    ],
)
def test_from_west_to_east(names):
    columns = [TILES[name][1] for name in names]
    assert all(west < east for west, east in pairwise(columns))


def test_the_edges_and_the_middle_of_london():
    columns = {name: column for name, (_, column, _) in TILES.items()}
    rows = {name: row for name, (_, _, row) in TILES.items()}
    assert [name for name in rows if rows[name] == 0] == ["Enfield"]
    assert columns["Hillingdon"] == 0
    assert columns["Havering"] == 7
    assert {name for name in rows if rows[name] >= 5} == {
        *("Kingston upon Thames", "Merton", "Croydon", "Bromley"),
        "Sutton",
    }
    assert (columns["City of London"], rows["City of London"]) == (4, 3)  # of 0 to 7, of 0 to 6


# Borders of London, from any map of its boroughs; those of the river among them.
BORDERS = """
Enfield: Barnet, Haringey, Waltham Forest
Barnet: Harrow, Brent, Camden, Haringey
Haringey: Camden, Islington, Hackney, Waltham Forest
Waltham Forest: Hackney, Redbridge
Redbridge: Newham, Barking and Dagenham, Havering
Havering: Barking and Dagenham
Harrow: Brent, Ealing
Ealing: Hillingdon, Hounslow, Brent, Hammersmith and Fulham
Hillingdon: Hounslow
Brent: Camden, Westminster, Kensington and Chelsea
Camden: Islington, Westminster, City of London
Islington: Hackney, City of London
Hackney: City of London, Tower Hamlets
Tower Hamlets: City of London, Newham
Newham: Barking and Dagenham
Kensington and Chelsea: Hammersmith and Fulham, Westminster
City of London: Westminster, Southwark
Westminster: Lambeth
Hounslow: Richmond upon Thames
Richmond upon Thames: Wandsworth, Kingston upon Thames
Wandsworth: Lambeth, Merton, Kingston upon Thames
Lambeth: Southwark, Merton
Southwark: Lewisham
Lewisham: Greenwich, Bromley
Greenwich: Bexley, Bromley
Merton: Kingston upon Thames, Sutton, Croydon
Croydon: Sutton, Bromley
"""


@pytest.mark.parametrize("line", BORDERS.strip().splitlines())
def test_neighbours_touch_by_a_side_or_a_corner(line):
    name, _, others = line.partition(": ")
    _, column, row = TILES[name]
    for other in others.split(", "):
        _, x, y = TILES[other]
        assert max(abs(x - column), abs(y - row)) == 1, f"{name} and {other}"


def test_the_maps_say_what_is_on_them():
    of = report_on()
    part = background.tile_maps(of)
    drawn = figures(part)
    rates, scores = drawn
    assert "23%" in texts(rates)
    assert ": from 12% in the City of London to 32% in Islington. " in rates.alt
    assert "in the table of the tiles, below." in scores.alt
    for chart in drawn:
        assert set(texts(chart)) >= {label for label, _, _ in TILES.values()}
    table = spoken(part[1:])
    assert "Barnet BNT 23% 17.8" in table
    assert len(re.findall(r"[A-Z]{3} \d\d%", table)) == 33
    assert "The City of London had only 34 offenders" in spoken(part[:1])


def test_equal_values_share_a_shade_and_the_shades_are_quarters():
    values = pd.Series([1, 2, 2, 2, 3, 4, 5, 6])
    quarter = tiles.classes(values)
    assert quarter.tolist() == sorted(quarter)
    assert quarter[1] == quarter[2] == quarter[3]
    distinct = tiles.classes(pd.Series(range(8)))
    assert distinct.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]
    assert set(tiles.classes(pd.Series([7, 7, 7]))) == {0}


# ---- What a drawing is made of ------------------------------------------------------------------


def test_a_map_has_no_more_than_four_colours_beside_ink_and_is_light():
    ink = {"#000000", "#ffffff", palette.INK.lower(), palette.QUIET.lower()}
    for chart in figures(background.tile_maps(report_on())):
        colours = set(re.findall(r"(?:fill|stroke)='(#[0-9a-f]{6})'", chart.svg))
        assert 1 <= len(colours - ink) <= 4
        assert len(chart.svg) < 8_000
