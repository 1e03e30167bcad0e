"""The first screen: a sentence that answers, and three or four cards, from small invented tables."""

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import reports
from markupsafe import Markup
from parts import only, paragraphs
from reports import asked

from analysis.areas import Area
from analysis.data import processed, tables
from analysis.data.inspection import Rating
from analysis.report.content import Bullets, Heading
from analysis.report.evidence import Report
from analysis.report.sections import answer, story

QUESTIONS = pd.DataFrame(
    {
        "question_id": ["q1", "q2", "q3"],
        "outcome": ["safe", "safe", "moving_on"],
        "stage": "delivery",
        "question": ["First asked", "Second asked", "Third asked"],
    }
)
RATED = {
    outcome: {
        provider: Rating(words=said, section=f"1. Verdicts > {outcome}", line=9)
        for provider, said in of.items()
    }
    for outcome, of in {"safe": {"A": "poor", "B": "mixed"}, "moving_on": {"A": "good"}}.items()
}


def verdicts(*rows: tuple[str, str, str, str, str | None]) -> pd.DataFrame:
    """Rows of (question, provider, in the sample, beyond it, strength)."""
    names = ["question_id", "provider", "in_sample", "beyond", "strength"]
    return pd.DataFrame(rows, columns=names, dtype="str")


def sizes(**cases: int) -> pd.DataFrame:
    rows = [
        (f"{code}{n}", code, "q1", "missing") for code, size in cases.items() for n in range(size)
    ]
    return pd.DataFrame(rows, columns=list(processed.JUDGEMENT_TABLE.columns))


def inspected(found: pd.DataFrame, settings: Any = None, **frames: pd.DataFrame) -> Report:
    """A report on an area without a local authority, inspected, with these verdicts."""
    empty = {name: tables.empty(schema) for name, schema in processed.PROCESSED.items()}
    of = asked(QUESTIONS, {"A": "Service A", "B": "Service B"}, **settings or {})
    rated = of.ratings(area="x")
    proportions = pd.DataFrame({"question_id": ["q1"]})  # that something is known of the cases
    return reports.report(
        Area(title="the east", inspection="made-up"),
        empty | {"verdicts": found, "ratings": rated, "proportions": proportions} | frames,
        inspected=of,
    )


VERDICTS = verdicts(
    ("q1", "A", "fewer", "fewer", "firm"),
    ("q2", "A", "fewer", "fewer", "leaning"),
    ("q3", "A", "not_told", "open", None),
    ("q1", "B", "more", "open", None),
    ("q3", "B", "half", "open", None),
)


def cards(report: Report) -> list[str]:
    """The text of each card."""
    part = answer.answer(report)
    items = [block.items for block in part if isinstance(block, Bullets) and block.cls == "cards"]
    return [" ".join(Markup(item).striptags().split()) for each in items for item in each]


def test_the_sentence_says_on_which_side_of_half_each_provider_lies_on_most_questions():
    title, *rest = story.opening(inspected(VERDICTS))
    assert title == Heading("Probation work in the east: an inspection re-analysed", level=1)
    # Of B's two questions one is more and one is half: the first of equals is said.
    assert rest[0].text == (
        "The Service A (A) did well enough in fewer than half of the cases inspected on 2 of 3 "
        "questions, the Service B (B) in more than half on 1 of 2 questions."
    )
    assert rest[0].cls == "lead"


def test_who_was_inspected_and_what_they_were_is_said_where_they_first_stand():
    explained = {"A": "a company that closed in 2031"}
    report = inspected(VERDICTS, {"explained": explained}, judgements=sizes(A=2, B=1))
    assert paragraphs(answer.answer(report))[1] == (
        "The inspectorate inspected 3 cases, 2 A and 1 B, and reported in May 2031. A: a company that "
        "closed in 2031."
    )
    assert paragraphs(answer.answer(inspected(VERDICTS)))[1] == (
        "The inspectorate inspected the work of A and B and reported in May 2031."
    )


