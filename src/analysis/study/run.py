"""One run of the notebooks: its parameters, its area, and the tables it reads and writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import areas, project
from analysis.areas import Area
from analysis.claims import ledger
from analysis.data import cases, context, findings, processed, raw, sources, tables
from analysis.data.problems import BadDataError, Problem
from analysis.data.reach import TELLING, reaches
from analysis.report.evidence import Report
from analysis.study import manifest, parameters
from analysis.study.parameters import Parameters


@dataclass(frozen=True)
class Run:
    """What a notebook works with; `start` gives one."""

    parameters: Parameters
    area: Area

    @property
    def questions(self) -> pd.DataFrame:
        """The questions of data/raw/questions.csv."""
        return self.raw("questions")

    def judgements(self) -> pd.DataFrame:
        """Give the judgements of the area's case sample; no row where the area has none."""
        if self.area.cases is None:
            return tables.empty(processed.JUDGEMENT_TABLE)
        question_ids = self.questions["question_id"].tolist()
        extract = cases.read(sources.raw_path(self.area.cases), question_ids)
        return cases.judgements(extract, question_ids)

    def findings(self) -> pd.DataFrame:
        """Give the published findings with the chosen bounds; no row where the area has none."""
        if self.area.findings is None:
            return tables.empty(processed.BOUNDS)
        published = self.raw(self.area.findings.removesuffix(".csv"))
        return findings.bounded(published, self.parameters.bounds)

    def boroughs(self) -> pd.DataFrame:
        """Give the London local authorities for the chosen cohort."""
        return context.boroughs(self.gss_codes, self.parameters.cohort)

    def raw(self, name: str) -> pd.DataFrame:
        """Give the rows of a table of data/raw that reach the area: it is made from no others."""
        table = sources.load(name)
        if self.area.findings is not None:
            return table
        places, cohort = self.gss_codes, self.parameters.cohort
        telling = table.reindex(columns=list(TELLING)).itertuples(index=False, name=None)
        rows = (dict(zip(TELLING, values, strict=True)) for values in telling)
        kept = [reaches(name, row, places, cohort=cohort, claims=False) for row in rows]
        return table[kept].reset_index(drop=True)

    @property
    def gss_codes(self) -> list[str]:
        """The codes of the area's local authorities."""
        return areas.gss_codes(self.area)

    def eligible(self, sizes: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        """Give the eligible and the sampled cases of each provider whose eligible are known.

        Raises BadDataError for a provider that the sample lacks, or of fewer than were sampled.
        """
        problems = [
            Problem(
                project.AREAS.name,
                f"must be a provider of the sample, with at least its cases: {dict(sizes)}",
                column=f"{self.parameters.area}.eligible.{provider}",
                value=str(count),
            )
            for provider, count in self.area.eligible.items()
            if count < sizes.get(provider, count + 1)
        ]
        if problems:
            raise BadDataError(problems)
        return {
            provider: (count, sizes[provider]) for provider, count in self.area.eligible.items()
        }

    def claims(self) -> pd.DataFrame:
        """Give the claims of the inspection report, checked; no row where the area has none."""
        if self.area.findings is None:
            return tables.empty(processed.CLAIMS_LEDGER)
        own = self.raw("claims")
        every = {name: self.raw(name) for name in raw.RAW}
        return ledger.ledger(own, every, area=self.parameters.area)

    def report(self) -> Report:
        """Give what the page is told from: every processed table of the area."""
        return Report(
            area=self.area,
            level=self.parameters.level,
            cohort=self.parameters.cohort,
            questions=self.questions,
            tables={name: self.read(name) for name in processed.PROCESSED},
        )

    def made_from(self) -> dict[str, str]:
        """Give what the page was made from, in short."""
        return manifest.made_from(self.parameters)

    def write(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Validate and write a processed table of the area; gives it as written."""
        return tables.write(frame, self._path(name), processed.PROCESSED[name])

    def read(self, name: str) -> pd.DataFrame:
        """Read a processed table of the area, typed and validated."""
        return tables.read(self._path(name), processed.PROCESSED[name])

    def _path(self, name: str) -> Path:
        folder = project.Output.at(self.parameters.out).processed
        return folder / self.parameters.area / f"{name}.csv"


def start(**values: Any) -> Run:  # noqa: ANN401
    """Check a notebook's parameters and give its run."""
    checked = parameters.check(**values)
    return Run(checked, areas.get(checked.area))
