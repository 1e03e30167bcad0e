"""Regressions of borough reoffending on covariates, and what shows whether they fit.

Every frame has a row per borough with whole-number columns `offenders` (the denominator) and
`reoffenders`, and the covariates in their own units: they are centred and scaled for the arithmetic,
which would lose a small difference beside a large origin, and a term of small unit beside one of large;
nothing of that shows in what is returned.
The mean of the binomial models is on the logit scale, so a coefficient is a log odds ratio per unit
of its covariate.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize, special, stats
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.regression.linear_model import OLS
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from analysis.stats import _counts, proportions
from analysis.stats._counts import FloatArray

# A region is the same for every area in it, and only the latest of an area's own fits are asked for again.
_remembered = lru_cache(maxsize=256)
# A leverage of 1, but for rounding: the row alone determines a coefficient.
_ALL = 1 - 1e-9


@dataclass(frozen=True, eq=False)
class _Data:
    """What is fitted; equal where all numbers are, so that a fit can be looked up by it.

    The columns of x are centred at `origin` and divided by `scale`, 0 and 1 for the intercept.
    """

    y: FloatArray
    n: FloatArray
    x: FloatArray
    terms: tuple[str, ...]
    origin: FloatArray
    scale: FloatArray

    @cached_property
    def _key(self) -> tuple[object, ...]:
        # The strides too, because linear algebra on another layout may round otherwise.
        numbers = (self.y.tobytes(), self.n.tobytes(), self.x.tobytes())
        return (self.terms, self.x.shape, self.x.strides, *numbers)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Data) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    def without(self, row: int) -> "_Data":
        y, n, x = (np.delete(part, row, axis=0) for part in (self.y, self.n, self.x))
        return _Data(y, n, x, self.terms, self.origin, self.scale)

    def own_units(self, result: "_Fit") -> tuple[FloatArray, FloatArray]:
        """Return the estimates and their covariance with the covariates in their own units."""
        back = units_back(self.origin, self.scale)
        return back @ result.estimate, back @ result.covariance @ back.T


@dataclass(frozen=True)
class _Steps:
    """The numbers j with 0 <= j < count of every row, one row after the other."""

    row: npt.NDArray[Any]
    j: npt.NDArray[Any]
    j2: npt.NDArray[Any]

    @classmethod
    def up_to(cls, counts: FloatArray) -> "_Steps":
        lengths = counts.astype(int)
        row = np.repeat(np.arange(len(lengths)), lengths)
        j = np.arange(len(row)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return cls(row, j, j**2)


@dataclass(frozen=True)
class _Fit:
    estimate: FloatArray
    covariance: FloatArray
    df: float
    dispersion: float
    correlation: float = 0.0

    def __post_init__(self) -> None:
        # One fit is given to many callers.
        self.estimate.setflags(write=False)
        self.covariance.setflags(write=False)

    def margin(self, level: float, std_error: FloatArray) -> FloatArray:
        """Half the width of a two-sided interval; with infinite df, t is the normal."""
        return stats.t.isf(_counts.tail(level), self.df) * std_error


def fit(
    frame: pd.DataFrame,
    covariates: Sequence[str],
    *,
    estimator: str = "quasi_binomial",
    level: float = 0.95,
) -> pd.DataFrame:
    """Return one row per term, "intercept" first, then the covariates in order.

    Columns: estimator, term, estimate, std_error, ci_lower, ci_upper, level, df (degrees of
    freedom of the interval, infinite for a normal one), dispersion (variance of a count
    relative to the binomial; nan where the estimator has none).

    ValueError: missing columns or values; covariates that are not finite numbers; no offenders;
    reoffenders above offenders; fewer rows than terms + 1; a constant covariate or one that is
    a combination of others (for ols_logit also one that marks a single row); a level outside
    (0, 1); an estimator not in ESTIMATORS.
    RuntimeError: all or none reoffend; the likelihood has no maximum (a covariate separates them),
    or the search for it failed.

    Estimators and sources:
        quasi_binomial: binomial likelihood, variance times Pearson chi-squared / residual df,
            floored at 1; t on residual df. R. W. M. Wedderburn (1974), Biometrika 61:439-447;
            P. McCullagh and J. A. Nelder (1989), Generalized Linear Models, section 4.5.
        beta_binomial: maximum likelihood with one intra-class correlation rho for all
            boroughs; normal interval from the observed information. D. A. Williams (1975),
            Biometrics 31:949-952; M. J. Crowder (1978), Appl. Stat. 27:34-37. `dispersion` is
            the variance inflation at the mean denominator, 1 + (mean(offenders) - 1) rho. If
            the counts vary no more than binomial ones the maximum is at rho = 0, where the fit
            is the binomial one and the dispersion 1.
        binomial: the same likelihood without overdispersion; normal interval.
        ols_logit: least squares on the empirical logit log((y + 1/2) / (n - y + 1/2)), D. R.
            Cox (1970), The Analysis of Binary Data, section 3.2; HC3 standard errors, J. G.
            MacKinnon and H. White (1985), J. Econometrics 29:305-325; t on residual df.
    """
    fitting = _counts.chosen("estimator", estimator, _ESTIMATORS)
    data = _checked(frame, covariates)
    result = fitting(data)
    estimate, covariance = data.own_units(result)
    std_error = np.sqrt(np.diag(covariance))
    margin = result.margin(level, std_error)
    return pd.DataFrame(
        {
            "estimator": estimator,
            "term": list(data.terms),
            "estimate": estimate,
            "std_error": std_error,
            "ci_lower": estimate - margin,
            "ci_upper": estimate + margin,
            "level": level,
            "df": float(result.df),
            "dispersion": result.dispersion,
        }
    )


def standardise(values: npt.ArrayLike) -> FloatArray:
    """Return (values - mean) / standard deviation, with the divisor n - 1.

    In units of the standard deviation of these very values. ValueError: fewer than two values,
    a missing value, or all values equal.
    """
    array = np.asarray(values, dtype=float)
    if array.ndim != 1 or array.size < 2 or not np.all(np.isfinite(array)):
        raise ValueError("values must be two or more numbers, none missing")
    if np.ptp(array) == 0:
        raise ValueError(f"values are all {array[0]:g}; a constant has no standard deviation")
    return (array - array.mean()) / array.std(ddof=1)


def diagnostics(
    frame: pd.DataFrame, covariates: Sequence[str], *, slope: str, level: float = 0.95
) -> pd.DataFrame:
    """Return what each row is to the quasi-binomial fit, under the index of the frame.

    Columns:
        rate, ci_lower, ci_upper: the row's own rate with its Wilson limits at this level.
        fitted: the rate that the model expects.
        pearson_residual: (y - n fitted) / sqrt(dispersion n fitted (1 - fitted)), so that 2 is
            large whatever the overdispersion; not adjusted for leverage.
        leverage: diagonal of the hat matrix; between 0 and 1, with the number of terms as sum.
        cooks_distance: pearson_residual^2 leverage / (1 - leverage)^2 / terms; nan where the
            leverage is 1, as for the one row that a covariate marks.
        slope_without: the coefficient of the covariate `slope` when this row is left out; nan
            where the others alone cannot tell it.

    ValueError as in `fit`, and for a slope that is none of the covariates.
    D. Pregibon (1981), Ann. Stat. 9:705-724; R. D. Cook (1977), Technometrics 19:15-18.
    """
    if slope not in covariates:
        raise ValueError(f"slope is {slope!r}; it must be one of {', '.join(covariates)}")
    data = _checked(frame, covariates)
    result = _quasi_binomial(data)
    fitted = special.expit(data.x @ result.estimate)
    spread = data.n * fitted * (1 - fitted)
    residual = (data.y - data.n * fitted) / np.sqrt(result.dispersion * spread)
    leverage = _leverage(np.sqrt(spread)[:, None] * data.x)
    spare = np.where(leverage < _ALL, 1 - leverage, np.nan)
    lower, upper = proportions.interval(data.y, data.n, level=level, method="wilson")
    return pd.DataFrame(
        {
            "rate": data.y / data.n,
            "ci_lower": lower,
            "ci_upper": upper,
            "fitted": fitted,
            "pearson_residual": residual,
            "leverage": leverage,
            "cooks_distance": residual**2 * leverage / spare**2 / data.x.shape[1],
            "slope_without": _slopes_without(data, data.terms.index(slope)),
        },
        index=frame.index,
    )


def fitted_curve(
    frame: pd.DataFrame, covariates: Sequence[str], at: pd.DataFrame, *, level: float = 0.95
) -> pd.DataFrame:
    """Return the quasi-binomial mean rate at the covariates of each row of `at`.

    Columns fitted, ci_lower and ci_upper, under the index of `at`. The band is for the mean, at
    each point by itself: t on residual df on the logit scale, transformed (P. McCullagh and
    J. A. Nelder (1989), Generalized Linear Models, chapter 4). ValueError as in `fit`, and for
    missing columns or values of `at`.
    """
    data = _checked(frame, covariates)
    result = _quasi_binomial(data)
    x = (_design(at, covariates) - data.origin) / data.scale
    centre = x @ result.estimate
    margin = result.margin(level, np.sqrt(np.sum((x @ result.covariance) * x, axis=1)))
    return pd.DataFrame(
        {
            "fitted": special.expit(centre),
            "ci_lower": special.expit(centre - margin),
            "ci_upper": special.expit(centre + margin),
        },
        index=at.index,
    )


def funnel_limits(
    rate: float, offenders: npt.ArrayLike, *, level: float, dispersion: float = 1.0
) -> tuple[FloatArray, FloatArray]:
    """Return the control limits of a funnel plot about the overall rate, one for each denominator.

    rate -+ z sqrt(dispersion rate (1 - rate) / offenders), clipped to [0, 1]: the normal
    approximation, with the multiplicative overdispersion factor of D. J. Spiegelhalter (2005),
    Stat. Med. 24:1185-1202. ValueError: a rate outside [0, 1], no offenders, a dispersion of 0
    or less or infinite, a level outside (0, 1).
    """
    if not 0 <= rate <= 1:
        raise ValueError(f"rate is {rate}; it must lie in [0, 1]")
    if not 0 < dispersion < np.inf:
        raise ValueError(f"dispersion is {dispersion}; it must be above 0 and finite")
    n = _counts.whole("offenders", offenders)
    if np.any(n == 0):
        raise ValueError("offenders is 0; a control limit needs at least 1")
    margin = stats.norm.isf(_counts.tail(level)) * np.sqrt(dispersion * rate * (1 - rate) / n)
    return np.clip(rate - margin, 0, 1), np.clip(rate + margin, 0, 1)


def quantile_residuals(frame: pd.DataFrame, covariates: Sequence[str], *, seed: int) -> pd.Series:
    """Return the randomised quantile residuals of the beta-binomial fit, under the frame's index.

    Standard normal if that model is true: the normal quantile of a uniform draw between the
    fitted P(Y < y) and P(Y <= y). The same seed gives the same residuals. Errors as in `fit`.
    P. K. Dunn and G. K. Smyth (1996), J. Comput. Graph. Stat. 5:236-244.
    """
    residuals = _quantile_residuals(_checked(frame, covariates), seed)
    return pd.Series(list(residuals), index=frame.index, name="quantile_residual")


@_remembered
def _quantile_residuals(data: _Data, seed: int) -> tuple[float, ...]:
    result = _beta_binomial(data)
    mean = special.expit(data.x @ result.estimate)
    if result.correlation > 0:
        size = 1 / result.correlation - 1
        count = stats.betabinom(data.n.astype(int), mean * size, (1 - mean) * size)
    else:
        count = stats.binom(data.n.astype(int), mean)
    drawn = np.random.default_rng(seed).uniform(count.cdf(data.y - 1), count.cdf(data.y))
    # A count far in a tail can have a probability that rounds to 0 or 1: large, but finite.
    inside = np.clip(drawn, np.finfo(float).tiny, 1 - np.finfo(float).epsneg)
    return tuple(stats.norm.ppf(inside).tolist())


def _checked(frame: pd.DataFrame, covariates: Sequence[str]) -> _Data:
    _require(frame, ["offenders", "reoffenders"])
    y, n = _counts.checked("reoffenders", frame["reoffenders"], frame["offenders"])
    if np.any(n == 0):
        raise ValueError(f"offenders is 0 in row {frame.index[n == 0][0]!r}; it must be 1 or more")
    x = _design(frame, covariates)
    if len(x) < x.shape[1] + 1:
        raise ValueError(
            f"{len(x)} rows cannot carry {x.shape[1]} terms; at least one more is needed"
        )
    for name, column in zip(covariates, x.T[1:], strict=True):
        if np.ptp(column) == 0:
            raise ValueError(f"covariate {name!r} is {column[0]:g} in every row; it must vary")
    origin, scale = units(x)
    scaled = (x - origin) / scale
    # Where a covariate is far from 0, the rounding of its values can hide that it is a combination.
    if not _full_rank(scaled, rounding=np.max(np.abs(x / scale) / np.linalg.norm(scaled, axis=0))):
        raise ValueError(f"covariates {', '.join(covariates)} are collinear; leave one out")
    return _Data(y, n, scaled, ("intercept", *covariates), origin, scale)


def units(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the origin and the scale of each column of a design that begins with the intercept.

    The mean of a covariate, and the power of two next above its farthest value from there: a division
    by it loses no digit.
    """
    origin = np.append(0.0, np.mean(x[:, 1:], axis=0))
    _, exponents = np.frexp(np.max(np.abs(x - origin), axis=0))
    exponents[0] = 0
    return origin, np.ldexp(1.0, exponents)


