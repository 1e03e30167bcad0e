"""The usual columns of a page's tables, each of which takes a row of `DataFrame.itertuples`.

All but `text` are right aligned.
"""

from analysis import words
from analysis.report.content import Cell


def text(name: str, heading: str) -> Cell:
    """Return a column of text as it stands in the frame."""
    return Cell(heading, lambda row: str(getattr(row, name)))


def whole(name: str, heading: str) -> Cell:
    """Return a column of whole numbers: `1,112`."""
    return Cell(heading, lambda row: f"{getattr(row, name):,}", numeric=True)


def decimal(name: str, heading: str, digits: int = 2) -> Cell:
    """Return a column of numbers to so many digits after the point: `−1.34`."""
    return Cell(heading, lambda row: words.decimal(getattr(row, name), digits), numeric=True)


def share(name: str, heading: str, digits: int = 0) -> Cell:
    """Return a column of shares as percentages: `22.5%`."""
    return Cell(heading, lambda row: words.percent(getattr(row, name), digits), numeric=True)


def counts(a: str, b: str, heading: str) -> Cell:
    """Return a column of a count and what it is of: `544 of 2,414`."""
    return Cell(heading, lambda row: f"{getattr(row, a):,} of {getattr(row, b):,}", numeric=True)


def interval(low: str, high: str, heading: str, digits: int = 0) -> Cell:
    """Return a column of limits of shares as percentages: `20.9% to 24.2%`."""
    return Cell(
        heading,
        lambda row: words.percents(getattr(row, low), getattr(row, high), digits),
        numeric=True,
    )
