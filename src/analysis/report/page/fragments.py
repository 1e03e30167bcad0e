"""Pieces of HTML: sanitised, parsed, and what keeps one from being shown whole and read aloud."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import nh3
from markupsafe import Markup

from analysis.report import bars
from analysis.report.content import CLASSES
from analysis.report.outputs import CODEBOOK, FRONT_PAGE
from analysis.report.page import pictures

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SCOPES = {"col", "row", "colgroup", "rowgroup"}
_MATHML = {
    *("math", "mrow", "mi", "mn", "mo", "mtext", "mspace", "mstyle", "mpadded", "mphantom"),
    *("msup", "msub", "msubsup", "mover", "munder", "munderover", "mmultiscripts", "mprescripts"),
    *("mfrac", "msqrt", "mroot", "mtable", "mtr", "mtd"),
}
_TAGS = {
    *(*HEADINGS, "p", "div", "span", "br", "hr", "blockquote", "pre", "footer"),
    *("strong", "em", "b", "i", "code", "abbr", "a", "sub", "sup", "small", "cite", "q", "del"),
    *("ul", "ol", "li", "dl", "dt", "dd", "details", "summary", "figure", "figcaption", "img"),
    *("table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "th", "td"),
    *_MATHML,
}
_ATTRIBUTES = {
    **{heading: {"id"} for heading in HEADINGS},
    "a": {"href"},
    "img": {"src", "alt"},
    "abbr": {"title"},
    "ol": {"start"},
    "col": {"span"},
    "colgroup": {"span"},
    "span": {"style"},
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
# The web, mail, a place on the page, or a file that lies beside or below it: of those above it the pages
# that a site has once, and no other.
_ABOVE = rf"\.\./(?:{re.escape(FRONT_PAGE)}|{re.escape(CODEBOOK)})(?:#[\w-]*)?"
_LINK = re.compile(rf"(?i:https?|mailto):.*|#.*|[\w-][\w.-]*(/[\w-][\w.-]*)*|{_ABOVE}", re.DOTALL)
_ADDRESSES = {"href": _LINK, "src": pictures.ADDRESS}
# All that HTML allows in an address; browsers take more, checkers do not.
_IN_ADDRESS = "!#$%&'()*+,-./:;=?@_~"


def _attribute(tag: str, name: str, value: str) -> str | None:
    # nh3 knows one set of schemes for all addresses; a picture's may not be that of a link.
    if name == "style":
        return value if bars.STYLE.fullmatch(value) else None
    allowed = _ADDRESSES.get(name)
    if allowed is None:
        return value
    return quote(value, safe=_IN_ADDRESS) if allowed.fullmatch(value) else None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    tag_attribute_values={
        "th": {"scope": _SCOPES},
        "math": {"display": {"block", "inline"}},
        "span": {"aria-hidden": {"true"}},
    },
    allowed_classes={tag: set(CLASSES) for tag in _TAGS - _MATHML} | {"span": set(bars.CLASSES)},
    url_schemes={"http", "https", "mailto", "data"},
    attribute_filter=_attribute,
    link_rel=None,
)
# Things to be seen or heard that the page cannot take out of HTML.
_EMBEDDED = {"svg", "picture", "video", "audio", "canvas", "object", "embed", "iframe"}
_EMBEDDED_FINDER = nh3.Cleaner(tags=_EMBEDDED, attributes={})
# Tags that run on in a line of text, and those that never hold anything.
INLINE = {
    *("span", "br", "strong", "em", "b", "i", "code", "abbr", "a"),
    *("sub", "sup", "small", "cite", "q", "del", "math"),
}
_VOID = {"br", "hr", "col", "img"}
_TAG = re.compile("<[a-z][^>]*>")


@dataclass(frozen=True)
class Fragment:
    """A piece of HTML as the children of an element, and what keeps it from being shown whole."""

    element: Element
    problems: tuple[str, ...] = ()


def read(html: str) -> Fragment:
    """Read what an output shows: sanitised, with something left to read unless it is empty."""
    clean, lost = cleaned(html)
    fragment = parsed(clean, lost)
    if html.strip() and not text(fragment.element) and not fragment.problems:
        return Fragment(fragment.element, ("an HTML output of which no text would be left",))
    return fragment


def refused(problem: str) -> Fragment:
    """Return nothing, with the problem that kept it from being more."""
    return Fragment(Element("div"), (problem,))


def sanitise(html: str) -> str:
    """Keep what the page allows of a piece of HTML; the rest is dropped or becomes text."""
    return _CLEANER.clean(html)


def cleaned(html: str) -> tuple[str, tuple[str, ...]]:
    """Return HTML sanitised, and the problem of anything to be seen that this would lose."""
    tags = sorted(set(re.findall("<([a-z]+)", _EMBEDDED_FINDER.clean(html))))
    lost = (f"{', '.join(tags)} in HTML or Markdown, which would be lost",) if tags else ()
    return sanitise(html), lost


def parsed(clean: str, problems: Iterable[str] = ()) -> Fragment:
    """Parse sanitised HTML; its own problems follow those that were found before."""
    tree = _Tree()
    tree.feed(clean)
    tree.close()
    tree.builder.end("div")
    element = tree.builder.close()
    return Fragment(element, (*problems, *_problems(element), *pictures.place(element)))


def blocks(fragment: Element) -> Iterator[Element]:
    """Return the blocks of a fragment; text that stands outside any becomes a paragraph."""
    loose = Element("p")
    loose.text = fragment.text
    for child in list(fragment):
        if child.tag in INLINE:
            loose.append(child)
            continue
        if text(loose):
            yield loose
        tail, child.tail = child.tail, None
        yield child
        loose = Element("p")
        loose.text = tail
    if text(loose):
        yield loose


def text(element: Element) -> str:
    """Return the text of an element on one line."""
    return " ".join("".join(element.itertext()).split())


def markup(elements: Iterable[Element]) -> Markup:
    """Return elements as HTML, one after the other."""
    return Markup("\n").join(Markup(serialised(element)) for element in elements)


def serialised(element: Element) -> str:
    """Return an element as HTML, where each < that is no &lt; opens a tag."""
    html = ElementTree.tostring(element, encoding="unicode", method="html")
    # The standard library leaves < as it is in the value of an attribute, and escapes > everywhere.
    return _TAG.sub(lambda tag: "<" + tag[0][1:].replace("<", "&lt;"), html)


def _problems(fragment: Element) -> Iterator[str]:
    """Say what keeps tables and headings from being read aloud."""
    for table in fragment.iter("table"):
        caption = table.find("caption")
        name = "" if caption is None else text(caption)
        if not name:
            yield "a table without a caption"
        headers = list(table.iter("th"))
        if not headers:
            yield f"a table without header cells: {name!r}"
        if any(header.get("scope") is None for header in headers):
            yield f"a table with a header cell that has no scope: {name!r}"
        if not all(map(text, headers)):
            yield f"a table with an empty header cell: {name!r}"
    for heading in fragment.iter():
        if heading.tag in HEADINGS and not text(heading):
            yield f"an empty {heading.tag}"
    for details in fragment.iter("details"):
        if not len(details) or details[0].tag != "summary" or not text(details[0]):
            yield "details without a summary"


class _Tree(HTMLParser):
    """Builds a tree from the well-formed HTML that the sanitiser makes."""

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
