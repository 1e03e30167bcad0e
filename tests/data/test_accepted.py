"""The short way to a typed table: the very table of the full validation, or no answer at all."""

import pandas as pd
import pandera.pandas as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analysis import project
from analysis.data import columns, processed, raw, tables
from analysis.data.accepted import accepted
from analysis.data.problems import BadDataError

KINDS = columns.table(
    "kinds",
    "Kinds",
    "A column of each kind.",
    {
        "id": columns.text("Key", pattern="[a-z]+"),
        "code": columns.coded("Code", ["x", "y"]),
        "low": columns.whole("Count", "cases"),
        "high": columns.whole("Count or blank", "cases", nullable=True, high=9),
        "share": columns.number("Share or blank", "share", low=-1, high=1, nullable=True),
        "flag": columns.flag("Flag"),
        "note": columns.text("Note", nullable=True),
    },
    key=["id", "high"],
    checks=[columns.ordered("low", "high")],
)
GOOD = ["a", "x", "1", "2", "0.5", "true", "b"]


def one(**changes):
    return [list((dict(zip(KINDS.columns, GOOD, strict=True)) | changes).values())]


def judged(rows, schema=KINDS):
    """What the full validation says: a table, or None with the faults for the reader."""
    text = pd.DataFrame(rows, columns=list(schema.columns), dtype="str")
    try:
        return tables._judged(text, schema, "file.csv")
    except BadDataError:
        return None


def same(rows, schema=KINDS):
    found, full = accepted(list(schema.columns), rows, schema), judged(rows, schema)
    if found is not None:
        assert full is not None
        pd.testing.assert_frame_equal(found, full, check_exact=True)
    return found, full


# Mostly in order, so that a whole table often is; with all that is nearly a number, a code or a key.
numbers = st.one_of(
    st.integers(-2, 10).map(str),
    st.sampled_from(["", "00", "-0", "1.0", "1e0", "1e999", "inf", "nan", "٣", " 1", "1\n", "1_0"]),
)
CELLS = st.tuples(
    st.sampled_from(["a", "b", "c", "dd", "a", "b", "c", "B", "b\n", "", "é"]),
    st.sampled_from(["x", "y", "x", "y", "z", "", "x\n"]),
    numbers,
    numbers,
    numbers | st.floats(-2, 2).map(repr),
    st.sampled_from(["true", "false", "true", "false", "True", "", "1"]),
    st.text(max_size=2),
)


@settings(deadline=None, max_examples=400)
@given(st.lists(CELLS, max_size=4))
@example([GOOD, ["b", "y", "0", "", "", "false", ""]])
@example([])
def test_what_is_accepted_is_the_table_of_the_full_validation(rows):
    same([list(row) for row in rows])


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.from_regex(r"-?[0-9]{1,30}(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
        | st.floats(allow_nan=False, allow_infinity=False).map(repr),
        max_size=5,
    )
)
def test_a_number_is_read_to_the_same_bits_either_way(texts):
    schema = columns.table("n", "N", "N", {"x": columns.number("Number", "none")}, key=[])
    same([[text] for text in texts if text.isascii()], schema)


@pytest.mark.parametrize("name", raw.RAW)
def test_every_shipped_table_is_accepted(name):
    read = tables._read(project.RAW / f"{name}.csv")
    found, _ = same(read.rows, raw.RAW[name])
    assert found is not None


@pytest.mark.parametrize("name", processed.PROCESSED)
def test_a_table_without_rows_is_accepted(name):
    found, _ = same([], processed.PROCESSED[name])
    assert found is not None


@pytest.mark.parametrize(
    "changes",
    [
        {"id": ""},
        {"id": "a\n"},
        {"code": "z"},
        {"low": "one"},
        {"low": ""},
        {"low": "-1"},
        {"low": "3"},
        {"high": "10"},
        {"share": "1e999"},
        {"share": "1.5"},
        {"flag": "True"},
        {"flag": ""},
    ],
)
def test_whatever_is_out_of_order_is_left_to_the_full_validation(changes):
    assert accepted(list(KINDS.columns), one(), KINDS) is not None
    assert accepted(list(KINDS.columns), one(**changes), KINDS) is None


def test_a_repeated_key_is_left_to_the_full_validation_also_where_part_of_it_is_blank():
    assert accepted(list(KINDS.columns), one(high="") * 2, KINDS) is None


@pytest.mark.parametrize(
    "header", [["id", "code"], [*KINDS.columns, "more"], ["high", *KINDS.columns]]
)
def test_other_columns_are_left_to_the_full_validation(header):
    assert accepted(header, [["a"] * len(header)], KINDS) is None


def column(*checks, dtype=str, **options):
    return pa.DataFrameSchema({"x": pa.Column(dtype, list(checks), **options)})


@pytest.mark.parametrize(
    "schema",
    [
        column(pa.Check.str_length(max_value=3)),
        column(pa.Check(lambda values: values == "a", name="isin")),
        column(pa.Check.isin(["a"], ignore_na=False)),
        column(unique=True),
        column(coerce=True),
        pa.DataFrameSchema({"x": pa.Column(str)}, coerce=True),
        pa.DataFrameSchema({"x": pa.Column(str)}, index=pa.Index(int)),
    ],
)
def test_a_rule_that_is_not_known_here_is_left_to_the_full_validation(schema):
    assert accepted(["x"], [["a"]], column()) is not None
    assert accepted(["x"], [["a"]], schema) is None
