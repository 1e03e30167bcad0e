"""The front page: every area that was built, from what its manifest says."""

from dataclasses import dataclass

import lxml.html
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.report import site
from analysis.report.site import _KINDS

SHARED = {"confidence": "95%", "cohort": "2012"}
SAMPLE = {
    "kind": "sample",
    "title": "the north",
    "sample": "61: 40 CRC and 21 NPS",
    "in_sample": "▲ more on 21, ▼ fewer on 22",
    "beyond": "▲ more on 10, ▼ fewer on 9, ○ open on 27",
    "strength": "● firm on 10, ◐ leaning on 9",
    "members": "8 of 33",
    "lowest": "22.5%, Barnet (544 of 2,414)",
    "highest": "31.9%, Islington (804 of 2,521)",
    "slope": "14% higher (2% lower to 32% higher)",
}
SEVERAL = {"kind": "several", "title": "the east"} | {
    name: SAMPLE[name] for name in ("members", "lowest", "highest", "slope")
}
SINGLE = {
    "kind": "single",
    "title": "Barnet",
    "rate": "22.5%",
    "interval": "20.9% to 24.2%",
    "counts": "544 of 2,414",
    "place": "31 of 33",
    "fitted": "24.9%",
    "rank": "109",
    "part": "outer",
}


@dataclass(frozen=True)
class Made:
    """What the page needs of a manifest."""

    area: str
    headline: dict[str, str]
    made_on: str = "2016-12-01"
    inputs_digest: str = "0123456789abcdef"


def made(area: str, headline: dict[str, str], made_on: str = "2016-12-01") -> Made:
    return Made(area, SHARED | headline, made_on)


def page(*every, order=(), failed=()):
    return lxml.html.document_fromstring(site.index(every, order, failed))


def texts(elements) -> list[str]:
    return [" ".join(element.text_content().split()) for element in elements]


def tables(root) -> dict[str, list[list[str]]]:
    return {
        texts([table.find("caption")])[0]: [texts(row) for row in table.xpath("tbody/tr")]
        for table in root.iter("table")
    }


def test_each_kind_of_area_has_a_table_of_its_own_the_areas_with_a_sample_first():
    root = page(made("barnet", SINGLE), made("east", SEVERAL), made("north", SAMPLE))
    assert tables(root) == {
        "Inspected work and reoffending": [["The north", *list(SAMPLE.values())[2:]]],
        "Reoffending in areas of several local authorities": [
            ["The east", *list(SEVERAL.values())[2:]]
        ],
        "Reoffending and deprivation in single local authorities": [list(SINGLE.values())[1:]],
        "What each page was made from": [
            [area, "2016-12-01", "01234567"] for area in ("Barnet", "The east", "The north")
        ],
    }
    links = root.xpath("//tbody//th/a/@href")
    assert links == ["north/index.html", "east/index.html", "barnet/index.html"]
    assert "Three areas are shown" in root.xpath("string(//header)")


def test_each_kind_of_page_is_said_to_hold_and_to_lack_something():
    every = [made(area, head) for area, head in zip("abc", (SINGLE, SEVERAL, SAMPLE), strict=True)]
    said = texts(page(*every).xpath("//main/h2/following-sibling::p[1]"))
    assert len(said) == 4
    assert all("Such a page" in text and "It lacks" in text for text in said[:3])


def test_a_kind_of_which_there_is_no_area_is_left_out():
    assert texts(page(made("barnet", SINGLE)).xpath("//h2")) == [
        "Single local authorities",
        "What the pages were made from",
    ]


def test_areas_stand_in_the_order_given_and_others_after_them():
    root = page(*(made(area, SINGLE | {"title": area}) for area in "abc"), order=["c", "a"])
    (rows,) = [rows for caption, rows in tables(root).items() if "single" in caption]
    assert [row[0] for row in rows] == ["C", "A", "B"]


def test_levels_cohorts_and_dates_that_differ_are_all_said():
    other = SINGLE | {"title": "Brent", "confidence": "80%", "cohort": "2011"}
    root = page(made("barnet", SINGLE), made("brent", other, made_on="2017-01-31"))
    whole = " ".join(root.text_content().split())
    assert "the cohort labelled 2012 and 2011; intervals are at 95% and 80%." in whole
    assert "the date of the code that made it: 2016-12-01 to 2017-01-31." in whole


def test_a_report_of_an_earlier_version_is_shown_without_what_it_does_not_say():
    assert tables(page(made("old", {"title": "the old"})))[
        "Reoffending in areas of several local authorities"
    ] == [["The old", *["not available"] * 4]]


def test_failures_follow_the_areas_with_the_name_of_each_heading_its_row():
    failed = [
        {"area": "barnet", "place": "3_reoffending, code cell 9", "message": "1 /\n0"},
        {"area": "brent", "place": "", "message": ""},
    ]
    root = page(made("barnet", SINGLE), failed=failed)
    assert list(tables(root))[1] == ("What kept areas from being built, the last time it was tried")
    assert list(tables(root).values())[1] == [
        ["barnet", "3_reoffending, code cell 9", "1 / 0", "an earlier one"],
        ["brent", "outside the notebooks", "no message", "none"],
    ]
    assert texts(root.xpath("(//table)[2]/tbody/tr/th")) == ["barnet", "brent"]


