"""What a notebook shows: titles, paragraphs, figures and tables that the page can take.

Every value is escaped, so that the text of an extract stays text whatever it says. The functions
ending in `_html` only make the text; the others display it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextvars import ContextVar
from functools import wraps
from typing import LiteralString, ParamSpec, Required, TypedDict, Unpack

import pandas as pd
from IPython.display import HTML, display
from markupsafe import Markup, escape
from matplotlib.figure import Figure

from analysis.report.drawing import svg

# A table's class n3 says that its third column holds numbers.
MOST_COLUMNS = 12
# The only class names that reach the page; page.css styles each of them.
CLASSES = frozenset(
    {"lead", "note", "key", "source", *(f"n{place}" for place in range(1, MOST_COLUMNS + 1))},
)

P = ParamSpec("P")
# What the part of the page that is being displayed has said since its last figure.
_said_so_far: ContextVar[list[Markup] | None] = ContextVar("said", default=None)


def phrase(template: LiteralString, /, **values: object) -> Markup:
    """Fill the `{name}` fields of a trusted template with escaped values."""
    return Markup(template).format(**values)


def paragraph_html(
    template: LiteralString, /, *, cls: str | None = None, **values: object
) -> Markup:
    """Give a paragraph: a trusted template with escaped values; `cls` is one of `CLASSES`."""
    return Markup("<p{}>{}</p>").format(_class(cls), phrase(template, **values))


def bullets_html(items: Iterable[str], *, cls: str | None = None) -> Markup:
    """Give a list; items that are not `Markup` (see `phrase`) are escaped."""
    entries = Markup("").join(Markup("<li>{}</li>").format(item) for item in items)
    if not entries:
        raise ValueError("a list needs at least one item: say in words that there is none")
    return Markup("<ul{}>{}</ul>").format(_class(cls), entries)


def footer_html(*paragraphs: str) -> Markup:
    """Give the foot of the page; paragraphs that are not `Markup` (see `phrase`) are escaped."""
    if not paragraphs:
        raise ValueError("a footer needs at least one paragraph")
    lines = Markup("").join(Markup("<p>{}</p>").format(text) for text in paragraphs)
    return Markup("<footer>{}</footer>").format(lines)


class TableOptions(TypedDict, total=False):
    """What a table takes besides its frame; see `table_html`."""

    caption: Required[str]
    headers: Mapping[str, str]
    numeric: Collection[str]
    row_header: str
    note: str


def table_html(frame: pd.DataFrame, **options: Unpack[TableOptions]) -> Markup:
    """Give an accessible table of values that are already formatted.

    `caption` names it. `headers` gives the heading of every column, and may know more columns
    than the frame has; without it the columns' own names are the headings. `numeric` columns are
    right aligned; `row_header`, the first column unless named, heads each row; `note` follows the
    table. Refused with a `ValueError`: an empty frame, a column that is not there, and any empty
    cell. What is not known is said in words.
    """
    _refuse(_table_problems(frame, options))
    caption, note = options["caption"], options.get("note")
    numeric = options.get("numeric", ())
    row_header = options.get("row_header", frame.columns[0])
    headings = _headings(frame, options)

    def cell(name: str, value: object) -> Markup:
        text = value if isinstance(value, Markup) else str(value)
        if name == row_header:
            return Markup('<th scope="row">{}</th>').format(text)
        return Markup("<td>{}</td>").format(text)

    head = Markup("").join(
        Markup('<th scope="col">{}</th>').format(heading) for heading in headings.values()
    )
    rows = Markup("\n").join(
        Markup("<tr>{}</tr>").format(Markup("").join(map(cell, headings, row)))
        for row in frame.itertuples(index=False, name=None)
    )
    table = Markup(
        "<table{}>\n<caption>{}</caption>\n<thead>\n<tr>{}</tr>\n</thead>\n"
        "<tbody>\n{}\n</tbody>\n</table>"
    ).format(_numeric(list(headings), numeric), caption, head, rows)
    return table if note is None else table + Markup('\n<p class="source">{}</p>').format(note)


def data_table_html(
    frame: pd.DataFrame, *, summary: str, **options: Unpack[TableOptions]
) -> Markup:
    """Give the data behind a chart: a table, see `table_html`, folded under a summary."""
    return Markup("<details>\n<summary>{}</summary>\n{}\n</details>").format(
        _said(summary, "summary"), table_html(frame, **options)
    )


def part(show: Callable[P, None]) -> Callable[P, None]:
    """Mark a function that displays a part of the page: what it says between figures is one output.

    Each output costs a kernel, and the one who listens to it, a millisecond or two.
    """

    @wraps(show)
    def displayed(*args: P.args, **options: P.kwargs) -> None:
        _display_said()  # of the part that this one is a part of
        token = _said_so_far.set([])
        try:
            show(*args, **options)
        finally:
            _display_said()
            _said_so_far.reset(token)

    return displayed


def title(text: str) -> None:
    """Display the title of the page."""
    _show(Markup("<h1>{}</h1>").format(_said(text, "title")))


def heading(text: str, *, level: int) -> None:
    """Display a heading of level 2 or 3, where a part of the page is there only for some areas."""
    _show(Markup("<h{0}>{1}</h{0}>").format(level, _said(text, "heading")))


def paragraph(template: LiteralString, /, *, cls: str | None = None, **values: object) -> None:
    """Display a paragraph; see `paragraph_html`."""
    _show(paragraph_html(template, cls=cls, **values))


def bullets(items: Iterable[str], *, cls: str | None = None) -> None:
    """Display a list; see `bullets_html`."""
    _show(bullets_html(items, cls=cls))


def footer(*paragraphs: str) -> None:
    """Display the foot of the page, which must be the last thing shown; see `footer_html`."""
    _show(footer_html(*paragraphs))


def figure(fig: Figure, *, alt: str, caption: str) -> None:
    """Display a figure with the words that stand in for it and the caption that names it."""
    _display_said()
    described = {"alt": _said(alt, "alt"), "caption": _said(caption, "caption")}
    display(
        {"image/svg+xml": svg.draw(fig), "text/plain": alt},
        metadata={"image/svg+xml": described},
        raw=True,
    )


def table(frame: pd.DataFrame, **options: Unpack[TableOptions]) -> None:
    """Display an accessible table; see `table_html`."""
    _show(table_html(frame, **options))


def data_table(frame: pd.DataFrame, *, summary: str, **options: Unpack[TableOptions]) -> None:
    """Display the data behind a chart, folded under a summary; see `data_table_html`."""
    _show(data_table_html(frame, summary=summary, **options))


def _show(markup: Markup) -> None:
    said = _said_so_far.get()
    if said is None:
        display(HTML(str(markup)))
    else:
        said.append(markup)


def _display_said() -> None:
    said = _said_so_far.get()
    if said:
        display(HTML("\n".join(said)))
        said.clear()


def _class(cls: str | None) -> Markup:
    if cls is None:
        return Markup("")
    if cls not in CLASSES:
        raise ValueError(f"class {cls!r} is not one of {', '.join(sorted(CLASSES))}")
    return Markup(' class="{}"').format(cls)


def _numeric(columns: Sequence[str], numeric: Collection[str]) -> Markup:
    # Once for the table, not for each of its cells: a tenth of a long page.
    places = " ".join(f"n{at}" for at, name in enumerate(columns, start=1) if name in numeric)
    return Markup(' class="{}"').format(places) if places else Markup("")


def _said(text: str, what: str) -> Markup:
    if not text.strip():
        raise ValueError(f"the {what} is empty")
    return escape(text)


def _headings(frame: pd.DataFrame, options: TableOptions) -> dict[str, str]:
    return {name: options.get("headers", {}).get(name, str(name)) for name in frame.columns}


def _table_problems(frame: pd.DataFrame, options: TableOptions) -> list[str]:
    """List what keeps a frame from being a table."""
    caption = options["caption"]
    if frame.empty:
        return [f"table {caption!r} has no rows: say in words that there is none"]
    columns = list(frame.columns)
    named = [*options.get("numeric", ()), options.get("row_header", columns[0])]
    headers = options.get("headers", {name: str(name) for name in columns})
    problems = [] if caption.strip() else ["the caption is empty"]
    problems += [f"column {name!r} is not in the frame" for name in named if name not in columns]
    problems += [f"column {name!r} is there twice" for name in columns if columns.count(name) > 1]
    problems += [
        f"column {name!r} has no heading" for name in columns if not headers.get(name, "").strip()
    ]
    for number, row in enumerate(frame.itertuples(index=False, name=None), start=1):
        for name, value in zip(columns, row, strict=True):
            if pd.isna(value) or not str(value).strip():
                problems.append(f"row {number}, column {name!r} is empty: say in words what is so")
            elif "\n" in str(value):
                problems.append(f"row {number}, column {name!r} has more than one line: {value!r}")
    return problems


def _refuse(problems: list[str]) -> None:
    if problems:
        raise ValueError("; ".join(problems))
