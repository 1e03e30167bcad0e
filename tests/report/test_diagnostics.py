"""What the page says of the fit of the models: who lies outside, who moves what."""

import re

import pandas as pd
import pytest
from parts import every, only, paragraphs

from analysis.report.content import Figure, Table
from analysis.report.sections import diagnostics

LEVELS = (0.95, 0.998)


def limits(rates: dict[str, float], *, alone: float, allowed: float) -> pd.DataFrame:
    """Limits at 0.3 -+ alone, and 0.3 -+ allowed, at both levels."""
    return pd.DataFrame(
        [
            {
                "name": name,
                "offenders": 100,
                "rate": rate,
                "overall_rate": 0.3,
                "limits": kind,
                "dispersion": dispersion,
                "level": level,
                "limit_lower": 0.3 - width,
                "limit_upper": 0.3 + width,
            }
            for kind, dispersion, width in (("binomial", 1, alone), ("overdispersed", 4, allowed))
            for level in LEVELS
            for name, rate in rates.items()
        ]
    )


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        ({"A": 0.31, "B": 0.29}, "of 2, none does."),
        ({"A": 0.41, "B": 0.29}, "of 2, one does (A above)."),
        ({"A": 0.31, "B": 0.19}, "of 2, one does (B below)."),
        ({"A": 0.41, "B": 0.19, "C": 0.3}, "of 3, two do (A above; B below)."),
        ({"A": 0.41, "B": 0.42, "C": 0.43}, "of 3, three do (A, B and C above)."),
    ],
)
def test_the_funnel_says_none_one_or_several(rates, expected):
    line = diagnostics.funnel_line(limits(rates, alone=0.1, allowed=0.2))
    assert line == (
        "If chance alone were at work, about one rate in 500 would lie outside the 99.8% limits; "
        f"{expected} With limits that allow for overdispersion, none does."
    )


def test_the_funnel_says_who_lies_outside_even_with_overdispersion():
    line = diagnostics.funnel_line(limits({"A": 0.55, "B": 0.45}, alone=0.1, allowed=0.2))
    assert "of 2, two do (A and B above)." in line
    assert line.endswith("With limits that allow for overdispersion, one does (A above).")


@pytest.mark.parametrize(
    ("residuals", "expected"),
    [
        ({"A": 1.9, "B": -1.9}, "none does"),
        ({"A": 2.1, "B": -1.9}, "one does (A 2.10)"),
        ({"A": 2.1, "B": -2.5}, "two do (A 2.10 and B −2.50)"),
    ],
)
def test_residuals_say_none_one_or_several(residuals, expected):
    table = pd.DataFrame({"name": residuals.keys(), "pearson_residual": residuals.values()})
    line = diagnostics.residuals_line(table.assign(quantile_residual=0.0))
    # 4.55% of two residuals are 0.09 of one.
    assert line == (
        "About 0.1 of 2 residuals would lie beyond ±2 if the model were right; of the Pearson "
        f"residuals of the primary model {expected} and of the quantile residuals of the beta-binomial "
        "model none does."
    )


def influence_of(leverages: list[float], distances: list[float]) -> str:
    table = pd.DataFrame(
        {
            "name": ["A", "B", "C", "D"],
            "offenders": [900, 50, 900, 900],
            "leverage": leverages,
            "cooks_distance": distances,
        }
    )
    return diagnostics.influence_line(table, terms=1)  # mean leverage 1 / 4


@pytest.mark.parametrize(
    ("leverages", "expected"),
    [
        ([0.3, 0.2, 0.25, 0.25], "None has more than twice the mean leverage of 0.25."),
        ([0.6, 0.1, 0.1, 0.2], "One has more than twice the mean leverage of 0.25: A 0.60."),
        ([0.6, 0.1, 0.1, 0.7], "Two have more than twice the mean leverage of 0.25: D 0.70 and A"),
    ],
)
def test_leverage_says_none_one_or_several(leverages, expected):
    assert expected in influence_of(leverages, [0.1, 0.2, 0.3, 0.4])


