"""CSV in and out: strictly as text, then typed; a small file in, the table or every fault out."""

import dataclasses
import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.data import codes, columns, processed, raw, tables
from analysis.data.problems import BadDataError, Problem

EXAMPLES = settings(deadline=None, max_examples=50)

KINDS = columns.table(
    "kinds",
    "Kinds",
    "A column of each kind.",
    {
        "id": columns.text("Key", pattern="[a-z]+"),
        "count": columns.whole("Count", "cases"),
        "known": columns.whole("Count or blank", "cases", nullable=True),
        "share": columns.share("Share or blank", nullable=True),
        "flag": columns.flag("Flag"),
    },
    key=["id"],
)
HEADER = "id,count,known,share,flag\n"


def written(folder, content):
    path = folder / "file.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def faults(call, *arguments):
    with pytest.raises(BadDataError) as caught:
        call(*arguments)
    assert caught.value.exit_code == 3
    assert all(str(problem) in str(caught.value) for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


def text_faults(folder, content):
    return faults(tables.read_text, written(folder, content))


def typed_faults(folder, content):
    return faults(tables.read, written(folder, content), KINDS)


@pytest.mark.parametrize(
    "value",
    [
        "NA",
        "None",
        "null",
        "nan",
        "",
        "00123",
        "12345678901234567890123",
        "1e5",
        "TRUE",
        " padded ",
        "=1+1",
        "<b>bold</b>",
        "\ufeff",
        "Łódź",
    ],
)
def test_a_value_is_kept_as_it_is_written(tmp_path, value):
    text = tables.read_text(written(tmp_path, f"a,b\n{value},x\n"))
    assert text.to_dict("list") == {"a": [value], "b": ["x"]}


def test_rows_are_numbered_as_an_editor_numbers_the_lines(tmp_path):
    text = tables.read_text(written(tmp_path, 'a,b\n1,"two\nlines"\n\n3,4\n'))
    assert text["b"].to_dict() == {2: "two\nlines", 5: "4"}


def test_windows_line_ends_change_nothing(tmp_path):
    text = tables.read_text(written(tmp_path, 'a,b\r\n1,"x\r\ny"\r\n3,4\r\n'))
    assert text["b"].to_dict() == {2: "x\r\ny", 4: "4"}


@pytest.mark.parametrize("marks", [0, 1, 2])
def test_byte_order_marks_are_no_part_of_the_first_column(tmp_path, marks):
    text = tables.read_text(written(tmp_path, b"\xef\xbb\xbf" * marks + b"a,b\n1,2\n"))
    assert list(text) == ["a", "b"]


def test_spaces_around_a_column_name_are_dropped(tmp_path):
    assert list(tables.read_text(written(tmp_path, "a , b\n1,2\n"))) == ["a", "b"]


def test_a_header_alone_is_a_table_without_rows(tmp_path):
    text = tables.read_text(written(tmp_path, "a,b\n"))
    assert list(text) == ["a", "b"]
    assert text.empty


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "a,b,c\n1,2\n1,2,3\n1,2,3,4\n",
            ["row 2: 2 fields; the header has 3", "row 4: 4 fields; the header has 3"],
        ),
        ('a,b\n"x\ny",2\n1,2,3\n', ["row 4: 3 fields; the header has 2"]),
        (
            'a,b\n1,2\n3,"4\n5,6\n',
            ["row 3: unexpected end of data; a quote that is opened must be closed"],
        ),
        (
            'a,b\n1,2\n"3"4,5\n',
            ["row 3: ',' expected after '\"'; a quote that is opened must be closed"],
        ),
        ("a,b,a\n1,2,3\n", ["row 1, column a: a column name must be unique and not blank"]),
        ("a,b,a \n1,2,3\n", ["row 1, column a: a column name must be unique and not blank"]),
        ("a,,c\n1,2,3\n", ["row 1, column : a column name must be unique and not blank"]),
        (
            "a,a\n1\n",
            [
                "row 1, column a: a column name must be unique and not blank",
                "row 2: 1 fields; the header has 2",
            ],
        ),
    ],
)
def test_a_malformed_row_is_named(tmp_path, content, told):
    assert text_faults(tmp_path, content) == [f"file.csv, {fault}" for fault in told]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("a,b\n1,£\n".encode("cp1252"), "byte 6 is not UTF-8; save the file as CSV UTF-8"),
        ("a,b\n".encode("utf-16"), "byte 0 is not UTF-8; save the file as CSV UTF-8"),
        ("", "the file is empty; a header row is needed"),
        ("\n\n", "the file is empty; a header row is needed"),
        ("\ufeff", "the file is empty; a header row is needed"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path, content, told):
    assert text_faults(tmp_path, content) == [f"file.csv: {told}"]


