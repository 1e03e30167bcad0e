"""Case extracts, with invented providers and questions: none is known to the code."""

import itertools

import numpy as np
import pandas as pd
import pytest
from extracts import HEADER, QUESTIONS, counted, extract, faults, ids, judged, read, warnings
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.data import codes, processed, tables
from analysis.data.extracts import corrections, gathered, levels, reading, written
from analysis.data.extracts.corrections import Correction
from analysis.data.extracts.counts import MOMENTS
from analysis.data.extracts.written import Written
from analysis.data.problems import BadDataError

SPELLINGS = [(code, s) for code, every in codes.JUDGEMENTS.items() for s in every]
SUFFICIENT, INSUFFICIENT, NOT_APPLICABLE, MISSING = codes.JUDGEMENTS
ALLOWED = "must be Yes, No, Not applicable or blank (docs/codebook.md lists every spelling)"


# ---- What is counted -----------------------------------------------------------------------------


def test_an_extract_is_counted_by_question_and_provider(tmp_path):
    path = extract(tmp_path, "1,Mill,yes,N/A", "2,Harbour,no,", "3,Mill,Y,No", "4,Mill,Yes,n/a")
    found = read(path)
    assert counted(found) == {
        ("tidy_desk", "Harbour"): (0, 1, 0, 0),
        ("tidy_desk", "Mill"): (3, 0, 0, 0),
        ("kind_word", "Harbour"): (0, 0, 0, 1),
        ("kind_word", "Mill"): (0, 1, 2, 0),
    }
    assert (found.cases, found.sizes()) == (4, {"Harbour": 1, "Mill": 3})


def test_providers_stand_as_they_are_known_and_never_as_the_rows_do(tmp_path):
    path = extract(tmp_path, "1,Mill,,", "2,Quay,,", "3,Harbour,,")
    assert list(read(path).sizes()) == ["Harbour", "Mill", "Quay"]
    known = ["Quay", "Nobody", "Harbour", "Mill"]
    assert list(read(path, providers=known).sizes()) == ["Quay", "Harbour", "Mill"]


DETAILED = ["gender", "borough"]


def detailed(folder):
    return extract(
        folder,
        "1,Mill,Yes,No,F,East",
        "2,Mill,No,No,M,West",
        "3,Harbour,Yes,,F,West",
        "4,Mill,Yes,,,East",
        header=f"{HEADER},gender,borough",
    )


def test_judgements_are_counted_by_details_that_are_asked_for(tmp_path):
    found = read(detailed(tmp_path), details=DETAILED)
    assert set(found.groups) == {"provider", *DETAILED}
    assert found.sizes("gender") == {"F": 2, "M": 1, "": 1}
    assert counted(found, "gender")["tidy_desk", "F"] == (2, 0, 0, 0)
    assert set(read(detailed(tmp_path)).groups) == {"provider"}


def test_an_area_is_the_sum_of_its_boroughs(tmp_path):
    found = read(detailed(tmp_path), details=DETAILED)
    assert found.places == ("East", "West")
    assert counted(found, places=["West"]) == {
        ("tidy_desk", "Harbour"): (1, 0, 0, 0),
        ("tidy_desk", "Mill"): (0, 1, 0, 0),
        ("kind_word", "Harbour"): (0, 0, 0, 1),
        ("kind_word", "Mill"): (0, 1, 0, 0),
    }
    assert found.sizes("gender", places=["East"]) == {"F": 1, "M": 0, "": 1}
    assert counted(found, places=["East", "West"]) == counted(found)


def test_the_levels_of_every_group_add_up_to_the_same(tmp_path):
    groups = read(detailed(tmp_path), details=DETAILED, outcomes={"care": QUESTIONS}).groups
    for name in DETAILED:
        for counts in ("sizes", "judgements", "pooled"):
            whole, parts = getattr(groups["provider"], counts), getattr(groups[name], counts)
            np.testing.assert_array_equal(whole.sum(axis=1), parts.sum(axis=1))


