"""The claims of the report: each computation on a small table, then what it says of the real one."""

import inspect

import pandas as pd
import pytest

from analysis.claims import arguments, background, inspected, ledger, printed
from analysis.claims.common import NotComputableError, Tables
from analysis.data import codes, processed, raw, sources
from analysis.data import tables as files
from analysis.data.problems import BadDataError
from shipped import INSPECTED, INSPECTION, LONDON

HOLDS, DOES_NOT_HOLD, CANNOT_BE_CHECKED = codes.VERDICTS
CLAIMS = INSPECTION.claims
RAW = Tables(
    {name: sources.load(name) for name in raw.RAW}
    | {name: getattr(INSPECTION, name) for name in raw.INSPECTION},
    places=INSPECTED,
    members=LONDON,
    region="London",
)
LEDGER = ledger.ledger(CLAIMS, RAW, area="north-of-london").set_index("claim_id")


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
        "sufficient_low": low,
        "sufficient_high": high,
        "sufficient_low_tight": low,
        "sufficient_high_tight": high,
    }
    return dict.fromkeys(raw.FINDINGS.columns) | values | columns


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


@pytest.mark.parametrize(
    ("low", "high", "side", "holds"),
    [
        (11, 20, "more", True),
        (10, 20, "more", None),  # half of 20 is not more than half
        (4, 10, "more", False),
        (0, 9, "fewer", True),
        (9, 11, "fewer", None),
        (10, 20, "fewer", False),
    ],
)
def test_the_side_of_half(low, high, side, holds):
    tables = findings(finding("A", low, high, 20))
    assert inspected.side_of_half(tables, findings="A", side=side).holds is holds


def test_all_findings_must_lie_on_the_side():
    tables = findings(finding("A", 1, 1, 20), finding("B", 9, 11, 20), finding("C", 19, 19, 20))
    assert inspected.side_of_half(tables, findings="A, B", side="fewer").holds is None
    assert inspected.side_of_half(tables, findings="A, B, C", side="fewer").holds is False


@pytest.mark.parametrize(
    ("lowest", "highest", "holds"),
    [(15, 15, True), (9, 15, None), (2, 2, False)],
)
def test_most_questions_lie_on_a_side(lowest, highest, holds):
    tables = findings(
        finding("A", 15, 15, 20),
        finding("B", lowest, highest, 20),
        finding("C", 2, 2, 20),
        finding("D", 1, 1, 20, unit="court_report"),  # no case
        finding("E", 1, 1, 20, outcome="other"),
        finding("F", None, None, None),  # no figure
    )
    check = inspected.questions_on_a_side(tables, provider="P", outcome="public", side="more")
    assert check.holds is holds
    assert check.computed.endswith("of 3 questions")


@pytest.mark.parametrize(("low", "high", "holds"), [(5, 5, True), (5, 12, None), (12, 12, False)])
def test_the_weakest_questions(low, high, holds):
    tables = findings(finding("A", low, high, 20), finding("B", 8, 8, 20), finding("C", 19, 19, 20))
    check = inspected.weakest_questions(tables, provider="P", outcome="public", questions="a")
    assert check.holds is holds


@pytest.mark.parametrize(
    ("third", "holds", "because"),
    [
        (15, True, "Better on 3, worse on 0, left open by the words on 0."),
        (5, None, "Better on 2, worse on 1, left open by the words on 0."),
    ],
)
def test_a_provider_is_ahead(third, holds, because):
    rows = [finding(name, 15, 15, 20) for name in "AB"] + [finding("C", third, third, 20)]
    rows += [finding(f"Q{n}", 9, 10, 20, provider="Q", question_id=n) for n in "abc"]
    check = inspected.provider_ahead(findings(*rows), ahead="P", behind="Q")
    assert (check.holds, check.because) == (holds, because)
    assert inspected.provider_ahead(findings(*rows), ahead="Q", behind="P").holds is False