def test_the_cards_of_an_inspection_are_its_words_the_counts_the_differences_and_the_ledger():
    differences = pd.DataFrame(
        {
            "provider_a": "A",
            "provider_b": "B",
            "ci_lower_simultaneous": [-0.5, -0.2, 0.1],
            "ci_upper_simultaneous": [-0.1, 0.3, 0.4],
        }
    )
    ledger = pd.DataFrame({"verdict": ["holds", "does_not_hold"], "tested_against": "open_data"})
    found = cards(
        inspected(VERDICTS, {"ratings": RATED}, differences=differences, claims_checked=ledger)
    )
    assert found == [
        "The inspectorate’s own verdicts Safe: A “poor” and B “mixed” Moving on: A “good” Words of its "
        "report, section 1. Verdicts.",
        "What the counts say: good enough in A: fewer than half on 2 of 3 questions; beyond the "
        "sample on 2 (1 firm, 1 leaning), open on 1. B: more than half on 1 of 2 questions; beyond the "
        "sample open on 2. Half is this project’s bar, for the report sets none: above it, good enough is "
        "the rule. Beyond the sample: of all cases that could have been drawn.",
        "Where the providers differ Beyond the sample, of three questions that both answer, A did surely "
        "worse than B on one and surely better on one. On one they cannot be told apart, with allowance "
        "for comparing so many.",
        "The report’s statements, checked Two statements: one holds and one does not hold.",
    ]


def test_without_a_figure_there_is_a_sentence_and_no_card():
    report = inspected(verdicts())
    assert paragraphs(answer.answer(report))[0] == "No question about the east has a figure."
    assert cards(report) == []


def test_hostile_words_of_a_report_stay_text():
    rated = {"safe": {"A": Rating(words="<script>poor", section="1 <b>", line=1)}}
    html = str(answer.answer(inspected(VERDICTS, {"ratings": rated})).html())
    assert "&lt;script&gt;poor" in html
    assert "<script" not in html
    assert "<b>" not in html


# ---- Areas --------------------------------------------------------------------------------------


def rates(*rows: tuple[str, str, int, int]) -> pd.DataFrame:
    """Rows of processed.AREA_REOFFENDING: place, what it is, reoffenders, offenders."""
    frame = pd.DataFrame(rows, columns=["name", "geography", "reoffenders", "offenders"])
    rate = frame["reoffenders"] / frame["offenders"]
    return frame.assign(cohort=2012, rate=rate, ci_lower=rate - 0.01, ci_upper=rate + 0.01)


def deprivation(*rows: tuple[str, float, int]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["name", "value", "rank"])
    return frame.assign(geography="local_authority", domain="overall", measure="average_score")


AROUND = [("London", "region", 265, 1000), ("England", "country", 259, 1000)]


def shown(report: Report, *own: tuple[str, str, int, int]) -> Report:
    """The report with rates of its own, and of what it lies in, and the deprivation of Barnet."""
    empty = {name: tables.empty(schema) for name, schema in processed.PROCESSED.items()}
    frames = {
        "area_reoffending": rates(*own, *AROUND),
        "area_deprivation": deprivation(("Barnet", 17.81, 109), ("Brent", 26.7, 55)),
    }
    return replace(report, tables={**empty, **report.tables, **frames})


def test_a_single_place_is_set_beside_what_it_lies_in_with_its_place_and_its_deprivation(report_of):
    report = shown(report_of("barnet"), ("Barnet", "local_authority", 225, 1000))
    deprived = report["area_deprivation"].head(1)
    report = replace(report, tables={**report.tables, "area_deprivation": deprived})
    (sentence,) = paragraphs(answer.answer(report))
    # Place 31, between 26 and 33: wholly among the last 11 of 33.
    assert sentence == (
        "Of the offenders of Barnet 22.5% reoffended within a year, beside 26.5% in London and 25.9% in "
        "England; that is among the lowest third of rates in London."
    )
    rate, place, deprived = cards(report)
    assert rate.startswith(
        "Reoffending, cohort labelled 2012 Barnet: 22.5% (21.5% to 23.5%), 225 of 1,000 offenders London: "
        "26.5% (25.5% to 27.5%), 265 of 1,000 England: 25.9% (24.9% to 26.9%), 259 of 1,000 Reoffended: "
        "another offence within a year, proven by a conviction or caution. A cohort: the people"
    )
    assert place.startswith(
        "Place in London Third lowest of 33 rates (interval 26 to 33). Rates differ"
    )
    assert deprived.startswith(
        "Deprivation Barnet has a deprivation score of 17.8, rank 109 of the 152 upper-tier authorities of "
        "England, 1 the most deprived. The score of 2015 sums up income,"
    )