def test_one_area_is_told_in_the_singular_and_none_in_words():
    assert "No areas are shown" in page().xpath("string(//header)")
    assert "No area has been built yet." in page().text_content()
    assert "One area is shown" in page(made("north", SAMPLE)).xpath("string(//header)")


def test_hostile_text_of_a_manifest_stays_text():
    hostile = {"title": "<script>alert(1)</script>", "slope": "<b>bold</b>"}
    root = page(made("north", SAMPLE | hostile))
    assert root.xpath("//script") == []
    (row,) = tables(root)["Inspected work and reoffending"]
    assert row[0] == hostile["title"]
    assert row[-1] == hostile["slope"]


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("North\nof\tLondon", "North of London"),  # refused by now, and built by an earlier version
        ("a\x00b\x1b[31m\ud800", "A b [31m"),
        (" \n", "Odd"),
        ("nan", "“nan”"),
    ],
)
def test_what_one_area_holds_keeps_no_other_from_the_page(title, shown):
    root = page(made("odd", SINGLE | {"title": title}), made("brent", SINGLE | {"title": "Brent"}))
    (rows,) = [rows for caption, rows in tables(root).items() if "single" in caption]
    assert [row[0] for row in rows] == ["Brent", shown]


@settings(max_examples=30, deadline=None)
@given(
    headline=st.dictionaries(
        st.sampled_from([*SHARED, *SAMPLE, *SINGLE]), st.text() | st.sampled_from([*_KINDS, "nan"])
    ),
    message=st.text(),
)
def test_no_headline_and_no_message_keeps_the_page_from_being_made(headline, message):
    failed = [{"area": "brent", "place": "", "message": message}]
    every = [Made("odd", headline), made("north", SAMPLE)]
    site.index(every, failed=failed).encode()


# ---- What was found, and the map ----------------------------------------------------------------

MAP = "E09000010 1 0 1 ENF 25.4 Enfield\nE09000003 0 1 4 BNT 22.5 Barnet"


def test_what_was_found_is_said_of_inspections_and_of_the_area_with_most_local_authorities():
    every = [
        made("north", SAMPLE | {"places": "a b"}),
        made("east", SEVERAL | {"places": "a"}),
        made("whole", SEVERAL | {"title": "London", "places": "a b c"}),
    ]
    assert texts(page(*every).xpath("//ul[@class='key']/li")) == [
        "The north. Inspected cases: 61: 40 CRC and 21 NPS. Is work sufficient in more than half of cases? "
        "In the sample: ▲ more on 21, ▼ fewer on 22. Beyond the sample: ▲ more on 10, ▼ fewer on 9, ○ open "
        "on 27; ● firm on 10, ◐ leaning on 9.",
        "London. The lowest rate of reoffending is 22.5%, Barnet (544 of 2,414), the highest 31.9%, "
        "Islington (804 of 2,521). Odds of reoffending per standard deviation of deprivation: 14% higher "
        "(2% lower to 32% higher).",
    ]


def test_each_tile_lies_in_its_place_and_leads_to_the_page_of_that_place_alone_where_there_is_one():
    every = [
        made("barnet", SINGLE | {"places": "E09000003", "map": MAP, "region": "London"}),
        made("east", SEVERAL | {"places": "E09000003 E09000010"}),
    ]
    (tiles,) = page(*every).xpath("//ul[@class='tiles']")
    assert tiles.get("style") == "--across:2"
    assert [(tile.get("id"), tile.get("style"), tile.get("class")) for tile in tiles] == [
        ("E09000010", "--x:1;--y:0", "q1"),
        ("E09000003", "--x:0;--y:1", "q4"),
    ]
    assert texts(tiles) == ["ENF Enfield 25.4%", "BNT Barnet 22.5%"]
    assert tiles.xpath(".//a/@href") == ["barnet/index.html"]


@pytest.mark.parametrize(
    "line",
    [
        "E09000003 0 1 4 BNT <b>1</b> Barnet",
        "javascript:x 0 1 4 BNT 22.5 Barnet",
        "E09000003 0 1 9 BNT 22.5 Barnet",
        "E09000003 0",
        "",
    ],
)
def test_a_line_that_is_no_tile_is_passed_over(line):
    root = page(made("barnet", SINGLE | {"map": f"{line}\n{MAP}", "region": "London"}))
    assert len(root.xpath("//ul[@class='tiles']/li")) == 2
    assert page(made("barnet", SINGLE | {"map": line})).xpath("//ul[@class='tiles']") == []


def test_every_area_has_a_place_that_pages_lead_to_whether_or_not_it_was_built():
    north = made("north", SAMPLE | {"inspection": "inspection-north-2016"})
    root = page(north, order=["north", "barnet"])
    assert root.xpath("//tr[@id='area-north']/th/@id") == ["inspection-north-2016"]
    assert root.xpath("string(//*[@id='area-barnet'])") == "barnet"
    assert root.xpath("//*[@id='area-barnet']//a") == []
    assert "Areas that were not built" in texts(root.xpath("//h2"))


def test_the_front_page_has_the_codebook_the_licence_and_how_it_is_cited():
    root = page(made("barnet", SINGLE))
    assert root.xpath("//footer//a/@href")[1] == "codebook.html"
    assert "Open Government Licence" in root.xpath("string(//footer)")
    assert "How to cite: “Probation inspections, re-analysed”, made on 2016-12-01." in texts(
        root.xpath("//footer/p")
    )
