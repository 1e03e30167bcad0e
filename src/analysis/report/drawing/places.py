"""A row for each place: bars, shares, two years, ranks, cohorts.

Drawn narrow, for a phone too. The places of the area come first, and those beside it a little apart.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis import words
from analysis.report.drawing import marks, palette
from analysis.report.drawing.palette import EDGE, GAP, LINE, WIDTH

_LABEL = 1.214  # inches of a place's name before it is wrapped
_APART = 0.5  # lines between the area's places and those beside them
_PITCH = 1.3  # lines of a row
_UNDER_AXIS = 1  # in the order of drawing, in which an axis has 1.5


@dataclass(frozen=True)
class _Rows:
    """A figure with a row for each place: its axes, and the middle of each row in lines."""

    fig: Figure
    axes: Axes
    middles: np.ndarray

    def note(self, y: float, text: str) -> None:
        """Write beside the axes, at the right."""
        shift = (GAP * 72, 0)
        marks.write(self.axes, 1, y, text, shift=shift, within=self.axes.get_yaxis_transform())


def _rows(
    names: Sequence[str],
    *,
    aside: int,
    notes: Collection[str] = (),
    limits: tuple[float, float],
    top: float,
    bottom: float = 0.06,
    pitch: float = _PITCH,
) -> _Rows:
    """Lay out a row for each name; the last `aside` of them stand a little apart.

    `notes` are to be written beside the rows; `top` and `bottom` are in inches.
    """
    labels = [marks.wrapped(name, _LABEL) for name in names]
    middles: list[float] = []
    line = 0.0
    for number, label in enumerate(labels):
        line += _APART * (number == len(labels) - aside)
        height = max(pitch, 0.75 * len(label) + 0.35)
        middles.append(line + height / 2)
        line += height
    tall = line * LINE + top + bottom
    left = EDGE + (marks.inches(part for label in labels for part in label) + GAP) / WIDTH
    width = 1 - left - EDGE - (marks.inches(notes) + GAP * bool(notes)) / WIDTH
    fig = plt.figure(figsize=(WIDTH, tall))
    axes = fig.add_axes((left, bottom / tall, width, line * LINE / tall))
    axes.set(xlim=limits, ylim=(line, 0), xticks=[])
    axes.yaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.patch.set_visible(False)
    across = axes.get_yaxis_transform()
    for middle, label in zip(middles, labels, strict=True):
        text = "\n".join(label)
        shift = (-GAP * 72, 0)
        marks.write(axes, 0, middle, text, shift=shift, within=across, ha="right", linespacing=1.1)
    return _Rows(fig, axes, np.asarray(middles))


def bars(numbers: Mapping[str, int]) -> Figure:
    """Draw a bar for the number of each place, with the number at its end."""
    notes = [f"{number:,}" for number in numbers.values()]
    ends = list(numbers.values())
    with mpl.rc_context(palette.PLAIN):
        rows = _rows([*numbers], aside=0, notes=notes, limits=(0, max(ends)), top=0.06)
        for x, y, note in zip(ends, rows.middles, notes, strict=True):
            marks.write(rows.axes, x, y, note, shift=(4, 0))
        bar: dict[str, Any] = {"color": palette.FOCUS, "linewidth": 0.8 * LINE * 72}
        marks.segments(rows.axes, 0, ends, rows.middles, rows.middles, **bar)
    return rows.fig


def stacked_shares(shares: pd.DataFrame, groups: Mapping[str, str], *, aside: int) -> Figure:
    """Draw the shares of each place, which add up to 1, as parts of one bar.

    `shares` has a row per place, indexed by its name, and a column per group; `groups` says what
    each column stands for. A part too narrow for its number goes without.
    """
    with mpl.rc_context(palette.PLAIN):
        names = [str(name) for name in shares.index]
        key = list(zip(palette.KINDS, groups.values(), strict=False))
        rows = _rows(names, aside=aside, limits=(0, 1), top=2 * LINE + 0.1)
        marks.key(rows.fig, key, columns=2)
        y = rows.middles
        ends = shares[list(groups)].cumsum(axis=1).to_numpy()
        starts = np.hstack([np.zeros((len(ends), 1)), ends[:, :-1]])
        for number, (colour, _) in enumerate(key):
            first, last = starts[:, number], ends[:, number]
            apart = first + 0.004 * (number > 0)
            marks.segments(rows.axes, apart, last, y, y, color=colour, linewidth=LINE * 72)
            for x0, x1, at in zip(first, last, y, strict=True):
                marks.write_upon(rows.axes, x0, x1, at, words.percent(x1 - x0), colour)
    return rows.fig


def two_years(rates: pd.DataFrame, *, aside: int) -> Figure:
    """Draw the rate of each place in two years, joined by a line, with both in figures.

    `rates` has a row per place, indexed by its name, and a column per year, in order; a rate that
    is not there is said to be so.
    """
    first, last = rates.columns
    known = rates.notna().all(axis=1)
    notes = [
        f"{words.percent(row[first], 1)}, {words.percent(row[last], 1)}" if there else words.UNKNOWN
        for (_, row), there in zip(rates.iterrows(), known, strict=True)
    ]
    with mpl.rc_context(palette.PLAIN):
        rows = _rows(
            [str(name) for name in rates.index],
            aside=aside,
            notes=notes,
            limits=(0, 0.02 * np.ceil(rates.max().max() / 0.02)),
            top=LINE + 0.1,
            bottom=0.3,
        )
        marks.key(rows.fig, [(palette.EARLIER, str(first)), (palette.LATER, str(last))], columns=4)
        _percent_axis(rows.axes)
        for y, text in zip(rows.middles, notes, strict=True):
            rows.note(y, text)
        own, at = rates[known], rows.middles[known]
        marks.segments(
            rows.axes,
            own[first],
            own[last],
            at,
            at,
            color=palette.QUIET,
            linewidth=1,
            zorder=_UNDER_AXIS,
        )
        for year, colour in ((first, palette.EARLIER), (last, palette.LATER)):
            marks.discs(rows.axes, own[year], at, points=7, color=colour, zorder=_UNDER_AXIS)
    return rows.fig


def _percent_axis(axes: Axes) -> None:
    axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 4, 5, 10]))
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.spines["bottom"].set_visible(True)


def ranks(table: pd.DataFrame, headings: Sequence[tuple[str, Sequence[str]]], last: int) -> Figure:
    """Draw ranks as a grid with a row per place, shaded by quarters of all `last` ranks.

    `table` has a row per place, indexed by its name, and a column per measure; `headings` are the
    groups of columns with the heading of each. Rank 1 is darkest.
    """
    quarter = last // 4
    with mpl.rc_context(palette.PLAIN):
        rows = _rows(
            [str(name) for name in table.index],
            aside=0,
            limits=(0, table.shape[1]),
            top=2 * LINE + 0.15 + 3 * LINE,
        )
        quarters = [
            f"rank {number * quarter + 1} to {(number + 1) * quarter}" for number in range(4)
        ]
        quarters[0] += ", most deprived"
        # Read down the columns: the two darker quarters, then the two lighter ones.
        key = [(palette.SHADES[3 - number], quarters[number]) for number in (0, 2, 1, 3)]
        marks.key(rows.fig, key, columns=2)
        cells: dict[str, list[tuple[float, float]]] = {}
        for y, (_, own) in zip(rows.middles, table.iterrows(), strict=True):
            for x, rank in enumerate(own):
                shade = palette.SHADES[3 - min((rank - 1) // quarter, 3)]
                cells.setdefault(shade, []).append((x, y))
                marks.write(rows.axes, x + 0.5, y, str(rank), ha="center", color=palette.on(shade))
        for shade, places in cells.items():
            x, y = np.transpose(places)
            thick = 1.2 * LINE * 72
            marks.segments(rows.axes, x + 0.02, x + 0.98, y, y, color=shade, linewidth=thick)
        _head(rows.axes, headings)
    return rows.fig


def _head(axes: Axes, headings: Sequence[tuple[str, Sequence[str]]]) -> None:
    """Write the headings of groups of columns, and below them those of the columns."""
    above: dict[str, Any] = {"ha": "center", "va": "bottom"}
    start = 0.0
    for group, columns in headings:
        marks.write(axes, start + len(columns) / 2, -2.2, group, **above)
        for number, column in enumerate(columns):
            heading = column.replace(" ", "\n")
            marks.write(axes, start + number + 0.5, -0.2, heading, linespacing=1.1, **above)
        start += len(columns)


def cohorts(rates: pd.DataFrame, cohort: int, reference: float, *, aside: int) -> Figure:
    """Draw each place's rate in every cohort, with its interval, one below the other.

    `rates` has columns name, cohort, rate, ci_lower and ci_upper, sorted; `cohort` is drawn dark
    and has its rate in figures, and `reference` is a rate to set it beside, drawn dashed.
    """
    names = list(dict.fromkeys(rates["name"]))
    years = sorted(rates["cohort"].unique())
    low, high = rates["ci_lower"].min(), rates["ci_upper"].max()
    space = 0.04 * (high - low)
    own = rates[rates["cohort"] == cohort]
    notes = {row.name: words.percent(row.rate, 1) for row in own.itertuples(index=False)}
    with mpl.rc_context(palette.PLAIN):
        rows = _rows(
            names,
            aside=aside,
            notes=list(notes.values()),
            limits=(low - space, high + space),
            top=2 * LINE + 0.12,
            bottom=0.3,
            pitch=1.7,
        )
        listed = ", ".join(map(str, years))
        others = f"other cohorts; from above: {listed}"
        marks.key(
            rows.fig, [(palette.FOCUS, f"cohort {cohort}"), (palette.ASIDE, others)], columns=1
        )
        _percent_axis(rows.axes)
        rows.axes.axvline(
            reference, color=palette.QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=0
        )
        place = dict(zip(names, rows.middles, strict=True))
        step = 1.1 / len(years)
        for drawn, colour in (
            (own, palette.FOCUS),
            (rates[rates["cohort"] != cohort], palette.ASIDE),
        ):
            below = drawn["cohort"].map(years.index) - (len(years) - 1) / 2
            y = drawn["name"].map(place) + below * step
            style: dict[str, Any] = {"color": colour, "zorder": _UNDER_AXIS}
            ends = drawn["ci_lower"], drawn["ci_upper"]
            marks.segments(rows.axes, *ends, y, y, linewidth=1.3, **style)
            marks.discs(rows.axes, drawn["rate"], y, points=4.5, **style)
        for name, note in notes.items():
            rows.note(place[name], note)
    return rows.fig