@pytest.mark.parametrize(
    ("distances", "expected"),
    [
        ([0.1, 0.2, 0.3, 0.4], "a Cook’s distance of 0.40; none of 4 is above 1"),
        ([0.1, 0.2, 0.3, 1.4], "a Cook’s distance of 1.40; one of 4 is above 1"),
        ([0.1, 0.2, 1.3, 1.4], "a Cook’s distance of 1.40; two of 4 are above 1"),
    ],
)
def test_influence_says_none_one_or_several(distances, expected):
    line = influence_of([0.25] * 4, distances)
    assert line.startswith(f"D has the most influence on the fit, {expected}")
    assert line.endswith(
        "B, with only 50 offenders, has a leverage of 0.250 and a Cook’s distance of 0.200."
    )


@pytest.mark.parametrize(
    ("slopes", "expected"),
    [
        ([0.10, 0.12, 0.07], "The slope stays above zero whichever local authority is left out."),
        ([0.10, 0.12, -0.01], "The slope would no longer be above zero without one of the local"),
        ([-0.1, 0.12, -0.01], "The slope would no longer be above zero without any one of two of"),
    ],
)
def test_leaving_out_says_whether_the_sign_holds(slopes, expected):
    table = pd.DataFrame(
        {"name": list("ABC"), "offenders": [900, 50, 900], "slope_without": slopes}
    )
    line = diagnostics.left_out_line(table, full=0.1, std_error=0.05)
    assert line.startswith(expected)


def test_leaving_out_says_who_moves_the_slope_most():
    table = pd.DataFrame(
        {"name": list("ABC"), "offenders": [900, 50, 900], "slope_without": [0.1, 0.11, 0.07]}
    )
    # 0.03 down is the longest move, 0.03 / 0.05 = 0.6 of the standard error.
    assert diagnostics.left_out_line(table, full=0.1, std_error=0.05).endswith(
        "It moves most without C, from 0.100 to 0.070, which is 0.6 of its standard error; B, with "
        "only 50 offenders, moves it by 0.0100."
    )


def measures_of(beside: tuple[float, float, float]) -> pd.DataFrame:
    columns = ["measure", "term", "estimate", "ci_lower", "ci_upper"]
    rows = [
        ("deprivation score", "deprivation", 0.2, 0.1, 0.3),
        ("deprivation rank of 152", "deprivation_rank_reversed", 0.25, 0.1, 0.4),
        ("deprivation score and crime domain", "deprivation", *beside),
    ]
    return pd.DataFrame(rows, columns=columns)


def test_a_place_in_the_ranking_is_worth_score_over_places():
    thirds = pd.DataFrame(
        {
            "third": ["most_deprived", "middle", "least_deprived"],
            "boroughs": [2, 2, 2],
            "score_per_place": [2.0, 0.5, 0.2],
        }
    )
    standardised = pd.DataFrame(
        {"name": list("ABCDEF"), "score_less_rank": [0, 0.1, -0.3, 0, 0, 0.2]}
    )
    assert diagnostics.rank_line(thirds, standardised, measures_of((0.1, 0.0, 0.2)), "Kent") == (
        "A rank counts every place as one step, however far apart in score: one place is worth 2.00 "
        "points among the 2 most deprived, 0.50 points among the 2 in the middle and 0.20 points among "
        "the 2 least deprived, so rank squeezes distances most among the 2 most deprived. Nowhere in "
        "Kent does that come to more than 0.30 standard deviations (C), and the slope is 0.250 by "
        "rank where it is 0.200 by score."
    )


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ((0.1, -0.1, 0.3), "falls from 0.200 to 0.100, and its interval takes in zero."),
        ((0.3, 0.1, 0.5), "rises from 0.200 to 0.300, and its interval leaves out zero."),
    ],
)
def test_the_crime_domain_beside_the_score(beside, expected):
    correlations = pd.DataFrame(
        [("deprivation", "crime", 6, 0.987)],
        columns=["measure_a", "measure_b", "boroughs", "correlation"],
    )
    line = diagnostics.crime_line(correlations, measures_of(beside))
    assert expected in line
    assert "a correlation of 0.99 over 6 local authorities" in line


def test_the_numbers_of_london_in_2012(report_of):
    part = diagnostics.funnel(report_of("london"))
    (_, text), figure = paragraphs(part), only(Figure, part)
    assert "of 33, five do (Hammersmith and Fulham, and Islington above; Barnet, Bexley and" in text
    assert "The City of London has only 34 offenders" in text
    assert "with an intercept alone, not of the model with deprivation" in text
    # Figure 2.5 is of an inspection: no sample, no inspection.
    assert "cohort 2012, with" in figure.caption
    assert figure.alt == (
        "Of 33 London local authorities, outside the 99.8% limits for chance alone: Hammersmith and "
        "Fulham, and Islington above; Barnet, Bexley and Kingston upon Thames below; outside those that "
        "allow for overdispersion: none. The limits are in the table of control limits, below."
    )


