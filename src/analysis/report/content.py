"""What a page is made of: headings, paragraphs, lists, tables and figures, as values.

A section returns a `Part`, which is a list of them. A notebook shows it, with every caption and
alternative text; the writers in `report.outputs` write the same. Every value is escaped, so that
the text of an extract stays text whatever it says.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, LiteralString
from urllib.parse import quote

import pandas as pd
from markupsafe import Markup, escape
from matplotlib.figure import Figure as Drawing

from analysis.report.drawing import svg

# A table's class n3 says that its third column holds numbers.
MOST_COLUMNS = 12
# The only class names that reach the page; page.css styles each of them.
CLASSES = frozenset(
    {
        *("lead", "about", "cards", "note", "key", "source", "files"),
        *(f"n{place}" for place in range(1, MOST_COLUMNS + 1)),
    },
)
# What no cell may say: a missing value that nobody put into words.
NO_VALUE = frozenset({"nan", "<NA>", "None"})
# What may stand in an address as it is, and between double quotes.
_PLAIN = "!$'()*+,-./:;=?@_~"

_SVG = "image/svg+xml"
# What IPython shows, and what it is told of it.
Bundle = dict[str, str] | tuple[dict[str, str], dict[str, dict[str, str]]]


def phrase(template: LiteralString, /, **values: object) -> Markup:
    """Fill the `{name}` fields of a trusted template with escaped values."""
    return Markup(template).format(**values)


class Shown:
    """What a notebook shows: `html` is all of it, and `plain` what stands for it in a terminal."""

    def html(self) -> Markup:
        """Return the value as HTML, every text escaped."""
        raise NotImplementedError

    def plain(self) -> str:
        """Return the value as text."""
        return self.html().striptags()

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        return {"text/html": str(self.html()), "text/plain": self.plain()}


@dataclass(frozen=True)
class Heading(Shown):
    """A heading whose text is data; `level` is 1 for the title of the page, else 2 or 3."""

    text: str
    level: int = 2

    def html(self) -> Markup:
        """Return an h1, h2 or h3."""
        return Markup("<h{0}>{1}</h{0}>").format(self.level, _filled(self.text, "heading"))


@dataclass(frozen=True)
class Paragraph(Shown):
    """A paragraph; text that is not `Markup` (see `phrase`) is escaped. `cls` is one of `CLASSES`."""

    text: str
    cls: str | None = None

    def html(self) -> Markup:
        """Return a p."""
        return Markup("<p{}>{}</p>").format(_class(self.cls), self.text)


@dataclass(frozen=True)
class Bullets(Shown):
    """A list; items that are not `Markup` (see `phrase`) are escaped. `cls` is one of `CLASSES`."""

    items: Sequence[str]
    cls: str | None = None

    def html(self) -> Markup:
        """Return a ul; a list without an item is a ValueError."""
        entries = Markup("").join(Markup("<li>{}</li>").format(item) for item in self.items)
        if not entries:
            raise ValueError("a list needs at least one item: say in words that there is none")
        return Markup("<ul{}>{}</ul>").format(_class(self.cls), entries)


@dataclass(frozen=True)
class Footer(Shown):
    """The foot of the page, which must come last; paragraphs that are not `Markup` are escaped."""

    paragraphs: Sequence[str]

    def html(self) -> Markup:
        """Return a footer; one without a paragraph is a ValueError."""
        if not self.paragraphs:
            raise ValueError("a footer needs at least one paragraph")
        lines = Markup("").join(Markup("<p>{}</p>").format(text) for text in self.paragraphs)
        return Markup("<footer>{}</footer>").format(lines)


@dataclass(frozen=True)
class Cell:
    """A column of a page's table: its heading, what it says of a row, and whether that is a number.

    `say` takes a row as `DataFrame.itertuples` gives it; see `report.tables` for the usual ones.
    """

    heading: str
    say: Callable[[Any], str]
    numeric: bool = False

    def head(self) -> Markup:
        """Return the heading as HTML."""
        return escape(self.heading)

    def body(self, row: Any) -> Markup:  # noqa: ANN401 - a row of itertuples
        """Return what the column says of a row as HTML."""
        return escape(self.say(row))


@dataclass(frozen=True, eq=False)
class Table(Shown):
    """An accessible table: a row for each row of `frame`, a column for each cell, the first a header.

    `group`, where given, heads each run of rows of which it says the same. `folded`, where given, is the
    summary that the table is folded under; `note` follows it. Refused with a ValueError that names every
    fault: no row, an empty cell or heading, two headings alike. What is not known is said in words.
    """

    frame: pd.DataFrame
    cells: Sequence[Cell]
    caption: str
    folded: str | None = None
    note: str | None = None
    group: Callable[[Any], str] | None = None

    def rows(self) -> list[list[str]]:
        """Return the texts of the body, a list a row."""
        return [[cell.say(row) for cell in self.cells] for row in self.frame.itertuples()]

    def html(self) -> Markup:
        """Return a table, within details where it is folded."""
        rows = self.rows()
        if problems := self._problems(rows):
            raise ValueError("; ".join(problems))
        head = Markup("").join(
            Markup('<th scope="col">{}</th>').format(cell.head()) for cell in self.cells
        )
        table = Markup(
            "<table{}>\n<caption>{}</caption>\n<thead>\n<tr>{}</tr>\n</thead>\n{}\n</table>"
        ).format(self._numeric(), self.caption, head, Markup("\n").join(self._bodies()))
        if self.note is not None:
            table += Markup('\n<p class="source">{}</p>').format(self.note)
        if self.folded is None:
            return table
        return Markup("<details>\n<summary>{}</summary>\n{}\n</details>").format(
            _filled(self.folded, "summary"), table
        )

    def plain(self) -> str:
        """Return the caption and the rows."""
        return "\n".join([self.caption, *(" | ".join(row) for row in self.rows())])

    def _bodies(self) -> Iterator[Markup]:
        """Yield a tbody for each group, headed by it, or one of all rows."""
        every = self.frame.itertuples()
        runs = [(None, every)] if self.group is None else groupby(every, self.group)
        for group, rows in runs:
            lines = [self._row(row) for row in rows]
            if group is not None:
                head = '<tr><th colspan="{}" scope="rowgroup">{}</th></tr>'
                lines.insert(0, Markup(head).format(len(self.cells), _filled(group, "group")))
            yield Markup("<tbody>\n{}\n</tbody>").format(Markup("\n").join(lines))

    def _row(self, row: Any) -> Markup:  # noqa: ANN401 - a row of itertuples
        first, *rest = (cell.body(row) for cell in self.cells)
        others = Markup("").join(Markup("<td>{}</td>").format(text) for text in rest)
        return Markup('<tr><th scope="row">{}</th>{}</tr>').format(first, others)

    def _numeric(self) -> Markup:
        # Once for the table, not for each of its cells: a tenth of a long page.
        places = " ".join(f"n{at}" for at, cell in enumerate(self.cells, start=1) if cell.numeric)
        return Markup(' class="{}"').format(places) if places else Markup("")

    def _problems(self, rows: Sequence[Sequence[str]]) -> list[str]:
        if not rows:
            return [f"table {self.caption!r} has no rows: say in words that there is none"]
        headings = [cell.heading for cell in self.cells]
        problems = [] if self.caption.strip() else ["the caption is empty"]
        problems += [
            f"column {at} has no heading" for at, h in enumerate(headings, 1) if not h.strip()
        ]
        problems += [f"heading {h!r} is there twice" for h in headings if headings.count(h) > 1]
        for number, row in enumerate(rows, start=1):
            for heading, text in zip(headings, row, strict=True):
                if not text.strip() or text in NO_VALUE:
                    problems.append(f"row {number}, {heading!r} is empty: say in words what is so")
                elif "\n" in text:
                    problems.append(f"row {number}, {heading!r} has more than one line: {text!r}")
        return problems


@dataclass(frozen=True)
class Figure(Shown):
    """A figure: an SVG, the words that stand in for it, and the caption that names it.

    The title, where there is one, says what is found and the caption then what is drawn; `source` says where
    the figures are. What is not `Markup` is escaped.
    """

    svg: str
    alt: str
    caption: str
    title: str = ""
    source: str = ""

    def html(self) -> Markup:
        """Return a figure with its picture as a data: address, which can run nothing."""
        width, height = svg.size(self.svg)
        # A fifth shorter than base64, and no mark that could end the attribute is left in it.
        data = Markup(quote(self.svg, safe=_PLAIN))
        title = Markup("<strong>{}</strong> ").format(self.title) if self.title else ""
        source = Markup('\n<p class="source">{}</p>').format(self.source) if self.source else ""
        # White for notebooks, which may be dark; the page takes the picture in line, with its own colours.
        return Markup(
            "<figure>\n<figcaption>{}{}</figcaption>\n"
            '<img src="data:image/svg+xml,{}" alt="{}" width="{}" height="{}" '
            'style="background:#fff">{}\n</figure>'
        ).format(
            title,
            _filled(self.caption, "caption"),
            data,
            _filled(self.alt, "alt"),
            width,
            height,
            source,
        )

    def plain(self) -> str:
        """Return the words that stand in for the figure."""
        return self.alt

    def _repr_mimebundle_(self, **_: object) -> Bundle:
        shown = {"text/html": str(self.html()), "text/plain": self.plain(), _SVG: self.svg}
        return shown, {_SVG: {"alt": self.alt}}


def figure(
    drawing: Drawing, *, alt: str, caption: str, title: str = "", source: str = ""
) -> Figure:
    """Return a figure of a Matplotlib drawing, which is closed."""
    return Figure(svg.draw(drawing), alt, caption, title, source)


Block = Heading | Paragraph | Bullets | Footer | Table | Figure


class Part(list[Any], Shown):
    """Blocks in order, which a notebook shows together. Parts add up to a part."""

    def __init__(self, *blocks: Block | Iterable[Block]) -> None:
        """Take blocks, and lists of them, in order."""
        super().__init__()
        for block in blocks:
            if isinstance(block, Heading | Paragraph | Bullets | Footer | Table | Figure):
                self.append(block)
            else:
                self.extend(block)

    def __add__(self, others: Iterable[Block]) -> "Part":  # type: ignore[override]
        """Return the blocks of both."""
        return Part(self, others)

    def html(self) -> Markup:
        """Return the blocks one after the other; a part without any is an empty text."""
        return Markup("\n").join(block.html() for block in self)

    def plain(self) -> str:
        """Return the blocks as text."""
        return "\n".join(block.plain() for block in self) or "Nothing to show here."

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: ANN401 - IPython's own
        # IPython would print the list, pictures and all, in place of what the bundle holds.
        printer.text(self.plain())


def _class(cls: str | None) -> Markup:
    if cls is None:
        return Markup("")
    if cls not in CLASSES:
        raise ValueError(f"class {cls!r} is not one of {', '.join(sorted(CLASSES))}")
    return Markup(' class="{}"').format(cls)


def _filled(text: str, what: str) -> Markup:
    if not text.strip():
        raise ValueError(f"the {what} is empty")
    return escape(text)
