"""What the page says of a single local authority, and of the places that adjoin an area."""

import re
from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.text import Text

from analysis.areas import Area
from analysis.data import context, processed
from analysis.report import html, site
from analysis.report.evidence import Report
from analysis.report.sections import (
    boroughs,
    diagnostics,
    inspection,
    neighbours,
    story,
)

SINGLE = context.local_authorities()["name"].tolist()


@pytest.fixture
def shown(monkeypatch) -> list[str]:
    """What is displayed, as text without tags; of figures their caption and what stands for them."""
    texts: list[str] = []

    def show(markup) -> None:
        texts.append(" ".join(re.sub(r"<[^>]+>", " ", str(markup)).split()))

    def figure(fig, *, alt, caption) -> None:
        plt.close(fig)
        texts.extend([caption, alt])

    monkeypatch.setattr(html, "_show", show)
    monkeypatch.setattr(html, "figure", figure)
    return texts


# ---- Neighbours ---------------------------------------------------------------------------------


def beside(limits: dict[str, tuple[float, float]], *, members=("Barnet",)) -> Report:
    """An area of rate 25%, rank 50, with neighbours A, B and so on, of ranks 10, 60, 110 and so on."""
    table = pd.DataFrame(
        [
            {
                "area": "east",
                "gss_code": f"E0900001{number}",
                "name": name,
                "adjoins": "; ".join(members),
                "cohort": 2012,
                "offenders": 1000,
                "reoffenders": 250,
                "rate": 0.25,
                "ci_lower": 0.22,
                "ci_upper": 0.28,
                "deprivation_score": 30.0,
                "deprivation_rank": 10 + 50 * number,
                "area_rate": 0.25,
                "difference": (low + high) / 2,
                "difference_lower": low,
                "difference_upper": high,
                "level": 0.95,
                "method": "wilson",
            }
            for number, (name, (low, high)) in enumerate(limits.items())
        ],
        columns=list(processed.AREA_NEIGHBOURS.columns),
    )
    own = pd.DataFrame({"in_area": [True], "deprivation_score": 20.0, "deprivation_rank": 50})
    return Report(
        area=Area(title="the east", local_authorities=members),
        level=0.95,
        cohort=2012,
        questions=pd.DataFrame(),
        tables={"area_neighbours": table, "boroughs": own},
    )


BELOW, ABOVE, OPEN = (-0.02, -0.01), (0.01, 0.02), (-0.01, 0.01)


def test_an_area_without_neighbours_in_london_has_no_such_part_not_even_a_heading(shown):
    report = beside({})
    neighbours.adjoining(report)
    assert shown == []
    assert list(neighbours.lines(report)) == []


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"A": BELOW}, "One local authority of London adjoins the east."),
        ({"A": BELOW, "B": OPEN}, "Two local authorities of London adjoin the east."),
        (dict.fromkeys("ABCDEFGHIJ", OPEN), "10 local authorities of London adjoin the east."),
    ],
)
def test_neighbours_are_counted_with_what_does_not_count(shown, limits, said):
    neighbours.adjoining(beside(limits))
    assert shown[0] == "Neighbours"
    assert shown[1] == (
        f"{said} Neighbours outside London are not in these figures, and places that face each other "
        "across the Thames do not count as neighbours: the boundaries end at the water’s edge."
    )


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"A": BELOW}, "clearly below the rate of A."),
        ({"A": ABOVE}, "clearly above the rate of A."),
        ({"A": OPEN}, "not clearly apart from the rate of A."),
        ({"A": ABOVE, "B": ABOVE}, "clearly above the rates of A and B."),
        (
            {"A": OPEN, "B": BELOW, "C": BELOW},
            "clearly below the rates of B and C, and not clearly apart from the rate of A.",
        ),
        (
            {"A": ABOVE, "B": BELOW, "C": OPEN, "D": OPEN},
            "clearly below the rate of B, clearly above the rate of A, and not clearly apart from "
            "the rates of C and D.",
        ),
        # An interval that reaches zero does not leave it out.
        ({"A": (0.0, 0.1), "B": (-0.1, 0.0)}, "not clearly apart from the rates of A and B."),
    ],
)
def test_the_rate_of_the_area_is_set_beside_each_neighbour(limits, said):
    (line,) = neighbours.lines(beside(limits))
    assert line == f"<strong>Neighbours in London.</strong> The rate of the east, 25.0%, was {said}"


