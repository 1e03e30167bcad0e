"""The figures: drawn for reading, with direct labels and at most four colours.

They are drawn narrow, with type that is still legible when a phone shrinks them to 320 pixels, and
the page enlarges them where there is room.
"""

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from matplotlib.transforms import Bbox

from analysis import words
from analysis.report.drawing import marks, svg
from analysis.report.drawing.svg import POINTS

# The first four colours of the UK Government Analysis Function's categorical palette.
COLOURS = ("#12436D", "#28A197", "#801650", "#F46A25")
INK, QUIET = "#0B0C0C", "#505A5F"

WIDTH = 4.2  # inches
LINE = 0.205  # inches
CHARACTER = 0.0185  # of the width, for the widest run of ordinary letters
HEADING_CHARACTERS = 50
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": POINTS,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
ON_WHITE: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}


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


@dataclass(frozen=True)
class Scale:
    """The horizontal axis of a forest plot, with one line of reference."""

    limits: tuple[float, float]
    reference: float
    reference_label: str
    ticks: Sequence[float]
    tick_labels: Sequence[str]
    label: str


def shares(bars: Sequence[Bar]) -> Figure:
    """Draw proportions from 0% to 100% with a line at one half."""
    return _forest(
        bars,
        Scale(
            limits=(0, 1),
            reference=0.5,
            reference_label="half",
            ticks=(0, 0.25, 0.5, 0.75, 1),
            tick_labels=("0%", "25%", "50%", "75%", "100%"),
            label="share of relevant cases, sufficient",
        ),
    )


def point_differences(bars: Sequence[Bar]) -> Figure:
    """Draw differences from −100 to +100 percentage points."""
    return _forest(
        bars,
        Scale(
            limits=(-1, 1),
            reference=0,
            reference_label="no difference",
            ticks=(-1, -0.5, 0, 0.5, 1),
            tick_labels=(f"{words.MINUS}100", f"{words.MINUS}50", "0", "+50", "+100"),
            label="difference in percentage points",
        ),
    )


def slopes(bars: Sequence[Bar]) -> Figure:
    """Draw slopes on the logit scale with a line at zero."""
    low = min(0.0, *(bar.lower for bar in bars))
    high = max(0.0, *(bar.upper for bar in bars))
    margin = 0.06 * (high - low)
    step = next(step for step in (0.05, 0.1, 0.2, 0.5, 1, 2) if (high - low) / step <= 6)
    ticks = np.arange(np.ceil((low - margin) / step), (high + margin) / step) * step
    return _forest(
        bars,
        Scale(
            limits=(low - margin, high + margin),
            reference=0,
            reference_label="no association",
            ticks=list(ticks),
            tick_labels=[words.decimal(tick, 2 if step < 0.1 else 1) for tick in ticks],
            label="log odds per standard deviation",
        ),
    )


def _forest(bars: Sequence[Bar], scale: Scale) -> Figure:
    """Draw intervals under the heading of their group, each with its label and its note.

    A bar with a point is a line with a dot; one without is a pale band with closed ends, so that
    a figure from words can never be taken for a count.
    """
    groups: dict[str, list[Bar]] = {}
    for bar in bars:
        groups.setdefault(bar.group, []).append(bar)
    headings = {group: textwrap.wrap(group, HEADING_CHARACTERS) for group in groups}
    lines = sum(len(headings[group]) + len(own) + 0.5 for group, own in groups.items())
    bottom, top = 0.55, 0.3
    height = lines * LINE + bottom + top
    left = 0.02 + CHARACTER * max(len(bar.label) for bar in bars)
    width = 1 - left - 0.04 - CHARACTER * max(len(bar.note) for bar in bars)
    with mpl.rc_context(STYLE):
        fig = plt.figure(figsize=(WIDTH, height))
        axes = fig.add_axes((left, bottom / height, width, 1 - (bottom + top) / height))
        axes.set(xlim=scale.limits, ylim=(lines, 0), xlabel=scale.label)
        axes.yaxis.set_visible(False)
        axes.set_xticks(scale.ticks, scale.tick_labels)
        axes.spines["left"].set_visible(False)
        above: dict[str, Any] = {"ha": "center", "va": "baseline", "color": QUIET}
        marks.write(axes, scale.reference, 0, scale.reference_label, shift=(0, 4), **above)
        row = 0.0
        placed: list[tuple[Bar, float]] = []
        for group, own in groups.items():
            for line in headings[group]:
                row += 1
                _beside(axes, -left / width + 0.01, row - 0.45, line).set(weight="bold")
            for bar in own:
                row += 1
                placed.append((bar, row - 0.5))
                _beside(axes, -0.025, row - 0.5, bar.label).set(ha="right")
                _beside(axes, 1 + 0.02 / width, row - 0.5, bar.note)
            row += 0.5
        # Beside the bars only, so that the line crosses no heading.
        rows = np.array([y for _, y in placed])
        dashes: dict[str, Any] = {"color": QUIET, "linewidth": 1, "linestyle": (0, (3, 2))}
        marks.segments(axes, scale.reference, scale.reference, rows - 0.5, rows + 0.5, **dashes)
        for colour in dict.fromkeys(bar.colour for bar in bars):
            _draw(axes, [(bar, y) for bar, y in placed if bar.colour == colour], colour)
    return fig


