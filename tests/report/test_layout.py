"""How pages are laid out: contents in sight on a wide screen, rows of words on a small one, sheets of A4."""

import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, FloatRect, Page
from test_browser import opened
from test_outputs import edition_of
from test_site import MAP, SINGLE, made

from analysis.report import site
from analysis.report.cells import text
from analysis.report.content import Cell, Heading, Paragraph, Part, Table
from analysis.report.outputs import PDF, pdf
from analysis.report.page import document
from analysis.report.page.layout import page as page_of

CONTENTS = "nav[aria-labelledby=contents]"
OPEN = "document.querySelectorAll('details').forEach(part => part.open = true)"


def long_page() -> Part:
    """Title, what it answers, a dozen sections of some height, and a table of ten columns."""
    frame = pd.DataFrame({"a": ["Barnet"]})
    cells = [Cell(f"Heading {n}", lambda _: "A few words", numeric=n > 1) for n in range(1, 11)]
    return Part(
        Heading("Title", level=1),
        Paragraph("What it answers, in one sentence.", cls="lead"),
        *(
            Part(Heading(f"Section {n}"), [Paragraph("Words and more words. " * 40)] * 3)
            for n in range(1, 13)
        ),
        Table(frame, cells, "A wide table"),
    )


def shown(browser: Browser, folder: Path, part: Part, width: int) -> Page:
    (folder / "page.html").write_text(page_of(part), encoding="utf-8")
    page, _ = opened(browser, folder / "page.html", width, "light")
    return page


def box(page: Page, selector: str) -> FloatRect:
    found = page.locator(selector).first.bounding_box()
    assert found is not None
    return found


# ---- Wide screens -------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "in_sight"), [(1199, False), (1200, True), (1920, True)])
def test_from_1200_pixels_the_contents_stay_in_sight_beside_what_is_read(
    browser,
    tmp_path,
    width,
    in_sight,
):
    page = shown(browser, tmp_path, long_page(), width)
    assert box(page, ".lead")["y"] < box(page, CONTENTS)["y"]  # the answer comes first
    page.evaluate("document.querySelector('#section-9').scrollIntoView({block: 'center'})")
    contents = box(page, CONTENTS)
    assert (contents["y"] >= 0 and contents["y"] + contents["height"] <= 900) is in_sight
    if in_sight:
        assert contents["x"] + contents["width"] <= box(page, "main p")["x"]
    page.context.close()


def test_contents_that_are_longer_than_the_window_can_be_scrolled_through(browser, tmp_path):
    page = shown(browser, tmp_path, long_page(), 1280)
    page.set_viewport_size({"width": 1280, "height": 200})
    page.evaluate("document.querySelector('#section-9').scrollIntoView()")
    assert box(page, CONTENTS)["height"] == 200
    page.locator(f"{CONTENTS} a").last.click()
    assert page.evaluate("location.hash") == "#section-12"
    page.context.close()


@pytest.mark.parametrize("width", [1100, 1200, 1280, 1920])
def test_from_1100_pixels_the_page_uses_its_width_and_tables_are_wider_than_text(
    browser,
    tmp_path,
    width,
):
    page = shown(browser, tmp_path, long_page(), width)
    main, table, words = (box(page, f"main{part}") for part in ("", " table", " p"))
    assert min(width, 1344) - 2 * 24 <= box(page, "header")["width"]
    assert words["width"] < table["width"] <= main["width"]
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.context.close()


def test_no_table_is_wider_than_its_place_where_the_contents_begin_to_stand_beside_it(
    browser,
    built,
):
    page, _ = opened(browser, built.reports / "north-of-london" / "index.html", 1200, "light")
    page.evaluate(OPEN)
    for width in (1100, 1199, 1200, 1240, 1344):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate(
            """() => [...document.querySelectorAll('.table-scroll')]
                .filter(part => part.scrollWidth > part.clientWidth)
                .map(part => part.querySelector('caption').textContent)"""
        )
        assert wide == [], width
    page.context.close()


# ---- Small screens ------------------------------------------------------------------------------

