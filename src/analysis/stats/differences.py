"""Differences between two independent proportions: intervals, exact tests, multiplicity."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats
from statsmodels.stats.multitest import multipletests

from analysis.stats import _counts, proportions
from analysis.stats._counts import FloatArray

Counts = tuple[FloatArray, FloatArray, FloatArray, FloatArray]
Limits = Callable[[Counts, float], tuple[FloatArray, FloatArray]]


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
    x_a, n_a, x_b, n_b = (part.copy() for part in np.broadcast_arrays(x_a, n_a, x_b, n_b))
    empty = (n_a == 0) | (n_b == 0)
    # No observations: any valid count stands in, and the result is struck out below.
    lower, upper = limits((x_a, np.maximum(n_a, 1), x_b, np.maximum(n_b, 1)), level)
    return _counts.like_inputs(
        np.where(empty, np.nan, np.clip(lower, -1, 1)),
        np.where(empty, np.nan, np.clip(upper, -1, 1)),
    )


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
    less, equal = _less_and_equally_probable(count_a, nobs_a, count_b, nobs_b)
    return less + equal


def fisher_mid_p(count_a: int, nobs_a: int, count_b: int, nobs_b: int) -> float:
    """Return the two-sided mid-P value of Fisher's exact test.

    The probability, given both margins, of all tables less probable than the observed one,
    plus half of that of all tables exactly as probable (H. O. Lancaster (1961), J. Am. Stat.
    Assoc. 56:223-234, with the tables ordered by their probability). S. Lydersen, M. W.
    Fagerland and P. Laake (2009), Stat. Med. 28:1159-1175, halve only the observed table: the
    same number, unless another table is exactly as probable. Scalars only; nan where either
    nobs is 0; errors as in `interval`.
    """
    less, equal = _less_and_equally_probable(count_a, nobs_a, count_b, nobs_b)
    return less + equal / 2


def adjust(p_values: npt.ArrayLike, *, method: str = "holm") -> FloatArray:
    """Return the p-values adjusted for multiplicity, in their order.

    A missing p-value (nan) is no member of the family: it does not count towards the number of
    tests, and stays missing. ValueError: a p-value outside [0, 1]; a method not in ADJUSTMENTS.

    Methods and sources:
        holm: family-wise error rate; S. Holm (1979), Scand. J. Stat. 6:65-70.
        benjamini_hochberg: false discovery rate; Y. Benjamini and Y. Hochberg (1995), J. R.
            Stat. Soc. B 57:289-300.
    """
    name = _counts.chosen("method", method, ADJUSTMENTS)
    adjusted = np.array(p_values, dtype=float)
    family = ~np.isnan(adjusted)
    if np.any(wrong := (adjusted[family] < 0) | (adjusted[family] > 1)):
        raise ValueError(f"p-value is {adjusted[family][wrong][0]:g}; it must lie in [0, 1]")
    if np.any(family):
        adjusted[family] = multipletests(adjusted[family], method=name)[1]
    return adjusted


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
    lower_a, upper_a = proportions.interval(x_a, n_a, level=level, method="wilson")
    lower_b, upper_b = proportions.interval(x_b, n_b, level=level, method="wilson")
    return (
        p_a - p_b - np.hypot(p_a - lower_a, upper_b - p_b),
        p_a - p_b + np.hypot(upper_a - p_a, p_b - lower_b),
    )


def _miettinen_nurminen(counts: Counts, level: float) -> tuple[FloatArray, FloatArray]:
    x_a, n_a, x_b, n_b = counts
    difference = x_a / n_a - x_b / n_b
    z2 = stats.norm.isf(_counts.tail(level)) ** 2

    def limit(end: float) -> FloatArray:
        # The end of the scale is rejected and the estimate is not, whatever the counts, so
        # halving that bracket finds the limit even where the variance at the estimate is 0.
        rejected, accepted = np.full_like(difference, end), difference
        for _ in range(60):
            middle = (rejected + accepted) / 2
            rejects = (difference - middle) ** 2 > z2 * _score_variance(middle, counts)
            rejected = np.where(rejects, middle, rejected)
            accepted = np.where(rejects, accepted, middle)
        return accepted

    return limit(-1.0), limit(1.0)


def _score_variance(difference: FloatArray, counts: Counts) -> FloatArray:
    """Variance of the estimate at the maximum likelihood given this true difference.

    The closed form of the cubic: Miettinen and Nurminen (1985), appendix I; also C. P.
    Farrington and G. Manning (1990), Stat. Med. 9:1447-1454.
    """
    x_a, n_a, x_b, n_b = counts
    n, x = n_a + n_b, x_a + x_b
    # The cubic n p^3 + c2 p^2 + c1 p + c0 = 0 for p, the proportion of b.
    c2 = (n_a + 2 * n_b) * difference - n - x
    c1 = (n_b * difference - n - 2 * x_b) * difference + x
    c0 = x_b * difference * (1 - difference)
    q = (c2 / (3 * n)) ** 3 - c1 * c2 / (6 * n**2) + c0 / (2 * n)
    r = np.copysign(np.sqrt(np.maximum((c2 / (3 * n)) ** 2 - c1 / (3 * n), 0)), q)
    cosine = np.divide(q, r**3, out=np.ones_like(q), where=r != 0)
    angle = (np.pi + np.arccos(np.clip(cosine, -1, 1))) / 3
    p_b = np.clip(
        2 * r * np.cos(angle) - c2 / (3 * n),
        np.maximum(0, -difference),
        np.minimum(1, 1 - difference),
    )
    p_a = np.clip(p_b + difference, 0, 1)
    return (p_a * (1 - p_a) / n_a + p_b * (1 - p_b) / n_b) * n / (n - 1)


def _less_and_equally_probable(
    count_a: int, nobs_a: int, count_b: int, nobs_b: int
) -> tuple[float, float]:
    x_a, n_a = (int(value) for value in _counts.checked("count_a", count_a, nobs_a))
    x_b, n_b = (int(value) for value in _counts.checked("count_b", count_b, nobs_b))
    if n_a == 0 or n_b == 0:
        return math.nan, math.nan
    successes = x_a + x_b
    # Whole numbers, so that tables are equally probable exactly or not at all.
    tables = [
        math.comb(n_a, k) * math.comb(n_b, successes - k)
        for k in range(max(0, successes - n_b), min(successes, n_a) + 1)
    ]
    observed = math.comb(n_a, x_a) * math.comb(n_b, x_b)
    less = sum(table for table in tables if table < observed)
    equal = sum(table for table in tables if table == observed)
    return less / sum(tables), equal / sum(tables)


METHODS: Mapping[str, Limits] = {
    "newcombe": _newcombe,
    "miettinen_nurminen": _miettinen_nurminen,
}
ADJUSTMENTS: Mapping[str, str] = {"holm": "holm", "benjamini_hochberg": "fdr_bh"}
