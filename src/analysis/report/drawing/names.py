"""Names beside points: a name stands nearer its own point than any other, or a line leads to it."""

from collections.abc import Iterable, Sequence
from itertools import compress
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

from analysis.report.drawing import marks, svg
from analysis.report.drawing.palette import POINTS, QUIET, STYLE

Aligned = Literal["left", "right", "center"]
_LEFTWARD = {"left": 0.0, "center": 0.5, "right": 1.0}
_RADIUS = 3.5  # of a point, in points
_TALL = POINTS * 0.95  # of a line of letters, from the deepest to the highest
_LONG = 14  # letters of a name that has one line
# How far a name lies from its point, across and up, before any line is needed.
_BESIDE: tuple[tuple[float, float, Aligned], ...] = (
    (6, 0, "left"),
    (-6, 0, "right"),
    (0, 10.5, "center"),
    (0, -10.5, "center"),
    (4, 8.5, "left"),
    (4, -8.5, "left"),
    (-4, 8.5, "right"),
    (-4, -8.5, "right"),
)
# How long a line is where one leads to a name, and in how many directions.
_LINES, _DIRECTIONS = (13, 19, 26, 34, 43, 54, 66, 80, 96, 120), 24
_TURNS = 2  # that a name has to go before the others
_STEP = 1.5  # of a line, that other names keep clear of
_CLEAR = 2 * _RADIUS  # from its point, after which a line itself keeps clear of others


class Placed(NamedTuple):
    """Where a name stands, in points: its box and anchor, and the end of the line that leads to it or NaN."""

    box: np.ndarray
    anchor: np.ndarray
    aligned: Aligned
    end: np.ndarray


class _Choices(NamedTuple):
    """Where a name could stand: a row for each of what `Placed` has, and where its line begins."""

    boxes: np.ndarray
    anchors: np.ndarray
    aligned: list[Aligned]
    starts: np.ndarray  # of its line, beyond points that lie upon its own
    ends: np.ndarray


def write(
    axes: Axes,
    named: pd.DataFrame,
    points: pd.DataFrame,
    *,
    taken: Iterable[Bbox] = (),
    if_room: bool = False,
    lines: bool = True,
) -> list[Bbox]:
    """Write each name where it covers none of the points, the other names and what is taken.

    Both frames have x and y, `named` also name and colour. With `if_room` a name that would cover anything
    is left out; otherwise it covers least. Without `lines` names stand beside their points alone. Returns
    what is taken now. The limits of the axes must be set.
    """
    pixels = axes.figure.dpi / 72
    own, spots = (
        axes.transData.transform(frame[["x", "y"]].to_numpy().reshape(-1, 2)) / pixels
        for frame in (named, points)
    )
    boxes = np.vstack([np.empty((0, 4)), *(np.asarray(box.extents) / pixels for box in taken)])
    inside = np.asarray(axes.get_window_extent().extents) / pixels
    texts = [_lines(name) for name in named["name"]]
    sizes = [_size(text) for text in texts]
    lengths = _LINES if lines else ()
    placed, boxes = place(own, sizes, spots, inside, boxes, lengths=lengths, if_room=if_room)
    ends = []
    for at, name in placed.items():
        row, middle = named.iloc[at], (len(texts[at]) - 1) / 2
        across, up = name.anchor - own[at]
        style: dict[str, Any] = {"ha": name.aligned, "color": row["colour"]}
        for number, line in enumerate(texts[at]):
            shift = across, up + (middle - number) * POINTS
            marks.write(axes, row["x"], row["y"], line, shift=shift, **style)
        if not np.isnan(name.end).any():
            ends += [_edge(own[at], name.end), name.end]
    if ends:
        x, y = axes.transData.inverted().transform(np.vstack(ends) * pixels).T
        marks.segments(axes, x[::2], x[1::2], y[::2], y[1::2], color=QUIET, linewidth=0.6)
    return [Bbox.from_extents(box * pixels) for box in boxes]


def place(
    own: np.ndarray,
    sizes: Sequence[tuple[float, float]],
    spots: np.ndarray,
    inside: np.ndarray,
    boxes: np.ndarray,
    *,
    lengths: Sequence[float] = _LINES,
    if_room: bool = False,
) -> tuple[dict[int, Placed], np.ndarray]:
    """Return where each name stands, by number, and the boxes (x0, y0, x1, y1) that are taken then.

    Names of these sizes belong to the places `own` among all `spots`, and stay inside a box. The one with
    least room is placed first; one that finds none then goes before the others.
    """
    boxes = np.vstack([boxes, np.hstack([spots - _RADIUS, spots + _RADIUS])])
    choices = [
        _choices(spot, size, spots, inside, lengths) for spot, size in zip(own, sizes, strict=True)
    ]
    free = [int((~_overlaps(each.boxes, boxes).any(axis=1)).sum()) for each in choices]
    order = np.argsort(free, kind="stable").tolist()
    turns = dict.fromkeys(order, _TURNS)
    while True:
        placed, taken = {}, boxes
        for at in order:
            cost = _overlaps(choices[at].boxes, taken).sum(axis=1)
            cost += _crossed(choices[at].starts, choices[at].ends, taken).sum(axis=1)
            if not len(cost) or (cost.min() > 0 and if_room):
                continue
            if cost.min() > 0 and turns[at]:
                turns[at] -= 1
                order = [at, *(other for other in order if other != at)]
                break
            if turns[at] < _TURNS:
                # One that went before the others leaves them most room.
                others = [choices[other].boxes for other in order if other != at]
                room = _overlaps(choices[at].boxes, np.vstack([np.empty((0, 4)), *others]))
                cost = np.where(cost > cost.min(), np.inf, room.sum(axis=1))
            best = int(cost.argmin())
            boxes_of, anchors, aligned, starts, ends = choices[at]
            placed[at] = Placed(boxes_of[best], anchors[best], aligned[best], ends[best])
            taken = np.vstack([taken, boxes_of[best], _steps(starts[best], ends[best])])
        else:
            return placed, taken


