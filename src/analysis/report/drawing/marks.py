"""Marks and texts of which a figure has many.

All marks of one call are drawn as one path, a third of the bytes of a path each, so that a figure
with a row for each local authority of a region stays light.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Transform

_LINE = (Path.MOVETO, Path.LINETO)
_OUTLINE = (Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY)
_STROKE: dict[str, Any] = {"fill": False, "clip_on": False, "joinstyle": "round", "zorder": 2}
_FILL: dict[str, Any] = {"linewidth": 0, "clip_on": False, "zorder": 2}


def segments(
    axes: Axes,
    x0: npt.ArrayLike,
    x1: npt.ArrayLike,
    y0: npt.ArrayLike,
    y1: npt.ArrayLike,
    *,
    color: str,
    alpha: float = 1,
    **style: Any,  # noqa: ANN401
) -> None:
    """Draw a straight line from (x0, y0) to (x1, y1) for each of their values.

    A level line as thick as a bar is high is a bar. The scale of the axes must be set.
    """
    ends = np.broadcast_arrays(*(np.asarray(values, dtype=float) for values in (x0, y0, x1, y1)))
    _draw(
        axes,
        np.stack(ends, axis=-1).reshape(-1, 2),
        _LINE,
        **_STROKE | {"edgecolor": (color, alpha)} | style,
    )


def discs(
    axes: Axes,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    points: float,
    **style: Any,  # noqa: ANN401
) -> None:
    """Draw discs of a diameter in points: lines of no length with round ends."""
    segments(axes, x, x, y, y, linewidth=points, capstyle="round", **style)


def frames(
    axes: Axes,
    corners: npt.ArrayLike,
    *,
    color: str,
    **style: Any,  # noqa: ANN401
) -> None:
    """Draw the outline of each box; `corners` has a row x0, y0, x1, y1 for each."""
    x0, y0, x1, y1 = np.asarray(corners, dtype=float).reshape(-1, 4).T
    outline = np.stack([x0, y0, x1, y0, x1, y1, x0, y1, x0, y0], axis=-1)
    _draw(axes, outline.reshape(-1, 2), _OUTLINE, **_STROKE | {"edgecolor": color} | style)


def diamonds(
    axes: Axes,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    points: float,
    **style: Any,  # noqa: ANN401
) -> None:
    """Draw diamonds of a width in points; the scale of the axes must be set."""
    _shapes(axes, x, y, points, [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 0)], **style)


def triangles(
    axes: Axes,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    *,
    points: float,
    up: bool,
    **style: Any,  # noqa: ANN401
) -> None:
    """Draw triangles of a width in points that point up or down; the scale of the axes must be set."""
    tip = 1 if up else -1
    _shapes(axes, x, y, points, [(-1, -tip), (1, -tip), (0, tip), (-1, -tip)], **style)


def _shapes(
    axes: Axes,
    x: npt.ArrayLike,
    y: npt.ArrayLike,
    points: float,
    corners: Sequence[tuple[int, int]],
    **style: Any,  # noqa: ANN401
) -> None:
    """Draw a shape about each place; its corners lie in halves of its width, the last upon the first."""
    box = axes.get_window_extent()
    # Down on the page is up in the data where the axis runs from above.
    across, up = np.ptp(axes.get_xlim()), np.diff(axes.get_ylim()).item()
    half = points / 72 * axes.figure.dpi / 2 * np.array([across / box.width, up / box.height])
    centres = np.column_stack([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])
    outline = (centres[:, None] + half * np.array(corners)).reshape(-1, 2)
    codes = (Path.MOVETO, *[Path.LINETO] * (len(corners) - 2), Path.CLOSEPOLY)
    _draw(axes, outline, codes, **_FILL | style)


def _draw(axes: Axes, points: np.ndarray, codes: Sequence[Any], **style: Any) -> None:  # noqa: ANN401
    """Draw a shape of these codes for each so many points, all as one path."""
    if not len(points):
        return
    path = Path(points, [*codes] * (len(points) // len(codes)))
    path.should_simplify = False  # which would take out lines of no length
    axes.add_artist(PathPatch(path, **style))


def write(
    axes: Axes,
    x: float,
    y: float,
    text: str,
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
        text,
        **{"va": "center"} | style,
    )