def test_moments_of_an_outcome_are_sums_over_cases(tmp_path):
    path = extract(tmp_path, "1,Mill,Yes,Yes", "2,Mill,Yes,No", "3,Mill,No,", "4,Mill,N/A,")
    pooled = read(path, outcomes={"care": QUESTIONS}).groups["provider"].pooled
    # Sufficient of relevant: 2 of 2, 1 of 2, 0 of 1; nothing is relevant to the last case.
    assert dict(zip(MOMENTS, pooled[0, 0, 0].tolist(), strict=True)) == {
        "cases": 3,
        "sufficient": 2 + 1 + 0,
        "relevant": 2 + 2 + 1,
        "sufficient_squared": 4 + 1 + 0,
        "sufficient_relevant": 4 + 2 + 0,
        "relevant_squared": 4 + 4 + 1,
    }


JUDGEMENT = st.sampled_from(["Yes", "no", "N/A", ""])
CASE = st.tuples(st.sampled_from(["Harbour", "Mill"]), JUDGEMENT, JUDGEMENT)


@settings(deadline=None, max_examples=20)
@given(st.lists(CASE, min_size=1, max_size=30))
def test_no_judgement_is_lost_and_the_order_of_the_rows_says_nothing(tmp_path_factory, rows):
    folder = tmp_path_factory.mktemp("order")
    found = read(extract(folder, *(f"{i},{','.join(row)}" for i, row in enumerate(rows))))
    back = read(extract(folder, *(f"{i},{','.join(row)}" for i, row in enumerate(rows[::-1]))))
    assert counted(found) == counted(back)
    assert sum(map(sum, counted(found).values())) == 2 * len(rows)
    assert sum(counted(found)["tidy_desk", p][0] for p in found.sizes()) == sum(
        row[1] == "Yes" for row in rows
    )


def test_judgements_of_a_small_extract_are_as_declared(tmp_path):
    found = read(extract(tmp_path, "1,Harbour,yes,N/A", "2,Mill,no,")).judgements
    written = tables.write(found, tmp_path / "judgements.csv", processed.JUDGEMENT_TABLE)
    pd.testing.assert_frame_equal(written, found)
    assert found.to_dict("list") == {
        "case_id": ["1", "2", "1", "2"],
        "provider": ["Harbour", "Mill", "Harbour", "Mill"],
        "question_id": ["tidy_desk", "tidy_desk", "kind_word", "kind_word"],
        "judgement": [SUFFICIENT, INSUFFICIENT, NOT_APPLICABLE, MISSING],
    }


def test_no_row_of_a_large_extract_is_kept(tmp_path, monkeypatch):
    path = extract(tmp_path, "1,Harbour,yes,N/A", "2,Mill,no,")
    monkeypatch.setattr(reading, "KEPT", 1)
    assert read(path).judgements is None
    assert read(path).cases == 2


# ---- Judgements ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("code", "spelling"), SPELLINGS)
@pytest.mark.parametrize("written", [str.lower, str.upper, str.title, lambda s: f"  {s}\t"])
def test_every_spelling_of_the_codebook_in_any_case_with_spaces_around(
    tmp_path, code, spelling, written
):
    assert judged(extract(tmp_path, f'1,Harbour,"{written(spelling)}",Yes')) == [code, SUFFICIENT]


@pytest.mark.parametrize(
    "written",
    ["not  applicable", "Not\tApplicable", "not\u00a0applicable", "not\u2009applicable\u200b"],
)
def test_spaces_within_a_spelling_are_one(tmp_path, written):
    assert judged(extract(tmp_path, f"1,Harbour,{written},")) == [NOT_APPLICABLE, MISSING]


def test_blank_is_missing_and_not_the_same_as_not_applicable(tmp_path):
    path = extract(tmp_path, "1,Harbour,,N/A", "2,Mill,no,  ")
    assert judged(path) == [MISSING, INSUFFICIENT, NOT_APPLICABLE, MISSING]


