"""An inspection: a folder of data, read into one unchangeable value."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, field_validator

from analysis import project
from analysis.data import (
    codes,
    columns,
    context,
    findings,
    processed,
    raw,
    reconstruction,
    sources,
    tables,
    toml,
)
from analysis.data.extracts import corrections, written
from analysis.data.extracts import reading as extracts
from analysis.data.extracts.counts import Counts
from analysis.data.extracts.reading import Expected
from analysis.data.extracts.written import Written
from analysis.data.hashing import digest, tree
from analysis.data.lines import Line
from analysis.data.patterns import CODE
from analysis.data.problems import BadDataError, Problem, of_settings
from analysis.faults import UnknownNameError

SETTINGS = "inspection.toml"
FINDINGS = "findings.csv"
CASES = "cases.csv"
FILES = (SETTINGS, *(f"{name}.csv" for name in raw.INSPECTION), CASES)


# The parts of the page's background that a report can be set beside, each with the figures of the page
# that stand in braces in its text.
APPENDIX: Mapping[str, tuple[str, ...]] = {
    "population": ("region", "original", "revised"),
    "ethnicity": ("region", "white_british"),
    "unemployment": ("region",),
    "deprivation": ("region",),
    "cohorts": ("region",),
    "cohorts_map": ("region",),
    "deprivation_map": ("region",),
    "combined_counts": (),
    "key_facts": (),
    "earlier_inspection": (),
}
# Those of them that show a section of context.csv.
PRINTED = ("key_facts", "earlier_inspection")


class Beside(BaseModel):
    """What the report of an inspection prints beside a part of the page's background."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    printed: str = Field(description="Number or name of the report's figure")
    difference: str = Field(
        description="How the page's differs from it; fields in braces are filled"
    )
    cohort: str = Field(
        default="", description="Of the report's figures on reoffending: their cohort"
    )
    missing: str = Field(default="", description="Which of the report's figures were not found")
    section: str = Field(default="", description="The part of context.csv that the page shows")

    def sentence(self, **fields: str) -> str:
        """Return what stands beside a figure of the page, its fields filled."""
        return f"Beside {self.printed} of the report: {self.difference.format(**fields)}"


