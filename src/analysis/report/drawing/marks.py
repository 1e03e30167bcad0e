"""Marks and texts of which a figure has many.

Each kind of mark is drawn as one path: a third of the bytes.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Transform


def segments(
    axes: Axes,
    x0: npt.ArrayLike,
    x1: npt.ArrayLike,
    y0: npt.ArrayLike,
    y1: npt.ArrayLike,
    **style: Any,  # noqa: ANN401
) -> None:
    """Draw a straight line from (x0, y0) to (x1, y1) for each of their values."""
    starts_x, ends_x, starts_y, ends_y = np.broadcast_arrays(
        *(np.asarray(values, dtype=float) for values in (x0, x1, y0, y1))
    )
    gap = np.full(starts_x.shape, np.nan)
    x, y = np.stack([starts_x, ends_x, gap], -1), np.stack([starts_y, ends_y, gap], -1)
    drawn: dict[str, Any] = {"solid_capstyle": "butt", "clip_on": False} | style
    axes.plot(x.ravel(), y.ravel(), **drawn)


def discs(
    axes: Axes,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    points: float,
    **style: Any,  # noqa: ANN401
) -> None:
    """Draw discs of a diameter in points: lines of no length with round ends."""
    segments(axes, x, x, y, y, linewidth=points, solid_capstyle="round", **style)


def diamonds(
    axes: Axes,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    points: float,
    **style: Any,  # noqa: ANN401
) -> None:
    """Draw diamonds of a width in points; the scale of the axes must be set."""
    box = axes.get_window_extent()
    half = points / 72 * axes.figure.dpi / 2
    across = half / box.width * np.ptp(axes.get_xlim())
    up = half / box.height * np.ptp(axes.get_ylim())
    corners = np.array([(across, 0), (0, up), (-across, 0), (0, -up), (0, 0)])
    centres = np.column_stack([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])
    codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY] * len(centres)
    outline = Path((centres[:, None] + corners).reshape(-1, 2), codes)
    axes.add_patch(PathPatch(outline, linewidth=0, **style))


def write(
    axes: Axes,
    x: float,
    y: float,
    said: str,
    *,
    shift: tuple[float, float] = (0, 0),
    within: Transform | None = None,
    **style: Any,  # noqa: ANN401
) -> Text:
    """Write a text at a place in the axes, moved by so many points; the scale must be set.

    `within` is a transform of the axes other than that of their data. The text stands on the figure
    itself: one that axes clip, or an annotation that follows its point, costs twice the time.
    """
    place = (within or axes.transData).transform((x, y))
    dots = axes.figure.dpi / 72
    box = axes.figure.bbox
    return axes.figure.text(
        (place[0] + shift[0] * dots) / box.width,
        (place[1] + shift[1] * dots) / box.height,
        said,
        **{"va": "center"} | style,
    )
