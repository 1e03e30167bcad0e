"""How likely a sample is to show a difference, by how large the difference is."""

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from analysis.report.drawing import marks
from analysis.report.drawing.palette import KINDS, POINTS, QUIET, STYLE, WIDTH

USUAL = 0.8  # the power that studies are planned for


def power(curves: Sequence[tuple[str, pd.DataFrame]]) -> Figure:
    """Draw curves of at most four kinds, each a name and a table of difference and power."""
    with mpl.rc_context(STYLE):
        fig = plt.figure(figsize=(WIDTH, 3.4))
        axes = fig.add_axes((0.13, 0.15, 0.83, 0.66))
        axes.set(xlim=(0, max(curve["difference"].max() for _, curve in curves)), ylim=(0, 1))
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=""))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        axes.set_xlabel("true difference in percentage points")
        axes.axhline(USUAL, color=QUIET, linewidth=1, linestyle=(0, (4, 2)), zorder=0)
        style: dict[str, Any] = {"color": QUIET, "fontsize": POINTS - 1, "va": "bottom"}
        marks.write(axes, 0, USUAL, "four times in five", shift=(4, 2), **style)
        for (_, curve), colour in zip(curves, KINDS, strict=False):
            axes.plot(curve["difference"], curve["power"], color=colour, linewidth=1.5)
        names = [(colour, name) for (name, _), colour in zip(curves, KINDS, strict=False)]
        marks.key(fig, names, columns=1)
    return fig
