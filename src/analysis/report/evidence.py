"""What a report is told from: the processed tables of an area."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from matplotlib.figure import Figure as Drawing

from analysis.areas import Area
from analysis.data import cases
from analysis.report import content, html
from analysis.report.content import Figure


@dataclass(frozen=True)
class Report:
    """The processed tables of an area, by name, and what they were computed with."""

    area: Area
    level: float
    cohort: int
    questions: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Give a processed table."""
        return self.tables[name]

    @cached_property
    def wording(self) -> dict[str, str]:
        """The question of each question_id."""
        return dict(zip(self.questions["question_id"], self.questions["question"], strict=True))

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The number of cases of each provider, in the order of the sample."""
        return cases.sizes(self["judgements"])

    @property
    def confidence(self) -> str:
        """The confidence level as a percentage."""
        return f"{100 * self.level:g}%"

    @property
    def single(self) -> bool:
        """Whether the area is one local authority."""
        return len(self.area.local_authorities) == 1

    @property
    def whole(self) -> bool:
        """Whether the area is all of London."""
        return bool(self["boroughs"]["in_area"].all())

    @property
    def members(self) -> str:
        """The local authorities of the area as a caption names them; a single one by its title."""
        title = self.area.title
        return title if self.single else f"the local authorities of {title}"

    def figure(self, drawing: Drawing, *, alt: str, caption: str) -> Figure:
        """Return a Matplotlib drawing as a figure of the page; see `content.figure`."""
        return content.figure(drawing, alt=alt, caption=caption)

    def answers(self, outcome: str | None = None, provider: str | None = None) -> pd.DataFrame:
        """Give the rows of the proportions that have limits, of an outcome and a provider."""
        rows = self["proportions"]
        rows = rows[rows["ci_lower"].notna()]
        if outcome is not None:
            rows = rows[rows["outcome"] == outcome]
        return rows if provider is None else rows[rows["provider"] == provider]


def opens(report: Report, heading: str, *, level: int = 2) -> bool:
    """Display the heading of a part that rests on a case sample.

    False, with nothing displayed, where the area has none: no part of the page stands empty.
    """
    if report.sizes:
        html.heading(heading, level=level)
    return bool(report.sizes)