def test_the_limits_are_listed_for_the_fewest_every_thousand_and_the_most(report_of):
    table = only(Table, diagnostics.funnel(report_of("london")))
    assert [cell.heading for cell in table.cells] == [
        "Offenders",
        "95% limits, chance alone",
        "99.8% limits, chance alone",
        "95% limits, with overdispersion",
        "99.8% limits, with overdispersion",
    ]
    rows = table.rows()
    sizes = ["34", "500", "1,000", "2,000", "3,000", "4,000", "4,716"]
    assert [row[0] for row in rows] == sizes
    # 1.96 sqrt(0.265 (1 - 0.265) / 1000) = 0.027 on either side of 0.265.
    assert rows[2][1] == "23.8% to 29.3%"


def test_an_alternative_says_one_conclusion_and_where_the_numbers_are(report_of):
    report = report_of("london")
    boroughs = report["reoffending_boroughs"].set_index("name")
    hammersmith = boroughs.loc["Hammersmith and Fulham"]
    part = diagnostics.residuals(report)
    residual = f"Hammersmith and Fulham {hammersmith['pearson_residual']:.2f}"
    assert residual in paragraphs(part)[0]
    assert residual in only(Figure, part).alt
    assert "drawn with the fixed seed 2017" in only(Figure, part).caption
    influence = only(Figure, diagnostics.influence(report))
    ranks = only(Figure, diagnostics.measures(report))
    assert influence.alt.startswith("Hammersmith and Fulham has the most influence on the fit")
    assert "Tower Hamlets" in ranks.alt
    assert ranks.alt.count("standard deviations") == 1
    for shown in (only(Figure, part), influence, ranks):
        assert len(shown.alt) <= 400
        assert re.search(r"table(s)? of .*, (below|above)\.$", shown.alt)


def test_the_slope_without_each_is_drawn_from_that_of_all_the_longest_move_first(report_of):
    report = report_of("london")
    table = only(Table, diagnostics.leave_one_out(report))
    slopes = report["reoffending_boroughs"].set_index("name")["slope_without"]
    full = report["reoffending_measures"].query(
        "measure == 'deprivation score' and term == 'deprivation'"
    )
    moves = (slopes - full["estimate"].iloc[0]).abs().sort_values(ascending=False)
    names, said, _ = zip(*table.rows(), strict=True)
    assert list(names) == list(moves.index)
    assert list(said) == [f"{slopes[name]:.3f}" for name in names]
    # The longest reaches an end of the axis, in whose middle the slope of all is.
    first = re.findall('style="(.*?)"', str(table.html()))[0]
    assert first in {"--a:50;--b:100;--p:100", "--a:0;--b:50;--p:0"}


def test_the_slopes_of_the_measures_stand_under_the_models_that_they_are_of(report_of):
    slopes, _ = every(Table, diagnostics.measures(report_of("london")))
    assert re.findall('scope="rowgroup">(.*?)<', str(slopes.html())) == [
        "Each measure by itself",
        "Score and crime domain in one model",
    ]
    assert [name for name, _ in slopes.rows()] == [
        *("deprivation score", "deprivation rank", "crime domain"),
        *("deprivation score", "crime domain"),
    ]
    assert slopes.rows()[1][1].startswith("0.065 (")


@pytest.mark.parametrize(
    ("part", "folded", "rows"),
    [
        (diagnostics.residuals, "Quantile residual of each local authority", 33),
        (diagnostics.influence, "Residual, leverage and influence of each local authority", 33),
        # Three terms of three models, four of the one that holds both measures.
        (diagnostics.measures, "The primary model with other measures of deprivation", 3 * 3 + 4),
    ],
)
def test_the_figures_behind_a_chart_are_folded_below_it(report_of, part, folded, rows):
    table = every(Table, part(report_of("london")))[-1]
    assert (table.folded, len(table.rows())) == (folded, rows)


def test_no_caption_names_a_colour(report_of):
    for part in (diagnostics.measures, diagnostics.funnel, diagnostics.influence):
        for figure in every(Figure, part(report_of("london"))):
            assert not {"blue", "purple", "orange"} & set(figure.caption.lower().split())