def test_the_rate_of_several_is_that_of_all_their_offenders(shown):
    report = beside({"A": BELOW}, members=("Barnet", "Brent"))
    neighbours.adjoining(report)
    assert "adjoins the east from outside." in shown[1]
    assert "The rate of the east, all offenders taken together, 25.0%, was" in shown[2]
    assert "A Barnet, Brent 250 of 1,000" in shown[4]
    assert not any("is less deprived than" in text for text in shown)


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ({"A": OPEN}, "less deprived than A."),
        ({"A": OPEN, "B": OPEN}, "less deprived than A and more deprived than B."),
        (dict.fromkeys("ABC", OPEN), "less deprived than A and more deprived than B and C."),
    ],
)
def test_a_single_place_is_set_beside_the_deprivation_of_its_neighbours(shown, limits, said):
    neighbours.adjoining(beside(limits))
    line = "With a deprivation score of 20.0 (rank 50 of 152) the east is "
    assert f"{line}{said}" in shown


def test_a_table_has_the_counts_behind_each_rate_and_the_interval_of_each_difference(shown):
    neighbours.adjoining(beside({"A": BELOW, "B": (-0.01, 0.02)}))
    table = shown[-2]
    assert "A 250 of 1,000 25.0% 22.0% to 28.0% −1.50 (−2.00 to −1.00) 30.0 (10)" in table
    assert "B 250 of 1,000 25.0% 22.0% to 28.0% +0.50 (−1.00 to +2.00) 30.0 (60)" in table
    assert "Adjoins" not in table


def test_the_attribution_of_the_boundaries_stands_beside_the_neighbours_and_the_tables(
    shown, report_of
):
    report = report_of("barnet")
    neighbours.adjoining(report)
    for asked in (
        "https://github.com/martinjc/UK-GeoJSON",
        "Creative Commons Attribution 4.0",
        "Contains Ordnance Survey data © Crown copyright and database right 2014",
    ):
        assert asked in shown[-1]
    assert story.about(report)[-1] == shown[-1]
    assert shown[-1] not in story.about(report_of("london"))


# ---- The place of a single local authority in London ---------------------------------------------


def test_a_single_place_is_told_in_the_london_model(report_of):
    report = report_of("barnet")
    (line,) = boroughs.place_lines(report)
    row = report["reoffending_boroughs"].set_index("name").loc["Barnet"]
    # 544 / 2414 = 22.5%; only Kingston upon Thames and the City of London have lower rates.
    assert line == (
        "<strong>Place in London.</strong> In Barnet 544 of the 2,414 offenders of the cohort "
        "labelled 2012 reoffended, 22.5% (95% interval 20.9% to 24.2%): the third lowest of 33 "
        f"rates. The model of London fits {100 * row['fitted']:.1f}% for its deprivation."
    )
    (line,) = boroughs.fitted_lines(report)
    assert line == (
        "For a local authority of outer London with a deprivation score of 17.8 (rank 109 of 152) the "
        f"model of London fits a rate of {100 * row['fitted']:.1f}%. That of Barnet, 22.5%, is below "
        "that: a residual of −1.34, the lowest of 33 and within ±2 (about one in 22 would lie beyond)."
    )


def test_a_residual_beyond_the_bound_is_said_to_be_so(report_of):
    (line,) = boroughs.fitted_lines(report_of("islington"))
    assert "is above that: a residual of 2.06, the second highest of 33 and beyond ±2" in line


def test_so_few_offenders_as_in_the_city_of_london_are_said_to_say_little(report_of):
    (line,) = boroughs.place_lines(report_of("city-of-london"))
    assert "In the City of London 4 of the 34 offenders" in line
    assert "the lowest of 33 rates. So few offenders, the fewest of all, say little." in line


def test_an_area_of_several_has_no_place(report_of):
    report = report_of("north-of-london")
    assert [*boroughs.place_lines(report), *boroughs.fitted_lines(report)] == []


