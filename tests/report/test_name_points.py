"""Names beside points: where they cover least, each where it was reckoned to stand."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.transforms import Bbox

from analysis.report.drawing import names

NAMES = ["Barnet", "Kensington and Chelsea", "City of London", "Sutton"]


@pytest.fixture
def axes():
    fig = plt.figure(figsize=(4, 3))
    axes = fig.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 10), ylim=(0, 10))
    axes.axis("off")
    yield axes
    plt.close(fig)


def frame(*places):
    points = pd.DataFrame(places, columns=["x", "y"], dtype="float64")
    return points.assign(name=NAMES[: len(points)], colour="black")


def written(axes):
    return {text.get_text(): text for text in axes.figure.texts}


def test_a_name_takes_the_first_place_where_it_covers_nothing(axes):
    points = frame((5, 5))
    names.write(axes, points, points)
    text = written(axes)["Barnet"]
    assert text.get_horizontalalignment() == "left"
    assert text.get_window_extent().x0 > axes.transData.transform((5, 5))[0]


def test_a_name_at_the_right_edge_stands_to_the_left(axes):
    points = frame((9.9, 5))
    names.write(axes, points, points)
    assert written(axes)["Barnet"].get_horizontalalignment() == "right"


def test_what_is_taken_is_avoided_and_a_name_without_room_is_left_out_if_asked(axes):
    points = frame((5, 5))
    everywhere = [Bbox.from_extents(0, 0, 1000, 1000)]
    assert len(names.write(axes, points, points, taken=everywhere, if_room=True)) == 2
    assert written(axes) == {}
    assert len(names.write(axes, points, points, taken=everywhere)) == 3
    assert list(written(axes)) == ["Barnet"]


def test_the_boxes_are_those_of_the_drawn_names(axes):
    points = frame((1, 1), (5, 5), (9, 9), (9, 1))
    boxes = names.write(axes, points, points)[len(points) :]
    assert len(boxes) == 4
    # On a screen letters are fitted to pixels: a few of them over a whole name.
    together = Bbox.union([text.get_window_extent() for text in axes.figure.texts])
    assert Bbox.union(boxes).extents == pytest.approx(together.extents, abs=4)
    for text in axes.figure.texts:
        middle = np.mean(text.get_window_extent().get_points(), axis=0)
        assert sum(box.contains(*middle) for box in boxes) == 1, text


boxes = st.lists(st.tuples(*[st.integers(0, 6)] * 4), min_size=1, max_size=6).map(
    lambda rows: np.array([(x, y, x + w, y + h) for x, y, w, h in rows], dtype=float)
)


@settings(deadline=None)
@given(boxes, boxes)
def test_boxes_overlap_as_matplotlib_says(some, others):
    found = names._overlaps(some, others)
    assert found.tolist() == [
        [bool(Bbox.from_extents(one).overlaps(Bbox.from_extents(other))) for other in others]
        for one in some
    ]
