"""What a section returns is a value: escaped, described, never empty, and shown by a notebook."""

import re
from collections.abc import Callable
from operator import attrgetter
from urllib.parse import unquote

import lxml.html
import matplotlib as mpl
import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from markupsafe import Markup
from matplotlib.figure import Figure as Drawing
from nbclient import NotebookClient
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from analysis.report import content
from analysis.report.content import Bullets, Cell, Figure, Footer, Heading, Paragraph, Part, Table
from analysis.report.drawing import svg
from analysis.report.page.exporter import render

HOSTILE = "<script>alert('1')</script> & \"co\""
SVG = "<svg width='72pt' height='36pt'><text>a & \"b\"</text></svg>".replace("&", "&amp;")
# The ASCII among the URL code points of the WHATWG, and what begins a place on a page.
ADDRESS = re.compile(r"([A-Za-z0-9!#$&'()*+,./:;=?@_~-]|%[0-9A-F]{2})+")
FRAME = pd.DataFrame({"provider": ["NPS", "CRC"], "cases": [29, 26], "rate": ["71%", "42%"]})
PROVIDER = Cell("Provider", attrgetter("provider"))
CASES = Cell("Cases", lambda row: str(row.cases), numeric=True)
RATE = Cell("Rate", attrgetter("rate"), numeric=True)


def parsed(markup: str) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(markup, create_parent="div")


def drawing() -> Drawing:
    fig, axes = plt.subplots(figsize=(4, 3))
    axes.plot([0, 1], [1, 0])
    axes.fill_between([0, 1], [0, 0], [1, 1], hatch="/")
    return fig


# ---- Text ---------------------------------------------------------------------------------------


def test_a_phrase_keeps_its_template_and_escapes_its_values():
    made = content.phrase("<em>{count}</em> cases of {name}", count=3, name=HOSTILE)
    assert made.startswith("<em>3</em> cases of &lt;script&gt;")
    assert parsed(made).text_content() == f"3 cases of {HOSTILE}"


def test_a_phrase_takes_what_another_has_made():
    link = content.phrase('<a href="{address}">{text}</a>', address='https://a/?b="c"', text="<x>")
    assert content.phrase("See {link}.", link=link) == (
        'See <a href="https://a/?b=&#34;c&#34;">&lt;x&gt;</a>.'
    )


@pytest.mark.parametrize(
    ("block", "html"),
    [
        (Heading("a <b>", level=1), "<h1>a &lt;b&gt;</h1>"),
        (Heading("a"), "<h2>a</h2>"),
        (Paragraph("a <b>"), "<p>a &lt;b&gt;</p>"),
        (Paragraph(Markup("<em>a</em>"), cls="note"), '<p class="note"><em>a</em></p>'),
        (
            Bullets(["<a>", Markup("<em>b</em>")], cls="key"),
            '<ul class="key"><li>&lt;a&gt;</li><li><em>b</em></li></ul>',
        ),
        (
            Footer(["a <b>", Markup("<em>c</em>")]),
            "<footer><p>a &lt;b&gt;</p><p><em>c</em></p></footer>",
        ),
    ],
)
def test_text_is_escaped_unless_it_is_markup(block, html):
    assert block.html() == html


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        (Paragraph("x", cls="shiny"), "class 'shiny' is not one of about, cards, files"),
        (Bullets([]), "at least one item"),
        (Footer([]), "at least one paragraph"),
        (Heading(" "), "the heading is empty"),
        (Figure(SVG, alt=" ", caption="c"), "the alt is empty"),
        (Figure(SVG, alt="a", caption=""), "the caption is empty"),
        (Figure("<svg/>", alt="a", caption="c"), "an SVG without a size"),
    ],
)
def test_what_would_stand_empty_is_refused(block, reason):
    with pytest.raises(ValueError, match=reason):
        block.html()


# ---- Tables -------------------------------------------------------------------------------------


def test_a_table_has_caption_headings_scopes_and_numeric_columns():
    root = parsed(Table(FRAME, [PROVIDER, CASES, RATE], caption="Cases by provider").html())
    assert root.findtext("table/caption") == "Cases by provider"
    assert [(th.text, th.get("scope")) for th in root.xpath(".//thead//th")] == [
        ("Provider", "col"),
        ("Cases", "col"),
        ("Rate", "col"),
    ]
    assert [(th.text, th.get("scope")) for th in root.xpath(".//tbody//th")] == [
        ("NPS", "row"),
        ("CRC", "row"),
    ]
    assert [td.text for td in root.xpath(".//td")] == ["29", "71%", "26", "42%"]
    # The second and the third column hold numbers, which page.css sets to the right.
    assert root.find("table").get("class") == "n2 n3"