@pytest.mark.parametrize(
    ("area", "where"),
    [
        ("islington", "among the highest third of rates"),
        ("haringey", "surely among neither the highest nor the lowest third of rates"),
    ],
)
def test_a_place_whose_interval_is_wide_is_put_in_no_third(report_of, area, where):
    report = report_of(area)
    report = shown(report, (report.area.title, "local_authority", 300, 1000))
    assert f"; that is {where} in London." in paragraphs(answer.answer(report))[0]


def test_so_few_offenders_as_in_the_city_of_london_say_little(report_of):
    report = shown(report_of("city-of-london"), ("City of London", "local_authority", 4, 34))
    _, place, _ = cards(report)
    assert "Lowest of 33 rates (interval 3 to 33). So few offenders say little." in place


def test_several_places_have_one_rate_together_and_both_ends_of_theirs(report_of):
    report = shown(report_of("outer-london"), ("outer London", "area", 255, 1000))
    (sentence,) = paragraphs(answer.answer(report))
    # 234 of 1,112 and 1,170 of 4,098.
    assert sentence == (
        "Of the offenders of outer London 25.5% reoffended within a year, beside 26.5% in London and 25.9% "
        "in England; within it the rate runs from 21.0% in Kingston upon Thames to 28.6% in Brent."
    )
    rate, place, deprived = cards(report)
    assert "Outer London: 25.5% (24.5% to 26.5%), 255 of 1,000 offenders" in rate
    assert place.startswith("Place in London Brent: fourth highest of 33 rates (interval 3 to 12).")
    assert "Kingston upon Thames: second lowest of 33 rates" in place
    assert deprived.startswith(
        "Deprivation Deprivation runs from Brent (score 26.7, rank 55 of the 152 upper-tier authorities of "
        "England, 1 the most deprived) to Barnet (17.8, rank 109)."
    )


def test_all_of_a_region_has_its_rate_and_its_model(report_of):
    report = shown(report_of("london"))
    (sentence,) = paragraphs(answer.answer(report))
    assert sentence == (
        "Of the offenders of London 26.5% reoffended within a year, beside 25.9% in England; reoffending "
        "was higher where deprivation was higher."
    )
    *_, model = cards(report)
    assert model.startswith(
        "Reoffending and deprivation Reoffending was higher where deprivation was higher: one standard "
        "deviation more deprived, which is 7.4 points of the score, went with odds of reoffending 7% higher"
    )
    assert "A standard deviation is the usual distance of a place from the average." in model


def test_a_place_without_a_rate_answers_with_its_deprivation(report_of):
    report = report_of("barnet")
    empty = {name: tables.empty(schema) for name, schema in processed.PROCESSED.items()}
    held = {"area_deprivation": deprivation(("Leeds", 26.6, 46))}
    report = replace(
        report, area=Area(title="Leeds", local_authorities=("Leeds",)), tables={**empty, **held}
    )
    (sentence,) = paragraphs(answer.answer(report))
    assert sentence.startswith("Leeds has a deprivation score of 26.6, rank 46 of the 152")
    only(Bullets, answer.answer(report))
    nothing = replace(report, tables=empty)
    assert paragraphs(answer.answer(nothing)) == ["Nothing is held of Leeds."]


def test_an_inspected_area_with_two_cards_has_its_places_on_a_third(report_of):
    places = shown(report_of("outer-london"), ("outer London", "area", 255, 1000))
    report = inspected(VERDICTS, {"ratings": RATED})
    report = replace(
        report,
        area=places.area,
        tables={
            **places.tables,
            **{name: report[name] for name in ("verdicts", "ratings", "proportions")},
        },
    )
    *_, last = cards(report)
    assert len(cards(report)) == 3
    assert last.startswith(
        "Reoffending, cohort labelled 2012 Outer London: 25.5% (24.5% to 26.5%), 255 of"
    )
    assert last.endswith("convicted, cautioned or released from custody in a year.")