# The most that lies blank within each row, from what is drawn in it; and its first words.
BLANK = """() => [...document.querySelectorAll('tr')].map(row => {
    const box = row.getBoundingClientRect(), drawn = [[box.bottom, box.bottom]];
    const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const range = document.createRange();
        range.selectNodeContents(texts.currentNode);
        for (const line of range.getClientRects()) drawn.push([line.top, line.bottom]);
    }
    for (const bar of row.querySelectorAll('.bar')) {
        const part = bar.getBoundingClientRect();
        drawn.push([part.top, part.bottom]);
    }
    let end = box.top, blank = 0;
    for (const [top, bottom] of drawn.sort((one, other) => one[0] - other[0])) {
        blank = Math.max(blank, top - end);
        end = Math.max(end, bottom);
    }
    return [Math.round(blank), row.textContent.trim().slice(0, 40)];
})"""


def test_at_320_pixels_no_row_is_blank_tall(browser, built):
    page, _ = opened(browser, built.reports / "north-of-london" / "index.html", 320, "light")
    page.evaluate(OPEN)
    rows = page.evaluate(BLANK)
    assert len(rows) > 200
    # Two lines, which may be a label that wraps.
    assert [row for row in rows if row[0] > 60] == []
    page.context.close()


def test_a_row_with_a_hole_in_it_would_be_found(browser, tmp_path):
    page = shown(browser, tmp_path, long_page(), 320)
    page.add_style_tag(content="tbody td:nth-child(2) { margin-top: 200px; }")
    assert max(row[0] for row in page.evaluate(BLANK)) > 150
    page.context.close()


def test_at_320_pixels_the_first_table_is_read_whole(browser, built):
    page, _ = opened(browser, built.reports / "north-of-london" / "index.html", 320, "light")
    cells = page.evaluate(
        """() => [...document.querySelector('main table').querySelectorAll('tbody :is(th, td)')]
            .map(cell => {
                const box = cell.getBoundingClientRect();
                const label = getComputedStyle(cell, '::before').content;
                return [cell.tagName, box.left, box.right, box.height, label]})"""
    )
    assert len(cells) > 10
    for tag, left, right, height, label in cells:
        assert left >= 0 and right <= 320 and height >= 20
        assert tag == "TH" or len(label) > len('"x" / ""')
    page.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_tile_holds_what_it_says_and_lies_where_the_map_has_it(browser, tmp_path, width):
    many = "\n".join(
        f"E090000{n:02} {n % 8} {n // 8} {1 + n % 4} WMN 25.{n % 10} Kensington and Chelsea"
        for n in range(33)
    )
    path = tmp_path / "index.html"
    path.write_text(site.index([made("barnet", SINGLE | {"map": many})]), encoding="utf-8")
    page, _ = opened(browser, path, width, "light")
    tiles = page.evaluate(
        """() => [...document.querySelectorAll('.tiles li')].map(tile => [
            tile.getBoundingClientRect().x, tile.getBoundingClientRect().y,
            tile.scrollWidth <= tile.clientWidth + 1])"""
    )
    assert all(fits for _, _, fits in tiles)
    (first, *_), below, right = (tiles[n] for n in (0, 8, 1))
    assert (below[0], right[1]) == (first, tiles[0][1])
    assert below[1] > tiles[0][1] and right[0] > first
    page.context.close()


def test_the_place_that_a_link_leads_to_stands_out(browser, tmp_path):
    path = tmp_path / "index.html"
    path.write_text(site.index([made("barnet", SINGLE | {"map": MAP})]), encoding="utf-8")
    page, _ = opened(browser, path, 1280, "light")
    page.goto(f"{path.as_uri()}#E09000003")
    outlines = page.evaluate(
        "[...document.querySelectorAll('.tiles li')].map(tile => getComputedStyle(tile).outlineStyle)"
    )
    assert outlines == ["none", "solid"]
    page.context.close()


# ---- Print --------------------------------------------------------------------------------------


def test_a_pdf_has_sheets_of_a4_with_an_outline(browser, tmp_path):
    folded = Table(pd.DataFrame({"a": ["x"]}), [text("a", "A")], "Folded", folded="The numbers")
    shown = document.of_part(Part(long_page(), [folded]))
    pdf.write(replace(edition_of({}), document=shown), tmp_path)
    content = (tmp_path / PDF).read_bytes()
    sheets = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", content)
    assert len(sheets) > 3
    millimetres = {tuple(round(float(side) / 72 * 25.4) for side in sheet) for sheet in sheets}
    assert millimetres == {(210, 297)}
    assert b"/Outlines" in content
