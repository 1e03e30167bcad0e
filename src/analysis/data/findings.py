"""The published findings, read with tight or loose bounds."""

import pandas as pd

from analysis.data import codes, processed


def bounded(findings: pd.DataFrame, reading: str) -> pd.DataFrame:
    """Return the findings with the bounds of one reading, in the columns of processed.BOUNDS.

    `findings` is the raw table; `reading` is `tight` or `loose`.
    """
    if reading not in codes.READINGS:
        raise ValueError(f"reading {reading!r}: must be one of {', '.join(codes.READINGS)}")
    suffix = "_tight" if reading == "tight" else ""
    return findings.assign(
        reading=reading,
        sufficient_low=findings[f"sufficient_low{suffix}"],
        sufficient_high=findings[f"sufficient_high{suffix}"],
    )[list(processed.BOUNDS.columns)]


def usable(bounds: pd.DataFrame) -> pd.DataFrame:
    """Return the findings that have both a denominator and bounds."""
    return bounds[bounds["relevant"].notna() & bounds["sufficient_low"].notna()]


def of_cases(bounds: pd.DataFrame) -> pd.DataFrame:
    """Return the usable findings that count inspected cases, not court reports."""
    return usable(bounds)[usable(bounds)["unit"] == "case"]