@pytest.mark.parametrize("written", ["maybe", "yess", "-", "Yes/No", "none", "=1", "Ja", "1.5"])
def test_an_unknown_spelling_is_told_with_its_place(tmp_path, written):
    path = extract(tmp_path, "1,Harbour,Yes,No", f"2,Mill,No,{written}")
    assert faults(path) == [f"extract.csv, row 3, column kind_word: {written!r}; {ALLOWED}"]


OWN = Written(
    judgements={"missing": ("9",), "sufficient": ("A", "1"), "insufficient": ("B", "not  A")}
)


def test_judgements_in_spellings_of_their_own(tmp_path):
    path = extract(tmp_path, "1,Harbour,a,b", "2,Mill,Not a,9", "3,Mill,,1.0")
    assert judged(path, written=OWN) == [
        *(SUFFICIENT, INSUFFICIENT, MISSING),
        *(INSUFFICIENT, MISSING, SUFFICIENT),
    ]


def test_the_usual_spellings_are_none_where_there_are_others(tmp_path):
    assert faults(extract(tmp_path, "1,Harbour,Yes,A"), written=OWN) == [
        "extract.csv, row 2, column tidy_desk: 'Yes'; must be one of blank, 9, A, 1, B, not  A"
    ]


def test_a_question_may_have_a_code_list_of_its_own(tmp_path):
    own = Written(question_judgements={"kind_word": {"sufficient": ("2",), "insufficient": ("1",)}})
    assert judged(extract(tmp_path, "1,Harbour,Yes,1", "2,Mill,No,2"), written=own) == [
        *(SUFFICIENT, INSUFFICIENT),
        *(INSUFFICIENT, SUFFICIENT),
    ]


def test_codes_without_a_code_list_are_refused_and_all_of_them_named(tmp_path):
    path = extract(tmp_path, "1,Mill,1,Yes", "2,Mill,2,1", "3,Mill,9,0", "4,Mill,8,No")
    # 0 and 1 alone are read as no and yes; beside 2 they may mean anything.
    assert faults(path) == [
        "extract.csv, column tidy_desk: has the codes 1, 2, 8, 9, and no code list says what they "
        "mean: `judgements` of inspection.toml or columns.toml does, or `question_judgements` for one "
        "question"
    ]
    assert judged(extract(tmp_path, "1,Mill,1,0")) == [SUFFICIENT, INSUFFICIENT]


# ---- Cases, providers, details -------------------------------------------------------------------


@pytest.mark.parametrize("line", ["1, ,Yes,No", "1,,Yes,No"])
def test_a_blank_provider_is_told(tmp_path, line):
    assert faults(extract(tmp_path, line)) == [
        "extract.csv, row 2, column provider: ''; blank is not allowed"
    ]


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


def test_a_case_under_two_boroughs_is_told_with_both(tmp_path):
    rows = ("A1,Mill,Yes,No,East", "A1,Mill,Yes,No,West", "A1,Mill,Yes,No,East")
    assert faults(extract(tmp_path, *rows, header=f"{HEADER},borough")) == [
        "extract.csv, row 3, column case_id: 'A1'; must be unique; row 2 has it, there with the "
        "borough 'East', here with 'West'",
        "extract.csv, row 4, column case_id: 'A1'; must be unique; row 2 has it",
    ]


def test_ids_that_only_a_hash_confuses_are_different_cases(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "_hashed", lambda ids: np.zeros(len(ids), np.uint64))
    path = extract(tmp_path, "A1,Mill,Yes,No", "A2,Mill,Yes,No")
    assert read(path).cases == 2
    assert faults(extract(tmp_path, "A1,Mill,,", "A2,Mill,,", "A1,Mill,,")) == [
        "extract.csv, row 4, column case_id: 'A1'; must be unique; row 2 has it"
    ]


