"""The reconstructed case sample: it meets every published margin, and claims nothing more."""

from itertools import combinations
from math import prod

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.data import (
    cases,
    codes,
    findings,
    inspection,
    processed,
    reconstruction,
    tables,
)
from analysis.data.problems import BadDataError
from shipped import INSPECTION

PUBLISHED = INSPECTION.findings
QUESTION_IDS = INSPECTION.question_ids
FILE = INSPECTION.folder / inspection.CASES
TIGHT = findings.of_cases(findings.bounded(PUBLISHED, "tight"))
LOOSE = findings.of_cases(findings.bounded(PUBLISHED, "loose"))
SAMPLE = tables.read_text(FILE)
WRITTEN = {
    "Yes": "sufficient",
    "No": "insufficient",
    "Not applicable": "not_applicable",
    "": "missing",
}


def judged(sample, questions):
    long = sample.melt(["case_id", "provider"], questions, "question_id", "judgement")
    return long.assign(judgement=long["judgement"].map(WRITTEN))


TALLY = cases.tally(judged(SAMPLE, QUESTION_IDS)).set_index(["question_id", "provider"])
SIZES = {"CRC": 40, "NPS": 21}
EXAMPLES = settings(deadline=None, max_examples=50)

ODDS = st.lists(st.floats(0.01, 100), min_size=1, max_size=12)


@EXAMPLES
@given(ODDS, st.data(), st.integers(0, 2**32))
def test_a_draw_has_exactly_the_given_sum(odds, data, seed):
    successes = data.draw(st.integers(0, len(odds)))
    rng = np.random.default_rng(seed)
    drawn = reconstruction.conditional_bernoulli(np.array(odds), successes, rng)
    assert drawn.shape == (len(odds),)
    assert drawn.dtype == bool
    assert drawn.sum() == successes


def inclusion(odds, successes):
    """Each trial's probability of success given the sum, by enumerating every outcome."""
    outcomes = list(combinations(range(len(odds)), successes))
    weights = [prod(odds[i] for i in outcome) for outcome in outcomes]
    return [
        sum(w for w, outcome in zip(weights, outcomes, strict=True) if i in outcome) / sum(weights)
        for i in range(len(odds))
    ]


def test_the_enumeration_by_hand():
    # One success among odds 1, 2, 3: in the proportions 1 : 2 : 3.
    assert inclusion([1, 2, 3], 1) == pytest.approx([1 / 6, 2 / 6, 3 / 6])
    # Two: the pairs 12, 13, 23 weigh 1x2, 1x3, 2x3, together 11; the first is in 12 and 13.
    assert inclusion([1, 2, 3], 2) == pytest.approx([5 / 11, 8 / 11, 9 / 11])


@pytest.mark.parametrize(
    ("odds", "successes"),
    [
        ([1.0, 1.0, 1.0, 1.0], 1),
        ([1.0, 1.0, 1.0, 1.0, 1.0], 3),
        ([1.0, 2.0, 3.0], 1),
        ([1.0, 2.0, 3.0], 2),
        ([0.1, 0.5, 1.0, 4.0, 20.0], 2),
        ([0.1, 0.5, 1.0, 4.0, 20.0], 4),
    ],
)
def test_inclusion_probabilities_are_those_of_the_enumeration(odds, successes):
    draws = 4000
    rng = np.random.default_rng(1)
    drawn = [
        reconstruction.conditional_bernoulli(np.array(odds), successes, rng) for _ in range(draws)
    ]
    # A share of 4,000 draws has a standard error of at most sqrt(1/2 x 1/2 / 4000) = 0.0079;
    # five of them are 0.04.
    expected = inclusion(odds, successes)
    assert np.mean(drawn, axis=0) == pytest.approx(expected, abs=5 * (0.25 / draws) ** 0.5)
    if len(set(odds)) == 1:
        assert expected == pytest.approx([successes / len(odds)] * len(odds))


@pytest.mark.parametrize("successes", [-1, 3])
def test_a_sum_that_cannot_be_is_refused(successes):
    with pytest.raises(ValueError, match=f"{successes} successes among 2 trials"):
        reconstruction.conditional_bernoulli(np.ones(2), successes, np.random.default_rng(1))


def test_the_shipped_file_is_drawn_again_byte_for_byte():
    again = reconstruction.shipped(PUBLISHED, INSPECTION.context, QUESTION_IDS)
    assert reconstruction.to_csv(again).encode("utf-8") == FILE.read_bytes()


def test_a_size_that_is_not_printed_is_named():
    lacking = INSPECTION.context[INSPECTION.context["measure"] != "NPS cases"]
    with pytest.raises(BadDataError) as caught:
        reconstruction.shipped(PUBLISHED, lacking, QUESTION_IDS)
    assert [str(problem) for problem in caught.value.problems] == [
        "context.csv, column measure: 'NPS cases'; is needed among the measures of the subject "
        "Inspection"
    ]


