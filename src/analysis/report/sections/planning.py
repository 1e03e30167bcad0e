"""The part of the page about what a sample of this size could show, and how large another must be."""

import math

import numpy as np
import pandas as pd

from analysis import words
from analysis.report import cells
from analysis.report.content import Cell, Paragraph, Part, Table, figure
from analysis.report.drawing import power as drawing
from analysis.report.evidence import Report
from analysis.report.sections import origins

# The interval is what the page judges differences by.
_INTERVAL = "newcombe"
_SHOWN_BY = {_INTERVAL: "interval", "fisher": "Fisher’s test"}
_DRAWN = 4  # as many as there are colours


def power(report: Report) -> Part:
    """Return the power of the sample and the cases that another needs; nothing without a sample."""
    needed, table = report["planning_cases"], report["planning_power"]
    if needed.empty:
        return Part()
    judged = table[table["shown_by"] == _INTERVAL]
    pairs = list(judged.groupby(["provider_a", "provider_b"], sort=False))
    part = Part(
        [Paragraph(_pair_line(report, rows)) for _, rows in pairs], Paragraph(_needed_line(needed))
    )
    if pairs:
        kinds = [
            (
                f"{_sizes(rows.iloc[0])}: {_SHOWN_BY[str(shown)]}",
                rows,
            )
            for (*_, shown), rows in table.groupby(
                ["provider_a", "provider_b", "shown_by"], sort=False
            )
        ]
        part.append(
            figure(
                drawing.power(kinds[:_DRAWN]),
                alt="The larger a difference, the more often samples of these sizes show it: "
                + words.listed(_curve_words(name, rows) for name, rows in kinds[:_DRAWN])
                + ". Every size is in the table of probabilities, below.",
                title=_finding(judged),
                caption="Up: how often samples of these sizes show a difference, by the interval of the "
                f"difference at {report.confidence} and by Fisher’s exact test. Across: the true difference "
                "in percentage points, of two shares as far above half as below it.",
                source=origins.below(report, ["planning_power"], origins.of_inspection(report))
                if report.inspection
                else "",
            )
        )
        part.append(
            Table(
                table,
                [
                    Cell("Samples", _sizes),
                    Cell("Shown by", lambda row: _SHOWN_BY[row.shown_by]),
                    Cell("Difference, in points", lambda row: f"{100 * row.difference:.0f}"),
                    cells.share("power", "Power"),
                ],
                "Probability of showing a difference",
                folded="The probability of showing a difference, by its size",
            )
        )
    part.append(
        Table(
            needed,
            [
                Cell(
                    "Half-width, in points",
                    lambda row: f"{100 * row.half_width:g}",
                    numeric=True,
                ),
                cells.whole("cases", "Relevant cases needed"),
            ],
            f"Relevant cases for a {report.confidence} interval no wider than that at any share",
            folded="The relevant cases needed, by the half-width of the interval",
        )
    )
    return part


def _sizes(row: pd.Series) -> str:
    return f"{row.cases_a} {row.provider_a} and {row.cases_b} {row.provider_b}"


def _pair_line(report: Report, rows: pd.DataFrame) -> str:
    by_size = rows.set_index("difference")["power"]
    pair = rows.iloc[0]
    return (
        f"With {_sizes(pair)} cases, all of them relevant, a true difference of 20 points between the "
        f"providers would be shown in {words.percent(by_size[0.2])} of samples, and one of 35 points in "
        f"{words.percent(by_size[0.35])} ({report.confidence} intervals, each question by itself). "
        f"{_finding(rows)} That nothing is shown is no sign that nothing is there."
    )


def _finding(rows: pd.DataFrame) -> str:
    """Return from which difference on the samples of some pairs show one often enough."""
    smallest = rows["smallest"].unique()
    if np.isnan(smallest).all():
        return "No difference would be shown four times in five."
    shown = [math.ceil(round(100 * each, 6)) for each in smallest[~np.isnan(smallest)]]
    return (
        f"Only from {words.span(min(shown), max(shown))} points on is a difference shown four times in "
        "five."
    )


def _needed_line(needed: pd.DataFrame) -> str:
    each = words.listed(
        f"{row.cases} for {100 * row.half_width:g} points either way" for row in needed.itertuples()
    )
    return f"To know a share so closely whatever it is, the next inspection needs relevant cases: {each}."


def _curve_words(name: str, rows: pd.DataFrame) -> str:
    """Return in how many samples a curve shows a difference of 20 points and one of 40."""
    by_size = rows.set_index((100 * rows["difference"]).round())["power"]
    small, large = (words.percent(by_size[size]) for size in (20, 40))
    return f"{name}, {small} at 20 points and {large} at 40"
