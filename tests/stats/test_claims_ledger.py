"""The claims of the report: each computation on a small table, then what it says of the real one."""

import inspect

import pandas as pd
import pytest

from analysis.claims import arguments, background, cohorts, common, inspected, ledger, printed
from analysis.claims.common import Check, NotComputableError, Tables
from analysis.data import cases, codes, processed, raw
from analysis.data import findings as published
from analysis.data import tables as files
from analysis.data.problems import BadDataError
from analysis.stats import estimates, verdicts
from analysis.study import inspections
from shipped import INSPECTION

HOLDS, DOES_NOT_HOLD, DEPENDS, CANNOT_BE_CHECKED = codes.VERDICTS
OPEN_DATA, REPORT_FIGURES, ITSELF = codes.TESTED_AGAINST
CLAIMS = INSPECTION.claims


def judged():
    """The verdicts and differences of the published findings, at 95% by Wilson's interval."""
    nobody = cases.tally(files.empty(processed.JUDGEMENT_TABLE))
    readings = {name: published.bounded(INSPECTION.findings, name) for name in codes.READINGS}
    known = estimates.evidence(nobody, readings["tight"])
    questions = INSPECTION.questions
    shares = estimates.proportions(known, questions, area="x", level=0.95, method="wilson")
    changed = verdicts.alternatives(
        nobody, readings, questions, area="x", level=0.95, method="wilson", bounds="tight"
    )
    return {
        "verdicts": verdicts.verdicts(shares, changed),
        "differences": estimates.differences(shares, level=0.95),
    }


EVIDENCE = inspections.evidence(INSPECTION, judged())
LEDGER = ledger.ledger(CLAIMS, EVIDENCE, area="north-of-london").set_index("claim_id")


def verdict(check):
    return DEPENDS if check.depends else {True: HOLDS, False: DOES_NOT_HOLD}[check.holds]


# ---- Small tables -------------------------------------------------------------------------------


class Small(Tables):
    """A few tables, and places of them, that can be put together with others."""

    def __or__(self, other):
        return Small(
            {**self.frames, **other.frames},
            places=[*self.places, *other.places],
            members=[*self.members, *other.members],
            region=self.region or other.region,
        )


def facts(**values):
    """Printed facts: a figure, or a figure with its unit, or with its unit and its subject."""
    rows = []
    for fact_id, value in values.items():
        given = value if isinstance(value, tuple) else (value,)
        rows.append((fact_id, *given, *("persons", "someone")[len(given) - 1 :]))
    columns = ["fact_id", "value", "unit", "subject"]
    return Small({"context": pd.DataFrame(rows, columns=columns)})


def finding(finding_id, low, high, relevant, **columns):
    values = {
        "finding_id": finding_id,
        "question_id": finding_id.lower(),
        "outcome": "public",
        "provider": "P",
        "unit": "case",
        "polarity": "sufficient",
        "bounds_rule": "exact",
        "relevant": relevant,
        "printed_denominator": relevant,
        "printed_phrase": "so it is printed",
        "sufficient_low": low,
        "sufficient_high": high,
        "sufficient_low_tight": low,
        "sufficient_high_tight": high,
    }
    return dict.fromkeys(raw.FINDINGS.columns) | values | columns


def told(*rows):
    """Verdicts of provider P: the question, in the sample, beyond it, how firmly; of an outcome.

    A leaning verdict rests on two choices.
    """
    columns = ["question_id", "in_sample", "beyond", "strength", "outcome"]
    table = pd.DataFrame([(*row, "public")[:5] for row in rows], columns=columns)
    rests = pd.Series("denominator; family", table.index).where(table["strength"] == LEANING)
    table = table.assign(provider="P", rests_on=rests)
    return Small({"verdicts": table, "findings": files.empty(raw.FINDINGS)})


def differing(*rows):
    """Simultaneous limits of P less Q, by question."""
    columns = ["question_id", "ci_lower_simultaneous", "ci_upper_simultaneous"]
    table = pd.DataFrame(rows, columns=columns).assign(provider_a="P", provider_b="Q")
    return Small({"differences": table})


def findings(*rows):
    table = pd.DataFrame(rows)
    counts = [name for name in table if name.startswith(("sufficient_", "relevant"))]
    counts.remove("relevant_basis")
    return Small({"findings": table.astype(dict.fromkeys(counts, "Int64"))})


def places(*names, inspected=()):
    """Places A, B, ... of a region, with a GSS code each; lower-case ones are in its inner part."""
    listed = pd.DataFrame({"gss_code": [f"E{name}" for name in names], "name": list(names)})
    listed["part"] = ["inner" if name.islower() else "outer" for name in names]
    return Small(
        {"local_authorities": listed},
        places=[f"E{name}" for name in inspected],
        members=listed["gss_code"].tolist(),
        region="the west",
    )


def populations(**residents):
    table = pd.DataFrame(
        [(f"E{name}", name, 2014, "revised", count) for name, count in residents.items()]
        + [(f"E{name}", name, 2013, "rounded", 1) for name in residents],
        columns=["gss_code", "name", "year", "series", "population"],
    )
    return Small({"population": table})


def ethnicities(**groups):
    """Residents of a place: white British, other white, and not white."""
    table = pd.DataFrame(
        [(f"E{name}", name, *counts, sum(counts)) for name, counts in groups.items()],
        columns=["gss_code", "name", "white_british", "white_other", "asian", "all_residents"],
    )
    return Small({"ethnicity_2011": table})


def rates(**by_year):
    table = pd.DataFrame(
        [
            (name.replace("_", " "), year, rate)
            for name, values in by_year.items()
            for year, rate in zip((2014, 2015), values, strict=True)
        ],
        columns=["name", "year", "unemployment_rate_pct"],
    )
    return Small({"unemployment": table})


def deprivation(domain, **values):
    """The value of each place on both measures; the highest value has rank 1."""
    table = pd.DataFrame(
        [(f"E{name}", name, domain, value) for name, value in values.items()],
        columns=["gss_code", "name", "domain", "value"],
    )
    table["rank"] = table["value"].rank(ascending=False).astype(int)
    measures = [table.assign(measure=name) for name in ("average_rank", "average_score")]
    return Small({"deprivation_2015": pd.concat(measures, ignore_index=True)})


