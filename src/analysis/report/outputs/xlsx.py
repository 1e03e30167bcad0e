"""The tables beside a page as one accessible spreadsheet."""

import re
import warnings
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import gptables
import pandas as pd
from markupsafe import Markup

from analysis.data import codes, columns, processed
from analysis.report.content import phrase
from analysis.report.outputs.edition import TABLES, Edition, defused

FILE = "tables.xlsx"

_SOURCE = (
    "Contains public sector information licensed under the Open Government Licence v3.0; the "
    "manifest beside this file lists the sources."
)
_NOT_AVAILABLE = "[x]"
# What a heading says of a column that is shown in percentages; its cells hold the shares in full.
_PERCENTAGES = {
    columns.SHARE: "percentage",
    "share": "percentage",
    "difference of shares": "percentage points",
}
# What a cell says in short, in every table alike.
_SHORTHAND = {
    codes.ALL_PROVIDERS: "all providers together",
    codes.BOTH: "the providers together",
    codes.REPEATED: "generalised estimating equations",
    codes.AREA: "the local authorities of the area",
    **codes.ESTIMATORS,
    **codes.TERMS,
}
_WIDEST = 420  # pixels: 60 digits; a longer text goes on in a line below
_WIDEST_NUMBER = 190  # of a heading's words, which are longer than the numbers below
_PROPERTIES = "docProps/core.xml"
_LANGUAGE = b"<dc:language>en-GB</dc:language></cp:coreProperties>"


def write(edition: Edition, folder: Path) -> None:
    """Write the tables that have rows as one workbook: cover, contents, notes, a sheet a table.

    The same edition makes the same bytes. Follows the UK Government Analysis Function's guidance
    on accessible spreadsheets.
    """
    tables = edition.tables
    filled = [name for name in TABLES if not tables[name].empty]
    meanings = dict.fromkeys(
        column.description
        for name in filled
        for column in processed.PROCESSED[name].columns.values()
    )
    notes = {meaning: f"note {number}" for number, meaning in enumerate(meanings, start=1)}
    # The workbook as a file would be written by way of others, in the temporary folder.
    content = BytesIO()
    with warnings.catch_warnings():
        # gptables 2.0.2 calls pandas in ways that pandas 4 will end; the lock holds pandas below it.
        warnings.simplefilter("ignore", pd.errors.Pandas4Warning)
        book = gptables.produce_workbook(
            content,
            sheets={
                name: _sheet(name, tables[name], notes, _SHORTHAND | dict(edition.shorthand))
                for name in filled
            },
            cover=gptables.Cover(
                title=_plain(edition.title),
                intro=[_plain(line) for line in edition.about],
                about=[_SOURCE],
            ),
            notes_table=pd.DataFrame({"Note": notes.values(), "Meaning": notes.keys()}),
            workbook_options={
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "in_memory": True,
            },
        )
    _lay_out(book)
    book.set_properties({"title": edition.title, "created": edition.made.replace(tzinfo=None)})
    book.close()
    try:
        (folder / FILE).write_bytes(_in_english(content))
    except OSError as error:
        error.filename = str(folder / FILE)  # which a full disk does not say
        raise


def links(_: Mapping[str, pd.DataFrame]) -> list[Markup]:
    """Return the link to the spreadsheet."""
    return [
        phrase(
            '<a href="{file}">All tables as one spreadsheet</a> (xlsx), with contents and notes',
            file=FILE,
        )
    ]


def _plain(text: str) -> str:
    """Part the marks that gptables takes for a link or a note, wherever they come from."""
    return text.replace("](", "] (").replace("$$", "$ $")


def _cell(value: object) -> object:
    """Return a value as the spreadsheet shows it: what is missing, and infinity, in words."""
    if isinstance(value, str):
        return _plain(value)
    if pd.isna(value):
        return _NOT_AVAILABLE
    return "infinite" if value == float("inf") else value


def _legend(
    frame: pd.DataFrame, schema: columns.Table, shorthand: Mapping[str, str]
) -> Iterator[str]:
    """Yield what the short names in the cells of a table stand for, a line for each column of them."""
    yield f"{_NOT_AVAILABLE}: not available, or not known"
    yield "[note 1], [note 2] and so on: what a column means, on the sheet of notes"
    told = set[tuple[str, str]]()
    for name, column in schema.columns.items():
        meanings = column.codes or (shorthand if column.dtype == "str" else {})
        found = [
            code
            for code in frame[name].dropna().unique()
            if meanings.get(code, code) not in {code, ""}
        ]
        if new := [code for code in found if (code, meanings[code]) not in told]:
            told |= {(code, meanings[code]) for code in new}
            yield f"{name}: " + "; ".join(f"{code} = {meanings[code]}" for code in new)


def _sheet(
    name: str, frame: pd.DataFrame, notes: Mapping[str, str], shorthand: Mapping[str, str]
) -> gptables.GPTable:
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
            position: _PERCENTAGES.get(described.unit, described.unit)
            for position, described in enumerate(schema.columns.values())
            if described.unit
        }
        or None,  # gptables refuses a dictionary without a unit
        table_notes={
            position: f"$${notes[described.description]}$$"
            for position, described in enumerate(schema.columns.values())
        },
        legend=[_plain(line) for line in _legend(frame, schema, shorthand)],
        index_columns={},
        additional_formatting=[
            {"column": {"columns": [position], "format": {"num_format": "0.0%"}}}
            for position, described in enumerate(schema.columns.values())
            if described.unit in _PERCENTAGES
        ],
    )


def _lay_out(book: gptables.GPWorkbook) -> None:
    """Keep the headings of each sheet in sight, and its columns narrow enough for a screen."""
    for sheet in book.worksheets():
        for table in sheet.tables:
            # The first row of a range as A7:Q144, counted from 1, holds the headings.
            headings = int(re.findall(r"\d+", table["range"])[0])
            sheet.freeze_panes(headings, 0)
        schema = processed.PROCESSED.get(sheet.name)
        described = list(schema.columns.values()) if schema else []
        for number, column in dict(sheet.col_info).items():
            numeric = number < len(described) and described[number].dtype != "str"
            widest = _WIDEST_NUMBER if numeric else _WIDEST
            sheet.set_column_pixels(number, number, min(column.width, widest))


def _in_english(content: BytesIO) -> bytes:
    """Return a workbook that names its language, for which XlsxWriter has no property."""
    named = BytesIO()
    with ZipFile(content) as unnamed, ZipFile(named, "w", ZIP_DEFLATED) as book:
        for part in unnamed.infolist():
            text = unnamed.read(part)
            if part.filename == _PROPERTIES:
                text = text.replace(b"</cp:coreProperties>", _LANGUAGE)
            book.writestr(part, text)
    return named.getvalue()
