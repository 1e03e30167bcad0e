"""Inspections and areas of any kind are built whole by a folder and a section of areas.toml alone."""

import re
import shutil
from itertools import pairwise, takewhile

import lxml.html
import pytest
from running import Project

import made_up

SECTIONS = """
[west]
title = "the west"
inspection = "made-up-2031"
local_authorities = ["Ealing", "Harrow"]

[west-by-itself]
title = "the far west"
inspection = "made-up-2031"

[leeds]
title = "Leeds"
local_authorities = ["Leeds"]

[two-outside]
title = "the two cities"
local_authorities = ["Leeds", "Cornwall"]

[one-of-each]
title = "Barnet and Leeds"
local_authorities = ["Barnet", "Leeds"]
"""
AREAS = re.findall(r"^\[(.+)\]$", SECTIONS, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def pages(tmp_path_factory, copied) -> dict[str, lxml.html.HtmlElement]:
    """The page of each area, built in a copy of the project."""
    folder = tmp_path_factory.mktemp("anywhere")
    root = copied(folder / "project")
    made_up.write(root / "data" / "raw" / "inspections" / "made-up-2031")
    with (root / "areas.toml").open("a", encoding="utf-8") as file:
        file.write(SECTIONS)
    project = Project(root, folder / "out")
    done = project.batch(*AREAS)
    assert done.returncode == 0, done.stderr
    return {
        area: lxml.html.parse(project.reports / area / "index.html").getroot() for area in AREAS
    }


def headings(page) -> list[str]:
    return [heading.text_content() for heading in page.iter("h2", "h3")]


def words(page) -> str:
    return " ".join(page.find(".//main").text_content().split())


def own_words(page) -> str:
    """What the page says of its area: all but the names of its sources.

    The open data come in part from another inspection's report, which they name wherever they
    are shown.
    """
    blocks = list(
        takewhile(lambda b: b.text_content() != "Sources and licence", page.find(".//main"))
    )
    named = {
        text
        for block in blocks
        for text in block.xpath("descendant-or-self::*[@class='source']//text()")
    }
    texts = (text for block in blocks for text in block.itertext() if text not in named)
    return " ".join(" ".join(texts).split())


def test_a_made_up_inspection_has_its_own_outcomes_providers_and_words(pages):
    page = pages["west"]
    titles = ["Keeping people safe", "Moving on", "Making good the harm", "Fair treatment"]
    assert [heading for heading in headings(page) if heading in titles] == titles
    text = words(page)
    lead = page.find_class("lead")[0].text_content()
    assert lead.startswith("The Northside Probation Partnership (Northside) did well enough in")
    assert "harm_known" not in text
    # 12 of 20 is 60%; its Wilson interval is 39% to 78%.
    assert "12 of 20" in text
    assert "39% to 78%" in text
    assert "Reoffending and deprivation by borough" in headings(page)


def test_it_speaks_of_no_other_inspection(pages):
    for area in ("west", "west-by-itself"):
        text = own_words(pages[area])
        for other in ("CRC", "NPS", "north of London", "Protecting the public", "reconstruction"):
            assert other not in text, f"{other} on the page of {area}"


def test_an_area_without_a_local_authority_has_no_part_about_places(pages):
    page = pages["west-by-itself"]
    for heading in headings(page):
        assert not re.search("borough|Neighbours|Population|Deprivation|London", heading), heading
    assert "London" not in words(page)
    assert not page.xpath("//a[contains(@href, 'reoffending_')]")


def test_an_area_outside_london_has_what_there_is_and_says_what_there_is_not(pages):
    for area, names in (("leeds", "Leeds"), ("two-outside", "Cornwall and Leeds")):
        text = words(pages[area])
        for missing in ("number of residents", "rate of unemployment", "rate of reoffending"):
            assert text.count(f"No {missing} is held for {names}.") == 1
        assert "the 152 upper-tier authorities of England" in text
        assert "London" not in own_words(pages[area])
        for other in (
            "Greater London Authority",
            "London Datastore",
            "HM Inspectorate",
            "the inspection report",
        ):
            assert other not in text, f"{other} on the page of {area}"


def test_an_area_of_one_place_in_london_and_one_outside_says_which_figure_lacks(pages):
    text = words(pages["one-of-each"])
    assert text.count("No rate of reoffending is held for Leeds.") == 1
    assert "is held for Barnet" not in text


@pytest.mark.parametrize("area", AREAS)
def test_no_heading_stands_over_nothing(pages, area):
    main = pages[area].find(".//main")
    levels = {"h1": 1, "h2": 2, "h3": 3}
    blocks = [*main, None]
    for block, after in pairwise(blocks):
        if block.tag in levels:
            assert after is not None, block.text_content()
            deeper = levels.get(after.tag, 9)
            assert deeper > levels[block.tag], block.text_content()


def test_a_folder_without_a_section_changes_nothing(tmp_path, copied):
    root = copied(tmp_path / "project")
    made_up.write(root / "data" / "raw" / "inspections" / "made-up-2031")
    project = Project(root, tmp_path / "out")
    assert project.batch("merton").returncode == 0
    shutil.rmtree(root / "data" / "raw" / "inspections" / "made-up-2031")
    done = project.batch("merton", "--explain")
    assert done.stdout.startswith("merton: up to date")
