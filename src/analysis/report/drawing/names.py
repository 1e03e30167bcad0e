"""Names beside points: each where it covers least of the points and of the other names."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from analysis.report.drawing import marks, svg
from analysis.report.drawing.palette import POINTS, STYLE

ON_WHITE: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.8}

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


def write(
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
    With `if_room` a name that would cover anything is left out. Returns what is taken now. The
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
    """Return which of some boxes (x0, y0, x1, y1), a row each, overlap which others, a column each."""
    one, other = some[:, None], others[None]
    meet = (one[..., :2] <= other[..., 2:]) & (other[..., :2] <= one[..., 2:])
    return np.all(meet, axis=-1)
