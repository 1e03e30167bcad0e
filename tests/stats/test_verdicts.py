"""On which side of half: in the sample, beyond it, and what becomes of that under other choices."""

from typing import Any

import pandas as pd
import pytest

from analysis.data import cases, codes, findings, processed, tables
from analysis.stats import estimates, proportions, verdicts
from shipped import INSPECTION


@pytest.mark.parametrize(
    ("low", "high", "relevant", "said"),
    [
        (6, 6, 10, "more"),
        (4, 4, 10, "fewer"),
        (5, 5, 10, "half"),
        (6, 9, 10, "more"),
        (1, 4, 10, "fewer"),
        # half itself is on no side, and the words do not say whether it is that
        (5, 6, 10, "not_told"),
        (4, 5, 10, "not_told"),
        (10, 11, 21, "not_told"),
    ],
)
def test_in_the_sample_every_admitted_count_lies_on_one_side(low, high, relevant, said):
    row = {"sufficient_low": low, "sufficient_high": high, "relevant": relevant}
    assert verdicts.in_sample(pd.DataFrame([row]).astype("Int64")).tolist() == [said]


def test_beyond_the_sample_an_interval_that_touches_half_is_open():
    limits = [(0.5, 0.9), (0.51, 0.9), (0.1, 0.5), (0.1, 0.49), (0.2, 0.8)]
    shares = pd.DataFrame(limits, columns=["ci_lower", "ci_upper"])
    assert verdicts.beyond(shares).tolist() == ["open", "more", "open", "fewer", "open"]


QUESTIONS = pd.DataFrame(
    {"question_id": ["q1", "q2"], "outcome": "o", "stage": "s", "question": "As it says"}
)


def finding(question, relevant, low, high, rule, *, loose=None, printed=None):
    """A finding about provider A; its loose bounds are its tight ones unless given."""
    return {
        "finding_id": question,
        "question_id": question,
        "provider": "A",
        "unit": "case",
        "polarity": "sufficient",
        "precision": "exact" if rule == "exact" else "worded",
        "printed_denominator": printed,
        "relevant": relevant,
        "bounds_rule": rule,
        "sufficient_low_tight": low,
        "sufficient_high_tight": high,
        "sufficient_low": (loose or (low, high))[0],
        "sufficient_high": (loose or (low, high))[1],
        "report_line": 1,
        "report_section": "1. Work",
        "note": None,
    }


def judged(*rows, level=0.95, method="wilson"):
    """The verdicts and what becomes of them, from findings."""
    counts = [name for name in rows[0] if name.startswith("sufficient")]
    published = pd.DataFrame(rows, columns=list(rows[0])).astype(
        dict.fromkeys([*counts, "relevant", "printed_denominator"], "Int64")
    )
    missing = [name for name in processed.BOUNDS.columns if name not in published]
    readings = {
        reading: findings.bounded(published.reindex(columns=[*published, *missing]), reading)
        for reading in codes.READINGS
    }
    nobody = cases.tally(tables.empty(processed.JUDGEMENT_TABLE))
    run: Any = {"area": "somewhere", "level": level, "method": method}
    shares = estimates.proportions(estimates.evidence(nobody, readings["tight"]), QUESTIONS, **run)
    changed = verdicts.alternatives(nobody, readings, QUESTIONS, bounds="tight", **run)
    return verdicts.verdicts(shares, changed), verdicts.choices(shares, changed)


def told(row):
    return [
        None if pd.isna(row[name]) else row[name] for name in ("beyond", "strength", "rests_on")
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (finding("q1", 40, 20, 20, "exact", printed=40), ["open", None, None]),
        (finding("q1", 40, 36, 36, "exact", printed=40), ["more", "firm", None]),
        # 15 of 21: Wilson's lower limit is .5004, that of Clopper-Pearson .478
        (finding("q1", 21, 15, 15, "exact", printed=21), ["more", "leaning", "method"]),
        # the same not printed: 15 of 20 and 15 of 19 lie further above half
        (finding("q1", 21, 15, 15, "exact"), ["more", "leaning", "method"]),
        # just over two-thirds of 20 is 14, Wilson's lower limit .481
        (
            finding("q1", 21, 15, 15, "just_over(2/3)"),
            ["more", "leaning", "method; denominator"],
        ),
        # all but a few; read loosely 12 of 21 is among the counts
        (
            finding("q1", 21, 18, 19, "rule", loose=(12, 19), printed=21),
            ["more", "leaning", "words"],
        ),
        # a rule that is not known admits any count of 20
        (finding("q1", 21, 18, 19, "rule"), ["more", "leaning", "denominator"]),
    ],
)
def test_a_verdict_rests_on_each_choice_that_turns_it(given, said):
    (row,) = judged(given)[0].to_dict("records")
    assert told(row) == said


