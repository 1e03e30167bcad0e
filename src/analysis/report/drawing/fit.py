"""How well the models of the local authorities fit, and what drives the result."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import PercentFormatter

from analysis import words
from analysis.report.drawing import marks, scatter
from analysis.report.drawing.palette import INK, OWN, QUIET, REST

_STEP = 25  # places in a ranking between two numbers of an axis
_LINES: Mapping[str, Any] = {"circle": "-", "diamond": scatter.DASHED}


def deprivation(points: pd.DataFrame, curves: pd.DataFrame, parts: Mapping[str, str]) -> Figure:
    """Draw each local authority's reoffending rate against deprivation, and the fitted curves.

    `points` has ci_lower and ci_upper besides what `scatter` asks for; `curves` has part,
    deprivation_score, fitted, ci_lower and ci_upper. The one with the fewest offenders says least: far below
    the others it is marked at the edge.
    """
    enough = points[~points["few"]]
    floor = enough["ci_lower"].min() - 0.02
    below = points["y"] < floor
    shown = points[~below]
    scores = curves["deprivation_score"]
    with mpl.rc_context(scatter.STYLE):
        fig, (axes,) = scatter.panels(["share of offenders who reoffended"], 3.6)
        axes.set(
            xlim=(scores.min() - 1.5, scores.max() + 1.5),
            ylim=(floor, enough["ci_upper"].max() + 0.008),
            xlabel="deprivation score, 2015",
        )
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        for part, curve in curves.groupby("part"):
            x, line = curve["deprivation_score"], _LINES[scatter.shapes(parts)[str(part)]]
            axes.fill(
                np.concatenate([x, x[::-1]]),
                np.concatenate([curve["ci_lower"], curve["ci_upper"][::-1]]),
                color=QUIET,
                alpha=0.12,
                linewidth=0,
                clip_on=False,
            )
            axes.plot(x, curve["fitted"], color=INK, lw=1.2, ls=line, clip_on=False, zorder=1)
        for own, rows in shown.groupby("own"):
            ends = (
                np.maximum(rows["ci_lower"], floor),
                np.minimum(rows["ci_upper"], axes.get_ylim()[1]),
            )
            style: dict[str, Any] = {"color": OWN if own else REST, "linewidth": 1, "alpha": 0.45}
            marks.segments(axes, rows["x"], rows["x"], *ends, **style)
        scatter.draw(axes, shown, parts)
        taken = [scatter.at_edge(axes, row) for _, row in points[below].iterrows()]
        scatter.name(axes, shown, taken)
    return fig


def residuals(
    panels: Mapping[str, pd.DataFrame], parts: Mapping[str, str], *, bound: float
) -> Figure:
    """Draw residuals (y) against fitted rates (x), a panel under each heading.

    All panels have one scale, with lines at zero and at the bound on either side.
    """
    together = pd.concat(panels.values())
    reach = max(together["y"].abs().max(), bound) + 0.9
    margin = 0.04 * np.ptp(together["x"])
    with mpl.rc_context(scatter.STYLE):
        fig, drawn = scatter.panels(list(panels), 2.1, left=0.1, right=0.06)
        for axes, points in zip(drawn, panels.values(), strict=True):
            axes.set(
                xlim=(together["x"].min() - margin, together["x"].max() + margin),
                ylim=(-reach, reach),
            )
            axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            ticks = (-bound, 0, bound)
            axes.set_yticks(ticks, [words.decimal(tick, 0) for tick in ticks])
            _across(axes, 0, "-")
            for edge in (-bound, bound):
                _across(axes, edge, scatter.DASHED)
            scatter.draw(axes, points, parts)
            scatter.name(axes, points)
        drawn[-1].set_xlabel("rate that the model fits")
    return fig


def influence(
    points: pd.DataFrame, parts: Mapping[str, str], *, terms: int, high_leverage: float
) -> Figure:
    """Draw Cook's distance (y) against leverage (x), with the lines of equal residuals."""
    top = 1.16 * points["y"].max()
    edge = 1.12 * max(points["x"].max(), high_leverage)
    with mpl.rc_context(scatter.STYLE):
        fig, (axes,) = scatter.panels(["Cook’s distance"], 3.4, left=0.15, right=0.05)
        axes.set(xlim=(0, edge), ylim=(-0.02 * top, top), xlabel="leverage")
        upright: dict[str, Any] = {"linestyle": scatter.DASHED, "clip_on": False, "zorder": 0}
        axes.axvline(high_leverage, color=QUIET, linewidth=1, **upright)
        rightward = high_leverage < 0.6 * edge
        texts = [
            marks.write(
                axes,
                high_leverage,
                top,
                "twice the mean",
                shift=(4 if rightward else -4, -6),
                ha="left" if rightward else "right",
                color=QUIET,
            ),
            *(_equal_residuals(axes, size, terms) for size in (1, 2)),
        ]
        scatter.draw(axes, points, parts)
        scatter.name(axes, points, [text.get_window_extent() for text in texts])
    return fig


def score_and_rank(points: pd.DataFrame, parts: Mapping[str, str], *, ranked: int) -> Figure:
    """Draw the rank (y, 1 on top, of `ranked`) against the score (x), with the line where both agree.

    There a local authority is as many standard deviations from the mean by rank as by score: at
    `rank_at_score`, which lies on a straight line.
    """
    x, on_line = points["x"], points["rank_at_score"]
    ends = np.array([x.min() - 1.5, x.max() + 1.5])
    low, high = x.idxmin(), x.idxmax()
    per_point = (on_line[high] - on_line[low]) / (x[high] - x[low])
    agreed = on_line[low] + per_point * (ends - x[low])
    with mpl.rc_context(scatter.STYLE):
        fig, (axes,) = scatter.panels([f"rank of {ranked}; 1 is the most deprived"], 3.4)
        axes.set(xlim=ends, ylim=(max(agreed[0], points["y"].max()) + 6, min(agreed[1], 1) - 6))
        axes.set_yticks([1, *range(_STEP, ranked, _STEP)])
        axes.set_xlabel("deprivation score, 2015")
        axes.plot(ends, agreed, color=QUIET, linewidth=1, clip_on=False, zorder=0)
        scatter.draw(axes, points, parts)
        scatter.name(axes, points)
    return fig


def _across(axes: Axes, y: float, line: Any) -> None:  # noqa: ANN401 - Matplotlib's own
    axes.axhline(y, color=QUIET, linewidth=1, linestyle=line, clip_on=False, zorder=0)


def _equal_residuals(axes: Axes, size: int, terms: int) -> Text:
    """Draw Cook's distance as the leverage gives it for one size of residual, and name the line."""
    edge, top = axes.get_xlim()[1], axes.get_ylim()[1]
    leverage = np.linspace(0, edge, 100)
    distance = size**2 * leverage / (1 - leverage) ** 2 / terms
    shown = distance < top
    leverage, distance = leverage[shown], distance[shown]
    thin = np.unique(np.linspace(0, len(leverage) - 1, 15).astype(int))
    style: dict[str, Any] = {"linewidth": 0.7, "clip_on": False, "zorder": 0}
    axes.plot(leverage[thin], distance[thin], color=QUIET, **style)
    leaves_above = leverage[-1] < 0.98 * edge
    # Below the words at the top, where it leaves the chart there.
    at = int(np.searchsorted(distance, 0.84 * top)) if leaves_above else -1
    return marks.write(
        axes,
        leverage[at],
        distance[at],
        f"residual ±{size}",
        shift=(-5, 0) if leaves_above else (0, 5),
        ha="right",
        va="center" if leaves_above else "bottom",
        color=QUIET,
    )
