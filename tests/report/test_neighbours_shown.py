"""What the page says of the places that adjoin an area."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from parts import every, only, paragraphs

from analysis.areas import Area
from analysis.data import processed, regions
from analysis.report.content import Paragraph, Table
from analysis.report.evidence import Report
from analysis.report.sections import neighbours, story

BELOW, ABOVE, OPEN = (-0.02, -0.01), (0.01, 0.02), (-0.01, 0.01)


def beside(limits: dict[str, tuple[float, float]], *, members=("Barnet",)) -> Report:
    """An area of rate 25%, rank 50, with neighbours A, B and so on, of ranks 10, 60, 110 and so on."""
    table = pd.DataFrame(
        [
            {
                "area": "east",
                "gss_code": f"E0900001{number}",
                "name": name,
                "adjoins": "; ".join(members),
                "cohort": 2012,
                "offenders": 1000,
                "reoffenders": 250,
                "rate": 0.25,
                "ci_lower": 0.22,
                "ci_upper": 0.28,
                "deprivation_score": 30.0,
                "deprivation_rank": 10 + 50 * number,
                "area_rate": 0.25,
                "area_lower": 0.22,
                "area_upper": 0.28,
                "difference": (low + high) / 2,
                "difference_lower": low,
                "difference_upper": high,
                "beside": "below" if high < 0 else "above" if low > 0 else "not_apart",
                "comparisons": len(limits),
                "dispersion": 4.0,
                "level": 0.95,
                "method": "wilson",
            }
            for number, (name, (low, high)) in enumerate(limits.items())
        ],
        columns=list(processed.AREA_NEIGHBOURS.columns),
    )
    own = pd.DataFrame({"in_area": [True], "deprivation_score": 20.0, "deprivation_rank": 50})
    return Report(
        area=Area(title="the east", local_authorities=members),
        inspection=None,
        region=regions.load("london"),
        beside=None,
        places=dict.fromkeys(members, "E09000003"),
        level=0.95,
        cohort=2012,
        tables={"area_neighbours": table, "boroughs": own},
    )


def test_an_area_without_neighbours_in_the_region_has_no_such_part():
    assert neighbours.adjoining(beside({})) == []
    assert list(neighbours.lines(beside({}))) == []


@pytest.mark.parametrize(
    ("limits", "count"),
    [
        ({"A": BELOW}, "One local authority of London adjoins the east."),
        ({"A": BELOW, "B": OPEN}, "Two local authorities of London adjoin the east."),
        (dict.fromkeys("ABCDEFGHIJ", OPEN), "10 local authorities of London adjoin the east."),
    ],
)
def test_neighbours_are_counted_with_what_does_not_count(limits, count):
    assert paragraphs(neighbours.adjoining(beside(limits)))[-3] == (
        f"{count} Neighbours outside London are not in these figures, and places that face each other "
        "across the Thames do not count as neighbours: the boundaries end at the water’s edge."
    )


@pytest.mark.parametrize(
    ("limits", "sides"),
    [
        ({"A": BELOW}, "clearly below the rate of A."),
        ({"A": ABOVE}, "clearly above the rate of A."),
        ({"A": OPEN}, "not clearly apart from the rate of A."),
        ({"A": ABOVE, "B": ABOVE}, "clearly above the rates of A and B."),
        (
            {"A": OPEN, "B": BELOW, "C": BELOW},
            "clearly below the rates of B and C, and not clearly apart from the rate of A.",
        ),
        (
            {"A": ABOVE, "B": BELOW, "C": OPEN, "D": OPEN},
            "clearly below the rate of B, clearly above the rate of A, and not clearly apart from "
            "the rates of C and D.",
        ),
        # An interval that reaches zero does not leave it out.
        ({"A": (0.0, 0.1), "B": (-0.1, 0.0)}, "not clearly apart from the rates of A and B."),
    ],
)
def test_the_rate_of_the_area_is_set_beside_each_neighbour(limits, sides):
    (line,) = neighbours.lines(beside(limits))
    assert (
        line == f"<strong>Neighbours in London.</strong> The rate of the east, 25.0%, was {sides}"
    )
    assert paragraphs(neighbours.adjoining(beside(limits)))[0] == line


def test_clearly_allows_for_the_spread_of_rates_and_for_the_number_of_comparisons():
    # A dispersion of 4 is a standard deviation of 2.
    assert paragraphs(neighbours.adjoining(beside({"A": BELOW, "B": OPEN})))[-2] == (
        "Clearly means that the 95% interval of the difference leaves out zero. It allows for rates "
        "being spread 2.0 times as far as by chance alone, and for the number of comparisons, two: all "
        "pairs of neighbours in London, so that it means the same on the page of either. A place with "
        "fewer than 20 reoffenders is not compared."
    )


def test_a_neighbour_with_too_few_is_named_and_not_compared(report_of):
    (line,) = neighbours.lines(report_of("camden"))
    assert line.endswith("The reoffenders of the City of London are too few to compare.")
    rows = only(Table, neighbours.adjoining(report_of("camden"))).rows()
    (city,) = (row for row in rows if row[0] == "City of London")
    assert city[1].endswith("(not compared)")


def test_a_place_with_a_handful_of_reoffenders_is_clearly_below_nobody(report_of):
    (line,) = neighbours.lines(report_of("city-of-london"))
    assert line == (
        "<strong>Neighbours in London.</strong> The rate of the City of London, 11.8%, was set beside "
        "nobody’s: the reoffenders are too few to compare."
    )


def test_two_neighbours_say_the_same_of_each_other_on_both_pages(report_of):
    found = {}
    for name in ("barnet", "brent", "camden", "enfield", "haringey", "harrow"):
        report = report_of(name)
        for row in report["area_neighbours"].itertuples():
            found[report.area.title, row.name] = row.beside
    turned = {"below": "above", "above": "below"}
    both = [pair for pair in found if pair[::-1] in found]
    assert len(both) >= 10
    for one, other in both:
        assert found[one, other] == turned.get(found[other, one], found[other, one])


def test_the_rate_of_several_is_that_of_all_their_offenders():
    part = neighbours.adjoining(beside({"A": BELOW}, members=("Barnet", "Brent")))
    first, second, *others = paragraphs(part)
    assert "The rate of the east, all offenders taken together, 25.0%, was" in first
    assert "adjoins the east from outside." in second
    assert not any("is less deprived than" in text for text in others)
    assert [cell.heading for cell in only(Table, part).cells][:2] == ["Neighbour", "Adjoins"]
    assert only(Table, part).rows()[0][:2] == ["A", "Barnet, Brent"]


@pytest.mark.parametrize(
    ("limits", "sides"),
    [
        ({"A": OPEN}, "less deprived than A."),
        ({"A": OPEN, "B": OPEN}, "less deprived than A and more deprived than B."),
        (dict.fromkeys("ABC", OPEN), "less deprived than A and more deprived than B and C."),
    ],
)
def test_a_single_place_is_set_beside_the_deprivation_of_its_neighbours(limits, sides):
    line = f"With a deprivation score of 20.0 (rank 50 of 152) the east is {sides}"
    assert line in paragraphs(neighbours.adjoining(beside(limits)))


def test_a_table_has_the_counts_behind_each_rate_and_the_interval_of_each_difference():
    found = only(Table, neighbours.adjoining(beside({"A": BELOW, "B": (-0.01, 0.02)})))
    assert [cell.heading for cell in found.cells] == [
        "Neighbour",
        "The east minus it, in points",
        "Rate (95% interval)",
        "Reoffenders of offenders",
        "Deprivation score (rank of 152)",
    ]
    assert found.rows() == [
        ["A", "−1.50 (−2.00 to −1.00)", "25.0% (22.0% to 28.0%)", "250 of 1,000", "30.0 (10)"],
        ["B", "+0.50 (−1.00 to +2.00)", "25.0% (22.0% to 28.0%)", "250 of 1,000", "30.0 (60)"],
    ]
    html = str(found.html())
    # Of -2 to +2 points: -2 is the start, -1.5 an eighth of the way, -1 a quarter, and +0.5 five eighths.
    assert re.findall('style="(.*?)"', html) == ["--a:0;--b:25;--p:12.5", "--a:25;--b:100;--p:62.5"]
    assert "<span>neighbour +2</span><span>0</span><span>The east +2</span>" in html


def test_where_nobody_is_compared_there_is_no_axis():
    report = beside({"A": OPEN})
    table = report["area_neighbours"].assign(
        beside="too_few", difference_lower=float("nan"), difference_upper=float("nan")
    )
    report = replace(report, tables={**report.tables, "area_neighbours": table})
    found = only(Table, neighbours.adjoining(report))
    assert found.rows()[0][1] == "0.00 (not compared)"
    assert "<span" not in str(found.html())


def test_the_attribution_of_the_boundaries_stands_beside_the_neighbours_and_the_tables(report_of):
    report = report_of("barnet")
    last = every(Paragraph, neighbours.adjoining(report))[-1]
    assert last.cls == "source"
    for asked in (
        "https://github.com/martinjc/UK-GeoJSON",
        "Creative Commons Attribution 4.0",
        "Contains Ordnance Survey data © Crown copyright and database right 2014",
    ):
        assert asked in last.text
    assert story.about(report)[-1] == last.text
    assert last.text not in story.about(report_of("london"))
