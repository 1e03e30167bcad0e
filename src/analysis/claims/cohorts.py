"""Claims about reoffending, in cohorts that are not the report's."""

from collections.abc import Mapping
from typing import Annotated

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency

from analysis import words
from analysis.claims import common
from analysis.claims.common import Check, Fact, Kind, Names, Tables

_BY_CHANCE = 0.05  # how probable a difference by chance alone may be that counts as one

_Inspected = Annotated[Tables, Names(Kind.INSPECTED, "reoffending")]
_Places = Annotated[str, Names(Kind.INSPECTED, "reoffending", several=True)]


def national_reoffending(tables: Tables, *, printed: Fact) -> Check:
    """Whether the national rate rounds to the printed percentage, in each cohort."""
    rates = {cohort: 100 * rate for cohort, (_, rate) in _cohorts(tables).items()}
    stated = common.figure(tables, printed)
    return _over_cohorts(
        {cohort: round(rate) == stated for cohort, rate in rates.items()},
        {cohort: f"{rate:.1f}%" for cohort, rate in rates.items()},
    )


def below_national_reoffending(tables: Tables, *, places: _Places) -> Check:
    """Whether the named boroughs alone of the inspected are below the national rate."""
    below = {
        cohort: set(rates.index[rates < national])
        for cohort, (rates, national) in _cohorts(tables).items()
    }
    return _over_cohorts(
        {cohort: found == set(common.listed(places)) for cohort, found in below.items()},
        {
            cohort: f"{words.joined(sorted(found)) or 'none'} below"
            for cohort, found in below.items()
        },
    )


def lowest_reoffending(tables: Tables, *, places: _Places) -> Check:
    """Whether the named boroughs have the lowest rates of those inspected, in each cohort."""
    named = common.listed(places)
    lowest = {
        cohort: rates.nsmallest(len(named)).index for cohort, (rates, _) in _cohorts(tables).items()
    }
    return _over_cohorts(
        {cohort: set(found) == set(named) for cohort, found in lowest.items()},
        {cohort: f"lowest {words.joined(sorted(found))}" for cohort, found in lowest.items()},
    )


def reoffending_varies(tables: _Inspected) -> Check:
    """Whether the rates of the inspected boroughs differ by more than chance, in each cohort.

    Pearson's chi-squared test that all are the same, at the level of 5%.
    """
    found, texts = {}, {}
    for cohort, rows in tables["reoffending"].groupby("cohort"):
        counts = common.inspected_only(tables, rows)
        again, offenders = counts["reoffenders"], counts["offenders"]
        p_value = chi2_contingency(np.stack([again, offenders - again])).pvalue
        rates = again / offenders
        found[int(cohort)] = bool(p_value < _BY_CHANCE)
        texts[int(cohort)] = (
            f"{words.percents(rates.min(), rates.max(), 1)}, p {words.p_value(p_value)}"
        )
    return _over_cohorts(found, texts)


def widest_reoffending_gap(tables: _Inspected, *, printed: Fact) -> Check:
    """Whether the widest gap to the national rate, on the printed side, rounds to that printed."""
    stated = common.figure(tables, printed)
    widest = {
        cohort: 100 * ((rates.min() if stated < 0 else rates.max()) - national)
        for cohort, (rates, national) in _cohorts(tables).items()
    }
    return _over_cohorts(
        {cohort: round(gap) == stated for cohort, gap in widest.items()},
        {cohort: f"{gap:+.1f} points".replace("-", "−") for cohort, gap in widest.items()},
    )


def _over_cohorts(holds: Mapping[int, bool], texts: Mapping[int, str]) -> Check:
    """Uphold what holds in every cohort and refute what holds in none; else the cohorts do neither."""
    by_text: dict[str, list[str]] = {}
    for cohort, text in texts.items():
        by_text.setdefault(text, []).append(str(cohort))
    return Check(
        "; ".join(f"{words.joined(cohorts)}: {text}" for text, cohorts in by_text.items()),
        common.agreed(holds.values()),
        f"It holds in {sum(holds.values()) or 'none'} of {len(holds)} cohorts.",
    )


def _cohorts(tables: Tables) -> dict[int, tuple[pd.Series, float]]:
    """Return the inspected boroughs' rates, and the country's, by cohort."""
    table = tables["reoffending"].assign(
        rate=lambda frame: frame["reoffenders"] / frame["offenders"]
    )
    return {
        int(cohort): (
            common.inspected_only(tables, rows).set_index("name")["rate"],
            rows.loc[rows["geography"] == "country", "rate"].item(),
        )
        for cohort, rows in table.groupby("cohort")
    }
