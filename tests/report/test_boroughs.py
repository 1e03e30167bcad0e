"""What the page says of reoffending and deprivation, of one local authority or of several."""

import re
from dataclasses import replace

import pandas as pd
from parts import every, only, paragraphs

from analysis import areas
from analysis.areas import Area
from analysis.data import inspection, processed, tables
from analysis.report.content import Bullets, Figure, Part, Table
from analysis.report.sections import boroughs, diagnostics

PARTS = (
    boroughs.rates,
    boroughs.limits,
    boroughs.estimators,
    boroughs.years,
    boroughs.methods,
    diagnostics.funnel,
    diagnostics.residuals,
    diagnostics.influence,
    diagnostics.leave_one_out,
    diagnostics.measures,
)


def test_without_figures_there_is_no_part_and_no_sentence(report_of):
    report = report_of("barnet")
    empty = {
        name: tables.empty(processed.PROCESSED[name])
        for name in report.tables
        if name.startswith(("reoffending", "deprivation", "boroughs"))
    }
    for area in ("barnet", "outer-london"):
        without = replace(report, area=areas.get(area), tables={**report.tables, **empty})
        assert [block for part in PARTS for block in part(without)] == []
        assert list(boroughs.fitted_lines(without)) == []
        assert list(boroughs.model_lines(without)) == []


# ---- The place of a single local authority in London ---------------------------------------------


def test_a_single_place_is_set_in_the_london_model(report_of):
    report = report_of("barnet")
    row = report["reoffending_boroughs"].set_index("name").loc["Barnet"]
    (line,) = boroughs.fitted_lines(report)
    assert line == (
        "For a local authority of outer London with a deprivation score of 17.8 (rank 109 of 152) the "
        f"model of London fits a rate of {100 * row['fitted']:.1f}%. That of Barnet, 22.5%, is below "
        "that: a residual of −1.34, the lowest of 33 and within ±2."
    )


def test_a_residual_beyond_the_bound_is_named_as_such(report_of):
    (line,) = boroughs.fitted_lines(report_of("islington"))
    assert "is above that: a residual of 2.06, the second highest of 33 and beyond ±2" in line


def test_an_area_of_several_has_no_place(report_of):
    report = report_of("north-of-london")
    assert list(boroughs.fitted_lines(report)) == []


def test_the_page_of_a_single_place_leads_to_the_model_and_does_not_repeat_it(report_of):
    report = report_of("barnet")
    shown = Part(*(part(report) for part in PARTS))
    assert every(Figure, shown) == []
    table = only(Table, shown)
    assert table.caption == "Reoffending and deprivation in Barnet, cohort 2012"
    (line,) = boroughs.model_lines(report)
    assert line.endswith(
        'This is about areas, not about people. <a href="../index.html#area-london">The page of London</a> '
        "has the model, how well it fits and what drives it."
    )
    assert "one standard deviation more deprived (7.4 points of the score, the usual" in line
    assert "The page of" not in next(boroughs.model_lines(report_of("london")))


def test_the_figure_of_several_says_its_trend_and_where_its_numbers_are(report_of):
    figure = only(Figure, boroughs.rates(report_of("outer-london")))
    assert re.fullmatch(
        r"Reoffending rates rise with deprivation: from least to most deprived, the fitted rate goes from "
        r"\d\d% to \d\d% in inner London and \d\d% to \d\d% in outer London. Every rate and score is in "
        "the table of all 33 London local authorities, below.",
        figure.alt,
    )
    assert "in colour: outer London" in figure.caption


def test_a_row_of_the_table_has_the_rate_with_its_counts_and_the_deprivation(report_of):
    report = report_of("barnet")
    table = only(Table, boroughs.rates(report))
    fitted = report["reoffending_boroughs"].set_index("name").loc["Barnet", "fitted"]
    assert dict(zip([cell.heading for cell in table.cells], table.rows()[0], strict=True)) == {
        "Local authority": "Barnet",
        "Rate (95% interval)": "22.5% (20.9% to 24.2%)",  # 544 / 2414
        "Rank (95% interval)": "31 (26 to 33)",
        "Reoffenders of offenders": "544 of 2,414",
        # Drawn towards 26.5%, the rate of all.
        "Shrunken rate": "23.1%",
        "Fitted": f"{100 * fitted:.1f}%",
        "Deprivation score (rank of 152)": "17.8 (109)",
    }


def test_a_caption_says_whom_its_figure_names(report_of):
    figure = only(Figure, boroughs.rates(report_of("inner-london")))
    assert "; in colour: inner London. " in figure.caption
    assert figure.caption.endswith(
        "Named: the one with fewest offenders, and the local authorities of inner London where there is "
        "room."
    )