def reoffending(*cohorts):
    """Reoffenders of 100 offenders by place, a cohort each; N is the nation."""
    table = pd.DataFrame(
        [
            (f"E{name}", name, "country" if name == "N" else "local_authority", year, 100, rate)
            for year, cohort in enumerate(cohorts, start=2010)
            for name, rate in cohort.items()
        ],
        columns=["gss_code", "name", "geography", "cohort", "offenders", "reoffenders"],
    )
    return Small({"reoffending": table})


# ---- Printed figures ----------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "holds"), [(11, True), (10, False)])
def test_parts_add_up_to_a_total_or_do_not(a, holds):
    check = printed.adding_up(facts(A=a, B=3, C=(3, "of 14")), parts="A, B", total="of C")
    assert check.holds is holds  # 11 + 3 = 14, 10 + 3 = 13
    assert check.computed == f"{a} + 3 = {a + 3}"


@pytest.mark.parametrize(("a", "holds"), [(5, True), (8, True), (9, False)])
def test_parts_fit_into_a_total_or_do_not(a, holds):
    check = printed.fitting(facts(A=a, B=3, C=3, D=14), parts="A, B, C", total="D")
    assert check.holds is holds  # 11 and 14 fit into 14, 15 does not


@pytest.mark.parametrize(("a", "holds"), [(12, True), (13, False)])
def test_a_figure_printed_twice_is_the_same_or_is_not(a, holds):
    assert printed.agreeing(facts(A=a, B=12), figures="A, B").holds is holds


@pytest.mark.parametrize(
    ("values", "holds", "computed"),
    [
        ((86.9, 74.6, 65), True, "86.9 > 74.6 > 65"),
        ((74.6, 86.9, 65), False, "74.6, 86.9 and 65"),
        ((65, 65, 60), False, "65, 65 and 60"),
    ],
)
def test_figures_fall_or_do_not(values, holds, computed):
    check = printed.falling(facts(**dict(zip("ABC", values, strict=True))), figures="A, B, C")
    assert (check.holds, check.computed) == (holds, computed)


@pytest.mark.parametrize(
    ("owned", "created", "holds"), [(2, 21, True), (3, 21, False), (2, 20, False)]
)
def test_as_many_are_owned_as_are_named(owned, created, holds):
    tables = facts(
        A=(owned, "of 21 companies"), B=created, C=(1, "persons", "X"), D=(1, "persons", "Y")
    )
    check = printed.owned_of_all(tables, owned="A", named="C, D", created="B")
    assert check.holds is holds
    assert "X and Y" in check.because


@pytest.mark.parametrize(("date", "holds"), [("June 2016", True), ("May 2016", False)])
def test_one_event_has_one_date_or_two(date, holds):
    tables = facts(A=1, B=1)
    tables["context"]["period"] = ["June 2016", date]
    check = printed.same_time(tables, facts="A, B")
    assert check.holds is holds
    assert check.computed == ("June 2016" if holds else "June 2016 and May 2016")


@pytest.mark.parametrize(("high", "holds"), [(100, None), (50, False)])
def test_how_far_a_range_must_reach_the_words_do_not_say_but_it_must_reach(high, holds):
    assert printed.varying(facts(A=50, B=high), ends="A, B").holds is holds


@pytest.mark.parametrize(("part", "holds"), [(170, True), (173, True), (180, False)])
def test_a_share_rounds_to_the_printed_percentage_or_does_not(part, holds):
    tables = facts(A=part, B=1, W=1000, P=17)
    check = printed.share(tables, parts="A, B", whole="W", printed="P")
    assert check.holds is holds  # 171, 174 and 181 of 1,000 are 17.1%, 17.4% and 18.1%


@pytest.mark.parametrize(("after", "holds"), [(70, True), (50, False)])
def test_a_figure_trebled_or_did_not(after, holds):
    check = printed.growing(facts(A=23, B=after), before="A", after="B", times="3")
    assert check.holds is holds  # 70 / 23 = 3.04, 50 / 23 = 2.17
    assert check.computed == f"{after} / 23 = {after / 23:.2f}"


@pytest.mark.parametrize(("size", "holds"), [(12, True), (6, True), (5, False), (37, False)])
def test_a_change_lies_in_a_range_or_does_not(size, holds):
    tables = facts(A=size, B=-6, C=-36)
    assert printed.within_range(tables, figure="A", ends="B, C").holds is holds


@pytest.mark.parametrize(("small", "holds"), [(-6, True), (2, False), (-36, False)])
def test_shortfalls_vary_or_do_not(small, holds):
    tables = facts(A=small, B=-36)
    assert printed.shortfalls_vary(tables, smallest="A", largest="B").holds is holds


def test_a_range_is_lower_at_both_ends_or_is_not():
    tables = facts(A=33, B=58, C=50, D=100)
    lower = printed.lower_range(tables, lower="A, B", higher="C, D")
    assert lower.holds is True
    assert lower.because == "Both ends are lower, though the ranges overlap."
    assert printed.lower_range(tables, lower="C, D", higher="A, B").holds is False


def test_scores_are_poor_by_a_mark_that_nobody_printed():
    tables = facts(A=85, B=67, C=53, D=53, E=52, P=4, Q=2)
    open_ = printed.scores_below_a_mark(tables, scores="A, B, C, D, E", poor="P")
    assert open_.holds is None  # any mark above 67 and at most 85
    assert "above 67 and at most 85" in open_.because
    # Two could not be poor without the third: 52 and 53 are, and so is the other 53.
    assert printed.scores_below_a_mark(tables, scores="A, B, C, D, E", poor="Q").holds is False


def test_a_whole_is_read_from_the_unit():
    with pytest.raises(NotComputableError, match="is not `of` a number"):
        printed.adding_up(facts(A=1, C=(3, "persons")), parts="A", total="of C")


# ---- Findings -----------------------------------------------------------------------------------


FIRM, LEANING, OPEN_BEYOND = "firm", "leaning", None


