"""Processed tables put into words: what the cells of the page's tables say."""

from typing import Any

import numpy as np
import pandas as pd

from analysis import words
from analysis.data import columns
from analysis.report.content import Cell


def declared(table: columns.Table, name: str) -> Cell:
    """Return a column of a table as it is declared: its heading, and the form of its figures.

    Shares are percentages, other numbers have the declared digits, whole numbers a mark at each
    thousand but for years; all of them are right aligned. A blank is `words.UNKNOWN`.
    """
    column = table.columns[name]
    numeric = column.dtype not in {"str", "bool"}

    def say(row: Any) -> str:  # noqa: ANN401 - a row of the table
        value = getattr(row, name)
        return words.UNKNOWN if pd.isna(value) else _in_words(value, column)

    return Cell(column.heading, say, numeric=numeric)


def _in_words(value: Any, column: columns.Column) -> str:  # noqa: ANN401 - a cell of any type
    if column.unit == columns.SHARE:
        return words.percent(value, column.digits)
    if column.dtype == "float64":
        return words.decimal(value, column.digits)
    if column.dtype in {"int64", "Int64"} and column.unit != "year":
        return f"{value:,}"
    return str(value)


def wording(finding: Any) -> str:  # noqa: ANN401 - a row of processed.BOUNDS
    """Say how the source states a finding: as a count, or in its words and what they speak of."""
    inferred = "" if pd.notna(finding.printed_denominator) else "; denominator inferred"
    if finding.precision == "exact":
        return f"printed as a count{inferred}"
    of = "" if finding.polarity == "sufficient" else " (of work that was not sufficient)"
    return f"“{finding.printed_phrase}”{of}{inferred}"


def without_proportion(proportions: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Return what was found but admits no proportion: question_id, provider, phrase, reason, section.

    `proportions` are rows of processed.PROPORTIONS, `findings` those of processed.BOUNDS on the
    same questions.
    """
    stated = findings[findings["sufficient_low"].isna()]
    worded = np.where(stated["precision"] == "exact", "", "; the words admit no bounds")
    stated = stated.assign(
        phrase="“" + stated["printed_phrase"] + "”",
        reason=stated["relevant_basis"] + worded,
        section=stated["report_section"],
    )
    none_relevant = proportions[(proportions["relevant"] == 0).fillna(False)].assign(
        phrase="no words: counted", reason="no case was relevant", section="none"
    )
    shown = ["question_id", "provider", "phrase", "reason", "section"]
    return pd.concat([stated[shown], none_relevant[shown]])
