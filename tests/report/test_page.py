"""The page says what the notebook shows, all of it and nothing else, and runs nothing."""

import base64
import pickle
import re
from collections.abc import Sequence
from operator import attrgetter
from urllib.parse import quote

import lxml.html
import mistune
import nbformat
import pandas as pd
import pytest
from nbformat import NotebookNode
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
    new_raw_cell,
)

from analysis.report.content import (
    CLASSES,
    Cell,
    Figure,
    Footer,
    Heading,
    Paragraph,
    Part,
    Table,
    phrase,
)
from analysis.report.page import fragments
from analysis.report.page.document import PageError
from analysis.report.page.exporter import PageExporter, render
from analysis.report.page.fragments import markup, sanitise
from analysis.report.page.layout import page
from analysis.report.page.markdown import mathml

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"><rect/></svg>'
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEElEQVR4nGP4z8AARwxYOABPkQf5fEcFuAAAAABJ"
    "RU5ErkJggg=="
)
TITLE = "<h1>Probation in the north of London</h1>"
TABLE = (
    '<table class="n2"><caption>Counts</caption><thead><tr><th scope="col">Provider</th>'
    '<th scope="col">Cases</th></tr></thead>'
    '<tbody><tr><th scope="row">NPS</th><td>29</td></tr></tbody></table>'
)


# ---- Notebooks to render ------------------------------------------------------------------------


def html_output(html: str) -> NotebookNode:
    return new_output("display_data", data={"text/html": html, "text/plain": "<IPython.HTML>"})


def address(content: str = SVG, kind: str = "svg+xml") -> str:
    """The data: address of a picture; a PNG is given in base64."""
    return f"data:image/{kind}" + (f";base64,{content}" if kind == "png" else f",{quote(content)}")


def picture(src: str | None = None, alt: str = "Two dots.", caption: str = "Figure 1: dots") -> str:
    """The HTML of a figure."""
    return phrase(
        '<figure><figcaption>{caption}</figcaption><img src="{src}" alt="{alt}"></figure>',
        caption=caption,
        src=address() if src is None else src,
        alt=alt,
    )


def code(*outputs: NotebookNode | str) -> NotebookNode:
    made = [html_output(output) if isinstance(output, str) else output for output in outputs]
    return new_code_cell("show()", outputs=made)


def executed(*cells: NotebookNode) -> NotebookNode:
    """Number the code cells as a kernel does, and give every cell a fixed id."""
    count = 0
    for index, cell in enumerate(cells):
        cell.id = f"cell-{index}"
        if cell.cell_type == "code" and cell.source and cell.execution_count is None:
            count += 1
            cell.execution_count = count
    return new_notebook(cells=list(cells))


def report(*cells: NotebookNode) -> NotebookNode:
    """A notebook with a title in cell 0 and the given cells after it."""
    return executed(code(TITLE), *cells)


def tree(*cells: NotebookNode) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(render(report(*cells)))


def problems(notebook: NotebookNode) -> Sequence[str]:
    with pytest.raises(PageError) as caught:
        render(notebook)
    return caught.value.problems


# ---- Nothing is lost between the notebook and the page ------------------------------------------


def words(html: str) -> list[str]:
    """The words of some HTML; formulas, which the page sets anew, are left out."""
    root = lxml.html.fragment_fromstring(html, create_parent="div")
    for formula in root.xpath("//math"):
        formula.drop_tree()
    # A space around every element, so that the words of two cells never run together.
    return " ".join(root.itertext()).split()


def notebook_words(notebook: NotebookNode) -> list[str]:
    """All that a notebook shows, read without the code under test."""
    found: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            prose = re.sub(r"\$\$.+?\$\$|\$.+?\$", "", cell.source, flags=re.DOTALL)
            found += words(str(mistune.html(prose)))
            continue
        for output in cell.get("outputs", []):
            found += words(output.data["text/html"])
    return found


def page_words(page: str) -> list[str]:
    """All that a page says, but for what the template adds: the skip link and the contents."""
    body = lxml.html.document_fromstring(page).body
    for added in body.xpath("./nav | ./a"):
        added.drop_tree()
    return words(lxml.html.tostring(body, encoding="unicode"))