@pytest.mark.parametrize(
    ("area", "said"),
    [
        ("barnet", "Without Barnet the slope of deprivation would be 0.060 in place of 0.063."),
        ("merton", "Without Merton the slope of deprivation would stay 0.063."),
    ],
)
def test_what_a_single_place_is_to_the_london_model(shown, report_of, area, said):
    report = report_of(area)
    boroughs.rates(report)
    row = report["reoffending_boroughs"].set_index("name").loc[report.area.title]
    assert shown[2] == (
        f"Its leverage on that model is {row['leverage']:.3f}, below the mean of 0.091, and its "
        f"Cook’s distance {row['cooks_distance']:.3f}. {said}"  # 3 terms / 33 rows = 0.091
    )


def test_a_single_place_has_no_table_of_one_row_and_no_second_word_about_its_model(
    shown, report_of
):
    boroughs.rates(report_of("barnet"))
    whole = " ".join(shown)
    assert "Reoffending and deprivation in Barnet" not in whole
    assert "too few" not in whole
    assert "local authorities of Barnet" not in whole
    assert "Reoffending and deprivation in London" in whole
    assert "Barnet: score 17.8, 22.5%." in whole


@pytest.mark.parametrize(
    ("area", "said"),
    [
        ("barnet", "Named: the one with fewest offenders, and Barnet."),
        ("city-of-london", "Named: the City of London, which has the fewest offenders."),
        (
            "inner-london",
            "Named: the one with fewest offenders, and the local authorities of inner London where "
            "there is room.",
        ),
    ],
)
def test_a_caption_says_whom_its_figure_names(shown, report_of, area, said):
    boroughs.rates(report_of(area))
    assert any(text.endswith(said) for text in shown)


def test_every_figure_names_the_single_place_of_its_page(monkeypatch, report_of):
    written = []

    def figure(fig, **_) -> None:
        written.append([text.get_text() for text in fig.findobj(Text)])
        plt.close(fig)

    monkeypatch.setattr(html, "_show", lambda markup: None)
    monkeypatch.setattr(html, "figure", figure)
    fitted = report_of("barnet")
    for name in SINGLE:
        places = fitted["boroughs"].assign(in_area=fitted["boroughs"]["name"] == name)
        area = Area(title=name, local_authorities=(name,))
        report = replace(fitted, area=area, tables={**fitted.tables, "boroughs": places})
        written.clear()
        boroughs.rates(report)
        diagnostics.funnel(report)
        assert len(written) == 2
        assert all(any(text.startswith(name) for text in texts) for texts in written), name


def test_what_the_summary_has_said_is_not_said_again_below_it(shown, report_of):
    for area in ("barnet", "outer-london", "london"):
        shown.clear()
        report = report_of(area)
        story.summary(report)
        (summary,) = shown
        boroughs.rates(report)
        assert len(shown) > 4
        assert not [text for text in shown[1:] if len(text) > 100 and text in summary]


def test_a_page_without_a_sample_speaks_of_no_inspection_but_where_it_says_which(shown, report_of):
    report = report_of("barnet")
    boroughs.rates(report)
    diagnostics.funnel(report)
    assert "nspection" not in " ".join(shown)
    assert "Figure" not in " ".join(shown)


def test_a_page_without_a_sample_lists_only_the_files_that_it_rests_on(shown, report_of):
    story.provenance(report_of("barnet"))
    publications, files = shown[:2]
    assert "reoffending.csv" in files
    assert "Public Health England" in publications
    for other in ("cases_", "published_findings", "claims", "RECONSTRUCTION"):
        assert other not in files


def test_the_methods_are_those_of_what_the_page_holds(shown, report_of):
    inspection.methods(report_of("london"))  # no case sample, and no neighbour in London
    assert shown == []
    inspection.methods(report_of("barnet"))
    (said,) = shown
    assert said.startswith("Neighbours.")
    assert "Newcombe" in said


# ---- Areas of several local authorities ---------------------------------------------------------


def test_the_rates_of_several_are_told_from_end_to_end(report_of):
    (line,) = boroughs.range_lines(report_of("outer-london"))
    assert line == (
        "<strong>Rates.</strong> In the 19 local authorities of outer London reoffending, of the "
        "cohort labelled 2012, ran from 21.0% in Kingston upon Thames (234 of 1,112 offenders) to "
        "28.6% in Brent (1,170 of 4,098)."  # 234 / 1112, 1170 / 4098
    )
    (line,) = boroughs.range_lines(report_of("inner-london"))
    assert "11.8% in the City of London (4 of 34 offenders)" in line
    assert line.endswith(
        "So few offenders as in the City of London, the fewest of all, say little."
    )
    assert list(boroughs.range_lines(report_of("barnet"))) == []


