"""The part of the page that checks the claims of the inspection report."""

import pandas as pd

from analysis import words
from analysis.data import codes, processed
from analysis.report.cells import text
from analysis.report.content import Paragraph, Part, Table
from analysis.report.evidence import Report
from analysis.report.tables import declared

HOLDS, DOES_NOT_HOLD, CANNOT_BE_CHECKED = codes.VERDICTS
# How the page words a verdict, of one claim and of several.
WORDED = {
    HOLDS: ("holds", "hold"),
    DOES_NOT_HOLD: ("does not hold", "do not hold"),
    CANNOT_BE_CHECKED: ("cannot be checked", "cannot be checked"),
}
_CLAIM, _PRINTED, _COMPUTED, _BECAUSE = (
    declared(processed.CLAIMS_LEDGER, name) for name in ("claim", "printed", "computed", "because")
)
_LINE = text("report_line", processed.CLAIMS_LEDGER.columns["report_line"].heading)
_NOTE = "Line: of the report’s text. Findings in words are taken at their wider reading."


def ledger(report: Report) -> Part:
    """Return the claims of the report: those that do not hold, then the others, folded."""
    table = report["claims_checked"]
    if table.empty:
        return Part()
    part = Part(Paragraph(counts(table)))
    refuted = table[table["verdict"] == DOES_NOT_HOLD]
    if not refuted.empty:
        cells = [_CLAIM, _PRINTED, _COMPUTED, _BECAUSE, _LINE]
        part.append(Table(refuted, cells, caption="Claims that do not hold", note=_NOTE))
    for verdict in (CANNOT_BE_CHECKED, HOLDS):
        rows = table[table["verdict"] == verdict]
        if not rows.empty:
            one, several = WORDED[verdict]
            part.append(
                Table(
                    rows,
                    [_CLAIM, _COMPUTED, _BECAUSE, _LINE],
                    caption=f"Claims that {several}",
                    folded=f"The {len(rows)} claims that {several}"
                    if len(rows) > 1
                    else f"The claim that {one}",
                    note=_NOTE,
                )
            )
    return part


def counts(table: pd.DataFrame) -> str:
    """Say how many claims there are, and how many of them have each verdict."""
    found = {verdict: int((table["verdict"] == verdict).sum()) for verdict in WORDED}
    parts = words.listed(
        words.counted(count, *WORDED[verdict]) for verdict, count in found.items() if count
    )
    none = "" if found[DOES_NOT_HOLD] else " None was found that does not hold."
    claims = words.counted(len(table), "checkable claim")
    return f"Of {claims} in the inspection report, {parts}.{none}"
