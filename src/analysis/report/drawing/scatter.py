"""What charts of a point for each local authority share: panels, points, names and the key.

The points of each are a frame with a row per local authority: name, part (its part of
the region, empty where that has none), x, y, `few` (so few offenders that it is drawn hollow),
`must_name` (written whatever it covers) and `may_name` (written where there is room).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from analysis.report.drawing import marks, names, palette

# Charts without tick marks: the numbers say where they stand, at a third of the bytes.
STYLE = palette.STYLE | {"xtick.major.size": 0, "ytick.major.size": 0}
DASHED = (0, (4, 3))
LEFT, RIGHT = 0.105, 0.02  # of the width
# Besides the usual places for a name, some further off, for one that must be written.
_FAR: tuple[names.Place, ...] = ((4, 26, "left"), (-4, 26, "right"), (4, 36, "left"))
_NEAR = names.PLACES[:8]
_HEADING, _AXIS, _KEY = 0.26, 0.48, 0.17  # inches: above, below, and each line of a key
_DISC, _DIAMOND = 5.5, 7.5  # points across


@dataclass(frozen=True)
class Look:
    """How the points of one part of a region look, and what a key says that they are."""

    colour: str
    marker: str = "o"
    key: str = ""


def looks(parts: Mapping[str, str]) -> dict[str, Look]:
    """Return the look of each part of a region, by code, the last first; where it has none, of ""."""
    if not parts:
        return {"": Look(palette.OUTER)}
    *others, last = parts
    circles = {last: Look(palette.OUTER, "o", f"circles: {parts[last]}")}
    return circles | {part: Look(palette.INNER, "D", f"diamonds: {parts[part]}") for part in others}


def panels(
    headings: Sequence[str], height: float, *, key: int, left: float = LEFT, right: float = RIGHT
) -> tuple[Figure, list[Axes]]:
    """Return panels of one height in inches, stacked, each under its heading, above a key."""
    below = _AXIS + key * _KEY
    whole = len(headings) * (height + _HEADING) + (len(headings) - 1) * _AXIS / 2 + below
    fig = plt.figure(figsize=(palette.WIDTH, whole))
    drawn = []
    bottom = whole
    for heading in headings:
        bottom -= _HEADING + height
        axes = fig.add_axes((left, bottom / whole, 1 - left - right, height / whole))
        fig.text(0.01, (bottom + height + 0.09) / whole, heading)
        drawn.append(axes)
        bottom -= _AXIS / 2
    return fig, drawn


def write_key(fig: Figure, line: int, text: str, colour: str, *, x: float = 0.01) -> None:
    """Write a line of the key, the first the lowest."""
    fig.text(x, (0.05 + line * _KEY) / fig.get_figheight(), text, color=colour)


def write_parts(fig: Figure, looks: Mapping[str, Look]) -> None:
    """Write what circles and diamonds are, side by side below the chart; nothing of one kind."""
    keys = [look for look in looks.values() if look.key]
    for look, x in zip(keys, (0.01, 0.5), strict=False):
        write_key(fig, 0, look.key, look.colour, x=x)


def draw(axes: Axes, points: pd.DataFrame, looks: Mapping[str, Look]) -> None:
    """Draw the points of each part of the region with its colour and its mark."""
    for (part, few), own in points.groupby(["part", "few"]):
        look = looks[str(part)]
        style: dict[str, Any] = {"color": look.colour, "clip_on": False}
        if few:
            axes.plot(
                own["x"], own["y"], look.marker, markerfacecolor="white", markersize=5, **style
            )
        elif look.marker == "o":
            marks.discs(axes, own["x"], own["y"], points=_DISC, **style)
        else:
            marks.diamonds(axes, own["x"], own["y"], points=_DIAMOND, zorder=2, **style)


def name(
    axes: Axes, points: pd.DataFrame, looks: Mapping[str, Look], taken: Sequence[Bbox] = ()
) -> None:
    """Write the names of the points that must be named, then those that may, where there is room."""
    coloured = points.assign(colour=[looks[part].colour for part in points["part"]])
    boxes = names.write(
        axes,
        coloured[coloured["must_name"]],
        points,
        taken=taken,
        places=names.PLACES + _FAR,
        size=9,
    )
    spare = coloured[coloured["may_name"] & ~coloured["must_name"]]
    names.write(axes, spare, points, taken=boxes, places=_NEAR, size=9, if_room=True)