def _draw(axes: Axes, placed: Sequence[tuple[Bar, float]], colour: str) -> None:
    lower, upper, y = (
        np.array(values)
        for values in zip(*((bar.lower, bar.upper, y) for bar, y in placed), strict=True)
    )
    point = np.array([np.nan if bar.point is None else bar.point for bar, _ in placed])
    worded = np.isnan(point)
    if worded.any():
        low, high, row = lower[worded], upper[worded], y[worded]
        marks.segments(axes, low, high, row, row, color=colour, alpha=0.35, linewidth=7)
        ends, rows = np.concatenate([low, high]), np.concatenate([row, row])
        marks.segments(axes, ends, ends, rows - 0.3, rows + 0.3, color=colour, linewidth=1.5)
    if not worded.all():
        low, high, row = lower[~worded], upper[~worded], y[~worded]
        marks.segments(axes, low, high, row, row, color=colour, linewidth=2)
        marks.discs(axes, point[~worded], row, points=7, color=colour)


def _beside(axes: Axes, x: float, y: float, text: str) -> mpl.text.Text:
    return marks.write(axes, x, y, text, within=axes.get_yaxis_transform())


def deprivation(boroughs: pd.DataFrame, curves: pd.DataFrame) -> Figure:
    """Draw each local authority's reoffending rate against deprivation, and the fitted curves.

    `boroughs` has name, in_area, fewest (whether it has the fewest offenders), inner_or_outer,
    deprivation_score, rate, ci_lower and ci_upper; `curves` has inner_or_outer, deprivation_score,
    fitted, ci_lower and ci_upper. Those in the area are named where there is room, a single one in
    any case, and so is the one with the fewest offenders, whose rate says least: far below the
    others it is marked at the edge.
    """
    colour = {"inner": COLOURS[2], "outer": COLOURS[0]}
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
        for part, curve in curves.groupby("inner_or_outer"):
            style: dict[str, Any] = {"color": colour[str(part)], "zorder": 1}
            x = curve["deprivation_score"]
            axes.fill_between(x, curve["ci_lower"], curve["ci_upper"], alpha=0.12, lw=0, **style)
            axes.plot(x, curve["fitted"], linewidth=1.5, **style)
        for part, rows in shown.groupby("inner_or_outer"):
            x, low, high = rows["deprivation_score"], rows["ci_lower"], rows["ci_upper"]
            faint: dict[str, Any] = {"color": colour[str(part)], "linewidth": 1, "alpha": 0.4}
            marks.segments(axes, x, x, np.maximum(low, floor), high, **faint)
            style = {"color": colour[str(part)], "marker": "D" if part == "inner" else "o"}
            sns.scatterplot(
                rows, x="deprivation_score", y="rate", s=26, linewidth=0, ax=axes, **style
            )
        axes.set(xlabel="deprivation score, 2015; higher is more deprived", ylabel="")
        points = shown.assign(
            x=shown["deprivation_score"],
            y=shown["rate"],
            colour=shown["inner_or_outer"].map(colour),
        )
        named = points[points["in_area"] | points["fewest"]]
        name_points(axes, named, points, if_room=named["in_area"].sum() > 1)
        for row in boroughs[below].itertuples():
            axes.plot(
                [row.deprivation_score], [floor + 0.003], "v", color=colour[row.inner_or_outer]
            )
            text = f"{row.name}: {words.percent(row.rate)}, below the chart"
            style = {"color": colour[row.inner_or_outer], "fontsize": POINTS - 1}
            marks.write(axes, row.deprivation_score, floor + 0.003, text, shift=(7, 0), **style)
        for y, part, marker in ((0.05, "outer", "circles"), (0.01, "inner", "diamonds")):
            text = f"{marker}: {part} London, with its fitted curve and band"
            fig.text(0.105, y, text, color=colour[part])
    return fig


