"""A document: what a notebook or a part shows, in order, with a name for every heading.

What cannot be carried whole is refused with a `PageError` that lists every problem at once.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, count, pairwise, takewhile
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from analysis.report.content import Part
from analysis.report.page import fragments, pictures
from analysis.report.page.fragments import HEADINGS, text

# The ids that the template itself has.
_TEMPLATE_IDS = {"main", "contents"}
# The blocks that follow the title before any contents list: what the page answers.
_OPENING = {"lead", "about", "cards"}


class PageError(ValueError):
    """There is something that a page cannot show; `problems` lists all of it."""

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
class Link:
    """A link to another page of the site."""

    href: str
    text: str


@dataclass(frozen=True)
class Way:
    """Where a page stands in its site: the pages above it, the widest first, its own name, and others.

    `further` has the pages that one may go on to, by what they are.
    """

    above: Sequence[Link]
    here: str
    further: Mapping[str, Sequence[Link]]


@dataclass(frozen=True)
class Document:
    """What the writers of a page write: the header opens with the title, the footer may be empty."""

    title: str
    header: Sequence[Element]
    contents: Sequence[Entry]
    main: Sequence[Element]
    footer: Sequence[Element]
    way: Way | None = None


def of_part(part: Part) -> Document:
    """Return a part as a document, or raise a `PageError`."""
    fragment = fragments.read(str(part.html()))
    return document([fragment.element], fragment.problems)


def document(pieces: Iterable[Element], problems: Iterable[str] = ()) -> Document:
    """Return fragments, one after the other, as a document, or raise a `PageError`.

    `problems` are those that were found before. A heading with nothing under it is left out.
    """
    body = ElementTree.Element("body")
    body.extend(_filled([block for piece in pieces for block in fragments.blocks(piece)]))
    contents = _name_headings(body)
    _let_scroll(body)
    pictures.name_apart(body)
    if every := [*problems, *_problems(body)]:
        raise PageError(every)
    title, *rest = body
    lead = list(takewhile(lambda block: block.get("class") in _OPENING, rest))
    foot = [block for block in rest if block.tag == "footer"]
    return Document(
        title=text(title),
        header=[title, *lead],
        contents=contents,
        main=rest[len(lead) : len(rest) - len(foot)],
        footer=foot,
    )


def _filled(blocks: Sequence[Element]) -> list[Element]:
    """Leave out each heading that has nothing under it but such headings; the title stays."""
    kept = []
    below = 0  # headings of a lower number than this have something under them
    for block in reversed(blocks):
        if block.tag in HEADINGS:
            level = int(block.tag[1])
            if 1 < level >= below:
                continue
            below = min(below, level)
        elif block.tag != "footer":
            below = len(HEADINGS) + 1
        kept.append(block)
    return kept[::-1]


def _problems(body: Element) -> Iterator[str]:
    """Say what is wrong with the document as a whole."""
    headings = [element for element in body.iter() if element.tag in HEADINGS]
    titles = sum(heading.tag == "h1" for heading in headings)
    if titles != 1:
        yield f"the page needs exactly one h1, and there are {titles}"
    elif body[0].tag != "h1":
        yield "the h1 must come first, on its own: something else stands before or around it"
    for before, heading in pairwise(headings):
        if int(heading.tag[1]) > int(before.tag[1]) + 1:
            yield f"heading levels skip from {before.tag} to {heading.tag} at {text(heading)!r}"
    footers = list(body.iter("footer"))
    if len(footers) > 1:
        yield f"the page has room for one footer, and there are {len(footers)}"
    elif footers and footers[0] is not body[-1]:
        yield "the footer must come last, on its own"
    captions = Counter(text(caption) for caption in body.iter("caption"))
    yield from (f"{n} tables have the caption {c!r}" for c, n in captions.items() if n > 1)
    summaries = Counter(text(summary) for summary in body.iter("summary"))
    yield from (f"{n} controls are named {c!r}" for c, n in summaries.items() if n > 1)
    ids = {element.get("id", "") for element in body.iter()} | _TEMPLATE_IDS
    for link in body.iter("a"):
        target = link.get("href", "")
        if target.startswith("#") and target[1:] not in ids:
            yield f"the link {target!r} leads to no heading of the page"


def _name_headings(body: Element) -> tuple[Entry, ...]:
    """Name every heading with an id of its own, from its text unless it has one; list the h2."""
    taken = set(_TEMPLATE_IDS)
    entries = []
    for heading in body.iter():
        if heading.tag not in HEADINGS:
            continue
        plain = slug(heading.get("id") or text(heading))
        numbered = (f"{plain}-{number}" for number in count(2))
        name = next(name for name in chain([plain], numbered) if name not in taken)
        taken.add(name)
        heading.set("id", name)
        if heading.tag == "h2":
            entries.append(Entry(name, text(heading)))
    return tuple(entries)


def _let_scroll(body: Element) -> None:
    """Let what may be wider than the window scroll sideways; name every table for its labels.

    Browsers give a stop of the keyboard to what does scroll, and to nothing else.
    """
    places = [(parent, child) for parent in body.iter() for child in parent]
    for parent, formula in places:
        if formula.tag == "math" and formula.get("display") == "block":
            # A span, because a formula may stand within a paragraph.
            _wrap(parent, formula, Element("span", {"class": "formula-scroll"}))
    tables = [(parent, child) for parent, child in places if child.tag == "table"]
    for number, (parent, table) in enumerate(tables, start=1):
        # An underscore, which no slug holds, keeps the id apart from those of headings.
        table.set("id", f"table_{number}")
        _wrap(parent, table, Element("div", {"class": "table-scroll"}))


def _wrap(parent: Element, child: Element, around: Element) -> None:
    """Put an element around a child of its parent; what follows it stays behind both."""
    parent[list(parent).index(child)] = around
    around.tail, child.tail = child.tail, None
    around.append(child)


def slug(text: str) -> str:
    """Return a name for use in addresses: lower-case letters and digits between hyphens."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain.replace("'", ""))) or "section"