def test_case_ids_that_a_number_would_merge_stay_apart(tmp_path):
    wanted = ["1", "01", "1.0", "12345678901234567", "12345678901234568"]
    assert ids(extract(tmp_path, *(f"{case},Harbour,Yes,No" for case in wanted))) == wanted


@pytest.mark.parametrize(
    ("case", "made"),
    [
        ("1.23E+11", "a power of ten"),
        ("1E+05", "a power of ten"),
        ("03-Dec", "a date"),
        ("Dec-16", "a date"),
        ("01/12/2016", "a date"),
        ("2016-12-01", "a date"),
        ("2016-12-01 00:00:00", "a date"),
    ],
)
def test_an_id_that_a_spreadsheet_has_changed_is_told(tmp_path, case, made):
    (fault,) = faults(extract(tmp_path, "2016-a,Harbour,Yes,No", f"{case},Mill,Yes,No"))
    assert fault == (
        f"extract.csv, row 3, column case_id: {case!r}; a spreadsheet has made {made} of it; type the "
        "column as text where it was exported"
    )


@pytest.mark.parametrize("case", ["12-34", "E+5", "1E5", "march-hare", "12-03-2016-1", "a/b"])
def test_an_id_that_only_looks_a_little_like_it_is_read(tmp_path, case):
    assert ids(extract(tmp_path, f"{case},Harbour,Yes,No")) == [case]


@pytest.mark.parametrize("rows", [["Total,,12,14"], ["Grand total,Mill,x,y"], [",Totals:,1,2"]])
def test_a_row_of_totals_is_told_and_by_nothing_else(tmp_path, rows):
    (fault,) = faults(extract(tmp_path, "1,Harbour,Yes,No", *rows))
    assert fault.startswith("extract.csv, row 3, column ")
    assert fault.endswith(": names a row of totals; an extract has a row per case, and no other")


def test_a_provider_written_in_two_ways_is_told(tmp_path):
    rows = ["1,St. Mary,Yes,No", "2, St. Mary ,Yes,No", "3,ST. MARY,Yes,No", "4,St Mary,Yes,No"]
    assert faults(extract(tmp_path, *rows)) == [
        f"extract.csv, row {row}, column provider: {value!r}; is written St. Mary elsewhere in the file"
        for row, value in [(4, "ST. MARY"), (5, "St Mary")]
    ]


@pytest.mark.parametrize("name", ["All", "all", "ALL", " All "])
def test_no_provider_may_have_the_name_of_all_together(tmp_path, name):
    assert faults(extract(tmp_path, f"1,{name},Yes,No")) == [
        f"extract.csv, row 2, column provider: {name.strip()!r}; All stands for all providers together"
    ]


def test_a_provider_that_is_none_of_those_known_is_told_with_them(tmp_path):
    path = extract(tmp_path, "1,Harbour,Yes,No", "2,Mill,Yes,No")
    assert faults(path, providers=["Harbour", "Quay"]) == [
        "extract.csv, row 3, column provider: 'Mill'; must be one of Harbour, Quay"
    ]


def test_a_provider_of_several_lines_is_told(tmp_path):
    (fault,) = faults(extract(tmp_path, '1,"Har\nbour",Yes,No'))
    assert fault == "extract.csv, row 2, column provider: 'Har\\nbour'; must be one line"


def test_an_age_group_that_became_a_date_is_told(tmp_path):
    path = extract(tmp_path, "1,Mill,Yes,No,Oct-14", header=f"{HEADER},age_group")
    (fault,) = faults(path, details=["age_group"])
    assert fault.startswith(
        "extract.csv, row 2, column age_group: 'Oct-14'; a spreadsheet has made"
    )


def test_a_column_of_too_many_values_is_no_detail(tmp_path, monkeypatch):
    monkeypatch.setattr(levels, "MOST", 2)
    rows = [f"{n},Mill,Yes,No,office {n}" for n in range(3)]
    assert faults(extract(tmp_path, *rows, header=f"{HEADER},office"), details=["office"]) == [
        "extract.csv, row 4, column office: 'office 2'; is one of more than 2 different values; is this "
        "the right column?"
    ]


