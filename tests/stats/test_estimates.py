"""From counts of judgements to proportions and differences, with invented providers and questions;
and, from the published findings, what the report prints."""

import math

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.data import cases, findings, processed, tables
from analysis.stats import differences, estimates, proportions
from shipped import INSPECTION

EXAMPLES = settings(deadline=None, max_examples=50)
COUNTS = ["sufficient", "insufficient", "not_applicable", "missing"]
NO_FINDINGS = tables.empty(processed.BOUNDS)
QUESTIONS = pd.DataFrame(
    {
        "question_id": ["kind_word", "tidy_desk", "open_door", "warm_tea"],
        "outcome": "reducing_reoffending",
        "stage": "delivery",
        "question": "As it says",
    }
)


def tally(cells):
    """A tally from {(question, provider): (sufficient, insufficient, not applicable, missing)}."""
    return pd.DataFrame(
        [(*cell, *counts) for cell, counts in cells.items()],
        columns=["question_id", "provider", *COUNTS],
    )


def bounds(*rows):
    """Findings from rows of question, provider, relevant, low, high, precision and unit."""
    columns = ["question_id", "provider", "relevant", "sufficient_low", "sufficient_high"]
    frame = pd.DataFrame(rows, columns=[*columns, "precision", "unit"])
    return frame.astype(dict.fromkeys(columns[2:], "Int64"))


def known(cells, found=NO_FINDINGS):
    """The evidence, by question and provider."""
    return estimates.evidence(tally(cells), found).set_index(["question_id", "provider"])


def told(row):
    """What is known in one cell: relevant, missing, bounds, precision; None for what is not."""
    names = ["relevant", "missing", "sufficient_low", "sufficient_high", "precision"]
    return [None if pd.isna(row[name]) else row[name] for name in names]


def proportion_table(cells, found=NO_FINDINGS, *, level=0.95, method="wilson", eligible=None):
    return estimates.proportions(
        estimates.evidence(tally(cells), found),
        QUESTIONS,
        area="somewhere",
        level=level,
        method=method,
        eligible=eligible,
    )


def difference_table(cells, found=NO_FINDINGS, *, level=0.95, **options):
    return estimates.differences(proportion_table(cells, found), level=level, **options)


# Evidence


def test_an_extract_is_counted():
    cells = known({("tidy_desk", "Harbour"): (3, 4, 2, 1), ("tidy_desk", "Mill"): (5, 0, 0, 2)})
    # relevant = sufficient + insufficient; what is not applicable or missing is no denominator
    assert told(cells.loc[("tidy_desk", "Harbour")]) == [3 + 4, 1, 3, 3, "exact"]
    assert told(cells.loc[("tidy_desk", "Mill")]) == [5 + 0, 2, 5, 5, "exact"]
    assert told(cells.loc[("tidy_desk", "All")]) == [7 + 5, 1 + 2, 3 + 5, 3 + 5, "exact"]


def test_a_question_that_is_not_applicable_to_any_case_is_known_to_have_no_denominator():
    cells = known({("tidy_desk", "Harbour"): (0, 0, 9, 0)})
    assert told(cells.loc[("tidy_desk", "Harbour")]) == [0, 0, 0, 0, "exact"]


def test_a_question_without_a_judgement_is_not_available():
    cells = known({("tidy_desk", "Harbour"): (0, 0, 0, 9), ("tidy_desk", "Mill"): (1, 2, 0, 0)})
    assert told(cells.loc[("tidy_desk", "Harbour")]) == [None, 9, None, None, "not_available"]
    # All together are known only where each provider is; what is missing is counted all the same.
    assert told(cells.loc[("tidy_desk", "All")]) == [None, 9 + 0, None, None, "not_available"]


