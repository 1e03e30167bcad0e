"""The claims of the inspection report, each computed again from the raw tables and the verdicts.

A computation takes the tables by name and the arguments that a row of `claims.csv` gives it, as text,
and gives a `Check`. It names no area, provider, question or fact of its own. A claim that holds by one
measure or reading and not by another depends on it. Where the tables admit both answers, or are of
another cohort or issue than the report's in a way that could turn the answer, it cannot be checked.
"""

from collections.abc import Callable, Mapping

import pandas as pd

from analysis.claims import arguments, background, cohorts, inspected, printed
from analysis.claims.common import Check, NotComputableError, Tables
from analysis.data import codes, processed, raw
from analysis.data.problems import BadDataError, Problem

HOLDS, DOES_NOT_HOLD, DEPENDS, CANNOT_BE_CHECKED = codes.VERDICTS
_ITSELF_ALONE = list(codes.TESTED_AGAINST)[-1]
NOTHING_COMPUTED = "not available"


def ledger(claims: pd.DataFrame, tables: Tables, *, area: str) -> pd.DataFrame:
    """Return processed.CLAIMS_LEDGER: each claim of raw.CLAIMS with what was computed of it.

    Raises BadDataError with every claim that cannot be computed.
    """
    rows = []
    problems = []
    for row, claim in enumerate(
        claims.astype("object").where(claims.notna(), None).to_dict("records"), start=2
    ):
        try:
            check = _checked(claim, tables)
        except NotComputableError as error:
            written = claim["arguments"]
            problems.append(Problem(arguments.FILE, str(error), row, "arguments", written))
            continue
        rows.append(
            {
                "area": area,
                **{name: claim[name] for name in raw.CLAIM},
                "computed": check.computed,
                "verdict": _verdict(check),
                "tested_against": _TESTED_AGAINST.get(claim["computation"], _ITSELF_ALONE),
                "because": " ".join(filter(None, [check.because, claim["note"]])),
            }
        )
    if problems:
        raise BadDataError(problems)
    return pd.DataFrame(rows, columns=list(processed.CLAIMS_LEDGER.columns))


def _checked(claim: Mapping[str, str | None], tables: Tables) -> Check:
    if claim["computation"] is None:
        return Check(NOTHING_COMPUTED, None, "")
    return COMPUTATIONS[claim["computation"]](tables, **arguments.read(claim["arguments"] or ""))


def _verdict(check: Check) -> str:
    if check.holds is None:
        return DEPENDS if check.depends else CANNOT_BE_CHECKED
    return HOLDS if check.holds else DOES_NOT_HOLD


_OPEN_DATA = (
    background.among_inspected,
    background.boroughs_of_region,
    background.part_of_region,
    background.inspected_in_part,
    background.no_unemployment_rates,
    background.population,
    background.population_range,
    background.most_populous,
    background.white_share,
    background.minority_share,
    background.each_more_diverse,
    background.most_diverse,
    background.mostly_less_white,
    background.unemployment_above,
    background.mostly_deprived,
    background.least_deprived,
    background.crime_like_the_others,
    background.average_crime,
    background.ranks_run,
    cohorts.national_reoffending,
    cohorts.below_national_reoffending,
    cohorts.lowest_reoffending,
    cohorts.reoffending_varies,
    cohorts.widest_reoffending_gap,
)
_REPORT_FIGURES = (
    printed.adding_up,
    printed.fitting,
    printed.agreeing,
    printed.same_time,
    printed.varying,
    printed.falling,
    printed.owned_of_all,
    printed.share,
    printed.growing,
    printed.within_range,
    printed.shortfalls_vary,
    printed.lower_range,
    printed.scores_below_a_mark,
    inspected.side_of_half,
    inspected.most_on_a_side,
    inspected.questions_on_a_side,
    inspected.not_every_case,
    inspected.uncounted_words,
    inspected.weakest_questions,
    inspected.provider_ahead,
    inspected.lower_share,
    inspected.whole_cases,
    background.boroughs_inspected,
)
_ITSELF = (inspected.repeated,)
_BY_EVIDENCE: dict[str, tuple[Callable[..., Check], ...]] = dict(
    zip(codes.TESTED_AGAINST, (_OPEN_DATA, _REPORT_FIGURES, _ITSELF), strict=True)
)
# What each computation tests a claim against; a claim without one is tested against nothing else.
_TESTED_AGAINST = {
    computation.__name__: evidence
    for evidence, computations in _BY_EVIDENCE.items()
    for computation in computations
}
COMPUTATIONS: dict[str, Callable[..., Check]] = {
    computation.__name__: computation
    for computations in _BY_EVIDENCE.values()
    for computation in computations
}