# ---- Columns -------------------------------------------------------------------------------------

UNKNOWN = (
    "is not a column of a case extract: case_id, provider, a question_id of questions.csv, or one of "
    f"{', '.join(codes.CASE_DETAILS)}; `ignored_columns` lists what is not read"
)


def test_columns_stand_in_any_order_in_any_case_and_with_spaces(tmp_path):
    header = " Kind_Word ,office,PROVIDER,tidy_desk,Case_ID"
    path = extract(tmp_path, "No,north,Harbour,yes,007", "n/a,south,Mill,,008", header=header)
    assert ids(path) == ["007", "008"]
    assert judged(path) == [SUFFICIENT, MISSING, INSUFFICIENT, NOT_APPLICABLE]


def test_missing_and_unknown_columns(tmp_path):
    assert faults(extract(tmp_path, "1,Yes,x,y", header="case_id,tidy_desk,Agency,notes")) == [
        f"extract.csv, row 1, column Agency: {UNKNOWN}",
        f"extract.csv, row 1, column notes: {UNKNOWN}",
        "extract.csv, row 1, column provider: the column is missing",
    ]


@pytest.mark.parametrize("again", ["tidy_desk", "Tidy_Desk "])
def test_a_column_that_stands_twice_is_told(tmp_path, again):
    path = extract(tmp_path, "1,Harbour,Yes,No,Yes", header=f"{HEADER},{again}")
    assert faults(path) == [
        f"extract.csv, row 1, column {again.strip()}: a column name must be unique and not blank"
    ]


def test_at_least_one_question_is_needed(tmp_path):
    assert faults(extract(tmp_path, "1,Harbour", header="case_id,provider")) == [
        "extract.csv, row 1: no column is a question of questions.csv; at least one is needed"
    ]


def test_a_question_without_a_column_was_not_asked(tmp_path):
    path = extract(
        tmp_path, *(f"{n},Mill,Yes" for n in range(10)), header="case_id,provider,tidy_desk"
    )
    found = read(path)
    assert (found.questions, found.not_asked) == (("tidy_desk",), ("kind_word",))
    assert warnings(path) == {
        "not_asked": "The extract has no column of, so that nobody was asked: kind_word."
    }


def test_columns_of_other_names_are_mapped_or_ignored(tmp_path):
    path = extract(tmp_path, "7,Mill,Yes,secret,No", header="Ref,Team,Q 1,Notes,kind_word")
    own = Written(
        columns={"ref": "case_id", "Team ": "provider", "Q 1": "tidy_desk"},
        ignored_columns=("NOTES",),
    )
    assert ids(path, written=own) == ["7"]
    assert judged(path, written=own) == [SUFFICIENT, INSUFFICIENT]


def test_a_mapping_that_does_not_fit_is_told(tmp_path):
    path = extract(tmp_path, "7,Mill,Yes,No,Yes", header=f"{HEADER},Q 1")
    own = Written(columns={"Q 1": "tidy_desk", "Q 2": "kind_word", "office": "room"})
    said = [fault.removeprefix("extract.csv, ") for fault in faults(path, written=own)]
    assert said[0].startswith("column office: `columns` gives it as room, which is not case_id, ")
    assert said[1:] == [
        "row 1, column Q 2: `columns` gives it as kind_word, and the file has no such column",
        "row 1, column Q 1: is a second column of tidy_desk; tidy_desk is the first",
    ]


def test_an_unnamed_column_is_read_through_where_it_is_blank(tmp_path):
    assert judged(extract(tmp_path, "1,Mill,Yes,No,", header=f"{HEADER},")) == [
        SUFFICIENT,
        INSUFFICIENT,
    ]
    assert faults(extract(tmp_path, "1,Mill,Yes,No,", "2,Mill,Yes,No,?", header=f"{HEADER},")) == [
        "extract.csv, row 3: '?'; stands in column 5, which has no name; it must have one"
    ]


