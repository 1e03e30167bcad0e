"""Columns that draw what they say: an interval with its point, on one axis for all rows.

The text of a cell is the alternative of its bar, so that one table is chart, numbers and words. The bar is an
empty span; its place reaches `page.css` by three custom properties, in hundredths of the axis, which is all
that a `style` may hold on a page (see `STYLE`).
"""

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from analysis import words
from analysis.report.content import Cell

_PLACE = r"(?:100|\d{1,2}(?:\.\d)?)"
# Where an interval begins and ends and where its point lies, and nothing else.
STYLE = re.compile(rf"--a:{_PLACE};--b:{_PLACE}(?:;--p:{_PLACE})?")
# The class names of a bar, of one in grey, of one without a point, and of the axis in a heading.
CLASSES = frozenset({"bar", "aside", "band", "axis"})


@dataclass(frozen=True)
class Axis:
    """From where to where the bars of a column run; `labels` name the start, the middle and the end.

    The middle is what the rows are held against and has a mark.
    """

    start: float
    end: float
    labels: tuple[str, str, str]

    def place(self, value: float) -> str:
        """Return where a value lies, in hundredths of the axis; beyond either end is a ValueError."""
        at = round(100 * (value - self.start) / (self.end - self.start), 1)
        if not 0 <= at <= 100:
            raise ValueError(f"{value} lies beyond the axis from {self.start} to {self.end}")
        return f"{abs(at):g}"


@dataclass(frozen=True)
class Span:
    """What a bar draws: an interval with its point; without one a band, of what words admit.

    What is `aside` is not the point of the table, and grey.
    """

    lower: float
    upper: float
    point: float | None
    aside: bool = False


@dataclass(frozen=True, kw_only=True)
class Bars(Cell):
    """A column whose cells hold a bar before what they say; a row whose span is None has none."""

    axis: Axis
    span: Callable[[Any], Span | None]

    def head(self) -> Markup:
        """Return the heading over its axis, which is for the eye: the caption says it in words."""
        labels = Markup("").join(map(Markup("<span>{}</span>").format, self.axis.labels))
        axis = Markup('<span class="axis" aria-hidden="true">{}</span>').format(labels)
        return escape(self.heading) + axis

    def body(self, row: Any) -> Markup:  # noqa: ANN401 - a row of itertuples
        """Return the bar of a row and what the cell says."""
        span = self.span(row)
        text = Markup("<span>{}</span>").format(self.say(row))
        return text if span is None else self._bar(span) + Markup(" ") + text

    def _bar(self, span: Span) -> Markup:
        names = [
            "bar",
            *(["aside"] if span.aside else []),
            *(["band"] if span.point is None else []),
        ]
        places = {"a": span.lower, "b": span.upper, "p": span.point}
        style = ";".join(
            f"--{name}:{self.axis.place(value)}"
            for name, value in places.items()
            if value is not None
        )
        return Markup('<span class="{}" style="{}"></span>').format(" ".join(names), style)


SHARES = Axis(0, 1, ("0%", "half", "100%"))


def differences(limits: Iterable[float], first: str, second: str) -> Axis:
    """Return the axis of differences of shares, first less second; its ends say who is higher by how much."""
    most = _round_above(limits)
    return Axis(-most, most, (f"{second} +{100 * most:g}", "0", f"{first} +{100 * most:g}"))


def amounts(values: Iterable[float], label: Callable[[float], str]) -> Axis:
    """Return the axis of amounts from none, as far as the largest needs."""
    most = _round_above(values)
    return Axis(0, most, ("0", label(most / 2), label(most)))


def slopes(limits: Iterable[float]) -> Axis:
    """Return the axis of slopes, no association in the middle."""
    most = _round_above(limits)
    ends = words.decimal(-most), f"+{words.decimal(most)}"
    return Axis(-most, most, (ends[0], "0", ends[1]))


def about(middle: float, values: Iterable[float], label: Callable[[float], str]) -> Axis:
    """Return an axis as far to either side of the middle as the furthest value."""
    most = max(abs(value - middle) for value in values)
    low, high = middle - most, middle + most
    return Axis(low, high, (label(low), label(middle), label(high)))


def _round_above(values: Iterable[float]) -> float:
    """Return the next of 1, 2 and 5 times a power of ten that no value is further from zero than."""
    most = max(abs(value) for value in values)
    power = 10.0 ** math.floor(math.log10(most))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= most)
