"""What a sample of a given size could show, and how many cases the next one needs."""

import bisect
import itertools
import math
from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, stats

from analysis.data import processed
from analysis.stats import _counts, differences, proportions

Rejects = Callable[[int, int, float], npt.NDArray[np.bool_]]

# More than any inspection has; the tables of two such groups still fit in memory.
MOST_CASES = 2_000


_DIFFERENCES = tuple(step / 100 for step in range(0, 65, 5))
_HALF_WIDTHS = (0.2, 0.15, 0.1, 0.05)


def power(
    nobs_a: int,
    nobs_b: int,
    proportion_a: float,
    proportion_b: float,
    *,
    level: float = 0.95,
    method: str = "newcombe",
) -> float:
    """Return the probability that two groups of these sizes show that their proportions differ.

    Exact: the probabilities of all pairs of counts that show it, added up. `method` says when a pair
    does: newcombe, where that interval of the difference leaves out zero; or fisher, where the p-value
    of that test is at most 1 - level.

    ValueError: sizes that are no whole numbers from 1 to MOST_CASES; proportions outside [0, 1]; a
    level outside (0, 1); a method not in METHODS.
    R. G. Newcombe (1998), Stat. Med. 17:873-890; R. A. Fisher (1935), The Design of Experiments.
    """
    rejects = _counts.chosen("method", method, METHODS)
    n_a, n_b = _size("nobs_a", nobs_a), _size("nobs_b", nobs_b)
    p_a, p_b = _share("proportion_a", proportion_a), _share("proportion_b", proportion_b)
    shown = rejects(n_a, n_b, 2 * _counts.tail(level))
    chance_a = stats.binom.pmf(np.arange(n_a + 1), n_a, p_a)
    chance_b = stats.binom.pmf(np.arange(n_b + 1), n_b, p_b)
    return float(np.sum(shown * np.outer(chance_a, chance_b)))


def smallest_difference(
    nobs_a: int,
    nobs_b: int,
    *,
    proportion_a: float | None = None,
    power: float = 0.8,
    level: float = 0.95,
    method: str = "newcombe",
) -> float:
    """Return the smallest difference of proportions that two groups show with this power.

    A share between 0 and 1; nan where not even the largest possible difference is shown so often.
    The two proportions lie on either side of one half, as far from it as each other; or, with
    `proportion_a`, the first is that one and the second above it. Errors as in `power`, also for a
    power outside (0, 1).
    """
    if not 0 < power < 1:
        raise ValueError(f"power is {power}; it must lie between 0 and 1, for example 0.8")
    start = None if proportion_a is None else _share("proportion_a", proportion_a)

    def short(difference: float) -> float:
        low = 0.5 - difference / 2 if start is None else start
        shown = _power(nobs_a, nobs_b, low, min(low + difference, 1), level=level, method=method)
        return shown - power

    most = 1.0 if start is None else 1 - start
    if short(0.0) >= 0:
        return 0.0
    return float(optimize.brentq(short, 0.0, most)) if short(most) >= 0 else math.nan


_power = power  # the parameter of that name hides it


def cases_needed(half_width: float, *, proportion: float = 0.5, level: float = 0.95) -> int:
    """Return the fewest relevant cases whose Wilson interval is no wider than twice `half_width`.

    At an observed proportion, by default one half, where the interval is widest: then no result is
    known less closely. ValueError: a half-width or a level outside (0, 1), a proportion outside [0, 1].
    E. B. Wilson (1927), J. Am. Stat. Assoc. 22:209-212, its half-width solved for the cases.
    """
    if not 0 < half_width < 1:
        raise ValueError(f"half_width is {half_width}; it must lie between 0 and 1")
    p = _share("proportion", proportion)
    tail = _counts.tail(level)

    def wide(cases: int) -> bool:
        count = np.array([p * cases])
        lower, upper = proportions.METHODS["wilson"](count, np.array([float(cases)]), tail)
        return bool(upper[0] - lower[0] > 2 * half_width * (1 + 1e-12))

    most = 1
    while wide(most):
        most *= 2
    return bisect.bisect_left(range(most), True, lo=1, key=lambda cases: not wide(cases))


def power_table(sizes: Mapping[str, int], *, area: str, level: float) -> pd.DataFrame:
    """Return processed.PLANNING_POWER for the cases of each provider; no row for fewer than two."""
    rows = []
    for (a, cases_a), (b, cases_b) in itertools.combinations(sizes.items(), 2):
        for method in METHODS:
            smallest = smallest_difference(cases_a, cases_b, level=level, method=method)
            rows += [
                {
                    "area": area,
                    "provider_a": a,
                    "provider_b": b,
                    "cases_a": cases_a,
                    "cases_b": cases_b,
                    "shown_by": method,
                    "difference": apart,
                    "power": power(
                        cases_a,
                        cases_b,
                        (1 + apart) / 2,
                        (1 - apart) / 2,
                        level=level,
                        method=method,
                    ),
                    "smallest": smallest,
                    "level": level,
                }
                for apart in _DIFFERENCES
            ]
    return pd.DataFrame(rows, columns=list(processed.PLANNING_POWER.columns))


def cases_table(sizes: Mapping[str, int], *, area: str, level: float) -> pd.DataFrame:
    """Return processed.PLANNING_CASES; no row where there is no sample."""
    rows = [
        {"area": area, "half_width": each, "cases": cases_needed(each, level=level), "level": level}
        for each in (_HALF_WIDTHS if sizes else ())
    ]
    return pd.DataFrame(rows, columns=list(processed.PLANNING_CASES.columns))


@lru_cache(maxsize=8)
def _newcombe(n_a: int, n_b: int, error: float) -> npt.NDArray[np.bool_]:
    lower, upper = differences.interval(
        np.arange(n_a + 1)[:, None], n_a, np.arange(n_b + 1)[None, :], n_b, level=1 - error
    )
    return np.asarray((lower > 0) | (upper < 0))


@lru_cache(maxsize=8)
def _fisher(n_a: int, n_b: int, error: float) -> npt.NDArray[np.bool_]:
    rejected = np.zeros((n_a + 1, n_b + 1), dtype=bool)
    for successes in range(n_a + n_b + 1):
        of_a = np.arange(max(0, successes - n_b), min(successes, n_a) + 1)
        probability = stats.hypergeom.pmf(of_a, n_a + n_b, n_a, successes)
        ordered = np.sort(probability)
        # Equally probable tables count as such in spite of rounding.
        as_small = np.searchsorted(ordered, probability * (1 + 1e-9), side="right")
        p_value = np.cumsum(ordered)[as_small - 1]
        rejected[of_a, successes - of_a] = p_value <= error * (1 + 1e-9)
    return rejected


def _size(name: str, value: int) -> int:
    size = int(_counts.whole(name, value))
    if not 1 <= size <= MOST_CASES:
        raise ValueError(f"{name} is {size}; it must be 1 to {MOST_CASES:,}")
    return size


def _share(name: str, value: float) -> float:
    if not 0 <= value <= 1:
        raise ValueError(f"{name} is {value}; it must lie in [0, 1]")
    return value


METHODS: Mapping[str, Rejects] = {"newcombe": _newcombe, "fisher": _fisher}
