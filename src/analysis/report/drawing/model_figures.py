"""The figures that show how well the models of the local authorities fit, and whom they lean on.

The points of each are a frame with a row per local authority: name, inner_or_outer, x, y,
`few` (so few offenders that it is drawn hollow), `must_name` (written whatever it covers) and
`may_name` (written where there is room).
"""

from collections.abc import Mapping
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, PercentFormatter
from matplotlib.transforms import Bbox

from analysis import words
from analysis.report.drawing import figures, marks
from analysis.report.drawing.figures import COLOURS, INK, QUIET, WIDTH
from analysis.report.drawing.svg import POINTS

# Figures without tick marks: the numbers say where they stand, at a third of the bytes.
_STYLE = figures.STYLE | {"xtick.major.size": 0, "ytick.major.size": 0}
PARTS = {"outer": COLOURS[0], "inner": COLOURS[2]}
_MARKERS = {"outer": "o", "inner": "D"}
# What the limits of a funnel allow for: their colour, their line and the words for both.
_LIMITS: Mapping[str, tuple[str, str | tuple[int, tuple[int, int]], str]] = {
    "overdispersed": (COLOURS[2], (0, (4, 2)), "dashed: limits with overdispersion, variance × {}"),
    "binomial": (INK, "-", "solid: limits if chance alone were at work"),
}
# Besides the usual places for a name, some further off, for one that must be written.
_FAR: tuple[figures.Place, ...] = ((4, 26, "left"), (-4, 26, "right"), (4, 36, "left"))
_NEAR = figures.PLACES[:8]
_SIDES = ("lower", "upper")
_DASHED = (0, (4, 3))
_LEFT, _RIGHT = 0.105, 0.02  # of the width
_HEADING, _AXIS, _KEY = 0.26, 0.48, 0.17  # inches: above, below, and each line of a key
_ROW = 0.142  # inches
_DISC, _DIAMOND = 5.5, 7.5  # points across


def funnel(points: pd.DataFrame, curves: pd.DataFrame, *, rate: float, dispersion: float) -> Figure:
    """Draw each rate (y) against the number of offenders (x), with the control limits.

    `curves` has limits, level, offenders, lower and upper. The chart is scaled to those with
    enough offenders; a rate outside it is written at its edge.
    """
    ends = curves[curves["offenders"] == curves["offenders"].max()]
    enough = points.loc[~points["few"], "y"]
    low = min(enough.min(), ends["lower"].min()) - 0.012
    high = max(enough.max(), ends["upper"].max()) + 0.012
    with mpl.rc_context(_STYLE):
        fig, (axes,) = _panels(
            ["share of offenders who reoffended"], 3.3, key=len(_LIMITS), right=0.13
        )
        axes.set(xlim=(0, curves["offenders"].max()), ylim=(low, high))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
        axes.set_xlabel("offenders in the cohort")
        axes.axhline(rate, color=QUIET, linewidth=1, zorder=0)
        for (limits, level), curve in curves.groupby(["limits", "level"]):
            colour, line, _ = _LIMITS[str(limits)]
            sides = [_within(curve["offenders"], curve[side], low, high) for side in _SIDES]
            axes.plot(
                *np.column_stack([sides[0], [np.nan, np.nan], sides[1]]),
                color=colour,
                linestyle=line,
                linewidth=1.3 if level == curves["level"].max() else 0.7,
                zorder=1,
            )
        outside = (points["y"] < low) | (points["y"] > high)
        _scatter(axes, points[~outside], dict.fromkeys(PARTS, COLOURS[0]), plain=True)
        taken = [_at_edge(axes, row) for _, row in points[outside].iterrows()]
        _name_ends(axes, ends, rate)
        inside = points[~outside].assign(inner_or_outer="outer")
        _name(axes, inside, taken)
        for number, (colour, _, text) in enumerate(_LIMITS.values()):
            _write_key(fig, number, text.format(words.decimal(dispersion, 1)), colour)
    return fig


def residuals(panels: Mapping[str, pd.DataFrame], *, bound: float) -> Figure:
    """Draw residuals (y) against fitted rates (x), a panel under each heading.

    All panels have one scale, with lines at zero and at the bound on either side.
    """
    together = pd.concat(panels.values())
    reach = max(together["y"].abs().max(), bound) + 0.6
    margin = 0.04 * np.ptp(together["x"])
    with mpl.rc_context(_STYLE):
        fig, drawn = _panels(list(panels), 1.75, key=1, right=0.045)
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
                axes.axhline(edge, color=QUIET, linewidth=1, linestyle=_DASHED, zorder=0)
            _scatter(axes, points, PARTS)
            _name(axes, points)
        drawn[-1].set_xlabel("rate that the model fits")
        _write_parts(fig)
    return fig