@pytest.mark.parametrize(
    ("in_sample", "beyond", "side", "holds", "depends"),
    [
        ("more", "more", "more", True, False),
        ("more", "open", "more", None, True),  # it holds in the sample; beyond it nobody can tell
        ("more", "more", "fewer", False, False),
        ("fewer", "open", "more", None, True),
        ("half", "open", "more", None, True),  # half is not more than half
        ("not_told", "open", "more", None, False),  # the words leave the sample itself open
        ("fewer", "fewer", "fewer", True, False),
    ],
)
def test_the_side_of_half_in_the_sample_and_beyond_it(in_sample, beyond, side, holds, depends):
    strength = OPEN_BEYOND if beyond == "open" else FIRM
    tables = told(("a", in_sample, beyond, strength))
    check = inspected.side_of_half(tables, provider="P", questions="a", side=side)
    assert (check.holds, check.depends) == (holds, depends)


def test_each_question_must_lie_on_the_side():
    tables = told(
        ("a", "fewer", "fewer", FIRM),
        ("b", "fewer", "fewer", LEANING),
        ("c", "fewer", "open", OPEN_BEYOND),
        ("d", "more", "more", FIRM),
    )
    two = inspected.side_of_half(tables, provider="P", questions="a, b", side="fewer")
    assert two.holds is True
    assert two.computed == "Fewer than half in the sample: 2 of 2; beyond it: 2, firmly 1"
    three = inspected.side_of_half(tables, provider="P", questions="a, b, c", side="fewer")
    assert three.depends
    assert two.because == (
        "Counted: two questions. Leaning beyond it: 1, on denominator (1) and number of verdicts (1)."
    )
    assert three.because.startswith("In the sample: it holds; beyond it: it cannot be told. ")
    four = inspected.side_of_half(tables, provider="P", questions="a, b, c, d", side="fewer")
    assert (four.holds, four.depends) == (False, False)


def test_a_question_without_a_verdict_leaves_it_open():
    tables = told(("a", "more", "more", FIRM))
    check = inspected.side_of_half(tables, provider="P", questions="a, z", side="more")
    assert (check.holds, check.depends) == (None, False)
    nobody = inspected.most_on_a_side(tables, provider="Q", side="more")
    assert (nobody.holds, nobody.depends) == (None, False)


@pytest.mark.parametrize(
    ("third", "beyond", "holds", "depends"),
    [
        ("more", "more", True, False),  # 2 of 3 in the sample, 2 of 3 beyond it
        ("more", "open", None, True),  # 2 of 3, and 1 of 3 for certain
        ("not_told", "open", None, False),  # 1 of 3, or 2
        ("fewer", "fewer", False, False),  # 1 of 3
    ],
)
def test_most_questions_lie_on_a_side(third, beyond, holds, depends):
    tables = told(
        ("a", "more", "more", FIRM),
        ("b", "fewer", "fewer", FIRM),
        ("c", third, beyond, OPEN_BEYOND if beyond == "open" else LEANING),
        ("d", "fewer", "fewer", FIRM, "other"),
        ("e", "fewer", "fewer", FIRM, "other"),
    )
    check = inspected.questions_on_a_side(tables, provider="P", outcome="public", side="more")
    assert (check.holds, check.depends) == (holds, depends)
    # Of all five, at most two are more than half.
    assert inspected.most_on_a_side(tables, provider="P", side="more").holds is False


@pytest.mark.parametrize(("low", "high", "holds"), [(5, 5, True), (5, 12, None), (12, 12, False)])
def test_the_weakest_questions(low, high, holds):
    tables = findings(finding("A", low, high, 20), finding("B", 8, 8, 20), finding("C", 19, 19, 20))
    check = inspected.weakest_questions(tables, provider="P", outcome="public", questions="a")
    assert check.holds is holds


BETTER, OPEN_DIFFERENCE, WORSE = (0.1, 0.5), (-0.1, 0.4), (-0.5, -0.1)


@pytest.mark.parametrize(
    ("third", "limits", "holds", "depends", "because"),
    [
        # In the sample 15 of 20 against 9 to 10 of 20 on each of the three.
        (15, (BETTER, BETTER, OPEN_DIFFERENCE), True, False, "Worse in the sample on 0, "),
        (15, (BETTER, OPEN_DIFFERENCE, OPEN_DIFFERENCE), None, True, "In the sample: it holds; "),
        (15, (BETTER, BETTER, WORSE), None, True, "In the sample: it holds; "),
        # On the third 5 of 20: worse, which better on most does not allow.
        (5, (BETTER, BETTER, OPEN_DIFFERENCE), None, True, "In the sample: it cannot be told; "),
    ],
)
def test_a_provider_is_ahead_in_the_sample_and_beyond_it(third, limits, holds, depends, because):
    rows = [finding(name, 15, 15, 20) for name in "AB"] + [finding("C", third, third, 20)]
    rows += [finding(f"Q{n}", 9, 10, 20, provider="Q", question_id=n) for n in "abc"]
    tables = findings(*rows) | differing(*((n, *of) for n, of in zip("abc", limits, strict=True)))
    check = inspected.provider_ahead(tables, ahead="P", behind="Q")
    assert (check.holds, check.depends) == (holds, depends)
    assert check.because.startswith(because)
    # Seen from behind each difference is turned about: better on one of three at most.
    other = inspected.provider_ahead(tables, ahead="Q", behind="P")
    assert other.computed == (
        f"Better in the sample on {int(third == 5)} of 3 questions; beyond it on "
        f"{limits.count(WORSE)}"
    )


def test_without_a_difference_nobody_is_ahead_beyond_the_sample():
    rows = finding("A", 15, 15, 20), finding("B", 5, 5, 20, provider="Q", question_id="a")
    check = inspected.provider_ahead(findings(*rows) | differing(), ahead="P", behind="Q")
    assert check.depends
    assert "beyond it: it cannot be told" in check.because


def test_how_many_are_a_small_number_the_words_do_not_say():
    counted = finding("A", 28, 28, 32, polarity="insufficient")
    check = inspected.uncounted_words(findings(counted), findings="A")
    assert (check.holds, check.computed) == (None, "4 of 32, or 12.5%")
    both = findings(counted, finding("B", 8, 8, 16))
    assert inspected.uncounted_words(both, findings="A, B").computed == (
        "4 of 32 and 8 of 16, or 12.5% and 50.0%"
    )


