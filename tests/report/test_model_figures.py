"""The figures of the models as drawn: nothing clipped, no name over another."""

import itertools
import re
from io import StringIO

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from parts import only

from analysis.data import regions
from analysis.report.content import Figure
from analysis.report.drawing import funnel, names, palette, svg
from analysis.report.evidence import Report
from analysis.report.sections import boroughs, diagnostics

REGION = regions.load("london")
PARTS = (
    boroughs.rates,
    diagnostics.funnel,
    diagnostics.residuals,
    diagnostics.influence,
    diagnostics.measures,
)
CHARTS = (*("rates", "funnel", "residuals", "influence", "ranks"),)


@pytest.fixture
def drawn(monkeypatch):
    """The charts of a report by name, not yet written as SVG."""

    def charts(report: Report) -> dict:
        found: list = []

        def kept(fig) -> str:
            found.append(fig)
            return "<svg/>"

        with monkeypatch.context() as patched:
            patched.setattr(svg, "draw", kept)
            for part in PARTS:
                part(report)
        # The models of the region are drawn on its own page alone.
        return dict(zip(CHARTS if report.whole else CHARTS[:1], found, strict=True))

    yield charts
    plt.close("all")


def texts(fig) -> list[Text]:
    """Every text that shows: matplotlib keeps ticks outside the axes, which it does not draw."""
    fig.canvas.draw()
    ticks = {
        label
        for axes in fig.axes
        for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim()))
        for tick in axis.get_major_ticks()
        if not min(limits) <= tick.get_loc() <= max(limits)
        for label in (tick.label1, tick.label2)
    }
    return [
        text
        for text in fig.findobj(Text)
        if text.get_text().strip() and text.get_visible() and text not in ticks
    ]


def written(fig) -> str:
    """All texts in a row: a long name has two lines."""
    return " ".join(text.get_text() for text in texts(fig))


def assert_clear(fig) -> None:
    """Every text stands on the page, and none over another."""
    fig.dpi = 72  # that of SVG, whose letters are not fitted to pixels
    page, renderer = fig.bbox, svg._Renderer(fig.bbox.width, fig.bbox.height, StringIO())
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts(fig)]
    assert len(boxes) > 4
    for wording, box in boxes:
        assert page.x0 <= box.x0 and box.x1 <= page.x1, wording
        assert page.y0 <= box.y0 and box.y1 <= page.y1, wording
    for (one, box), (other, second) in itertools.combinations(boxes, 2):
        # A line's own box has a little air above and below the letters.
        shared = mpl.transforms.Bbox.intersection(box, second)
        assert shared is None or min(shared.width, shared.height) < 3, (one, other)


@pytest.mark.parametrize(
    ("area", "charts"),
    [("london", CHARTS), ("north-of-london", ("rates",)), ("inner-london", ("rates",))],
)
@pytest.mark.parametrize("cohort", [2010, 2011, 2012])
def test_no_text_is_clipped_and_no_two_overlap(drawn, area, charts, cohort, report_of):
    shown = drawn(report_of(area, cohort))
    assert tuple(shown) == charts
    for fig in shown.values():
        assert_clear(fig)


def test_who_matters_is_named(drawn, report_of):
    said = {chart: written(fig) for chart, fig in drawn(report_of("london")).items()}
    for name in (
        *("Hammersmith and Fulham", "Islington", "Barnet", "Bexley", "Kingston upon Thames"),
        "City of London: 12%, below the chart",
    ):
        assert name in said["funnel"]
    assert "City of London: 12%" in said["rates"]
    assert said["residuals"].count("Hammersmith and Fulham") == 2
    assert said["residuals"].count("City of London") == 2
    for name in ("Brent", "Wandsworth", "Barking and Dagenham", "City of London"):
        assert name in said["influence"]
    for name in ("Tower Hamlets", "Hackney", "Lambeth", "City of London"):
        assert name in said["ranks"]


@pytest.mark.parametrize("area", ["north-of-london", "london", "outer-london"])
def test_a_name_lies_nearest_its_own_point_or_a_line_leads_to_it(
    drawn, area, report_of, monkeypatch
):
    placings: list[tuple] = []

    def placed(own, sizes, spots, inside, boxes, **rest):
        found, taken = place(own, sizes, spots, inside, boxes, **rest)
        placings.append((own, spots, found))
        return found, taken

    place = names.place
    monkeypatch.setattr(names, "place", placed)
    drawn(report_of(area))
    beside = 0
    for own, spots, found in placings:
        for at, name in found.items():
            if not np.isnan(name.end).any():
                continue
            others = spots[(spots != own[at]).any(axis=1)]
            (nearest,) = names.distances(name.box[None], others).min(axis=1)
            assert names.distances(name.box[None], own[at][None]).item() < nearest
            beside += 1
    assert beside >= 3


def test_at_most_four_colours_besides_black_white_and_grey(drawn, report_of):
    allowed = {mpl.colors.to_hex(colour) for colour in (*palette.KINDS, palette.INK, palette.QUIET)}
    for fig in drawn(report_of("london")).values():
        used = {
            mpl.colors.to_hex(line.get_color()) for axes in fig.axes for line in axes.get_lines()
        }
        assert used <= allowed
        assert fig.get_figwidth() == palette.WIDTH


@pytest.mark.parametrize(("rate", "side"), [(0.05, "below"), (0.6, "above"), (0.3, "")])
def test_a_rate_beyond_the_chart_is_written_at_its_edge(rate, side):
    points = pd.DataFrame(
        {
            "name": ["A", "B", "Few"],
            "part": ["inner", "outer", "inner"],
            "own": True,
            "x": [900, 1000, 20],
            "y": [0.29, 0.31, rate],
            "few": [False, False, True],
            "must_name": [False, False, True],
            "may_name": False,
        }
    )
    curves = pd.DataFrame(
        [
            {
                "limits": kind,
                "level": level,
                "offenders": n,
                "limit_lower": 0.3 - w,
                "limit_upper": 0.3 + w,
            }
            for kind, factor in (("binomial", 1), ("overdispersed", 2))
            for level, z in ((0.95, 2), (0.998, 3))
            for n in (20, 100, 1000)
            for w in (factor * z * (0.3 * 0.7 / n) ** 0.5,)
        ]
    )
    fig = funnel.funnel(points, curves, rate=0.3)
    written = [text.get_text() for text in texts(fig)]
    assert (f"Few: {100 * rate:.0f}%, {side} the chart" if side else "Few") in written
    plt.close(fig)


def test_every_local_authority_has_its_point_in_the_drawing(report_of):
    drawing = only(Figure, diagnostics.influence(report_of("london"))).svg
    discs = re.findall(r"M[\d.]+,([\d.]+)V\1(?=[M'])", drawing)
    diamonds = re.findall(r"M[^MZz]*L[^MZz]*L[^MZz]*L[^MZz]*z", drawing)
    inner = (regions.members(REGION)["part"] == "inner").sum()
    assert len(discs) == 33 - inner
    # City of London, of inner London, is hollow: a smaller one within it.
    assert len(diamonds) == inner + 1


def test_the_line_where_score_and_rank_agree_runs_through_the_rank_at_each_score(drawn, report_of):
    report = report_of("london")
    (axes,) = drawn(report)["ranks"].axes
    x, y = axes.get_lines()[0].get_data()
    slope = (y[1] - y[0]) / (x[1] - x[0])
    for row in report["deprivation_standardised"].itertuples():
        on_line = y[0] + slope * (row.deprivation_score - x[0])
        assert on_line == pytest.approx(row.rank_at_score, abs=1e-5)
