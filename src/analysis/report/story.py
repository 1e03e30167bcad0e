"""The frame of the page: its title, its summary, what it was made with, and its sources."""

from collections.abc import Mapping

import pandas as pd

from analysis.data import sources
from analysis.report import html, tables, words
from analysis.report.boroughs import model_lines
from analysis.report.evidence import Report
from analysis.report.inspection import difference_lines


def opening(report: Report) -> None:
    """Display the title and what the page is."""
    if report.sizes:
        html.title(f"Probation work in {report.area.title}: an inspection re-analysed")
        _opening_of_sample(report)
        return
    html.title(f"Reoffending and deprivation in {report.area.title}")
    html.paragraph(
        "No case sample was published for {area}. This page sets its reoffending beside its "
        "deprivation, within London.",
        cls="lead",
        area=report.area.title,
    )


def _opening_of_sample(report: Report) -> None:
    (source,) = sources.provenance().of(str(report.area.findings))
    total = sum(report.sizes.values())
    parts = words.listed(
        f"{size} of the {report.area.providers.get(code, code)} ({code})"
        for code, size in report.sizes.items()
    )
    html.paragraph(
        "{publisher} looked at {total} cases: {parts}. This page puts the figures that it printed "
        "({title}, {date}) into tables with their uncertainty.",
        cls="lead",
        publisher=source.publisher,
        total=total,
        parts=parts,
        title=source.title,
        date=source.date,
    )


def summary(report: Report) -> None:
    """Display what the page finds, in one screen."""
    if report.sizes:
        html.table(
            tables.sides(report["proportions"], report.sizes),
            caption="On how many questions is work clearly sufficient in most cases, or clearly not?",
            headers={
                "outcome": "Outcome",
                "provider": "Provider",
                "questions": "Questions with a figure",
                "above": "More than half of cases",
                "below": "Fewer than half of cases",
                "open": "Too close to call",
            },
            numeric=["questions", "above", "below", "open"],
        )
    html.bullets([*difference_lines(report), *model_lines(report)], cls="key")
    if report.sizes:
        html.paragraph(
            "No case-level record was ever published. Where the source prints a count, the count is "
            "used; where it prints words, such as “just over one-third”, the range of counts that "
            "the words admit is used, and no single figure is claimed. The case sample behind the "
            "page is a reconstruction: it meets every printed count and says nothing beyond them.",
            cls="note",
        )


def settings(report: Report, parameters: Mapping[str, object]) -> None:
    """Display what this run was made with."""
    html.table(
        pd.DataFrame([{"name": name, "value": str(value)} for name, value in parameters.items()]),
        caption="Parameters of this run",
        headers={"name": "Parameter", "value": "Value"},
    )


def provenance() -> None:
    """Display where each figure comes from, and the licence."""
    recorded = sources.provenance()
    html.table(
        tables.publications(recorded),
        caption="Publications",
        headers={"title": "Title", "publisher": "Publisher", "date": "Date", "licence": "Licence"},
    )
    html.table(
        tables.raw_files(recorded),
        caption="What was taken from them",
        headers={
            "file": "File of data/raw",
            "publishers": "From",
            "period": "Period",
            "note": "Note",
        },
    )
    html.footer(
        "Contains public sector information licensed under the Open Government Licence v3.0.",
        "This page is an independent re-analysis; it was not made by the publishers of the figures.",
    )