class Rating(BaseModel):
    """What the report says of a provider's work on an outcome in words of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: Line = Field(description="The words, as printed: `poor`")
    section: Line = Field(description="Section of the report that prints them")
    line: PositiveInt = Field(description="Line of its text")


class Settings(Written):
    """The whole of inspection.toml."""

    title: Line = Field(description="Title of the report")
    publisher: Line = Field(description="Who published it")
    date: Line = Field(description="When, as the page says it")
    fieldwork: str = Field(default="", description="When the cases were inspected, as a phrase")
    outcomes: Mapping[str, Line] = Field(
        min_length=1, description="Title of each outcome by its code, in the order of the page"
    )
    stages: Mapping[str, Line] = Field(
        min_length=1, description="Title of each stage of the work by its code, in order"
    )
    providers: Mapping[str, Line] = Field(
        min_length=1, description="Name of each provider by the short form that the tables have"
    )
    explained: Mapping[str, Line] = Field(
        default={}, description="What a provider is or was, by its short form, as a clause"
    )
    ratings: Mapping[str, Mapping[str, Rating]] = Field(
        default={},
        description="How the report rates the work in its own words, by outcome and provider",
    )
    eligible: Mapping[str, PositiveInt] = Field(
        default={}, description="Cases that could have been sampled, by provider, where known"
    )
    sampling: str = Field(
        default="", description="How the sample was drawn, and what that leaves open: a sentence"
    )
    reconstructed: bool = Field(
        default=False,
        description="Whether cases.csv was drawn so that it agrees with every finding",
    )
    disclosure_threshold: int | None = Field(
        default=None, ge=0, description="0 where nobody in cases.csv needs protecting"
    )
    local_authorities: tuple[str, ...] = Field(
        default=(), description="Names of the local authorities that its claims are about"
    )
    appendix: Mapping[str, Beside] = Field(
        default={}, description="What its report prints beside parts of the page's background"
    )

    @property
    def confidential(self) -> bool:
        """Whether the cases may be those of people who need protecting."""
        return not self.reconstructed and self.disclosure_threshold != 0

    @field_validator("outcomes", "stages")
    @classmethod
    def _coded(cls, found: Mapping[str, str]) -> Mapping[str, str]:
        if wrong := [code for code in found if not re.fullmatch(CODE, code)]:
            raise ValueError(f"{', '.join(wrong)}: a code is lower-case letters, digits and _")
        return found

    @field_validator("providers")
    @classmethod
    def _no_provider_is_all(cls, found: Mapping[str, str]) -> Mapping[str, str]:
        taken = {codes.ALL_PROVIDERS.casefold(), codes.BOTH.casefold()}
        if wrong := [code for code in found if code.casefold() in taken]:
            raise ValueError(f"{', '.join(wrong)}: stands for several providers together")
        return found


@dataclass(frozen=True, eq=False)
class Inspection:
    """What an inspection asked, of whom, and what was published of it.

    `settings` is its inspection.toml: outcomes, stages and providers with their titles, in order.
    `questions`, `findings`, `claims` and `context` are its raw tables (see data.raw); one that the
    folder lacks has no row. `extract` is its case sample counted, None where it has none.
    """

    name: str
    folder: Path
    settings: Settings
    questions: pd.DataFrame
    findings: pd.DataFrame
    claims: pd.DataFrame
    context: pd.DataFrame
    extract: Counts | None

    @property
    def question_ids(self) -> list[str]:
        """The questions in the order in which they are reported."""
        return self.questions["question_id"].tolist()

    def outcome(self, code: str) -> str:
        """Return the title of an outcome; UnknownNameError names those there are."""
        if code not in self.settings.outcomes:
            raise UnknownNameError("outcome", code, self.settings.outcomes)
        return self.settings.outcomes[code]

    def judgements(self) -> pd.DataFrame:
        """Return the judgements of the case sample; no row where there is none.

        Raises BadDataError where there are too many to be kept one by one.
        """
        if self.extract is None:
            return tables.empty(processed.JUDGEMENT_TABLE)
        if self.extract.judgements is None:
            allowed = f"more than {extracts.KEPT:,} cases are not shown one by one"
            raise BadDataError([Problem(CASES, allowed, value=f"{self.extract.cases:,} cases")])
        return self.extract.judgements

    def ratings(self, *, area: str) -> pd.DataFrame:
        """Return processed.RATINGS of an area: no row where the report rates nothing in words."""
        rows = [
            {"area": area, "outcome": outcome, "provider": provider, **rated[provider].model_dump()}
            for outcome in self.settings.outcomes
            for rated in [self.settings.ratings.get(outcome, {})]
            for provider in self.settings.providers
            if provider in rated
        ]
        return pd.DataFrame(rows, columns=list(processed.RATINGS.columns))

    def eligible(self, sizes: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        """Return the eligible and the sampled cases of each provider whose eligible are known."""
        return {
            provider: (count, sizes[provider]) for provider, count in self.settings.eligible.items()
        }


def is_name(reference: str) -> bool:
    """Whether an inspection is named by its folder in data/raw/inspections, and not by a path."""
    return "/" not in reference and "\\" not in reference


def find(reference: str) -> Path:
    """Return the folder of an inspection: a name in data/raw/inspections, or a path.

    A path holds a separator, and is within the project where it is not absolute. Raises
    BadDataError where there is no such folder.
    """
    named = is_name(reference)
    folder = project.INSPECTIONS / reference if named else project.ROOT / reference
    if (folder / SETTINGS).is_file():
        return folder
    if named:
        allowed = f"must be one of {', '.join(names())}, or the path of a folder"
    elif reference.startswith("~"):
        # A kernel has no home folder: nothing that lies there may change a report unseen.
        allowed = "must be written in full, without ~"
    else:
        allowed = f"the folder must hold {SETTINGS}"
    raise BadDataError([Problem(str(reference), allowed)])


def load(reference: str) -> Inspection:
    """Return an inspection; BadDataError names every fault of its folder at once.

    Files within data/raw must be the recorded ones (see data.sources).
    """
    folder = find(reference)
    return _loaded(folder, digest(tree(folder)))


def published(reference: str) -> Inspection:
    """Return an inspection without its case sample, each table held against its declaration alone."""
    reading = _Reading(find(reference))
    settings = reading.settings()
    return reading.inspection(settings, reading.tables(settings))


def settings_of(reference: str) -> Settings:
    """Return the settings of an inspection and nothing else of it; BadDataError names every fault."""
    reading = _Reading(find(reference))
    found = reading.settings()
    if found is None:
        raise BadDataError(reading.problems)
    return found


def texts(folder: Path) -> tuple[dict[str, pd.DataFrame], Settings | None]:
    """Return the tables of an inspection as text, by name, and its settings, as far as they can be read.

    A table that the folder has not has no row.
    """
    found = {}
    for name, table in raw.INSPECTION.items():
        path = folder / f"{name}.csv"
        if not path.exists():
            found[name] = tables.empty(table)
            continue
        with suppress(BadDataError):
            found[name] = tables.read_text(path)
    return found, _Reading(folder).settings()


def names() -> list[str]:
    """Return the names of the inspections of data/raw/inspections."""
    return sorted(path.parent.name for path in project.INSPECTIONS.glob(f"*/{SETTINGS}"))


def placed(folder: Path, found: Iterable[Problem]) -> list[Problem]:
    """Name the file of each fault by its path within data/raw, or with its folder's name."""
    inside = folder.is_relative_to(project.RAW)
    within = folder.relative_to(project.RAW if inside else folder.parent)
    return [replace(each, file=(within / each.file).as_posix()) for each in found]


