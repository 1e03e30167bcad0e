"""The drawings of the appendix: rows of places, stacked counts, and a map of tiles.

Drawn narrow like those of figures.py. Lines and boxes of one colour are drawn as one path, so that
a figure with a row for each local authority of London stays light.
"""

import textwrap
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator, PercentFormatter

from analysis import words
from analysis.report.drawing import marks, svg
from analysis.report.drawing.palette import KINDS as COLOURS
from analysis.report.drawing.palette import LINE, POINTS, QUIET, STYLE, WIDTH

# Four lightness steps of one hue, from little to much.
SHADES = ("#D5E4F1", "#93BBDD", "#2F73AE", "#12436D")
PALE = "#FFFFFF"
OTHER = "#6B7B8C"  # what is not the point

# A place of its own for each local authority of London: label, column from the west, row from the
# north. Squares of one size, so that a small place can be read as well as a large one.
TILES: Mapping[str, tuple[str, int, int]] = {
    "E09000010": ("ENF", 4, 0),  # Enfield
    "E09000015": ("HRW", 2, 1),  # Harrow
    "E09000003": ("BNT", 3, 1),  # Barnet
    "E09000014": ("HGY", 4, 1),  # Haringey
    "E09000031": ("WFO", 5, 1),  # Waltham Forest
    "E09000017": ("HIL", 0, 2),  # Hillingdon
    "E09000009": ("EAL", 1, 2),  # Ealing
    "E09000005": ("BRT", 2, 2),  # Brent
    "E09000007": ("CMD", 3, 2),  # Camden
    "E09000019": ("ISL", 4, 2),  # Islington
    "E09000012": ("HCK", 5, 2),  # Hackney
    "E09000026": ("RDB", 6, 2),  # Redbridge
    "E09000016": ("HVG", 7, 2),  # Havering
    "E09000018": ("HNS", 0, 3),  # Hounslow
    "E09000013": ("HMF", 1, 3),  # Hammersmith and Fulham
    "E09000020": ("KEC", 2, 3),  # Kensington and Chelsea
    "E09000033": ("WMN", 3, 3),  # Westminster
    "E09000001": ("CTY", 4, 3),  # City of London
    "E09000030": ("TWH", 5, 3),  # Tower Hamlets
    "E09000025": ("NEW", 6, 3),  # Newham
    "E09000002": ("BDG", 7, 3),  # Barking and Dagenham
    "E09000027": ("RCH", 1, 4),  # Richmond upon Thames
    "E09000032": ("WNS", 2, 4),  # Wandsworth
    "E09000022": ("LAM", 3, 4),  # Lambeth
    "E09000028": ("SWK", 4, 4),  # Southwark
    "E09000023": ("LEW", 5, 4),  # Lewisham
    "E09000011": ("GRW", 6, 4),  # Greenwich
    "E09000004": ("BXL", 7, 4),  # Bexley
    "E09000021": ("KNG", 2, 5),  # Kingston upon Thames
    "E09000024": ("MER", 3, 5),  # Merton
    "E09000008": ("CRD", 4, 5),  # Croydon
    "E09000006": ("BRM", 5, 5),  # Bromley
    "E09000029": ("SUT", 3, 6),  # Sutton
}

_LABEL = 16  # characters of a place's name before it is wrapped
_QUESTION = 54  # characters of a question before it is wrapped
_ASIDE = 0.5  # lines between the area's places and those beside them
_PITCH = 1.3  # lines of a row
_EDGE = 0.02  # of the width
_GAP = 0.07  # inches between a row and what stands beside it
# Black is what an SVG draws text in when nothing is said.
_STYLE = STYLE | {"text.color": "black"}

_Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Count:
    """A stacked bar of cases: sufficient at least and at most, of those that are relevant."""

    question: str
    low: int
    high: int
    relevant: int


@lru_cache(maxsize=64)
def on(colour: str) -> str:
    """Give the colour of text, black or white, that stands out most on a colour."""
    return max(("black", "white"), key=lambda text: contrast(text, colour))