def test_what_repeats_a_finding_holds_by_construction():
    said = finding("A", 0, 9, 20, precision="worded", printed_phrase="fewer than half")
    check = inspected.repeated(findings(said), finding="A")
    assert (check.holds, check.computed) == (True, "“fewer than half”")


def test_a_denominator_that_was_not_printed_is_said_to_be_inferred():
    inferred = finding("A", 5, 5, 20, printed_denominator=None)
    tables = findings(inferred, finding("B", 8, 8, 20), finding("C", 9, 9, 20))
    for check, of in [
        (inspected.weakest_questions(tables, provider="P", outcome="public", questions="a"), 3),
        (inspected.lower_share(tables, findings="A", than="B"), 2),
        (inspected.not_every_case(tables, findings="A"), 1),
        (inspected.uncounted_words(tables, findings="A, C"), 2),
    ]:
        assert check.because.endswith(f" Denominator inferred: 1 of {of}.")
    printed_alone = inspected.lower_share(tables, findings="B", than="C")
    assert printed_alone.because == "Lower: yes."
    side = told(("a", "fewer", "fewer", FIRM), ("b", "fewer", "fewer", FIRM)) | tables
    check = inspected.side_of_half(side, provider="P", questions="a, b", side="fewer")
    assert check.because == "Counted: two questions. Denominator inferred: 1 of 2."


@pytest.mark.parametrize(
    ("low", "high", "holds"), [(19, 19, True), (19, 20, None), (20, 20, False)]
)
def test_not_every_case_was_sufficient(low, high, holds):
    tables = findings(finding("A", low, high, 20), finding("B", 3, 3, 20))
    assert inspected.not_every_case(tables, findings="A, B").holds is holds


@pytest.mark.parametrize(
    ("low", "high", "holds"), [(14, 14, True), (14, 16, None), (16, 18, False)]
)
def test_a_share_is_lower(low, high, holds):
    tables = findings(finding("A", low, high, 21), finding("B", 15, 16, 21))
    assert inspected.lower_share(tables, findings="A", than="B").holds is holds


def test_three_quarters_of_the_cases_are_a_whole_number_or_not():
    tables = findings(
        finding("A", 15, 16, 21, bounds_rule="eq(3/4)"),
        finding("B", 30, 30, 40, bounds_rule="eq(3/4)"),
        finding("C", 30, 30, 40, bounds_rule="over(3/4)"),
        finding("D", 30, 30, 40, bounds_rule="eq(3/4)", printed_denominator=None),
    )
    assert inspected.whole_cases(tables, finding="A").holds is None
    assert inspected.whole_cases(tables, finding="A").computed == "3/4 of 21 is 15.75"
    assert inspected.whole_cases(tables, finding="B").holds is True
    # Of 40, if it is 40: three-quarters of 39 would be no whole number.
    open_ = inspected.whole_cases(tables, finding="D")
    assert (open_.holds, open_.computed) == (None, "3/4 of 40 is 30")
    assert open_.because.endswith("Denominator inferred: 1 of 1.")
    with pytest.raises(NotComputableError, match=r"not printed as a share: over\(3/4\)"):
        inspected.whole_cases(tables, finding="C")


# ---- Places -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("printed", "holds"), [(2, True), (3, False)])
def test_boroughs_are_counted(printed, holds):
    tables = places(*"abC", inspected="bC") | facts(N=printed)
    assert background.boroughs_inspected(tables, printed="N").holds is holds
    # Three areas, and c is no borough.
    assert background.boroughs_of_region(tables, beside="C", printed="N").holds is holds
    assert background.part_of_region(tables, part="inner", beside="C", printed="N").holds is holds


def test_an_area_that_is_no_borough_is_not_counted_as_one():
    tables = places(*"abcD") | facts(N=3)
    check = background.part_of_region(tables, part="inner", beside="c", printed="N")
    assert check.holds is False
    assert check.computed == "2 boroughs and c"
    assert "4 areas" in check.because


@pytest.mark.parametrize(("printed", "holds"), [(1, True), (2, False)])
def test_inspected_boroughs_in_a_part(printed, holds):
    tables = places(*"abC", inspected="bC") | facts(N=printed)
    assert background.inspected_in_part(tables, part="outer", printed="N").holds is holds


@pytest.mark.parametrize(("place", "holds"), [("b", True), ("a", False)])
def test_a_place_is_among_the_inspected(place, holds):
    check = background.among_inspected(places(*"abC", inspected="bC"), place=place)
    assert check.holds is holds


@pytest.mark.parametrize(("rate", "holds"), [(None, True), (7.1, False)])
def test_rates_of_unemployment_are_published_or_are_not(rate, holds):
    tables = rates(a=(None, rate), b=(None, None), C=(6.1, 6.2)) | places(*"abC", inspected="ab")
    tables["unemployment"]["gss_code"] = "E" + tables["unemployment"]["name"]
    check = background.no_unemployment_rates(tables)
    assert (check.holds, check.computed) == (holds, "" if holds else "2015: 1 of 2 boroughs")


@pytest.mark.parametrize(
    ("printed", "unit", "holds"),
    [
        (2.3, "million persons", True),  # 2,301,000
        (2.4, "million persons", False),  # 4% apart
        (2302000, "persons", None),  # 1,000 apart: 0.04%
    ],
)
def test_a_population_agrees_when_rounded_as_printed(printed, unit, holds):
    tables = populations(a=1_300_000, b=1_001_000, C=9) | places(*"abC", inspected="ab")
    tables |= facts(N=(printed, unit))
    assert background.population(tables, places="inspected", printed="N").holds is holds
    assert background.population(tables, places="a, b", printed="N").holds is holds


@pytest.mark.parametrize(("largest", "holds"), [(374_000, True), (375_000, None), (400_000, False)])
def test_the_range_of_populations(largest, holds):
    tables = populations(a=221_405, b=373_745, C=9) | places(*"abC", inspected="ab")
    tables |= facts(L=221_000, H=largest)
    assert background.population_range(tables, smallest="L", largest="H").holds is holds