def test_the_summary_of_several_has_their_rates_and_their_own_model(shown, report_of):
    story.summary(report_of("outer-london"))
    (text,) = shown
    places = [
        text.index(part)
        for part in ("Rates.", "Reoffending and deprivation.", "Within outer London alone")
    ]
    assert places == sorted(places)


def test_a_column_in_which_every_place_is_alike_is_left_out(shown, report_of):
    boroughs.rates(report_of("outer-london"))
    own, every = [text for text in shown if text.startswith(("Reoffending and dep", "All 33"))]
    assert "Part of London" not in own
    assert "Part of London" in every


# ---- All of London ------------------------------------------------------------------------------


def test_all_of_london_is_shown_once(shown, report_of):
    report = report_of("london")
    boroughs.rates(report)
    diagnostics.leave_one_out(report)
    neighbours.adjoining(report)
    whole = " ".join(shown)
    assert whole.count("Reoffending and deprivation in London, cohort 2012") == 1
    assert "Within London alone" not in whole
    assert "too few" not in whole
    assert "Bold" not in whole
    assert "Neighbours" not in whole


@pytest.mark.parametrize(
    ("area", "kind", "slope"),
    [
        ("london", "several", "7% higher (2% higher to 11% higher)"),
        ("outer-london", "several", "9% higher (5% higher to 14% higher)"),
        ("barnet", "single", None),
    ],
)
def test_what_an_area_has_and_lacks_on_the_front_page(report_of, area, kind, slope):
    found = site.headline(report_of(area))
    assert (found["kind"], found.get("slope")) == (kind, slope)
    assert "sample" not in found


def test_too_few_for_a_model_of_their_own_are_said_to_have_none_on_the_front_page(report_of):
    report = report_of("outer-london")
    model = report["reoffending_model"]
    alone = model[model["scope"] == "london"]
    found = site.headline(replace(report, tables={**report.tables, "reoffending_model": alone}))
    assert found["slope"] == "no model of its own: fewer than five local authorities"


def test_the_front_page_has_the_rate_of_a_single_place_with_what_it_stands_beside(report_of):
    report = report_of("barnet")
    fitted = report["reoffending_boroughs"].set_index("name").loc["Barnet", "fitted"]
    assert site.headline(report) == {
        "kind": "single",
        "title": "Barnet",
        "confidence": "95%",
        "cohort": "2012",
        "rate": "22.5%",  # 544 / 2414
        "interval": "20.9% to 24.2%",
        "counts": "544 of 2,414",
        "place": "31 of 33",  # the third lowest
        "fitted": f"{100 * fitted:.1f}%",
        "rank": "109",
        "part": "outer",
    }


def test_the_front_page_has_the_ends_of_the_rates_of_several_with_their_counts(report_of):
    found = site.headline(report_of("inner-london"))
    assert found["members"] == "14 of 33"
    assert found["lowest"] == "11.8%, City of London (4 of 34)"  # 4 / 34
    assert found["highest"] == "31.9%, Islington (804 of 2,521)"  # 804 / 2521


@pytest.mark.parametrize(
    ("area", "said"),
    [
        (
            "barnet",
            "No case sample was published by borough, and one local authority is too few for a model "
            "of its own. This page sets the reoffending of Barnet beside its deprivation, and both "
            "beside the rest of London.",
        ),
        (
            "outer-london",
            "No case sample was published for outer London. This page sets the reoffending of its 19 "
            "local authorities beside their deprivation, within London.",
        ),
        (
            "london",
            "No case sample was published for London. This page sets the reoffending of its 33 local "
            "authorities beside their deprivation.",
        ),
    ],
)
def test_what_an_area_lacks_is_said_at_the_top(shown, report_of, area, said):
    story.opening(report_of(area))
    assert shown[1] == said


def test_the_summary_of_a_single_place_begins_with_its_place_and_its_neighbours(shown, report_of):
    story.summary(report_of("barnet"))
    (text,) = shown
    places = [text.index(part) for part in ("Place in London.", "Neighbours in London.")]
    assert places == sorted(places)
    assert places[-1] < text.index("Reoffending and deprivation.")
