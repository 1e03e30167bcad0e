"""The part of the page that checks the claims of the inspection report."""

import pandas as pd

from analysis import words
from analysis.data import codes
from analysis.report import html
from analysis.report.evidence import Report, opens

HOLDS, DOES_NOT_HOLD, CANNOT_BE_CHECKED = codes.VERDICTS
# How the page says a verdict, of one claim and of several.
SAID = {
    HOLDS: ("holds", "hold"),
    DOES_NOT_HOLD: ("does not hold", "do not hold"),
    CANNOT_BE_CHECKED: ("cannot be checked", "cannot be checked"),
}
_HEADERS = {
    "claim": "Claim",
    "printed": "As printed",
    "computed": "Computed",
    "because": "Why",
    "report_line": "Line",
}
_NOTE = "Line: of the report’s text. Findings in words are taken at their wider reading."


@html.part
def ledger(report: Report) -> None:
    """Display the claims of the report: those that do not hold, then the others, folded."""
    if not opens(report, "The claims of the inspection report, checked"):
        return
    table = report["claims_checked"]
    html.paragraph("{sentence}", sentence=counts(table))
    refuted = table[table["verdict"] == DOES_NOT_HOLD]
    if not refuted.empty:
        html.table(
            _shown(refuted),
            caption="Claims that do not hold",
            headers=_HEADERS,
            note=_NOTE,
        )
    for verdict in (CANNOT_BE_CHECKED, HOLDS):
        rows = table[table["verdict"] == verdict]
        if not rows.empty:
            said = SAID[verdict][len(rows) > 1]
            html.data_table(
                _shown(rows).drop(columns="printed"),
                summary=f"The {len(rows)} claims that {said}"
                if len(rows) > 1
                else f"The claim that {said}",
                caption=f"Claims that {SAID[verdict][1]}",
                headers=_HEADERS,
                note=_NOTE,
            )


def counts(table: pd.DataFrame) -> str:
    """Say how many claims there are, and how many of them have each verdict."""
    found = {verdict: int((table["verdict"] == verdict).sum()) for verdict in SAID}
    parts = words.listed(
        words.counted(count, *SAID[verdict]) for verdict, count in found.items() if count
    )
    none = "" if found[DOES_NOT_HOLD] else " None was found that does not hold."
    claims = words.counted(len(table), "checkable claim")
    return f"Of {claims} in the inspection report, {parts}.{none}"


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[list(_HEADERS)].astype("str")