FULL = report(
    code('<p class="lead">What <em>happened</em> &amp; why.</p>'),
    new_markdown_cell("Before any section: [a link](https://example.org) and `code`."),
    new_markdown_cell("## Practice\n\nFirst paragraph, with $p = k/n$ in it.\n\nSecond paragraph."),
    code(picture(), TABLE, "<details><summary>The data</summary><p>One dot</p></details>"),
    new_markdown_cell(
        "### Providers\n\n1. NPS\n2. CRC\n\n> As quoted\n\n$$\\frac{a}{b}$$\n\nThen."
    ),
    code("loose words <strong>outside</strong> a paragraph<p>inside</p>and after"),
    new_markdown_cell("## Practice\n\n```python\nx < 1 & y\n```\n\nTerm with \\$5 and a_b_c."),
    code(picture(address(PNG, "png"), caption="Figure 2: more dots")),
    code("<footer><p>Open Government Licence</p></footer>"),
)


def test_the_text_of_the_page_is_the_text_of_the_notebook() -> None:
    assert page_words(render(FULL)) == notebook_words(FULL)


def test_the_comparison_would_see_a_lost_paragraph() -> None:
    page = render(FULL).replace("<p>Second paragraph.</p>", "")
    assert page_words(page) != notebook_words(FULL)


def test_the_same_notebook_gives_the_same_bytes() -> None:
    assert render(FULL) == render(nbformat.from_dict(FULL))


def test_rendering_leaves_the_notebook_as_it_was() -> None:
    before = nbformat.writes(FULL)
    render(FULL)
    assert nbformat.writes(FULL) == before


def test_the_exporter_is_one_of_nbconvert() -> None:
    page, resources = PageExporter().from_notebook_node(FULL)
    assert page == render(FULL)
    assert resources["output_extension"] == ".html"


def test_inputs_and_prompts_are_not_shown() -> None:
    assert "show()" not in render(FULL)
    assert "In [" not in render(FULL)


# ---- The document -------------------------------------------------------------------------------


def test_the_document_is_in_english_and_titled_by_its_h1() -> None:
    root = tree()
    assert root.get("lang") == "en-GB"
    assert root.findtext("head/title") == "Probation in the north of London"
    assert [h1.text for h1 in root.iter("h1")] == ["Probation in the north of London"]


def test_the_document_has_its_landmarks_in_order_and_a_skip_link() -> None:
    body = lxml.html.document_fromstring(render(FULL)).body
    assert [child.tag for child in body] == ["a", "header", "nav", "main", "footer"]
    assert body.xpath("string(./a[@href='#main'])") == "Skip to main content"
    assert body.xpath("./main/@id") == ["main"]


def test_the_title_and_the_lead_paragraphs_after_it_are_the_header() -> None:
    root = tree(code('<p class="lead">One</p>'), code("<p>Two</p>", '<p class="lead">Three</p>'))
    assert [child.text for child in root.find("body/header")] == [
        "Probation in the north of London",
        "One",
    ]
    assert [child.text for child in root.find("body/main")] == ["Two", "Three"]


def test_without_sections_or_footer_there_is_no_contents_list_and_no_footer() -> None:
    assert tree().xpath("//nav | //footer") == []


def test_the_contents_list_leads_to_each_section() -> None:
    root = lxml.html.document_fromstring(render(FULL))
    entries = [(link.get("href"), link.text) for link in root.xpath("//nav//a")]
    assert entries == [("#practice", "Practice"), ("#practice-2", "Practice")]


def test_headings_are_named_after_their_text_and_hold_no_anchor_link() -> None:
    root = tree(
        new_markdown_cell("## What’s the *first* result?\n\nx\n\n## Main\n\nx\n\n## 結果\n\nx"),
        code('<h2>Écart-type</h2><h3 id="chosen">Else</h3><p>x</p>'),
    )
    named = [(h.get("id"), h.text_content()) for h in root.xpath("//h2 | //h3")]
    assert named == [
        ("whats-the-first-result", "What’s the first result?"),
        ("main-2", "Main"),
        ("section", "結果"),
        ("ecart-type", "Écart-type"),
        ("chosen", "Else"),
    ]
    assert root.xpath("//main//a") == []


def test_ids_are_unique() -> None:
    ids = lxml.html.document_fromstring(render(FULL)).xpath("//@id")
    assert len(ids) == len(set(ids))


def test_nothing_is_fetched_and_nothing_runs() -> None:
    root = lxml.html.document_fromstring(render(FULL))
    (policy,) = root.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert root.xpath("//script | //link[not(@rel='icon' and @href='data:,')]") == []
    assert all(address.startswith("data:") for address in root.xpath("//@src"))
    assert "url(" not in root.findtext("head/style")
    assert "@import" not in root.findtext("head/style")