def test_the_first_cell_heads_the_rows():
    root = parsed(Table(FRAME, [RATE, PROVIDER], caption="Cases").html())
    assert root.xpath(".//tbody//th/text()") == ["71%", "42%"]


def test_every_text_of_a_table_is_escaped():
    cells = [Cell(HOSTILE, attrgetter("a")), Cell(f"{HOSTILE}2", attrgetter("a"))]
    frame = pd.DataFrame({"a": [HOSTILE]})
    made = Table(frame, cells, caption=HOSTILE, folded=HOSTILE, note=HOSTILE).html()
    assert "<script" not in made
    places = parsed(made).xpath(
        ".//summary | .//caption | .//tbody//* [not(*)] | .//p[@class='source']"
    )
    assert [place.text_content() for place in places] == [HOSTILE] * 5


def test_a_cell_may_hold_what_phrase_has_made():
    link = Cell("Link", lambda row: content.phrase('<a href="{to}">x</a>', to=row.provider))
    root = parsed(Table(FRAME, [link], caption="c").html())
    assert root.xpath(".//th/a/@href") == ["NPS", "CRC"]


@pytest.mark.parametrize("empty", ["", "  ", "nan", "<NA>", "None"])
def test_an_empty_cell_is_refused_by_name(empty):
    frame = FRAME.assign(rate=["71%", empty])
    with pytest.raises(ValueError, match="row 2, 'Rate' is empty: say in words what is so"):
        Table(frame, [PROVIDER, RATE], caption="c").html()


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (Table(FRAME.head(0), [PROVIDER], "c"), "has no rows: say in words that there is none"),
        (Table(FRAME, [PROVIDER], caption=" "), "the caption is empty"),
        (Table(FRAME, [PROVIDER], "c", folded=" "), "the summary is empty"),
        (Table(FRAME, [Cell(" ", attrgetter("rate"))], "c"), "column 1 has no heading"),
        (Table(FRAME, [PROVIDER, PROVIDER], "c"), "heading 'Provider' is there twice"),
        (
            Table(FRAME.replace("NPS", "N\nPS"), [PROVIDER], "c"),
            "row 1, 'Provider' has more than one line",
        ),
    ],
)
def test_what_is_no_table_is_refused(table, reason):
    with pytest.raises(ValueError, match=reason):
        table.html()


def test_all_that_is_wrong_with_a_table_comes_at_once():
    frame = pd.DataFrame({"a": ["", "x"], "b": ["y", ""]})
    cells = [Cell("A", attrgetter("a")), Cell("B", attrgetter("b"))]
    with pytest.raises(ValueError, match=r"row 1, 'A'.*; row 2, 'B'"):
        Table(frame, cells, caption="c").html()


# ---- Figures ------------------------------------------------------------------------------------


def test_a_figure_holds_its_picture_words_and_size():
    root = parsed(Figure(SVG, alt=HOSTILE, caption=HOSTILE).html())
    (image,) = root.xpath("figure/img")
    assert root.findtext("figure/figcaption") == image.get("alt") == HOSTILE
    assert (image.get("width"), image.get("height")) == ("96", "48")  # 72 pt = 1 in = 96 px


def test_a_figure_is_drawn_with_the_same_bytes_every_time_and_closed():
    fig = drawing()
    first = content.figure(fig, alt="A falling line.", caption="A line")
    assert not plt.fignum_exists(fig.number)
    assert first == content.figure(drawing(), alt="A falling line.", caption="A line")
    assert first.svg == svg.draw(drawing())
    assert "<dc:date>" not in first.svg


def test_the_address_of_a_figure_holds_only_what_html_allows_in_one():
    shown = content.figure(drawing(), alt="A falling line.", caption="A line")
    src = parsed(shown.html()).find(".//img").get("src")
    assert ADDRESS.fullmatch(src)
    assert "#" not in src
    assert unquote(src.partition(",")[2]) == shown.svg


def test_drawing_leaves_the_settings_of_matplotlib_alone():
    before = dict(mpl.rcParams)
    svg.draw(drawing())
    assert dict(mpl.rcParams) == before


# ---- Parts --------------------------------------------------------------------------------------


