"""One regression of several years, in which each place is met once a year."""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from statsmodels.genmod.cov_struct import Exchangeable
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_estimating_equations import GEE

from analysis.data import codes
from analysis.stats import _counts, reoffending
from analysis.stats._counts import FloatArray


def fit(
    frame: pd.DataFrame, covariates: Sequence[str], *, place: str, level: float = 0.95
) -> pd.DataFrame:
    """Return the columns of `reoffending.fit`, from a frame with a row for each place and year.

    Generalised estimating equations: binomial rates with the offenders as weights, and one
    correlation between any two years of a place, which the column `place` names. The standard
    errors are the bias-reduced sandwich ones, which hold whatever that correlation really is, and
    the intervals Student's t on places less terms. `dispersion` is Pearson's chi-squared over rows
    less terms.

    ValueError as in `reoffending.fit`, and where there are no more places than terms.
    RuntimeError: all or none reoffend, or the equations are not solved.
    K.-Y. Liang and S. L. Zeger (1986), Biometrika 73:13-22; L. A. Mancl and T. A. DeRouen (2001),
    Biometrics 57:126-134.
    """
    tail = _counts.tail(level)
    # Refuses what is no such frame, and is where the search starts.
    plain = reoffending.fit(frame, covariates, estimator="binomial")["estimate"]
    ordered = frame.sort_values(place, kind="stable")
    columns = [ordered[name].to_numpy(dtype=float) for name in covariates]
    df = frame[place].nunique() - len(plain)
    if df < 1:
        raise ValueError(
            f"{frame[place].nunique()} places cannot carry {len(plain)} terms; at least one more "
            "is needed"
        )
    found = _solved(
        tuple(ordered[place]),
        tuple(ordered["reoffenders"].astype(float)),
        tuple(ordered["offenders"].astype(float)),
        tuple(tuple(column.tolist()) for column in columns),
        tuple(plain),
    )
    estimate = np.array(found.estimate)
    std_error = np.array(found.std_error)
    margin = stats.t.isf(tail, df) * std_error
    return pd.DataFrame(
        {
            "estimator": codes.REPEATED,
            "term": ["intercept", *covariates],
            "estimate": estimate,
            "std_error": std_error,
            "ci_lower": estimate - margin,
            "ci_upper": estimate + margin,
            "level": level,
            "df": float(df),
            "dispersion": found.dispersion,
        }
    )


class _Solved(NamedTuple):
    estimate: tuple[float, ...]
    std_error: tuple[float, ...]
    dispersion: float


@lru_cache(maxsize=64)
def _solved(
    places: tuple[str, ...],
    y_all: tuple[float, ...],
    n_all: tuple[float, ...],
    columns: tuple[tuple[float, ...], ...],
    start: tuple[float, ...],
) -> _Solved:
    y, n, x = np.array(y_all), np.array(n_all), np.array([np.ones(len(n_all)), *columns]).T
    origin, scale = reoffending.units(x)
    x = (x - origin) / scale
    back = reoffending.units_back(origin, scale)
    structure = _Exchangeable([n[np.equal(places, each)] for each in dict.fromkeys(places)])
    equations = GEE(y / n, x, groups=np.array(places), family=Binomial(), cov_struct=structure)
    result = equations.fit(
        cov_type="bias_reduced",
        start_params=np.linalg.solve(back, np.array(start)),
        ctol=1e-10,
        maxiter=100,
    )
    if not result.converged:
        raise RuntimeError("the equations of the repeated years are not solved")
    mean = np.asarray(result.fittedvalues)
    chi_squared = np.sum(n * (y / n - mean) ** 2 / (mean * (1 - mean)))
    variance = np.diag(back @ result.cov_params() @ back.T)
    return _Solved(
        tuple((back @ result.params).tolist()),
        tuple(np.sqrt(variance).tolist()),
        float(chi_squared / (len(n) - x.shape[1])),
    )


class _Exchangeable(Exchangeable):
    """One correlation between the rates of a place, each with a variance of mean (1 - mean) / n.

    `weights` of GEE would not do: in statsmodels 0.14 and 0.15 its bias-reduced covariance takes
    them for weights of the terms, and its exchangeable correlation for weights of the groups.
    """

    def __init__(self, offenders: Sequence[FloatArray]) -> None:
        super().__init__()
        self._offenders = offenders

    def update(self, params: FloatArray) -> None:
        squares = products = rows = pairs = 0.0
        for rate, (mean, _), n in zip(
            self.model.endog_li, self.model.cached_means, self._offenders, strict=True
        ):
            residual = (rate - mean) / np.sqrt(mean * (1 - mean) / n)
            squares += np.sum(residual**2)
            products += (np.sum(residual) ** 2 - np.sum(residual**2)) / 2
            rows += len(n)
            pairs += len(n) * (len(n) - 1) / 2
        self.dep_params = (products / pairs) / (squares / rows) if pairs and squares else 0.0

    def covariance_matrix_solve(
        self, expval: FloatArray, index: int, stdev: FloatArray, rhs: Sequence[FloatArray]
    ) -> list[FloatArray]:
        stdev = stdev / np.sqrt(self._offenders[index])
        return super().covariance_matrix_solve(expval, index, stdev, rhs)
