"""The pages in a real Chromium: accessible, self-contained, and right at both widths.

A screenshot of how each page opens, by width and colour scheme, is kept in .screenshots.
"""

import shutil
from collections import Counter
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Literal, NamedTuple

import pandas as pd
import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import Browser, Dialog, Page

from analysis import project
from analysis.batch import publish
from analysis.report import bars, codebook, site
from analysis.report.bars import Bars, Span
from analysis.report.content import Cell, Figure, Heading, Part, Table
from analysis.report.outputs import CODEBOOK, FRONT_PAGE, PDF
from analysis.report.page.layout import page as page_of
from analysis.study import inputs, manifest

STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
WIDTHS = (1280, 320)
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
AREAS = ("north-of-london", "inner-london", "london", "city-of-london")
PAGES = (*(f"{area}/index.html" for area in AREAS), FRONT_PAGE, CODEBOOK)
SCREENSHOTS = project.ROOT / ".screenshots"


@pytest.fixture(scope="session")
def published(built, built_without_sample, built_ends, tmp_path_factory) -> Path:
    """A site of all that was built."""
    folder = tmp_path_factory.mktemp("site")
    for output in (built, built_without_sample, built_ends):
        shutil.copytree(output.reports, folder, dirs_exist_ok=True)
    made = [manifest.read(path.parent) for path in sorted(folder.glob("*/manifest.json"))]
    publish.write(folder / FRONT_PAGE, site.index(made, list(inputs.sections())))
    publish.write(folder / CODEBOOK, codebook.page())
    return folder


def opened(browser: Browser, path: Path, width: int, scheme: Scheme) -> tuple[Page, list[str]]:
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(path.as_uri())
    return page, requests


class Opened(NamedTuple):
    """A page with all that is folded open, and what it has asked for."""

    name: str
    page: Page
    requests: list[str]


@pytest.fixture(scope="module", params=PAGES)
def shown(request, browser, published) -> Iterator[Opened]:
    """Each page of the site, loaded once; a test sets the width and the colour scheme that it needs."""
    page, requests = opened(browser, published / request.param, 1280, "light")
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    yield Opened(request.param, page, requests)
    page.context.close()


def resized(page: Page, width: int) -> Page:
    page.set_viewport_size({"width": width, "height": 900})
    return page


# Marks, of all texts that differ in nothing that contrast follows from, the first: axe takes a minute to
# ask the colours of each of 4,000 cells, and the same again in the dark.
MARK = """() => {
    const grounds = new Map([[null, '']]), seen = new Set()
    const ground = part => {
        if (!grounds.has(part)) {
            const style = getComputedStyle(part)
            const {backgroundColor, backgroundImage, opacity, filter, mixBlendMode} = style
            const own = [backgroundColor, backgroundImage, opacity, filter, mixBlendMode].join(' ')
            const plain = own === 'rgba(0, 0, 0, 0) none 1 none normal'
            grounds.set(part, ground(part.parentElement) + (plain ? '' : own + ';'))
        }
        return grounds.get(part)
    }
    const says = part => [...part.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    for (const part of document.querySelectorAll('body *')) {
        part.removeAttribute('data-asked')
        // One pixel wide is what only a screen reader reads; axe asks no colour of an operator, and can
        // tell none of a text within a picture: the test on dark colours holds those to the page's own.
        if (!says(part) || part.closest('mo, svg') || part.getBoundingClientRect().width <= 1) continue
        const {color, fontSize, fontWeight, textShadow, visibility} = getComputedStyle(part)
        const alike = [ground(part), color, fontSize, fontWeight, textShadow, visibility].join()
        if (!seen.has(alike)) part.setAttribute('data-asked', '')
        seen.add(alike)
    }
}"""
ASK = {"rules": [{"id": "color-contrast", "selector": "[data-asked]"}]}


def faults(page: Page) -> list[str]:
    """What axe finds of a page as it lies at its width, in light and in dark; what it cannot tell fails.

    In the dark it asks again only what follows from colours.
    """
    page.evaluate(AXE_SCRIPT)
    page.evaluate("ask => axe.configure(ask)", ASK)
    found = []
    for scheme, rules in zip(SCHEMES, (STANDARDS, COLOURS), strict=True):
        page.emulate_media(color_scheme=scheme)
        page.evaluate(MARK)
        options = {"runOnly": rules, "resultTypes": ["violations", "incomplete"]}
        results = AxeResults(page.evaluate("options => axe.run(options)", options))
        open_ = {each["id"] for each in results.response["incomplete"]}
        assert open_ <= {"th-has-data-cells"}, scheme  # of the heads of groups
        assert len(results.response["passes"]) > (20 if rules == STANDARDS else 0)
        if results.violations_count:
            found.append(f"{scheme}: {results.generate_report()}")
    return found


