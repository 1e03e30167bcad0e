"""How likely a sample is to show a difference, by how large the difference is."""

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import PercentFormatter

from analysis.report.drawing import marks
from analysis.report.drawing.palette import EDGE, KINDS, LINE, QUIET, STYLE, WIDTH

USUAL = 0.8  # the power that studies are planned for
_LETTERS = 34  # to a line of the key
_PLOT, _AXIS = 2.4, 0.55  # inches: of the plot, and below it


def power(curves: Sequence[tuple[str, pd.DataFrame]]) -> Figure:
    """Draw curves of at most four kinds, each a name and a table of difference and power."""
    names = [fill(name, _LETTERS) for name, _ in curves]
    lines = np.cumsum([0, *(1 + name.count("\n") for name in names)])
    whole = lines[-1] * LINE + 0.2 + _PLOT + _AXIS
    with mpl.rc_context(STYLE):
        fig = plt.figure(figsize=(WIDTH, whole))
        axes = fig.add_axes((0.16, _AXIS / whole, 0.8, _PLOT / whole))
        axes.set(xlim=(0, max(curve["difference"].max() for _, curve in curves)), ylim=(0, 1))
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0, symbol=""))
        axes.yaxis.set_major_formatter(PercentFormatter(1, decimals=0))
        style: dict[str, Any] = {"linestyle": (0, (4, 2)), "clip_on": False, "zorder": 0}
        axes.axhline(USUAL, color=QUIET, linewidth=1, **style)
        marks.write(axes, 0, USUAL, "four times in five", shift=(4, 2), va="bottom", color=QUIET)
        for (_, curve), name, line, colour in zip(curves, names, lines, KINDS, strict=False):
            style = {"color": colour, "linewidth": 2, "estimator": None, "clip_on": False}
            sns.lineplot(curve, x="difference", y="power", ax=axes, **style)
            y = 1 - (line * LINE + 0.1) / whole
            fig.text(EDGE + 0.06, y + 0.02 / whole, name, va="top", linespacing=1.2)
            fig.add_artist(Line2D([EDGE, EDGE + 0.045], [y - 0.09 / whole] * 2, color=colour, lw=3))
        axes.set(xlabel="true difference in points", ylabel="")
    return fig
