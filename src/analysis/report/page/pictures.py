"""The pictures of a page: each within a figure, with its words, and held by the page itself.

A notebook shows an SVG as an image, which can run nothing. The page takes it apart and has it in line, so
that it has the page's colours and its text can be found and selected: of elements, attributes and values it
takes those that are listed here, and a picture with any other is refused.
"""

import base64
import binascii
import re
import struct
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes
from xml.etree.ElementTree import Element

from analysis.report.drawing import palette, svg

# The only address of a picture, which is the picture: nothing is fetched.
ADDRESS = re.compile(r"data:image/(svg\+xml|png)(;base64)?,(.*)", re.DOTALL)
# What nbconvert puts where a description is missing.
_PLACEHOLDER = "No description has been provided for this image"

_NAMESPACE = re.compile(r"\{http://www\.w3\.org/(?:2000/svg|1999/xlink)\}")
_ELEMENTS = {
    *("g", "defs", "clipPath", "use"),
    *("path", "line", "polyline", "polygon", "rect", "circle", "ellipse", "text", "tspan"),
}
# Numbers, and in paths and transforms the names of what they belong to.
_NUMBERS = re.compile(r"[\d\s.,+%eE-]*(?:px|pt)?")
_LETTERED = re.compile(r"[A-Za-z\d\s.,+()-]*")
_WORD = re.compile(r"[a-z-]+|\d+")
_PAINT = re.compile(r"none|[A-Za-z]+|#[\dA-Fa-f]{3,8}|rgba?\([\d\s.,%]*\)")
_NAME = re.compile(r"[\w.-]+", re.ASCII)
_VALUES = {
    **dict.fromkeys(("x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy"), _NUMBERS),
    **dict.fromkeys(("r", "rx", "ry", "width", "height", "viewBox", "points"), _NUMBERS),
    **dict.fromkeys(("opacity", "fill-opacity", "stroke-opacity", "font-size"), _NUMBERS),
    **{f"stroke-{what}": _NUMBERS for what in ("width", "dashoffset", "miterlimit")},
    "stroke-dasharray": re.compile(rf"none|{_NUMBERS.pattern}"),
    **dict.fromkeys(("d", "transform"), _LETTERED),
    **dict.fromkeys(("fill", "stroke", "color"), _PAINT),
    **dict.fromkeys(("fill-rule", "clip-rule", "text-anchor", "dominant-baseline"), _WORD),
    **dict.fromkeys(("stroke-linecap", "stroke-linejoin", "font-style", "font-weight"), _WORD),
    "font-family": re.compile(r"[\w\s,'-]*"),
    "id": _NAME,
    "href": re.compile(rf"#{_NAME.pattern}", re.ASCII),
    "clip-path": re.compile(rf"url\(#{_NAME.pattern}\)", re.ASCII),
}
# What says nothing that a page could show.
_PASSED_OVER = {"version"}


def place(fragment: Element) -> Iterator[str]:
    """Put each SVG in line and give each PNG its size; say what is wrong with those that cannot be shown."""
    within = {image for figure in fragment.iter("figure") for image in figure.iter("img")}
    if any(image not in within for image in fragment.iter("img")):
        yield "a picture outside a figure, without a caption"
    for figure in fragment.iter("figure"):
        caption = figure.find("figcaption")
        if caption is None or not "".join(caption.itertext()).strip():
            yield "a figure without a caption"
        for image in list(figure.iter("img")):
            if image.get("alt", "").strip() in {"", _PLACEHOLDER}:
                yield "a figure without alt text"
            try:
                _show(image)
            except ValueError as problem:
                yield str(problem)


def name_apart(body: Element) -> None:
    """Give the names within each picture of a page a number, so that no two pictures share one."""
    for number, picture in enumerate(body.iter("svg"), start=1):
        # An underscore, which no slug holds, keeps them apart from those of headings.
        apart = rf"\1picture_{number}_"
        for element in picture.iter():
            for name in {"id", "href", "clip-path"}.intersection(element.keys()):
                element.set(name, re.sub(r"^((?:url\()?#?)", apart, element.attrib[name]))


def _show(image: Element) -> None:
    """Make an image what the page has of it; ValueError where it cannot be shown."""
    found = ADDRESS.fullmatch(image.get("src", ""))
    if found is None:
        raise ValueError("a picture that is not an SVG or a PNG within the page")
    kind, encoded, data = found.groups()
    content = _decoded(data) if encoded else unquote_to_bytes(data)
    if kind == "png":
        width, height = _png_size(content)
        image.attrib |= {"width": str(width), "height": str(height)}
        return
    drawing = svg.root(_text(content))
    width, height = svg.size(_text(content))
    size = {"width": str(width), "height": str(height)}
    size["viewBox"] = drawing.get("viewBox", f"0 0 {width} {height}")
    shown = Element("g", {name: each for name, each in drawing.items() if name not in size})
    shown.text = drawing.text
    shown.extend(drawing)
    if refused := sorted(set(_take(shown))):
        raise ValueError(f"an SVG with {', '.join(refused)}, which a page does not take")
    described = {"role": "img", "aria-label": image.get("alt", "")}
    tail = image.tail
    image.clear()
    image.tag, image.tail, image.text = "svg", tail, shown.text
    image.attrib |= shown.attrib | size | described
    image.extend(shown)


def _take(element: Element) -> Iterator[str]:
    """Make elements of an SVG those of a page, with its colours; yield whatever is not allowed."""
    element.tag = _NAMESPACE.sub("", str(element.tag))
    if element.tag not in _ELEMENTS:
        yield f"<{element.tag}>"
    for written, value in list(element.items()):
        del element.attrib[written]
        name = _NAMESPACE.sub("", written)
        allowed = _VALUES.get(name)
        if name in _PASSED_OVER:
            continue
        if allowed is None or not allowed.fullmatch(value.strip()):
            yield f"{name}={value!r}"
        else:
            element.set(name, palette.on_page(value) if allowed is _PAINT else value)
    for child in element:
        yield from _take(child)
    # Uses of uses could multiply without end.
    if "id" in element.attrib and element.find(".//use") is not None:
        yield "<use> within what can be used"


def _decoded(data: str) -> bytes:
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("a picture that is not base64") from error


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"an SVG that cannot be read: {error}") from error


def _png_size(picture: bytes) -> tuple[int, int]:
    """Read width and height in the header of a PNG."""
    if picture[:8] != b"\x89PNG\r\n\x1a\n" or picture[12:16] != b"IHDR" or len(picture) < 24:
        raise ValueError("a PNG that is not one")
    width, height = struct.unpack(">II", picture[16:24])
    return width, height