def test_the_page_suits_small_screens_and_dark_ones() -> None:
    head = tree().head
    assert head.xpath("meta/@charset") == ["utf-8"]
    assert head.xpath("meta[@name='viewport']/@content") == ["width=device-width, initial-scale=1"]
    assert head.xpath("meta[@name='color-scheme']/@content") == ["light dark"]


def test_every_allowed_class_is_styled() -> None:
    style = tree().findtext("head/style")
    assert [name for name in CLASSES if f".{name}" not in style] == []


# ---- Headings with nothing under them -----------------------------------------------------------


def headings(*cells: NotebookNode) -> list[str]:
    return [h.text_content() for h in tree(*cells).xpath("//main//h2 | //main//h3 | //main//h4")]


@pytest.mark.parametrize(
    ("markdown", "kept"),
    [
        ("## A\n\nwords\n\n## B", ["A"]),  # at the end of the page
        ("## A\n\n## B\n\nwords", ["B"]),  # before one of the same level
        ("## A\n\n### a\n\n## B\n\nwords", ["B"]),  # with nothing under it but such a heading
        ("## A\n\n### a\n\n### b\n\nwords", ["A", "b"]),
        ("## A\n\n### a\n\nwords\n\n### b\n\n## B", ["A", "a"]),  # before one of a higher level
        ("## A\n\n### a\n\n#### i\n\nwords", ["A", "a", "i"]),
        ("## A\n\n---", ["A"]),
    ],
)
def test_a_heading_with_nothing_under_it_is_left_out(markdown: str, kept: list[str]) -> None:
    assert headings(new_markdown_cell(markdown)) == kept


def test_a_heading_before_an_output_that_shows_nothing_is_left_out_of_the_contents_too() -> None:
    root = tree(
        *(new_markdown_cell("## Practice"), code("")),
        *(new_markdown_cell("## Outcomes"), code("<p>words</p>")),
        *(new_markdown_cell("## Practice"), code("<p>words</p>")),
    )
    assert root.xpath("//nav//a/@href") == ["#outcomes", "#practice"]


def test_the_footer_is_under_no_heading_and_the_title_stays() -> None:
    root = tree(new_markdown_cell("## Practice"), code("<footer><p>Licence</p></footer>"))
    assert root.xpath("//h2") == []
    assert len(root.xpath("//h1 | //footer")) == 2


def test_a_link_to_a_heading_that_is_left_out_is_refused() -> None:
    cells = new_markdown_cell("[See](#practice)"), new_markdown_cell("## Practice")
    assert problems(report(*cells)) == ("the link '#practice' leads to no heading of the page",)


# ---- A page of values ---------------------------------------------------------------------------


def test_a_part_makes_the_page_that_a_notebook_of_it_makes() -> None:
    part = Part(
        Heading("Title & more", level=1),
        Paragraph("By us", cls="lead"),
        Heading("Results"),
        Figure(SVG, alt="Two dots.", caption="Figure 1: dots"),
        Footer(["The end"]),
    )
    assert page(part) == render(executed(code(part.html())))


def test_a_part_that_is_no_page_is_refused() -> None:
    with pytest.raises(PageError, match="exactly one h1"):
        page(Part(Paragraph("words")))


# ---- Formulas -----------------------------------------------------------------------------------


def test_formulas_are_set_in_mathml_inline_and_displayed() -> None:
    root = tree(new_markdown_cell("With $p < 1$ and\n\n$$\\hat p \\pm \\frac{a}{b}$$"))
    inline, displayed = root.xpath("//math")
    assert (inline.get("display"), inline.text_content()) == ("inline", "p<1")
    assert displayed.get("display") == "block"
    assert [element.tag for element in displayed.iter("mfrac", "mover")] == ["mover", "mfrac"]
    assert displayed.xpath(".//mo[text()='±']")
    assert not set(root.find("body/main").text_content()) & set("$\\")


def test_an_environment_is_a_displayed_formula() -> None:
    (formula,) = tree(new_markdown_cell("\\begin{align}a&=b\\end{align}")).xpath("//math")
    assert formula.get("display") == "block"
    assert formula.xpath(".//mtr")


@pytest.mark.parametrize("text", ["$$a$$", "Before $$a$$ and after"])
def test_a_displayed_formula_scrolls_and_is_no_stop_of_the_keyboard_by_itself(text) -> None:
    (formula,) = tree(new_markdown_cell(text)).xpath("//math")
    assert "tabindex" not in formula.attrib
    assert dict(formula.getparent().attrib) == {"class": "formula-scroll"}