def _lines(name: str) -> list[str]:
    """Return a name in one line, or a long one in two of about one length."""
    words = name.split()
    if len(name) <= _LONG or len(words) == 1:
        return [name]
    parted = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return list(min(parted, key=lambda lines: max(map(len, lines))))


def _size(lines: Sequence[str]) -> tuple[float, float]:
    """Return the width and the height of some lines, in points."""
    widths = [svg.width(line, STYLE["font.family"], POINTS) for line in lines]
    return max(widths), _TALL + (len(lines) - 1) * POINTS


def _choices(
    spot: np.ndarray,
    size: tuple[float, float],
    spots: np.ndarray,
    inside: np.ndarray,
    lengths: Sequence[float],
) -> _Choices:
    """Return the choices for a name of a size at a spot, the best first; none reaches out of the axes.

    A line may lead to it of one of the `lengths`; beside its spot a name has to lie nearer it than all other
    `spots`.
    """
    wide, tall = size
    turns = np.pi * 2 * np.arange(_DIRECTIONS) / _DIRECTIONS
    along = np.column_stack([np.cos(turns), np.sin(turns)])
    beside = np.array([place[:2] for place in _BESIDE], dtype=float)
    beside[:, 1] += np.sign(beside[:, 1]) * (tall - _TALL) / 2
    ends = np.vstack([np.empty((0, 2)), *(along * length for length in lengths)])
    leaning = np.round(ends[:, 0] / np.hypot(*ends.T), 6)
    aligned: list[Aligned] = [place[2] for place in _BESIDE]
    aligned += ["left" if lean > 0.3 else "right" if lean < -0.3 else "center" for lean in leaning]
    # A name above or below the end of its line begins there, one to a side stands level with it.
    level = np.where(np.abs(leaning) > 0.3, 0, np.sign(ends[:, 1]) * tall / 2)
    apart = np.where(np.abs(leaning) > 0.3, np.sign(leaning) * 1.5, 0)
    anchors = spot + np.vstack([beside, ends + np.column_stack([apart, level])])
    left = anchors[:, 0] - np.array([_LEFTWARD[each] for each in aligned]) * wide
    boxes = np.column_stack([left, anchors[:, 1], left + wide, anchors[:, 1]])
    boxes += np.array([0, -tall / 2, 0, tall / 2])
    ends = np.vstack([np.full_like(beside, np.nan), spot + ends])
    within = ((boxes[:, :2] >= inside[:2]) & (boxes[:, 2:] <= inside[2:])).all(axis=1)
    away = distances(boxes, spots)
    nearest = (spots != spot).any(axis=1)
    clear = distances(boxes, spot[None])[:, 0] + 1 < away[:, nearest].min(axis=1, initial=np.inf)
    alone = (~nearest).sum() == 1
    kept = within & (~np.isnan(ends[:, 0]) | (clear & alone))
    starts = spot + _CLEAR * np.vstack([beside * np.nan, np.tile(along, (len(lengths), 1))])
    return _Choices(
        boxes[kept], anchors[kept], list(compress(aligned, kept)), starts[kept], ends[kept]
    )


def distances(boxes: np.ndarray, spots: np.ndarray) -> np.ndarray:
    """Return how far each box (x0, y0, x1, y1), a row, is from each spot, a column; 0 within."""
    beyond = np.maximum(boxes[:, None, :2] - spots, spots - boxes[:, None, 2:])
    return np.hypot(*np.moveaxis(np.maximum(beyond, 0), -1, 0))


def _edge(spot: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return where a line from a spot leaves its point."""
    away = end - spot
    return spot + _RADIUS * away / np.hypot(*away)


def _steps(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return small boxes along a line, which what overlaps it overlaps; none where there is no line."""
    if np.isnan(end).any():
        return np.empty((0, 4))
    count = int(np.ceil(np.hypot(*(end - start)) / _STEP))
    middles = start + (end - start) * np.linspace(0, 1, count, endpoint=False)[:, None]
    return np.hstack([middles - _STEP / 2, middles + _STEP / 2])


def _crossed(starts: np.ndarray, ends: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Return which lines, a row each, cross which boxes, a column each; no line crosses none."""
    with np.errstate(divide="ignore", invalid="ignore"):
        along = (ends - starts)[:, None]
        sides = [(boxes[None, :, side] - starts[:, None]) / along for side in ([0, 1], [2, 3])]
        # The part of each line, 0 to 1, that is within both sides of a box.
        enters, leaves = np.minimum(*sides).max(axis=-1), np.maximum(*sides).min(axis=-1)
        return (enters <= leaves) & (leaves >= 0) & (enters <= 1)


def _overlaps(some: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return which of some boxes (x0, y0, x1, y1), a row each, overlap which others, a column each."""
    one, other = some[:, None], others[None]
    meet = (one[..., :2] <= other[..., 2:]) & (other[..., :2] <= one[..., 2:])
    return np.all(meet, axis=-1)
