"""The published findings, read with tight or loose bounds."""

from typing import Any

import pandas as pd

from analysis.data import codes, phrases, processed


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


def with_fewer(bounds: pd.DataFrame, fewer: int) -> pd.DataFrame:
    """Return the findings with so many relevant cases fewer wherever their number was not printed.

    `bounds` in processed.BOUNDS. A printed count stays; what a phrase admits follows from its rule
    (see data.phrases). A finding whose denominator is printed, or would be lower than its count or
    than one case, stays as it is.
    """
    found = usable(bounds)
    inferred = found[found["printed_denominator"].isna()]
    shrunk = pd.DataFrame(
        {
            row.Index: _with_relevant(row, int(row.relevant) - fewer)
            for row in inferred.itertuples()
        },
        index=["relevant", "sufficient_low", "sufficient_high"],
        dtype="Int64",
    ).T
    changed = bounds.copy()
    changed.loc[shrunk.index, shrunk.columns] = shrunk
    return changed


def _with_relevant(finding: Any, relevant: int) -> tuple[int, int, int]:  # noqa: ANN401
    """Return the denominator and the bounds that a finding would have of so many relevant cases."""
    own = (int(finding.relevant), int(finding.sufficient_low), int(finding.sufficient_high))
    if relevant < 1:
        return own
    insufficient = finding.polarity == "insufficient"
    if finding.precision == "exact":
        low = high = own[0] - own[1] if insufficient else own[1]
    else:
        low, high = phrases.admitted(finding.bounds_rule, relevant, finding.reading)
    if high > relevant:
        return own
    return (relevant, relevant - high, relevant - low) if insufficient else (relevant, low, high)


def usable(bounds: pd.DataFrame) -> pd.DataFrame:
    """Return the findings that have both a denominator and bounds."""
    return bounds[bounds["relevant"].notna() & bounds["sufficient_low"].notna()]


def of_cases(bounds: pd.DataFrame) -> pd.DataFrame:
    """Return the usable findings that count inspected cases, not court reports."""
    return usable(bounds)[usable(bounds)["unit"] == "case"]