def test_what_a_formula_quotes_stays_text() -> None:
    assert "<script" not in mathml(r"\text{<script>alert(1)</script>}")
    root = tree(new_markdown_cell(r"$\text{<script>}$ and $\href{javascript:alert(1)}{x}$"))
    assert_harmless(root)
    assert "<script>" in root.find("body/main").text_content()


@pytest.mark.parametrize("tex", [r"\frac{", r"\left(x", r"\nosuchthing{x}"])
def test_a_formula_that_cannot_be_read_is_refused(tex: str) -> None:
    (problem,) = problems(report(new_markdown_cell(f"So ${tex}$ then")))
    assert problem.startswith("cell 1: a formula")
    assert repr(tex) in problem


# ---- Figures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("src", "size"),
    [
        (address(SVG), ("96", "48")),  # 72 pt = 1 in = 96 px
        (f"data:image/svg+xml;base64,{base64.b64encode(SVG.encode()).decode()}", ("96", "48")),
        (address('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 20"/>'), ("30", "20")),
        (address('<svg width="100%" height="2cm" viewBox="0,0,30,20"/>'), ("30", "20")),
    ],
)
def test_an_svg_stands_in_line_with_its_size_words_and_caption(src: str, size) -> None:
    root = tree(code(picture(src, alt='Dots "A" & <b>', caption="Dots <i>of</i> A")))
    (figure,) = root.iter("figure")
    assert root.xpath("//img") == []
    (drawn,) = figure.iter("svg")
    assert (drawn.get("width"), drawn.get("height")) == size
    assert (drawn.get("role"), drawn.get("aria-label")) == ("img", 'Dots "A" & <b>')
    assert figure.findtext("figcaption") == "Dots <i>of</i> A"


@pytest.mark.parametrize(
    "src", [address(PNG, "png"), f"data:image/png,{quote(base64.b64decode(PNG))}"]
)
def test_a_png_stays_an_image_with_its_size_words_and_caption(src: str) -> None:
    root = tree(code(picture(src, alt='Dots "A" & <b>', caption="Dots <i>of</i> A")))
    (figure,) = root.iter("figure")
    (image,) = figure.iter("img")
    assert image.get("src") == src
    assert (image.get("width"), image.get("height")) == ("3", "2")
    assert image.get("alt") == 'Dots "A" & <b>'
    assert figure.findtext("figcaption") == "Dots <i>of</i> A"


def test_an_address_that_browsers_take_and_checkers_do_not_is_written_as_html_asks() -> None:
    (link,) = tree(code('<a href="https://example.org/a b#c%20d">x</a>')).xpath("//main//a")
    assert link.get("href") == "https://example.org/a%20b#c%20d"


@pytest.mark.parametrize(
    "alt",
    ["", "  ", "No description has been provided for this image"],
    ids=["no", "blank", "fake"],
)
def test_a_figure_without_alt_text_is_refused(alt: str) -> None:
    assert problems(report(code(picture(alt=alt)))) == ("cell 1: a figure without alt text",)


@pytest.mark.parametrize(
    "html", [picture(caption=" "), f"<figure><img src='{address()}' alt='Dots'></figure>"]
)
def test_a_figure_without_a_caption_is_refused(html: str) -> None:
    assert "cell 1: a figure without a caption" in problems(report(code(html)))


def test_a_picture_outside_a_figure_is_refused() -> None:
    html = f"<p>text <img src='{address()}' alt='Two dots.'></p>"
    assert problems(report(code(html))) == (
        "cell 1: a picture outside a figure, without a caption",
    )


