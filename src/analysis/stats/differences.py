"""Differences between two independent proportions: intervals, exact tests, multiplicity."""

import bisect
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats
from scipy.optimize import elementwise

from analysis.stats import _counts, proportions
from analysis.stats._counts import FloatArray

Counts = tuple[FloatArray, FloatArray, FloatArray, FloatArray]
Limits = Callable[[Counts, float], tuple[FloatArray, FloatArray]]

# Probabilities no further apart, relative to each other, are those of equally probable tables.
_EQUAL = 1e-9


def interval(
    count_a: npt.ArrayLike,
    nobs_a: npt.ArrayLike,
    count_b: npt.ArrayLike,
    nobs_b: npt.ArrayLike,
    *,
    level: float = 0.95,
    method: str = "newcombe",
) -> tuple[Any, Any]:
    """Return the confidence limits of count_a / nobs_a - count_b / nobs_b.

    Scalars give a pair of floats; arrays are broadcast and give a pair of float arrays. The
    limits are differences of proportions, between -1 and 1; (nan, nan) where either nobs is 0.

    ValueError: a count or nobs that is no whole number, is negative or missing; a count above
    its nobs; a level outside (0, 1); a method not in METHODS.

    Methods and sources:
        newcombe: the hybrid score interval, method 10 of R. G. Newcombe (1998), Stat. Med.
            17:873-890.
        miettinen_nurminen: the asymptotic score interval of O. Miettinen and M. Nurminen
            (1985), Stat. Med. 4:213-226, with the variance factor N / (N - 1).
    """
    limits = _counts.chosen("method", method, METHODS)
    x_a, n_a = _counts.checked("count_a", count_a, nobs_a)
    x_b, n_b = _counts.checked("count_b", count_b, nobs_b)
    return _limits(limits, (x_a, n_a, x_b, n_b), level)


def _limits(limits: Limits, counts: Sequence[FloatArray], level: float) -> tuple[Any, Any]:
    x_a, n_a, x_b, n_b = (part.copy() for part in np.broadcast_arrays(*counts))
    empty = (n_a == 0) | (n_b == 0)
    # No observations: any valid count stands in, and the result is struck out below.
    n_a, n_b = np.where(n_a == 0, 1.0, n_a), np.where(n_b == 0, 1.0, n_b)
    lower, upper = limits((x_a, n_a, x_b, n_b), level)
    return _counts.like_inputs(
        np.where(empty, np.nan, np.clip(lower, -1, 1)),
        np.where(empty, np.nan, np.clip(upper, -1, 1)),
    )


def overdispersed_interval(
    count_a: npt.ArrayLike,
    nobs_a: npt.ArrayLike,
    count_b: npt.ArrayLike,
    nobs_b: npt.ArrayLike,
    *,
    dispersion: float,
    level: float = 0.95,
) -> tuple[Any, Any]:
    """Return Newcombe's limits where counts vary by `dispersion` times the binomial variance.

    The normal quantile of the interval times the square root of the dispersion: the same as counts
    and denominators divided by it. Shapes, units and errors as in `interval`; a dispersion below 1
    or infinite is a ValueError too. D. J. Spiegelhalter (2005), Stat. Med. 24:1185-1202.
    """
    if not 1 <= dispersion < math.inf:
        raise ValueError(f"dispersion is {dispersion}; it must be 1 or more, and finite")
    x_a, n_a = _counts.checked("count_a", count_a, nobs_a)
    x_b, n_b = _counts.checked("count_b", count_b, nobs_b)
    return _limits(_newcombe, [part / dispersion for part in (x_a, n_a, x_b, n_b)], level)


def envelope(  # noqa: PLR0917 - two findings of three numbers each
    low_a: int,
    high_a: int,
    nobs_a: int,
    low_b: int,
    high_b: int,
    nobs_b: int,
    *,
    level: float = 0.95,
    method: str = "newcombe",
) -> tuple[float, float]:
    """Return the lowest lower and highest upper limit over every admitted pair of counts.

    For findings given in words: the counts of a run from low_a to high_a and those of b from
    low_b to high_b, bounds admitted; a count known exactly has both bounds equal. Scalars only.
    Units and errors as in `interval`; a low bound above its high bound is a ValueError too.
    The bounds are an identification region: C. F. Manski (2003), Partial Identification of
    Probability Distributions, Springer.
    """
    lower, upper = interval(
        _admitted("a", low_a, high_a)[:, None],
        nobs_a,
        _admitted("b", low_b, high_b)[None, :],
        nobs_b,
        level=level,
        method=method,
    )
    return float(np.min(lower)), float(np.max(upper))


