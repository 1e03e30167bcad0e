"""Case extracts, with invented providers and questions: none is known to the code."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.data import cases, codes, processed, tables
from analysis.data.problems import BadDataError

QUESTIONS = ["tidy_desk", "kind_word"]
SPELLINGS = [(code, s) for code, every in codes.JUDGEMENTS.items() for s in every]


def extract(folder, *rows, header="case_id,provider,tidy_desk,kind_word"):
    path = folder / "extract.csv"
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def faults(path, *known):
    with pytest.raises(BadDataError) as caught:
        cases.read(path, QUESTIONS, *known)
    assert caught.value.exit_code == 3
    return [str(problem) for problem in caught.value.problems]


def judged(*rows):
    """Judgements from rows of provider, question and code, a case for each."""
    return pd.DataFrame(
        [(f"case-{i}", *row) for i, row in enumerate(rows)],
        columns=["case_id", "provider", "question_id", "judgement"],
    )


def test_an_extract_is_read_in_the_order_of_the_codebook(tmp_path):
    path = extract(
        tmp_path,
        "No,north,Harbour,yes,007",
        "n/a,south,Mill,,008",
        header="kind_word,office,provider,tidy_desk,case_id",
    )
    assert cases.read(path, QUESTIONS).to_dict("list") == {
        "case_id": ["007", "008"],
        "provider": ["Harbour", "Mill"],
        "tidy_desk": ["yes", ""],
        "kind_word": ["No", "n/a"],
        "office": ["north", "south"],
    }


def test_every_optional_column_is_allowed(tmp_path):
    details = list(codes.CASE_DETAILS)
    header = ",".join(["case_id", "provider", *QUESTIONS, *details])
    path = extract(tmp_path, "1,Harbour,Yes,No," + ",".join("x" * len(details)), header=header)
    assert list(cases.read(path, QUESTIONS)) == header.split(",")


@pytest.mark.parametrize(("code", "spelling"), SPELLINGS)
@pytest.mark.parametrize("written", [str.lower, str.upper, str.title, lambda s: f"  {s}\t"])
def test_every_spelling_of_the_codebook_in_any_case_with_spaces_around(
    tmp_path, code, spelling, written
):
    path = extract(tmp_path, f'1,Harbour,"{written(spelling)}",Yes')
    found = cases.judgements(cases.read(path, QUESTIONS), QUESTIONS)
    assert found["judgement"].tolist() == [code, "sufficient"]


@pytest.mark.parametrize("written", ["not  applicable", "Not\tApplicable", "not\u00a0applicable"])
def test_spaces_within_a_spelling_are_one(tmp_path, written):
    path = extract(tmp_path, f"1,Harbour,{written},")
    found = cases.judgements(cases.read(path, QUESTIONS), QUESTIONS)
    assert found["judgement"].tolist() == ["not_applicable", "missing"]


def test_blank_is_missing_and_not_the_same_as_not_applicable(tmp_path):
    path = extract(tmp_path, "1,Harbour,,N/A", "2,Mill,no,  ")
    found = cases.judgements(cases.read(path, QUESTIONS), QUESTIONS)
    assert found.to_dict("list") == {
        "case_id": ["1", "2", "1", "2"],
        "provider": ["Harbour", "Mill", "Harbour", "Mill"],
        "question_id": ["tidy_desk", "tidy_desk", "kind_word", "kind_word"],
        "judgement": ["missing", "insufficient", "not_applicable", "missing"],
    }


def test_judgements_are_as_declared(tmp_path):
    path = extract(tmp_path, "1,Harbour,yes,N/A", "2,Mill,no,")
    found = cases.judgements(cases.read(path, QUESTIONS), QUESTIONS)
    written = tables.write(found, tmp_path / "judgements.csv", processed.JUDGEMENT_TABLE)
    pd.testing.assert_frame_equal(written, found)


@pytest.mark.parametrize("written", ["maybe", "yess", "2", "-", "Yes/No", "none", "=1", "Ja"])
def test_an_unknown_spelling_is_told_with_its_place(tmp_path, written):
    assert faults(extract(tmp_path, "1,Harbour,Yes,No", f"2,Mill,No,{written}")) == [
        f"extract.csv, row 3, column kind_word: {written!r}; must be Yes, No, Not applicable or "
        "blank (docs/codebook.md lists every spelling)"
    ]


@pytest.mark.parametrize("line", ["1, ,Yes,No", "1,,Yes,No"])
def test_a_blank_provider_is_told(tmp_path, line):
    (fault,) = faults(extract(tmp_path, line))
    assert fault.startswith("extract.csv, row 2, column provider: ")
    assert fault.endswith("blank is not allowed")


def test_a_blank_case_id_is_told(tmp_path):
    assert faults(extract(tmp_path, ",Harbour,Yes,No", "  ,Mill,Yes,No")) == [
        "extract.csv, row 2, column case_id: blank is not allowed",
        "extract.csv, row 3, column case_id: blank is not allowed",
    ]


def test_a_repeated_case_id_is_told_with_the_row_that_it_repeats(tmp_path):
    path = extract(
        tmp_path, "A1,Harbour,Yes,No", "A2,Mill,Yes,No", " A1 ,Mill,Yes,No", "A1,Mill,Yes,No"
    )
    assert faults(path) == [
        "extract.csv, row 4, column case_id: 'A1'; must be unique; row 2 has it",
        "extract.csv, row 5, column case_id: 'A1'; must be unique; row 2 has it",
    ]


def test_case_ids_that_a_number_would_merge_stay_apart(tmp_path):
    path = extract(
        tmp_path,
        "1,Harbour,Yes,No",
        "01,Harbour,Yes,No",
        "1.0,Harbour,Yes,No",
        "12345678901234567,Harbour,Yes,No",
        "12345678901234568,Harbour,Yes,No",
    )
    assert cases.read(path, QUESTIONS)["case_id"].tolist() == [
        "1",
        "01",
        "1.0",
        "12345678901234567",
        "12345678901234568",
    ]


def test_a_provider_written_in_two_ways_is_told(tmp_path):
    path = extract(tmp_path, "1,Harbour,Yes,No", "2, Harbour ,Yes,No", "3,HARBOUR,Yes,No")
    assert faults(path) == [
        "extract.csv, row 4, column provider: 'HARBOUR'; is written Harbour elsewhere in the file"
    ]


@pytest.mark.parametrize("name", ["All", "all", "ALL", " All "])
def test_no_provider_may_have_the_name_of_all_together(tmp_path, name):
    assert faults(extract(tmp_path, f"1,{name},Yes,No")) == [
        f"extract.csv, row 2, column provider: {name.strip()!r}; All stands for all providers together"
    ]


def test_a_provider_that_is_none_of_those_known_is_told_with_them(tmp_path):
    path = extract(tmp_path, "1,Harbour,Yes,No", "2,Mill,Yes,No")
    assert faults(path, ["Harbour", "Quay"]) == [
        "extract.csv, row 3, column provider: 'Mill'; must be one of Harbour, Quay"
    ]


OWN = {"missing": ("", "9"), "sufficient": ("A",), "insufficient": ("B", "not  A")}


def test_judgements_in_spellings_of_their_own(tmp_path):
    path = extract(tmp_path, "1,Harbour,a,b", "2,Mill,Not a,9", "3,Mill,,A")
    found = cases.judgements(cases.read(path, QUESTIONS, (), OWN), QUESTIONS, OWN)
    assert found["judgement"].tolist() == [
        *("sufficient", "insufficient", "missing"),
        *("insufficient", "missing", "sufficient"),
    ]


def test_the_usual_spellings_are_none_where_there_are_others(tmp_path):
    assert faults(extract(tmp_path, "1,Harbour,Yes,A"), (), OWN) == [
        "extract.csv, row 2, column tidy_desk: 'Yes'; must be one of blank, 9, A, B, not  A"
    ]


def test_missing_unknown_and_repeated_columns(tmp_path):
    known = ", ".join(codes.CASE_DETAILS)
    unknown = (
        "is not a column of a case extract: case_id, provider, a question_id of "
        f"questions.csv, or one of {known}"
    )
    assert faults(extract(tmp_path, "1,Yes,x,y", header="case_id,tidy_desk,Provider,notes")) == [
        "extract.csv, row 1, column provider: the column is missing",
        "extract.csv, row 1, column kind_word: the column is missing",
        f"extract.csv, row 1, column Provider: {unknown}",
        f"extract.csv, row 1, column notes: {unknown}",
    ]
    repeated = "case_id,provider,tidy_desk,kind_word,tidy_desk"
    assert faults(extract(tmp_path, "1,Harbour,Yes,No,Yes", header=repeated)) == [
        "extract.csv, row 1, column tidy_desk: a column name must be unique and not blank"
    ]


def test_every_fault_is_told_at_once(tmp_path):
    path = extract(
        tmp_path,
        "A1,Harbour,Yes,x",
        "A1,harbour,perhaps,x",
        ",All,No,x",
        header="case_id,provider,tidy_desk,notes",
    )
    assert [fault.split(";")[0] for fault in faults(path)] == [
        "extract.csv, row 1, column kind_word: the column is missing",
        "extract.csv, row 1, column notes: is not a column of a case extract: case_id, provider, a "
        "question_id of questions.csv, or one of sentence_type, gender, ethnicity, "
        "age_group, borough, office",
        "extract.csv, row 3, column case_id: 'A1'",
        "extract.csv, row 4, column case_id: blank is not allowed",
        "extract.csv, row 3, column provider: 'harbour'",
        "extract.csv, row 4, column provider: 'All'",
        "extract.csv, row 3, column tidy_desk: 'perhaps'",
    ]


def test_an_extract_without_a_case_is_refused(tmp_path):
    assert faults(extract(tmp_path)) == ["extract.csv: has no case; at least one row is needed"]


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "=HYPERLINK(1)",
        "{area}",
        "%s",
        "[red]x[/red]",
        "../../etc",
    ],
)
def test_hostile_text_is_told_as_text(tmp_path, hostile):
    (fault,) = faults(extract(tmp_path, f'1,Harbour,"{hostile}",No'))
    assert f"row 2, column tidy_desk: {hostile!r}; must be Yes" in fault
    kept = cases.read(extract(tmp_path, f'"{hostile}","{hostile}",Yes,No'), QUESTIONS)
    assert kept.loc[0, ["case_id", "provider"]].tolist() == [hostile, hostile]


def test_what_would_steer_a_terminal_is_no_text_and_is_shown_escaped(tmp_path):
    hostile = "\x1b[31m"
    told = faults(extract(tmp_path, f'"{hostile}","{hostile}",{hostile},No'))
    assert len(told) == 2
    assert all(repr(hostile) in fault and "\x1b" not in fault for fault in told)


def test_a_tally_counts_each_judgement_by_question_and_provider():
    found = cases.tally(
        judged(
            ("Harbour", "tidy_desk", "sufficient"),
            ("Harbour", "tidy_desk", "sufficient"),
            ("Harbour", "tidy_desk", "insufficient"),
            ("Mill", "tidy_desk", "not_applicable"),
            ("Mill", "tidy_desk", "missing"),
            ("Mill", "kind_word", "insufficient"),
        )
    )
    assert list(found) == [
        "question_id",
        "provider",
        "sufficient",
        "insufficient",
        "not_applicable",
        "missing",
    ]
    assert found.to_numpy().tolist() == [
        ["tidy_desk", "Harbour", 2, 1, 0, 0],
        ["tidy_desk", "Mill", 0, 0, 1, 1],
        ["kind_word", "Harbour", 0, 0, 0, 0],
        ["kind_word", "Mill", 0, 1, 0, 0],
    ]
    assert {str(dtype) for dtype in found.dtypes[2:]} == {"int64"}


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Harbour", "Mill", "Quay"]),
            st.sampled_from(QUESTIONS),
            st.sampled_from(list(codes.JUDGEMENTS)),
        )
    )
)
def test_a_tally_loses_no_judgement(rows):
    found = cases.tally(judged(*rows))
    assert found[list(codes.JUDGEMENTS)].to_numpy().sum() == len(rows)
    for code in codes.JUDGEMENTS:
        assert found[code].sum() == sum(row[2] == code for row in rows)


def test_nothing_tallies_to_nothing():
    nothing = tables.empty(processed.JUDGEMENT_TABLE)
    assert cases.tally(nothing).empty
    assert list(cases.tally(nothing)) == ["question_id", "provider", *codes.JUDGEMENTS]
    assert cases.sizes(nothing) == {}


def test_sizes_count_cases_and_not_judgements(tmp_path):
    path = extract(tmp_path, "1,Harbour,Yes,No", "2,Mill,,", "3,Mill,N/A,Yes")
    found = cases.judgements(cases.read(path, QUESTIONS), QUESTIONS)
    assert cases.sizes(found) == {"Mill": 2, "Harbour": 1}
    assert list(cases.sizes(found)) == ["Harbour", "Mill"]
