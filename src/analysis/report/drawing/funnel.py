"""The funnel plot: rates against the number of offenders, within control limits."""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter

from analysis.data import codes
from analysis.report.drawing import marks, scatter
from analysis.report.drawing.palette import CHANCE, OVERDISPERSED, QUIET

# What the limits allow for: their colour and their line.
_LIMITS: Mapping[str, tuple[str, Any]] = {
    codes.OVERDISPERSED: (OVERDISPERSED, (0, (4, 2))),
    codes.CHANCE: (CHANCE, "-"),
}
_SIDES = ("limit_lower", "limit_upper")


def funnel(points: pd.DataFrame, curves: pd.DataFrame, *, rate: float) -> Figure:
    """Draw each rate (y) against the number of offenders (x), with the control limits: dashed ones where
    they allow for overdispersion.

    `curves` has limits, level, offenders, limit_lower and limit_upper. The chart is scaled to those with
    enough offenders; a rate outside it is written at its edge. Parts of the region are not told apart.
    """
    ends = curves[curves["offenders"] == curves["offenders"].max()]
    alike = points.assign(part="")
    enough = points.loc[~points["few"], "y"]
    low = min(enough.min(), ends["limit_lower"].min()) - 0.012
    high = max(enough.max(), ends["limit_upper"].max()) + 0.012
    with mpl.rc_context(scatter.STYLE):
        fig, (axes,) = scatter.panels(["share of offenders who reoffended"], 3.6, right=0.17)
        axes.set(xlim=(0, curves["offenders"].max()), ylim=(low, high))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
        axes.set_xlabel("offenders in the cohort")
        axes.axhline(rate, color=QUIET, linewidth=1, clip_on=False, zorder=0)
        for (limits, level), curve in curves.groupby(["limits", "level"]):
            colour, line = _LIMITS[str(limits)]
            sides = [_within(curve["offenders"], curve[side], low, high) for side in _SIDES]
            axes.plot(
                *np.column_stack([sides[0], [np.nan, np.nan], sides[1]]),
                color=colour,
                linestyle=line,
                linewidth=1.3 if level == curves["level"].max() else 0.7,
                clip_on=False,
                zorder=1,
            )
        outside = (points["y"] < low) | (points["y"] > high)
        scatter.draw(axes, alike[~outside], {})
        taken = [scatter.at_edge(axes, row) for _, row in points[outside].iterrows()]
        _name_ends(axes, ends, rate)
        scatter.name(axes, alike[~outside], taken)
    return fig


def _name_ends(axes: Axes, ends: pd.DataFrame, rate: float) -> None:
    """Write the level of each limit at its right end, and the overall rate at its own."""
    gap = 0.045 * np.ptp(axes.get_ylim())
    named = [(rate, "overall", QUIET)]
    for side in _SIDES:
        at = rate
        for row in ends.sort_values("limit_upper").itertuples():
            level = f"{100 * row.level:g}%"
            # Limits that nearly meet are named a little apart.
            at = (
                max(row.limit_upper, at + gap)
                if side == "limit_upper"
                else min(row.limit_lower, at - gap)
            )
            named.append((at, level, _LIMITS[row.limits][0]))
    for at, text, colour in named:
        within = axes.get_yaxis_transform()
        marks.write(axes, 1, at, text, shift=(3, 0), within=within, color=colour)


def _within(x: pd.Series, y: pd.Series, low: float, high: float) -> np.ndarray:
    """Return the part of a limit inside the chart, in two rows, from where it comes in."""
    across, up = x.to_numpy(), y.to_numpy()
    first = int(np.flatnonzero((low <= up) & (up <= high))[0])
    if first == 0:
        return np.array([across, up])
    before = first - 1
    edge = np.clip(up[before], low, high)
    part = (edge - up[before]) / (up[first] - up[before])
    entry = across[before] + part * (across[first] - across[before])
    return np.array([[entry, *across[first:]], [edge, *up[first:]]])