def test_findings_are_all_the_evidence_there_is_of_a_reconstructed_sample():
    # The sample has one of the counts that the words admit; it must not be taken for the count.
    cells = known(
        {("tidy_desk", "Harbour"): (5, 4, 1, 0), ("tidy_desk", "Mill"): (2, 3, 0, 0)},
        bounds(
            ("tidy_desk", "Harbour", 9, 4, 6, "worded", "case"),
            ("tidy_desk", "Mill", 5, 2, 2, "exact", "case"),
        ),
    )
    assert told(cells.loc[("tidy_desk", "Harbour")]) == [9, 0, 4, 6, "worded"]
    assert told(cells.loc[("tidy_desk", "Mill")]) == [5, 0, 2, 2, "exact"]
    # Bounds add up: 4 + 2 to 6 + 2 of 9 + 5.
    assert told(cells.loc[("tidy_desk", "All")]) == [14, 0, 6, 8, "worded"]


@pytest.mark.parametrize(
    "finding",
    [
        ("tidy_desk", "Harbour", None, 4, 6, "worded", "case"),
        ("tidy_desk", "Harbour", 9, None, None, "worded", "case"),
        ("tidy_desk", "Elsewhere", 9, 4, 6, "worded", "case"),
        ("kind_word", "Harbour", 9, 4, 6, "worded", "case"),
    ],
    ids=["no denominator", "no bounds", "another provider", "another question"],
)
def test_without_a_usable_finding_nothing_is_available(finding):
    cells = known({("tidy_desk", "Harbour"): (5, 4, 1, 2)}, bounds(finding))
    assert told(cells.loc[("tidy_desk", "Harbour")]) == [None, 2, None, None, "not_available"]
    assert set(cells.index) == {("tidy_desk", "Harbour"), ("tidy_desk", "All")}


def test_a_finding_about_court_reports_has_no_missing_case():
    cells = known(
        {("tidy_desk", "Harbour"): (0, 0, 0, 21)},
        bounds(("tidy_desk", "Harbour", 32, 28, 28, "exact", "court_report")),
    )
    assert told(cells.loc[("tidy_desk", "Harbour")]) == [32, 0, 28, 28, "exact"]


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("exact", "exact", "exact"),
        ("exact", "worded", "worded"),
        ("worded", "worded", "worded"),
        ("exact", None, "not_available"),
        ("worded", None, "not_available"),
    ],
)
def test_all_together_are_known_as_well_as_the_least_known(one, other, together):
    found = [("tidy_desk", "Harbour", 9, 4, 4, one, "case")]
    if other:
        found.append(("tidy_desk", "Mill", 5, 2, 2, other, "case"))
    cells = known(
        {("tidy_desk", "Harbour"): (4, 5, 0, 0), ("tidy_desk", "Mill"): (2, 3, 0, 0)},
        bounds(*found),
    )
    assert cells.loc[("tidy_desk", "All"), "precision"] == together


def test_no_judgement_is_no_evidence():
    nothing = estimates.evidence(cases.tally(tables.empty(processed.JUDGEMENT_TABLE)), NO_FINDINGS)
    assert nothing.empty
    assert list(nothing) == [
        "question_id",
        "provider",
        "relevant",
        "missing",
        "sufficient_low",
        "sufficient_high",
        "precision",
    ]


# Proportions


def test_an_exact_row_has_its_count_its_denominator_and_its_interval():
    table = proportion_table({("tidy_desk", "Harbour"): (5, 26, 0, 9)}, method="mid_p", level=0.8)
    row = table.set_index("provider").loc["Harbour"]
    assert (row["sufficient"], row["relevant"], row["missing"]) == (5, 31, 9)
    assert row["proportion"] == 5 / 31
    assert (row["ci_lower"], row["ci_upper"]) == proportions.interval(
        5, 31, method="mid_p", level=0.8
    )
    assert (row["area"], row["outcome"], row["stage"]) == (
        "somewhere",
        "reducing_reoffending",
        "delivery",
    )
    assert (row["level"], row["method"], row["precision"]) == (0.8, "mid_p", "exact")
    assert not row["suppressed"]