def contrast(one: str, other: str) -> float:
    """Give the contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = np.asarray(mpl.colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


@dataclass(frozen=True)
class _Rows:
    """A figure with a row for each place: its axes, and the middle of each row in lines."""

    fig: Figure
    axes: Axes
    middles: Sequence[float]

    def note(self, y: float, text: str) -> None:
        """Write beside the axes, at the right."""
        shift = (_GAP * 72, 0)
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
    labels = [textwrap.wrap(name, _LABEL) for name in names]
    middles: list[float] = []
    line = 0.0
    for number, label in enumerate(labels):
        line += _ASIDE * (number == len(labels) - aside)
        height = max(pitch, 0.75 * len(label) + 0.35)
        middles.append(line + height / 2)
        line += height
    tall = line * LINE + top + bottom
    left = _EDGE + (_inches(part for label in labels for part in label) + _GAP) / WIDTH
    width = 1 - left - _EDGE - (_inches(notes) + _GAP * bool(notes)) / WIDTH
    fig = plt.figure(figsize=(WIDTH, tall))
    axes = fig.add_axes((left, bottom / tall, width, line * LINE / tall))
    axes.set(xlim=limits, ylim=(line, 0), xticks=[])
    axes.yaxis.set_visible(False)
    axes.spines[["left", "bottom"]].set_visible(False)
    axes.patch.set_visible(False)
    across = axes.get_yaxis_transform()
    for middle, label in zip(middles, labels, strict=True):
        text = "\n".join(label)
        shift = (-_GAP * 72, 0)
        marks.write(axes, 0, middle, text, shift=shift, within=across, ha="right", linespacing=1.1)
    return _Rows(fig, axes, middles)


def _bands(
    axes: Axes, bands: Iterable[tuple[float, float, float]], colour: str, inches: float
) -> None:
    """Draw bands (x0, x1, y) of one colour and height: lines as thick as they are high."""
    _lines(axes, ((x0, y, x1, y) for x0, x1, y in bands), colour, linewidth=inches * 72)


def _frames(axes: Axes, boxes: Iterable[_Box], colour: str, linewidth: float) -> None:
    """Draw the outlines of boxes (x0, y0, x1, y1) as one path."""
    corners = [((x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)) for x0, y0, x1, y1 in boxes]
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    _path(axes, corners, codes, edgecolor=colour, linewidth=linewidth)


def _lines(axes: Axes, lines: Iterable[_Box], colour: str, **options: Any) -> None:  # noqa: ANN401
    """Draw lines (x0, y0, x1, y1) of one colour as one path."""
    ends = [((x0, y0), (x1, y1)) for x0, y0, x1, y1 in lines]
    _path(axes, ends, [Path.MOVETO, Path.LINETO], edgecolor=colour, **options)


def _dots(axes: Axes, points: Iterable[tuple[float, float]], colour: str, size: float) -> None:
    """Draw dots of one colour as one path: lines of no length with round ends."""
    _lines(axes, ((x, y, x, y) for x, y in points), colour, linewidth=size, capstyle="round")


def _path(axes: Axes, pieces: Sequence[Any], codes: Sequence[Any], **options: Any) -> None:  # noqa: ANN401
    if not pieces:
        return
    points = np.asarray(pieces, dtype=float).reshape(-1, 2)
    path = Path(points, [*codes] * len(pieces))
    path.should_simplify = False  # which would take out lines of no length
    axes.add_artist(PathPatch(path, fill=False, clip_on=False, joinstyle="round", **options))


def _key(
    fig: Figure, entries: Sequence[tuple[str, str]], *, columns: int, top: float = 0.04
) -> None:
    """Say at the top what each colour stands for: squares with words, `columns` to a line."""
    tall = fig.get_figheight()
    side = 0.11
    for number, (colour, text) in enumerate(entries):
        x = _EDGE + (number % columns) * (1 - _EDGE) / columns
        y = 1 - (top + (number // columns + 0.5) * LINE) / tall
        edge = QUIET if colour == PALE else "none"
        fig.add_artist(
            plt.Rectangle(
                (x, y - side / tall / 2),
                side / WIDTH,
                side / tall,
                facecolor=colour,
                edgecolor=edge,
                linewidth=0.8,
            )
        )
        fig.text(x + 1.5 * side / WIDTH, y, text, va="center")


def _inches(texts: Iterable[str]) -> float:
    """Give the width of the widest of some texts, with room for how a screen rounds letters."""
    widths = [svg.width(text, STYLE["font.family"], POINTS) for text in texts]
    return 1.04 * max(widths, default=0) / 72


def _fits(text: str, inches: float) -> bool:
    """Tell whether a text has room across a width."""
    return _inches([text]) <= inches


def _across(axes: Axes) -> float:
    """Give the width of the axes in inches."""
    return axes.get_position().width * WIDTH


def bars(places: Sequence[tuple[str, int]]) -> Figure:
    """Draw a bar for each place with its number at the end."""
    numbers = [f"{number:,}" for _, number in places]
    with mpl.rc_context(_STYLE):
        rows = _rows(
            [name for name, _ in places],
            aside=0,
            notes=numbers,
            limits=(0, max(number for _, number in places)),
            top=0.06,
        )
        drawn = []
        for (_, number), y, text in zip(places, rows.middles, numbers, strict=True):
            drawn.append((0, number, y))
            marks.write(rows.axes, number, y, text, shift=(4, 0))
        _bands(rows.axes, drawn, COLOURS[0], 0.8 * LINE)
    return rows.fig


def stacked_shares(shares: pd.DataFrame, groups: Mapping[str, str], *, aside: int) -> Figure:
    """Draw the shares of each place, which add up to 1, as parts of one bar.

    `shares` has a row per place, indexed by its name, and a column per group; `groups` says what
    each column stands for. A part too narrow for its number goes without.
    """
    with mpl.rc_context(_STYLE):
        names = [str(name) for name in shares.index]
        key = list(zip(COLOURS, groups.values(), strict=False))
        rows = _rows(names, aside=aside, limits=(0, 1), top=2 * LINE + 0.1)
        _key(rows.fig, key, columns=2)
        ends = shares[list(groups)].cumsum(axis=1).to_numpy()
        starts = np.hstack([np.zeros((len(ends), 1)), ends[:, :-1]])
        for number, (colour, _) in enumerate(key):
            parts = list(zip(starts[:, number], ends[:, number], rows.middles, strict=True))
            drawn = [(x0 + 0.004 * (number > 0), x1, y) for x0, x1, y in parts]
            _bands(rows.axes, drawn, colour, LINE)
            for x0, x1, y in parts:
                text = words.percent(x1 - x0)
                if _fits(text, (x1 - x0) * _across(rows.axes)):
                    middle = (x0 + x1) / 2
                    marks.write(rows.axes, middle, y, text, ha="center", color=on(colour))
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
    with mpl.rc_context(_STYLE):
        rows = _rows(
            [str(name) for name in rates.index],
            aside=aside,
            notes=notes,
            limits=(0, 0.02 * np.ceil(rates.max().max() / 0.02)),
            top=LINE + 0.1,
            bottom=0.3,
        )
        _key(rows.fig, [(COLOURS[3], str(first)), (COLOURS[0], str(last))], columns=4)
        _percent_axis(rows.axes)
        middles = np.asarray(rows.middles)
        for y, text in zip(middles, notes, strict=True):
            rows.note(y, text)
        own, at = rates[known], middles[known]
        _lines(rows.axes, zip(own[first], at, own[last], at, strict=True), QUIET, linewidth=1)
        for year, colour in ((first, COLOURS[3]), (last, COLOURS[0])):
            _dots(rows.axes, zip(own[year], at, strict=True), colour, 7)
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
    with mpl.rc_context(_STYLE):
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
        key = [(SHADES[3 - number], quarters[number]) for number in (0, 2, 1, 3)]
        _key(rows.fig, key, columns=2)
        cells: dict[str, list[tuple[float, float, float]]] = {}
        for y, (_, own) in zip(rows.middles, table.iterrows(), strict=True):
            for x, rank in enumerate(own):
                shade = SHADES[3 - min((rank - 1) // quarter, 3)]
                cells.setdefault(shade, []).append((x + 0.02, x + 0.98, y))
                marks.write(rows.axes, x + 0.5, y, str(rank), ha="center", color=on(shade))
        for shade, drawn in cells.items():
            _bands(rows.axes, drawn, shade, 1.2 * LINE)
        start = 0.0
        for group, columns in headings:
            above: dict[str, Any] = {"ha": "center", "va": "bottom"}
            marks.write(rows.axes, start + len(columns) / 2, -2.2, group, **above)
            for number, column in enumerate(columns):
                heading = column.replace(" ", "\n")
                middle = start + number + 0.5
                marks.write(rows.axes, middle, -0.2, heading, linespacing=1.1, **above)
            start += len(columns)
    return rows.fig


def cohorts(rates: pd.DataFrame, cohort: int, reference: float, *, aside: int) -> Figure:
    """Draw each place's rate in every cohort, with its interval, one below the other.

    `rates` has columns name, cohort, rate, ci_lower and ci_upper, sorted; `cohort` is drawn dark
    and has its rate in figures, and `reference` is the rate of England in it.
    """
    names = list(dict.fromkeys(rates["name"]))
    years = sorted(rates["cohort"].unique())
    low, high = rates["ci_lower"].min(), rates["ci_upper"].max()
    space = 0.04 * (high - low)
    own = rates[rates["cohort"] == cohort]
    notes = {row.name: words.percent(row.rate, 1) for row in own.itertuples(index=False)}
    with mpl.rc_context(_STYLE):
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
        _key(rows.fig, [(COLOURS[0], f"cohort {cohort}"), (OTHER, others)], columns=1)
        _percent_axis(rows.axes)
        rows.axes.axvline(reference, color=QUIET, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
        place = dict(zip(names, rows.middles, strict=True))
        step = 1.1 / len(years)
        for drawn, colour in ((own, COLOURS[0]), (rates[rates["cohort"] != cohort], OTHER)):
            y = [
                place[row.name] + (years.index(row.cohort) - (len(years) - 1) / 2) * step
                for row in drawn.itertuples(index=False)
            ]
            intervals = zip(drawn["ci_lower"], y, drawn["ci_upper"], y, strict=True)
            _lines(rows.axes, intervals, colour, linewidth=1.3)
            _dots(rows.axes, zip(drawn["rate"], y, strict=True), colour, 4.5)
        for name, note in notes.items():
            rows.note(place[name], note)
    return rows.fig


def counts(stacks: Sequence[Count]) -> Figure:
    """Draw cases as stacked bars of absolute numbers, each under its question.

    A count known only in bounds has a part between those that are certain. A part too narrow for
    its number goes without; the note beside the bar has the counts.
    """
    wrapped = [textwrap.wrap(stack.question, _QUESTION) for stack in stacks]
    lines = sum(len(own) + 1.55 for own in wrapped)
    notes = [words.out_of(stack.low, stack.high, stack.relevant) for stack in stacks]
    open_ones = any(stack.low < stack.high for stack in stacks)
    key = [(COLOURS[0], "sufficient"), (COLOURS[3], "not sufficient")]
    if open_ones:
        key = [
            (COLOURS[0], "certainly sufficient"),
            (PALE, "words leave open"),
            (COLOURS[3], "certainly not sufficient"),
        ]
    top = ((len(key) + 1) // 2) * LINE + 0.14
    with mpl.rc_context(_STYLE):
        fig = plt.figure(figsize=(WIDTH, lines * LINE + top))
        tall = fig.get_figheight()
        width = 1 - 2 * _EDGE - 0.01 - (_inches(notes) + _GAP) / WIDTH
        axes = fig.add_axes((_EDGE, 0, width, 1 - top / tall))
        axes.set(xlim=(0, max(stack.relevant for stack in stacks)), ylim=(lines, 0))
        axes.axis("off")
        _key(fig, key, columns=2)
        parts: dict[str, list[tuple[float, float, float]]] = {}
        y = 0.0
        for stack, heading, note in zip(stacks, wrapped, notes, strict=True):
            for line in heading:
                marks.write(axes, 0, y + 0.5, line)
                y += 1
            ends = pairwise((0, stack.low, stack.high, stack.relevant))
            for colour, (x0, x1) in zip((COLOURS[0], PALE, COLOURS[3]), ends, strict=True):
                if x1 == x0:
                    continue
                parts.setdefault(colour, []).append((x0, x1, y + 0.5))
                text = str(x1 - x0)
                if _fits(text, (x1 - x0) / axes.get_xlim()[1] * _across(axes)):
                    middle = (x0 + x1) / 2
                    marks.write(axes, middle, y + 0.5, text, ha="center", color=on(colour))
            marks.write(axes, stack.relevant, y + 0.5, note, shift=(4, 0))
            y += 1.55
        open_parts = parts.pop(PALE, [])
        _frames(axes, ((x0, y - 0.47, x1, y + 0.47) for x0, x1, y in open_parts), QUIET, 0.8)
        for colour, own in parts.items():
            _bands(axes, own, colour, LINE)
    return fig


def classes(values: pd.Series) -> pd.Series:
    """Give each value its quarter, 0 for the lowest to 3: equal values share one."""
    limits = values.quantile([0.25, 0.5, 0.75], interpolation="lower").to_numpy()
    return pd.Series(np.searchsorted(limits, values.to_numpy(), side="left"), values.index)


def tiles(values: pd.Series, texts: pd.Series, members: Iterable[str]) -> Figure:
    """Draw a tile for each local authority of London, shaded by the quarter of its value.

    `values` are what is printed, as numbers, and `texts` as words, indexed by GSS code;
    `members` have an outline.
    """
    side = (1 - _EDGE) * WIDTH / 8  # inches
    rows = 1 + max(row for _, _, row in TILES.values())
    with mpl.rc_context(_STYLE):
        fig = plt.figure(figsize=(WIDTH, rows * side + 0.06))
        axes = fig.add_axes((_EDGE / 2, 0, 1 - _EDGE, 1))
        tall = fig.get_figheight() / side
        axes.set(xlim=(0, 8), ylim=(tall - 0.03, -0.03))
        axes.axis("off")
        quarter = classes(values)
        for number, shade in enumerate(SHADES):
            codes = quarter.index[quarter == number]
            drawn = [(x + 0.06, x + 0.94, y + 0.5) for _, x, y in (TILES[code] for code in codes)]
            _bands(axes, drawn, shade, 0.88 * side)
            for code in codes:
                label, x, y = TILES[code]
                for text, line in ((label, 0.34), (texts[code], 0.7)):
                    marks.write(axes, x + 0.13, y + line, text, color=on(shade))
            if len(codes):
                own = values[codes]
                low, high = texts[own.idxmin()], texts[own.idxmax()]
                at = 5.25 + 0.42 * number
                _bands(axes, [(6.1, 6.36, at)], shade, 0.26 * side)
                between = low if low == high else f"{low.removesuffix('%')}–{high}"
                marks.write(axes, 6.48, at, between)
        frames = [
            (x + 0.015, y + 0.015, x + 0.985, y + 0.985)
            for _, x, y in (TILES[code] for code in members)
        ]
        if frames:
            _frames(axes, [*frames, (0.06, 5.31, 0.32, 5.57)], "black", 1.6)
            marks.write(axes, 0.48, 5.44, "in the area")
    return fig
