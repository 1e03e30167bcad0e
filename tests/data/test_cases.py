"""Judgements counted, with invented providers and questions."""

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.data import cases, codes, processed, tables

QUESTIONS = ["tidy_desk", "kind_word"]


def judged(*rows):
    """Judgements from rows of provider, question and code, a case for each."""
    return pd.DataFrame(
        [(f"case-{i}", *row) for i, row in enumerate(rows)],
        columns=["case_id", "provider", "question_id", "judgement"],
    )


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


def test_sizes_count_cases_and_not_judgements():
    found = pd.DataFrame(
        [
            (case, provider, question, "missing")
            for question in QUESTIONS
            for case, provider in [("1", "Harbour"), ("2", "Mill"), ("3", "Mill")]
        ],
        columns=["case_id", "provider", "question_id", "judgement"],
    )
    assert list(cases.sizes(found).items()) == [("Harbour", 1), ("Mill", 2)]