def test_a_worded_row_has_an_envelope_and_neither_count_nor_proportion():
    table = proportion_table(
        {("tidy_desk", "Harbour"): (15, 25, 0, 0)},
        bounds(("tidy_desk", "Harbour", 40, 14, 16, "worded", "case")),
    )
    for row in table.to_dict("records"):  # Harbour, and All, which is Harbour alone
        assert pd.isna(row["sufficient"])
        assert pd.isna(row["proportion"])
        assert (row["relevant"], row["sufficient_low"], row["sufficient_high"]) == (40, 14, 16)
        # The lower limit of 14 of 40, the upper one of 16 of 40.
        assert row["ci_lower"] == proportions.interval(14, 40)[0]
        assert row["ci_upper"] == proportions.interval(16, 40)[1]
        assert row["precision"] == "worded"


def test_no_relevant_case_gives_no_estimate():
    (row, _) = proportion_table({("tidy_desk", "Harbour"): (0, 0, 7, 0)}).to_dict("records")
    assert (row["sufficient"], row["relevant"], row["precision"]) == (0, 0, "exact")
    assert all(math.isnan(row[name]) for name in ("proportion", "ci_lower", "ci_upper"))


def test_what_is_not_available_has_no_figure_but_what_is_missing():
    (row, _) = proportion_table({("tidy_desk", "Harbour"): (0, 0, 0, 7)}).to_dict("records")
    assert (row["missing"], row["precision"]) == (7, "not_available")
    for name in ("sufficient", "relevant", "sufficient_low", "sufficient_high"):
        assert pd.isna(row[name])
    assert all(math.isnan(row[name]) for name in ("proportion", "ci_lower", "ci_upper"))


def test_rows_stand_in_the_order_of_the_questions_then_of_the_providers_then_all():
    table = proportion_table(
        {
            ("tidy_desk", "Mill"): (1, 1, 0, 0),
            ("tidy_desk", "Harbour"): (1, 1, 0, 0),
            ("kind_word", "Mill"): (1, 1, 0, 0),
            ("kind_word", "Harbour"): (1, 1, 0, 0),
        }
    )
    assert list(zip(table["question_id"], table["provider"], strict=True)) == [
        ("kind_word", "Mill"),
        ("kind_word", "Harbour"),
        ("kind_word", "All"),
        ("tidy_desk", "Mill"),
        ("tidy_desk", "Harbour"),
        ("tidy_desk", "All"),
    ]


CELLS = st.dictionaries(
    st.tuples(st.sampled_from(QUESTIONS["question_id"].tolist()), st.just("Harbour")),
    st.tuples(*[st.integers(0, 30)] * 4),
    min_size=1,
)


@EXAMPLES
@given(CELLS)
def test_a_table_of_an_extract_is_as_declared_and_loses_no_case(tmp_path_factory, cells):
    path = tmp_path_factory.mktemp("written") / "proportions.csv"
    table = tables.write(proportion_table(cells), path, processed.PROPORTIONS)
    harbour = table[table["provider"] == "Harbour"].set_index("question_id")
    assert len(table) == 2 * len(cells)
    for (question, _), (yes, no, na, missing) in cells.items():
        row = harbour.loc[question]
        assert row["missing"] == missing
        if yes + no + na == 0:
            assert row["precision"] == "not_available"
            continue
        assert (row["sufficient"], row["relevant"]) == (yes, yes + no)
        if yes + no == 0:
            assert math.isnan(row["proportion"])
        else:
            assert row["ci_lower"] <= row["proportion"] <= row["ci_upper"]


# Differences

PAIR = {("tidy_desk", "Harbour"): (7, 33, 0, 0), ("tidy_desk", "Mill"): (11, 10, 0, 0)}


