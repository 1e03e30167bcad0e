"""Pictures in line: the colours of the page, text that stays text, and nothing that could act or fetch."""

import re

import lxml.html
import matplotlib.pyplot as plt
import pytest
from drawn import figure

from analysis.report.content import Figure, Heading, Part
from analysis.report.drawing import palette
from analysis.report.page.document import PageError
from analysis.report.page.layout import page

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"{}>{}</svg>'


def shown(*figures: Figure) -> lxml.html.HtmlElement:
    """The page of some figures."""
    return lxml.html.document_fromstring(page(Part(Heading("Title", level=1), figures)))


def picture(inner: str, attributes: str = "") -> Figure:
    return Figure(SVG.format(attributes, inner), alt="Two dots.", caption="Dots")


def refused(inner: str, attributes: str = "") -> str:
    """What the page says that it does not take."""
    with pytest.raises(PageError) as caught:
        shown(picture(inner, attributes))
    (problem,) = caught.value.problems
    return problem


ATTACKS = [
    "<script>alert(1)</script>",
    "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
    "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>words</p></foreignObject>",
    "<foreignObject><h:iframe xmlns:h='http://www.w3.org/1999/xhtml' src='//evil.example'/></foreignObject>",
    "<style>*{fill:url(//evil.example/x)}</style>",
    "<g style='fill:url(//evil.example/x)'/>",
    "<g onclick='alert(1)'/>",
    "<g ONLOAD='alert(1)'/>",
    "<image href='//evil.example/x.png'/>",
    "<image href='data:image/svg+xml,&lt;svg onload=alert(1)&gt;'/>",
    "<use href='//evil.example/x.svg#a'/>",
    "<use href='x.svg#a'/>",
    "<use href='data:image/svg+xml,&lt;svg id=a&gt;'/>",
    "<use xmlns:x='http://www.w3.org/1999/xlink' x:href='//evil.example/x.svg#a'/>",
    "<a href='javascript:alert(1)'><text>click</text></a>",
    "<a href='#main'><text>click</text></a>",
    "<a><set attributeName='href' to='javascript:alert(1)'/></a>",
    "<animate attributeName='fill' values='url(//evil.example/x)'/>",
    "<rect fill='url(//evil.example/x)'/>",
    "<rect fill='url(#a) url(//evil.example/x)'/>",
    "<rect clip-path='url(//evil.example/x#a)'/>",
    "<rect fill='var(--page);background:url(//evil.example/x)'/>",
    "<rect mask='url(//evil.example/x)'/>",
    "<rect class='skip'/>",
    "<rect tabindex='0'/>",
    "<text font-family='x;background:url(//evil.example)'>a</text>",
    "<title>a tooltip</title>",
    "<svg><script>alert(1)</script></svg>",
    "<g id='a'><use href='#b'/></g>",
    "<filter><feImage href='//evil.example/x'/></filter>",
]


@pytest.mark.parametrize("inner", ATTACKS)
def test_an_svg_that_could_act_fetch_or_lead_away_is_refused(inner):
    assert "an SVG with " in refused(inner)
    assert "which a page does not take" in refused(inner)


@pytest.mark.parametrize(
    "attributes", [" onload='alert(1)'", " style='fill:red'", " aria-label='x'", " class='key'"]
)
def test_so_is_one_whose_outermost_element_is(attributes):
    assert attributes.partition("=")[0].strip() in refused("<rect/>", attributes)


def test_everything_that_is_not_taken_is_named_at_once():
    assert refused("<script/><g onclick='x'/><g onclick='x'/>") == (
        "an SVG with <script>, onclick='x', which a page does not take"
    )


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</text></svg><script>alert(1)</script>",
        "]]><!-- --> &amp; &lt;b&gt;",
        "</title><p>a",
    ],
)
def test_hostile_text_in_a_drawing_stays_text(text):
    fig = plt.figure(figsize=(4, 1))
    fig.text(0, 0.5, text)
    (drawn,) = shown(figure(fig)).iter("svg")
    assert [element.tag for element in drawn] == ["text"]
    assert drawn.text_content() == text


@pytest.mark.parametrize(
    ("drawn", "on_page"),
    [
        (palette.OWN, "var(--own)"),
        (palette.QUIET.lower(), "var(--quiet)"),
        ("#000000", "currentColor"),
        ("white", "var(--page)"),
        ("none", "none"),
        ("#abcdef", "#abcdef"),  # an analyst's own colour stays what it is
    ],
)
def test_colours_of_the_palette_are_those_of_the_page(drawn, on_page):
    (rect,) = shown(picture(f"<rect fill='{drawn}'/>")).iter("rect")
    assert rect.get("fill") == on_page


def test_the_page_has_every_colour_of_the_palette_for_light_and_for_dark_screens():
    style = shown(picture("<rect/>")).findtext(".//style")
    for name, (light, dark) in palette.NAMED.items():
        assert re.findall(rf"--{name}:(#\w+);", style) == [light, dark]


def test_what_matplotlib_draws_of_its_own_is_taken_and_names_are_told_apart():
    def plotted() -> Figure:
        fig, axes = plt.subplots()
        axes.plot([1, 2], [3, 4], marker="o", label="a line")
        axes.scatter([1, 2], [3, 4], c=["#abcdef", "red"])
        axes.legend()
        return figure(fig)

    root = shown(plotted(), plotted())
    first, second = root.iter("svg")
    assert first.xpath(".//use")
    assert "a line" in first.text_content()
    ids = root.xpath("//@id")
    assert len(ids) == len(set(ids))
    for number, drawn in enumerate((first, second), start=1):
        own = set(drawn.xpath(".//@id"))
        assert own
        assert all(name.startswith(f"picture_{number}_") for name in own)
        used = [link.removeprefix("#") for link in drawn.xpath(".//use/@href")]
        clips = [link[5:-1] for link in drawn.xpath(".//@clip-path")]
        assert clips
        assert {*used, *clips} == own


def test_a_figure_says_what_is_found_and_where_its_figures_are():
    made = Figure(
        SVG.format("", ""), "Dots.", "Up: dots.", title="Dots <rise>.", source="Source: <A>"
    )
    (found,) = shown(made).iter("figure")
    assert [each.tag for each in found] == ["figcaption", "svg", "p"]
    assert found.findtext("figcaption/strong") == "Dots <rise>."
    assert found.find("figcaption").text_content() == "Dots <rise>. Up: dots."
    assert found.findtext("p[@class='source']") == "Source: <A>"


def test_a_notebook_has_the_figure_by_itself_too_with_its_words():
    shown = picture("<rect/>")._repr_mimebundle_()
    assert isinstance(shown, tuple)
    data, metadata = shown
    assert data["image/svg+xml"] == SVG.format("", "<rect/>")
    assert metadata["image/svg+xml"] == {"alt": "Two dots."}