def influence(points: pd.DataFrame, *, terms: int, high_leverage: float) -> Figure:
    """Draw Cook's distance (y) against leverage (x), with the lines of equal residuals."""
    top = 1.16 * points["y"].max()
    edge = 1.12 * max(points["x"].max(), high_leverage)
    with mpl.rc_context(_STYLE):
        fig, (axes,) = _panels(["Cook’s distance"], 3.1, key=1, right=0.06)
        axes.set(xlim=(0, edge), ylim=(-0.02 * top, top), xlabel="leverage")
        axes.axvline(high_leverage, color=QUIET, linewidth=1, linestyle=_DASHED, zorder=0)
        taken = [
            _box(
                marks.write(
                    axes,
                    high_leverage,
                    top,
                    "twice the mean",
                    shift=(4, -6) if high_leverage < 0.75 * edge else (-4, -6),
                    ha="left" if high_leverage < 0.75 * edge else "right",
                    color=QUIET,
                    fontsize=POINTS - 1,
                )
            )
        ]
        taken += [_equal_residuals(axes, size, terms) for size in (1, 2)]
        _scatter(axes, points, PARTS)
        _name(axes, points, taken)
        _write_parts(fig)
    return fig


def leave_one_out(slopes: pd.DataFrame, *, full: float, std_error: float) -> Figure:
    """Draw the slope without each local authority, sorted, about the slope of all.

    `slopes` has name, inner_or_outer, slope, few and in_area. Each name stands across the line
    from its own point; those in the area are bold.
    """
    rows = slopes.sort_values("slope", ignore_index=True)
    reach = 1.1 * max((rows["slope"] - full).abs().max(), std_error)
    with mpl.rc_context(_STYLE):
        fig, (axes,) = _panels([""], _ROW * len(rows), key=1, left=_RIGHT)
        axes.set(xlim=(full - reach, full + reach), ylim=(len(rows) - 0.4, -0.6))
        axes.yaxis.set_visible(False)
        axes.set_xlabel("slope without it, log odds per standard deviation")
        axes.spines["left"].set_visible(False)
        axes.axvspan(full - std_error, full + std_error, color=QUIET, alpha=0.1, lw=0, zorder=0)
        axes.axvline(full, color=QUIET, linewidth=1, zorder=0)
        _above(axes, full, f"all {len(rows)}: {words.decimal(full, 3)}").set(ha="center", color=INK)
        _above(axes, full - std_error, f"{words.MINUS}1 standard error").set(ha="left", color=QUIET)
        _above(axes, full + std_error, "+1 standard error").set(ha="right", color=QUIET)
        for part, own in rows.groupby("inner_or_outer"):
            gap = np.full(len(own), np.nan)
            axes.plot(
                np.column_stack([np.full(len(own), full), own["slope"], gap]).ravel(),
                np.column_stack([own.index, own.index, gap]).ravel(),
                color=PARTS[str(part)],
                linewidth=1,
            )
        _scatter(axes, rows.assign(x=rows["slope"], y=rows.index), PARTS)
        for row in rows.itertuples():
            right = row.slope < full
            marks.write(
                axes,
                full,
                row.Index,
                row.name,
                shift=(4 if right else -4, 0),
                ha="left" if right else "right",
                va="center_baseline",
                fontsize=POINTS - 1,
                color=INK if row.in_area else QUIET,
                weight="bold" if row.in_area else "normal",
            )
        _write_parts(fig)
    return fig


def score_and_rank(points: pd.DataFrame) -> Figure:
    """Draw the rank (y, 1 on top) against the score (x), with the line where both agree.

    There a local authority is as many standard deviations from the mean by rank as by score.
    """
    x, y = points["x"], points["y"]
    ends = np.array([x.min() - 1.5, x.max() + 1.5])
    agreed = y.mean() - y.std() * (ends - x.mean()) / x.std()
    with mpl.rc_context(_STYLE):
        fig, (axes,) = _panels(["rank of 152; 1 is the most deprived"], 3.1, key=1)
        axes.set(xlim=ends, ylim=(max(agreed[0], y.max()) + 6, min(agreed[1], 1) - 6))
        axes.set_yticks([1, 25, 50, 75, 100, 125, 150])
        axes.set_xlabel("deprivation score, 2015; higher is more deprived")
        axes.plot(ends, agreed, color=QUIET, linewidth=1, zorder=0)
        _scatter(axes, points, PARTS)
        _name(axes, points)
        _write_parts(fig)
    return fig


def _panels(
    headings: list[str], height: float, *, key: int, left: float = _LEFT, right: float = _RIGHT
) -> tuple[Figure, list[Axes]]:
    """Give panels of one height in inches, stacked, each under its heading, above a key."""
    below = _AXIS + key * _KEY
    whole = len(headings) * (height + _HEADING) + (len(headings) - 1) * _AXIS / 2 + below
    fig = plt.figure(figsize=(WIDTH, whole))
    drawn = []
    bottom = whole
    for heading in headings:
        bottom -= _HEADING + height
        axes = fig.add_axes((left, bottom / whole, 1 - left - right, height / whole))
        fig.text(0.01, (bottom + height + 0.09) / whole, heading)
        drawn.append(axes)
        bottom -= _AXIS / 2
    return fig, drawn