def test_a_missing_file_and_a_folder_are_refused(tmp_path):
    assert faults(tables.read_text, tmp_path / "none.csv") == ["none.csv: the file does not exist"]
    assert faults(tables.read_text, tmp_path) == [
        f"{tmp_path.name}: cannot be read: Is a directory"
    ]


def test_columns_get_the_types_of_the_schema(tmp_path):
    table = tables.read(written(tmp_path, f"{HEADER}a,1,2,0.5,true\nb,3,,,false\n"), KINDS)
    assert {name: str(dtype) for name, dtype in table.dtypes.items()} == {
        "id": "str",
        "count": "int64",
        "known": "Int64",
        "share": "float64",
        "flag": "bool",
    }
    assert table["count"].tolist() == [1, 3]
    assert table["known"].tolist() == [2, pd.NA]
    assert table["share"][0] == 0.5
    assert math.isnan(table["share"][1])
    assert table["flag"].tolist() == [True, False]


def test_a_whole_number_does_not_pass_through_a_float(tmp_path):
    # 2^53 + 1 is the first whole number that a float cannot hold.
    table = tables.read(
        written(tmp_path, f"{HEADER}a,9007199254740993,9007199254740993,,true\nb,1,,,true\n"), KINDS
    )
    assert table["count"][0] == table["known"][0] == 2**53 + 1


@pytest.mark.parametrize(
    ("row", "column", "value", "allowed"),
    [
        ("a,one,2,0.5,true", "count", "one", "a whole number of at most 18 digits is needed"),
        ("a,1.0,2,0.5,true", "count", "1.0", "a whole number of at most 18 digits is needed"),
        ("a, 1,2,0.5,true", "count", " 1", "a whole number of at most 18 digits is needed"),
        ("a,٣,2,0.5,true", "count", "٣", "a whole number of at most 18 digits is needed"),
        (
            f"a,{10**18},2,0.5,true",
            "count",
            "1000000000000000000",
            "a whole number of at most 18 digits is needed",
        ),
        ("a,1,NA,0.5,true", "known", "NA", "a whole number of at most 18 digits is needed"),
        ("a,1,2,half,true", "share", "half", "a number is needed"),
        ("a,1,2,nan,true", "share", "nan", "a number is needed"),
        ("a,1,2,٠.٣,true", "share", "٠.٣", "a number is needed"),
        ("a,1,2,0.5,yes", "flag", "yes", "true or false is needed"),
        ("a,1,2,0.5,True", "flag", "True", "true or false is needed"),
        ("a,-1,2,0.5,true", "count", "-1", "must be at least 0"),
        ("a,1,2,1.5,true", "share", "1.5", "must be at most 1"),
        ("a,1,2,inf,true", "share", "inf", "must be at most 1"),
        ("A,1,2,0.5,true", "id", "A", "must match [a-z]+"),
    ],
)
def test_a_wrong_value_is_told_once_with_its_place_and_what_is_allowed(
    tmp_path, row, column, value, allowed
):
    with pytest.raises(BadDataError) as caught:
        tables.read(written(tmp_path, f"{HEADER}{row}\n"), KINDS)
    assert caught.value.problems == (
        Problem("file.csv", allowed, row=2, column=column, value=value),
    )