def test_a_difference_is_the_first_provider_minus_the_second():
    (row,) = difference_table(PAIR).to_dict("records")
    assert (row["provider_a"], row["provider_b"]) == ("Harbour", "Mill")
    assert (row["sufficient_a"], row["relevant_a"]) == (7, 40)
    assert (row["sufficient_b"], row["relevant_b"]) == (11, 21)
    # 7/40 - 11/21 = 0.175 - 0.5238
    assert row["difference"] == pytest.approx(-0.3488, abs=5e-5)
    assert (row["ci_lower"], row["ci_upper"]) == differences.interval(7, 40, 11, 21)
    assert row["p_value"] == row["p_adjusted"] == differences.fisher(7, 40, 11, 21)
    assert (row["level"], row["method"], row["adjustment"]) == (0.95, "newcombe", "holm")
    assert (row["area"], row["outcome"], row["precision"]) == (
        "somewhere",
        "reducing_reoffending",
        "exact",
    )


def test_the_other_order_mirrors_the_difference():
    (one,) = difference_table(PAIR).to_dict("records")
    (other,) = difference_table(dict(reversed(PAIR.items()))).to_dict("records")
    assert (other["provider_a"], other["provider_b"]) == ("Mill", "Harbour")
    assert other["difference"] == -one["difference"]
    assert (other["ci_lower"], other["ci_upper"]) == pytest.approx(
        (-one["ci_upper"], -one["ci_lower"])
    )
    assert other["p_value"] == pytest.approx(one["p_value"])


def test_the_chosen_level_and_method_are_used_and_told():
    (row,) = difference_table(PAIR, level=0.8, method="miettinen_nurminen").to_dict("records")
    assert (row["level"], row["method"]) == (0.8, "miettinen_nurminen")
    assert (row["ci_lower"], row["ci_upper"]) == differences.interval(
        7, 40, 11, 21, level=0.8, method="miettinen_nurminen"
    )


def test_a_pair_with_a_worded_side_has_an_envelope_and_the_largest_p_value():
    (row,) = difference_table(
        PAIR,
        bounds(
            ("tidy_desk", "Harbour", 40, 7, 7, "exact", "case"),
            ("tidy_desk", "Mill", 21, 10, 12, "worded", "case"),
        ),
    ).to_dict("records")
    assert row["precision"] == "worded"
    assert (row["sufficient_a"], row["relevant_a"], row["relevant_b"]) == (7, 40, 21)
    assert pd.isna(row["sufficient_b"])
    assert math.isnan(row["difference"])
    # The counts that differ least: 7 of 40 and 10 of 21.
    assert row["p_value"] == row["p_adjusted"] == differences.fisher(7, 40, 10, 21)
    # Lowest where b has most, 12 of 21; highest where it has fewest, 10 of 21.
    assert row["ci_lower"] == pytest.approx(differences.interval(7, 40, 12, 21)[0])
    assert row["ci_upper"] == pytest.approx(differences.interval(7, 40, 10, 21)[1])


def test_the_family_is_every_comparable_question_in_words_or_counts():
    table = difference_table(
        {
            (question, provider): (1, 1, 0, 0)
            for question in QUESTIONS["question_id"]
            for provider in ("Harbour", "Mill")
        },
        bounds(
            ("kind_word", "Harbour", 40, 7, 7, "exact", "case"),
            ("kind_word", "Mill", 21, 11, 11, "exact", "case"),
            ("tidy_desk", "Harbour", 23, 7, 7, "exact", "case"),
            ("tidy_desk", "Mill", 14, 8, 8, "exact", "case"),
            ("open_door", "Harbour", 40, 6, 6, "exact", "case"),
            ("open_door", "Mill", 19, 14, 14, "exact", "case"),
            ("warm_tea", "Harbour", 40, 14, 15, "worded", "case"),
            ("warm_tea", "Mill", 21, 13, 13, "exact", "case"),
        ),
    ).set_index("question_id")
    p = table["p_value"]
    # Holm over four: the smallest p times 4, the next times 3, then times 2, and the largest times 1,
    # and none below the one before it.
    assert p["open_door"] < p["kind_word"] < p["warm_tea"] < p["tidy_desk"]
    expected = {"open_door": 4 * p["open_door"]}
    expected["kind_word"] = max(expected["open_door"], 3 * p["kind_word"])
    expected["warm_tea"] = max(expected["kind_word"], 2 * p["warm_tea"])
    expected["tidy_desk"] = max(expected["warm_tea"], 1 * p["tidy_desk"])
    assert table["p_adjusted"].to_dict() == pytest.approx(expected)
    # Bonferroni: each of the four at 1 - 0.05 / 4.
    row = table.loc["kind_word"]
    assert (row["ci_lower_simultaneous"], row["ci_upper_simultaneous"]) == pytest.approx(
        differences.interval(7, 40, 11, 21, level=1 - 0.05 / 4)
    )