def test_a_part_takes_blocks_and_lists_of_them_in_order():
    one, two, three = map(Paragraph, ("one", "two", "three"))
    assert Part(one, [two], (each for each in [three])) == [one, two, three]
    both = Part(one) + Part(two, three)
    assert (type(both), both) == (Part, [one, two, three])
    assert Part(one, two).html() == "<p>one</p>\n<p>two</p>"


def test_a_part_of_nothing_is_an_empty_text_and_says_so_in_a_terminal():
    assert Part().html() == ""
    assert Part().plain() == "Nothing to show here."


def test_a_terminal_shows_the_words_of_a_part():
    part = Part(
        Heading("Rates"),
        Figure(SVG, alt="A falling line.", caption="A line"),
        Table(FRAME, [PROVIDER, CASES], caption="Cases"),
    )
    assert part.plain() == "Rates\nA falling line.\nCases\nNPS | 29\nCRC | 26"


# ---- In a notebook ------------------------------------------------------------------------------

CELL = """
from analysis.report.content import Figure, Heading, Paragraph, Part
title = Part(Heading("Title", level=1))
title + [Figure("<svg width='9' height='9'/>", alt="A <falling> line.", caption="A line & more")]
"""


@pytest.fixture(scope="module")
def executed() -> nbformat.NotebookNode:
    """A notebook of parts, run by a real kernel."""
    cells = [
        new_code_cell(CELL),
        new_markdown_cell("## Nothing"),
        new_code_cell("Part()"),
        new_markdown_cell("## Something"),
        new_code_cell("Paragraph('words')"),
    ]
    return NotebookClient(new_notebook(cells=cells), kernel_name="python3").execute()


def test_a_cell_that_ends_in_a_part_shows_it_with_caption_and_alternative_text(executed):
    (output,) = executed.cells[0].outputs
    assert output.output_type == "execute_result"
    assert set(output.data) == {"text/html", "text/plain"}
    (figure,) = parsed(output.data["text/html"]).iter("figure")
    assert figure.findtext("figcaption") == "A line & more"
    assert figure.find("img").get("alt") == "A <falling> line."
    assert output.data["text/plain"] == "Title\nA <falling> line."


def test_nbconvert_as_it_comes_keeps_the_alternative_text(executed):
    page, _ = HTMLExporter().from_notebook_node(executed)
    assert "A <falling> line." in lxml.html.document_fromstring(page).xpath("//img/@alt")


def test_nbconvert_as_it_comes_keeps_every_alternative_text_of_a_report(built):
    page = (built.reports / "north-of-london" / "index.html").read_text(encoding="utf-8")
    notebook = built.reports / "north-of-london" / "notebooks" / "4_report.ipynb"
    stock, _ = HTMLExporter().from_filename(str(notebook))
    ours = lxml.html.document_fromstring(page).xpath("//main//svg/@aria-label")
    theirs = lxml.html.document_fromstring(stock).xpath("//main//img/@alt")
    assert len(ours) == 4  # rates against deprivation, power, two maps
    assert max(map(len, ours)) <= 300
    assert theirs == ours
    assert "No description has been provided for this image" not in stock


def test_a_report_has_no_address_and_no_formula_that_a_checker_of_html_refuses(built):
    page = (built.reports / "north-of-london" / "index.html").read_text(encoding="utf-8")
    root = lxml.html.document_fromstring(page)
    addresses = root.xpath("//@src | //@href")
    assert len(addresses) > 40
    assert [address for address in addresses if not ADDRESS.fullmatch(address)] == []
    assert root.xpath("//math[@display='block']")
    assert root.xpath("//math[@tabindex]") == []


def test_a_report_cites_sections_and_no_line_of_a_text_that_no_reader_has(built):
    page = (built.reports / "north-of-london" / "index.html").read_text(encoding="utf-8")
    text = " ".join(lxml.html.document_fromstring(page).text_content().split())
    assert "Section of the report" in text
    assert re.findall(r"(?i)\blines? (?:of the report|\d+)", text) == []


def test_the_page_shows_the_parts_and_no_heading_over_none(executed):
    root = lxml.html.document_fromstring(render(executed))
    assert root.xpath("//svg/@aria-label") == ["A <falling> line."]
    assert root.xpath("//h2/text()") == ["Something"]
    assert root.xpath("//main/p/text()") == ["words"]


def test_the_call_that_the_page_asks_for_makes_a_figure(report_of: Callable):
    made = report_of().figure(drawing(), alt="A falling line.", caption="A line")
    assert made == content.figure(drawing(), alt="A falling line.", caption="A line")