@pytest.mark.parametrize("column", ["id", "count", "flag"])
def test_a_blank_is_refused_where_it_is_not_allowed(tmp_path, column):
    row = {"id": "a", "count": "1", "known": "", "share": "", "flag": "true"} | {column: ""}
    assert typed_faults(tmp_path, HEADER + ",".join(row.values()) + "\n") == [
        f"file.csv, row 2, column {column}: blank is not allowed"
    ]


def test_every_fault_is_told_at_once(tmp_path):
    told = typed_faults(tmp_path, f'{HEADER}a,one,x,1.5,yes\n"B\n",-1,3,,false\nc,,,,\n')
    assert sorted(told) == [
        r"file.csv, row 2, column count: 'one'; a whole number of at most 18 digits is needed",
        r"file.csv, row 2, column flag: 'yes'; true or false is needed",
        r"file.csv, row 2, column known: 'x'; a whole number of at most 18 digits is needed",
        r"file.csv, row 2, column share: '1.5'; must be at most 1",
        r"file.csv, row 3, column count: '-1'; must be at least 0",
        r"file.csv, row 3, column id: 'B\n'; must match [a-z]+",
        r"file.csv, row 5, column count: blank is not allowed",
        r"file.csv, row 5, column flag: blank is not allowed",
    ]


def test_a_repeated_key_is_told_for_each_of_its_rows(tmp_path):
    told = typed_faults(tmp_path, f"{HEADER}a,1,,,true\nb,1,,,true\na,2,,,true\n")
    assert told == [
        "file.csv, row 2, column id: 'a'; must be unique",
        "file.csv, row 4, column id: 'a'; must be unique",
    ]


def test_a_key_of_two_columns_is_told_whole(tmp_path):
    content = "gss_code,name,year,unemployment_rate_pct\nE09000001,X,2014,\nE09000001,Y,2014,1\n"
    assert faults(tables.read, written(tmp_path, content), raw.UNEMPLOYMENT) == [
        "file.csv, row 2, column gss_code, year: 'E09000001, 2014'; must be unique",
        "file.csv, row 3, column gss_code, year: 'E09000001, 2014'; must be unique",
    ]


def test_a_row_whose_figures_contradict_each_other_is_told_once(tmp_path):
    header = ",".join(raw.REOFFENDING.columns)
    content = f"{header}\nE09000001,X,local_authority,2010,50,51,60,26,15,39\n"
    assert faults(tables.read, written(tmp_path, content), raw.REOFFENDING) == [
        "file.csv, row 2: reoffenders must not be above offenders"
    ]


def test_missing_and_unknown_columns_are_told_with_those_that_there_are(tmp_path):
    told = typed_faults(tmp_path, "id,count,known,flag,extra\na,1,,true,2\n")
    assert sorted(told) == [
        "file.csv, column extra: not a column of this table; it has id, count, known, share, flag",
        "file.csv, column share: the column is missing",
    ]


def test_a_missing_column_that_a_rule_compares_is_told_as_missing(tmp_path):
    header = ",".join(name for name in raw.REOFFENDING.columns if name != "reoffenders")
    content = f"{header}\nE09000001,X,local_authority,2010,50,60,26,15,39\n"
    assert faults(tables.read, written(tmp_path, content), raw.REOFFENDING) == [
        "file.csv, column reoffenders: the column is missing"
    ]


def test_columns_out_of_place_are_told(tmp_path):
    assert typed_faults(tmp_path, "id,known,count,share,flag\na,1,2,,true\n") == [
        "file.csv, column known: the column is not in the declared place",
        "file.csv, column count: the column is not in the declared place",
    ]


def test_a_header_that_lacks_a_column_of_the_key_is_told_so_and_no_more(tmp_path):
    content = "name,year,unemployment_rate_pct\nX,2014,1\nX,2014,2\n"
    assert faults(tables.read, written(tmp_path, content), raw.UNEMPLOYMENT) == [
        "file.csv, column gss_code: the column is missing"
    ]


