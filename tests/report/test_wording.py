"""Processed tables put into words: what is counted, what is in words, what is inferred."""

import pandas as pd
import pytest

from analysis.report import tables

FINDING = {
    "precision": "worded",
    "polarity": "sufficient",
    "printed_phrase": "in most cases",
    "printed_denominator": pd.NA,
}


@pytest.mark.parametrize(
    ("changes", "said"),
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
def test_a_finding_says_how_it_is_stated_and_what_of_it_is_inferred(changes, said):
    assert tables.wording(pd.Series(FINDING | changes)) == said


def answers(*limits: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(limits, columns=["ci_lower", "ci_upper"])


def test_an_interval_that_touches_half_is_open():
    sides = tables.by_side(answers((0.5, 0.9), (0.51, 0.9), (0.1, 0.5), (0.1, 0.49), (0.2, 0.8)))
    assert {side: rows.index.tolist() for side, rows in sides.items()} == {
        "above": [1],
        "below": [3],
        "open": [0, 2, 4],
    }
