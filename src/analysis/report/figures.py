"""The figures: drawn for reading, with direct labels and at most four colours."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from analysis.report import words

# The first four colours of the UK Government Analysis Function's categorical palette.
COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25")
INK, QUIET = "#0B0C0C", "#505A5F"
WIDTH_INCHES = 6.4
_LINE_INCHES = 0.235
_QUESTION_CHARACTERS = 72

_STYLE = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


@dataclass(frozen=True)
class Bar:
    """One interval of a forest plot; without a point it is an envelope of what words admit."""

    group: str
    label: str
    lower: float
    upper: float
    point: float | None
    note: str
    colour: str = COLOURS[0]


def forest(
    bars: Sequence[Bar],
    *,
    limits: tuple[float, float],
    reference: float,
    reference_label: str,
    ticks: Sequence[float],
    tick_labels: Sequence[str],
    axis_label: str,
) -> Figure:
    """Draw intervals under the heading of their group, each with its label and its note.

    A bar with a point is a line with a dot; one without is a pale band with open ends, so that a
    figure from words can never be taken for a count.
    """
    groups: dict[str, list[Bar]] = {}
    for bar in bars:
        groups.setdefault(bar.group, []).append(bar)
    headings = {group: textwrap.wrap(group, _QUESTION_CHARACTERS) for group in groups}
    lines = sum(len(headings[group]) + len(own) + 0.5 for group, own in groups.items())
    bottom, top = 0.62, 0.34
    height = lines * _LINE_INCHES + bottom + top
    with mpl.rc_context(_STYLE):
        fig = plt.figure(figsize=(WIDTH_INCHES, height))
        longest = max(len(bar.label) for bar in bars)
        left = min(0.34, 0.04 + 0.0125 * longest)
        axes = fig.add_axes((left, bottom / height, 0.76 - left, 1 - (bottom + top) / height))
        axes.set(xlim=limits, ylim=(lines, 0), yticks=[])
        axes.set_xticks(ticks, tick_labels)
        axes.set_xlabel(axis_label)
        axes.spines["left"].set_visible(False)
        axes.axvline(reference, color=QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        axes.annotate(
            reference_label,
            (reference, 0),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            color=QUIET,
        )
        row = 0.0
        for group, own in groups.items():
            for line in headings[group]:
                row += 1
                _beside(axes, -left / (0.76 - left) + 0.01, row - 0.42, line, weight="bold")
            for bar in own:
                row += 1
                _draw(axes, bar, row - 0.5, left)
            row += 0.5
    return fig


def _draw(axes: Axes, bar: Bar, y: float, left: float) -> None:
    if bar.point is None:
        axes.plot(
            [bar.lower, bar.upper],
            [y, y],
            color=bar.colour,
            alpha=0.35,
            linewidth=8,
            solid_capstyle="butt",
        )
        for end in (bar.lower, bar.upper):
            axes.plot([end, end], [y - 0.3, y + 0.3], color=bar.colour, linewidth=1.5)
    else:
        axes.plot([bar.lower, bar.upper], [y, y], color=bar.colour, linewidth=2)
        axes.plot([bar.point], [y], "o", color=bar.colour, markersize=7)
    width = 0.76 - left
    _beside(axes, -0.02, y, bar.label, ha="right", color=bar.colour)
    _beside(axes, 1 + 0.02 / width, y, bar.note)


def _beside(axes: Axes, x: float, y: float, text: str, **style: object) -> Text:
    return axes.text(
        x,
        y,
        text,
        transform=axes.get_yaxis_transform(),
        va="center",
        clip_on=False,
        **style,  # type: ignore[arg-type]
    )


def shares(bars: Sequence[Bar]) -> Figure:
    """Draw a forest plot of proportions from 0% to 100% with a line at one half."""
    return forest(
        bars,
        limits=(0, 1),
        reference=0.5,
        reference_label="half",
        ticks=[0, 0.25, 0.5, 0.75, 1],
        tick_labels=["0%", "25%", "50%", "75%", "100%"],
        axis_label="share of relevant cases with sufficient work",
    )


def point_differences(bars: Sequence[Bar]) -> Figure:
    """Draw a forest plot of differences from −100 to +100 percentage points."""
    return forest(
        bars,
        limits=(-1, 1),
        reference=0,
        reference_label="no difference",
        ticks=[-1, -0.5, 0, 0.5, 1],
        tick_labels=[f"{words.MINUS}100", f"{words.MINUS}50", "0", "+50", "+100"],
        axis_label="difference in percentage points",
    )


def slopes(bars: Sequence[Bar]) -> Figure:
    """Draw a forest plot of slopes on the logit scale with a line at zero."""
    low = min(0.0, *(bar.lower for bar in bars))
    high = max(0.0, *(bar.upper for bar in bars))
    margin = 0.06 * (high - low)
    ticks = [tick for tick in np.arange(-2, 2.01, 0.1) if low - margin <= tick <= high + margin]
    return forest(
        bars,
        limits=(low - margin, high + margin),
        reference=0,
        reference_label="no association",
        ticks=ticks,
        tick_labels=[words.decimal(tick, 1) for tick in ticks],
        axis_label="change in log odds of reoffending per standard deviation of deprivation",
    )


def deprivation(boroughs: pd.DataFrame, curves: pd.DataFrame) -> Figure:
    """Draw each local authority's reoffending rate against deprivation, and the fitted curves.

    `boroughs` has name, in_area, inner_or_outer, deprivation_score, rate, ci_lower and ci_upper;
    `curves` has inner_or_outer, deprivation_score, fitted, ci_lower and ci_upper.
    """
    colour = {"inner": COLOURS[2], "outer": COLOURS[0]}
    with mpl.rc_context(_STYLE):
        fig = plt.figure(figsize=(WIDTH_INCHES, 5.2))
        axes = fig.add_axes((0.1, 0.11, 0.87, 0.86))
        axes.vlines(
            boroughs["deprivation_score"],
            boroughs["ci_lower"],
            boroughs["ci_upper"],
            colors=[colour[part] for part in boroughs["inner_or_outer"]],
            linewidth=1,
            alpha=0.45,
        )
        sns.scatterplot(
            boroughs,
            x="deprivation_score",
            y="rate",
            hue="inner_or_outer",
            style="inner_or_outer",
            palette=colour,
            markers={"inner": "D", "outer": "o"},
            s=36,
            legend=False,
            ax=axes,
        )
        labels = []
        for part, curve in curves.groupby("inner_or_outer", sort=False):
            axes.fill_between(
                curve["deprivation_score"],
                curve["ci_lower"],
                curve["ci_upper"],
                color=colour[str(part)],
                alpha=0.12,
                linewidth=0,
            )
            axes.plot(curve["deprivation_score"], curve["fitted"], color=colour[str(part)])
        low, high = boroughs["ci_lower"].min(), boroughs["ci_upper"].max()
        axes.set_ylim(max(0, low - 0.01), high + 0.025)
        axes.set_xlim(
            boroughs["deprivation_score"].min() - 1.5, boroughs["deprivation_score"].max() + 1.5
        )
        axes.yaxis.set_major_formatter(mpl.ticker.PercentFormatter(1, decimals=0))
        axes.set_xlabel("deprivation score, 2015 (higher is more deprived)")
        axes.set_ylabel("offenders who reoffended")
        for part, curve in curves.groupby("inner_or_outer", sort=False):
            labels.append(
                (
                    f"{part} London, fitted",
                    curve.iloc[0 if part == "outer" else -1],
                    colour[str(part)],
                )
            )
        _label_points(axes, boroughs[boroughs["in_area"] | (boroughs["fewest"])], colour)
        axes.plot([], [])
        axes.text(
            0.985,
            0.03,
            "circles and dark blue: outer London",
            ha="right",
            color=colour["outer"],
            transform=axes.transAxes,
        )
        axes.text(
            0.985,
            0.08,
            "diamonds and dark pink: inner London",
            ha="right",
            color=colour["inner"],
            transform=axes.transAxes,
        )
    return fig


def _label_points(axes: Axes, rows: pd.DataFrame, colour: dict[str, str]) -> None:
    """Write each name beside its point, at the first of eight places where it meets no other."""
    figure = axes.figure
    figure.canvas.draw()  # type: ignore[union-attr]
    taken = [
        axes.transData.transform((row.deprivation_score, row.rate)) for row in rows.itertuples()
    ]
    boxes: list[tuple[float, float, float, float]] = [
        (x - 5, y - 5, x + 5, y + 5) for x, y in taken
    ]
    places = [
        (8, 0, "left"),
        (-8, 0, "right"),
        (8, 10, "left"),
        (8, -10, "left"),
        (-8, 10, "right"),
        (-8, -10, "right"),
        (0, 16, "center"),
        (0, -16, "center"),
    ]
    for row in rows.sort_values("rate", ascending=False).itertuples():
        for dx, dy, ha in places:
            text = axes.annotate(
                row.name,
                (row.deprivation_score, row.rate),
                xytext=(dx, dy),
                textcoords="offset points",
                ha=ha,
                va="center",
                fontsize=9,
                color=colour[row.inner_or_outer],
            )
            box = text.get_window_extent().extents
            inside = axes.get_window_extent()
            fits = inside.x0 <= box[0] and box[2] <= inside.x1
            if fits and not any(
                box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in boxes
            ):
                break
            if (dx, dy, ha) != places[-1]:
                text.remove()
        boxes.append(tuple(text.get_window_extent().extents))