@pytest.mark.parametrize("width", WIDTHS)
def test_a_page_passes_axe_and_asks_for_nothing(shown, published, width):
    page = resized(shown.page, width)
    name = shown.name.removesuffix("/index.html").removesuffix(".html")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}-{scheme}.png")
    assert faults(page) == []
    asked = [url for url in shown.requests if not url.startswith("data:")]
    assert asked == [(published / shown.name).as_uri()]


def test_at_320_pixels_nothing_is_cut_off_and_the_page_does_not_scroll_sideways(shown):
    page = resized(shown.page, 320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    outside = page.evaluate(
        """() => [...document.querySelectorAll('main *, header *, nav *, footer *')]
            .filter(part => !part.closest('.table-scroll') && !part.closest('math'))
            .filter(part => part.getBoundingClientRect().right > 320.5
                         && getComputedStyle(part).clip === 'auto')
            .map(part => part.outerHTML.slice(0, 80))"""
    )
    assert outside == []


def test_no_table_scrolls_and_none_is_a_stop_of_the_keyboard(shown):
    for width in (320, 833, 1020, 1040, 1280):  # either side of where the tables begin to stack
        wide = resized(shown.page, width).evaluate(
            """() => [...document.querySelectorAll('.table-scroll')]
                .filter(part => part.scrollWidth > part.clientWidth)
                .map(part => part.querySelector('caption').textContent)"""
        )
        assert wide == [], width
    assert shown.page.locator("[tabindex]:not(main)").count() == 0


def drawn(browser: Browser, folder: Path, width: int) -> Page:
    """A page of one table: of shares with their bars, and of counts."""
    frame = pd.DataFrame(
        {"provider": ["A", "B"], "low": [0.1, 0.5], "high": [0.4, 1.0], "rate": [0.2, 0.75]}
    )
    cells = [
        Cell("Provider", attrgetter("provider")),
        Bars(
            "Share",
            lambda row: f"{row.rate:.0%}",
            axis=bars.SHARES,
            span=lambda row: Span(row.low, row.high, row.rate),
        ),
        Cell('Of "relevant" \\ cases', lambda row: f"{row.rate * 100:.0f} of 100", numeric=True),
    ]
    made = Table(frame, cells, "Shares", group=lambda _: "A question")
    (folder / "page.html").write_text(
        page_of(Part(Heading("Title", level=1), made)), encoding="utf-8"
    )
    page, _ = opened(browser, folder / "page.html", width, "light")
    return page


def test_axe_would_find_a_page_without_a_language_and_one_faint_cell_in_the_dark(browser, tmp_path):
    page = drawn(browser, tmp_path, 1280)
    assert faults(page) == []
    page.evaluate("document.documentElement.removeAttribute('lang')")
    faint = "tr:last-child td:last-child { color: #555555 }"
    page.add_style_tag(content=f"@media (prefers-color-scheme: dark) {{ {faint} }}")
    light, dark = faults(page)
    assert "html-has-lang" in light
    assert "color-contrast" in dark
    assert light.count("Target:") == dark.count("Target:") == 1
    page.context.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_bar_lies_where_its_interval_does_on_the_axis_of_its_heading(browser, tmp_path, width):
    page = drawn(browser, tmp_path, width)
    # The bar is the left half of its axis: twice its width is 100%.
    found = page.evaluate(
        """() => [...document.querySelectorAll('.bar')].map(bar => {
            const line = getComputedStyle(bar, '::before'), dot = getComputedStyle(bar, '::after');
            const share = length => Math.round(50 * parseFloat(length) / bar.clientWidth);
            return [share(line.left), share(line.width), share(dot.left)]})"""
    )
    assert found == [[10, 40 - 10, 20], [50, 100 - 50, 75]]
    axis, bar = (page.locator(f".{name}").first.bounding_box() for name in ("axis", "bar"))
    assert axis is not None and bar is not None
    assert bar["x"] == pytest.approx(axis["x"], abs=1)
    assert 2 * bar["width"] == pytest.approx(axis["width"], abs=4)
    page.context.close()


def test_stacked_a_table_is_still_one_to_a_screen_reader_and_each_cell_says_what_it_is_of(
    browser, tmp_path
):
    page = drawn(browser, tmp_path, 320)
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = Counter(node["role"]["value"] for node in tree if not node["ignored"])
    assert (roles["table"], roles["row"], roles["columnheader"]) == (1, 1 + 1 + 2, 3)
    assert (roles["rowheader"], roles["cell"]) == (1 + 2, 2 * 2)
    label = page.evaluate(
        "getComputedStyle(document.querySelector('td:nth-child(3)'), '::before').content"
    )
    assert label == '"Of \\"relevant\\" \\\\ cases " / ""'
    page.context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_script_and_is_small(published, name):
    content = (published / name).read_bytes()
    assert len(content) <= 300_000
    assert b"<script" not in content.lower()


def test_every_picture_is_drawn_and_described_in_a_few_words(browser, published):
    # London's page has the pictures of the model too.
    page, _ = opened(browser, published / PAGES[2], 1280, "light")
    pictures = page.evaluate(
        """() => [...document.querySelectorAll('figure > svg')].map(picture =>
            [picture.getBoundingClientRect().width, picture.ariaLabel.length])"""
    )
    assert len(pictures) >= 6
    assert all(width >= 500 and 20 < described <= 300 for width, described in pictures)
    page.context.close()


# Of each text of each picture, how high its letters are set on the screen, in CSS pixels.
SIZES = """() => [...document.querySelectorAll('figure > svg text')].map(text =>
    [text.textContent, parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a])"""


@pytest.mark.parametrize("name", PAGES)
def test_text_in_a_picture_is_at_least_11_pixels_high_at_every_width(browser, published, name):
    page, _ = opened(browser, published / name, 320, "light")
    for width in (320, 479, 480, 639, 640, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        small = [text for text, size in page.evaluate(SIZES) if size < 11]
        assert small == [], width
    page.context.close()


def test_a_text_that_is_too_small_would_be_found(browser, tmp_path):
    inner = '<text font-size="6">small</text><text x="5">as the page has it</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 288 9">{inner}</svg>'
    made = Part(Heading("Title", level=1), Figure(svg, alt="Letters.", caption="Letters"))
    (tmp_path / "page.html").write_text(page_of(made), encoding="utf-8")
    page, _ = opened(browser, tmp_path / "page.html", 320, "light")
    assert [text for text, size in page.evaluate(SIZES) if size < 11] == ["small"]
    page.context.close()


def test_the_text_of_a_picture_can_be_selected_and_takes_the_colour_of_the_page(browser, published):
    colours = {}
    for scheme in SCHEMES:
        page, _ = opened(browser, published / PAGES[0], 1280, scheme)
        assert "Islington" in page.evaluate(
            """() => [...document.querySelectorAll('figure > svg')].map(picture => {
                getSelection().selectAllChildren(picture); return getSelection().toString()
            }).join(' ')"""
        )
        colours[scheme] = page.evaluate(
            """() => [getComputedStyle(document.body).color, getComputedStyle(
                document.querySelector('figure > svg text:not([fill], [fill] *)')).fill]"""
        )
        page.context.close()
    for text, drawn in colours.values():
        assert drawn == text
    assert colours["light"] != colours["dark"]


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_the_site_leads_somewhere(browser, published, name):
    page, _ = opened(browser, published / name, 1280, "light")
    links = page.evaluate(
        "[...document.querySelectorAll('a')].map(link => link.getAttribute('href'))"
    )
    assert links
    for link in links:
        if link.startswith("#"):
            assert page.locator(f"[id='{link[1:]}']").count() == 1, link
        elif "://" not in link:
            file, _, place = link.partition("#")
            target = (published / name).parent / file
            assert target.exists(), link
            assert not place or f'id="{place}"' in target.read_text(encoding="utf-8"), link
    page.context.close()


def test_the_skip_link_is_the_first_stop_of_the_keyboard_and_leads_to_the_content(
    browser, published
):
    page, _ = opened(browser, published / PAGES[0], 1280, "light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    page.context.close()


def test_printed_the_page_shows_its_contents_and_no_way_to_other_pages(browser, published):
    page, _ = opened(browser, published / PAGES[0], 1280, "light")
    page.emulate_media(media="print")
    shown = {nav.get_attribute("class"): nav.is_visible() for nav in page.locator("nav").all()}
    assert shown == {"above": False, "contents": True, "further": False}
    page.context.close()


def test_there_is_a_pdf_of_the_page_with_its_title(browser, published):
    content = (published / "north-of-london" / PDF).read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/StructTreeRoot" in content  # tagged: a screen reader can follow it
    assert len(content) > 50_000


def test_hostile_text_runs_nowhere(browser, tmp_path):
    hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>'
    path = tmp_path / "page.html"
    path.write_text(page_of(Part(Heading(hostile, level=1))), encoding="utf-8")
    page, requests = opened(browser, path, 1280, "light")
    dialogs: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismissed)
    page.reload()
    assert page.locator("h1").inner_text() == hostile
    assert dialogs == []
    assert {url for url in requests if not url.startswith("data:")} == {path.as_uri()}
    page.context.close()
