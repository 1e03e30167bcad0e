"""Extracts as workbooks and files of statistics packages; and what is none, whatever its name says."""

import datetime
import importlib.util
import re
import zipfile

import openpyxl
import pytest
from extracts import HEADER, QUESTIONS, counted, faults, ids, judged, read

from analysis.data.extracts import kinds, workbook

NAMES = HEADER.split(",")
YES, NO, NOT_APPLICABLE, MISSING = "sufficient", "insufficient", "not_applicable", "missing"


def book(folder, *rows, sheets=(), name="extract.xlsx"):
    """A workbook of which the first sheet has the rows; others by their names."""
    made = openpyxl.Workbook()
    made.active.title = "Cases"
    for row in rows:
        made.active.append(row)
    for title, others, state in sheets:
        sheet = made.create_sheet(title)
        sheet.sheet_state = state
        for row in others:
            sheet.append(row)
    made.save(folder / name)
    return folder / name


def repacked(path, part, change):
    """The workbook with the text of one part changed."""
    with zipfile.ZipFile(path) as packed:
        parts = {each: packed.read(each) for each in packed.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return path


SHEET = "xl/worksheets/sheet1.xml"


def test_a_workbook_is_read_as_it_is_typed(tmp_path):
    path = book(
        tmp_path,
        ["June 2016"],
        [],
        [" Case_ID", *NAMES[1:]],
        [1001, "Mill", True, "N/A"],
        [None, None, None, None],
        ["007", " Mill ", "no", None, None],
        [12.5, "Harbour", 1, False],
    )
    assert ids(path) == ["1001", "007", "12.5"]
    assert judged(path) == [YES, NO, YES, NOT_APPLICABLE, MISSING, NO]


def test_cells_that_are_no_text_are_told_with_their_rows(tmp_path):
    path = book(
        tmp_path,
        NAMES,
        [datetime.date(2016, 12, 3), "Mill", "Yes", "No"],
        ["2", "Mill", "#N/A", "No"],
        ["3", "Mill", '=IF(TRUE,"Yes","No")', "No"],
        ["4", "Mill", "Yes", datetime.datetime(2016, 12, 3, 12)],
        ["5", "Mill", "Yes", "No", "beside"],
    )
    assert faults(path) == [
        "extract.xlsx, row 6: more fields than the header, which has 4",
        "extract.xlsx, row 2, column case_id: '2016-12-03 00:00:00'; is a date; a spreadsheet may have "
        "made it of an id or an age group",
        "extract.xlsx, row 3, column tidy_desk: '#N/A'; is an error of a formula",
        'extract.xlsx, row 4, column tidy_desk: \'=IF(TRUE,"Yes","No")\'; is a formula that was never '
        "calculated; open the workbook in Excel and save it",
        "extract.xlsx, row 5, column kind_word: '2016-12-03 12:00:00'; is a date; a spreadsheet may have "
        "made it of an id or an age group",
        "extract.xlsx, row 2, column case_id: blank is not allowed",
    ]


@pytest.mark.parametrize(("value", "read"), [("Yes", YES), ("", MISSING)])
def test_a_formula_is_read_as_what_it_was_calculated_to_be(tmp_path, value, read):
    path = book(tmp_path, NAMES, ["1", "Mill", "=1", "No"])
    found = re.compile(r'<c r="C2"[^>]*><f>1</f><v ?/?>(</v>)?</c>')
    cell = f'<c r="C2" t="str"><f>1</f><v>{value}</v></c>'
    assert judged(repacked(path, SHEET, lambda text: found.sub(cell, text))) == [read, NO]


CASE = ["1", "Mill", "Yes", "No"]


def test_the_visible_sheet_with_a_header_is_read(tmp_path):
    others = [("Notes", [["read me"]], "visible"), ("Old", [NAMES, CASE], "hidden")]
    path = book(tmp_path, NAMES, CASE, ["2", *CASE[1:]], sheets=others)
    assert ids(path) == ["1", "2"]
    first = book(tmp_path, ["read me"], sheets=[("Data", [NAMES, CASE], "visible")])
    assert ids(first) == ["1"]


def test_of_two_sheets_with_a_header_one_is_chosen(tmp_path):
    path = book(tmp_path, NAMES, CASE, sheets=[("More", [NAMES, ["9", *CASE[1:]]], "visible")])
    assert faults(path) == [
        "extract.xlsx: more than one visible sheet has a header: Cases, More; --sheet chooses"
    ]
    assert ids(path, sheet="More") == ["9"]
    assert faults(path, sheet="Less") == [
        "extract.xlsx: has no visible sheet 'Less'; there are Cases, More"
    ]


def test_an_empty_workbook_is_told(tmp_path):
    assert faults(book(tmp_path)) == [
        "extract.xlsx: the visible sheets are empty; a header row is needed"
    ]


def test_a_size_that_a_sheet_only_says_is_not_believed(tmp_path):
    path = book(tmp_path, NAMES, CASE)
    said = re.compile(r'<dimension ref="[^"]*"')
    assert ids(repacked(path, SHEET, lambda t: said.sub('<dimension ref="A1:XFD1048576"', t))) == [
        "1"
    ]


def test_a_row_beyond_what_a_sheet_may_have_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "_MOST_ROWS", 5)
    path = book(tmp_path, NAMES, CASE)
    far = re.compile(r'r="(\w?)2"')
    repacked(path, SHEET, lambda text: far.sub(r'r="\g<1>900000000"', text))
    assert faults(path)[0] == "extract.xlsx: a sheet has at most 5 rows"


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(
    tmp_path, monkeypatch
):
    assert workbook.LARGEST == 1024**3
    monkeypatch.setattr(workbook, "LARGEST", 4 << 20)
    path = book(tmp_path, NAMES, CASE)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet2.xml", bytes(5 << 20))
    assert path.stat().st_size < 1 << 20
    assert faults(path) == [
        "extract.xlsx: unpacks to 5 MiB, more than a workbook may; save it as CSV UTF-8"
    ]