def units_back(origin: FloatArray, scale: FloatArray) -> FloatArray:
    """Return the matrix that takes coefficients of a design in `units` to those in its own."""
    back = np.diag(1 / scale)
    back[0] -= origin / scale
    return back


def _design(frame: pd.DataFrame, covariates: Sequence[str]) -> FloatArray:
    _require(frame, covariates)
    for name in covariates:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            raise ValueError(
                f"covariate {name!r} is of type {frame[name].dtype}; it must be numbers"
            )
        values = frame[name].to_numpy(dtype=float)
        if np.any(infinite := np.isinf(values)):
            raise ValueError(
                f"covariate {name!r} is {values[infinite][0]} in row {frame.index[infinite][0]!r}; "
                "it must be finite"
            )
    return np.column_stack(
        [np.ones(len(frame)), *(frame[name].to_numpy(dtype=float) for name in covariates)]
    )


def _require(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    if absent := [name for name in columns if name not in frame]:
        raise ValueError(f"the frame has no column {', '.join(absent)}")
    for name in columns:
        if (missing := frame[name].isna()).any():
            raise ValueError(f"{name} is missing in row {frame.index[missing][0]!r}")


def _full_rank(x: FloatArray, rounding: float = 1.0) -> bool:
    """Return whether no column is a combination of others, but for so many times the rounding of 1."""
    # Columns scaled to one length, so that the units of a covariate do not matter.
    lengths = np.linalg.norm(x, axis=0)
    tolerance = max(x.shape) * rounding * np.finfo(float).eps
    return bool(
        np.all(lengths > 0) and np.linalg.matrix_rank(x / lengths, tol=tolerance) == x.shape[1]
    )


def _leverage(x: FloatArray) -> FloatArray:
    return np.sum(np.linalg.qr(x).Q ** 2, axis=1)


@_remembered
def _slopes_without(data: _Data, term: int) -> tuple[float, ...]:
    left = [data.without(row) for row in range(len(data.y))]
    return tuple(
        float(_binomial(rest).estimate[term] / data.scale[term]) if _full_rank(rest.x) else np.nan
        for rest in left
    )


def _some_of_each(data: _Data) -> None:
    if not 0 < np.sum(data.y) < np.sum(data.n):
        raise RuntimeError("all or none reoffend: nothing tells the rates of the rows apart")


@_remembered
def _binomial(data: _Data) -> _Fit:
    _some_of_each(data)
    # y / n with var_weights = n keeps the rows as the observations; freq_weights would not.
    model = GLM(data.y / data.n, data.x, family=Binomial(), var_weights=data.n)
    with warnings.catch_warnings():
        # Also given when every rate lies on the curve, which is no separation.
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        result = model.fit()
    mean = result.fittedvalues
    if np.any(data.n * mean * (1 - mean) < 1e-6):
        raise RuntimeError(
            "the covariates separate the rows: the binomial likelihood has no maximum"
        )
    if not result.converged:
        raise RuntimeError("the binomial fit did not converge")
    return _Fit(result.params, result.cov_params(), np.inf, 1.0)


def _quasi_binomial(data: _Data) -> _Fit:
    plain = _binomial(data)
    mean = special.expit(data.x @ plain.estimate)
    chi_squared = np.sum((data.y - data.n * mean) ** 2 / (data.n * mean * (1 - mean)))
    df = len(data.y) - data.x.shape[1]
    dispersion = max(1.0, float(chi_squared / df))
    return _Fit(plain.estimate, plain.covariance * dispersion, df, dispersion)


@_remembered
def _ols_logit(data: _Data) -> _Fit:
    if np.any(_leverage(data.x) >= _ALL):
        raise ValueError("a covariate marks a single row, whose variance HC3 cannot estimate")
    _some_of_each(data)
    logit = np.log((data.y + 0.5) / (data.n - data.y + 0.5))
    result = OLS(logit, data.x).fit(cov_type="HC3")
    return _Fit(result.params, result.cov_params(), result.df_resid, np.nan)


@_remembered
def _beta_binomial(data: _Data) -> _Fit:
    plain = _binomial(data)
    # At theta = 0 the likelihood is the binomial one; if it falls from there, that is the maximum.
    steps = [_Steps.up_to(counts) for counts in (data.y, data.n - data.y, data.n)]
    _, slope, curve = _beta_binomial_likelihood(data, steps, plain.estimate, 0.0)
    if slope[-1] <= 0:
        return plain
    # An orthogonal design, so that the units of the covariates do not slow the search.
    q, r = np.linalg.qr(data.x)
    scaled = replace(data, x=q * np.sqrt(len(q)))
    back = np.linalg.inv(r) * np.sqrt(len(q))
    # A maximum close to 0 is found by a Newton step from there, a distant one from the moments.
    moments = (_quasi_binomial(data).dispersion - 1) / np.mean(data.n)
    guesses = [guess for guess in (moments, -slope[-1] / curve[-1, -1]) if guess > 0]
    start = np.append(np.linalg.solve(back, plain.estimate), np.log(min(guesses, default=1e-4)))

    latest: dict[bytes, tuple[float, FloatArray, FloatArray]] = {}

    def loss(parameters: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Minus the log likelihood, in the coefficients and log(theta), and two derivatives."""
        # The search asks for the three of one place one after the other.
        at = parameters.tobytes()
        if at not in latest:
            latest.clear()
            latest[at] = computed(parameters)
        return latest[at]

    def computed(parameters: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        # Where every row is all or none the search runs off; it must not overflow on its way.
        theta = np.exp(min(parameters[-1], 50.0))
        value, slope, curve = _beta_binomial_likelihood(scaled, steps, parameters[:-1], theta)
        step = np.append(np.ones(len(parameters) - 1), theta)
        curve = curve * np.outer(step, step)
        curve[-1, -1] += slope[-1] * theta
        return -value, -slope * step, -curve

    parameters = optimize.minimize(
        lambda p: loss(p)[0],
        start,
        jac=lambda p: loss(p)[1],
        hess=lambda p: loss(p)[2],
        method="trust-exact",
        options={"gtol": 1e-4},
    ).x
    # So near the maximum the likelihood itself has no digits left to compare; its slope has.
    for _ in range(3):
        _, slope, curve = loss(parameters)
        parameters = parameters - np.linalg.solve(curve, slope)
    _, slope, curve = loss(parameters)
    if np.any(np.linalg.eigvalsh(curve) <= 0) or slope @ np.linalg.solve(curve, slope) > 1e-9:
        raise RuntimeError("the beta-binomial likelihood has no maximum, or none was found")
    covariance = np.linalg.inv(curve)[:-1, :-1]
    correlation = float(special.expit(parameters[-1]))
    return _Fit(
        back @ parameters[:-1],
        back @ covariance @ back.T,
        np.inf,
        1 + (float(np.mean(data.n)) - 1) * correlation,
        correlation,
    )


def _beta_binomial_likelihood(
    data: _Data, steps: Sequence[_Steps], coefficients: FloatArray, theta: float
) -> tuple[float, FloatArray, FloatArray]:
    """Return the log likelihood, less a constant, its gradient and its matrix of curvatures.

    In the coefficients and theta = rho / (1 - rho), by the product form of the probabilities:
    prod (p + j theta) prod (1 - p + j theta) / prod (1 + j theta). Unlike differences of log
    gamma functions it loses no digits near theta = 0, and is the binomial there. `steps` are those
    up to the reoffenders, the others and all.
    """
    p = special.expit(data.x @ coefficients)
    variance = p * (1 - p)
    bases = (p, 1 - p, np.ones_like(p))
    one, two, all_ = (_rising(*each, theta) for each in zip(bases, steps, strict=True))
    value = np.sum(one[0] + two[0] - all_[0])
    by_p = one[1] - two[1]
    by_theta = np.sum(one[2] + two[2] - all_[2])
    by_eta2 = -(one[3] + two[3]) * variance**2 + by_p * variance * (1 - 2 * p)
    mixed = data.x.T @ ((two[4] - one[4]) * variance)
    by_theta2 = -np.sum(one[5] + two[5] - all_[5])
    gradient = np.append(data.x.T @ (by_p * variance), by_theta)
    curvature = np.block(
        [
            [data.x.T @ (by_eta2[:, None] * data.x), mixed[:, None]],
            [mixed[None, :], np.array([[by_theta2]])],
        ]
    )
    return float(value), gradient, curvature


def _rising(base: FloatArray, steps: _Steps, theta: float) -> list[npt.NDArray[Any]]:
    """With t = base + j theta, sum log t, 1/t, j/t, 1/t^2, j/t^2, j^2/t^2 over 0 <= j < count."""
    row, j = steps.row, steps.j
    t = base[row] + j * theta
    square = t**2
    return [
        np.bincount(row, weights=terms, minlength=len(base))
        for terms in (np.log(t), 1 / t, j / t, 1 / square, j / square, steps.j2 / square)
    ]


_ESTIMATORS: Mapping[str, Callable[[_Data], _Fit]] = {
    "quasi_binomial": _quasi_binomial,
    "beta_binomial": _beta_binomial,
    "binomial": _binomial,
    "ols_logit": _ols_logit,
}
ESTIMATORS = tuple(_ESTIMATORS)
