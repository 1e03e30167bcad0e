"""A figure as SVG: the same bytes every time, and no more of them than a reader can see."""

import re
from functools import lru_cache
from io import StringIO
from itertools import groupby
from typing import Literal
from xml.etree import ElementTree

import matplotlib as mpl
import matplotlib.pyplot as plt
from lxml import etree
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from analysis.report.drawing.palette import POINTS

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"  # which SVG 2 calls href
_DPI = 72  # that of SVG in matplotlib
# Matplotlib draws the ids inside an SVG from this salt: same figure, same bytes.
_SALT = "analysis"
# A tag whose attributes hold no single quote of their own; in text, > is written &gt;.
_TAG = re.compile(r"<[^>']*>")
_REFERENCE = re.compile(r"#(\w+)")
# What an element has from those around it, and what SVG takes for granted of it.
_INHERITED = {"fill", "stroke", "text-anchor"}
_INHERITED |= {f"{paint}-opacity" for paint in ("fill", "stroke")}
_INHERITED |= {f"font-{what}" for what in ("size", "family", "weight", "style")}
_INHERITED |= {
    f"stroke-{what}" for what in ("width", "linecap", "linejoin", "dasharray", "dashoffset")
}
_TAKEN = {"text-anchor": "start", "stroke-dashoffset": "0", "font-size": f"{POINTS}px"}
_FONT = "DejaVu Sans"
# CSS pixels in the units that an SVG may use.
_PIXELS = {"": 1, "px": 1, "pt": 96 / 72, "pc": 16, "in": 96, "cm": 96 / 2.54, "mm": 96 / 25.4}


def draw(fig: Figure) -> str:
    """Draw a figure as SVG and close it.

    Text stays text, a tenth of the bytes of outlines. A reader without Matplotlib's own font gets
    one of the same width or narrower, so nothing is clipped.
    """
    drawing = StringIO()
    fig.dpi = _DPI
    for patch in (fig.patch, *(axes.patch for axes in fig.axes)):
        patch.set_visible(False)  # the ground is that of the page
    with mpl.rc_context({"svg.hashsalt": _SALT, "svg.fonttype": "none"}):
        width, height = fig.get_size_inches() * _DPI
        metadata = {"Date": None, "Creator": None}
        renderer = _Renderer(width, height, drawing, metadata=metadata)
        fig.draw(renderer)
        renderer.finalize()
    plt.close(fig)
    return _lightened(drawing.getvalue())


def width(text: str, family: str, points: float, weight: str = "normal") -> float:
    """Return the width of a text on one line, in points: nothing is drawn to know it."""
    return _extent(text, FontProperties(family=family, size=points, weight=weight), False)[0]


def root(content: str) -> ElementTree.Element:
    """Return an SVG as elements; ValueError for one that cannot be read or declares entities."""
    try:
        if "<!ENTITY" in content:
            raise ValueError("an SVG that declares entities")
        return ElementTree.fromstring(content)
    except ElementTree.ParseError as error:
        raise ValueError(f"an SVG that cannot be read: {error}") from error


def size(content: str) -> tuple[int, int]:
    """Return the size of an SVG in CSS pixels, from width and height or else from its viewBox.

    Raises ValueError for one without a size, as `root` does for one that cannot be read.
    """
    svg = root(content)
    sizes = [_pixels(svg.get(side, "")) for side in ("width", "height")]
    if None in sizes:
        box = re.split(r"[\s,]+", svg.get("viewBox", "").strip())
        sizes = [_pixels(side) for side in box[2:]]
    match sizes:
        case [float(width), float(height)] if width >= 1 and height >= 1:
            return round(width), round(height)
        case _:
            raise ValueError("an SVG without a size")


def _pixels(length: str) -> float | None:
    """Turn an absolute CSS length into pixels; None when it is not one."""
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)([a-z]*)", length.strip()):
        number, unit = match.groups()
        return float(number) * _PIXELS[unit] if unit in _PIXELS else None
    return None