def test_a_page_without_a_sample_speaks_of_no_inspection(report_of):
    part = boroughs.rates(report_of("barnet")) + diagnostics.funnel(report_of("london"))
    for text in (*paragraphs(part), *(figure.caption for figure in every(Figure, part))):
        assert "nspection" not in text
        assert "Figure" not in text


# ---- Areas of several local authorities ---------------------------------------------------------


def test_a_rate_of_fewer_than_20_reoffenders_or_others_is_no_end_of_a_range():
    rows = pd.DataFrame(
        [("A", 19, 200), ("B", 20, 100), ("C", 60, 80), ("D", 81, 100)],
        columns=["name", "reoffenders", "offenders"],
    ).assign(rate=lambda rows: rows["reoffenders"] / rows["offenders"])
    told = boroughs.comparable(rows)
    assert told["name"].tolist() == ["B", "C"]  # of A 19 reoffended, of D 19 did not
    assert [end["name"] for end in boroughs.ends(told)] == ["B", "C"]


def test_a_column_in_which_every_place_is_alike_is_left_out(report_of):
    own, london = every(Table, boroughs.rates(report_of("outer-london")))
    assert (
        own.caption
        == "Reoffending and deprivation in outer London, cohort 2012. The highest rate first"
    )
    assert (len(own.rows()), len(london.rows())) == (19, 33)
    assert "Part of London" not in [cell.heading for cell in own.cells]
    assert "Part of London" in [cell.heading for cell in london.cells]


def test_all_of_london_is_shown_once(report_of):
    report = report_of("london")
    part = boroughs.rates(report) + diagnostics.leave_one_out(report)
    table, _ = every(Table, part)
    assert (
        table.caption
        == "Reoffending and deprivation in London, cohort 2012. The highest rate first"
    )
    assert list(boroughs.area_lines(report)) == []


# ---- The estimators -----------------------------------------------------------------------------


def test_the_primary_estimator_is_the_first(report_of):
    report = report_of("outer-london")
    drawn, area = every(Table, boroughs.estimators(report))
    assert drawn.caption.endswith("The primary estimator first")
    groups = re.findall('scope="rowgroup">(.*?)<', str(drawn.html()))
    assert groups == ["Outer London, 19 local authorities"]
    (row,) = (
        report["reoffending_model"]
        .query("term == 'deprivation' and primary and scope == 'area'")
        .itertuples()
    )
    name, said = drawn.rows()[0]
    assert name == "quasi-binomial"
    assert said.replace("−", "-").startswith(f"{row.estimate:.3f} ({row.ci_lower:.3f} to ")
    # Two terms for the area, three for London, of each of four estimators.
    assert len(area.rows()) == 2 * 4
    assert area.rows()[0][:3] == ["quasi-binomial", "19", "intercept"]
    assert area.folded == "Every term of every estimator"
    _, london = every(Table, boroughs.estimators(report_of("london")))
    assert len(london.rows()) == 3 * 4


def test_whether_the_choice_of_an_estimator_matters_is_answered_first(report_of):
    answer, detail = paragraphs(boroughs.estimators(report_of("london")))[:2]
    assert answer == "For London it matters only through the City of London."
    assert detail.endswith(
        "least squares (−0.008 to 0.274) takes in zero. Without the City of London, which has 34 "
        "offenders, the intervals by quasi-binomial (0.020 to 0.105), beta-binomial (0.028 to 0.101) "
        "and least squares (0.032 to 0.103) lie above zero."
    )
    answer, detail = paragraphs(boroughs.estimators(report_of()))[:2]
    assert answer == "For the north of London it matters."
    assert "the interval by beta-binomial (0.038 to 0.239) lies above zero" in detail
    assert detail.endswith("what this page says rests on the quasi-binomial one.")
    answer, *_ = paragraphs(boroughs.estimators(report_of("outer-london")))
    assert answer == "For outer London it does not matter."


def test_all_cohorts_together_answer_whether_it_holds_in_other_years(report_of):
    london, _ = paragraphs(boroughs.years(report_of("london")))
    assert london.startswith(
        "For London yes: the slope of all cohorts is above zero. It is 0.074 (95%"
    )
    assert london.endswith("; that of 2012 alone is 0.063 (0.021 to 0.106).")
    north, _ = paragraphs(boroughs.years(report_of()))
    assert north.startswith(
        "For the north of London that cannot be told: the interval takes in zero."
    )


def test_what_an_estimator_lacks_is_in_words(report_of):
    _, table = every(Table, boroughs.estimators(report_of("london")))
    columns = [cell.heading for cell in table.cells]
    rows = {row[0]: dict(zip(columns, row, strict=True)) for row in table.rows()}
    assert rows["quasi-binomial"]["Degrees of freedom"] == "30"  # 33 - 3
    assert rows["beta-binomial"]["Degrees of freedom"] == "normal"
    assert rows["least squares"]["Dispersion"] == "not available"