@pytest.mark.parametrize(
    ("src", "reason"),
    [
        (address("<svg>"), "an SVG that cannot be read"),
        ("data:image/svg+xml,%FF", "an SVG that cannot be read"),
        (address("<svg/>"), "an SVG without a size"),
        (address('<svg width="0" height="0"/>'), "an SVG without a size"),
        (address('<!DOCTYPE s [<!ENTITY a "b">]><svg/>'), "an SVG that declares entities"),
        ("data:image/png;base64,%%%", "a picture that is not base64"),
        (address("R0lGODlh", "png"), "a PNG that is not one"),
        ("dots.png", "a picture that is not an SVG or a PNG within the page"),
        ("https://evil.example/dots.png", "a picture that is not an SVG or a PNG within the page"),
        ("data:image/gif;base64,R0lGODlh", "a picture that is not an SVG or a PNG within the page"),
        ("data:text/html,<script>", "a picture that is not an SVG or a PNG within the page"),
        ("javascript:alert(1)", "a picture that is not an SVG or a PNG within the page"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_refused(src: str, reason: str) -> None:
    (problem,) = problems(report(code(picture(src))))
    assert problem.startswith(f"cell 1: {reason}")


# ---- Tables -------------------------------------------------------------------------------------


def test_what_opens_a_tag_is_escaped_in_attributes_too() -> None:
    read = fragments.read('<p><abbr title="&lt;script&gt; &amp; &quot;">a &lt; b</abbr></p>')
    assert markup(read.element) == (
        '<p><abbr title="&lt;script&gt; &amp; &quot;">a &lt; b</abbr></p>'
    )


def test_a_table_keeps_scopes_and_classes_and_is_no_stop_of_the_keyboard_by_itself() -> None:
    (around,) = tree(code(TABLE)).xpath("//div[table]")
    assert dict(around.attrib) == {"class": "table-scroll"}
    assert around.xpath(".//th/@scope") == ["col", "col", "row"]
    assert dict(around.find("table").attrib) == {"class": "n2", "id": "table_1"}


def test_two_controls_of_one_name_are_refused() -> None:
    folded = "<details><summary>The numbers</summary><p>x</p></details>"
    assert "2 controls are named 'The numbers'" in problems(report(code(folded * 2)))


def test_a_table_in_details_scrolls_too_and_what_follows_it_stays() -> None:
    root = tree(code(f"<details><summary>Data</summary>{TABLE}and <em>more</em></details>"))
    assert root.xpath("string(//details)").endswith("and more")
    assert len(root.xpath("//details/div[@class='table-scroll']/table")) == 1


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (TABLE.replace("<caption>Counts</caption>", ""), "a table without a caption"),
        (TABLE.replace("Counts", " "), "a table without a caption"),
        (
            TABLE.replace(' scope="row"', ""),
            "a table with a header cell that has no scope: 'Counts'",
        ),
        (
            TABLE.replace('"row"', '"cell"'),
            "a table with a header cell that has no scope: 'Counts'",
        ),
        (TABLE.replace("Provider", ""), "a table with an empty header cell: 'Counts'"),
        (
            "<table><caption>Bare</caption><tr><td>1</td></tr></table>",
            "a table without header cells: 'Bare'",
        ),
    ],
)
def test_a_table_that_cannot_be_read_aloud_is_refused(table: str, reason: str) -> None:
    assert problems(report(code(table))) == (f"cell 1: {reason}",)


def test_the_stock_tables_of_markdown_and_of_pandas_are_refused() -> None:
    frame = pd.DataFrame({"Cases": [1]})
    found = problems(report(new_markdown_cell("|a|b|\n|-|-|\n|1|2|"), code(frame.to_html())))
    assert "cell 1: a table without a caption" in found
    assert "cell 2: a table without a caption" in found


def test_two_tables_of_one_caption_are_refused() -> None:
    assert problems(report(code(TABLE, TABLE))) == ("2 tables have the caption 'Counts'",)


# ---- What would be lost or faked ----------------------------------------------------------------


def display(**data: str) -> NotebookNode:
    return new_output("display_data", data=data)


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (
            new_output("error", ename="KeyError", evalue="'x'", traceback=[]),
            "an error output: KeyError",
        ),
        (new_output("stream", name="stdout", text="hi\n"), "text on stdout"),
        (new_output("stream", name="stderr", text="warning"), "text on stderr"),
        (display(**{"text/plain": "42"}), "an output of plain text only: '42'"),
        (
            new_output("execute_result", data={"text/plain": "7"}),
            "an output of plain text only: '7'",
        ),
        (display(), "an output of plain text only"),
        (
            display(**{"application/javascript": "1", "text/plain": "x"}),
            "an output of type application/ja",
        ),
        (
            display(**{"application/vnd.jupyter.widget-view+json": "{}"}),
            "an output of type application/vnd",
        ),
        (display(**{"text/vnd.mermaid": "graph"}), "an output of type text/vnd.mermaid"),
        (display(**{"text/latex": "$x$"}), "an output of type text/latex"),
        (display(**{"application/pdf": "JVBERi0="}), "an output of type application/pdf"),
        (display(**{"image/png": PNG, "text/plain": "<Figure>"}), "a picture without words: show"),
        (display(**{"image/svg+xml": SVG}), "a picture without words: show it with report.figure("),
        (display(**{"image/jpeg": "/9j/"}), "a picture without words"),
        (display(**{"text/markdown": "*x*"}), "an output of type text/markdown"),
        (display(**{"text/html": "<p>x</p>", "text/latex": "x"}), "an output of type text/latex"),
        (display(**{"text/html": "<p>x</p>", "image/png": PNG}), "a picture without words"),
        (
            display(**{"text/html": "<div id=chart></div><script>draw()</script>"}),
            "an HTML output of which",
        ),
        (display(**{"text/html": "<p>x</p><canvas></canvas>"}), "canvas in HTML or Markdown"),
    ],
)
def test_an_output_that_the_page_cannot_show_is_refused(output: NotebookNode, reason: str) -> None:
    (problem,) = problems(report(code(output)))
    assert problem.startswith(f"cell 1: {reason}")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        (new_raw_cell("raw"), "a raw cell"),
        (new_markdown_cell("# Title"), "an h1 in Markdown"),
        (new_markdown_cell("![dots](dots.png)"), "a picture in Markdown ('dots')"),
        (new_markdown_cell("x <img src='dots.png' alt='dots'>"), "a picture outside a figure"),
        (new_markdown_cell("```mermaid\ngraph TD\n```"), "a mermaid diagram"),
        (new_markdown_cell("##"), "an empty h2"),
        (code("<details><p>x</p></details>"), "details without a summary"),
    ],
)
def test_a_cell_that_the_page_cannot_show_is_refused(cell: NotebookNode, reason: str) -> None:
    assert any(problem.startswith(f"cell 1: {reason}") for problem in problems(report(cell)))