def test_texts_that_unpack_to_too_much_at_once_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "LARGEST_PART", 1000)
    (fault,) = faults(book(tmp_path, NAMES, CASE))
    assert "more than a workbook may" in fault


def test_entities_that_grow_are_refused(tmp_path):
    grown = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    doctype = f'<!DOCTYPE x [<!ENTITY a0 "ha">{grown}]>'
    path = repacked(
        book(tmp_path, NAMES, CASE),
        SHEET,
        lambda text: doctype + text.replace("<v>", "<v>&a11;", 1),
    )
    (fault,) = faults(path)
    assert fault.startswith("extract.xlsx: cannot be read, and may be damaged (")


# ---- What is not read ----------------------------------------------------------------------------


def archive(**parts):
    def write(path):
        with zipfile.ZipFile(path, "w") as packed:
            for name, content in parts.items():
                packed.writestr(name, content)

    return write


OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xls", OLE, "is an old Excel workbook (.xls); open it, and save the sheet as"),
        ("a.xlsx", OLE + "EncryptedPackage".encode("utf-16-le"), "is behind a password"),
        (
            "a.xls",
            b"\n<HTML><table><tr><td>case_id",
            "is a web page, whatever its name says; open it",
        ),
        (
            "a.xls",
            b'<?xml version="1.0"?>\n<?mso-application?><Workbook>',
            "is an Excel workbook as XML",
        ),
        ("a.csv", b"%PDF-1.7", "is a PDF; read are CSV"),
        (
            "a.csv.gz",
            b"\x1f\x8b\x08\x00",
            "is an archive, or damaged; unpack it first; read are CSV",
        ),
        ("a.xlsx", b"PK\x03\x04broken", "is an archive, or damaged; unpack it first; read are CSV"),
        (
            "a.ods",
            archive(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
            "is an OpenDocument",
        ),
        (
            "a.xlsb",
            archive(**{"xl/workbook.bin": ""}),
            "is a binary Excel workbook (.xlsb); open it",
        ),
        ("a.zip", archive(**{"cases.csv": HEADER}), "is an archive; unpack it first; read are CSV"),
        (
            "a.docx",
            archive(**{"[Content_Types].xml": "<x/>"}),
            "cannot be read, and may be damaged (",
        ),
    ],
)
def test_a_file_of_another_kind_is_told_with_what_to_do(tmp_path, name, content, said):
    path = tmp_path / name
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        content(path)
    (fault,) = faults(path)
    assert fault.startswith(f"{name}: {said}")