def test_odds_are_turned_into_points_at_the_average_place(report_of):
    report = report_of("barnet")
    (line,) = boroughs.model_lines(report)
    # Of all offenders 26.52% reoffended; odds 0.3609 times exp(0.0634) are 0.3846, of 1.3846.
    assert (
        "7% higher (95% interval 2% higher to 11% higher); at the average place 26.5% becomes"
        in line
    )
    assert "about 27.8%." in line


def test_spread_is_a_standard_deviation_and_not_a_variance(report_of):
    report = report_of("london")
    text = " ".join(paragraphs(boroughs.rates(report) + diagnostics.funnel(report)))
    # The roots of 3.88, beyond deprivation, and of 6.44, in all.
    assert "Rates are spread 2.0 times as far between local authorities as chance alone" in text
    assert "(rates spread 2.5 times as far as by chance)" in text
    assert "variance" not in text


def test_neighbours_are_no_more_alike_than_the_model_says(report_of):
    _, second = paragraphs(diagnostics.residuals(report_of("london")))
    assert second == (
        "Nothing shows that neighbours are more alike than the model says: Moran’s I of the Pearson "
        "residuals is −0.029 over 68 pairs of neighbours, where chance expects −0.031 (p 0.924, 9,999 "
        "permutations)."
    )


# ---- What the region is -------------------------------------------------------------------------


def elsewhere(london, boroughs):
    """A region with ranks of its own, without parts, whose local authorities are numbered."""
    ranked = london.ranked.model_copy(update={"of": 400, "within": "Freedonia"})
    kent = london.model_copy(update={"title": "Kent", "parts": {}, "ranked": ranked})
    names = [f"Place {number}" for number in range(len(boroughs))]
    parts = pd.Series(pd.NA, boroughs.index, dtype="str")
    return kent, boroughs.assign(name=names, part=parts)


def test_a_region_without_parts_is_spoken_of_by_its_own_title_alone(report_of):
    report = report_of("barnet", instead=elsewhere)
    report = replace(report, area=Area(title="Place 2", local_authorities=("Place 2",)))
    every_place = report["boroughs"].assign(in_area=True)
    whole = replace(
        report,
        area=Area(title="Kent", local_authorities=tuple(every_place["name"])),
        tables={**report.tables, "boroughs": every_place},
    )
    part = Part(*(make(each) for each in (report, whole) for make in PARTS))
    text = str(part.html())
    for other in ("London", "inner", "outer", "of 152", "circles", "diamonds"):
        assert other not in text
    rates = boroughs.rates(whole)
    figure, table = only(Figure, rates), only(Table, rates)
    assert (
        "Every rate and score is in the table of all 33 Kent local authorities, below."
        in figure.alt
    )
    assert "Part of Kent" not in [cell.heading for cell in table.cells]
    assert "Deprivation score (rank of 400)" in [cell.heading for cell in table.cells]
    (line,) = boroughs.fitted_lines(report)
    assert line.startswith(
        "For a local authority of Kent with a deprivation score of 17.8 (rank 109 of 400) the model of Kent"
    )
    formula = boroughs.methods(whole).html()
    assert formula.count("<mi>β</mi>") == 2  # the intercept and the slope


def test_what_does_not_follow_speaks_of_the_region_and_of_what_its_ranks_are_out_of(report_of):
    said = "A rank squeezes distances, and it is out of 152 authorities of England, not out of London’s."
    for area in ("merton", "london"):
        assert only(Bullets, boroughs.limits(report_of(area))).items[-1] == said
    assert only(Bullets, boroughs.limits(report_of("outer-london"))).items[-2:] == [
        said,
        "The local authorities of outer London are no random sample of London.",
    ]
    listed = only(Bullets, boroughs.limits(report_of("merton", instead=elsewhere)))
    assert "out of 400 authorities of Freedonia, not out of Kent’s." in listed.items[-1]


def test_the_method_says_what_the_part_of_the_region_is(report_of):
    part = boroughs.methods(report_of("london"))
    assert part.html().count("<mi>β</mi>") == 3  # intercept, slope, part
    assert "over the London local authorities, and " in paragraphs(part)[2]
    assert " is 1 in inner London and 0 in outer London." in paragraphs(part)[2]


def test_another_cohort_is_named_where_the_report_of_the_inspection_prints_one(report_of):
    report = replace(report_of(), inspection=inspection.load("north-of-london-2016"))
    note, *_ = paragraphs(boroughs.rates(report))
    assert (
        "They are not the cohort of the inspection report’s Figure 2.5 (adults, July 2013" in note
    )
    report = replace(report_of("london"), inspection=report.inspection)
    caption = only(Figure, diagnostics.funnel(report)).caption
    assert "cohort 2012 (not that of Figure 2.5), with control limits" in caption