Place = tuple[int, int, Literal["left", "right", "center"]]
_LEFTWARD = {"left": 0.0, "center": 0.5, "right": 1.0}
PLACES: tuple[Place, ...] = (
    (6, 0, "left"),
    (-6, 0, "right"),
    (5, 8, "left"),
    (5, -8, "left"),
    (-5, 8, "right"),
    (-5, -8, "right"),
    (0, 12, "center"),
    (0, -12, "center"),
    (9, 16, "left"),
    (9, -16, "left"),
    (-9, 16, "right"),
    (-9, -16, "right"),
)


def name_points(
    axes: Axes,
    named: pd.DataFrame,
    points: pd.DataFrame,
    *,
    taken: Iterable[Bbox] = (),
    places: Sequence[Place] = PLACES,
    size: float = 6,
    if_room: bool = False,
) -> list[Bbox]:
    """Write each name beside its point, where it covers least of the points and what is taken.

    Both frames have x and y, `named` also name and colour; `size` is that of a point in pixels.
    With `if_room` a name that would cover anything is left out. Gives what is taken now. The
    limits of the axes must be set.
    """
    pixels = axes.figure.dpi / 72
    spots = axes.transData.transform(points[["x", "y"]].to_numpy())
    around = np.hstack([spots - size / 2, spots + size / 2])
    boxes = np.vstack([np.empty((0, 4)), *(box.extents for box in taken), around])
    shifts = np.array([place[:2] for place in places]) * pixels
    # How much of its own width a name stands to the left of where it is put.
    left = np.array([_LEFTWARD[place[2]] for place in places])
    inside = axes.get_window_extent().extents
    ordered = named.sort_values("y", ascending=False)
    own = axes.transData.transform(ordered[["x", "y"]].to_numpy().reshape(-1, 2))
    for row, spot in zip(ordered.itertuples(), own, strict=True):
        at = spot + shifts
        wide = svg.width(row.name, STYLE["font.family"], POINTS - 1) * pixels
        tall = (POINTS - 1) * pixels  # of a line of letters, from the deepest to the highest
        x, y = at[:, 0] - left * wide, at[:, 1] - tall / 2
        choices = np.column_stack([x, y, x + wide, y + tall])
        outside = ((choices[:, :2] < inside[:2]) | (choices[:, 2:] > inside[2:])).any(axis=1)
        cost = _overlaps(choices, boxes).sum(axis=1) + 100 * outside
        best = int(cost.argmin())
        if cost[best] and if_room:
            continue
        marks.write(
            axes,
            row.x,
            row.y,
            row.name,
            shift=places[best][:2],
            ha=places[best][2],
            fontsize=POINTS - 1,
            color=row.colour,
            bbox=ON_WHITE | {"alpha": 0.75, "pad": 0.2},
        )
        boxes = np.vstack([boxes, choices[best]])
    return [Bbox.from_extents(box) for box in boxes]


def _overlaps(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Tell which of some boxes (x0, y0, x1, y1), a row each, overlap which others, a column each."""
    one, other = some[:, None], others[None]
    meet = (one[..., :2] <= other[..., 2:]) & (other[..., :2] <= one[..., 2:])
    return np.all(meet, axis=-1)