def largest(  # noqa: PLR0917 - two findings of three numbers each
    test: Callable[[int, int, int, int], float],
    low_a: int,
    high_a: int,
    nobs_a: int,
    low_b: int,
    high_b: int,
    nobs_b: int,
) -> float:
    """Return the largest p-value of a test over every admitted pair of counts, bounds admitted.

    `test` takes a count and its nobs, twice, as `fisher` does. Arguments and errors as in `envelope`.
    What this p-value rejects is rejected whichever of the counts are the true ones.
    """
    return max(
        test(int(a), nobs_a, int(b), nobs_b)
        for a in _admitted("a", low_a, high_a)
        for b in _admitted("b", low_b, high_b)
    )


def fisher(count_a: int, nobs_a: int, count_b: int, nobs_b: int) -> float:
    """Return the two-sided p-value of Fisher's exact test of equal proportions.

    The probability, given both margins, of all tables that are no more probable than the
    observed one. Scalars only; nan where either nobs is 0; errors as in `interval`.
    R. A. Fisher (1935), The Design of Experiments, chapter 2; two-sided as in J. O. Irwin
    (1935), Metron 12:83-94.
    """
    x_a, n_a, x_b, n_b = _table(count_a, nobs_a, count_b, nobs_b)
    if n_a == 0 or n_b == 0:
        return math.nan
    return float(stats.fisher_exact([[x_a, n_a - x_a], [x_b, n_b - x_b]]).pvalue)


def fisher_mid_p(count_a: int, nobs_a: int, count_b: int, nobs_b: int) -> float:
    """Return the two-sided mid-P value of Fisher's exact test.

    The probability, given both margins, of all tables less probable than the observed one,
    plus half of that of all tables exactly as probable (H. O. Lancaster (1961), J. Am. Stat.
    Assoc. 56:223-234, with the tables ordered by their probability). S. Lydersen, M. W.
    Fagerland and P. Laake (2009), Stat. Med. 28:1159-1175, halve only the observed table: the
    same number, unless another table is exactly as probable. Scalars only; nan where either
    nobs is 0; errors as in `interval`.
    """
    table = _table(count_a, nobs_a, count_b, nobs_b)
    p_value = fisher(*table)
    return p_value if math.isnan(p_value) else p_value - _equally_probable(*table) / 2


def adjust(p_values: npt.ArrayLike, *, method: str = "holm") -> FloatArray:
    """Return the p-values adjusted for multiplicity, in their order.

    A missing p-value (nan) is no member of the family: it does not count towards the number of
    tests, and stays missing. ValueError: a p-value outside [0, 1]; a method not in ADJUSTMENTS.

    Methods and sources:
        holm: family-wise error rate; S. Holm (1979), Scand. J. Stat. 6:65-70.
        benjamini_hochberg: false discovery rate; Y. Benjamini and Y. Hochberg (1995), J. R.
            Stat. Soc. B 57:289-300.
    """
    adjustment = _counts.chosen("method", method, ADJUSTMENTS)
    adjusted = np.array(p_values, dtype=float)
    family = ~np.isnan(adjusted)
    if np.any(wrong := (adjusted[family] < 0) | (adjusted[family] > 1)):
        raise ValueError(f"p-value is {adjusted[family][wrong][0]:g}; it must lie in [0, 1]")
    if np.any(family):
        adjusted[family] = adjustment(adjusted[family])
    return adjusted


def _holm(family: FloatArray) -> FloatArray:
    # statsmodels.stats.multitest has it too, but collects all garbage on each call: a tenth of a second.
    order = np.argsort(family)
    stepped = family[order] * np.arange(len(family), 0, -1)
    adjusted = np.empty_like(family)
    adjusted[order] = np.minimum(np.maximum.accumulate(stepped), 1)
    return adjusted


def _table(count_a: int, nobs_a: int, count_b: int, nobs_b: int) -> tuple[int, int, int, int]:
    x_a, n_a = _counts.checked("count_a", count_a, nobs_a)
    x_b, n_b = _counts.checked("count_b", count_b, nobs_b)
    return int(x_a), int(n_a), int(x_b), int(n_b)


def _admitted(group: str, low: int, high: int) -> FloatArray:
    least, most = (
        float(_counts.whole(f"{name}_{group}", bound))
        for name, bound in (("low", low), ("high", high))
    )
    if least > most:
        raise ValueError(
            f"low_{group} is {least:.0f} and high_{group} is {most:.0f}; low must not exceed high"
        )
    return np.arange(least, most + 1)


