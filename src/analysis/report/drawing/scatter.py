"""What charts of a point for each local authority share: panels, points and names.

The points of each are a frame with a row per local authority: name, part (its part of
the region, empty where that has none), x, y, `own` (of the area: it stands out), `few` (so few offenders that
it is drawn hollow), `must_name` (written in any case) and `may_name` (written where there is room).
"""

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from analysis import words
from analysis.report.drawing import marks, names, palette, svg

# Charts without tick marks: the numbers say where they stand, at a third of the bytes.
STYLE = palette.STYLE | {"xtick.major.size": 0, "ytick.major.size": 0}
DASHED = (0, (4, 3))
LEFT, RIGHT = 0.14, 0.02  # of the width
_HEADING, _AXIS = 0.31, 0.5  # inches: above each panel, and below it
_DISC, _DIAMOND = 5, 7  # points across
_LED = 12  # names that lines may lead to: more would be a web
_HOLLOW = 0.6  # of a mark, what its hole is across


def shapes(parts: Mapping[str, str]) -> dict[str, str]:
    """Return the mark of each part of a region, by code: circles for the last, or where it has none."""
    *others, last = parts or ("",)
    return {last: "circle"} | dict.fromkeys(others, "diamond")


def key(parts: Mapping[str, str]) -> str:
    """Say what the marks are: `circles: outer London; diamonds: inner London`; nothing of one kind."""
    return "; ".join(
        f"{mark}s: {words.listed(parts[code] for code, each in shapes(parts).items() if each == mark)}"
        for mark in (dict.fromkeys(shapes(parts).values()) if parts else ())
    )


def panels(
    headings: Sequence[str], height: float, *, left: float = LEFT, right: float = RIGHT
) -> tuple[Figure, list[Axes]]:
    """Return panels of one height in inches, stacked, each under its heading."""
    whole = len(headings) * (height + _HEADING) + (len(headings) + 1) * _AXIS / 2
    fig = plt.figure(figsize=(palette.WIDTH, whole))
    drawn = []
    bottom = whole
    for heading in headings:
        bottom -= _HEADING + height
        axes = fig.add_axes((left, bottom / whole, 1 - left - right, height / whole))
        fig.text(0.01, (bottom + height + 0.1) / whole, heading)
        drawn.append(axes)
        bottom -= _AXIS / 2
    return fig, drawn


def draw(axes: Axes, points: pd.DataFrame, parts: Mapping[str, str]) -> None:
    """Draw the points, each with the mark of its part of the region; those of the area upon the others."""
    for (own, part, few), rows in points.groupby(["own", "part", "few"]):
        colour = palette.OWN if own else palette.REST
        _marks(axes, rows, shapes(parts)[str(part)], colour, 1)
        if few:
            _marks(axes, rows, shapes(parts)[str(part)], "white", _HOLLOW)


def _marks(axes: Axes, rows: pd.DataFrame, shape: str, colour: str, size: float) -> None:
    if shape == "circle":
        marks.discs(axes, rows["x"], rows["y"], points=size * _DISC, color=colour)
    else:
        marks.diamonds(axes, rows["x"], rows["y"], points=size * _DIAMOND, color=colour)


def name(axes: Axes, points: pd.DataFrame, taken: Sequence[Bbox] = ()) -> None:
    """Write the names of the points that must be named, then those that may, where there is room."""
    coloured = points.assign(colour=np.where(points["own"], palette.OWN, palette.QUIET))
    boxes = names.write(axes, coloured[coloured["must_name"]], points, taken=taken)
    spare = coloured[coloured["may_name"] & ~coloured["must_name"]]
    few = len(spare) <= _LED
    names.write(axes, spare, points, taken=boxes, if_room=True, lines=few)


def at_edge(axes: Axes, row: pd.Series) -> Bbox:
    """Mark a rate that lies outside the chart at the edge that it lies beyond, and write it there."""
    low, high = axes.get_ylim()
    below = row["y"] < low
    edge = low if below else high
    colour = palette.OWN if row["own"] else palette.QUIET
    marks.triangles(axes, [row["x"]], [edge], points=_DIAMOND, up=not below, color=colour)
    leftward = row["x"] > np.mean(axes.get_xlim())
    said = f"{row['name']}: {words.percent(row['y'])}"
    beyond = f"{said}, {'below' if below else 'above'} the chart"
    across = axes.transData.transform((row["x"], edge))[0] / axes.figure.bbox.width
    room = 72 * palette.WIDTH * (across if leftward else 1 - across) - _DIAMOND
    fits = svg.width(beyond, palette.STYLE["font.family"], palette.POINTS) < room
    text = marks.write(
        axes,
        row["x"],
        edge,
        beyond if fits else said,
        shift=(-_DIAMOND if leftward else _DIAMOND, 7 if below else -7),
        ha="right" if leftward else "left",
        color=colour,
    )
    return text.get_window_extent()