@pytest.mark.parametrize(("other", "holds"), [(900, True), (999, None), (1100, False)])
def test_the_most_populous(other, holds):
    tables = populations(a=1000, b=other, C=9999) | places(*"abC", inspected="ab")
    assert background.most_populous(tables, place="a").holds is holds


@pytest.mark.parametrize(
    ("printed", "holds", "because"),
    [
        (80.5, False, "The printed figure is the share of white British residents."),
        (86.5, True, "The printed figure is not the share of white British residents."),
    ],
)
def test_white_residents_are_of_every_white_group(printed, holds, because):
    tables = ethnicities(a=(8049, 600, 1351)) | facts(N=printed)
    check = background.white_share(tables, place="a", printed="N")
    # 8,049 + 600 = 8,649 of 10,000
    assert check.computed == "86.5% white, 80.49% white British"
    assert (check.holds, check.because) == (holds, because)


@pytest.mark.parametrize(
    ("british", "other", "holds", "depends"),
    [
        (18, 1, True, False),  # 82% are not white British, 81% not white
        (18, 20, None, True),  # 82%, but 62%
        (21, 10, False, False),  # 79% is under 80%
        (10, 1, False, False),  # 90% and 89% are not just over it
    ],
)
def test_just_over_eighty_percent_by_each_definition(british, other, holds, depends):
    tables = ethnicities(a=(british, other, 100 - british - other)) | facts(N=80)
    check = background.minority_share(tables, place="a", printed="N")
    assert (check.holds, check.depends) == (holds, depends)


@pytest.mark.parametrize(
    ("counts", "holds"),
    [
        ((50, 10, 40), HOLDS),  # 50% and 40%, against 20% and 14%
        ((70, 20, 10), DEPENDS),  # 30%, but 10%
        ((90, 5, 5), DOES_NOT_HOLD),
    ],
)
def test_each_is_more_diverse(counts, holds):
    tables = ethnicities(a=(40, 10, 50), b=counts, E=(80, 6, 14)) | places(*"ab", inspected="ab")
    assert verdict(background.each_more_diverse(tables, than="E")) == holds


@pytest.mark.parametrize(
    ("own", "rival", "holds", "depends"),
    [
        # not white British, not white, and Simpson's index of a, then of b
        ((20, 20, 60), (70, 10, 20), True, False),  # .8, .6, .56, and .3, .2, .46
        ((60, 10, 30), (40, 10, 50), False, False),  # .4, .3, .54, and .6, .5, .58
        ((20, 20, 60), (40, 10, 50), None, True),  # .8, .6, .56, and .6, .5, .58
        ((20, 20, 60), (10, 10, 80), None, True),  # .8, .6, .56, and .9, .8, .34
    ],
)
def test_the_most_diverse_however_measured(own, rival, holds, depends):
    tables = ethnicities(a=own, b=rival, X=(0, 0, 9)) | places(*"ab", inspected="ab")
    for among in ("inspected", "region"):
        check = background.most_diverse(tables, place="a", among=among)
        assert (check.holds, check.depends) == (holds, depends)


def test_the_measures_of_diversity_are_named_with_their_results():
    tables = ethnicities(a=(30, 30, 40), b=(0, 10, 90)) | places(*"ab", inspected="ab")
    check = background.most_diverse(tables, place="a", among="inspected")
    assert check.because.startswith(
        "Not white British: it does not hold; not white: it does not hold; Simpson's index over the "
        "groups of the census: it holds."
    )
    # 1 - .09 - .09 - .16 = .66, and 1 - .01 - .81 = .18
    assert check.computed.endswith("census: a 66.0%, b 18.0%")


@pytest.mark.parametrize(
    ("third", "holds"),
    [((70, 5, 25), HOLDS), ((78, 20, 2), DEPENDS), ((90, 5, 5), DOES_NOT_HOLD)],
)
def test_most_boroughs_are_less_white(third, holds):
    tables = ethnicities(
        a=(50, 5, 45), b=third, c=(90, 5, 5), D=(1, 0, 99), E=(80, 6, 14)
    ) | places(*"abcD")
    assert verdict(background.mostly_less_white(tables, than="E", beside="D")) == holds


@pytest.mark.parametrize(
    ("other", "holds"), [((6.2, 5.1), True), ((6.2, 6.5), None), ((7.2, 6.5), False)]
)
def test_unemployment_is_above(other, holds):
    tables = rates(In_London=(7.0, 6.1), England=other)
    check = background.unemployment_above(tables, places="In London", than="England")
    assert check.holds is holds


@pytest.mark.parametrize(("inspected", "holds"), [("abC", True), ("aCD", False)])
def test_most_boroughs_are_deprived(inspected, holds):
    tables = deprivation("overall", a=40, b=30, C=20, D=10) | places(*"abCD", inspected=inspected)
    check = background.mostly_deprived(tables)
    assert check.holds is holds  # ranks 1 and 2 of 4 are above the median: two of three, or one
    assert check.computed == ("2 and 2 of 3 boroughs" if holds else "1 and 1 of 3 boroughs")


@pytest.mark.parametrize(("named", "holds"), [("C, D", True), ("a, D", False)])
def test_the_least_deprived(named, holds):
    tables = deprivation("overall", a=40, b=30, C=20, D=10) | places(*"abCD", inspected="abCD")
    assert background.least_deprived(tables, places=named).holds is holds


@pytest.mark.parametrize(
    ("named", "holds", "apart"),
    [("b, C", True, "none"), ("b, D", False, "D"), ("a, D", False, "a and D")],
)
def test_crime_is_like_the_others_in_each_named_place(named, holds, apart):
    # Of ranks 1 to 4: 2 and 3 lie within 1 to 4; with b, 4 lies outside 1 to 3.
    tables = deprivation("crime", a=40, b=30, C=20, D=10) | places(*"abCD", inspected="abCD")
    check = background.crime_like_the_others(tables, places=named)
    assert (check.holds, check.depends) == (holds, False)
    assert check.because.endswith(f"by every measure: {apart}.")


