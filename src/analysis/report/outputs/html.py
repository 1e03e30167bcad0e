"""The page itself."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from analysis.report.outputs.edition import Edition
from analysis.report.page.layout import layout

FILE = "index.html"


def write(edition: Edition, folder: Path) -> None:
    """Write the document as a page that needs nothing beside it."""
    (folder / FILE).write_text(layout(edition.document), encoding="utf-8", newline="")


def links(_: Mapping[str, pd.DataFrame]) -> list[Markup]:
    """Return no link: it is where the links stand."""
    return []
