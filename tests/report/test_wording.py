"""Processed tables put into words: what is counted, what is in words, what is inferred."""

import pandas as pd
import pytest

from analysis.data import columns
from analysis.report import tables
from analysis.report.content import Table

FINDING = {
    "precision": "worded",
    "polarity": "sufficient",
    "printed_phrase": "in most cases",
    "printed_denominator": pd.NA,
}


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "“in most cases”; denominator inferred"),
        ({"printed_denominator": 32}, "“in most cases”"),
        (
            {"polarity": "insufficient"},
            "“in most cases” (of work that was not sufficient); denominator inferred",
        ),
        ({"precision": "exact", "printed_denominator": 31}, "printed as a count"),
        ({"precision": "exact"}, "printed as a count; denominator inferred"),
    ],
)
def test_a_finding_says_how_it_is_stated_and_what_of_it_is_inferred(changes, text):
    assert tables.wording(pd.Series(FINDING | changes)) == text


def finding(question_id, **changes):
    return {
        "question_id": question_id,
        "provider": "A",
        "precision": "worded",
        "printed_phrase": "in most cases",
        "relevant_basis": "the whole sample",
        "sufficient_low": 5,
        "report_section": "3. Work > Plans",
    } | changes


def test_what_admits_no_proportion_stands_with_the_reason():
    findings = pd.DataFrame(
        [
            finding("q1"),
            finding("q2", sufficient_low=None),
            finding("q3", sufficient_low=None, precision="exact", relevant_basis="not printed"),
        ]
    )
    rows = pd.DataFrame({"question_id": ["q1", "q4"], "provider": "A", "relevant": [9, 0]})
    section = "3. Work > Plans"
    assert tables.without_proportion(rows, findings).to_numpy().tolist() == [
        ["q2", "A", "“in most cases”", "the whole sample; the words admit no bounds", section],
        ["q3", "A", "“in most cases”", "not printed", section],
        ["q4", "A", "no words: counted", "no case was relevant", "none"],
    ]


DECLARED = columns.table(
    "places",
    "Places",
    "What a place has.",
    {
        "name": columns.text("Name", heading="Place"),
        "offenders": columns.whole("Offenders", "persons", heading="Offenders"),
        "cohort": columns.whole("Cohort", "year", heading="Cohort"),
        "rate": columns.share("Rate", heading="Rate", digits=1),
        "slope": columns.number("Slope", "log odds", heading="Slope", digits=3, nullable=True),
    },
    key=["name"],
)


def test_a_declared_column_has_its_heading_its_digits_and_its_side():
    frame = pd.DataFrame(
        {
            "name": ["Barnet", "Camden"],
            "offenders": [2414, 12],
            "cohort": 2012,
            "rate": [0.22535, 1],
            "slope": [-0.06342, float("nan")],
        }
    )
    cells = [tables.declared(DECLARED, name) for name in DECLARED.columns]
    assert [cell.heading for cell in cells] == ["Place", "Offenders", "Cohort", "Rate", "Slope"]
    assert [cell.numeric for cell in cells] == [False, True, True, True, True]
    assert Table(frame, cells, caption="Places").rows() == [
        ["Barnet", "2,414", "2012", "22.5%", "−0.063"],
        ["Camden", "12", "2012", "100.0%", "not available"],
    ]