@pytest.mark.parametrize("name", ["extract.txt", "extract.xls", "extract"])
def test_a_text_of_any_name_is_read_as_text(tmp_path, name):
    path = tmp_path / name
    path.write_text(f"{HEADER}\n1,Mill,Yes,No\n")
    assert ids(path) == ["1"]


def test_a_file_that_is_not_there_or_no_file_is_told(tmp_path):
    assert faults(tmp_path / "none.csv") == ["none.csv: the file does not exist"]
    assert faults(tmp_path) == [f"{tmp_path.name}: cannot be read: Is a directory: {tmp_path}"]


def test_a_text_has_no_sheets(tmp_path):
    path = tmp_path / "extract.csv"
    path.write_text(f"{HEADER}\n1,Mill,Yes,No\n")
    assert faults(path, sheet="Cases") == ["extract.csv: has no sheets; --sheet is for workbooks"]


# ---- Statistics packages -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind", "extra"),
    [
        (b"$FL2@(#) SPSS DATA FILE", "SPSS", "statistics"),
        (b"<stata_dta><header>", "Stata", "statistics"),
        (b"PAR1\x15\x04", "Parquet", "parquet"),
    ],
)
def test_what_needs_an_extra_names_it(tmp_path, monkeypatch, content, kind, extra):
    monkeypatch.setattr(kinds.packages.importlib, "import_module", absent)
    path = tmp_path / "extract"
    path.write_bytes(content)
    (fault,) = faults(path)
    assert fault.startswith(f"extract: is a {kind} file, which ")
    assert f"install the extra `{extra}` (uv pip install '.[{extra}]')" in fault


def absent(name):
    raise ImportError(name)


def needs(module):
    return pytest.mark.skipif(
        importlib.util.find_spec(module) is None, reason=f"{module} is an extra"
    )


@needs("pyreadstat")
@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_labels_decide_and_what_is_declared_missing_is_missing(tmp_path, kind):
    import pandas as pd  # noqa: PLC0415
    import pyreadstat  # noqa: PLC0415

    path = tmp_path / f"extract.{kind}"
    columns = {"case_id": [1001, 1002, 1003], "provider": ["Mill", "Mill", "Harbour"]}
    table = pd.DataFrame(columns | {"tidy_desk": [1, 2, 9], "kind_word": [8, 1, 1]})
    labels = {"tidy_desk": {1: "Yes", 2: "No"}, "kind_word": {1: "yes", 8: "Not applicable"}}
    if kind == "sav":
        missing = {"tidy_desk": [9]}
        pyreadstat.write_sav(table, path, variable_value_labels=labels, missing_ranges=missing)
    else:
        table.loc[2, "tidy_desk"] = None
        pyreadstat.write_dta(table, path, variable_value_labels=labels)
    assert ids(path) == ["1001", "1002", "1003"]
    assert judged(path) == [YES, NO, MISSING, NOT_APPLICABLE, YES, YES]


@needs("pyarrow")
def test_parquet_is_read(tmp_path):
    import pyarrow  # noqa: PLC0415
    import pyarrow.parquet  # noqa: PLC0415

    columns = [[7, 8], ["Mill", "Harbour"], ["Yes", None], [True, False]]
    path = tmp_path / "extract.parquet"
    pyarrow.parquet.write_table(pyarrow.table(dict(zip(NAMES, columns, strict=True))), path)
    assert counted(read(path)) == {
        (question, provider): counts
        for question, own in zip(
            QUESTIONS, [[(0, 0, 0, 1), (1, 0, 0, 0)], [(0, 1, 0, 0), (1, 0, 0, 0)]], strict=True
        )
        for provider, counts in zip(["Harbour", "Mill"], own, strict=True)
    }
