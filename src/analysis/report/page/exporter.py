"""The page: an executed notebook as one self-contained, accessible HTML document.

The notebook shows what the page says, and nothing is lost between them: what the page cannot
carry whole is refused with a `PageError` that lists every problem at once. Cells are counted from
0, as in `notebook.cells`.
"""

import base64
import binascii
import re
import struct
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from itertools import chain, count, pairwise, takewhile
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import nh3
from jinja2 import Environment
from latex2mathml.converter import Converter
from markupsafe import Markup, escape
from nbconvert.exporters import TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets import default

from analysis.report.drawing import svg
from analysis.report.html import CLASSES

_TEMPLATE = Path(__file__).parent / "templates" / "page"
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SCOPES = {"col", "row", "colgroup", "rowgroup"}
_SHOWN = {"text/html", "image/svg+xml", "image/png"}
# What may stand as it is in a data: address between double quotes.
_PLAIN = " !$'()*+,-./:;<=?@[]^_`{|}~"
# What nbconvert puts where a description is missing.
_PLACEHOLDER = "No description has been provided for this image"
# The ids that the template itself gives.
_TEMPLATE_IDS = {"main", "contents"}

_MATHML = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mpadded", "mphantom"),
    *("msup", "msub", "msubsup", "mover", "munder", "munderover", "mmultiscripts", "mprescripts"),
    *("mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd"),
}
_TAGS = {
    *(*_HEADINGS, "p", "div", "span", "br", "hr", "blockquote", "pre", "footer"),
    *("strong", "em", "b", "i", "code", "abbr", "a", "sub", "sup", "small", "cite", "q", "del"),
    *("ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "figure", "figcaption"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *_MATHML,
}
_ATTRIBUTES = {
    **{heading: {"id"} for heading in _HEADINGS},
    "a": {"href"},
    "abbr": {"title"},
    "ol": {"start"},
    "col": {"span"},
    "colgroup": {"span"},
    "th": {"colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "mi": {"mathvariant"},
    "mo": {"stretchy", "fence", "form", "separator", "lspace", "rspace", "minsize", "maxsize"},
    "mover": {"accent"},
    "munder": {"accentunder"},
    "mfrac": {"linethickness"},
    "mspace": {"width", "height", "depth"},
    "mstyle": {"displaystyle", "scriptlevel"},
    "mtable": {"displaystyle", "rowspacing", "columnspacing", "columnalign"},
    "mtd": {"columnalign"},
}
# A place on the page, or a file that lies beside or below it: never above, never another host.
_WITHIN = re.compile(r"#.*|[\w-][\w.-]*(/[\w-][\w.-]*)*")
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    tag_attribute_values={"th": {"scope": _SCOPES}, "math": {"display": {"block", "inline"}}},
    allowed_classes={tag: set(CLASSES) for tag in _TAGS - _MATHML},
    url_schemes={"http", "https", "mailto"},
    url_relative=lambda address: address if _WITHIN.fullmatch(address) else None,
    link_rel=None,
)
# Things to be seen or heard that the page cannot take out of HTML: pictures come as figures.
_EMBEDDED = {"img", "svg", "picture", "video", "audio", "canvas", "object", "embed", "iframe"}
_EMBEDDED_FINDER = nh3.Cleaner(tags=_EMBEDDED, attributes={})
# Operators that latex2mathml calls identifiers, which browsers would set without any space.
_OPERATORS = frozenset("±∓×÷·≤≥≠≈≡≪≫∼∝∈∉→←↔⇒⇔∩∪")
# Tags that run on in a line of text, and those that never hold anything.
_INLINE = {
    *("span", "br", "strong", "em", "b", "i", "code", "abbr", "a"),
    *("sub", "sup", "small", "cite", "q", "del", "math"),
}
_VOID = {"br", "hr", "col", "img"}


class PageError(ValueError):
    """The notebook holds what a page cannot show; `problems` lists all of it."""

    def __init__(self, problems: Iterable[str]) -> None:
        """Take one line for each problem."""
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """List the problems."""
        return "\n".join(["the page cannot be made:", *(f"- {line}" for line in self.problems)])


@dataclass(frozen=True)
class Entry:
    """A line of the contents list."""

    id: str
    text: str


@dataclass(frozen=True)
class Page:
    """What the template lays out."""

    title: str
    header: Markup
    contents: tuple[Entry, ...]
    main: Markup
    footer: Markup


class PageExporter(TemplateExporter):
    """The nbconvert exporter of the page, with a template of its own and no preprocessors."""

    file_extension = ".html"
    output_mimetype = "text/html"
    export_from_notebook = "Report page"

    @default("template_name")
    def _template_name_default(self) -> str:
        return _TEMPLATE.name

    @default("template_paths")
    def _template_paths(self) -> list[str]:
        return [str(_TEMPLATE)]

    @default("default_preprocessors")
    def _default_preprocessors(self) -> list[object]:
        return []

    def _create_environment(self) -> Environment:
        environment = super()._create_environment()
        environment.autoescape = True
        return environment

    def from_notebook_node(  # type: ignore[override]  # as in TemplateExporter
        self, nb: NotebookNode, resources: Mapping[str, Any] | None = None, **kw: object
    ) -> tuple[str, dict[str, Any]]:
        """Give the page of an executed notebook, or raise a `PageError`."""
        return super().from_notebook_node(nb, {**(resources or {}), "page": _page(nb)}, **kw)


def render(notebook: NotebookNode) -> str:
    """Give the whole page of an executed notebook, or raise a `PageError`."""
    return PageExporter().from_notebook_node(notebook)[0]


def sanitise(html: str) -> str:
    """Keep what the page allows of a piece of HTML; the rest is dropped or becomes text."""
    return _CLEANER.clean(html)


def mathml(tex: str, *, display: Literal["inline", "block"] = "inline") -> str:
    """Set a formula as MathML; a `ValueError` names a formula that cannot be read."""
    try:
        formula = Converter(display=display).convert_to_element(tex)
    except Exception as error:  # latex2mathml raises errors of many unrelated kinds
        raise ValueError(f"a formula that cannot be read: {tex.strip()!r}") from error
    for element in formula.iter():
        element.text = unescape(element.text or "")
        if "\\" in element.text:
            raise ValueError(f"a formula with an unknown command {element.text}: {tex.strip()!r}")
        if element.tag == "mi" and element.text in _OPERATORS:
            element.tag = "mo"
    del formula.attrib["xmlns"]
    return _serialised(formula)


# ---- The document -------------------------------------------------------------------------------


def _page(notebook: NotebookNode) -> Page:
    """Read the cells, then lay out what they show as one document."""
    problems = list(_execution_problems(notebook.cells))
    body = ElementTree.Element("body")
    for index, cell in enumerate(notebook.cells):
        found: list[str] = []
        for fragment in _pieces(cell, found):
            found += _fragment_problems(fragment)
            body.extend(_blocks(fragment))
        problems += [f"cell {index}: {problem}" for problem in found]
    contents = _name_headings(body)
    _let_scroll(body)
    problems += _document_problems(body)
    if problems:
        raise PageError(problems)
    title, *rest = body
    lead = list(takewhile(lambda block: block.get("class") == "lead", rest))
    foot = [block for block in rest if block.tag == "footer"]
    return Page(
        title=_text(title),
        header=_markup([title, *lead]),
        contents=contents,
        main=_markup(rest[len(lead) : len(rest) - len(foot)]),
        footer=_markup(foot),
    )


def _document_problems(body: Element) -> Iterator[str]:
    """Say what is wrong with the document as a whole."""
    headings = [element for element in body.iter() if element.tag in _HEADINGS]
    titles = sum(heading.tag == "h1" for heading in headings)
    if titles != 1:
        yield f"the page needs exactly one h1, and the notebook shows {titles}"
    elif body[0].tag != "h1":
        yield "the h1 must come first, on its own: something else stands before or around it"
    for before, heading in pairwise(headings):
        if int(heading.tag[1]) > int(before.tag[1]) + 1:
            yield f"heading levels skip from {before.tag} to {heading.tag} at {_text(heading)!r}"
    footers = list(body.iter("footer"))
    if len(footers) > 1:
        yield f"the page has room for one footer, and the notebook shows {len(footers)}"
    elif footers and footers[0] is not body[-1]:
        yield "the footer must come last, on its own"
    captions = Counter(_text(caption) for caption in body.iter("caption"))
    yield from (f"{n} tables have the caption {c!r}" for c, n in captions.items() if n > 1)
    ids = {element.get("id", "") for element in body.iter()} | _TEMPLATE_IDS
    for link in body.iter("a"):
        target = link.get("href", "")
        if target.startswith("#") and target[1:] not in ids:
            yield f"the link {target!r} leads to no heading of the page"


def _name_headings(body: Element) -> tuple[Entry, ...]:
    """Give every heading an id of its own, from its text unless it has one; list the h2."""
    taken = set(_TEMPLATE_IDS)
    entries = []
    for heading in body.iter():
        if heading.tag not in _HEADINGS:
            continue
        slug = _slug(heading.get("id") or _text(heading))
        numbered = (f"{slug}-{number}" for number in count(2))
        name = next(name for name in chain([slug], numbered) if name not in taken)
        taken.add(name)
        heading.set("id", name)
        if heading.tag == "h2":
            entries.append(Entry(name, _text(heading)))
    return tuple(entries)


def _let_scroll(body: Element) -> None:
    """Let what may be wider than a small screen scroll sideways, with the keyboard too.

    A formula scrolls by itself; a table needs a region around it, named by its caption.
    """
    for formula in body.iterfind(".//math[@display='block']"):
        formula.set("tabindex", "0")
    places = [(parent, child) for parent in body.iter() for child in parent if child.tag == "table"]
    for number, (parent, table) in enumerate(places, start=1):
        caption = table.find("caption")
        if caption is None:
            continue
        # An underscore, which no slug holds, keeps the id apart from those of headings.
        name = f"table_{number}"
        caption.set("id", name)
        region = Element(
            "div",
            {
                "class": "table-scroll",
                "tabindex": "0",
                "role": "region",
                "aria-labelledby": name,
            },
        )
        parent[list(parent).index(table)] = region
        region.tail, table.tail = table.tail, None
        region.append(table)


# ---- The cells ----------------------------------------------------------------------------------


def _execution_problems(cells: Sequence[NotebookNode]) -> Iterator[str]:
    """Say where the notebook was not run once, from top to bottom. Kernels skip empty cells."""
    expected = count(1)
    for index, cell in enumerate(cells):
        if cell.cell_type != "code" or not (cell.source.strip() or cell.outputs):
            continue
        due, found = next(expected), cell.execution_count
        if found is None:
            yield f"cell {index}: was not executed"
        elif found != due:
            yield f"cell {index}: has execution count {found}, and {due} is next from the top"


def _pieces(cell: NotebookNode, problems: list[str]) -> Iterator[Element]:
    """Give what a cell shows, sanitised and parsed; what cannot be shown goes to `problems`."""
    if cell.cell_type == "markdown":
        yield _markdown(cell.source, problems)
    elif cell.cell_type == "code":
        for output in cell.outputs:
            try:
                yield _output(output)
            except ValueError as problem:
                problems.append(str(problem))
    else:
        problems.append(f"a {cell.cell_type} cell, which the page cannot show")


def _output(output: NotebookNode) -> Element:
    """Give an output as parsed HTML, or raise a `ValueError` that says what would be lost."""
    if output.output_type == "error":
        raise ValueError(f"an error output: {output.ename}: {output.evalue}")
    if output.output_type == "stream":
        raise ValueError(f"text on {output.name}, where a report prints nothing: {output.text!r}")
    data = output.data
    shown = sorted(data.keys() - {"text/plain"})
    if not shown:
        raise ValueError(f"an output of plain text only: {data.get('text/plain', '')!r}")
    if unknown := [kind for kind in shown if kind not in _SHOWN]:
        raise ValueError(f"an output of type {', '.join(unknown)}, which the page cannot show")
    if len(shown) > 1:
        raise ValueError(f"an output that is both {' and '.join(shown)}: show one of them")
    if shown[0] == "text/html":
        return _html(data["text/html"])
    return _parsed(_figure(shown[0], data[shown[0]], output.metadata.get(shown[0], {})))


def _html(html: str) -> Element:
    """Sanitise an HTML output, which must have something left to read."""
    _refuse_embedded(html)
    fragment = _parsed(sanitise(html))
    if not _text(fragment):
        raise ValueError("an HTML output of which no text would be left")
    return fragment


def _markdown(source: str, problems: list[str]) -> Element:
    """Render a Markdown cell. The title is an output: papermill fills no cell."""
    clean, found = _rendered(source)
    problems += found
    fragment = _parsed(clean)
    if fragment.find(".//h1") is not None:
        problems.append("an h1 in Markdown: the title must be an output of the notebook")
    return fragment


@lru_cache(maxsize=256)
def _rendered(source: str) -> tuple[str, tuple[str, ...]]:
    """Render Markdown and sanitise it; gives the problems too. The cells of all areas are alike."""
    renderer = _Renderer()
    html = MarkdownWithMath(renderer=renderer).render(source)
    problems = renderer.problems
    try:
        _refuse_embedded(html)
    except ValueError as problem:
        problems.append(str(problem))
    return sanitise(html), tuple(problems)


def _refuse_embedded(html: str) -> None:
    """Refuse HTML with something to be seen that sanitising would lose."""
    if tags := sorted(set(re.findall("<([a-z]+)", _EMBEDDED_FINDER.clean(html)))):
        raise ValueError(f"{', '.join(tags)} in HTML or Markdown, which would be lost")


class _Renderer(IPythonRenderer):
    """Markdown to HTML with formulas in MathML, and neither anchor links nor highlighting."""

    def __init__(self) -> None:
        """Start with no problems found."""
        super().__init__(escape=False, exclude_anchor_links=True)
        self.problems: list[str] = []

    def inline_math(self, body: str) -> str:
        return self._formula(body, "inline")

    def block_math(self, body: str) -> str:
        return self._formula(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        return self._formula(rf"\begin{{{name}}}{body}\end{{{name}}}", "block")

    def block_code(self, code: str, info: str | None = None) -> str:
        if info and info.startswith("mermaid"):
            self.problems.append("a mermaid diagram, which the page cannot show")
        return f"<pre><code>{escape(code)}</code></pre>\n"

    def image(self, text: str, url: str, title: str | None = None) -> str:
        self.problems.append(f"a picture in Markdown ({text!r}): pictures come as figures")
        return str(escape(text))

    def _formula(self, tex: str, display: Literal["inline", "block"]) -> str:
        try:
            return mathml(tex, display=display)
        except ValueError as problem:
            self.problems.append(str(problem))
            return str(escape(tex))


# ---- Figures ------------------------------------------------------------------------------------


def _figure(kind: str, content: str, described: Mapping[str, str]) -> str:
    """Give a picture as a figure whose words come from the metadata of its output."""
    alt, caption = (str(described.get(word) or "").strip() for word in ("alt", "caption"))
    if not alt or alt == _PLACEHOLDER:
        raise ValueError("a figure without alt text")
    if not caption:
        raise ValueError("a figure without a caption")
    if kind == "image/svg+xml":
        # A fifth shorter than base64, and no mark that could end the attribute is left in it.
        data = f",{quote(content, safe=_PLAIN)}"
        width, height = svg.size(content)
    else:
        picture = _decoded(content)
        data = f";base64,{base64.b64encode(picture).decode()}"
        width, height = _png_size(picture)
    return Markup(
        "<figure>\n<figcaption>{}</figcaption>\n"
        '<img src="data:{}{}" alt="{}" width="{}" height="{}">\n</figure>'
    ).format(caption, kind, Markup(data), alt, width, height)


def _decoded(content: str) -> bytes:
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("a PNG that is not base64") from error


def _png_size(picture: bytes) -> tuple[int, int]:
    """Read width and height in the header of a PNG."""
    if picture[:8] != b"\x89PNG\r\n\x1a\n" or picture[12:16] != b"IHDR" or len(picture) < 24:
        raise ValueError("a PNG that is not one")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height


# ---- Fragments of HTML --------------------------------------------------------------------------


def _fragment_problems(fragment: Element) -> Iterator[str]:
    """Say what keeps tables and headings from being read aloud."""
    for table in fragment.iter("table"):
        caption = table.find("caption")
        name = "" if caption is None else _text(caption)
        if not name:
            yield "a table without a caption"
        headers = list(table.iter("th"))
        if not headers:
            yield f"a table without header cells: {name!r}"
        if any(header.get("scope") is None for header in headers):
            yield f"a table with a header cell that has no scope: {name!r}"
        if not all(map(_text, headers)):
            yield f"a table with an empty header cell: {name!r}"
    for heading in fragment.iter():
        if heading.tag in _HEADINGS and not _text(heading):
            yield f"an empty {heading.tag}"
    for details in fragment.iter("details"):
        if not len(details) or details[0].tag != "summary" or not _text(details[0]):
            yield "details without a summary"


class _Tree(HTMLParser):
    """Builds a tree from the well-formed HTML that the sanitiser and `_figure` give."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.builder = ElementTree.TreeBuilder()
        self.builder.start("div", {})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.builder.start(tag, {name: value for name, value in attrs if value})
        if tag in _VOID:
            self.builder.end(tag)

    def handle_endtag(self, tag: str) -> None:
        self.builder.end(tag)

    def handle_data(self, data: str) -> None:
        self.builder.data(data)


def _parsed(html: str) -> Element:
    """Give a piece of well-formed HTML as the children of a `div`."""
    tree = _Tree()
    tree.feed(html)
    tree.close()
    tree.builder.end("div")
    return tree.builder.close()


def _blocks(fragment: Element) -> Iterator[Element]:
    """Give the blocks of a fragment; text that stands outside any becomes a paragraph."""
    loose = Element("p")
    loose.text = fragment.text
    for child in list(fragment):
        if child.tag in _INLINE:
            loose.append(child)
            continue
        if _text(loose):
            yield loose
        tail, child.tail = child.tail, None
        yield child
        loose = Element("p")
        loose.text = tail
    if _text(loose):
        yield loose


def _text(element: Element) -> str:
    """Give the text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def _slug(text: str) -> str:
    """Give a name for use in addresses: lower-case letters and digits between hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain.replace("'", ""))) or "section"


def _markup(blocks: Iterable[Element]) -> Markup:
    return Markup("\n").join(Markup(_serialised(block)) for block in blocks)


def _serialised(element: Element) -> str:
    return ElementTree.tostring(element, encoding="unicode", method="html")
