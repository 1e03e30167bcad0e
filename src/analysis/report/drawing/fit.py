"""How well the models of the local authorities fit, and what drives the result."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import PercentFormatter

from analysis import words
from analysis.report.drawing import marks, names, scatter
from analysis.report.drawing.palette import POINTS, QUIET, STYLE, WIDTH
from analysis.report.drawing.scatter import Look

_STEP = 25  # places in a ranking between two numbers of an axis


def deprivation(boroughs: pd.DataFrame, curves: pd.DataFrame, looks: Mapping[str, Look]) -> Figure:
    """Draw each local authority's reoffending rate against deprivation, and the fitted curves.

    `boroughs` has name, in_area, fewest (whether it has the fewest offenders), part,
    deprivation_score, rate, ci_lower and ci_upper; `curves` has part, deprivation_score,
    fitted, ci_lower and ci_upper. Those in the area are named where there is room, a single one in
    any case, and so is the one with the fewest offenders, whose rate says least: far below the
    others it is marked at the edge.
    """
    floor = boroughs.loc[~boroughs["fewest"], "ci_lower"].min() - 0.02
    below = boroughs["rate"] < floor
    shown = boroughs[~below]
    with mpl.rc_context(STYLE):
        fig = plt.figure(figsize=(WIDTH, 4.6))
        axes = fig.add_axes((0.105, 0.185, 0.875, 0.795))
        axes.set_ylim(floor, shown["ci_upper"][~shown["fewest"]].max() + 0.008)
        axes.set_xlim(
            curves["deprivation_score"].min() - 1.5, curves["deprivation_score"].max() + 1.5
        )
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        for part, curve in curves.groupby("part"):
            style: dict[str, Any] = {"color": looks[str(part)].colour, "zorder": 1}
            x = curve["deprivation_score"]
            axes.fill_between(x, curve["ci_lower"], curve["ci_upper"], alpha=0.12, lw=0, **style)
            axes.plot(x, curve["fitted"], linewidth=1.5, **style)
        for part, rows in shown.groupby("part"):
            x, low, high = rows["deprivation_score"], rows["ci_lower"], rows["ci_upper"]
            look = looks[str(part)]
            faint: dict[str, Any] = {"color": look.colour, "linewidth": 1, "alpha": 0.4}
            marks.segments(axes, x, x, np.maximum(low, floor), high, **faint)
            style = {"color": look.colour, "marker": look.marker}
            sns.scatterplot(
                rows, x="deprivation_score", y="rate", s=26, linewidth=0, ax=axes, **style
            )
        axes.set(xlabel="deprivation score, 2015; higher is more deprived", ylabel="")
        points = shown.assign(
            x=shown["deprivation_score"],
            y=shown["rate"],
            colour=[looks[part].colour for part in shown["part"]],
        )
        named = points[points["in_area"] | points["fewest"]]
        names.write(axes, named, points, if_room=named["in_area"].sum() > 1)
        for row in boroughs[below].itertuples():
            colour = looks[row.part].colour
            axes.plot([row.deprivation_score], [floor + 0.003], "v", color=colour)
            text = f"{row.name}: {words.percent(row.rate)}, below the chart"
            style = {"color": colour, "fontsize": POINTS - 1}
            marks.write(axes, row.deprivation_score, floor + 0.003, text, shift=(7, 0), **style)
        for y, look in zip((0.05, 0.01), looks.values(), strict=False):
            of = f"{look.key}, with its" if look.key else "with the"
            fig.text(0.105, y, f"{of} fitted curve and band", color=look.colour)
    return fig


def residuals(
    panels: Mapping[str, pd.DataFrame], looks: Mapping[str, Look], *, bound: float
) -> Figure:
    """Draw residuals (y) against fitted rates (x), a panel under each heading.

    All panels have one scale, with lines at zero and at the bound on either side.
    """
    together = pd.concat(panels.values())
    reach = max(together["y"].abs().max(), bound) + 0.6
    margin = 0.04 * np.ptp(together["x"])
    with mpl.rc_context(scatter.STYLE):
        fig, drawn = scatter.panels(list(panels), 1.75, key=1, right=0.045)
        for axes, points in zip(drawn, panels.values(), strict=True):
            axes.set(
                xlim=(together["x"].min() - margin, together["x"].max() + margin),
                ylim=(-reach, reach),
            )
            axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
            ticks = (-bound, 0, bound)
            axes.set_yticks(ticks, [words.decimal(tick, 0) for tick in ticks])
            axes.axhline(0, color=QUIET, linewidth=1, zorder=0)
            for edge in (-bound, bound):
                axes.axhline(edge, color=QUIET, linewidth=1, linestyle=scatter.DASHED, zorder=0)
            scatter.draw(axes, points, looks)
            scatter.name(axes, points, looks)
        drawn[-1].set_xlabel("rate that the model fits")
        scatter.write_parts(fig, looks)
    return fig


def influence(
    points: pd.DataFrame, looks: Mapping[str, Look], *, terms: int, high_leverage: float
) -> Figure:
    """Draw Cook's distance (y) against leverage (x), with the lines of equal residuals."""
    top = 1.16 * points["y"].max()
    edge = 1.12 * max(points["x"].max(), high_leverage)
    with mpl.rc_context(scatter.STYLE):
        fig, (axes,) = scatter.panels(["Cook’s distance"], 3.1, key=1, right=0.06)
        axes.set(xlim=(0, edge), ylim=(-0.02 * top, top), xlabel="leverage")
        axes.axvline(high_leverage, color=QUIET, linewidth=1, linestyle=scatter.DASHED, zorder=0)
        rightward = high_leverage < 0.75 * edge
        texts = [
            marks.write(
                axes,
                high_leverage,
                top,
                "twice the mean",
                shift=(4 if rightward else -4, -6),
                ha="left" if rightward else "right",
                color=QUIET,
                fontsize=POINTS - 1,
            ),
            *(_equal_residuals(axes, size, terms) for size in (1, 2)),
        ]
        scatter.draw(axes, points, looks)
        scatter.name(axes, points, looks, [text.get_window_extent() for text in texts])
        scatter.write_parts(fig, looks)
    return fig