def test_the_family_is_the_verdicts_of_the_page():
    one = finding("q1", 21, 15, 15, "exact", printed=21)
    other = finding("q2", 8, 4, 4, "exact", printed=8)
    # Two verdicts: 1 - 0.05 / 2 = 0.975, at which 15 of 21 is open.
    assert proportions.interval(15, 21, level=0.975)[0] < 0.5
    table, changed = judged(one, other)
    assert told(table.iloc[0]) == ["more", "leaning", "method; family"]
    assert told(table.iloc[1]) == ["open", None, None]
    assert changed["setting"].iloc[-1] == "0.975"


def test_all_providers_together_have_no_verdict_and_no_figure_has_none():
    table, _ = judged(
        finding("q1", 9, 9, 9, "exact", printed=9), finding("q2", None, 3, 3, "exact")
    )
    assert table[["question_id", "provider"]].to_numpy().tolist() == [["q1", "A"]]


def test_where_cases_are_counted_no_word_and_no_denominator_is_a_choice():
    tally = pd.DataFrame(
        [("q1", "A", 9, 1, 0, 0)], columns=["question_id", "provider", *codes.JUDGEMENTS]
    )
    none = dict.fromkeys(codes.READINGS, tables.empty(processed.BOUNDS))
    run: Any = {"area": "somewhere", "level": 0.95, "method": "wilson"}
    changed = verdicts.alternatives(tally, none, QUESTIONS, bounds="tight", **run)
    assert {choice for choice, _ in changed} == {"method", "family"}


def test_without_evidence_there_is_no_verdict_and_no_choice(tmp_path):
    nobody = cases.tally(tables.empty(processed.JUDGEMENT_TABLE))
    none = dict.fromkeys(codes.READINGS, tables.empty(processed.BOUNDS))
    run: Any = {"area": "somewhere", "level": 0.95, "method": "wilson"}
    shares = tables.empty(processed.PROPORTIONS)
    changed = verdicts.alternatives(nobody, none, QUESTIONS, bounds="tight", **run)
    for table, declared in (
        (verdicts.verdicts(shares, changed), processed.VERDICTS),
        (verdicts.choices(shares, changed), processed.VERDICT_CHOICES),
        (
            estimates.difference_choices(shares, changed, level=0.95),
            processed.DIFFERENCE_CHOICES,
        ),
    ):
        assert tables.write(table, tmp_path / "t.csv", declared).empty


# The shipped inspection


@pytest.fixture(scope="module")
def shipped():
    readings = {name: findings.bounded(INSPECTION.findings, name) for name in codes.READINGS}
    tally = cases.tally(INSPECTION.judgements())
    run: Any = {"area": "north-of-london", "level": 0.95, "method": "wilson"}
    shares = estimates.proportions(
        estimates.evidence(tally, readings["tight"]), INSPECTION.questions, **run
    )
    changed = verdicts.alternatives(tally, readings, INSPECTION.questions, bounds="tight", **run)
    return shares, changed


def test_the_verdicts_of_the_report(shipped, tmp_path):
    table = tables.write(verdicts.verdicts(*shipped), tmp_path / "verdicts.csv", processed.VERDICTS)
    # 46 answers: 20 have a side, 10 of them keep it at 1 - 0.05 / 46.
    assert len(table) == 46
    assert table["beyond"].value_counts().to_dict() == {"open": 26, "more": 10, "fewer": 10}
    assert table["strength"].value_counts().to_dict() == {"firm": 10, "leaning": 10}
    named = table.set_index(["question_id", "provider"])
    # 15 of 21, by Wilson's .5004
    for question in ("reassessed_in_time", "assessed_at_allocation", "diversity_considered"):
        assert named.loc[(question, "NPS"), "rests_on"] == "method; denominator; family"
    protecting = table[(table["outcome"] == "protecting_the_public") & (table["provider"] == "NPS")]
    assert protecting["in_sample"].value_counts().to_dict() == {"more": 7, "not_told": 1}
    assert protecting["beyond"].value_counts().to_dict() == {"open": 6, "more": 2}


