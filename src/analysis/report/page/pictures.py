"""The pictures of a page: each within a figure, with its words, and held by the page itself."""

import base64
import binascii
import re
import struct
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes
from xml.etree.ElementTree import Element

from analysis.report.drawing import svg

# The only address of a picture, which is the picture: nothing is fetched.
ADDRESS = re.compile(r"data:image/(svg\+xml|png)(;base64)?,(.*)", re.DOTALL)
# What nbconvert puts where a description is missing.
_PLACEHOLDER = "No description has been provided for this image"


def measure(fragment: Element) -> Iterator[str]:
    """Set the width and height of each picture; say what is wrong with those that cannot be shown."""
    within = {image for figure in fragment.iter("figure") for image in figure.iter("img")}
    if any(image not in within for image in fragment.iter("img")):
        yield "a picture outside a figure, without a caption"
    for figure in fragment.iter("figure"):
        caption = figure.find("figcaption")
        if caption is None or not "".join(caption.itertext()).strip():
            yield "a figure without a caption"
        for image in figure.iter("img"):
            if image.get("alt", "").strip() in {"", _PLACEHOLDER}:
                yield "a figure without alt text"
            try:
                width, height = _size(image.get("src", ""))
            except ValueError as problem:
                yield str(problem)
            else:
                image.attrib |= {"width": str(width), "height": str(height)}


def _size(address: str) -> tuple[int, int]:
    """Return the width and height of a picture in pixels; ValueError where it cannot be shown."""
    found = ADDRESS.fullmatch(address)
    if found is None:
        raise ValueError("a picture that is not an SVG or a PNG within the page")
    kind, encoded, data = found.groups()
    content = _decoded(data) if encoded else unquote_to_bytes(data)
    return _png_size(content) if kind == "png" else svg.size(_text(content))


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