def test_another_adjustment_is_used_and_told():
    cells = PAIR | {
        ("kind_word", "Harbour"): (7, 16, 0, 0),
        ("kind_word", "Mill"): (8, 6, 0, 0),
        ("open_door", "Harbour"): (6, 34, 0, 0),
        ("open_door", "Mill"): (14, 5, 0, 0),
    }
    table = difference_table(cells, adjustment="benjamini_hochberg")
    assert set(table["adjustment"]) == {"benjamini_hochberg"}
    small, middle, large = sorted(table["p_value"])
    # The p of rank k of three times 3 / k, and none above the one after it.
    expected = [3 * small, min(3 / 2 * middle, large), large]
    assert sorted(table["p_adjusted"]) == pytest.approx(expected)


def test_three_providers_make_three_pairs():
    cells = PAIR | {("tidy_desk", "Quay"): (3, 3, 0, 0)}
    table = difference_table(cells)
    assert list(zip(table["provider_a"], table["provider_b"], strict=True)) == [
        ("Harbour", "Mill"),
        ("Harbour", "Quay"),
        ("Mill", "Quay"),
    ]
    # 7/40 - 11/21, 7/40 - 3/6, 11/21 - 3/6
    assert table["difference"].tolist() == pytest.approx([-0.34881, -0.325, 0.02381], abs=5e-6)


def test_only_questions_with_an_estimate_for_both_are_compared():
    cells = PAIR | {
        ("kind_word", "Harbour"): (7, 33, 0, 0),
        ("kind_word", "Mill"): (0, 0, 21, 0),
        ("open_door", "Harbour"): (0, 0, 0, 40),
        ("open_door", "Mill"): (3, 3, 0, 0),
    }
    assert difference_table(cells)["question_id"].tolist() == ["tidy_desk"]


@pytest.mark.parametrize(
    "cells",
    [
        {("tidy_desk", "Harbour"): (7, 33, 0, 0)},
        {("tidy_desk", "Harbour"): (7, 33, 0, 0), ("tidy_desk", "Mill"): (0, 0, 5, 0)},
        {},
    ],
    ids=["one provider", "no estimate of the other", "no provider"],
)
def test_with_nothing_to_compare_the_tables_are_empty_and_as_declared(tmp_path, cells):
    table = proportion_table(cells)
    tables.write(table, tmp_path / "proportions.csv", processed.PROPORTIONS)
    compared = estimates.differences(table, level=0.95)
    assert compared.empty
    written = tables.write(compared, tmp_path / "differences.csv", processed.DIFFERENCES)
    assert list(written) == list(processed.DIFFERENCES.columns)
    tested = estimates.difference_tests(table)
    assert tested.empty
    tables.write(tested, tmp_path / "difference_tests.csv", processed.DIFFERENCE_TESTS)


