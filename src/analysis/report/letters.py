"""How wide texts are, from the font itself: no drawing is needed to know it."""

from functools import lru_cache

from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.ft2font import LoadFlags

# Large, so that rounding in the font's own units does not matter; the width is scaled back.
_MEASURED = 100


@lru_cache(maxsize=4096)
def width(text: str, family: str, points: float) -> float:
    """Give the width of a text on one line, in points."""
    # Found each time, because the font is matplotlib's own and others set its size.
    font = get_font(findfont(FontProperties(family=family)))
    font.set_size(_MEASURED, 72)
    font.set_text(text, 0.0, flags=LoadFlags.NO_HINTING)
    across, _ = font.get_width_height()
    return across / 64 / _MEASURED * points