def test_crime_like_the_others_by_one_measure_alone_depends():
    table = deprivation("crime", a=40, b=30, C=20)["deprivation_2015"]
    by_score = table["measure"] == "average_score"
    table.loc[by_score & (table["name"] == "b"), "rank"] = 9  # others: 1 and 3
    tables = Small({"deprivation_2015": table}) | places(*"abC", inspected="abC")
    check = background.crime_like_the_others(tables, places="b")
    assert check.depends
    assert check.because.startswith("Average rank: it holds; average score: it does not hold.")


@pytest.mark.parametrize(("named", "holds"), [("d", HOLDS), ("a", DOES_NOT_HOLD), ("b", DEPENDS)])
def test_crime_is_average_of_england_and_of_the_region(named, holds):
    values = dict(zip("abcdeFGH", (80, 70, 60, 50, 40, 55, 45, 35), strict=True))
    tables = deprivation("crime", **values) | places(*"abcde", inspected="abcde")
    # Places from the top: d (4.5 / 8 = .56, 3.5 / 5 = .7), a (.5 / 8, .5 / 5), and
    # b (1.5 / 8 = .19, 1.5 / 5 = .3), which is in the middle half of five but not of eight.
    check = background.average_crime(tables, places=named)
    assert verdict(check) == holds
    assert "Ranks of 8, " in check.because
    assert ("of the west: it holds" in check.because) is (holds == DEPENDS)


@pytest.mark.parametrize(("printed", "holds"), [(3, True), (4, False)])
def test_the_ranks_run(printed, holds):
    values = {"a": 30, "b": 20, "C": 10}
    each = [deprivation(domain, **values)["deprivation_2015"] for domain in ("overall", "crime")]
    tables = Small({"deprivation_2015": pd.concat(each)}) | facts(N=printed)
    assert background.ranks_run(tables, printed="N").holds is holds


def test_rank_1_must_be_the_most_deprived():
    table = deprivation("overall", a=30, b=20)["deprivation_2015"]
    table["rank"] = 3 - table["rank"]
    both = pd.concat([table, table.assign(domain="crime")])
    tables = Small({"deprivation_2015": both}) | facts(N=2)
    assert background.ranks_run(tables, printed="N").holds is False


# ---- Reoffending: cohorts uphold together, refute together, or do neither -------------------------

SAME = {"N": 26, "a": 23, "b": 25, "C": 28, "D": 30}
OTHER = {"N": 25, "a": 23, "b": 29, "C": 28, "D": 33}
FOUR = places(*"abCD", inspected="abCD")
OPEN = "It holds in 1 of 2 cohorts."


@pytest.mark.parametrize(
    ("computation", "arguments", "told"),
    [
        # 26 of 100; then 25
        ("national_reoffending", {"printed": "R"}, "2010: 26.0%; 2011: 25.0%"),
        # a and b lie below 26; a alone below 25
        (
            "below_national_reoffending",
            {"places": "a, b"},
            "2010: a and b below; 2011: a below",
        ),
        # a and b are lowest; then a and C
        (
            "lowest_reoffending",
            {"places": "a, b"},
            "2010: lowest a and b; 2011: lowest C and a",
        ),
        # 23 - 26 = -3; then 23 - 25 = -2
        ("widest_reoffending_gap", {"printed": "L"}, "2010: −3.0 points; 2011: −2.0 points"),
        # 30 - 26 = 4; then 33 - 25 = 8
        ("widest_reoffending_gap", {"printed": "H"}, "2010: +4.0 points; 2011: +8.0 points"),
    ],
)
def test_reoffending_over_the_cohorts(computation, arguments, told):
    printed = facts(R=26, L=-3, H=4)
    check = ledger.COMPUTATIONS[computation]
    every = check(reoffending(SAME, SAME) | FOUR | printed, **arguments)
    assert every.holds is True
    assert every.computed.startswith("2010 and 2011: ")
    one = check(reoffending(SAME, OTHER) | FOUR | printed, **arguments)
    assert (one.holds, one.because, one.computed) == (None, OPEN, told)
    none = check(reoffending(OTHER) | FOUR | printed, **arguments)
    assert (none.holds, none.because) == (False, "It holds in none of 1 cohorts.")


def test_rates_that_differ_by_more_than_chance_vary():
    even = {"N": 26, "a": 25, "b": 25, "C": 26, "D": 26}
    apart = {"N": 26, "a": 10, "b": 20, "C": 30, "D": 40}
    assert cohorts.reoffending_varies(reoffending(apart) | FOUR).holds is True
    check = cohorts.reoffending_varies(reoffending(even) | FOUR)
    assert check.holds is False
    # Of 100 each, 25.5 expected: (.25 * 4) / 25.5 + (.25 * 4) / 74.5 = .053 on 3 df
    assert check.computed == "2010: 25.0% to 26.0%, p 0.997"
    assert cohorts.reoffending_varies(reoffending(apart, even) | FOUR).holds is None


# ---- The ledger ---------------------------------------------------------------------------------


def claim(**columns):
    values = dict.fromkeys(raw.CLAIMS.columns) | {"claim_id": "K001", "claim": "C.", "printed": "p"}
    return values | {"report_line": 9, "report_section": "1. Work > Staff"} | columns


def test_a_claim_becomes_a_row_with_its_verdict():
    listed = pd.DataFrame(
        [
            claim(computation="falling", arguments="figures=A, B"),
            claim(computation="falling", arguments="figures=B, A", note="A note."),
            claim(note="No figures."),
        ]
    )
    found = ledger.ledger(listed, facts(A=2, B=1), area="x")
    assert list(found) == list(processed.CLAIMS_LEDGER.columns)
    assert found[["computed", "verdict", "tested_against", "because"]].to_numpy().tolist() == [
        ["2 > 1", HOLDS, REPORT_FIGURES, "Each is larger than the next."],
        ["1 and 2", DOES_NOT_HOLD, REPORT_FIGURES, "Not each is larger than the next. A note."],
        ["not available", CANNOT_BE_CHECKED, ITSELF, "No figures."],
    ]
    assert set(found["area"]) == {"x"}


def test_what_readings_disagree_on_depends_and_is_no_open_question():
    assert common.by_reading("2", {"by x": True, "by y": True}, "B.") == Check("2", True, "B.")
    check = common.by_reading("2", {"by x": True, "by y": False}, "B.")
    assert check.because == "By x: it holds; by y: it does not hold. B."
    assert (check.holds, check.depends) == (None, True)