def test_a_pair_has_a_mid_p_and_a_worded_one_the_largest(tmp_path):
    table = proportion_table(
        PAIR | {("kind_word", "Harbour"): (1, 1, 0, 0), ("kind_word", "Mill"): (1, 1, 0, 0)},
        bounds(
            ("tidy_desk", "Harbour", 40, 7, 7, "exact", "case"),
            ("tidy_desk", "Mill", 21, 11, 11, "exact", "case"),
            ("kind_word", "Harbour", 40, 7, 9, "worded", "case"),
            ("kind_word", "Mill", 21, 11, 11, "exact", "case"),
        ),
    )
    tested = estimates.difference_tests(table)
    compared = estimates.differences(table, level=0.95)
    assert compared["precision"].tolist() == ["worded", "exact"]
    assert tested["question_id"].tolist() == compared["question_id"].tolist()
    worded, exact = tested["mid_p"]
    # Of 7, 8 and 9 of 40 it is 9 that differs least from 11 of 21.
    assert worded == differences.fisher_mid_p(9, 40, 11, 21)
    assert exact == differences.fisher_mid_p(7, 40, 11, 21)
    written = tables.write(tested, tmp_path / "difference_tests.csv", processed.DIFFERENCE_TESTS)
    assert list(written) == ["area", "question_id", "provider_a", "provider_b", "mid_p"]


# What the report prints


@pytest.fixture(scope="module", params=["tight", "loose"])
def reported(request):
    found = findings.bounded(INSPECTION.findings, request.param)
    evidence = estimates.evidence(cases.tally(INSPECTION.judgements()), found)
    return estimates.proportions(
        evidence, INSPECTION.questions, area="north-of-london", level=0.95, method="wilson"
    )


def test_the_counts_are_those_of_the_report(reported, tmp_path):
    tables.write(reported, tmp_path / "proportions.csv", processed.PROPORTIONS)
    # 46 questions for two providers and for all; 46 findings are usable, 18 of them exact.
    assert len(reported) == 46 * 3
    parts = reported[reported["provider"] != "All"]
    assert parts["precision"].value_counts().to_dict() == {
        "exact": 18,
        "worded": 46 - 18,
        "not_available": 46 * 2 - 46,
    }
    assert parts["sufficient"].notna().sum() == 18


def test_a_worded_count_of_the_sample_is_never_shown_as_the_count(reported):
    worded = reported[reported["precision"] == "worded"]
    assert len(worded) > 0
    assert worded[["sufficient", "proportion"]].isna().all(axis=None)
    assert worded[["ci_lower", "ci_upper"]].notna().all(axis=None)


def test_court_reports_are_not_cases(reported):
    nps = reported[reported["provider"] == "NPS"].set_index("question_id")
    safeguarding = nps.loc["court_report_safeguarding"]
    # Four of 32 did not include it: 32 - 4 = 28.
    assert (safeguarding["sufficient"], safeguarding["relevant"]) == (28, 32)
    assert safeguarding["missing"] == 0


def test_the_four_pairs_that_the_report_prints_exactly(reported, tmp_path):
    table = tables.write(
        estimates.differences(reported, level=0.95),
        tmp_path / "differences.csv",
        processed.DIFFERENCES,
    )
    exact = table[table["precision"] == "exact"].set_index("question_id")
    counts = ["sufficient_a", "relevant_a", "sufficient_b", "relevant_b"]
    assert {question: row.tolist() for question, row in exact[counts].iterrows()} == {
        "rosh_responded_to_change": [7, 23, 8, 14],
        "sentence_plan": [7, 40, 11, 21],
        "interventions_progress": [9, 40, 11, 20],
        "involved_in_planning": [6, 40, 14, 19],
    }
    assert set(zip(table["provider_a"], table["provider_b"], strict=True)) == {("CRC", "NPS")}
    # Holm over the 16 questions that both providers have a figure for: the smallest times 16.
    assert len(table) == 16
    assert table["p_adjusted"].min() == pytest.approx(16 * table["p_value"].min())


def test_how_many_differences_hold_for_all_questions_together_and_each_by_itself(reported, request):
    table = estimates.differences(reported, level=0.95)

    def clear(suffix):
        return ((table[f"ci_lower{suffix}"] > 0) | (table[f"ci_upper{suffix}"] < 0)).sum()

    tight = request.node.callspec.params["reported"] == "tight"
    assert (clear("_simultaneous"), clear("")) == ((5, 11) if tight else (4, 10))
    assert (table["p_adjusted"] < 0.05).sum() == 3


