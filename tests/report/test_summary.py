"""The sentences at the top follow the tables: another extract changes them.

Small invented tables in, the sentences out: singular, plural, zero, none.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest
import reports
from reports import asked

from analysis.areas import Area
from analysis.data import processed, tables
from analysis.faults import UnknownNameError
from analysis.report.content import Heading, Part, Table
from analysis.report.evidence import Report
from analysis.report.sections import boroughs, inspection, story
from analysis.report.sections import verdicts as verdict_words

QUESTIONS = pd.DataFrame(
    {
        "question_id": ["q1", "q2", "q3"],
        "outcome": ["protecting_the_public", "protecting_the_public", "abiding_by_the_sentence"],
        "stage": "delivery",
        "question": ["First asked", "Second asked", "Third asked"],
    }
)
AREA = Area(title="the east", local_authorities=("Barnet",))
NOTHING: Mapping[str, Any] = {}
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


def verdicts(*rows: tuple[str, str, str, str, str | None, str | None]) -> pd.DataFrame:
    """Rows of (question, provider, in the sample, beyond it, strength, rests on)."""
    names = ["question_id", "provider", "in_sample", "beyond", "strength", "rests_on"]
    frame = pd.DataFrame(rows, columns=names, dtype="str")
    return frame.merge(QUESTIONS[["question_id", "outcome"]], on="question_id")


def differences(limits: list[tuple[float, float]], wider: float = 0.0) -> pd.DataFrame:
    """Rows of (limits by themselves); the simultaneous ones are so much wider on each side."""
    return pd.DataFrame(
        [
            {
                "provider_a": "A",
                "provider_b": "B",
                "ci_lower": low,
                "ci_upper": high,
                "ci_lower_simultaneous": low - wider,
                "ci_upper_simultaneous": high + wider,
            }
            for low, high in limits
        ]
    )


PLACES = pd.DataFrame(
    {
        "gss_code": ["E1", "E2"],
        "reoffenders": [10, 15],
        "offenders": [40, 60],
        "deprivation_score": [20.0, 30.0],
        "in_area": [False, False],
    }
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


def report_on(
    providers: dict[str, int], settings: Mapping[str, Any] = NOTHING, **frames: pd.DataFrame
) -> Report:
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
    found = asked(QUESTIONS, {name: name for name in providers or ["A"]}, **settings)
    return reports.report(
        AREA,
        empty | {"judgements": judgements} | frames,
        inspected=found if providers else None,
    )


def texts(part: Part) -> list[str]:
    """The text of each block."""
    return [block.html().striptags() for block in part]


def tables_of(part: Part) -> list[Table]:
    return [block for block in part if isinstance(block, Table)]


VERDICTS = verdicts(
    ("q1", "A", "fewer", "fewer", "leaning", "method; family"),
    ("q2", "A", "not_told", "open", None, None),
    ("q1", "B", "more", "more", "firm", None),
    ("q3", "B", "half", "open", None, None),
)
ANSWERED = proportions(
    [("q1", "A", BELOW), ("q2", "A", OPEN), ("q1", "B", ABOVE), ("q3", "B", OPEN)]
)


def test_the_summary_counts_the_verdicts_in_the_sample_and_beyond_it():
    part = verdict_words.summary(
        report_on({"A": 4, "B": 1}, proportions=ANSWERED, verdicts=VERDICTS)
    )
    (table,) = tables_of(part)
    assert [cell.heading for cell in table.cells][2:4] == ["In the sample", "Beyond the sample"]
    assert table.rows() == [
        [
            *("Protecting the public", "A, 4 cases", "▼ fewer on 1, ? not told on 1"),
            *("▼ fewer on 1, ○ open on 1", "◐ leaning on 1"),
        ],
        ["Protecting the public", "B, 1 case", "▲ more on 1", "▲ more on 1", "● firm on 1"],
        ["Abiding by the sentence", "A, 4 cases", *["no question has a figure"] * 3],
        ["Abiding by the sentence", "B, 1 case", "= half on 1", "○ open on 1", "none"],
    ]
    assert texts(part)[1] == (
        "Of two verdicts beyond the sample that have a side, one rests on a choice: the method of the "
        "interval (1) and the number of verdicts (1)."
    )


def test_where_every_verdict_is_firm_the_summary_says_so():
    (_, sentence) = texts(
        verdict_words.summary(report_on({"B": 1}, proportions=ANSWERED, verdicts=VERDICTS[2:3]))
    )
    assert sentence == "Of one verdict beyond the sample that has a side, none rests on a choice."


def test_the_choices_stand_with_what_becomes_of_the_verdicts():
    changed = pd.DataFrame(
        [
            ("method", "clopper_pearson", 3, 2, 1, 4),
            ("denominator", "1 fewer", 3, 3, 0, 5),
            ("family", "0.998913", 1, 1, 4, 3),
        ],
        columns=["choice", "setting", "more", "fewer", "open", "changed"],
    )
    (table,) = verdict_words.choices(report_on({"A": 1}, verdict_choices=changed))
    assert table.rows() == [
        ["The method of the interval", "clopper pearson", str(3 + 2), "1", "4"],
        ["A denominator that was not printed", "1 fewer", str(3 + 3), "0", "5"],
        ["The number of verdicts", "99.89%", str(1 + 1), "4", "3"],
    ]
    assert verdict_words.choices(report_on({"A": 1})) == []


def test_each_outcome_of_the_inspection_stands_under_its_title_in_the_order_of_the_inspection():
    asked = report_on({"A": 4}, proportions=proportions([("q3", "A", ABOVE), ("q1", "A", BELOW)]))
    part = inspection.outcomes(asked)
    headings = [block for block in part if isinstance(block, Heading)]
    assert headings == [Heading("Protecting the public"), Heading("Abiding by the sentence")]
    under = Part(part[1 : part.index(headings[1])])
    assert under.html() == inspection.outcome(asked, "protecting_the_public").html()


def test_an_outcome_that_nobody_asked_about_is_refused_with_those_there_are():
    asked = report_on({"A": 4}, proportions=proportions([("q1", "A", BELOW), ("q3", "A", ABOVE)]))
    with pytest.raises(UnknownNameError) as refused:
        inspection.outcome(asked, "protecting")
    assert str(refused.value) == (
        "No outcome 'protecting'. Did you mean protecting_the_public? "
        "There are: protecting_the_public, abiding_by_the_sentence."
    )


def test_an_area_without_a_sample_has_no_part_about_one():
    empty = report_on({})
    assert inspection.how_to_read(empty) == []
    assert inspection.outcomes(empty) == []
    assert inspection.differences(empty) == []
    assert inspection.methods(empty) == []
    assert inspection.reconstruction(empty) == []


def test_an_outcome_shows_each_share_with_how_the_source_states_it():
    rows = proportions([("q1", "A", BELOW), ("q1", "All", BELOW), ("q2", "A", OPEN)])
    rows.loc[2, ["sufficient", "proportion", "precision"]] = [pd.NA, float("nan"), "worded"]
    rows.loc[2, ["sufficient_low", "sufficient_high"]] = [4, 6]
    finding = {
        **dict.fromkeys(processed.BOUNDS.columns),
        "question_id": "q2",
        "provider": "A",
        "unit": "case",
        "polarity": "sufficient",
        "precision": "worded",
        "printed_phrase": "about half",
        "sufficient_low": 4,
        "report_section": "3. Work > Plans",
        "note": "read with care",
    }
    found = report_on(
        {"A": 4, "B": 1},
        proportions=rows,
        findings=pd.DataFrame([finding]),
        verdicts=VERDICTS.head(2),
    )
    part = inspection.outcome(found, "protecting_the_public")
    shares, stated = tables_of(part)
    # 5 of 10 is 50%, and so is the middle of 4 to 6 of 10: neither question is the weaker.
    assert shares.rows() == [
        [
            *("A", "50% (10% to 40%)", "5 of 10", "▼ fewer"),
            "▼ fewer, ◐ leaning: method, number of verdicts",
        ],
        ["A", "40% to 60% (40% to 60%)", "4 to 6 of 10", "? not told", "○ open"],
    ]
    html = str(shares.html())
    assert re.findall('scope="rowgroup">(.*?)<', html) == ["First asked", "Second asked"]
    assert re.findall('class="(bar.*?)" style="(.*?)"', html) == [
        ("bar", "--a:10;--b:40;--p:50"),
        ("bar band", "--a:40;--b:60"),
    ]
    assert stated.folded == "Protecting the public: how the source states each figure (1)"
    assert stated.rows() == [
        [
            "Second asked",
            "A",
            "“about half”; denominator inferred",
            "read with care",
            "3. Work > Plans",
        ]
    ]


def test_a_difference_shows_both_sides_both_intervals_and_its_tests_words_with_the_largest_p():
    compared = differences([(-0.5, -0.1), (-0.2, 0.3)], wider=0.1).assign(
        area="east",
        question_id=["q1", "q2"],
        precision=["exact", "worded"],
        difference=[-0.3, float("nan")],
        p_value=[0.02, 0.4],
        p_adjusted=[0.04, 0.8],
    )
    tests = compared[["area", "question_id", "provider_a", "provider_b"]].assign(
        mid_p=[0.0004, 0.3]
    )
    answered = [(question, provider, OPEN) for question in ("q1", "q2") for provider in "AB"]
    stated = pd.DataFrame(
        [("q2", "A", None), ("q2", "B", 10), ("q3", "B", None)],
        columns=["question_id", "provider", "printed_denominator"],
    )
    part = inspection.differences(
        report_on(
            {"A": 1, "B": 1},
            proportions=proportions(answered),
            differences=compared,
            difference_tests=tests,
            findings=stated,
        )
    )
    table, tested = tables_of(part)
    assert [cell.heading for cell in table.cells][2:4] == ["A", "B"]
    assert table.rows() == [
        ["First asked", "−30 (−60 to 0)", "5 of 10", "5 of 10"],
        ["Second asked", "from words (−30 to +40)", "5 of 10, inferred", "5 of 10"],
    ]
    assert tested.folded == "A less B: intervals of each by itself, and tests"
    assert tested.rows() == [
        ["First asked", "−50 to −10", "0.020", "below 0.001", "0.040"],
        ["Second asked", "−20 to +30", "≤\xa00.400", "≤\xa00.300", "≤\xa00.800"],
    ]
    html = str(table.html())
    # Of -100 to +100: -60 is a fifth of the way, 0 is half, and -30 is 35 hundredths.
    assert re.findall('class="(bar.*?)" style="(.*?)"', html) == [
        ("bar", "--a:20;--b:50;--p:35"),
        ("bar band", "--a:35;--b:70"),
    ]
    assert "<span>B +100</span><span>0</span><span>A +100</span>" in html
    assert table.note is not None
    assert "Right of the dashed mark the share is higher for A, left of it for B." in table.note


@pytest.mark.parametrize(
    ("settings", "order"),
    [({"disclosure_threshold": 0}, ["q2", "q1"]), ({}, ["q1", "q2"])],
)
def test_the_weakest_question_comes_first_but_in_a_confidential_extract(settings, order):
    rows = proportions([("q1", "A", OPEN), ("q2", "A", OPEN)])
    rows.loc[1, ["sufficient_low", "sufficient_high"]] = 4
    compared = differences([(-0.2, 0.2), (-0.5, -0.1)]).assign(
        area="east",
        question_id=["q1", "q2"],
        precision="exact",
        difference=0.0,
        p_value=1.0,
        p_adjusted=1.0,
    )
    both = proportions([(question, name, OPEN) for question in ("q1", "q2") for name in "AB"])
    tests = compared[["question_id", "provider_a", "provider_b"]].assign(mid_p=1.0)
    weakest = inspection.outcome(
        report_on({"A": 4}, settings, proportions=rows), "protecting_the_public"
    )
    surest = inspection.differences(
        report_on(
            {"A": 1, "B": 1},
            settings,
            proportions=both,
            differences=compared,
            difference_tests=tests,
        )
    )
    (shares,), (apart, _) = tables_of(weakest), tables_of(surest)
    assert [row.question_id for row in shares.frame.itertuples()] == order
    assert [row.question_id for row in apart.frame.itertuples()] == order


def test_the_downloads_are_the_tables_with_rows_but_for_the_single_cases():
    found = report_on({"A": 1}, proportions=proportions([("q1", "A", BELOW)]))
    links = story.downloads(found).html()
    assert '<a href="tables/proportions.csv">Proportions by question and provider</a>' in links
    assert "tables/differences.csv" not in links
    assert "judgements" not in links


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        (
            [(-0.5, -0.1)],
            "Beyond the sample, of one question that can be compared, the share of sufficient work is "
            "lower for A than for B on one, higher on none, and on none the evidence does not settle it, "
            "with allowance for one comparison. Each taken by itself, they differ on one.",
        ),
        (
            # 0.15 below the lower limits 0.1 and 0.2: only that of 0.2 stays above 0
            [(0.1, 0.5), (0.2, 0.5), (-0.1, 0.1)],
            "Beyond the sample, of three questions that can be compared, the share of sufficient work is "
            "lower for A than for B on none, higher on one, and on two the evidence does not settle it, with "
            "allowance for all three comparisons. Each taken by itself, they differ on two.",
        ),
        (
            [(-0.1, 0.1)] * 11,
            "Beyond the sample, of 11 questions that can be compared, the share of sufficient work is "
            "lower for A than for B on none, higher on none, and on 11 the evidence does not settle it, "
            "with allowance for all 11 comparisons. Each taken by itself, they differ on none.",
        ),
    ],
)
def test_the_sentence_on_differences_leads_with_the_simultaneous_limits(limits, sentence):
    wider = 0.0 if len(limits) == 1 else 0.15
    frames = {"differences": differences(limits, wider)}
    (line,) = inspection.difference_lines(report_on({"A": 1, "B": 1}, **frames))
    assert re.sub(r"<[^>]+>", "", line) == f"Where the providers differ. {sentence}"


DIFFERENCE_CHOICES = pd.DataFrame(
    [
        ("method", "newcombe", 5, 0, 11, 0),
        ("words", "loose", 4, 1, 11, 2),
        ("at_once", "loose, 2 fewer", 3, 0, 13, 2),
    ],
    columns=["choice", "setting", "lower", "higher", "open", "changed"],
).assign(area="east", provider_a="A", provider_b="B")


def test_what_the_differences_rest_on_stands_in_the_sentence_and_in_a_table():
    frames = {"differences": differences([(-0.5, -0.1)]), "difference_choices": DIFFERENCE_CHOICES}
    found = report_on({"A": 1, "B": 1}, **frames)
    (line,) = inspection.difference_lines(found)
    # 4 lower and 1 higher; 3 lower.
    assert (
        "for one comparison. With words read loosely they differ on five; with two relevant cases fewer as "
        "well, where their number was inferred, on three. Each taken by itself, they differ on one."
    ) in line
    (table,) = tables_of(verdict_words.difference_choices(found))
    assert table.rows() == [
        ["The method of the interval", "newcombe", "5", "0", "11", "0"],
        ["The reading of words", "loose", "4", "1", "11", "2"],
        ["Words and denominators at once", "loose, 2 fewer", "3", "0", "13", "2"],
    ]


def test_without_comparable_questions_there_is_no_sentence_on_differences():
    assert list(inspection.difference_lines(report_on({"A": 1}))) == []


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [
        ((0.1, 0.05, 0.15), "Reoffending was higher where deprivation was higher"),
        ((-0.1, -0.15, -0.05), "Reoffending was lower where deprivation was higher"),
        ((0.1, -0.05, 0.25), "No association of reoffending with deprivation is shown"),
    ],
)
def test_the_sentence_on_the_model_follows_its_interval(limits, verdict):
    (line,) = boroughs.model_lines(report_on({}, reoffending_model=model(*limits), boroughs=PLACES))
    assert verdict in line
    assert "This is about areas, not about people." in line


def test_odds_are_said_as_a_change_in_per_cent():
    # exp(0.1) = 1.105, exp(-0.1) = 0.905, exp(0.2) = 1.221
    frames = {"reoffending_model": model(0.1, -0.1, 0.2), "boroughs": PLACES}
    (line,) = boroughs.model_lines(report_on({}, **frames))
    assert "odds of reoffending 11% higher (95% interval 10% lower to 22% higher)" in line
    # 25 of 100 are odds of 1 to 3; 1.105 / 3 = 0.368, and 0.368 / 1.368 = 26.9%.
    assert "at the average place 25.0% becomes about 26.9%" in line


def test_hostile_questions_and_providers_stay_text():
    hostile = "<script>alert(1)</script>"
    judged = verdicts(("q1", hostile, "fewer", "fewer", "firm", None))
    found = report_on(
        {hostile: 2}, proportions=proportions([("q1", hostile, BELOW)]), verdicts=judged
    )
    assert found.inspection is not None
    questions = QUESTIONS.replace("First asked", hostile)
    found = replace(found, inspection=replace(found.inspection, questions=questions))
    part = story.opening(found) + inspection.outcomes(found)
    marked = [str(block.html()) for block in part]
    assert not [text for text in marked if "<script" in text]
    assert len([text for text in marked if "&lt;script&gt;alert(1)&lt;/script&gt;" in text]) >= 3
