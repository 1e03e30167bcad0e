"""The claims of the inspection report, each computed again from the raw tables.

A computation takes the raw tables by name and the arguments that a row of `claims.csv` gives it,
as text, and gives a `Check`. It names no area, provider, question or fact of its own. Where the
tables admit both answers, or are of another cohort or issue than the report's in a way that could
turn the answer, the claim is neither upheld nor refuted.
"""

from collections.abc import Callable, Mapping

import pandas as pd

from analysis.claims import arguments, background, cohorts, inspected, printed
from analysis.claims.common import Check, NotComputableError, Tables
from analysis.data import codes, processed
from analysis.data.problems import BadDataError, Problem

HOLDS, DOES_NOT_HOLD, CANNOT_BE_CHECKED = codes.VERDICTS
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
                **{name: claim[name] for name in ("claim_id", "claim", "printed", "report_line")},
                "computed": check.computed,
                "verdict": _verdict(check.holds),
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


def _verdict(holds: bool | None) -> str:
    if holds is None:
        return CANNOT_BE_CHECKED
    return HOLDS if holds else DOES_NOT_HOLD


COMPUTATIONS: dict[str, Callable[..., Check]] = {
    computation.__name__: computation
    for computation in (
        printed.adding_up,
        printed.fitting,
        printed.agreeing,
        printed.falling,
        printed.owned_of_all,
        printed.share,
        printed.growing,
        printed.within_range,
        printed.shortfalls_vary,
        printed.lower_range,
        printed.scores_below_a_mark,
        inspected.side_of_half,
        inspected.questions_on_a_side,
        inspected.weakest_questions,
        inspected.provider_ahead,
        inspected.small_number,
        inspected.lower_share,
        inspected.whole_cases,
        background.boroughs_inspected,
        background.boroughs_of_region,
        background.part_of_region,
        background.inspected_in_part,
        background.population,
        background.population_range,
        background.most_populous,
        background.white_british,
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
        cohorts.widest_reoffending_gap,
    )
}
