"""Marks and texts of which a figure has many.

All marks of one call are drawn as one path, a third of the bytes of a path each, so that a figure
with a row for each local authority of a region stays light.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Transform

from analysis.report.drawing import svg
from analysis.report.drawing.palette import EDGE, LINE, POINTS, STYLE, WIDTH

_LINE = (Path.MOVETO, Path.LINETO)
_OUTLINE = (Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY)
_STROKE: dict[str, Any] = {"fill": False, "clip_on": False, "joinstyle": "round", "zorder": 2}
_KEY_SIDE = 0.11  # inches


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
    box = axes.get_window_extent()
    half = points / 72 * axes.figure.dpi / 2
    across = half / box.width * np.ptp(axes.get_xlim())
    up = half / box.height * np.ptp(axes.get_ylim())
    corners = np.array([(across, 0), (0, up), (-across, 0), (0, -up), (0, 0)])
    centres = np.column_stack([np.asarray(x, dtype=float), np.asarray(y, dtype=float)])
    outline = (centres[:, None] + corners).reshape(-1, 2)
    _draw(axes, outline, _OUTLINE, linewidth=0, **style)


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


def key(fig: Figure, entries: Sequence[tuple[str, str]], *, columns: int) -> None:
    """Say at the top of a figure what each colour stands for: squares with words.

    `entries` are colours and words, `columns` of them to a line.
    """
    tall = fig.get_figheight()
    for number, (colour, text) in enumerate(entries):
        x = EDGE + (number % columns) * (1 - EDGE) / columns
        y = 1 - (0.04 + (number // columns + 0.5) * LINE) / tall
        fig.add_artist(
            plt.Rectangle(
                (x, y - _KEY_SIDE / tall / 2),
                _KEY_SIDE / WIDTH,
                _KEY_SIDE / tall,
                facecolor=colour,
                edgecolor="none",
            )
        )
        fig.text(x + 1.5 * _KEY_SIDE / WIDTH, y, text, va="center")


def width(texts: Iterable[str], weight: str = "normal") -> float:
    """Return the width of the widest of some texts, in points."""
    return max((svg.width(text, STYLE["font.family"], POINTS, weight) for text in texts), default=0)
