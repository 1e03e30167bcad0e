"""What a printed phrase admits, of the denominator it was read with and of any other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.data import findings, phrases
from shipped import INSPECTION

PUBLISHED = INSPECTION.findings
WORDED = findings.usable(PUBLISHED)[findings.usable(PUBLISHED)["precision"] == "worded"]


@pytest.mark.parametrize("reading", ["tight", "loose"])
def test_the_rules_give_the_bounds_of_every_finding_in_words(reading):
    bounds = findings.bounded(WORDED, reading)
    assert len(bounds) == 28
    for row in bounds.itertuples():
        low, high = row.sufficient_low, row.sufficient_high
        if row.polarity == "insufficient":  # the phrase counts the others
            low, high = row.relevant - high, row.relevant - low
        assert phrases.admitted(row.bounds_rule, row.relevant, reading) == (low, high), (
            row.finding_id
        )


@pytest.mark.parametrize(
    ("rule", "relevant", "tight", "loose"),
    [
        # 20 x 2/3 = 13.3 and 20 x (2/3 + 0.05) = 14.3
        ("just_over(2/3)", 20, (14, 14), (14, 14)),
        # 19 x (2/3 - 0.05) = 11.7 and 19 x 2/3 = 12.7
        ("nearly(2/3)", 19, (12, 12), (12, 12)),
        # 39 x 1/2 = 19.5 and 39 x 0.6 = 23.4; all of 39
        ("over(1/2)", 39, (20, 23), (20, 39)),
        # 39 x 0.4 = 15.6 and 39 x 1/2 = 19.5; none
        ("under(1/2)", 39, (16, 19), (0, 19)),
        # 38 x (0.5 - 0.025) = 18.05, 38 x 0.525 = 19.95; half is nearer than 2/5 and 3/5 from 45% to 55%
        ("eq(1/2)", 38, (19, 19), (18, 20)),
        # 19 x 1/2 = 9.5, and no count within 19 x 0.025 = 0.5 of it: the nearest
        ("eq(1/2)", 19, (9, 10), (9, 10)),
        ("most", 20, (11, 19), (11, 20)),
        # 39 x 0.15 = 5.9 and 39 x 0.25 = 9.8
        ("small_number", 39, (2, 5), (1, 9)),
        # A rule of another project, or a share that is missing, tells nothing.
        ("rule", 9, (0, 9), (0, 9)),
        ("over", 9, (0, 9), (0, 9)),
    ],
)
def test_what_a_rule_admits_of_another_denominator(rule, relevant, tight, loose):
    assert phrases.admitted(rule, relevant, "tight") == tight
    assert phrases.admitted(rule, relevant, "loose") == loose


SHARES = st.sampled_from(["1/4", "1/3", "1/2", "2/3", "3/4"])
RULES = st.one_of(
    st.sampled_from(["most", "small_number"]),
    st.builds(
        "{}({})".format, st.sampled_from(["eq", "just_over", "nearly", "over", "under"]), SHARES
    ),
)


@given(RULES, st.integers(1, 80))
def test_counts_are_admitted_of_any_denominator_and_the_loose_reading_takes_in_the_tight(
    rule, relevant
):
    low, high = phrases.admitted(rule, relevant, "tight")
    lowest, highest = phrases.admitted(rule, relevant, "loose")
    assert 0 <= lowest <= low <= high <= highest <= relevant


def test_every_rule_of_the_findings_is_explained():
    forms = {rule.split("(")[0] for rule in phrases.RULES}
    assert {rule.split("(")[0] for rule in PUBLISHED["bounds_rule"]} == forms
