"""The texts of a drawing as a reader sees them, and what of them cannot be read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

from matplotlib.figure import Figure as Drawing

from analysis.report import content
from analysis.report.drawing import svg

_SVG = "{http://www.w3.org/2000/svg}"
# Of the size of the type: from the line that letters stand on to the highest and the lowest of them.
_UP, _DOWN = 0.76, 0.24
_LEFTWARD = {"start": 0.0, "middle": 0.5, "end": 1.0}


@dataclass(frozen=True)
class Written:
    """A line of text and the box that it fills, in points from the upper left corner."""

    text: str
    left: float
    right: float
    top: float
    bottom: float

    def overlaps(self, other: "Written") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def figure(drawing: Drawing) -> content.Figure:
    return content.figure(drawing, alt="What it shows.", caption="A drawing")


def lines(shown: content.Figure) -> list[Written]:
    """Every line of text, in the order in which it is drawn; none of them may be turned."""
    root = ElementTree.fromstring(shown.svg)
    around = {each: parent for parent in root.iter() for each in parent}
    return [_written(element, _inherited(element, around)) for element in root.iter(f"{_SVG}text")]


def _inherited(
    element: ElementTree.Element, around: Mapping[ElementTree.Element, ElementTree.Element]
) -> dict[str, str]:
    """The attributes of an element and of those around it, the nearest first."""
    above = _inherited(around[element], around) if element in around else {}
    return above | element.attrib


def texts(shown: content.Figure) -> list[str]:
    return [line.text for line in lines(shown)]


def faults(shown: content.Figure) -> list[object]:
    """What cannot be read: text beyond the edge, or upon other text."""
    whole = ElementTree.fromstring(shown.svg).get("viewBox", "").split()
    wide, tall = map(float, whole[2:])
    every = lines(shown)
    beyond = [
        line.text
        for line in every
        if line.left < 0 or line.right > wide or line.top < 0 or line.bottom > tall
    ]
    upon = [(one.text, other.text) for one, other in combinations(every, 2) if one.overlaps(other)]
    return [*beyond, *upon]


def _written(element: ElementTree.Element, style: Mapping[str, str]) -> Written:
    text = element.text or ""
    moved = re.fullmatch(r"translate\((\S+) (\S+)\)", element.get("transform", ""))
    x, y = map(float, moved.groups() if moved else (element.attrib["x"], element.attrib["y"]))
    points = float(style["font-size"].removesuffix("px"))
    width = svg.width(text, "DejaVu Sans", points)
    left = x - width * _LEFTWARD[style.get("text-anchor", "start")]
    return Written(text, left, left + width, y - _UP * points, y + _DOWN * points)
