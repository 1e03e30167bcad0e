"""The tables beside a page: for a spreadsheet program, for a screen reader, and the same every time."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.data import processed, tables
from analysis.report.outputs import downloads

MADE = datetime(2016, 12, 1, tzinfo=UTC)


def reoffending(names: list[str], dispersion: list[float]) -> dict[str, pd.DataFrame]:
    """Every table, empty but for the models, which have one row per name."""
    row = {
        "area": "somewhere",
        "scope": "london",
        "boroughs": 33,
        "cohort": 2012,
        "estimator": "quasi_binomial",
        "estimate": -0.25,
        "std_error": 0.5,
        "ci_lower": -1.0,
        "ci_upper": 1.0,
        "level": 0.95,
        "df": float("inf"),
        "primary": True,
    }
    frame = pd.DataFrame([row | {"term": name} for name in names]).assign(dispersion=dispersion)
    columns = list(processed.REOFFENDING_MODEL.columns)
    return {name: tables.empty(schema) for name, schema in processed.PROCESSED.items()} | {
        "reoffending_model": frame[columns]
    }


def written(path: Path, frames: dict[str, pd.DataFrame]) -> openpyxl.Workbook:
    downloads.write_spreadsheet(frames, path, title="Somewhere", about=["What to know"], made=MADE)
    return openpyxl.load_workbook(path)


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("x")'])
def test_text_that_looks_like_a_formula_is_defused_and_numbers_are_not(formula):
    frame = downloads.defused(
        pd.DataFrame({"text": [formula, "plain", None], "number": [-1.5, 0, 1]})
    )
    assert frame["text"].tolist()[:2] == [f"'{formula}", "plain"]
    assert pd.isna(frame["text"].iloc[2])
    assert frame["number"].tolist() == [-1.5, 0, 1]


def test_the_csv_files_are_the_processed_tables_defused_and_hold_no_single_case(tmp_path):
    frames = reoffending(["=cmd", "deprivation"], [1.5, float("nan")])
    downloads.write_csv(frames, tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == set(processed.PROCESSED) - {"judgements"}
    with (tmp_path / "reoffending_model.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["term"] for row in rows] == ["'=cmd", "deprivation"]
    assert [row["estimate"] for row in rows] == ["-0.25", "-0.25"]
    assert [row["dispersion"] for row in rows] == ["1.5", ""]


def test_the_workbook_has_a_cover_contents_notes_and_a_sheet_for_each_table_with_rows(tmp_path):
    book = written(tmp_path / "tables.xlsx", reoffending(["deprivation"], [1.5]))
    assert book.sheetnames == ["Cover", "Contents", "Notes", "reoffending_model"]
    assert [book["Cover"].cell(row, 1).value for row in (1, 3)] == ["Somewhere", "What to know"]
    assert "Open Government Licence" in book["Cover"].cell(5, 1).value


def test_a_sheet_says_units_and_notes_in_its_headings_and_leaves_no_cell_blank(tmp_path):
    book = written(
        tmp_path / "tables.xlsx", reoffending(["deprivation", "=cmd"], [1.5, float("nan")])
    )
    sheet = book["reoffending_model"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    (start,) = [at for at, row in enumerate(rows) if str(row[0]).startswith("area\n")]
    headings, first, second = rows[start : start + 3]
    named = dict(zip([str(heading).split("\n")[0] for heading in headings], first, strict=True))
    assert headings[list(named).index("estimate")].startswith("estimate\n(log odds)\n[note ")
    assert (named["estimate"], named["df"], named["dispersion"]) == (-0.25, "infinite", 1.5)
    assert second[list(named).index("dispersion")] == "[x]"
    assert second[list(named).index("term")] == "'=cmd"
    assert None not in first + second
    assert any("[x]: not available" in str(row[0]) for row in rows[:start])


def test_text_that_gptables_would_take_for_a_link_or_a_note_stays_text(tmp_path):
    hostile = "[x](javascript:alert(1)) $$note 1$$"
    book = written(tmp_path / "tables.xlsx", reoffending([hostile], [1.5]))
    texts = [str(cell.value) for row in book["reoffending_model"].iter_rows() for cell in row]
    assert "[x] (javascript:alert(1)) $ $note 1$ $" in texts
    assert not [
        cell for row in book["reoffending_model"].iter_rows() for cell in row if cell.hyperlink
    ]


def test_each_note_of_a_heading_is_on_the_notes_sheet_with_the_meaning_of_the_codebook(tmp_path):
    book = written(tmp_path / "tables.xlsx", reoffending(["deprivation"], [1.5]))
    notes = {
        row[0].value: row[1].value for row in book["Notes"].iter_rows(min_row=4) if row[0].value
    }
    described = [column.description for column in processed.REOFFENDING_MODEL.columns.values()]
    assert list(notes.values()) == list(dict.fromkeys(described))


def test_the_same_tables_give_the_same_bytes(tmp_path):
    frames = reoffending(["deprivation"], [1.5])
    written(tmp_path / "first.xlsx", frames)
    written(tmp_path / "second.xlsx", frames)
    assert (tmp_path / "first.xlsx").read_bytes() == (tmp_path / "second.xlsx").read_bytes()
    assert openpyxl.load_workbook(tmp_path / "first.xlsx").properties.created == datetime(
        2016, 12, 1
    )
