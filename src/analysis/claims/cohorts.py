"""Claims about reoffending, in cohorts that are not the report's."""

from collections.abc import Mapping
from typing import Annotated

import pandas as pd

from analysis import words
from analysis.claims import common
from analysis.claims.common import Check, Fact, Kind, Names, Tables

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
    """Uphold what holds in every cohort; what does not might still hold in the report's own."""
    by_text: dict[str, list[str]] = {}
    for cohort, text in texts.items():
        by_text.setdefault(text, []).append(str(cohort))
    return Check(
        "; ".join(f"{words.joined(cohorts)}: {text}" for text, cohorts in by_text.items()),
        True if all(holds.values()) else None,
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
