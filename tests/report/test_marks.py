"""Marks: each kind one path, of which nothing is lost however many there are."""

import re

import matplotlib.pyplot as plt
from drawn import figure

from analysis.report.drawing import marks


def axes_of(limits=(0, 10)):
    """Axes as wide and as high as their figure, of 288 by 72 points, with y from above."""
    axes = plt.figure(figsize=(4, 1)).add_axes((0, 0, 1, 1))
    axes.set(xlim=limits, ylim=(2, 0))
    axes.axis("off")
    return axes


def paths(axes) -> list[str]:
    """The paths that are drawn."""
    return re.findall(r"<path d='([^']*)'", figure(axes.figure).svg)


def test_lines_from_and_to_each_value_are_one_path():
    axes = axes_of()
    marks.segments(axes, 0, [5, 10], [0.5, 1.5], [0.5, 1.5], color="black")
    # Of 10 across 288 points and 2 down 72: 5 is at 144, and 0.5 and 1.5 are at 18 and 54.
    assert paths(axes) == ["M0,18H144M0,54H288"]


def test_two_hundred_discs_in_a_row_are_all_drawn():
    axes = axes_of((0, 200))
    marks.discs(axes, range(200), [1] * 200, points=3, color="black")
    (path,) = paths(axes)
    assert path.count("M") == 200


def test_no_value_draws_nothing():
    axes = axes_of()
    marks.segments(axes, [], [], [], [], color="black")
    marks.discs(axes, [], [], points=3, color="black")
    marks.frames(axes, [], color="black")
    marks.diamonds(axes, [], [], points=3)
    assert paths(axes) == []


def test_a_frame_is_closed():
    axes = axes_of()
    marks.frames(axes, [(0, 0, 5, 1)], color="black")
    assert paths(axes) == ["M0,0H144L144,36L0,36L0,0z"]