def test_what_becomes_of_the_verdicts_of_the_report(shipped, tmp_path):
    table = tables.write(
        verdicts.choices(*shipped), tmp_path / "choices.csv", processed.VERDICT_CHOICES
    )
    sided = dict(zip(table["setting"], table["more"] + table["fewer"], strict=True))
    # 1 - 0.05 / 46 = 0.998913
    assert (sided["wilson"], sided["tight"], sided["loose"], sided["0.998913"]) == (20, 20, 20, 10)
    own = table[table["setting"].isin(["wilson", "tight"])]
    assert own["changed"].tolist() == [0, 0]
    assert (table[["more", "fewer", "open"]].sum(axis="columns") == 46).all()


def test_what_becomes_of_the_differences_of_the_report(shipped, tmp_path):
    shares, changed = shipped
    table = tables.write(
        estimates.difference_choices(shares, changed, level=0.95),
        tmp_path / "choices.csv",
        processed.DIFFERENCE_CHOICES,
    )
    own = estimates.differences(shares, level=0.95)
    lower = int((own["ci_upper_simultaneous"] < 0).sum())
    assert lower == 5
    counts = table.set_index(["choice", "setting"])
    assert counts["lower"].drop(("method", "miettinen_nurminen")).to_dict() == {
        ("method", "newcombe"): lower,
        ("words", "tight"): lower,
        ("words", "loose"): 4,
        ("denominator", "1 fewer"): 5,
        ("denominator", "2 fewer"): 5,
        ("at_once", "loose, 2 fewer"): 3,
    }
    assert set(counts["higher"]) == {0}
    assert (counts[["lower", "higher", "open"]].sum(axis="columns") == len(own)).all()
    assert counts.loc[[("method", "newcombe"), ("words", "tight")], "changed"].tolist() == [0, 0]


def test_a_difference_under_other_choices_on_two_questions():
    # 36 of 40 against 2 of 20 differ whatever is chosen; 20 of 40 against 6 of 20 do not.
    cells = [("q1", "A", 36, 40), ("q1", "B", 2, 20), ("q2", "A", 20, 40), ("q2", "B", 6, 20)]
    tally = pd.DataFrame(
        [(*cell, yes, of - yes, 0, 0) for *cell, yes, of in cells],
        columns=["question_id", "provider", *codes.JUDGEMENTS],
    )
    none = dict.fromkeys(codes.READINGS, tables.empty(processed.BOUNDS))
    run: Any = {"area": "somewhere", "level": 0.95, "method": "wilson"}
    shares = estimates.proportions(estimates.evidence(tally, none["tight"]), QUESTIONS, **run)
    changed = verdicts.alternatives(tally, none, QUESTIONS, bounds="tight", **run)
    table = estimates.difference_choices(shares, changed, level=0.95)
    # What was counted has no words and no inferred denominator.
    assert table[
        ["choice", "setting", "lower", "higher", "open", "changed"]
    ].to_numpy().tolist() == [
        ["method", "newcombe", 0, 1, 1, 0],
        ["method", "miettinen_nurminen", 0, 1, 1, 0],
    ]


def test_a_lower_denominator_changes_only_what_was_inferred():
    bounds = findings.bounded(INSPECTION.findings, "tight").set_index("finding_id")
    fewer = findings.with_fewer(bounds.reset_index(), 1).set_index("finding_id")
    counts = ["relevant", "sufficient_low", "sufficient_high"]
    # printed; seven of 40; insufficient in two of 21; just over two-thirds of 21
    for name, before, after in (
        ("PP-CRC-05", [31, 5, 5], [31, 5, 5]),
        ("RR-CRC-02", [40, 7, 7], [39, 7, 7]),
        ("AB-NPS-03", [21, 19, 19], [20, 18, 18]),
        ("RR-NPS-03", [21, 15, 15], [20, 14, 14]),
        # insufficient in over half: 40 - 24 to 40 - 21, and of 39 more than 19.5, up to 0.6 x 39 = 23.4
        ("PP-CRC-01", [40, 16, 19], [39, 39 - 23, 39 - 20]),
    ):
        assert bounds.loc[name, counts].tolist() == before
        assert fewer.loc[name, counts].tolist() == after
    assert findings.with_fewer(bounds.reset_index(), 40).set_index("finding_id").equals(bounds)
