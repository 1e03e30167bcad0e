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


def laid(*spots, size=(40, 12), **rest):
    """Names of one size at all of some spots, in a picture of 200 by 200 points."""
    own = np.array(spots, dtype=float)
    inside = np.array([0, 0, 200, 200])
    none = np.empty((0, 4))
    return names.place(own, [size] * len(own), own, inside, none, **rest)[0]


def test_a_name_among_points_has_a_line_that_leads_to_it():
    # Four points about the middle leave no place beside it that would not be nearer one of them.
    around = [(100, 100), (92, 100), (108, 100), (100, 92), (100, 108)]
    placed = laid(*around)
    assert not np.isnan(placed[0].end).any()
    assert len(placed) == 5


def test_without_lines_such_a_name_is_left_out():
    around = [(100, 100), (92, 100), (108, 100), (100, 92), (100, 108)]
    assert 0 not in laid(*around, lengths=(), if_room=True)


def test_a_long_name_has_two_lines_of_about_one_length():
    assert names._lines("Kensington and Chelsea") == ["Kensington", "and Chelsea"]
    assert names._lines("Barking and Dagenham") == ["Barking and", "Dagenham"]
    assert names._lines("Waltham Forest") == ["Waltham Forest"]
    assert names._lines("Llanfairpwllgwyngyll") == ["Llanfairpwllgwyngyll"]


spots = st.lists(
    st.tuples(st.integers(5, 195), st.integers(5, 195)), min_size=1, max_size=8, unique=True
)


@settings(deadline=None, max_examples=25)
@given(spots)
def test_a_name_stands_nearest_its_point_or_at_a_line_inside_and_clear_of_all_where_there_is_room(
    places,
):
    own = np.array(places, dtype=float)
    placed = laid(*places, if_room=True)
    for at, name in placed.items():
        x0, y0, x1, y1 = name.box
        assert min(x0, y0) >= 0 and max(x1, y1) <= 200
        away = names.distances(name.box[None], own)[0]
        assert (away > 0).all()  # no name lies on a point
        if np.isnan(name.end).any():
            assert (away[at] < np.delete(away, at)).all()
        for other in set(placed) - {at}:
            assert not Bbox.from_extents(name.box).overlaps(Bbox.from_extents(placed[other].box))


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
