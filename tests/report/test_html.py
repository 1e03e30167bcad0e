"""What notebooks show is escaped, described and never empty."""

from typing import Any
from urllib.parse import unquote

import lxml.html
import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from markupsafe import Markup
from matplotlib.figure import Figure
from nbformat.v4 import new_code_cell, new_notebook, new_output

from analysis.report import html
from analysis.report.drawing import svg
from analysis.report.page.exporter import render

HOSTILE = "<script>alert('1')</script> & \"co\""
FRAME = pd.DataFrame({"provider": ["NPS", "CRC"], "cases": [29, 26], "rate": ["71%", "42%"]})


def parsed(markup: str) -> lxml.html.HtmlElement:
    return lxml.html.fragment_fromstring(markup, create_parent="div")


def drawing() -> Figure:
    fig, axes = plt.subplots(figsize=(4, 3))
    axes.plot([0, 1], [1, 0])
    axes.fill_between([0, 1], [0, 0], [1, 1], hatch="/")
    return fig


# ---- Text ---------------------------------------------------------------------------------------


def test_a_paragraph_keeps_its_template_and_escapes_its_values() -> None:
    made = html.paragraph_html(
        "<em>{count}</em> cases of {name}", cls="note", count=3, name=HOSTILE
    )
    (element,) = parsed(made)
    assert made.startswith('<p class="note"><em>3</em> cases of &lt;script&gt;')
    assert element.text_content() == f"3 cases of {HOSTILE}"


def test_a_paragraph_takes_markup_that_phrase_has_made() -> None:
    link = html.phrase('<a href="{address}">{text}</a>', address='https://a/?b="c"', text="<x>")
    assert html.paragraph_html("See {link}.", link=link) == (
        '<p>See <a href="https://a/?b=&#34;c&#34;">&lt;x&gt;</a>.</p>'
    )


def test_values_may_be_named_template() -> None:
    assert html.paragraph_html("{template}", template="x") == "<p>x</p>"


def test_an_unknown_class_is_refused() -> None:
    with pytest.raises(ValueError, match="class 'shiny' is not one of key, lead"):
        html.paragraph_html("x", cls="shiny")


def test_a_list_escapes_items_unless_they_are_markup() -> None:
    assert html.bullets_html(["<a>", Markup("<em>b</em>")], cls="key") == (
        '<ul class="key"><li>&lt;a&gt;</li><li><em>b</em></li></ul>'
    )


def test_an_empty_list_and_an_empty_footer_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one item"):
        html.bullets_html([])
    with pytest.raises(ValueError, match="at least one paragraph"):
        html.footer_html()


def test_the_footer_holds_paragraphs() -> None:
    assert html.footer_html("a <b>", Markup("<em>c</em>")) == (
        "<footer><p>a &lt;b&gt;</p><p><em>c</em></p></footer>"
    )


# ---- Tables -------------------------------------------------------------------------------------


def test_a_table_has_caption_headings_scopes_and_numeric_columns() -> None:
    root = parsed(
        html.table_html(
            FRAME,
            caption="Cases by provider",
            headers={"provider": "Provider", "cases": "Cases", "rate": "Rate", "other": "Unused"},
            numeric=["cases", "rate"],
        )
    )
    assert root.findtext("table/caption") == "Cases by provider"
    assert [(th.text, th.get("scope"), th.get("class")) for th in root.xpath(".//thead//th")] == [
        ("Provider", "col", None),
        ("Cases", "col", None),
        ("Rate", "col", None),
    ]
    assert [(th.text, th.get("scope")) for th in root.xpath(".//tbody//th")] == [
        ("NPS", "row"),
        ("CRC", "row"),
    ]
    assert [td.text for td in root.xpath(".//td")] == ["29", "71%", "26", "42%"]
    # The second and the third column hold numbers, which page.css sets to the right.
    assert root.find("table").get("class") == "n2 n3"


def test_another_column_may_head_the_rows() -> None:
    root = parsed(html.table_html(FRAME, caption="Cases", row_header="rate"))
    assert root.xpath(".//tbody//th/text()") == ["71%", "42%"]


def test_every_text_of_a_table_is_escaped() -> None:
    frame = pd.DataFrame({"a": [HOSTILE], "b": [HOSTILE]})
    made = html.data_table_html(
        frame, summary=HOSTILE, caption=HOSTILE, headers={"a": HOSTILE, "b": HOSTILE}, note=HOSTILE
    )
    root = parsed(made)
    assert "<script" not in made
    places = root.xpath(".//summary | .//caption | .//th | .//td | .//p[@class='source']")
    assert [place.text_content() for place in places] == [HOSTILE] * 7


def test_a_cell_may_hold_markup_that_phrase_has_made() -> None:
    frame = pd.DataFrame(
        {"a": ["x"], "b": [html.phrase('<span class="{c}">few</span>', c="worded")]}
    )
    assert parsed(html.table_html(frame, caption="c")).xpath(".//td/span/@class") == ["worded"]


@pytest.mark.parametrize("empty", ["", "  ", None, float("nan"), pd.NA, pd.NaT])
def test_an_empty_cell_is_refused_by_name(empty: object) -> None:
    frame = pd.DataFrame(
        {"provider": ["NPS", "CRC"], "cases": pd.Series(["1", empty], dtype=object)}
    )
    with pytest.raises(ValueError, match="row 2, column 'cases' is empty: say in words"):
        html.table_html(frame, caption="c")