def test_an_output_of_no_html_shows_nothing() -> None:
    nothing = display(**{"text/html": "", "text/plain": "Nothing to show here."})
    assert tree(code(nothing), code("<p>x</p>")).findtext("body/main/p") == "x"


def test_the_value_of_the_last_expression_is_shown_as_what_is_displayed() -> None:
    result = new_output("execute_result", data={"text/html": "<p>rich</p>", "text/plain": "poor"})
    assert tree(code(result)).findtext("body/main/p") == "rich"


def test_html_is_shown_where_there_is_plain_text_too() -> None:
    root = tree(code(display(**{"text/html": "<p>rich</p>", "text/plain": "poor"})))
    assert "rich" in root.text_content()
    assert "poor" not in root.text_content()


def test_a_cell_that_was_not_executed_is_refused_unless_it_is_empty() -> None:
    empty, forgotten = new_code_cell("  "), new_code_cell("show()")
    notebook = report(empty, forgotten)
    forgotten.execution_count = None
    assert problems(notebook) == ("cell 2: was not executed",)


def test_cells_executed_out_of_order_or_twice_are_refused() -> None:
    notebook = report(code("<p>a</p>"), code("<p>b</p>"))
    for cell, count in zip(notebook.cells, [1, 3, 2], strict=True):
        cell.execution_count = count
    assert problems(notebook) == (
        "cell 1: has execution count 3, and 2 is next from the top",
        "cell 2: has execution count 2, and 3 is next from the top",
    )


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([], "the page needs exactly one h1, and there are 0"),
        ([code("<p>x</p>")], "the page needs exactly one h1, and there are 0"),
        ([code(TITLE, TITLE)], "the page needs exactly one h1, and there are 2"),
        ([code("<p>x</p>"), code(TITLE)], "the h1 must come first, on its own"),
        ([code(f"<div>{TITLE}</div>")], "the h1 must come first, on its own"),
        (
            [code(TITLE), new_markdown_cell("### Deep\n\nWords.")],
            "heading levels skip from h1 to h3 at 'Deep'",
        ),
        (
            [code(TITLE), code("<h2>a</h2><h4>b</h4><p>c</p>")],
            "heading levels skip from h2 to h4 at 'b'",
        ),
        ([code(TITLE, "<footer>a</footer>", "<p>b</p>")], "the footer must come last"),
        ([code(TITLE, "<div><footer>a</footer></div>")], "the footer must come last"),
        (
            [code(TITLE, "<footer>a</footer>", "<footer>b</footer>")],
            "the page has room for one footer",
        ),
        (
            [code(TITLE), new_markdown_cell("[x](#nowhere)")],
            "the link '#nowhere' leads to no heading",
        ),
    ],
)
def test_a_document_out_of_shape_is_refused(cells: list[NotebookNode], reason: str) -> None:
    (problem,) = problems(executed(*cells))
    assert problem.startswith(reason)