def score_and_rank(points: pd.DataFrame, looks: Mapping[str, Look], *, ranked: int) -> Figure:
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
        fig, (axes,) = scatter.panels([f"rank of {ranked}; 1 is the most deprived"], 3.1, key=1)
        axes.set(xlim=ends, ylim=(max(agreed[0], points["y"].max()) + 6, min(agreed[1], 1) - 6))
        axes.set_yticks([1, *range(_STEP, ranked, _STEP)])
        axes.set_xlabel("deprivation score, 2015; higher is more deprived")
        axes.plot(ends, agreed, color=QUIET, linewidth=1, zorder=0)
        scatter.draw(axes, points, looks)
        scatter.name(axes, points, looks)
        scatter.write_parts(fig, looks)
    return fig


def _equal_residuals(axes: Axes, size: int, terms: int) -> Text:
    """Draw Cook's distance as the leverage gives it for one size of residual, and name the line."""
    edge, top = axes.get_xlim()[1], axes.get_ylim()[1]
    leverage = np.linspace(0, edge, 100)
    distance = size**2 * leverage / (1 - leverage) ** 2 / terms
    shown = distance < top
    leverage, distance = leverage[shown], distance[shown]
    thin = np.unique(np.linspace(0, len(leverage) - 1, 15).astype(int))
    axes.plot(leverage[thin], distance[thin], color=QUIET, linewidth=0.7, zorder=0)
    leaves_above = leverage[-1] < 0.98 * edge
    return marks.write(
        axes,
        leverage[-1],
        distance[-1],
        f"residual ±{size}",
        shift=(-6, 0) if leaves_above else (0, 5),
        ha="right",
        va="top" if leaves_above else "bottom",
        color=QUIET,
        fontsize=POINTS - 1,
    )


def _above(axes: Axes, x: float, text: str) -> Text:
    within = axes.get_xaxis_transform()
    style = {"va": "bottom", "fontsize": POINTS - 1}
    return marks.write(axes, x, 1, text, shift=(0, 3), within=within, **style)