@pytest.mark.parametrize(
    ("frame", "options", "reason"),
    [
        (FRAME.head(0), {}, "has no rows: say in words that there is none"),
        (pd.DataFrame(), {}, "has no rows"),
        (FRAME, {"caption": " "}, "the caption is empty"),
        (FRAME, {"numeric": ["case"]}, "column 'case' is not in the frame"),
        (FRAME, {"row_header": "area"}, "column 'area' is not in the frame"),
        (FRAME, {"headers": {"provider": "P", "cases": "C"}}, "column 'rate' has no heading"),
        (FRAME[["cases", "cases"]], {}, "column 'cases' is there twice"),
        (FRAME.replace("NPS", "N\nPS"), {}, "row 1, column 'provider' has more than one line"),
    ],
)
def test_what_is_no_table_is_refused(frame: pd.DataFrame, options: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        html.table_html(frame, **{"caption": "c", **options})


def test_all_that_is_wrong_with_a_table_is_said_at_once() -> None:
    frame = pd.DataFrame({"a": ["", "x"], "b": ["y", ""]})
    with pytest.raises(ValueError, match=r"row 1, column 'a'.*; row 2, column 'b'"):
        html.table_html(frame, caption="c")


# ---- Figures ------------------------------------------------------------------------------------


def test_a_figure_is_drawn_with_the_same_bytes_every_time_and_closed() -> None:
    fig = drawing()
    first = svg.draw(fig)
    assert not plt.fignum_exists(fig.number)
    assert first == svg.draw(drawing())
    assert "<dc:date>" not in first


def test_drawing_leaves_the_settings_of_matplotlib_alone() -> None:
    before = dict(mpl.rcParams)
    svg.draw(drawing())
    assert dict(mpl.rcParams) == before


# ---- Displaying ---------------------------------------------------------------------------------


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What cells display, as a kernel would record it."""
    shell = InteractiveShell.instance()
    publisher = CapturingDisplayPublisher()
    monkeypatch.setattr(shell, "display_pub", publisher)
    return publisher.outputs


def test_all_that_can_be_displayed_makes_a_page(published: list[dict[str, Any]]) -> None:
    html.title("Title & more")
    html.paragraph("By {who}", cls="lead", who="us")
    html.bullets(["one", "two"])
    html.figure(drawing(), alt="A falling line.", caption="Figure 1: a line")
    html.data_table(FRAME, summary="Show the data", caption="Data")
    html.table(FRAME, caption="Table 1", note="Source: cases.")
    html.footer("The end")
    outputs = [
        new_output("display_data", data=output["data"], metadata=output["metadata"])
        for output in published
    ]
    cell = new_code_cell("show()", execution_count=1, outputs=outputs)
    root = lxml.html.document_fromstring(render(new_notebook(cells=[cell])))
    assert root.findtext("head/title") == "Title & more"
    assert root.xpath("//header/p/text()") == ["By us"]
    assert root.xpath("//img/@alt") == ["A falling line."]
    assert (root.xpath("//img/@width"), root.xpath("//img/@height")) == (["384"], ["288"])
    picture = unquote(root.xpath("//img/@src")[0].partition(",")[2])
    assert picture == svg.draw(drawing())
    assert root.xpath("//table/caption/text()") == ["Data", "Table 1"]
    assert root.xpath("//footer/p/text()") == ["The end"]


def test_what_a_part_says_between_figures_is_one_output(published: list[dict[str, Any]]) -> None:
    @html.part
    def show() -> None:
        html.heading("Rates", level=2)
        html.paragraph("Before.")
        html.figure(drawing(), alt="A falling line.", caption="Figure 1: a line")
        html.paragraph("After.")
        html.bullets(["one"])

    show()
    html.paragraph("By itself.")
    html.paragraph("Another.")
    shown = [output["data"].get("text/html", "a figure") for output in published]
    assert shown == [
        "<h2>Rates</h2>\n<p>Before.</p>",
        "a figure",
        "<p>After.</p>\n<ul><li>one</li></ul>",
        "<p>By itself.</p>",
        "<p>Another.</p>",
    ]


def test_a_part_within_a_part_stands_where_it_is_called(published: list[dict[str, Any]]) -> None:
    @html.part
    def inner() -> None:
        html.paragraph("two")

    @html.part
    def outer() -> None:
        html.paragraph("one")
        inner()
        html.paragraph("three")

    outer()
    shown = [output["data"]["text/html"] for output in published]
    assert shown == ["<p>one</p>", "<p>two</p>", "<p>three</p>"]


def test_what_a_part_said_before_it_failed_is_shown(published: list[dict[str, Any]]) -> None:
    @html.part
    def show() -> None:
        html.paragraph("So far.")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        show()
    assert [output["data"]["text/html"] for output in published] == ["<p>So far.</p>"]


@pytest.mark.parametrize("words", [{"alt": " ", "caption": "c"}, {"alt": "a", "caption": ""}])
def test_a_figure_without_words_is_refused(words: dict[str, str]) -> None:
    fig = drawing()
    with pytest.raises(ValueError, match="is empty"):
        html.figure(fig, **words)
    plt.close(fig)


def test_a_title_without_words_is_refused() -> None:
    with pytest.raises(ValueError, match="the title is empty"):
        html.title(" ")
