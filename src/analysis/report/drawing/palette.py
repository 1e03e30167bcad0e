"""What colours and sizes mean in a figure, said once.

A figure is drawn in the colours of a light page. Where a page shows it, `NAMED` gives each its name there,
so that a dark page has its own; black and white become those of the page's text and ground.
"""

from functools import lru_cache
from typing import Any

import numpy as np
from matplotlib import colors

# On a light page and on a dark one. Each stands out on its page by 3 to 1; the first four are those of
# the UK Government Analysis Function's categorical palette. A figure has at most four of them.
NAMED = {
    "own": ("#12436D", "#8CBBE6"),
    "teal": ("#28A197", "#4FC9BE"),
    "purple": ("#801650", "#EE9CC7"),
    "orange": ("#F46A25", "#F58A52"),
    "rest": ("#868F98", "#77818C"),
    "quiet": ("#4D565F", "#B0B9C2"),
    # Four steps of one hue, from little to much: away from the ground of the page.
    "shade-1": ("#D5E4F1", "#1B3147"),
    "shade-2": ("#93BBDD", "#2A557F"),
    "shade-3": ("#2F73AE", "#69A5D9"),
    "shade-4": ("#0F3A60", "#C3DEF5"),
}

INK, QUIET = "black", NAMED["quiet"][0]
# The places of the area stand out from those that it is set among.
OWN, REST = NAMED["own"][0], NAMED["rest"][0]
CHANCE, OVERDISPERSED = INK, NAMED["purple"][0]  # what the limits of a funnel allow for
# Where kinds are told apart and mean nothing more.
KINDS = tuple(NAMED[name][0] for name in ("own", "teal", "purple", "orange"))
SHADES = tuple(light for name, (light, _) in NAMED.items() if name.startswith("shade"))

WIDTH = 4  # inches: 288 px, nearly what a page has on the smallest screen
POINTS = 12  # of all text, so that it can be read there
LINE = 0.25  # inches
EDGE = 0.02  # of the width, left free at either side
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


def css() -> str:
    """Return the colours as custom properties, those of a dark page where the screen is dark."""
    light, dark = (
        "".join(f"--{name}:{pair[at]};" for name, pair in NAMED.items()) for at in (0, 1)
    )
    return (
        f"figure{{{light}}}\n@media screen and (prefers-color-scheme: dark) {{ figure{{{dark}}} }}"
    )


def on_page(colour: str) -> str:
    """Return what a page calls a colour of a figure; one that is not of the palette stays."""
    return _ON_PAGE.get(colour.lower(), colour)


_ON_PAGE = {light.lower(): f"var(--{name})" for name, (light, _) in NAMED.items()} | {
    **dict.fromkeys(("black", "#000", "#000000"), "currentColor"),
    **dict.fromkeys(("white", "#fff", "#ffffff"), "var(--page)"),
}


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