def test_all_problems_are_raised_together() -> None:
    notebook = executed(
        new_raw_cell("x"), code(picture(alt=""), "<table><tr><td>1</td></tr></table>")
    )
    with pytest.raises(PageError) as caught:
        render(notebook)
    error = caught.value
    assert error.problems == (
        "cell 0: a raw cell, which the page cannot show",
        "cell 1: a figure without alt text",
        "cell 1: a table without a caption",
        "cell 1: a table without header cells: ''",
        "the page needs exactly one h1, and there are 0",
    )
    assert all(problem in str(error) for problem in error.problems)
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


# ---- Hostile input ------------------------------------------------------------------------------

PAYLOADS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<img src=x onerror=alert(1)>",
    "<figure><figcaption>c</figcaption><img src='data:image/svg+xml,<svg width=9 height=9 />' alt=a "
    "onerror=alert(1) srcset=//evil.example/x></figure>",
    "<figure><figcaption>c</figcaption><img src='data:text/html,<script>alert(1)</script>' alt=a>",
    "<a href='data:image/svg+xml,<svg onload=alert(1)>'>link</a>",
    "<a href='&#1;da&Tab;ta:text/html,<script>alert(1)</script>'>link</a>",
    "<p onclick='alert(1)' onmouseover=alert(1)>text</p>",
    "<a href='javascript:alert(1)'>link</a>",
    "<a href=' jAvA&#x09;script&colon;alert(1)'>link</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>link</a>",
    "<a href='vbscript:x' target=_blank ping=//evil.example>link</a>",
    "<meta http-equiv='refresh' content='0;url=//evil.example'>",
    "<iframe src='//evil.example' srcdoc='<script>alert(1)</script>'></iframe>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<svg><![CDATA[</svg><script>alert(1)</script>]]></svg>",
    "<style>body{background:url(//evil.example/x)}</style>",
    "<p style='background:url(//evil.example)'>styled</p>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<base href='//evil.example/'>",
    "<form action='//evil.example'><input autofocus onfocus=alert(1)><button>go</button></form>",
    "<object data='//evil.example/x.swf'></object><embed src=//evil.example>",
    "<!-- comment --><!--><script>alert(1)</script>-->",
    "<div><b><script",
    '<p title=\'x\' class="evil" id=main>"><script>alert(1)</script>',
    "</title><script>alert(1)</script>",
    "</main></body></html><script>alert(1)</script>",
    "<math><mtext><table><mglyph><style><!--</style>"
    "<img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><maction actiontype='statusline' xlink:href='javascript:alert(1)'>x</maction></math>",
    "<details open ontoggle=alert(1)><summary>s</summary></details>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<textarea><script>alert(1)</script></textarea><xmp><script>alert(1)</script></xmp>",
    "{{ 7 * 7 }}{% include 'page.css' %}",
]


ACTIVE = {
    *("script", "iframe", "frame", "object", "embed", "template", "noscript", "svg"),
    *("form", "input", "button", "textarea", "base", "style", "link", "meta"),
    *("audio", "video", "canvas"),
}


def assert_harmless(root: lxml.html.HtmlElement) -> None:
    """Nothing in the tree runs, fetches, navigates or leaves the styles of the page."""
    found = {element.tag for element in root.body.iter() if isinstance(element.tag, str)}
    assert not found & ACTIVE
    assert not root.xpath("//body//comment()")
    assert not root.xpath("//meta[translate(@http-equiv, 'REFSH', 'refsh')='refresh']")
    for element in root.iter():
        for name, value in element.attrib.items():
            assert not name.startswith("on"), name
            assert name not in {
                "style",
                "srcdoc",
                "action",
                "formaction",
                "ping",
                "srcset",
                "target",
            }
            plain = re.sub(r"[\s\x00-\x1f]", "", value).lower()
            assert not plain.startswith(("javascript:", "vbscript:"))
            assert not plain.startswith("data:") or (element.tag, name) in {
                ("img", "src"),
                ("link", "href"),
            }
            assert name != "href" or plain.startswith(("http:", "https:", "mailto:", "#", "data:,"))
    assert len(root.xpath("//main")) == len(root.xpath("//title")) == 1


PAGE = "<html><head><title></title></head><body><main>{}</main></body></html>"