def test_no_claims_give_the_empty_table():
    found = ledger.ledger(files.empty(raw.CLAIMS), Small({}), area="x")
    assert found.empty
    assert list(found) == list(processed.CLAIMS_LEDGER.columns)


def test_arguments_are_read():
    assert arguments.read("a=1, 2; b=of C003") == {"a": "1, 2", "b": "of C003"}
    assert arguments.read("") == {}


def test_a_claim_that_is_not_computed_says_why(tmp_path):
    path = tmp_path / "claims.csv"
    row = 'K001,C.,p,1,Foreword,,,""'
    path.write_text(f"{','.join(raw.CLAIMS.columns)}\n{row}\n", encoding="utf-8")
    with pytest.raises(BadDataError) as caught:
        files.read(path, raw.CLAIMS)
    assert [problem.allowed for problem in caught.value.problems] == [
        "a claim without a computation needs a note that says why"
    ]


def test_every_computation_is_used_and_every_used_one_is_there():
    assert set(CLAIMS["computation"].dropna()) == set(ledger.COMPUTATIONS)


def test_every_claim_gives_its_computation_what_it_takes():
    for row in CLAIMS.dropna(subset="computation").itertuples():
        given = arguments.read("" if pd.isna(row.arguments) else row.arguments)
        takes = list(inspect.signature(ledger.COMPUTATIONS[row.computation]).parameters)
        assert ["tables", *given] == takes, row.claim_id


def test_claims_follow_the_report_and_sections_do_not_overlap():
    assert CLAIMS["report_line"].is_monotonic_increasing
    assert sorted(CLAIMS["claim_id"]) == [f"K{n:03}" for n in range(1, len(CLAIMS) + 1)]
    chapter = CLAIMS["report_section"].str.partition(" > ")[0]
    facts_too = INSPECTION.context
    lines = pd.concat([CLAIMS["report_line"], facts_too["report_line"]])
    sections = pd.concat([chapter, facts_too["report_section"].str.partition(" > ")[0]])
    spans = lines.groupby(sections.to_numpy()).agg(["min", "max"]).sort_values("min")
    assert (spans["max"].iloc[:-1].to_numpy() < spans["min"].iloc[1:].to_numpy()).all()


def test_a_fact_is_claimed_on_a_line_near_which_it_is_printed():
    printed = INSPECTION.context.set_index("fact_id")["report_line"]
    for row in CLAIMS.itertuples():
        for name, text in arguments.read(str(row.arguments)).items():
            if name == "printed":
                assert abs(printed[text.removeprefix("of ")] - row.report_line) < 200, row.claim_id


# ---- What is known of the report's claims -------------------------------------------------------


