"""Checks shared by the statistics of counts: every message names the value and what is allowed."""

from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
T = TypeVar("T")


def checked(name: str, count: npt.ArrayLike, nobs: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Return count and nobs as float arrays of one shape, or raise ValueError.

    Both must be whole numbers, with 0 <= count <= nobs; a missing value is not a count. `name`
    is what the messages call the count (its denominator is called "nobs").
    """
    pair = np.broadcast_arrays(whole(name, count), whole("nobs", nobs))
    x, n = (part.copy() for part in pair)
    if np.any(above := x > n):
        raise ValueError(
            f"{name} is {x[above][0]:.0f} of nobs {n[above][0]:.0f}; it must not exceed nobs"
        )
    return x, n


def whole(name: str, values: npt.ArrayLike) -> FloatArray:
    """Return the values as a float array, or raise ValueError unless all are 0, 1, 2, ..."""
    try:
        array = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is {values!r}; it must be a whole number, 0 or more") from error
    wrong = ~np.isfinite(array) | (array < 0) | (array != np.floor(array))
    if np.any(wrong):
        raise ValueError(f"{name} is {array[wrong][0]:g}; it must be a whole number, 0 or more")
    return array


def tail(level: float) -> float:
    """Return the probability left out on each side of a two-sided interval of this level."""
    if not 0 < level < 1:
        raise ValueError(f"level is {level}; it must lie between 0 and 1, for example 0.95")
    return (1 - level) / 2


def chosen(kind: str, name: str, offered: Mapping[str, T]) -> T:
    """Return what is offered under this name, or raise ValueError listing the names."""
    if name not in offered:
        raise ValueError(f"{kind} is {name!r}; it must be one of {', '.join(offered)}")
    return offered[name]


def like_inputs(lower: FloatArray, upper: FloatArray) -> tuple[Any, Any]:
    """Return arrays as they are, and a pair of Python floats for scalar inputs."""
    return (lower, upper) if lower.ndim else (float(lower), float(upper))
