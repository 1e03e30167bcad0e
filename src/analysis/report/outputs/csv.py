"""The tables beside a page as CSV files, also those without rows."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from analysis.data import processed
from analysis.report.content import phrase
from analysis.report.outputs.edition import TABLES, Edition, defused

FOLDER = "tables"


def write(edition: Edition, folder: Path) -> None:
    """Write each table as a CSV file, text defused."""
    target = folder / FOLDER
    target.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        text = defused(edition.tables[name]).to_csv(index=False, lineterminator="\n")
        # Spreadsheet programs take a file for UTF-8 by its byte-order mark alone.
        (target / f"{name}.csv").write_text(text, encoding="utf-8-sig", newline="")


def links(tables: Mapping[str, pd.DataFrame]) -> list[Markup]:
    """Return a link to each table that has rows."""
    return [
        phrase(
            '<a href="{folder}/{name}.csv">{title}</a> (CSV)',
            folder=FOLDER,
            name=name,
            title=processed.PROCESSED[name].title,
        )
        for name in TABLES
        if not tables[name].empty
    ]