def _newcombe(counts: Counts, level: float) -> tuple[FloatArray, FloatArray]:
    x_a, n_a, x_b, n_b = counts
    p_a, p_b = x_a / n_a, x_b / n_b
    wilson, tail = proportions.METHODS["wilson"], _counts.tail(level)
    lower_a, upper_a = proportions.within(wilson, x_a, n_a, tail)
    lower_b, upper_b = proportions.within(wilson, x_b, n_b, tail)
    return (
        p_a - p_b - np.hypot(p_a - lower_a, upper_b - p_b),
        p_a - p_b + np.hypot(upper_a - p_a, p_b - lower_b),
    )


def _miettinen_nurminen(counts: Counts, level: float) -> tuple[FloatArray, FloatArray]:
    x_a, n_a, x_b, n_b = counts
    estimate = x_a / n_a - x_b / n_b
    z2 = stats.norm.isf(_counts.tail(level)) ** 2

    def excess(difference: FloatArray, *others: FloatArray) -> FloatArray:
        """Above 0 where the test rejects this difference."""
        *counts, estimate = others
        return (estimate - difference) ** 2 - z2 * _score_variance(difference, counts)

    # The ends of the scale are rejected. The estimate is not, nor what is next to it, where the
    # variance is not 0 even if it is at the estimate; at an end there is no room for a limit.
    ends = np.stack([np.full_like(estimate, -1), np.ones_like(estimate)])
    start = estimate + 1e-15 * (ends - estimate)
    found = elementwise.find_root(excess, (start, ends), args=(*counts, estimate))
    lower, upper = np.where(found.success, found.x, estimate)
    return lower, upper


def _score_variance(difference: FloatArray, counts: Sequence[FloatArray]) -> FloatArray:
    """Variance of the estimate at the maximum likelihood given this true difference.

    The likelihood of Miettinen and Nurminen (1985), whose maximum is found by halving: their
    closed form loses every digit of a small proportion where the groups are unequal and huge.
    """
    x_a, n_a, x_b, n_b = counts
    apart = np.abs(difference)
    low = np.where(difference < 0, [x_a, n_a - x_a, n_a], [x_b, n_b - x_b, n_b])
    high = np.where(difference < 0, [x_b, n_b - x_b, n_b], [x_a, n_a - x_a, n_a])

    def rises(p: FloatArray, low: FloatArray, high: FloatArray) -> npt.NDArray[np.bool_]:
        """Whether the likelihood rises with p, the lower of the two proportions."""
        return low[0] / p + high[0] / (p + apart) > low[1] / (1 - p) + high[1] / (1 - apart - p)

    with np.errstate(divide="ignore", invalid="ignore"):  # apart by 1: p can only be 0
        # Counted from the end that is nearer, where a proportion keeps its digits.
        turned = rises((1 - apart) / 2, low, high)
        low, high = np.where(turned, high[[1, 0, 2]], low), np.where(turned, low[[1, 0, 2]], high)
        p, step = np.zeros_like(apart), (1 - apart) / 2
        for _ in range(60):
            step = step / 2
            p = np.where(rises(p + step, low, high), p + step, p)
    variance = p * (1 - p) / low[2] + (p + apart) * (1 - apart - p) / high[2]
    n = n_a + n_b
    return variance * n / (n - 1)


def _equally_probable(x_a: int, n_a: int, x_b: int, n_b: int) -> float:
    """Return the probability, given both margins, of all tables as probable as the observed one.

    They are the observed one and at most one on the other side of the most probable table.
    """
    successes = x_a + x_b
    chance = stats.hypergeom(n_a + n_b, n_a, successes)
    observed = float(chance.pmf(x_a))
    fewest, most = max(0, successes - n_b), min(successes, n_a)
    mode = min(max((n_a + 1) * (successes + 1) // (n_a + n_b + 2), fewest), most)
    # Probabilities rise up to the mode: the first, going there from the other end, that is as large.
    others = range(fewest, min(mode + 1, x_a)) if x_a >= mode else range(most, mode - 1, -1)
    at = bisect.bisect_left(others, observed * (1 - _EQUAL), key=chance.pmf)
    other = float(chance.pmf(others[at])) if at < len(others) else math.inf
    return observed + (other if other <= observed * (1 + _EQUAL) else 0.0)


METHODS: Mapping[str, Limits] = {
    "newcombe": _newcombe,
    "miettinen_nurminen": _miettinen_nurminen,
}
ADJUSTMENTS: Mapping[str, Callable[[FloatArray], FloatArray]] = {
    "holm": _holm,
    "benjamini_hochberg": stats.false_discovery_control,
}
