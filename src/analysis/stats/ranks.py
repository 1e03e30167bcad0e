"""Rates of many places, drawn together as far as chance explains their differences, and their ranks."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import special

from analysis.stats import _counts
from analysis.stats._counts import FloatArray

_DRAWS = 10_000
_MEANS, _SPREADS = 61, 80
# Fewer digits than any processor disagrees about, so that ranks never hang on rounding.
_DIGITS = 10


@dataclass(frozen=True)
class _Posterior:
    """Where the mean of all places and their spread may lie, point by point, with its probability."""

    mean: FloatArray
    size: FloatArray  # of the prior, in offenders
    probability: FloatArray

    @classmethod
    def of(cls, y: FloatArray, n: FloatArray) -> "_Posterior":
        logit = np.log((y + 0.5) / (n - y + 0.5))
        reach = 6 * np.std(logit, ddof=1) / np.sqrt(len(logit))
        centre = special.logit(np.sum(y) / np.sum(n))
        # A spread is the root of the intra-class correlation; equal steps of its logarithm, so that
        # a flat prior on the spread is a weight of the spread itself.
        means = special.expit(centre + np.linspace(-reach, reach, _MEANS))
        spreads = np.geomspace(1e-3, 0.7, _SPREADS)
        mean, spread = (grid.ravel() for grid in np.meshgrid(means, spreads))
        size = 1 / spread**2 - 1
        a, b = mean * size, (1 - mean) * size
        likelihood = sum(
            special.betaln(a + yes, b + no) - special.betaln(a, b)
            for yes, no in zip(y, n - y, strict=True)
        )
        weight = np.exp(likelihood - np.max(likelihood)) * spread
        probability = np.round(weight / np.sum(weight), _DIGITS)
        return cls(mean, size, probability / np.sum(probability))


def shrunken(frame: pd.DataFrame, *, seed: int, level: float = 0.95) -> pd.DataFrame:
    """Return the shrunken rate and the rank of each row of a frame, under its index.

    The frame has whole-number columns `offenders` and `reoffenders`. The rates of all places are
    taken for draws from one beta distribution, whose mean and spread are no better known than the
    places tell: a grid with a flat prior on the logit of the mean and on the root of the intra-class
    correlation. Columns:
        shrunken: posterior mean of the rate.
        shrunken_lower, shrunken_upper: equal-tailed limits of the rate, from draws.
        rank: of the raw rate, 1 is the highest; equal rates share a rank.
        rank_lower, rank_upper: equal-tailed limits of the rank of the true rate, from the same draws;
            the rank of a raw rate from few offenders may lie outside.
    The same seed gives the same figures.

    ValueError: counts as in `reoffending.fit`; fewer than two rows; a level outside (0, 1).
    RuntimeError: all or none reoffend.
    A. Gelman et al. (2013), Bayesian Data Analysis, 3rd ed., sections 5.3 and 5.4; H. Goldstein and
    D. J. Spiegelhalter (1996), J. R. Stat. Soc. A 159:385-443.
    """
    y, n = _counts.checked("reoffenders", frame["reoffenders"], frame["offenders"])
    if np.any(n == 0):
        raise ValueError(f"offenders is 0 in row {frame.index[n == 0][0]!r}; it must be 1 or more")
    if len(y) < 2:
        raise ValueError(f"there are {len(y)} places; ranks need two or more")
    if not 0 < np.sum(y) < np.sum(n):
        raise RuntimeError("all or none reoffend: nothing tells the rates of the places apart")
    columns = _shrunken(tuple(y), tuple(n), seed, _counts.tail(level))
    rank = (y / n)[:, None] < (y / n)[None, :]
    table = pd.DataFrame(dict(columns), index=frame.index)
    return table.assign(rank=1 + rank.sum(axis=1))


@lru_cache(maxsize=32)
def _shrunken(
    y_all: tuple[float, ...], n_all: tuple[float, ...], seed: int, tail: float
) -> tuple[tuple[str, tuple[float, ...]], ...]:
    y, n = np.array(y_all), np.array(n_all)
    posterior = _Posterior.of(y, n)
    prior = posterior.mean * posterior.size
    means = (y[:, None] + prior) / (n[:, None] + posterior.size)
    rng = np.random.default_rng(seed)
    at = rng.choice(len(prior), _DRAWS, p=posterior.probability)
    a, size = prior[at, None], posterior.size[at, None]
    drawn = rng.beta(y + a, n - y + size - a).round(_DIGITS)
    ranks = 1 + np.argsort(np.argsort(-drawn, axis=1, kind="stable"), axis=1, kind="stable")
    columns: dict[str, npt.NDArray[np.generic]] = {
        "shrunken": np.sum(means * posterior.probability, axis=1),
        "shrunken_lower": np.quantile(drawn, tail, axis=0),
        "shrunken_upper": np.quantile(drawn, 1 - tail, axis=0),
        "rank_lower": np.quantile(ranks, tail, axis=0, method="inverted_cdf"),
        "rank_upper": np.quantile(ranks, 1 - tail, axis=0, method="inverted_cdf"),
    }
    return tuple((name, tuple(column.tolist())) for name, column in columns.items())
