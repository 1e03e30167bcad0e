"""What the writers write: a finished report, and the tables of it that are handed out.

A writer is a module with `write(edition, folder)`, which puts its files there, and
`links(tables)`, which returns the links to them for the page; `writers` lists them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from analysis.data import processed
from analysis.report.page.document import Document

# Rows of single cases are never handed out, whether or not they are a reconstruction.
TABLES = tuple(name for name in processed.PROCESSED if name != processed.JUDGEMENT_TABLE.name)

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Edition:
    """A finished report.

    `tables` holds every processed table by name; `title` heads them where they lie on their own,
    and `about` is what a reader of them alone must know. `shorthand` has what the short names in their
    cells stand for, besides codes of the codebook. `made` is the date that files carry.
    """

    document: Document
    tables: Mapping[str, pd.DataFrame]
    title: str
    about: Sequence[str]
    made: datetime
    shorthand: Mapping[str, str] = field(default_factory=dict)


def defused(frame: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text that a spreadsheet program would take for a formula."""
    texts = [
        name
        for name in frame.select_dtypes(["str", "object"])
        if any(str(text).startswith(_FORMULA) for text in frame[name].unique())
    ]
    return frame.assign(
        **{
            name: frame[name].map(
                lambda text: f"'{text}" if str(text).startswith(_FORMULA) else text,
                na_action="ignore",
            )
            for name in texts
        }
    )
