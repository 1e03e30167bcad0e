"""One run of the notebooks: its parameters, its area, and the tables it reads and writes."""

import difflib
import html
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from numbers import Number
from pathlib import Path
from typing import Any

import pandas as pd

from analysis import areas, project
from analysis.areas import Area
from analysis.claims import ledger
from analysis.data import context, findings, inspection, processed, raw, regions, sources, tables
from analysis.data.columns import Table
from analysis.data.hashing import sha256
from analysis.data.inspection import Inspection, Settings
from analysis.data.problems import BadDataError, Problem
from analysis.data.region import Region
from analysis.faults import NotOursError, UnknownNameError
from analysis.report.evidence import Report
from analysis.study import injected, inputs, inspections, manifest, notebook, parameters, reading
from analysis.study.inputs import WHOLE, Record, Selection
from analysis.study.parameters import Parameters
from analysis.study.stamps import Basis, Shelf


@dataclass(frozen=True)
class Run:
    """What a notebook works with: `run[name]` is a processed table; `start` makes one.

    `record` keeps what is read of data/raw; a run that only checks the input has none. `basis` is what
    this run itself has read.
    """

    parameters: Parameters
    area: Area
    record: Record | None = None
    basis: Basis = field(default_factory=Basis)

    @property
    def inspection(self) -> Inspection | None:
        """The area's inspection, None where it has none; every file it may have counts as read."""
        if self.area.inspection is None:
            return None
        found = inspection.load(self.area.inspection)
        for file in inspection.FILES:
            self._read(found.folder / file, [WHOLE])
        return found

    @property
    def region(self) -> Region:
        """The region that the area lies in; which one it is depends on all of them."""
        self._read_regions()
        return regions.holding(self.gss_codes)

    def _read_regions(self) -> None:
        for path in sorted(project.REGIONS.glob("*.toml")):
            self._read(path, [WHOLE])

    def _beside(self) -> Settings | None:
        reference = self.area.inspection or self.region.inspection
        if reference is None:
            return None
        self._read(inspection.find(reference) / inspection.SETTINGS, [WHOLE])
        return inspection.settings_of(reference)

    @property
    def together(self) -> str | None:
        """The title of an area of several local authorities that is not all of its region."""
        codes = set(self.gss_codes)
        every = set(regions.members(self.region)["gss_code"])
        return self.area.title if len(codes) > 1 and codes != every else None

    @property
    def questions(self) -> pd.DataFrame:
        """The questions on which the area's cases are judged; no row where it has none."""
        found = self.inspection
        return tables.empty(raw.QUESTIONS) if found is None else found.questions

    def judgements(self) -> pd.DataFrame:
        """Return the judgements of the area's case sample; no row where the area has none."""
        found = self.inspection
        return tables.empty(processed.JUDGEMENT_TABLE) if found is None else found.judgements()

    def findings(self, reading: str | None = None) -> pd.DataFrame:
        """Return the published findings with the bounds of a reading; no row where the area has none.

        The reading is `tight` or `loose`, by default that of the run.
        """
        found = self.inspection
        if found is None:
            return tables.empty(processed.BOUNDS)
        published = found.findings
        if found.extract is not None and not found.settings.reconstructed:
            published = published.iloc[:0]  # what was counted needs no words
        return findings.bounded(published, reading or self.parameters.bounds)

    def ratings(self) -> pd.DataFrame:
        """Return how the inspection report rates the work in its own words; no row where it does not."""
        found = self.inspection
        area = self.parameters.area
        return tables.empty(processed.RATINGS) if found is None else found.ratings(area=area)

    def boroughs(self) -> pd.DataFrame:
        """Return the local authorities of the region for the chosen cohort; no row where it has none."""
        if self.region.local_authorities is None:
            return tables.empty(processed.BOROUGHS)
        authorities = self.raw(self.region.local_authorities, whole=True)
        every = authorities["gss_code"]
        return context.joined(
            authorities,
            self.raw("reoffending", gss_code=every, cohort=self.parameters.cohort),
            self.raw("deprivation_2015", gss_code=every, measure="average_score"),
            in_area=self.gss_codes,
        )

    def raw(self, name: str, /, *, whole: bool = False, **columns: Any) -> pd.DataFrame:  # noqa: ANN401
        """Return rows of a table of data/raw, typed and validated, and record which were asked for.

        By default the rows of the area's local authorities and of the places that stand beside them;
        all of a table that knows no places. `whole` asks for every row, and columns for those that
        have a value, or one of several: `run.raw("reoffending", cohort=2012)`. A change of these rows
        calls for the report again, and a change of no others.

        Raises BadDataError, naming the file, where the table is not declared in data/raw.py or has
        no entry in sources.toml, and UnknownNameError for a column that the table has not.
        """
        file = f"{name}.csv"
        if name not in raw.RAW:
            near = difflib.get_close_matches(name, raw.RAW, n=1) or raw.RAW
            allowed = f"is not declared in src/analysis/data/raw.py; there is {', '.join(near)}"
            raise BadDataError([Problem(file, allowed)])
        selections = self._selections(name, columns, whole=whole)
        table = sources.load(name)
        self._read(project.RAW / file, selections)
        text = inputs.rows(project.RAW / file)
        kept = [inputs.selected(selections, row) for row in text]
        return table[kept].reset_index(drop=True)

    def _selections(self, name: str, columns: Mapping[str, Any], *, whole: bool) -> list[Selection]:
        known = list(raw.RAW[name].columns)
        for column in columns:
            if column not in known:
                raise UnknownNameError(f"column of {name}.csv", column, known)
        if columns:
            return [{column: _values(value) for column, value in columns.items()}]
        placed = [column for column in known if column.endswith("gss_code")]
        if whole or not placed:
            return [WHOLE]
        places = _values([*self.gss_codes, *self.region.beside])
        return [{column: places} for column in placed]

    def _read(self, file: Path, selections: Sequence[Selection]) -> None:
        if self.record is not None:
            self.record.add(inputs.name(file), selections)
            self.basis.add(file, selections)

    @property
    def gss_codes(self) -> list[str]:
        """The codes of the area's local authorities, in the order of areas.toml."""
        return self._codes(self.area.local_authorities)

    def _codes(self, names: Sequence[str]) -> list[str]:
        found: dict[str, str] = {}
        for table in context.NAMING:
            if missing := [name for name in names if name not in found]:
                rows = self.raw(table, name=missing)
                found |= dict(zip(rows["name"], rows["gss_code"], strict=True))
        return [found[name] for name in names]

    def eligible(self, sizes: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        """Return the eligible and the sampled cases of each provider whose eligible are known."""
        found = self.inspection
        return {} if found is None else found.eligible(sizes)

    def claims(self, verdicts: pd.DataFrame, differences: pd.DataFrame) -> pd.DataFrame:
        """Return the claims of the inspection report, checked; no row where there are none.

        `verdicts` are processed.VERDICTS of this run, `differences` its processed.DIFFERENCES.
        """
        found = self.inspection
        if found is None or found.claims.empty:
            return tables.empty(processed.CLAIMS_LEDGER)
        if problems := inspections.misnamed(found.folder):
            raise BadDataError(problems)
        self._read_regions()
        made = {"verdicts": verdicts, "differences": differences}
        evidence = inspections.evidence(found, made, partial(self.raw, whole=True))
        return ledger.ledger(found.claims, evidence, area=self.parameters.area)

    def report(self) -> Report:
        """Return what the page shows: the processed tables of the area, each read when it is needed."""
        return Report(
            area=self.area,
            inspection=self.inspection,
            region=self.region,
            beside=self._beside(),
            places=dict(zip(self.area.local_authorities, self.gss_codes, strict=True)),
            level=self.parameters.level,
            cohort=self.parameters.cohort,
            tables=_Tables(self, {}),
            sources=self._sources(),
        )

    def _sources(self) -> list[str]:
        """Return the files of data/raw that were read and have something of the area's places.

        Those that its inspection's claims are about are among these.
        """
        found = self.inspection
        about = () if found is None or found.claims.empty else found.settings.local_authorities
        codes = [*self.gss_codes, *self._codes(about)]
        read = Record(_folder(self.parameters)).read()
        return [file for file, made in read.items() if inputs.about(file, made, codes)]

    def made_from(self) -> dict[str, str]:
        """Return what the page was made from, in short."""
        return manifest.made_from(self.parameters)

    def write(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Validate and write a processed table of the area; return it as written."""
        declared = self._declared(name)
        written = tables.write(frame, self.shelf.path(name), declared)
        self.shelf.put(name, self.basis)
        return written

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a processed table of the area, typed and validated.

        Raises UnknownNameError, and StaleError, naming the notebook to run, where the table is missing
        or was made with other parameters, from something that changed since, or by other hands.
        """
        declared = self._declared(name)
        self.shelf.require(name)
        path = self.shelf.path(name)
        self.basis.tables[name] = sha256(path)
        return tables.read(path, declared)

    def _ipython_key_completions_(self) -> list[str]:
        return list(processed.PROCESSED)

    @property
    def shelf(self) -> Shelf:
        """The processed tables of the area, as this run may read them."""
        return Shelf(_folder(self.parameters), self.parameters, self.area)

    @staticmethod
    def _declared(name: str) -> Table:
        if name not in processed.PROCESSED:
            raise UnknownNameError("table", name, processed.PROCESSED)
        return processed.PROCESSED[name]

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """Show the area, the parameters, and each table: its rows and what makes it."""
        options = ", ".join(f"{name} {value}" for name, value in self.parameters.options.items())
        summary = f"{self.area.title} ({self.parameters.area}): {options}"
        makers = notebook.makers()
        listed = [
            (
                name,
                makers.get(name, ""),
                str(len(inputs.rows(path))) if path.exists() else "missing",
            )
            for name in processed.PROCESSED
            for path in [self.shelf.path(name)]
        ]
        cells = "".join(f"<tr><td>{'<td>'.join(map(html.escape, row))}" for row in listed)
        return {
            "text/plain": "\n".join([summary, *map("  ".join, listed)]),
            "text/html": f"<p>{html.escape(summary)}</p>"
            f"<table><tr><th>Table<th>Made by<th>Rows{cells}</table>",
        }


@dataclass(frozen=True)
class _Tables(Mapping[str, pd.DataFrame]):
    """The processed tables of a run, each read once, when it is needed."""

    run: Run
    read: dict[str, pd.DataFrame]

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in self.read:
            self.read[name] = self.run[name]
        return self.read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(processed.PROCESSED)

    def __len__(self) -> int:
        return len(processed.PROCESSED)


def start(**values: Any) -> Run:  # noqa: ANN401
    """Check a notebook's parameters and start its run; ParameterError has every fault.

    Raises NotOursError where the folder of its tables is a link: they would be written elsewhere.
    """
    checked = parameters.check(**values | injected.unknown())
    area, folder = areas.get(checked.area), _folder(checked)
    if folder.is_symlink():
        raise NotOursError(
            f"{project.shown(folder)} is a symbolic link, and nothing is written through it. Move it "
            "away, or set another `out`."
        )
    reading.guard(project.RAW, *([inspection.find(area.inspection)] if area.inspection else ()))
    return Run(checked, area, Record(folder))


def _folder(checked: Parameters) -> Path:
    return project.Output.at(checked.out).processed / checked.area


def _values(value: Any) -> list[str]:  # noqa: ANN401
    """Return a value, or each of several, as a file has it."""
    several = [value] if isinstance(value, str | Number) else value
    return sorted({str(each) for each in several})
