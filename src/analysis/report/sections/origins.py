"""What stands below a figure: where its figures are from, and where they are as data."""

from collections.abc import Iterable

from markupsafe import Markup

from analysis.data import processed, sources
from analysis.report.content import phrase
from analysis.report.evidence import Report
from analysis.report.outputs import csv

# The files of data/raw behind the places of a region.
PLACES = ("reoffending.csv", "deprivation_2015.csv")


def below(report: Report, tables: Iterable[str], publications: str) -> Markup:
    """Return the source of a figure, with a link to what is said of it, and links to its tables."""
    data = (
        phrase(
            '<a href="{folder}/{name}.csv">{title}</a> (CSV)',
            folder=csv.FOLDER,
            name=name,
            title=processed.PROCESSED[name].title,
        )
        for name in tables
    )
    return phrase(
        '<a href="#sources-and-licence">Source</a>: {publications}. Data: {data}.',
        publications=publications,
        data=Markup("; ").join(data),
    )


def of_files(*files: str) -> str:
    """Return the publications of some files of data/raw: publisher, title and date of each."""
    recorded = sources.provenance()
    found = (source for file in files for source in recorded.of(file))
    return "; ".join(
        dict.fromkeys(
            f"{each.publisher}, {each.title.partition(', ')[0]} ({each.date})" for each in found
        )
    )


def of_inspection(report: Report) -> str:
    """Return the publication of the area's own inspection."""
    assert report.inspection is not None
    settings = report.inspection.settings
    return f"{settings.publisher}, {settings.title.partition(', ')[0]} ({settings.date})"
