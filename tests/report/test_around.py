"""The way around a site: what lies above and beside a page, and that every place it leads to is there."""

import re

import lxml.html
import pytest
from reports import SHIPPED
from test_site import Made

from analysis.data import inspection
from analysis.report import around, codebook, site
from analysis.report.content import Footer, Heading, Paragraph, Part
from analysis.report.outputs import edition
from analysis.report.page import document
from analysis.report.page.layout import layout
from analysis.study import inputs

FACTS = {"dated": "2016-12-01", "commit": "abc123", "inputs": "0123456789abcdef"}


def texts(links) -> list[str]:
    return [link.text for link in links]


@pytest.mark.parametrize(
    ("area", "above"),
    [
        ("barnet", ["All areas", "London", "Outer London"]),
        ("city-of-london", ["All areas", "London", "Inner London"]),
        ("inner-london", ["All areas", "London"]),
        ("north-of-london", ["All areas", "London"]),  # of both parts
        ("london", ["All areas"]),
    ],
)
def test_above_a_page_are_all_areas_the_region_and_the_part_where_these_are_larger(
    report_of, area, above
):
    assert texts(around.way(report_of(area)).above) == above


def test_one_may_go_on_to_neighbours_into_the_area_and_to_the_inspection_that_it_is_part_of(
    report_of,
):
    further = around.way(report_of("barnet")).further
    assert list(further) == ["Neighbours", "Inspected", "All pages"]
    assert texts(further["Neighbours"]) == ["Brent", "Camden", "Enfield", "Haringey", "Harrow"]
    settings = inspection.settings_of(SHIPPED)
    assert texts(further["Inspected"]) == [f"{settings.title}, {settings.date}"]
    whole = around.way(report_of("london")).further
    assert list(whole) == ["In this area", "Inspected", "All pages"]
    inside = texts(whole["In this area"])
    assert (len(inside), inside) == (33, sorted(inside))
    # Bexley, south of the river, was not inspected.
    assert "Inspected" not in around.way(report_of("bexley")).further


@pytest.mark.parametrize("built", [("barnet",), ("barnet", "london", "north-of-london")])
def test_the_places_that_pages_lead_to_are_there_whichever_areas_were_built(report_of, built):
    made = [Made(area, site.headline(report_of(area))) for area in built]
    front = lxml.html.document_fromstring(site.index(made, list(inputs.sections())))
    ways = [around.way(report_of(area)) for area in ("barnet", "inner-london", "london")]
    links = [link for way in ways for each in (way.above, *way.further.values()) for link in each]
    assert {link.href.partition("#")[0] for link in links} == {"../index.html", "../codebook.html"}
    places = {link.href.partition("#")[2] for link in links} - {""}
    if "north-of-london" not in built:  # an inspection whose page is not there has no place
        places -= {f"inspection-{SHIPPED}"}
    assert len(places) >= 33 + 2  # tiles, the region and its part
    assert places <= set(front.xpath("//@id"))


def test_an_inspection_outside_the_project_has_no_place_and_leaves_no_path():
    assert around.inspection_place("/home/me/secret") == ""
    assert around.inspection_place(None) == ""
    assert around.inspection_place(SHIPPED) == f"inspection-{SHIPPED}"


def test_the_frame_of_a_page_has_its_way_in_two_landmarks_and_says_how_it_is_cited(report_of):
    part = Part(Heading("Barnet", level=1), Paragraph("Found."), Footer(["A licence."]))
    framed = around.framed(document.of_part(part), report_of("barnet"), FACTS)
    root = lxml.html.document_fromstring(layout(framed))
    assert root.xpath("//nav/@aria-label") == ["Above this page", "Other pages"]
    assert root.xpath("string(//nav//*[@aria-current='page'])") == "Barnet"
    assert [line.text_content() for line in root.xpath("//footer/p")] == [
        "A licence.",
        "How to cite: “Barnet”, made on 2016-12-01 from code abc123 and inputs 0123456789abcdef.",
    ]
    assert len(document.of_part(part).footer[0]) == 1  # what was given stays as it was


def test_the_codebook_has_every_table_that_is_handed_out_with_every_column():
    page = codebook.page()
    root = lxml.html.document_fromstring(page)
    tables = {
        " ".join(table.findtext("caption").split()): table.xpath("tbody/tr/th/code/text()")
        for table in root.iter("table")
    }
    for name in edition.TABLES:
        found = tables[f"Columns of {name}.csv"]
        assert found == list(edition.processed.PROCESSED[name].columns)
    assert {"Columns of reoffending.csv", "Columns of neighbours.csv"} <= set(tables)
    assert "`" not in re.sub("<style>.*</style>", "", page, flags=re.DOTALL)