# Where the number of eligible cases is known


def test_a_known_number_of_eligible_cases_gives_limits_of_a_finite_population():
    # Harbour: 3 of 4 relevant, of 8 sampled from 16 eligible. The 16 - 8 = 8 that were not judged may
    # be relevant or not: from 4 to 4 + 8 relevant.
    cells = {("tidy_desk", "Harbour"): (3, 1, 4, 0), ("tidy_desk", "Mill"): (2, 2, 0, 0)}
    table = proportion_table(cells, eligible={"Harbour": (16, 8)})
    harbour, mill, together = (
        table[table["provider"] == name].iloc[0] for name in ("Harbour", "Mill", "All")
    )
    assert (harbour["ci_lower"], harbour["ci_upper"]) == proportions.finite_interval(
        3, 4, range(4, 4 + 8 + 1)
    )
    assert harbour["method"] == "hypergeometric"
    assert mill["method"] == together["method"] == "wilson"


def test_all_together_are_finite_where_every_provider_is_and_a_census_is_certain():
    cells = {("tidy_desk", "Harbour"): (3, 1, 0, 0), ("tidy_desk", "Mill"): (2, 2, 0, 0)}
    table = proportion_table(cells, eligible={"Harbour": (4, 4), "Mill": (4, 4)})
    # 3 of 4, 2 of 4 and 5 of 8, of all that there are
    assert table[["ci_lower", "ci_upper"]].to_numpy().tolist() == [
        [0.75, 0.75],
        [0.5, 0.5],
        [0.625, 0.625],
    ]


def test_all_together_are_two_strata_and_no_random_sample_of_a_finite_population():
    # 4 of 40 drawn from 1,000, and 20 of all 21: of 1,021 it is (1,000 * .1 + 20) / 1,021 = .12, while
    # 24 of 61 as one random sample of them would be .27 to .52.
    cells = {("tidy_desk", "Harbour"): (4, 36, 0, 0), ("tidy_desk", "Mill"): (20, 1, 0, 0)}
    table = proportion_table(cells, eligible={"Harbour": (1000, 40), "Mill": (21, 21)})
    assert table.set_index("provider")["method"].to_dict() == {
        "Harbour": "hypergeometric",
        "Mill": "hypergeometric",
        "All": "wilson",
    }
    # A census but for one missing judgement is none.
    cells = {("tidy_desk", "Harbour"): (3, 0, 0, 1), ("tidy_desk", "Mill"): (2, 2, 0, 0)}
    table = proportion_table(cells, eligible={"Harbour": (4, 4), "Mill": (4, 4)})
    assert table.set_index("provider").loc["All", "method"] == "wilson"


def test_words_about_a_finite_population_have_the_envelope_of_its_limits():
    found = bounds(("tidy_desk", "Harbour", 4, 2, 3, "worded", "case"))
    table = proportion_table(
        {("tidy_desk", "Harbour"): (2, 2, 0, 0)}, found, eligible={"Harbour": (10, 4)}
    )
    row = table[table["provider"] == "Harbour"].iloc[0]
    sizes = range(4, 4 + 10 - 4 + 1)
    assert row["ci_lower"] == proportions.finite_interval(2, 4, sizes)[0]
    assert row["ci_upper"] == proportions.finite_interval(3, 4, sizes)[1]


def test_a_missing_judgement_may_be_of_a_relevant_case():
    # 20 relevant and 19 not, one missing, of 40 sampled; 41 eligible: 20, 21 or 22 relevant.
    table = proportion_table(
        {("tidy_desk", "Harbour"): (10, 10, 19, 1)}, eligible={"Harbour": (41, 40)}
    )
    row = table[table["provider"] == "Harbour"].iloc[0]
    assert (row["ci_lower"], row["ci_upper"]) == (10 / 22, 12 / 22)
