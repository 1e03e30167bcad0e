"""What colours and sizes mean in a figure, said once.

The first four colours of the UK Government Analysis Function's categorical palette, each of which
stands out on white by 3 to 1; a figure has at most four and names what it shows.
"""

from typing import Any

_BLUE, _TEAL, _PURPLE, _ORANGE = "#12436D", "#28A197", "#801650", "#F46A25"

INK, QUIET = "#0B0C0C", "#505A5F"
PALE = "#FFFFFF"
ASIDE = "#6B7B8C"  # what is not the point

OUTER, INNER = _BLUE, _PURPLE
PRIMARY, BESIDE = _BLUE, _PURPLE  # the estimator that the page rests on, and the others
SUFFICIENT, INSUFFICIENT = _BLUE, _ORANGE
LATER, EARLIER = _BLUE, _ORANGE
CHANCE, OVERDISPERSED = INK, _PURPLE  # what the limits of a funnel allow for
# Where kinds are told apart and mean nothing more: providers, groups of residents.
KINDS = (_BLUE, _TEAL, _PURPLE, _ORANGE)
# Four lightness steps of one hue, from little to much.
SHADES = ("#D5E4F1", "#93BBDD", "#2F73AE", _BLUE)

WIDTH = 4.2  # inches
LINE = 0.205  # inches
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
