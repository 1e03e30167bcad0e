"""From counts of judgements to the tables of proportions and of differences between providers."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from analysis.data import codes, findings, processed
from analysis.stats import differences as difference
from analysis.stats import proportions as proportion

ADJUSTMENT = "holm"
OWN_METHOD = "newcombe"

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

    To how many of the eligible cases that were not judged a question is relevant is not known, from
    none of them to all: the limits hold for each number. Rows whose denominator is not of the sample
    stay as they are, and so do those of all providers together where not every eligible case was judged:
    they are strata of their own chances to be drawn, not one random sample.
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
        unjudged = whole - sampled + min(row["missing"], sampled - row["relevant"])
        if unjudged and row["provider"] == codes.ALL_PROVIDERS:
            continue
        low, high = (
            _finite_limits(int(count), int(row["relevant"]), int(unjudged), level)
            for count in (row["sufficient_low"], row["sufficient_high"])
        )
        table.loc[at, ["ci_lower", "ci_upper", "method"]] = [low[0], high[1], "hypergeometric"]
    return table


@lru_cache(maxsize=1024)
def _finite_limits(count: int, relevant: int, unjudged: int, level: float) -> tuple[float, float]:
    sizes = np.arange(relevant, relevant + unjudged + 1)
    return proportion.finite_interval(count, relevant, sizes, level=level)


def simultaneous(level: float, family: int) -> float:
    """Return the level of each of so many intervals that hold all together at a level.

    Bonferroni's inequality, as in O. J. Dunn (1961), J. Am. Stat. Assoc. 56:52-64.
    """
    return 1 - (1 - level) / max(family, 1)


def of_single_providers(table: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of processed.PROPORTIONS that have limits and are of one provider."""
    return table[table["ci_lower"].notna() & (table["provider"] != codes.ALL_PROVIDERS)]


def differences(
    table: pd.DataFrame, *, level: float, method: str = OWN_METHOD, adjustment: str = ADJUSTMENT
) -> pd.DataFrame:
    """Return processed.DIFFERENCES from a table of proportions: each pair of providers, a minus b.

    Only questions that have an estimate for both stand in it, and they are one family: of the
    adjustment, and of the simultaneous limits (see `simultaneous`). A pair with a worded side has the
    envelope, and the largest p-value, over every admitted pair of counts.
    """
    pairs = list(_pairs(table))
    if not pairs:
        return pd.DataFrame(columns=list(processed.DIFFERENCES.columns))
    own = (level, simultaneous(level, len(pairs)))
    found = pd.DataFrame(_pair(a, b, own, method) for a, b in pairs)
    found = found.astype({"sufficient_a": "Int64", "sufficient_b": "Int64"})
    return found.assign(
        level=level,
        method=method,
        p_adjusted=difference.adjust(found["p_value"], method=adjustment),
        adjustment=adjustment,
    )[list(processed.DIFFERENCES.columns)]


def _pairs(table: pd.DataFrame) -> Iterator[tuple[Any, Any]]:
    for _, answers in of_single_providers(table).groupby("question_id", sort=False):
        yield from combinations(answers.itertuples(), 2)


def _bounds(a: Any, b: Any) -> tuple[int, int, int, int, int, int]:  # noqa: ANN401
    return (
        *(int(a.sufficient_low), int(a.sufficient_high), int(a.relevant)),
        *(int(b.sufficient_low), int(b.sufficient_high), int(b.relevant)),
    )


def _pair(a: Any, b: Any, levels: tuple[float, float], method: str) -> dict[str, object]:  # noqa: ANN401
    bounds = _bounds(a, b)
    (lower, upper), (lowest, highest) = (
        difference.envelope(*bounds, level=level, method=method) for level in levels
    )
    exact = a.precision == b.precision == "exact"
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
        "ci_lower_simultaneous": lowest,
        "ci_upper_simultaneous": highest,
        "p_value": difference.largest(difference.fisher, *bounds),
        "precision": "exact" if exact else "worded",
    }


def difference_choices(
    table: pd.DataFrame, changed: Mapping[tuple[str, str], pd.DataFrame], *, level: float
) -> pd.DataFrame:
    """Return processed.DIFFERENCE_CHOICES: how many differences have which side under each choice.

    `table` and `changed` are processed.PROPORTIONS of the run's own choices and of those of
    `verdicts.alternatives`; the sides are those of the simultaneous limits, as in `differences`.
    """
    settings = {("method", method): (table, method) for method in difference.METHODS} | {
        key: (shares, OWN_METHOD)
        for key, shares in changed.items()
        if key[0] in codes.DIFFERENCE_CHOICES and key[0] != "method"
    }
    own = _sides(table, level, OWN_METHOD)
    rows = []
    for (choice, setting), (shares, method) in settings.items():
        there = _sides(shares, level, method)
        for (a, b), sides in there.groupby(["provider_a", "provider_b"], sort=False)["side"]:
            rows.append(
                {
                    "area": table["area"].iloc[0],
                    "provider_a": a,
                    "provider_b": b,
                    "choice": choice,
                    "setting": setting,
                    **{side: int((sides == side).sum()) for side in ("lower", "higher", "open")},
                    "changed": int((sides != own.loc[sides.index, "side"]).sum()),
                }
            )
    return pd.DataFrame(rows, columns=list(processed.DIFFERENCE_CHOICES.columns))


def _sides(table: pd.DataFrame, level: float, method: str) -> pd.DataFrame:
    """Return on which side of zero the simultaneous limits of each pair of providers lie."""
    pairs = list(_pairs(table))
    each = simultaneous(level, len(pairs))
    rows = []
    for a, b in pairs:
        low, high = difference.envelope(*_bounds(a, b), level=each, method=method)
        side = "lower" if high < 0 else "higher" if low > 0 else "open"
        rows.append((a.provider, b.provider, side))
    keys = pd.Index(
        [(a.question_id, a.provider, b.provider) for a, b in pairs], tupleize_cols=False
    )
    return pd.DataFrame(rows, keys, columns=["provider_a", "provider_b", "side"])


def difference_tests(table: pd.DataFrame) -> pd.DataFrame:
    """Return processed.DIFFERENCE_TESTS from a table of proportions: the rows of `differences`.

    The mid-P is that of `differences.fisher_mid_p`, the largest over every admitted pair of counts.
    """
    rows = [
        (
            *(a.area, a.question_id, a.provider, b.provider),
            difference.largest(difference.fisher_mid_p, *_bounds(a, b)),
        )
        for a, b in _pairs(table)
    ]
    return pd.DataFrame(rows, columns=list(processed.DIFFERENCE_TESTS.columns))
