"""The published findings: how many, how exact, and which counts their words admit."""

import math

import pandas as pd
import pytest

from analysis.data import codes, findings, processed, tables
from shipped import INSPECTION

PUBLISHED = INSPECTION.findings
TIGHT, LOOSE = (findings.bounded(PUBLISHED, reading) for reading in ("tight", "loose"))
BOUNDED = PUBLISHED[PUBLISHED["sufficient_low"].notna() & PUBLISHED["relevant"].notna()]


def ids(frame):
    return frame["finding_id"].tolist()


def test_the_report_holds_65_findings():
    assert PUBLISHED["precision"].value_counts().to_dict() == {"worded": 44, "exact": 21}
    assert len(PUBLISHED) == 21 + 44 == 65


@pytest.mark.parametrize("bounds", [TIGHT, LOOSE], ids=["tight", "loose"])
def test_46_findings_are_usable_of_which_44_count_cases(bounds):
    assert len(findings.usable(bounds)) == 46
    assert findings.of_cases(bounds)["provider"].value_counts().to_dict() == {"CRC": 23, "NPS": 21}
    # The other two count court reports: 46 - 44 = 2.
    reports = findings.usable(bounds)[findings.usable(bounds)["unit"] != "case"]
    assert reports["unit"].tolist() == ["court_report"] * 2
    assert reports["relevant"].tolist() == [32, 32]


@pytest.mark.parametrize("reading", codes.READINGS)
def test_a_reading_gives_the_declared_columns(tmp_path, reading):
    bounds = findings.bounded(PUBLISHED, reading)
    written = tables.write(bounds, tmp_path / "findings.csv", processed.BOUNDS)
    assert len(written) == 65
    assert set(written["reading"]) == {reading}


@pytest.mark.parametrize("reading", ["Tight", "", "wide"])
def test_an_unknown_reading_is_refused(reading):
    with pytest.raises(ValueError, match=rf"reading '{reading}': must be one of tight, loose"):
        findings.bounded(PUBLISHED, reading)


def test_the_tight_reading_lies_within_the_loose_one():
    tight, loose = findings.usable(TIGHT), findings.usable(LOOSE)
    assert ids(tight) == ids(loose)
    assert (loose["sufficient_low"] <= tight["sufficient_low"]).all()
    assert (tight["sufficient_low"] <= tight["sufficient_high"]).all()
    assert (tight["sufficient_high"] <= loose["sufficient_high"]).all()
    assert (loose["sufficient_high"] <= loose["relevant"]).all()


def test_a_finding_has_both_bounds_or_neither():
    for bounds in (TIGHT, LOOSE):
        assert (bounds["sufficient_low"].isna() == bounds["sufficient_high"].isna()).all()


def test_a_printed_count_admits_that_count_alone():
    exact = BOUNDED[BOUNDED["precision"] == "exact"]
    assert len(exact) == 18
    for row in exact.itertuples():
        counted = row.printed_numerator
        sufficient = counted if row.polarity == "sufficient" else row.relevant - counted
        assert row.sufficient_low == row.sufficient_high == sufficient, row.finding_id
        assert row.sufficient_low_tight == row.sufficient_high_tight == sufficient, row.finding_id


def test_a_printed_denominator_is_the_one_used():
    printed = PUBLISHED[PUBLISHED["printed_denominator"].notna()]
    assert len(printed) > 0
    assert (printed["printed_denominator"] == printed["relevant"]).all()


def test_a_finding_without_a_rule_is_not_usable():
    without = PUBLISHED[PUBLISHED["bounds_rule"] == "none"]
    assert not set(ids(without)) & set(ids(findings.usable(LOOSE)))
    assert set(without["unit"]) == {"case", "work_as_a_whole"}


@pytest.mark.parametrize(
    ("finding", "phrase", "relevant", "tight", "loose"),
    [
        # 40 / 3 = 13.3: above it, by little
        ("PP-CRC-08", "in just over one-third of inspected cases", 40, (14, 15), (14, 15)),
        # insufficient in more than 40 / 2 = 20, so sufficient in at most 40 - 21 = 19
        ("PP-CRC-01", "in over half of the cases inspected", 40, (16, 19), (0, 19)),
        # insufficient in more than 40 x 2/3 = 26.7, so sufficient in at most 40 - 27 = 13
        ("PP-CRC-03", "in over two-thirds of the cases in our sample", 40, (10, 13), (0, 13)),
        # fewer than 40 / 2 = 20
        ("PP-CRC-04", "in less than half of cases", 40, (16, 19), (0, 19)),
        # 21 x 2/3 = 14 to the unit
        ("PP-NPS-03", "a little lower, at two-thirds of cases", 21, (14, 14), (14, 14)),
        # 21 x 3/4 = 15.75, on either side of it
        ("PP-NPS-02", "in three-quarters of the cases inspected", 21, (16, 16), (15, 16)),
        # 21 / 2 = 10.5, on either side of it
        ("PP-NPS-08", "in only half of the cases inspected", 21, (10, 11), (10, 11)),
        # just below 21 x 2/3 = 14
        ("PP-NPS-09", "in nearly two-thirds of cases", 21, (13, 13), (13, 13)),
        # just above 21 x 2/3 = 14
        ("RR-NPS-03", "sufficient in just over two-thirds of cases", 21, (15, 15), (15, 15)),
        # insufficient in 40 x 3/4 = 30, so sufficient in 40 - 30 = 10, and one on either side
        ("RR-CRC-01", "in three-quarters of the cases inspected", 40, (9, 11), (9, 11)),
        # above 32 x 3/4 = 24
        (
            "RR-NPS-01",
            "over three-quarters were judged to be sufficiently analytical",
            32,
            (25, 27),
            (25, 32),
        ),
    ],
)
def test_the_counts_that_a_phrase_admits(finding, phrase, relevant, tight, loose):
    for bounds, counts in ((TIGHT, tight), (LOOSE, loose)):
        row = bounds.set_index("finding_id").loc[finding]
        assert (row["printed_phrase"], row["relevant"]) == (phrase, relevant)
        assert (row["sufficient_low"], row["sufficient_high"]) == counts


@pytest.mark.parametrize(
    ("rule", "share", "above"),
    [("over(1/2)", 1 / 2, True), ("over(2/3)", 2 / 3, True), ("under(1/2)", 1 / 2, False)],
)
def test_every_count_that_a_rule_admits_satisfies_its_words(rule, share, above):
    rows = BOUNDED[BOUNDED["bounds_rule"] == rule]
    assert len(rows) > 0
    for row in rows.itertuples():
        counts = range(row.sufficient_low, row.sufficient_high + 1)
        printed = [n if row.polarity == "sufficient" else row.relevant - n for n in counts]
        limit = share * row.relevant
        assert all(n > limit if above else n < limit for n in printed), row.finding_id
        # The loose reading is the whole of what the words say.
        assert len(printed) == (row.relevant - math.floor(limit) if above else math.ceil(limit)), (
            row.finding_id
        )


def test_only_findings_with_a_denominator_and_bounds_are_usable():
    rows = pd.DataFrame(
        {
            "finding_id": ["both", "no denominator", "no bounds", "a report"],
            "unit": ["case", "case", "case", "court_report"],
            "relevant": pd.array([9, None, 9, 9], dtype="Int64"),
            "sufficient_low": pd.array([1, 1, None, 1], dtype="Int64"),
        }
    )
    assert ids(findings.usable(rows)) == ["both", "a report"]
    assert ids(findings.of_cases(rows)) == ["both"]
    assert ids(findings.of_cases(rows.head(0))) == []
