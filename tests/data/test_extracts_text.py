"""Extracts as text: what spreadsheets, editors and failing disks make of a CSV."""

import codecs
import csv
import io

import pytest
from extracts import HEADER, counted, extract, faults, ids, judged, read, warnings
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.data.extracts import delimited
from analysis.data.extracts.gathered import Gathered

ROWS = ["1,Café Nord,Yes,No", "2,Mill,No,"]
TEXT = "\n".join([HEADER, *ROWS, ""])
YES, NO, MISSING = "sufficient", "insufficient", "missing"
READ = {
    ("tidy_desk", "Café Nord"): (1, 0, 0, 0),
    ("tidy_desk", "Mill"): (0, 1, 0, 0),
    ("kind_word", "Café Nord"): (0, 1, 0, 0),
    ("kind_word", "Mill"): (0, 0, 0, 1),
}


def file(folder, content, name="extract.csv"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# ---- Encodings -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode(),
        codecs.BOM_UTF8 + TEXT.encode(),
        2 * codecs.BOM_UTF8 + TEXT.encode(),
        TEXT.encode("utf-16"),
        codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
    ],
)
@pytest.mark.parametrize("block", [3, 1 << 22])
def test_utf_8_and_what_has_a_mark_is_read(tmp_path, monkeypatch, content, block):
    monkeypatch.setattr("analysis.data.extracts.decoding.BLOCK", block)
    found = read(file(tmp_path, content))
    assert counted(found) == READ
    assert "encoding" not in {each.kind for each in found.warnings}


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16-le", "utf-16-be"])
def test_what_has_no_mark_and_is_not_utf_8_is_read_with_a_warning(tmp_path, encoding):
    path = file(tmp_path, TEXT.encode(encoding))
    assert counted(read(path)) == READ
    assert "does not say its encoding" in warnings(path)["encoding"]


def test_bytes_in_no_encoding_are_told_with_their_line(tmp_path):
    content = TEXT.encode().replace("é".encode(), b"\x81")
    assert faults(file(tmp_path, content)) == [
        "extract.csv, row 2: the byte 81 is neither UTF-8 nor cp1252 (Western European); save the file "
        "as CSV UTF-8"
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (codecs.BOM_UTF16_LE + b"\x00\xd8" + TEXT.encode("utf-16-le"), "is not utf-16"),
        (codecs.BOM_UTF8 + TEXT.encode("cp1252"), "begins as UTF-8 does and is not UTF-8"),
    ],
)
def test_a_mark_that_lies_is_told(tmp_path, content, said):
    (fault,) = faults(file(tmp_path, content))
    assert fault.startswith(f"extract.csv: {said}")


# ---- Separators, headers, lines ------------------------------------------------------------------


@pytest.mark.parametrize("separator", delimited.SEPARATORS)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "above", ["", "sep={}\n", 'Inspection; June, "draft"\n\n', "a\nb,c;d\n,,,\n"]
)
def test_separators_line_ends_and_what_stands_above_the_header(tmp_path, separator, ends, above):
    text = above.format(separator) + TEXT.replace(",", separator)
    path = file(tmp_path, text.replace("\n", ends))
    assert counted(read(path)) == READ


def test_the_separator_is_the_one_that_the_header_has_most_of(tmp_path):
    text = 'case_id;provider;"tidy_desk";kind_word\n1;"Mill, Harbour and Quay, Ltd";Yes;No\n'
    assert list(read(file(tmp_path, text)).sizes()) == ["Mill, Harbour and Quay, Ltd"]


def test_rows_are_named_by_the_lines_of_the_file(tmp_path):
    text = f'Title\n\n{HEADER}\n1,Mill,"Yes\n\n",No\n\n2,"Mi\nll",Yes,x\n,,,\n3,Mill,y,No\n4,Mill,z,No\n'
    rows = [fault.split(";")[0] for fault in faults(file(tmp_path, text))]
    assert rows == [
        "extract.csv, row 8, column provider: 'Mi\\nll'",
        "extract.csv, row 8, column kind_word: 'x'",
        "extract.csv, row 12, column tidy_desk: 'z'",
    ]


@pytest.mark.parametrize("blank", ["", "  ", ",,,", ' , ," ", ', '""', "\u00a0,,,", ","])
def test_blank_rows_are_read_through(tmp_path, blank):
    path = extract(tmp_path, blank, ROWS[0], blank, ROWS[1], blank, blank)
    assert counted(read(path)) == READ


