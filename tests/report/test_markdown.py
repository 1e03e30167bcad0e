"""The page as Markdown says what the page says, and hostile text stays text."""

from operator import attrgetter

import lxml.html
import mistune
import pandas as pd
import pytest
from markdown_it import MarkdownIt

from analysis.report.content import (
    Block,
    Bullets,
    Cell,
    Figure,
    Footer,
    Heading,
    Paragraph,
    Part,
    Table,
    phrase,
)
from analysis.report.outputs.markdown import markdown
from analysis.report.page import document, fragments
from analysis.report.page import markdown as cells

SVG = "<svg width='9' height='9'/>"
FRAME = pd.DataFrame({"provider": ["A|B", "C"], "cases": ["29", "26"]})
CELLS = [Cell("Provider", attrgetter("provider")), Cell("Cases", attrgetter("cases"), numeric=True)]
# One that goes by the book, and one that also links bare addresses and sets formulas and notes.
READERS = [
    MarkdownIt("commonmark").enable(["table", "strikethrough"]).render,
    mistune.create_markdown(
        escape=False,
        plugins=["table", "strikethrough", "url", "math", "footnotes", "task_lists", "def_list"],
    ),
]


def written(*blocks: Block | Part) -> str:
    """The Markdown of blocks below a title."""
    text = markdown(document.of_part(Part(Heading("Title", level=1), *blocks)))
    return text.removeprefix("# Title\n\n").removesuffix("\n")


def again(source: str) -> str:
    """The Markdown of a page of a Markdown cell."""
    pieces = [fragments.read("<h1>Title</h1>"), cells.read(source)]
    text = markdown(document.document(piece.element for piece in pieces))
    return text.removeprefix("# Title\n\n").removesuffix("\n")


# ---- Blocks and lines ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (Paragraph("One  line\nof text"), "One line of text"),
        (Bullets(["one", "two"]), "- one\n- two"),
        (Footer(["one", "two"]), "one\n\ntwo"),
        (Part(Heading("Results"), Paragraph("x")), "## Results\n\nx"),
        (
            Figure(SVG, alt="A falling line.", caption="Figure 1"),
            "**Figure 1**\n\nIn words: A falling line.",
        ),
        (
            Table(FRAME, CELLS, caption="Cases", folded="Show", note="Counted."),
            "Show\n\n**Cases**\n\n"
            "| Provider | Cases |\n| --- | ---: |\n| A\\|B | 29 |\n| C | 26 |\n\nCounted.",
        ),
    ],
)
def test_each_block_has_its_form(block, text):
    assert written(block) == text


@pytest.mark.parametrize(
    "source",
    [
        "**bold** and *italic*",
        "[a link](https://example.org/?a=1) and [another](#title)",
        "1. one\n2. two",
        "3. three\n4. four",
        "- one\n\n  - below\n- two",
        "> quoted\n>\n> twice",
        "    x = 1 * 2 < 3",
        "---",
        "## Above\n\n### Below\n\nx",
        "1\\. not a list",
        "\\- not one either",
        "5 \\* 3 \\< 16",
    ],
)
def test_what_was_markdown_comes_out_as_it_was(source):
    assert again(source) == source


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        ("p = x / n", "p = x/n"),
        (r"\frac{a + b}{2n}", "(a + b) / (2n)"),
        (r"\frac{z^2}{n}", "z^2 / n"),
        (r"z \sqrt{\frac{p(1 - p)}{n}}", "z√((p(1 − p)) / n)"),
        (r"\beta_0 + \beta_1 d_i", r"β\_0 + β\_1d\_i"),
        ("x_i^2", r"x\_i^2"),
    ],
)
def test_a_formula_stands_on_one_line(tex, line):
    assert again(f"${tex}$") == line


def test_writing_leaves_the_document_as_it_was():
    made = document.of_part(Part(Heading("Title", level=1), Bullets(["a", "b"]), Paragraph("c")))
    assert markdown(made) == markdown(made) == "# Title\n\n- a\n- b\n\nc\n"


# ---- Hostile text -------------------------------------------------------------------------------

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "&lt;script&gt; &amp; &#60;b&#62;",
    "[link](javascript:alert(1))",
    "![image](https://evil.example/x.png)",
    "[ref]: https://evil.example",
    "[^1]: note[^1]",
    "<https://evil.example> https://evil.example www.evil.example a@evil.example",
    "**bold** __bold__ *italic* _italic_ ~~gone~~ `code` ``` $x^2$ $$y$$",
    "# heading #",
    "- item",
    "+ item",
    "12) item",
    "1. item",
    "- [ ] task",
    "> quote",
    "---",
    "===",
    "***",
    "~~~",
    "a | b | c",
    "|---|---|",
    "\\",
    "\\\\* \\<b>",
    "a\n\n# b\n\n<b>c</b>",
    "    code",
    ": definition",
    "| a |\n| - |",
]


@pytest.mark.parametrize("reader", READERS, ids=["commonmark", "mistune"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text_wherever_it_stands(text, reader):
    frame = pd.DataFrame({"text": [" ".join(text.split())]})
    source = written(
        Paragraph(text),
        Bullets([text, phrase("<strong>{text}</strong>", text=text)]),
        Figure(SVG, alt=text, caption=text),
        Table(frame, [Cell(text, attrgetter("text"))], caption=f"{text} 2", folded=text),
        Heading(text),
        Paragraph("end"),
    )
    root = lxml.html.fragment_fromstring(str(reader(source)), create_parent="div")
    found = {element.tag for element in root.iterdescendants()}
    assert found <= {"p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td", "h2"}
    plain = " ".join(text.split())
    assert [" ".join(element.text_content().split()) for element in root.xpath("p | .//li | .//td | h2")] == [
        *(plain, plain, plain),
        *(plain, f"In words: {plain}"),
        *(plain, f"{plain} 2", plain),
        *(plain, "end"),
    ]  # fmt: skip