def test_a_row_with_a_fault_of_its_own_is_held_against_no_rule(tmp_path):
    header = ",".join(raw.REOFFENDING.columns)
    content = f"{header}\nE09000001,X,local_authority,2010,50,many,60,26,15,39\n"
    assert faults(tables.read, written(tmp_path, content), raw.REOFFENDING) == [
        "file.csv, row 2, column reoffenders: 'many'; a whole number of at most 18 digits is needed"
    ]


def test_digits_that_overflow_are_no_number(tmp_path):
    declared = columns.table("n", "N", "N", {"x": columns.number("Number", "none")}, key=[])
    assert tables.read(written(tmp_path, "x\ninf\n"), declared)["x"].tolist() == [math.inf]
    assert faults(tables.read, written(tmp_path, "x\n1e999\n"), declared) == [
        "file.csv, row 2, column x: '1e999'; a number is needed"
    ]


def test_a_key_with_a_blank_in_it_is_repeated_like_any_other(tmp_path):
    declared = columns.table(
        "k", "K", "K", {"a": columns.text("A"), "b": columns.text("B", nullable=True)}, ["a", "b"]
    )
    assert faults(tables.read, written(tmp_path, "a,b\nx,\nx,\n"), declared) == [
        "file.csv, row 2, column a, b: 'x, None'; must be unique",
        "file.csv, row 3, column a, b: 'x, None'; must be unique",
    ]


def kinds(**columns):
    row = {"id": ["a"], "count": [1], "known": [2], "share": [0.5], "flag": [True]}
    return pd.DataFrame(row | columns)


def test_a_written_file_is_utf_8_with_plain_line_ends_and_lower_case_flags(tmp_path):
    frame = kinds(id=["a", "b"], count=[1, 2], share=[0.1, None], flag=[True, False], known=None)
    path = tmp_path / "new" / "kinds.csv"
    tables.write(frame, path, KINDS)
    assert path.read_bytes() == b"id,count,known,share,flag\na,1,,0.1,true\nb,2,,,false\n"


def test_a_table_is_not_written_through_a_link(tmp_path):
    theirs = tmp_path / "theirs.csv"
    theirs.write_text("theirs")
    (tmp_path / "kinds.csv").symlink_to(theirs)
    tables.write(kinds(), tmp_path / "kinds.csv", KINDS)
    assert theirs.read_text() == "theirs"
    assert (tmp_path / "kinds.csv").read_text().startswith(HEADER)


def test_columns_are_written_in_the_order_of_the_schema(tmp_path):
    tables.write(kinds()[["flag", "share", "id", "known", "count"]], tmp_path / "k.csv", KINDS)
    assert (tmp_path / "k.csv").read_text().splitlines()[0] == HEADER.strip()


def test_what_is_written_is_given_as_it_will_be_read(tmp_path):
    frame = kinds(known=pd.array([None], dtype="Int64")).set_axis([7])
    given_back = tables.write(frame, tmp_path / "k.csv", KINDS)
    pd.testing.assert_frame_equal(given_back, tables.read(tmp_path / "k.csv", KINDS))


ROWS = st.lists(
    st.tuples(
        st.integers(0, 10**18 - 1),
        st.none() | st.integers(0, 10**18 - 1),
        st.none() | st.floats(0, 1),
        st.booleans(),
    ),
    max_size=8,
)


@EXAMPLES
@given(ROWS)
def test_a_round_trip_is_exact(tmp_path_factory, rows):
    frame = pd.DataFrame(
        {
            "id": pd.array(["abcdefgh"[i] for i in range(len(rows))], dtype="str"),
            "count": pd.array([row[0] for row in rows], dtype="int64"),
            "known": pd.array([row[1] for row in rows], dtype="Int64"),
            "share": pd.array([row[2] for row in rows], dtype="float64"),
            "flag": pd.array([row[3] for row in rows], dtype="bool"),
        }
    ).astype({"count": "int64", "share": "float64", "flag": "bool"})
    path = tmp_path_factory.mktemp("round") / "k.csv"
    tables.write(frame, path, KINDS)
    pd.testing.assert_frame_equal(tables.read(path, KINDS), frame, check_exact=True)


