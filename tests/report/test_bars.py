"""Columns that draw: each bar at its place, its text beside it, and no other style on a page."""

from operator import attrgetter

import lxml.html
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import words
from analysis.report import bars
from analysis.report.bars import Axis, Bars, Span
from analysis.report.content import Cell, Heading, Part, Table
from analysis.report.outputs.markdown import markdown
from analysis.report.page import document, fragments
from analysis.report.page.layout import page

HOSTILE = '</style><script>alert("1")</script>'
FRAME = pd.DataFrame(
    {
        "question": ["First", "First", "Second"],
        "provider": ["A", "All", "A"],
        "low": [0.1, 0.2, 0.25],
        "high": [0.4, 0.5, 1.0],
        "rate": [0.2, 0.3333, None],
    }
)
PROVIDER = Cell("Provider", attrgetter("provider"))
SHARE = Bars(
    "Share",
    lambda row: f"{words.percents(row.low, row.high)}",
    axis=bars.SHARES,
    span=lambda row: Span(
        row.low, row.high, None if pd.isna(row.rate) else row.rate, aside=row.provider == "All"
    ),
)


def table(*cells: Cell, caption="Shares") -> Table:
    return Table(FRAME, cells or (PROVIDER, SHARE), caption, group=attrgetter("question"))


def shown(made: Table) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(page(Part(Heading("Title", level=1), made)))


def test_a_bar_stands_at_its_place_before_what_the_cell_says():
    cells = shown(table()).xpath("//td")
    found = [(*(dict(part.attrib) for part in cell), cell.text_content().strip()) for cell in cells]
    assert found == [
        ({"class": "bar", "style": "--a:10;--b:40;--p:20"}, {}, "10% to 40%"),
        ({"class": "bar aside", "style": "--a:20;--b:50;--p:33.3"}, {}, "20% to 50%"),
        ({"class": "bar band", "style": "--a:25;--b:100"}, {}, "25% to 100%"),
    ]


def test_a_row_without_a_span_has_its_text_alone():
    cell = Bars("Share", lambda _: "not compared", axis=bars.SHARES, span=lambda _: None)
    assert not shown(table(PROVIDER, cell)).xpath("//*[contains(@class, 'bar')]")


def test_each_run_of_rows_is_headed_by_its_group():
    bodies = shown(table()).xpath("//tbody")
    assert [body.xpath("normalize-space(tr[1]/th[@scope='rowgroup'])") for body in bodies] == [
        "First",
        "Second",
    ]
    assert [body.xpath("tr/th[@scope='row']/text()") for body in bodies] == [["A", "All"], ["A"]]
    assert {head.get("colspan") for head in shown(table()).xpath("//th[@scope='rowgroup']")} == {
        "2"
    }


def test_the_axis_stands_below_the_heading_for_the_eye_alone():
    (axis,) = shown(table()).xpath("//th/span")
    assert dict(axis.attrib) == {"class": "axis", "aria-hidden": "true"}
    assert axis.xpath("span/text()") == ["0%", "half", "100%"]


def test_markdown_has_the_numbers_and_neither_bars_nor_axis():
    part = Part(Heading("Title", level=1), table())
    assert markdown(document.of_part(part)) == (
        "# Title\n\n**Shares**\n\n| Provider | Share |\n| --- | --- |\n| **First** |  |\n"
        "| A | 10% to 40% |\n| All | 20% to 50% |\n| **Second** |  |\n| A | 25% to 100% |\n"
    )


# ---- Axes ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [-0.01, 1.01])
def test_what_lies_beyond_the_axis_is_refused(value):
    with pytest.raises(ValueError, match=r"lies beyond the axis from 0 to 1"):
        bars.SHARES.place(value)


@pytest.mark.parametrize(
    ("axis", "start", "end", "labels"),
    [
        (bars.amounts([373_745, 5], "{:,.0f}".format), 0, 500_000, ("0", "250,000", "500,000")),
        (bars.amounts([0.085], words.percent), 0, 0.1, ("0", "5%", "10%")),
        (bars.slopes([-0.03, 0.19]), -0.2, 0.2, ("−0.20", "0", "+0.20")),
        (bars.differences([-0.1, 0.02], "A", "B"), -0.1, 0.1, ("B +10", "0", "A +10")),
        (bars.about(0.3, [0.1, 0.4], words.percent), 0.1, 0.5, ("10%", "30%", "50%")),
    ],
)
def test_an_axis_holds_every_value_with_what_they_are_held_against_in_the_middle(
    axis, start, end, labels
):
    assert (axis.start, axis.end) == pytest.approx((start, end))
    assert axis.labels == labels


@given(st.lists(st.floats(-1, 1), min_size=1).filter(any))
def test_every_value_has_a_place_that_the_page_lets_through(values):
    for axis in (bars.slopes(values), bars.about(0.5, [*values, 0], str)):
        for value in values:
            place = axis.place(value)
            assert bars.STYLE.fullmatch(f"--a:{place};--b:{place};--p:{place}")


# ---- What a page lets through -------------------------------------------------------------------


@pytest.mark.parametrize(
    "style",
    [
        "color:red",
        "--a:10;--b:20;color:red",
        "--a:10",
        "--a:10;--b:20;--c:30",
        "--a:101;--b:20",
        "--a:-1;--b:20",
        "--a:1.25;--b:20",
        "--a:url(https://evil.example);--b:20",
        "--a:10;--b:20\n",
        "--a:10;--b:20;--p:30}",
    ],
)
def test_no_style_but_that_of_a_bar_is_let_through(style):
    assert "style" not in fragments.sanitise(f'<span style="{style}">x</span>')


def test_only_a_span_has_a_style_or_the_classes_of_a_bar():
    assert fragments.sanitise('<p class="bar" style="--a:1;--b:2">x</p>') == '<p class="">x</p>'
    assert "aria-hidden" not in fragments.sanitise('<p aria-hidden="true">x</p>')


def test_a_hostile_heading_stays_a_label():
    hostile = Bars(HOSTILE, SHARE.say, axis=Axis(0, 1, (HOSTILE, "x", "y")), span=SHARE.span)
    root = shown(table(PROVIDER, hostile))
    assert root.xpath("//script") == []
    assert root.xpath("normalize-space(//thead//th[2])") == f"{HOSTILE}{HOSTILE}xy"
    # Each mark that means something in CSS is written by its number.
    (style,) = root.xpath("//style/text()")
    assert r'#table_1{--h2:"\3c \2f style\3e \3c script\3e alert(\22 1\22 )' in style