@pytest.mark.parametrize(
    ("claim_id", "verdict", "against", "figures"),
    [
        ("K004", HOLDS, REPORT_FIGURES, ["44,313 of 258,748 is 17.1%"]),
        ("K057", HOLDS, REPORT_FIGURES, ["70 / 23 = 3.04"]),
        ("K071", HOLDS, REPORT_FIGURES, ["40 + 21 = 61"]),
        ("K075", HOLDS, OPEN_DATA, ["373,745"]),
        ("K080", DOES_NOT_HOLD, OPEN_DATA, ["13 boroughs and City of London"]),
        # White British residents are 80.49% of England and Wales, white ones 86.0%.
        ("K076", DOES_NOT_HOLD, OPEN_DATA, ["86.0% white, 80.49% white British"]),
        # Just over 80% by one definition of a minority, below two-thirds by the other.
        ("K035", DEPENDS, OPEN_DATA, ["82.0% not white British", "63.7% not white"]),
        # Newham is ahead by either share, Brent by Simpson's index; of the eight Brent is by all.
        (
            "K078",
            DEPENDS,
            OPEN_DATA,
            ["Brent 82.0%, Newham 83.3%", "Brent 63.7%, Newham 71.0%", "Brent 78.9%, Ealing 77.7%"],
        ),
        ("K034", HOLDS, OPEN_DATA, ["Brent 82.0%, Redbridge 65.5%"]),
        # 44 is not among 3 to 31; that Redbridge's 22 and 24 are does not help Barnet.
        (
            "K039",
            DOES_NOT_HOLD,
            OPEN_DATA,
            ["Barnet 44 and 44; Redbridge 22 and 24; others 3 to 31"],
        ),
        ("K085", DEPENDS, OPEN_DATA, ["Barnet 44 and 44"]),
        # What is printed in words alone holds by construction; a small number has no bound.
        ("K016", HOLDS, ITSELF, ["“most service users had not received"]),
        ("K019", HOLDS, ITSELF, ["“Fewer than half"]),
        ("K108", HOLDS, ITSELF, ["“In most cases"]),
        ("K111", HOLDS, ITSELF, ["in most cases”"]),
        ("K104", HOLDS, ITSELF, ["two-thirds of cases”"]),
        ("K106", HOLDS, ITSELF, ["“in three-quarters of the cases inspected”"]),
        ("K109", HOLDS, ITSELF, ["only 9 of the 40 CRC service users”"]),
        ("K110", HOLDS, ITSELF, ["“in half of the cases inspected”"]),
        ("K112", HOLDS, ITSELF, ["“in all but two cases inspected”"]),
        ("K018", CANNOT_BE_CHECKED, REPORT_FIGURES, ["4 of 32, or 12.5%"]),
        # Cohorts that are not the report's uphold together, refute together, or do neither.
        ("K041", CANNOT_BE_CHECKED, OPEN_DATA, ["26.5%", "26.6%", "25.9%"]),
        ("K042", DOES_NOT_HOLD, OPEN_DATA, ["2011 and 2012: Barnet and Enfield below"]),
        ("K043", HOLDS, OPEN_DATA, ["Barnet, Enfield, Redbridge and Waltham Forest"]),
        ("K044", CANNOT_BE_CHECKED, OPEN_DATA, ["−3.6", "−3.3", "−3.4"]),
        ("K045", DOES_NOT_HOLD, OPEN_DATA, ["+5.2", "+4.7", "+6.0"]),
        ("K101", HOLDS, OPEN_DATA, ["22.5% to 31.9%"]),
        # In the sample, and beyond it.
        ("K087", DEPENDS, REPORT_FIGURES, ["sample: 22 of 23; beyond it: 10, firmly 7"]),
        ("K088", HOLDS, REPORT_FIGURES, ["sample: 2 of 2; beyond it: 2, firmly 2"]),
        ("K089", DEPENDS, REPORT_FIGURES, ["sample: 7 of 8; beyond it: 2, firmly 1"]),
        ("K013", DEPENDS, REPORT_FIGURES, ["sample: 7 of 8; beyond it: 2, firmly 1"]),
        ("K015", HOLDS, REPORT_FIGURES, ["sample: 10 of 10; beyond it: 7, firmly 5"]),
        ("K017", DEPENDS, REPORT_FIGURES, ["sample: 9 of 10; beyond it: 4, firmly 1"]),
        ("K020", CANNOT_BE_CHECKED, REPORT_FIGURES, ["sample: 1 of 2; beyond it: 0"]),
        ("K021", HOLDS, REPORT_FIGURES, ["sample: 5 of 5; beyond it: 4, firmly 1"]),
        ("K061", DEPENDS, REPORT_FIGURES, ["sample: 7 of 7; beyond it: 2, firmly 1"]),
        ("K095", HOLDS, REPORT_FIGURES, ["sample: 3 of 3; beyond it: 3, firmly 0"]),
        ("K113", HOLDS, REPORT_FIGURES, ["sample: 3 of 3; beyond it: 3, firmly 0"]),
        ("K093", HOLDS, REPORT_FIGURES, ["In the sample: 28 of 32"]),
        ("K063", HOLDS, REPORT_FIGURES, ["In the sample: 14 of 21, against 15 to 16 of 21"]),
        # Better on nearly all in the sample, and surely so on no more than the summary says.
        ("K005", DEPENDS, REPORT_FIGURES, ["sample on 15 of 16 questions; beyond it on 5"]),
        # How much is significant, or enough, the words do not say.
        ("K092", CANNOT_BE_CHECKED, REPORT_FIGURES, ["50 to 100"]),
        ("K094", CANNOT_BE_CHECKED, REPORT_FIGURES, ["11 of 21 and 13 of 18"]),
        # A share in words of a number that is not printed.
        ("K062", CANNOT_BE_CHECKED, REPORT_FIGURES, ["3/4 of 21 is 15.75"]),
        # What the report says twice, and not alike.
        ("K098", DOES_NOT_HOLD, REPORT_FIGURES, ["June 2014 and February 2015"]),
        ("K105", DOES_NOT_HOLD, REPORT_FIGURES, ["May 2016 and June 2016"]),
        # What was missing.
        ("K090", HOLDS, REPORT_FIGURES, ["10,071"]),
        ("K091", HOLDS, REPORT_FIGURES, ["21, 21 and 21"]),
        ("K103", HOLDS, REPORT_FIGURES, ["55, of 50 to 100"]),
        ("K114", HOLDS, REPORT_FIGURES, ["7 and 7"]),
        ("K116", HOLDS, REPORT_FIGURES, ["June 2014"]),
        ("K100", DOES_NOT_HOLD, OPEN_DATA, ["2014: 8 of 8 boroughs; 2015: 8 of 8 boroughs"]),
        ("K107", DOES_NOT_HOLD, OPEN_DATA, ["Havering: not inspected"]),
        *(
            (claim_id, CANNOT_BE_CHECKED, ITSELF, ["not available"])
            for claim_id in ("K096", "K097", "K099", "K102", "K115")
        ),
    ],
)
def test_known_results(claim_id, verdict, against, figures):
    row = LEDGER.loc[claim_id]
    assert (row["verdict"], row["tested_against"]) == (verdict, against)
    for figure in figures:
        assert figure in row["computed"]


@pytest.mark.parametrize(
    ("claim_id", "told"),
    [
        ("K014", ["Denominator inferred: "]),
        ("K063", ["Denominator inferred: 2 of 2."]),
        ("K005", ["Denominator inferred: "]),
        ("K022", ["Leaning beyond it: 1, on ", "Denominator inferred: 1 of 1."]),
        ("K023", ["Leaning beyond it: 1, on "]),
        ("K095", ["Leaning beyond it: 3, on "]),
        ("K113", ["Leaning beyond it: 3, on "]),
    ],
)
def test_a_statement_says_what_its_verdict_leans_on(claim_id, told):
    for each in told:
        assert each in LEDGER.loc[claim_id, "because"]


def test_what_holds_by_construction_is_the_sentence_of_its_finding():
    known = INSPECTION.findings.set_index("finding_id")
    for row in CLAIMS[CLAIMS["computation"] == "repeated"].itertuples():
        said = known.loc[arguments.read(row.arguments)["finding"]]
        assert said["report_line"] == row.report_line or pd.notna(said["also_stated"]), row.claim_id


@pytest.mark.parametrize("claim_id", LEDGER.index[LEDGER["verdict"] == DEPENDS])
def test_what_depends_names_each_reading_with_its_result(claim_id):
    readings = LEDGER.loc[claim_id, "because"].partition(".")[0].split("; ")
    results = {reading.partition(": ")[2] for reading in readings}
    assert len(results) > 1
    assert results <= {"it holds", "it does not hold", "it cannot be told"}


def test_a_statement_has_a_section_and_no_place_in_a_text_that_no_reader_has():
    shown = LEDGER[["claim", "printed", "computed", "because", "report_section"]]
    assert not shown.stack().str.contains(r"\blines? \d").any()


def test_the_ledger_agrees_with_its_declaration(tmp_path):
    path = tmp_path / "claims_checked.csv"
    written = files.write(LEDGER.reset_index(), path, processed.CLAIMS_LEDGER)
    assert len(written) == len(CLAIMS)
    assert set(written["verdict"]) == set(codes.VERDICTS)


def test_a_claim_is_not_a_quotation():
    assert CLAIMS["claim"].str.endswith(".").all()
    assert CLAIMS["printed"].str.split().str.len().max() <= 7
    assert CLAIMS["claim"].is_unique
