"""The codebook as a page of the site: what every column of the tables means."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
from markupsafe import Markup, escape

from analysis.data import codebook, processed
from analysis.data.columns import Table as Declared
from analysis.report import around
from analysis.report.content import Block, Cell, Footer, Heading, Paragraph, Part, Table
from analysis.report.outputs import FRONT_PAGE
from analysis.report.outputs.edition import TABLES
from analysis.report.page import document
from analysis.report.page.document import Link, Way
from analysis.report.page.layout import layout

_HEADINGS = ("Column", "Type", "Meaning", "Unit or codes")


def page() -> str:
    """Return the page: the tables that are handed out first, then those that they are made from."""
    shown = document.of_part(
        Part(
            Heading("Codebook", level=1),
            Paragraph(
                "What every column of the tables means. Blank means missing, unless a column says "
                "otherwise.",
                cls="lead",
            ),
            Heading("Tables beside the pages"),
            (
                block
                for name in TABLES
                for block in _table(f"{name}.csv", processed.PROCESSED[name])
            ),
            Heading("Raw tables"),
            (block for item in codebook.raw_tables().items() for block in _table(*item)),
            Footer([around.LICENCE]),
        )
    )
    way = Way(above=[Link(FRONT_PAGE, "All areas")], here="Codebook", further={})
    return layout(replace(shown, way=way))


def _table(file: str, declared: Declared) -> Iterator[Block]:
    yield Heading(file, level=3)
    yield Paragraph(_formatted(f"{declared.title}. {declared.description}"))
    yield Table(
        pd.DataFrame(codebook.rows(declared), columns=["name", "type", "meaning", "codes"]),
        [
            Cell(_HEADINGS[0], lambda row: _formatted(row.name)),
            Cell(_HEADINGS[1], lambda row: row.type),
            Cell(_HEADINGS[2], lambda row: _formatted(row.meaning)),
            Cell(_HEADINGS[3], lambda row: _formatted(row.codes) or "none"),
        ],
        caption=f"Columns of {file}",
        note=f"Key: {', '.join(declared.key)}.",
    )


def _formatted(text: str) -> Markup:
    """Return Markdown's code between backticks as HTML, all else as it stands."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(text))))
