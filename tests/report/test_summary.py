"""The sentences at the top follow the tables: another extract changes them.

Small invented tables in, the sentences out: singular, plural, zero, none.
"""

import re
from dataclasses import replace

import pandas as pd
import pytest

from analysis.areas import Area
from analysis.data import processed, tables
from analysis.report import html
from analysis.report.evidence import Report
from analysis.report.sections import boroughs, inspection, story

QUESTIONS = pd.DataFrame(
    {
        "question_id": ["q1", "q2", "q3"],
        "outcome": ["protecting_the_public", "protecting_the_public", "abiding_by_the_sentence"],
        "stage": "delivery",
        "question": ["First asked", "Second asked", "Third asked"],
    }
)
AREA = Area(
    title="the east",
    local_authorities=("Barnet",),
    cases="c.csv",
    findings="published_findings.csv",
)
BELOW, ABOVE, OPEN = (0.1, 0.4), (0.6, 0.9), (0.4, 0.6)


def proportions(rows: list[tuple[str, str, tuple[float, float]]]) -> pd.DataFrame:
    """Exact rows of (question, provider, limits); 5 of 10 cases each."""
    frame = pd.DataFrame(rows, columns=["question_id", "provider", "limits"])
    frame = frame.merge(QUESTIONS[["question_id", "outcome", "stage"]], on="question_id")
    return frame.assign(
        area="east",
        sufficient=5,
        relevant=10,
        missing=0,
        proportion=0.5,
        ci_lower=[limits[0] for limits in frame["limits"]],
        ci_upper=[limits[1] for limits in frame["limits"]],
        level=0.95,
        method="wilson",
        precision="exact",
        sufficient_low=5,
        sufficient_high=5,
        suppressed=False,
    )


def differences(limits: list[tuple[float, float]]) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"provider_a": "A", "provider_b": "B", "ci_lower": low, "ci_upper": high}
            for low, high in limits
        ]
    )


def model(estimate: float, low: float, high: float) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {
                "primary": True,
                "scope": "london",
                "term": "deprivation",
                "boroughs": 33,
                "estimate": estimate,
                "ci_lower": low,
                "ci_upper": high,
            }
        ]
    )


def report(providers: dict[str, int], **frames: pd.DataFrame) -> Report:
    judgements = pd.DataFrame(
        [
            {
                "case_id": f"{provider}{number}",
                "provider": provider,
                "question_id": "q1",
                "judgement": "missing",
            }
            for provider, size in providers.items()
            for number in range(size)
        ],
        columns=list(processed.JUDGEMENT_TABLE.columns),
    )
    empty = {name: tables.empty(schema) for name, schema in processed.PROCESSED.items()}
    return Report(
        area=AREA,
        level=0.95,
        cohort=2012,
        questions=QUESTIONS,
        tables=empty | {"judgements": judgements} | frames,
    )


@pytest.fixture
def shown(monkeypatch) -> list[str]:
    """What is displayed, as text without tags."""
    texts: list[str] = []
    monkeypatch.setattr(
        html,
        "_show",
        lambda markup: texts.append(" ".join(re.sub(r"<[^>]+>", " ", markup).split())),
    )
    return texts


def test_one_case_of_one_provider_is_told_in_the_singular(shown):
    story.opening(report({"A": 1}))
    assert shown[0] == "Probation work in the east: an inspection re-analysed"
    assert "inspected 1 case, 1 of the A (A), and reported in" in shown[1]


def test_three_providers_are_listed_with_their_cases(shown):
    story.opening(report({"A": 2, "B": 3, "C": 5}))
    assert "inspected 10 cases, 2 of the A (A), 3 of the B (B) and 5 of the C (C)" in shown[1]


def test_an_area_without_a_sample_claims_no_inspection(shown):
    story.opening(report({}))
    assert shown == [
        "Reoffending and deprivation in the east",
        "No case sample was published by borough, and one local authority is too few for a model of "
        "its own. This page sets the reoffending of the east beside its deprivation, and both beside "
        "the rest of London.",
    ]


def test_the_summary_counts_questions_on_each_side_of_half(shown):
    rows = [("q1", "A", BELOW), ("q2", "A", OPEN), ("q1", "B", ABOVE), ("q3", "B", ABOVE)]
    found = report(
        {"A": 4, "B": 1}, proportions=proportions(rows), reoffending_model=model(0.1, 0.05, 0.15)
    )
    story.summary(found)
    assert "Outcome A, 4 cases B, 1 case" in shown[0]
    assert (
        "Protecting the public yes on 0, no on 1, open on 1 of 2 questions "
        "yes on 1, no on 0, open on 0 of 1 question" in shown[0]
    )
    assert (
        "Abiding by the sentence no question has a figure yes on 1, no on 0, open on 0 of 1 question"
        in shown[0]
    )


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (
            [(-0.5, -0.1)],
            "Of one question that can be compared, the share of sufficient work was lower for A than "
            "for B on one, higher on none, and on none the evidence does not settle it.",
        ),
        (
            [(0.1, 0.5), (0.2, 0.5), (-0.1, 0.1)],
            "Of three questions that can be compared, the share of sufficient work was lower for A "
            "than for B on none, higher on two, and on one the evidence does not settle it.",
        ),
        (
            [(-0.1, 0.1)] * 11,
            "Of 11 questions that can be compared, the share of sufficient work was lower for A than "
            "for B on none, higher on none, and on 11 the evidence does not settle it.",
        ),
    ],
)
def test_the_sentence_on_differences_follows_the_limits(limits, sentence):
    (line,) = inspection.difference_lines(report({"A": 1, "B": 1}, differences=differences(limits)))
    assert re.sub(r"<[^>]+>", "", line) == f"Where the providers differ. {sentence}"


def test_without_comparable_questions_there_is_no_sentence_on_differences():
    assert list(inspection.difference_lines(report({"A": 1}))) == []


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ((0.1, 0.05, 0.15), "Reoffending was higher where deprivation was higher"),
        ((-0.1, -0.15, -0.05), "Reoffending was lower where deprivation was higher"),
        ((0.1, -0.05, 0.25), "No association of reoffending with deprivation is shown"),
    ],
)
def test_the_sentence_on_the_model_follows_its_interval(limits, verdict):
    (line,) = boroughs.model_lines(report({}, reoffending_model=model(*limits)))
    assert verdict in line
    assert "This is about areas, not about people." in line


def test_odds_are_said_as_a_change_in_per_cent():
    # exp(0.1) = 1.105, exp(-0.1) = 0.905, exp(0.2) = 1.221
    (line,) = boroughs.model_lines(report({}, reoffending_model=model(0.1, -0.1, 0.2)))
    assert "odds of reoffending 11% higher (95% interval 10% lower to 22% higher)" in line


def test_hostile_questions_and_providers_stay_text(monkeypatch):
    hostile = "<script>alert(1)</script>"
    marked: list[str] = []
    monkeypatch.setattr(html, "_show", lambda markup: marked.append(str(markup)))
    asked = replace(
        report({hostile: 2}, proportions=proportions([("q1", hostile, BELOW)])),
        questions=QUESTIONS.replace("First asked", hostile),
    )
    story.opening(asked)
    inspection.outcome(asked, "protecting_the_public")
    assert not [text for text in marked if "<script" in text]
    assert len([text for text in marked if "&lt;script&gt;alert(1)&lt;/script&gt;" in text]) >= 2
