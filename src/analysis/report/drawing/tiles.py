"""A map of tiles: a place of its own for each local authority, all of one size."""

from collections.abc import Iterable, Mapping

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.report.drawing import marks
from analysis.report.drawing.palette import EDGE, SHADES, STYLE, WIDTH, on

# Label, column from the west, row from the north, of each local authority by its GSS code.
Layout = Mapping[str, tuple[str, int, int]]
_LEAST = 7  # tiles across that the key takes
_KEY = 1.1  # tiles down that the key of the shades takes, and that of the outline
_OUTLINE = 0.6


def tiles(texts: pd.Series, members: Iterable[str], layout: Layout) -> Figure:
    """Draw a tile for each local authority, shaded by the quarter of its value.

    `texts` are the values as they are printed on the tiles, indexed by GSS code; the quarters are
    theirs, so that equals look equal. `members` have an outline. `layout` has a place of its own for
    each: squares of one size, so that a small place can be read as well as a large one. What shades
    and outline mean stands below the map.
    """
    across = max(_LEAST, 1 + max(column for _, column, _ in layout.values()))
    down = 1 + max(row for _, _, row in layout.values())
    values = texts.str.removesuffix("%").astype(float)
    side = (1 - EDGE) * WIDTH / across  # inches
    outlined = [layout[code][1:] for code in members]
    corners = [(x + 0.015, y + 0.015, x + 0.985, y + 0.985) for x, y in outlined]
    whole = down + _KEY + (_OUTLINE if corners else 0)
    with mpl.rc_context(STYLE):
        fig = plt.figure(figsize=(WIDTH, whole * side))
        axes = fig.add_axes((EDGE / 2, 0, 1 - EDGE, 1))
        axes.set(xlim=(0, across), ylim=(whole - 0.03, -0.03))
        axes.axis("off")
        quarter = classes(values)
        for number, shade in enumerate(SHADES):
            codes = quarter.index[quarter == number]
            if codes.empty:
                continue
            x, y = np.transpose([layout[code][1:] for code in codes])
            thick = 0.88 * side * 72
            middle = y + 0.5
            marks.segments(axes, x + 0.06, x + 0.94, middle, middle, color=shade, linewidth=thick)
            for code in codes:
                label, column, row = layout[code]
                for text, line in ((label, 0.31), (texts[code], 0.71)):
                    marks.write(axes, column + 0.1, row + line, text, color=on(shade))
            own = values[codes]
            low, high = texts[own.idxmin()], texts[own.idxmax()]
            start, end = number * across / 4 + 0.06, (number + 1) * across / 4 - 0.06
            marks.segments(axes, start, end, down + 0.35, down + 0.35, color=shade, linewidth=8)
            printed = low if low == high else f"{low.removesuffix('%')}–{high}"
            marks.write(axes, start, down + 0.8, printed)
        if corners:
            at = down + _KEY + 0.1
            corners.append((0.1, at, 0.5, at + 0.4))
            marks.write(axes, 0.7, at + 0.2, "in the area")
            marks.frames(axes, corners, color="black", linewidth=1.6)
    return fig


def classes(values: pd.Series) -> pd.Series:
    """Return the quarter of each value, 0 for the lowest to 3: equal values share one."""
    limits = values.quantile([0.25, 0.5, 0.75], interpolation="lower").to_numpy()
    return pd.Series(np.searchsorted(limits, values.to_numpy(), side="left"), values.index)