@lru_cache(maxsize=8)
def _loaded(folder: Path, state: str) -> Inspection:
    reading = _Reading(folder)
    settings = reading.settings()
    read = reading.tables(settings)
    extract = reading.extract(settings)
    if settings is not None:
        reading.compare(settings, read["questions"], read["findings"], read["context"], extract)
    return reading.inspection(settings, read, extract)


_Tables = Mapping[str, pd.DataFrame | None]
T = TypeVar("T")


class _Reading:
    """Reads a folder once, and gathers what is wrong with it; what could not be read is None."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def settings(self) -> Settings | None:
        path = self.folder / SETTINGS
        try:
            return Settings.model_validate(toml.read(path, SETTINGS))
        except ValidationError as error:
            self._add(of_settings(SETTINGS, error))
        except BadDataError as error:
            self._add(error.problems)
        return None

    def tables(self, settings: Settings | None) -> dict[str, pd.DataFrame | None]:
        known = declared(settings) if settings else raw.INSPECTION
        allowed = f"is no file of an inspection; it may have {', '.join(FILES)}"
        every = sorted(path.name for path in self.folder.glob("*.csv"))
        self._add(Problem(name, allowed) for name in every if name not in FILES)
        return {name: self._table(table) for name, table in known.items()}

    def extract(self, settings: Settings | None) -> Counts | None:
        path, mending = self.folder / CASES, self.folder / corrections.FILE
        asked = self._asked()
        mended = (
            self._guarded(mending, lambda: corrections.read(mending)) if mending.exists() else ()
        )
        how = settings and self._written(settings)
        if settings is None or how is None or mended is None or not asked or not path.exists():
            return None
        expected = Expected(asked, providers=settings.providers, written=how, corrections=mended)
        return self._guarded(path, lambda: extracts.read(path, expected))

    def _written(self, settings: Settings) -> Written | None:
        """Return how the extract is written: as columns.toml says where there is one."""
        path = self.folder / written.FILE
        if not path.exists():
            return settings
        both = settings.model_fields_set & set(Written.model_fields)
        allowed = f"stands in {written.FILE}, where there is one"
        self._add(Problem(SETTINGS, allowed, column=name) for name in sorted(both))
        return self._guarded(path, lambda: written.read(path))

    def _asked(self) -> list[str]:
        """Return the questions, also where something else is wrong with them; none if unreadable."""
        try:
            text = tables.read_text(self.folder / f"{raw.QUESTIONS.name}.csv")
        except BadDataError:
            return []
        return list(filter(None, dict.fromkeys(text.get("question_id", []))))

    def compare(
        self,
        settings: Settings,
        questions: pd.DataFrame | None,
        published: pd.DataFrame | None,
        printed: pd.DataFrame | None,
        extract: Counts | None,
    ) -> None:
        """Name what is right by itself and wrong together, as far as it could be read."""
        sampled = (self.folder / CASES).exists()
        self._add(_unknown_places(settings))
        self._add(_unfilled(settings))
        self._add(_unnamed(settings))
        if printed is not None:
            self._add(_unprinted(settings, printed))
        if sampled:
            self._add(_confidential(settings))
        if questions is not None:
            self._add(_unasked(settings, questions))
        if questions is not None and published is not None:
            self._add(_unknown_questions(published, questions))
            if extract is not None or not sampled:
                self._add(_uninspected(settings, published, extract.sizes() if extract else {}))
            if extract is not None and settings.reconstructed:
                self._add(_contradicted(published, extract.tally()))

    def inspection(
        self, settings: Settings | None, read: _Tables, extract: Counts | None = None
    ) -> Inspection:
        if settings is None or self.problems:
            raise BadDataError(dict.fromkeys(self.problems))
        return Inspection(self.folder.name, self.folder, settings, extract=extract, **read)

    def _table(self, declared: columns.Table) -> pd.DataFrame | None:
        path = self.folder / f"{declared.name}.csv"
        if not path.exists() and declared.name != raw.QUESTIONS.name:
            return tables.empty(declared)
        return self._guarded(path, lambda: tables.read(path, declared))

    def _guarded(self, path: Path, read: Callable[[], T]) -> T | None:
        self.problems += sources.changed(path)
        try:
            return read()
        except BadDataError as error:
            self._add(error.problems)
            return None

    def _add(self, found: Iterable[Problem]) -> None:
        self.problems += placed(self.folder, found)


def declared(settings: Settings) -> dict[str, columns.Table]:
    """Return the declarations of the tables of a folder, with the codes that its settings name."""
    both = {codes.BOTH: "The providers together"} if len(settings.providers) > 1 else {}
    known = {"outcome": settings.outcomes, "stage": settings.stages}
    return raw.INSPECTION | {
        "questions": raw.coded(raw.QUESTIONS, **known),
        "findings": raw.coded(raw.FINDINGS, **known, provider={**settings.providers, **both}),
    }


def _unknown_places(settings: Settings) -> Iterator[Problem]:
    known = context.gss_codes()
    for name in settings.local_authorities:
        if name not in known:
            allowed = "is no local authority of data/raw"
            yield Problem(SETTINGS, allowed, column="local_authorities", value=name)


def _unnamed(settings: Settings) -> Iterator[Problem]:
    """Name what is explained or rated and is no outcome or provider of the inspection."""
    providers = {f"explained.{provider}": provider for provider in settings.explained}
    for outcome, rated in settings.ratings.items():
        if outcome not in settings.outcomes:
            allowed = f"is no outcome; there are {', '.join(settings.outcomes)}"
            yield Problem(SETTINGS, allowed, column=f"ratings.{outcome}")
        providers |= {f"ratings.{outcome}.{provider}": provider for provider in rated}
    for column, provider in providers.items():
        if provider not in settings.providers:
            allowed = f"is no provider; there are {', '.join(settings.providers)}"
            yield Problem(SETTINGS, allowed, column=column)


def _unfilled(settings: Settings) -> Iterator[Problem]:
    for part, beside in settings.appendix.items():
        if part not in APPENDIX:
            allowed = f"is no part of the page; there are {', '.join(APPENDIX)}"
            yield Problem(SETTINGS, allowed, column=f"appendix.{part}")
            continue
        column = f"appendix.{part}.difference"
        fields = ", ".join(f"{{{name}}}" for name in APPENDIX[part]) or "none"
        try:
            found = list(Formatter().parse(beside.difference))
        except ValueError:
            allowed = f"a brace that is no field's is written twice; the fields are {fields}"
            yield Problem(SETTINGS, allowed, column=column, value=beside.difference)
            continue
        for _, name, form, conversion in found:
            if name is not None and (name not in APPENDIX[part] or form or conversion):
                written = (
                    f"{{{name}{'!' * bool(conversion)}{conversion or ''}{':' * bool(form)}{form}}}"
                )
                yield Problem(SETTINGS, f"the fields are {fields}", column=column, value=written)


def _unprinted(settings: Settings, context: pd.DataFrame) -> Iterator[Problem]:
    for part, beside in settings.appendix.items():
        sections = context["report_section"]
        if part in PRINTED and not (beside.section and any(beside.section in s for s in sections)):
            allowed = "must stand in the report_section of a fact of context.csv"
            column = f"appendix.{part}.section"
            yield Problem(SETTINGS, allowed, column=column, value=beside.section)


def _confidential(settings: Settings) -> Iterator[Problem]:
    if settings.confidential:
        yield Problem(
            CASES,
            "is confidential, for it is no reconstruction, and disclosure control is not built yet; "
            f"where nobody in it needs protecting, {SETTINGS} says disclosure_threshold = 0",
        )


def _unasked(settings: Settings, questions: pd.DataFrame) -> Iterator[Problem]:
    for code in settings.outcomes:
        if code not in set(questions["outcome"]):
            yield Problem(SETTINGS, "has no question in questions.csv", column=f"outcomes.{code}")


def _unknown_questions(published: pd.DataFrame, questions: pd.DataFrame) -> Iterator[Problem]:
    unknown = ~published["question_id"].isin(questions["question_id"])
    for row, question in published.loc[unknown, "question_id"].items():
        allowed = "is not in questions.csv"
        yield Problem(FINDINGS, allowed, row=row + 2, column="question_id", value=question)


def _uninspected(
    settings: Settings, published: pd.DataFrame, sizes: Mapping[str, int]
) -> Iterator[Problem]:
    inspected = {*published["provider"], *sizes}
    if not inspected:
        yield Problem(SETTINGS, f"neither {FINDINGS} nor {CASES} lies beside it: one is needed")
    for provider in settings.providers:
        if inspected and not inspected & {provider, codes.BOTH}:
            allowed = "was not inspected: no finding and no case is of this provider"
            yield Problem(SETTINGS, allowed, column=f"providers.{provider}")
    for provider, count in settings.eligible.items():
        if count < sizes.get(provider, count + 1):
            allowed = (
                f"must be at least the cases of the sample, and of one of its providers: {sizes}"
            )
            yield Problem(SETTINGS, allowed, column=f"eligible.{provider}", value=str(count))


def _contradicted(published: pd.DataFrame, tally: pd.DataFrame) -> Iterator[Problem]:
    for reading in codes.READINGS:
        bounds = findings.bounded(published, reading)
        yield from reconstruction.disagreements(tally, bounds, CASES)