@pytest.mark.parametrize(
    "case", ["'7", "\u00a07\u00a0", "\u20097\u200b", "\ufeff7", '"7"', '" 7 "']
)
def test_what_a_spreadsheet_puts_around_a_value_is_no_part_of_it(tmp_path, case):
    assert ids(extract(tmp_path, f"{case},Mill,'Yes,\u202fNo\u200b")) == ["7"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"a,b"', "a,b"),
        ('"say ""yes"""', 'say "yes"'),
        ('""""', '"'),
        ('"a;b' + "\t" + 'c"', "a;b\tc"),
    ],
)
def test_quotes_keep_separators_and_quotes(tmp_path, written, meant):
    assert ids(
        extract(tmp_path, f"{written},Mill,Yes,No", f"2,Mill,{'Yes'!r},No".replace("'", '"'))
    ) == [
        meant,
        "2",
    ]


# ---- Rows that are not whole ---------------------------------------------------------------------


def test_each_ragged_row_is_told(tmp_path):
    path = extract(
        tmp_path, "1,Mill,Yes", "2,Mill,Yes,No", "3,Mill,Yes,No,No", '"4,Mill"', "5,Mill,,"
    )
    assert faults(path) == [
        f"extract.csv, row {row}: {fields} fields; the header has 4"
        for row, fields in [(2, 3), (4, 5), (5, 1)]
    ]


@pytest.mark.parametrize(
    "row",
    ['2,Mill,"Yes,No', '2,Mill,Ye"s,No', '2,"Mill" Hill,Yes,No', '2,Mill, "Yes",No', '2,"a""b"c,,'],
)
def test_a_quote_that_is_out_of_place_is_told_and_what_follows_is_read_all_the_same(tmp_path, row):
    path = extract(tmp_path, "1,Mill,Yes,No", row, '3,"Mill",perhaps,No', "4,Mill,Yes")
    assert [fault.split(";")[0] for fault in faults(path)] == [
        "extract.csv, row 3: a quote that is opened must be closed where the field ends",
        "extract.csv, row 5: 3 fields",
        "extract.csv, row 4, column tidy_desk: 'perhaps'",
    ]


def test_a_quote_that_is_never_closed_does_not_swallow_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr("analysis.data.extracts.decoding.BLOCK", 50)
    monkeypatch.setattr(delimited, "LONGEST_ROW", 100)
    path = extract(
        tmp_path, *(f"{n},Mill,{'Yes' if n else chr(34)},No" for n in range(40)), "x,Mill"
    )
    assert [fault.split(";")[0] for fault in faults(path)] == [
        "extract.csv, row 2: a quote that is opened must be closed where the field ends",
        "extract.csv, row 42: 2 fields",
    ]


def test_a_file_of_broken_rows_is_not_read_to_its_end(tmp_path):
    listed = faults(extract(tmp_path, *(f'{n},Mill,Y"s,No' for n in range(100))))
    assert len(listed) == 1 + 50
    assert listed[0] == "extract.csv, row 51: is not read further than this row"


def test_a_nul_is_told_with_its_row(tmp_path):
    assert faults(file(tmp_path, f"{HEADER}\n1,Mill,Yes,No\n2,Mi\0ll,Yes,No\n")) == [
        "extract.csv, row 3: holds a NUL, which no text does"
    ]


@pytest.mark.parametrize("end", ["3,Mi", "3,Mill,Yes"])
def test_a_file_that_is_cut_off_is_told(tmp_path, end):
    (fault,) = faults(file(tmp_path, f"{TEXT}{end}"))
    assert fault.startswith("extract.csv, row 4: ")
    assert fault.endswith("the header has 4; the file ends within this row")


def test_a_last_row_without_a_line_end_is_read(tmp_path):
    assert judged(file(tmp_path, TEXT.removesuffix("\n"))) == [YES, NO, NO, MISSING]


@pytest.mark.parametrize("content", ["", "\n\n", codecs.BOM_UTF8, codecs.BOM_UTF16_LE, " , , \n"])
def test_an_empty_file_is_told(tmp_path, content):
    assert faults(file(tmp_path, content)) == [
        "extract.csv: the file is empty; a header row is needed"
    ]


# ---- Beside the csv module -----------------------------------------------------------------------

FIELD = st.text(st.sampled_from('ab",\n é\u00a0€'), max_size=20)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(FIELD, FIELD), min_size=1, max_size=12),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([5, 1 << 22]),
)
def test_fields_are_those_that_the_csv_module_wrote(tmp_path_factory, rows, quoting, end, block):
    text = io.StringIO()
    writer = csv.writer(text, quoting=quoting, lineterminator=end)
    writer.writerow(["case_id", "provider", "x"])
    writer.writerows((n, *row) for n, row in enumerate(rows))
    path = file(tmp_path_factory.mktemp("csv"), text.getvalue())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("analysis.data.extracts.decoding.BLOCK", block)
        source = delimited.Delimited(path, {"case_id"})
        found = []
        for piece in source.pieces([0, 1, 2], 0, Gathered("extract.csv")):
            columns = [[each.texts[code] for code in each.codes] for each in piece.columns.values()]
            found += list(zip(*columns, strict=True))
    assert sorted(found) == sorted((*row, str(n)) for n, row in enumerate(rows))