def _write_key(fig: Figure, line: int, text: str, colour: str, *, x: float = 0.01) -> None:
    fig.text(x, (0.05 + line * _KEY) / fig.get_figheight(), text, color=colour)


def _write_parts(fig: Figure) -> None:
    _write_key(fig, 0, "circles: outer London", PARTS["outer"])
    _write_key(fig, 0, "diamonds: inner London", PARTS["inner"], x=0.5)


def _scatter(
    axes: Axes, points: pd.DataFrame, colour: Mapping[str, str], *, plain: bool = False
) -> None:
    for (part, few), own in points.groupby(["inner_or_outer", "few"]):
        marker = "o" if plain else _MARKERS[str(part)]
        style: dict[str, Any] = {"color": colour[str(part)], "clip_on": False}
        if few:
            axes.plot(own["x"], own["y"], marker, markerfacecolor="white", markersize=5, **style)
        elif marker == "o":
            marks.discs(axes, own["x"], own["y"], points=_DISC, **style)
        else:
            marks.diamonds(axes, own["x"], own["y"], points=_DIAMOND, zorder=2, **style)


def _name(axes: Axes, points: pd.DataFrame, taken: list[Bbox] | None = None) -> None:
    """Name the points that must be named, then those that may, where there is room."""
    coloured = points.assign(colour=points["inner_or_outer"].map(PARTS))
    boxes = figures.name_points(
        axes,
        coloured[coloured["must_name"]],
        points,
        taken=taken or (),
        places=figures.PLACES + _FAR,
        size=9,
    )
    spare = coloured[coloured["may_name"] & ~coloured["must_name"]]
    figures.name_points(axes, spare, points, taken=boxes, places=_NEAR, size=9, if_room=True)


def _at_edge(axes: Axes, row: pd.Series) -> Bbox:
    """Mark a rate that lies outside the chart at the edge that it lies beyond."""
    low, high = axes.get_ylim()
    below = row["y"] < low
    edge = low if below else high
    axes.plot(
        [row["x"]],
        [edge],
        "v" if below else "^",
        color=COLOURS[0],
        markerfacecolor="white",
        markersize=6,
        clip_on=False,
        zorder=3,
    )
    text = marks.write(
        axes,
        row["x"],
        edge,
        f"{row['name']}: {words.percent(row['y'])}, {'below' if below else 'above'} the chart",
        shift=(7, 7 if below else -7),
        color=COLOURS[0],
        fontsize=POINTS - 1,
        bbox=figures.ON_WHITE,
    )
    return _box(text)


def _name_ends(axes: Axes, ends: pd.DataFrame, rate: float) -> None:
    """Write the level of each limit at its right end, and the overall rate at its own."""
    gap = 0.03 * np.ptp(axes.get_ylim())
    named = [(rate, "overall", QUIET)]
    for side in _SIDES:
        at = rate
        for row in ends.sort_values("upper").itertuples():
            level = f"{100 * row.level:g}%"
            # Limits that nearly meet are named a little apart.
            at = max(row.upper, at + gap) if side == "upper" else min(row.lower, at - gap)
            named.append((at, level, _LIMITS[row.limits][0]))
    for at, text, colour in named:
        style = {"color": colour, "fontsize": POINTS - 1}
        marks.write(axes, 1, at, text, shift=(3, 0), within=axes.get_yaxis_transform(), **style)


def _within(x: pd.Series, y: pd.Series, low: float, high: float) -> np.ndarray:
    """Give the part of a limit inside the chart, in two rows, from where it comes in."""
    across, up = x.to_numpy(), y.to_numpy()
    first = int(np.flatnonzero((low <= up) & (up <= high))[0])
    if first == 0:
        return np.array([across, up])
    before = first - 1
    edge = np.clip(up[before], low, high)
    part = (edge - up[before]) / (up[first] - up[before])
    entry = across[before] + part * (across[first] - across[before])
    return np.array([[entry, *across[first:]], [edge, *up[first:]]])


def _equal_residuals(axes: Axes, size: int, terms: int) -> Bbox:
    """Draw Cook's distance as the leverage gives it for one size of residual, and name the line."""
    edge, top = axes.get_xlim()[1], axes.get_ylim()[1]
    leverage = np.linspace(0, edge, 100)
    distance = size**2 * leverage / (1 - leverage) ** 2 / terms
    shown = distance < top
    leverage, distance = leverage[shown], distance[shown]
    thin = np.unique(np.linspace(0, len(leverage) - 1, 15).astype(int))
    axes.plot(leverage[thin], distance[thin], color=QUIET, linewidth=0.7, zorder=0)
    leaves_above = leverage[-1] < 0.98 * edge
    text = marks.write(
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
    return _box(text)


def _above(axes: Axes, x: float, text: str) -> mpl.text.Text:
    within = axes.get_xaxis_transform()
    style = {"va": "bottom", "fontsize": POINTS - 1}
    return marks.write(axes, x, 1, text, shift=(0, 3), within=within, **style)


def _box(text: mpl.text.Text) -> Bbox:
    return text.get_window_extent()