def test_the_sample_has_40_cases_of_the_crc_and_21_of_the_nps():
    assert cases.sizes(judged(SAMPLE, QUESTION_IDS)) == SIZES
    assert len(SAMPLE) == 40 + 21 == 61


def test_every_case_says_that_it_is_reconstructed():
    assert SAMPLE["case_id"].str.startswith("reconstructed").all()
    assert SAMPLE["case_id"].is_unique


def test_the_sample_has_no_detail_of_a_person():
    assert list(SAMPLE) == ["case_id", "provider", *QUESTION_IDS]


@pytest.mark.parametrize("finding", TIGHT["finding_id"])
def test_the_sample_meets_the_finding(finding):
    printed = PUBLISHED.set_index("finding_id").loc[finding]
    tight = TIGHT.set_index("finding_id").loc[finding]
    loose = LOOSE.set_index("finding_id").loc[finding]
    cell = TALLY.loc[(printed["question_id"], printed["provider"])]
    relevant = cell["sufficient"] + cell["insufficient"]
    assert relevant == printed["relevant"]
    assert tight["sufficient_low"] <= cell["sufficient"] <= tight["sufficient_high"]
    assert loose["sufficient_low"] <= cell["sufficient"] <= loose["sufficient_high"]
    if printed["precision"] == "exact":
        assert cell[printed["polarity"]] == printed["printed_numerator"]
    # All else of the provider's cases is not relevant, and so is written.
    assert cell["not_applicable"] == SIZES[printed["provider"]] - relevant
    assert cell["missing"] == 0


def test_a_question_with_nothing_countable_is_blank():
    countable = set(zip(TIGHT["question_id"], TIGHT["provider"], strict=True))
    silent = [cell for cell in TALLY.index if cell not in countable]
    # 46 questions x 2 providers, less the 44 findings.
    assert len(silent) == 46 * 2 - 44
    for question, provider in silent:
        assert set(SAMPLE.loc[SAMPLE["provider"] == provider, question]) == {""}


def test_the_sample_agrees_with_both_readings():
    for reading in codes.READINGS:
        assert disagreements(TALLY, findings.bounded(PUBLISHED, reading)) == []


def disagreements(counts, bounds):
    every = reconstruction.disagreements(counts.reset_index(), bounds, "sample.csv")
    return [str(problem) for problem in every]


def invented(**columns):
    """Findings on invented questions."""
    rows = {
        "finding_id": ["F1", "F2", "F3"],
        "question_id": ["tidy_desk", "kind_word", "tidy_desk"],
        "provider": ["Harbour", "Harbour", "Mill"],
        "unit": "case",
        "printed_phrase": ["3 of 5", "about half", "none of 2"],
        "precision": ["exact", "worded", "exact"],
        "relevant": [5, 6, 2],
        "sufficient_low": [3, 2, 0],
        "sufficient_high": [3, 4, 0],
    }
    return pd.DataFrame(rows | columns)


def tallied(bounds, sizes, **options):
    extract = reconstruction.sample(bounds, ["kind_word", "tidy_desk"], sizes, **options)
    counts = cases.tally(judged(extract, ["kind_word", "tidy_desk"]))
    return counts.set_index(["question_id", "provider"])


@EXAMPLES
@given(st.integers(0, 2**32), st.sampled_from(reconstruction.COHERENCES))
def test_every_sample_meets_its_margins(seed, coherence):
    counts = tallied(invented(), {"Harbour": 6, "Mill": 3}, seed=seed, coherence=coherence)
    # sufficient, insufficient, not applicable, missing; of 6 and 3 cases
    assert counts.loc[("tidy_desk", "Harbour")].tolist() == [3, 5 - 3, 6 - 5, 0]
    assert counts.loc[("tidy_desk", "Mill")].tolist() == [0, 2 - 0, 3 - 2, 0]
    assert counts.loc[("kind_word", "Mill")].tolist() == [0, 0, 0, 3]
    worded = counts.loc[("kind_word", "Harbour")]
    assert worded["sufficient"] in {2, 3, 4}
    assert worded["sufficient"] + worded["insufficient"] == 6


