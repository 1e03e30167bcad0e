"""What colours and sizes mean in a figure, said once.

The first four colours of the UK Government Analysis Function's categorical palette, each of which
stands out on white by 3 to 1; a figure has at most four and names what it shows.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib import colors

_BLUE, _TEAL, _PURPLE, _ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"

INK, QUIET = "#0B0C0C", "#505A5F"

OUTER, INNER = _BLUE, _PURPLE
CHANCE, OVERDISPERSED = INK, _PURPLE  # what the limits of a funnel allow for
# Where kinds are told apart and mean nothing more.
KINDS = (_BLUE, _TEAL, _PURPLE, _ORANGE)
# Four lightness steps of one hue, from little to much.
SHADES = ("#D5E4F1", "#93BBDD", "#2F73AE", _BLUE)

WIDTH = 4.2  # inches
LINE = 0.205  # inches
EDGE = 0.02  # of the width, left free at either side
POINTS = 9  # of all text but the smallest
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": POINTS,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "axes.spines.top": False,
    "axes.spines.right": False,
}
# Black is what an SVG draws text in when no colour is named.
PLAIN = STYLE | {"text.color": "black"}


@lru_cache(maxsize=64)
def on(colour: str) -> str:
    """Return the colour of text, black or white, that stands out most on a colour."""
    return max(("black", "white"), key=lambda text: contrast(text, colour))


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = np.asarray(colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
