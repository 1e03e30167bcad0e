"""Intervals one below the other, under the headings of their groups: shares, differences, slopes.

Drawn for reading, with direct labels and at most four colours; narrow, with type that is still legible
when a phone shrinks them to 320 pixels, and the page enlarges them where there is room.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis import words
from analysis.report.drawing import marks
from analysis.report.drawing.palette import KINDS, LINE, QUIET, STYLE, WIDTH

_PAGE = 72 * WIDTH  # points, as what follows
_EDGE = 3  # kept free beside the outermost text
_GAP = 6  # between the bars and what stands beside them
_LABELS = 0.45  # of the width: as much as labels may take


@dataclass(frozen=True)
class Bar:
    """One interval of a forest plot; without a point it is an envelope of what words admit."""

    group: str
    label: str
    lower: float
    upper: float
    point: float | None
    note: str
    colour: str = KINDS[0]


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
    bold = partial(marks.width, weight="bold")
    headings = {group: marks.wrapped(group, _PAGE - 2 * _EDGE, bold) for group in groups}
    labels = {bar.label: marks.wrapped(bar.label, _LABELS * _PAGE, marks.width) for bar in bars}
    lines = sum(
        len(headings[group]) + sum(len(labels[bar.label]) for bar in own) + 0.5
        for group, own in groups.items()
    )
    bottom, top = 0.55, 0.3
    height = lines * LINE + bottom + top
    # Half of a number of the axis may stand beyond either end of it.
    numbers = marks.width(scale.tick_labels) / 2
    left = _EDGE + max(
        numbers, _GAP + marks.width(line for label in labels.values() for line in label)
    )
    right = _EDGE + max(numbers, _GAP + marks.width(bar.note for bar in bars))
    width = _PAGE - left - right
    with mpl.rc_context(STYLE):
        fig = plt.figure(figsize=(WIDTH, height))
        axes = fig.add_axes(
            (left / _PAGE, bottom / height, width / _PAGE, 1 - (bottom + top) / height)
        )
        axes.set(xlim=scale.limits, ylim=(lines, 0), xlabel=scale.label)
        axes.yaxis.set_visible(False)
        axes.set_xticks(scale.ticks, scale.tick_labels)
        axes.spines["left"].set_visible(False)
        _name_reference(axes, scale, left, width)
        row = 0.0
        placed: list[tuple[Bar, float]] = []
        for group, own in groups.items():
            for line in headings[group]:
                row += 1
                _beside(axes, 0, row - 0.45, line, _EDGE - left, weight="bold")
            for bar in own:
                tall = len(labels[bar.label])
                middle = row + tall / 2
                row += tall
                placed.append((bar, middle))
                _beside(axes, 0, middle, "\n".join(labels[bar.label]), -_GAP, ha="right")
                _beside(axes, 1, middle, bar.note, _GAP)
            row += 0.5
        # Beside the bars only, so that the line crosses no heading.
        rows = np.array([y for _, y in placed])
        dashes: dict[str, Any] = {"color": QUIET, "linewidth": 1, "linestyle": (0, (3, 2))}
        marks.segments(axes, scale.reference, scale.reference, rows - 0.5, rows + 0.5, **dashes)
        for colour in dict.fromkeys(bar.colour for bar in bars):
            _draw(axes, [(bar, y) for bar, y in placed if bar.colour == colour], colour)
    return fig


def _name_reference(axes: Axes, scale: Scale, left: float, width: float) -> None:
    """Write what the line of reference is above it, aside where the edge of the page is near."""
    low, high = scale.limits
    at = left + width * (scale.reference - low) / (high - low)
    half = marks.width([scale.reference_label]) / 2
    kept = min(max(at, _EDGE + half), _PAGE - _EDGE - half)
    style: dict[str, Any] = {"ha": "center", "va": "baseline", "color": QUIET}
    marks.write(axes, scale.reference, 0, scale.reference_label, shift=(kept - at, 4), **style)


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


def _beside(axes: Axes, x: float, y: float, text: str, shift: float, **style: Any) -> None:  # noqa: ANN401
    within = axes.get_yaxis_transform()
    marks.write(axes, x, y, text, shift=(shift, 0), within=within, **style)