def test_the_same_seed_gives_the_same_sample_and_another_seed_another():
    first, again, other = (
        reconstruction.to_csv(reconstruction.sample(TIGHT, QUESTION_IDS, SIZES, seed=seed))
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_a_sample_that_breaks_a_finding_is_refused_with_its_name():
    counts = tallied(invented(), {"Harbour": 6, "Mill": 3})
    assert disagreements(counts, invented()) == []
    # One sufficient judgement turned, and one relevant case made irrelevant.
    counts.loc[("tidy_desk", "Harbour"), ["sufficient", "insufficient"]] = [2, 3]
    counts.loc[("tidy_desk", "Mill"), ["insufficient", "not_applicable"]] = [1, 2]
    assert disagreements(counts, invented()) == [
        "sample.csv, column tidy_desk: '2 of 5'; Harbour must have 3 sufficient of 5 relevant "
        "cases (F1: 3 of 5)",
        "sample.csv, column tidy_desk: '0 of 1'; Mill must have 0 sufficient of 2 relevant "
        "cases (F3: none of 2)",
    ]


@pytest.mark.parametrize(("sufficient", "faults"), [(1, 1), (2, 0), (4, 0), (5, 1)])
def test_a_worded_finding_admits_its_bounds_and_no_more(sufficient, faults):
    counts = tallied(invented(), {"Harbour": 6, "Mill": 3})
    counts.loc[("kind_word", "Harbour"), ["sufficient", "insufficient"]] = [
        sufficient,
        6 - sufficient,
    ]
    assert (
        disagreements(counts, invented())
        == [
            f"sample.csv, column kind_word: '{sufficient} of 6'; Harbour must have 2 to 4 sufficient "
            "of 6 relevant cases (F2: about half)"
        ]
        * faults
    )


def test_a_sample_without_a_provider_of_the_findings_is_refused():
    counts = tallied(invented().head(2), {"Harbour": 6})
    assert disagreements(counts, invented()) == [
        "sample.csv, column tidy_desk: '0 of 0'; Mill must have 0 sufficient of 2 relevant "
        "cases (F3: none of 2)"
    ]


def test_a_doctored_shipped_sample_is_refused_with_the_finding():
    doctored = SAMPLE.copy()
    (row, *_) = doctored.index[
        (doctored["provider"] == "NPS") & (doctored["sentence_plan"] == "Yes")
    ]
    doctored.loc[row, "sentence_plan"] = "No"
    counts = cases.tally(judged(doctored, QUESTION_IDS))
    counts = counts.set_index(["question_id", "provider"])
    # Printed: "Only 11 of the 21 NPS cases".
    (fault,) = disagreements(counts, TIGHT)
    assert fault.startswith("sample.csv, column sentence_plan: '10 of 21'; NPS must have 11 ")
    assert "RR-NPS-05" in fault


@pytest.fixture(scope="module")
def study():
    return reconstruction.joint_sensitivity(TIGHT, SIZES, area="north-of-london")


def test_the_margins_say_little_about_two_questions_together(study, tmp_path):
    tables.write(study, tmp_path / "joint.csv", processed.JOINT_SENSITIVITY)
    assert set(study["provider"]) == {"CRC"}
    # 7 of 40 and 9 of 40: at least 7 + 9 - 40 < 0, so 0; at most the smaller, 7.
    assert set(study["question_a"]) == {"sentence_plan"}
    assert set(study["question_b"]) == {"interventions_progress"}
    assert set(study["lowest_possible"]) == {0}
    assert set(study["highest_possible"]) == {7}
    assert study["coherence"].tolist() == [0, 0.5, 1, 2]
    assert study["mean_both"].between(0, 7).all()


def test_without_coherence_the_questions_are_independent(study):
    # The overlap is hypergeometric: mean 7 x 9 / 40 = 1.575, variance
    # 9 x 7/40 x 33/40 x (40 - 9) / 39 = 1.033; four standard errors of 100 draws are
    # 4 x sqrt(1.033 / 100) = 0.41.
    assert set(study["draws"]) == {100}
    assert study["mean_both"][0] == pytest.approx(7 * 9 / 40, abs=0.41)


def test_with_coherence_the_overlap_rises(study):
    assert study["mean_both"].is_monotonic_increasing
    # About 1.5 cases without it and 3.7 at 2 by an earlier run of the same study.
    assert study["mean_both"].iloc[-1] == pytest.approx(3.7, abs=0.5)


@pytest.mark.parametrize(
    ("bounds", "sizes"),
    [
        (TIGHT, {}),
        (TIGHT.head(0), SIZES),
        # One printed count of the larger provider is no pair.
        (invented(), {"Harbour": 6, "Mill": 3}),
    ],
    ids=["no case", "no finding", "one count"],
)
def test_no_pair_of_printed_counts_gives_no_row(tmp_path, bounds, sizes):
    nothing = reconstruction.joint_sensitivity(bounds, sizes, area="somewhere")
    assert nothing.empty
    written = tables.write(nothing, tmp_path / "joint.csv", processed.JOINT_SENSITIVITY)
    assert list(written) == list(processed.JOINT_SENSITIVITY.columns)


def test_the_study_counts_what_samples_of_its_two_questions_hold():
    pair = TIGHT[(TIGHT["provider"] == "CRC") & (TIGHT["precision"] == "exact")].head(2)
    questions = pair["question_id"].tolist()
    drawn = [
        reconstruction.sample(
            pair, questions, {"CRC": 40}, coherence=1.0, seed=reconstruction.SEED + draw
        )
        for draw in range(reconstruction.DRAWS)
    ]
    both = np.mean([(cases[questions] == "Yes").all(axis=1).sum() for cases in drawn])
    assert reconstruction._mean_both(reconstruction._margins(pair), 40, 1.0) == both
