"""The front page: every area that was built, from what its manifest says."""

import json

import lxml.html

from analysis.report import site

HEADLINE = {
    "title": "the north",
    "sample": "61: 40 CRC and 21 NPS",
    "above": "10 of 46",
    "below": "9 of 46",
    "rate": "22.5% to 31.9% in eight local authorities",
    "slope": "14% higher (2% lower to 32% higher)",
    "lacks": "nothing",
}


def manifest(folder, area: str, **headline: str) -> None:
    (folder / area).mkdir()
    content = {
        "area": area,
        "headline": HEADLINE | headline,
        "made_on": "2016-12-01",
        "inputs_digest": "0123456789abcdef",
    }
    (folder / area / "manifest.json").write_text(json.dumps(content), encoding="utf-8")


def page(folder):
    return lxml.html.document_fromstring(site.index(folder))


def cells(root) -> list[list[str]]:
    return [
        [" ".join(cell.text_content().split()) for cell in row] for row in root.xpath("//tbody/tr")
    ]


def test_each_area_has_a_row_with_its_headline_and_a_link(tmp_path):
    manifest(tmp_path, "north")
    manifest(tmp_path, "east", title="the east", sample="no case sample", lacks="a case sample")
    root = page(tmp_path)
    assert cells(root) == [
        [
            "The east",
            "no case sample",
            *list(HEADLINE.values())[2:-1],
            "a case sample",
            "2016-12-01, inputs 01234567",
        ],
        ["The north", *list(HEADLINE.values())[1:], "2016-12-01, inputs 01234567"],
    ]
    assert root.xpath("//tbody//a/@href") == ["east/index.html", "north/index.html"]
    assert "Two areas are shown" in root.xpath("string(//header)")


def test_one_area_is_told_in_the_singular_and_none_in_words(tmp_path):
    assert "No areas are shown" in page(tmp_path).xpath("string(//header)")
    assert "No area has been built yet." in page(tmp_path).text_content()
    manifest(tmp_path, "north")
    assert "One area is shown" in page(tmp_path).xpath("string(//header)")


def test_hostile_text_of_a_manifest_stays_text(tmp_path):
    manifest(tmp_path, "north", title="<script>alert(1)</script>", lacks="<b>bold</b>")
    root = page(tmp_path)
    assert root.xpath("//script") == []
    assert cells(root)[0][0] == "<script>alert(1)</script>"
    assert cells(root)[0][6] == "<b>bold</b>"
