"""The part of the page that checks the statements of the inspection report."""

import pandas as pd

from analysis import words
from analysis.data import codes, processed
from analysis.report.cells import text
from analysis.report.content import Cell, Paragraph, Part, Table
from analysis.report.evidence import Report
from analysis.report.tables import declared

HOLDS, DOES_NOT_HOLD, DEPENDS, CANNOT_BE_CHECKED = codes.VERDICTS
OPEN_DATA, REPORT_FIGURES, ITSELF = codes.TESTED_AGAINST
# How the page words a verdict, of one statement and of several.
WORDED = {
    HOLDS: ("holds", "hold"),
    DOES_NOT_HOLD: ("does not hold", "do not hold"),
    DEPENDS: ("depends on the measure or reading", "depend on the measure or reading"),
    CANNOT_BE_CHECKED: ("cannot be checked", "cannot be checked"),
}
_AGAINST = {
    OPEN_DATA: "open data",
    REPORT_FIGURES: "the report’s own figures",
    ITSELF: "itself alone",
}
_CLAIM, _PRINTED, _COMPUTED, _BECAUSE = (
    declared(processed.CLAIMS_LEDGER, name) for name in ("claim", "printed", "computed", "because")
)
_TESTED = Cell(
    processed.CLAIMS_LEDGER.columns["tested_against"].heading,
    lambda row: _AGAINST[row.tested_against],
)
_SECTION = text("report_section", processed.CLAIMS_LEDGER.columns["report_section"].heading)


def ledger(report: Report) -> Part:
    """Return the statements: those that do not hold, then the others, folded."""
    table = report["claims_checked"]
    if table.empty:
        return Part()
    part = Part(Paragraph(counts(table)), Paragraph(tested(table)))
    refuted, contradicted = table["verdict"] == DOES_NOT_HOLD, _contradicted(table)
    full = [_CLAIM, _PRINTED, _COMPUTED, _BECAUSE, _TESTED, _SECTION]
    short = [cell for cell in full if cell is not _PRINTED]
    kinds = [
        ("do not hold", "does not hold", refuted & ~contradicted, full),
        ("the report itself contradicts", "the report itself contradicts", contradicted, full),
        *(
            (WORDED[verdict][1], WORDED[verdict][0], table["verdict"] == verdict, cells)
            for verdict, cells in ((DEPENDS, full), (CANNOT_BE_CHECKED, short), (HOLDS, short))
        ),
    ]
    for number, (several, one, rows, cells) in enumerate(kinds):
        if not rows.any():
            continue
        folded = (
            f"The {rows.sum()} statements that {several}"
            if rows.sum() > 1
            else f"The statement that {one}"
        )
        part.append(
            Table(
                table[rows],
                cells,
                caption=f"Statements that {several}",
                folded=folded if number else None,
            )
        )
    return part


def counts(table: pd.DataFrame) -> str:
    """Say how many statements there are, and how many of them have each verdict."""
    none = (
        "" if (table["verdict"] == DOES_NOT_HOLD).any() else " None was found that does not hold."
    )
    return f"Of {words.counted(len(table), 'statement')} in the inspection report, {_found(table)}.{none}"


def told(table: pd.DataFrame) -> str:
    """Say the same in short, for the opening."""
    return f"{words.opened(words.counted(len(table), 'statement'))}: {_found(table)}."


def _found(table: pd.DataFrame) -> str:
    found = {verdict: int((table["verdict"] == verdict).sum()) for verdict in WORDED}
    parts = {
        verdict: words.counted(count, *WORDED[verdict]) for verdict, count in found.items() if count
    }
    contradicted = int(_contradicted(table).sum())
    if contradicted:
        parts[DOES_NOT_HOLD] += (
            f" ({words.number(contradicted)} of them by the report’s own figures)"
        )
    return words.listed(parts.values())


def tested(table: pd.DataFrame) -> str:
    """Say what share of the statements could be tested, and against what."""
    decided = table["verdict"] != CANNOT_BE_CHECKED
    against = {code: int((decided & (table["tested_against"] == code)).sum()) for code in _AGAINST}
    shares = {
        code: f"{words.percent(count / len(table))} ({count})" for code, count in against.items()
    }
    sentence = (
        f"Against open data {shares[OPEN_DATA]} could be tested, and only against the report’s own "
        f"other figures {shares[REPORT_FIGURES]}."
    )
    if against[ITSELF]:
        sentence += (
            f" The words of {shares[ITSELF]} are all that is printed of what they say, so that they hold "
            "by construction."
        )
    return sentence


def _contradicted(table: pd.DataFrame) -> pd.Series:
    return (table["verdict"] == DOES_NOT_HOLD) & (table["tested_against"] == REPORT_FIGURES)
