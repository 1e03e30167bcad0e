"""A map of tiles: a place of its own for each local authority, all of one size."""

from collections.abc import Iterable, Mapping

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from analysis.report.drawing import marks
from analysis.report.drawing.palette import EDGE, PLAIN, SHADES, WIDTH, on

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
_ACROSS = 1 + max(column for _, column, _ in TILES.values())
_DOWN = 1 + max(row for _, _, row in TILES.values())


def tiles(texts: pd.Series, members: Iterable[str]) -> Figure:
    """Draw a tile for each local authority, shaded by the quarter of its value.

    `texts` are the values as they are printed on the tiles, indexed by GSS code; the quarters are
    theirs, so that equals look equal. `members` have an outline.
    """
    values = texts.str.removesuffix("%").astype(float)
    side = (1 - EDGE) * WIDTH / _ACROSS  # inches
    with mpl.rc_context(PLAIN):
        fig = plt.figure(figsize=(WIDTH, _DOWN * side + 0.06))
        axes = fig.add_axes((EDGE / 2, 0, 1 - EDGE, 1))
        axes.set(xlim=(0, _ACROSS), ylim=(fig.get_figheight() / side - 0.03, -0.03))
        axes.axis("off")
        quarter = classes(values)
        for number, shade in enumerate(SHADES):
            codes = quarter.index[quarter == number]
            if codes.empty:
                continue
            x, y = np.transpose([TILES[code][1:] for code in codes])
            thick = 0.88 * side * 72
            middle = y + 0.5
            marks.segments(axes, x + 0.06, x + 0.94, middle, middle, color=shade, linewidth=thick)
            for code in codes:
                label, column, row = TILES[code]
                for text, line in ((label, 0.34), (texts[code], 0.7)):
                    marks.write(axes, column + 0.13, row + line, text, color=on(shade))
            own = values[codes]
            low, high = texts[own.idxmin()], texts[own.idxmax()]
            at = 5.25 + 0.42 * number
            marks.segments(axes, 6.1, 6.36, at, at, color=shade, linewidth=0.26 * side * 72)
            marks.write(axes, 6.48, at, low if low == high else f"{low.removesuffix('%')}–{high}")
        outlined = [TILES[code][1:] for code in members]
        if outlined:
            corners = [(x + 0.015, y + 0.015, x + 0.985, y + 0.985) for x, y in outlined]
            corners.append((0.06, 5.31, 0.32, 5.57))
            marks.frames(axes, corners, color="black", linewidth=1.6)
            marks.write(axes, 0.48, 5.44, "in the area")
    return fig


def classes(values: pd.Series) -> pd.Series:
    """Return the quarter of each value, 0 for the lowest to 3: equal values share one."""
    limits = values.quantile([0.25, 0.5, 0.75], interpolation="lower").to_numpy()
    return pd.Series(np.searchsorted(limits, values.to_numpy(), side="left"), values.index)
