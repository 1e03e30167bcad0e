"""Marks: each kind one path, of which nothing is lost however many there are."""

import re

import matplotlib.pyplot as plt
import pytest
from drawn import figure, texts

from analysis.report.drawing import marks


def axes_of(limits=(0, 10)):
    """Axes as wide and as high as their figure, of 288 by 72 points, with y from above."""
    axes = plt.figure(figsize=(4, 1)).add_axes((0, 0, 1, 1))
    axes.set(xlim=limits, ylim=(2, 0))
    axes.axis("off")
    return axes


def paths(axes) -> list[str]:
    """The paths that are drawn, but for the white ground."""
    return re.findall(r"<path d='([^']*)'", figure(axes.figure).svg)[1:]


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


@pytest.mark.parametrize(("end", "written"), [(10, ["100%"]), (0.5, [])])
def test_a_text_is_written_upon_a_bar_that_has_room_for_it(end, written):
    axes = axes_of()
    # 0.5 of 10 across 288 points is 14, where `100%` needs more than 20.
    marks.write_upon(axes, 0, end, 1, "100%", "black")
    assert texts(figure(axes.figure)) == written


def test_a_text_is_broken_between_words_where_it_is_too_wide():
    text = "Hammersmith and Fulham"
    assert marks.wrapped(text, 9) == [text]
    lines = marks.wrapped(text, 1.25)
    assert lines == ["Hammersmith and", "Fulham"]
    assert marks.inches(lines) <= 1.25 < marks.inches([text])
    assert marks.wrapped(text, 0) == text.split()  # a longer word has a line of its own