@pytest.mark.parametrize(("insufficient", "holds"), [(2, True), (4, None), (9, False)])
def test_a_small_number_is_read_as_elsewhere(insufficient, holds):
    # Elsewhere: 1 to 3 of 20, or 0 to 6 at the wider reading.
    worded = finding("A", 0, 6, 20, bounds_rule="small_number") | {
        "sufficient_low_tight": 1,
        "sufficient_high_tight": 3,
    }
    left = 20 - insufficient
    counted = finding("B", left, left, 20, polarity="insufficient")
    check = inspected.small_number(findings(worded, counted), finding="B")
    assert check.holds is holds
    assert check.computed == f"{insufficient} of 20, or {insufficient / 20:.1%}"


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
    )
    assert inspected.whole_cases(tables, finding="A").holds is None
    assert inspected.whole_cases(tables, finding="A").computed == "3/4 of 21 is 15.75"
    assert inspected.whole_cases(tables, finding="B").holds is True
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


@pytest.mark.parametrize(("printed", "holds"), [(80.5, True), (86.5, False)])
def test_the_white_share_is_that_of_white_british(printed, holds):
    tables = ethnicities(a=(8049, 600, 1351)) | facts(N=printed)
    check = background.white_british(tables, place="a", printed="N")
    assert (check.holds, check.computed) == (holds, "80.49%")
    assert "86.5%" in check.because  # 8,049 + 600


@pytest.mark.parametrize(("british", "holds"), [(18, True), (21, False), (10, False)])
def test_just_over_eighty_percent(british, holds):
    tables = ethnicities(a=(british, 10, 90 - british)) | facts(N=80)
    # 82% are not white British; 79% is under 80%, and 90% is not just over it.
    assert background.minority_share(tables, place="a", printed="N").holds is holds


@pytest.mark.parametrize(
    ("counts", "holds"),
    [
        ((50, 10, 40), True),  # 50% and 40%, against 20% and 14%
        ((70, 20, 10), None),  # 30%, but 10%
        ((90, 5, 5), False),
    ],
)
def test_each_is_more_diverse(counts, holds):
    tables = ethnicities(a=(40, 10, 50), b=counts, E=(80, 6, 14)) | places(*"ab", inspected="ab")
    assert background.each_more_diverse(tables, than="E").holds is holds


@pytest.mark.parametrize(
    ("rival", "holds"),
    [
        ((40, 10, 50), True),
        ((10, 60, 30), None),  # 90% not white British, but 30% not white
        ((10, 10, 80), False),
    ],
)
def test_the_most_diverse(rival, holds):
    tables = ethnicities(a=(20, 20, 60), b=rival, X=(0, 0, 9)) | places(*"ab", inspected="ab")
    for among in ("inspected", "region"):
        assert background.most_diverse(tables, place="a", among=among).holds is holds


def test_simpsons_index_is_told_and_decides_nothing():
    tables = ethnicities(a=(30, 30, 40), b=(0, 10, 90)) | places(*"ab", inspected="ab")
    check = background.most_diverse(tables, place="a", among="inspected")
    assert check.holds is False
    # 1 - .09 - .09 - .16 = .66, and 1 - .01 - .81 = .18
    assert check.because.endswith("its rank is 1.")


@pytest.mark.parametrize(
    ("third", "holds"),
    [((70, 5, 25), True), ((78, 20, 2), None), ((90, 5, 5), False)],
)
def test_most_boroughs_are_less_white(third, holds):
    tables = ethnicities(
        a=(50, 5, 45), b=third, c=(90, 5, 5), D=(1, 0, 99), E=(80, 6, 14)
    ) | places(*"abcD")
    check = background.mostly_less_white(tables, than="E", beside="D")
    assert check.holds is holds


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


