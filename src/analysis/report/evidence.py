"""What a report rests on: the processed tables of an area."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from markupsafe import Markup
from matplotlib.figure import Figure as Drawing

from analysis.areas import Area
from analysis.data import cases, processed
from analysis.data.inspection import Beside, Inspection, Settings
from analysis.data.region import Region
from analysis.faults import UnknownNameError
from analysis.report import cells, content
from analysis.report.content import Figure, Shown, Table


@dataclass(frozen=True)
class Report(Shown):
    """The processed tables of an area, by name, and what they were computed with.

    `beside` is the inspection of the area, or that of its region which lies nearest. `places` has the GSS
    code of each of its local authorities by name. `sources` are the files of data/raw that the tables rest
    on, by path. A notebook shows the area, the parameters and the tables with their rows.
    """

    area: Area
    inspection: Inspection | None
    region: Region
    beside: Settings | None
    places: Mapping[str, str]
    level: float
    cohort: int
    tables: Mapping[str, pd.DataFrame]
    sources: Collection[str] = ()

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a processed table; an UnknownNameError where there is none of that name."""
        if name not in self.tables:
            raise UnknownNameError("table", name, self.tables)
        return self.tables[name]

    def _ipython_key_completions_(self) -> list[str]:
        return list(self.tables)

    def html(self) -> Markup:
        """Return the area, the parameters and the tables, as a notebook shows them."""
        return self._contents().html()

    def plain(self) -> str:
        """Return the area, the parameters and the tables as text."""
        return self._contents().plain()

    def _contents(self) -> Table:
        titles = [processed.PROCESSED[name].title for name in self.tables]
        rows = [len(table) for table in self.tables.values()]
        return Table(
            pd.DataFrame({"name": list(self.tables), "title": titles, "rows": rows}),
            [
                cells.text("name", "Table"),
                cells.text("title", "What it holds"),
                cells.whole("rows", "Rows"),
            ],
            caption=f"Report on {self.area.title}: level {self.confidence}, cohort {self.cohort}",
        )

    @property
    def inspected(self) -> bool:
        """Whether anything is known of the area's cases."""
        return not self["proportions"].empty

    @cached_property
    def wording(self) -> dict[str, str]:
        """The question of each question_id; none where the area has no inspection."""
        if self.inspection is None:
            return {}
        questions = self.inspection.questions
        return dict(zip(questions["question_id"], questions["question"], strict=True))

    @property
    def outcomes(self) -> Mapping[str, str]:
        """The title of each outcome, in the order of the inspection."""
        return {} if self.inspection is None else self.inspection.settings.outcomes

    @property
    def providers(self) -> Mapping[str, str]:
        """The name of each provider, in the order of the inspection."""
        return {} if self.inspection is None else self.inspection.settings.providers

    @property
    def appendix(self) -> Mapping[str, Beside]:
        """What the report of the area's own inspection prints beside parts of the background."""
        return {} if self.inspection is None else self.inspection.settings.appendix

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The number of cases of each provider, in the order of the sample; none without one."""
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
        """Whether the area is all of its region."""
        inside = self["boroughs"]["in_area"]
        return bool(len(inside) and inside.all())

    def figure(self, drawing: Drawing, *, alt: str, caption: str, title: str = "") -> Figure:
        """Return a Matplotlib drawing as a figure of the page; see `content.figure`."""
        return content.figure(drawing, alt=alt, caption=caption, title=title)

    def verdicts(self, outcome: str, provider: str | None = None) -> pd.DataFrame:
        """Return the verdicts of an outcome, of one provider or of each."""
        rows = self["verdicts"]
        rows = rows[rows["outcome"] == outcome]
        return rows if provider is None else rows[rows["provider"] == provider]

    def of_provider(self, provider: str) -> pd.DataFrame:
        """Return the verdicts of a provider on every outcome."""
        rows = self["verdicts"]
        return rows[rows["provider"] == provider]

    def answers(self, outcome: str | None = None, provider: str | None = None) -> pd.DataFrame:
        """Return the rows of the proportions that have limits, of an outcome and a provider."""
        rows = self["proportions"]
        rows = rows[rows["ci_lower"].notna()]
        if outcome is not None:
            rows = rows[rows["outcome"] == outcome]
        return rows if provider is None else rows[rows["provider"] == provider]