def rendered_or_refused(*cells: NotebookNode) -> lxml.html.HtmlElement | None:
    try:
        return tree(*cells)
    except PageError:
        return None  # no page at all is harmless too


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_html_in_an_output_does_nothing(payload: str) -> None:
    root = rendered_or_refused(code(f"<p>kept</p>{payload}"))
    if root is not None:
        assert_harmless(root)
        assert "kept" in root.find("body/main").text_content()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_html_in_markdown_does_nothing(payload: str) -> None:
    root = rendered_or_refused(new_markdown_cell(f"kept\n\n{payload}"))
    if root is not None:
        assert_harmless(root)
        assert "kept" in root.find("body/main").text_content()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_sanitiser_alone_leaves_nothing_that_runs(payload: str) -> None:
    clean = sanitise(f"<p>kept</p>{payload}")
    assert_harmless(lxml.html.document_fromstring(PAGE.format(clean)))


@pytest.mark.parametrize(
    "source",
    [
        "[link](javascript:alert(1))",
        "[link](<java\tscript:alert(1)>)",
        "[link][ref]\n\n[ref]: javascript:alert(1)",
        "<javascript:alert(1)>",
        "[link](data:text/html;base64,PHNjcmlwdD4=)",
        '[link](https://example.org "\\" onclick=alert(1)")',
        "## [head](javascript:alert(1))",
        "## A <script>alert(1)</script> heading",
        "`<script>alert(1)</script>`",
        "    <script>alert(1)</script>",
        '```"><script>\nalert(1)\n```',
        "&lt;script&gt;alert(1)&lt;/script&gt;",
    ],
)
def test_hostile_markdown_does_nothing(source: str) -> None:
    assert_harmless(tree(new_markdown_cell(source)))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_values_come_out_as_text(payload: str) -> None:
    frame = pd.DataFrame({"text": [payload], "cases": ["1"]})
    root = lxml.html.document_fromstring(
        render(
            executed(
                code(Heading(payload, level=1).html()),
                code(
                    Paragraph(phrase("<strong>{value}</strong>", value=payload), cls="note").html()
                ),
                code(Figure(SVG, alt=payload, caption=payload).html()),
                code(
                    Table(
                        frame,
                        [Cell(payload, attrgetter("text")), Cell("Cases", attrgetter("cases"))],
                        caption=payload,
                        folded=payload,
                    ).html()
                ),
                code(Footer([payload]).html()),
            )
        )
    )
    (drawn,) = root.iter("svg")
    assert [element.tag for element in drawn.iter()] == ["svg", "rect"]
    drawn.tag = "figure"  # the one picture of the page, and no other
    assert_harmless(root)
    drawn.tag = "svg"
    text = " ".join(payload.split())
    places = [
        *("//title", "//h1", "//p/strong", "//figcaption", "//svg/@aria-label", "//summary"),
        *("//caption", "//thead/tr/th[1]", "//tbody//th", "//footer"),
    ]
    for place in places:
        assert " ".join(root.xpath(f"string({place})").split()) == text, place


def test_only_known_classes_and_ids_of_headings_survive() -> None:
    root = tree(code('<p id="x" class="note evil">a</p><p class="evil">b</p><h2 id="A B">c</h2>d'))
    first, second, _ = root.xpath("//main/p")
    assert dict(first.attrib) == {"class": "note"}
    assert dict(second.attrib) == {}
    assert root.xpath("//h2/@id") == ["a-b"]


def test_links_lead_to_the_web_to_mail_or_into_the_page() -> None:
    links = "".join(
        f'<a href="{address}">x</a> '
        for address in [
            *("https://a.example/", "mailto:a@b.example", "#main", "../index.html#area-x"),
            *("../x", "../../index.html", "../x/../index.html", "ftp://a/"),
        ]
    )
    assert tree(code(f"<p>{links}</p>")).xpath("//p/a/@href") == [
        "https://a.example/",
        "mailto:a@b.example",
        "#main",
        "../index.html#area-x",
    ]


# ---- Rendering again ----------------------------------------------------------------------------


def test_a_cell_that_was_rendered_before_gives_the_same_page() -> None:
    source = "## Heading\n\nA formula, $x^2$, and a [link](#heading)."
    first = render(report(new_markdown_cell(source)))
    assert render(report(new_markdown_cell(source))) == first
    # Beside other headings it takes another place, so nothing of the first page may stick to it.
    twice = tree(new_markdown_cell(source), new_markdown_cell(source))
    assert [h2.get("id") for h2 in twice.iter("h2")][-2:] == ["heading", "heading-2"]
    assert render(report(new_markdown_cell(source))) == first


def test_a_cell_that_cannot_be_shown_is_refused_each_time() -> None:
    notebook = report(new_markdown_cell("![a picture](x.png)"))
    assert problems(notebook)
    assert problems(notebook) == problems(notebook)
