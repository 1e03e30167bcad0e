"""From counts of judgements to the tables of proportions and of differences between providers."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from analysis.data import codes, findings, processed
from analysis.stats import differences as difference
from analysis.stats import proportions as proportion

ADJUSTMENT = "holm"

_EVIDENCE = ["question_id", "provider", "relevant", "missing", "sufficient_low", "sufficient_high"]


def evidence(tally: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    """Return what is known of each question and provider, and of all providers together.

    `tally` is as from data.cases.tally: empty where there is no sample. `bounds` in processed.BOUNDS:
    empty where the sample is a real extract, whose counts are then exact; else the findings, which are
    then all the evidence there is, whether or not a sample was reconstructed from them. Columns
    question_id, provider, relevant, missing, sufficient_low, sufficient_high (counts) and precision.
    All providers together are known only where each of them is.
    """
    if tally.empty:
        tally = _uncounted(bounds)
    if tally.empty:
        return pd.DataFrame(columns=[*_EVIDENCE, "precision"])
    counted = tally.assign(
        relevant=tally["sufficient"] + tally["insufficient"],
        sufficient_low=tally["sufficient"],
        sufficient_high=tally["sufficient"],
    )
    judged = (counted["relevant"] + counted["not_applicable"]) > 0
    if bounds.empty:
        known = counted[_EVIDENCE].assign(precision=np.where(judged, "exact", "not_available"))
    else:
        known = _published(counted, bounds)
    counts = ["relevant", "sufficient_low", "sufficient_high"]
    known[counts] = known[counts].astype("Int64")
    known.loc[known["precision"] == "not_available", counts] = pd.NA
    return pd.concat([known, _together(known)], ignore_index=True)


def _uncounted(bounds: pd.DataFrame) -> pd.DataFrame:
    """Return a tally of no case for each question and provider of the findings."""
    single = bounds[bounds["provider"] != codes.BOTH]
    cells = pd.MultiIndex.from_product(
        [single["question_id"].unique(), single["provider"].unique()],
        names=["question_id", "provider"],
    )
    return pd.DataFrame(0, index=cells, columns=list(codes.JUDGEMENTS)).reset_index()


def _published(counted: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    usable = findings.usable(bounds).set_index(["question_id", "provider"])
    known = counted[["question_id", "provider", "missing"]].join(
        usable[["relevant", "sufficient_low", "sufficient_high", "precision", "unit"]],
        on=["question_id", "provider"],
        validate="one_to_one",
    )
    known["precision"] = known["precision"].fillna("not_available")
    # What is missing is a case; a finding about court reports has no missing case.
    known.loc[known["unit"] == "court_report", "missing"] = 0
    return known[[*_EVIDENCE, "precision"]]


def _together(known: pd.DataFrame) -> pd.DataFrame:
    groups = known.groupby("question_id", sort=False)
    together = groups[_EVIDENCE[2:]].sum().reset_index()
    worst = groups["precision"].agg(lambda found: max(found, key=list(codes.PRECISIONS).index))
    together["precision"] = worst.to_numpy()
    unknown = together["precision"] == "not_available"
    together.loc[unknown, ["relevant", "sufficient_low", "sufficient_high"]] = pd.NA
    return together.assign(provider=codes.ALL_PROVIDERS)[[*_EVIDENCE, "precision"]]


def proportions(
    known: pd.DataFrame,
    questions: pd.DataFrame,
    *,
    area: str,
    level: float,
    method: str,
    eligible: Mapping[str, tuple[int, int]] | None = None,
) -> pd.DataFrame:
    """Return processed.PROPORTIONS from the evidence, in the order of the questions.

    An exact row has its interval; a worded row the envelope of the intervals of every admitted
    count; a row with no relevant case, or with nothing published, has no estimate. `eligible`
    gives the cases that could have been sampled, and those that were, of a provider: its rows then
    have the exact interval for a finite population, see `_finite`.
    """
    if known.empty:
        return pd.DataFrame(columns=list(processed.PROPORTIONS.columns))
    table = questions[["outcome", "stage", "question_id"]].merge(known, on="question_id")
    estimable = table["relevant"].fillna(0) > 0
    exact = table["precision"] == "exact"
    lower, upper = proportion.envelope(
        table["sufficient_low"].fillna(0).astype(int),
        table["sufficient_high"].fillna(0).astype(int),
        table["relevant"].fillna(0).astype(int),
        level=level,
        method=method,
    )
    share = table["sufficient_low"].astype("float64") / table["relevant"].astype("float64")
    table = table.assign(
        area=area,
        sufficient=table["sufficient_low"].where(exact),
        proportion=share.where(exact & estimable),
        ci_lower=lower,
        ci_upper=upper,
        level=level,
        method=method,
        suppressed=False,
    )
    return _finite(table, eligible or {}, level)[list(processed.PROPORTIONS.columns)]


def _finite(
    table: pd.DataFrame, eligible: Mapping[str, tuple[int, int]], level: float
) -> pd.DataFrame:
    """Put exact limits for a finite population in the rows of providers whose size is known.

    How many eligible cases a question is relevant to is not known: it is taken to be the same
    share of them as of the sample. Rows whose denominator is not of the sample stay as they are.
    """
    if eligible:
        together = tuple(map(sum, zip(*eligible.values(), strict=True)))
        providers = set(table["provider"]) - {codes.ALL_PROVIDERS}
        if providers <= set(eligible):
            eligible = {**eligible, codes.ALL_PROVIDERS: (together[0], together[1])}
    for at, row in table[table["ci_lower"].notna()].iterrows():
        whole, sampled = eligible.get(row["provider"], (0, 0))
        if not 0 < row["relevant"] <= sampled:
            continue
        population = max(row["relevant"], round(whole * row["relevant"] / sampled))
        low, high = (
            proportion.finite_interval(count, row["relevant"], population, level=level)
            for count in (row["sufficient_low"], row["sufficient_high"])
        )
        table.loc[at, ["ci_lower", "ci_upper", "method"]] = [low[0], high[1], "hypergeometric"]
    return table


def differences(
    table: pd.DataFrame, *, level: float, method: str = "newcombe", adjustment: str = ADJUSTMENT
) -> pd.DataFrame:
    """Return processed.DIFFERENCES from a table of proportions: each pair of providers, a minus b.

    Only questions that have an estimate for both stand in it. A pair with a worded side has the
    envelope over every admitted pair of counts and no p-value; the family of the adjustment is
    the exact pairs.
    """
    estimated = table[table["ci_lower"].notna() & (table["provider"] != codes.ALL_PROVIDERS)]
    rows = [
        _pair(a, b, level, method)
        for _, answers in estimated.groupby("question_id", sort=False)
        for a, b in combinations(answers.itertuples(), 2)
    ]
    if not rows:
        return pd.DataFrame(columns=list(processed.DIFFERENCES.columns))
    found = pd.DataFrame(rows).astype({"sufficient_a": "Int64", "sufficient_b": "Int64"})
    return found.assign(
        level=level,
        method=method,
        p_adjusted=difference.adjust(found["p_value"], method=adjustment),
        adjustment=adjustment,
    )[list(processed.DIFFERENCES.columns)]


def _pair(a: Any, b: Any, level: float, method: str) -> dict[str, object]:  # noqa: ANN401
    lower, upper = difference.envelope(
        a.sufficient_low,
        a.sufficient_high,
        a.relevant,
        b.sufficient_low,
        b.sufficient_high,
        b.relevant,
        level=level,
        method=method,
    )
    exact = a.precision == b.precision == "exact"
    counts = (a.sufficient, a.relevant, b.sufficient, b.relevant)
    return {
        "area": a.area,
        "outcome": a.outcome,
        "question_id": a.question_id,
        "provider_a": a.provider,
        "provider_b": b.provider,
        "sufficient_a": a.sufficient,
        "relevant_a": a.relevant,
        "sufficient_b": b.sufficient,
        "relevant_b": b.relevant,
        "difference": a.proportion - b.proportion if exact else np.nan,
        "ci_lower": lower,
        "ci_upper": upper,
        "p_value": difference.fisher(*map(int, counts)) if exact else np.nan,
        "precision": "exact" if exact else "worded",
    }


def difference_tests(table: pd.DataFrame) -> pd.DataFrame:
    """Return processed.DIFFERENCE_TESTS: a row for each row of processed.DIFFERENCES, in its order.

    The mid-P is that of `differences.fisher_mid_p`; a pair with a worded side is not tested, and
    its mid-P is blank.
    """
    tested = table["precision"] == "exact"
    counts = ["sufficient_a", "relevant_a", "sufficient_b", "relevant_b"]
    mid_p = pd.Series(np.nan, index=table.index)
    mid_p[tested] = [
        difference.fisher_mid_p(*row)
        for row in table.loc[tested, counts].itertuples(index=False, name=None)
    ]
    return table.assign(mid_p=mid_p)[list(processed.DIFFERENCE_TESTS.columns)]
