"""Whether neighbours are more alike than places drawn at random."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

# As many as make the least p-value 0.0002.
PERMUTATIONS = 9_999
# Equal sums of other terms may differ in their last digits.
_DIGITS = 10


@dataclass(frozen=True)
class Moran:
    """Moran's I of some values, what chance expects of it, and its two-sided p-value."""

    i: float
    expected: float
    p_value: float


def moran(values: Sequence[float], pairs: Sequence[tuple[int, int]], *, seed: int) -> Moran:
    """Return Moran's I of the values over pairs of neighbours, with a permutation test.

    `pairs` has the positions of two neighbours, each pair once; all weigh the same. The p-value is
    twice the smaller share of permutations that are as high or as low, at most 1, the observed
    order being one of them. The same seed gives the same figures.

    ValueError: a value that is not finite; values that are all equal; no pair; a pair of a place
    with itself, of a place that is not there, or twice.
    P. A. P. Moran (1950), Biometrika 37:17-23; A. D. Cliff and J. K. Ord (1981), Spatial Processes,
    section 2.4.
    """
    array = np.asarray(values, dtype=float)
    if not np.all(np.isfinite(array)):
        raise ValueError("values must be finite, none missing")
    if len(array) < 2 or np.ptp(array) == 0:
        raise ValueError("values must be two or more, and not all equal")
    if not pairs:
        raise ValueError("there is no pair of neighbours")
    known = {frozenset(pair) for pair in pairs}
    if len(known) < len(pairs) or any(len(pair) < 2 for pair in known):
        raise ValueError("each pair must be of two places, and there once")
    if any(not 0 <= place < len(array) for pair in pairs for place in pair):
        raise ValueError(f"a pair is of a place beyond the {len(array)} values")
    return _moran(tuple(array.tolist()), tuple(pairs), seed)


@lru_cache(maxsize=32)
def _moran(values: tuple[float, ...], pairs: tuple[tuple[int, int], ...], seed: int) -> Moran:
    array = np.array(values)
    deviations = array - np.mean(array)
    one, other = np.array(pairs).T
    rng = np.random.default_rng(seed)
    orders = np.vstack([deviations, *(rng.permutation(deviations) for _ in range(PERMUTATIONS))])
    products = np.sum(orders[:, one] * orders[:, other], axis=1)
    found = products / len(pairs) / np.mean(deviations**2)
    observed, *_ = found = found.round(_DIGITS)
    share = min(np.mean(found >= observed), np.mean(found <= observed))
    return Moran(float(observed), -1 / (len(array) - 1), float(min(1.0, 2 * share)))
