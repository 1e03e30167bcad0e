"""Confidence intervals for a single proportion, and envelopes for counts known only in bounds."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special
from scipy.optimize import elementwise
from statsmodels.stats.proportion import proportion_confint

from analysis.stats import _counts
from analysis.stats._counts import FloatArray

Limits = Callable[[FloatArray, FloatArray, float], tuple[FloatArray, FloatArray]]


def interval(
    count: npt.ArrayLike, nobs: npt.ArrayLike, *, level: float = 0.95, method: str = "wilson"
) -> tuple[Any, Any]:
    """Return the lower and upper confidence limits of the proportion count / nobs.

    Scalars give a pair of floats; arrays are broadcast and give a pair of float arrays. The
    limits are proportions, between 0 and 1; nobs = 0 gives (nan, nan). At 0 of n every method's
    lower limit is exactly 0, and at n of n every upper limit is exactly 1.

    ValueError: a count or nobs that is no whole number, is negative or missing; a count above
    its nobs; a level outside (0, 1); a method not in METHODS.

    Methods and sources:
        wilson: E. B. Wilson (1927), J. Am. Stat. Assoc. 22:209-212; the score interval,
            method 3 of R. G. Newcombe (1998), Stat. Med. 17:857-872.
        clopper_pearson: C. J. Clopper and E. S. Pearson (1934), Biometrika 26:404-413.
        jeffreys: equal-tailed, beta(1/2, 1/2) prior, with the end-point rule of L. D. Brown,
            T. T. Cai and A. DasGupta (2001), Stat. Sci. 16:101-133, section 4.1.1.
        agresti_coull: A. Agresti and B. A. Coull (1998), Am. Stat. 52:119-126, clipped.
        mid_p: the exact interval with half the probability of the observed count, H. O.
            Lancaster (1961), J. Am. Stat. Assoc. 56:223-234; method 6 of Newcombe (1998).
    """
    limits = _counts.chosen("method", method, METHODS)
    tail = _counts.tail(level)
    x, n = _counts.checked("count", count, nobs)
    # No observations: any valid count stands in, and the result is struck out below.
    lower, upper = (
        np.where(n == 0, np.nan, limit.reshape(x.shape))
        for limit in within(limits, *np.atleast_1d(x, np.maximum(n, 1)), tail)
    )
    return _counts.like_inputs(lower, upper)


def within(
    limits: Limits, x: FloatArray, n: FloatArray, tail: float
) -> tuple[FloatArray, FloatArray]:
    """Return the limits of a method, in [0, 1], with its exact end at 0 of n and at n of n.

    The counts need not be whole: those of an effective sample are not.
    """
    lower, upper = limits(x, n, tail)
    # True of all five: by their formulas (but for rounding), by Jeffreys' end-point rule, and
    # because Agresti-Coull passes beyond 0 and 1 there and is clipped.
    return np.where(x == 0, 0.0, np.clip(lower, 0, 1)), np.where(x == n, 1.0, np.clip(upper, 0, 1))


def envelope(
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    nobs: npt.ArrayLike,
    *,
    level: float = 0.95,
    method: str = "wilson",
) -> tuple[Any, Any]:
    """Return the lowest lower and highest upper limit over every count from low to high.

    For a finding given in words, of which only the bounds of its count are known (both are
    admitted). Shapes, units and errors as in `interval`; low above high is a ValueError too.
    The limits of every method rise with the count, so the extremes are at the two bounds.
    The bounds are an identification region: C. F. Manski (2003), Partial Identification of
    Probability Distributions, Springer.
    """
    least, most = np.broadcast_arrays(_counts.whole("low", low), _counts.whole("high", high))
    if np.any(crossed := least > most):
        raise ValueError(
            f"low is {least[crossed][0]:.0f} and high is {most[crossed][0]:.0f}; "
            "low must not exceed high"
        )
    lower, _ = interval(least, nobs, level=level, method=method)
    _, upper = interval(most, nobs, level=level, method=method)
    return lower, upper


def finite_interval(
    count: int, nobs: int, population: npt.ArrayLike, *, level: float = 0.95
) -> tuple[float, float]:
    """Return exact confidence limits of the proportion in a finite population sampled at random.

    `count` of `nobs` cases drawn without replacement from `population` cases; an array of sizes
    that the population may have gives the lowest lower and the highest upper limit over them. The
    limits are shares of the population: the fewest and the most successes in it that a one-sided
    hypergeometric test at half the error does not reject, so they are always possible ones and
    meet at the proportion itself in a census. A pair of floats; (nan, nan) where nobs is 0.

    ValueError: as in `interval`, and for a population smaller than nobs.
    J. P. Buonaccorsi (1987), Am. Stat. 41:215-218.
    """
    tail = _counts.tail(level)
    x, n = (int(value) for value in _counts.checked("count", count, nobs))
    sizes = np.atleast_1d(_counts.whole("population", population))
    if np.any(small := sizes < n):
        raise ValueError(
            f"population is {sizes[small][0]:.0f} and nobs is {n}; a sample is no larger"
        )
    if n == 0:
        return math.nan, math.nan
    lower = np.min(_fewest_successes(x, n, sizes, tail) / sizes)
    # The most successes leave the fewest failures.
    upper = np.max((sizes - _fewest_successes(n - x, n, sizes, tail)) / sizes)
    return float(lower), float(upper)


def _fewest_successes(x: int, n: int, sizes: FloatArray, tail: float) -> FloatArray:
    """Return for each size the fewest successes of which x or more of n are drawn often enough.

    The probability rises with the successes, which halving the possible ones rests on.
    """
    drawn = np.arange(x, n + 1)[:, None]

    def rejected(successes: FloatArray) -> npt.NDArray[np.bool_]:
        ways = _log_ways(successes, drawn) + _log_ways(sizes - successes, n - drawn)
        return np.exp(ways - _log_ways(sizes, n)).sum(axis=0) <= tail

    low, high = np.full_like(sizes, x), sizes - (n - x)
    while np.any(low < high):
        middle = np.floor((low + high) / 2)
        no = rejected(middle)
        low, high = np.where(no, np.minimum(middle + 1, high), low), np.where(no, high, middle)
    return low


def _log_ways(of: npt.ArrayLike, drawn: npt.ArrayLike) -> FloatArray:
    """Return the logarithm of a binomial coefficient; that of 0 where more are drawn than there are."""
    n, k = np.asarray(of, dtype=float), np.asarray(drawn, dtype=float)
    ways = special.gammaln(n + 1) - special.gammaln(k + 1) - special.gammaln(n - k + 1)
    return np.where(k <= n, ways, -np.inf)


def _from_statsmodels(name: str) -> Limits:
    def limits(x: FloatArray, n: FloatArray, tail: float) -> tuple[FloatArray, FloatArray]:
        lower, upper = proportion_confint(x, n, alpha=2 * tail, method=name)
        return np.asarray(lower), np.asarray(upper)

    return limits


def _jeffreys(x: FloatArray, n: FloatArray, tail: float) -> tuple[FloatArray, FloatArray]:
    # Each limit from its own tail: at a level next to 1, 1 - tail is 1.
    a, b = x + 0.5, n - x + 0.5
    return special.betaincinv(a, b, tail), special.betainccinv(a, b, tail)


def _mid_p(x: FloatArray, n: FloatArray, tail: float) -> tuple[FloatArray, FloatArray]:
    def lower(x: FloatArray) -> FloatArray:
        return elementwise.find_root(
            lambda p, x, n: _above(p, x, n) - tail, (0.0, 1.0), args=(x, n)
        ).x

    # The upper limit is the lower one of the others, and so as near to 1 as the level.
    return lower(x), 1 - lower(n - x)


def _above(p: FloatArray, x: FloatArray, n: FloatArray) -> FloatArray:
    """P(X > x) + P(X = x) / 2, which rises from 0 to 1 with p."""
    at_least = np.where(x == 0, 1.0, special.betainc(np.maximum(x, 1), n - x + 1, p))
    more = np.where(x == n, 0.0, special.betainc(x + 1, np.maximum(n - x, 1), p))
    return (at_least + more) / 2


METHODS: Mapping[str, Limits] = {
    "wilson": _from_statsmodels("wilson"),
    "clopper_pearson": _from_statsmodels("beta"),
    "jeffreys": _jeffreys,
    "agresti_coull": _from_statsmodels("agresti_coull"),
    "mid_p": _mid_p,
}