@pytest.mark.parametrize(("named", "holds"), [("b, C", True), ("b, D", None), ("a, D", False)])
def test_crime_is_like_the_others(named, holds):
    tables = deprivation("crime", a=40, b=30, C=20, D=10) | places(*"abCD", inspected="abCD")
    assert background.crime_like_the_others(tables, places=named).holds is holds


@pytest.mark.parametrize(("named", "holds"), [("d", True), ("a", False), ("b", None)])
def test_crime_is_average_of_england_and_of_the_region(named, holds):
    values = dict(zip("abcdeFGH", (80, 70, 60, 50, 40, 55, 45, 35), strict=True))
    tables = deprivation("crime", **values) | places(*"abcde", inspected="abcde")
    # Places from the top: d (4.5 / 8 = .56, 3.5 / 5 = .7), a (.5 / 8, .5 / 5), and
    # b (1.5 / 8 = .19, 1.5 / 5 = .3), which is in the middle half of five but not of eight.
    check = background.average_crime(tables, places=named)
    assert check.holds is holds
    assert "Ranks of 8, " in check.because
    assert "of the west: " in check.because


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


# ---- Reoffending: what does not hold in every cohort is left open ---------------------------------

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
    assert (none.holds, none.because) == (None, "It holds in none of 1 cohorts.")


# ---- The ledger ---------------------------------------------------------------------------------


def claim(**columns):
    values = dict.fromkeys(raw.CLAIMS.columns)
    return values | {"claim_id": "K001", "claim": "C.", "printed": "p", "report_line": 9} | columns


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
    assert found[["computed", "verdict", "because"]].to_numpy().tolist() == [
        ["2 > 1", HOLDS, "Each is larger than the next."],
        ["1 and 2", DOES_NOT_HOLD, "Not each is larger than the next. A note."],
        ["not available", CANNOT_BE_CHECKED, "No figures."],
    ]
    assert set(found["area"]) == {"x"}


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
    assert CLAIMS["claim_id"].tolist() == [f"K{n:03}" for n in range(1, len(CLAIMS) + 1)]
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


def said(line, computation):
    rows = CLAIMS[(CLAIMS["report_line"] == line) & (CLAIMS["computation"] == computation)]
    return LEDGER.loc[rows["claim_id"].item()]


@pytest.mark.parametrize(
    ("line", "computation", "verdict", "figures"),
    [
        (64, "share", HOLDS, ["44,313 of 258,748 is 17.1%"]),
        (243, "minority_share", HOLDS, ["82.0%"]),
        (346, "growing", HOLDS, ["70 / 23 = 3.04"]),
        (831, "most_populous", HOLDS, ["373,745"]),
        (840, "white_british", HOLDS, ["80.49%"]),
        (840, "most_diverse", DOES_NOT_HOLD, ["Brent 82.0%", "Newham 83.3%"]),
        (247, "lowest_reoffending", HOLDS, ["Barnet, Enfield, Redbridge and Waltham Forest"]),
        (
            247,
            "below_national_reoffending",
            CANNOT_BE_CHECKED,
            ["2011 and 2012: Barnet and Enfield below"],
        ),
        (807, "adding_up", HOLDS, ["40 + 21 = 61"]),
        (853, "part_of_region", DOES_NOT_HOLD, ["13 boroughs and City of London"]),
    ],
)
def test_known_results(line, computation, verdict, figures):
    row = said(line, computation)
    assert row["verdict"] == verdict
    for figure in figures:
        assert figure in row["computed"]


def test_the_ledger_agrees_with_its_declaration(tmp_path):
    path = tmp_path / "claims_checked.csv"
    written = files.write(LEDGER.reset_index(), path, processed.CLAIMS_LEDGER)
    assert len(written) == len(CLAIMS)
    assert set(written["verdict"]) == set(codes.VERDICTS)


def test_a_claim_is_not_a_quotation():
    assert CLAIMS["claim"].str.endswith(".").all()
    assert CLAIMS["printed"].str.split().str.len().max() <= 7
    assert CLAIMS["claim"].is_unique