@pytest.mark.parametrize(
    "header", ["case_id,provider,question_id,judgement", "case_id,provider,q,v"]
)
def test_a_long_file_is_refused_in_one_sentence(tmp_path, header):
    path = extract(tmp_path, "1,Mill,tidy_desk,Yes", "1,Mill,kind_word,No", header=header)
    (fault,) = faults(path)
    assert fault.startswith(
        "extract.csv: looks like a long file, a row per case and question: the column "
        f"{header.split(',')[2]} says which question"
    )


def test_an_extract_without_a_case_is_refused(tmp_path):
    assert faults(extract(tmp_path)) == ["extract.csv: has no case; at least one row is needed"]


# ---- Faults and warnings -------------------------------------------------------------------------


def test_every_fault_is_told_at_once(tmp_path):
    path = extract(
        tmp_path,
        "A1,Harbour,Yes,x",
        "A1,harbour,perhaps,x",
        ",All,No,x",
        "A2,Mill",
        header="case_id,provider,tidy_desk,notes",
    )
    assert [fault.split(";")[0] for fault in faults(path)] == [
        "extract.csv, row 5: 2 fields",
        f"extract.csv, row 1, column notes: {UNKNOWN.split(';', maxsplit=1)[0]}",
        "extract.csv, row 4, column case_id: blank is not allowed",
        "extract.csv, row 3, column case_id: 'A1'",
        "extract.csv, row 3, column provider: 'harbour'",
        "extract.csv, row 4, column provider: 'All'",
        "extract.csv, row 3, column tidy_desk: 'perhaps'",
    ]


def test_of_each_kind_the_first_are_told_and_how_many_there_are(tmp_path):
    more = gathered.FIRST + 7
    rows = [f"{n},Mill,perhaps,{'' if n else 'Ja'}" for n in range(more)]
    *listed, last = faults(extract(tmp_path, *rows, "x,,Yes,No"))
    assert len(listed) == 1 + gathered.FIRST
    assert "column provider" in listed[0]
    assert last == f"extract.csv: {more + 1} judgements that are none; 8 are not listed"


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "=HYPERLINK(1)",
        "{area}",
        "%s",
        "[red]x[/red]",
        "../../etc",
        "\x1b[31m",
    ],
)
def test_hostile_text_is_told_as_text(tmp_path, hostile):
    (fault,) = faults(extract(tmp_path, f'1,Harbour,"{hostile}",No'))
    assert f"row 2, column tidy_desk: {hostile!r}; must be Yes" in fault
    assert "\x1b" not in fault
    path = extract(tmp_path, f'"{hostile}","{hostile}",Yes,No')
    assert (ids(path), list(read(path).sizes())) == ([hostile], [hostile])


def test_what_is_suspicious_is_said_and_read(tmp_path):
    header = "case_id,provider,a,b,c,d"
    rows = [f"{n},Mill,{'' if n < 3 else 'Yes'},,N/A,{'' if n < 2 else 'No'}" for n in range(10)]
    path = extract(tmp_path, *rows, "x,Harbour,Yes,,N/A,No", header=header)
    # Missing: 3 of 11 on a, all on b, 2 of 11 on d.
    assert warnings(path, questions=list("abcd")) == {
        "wholly_missing": "No judgement is recorded on: b.",
        "wholly_not_applicable": "In no case is relevant: c.",
        "few_cases": "Fewer than 10 cases are of: Harbour.",
    }
    path = extract(tmp_path, *rows, header=header)
    assert warnings(path, questions=list("abcd"))["much_missing"] == (
        "At least 30% of the judgements are missing on: a."  # 3 of 10
    )


# ---- columns.toml and corrections.toml -----------------------------------------------------------


