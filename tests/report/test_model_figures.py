"""The figures of the models as drawn: nothing clipped, no name over another."""

import itertools
import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.text import Text

from analysis.data import context
from analysis.report import html
from analysis.report.drawing import model_figures, svg
from analysis.report.evidence import Report
from analysis.report.sections import diagnostics

DISPLAYS = ("funnel", "residuals", "influence", "leave_one_out", "measures")


def drawn(monkeypatch, report: Report) -> list:
    figures: list = []
    monkeypatch.setattr(html, "figure", lambda fig, **_: figures.append(fig))
    monkeypatch.setattr(html, "display", lambda *_, **__: None)
    for name in DISPLAYS:
        getattr(diagnostics, name)(report)
    return figures


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


@pytest.mark.parametrize("area", ["north-of-london", "inner-london"])
@pytest.mark.parametrize("cohort", [2010, 2011, 2012])
def test_no_text_is_clipped_and_no_two_overlap(monkeypatch, area, cohort, report_of):
    figures = drawn(monkeypatch, report_of(area, cohort))
    assert len(figures) == 6
    for fig in figures:
        page = fig.bbox
        boxes = [(text.get_text(), text.get_window_extent()) for text in texts(fig)]
        assert len(boxes) > 8
        for said, box in boxes:
            assert page.x0 <= box.x0 and box.x1 <= page.x1, said
            assert page.y0 <= box.y0 and box.y1 <= page.y1, said
        for (one, box), (other, second) in itertools.combinations(boxes, 2):
            # A line's own box has a little air above and below the letters.
            shared = mpl.transforms.Bbox.intersection(box, second)
            assert shared is None or min(shared.width, shared.height) < 3, (one, other)
        plt.close(fig)


def test_who_matters_is_named(monkeypatch, report_of):
    funnel, residuals, influence, left_out, ranks, _ = drawn(monkeypatch, report_of())
    said = {
        name: [text.get_text() for text in texts(fig)]
        for name, fig in {
            "funnel": funnel,
            "residuals": residuals,
            "influence": influence,
            "left_out": left_out,
            "ranks": ranks,
        }.items()
    }
    outside = {"Hammersmith and Fulham", "Islington", "Barnet", "Bexley", "Kingston upon Thames"}
    assert outside <= set(said["funnel"])
    assert "City of London: 12%, below the chart" in said["funnel"]
    assert said["residuals"].count("Hammersmith and Fulham") == 2
    assert said["residuals"].count("City of London") == 2
    assert {"Brent", "Wandsworth", "Barking and Dagenham", "City of London"} <= set(
        said["influence"]
    )
    assert len(set(said["left_out"]) & set(context.boroughs([], 2012)["name"])) == 33
    assert "all 33: 0.063" in said["left_out"]
    assert {"Tower Hamlets", "Hackney", "Lambeth", "City of London"} <= set(said["ranks"])
    plt.close("all")


def test_at_most_four_colours_besides_black_white_and_grey(monkeypatch, report_of):
    for fig in drawn(monkeypatch, report_of()):
        used = {
            mpl.colors.to_hex(line.get_color()) for axes in fig.axes for line in axes.get_lines()
        }
        allowed = {colour.lower() for colour in (*model_figures.COLOURS, "#0B0C0C", "#505A5F")}
        assert used <= allowed
        assert fig.get_figwidth() == 4.2
        plt.close(fig)


@pytest.mark.parametrize(("rate", "side"), [(0.05, "below"), (0.6, "above"), (0.3, "")])
def test_a_rate_beyond_the_chart_is_written_at_its_edge(rate, side):
    points = pd.DataFrame(
        {
            "name": ["A", "B", "Few"],
            "inner_or_outer": ["inner", "outer", "inner"],
            "x": [900, 1000, 20],
            "y": [0.29, 0.31, rate],
            "few": [False, False, True],
            "must_name": [False, False, True],
            "may_name": False,
        }
    )
    curves = pd.DataFrame(
        [
            {"limits": kind, "level": level, "offenders": n, "lower": 0.3 - w, "upper": 0.3 + w}
            for kind, factor in (("binomial", 1), ("overdispersed", 2))
            for level, z in ((0.95, 2), (0.998, 3))
            for n in (20, 100, 1000)
            for w in (factor * z * (0.3 * 0.7 / n) ** 0.5,)
        ]
    )
    fig = model_figures.funnel(points, curves, rate=0.3, dispersion=4.0)
    said = [text.get_text() for text in texts(fig)]
    assert (f"Few: {100 * rate:.0f}%, {side} the chart" if side else "Few") in said
    plt.close(fig)


def test_every_local_authority_has_its_point_in_the_drawing(monkeypatch, report_of):
    influence = drawn(monkeypatch, report_of())[2]
    drawing = svg.draw(influence)
    discs = re.findall(r"M[\d.]+ ([\d.]+)V\1(?=[M\s'])", drawing)
    diamonds = re.findall(r"M[^MZz]*L[^MZz]*L[^MZz]*L[^MZz]*z", drawing)
    inner = (context.boroughs([], 2012)["inner_or_outer"] == "inner").sum()
    assert len(discs) == 33 - inner
    # City of London, of inner London, is hollow and drawn apart.
    diamond_path = max(re.findall(r" d='([^']*)'", drawing), key=lambda d: d.count("z"))
    assert diamond_path.count("z") == inner - 1 <= len(diamonds)
    plt.close("all")
