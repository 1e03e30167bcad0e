"""What lies beside a page: its tables as CSV files and as one accessible spreadsheet."""

import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import gptables
import pandas as pd

from analysis.data import processed

SPREADSHEET = "tables.xlsx"
# Rows of single cases are never handed out, whether or not they are a reconstruction.
TABLES = tuple(name for name in processed.PROCESSED if name != processed.JUDGEMENT_TABLE.name)

_SOURCE = (
    "Contains public sector information licensed under the Open Government Licence v3.0; the "
    "manifest beside this file lists the sources."
)
_NOT_AVAILABLE = "[x]"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def defused(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text that a spreadsheet program would take for a formula."""
    texts = [
        name
        for name in frame.select_dtypes(["str", "object"])
        if any(str(text).startswith(_FORMULA) for text in frame[name].unique())
    ]
    return frame.assign(
        **{
            name: frame[name].map(
                lambda text: f"'{text}" if str(text).startswith(_FORMULA) else text,
                na_action="ignore",
            )
            for name in texts
        }
    )


def write_csv(tables: Mapping[str, pd.DataFrame], folder: Path) -> None:
    """Write each table as a CSV file, text defused."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        text = defused(tables[name]).to_csv(index=False, lineterminator="\n")
        (folder / f"{name}.csv").write_text(text, encoding="utf-8", newline="")


def write_spreadsheet(
    tables: Mapping[str, pd.DataFrame],
    path: Path,
    *,
    title: str,
    about: Sequence[str],
    made: datetime,
) -> None:
    """Write the tables that have rows as one workbook: cover, contents, notes, a sheet a table.

    `made` is the date that the workbook says it was made on; the same arguments give the same
    bytes. Follows the UK Government Analysis Function's guidance on accessible spreadsheets.
    """
    filled = [name for name in TABLES if not tables[name].empty]
    meanings = dict.fromkeys(
        column.description
        for name in filled
        for column in processed.PROCESSED[name].columns.values()
    )
    notes = {meaning: f"note {number}" for number, meaning in enumerate(meanings, start=1)}
    with warnings.catch_warnings():
        # gptables 2.0.2 calls pandas in ways that pandas 4 will end; the lock holds pandas below it.
        warnings.simplefilter("ignore", pd.errors.Pandas4Warning)
        book = gptables.produce_workbook(
            str(path),
            sheets={name: _sheet(name, tables[name], notes) for name in filled},
            cover=gptables.Cover(
                title=_plain(title), intro=[_plain(line) for line in about], about=[_SOURCE]
            ),
            notes_table=pd.DataFrame({"Note": notes.values(), "Meaning": notes.keys()}),
            workbook_options={"strings_to_formulas": False, "strings_to_urls": False},
        )
    book.set_properties({"title": title, "created": made.replace(tzinfo=None)})
    book.close()


def _plain(text: str) -> str:
    """Part the marks that gptables takes for a link or a note, wherever they come from."""
    return text.replace("](", "] (").replace("$$", "$ $")


def _cell(value: object) -> object:
    """Give a value as the spreadsheet shows it: what is missing, and infinity, in words."""
    if isinstance(value, str):
        return _plain(value)
    if pd.isna(value):
        return _NOT_AVAILABLE
    return "infinite" if value == float("inf") else value


def _sheet(name: str, frame: pd.DataFrame, notes: Mapping[str, str]) -> gptables.GPTable:
    schema = processed.PROCESSED[name]
    shown = pd.DataFrame(
        {name: list(map(_cell, column)) for name, column in defused(frame).items()}, dtype="object"
    )
    return gptables.GPTable(
        table=shown,
        table_name=name,
        title=schema.title,
        subtitles=[schema.description],
        source=_SOURCE,
        # By position: gptables renames a column when it adds the unit to its heading.
        units={
            position: described.unit
            for position, described in enumerate(schema.columns.values())
            if described.unit
        },
        table_notes={
            position: f"$${notes[described.description]}$$"
            for position, described in enumerate(schema.columns.values())
        },
        legend=[f"{_NOT_AVAILABLE}: not available, or not known"],
        index_columns={},
    )