@EXAMPLES
@given(st.lists(st.floats(allow_nan=False).filter(lambda x: x != -math.inf), min_size=1))
def test_every_float_survives_a_round_trip(tmp_path_factory, numbers):
    schema = columns.table(
        "numbers", "N", "N", {"x": columns.number("Number", "none")}, key=[], checks=[]
    )
    path = tmp_path_factory.mktemp("round") / "numbers.csv"
    tables.write(pd.DataFrame({"x": numbers}, dtype="float64"), path, schema)
    assert tables.read(path, schema)["x"].tolist() == numbers


@EXAMPLES
@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_characters="\r"), min_size=1),
        unique=True,
        max_size=8,
    )
)
def test_every_text_survives_a_round_trip(tmp_path_factory, values):
    schema = columns.table(
        "texts", "T", "T", {"t": columns.text("T"), "n": KINDS.columns["count"]}, key=["t"]
    )
    frame = pd.DataFrame({"t": pd.array(values, dtype="str"), "n": range(len(values))})
    path = tmp_path_factory.mktemp("round") / "texts.csv"
    tables.write(frame, path, schema)
    assert tables.read(path, schema)["t"].tolist() == values


@pytest.mark.parametrize(
    ("frame", "told"),
    [
        (kinds(count=[-1]), ["row 2, column count: '-1'; must be at least 0"]),
        (
            kinds(count=[1.5]),
            ["row 2, column count: '1.5'; a whole number of at most 18 digits is needed"],
        ),
        (kinds(flag=["yes"]), ["row 2, column flag: 'yes'; true or false is needed"]),
        (kinds(id=[""]), ["row 2, column id: blank is not allowed"]),
        (kinds(id=[None]), ["row 2, column id: blank is not allowed"]),
        (kinds().drop(columns="share"), ["column share: the column is missing"]),
        (
            kinds(extra=[1]),
            ["column extra: not a column of this table; it has id, count, known, share, flag"],
        ),
    ],
)
def test_what_could_not_be_read_again_is_not_written(tmp_path, frame, told):
    path = tmp_path / "k.csv"
    assert faults(tables.write, frame, path, KINDS) == [f"k.csv, {fault}" for fault in told]
    assert not path.exists()


@pytest.mark.parametrize("name", processed.PROCESSED)
def test_an_empty_table_can_be_written_and_read(tmp_path, name):
    schema = processed.PROCESSED[name]
    path = tmp_path / f"{name}.csv"
    tables.write(tables.empty(schema), path, schema)
    assert path.read_text() == ",".join(schema.columns) + "\n"
    table = tables.read(path, schema)
    assert table.empty
    assert list(table) == list(schema.columns)


def test_a_withheld_figure_stays_one_and_is_no_number(tmp_path):
    known = dataclasses.replace(KINDS.columns["known"], withholdable=True)
    own = {**KINDS.columns, "known": known}
    at_most = columns.Rule(("count", "known"), "known must not be above count", lambda n, x: x <= n)
    declared = dataclasses.replace(KINDS, columns=own, rules=(at_most,))
    path = written(tmp_path, HEADER + "a,1,[c],,true\nb,1,0,,true\n")
    table = tables.read(path, declared)
    assert table["known"].tolist() == [codes.WITHHELD, 0]
    again = tables.write(table, tmp_path / "again.csv", declared)
    assert again.equals(table)
    assert (tmp_path / "again.csv").read_bytes() == path.read_bytes()
    assert table["known"].notna().all()
    with pytest.raises(TypeError):
        table["known"].sum()
    assert faults(tables.read, path, KINDS) == [
        "file.csv, row 2, column known: '[c]'; a whole number of at most 18 digits is needed"
    ]