def toml(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_toml_says_how_an_extract_is_written(tmp_path):
    text = (
        'ignored_columns = ["Notes"]\n[columns]\nRef = "case_id"\n[judgements]\nsufficient = ["1"]\n'
        '[question_judgements.kind_word]\ninsufficient = ["1"]\n'
    )
    found = written.read(toml(tmp_path, "columns.toml", text))
    assert found.columns == {"Ref": "case_id"}
    assert found.spellings("tidy_desk") == {"missing": ("",), "sufficient": ("1",)}
    assert found.spellings("kind_word") == {"missing": ("",), "insufficient": ("1",)}


def test_a_wrong_columns_toml_is_told(tmp_path):
    text = '[judgements]\nsufficient = ["1"]\ninsufficient = ["1 "]\n[question_judgements.x]\ngood = ["1"]'
    with pytest.raises(BadDataError) as caught:
        written.read(toml(tmp_path, "columns.toml", text))
    assert [str(each) for each in caught.value.problems] == [
        "columns.toml, column judgements: '1': a spelling stands for one judgement",
        "columns.toml, column question_judgements: good: must be one of "
        "sufficient, insufficient, not_applicable, missing",
    ]


MEND = Correction(
    case="2", question="kind_word", old="Mabye", new="No", reason="The office says so"
)


def test_a_correction_is_read_in_place_of_what_the_source_has(tmp_path):
    path = extract(tmp_path, "1,Mill,Yes,Yes", "2,Mill,Yes,mabye")
    assert judged(path, corrections=[MEND]) == [*2 * [SUFFICIENT], SUFFICIENT, INSUFFICIENT]


@pytest.mark.parametrize(
    ("row", "place", "said"),
    [
        ("2,Mill,Yes,No", "old", "'Mabye'; is no longer what stands there, which is 'No'"),
        ("3,Mill,Yes,No", "case", "'2'; is no case of the extract"),
    ],
)
def test_a_correction_fails_once_the_source_is_mended(tmp_path, row, place, said):
    (fault,) = faults(extract(tmp_path, "1,Mill,Yes,Yes", row), corrections=[MEND])
    assert fault.startswith(f"corrections.toml, column correction of 2, kind_word: {place}: {said}")


def test_a_correction_of_a_question_that_is_not_there_is_told(tmp_path):
    wrong = MEND.model_copy(update={"question": "kind_wrod"})
    (fault,) = faults(extract(tmp_path, "2,Mill,Yes,No"), corrections=[wrong])
    assert fault.endswith("question: 'kind_wrod'; is no question that the extract has")


def test_corrections_toml_is_read_or_each_fault_told(tmp_path):
    good = "[[correction]]\n" + "\n".join(f'{k} = "{v}"' for k, v in MEND.model_dump().items())
    assert corrections.read(toml(tmp_path, "corrections.toml", good)) == (MEND,)
    with pytest.raises(BadDataError, match=r"correction\.0\.reason: Field required"):
        corrections.read(toml(tmp_path, "corrections.toml", good.rpartition("\n")[0]))


# ---- Piece by piece ------------------------------------------------------------------------------


@pytest.mark.parametrize("block", [1, 7, 64])
def test_the_pieces_in_which_a_file_is_read_say_nothing(tmp_path, monkeypatch, block):
    rows = [
        f'"{n},é",{p},{a},"{b}",{g}'
        for n, (p, a, b, g) in enumerate(
            itertools.product(["Harbour", "Mill"], ["Yes", ""], ["no", "Not applicable"], "FM")
        )
    ]
    path = extract(tmp_path, *rows, header=f"{HEADER},gender")
    whole = read(path, details=["gender"])
    monkeypatch.setattr("analysis.data.extracts.decoding.BLOCK", block)
    told = []
    pieces = reading.read(
        path,
        reading.Expected(QUESTIONS, details=["gender"]),
        progress=lambda done, size: told.append((done, size)),
    )
    for group in whole.groups:
        assert counted(pieces, group) == counted(whole, group)
    pd.testing.assert_frame_equal(pieces.judgements, whole.judgements)
    assert told[-1] == (path.stat().st_size, path.stat().st_size)
    assert told == sorted(told)
