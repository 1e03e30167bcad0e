"""What is written of a report: for a spreadsheet program, for a screen reader, and the same every time."""

import csv
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.data import processed, tables
from analysis.report.cells import text
from analysis.report.content import Heading, Paragraph, Part, Table
from analysis.report.outputs import PDF, edition, html, markdown, pdf, writers, xlsx
from analysis.report.outputs import csv as csv_files
from analysis.report.outputs.edition import Edition
from analysis.report.page import document, fragments, layout
from waiting import is_alive, wait_until

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


PAGE = Part(Heading("Somewhere", level=1), Paragraph("What was found."))


def edition_of(frames: Mapping[str, pd.DataFrame]) -> Edition:
    return Edition(
        document=document.of_part(PAGE),
        tables=frames,
        title="Somewhere: the tables",
        about=["What to know"],
        made=MADE,
    )


def written(folder: Path, frames: Mapping[str, pd.DataFrame]) -> openpyxl.Workbook:
    folder.mkdir(exist_ok=True)
    xlsx.write(edition_of(frames), folder)
    return openpyxl.load_workbook(folder / xlsx.FILE)


# ---- The forms ----------------------------------------------------------------------------------


def test_every_report_is_written_in_every_form_but_the_optional_ones(tmp_path):
    writers.write(edition_of(reoffending(["deprivation"], [1.5])), tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        html.FILE,
        markdown.FILE,
        csv_files.FOLDER,
        xlsx.FILE,
    ]
    assert (tmp_path / html.FILE).read_text(encoding="utf-8") == layout.page(PAGE)


def test_every_link_of_the_page_leads_to_a_file_that_was_written(tmp_path):
    frames = reoffending(["deprivation"], [1.5])
    writers.write(edition_of(frames), tmp_path)
    targets = re.findall('href="([^"]+)"', " ".join(writers.links(frames)))
    assert targets == ["tables.xlsx", "tables/reoffending_model.csv", "report.md"]
    assert all((tmp_path / target).exists() for target in targets)


def test_a_new_form_is_one_module_with_what_every_writer_has():
    for module in (*writers.WRITERS, *writers.OPTIONAL):
        assert callable(module.write)
        assert all("<a href=" in link for link in module.links(reoffending(["x"], [1.5])))


# ---- PDF ----------------------------------------------------------------------------------------


BROWSERS = {
    "cannot be executed": ("\x7fELF", "chromium cannot be started: Exec format error"),
    "hangs": (
        '#!/bin/sh\nsleep 600 & echo $! >"${0%/*}/child"; wait',
        "chromium did not end in 0.5 seconds",
    ),
    "fails": ("#!/bin/sh\necho no display >&2; exit 1", "chromium failed: no display"),
    "writes nothing": ("#!/bin/sh\nexit 0", "chromium ended without writing one"),
}


@pytest.mark.parametrize("how", BROWSERS)
def test_a_browser_that_does_not_print_costs_the_pdf_and_a_line_and_is_not_left_behind(
    monkeypatch, tmp_path, caplog, how
):
    text, why = BROWSERS[how]
    browser = tmp_path / "programs" / "chromium"
    browser.parent.mkdir()
    browser.write_text(text)
    browser.chmod(0o755)
    monkeypatch.setenv("PATH", f"{browser.parent}:/bin:/usr/bin")
    if how == "hangs":
        monkeypatch.setattr(pdf, "_SECONDS", 0.5)
    folder = tmp_path / "report"
    folder.mkdir()
    pdf.write(edition_of({}), folder)
    assert list(folder.iterdir()) == []
    assert caplog.messages == [f"The report has no PDF: {why}."]
    if how == "hangs":
        child = (browser.parent / "child").read_text().strip()
        wait_until(lambda: not is_alive(child), "what it started is left")


