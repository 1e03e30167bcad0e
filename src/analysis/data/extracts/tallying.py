"""Counts that grow piece by piece, and add up."""

from collections.abc import Mapping, Sequence

import numpy as np

from analysis.data import codes
from analysis.data.extracts.counts import MOMENTS, Group

_CODES = list(codes.JUDGEMENTS)
_SUFFICIENT, _INSUFFICIENT = _CODES.index("sufficient"), _CODES.index("insufficient")


class Tallying:
    """The counts of one group, by place; places and levels are numbered as they turn up."""

    def __init__(self, questions: int, outcomes: int) -> None:
        """Begin with no place and no level."""
        self._sizes = np.zeros((0, 0), np.int64)
        self._judgements = np.zeros((0, 0, questions, len(_CODES)), np.int64)
        self._pooled = np.zeros((0, 0, outcomes, len(MOMENTS)), np.int64)

    def add(
        self, places: np.ndarray, levels: np.ndarray, judged: np.ndarray, moments: np.ndarray
    ) -> None:
        """Count some cases: the place and level of each, judgements by question and case, `moments`."""
        if not places.size:
            return
        shape = (int(places.max()) + 1, int(levels.max()) + 1)
        width = shape[1]
        cells = shape[0] * width
        key = places * width + levels
        coded = key * len(_CODES)
        self._sizes = _added(self._sizes, np.bincount(key, minlength=cells).reshape(shape))
        counts = np.stack(
            [np.bincount(coded + own, minlength=cells * len(_CODES)) for own in judged], axis=0
        ).reshape(len(judged), *shape, len(_CODES))
        self._judgements = _added(self._judgements, np.moveaxis(counts, 0, 2))
        pooled = np.zeros((*shape, *moments.shape[:2]), np.int64)
        for outcome, own in enumerate(moments):
            for moment, weights in enumerate(own):
                sums = np.bincount(key, weights, minlength=cells)  # exact below 2 ** 53
                pooled[:, :, outcome, moment] = sums.reshape(shape)
        self._pooled = _added(self._pooled, pooled)

    def group(self, places: Sequence[int], levels: Mapping[int, str]) -> Group:
        """Return the counts with places and levels in the given order."""
        shape = (max(places, default=-1) + 1, max(levels, default=-1) + 1)
        at = np.ix_(list(places), list(levels))
        sizes, judgements, pooled = (
            _grown(each, shape)[at] for each in (self._sizes, self._judgements, self._pooled)
        )
        return Group(tuple(levels.values()), sizes, judgements, pooled)


def moments(judged: np.ndarray, outcomes: Sequence[Sequence[int]]) -> np.ndarray:
    """Return counts.MOMENTS of each case, int64 by outcome, moment and case.

    `judged` is by question and case; `outcomes` has the questions of each.
    """
    found = np.zeros((len(outcomes), len(MOMENTS), judged.shape[1]), np.int64)
    for own, questions in zip(found, outcomes, strict=True):
        answers = judged[list(questions)]
        sufficient = (answers == _SUFFICIENT).sum(axis=0)
        relevant = sufficient + (answers == _INSUFFICIENT).sum(axis=0)
        own[:] = (
            relevant > 0,
            sufficient,
            relevant,
            sufficient**2,
            sufficient * relevant,
            relevant**2,
        )
    return found


def _added(whole: np.ndarray, part: np.ndarray) -> np.ndarray:
    shape = (max(whole.shape[0], part.shape[0]), max(whole.shape[1], part.shape[1]))
    result = _grown(whole, shape)
    result[: part.shape[0], : part.shape[1]] += part
    return result


def _grown(array: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    if array.shape[:2] == shape:
        return array
    wider = np.zeros((*shape, *array.shape[2:]), array.dtype)
    wider[: array.shape[0], : array.shape[1]] = array
    return wider
