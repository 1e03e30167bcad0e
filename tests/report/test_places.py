"""What the page says of a single local authority, and of the places that adjoin an area."""

import re
from dataclasses import replace

import pytest
from reports import SHIPPED

from analysis.data import inspection as data
from analysis.data import regions
from analysis.report import site
from analysis.report.content import Part
from analysis.report.sections import inspection, story

SINGLE = regions.members(regions.load("london"))["name"].tolist()


def text(part: Part) -> str:
    """The text of a part, without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", str(part.html())).split())


def test_a_page_without_an_inspection_lists_only_the_files_that_it_rests_on(report_of):
    report = replace(report_of("barnet"), sources=["reoffending.csv", "regions/london.toml"])
    publications, files, _ = (text(Part(block)) for block in story.provenance(report))
    assert "reoffending.csv" in files
    assert "Public Health England" in publications
    for other in ("cases", "findings", "claims", "RECONSTRUCTION", "unemployment", "regions"):
        assert other not in files
    assert "Greater London Authority" not in publications  # of unemployment.csv


def test_a_page_with_an_inspection_lists_its_files_too(report_of):
    file = f"inspections/{SHIPPED}/findings.csv"
    own = data.load(SHIPPED)
    report = replace(report_of("north-of-london"), inspection=own, sources=[file])
    _, files, _ = (text(Part(block)) for block in story.provenance(report))
    assert file in files


def test_the_methods_are_those_of_what_the_page_holds(report_of):
    assert inspection.methods(report_of("london")) == []  # no inspection, no neighbour in London
    found = text(inspection.methods(report_of("barnet")))
    assert found.startswith("Neighbours.")
    assert "Newcombe" in found


# ---- Areas of several local authorities ---------------------------------------------------------


@pytest.mark.parametrize(
    ("area", "kind", "slope"),
    [
        # 26.5% are odds of .361, times exp(.0634) .385: 27.8%.
        (
            "london",
            "several",
            "7% higher (2% higher to 11% higher): 26.5% becomes about 27.8%",
        ),
        (
            "outer-london",
            "several",
            "9% higher (5% higher to 14% higher): 25.5% becomes about 27.3%",
        ),
        ("barnet", "single", None),
    ],
)
def test_what_an_area_has_and_lacks_on_the_front_page(report_of, area, kind, slope):
    found = site.headline(report_of(area))
    assert (found["kind"], found.get("slope")) == (kind, slope)
    assert "sample" not in found


def test_too_few_for_a_model_of_their_own_are_said_to_have_none_on_the_front_page(report_of):
    report = report_of("outer-london")
    model = report["reoffending_model"]
    alone = model[model["scope"] == "london"]
    found = site.headline(replace(report, tables={**report.tables, "reoffending_model": alone}))
    assert found["slope"] == "no model of its own: fewer than five local authorities"


def test_the_front_page_has_the_rate_of_a_single_place_with_what_it_stands_beside(report_of):
    report = report_of("barnet")
    fitted = report["reoffending_boroughs"].set_index("name").loc["Barnet", "fitted"]
    found = site.headline(report)
    assert len(found.pop("map").split("\n")) == 33
    assert found == {
        "kind": "single",
        "title": "Barnet",
        "confidence": "95%",
        "cohort": "2012",
        "region": "London",
        "ranked": "152",
        "places": "E09000003",
        "inspection": "",
        "rate": "22.5%",  # 544 / 2414
        "interval": "20.9% to 24.2%",
        "counts": "544 of 2,414",
        "place": "31 of 33 (26 to 33)",  # the third lowest
        "fitted": f"{100 * fitted:.1f}%",
        "rank": "109",
        "part": "outer",
    }


def test_the_front_page_has_the_ends_of_the_rates_of_several_with_their_counts(report_of):
    found = site.headline(report_of("inner-london"))
    assert found["members"] == "14 of 33"
    # 673 / 2620; of the City of London there are 4 reoffenders, too few to be the lowest.
    assert found["lowest"] == "25.7%, Westminster (673 of 2,620)"
    assert found["highest"] == "31.9%, Islington (804 of 2,521)"  # 804 / 2521


@pytest.mark.parametrize(
    ("area", "model"),
    [
        ("barnet", ["A model of Barnet alone: one local authority is too few for that."]),
        ("london", []),
    ],
)
def test_what_an_area_lacks_is_said_last(report_of, area, model):
    report = report_of(area)
    (listed,) = story.lacking(report)
    none = f"The work of probation: no case sample was published for {report.area.title}."
    assert listed.items == [none, *model]
