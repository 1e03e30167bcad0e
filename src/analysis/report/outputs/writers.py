"""The writers of a report; a new one is a module of the shape that `edition` describes, and a word here."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pandas as pd
from markupsafe import Markup

from analysis.report.outputs import csv, html, markdown, pdf, xlsx
from analysis.report.outputs.edition import Edition


class Writer(Protocol):
    """A module that writes a report in one form."""

    def write(self, edition: Edition, folder: Path) -> None:
        """Put the files of the form into the folder of the report."""

    def links(self, tables: Mapping[str, pd.DataFrame]) -> list[Markup]:
        """Return what the page says of them, a link for each; `tables` are the processed ones."""


# What every report has, in the order of the links on its page.
WRITERS: tuple[Writer, ...] = (html, xlsx, csv, markdown)
# What takes seconds, or needs what not every machine has: for a report that is built by itself.
OPTIONAL: tuple[Writer, ...] = (pdf,)


def write(edition: Edition, folder: Path) -> None:
    """Write a report in every form that all reports have."""
    for writer in WRITERS:
        writer.write(edition, folder)


def links(tables: Mapping[str, pd.DataFrame]) -> list[Markup]:
    """Return the links from the page to all that lies beside it in other forms."""
    return [link for writer in WRITERS for link in writer.links(tables)]