def test_without_a_browser_there_is_no_pdf(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: None)
    pdf.write(edition_of({}), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_pdf_is_of_the_page_without_links_beside_it_and_has_the_date_of_the_report(
    monkeypatch, tmp_path
):
    def printed(command, **_):
        (target,) = [word.partition("=")[2] for word in command if "--print-to-pdf" in word]
        page = Path(command[-1].removeprefix("file://")).read_text(encoding="utf-8")
        assert 'href="#main"' in page
        assert "tables.xlsx" not in page
        Path(target).write_bytes(b"%PDF /CreationDate (D:20301231235959+00'00')")

    monkeypatch.setattr(pdf.shutil, "which", lambda name: name)
    monkeypatch.setattr(pdf.programs, "run", printed)
    link = Part(PAGE, [Paragraph(xlsx.links({})[0])])
    pdf.write(replace(edition_of({}), document=document.of_part(link)), tmp_path)
    assert (tmp_path / PDF).read_bytes() == b"%PDF /CreationDate (D:20161201000000+00'00')"


def test_in_the_pdf_what_is_folded_is_an_appendix_with_a_link_from_where_it_was():
    table = Table(
        pd.DataFrame({"a": ["1"]}), [text("a", "Heading")], "Caption", folded="The figures"
    )
    shown = document.of_part(Part(PAGE, [Heading("Found"), table, Paragraph("And so on.")]))
    printed = pdf.appended(shown)
    assert [(block.tag, fragments.text(block)) for block in printed.main] == [
        ("p", "What was found."),
        ("h2", "Found"),
        ("p", "In the appendix: The figures"),
        ("p", "And so on."),
        ("h2", "Appendix: tables"),
        ("h3", "The figures"),
        ("div", "Caption Heading 1"),
    ]
    ids = {block.get("id") for block in printed.main}
    assert {link.get("href") for block in printed.main for link in block.iter("a")} <= {
        f"#{name}" for name in ids
    }
    assert [entry.text for entry in printed.contents] == ["Found", "Appendix: tables"]
    assert shown.main[2].tag == "details"  # the page keeps it folded


# ---- CSV ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("x")'])
def test_text_that_looks_like_a_formula_is_defused_and_numbers_are_not(formula):
    frame = edition.defused(
        pd.DataFrame({"text": [formula, "plain", None], "number": [-1.5, 0, 1]})
    )
    assert frame["text"].tolist()[:2] == [f"'{formula}", "plain"]
    assert pd.isna(frame["text"].iloc[2])
    assert frame["number"].tolist() == [-1.5, 0, 1]


def test_the_csv_files_are_the_processed_tables_defused_and_hold_no_single_case(tmp_path):
    frames = reoffending(["=cmd", "deprivation"], [1.5, float("nan")])
    csv_files.write(edition_of(frames), tmp_path)
    assert {path.stem for path in (tmp_path / "tables").iterdir()} == set(processed.PROCESSED) - {
        "judgements"
    }
    with (tmp_path / "tables" / "reoffending_model.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        rows = list(csv.DictReader(file))
    assert [row["term"] for row in rows] == ["'=cmd", "deprivation"]
    assert [row["estimate"] for row in rows] == ["-0.25", "-0.25"]
    assert [row["dispersion"] for row in rows] == ["1.5", ""]


def test_a_csv_file_says_that_it_is_utf_8_as_excel_asks_and_is_read_as_the_table_that_it_is(
    tmp_path,
):
    frames = reoffending(["£1,234 − 5"], [1.5])
    csv_files.write(edition_of(frames), tmp_path)
    path = tmp_path / "tables" / "reoffending_model.csv"
    # The byte-order mark, once, and then the header.
    assert path.read_bytes().startswith(b"\xef\xbb\xbfarea,")
    assert pd.read_csv(path, encoding="utf-8-sig")["term"].tolist() == ["£1,234 − 5"]
    assert tables.read_text(path)["term"].tolist() == ["£1,234 − 5"]


# ---- The spreadsheet ----------------------------------------------------------------------------


def test_the_workbook_has_a_cover_contents_notes_and_a_sheet_for_each_table_with_rows(tmp_path):
    book = written(tmp_path, reoffending(["deprivation"], [1.5]))
    assert book.sheetnames == ["Cover", "Contents", "Notes", "reoffending_model"]
    assert [book["Cover"].cell(row, 1).value for row in (1, 3)] == [
        "Somewhere: the tables",
        "What to know",
    ]
    assert "Open Government Licence" in book["Cover"].cell(5, 1).value


def test_a_sheet_says_units_and_notes_in_its_headings_and_leaves_no_cell_blank(tmp_path):
    book = written(tmp_path, reoffending(["deprivation", "=cmd"], [1.5, float("nan")]))
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
    book = written(tmp_path, reoffending([hostile], [1.5]))
    texts = [str(cell.value) for row in book["reoffending_model"].iter_rows() for cell in row]
    assert "[x] (javascript:alert(1)) $ $note 1$ $" in texts
    assert not [
        cell for row in book["reoffending_model"].iter_rows() for cell in row if cell.hyperlink
    ]


def test_the_spreadsheet_says_its_language(tmp_path):
    assert written(tmp_path, reoffending(["x"], [1.5])).properties.language == "en-GB"


def test_headings_stay_in_sight_on_every_sheet_with_a_table(tmp_path):
    book = written(tmp_path, reoffending(["x"], [1.5]))
    assert book["Cover"].freeze_panes is None
    for name, first in (
        ("Contents", "Sheet name"),
        ("Notes", "Note number"),
        ("reoffending_model", "area"),
    ):
        below = book[name][book[name].freeze_panes]
        heading = book[name].cell(below.row - 1, 1).value
        assert (below.column, heading.split("\n")[0]) == (1, first)


def test_shares_are_shown_as_percentages_and_held_in_full(tmp_path):
    row = {
        **{"area": "x", "outcome": "o", "question_id": "q", "provider_a": "A", "provider_b": "B"},
        **{"sufficient_a": 1, "relevant_a": 3, "sufficient_b": 2, "relevant_b": 3},
        **{"difference": -1 / 3, "ci_lower": -0.8, "ci_upper": 0.4, "level": 0.95},
        **{"ci_lower_simultaneous": -0.9, "ci_upper_simultaneous": 0.5},
        **{"method": "newcombe", "p_value": 0.041, "p_adjusted": 1.0, "adjustment": "holm"},
        "precision": "exact",
    }
    frames = reoffending(["x"], [1.5])
    frames["differences"] = pd.DataFrame([row])[list(processed.DIFFERENCES.columns)]
    sheet = written(tmp_path, frames)["differences"]
    *_, headings, cells = sheet.iter_rows()
    shown = {
        heading.value.split("\n")[0]: (heading.value.split("\n")[1], cell.value, cell.number_format)
        for heading, cell in zip(headings, cells, strict=True)
    }
    assert shown["level"] == ("(percentage)", 0.95, "0.0%")
    assert shown["difference"] == ("(percentage points)", pytest.approx(-1 / 3), "0.0%")
    # A p-value is a probability, and a count is a count.
    assert shown["p_value"] == ("(probability)", 0.041, "General")
    assert shown["sufficient_a"] == ("(cases)", 1, "General")


def test_no_column_is_wider_than_60_and_longer_texts_are_wrapped(tmp_path):
    book = written(tmp_path, reoffending(["word " * 100], [1.5]))
    widths = {
        sheet.title: [column.width for column in sheet.column_dimensions.values()]
        for sheet in book.worksheets
    }
    assert max(width for each in widths.values() for width in each) == 60
    (cell,) = [
        cell
        for cell in book["reoffending_model"][book["reoffending_model"].max_row]
        if str(cell.value).startswith("word ")
    ]
    assert cell.alignment.wrap_text


def test_each_note_of_a_heading_is_on_the_notes_sheet_with_the_meaning_of_the_codebook(tmp_path):
    book = written(tmp_path, reoffending(["deprivation"], [1.5]))
    notes = {
        row[0].value: row[1].value for row in book["Notes"].iter_rows(min_row=4) if row[0].value
    }
    described = [column.description for column in processed.REOFFENDING_MODEL.columns.values()]
    assert list(notes.values()) == list(dict.fromkeys(described))


def test_the_same_tables_give_the_same_bytes(tmp_path):
    frames = reoffending(["deprivation"], [1.5])
    book = written(tmp_path / "first", frames)
    written(tmp_path / "second", frames)
    first, second = ((tmp_path / name / xlsx.FILE).read_bytes() for name in ("first", "second"))
    assert first == second
    assert book.properties.created == datetime(2016, 12, 1)


def test_above_a_table_stands_what_each_short_name_in_it_means_once(tmp_path):
    frames = reoffending(["deprivation", "inner"], [1.5, 2.0])
    frames["verdicts"] = pd.DataFrame(
        [["x", "o", "q", "CRC", "fewer", "open", pd.NA, pd.NA]],
        columns=list(processed.VERDICTS.columns),
    )
    shorthand = {"CRC": "Community Rehabilitation Company", "NPS": "National Probation Service"}
    xlsx.write(replace(edition_of(frames), shorthand=shorthand), tmp_path)
    book = openpyxl.load_workbook(tmp_path / xlsx.FILE)
    above = {
        name: [str(cell.value) for cell in book[name]["A"][: int(book[name].freeze_panes[1:]) - 2]]
        for name in ("verdicts", "reoffending_model")
    }
    meanings = processed.VERDICTS.columns
    assert {
        "[x]: not available, or not known",
        "provider: CRC = Community Rehabilitation Company",
        f"in_sample: fewer = {meanings['in_sample'].codes['fewer']}",
        f"beyond: open = {meanings['beyond'].codes['open']}",
    } <= set(above["verdicts"])
    assert not any("NPS" in line for line in above["verdicts"])  # it does not stand there
    assert {
        "estimator: quasi_binomial = quasi-binomial",
        "term: deprivation = deprivation score",
    } <= set(above["reoffending_model"])


# ---- Uncertainty in every row -------------------------------------------------------------------

# What says why a table has no limits, or where they are.
SAID = (
    "no interval",
    "without an interval",
    "interval behind each is that of",
    "interval of each difference is in",
    "p-value says how sure",
    "How sure each verdict is stands beside it",
)
LIMITS = re.compile(
    r".*(_lower|_upper|_low|_high)(_simultaneous|_tight)?|(lowest|highest)_possible"
)


@pytest.mark.parametrize("name", edition.TABLES)
def test_every_table_that_is_handed_out_has_limits_in_its_rows_or_says_why_it_has_none(name):
    table = processed.PROCESSED[name]
    limits = [column for column in table.columns if LIMITS.fullmatch(column)]
    said = [text for text in SAID if text in table.description]
    assert len(limits) >= 2 or said, name
    assert not (limits and said), name


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_spreadsheet_that_finds_no_space_left_names_its_file(tmp_path):
    (tmp_path / xlsx.FILE).symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space left on device") as caught:
        xlsx.write(edition_of(reoffending(["slope"], [1.0])), tmp_path)
    assert caught.value.filename == str(tmp_path / xlsx.FILE)