class _Renderer(RendererSVG):
    """Draws SVG as `Figure.savefig` does, but measures each text once for all figures."""

    def get_text_width_height_descent(
        self, s: str, prop: FontProperties, ismath: bool | Literal["TeX"]
    ) -> tuple[float, float, float]:
        # Matplotlib hands over a copy of the font's properties, which nobody changes.
        return _extent(s, prop, ismath)


@lru_cache(maxsize=4096)
def _extent(
    text: str, font: FontProperties, ismath: bool | Literal["TeX"]
) -> tuple[float, float, float]:
    return text_to_path.get_text_width_height_descent(text, font, ismath)


def _lightened(svg: str) -> str:
    """Take out what is not drawn: metadata, unused names, empty groups, digits beyond sight.

    Styles become attributes, which a page can check one by one, and a group has those that several elements
    in a row share.
    """
    root = etree.fromstring(
        svg.encode(), etree.XMLParser(remove_comments=True, remove_blank_text=True)
    )
    for needless in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(needless)
    for style in list(root.iter(f"{{{_SVG}}}style")):
        style.getparent().remove(style)
    # That of text in the whole figure, and of Matplotlib's lines.
    root.set("font-family", f"'{_FONT}',Verdana,Arial,sans-serif")
    root.set("font-size", str(POINTS))
    root.set("stroke-linejoin", "round")
    used = {
        name
        for element in root.iter()
        for value in element.attrib.values()
        for name in _REFERENCE.findall(value)
    }
    for element in root.iter():
        for name, value in element.attrib.items():
            _shorten(element, name, value, used)
    for group in list(root.iter(f"{{{_SVG}}}g", f"{{{_SVG}}}defs")):
        if not group.attrib and (group.tag.endswith("g") or not len(group)):
            _unwrap(group)
    for parent in list(root.iter()):
        _gather(parent)
    etree.cleanup_namespaces(root)
    # Single quotes, which stay one byte each in the address of a picture.
    return _TAG.sub(lambda tag: tag[0].replace('"', "'"), etree.tostring(root, encoding="unicode"))


def _shorten(element: etree._Element, name: str, value: str, used: set[str]) -> None:
    if (name == "id" and value not in used) or (
        name == "transform" and value.startswith("rotate(-0 ")
    ):
        del element.attrib[name]
        return
    if name == "style":
        del element.attrib[name]
        for declaration in filter(None, value.split(";")):
            attribute, _, said = (part.strip() for part in declaration.partition(":"))
            if _TAKEN.get(attribute) != said and said != f"'{_FONT}'":
                element.set(attribute, _rounded(said))
        return
    if name == _LINK:
        del element.attrib[name]
        name = "href"
    value = _rounded(value)
    if name == "d":
        value = re.sub(r"\s*([A-Za-z])\s*", r"\1", value.strip())
        # A stroke that is upright or level needs only where it ends.
        value = re.sub(r"M(\S+) ([^\sL]+)L\1 ([^\sLMz]+)", r"M\1 \2V\3", value)
        value = re.sub(r"M(\S+) ([^\sL]+)L(\S+) \2(?=[LMz]|$)", r"M\1 \2H\3", value)
        # A space takes three bytes in the address of a picture.
        value = value.replace(" ", ",")
    element.set(name, value)


def _rounded(value: str) -> str:
    """Return a value with its numbers to a tenth, and no decimal that says nothing."""
    return re.sub(r"\.0\b", "", re.sub(r"(\.\d)\d+", r"\1", value))


def _gather(parent: etree._Element) -> None:
    """Put elements in a row that inherit the same into a group, which then has it for all."""
    for shared, run in groupby(list(parent), _inherits):
        elements = list(run)
        if not shared or len(elements) == 1:
            continue
        group = etree.Element(f"{{{_SVG}}}g", dict(shared))
        parent.insert(parent.index(elements[0]), group)
        for each in elements:
            for name, _ in shared:
                del each.attrib[name]
            group.append(each)


def _inherits(element: etree._Element) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in element.attrib.items() if name in _INHERITED)


def _unwrap(group: etree._Element) -> None:
    parent = group.getparent()
    if parent is None:
        return
    at = parent.index(group)
    for child in reversed(list(group)):
        parent.insert(at + 1, child)
    parent.remove(group)
