"""An inspection: a folder of data, read into one unchangeable value."""

import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError, field_validator

from analysis import project
from analysis.data import (
    cases,
    codes,
    columns,
    findings,
    processed,
    raw,
    reconstruction,
    sources,
    tables,
)
from analysis.data.hashing import digest, tree
from analysis.data.patterns import CODE
from analysis.data.problems import BadDataError, Problem, of_settings
from analysis.faults import UsageFault

SETTINGS = "inspection.toml"
CASES = "cases.csv"


class UnknownError(UsageFault):
    """A name that an inspection does not have."""


class Beside(BaseModel):
    """What the report of an inspection prints beside a part of the page's background.

    `printed` is the number or name of its figure, and `difference` how the page's differs from it,
    with fields in braces. `cohort` and `missing` are of the figures on reoffending; `section` is the
    part of context.csv that the page shows.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    printed: str
    difference: str
    cohort: str = ""
    missing: str = ""
    section: str = ""

    def sentence(self, **fields: str) -> str:
        """Return what stands beside a figure of the page, its fields filled."""
        return f"Beside {self.printed} of the report: {self.difference.format(**fields)}"


class Settings(BaseModel):
    """The whole of inspection.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    date: str = Field(min_length=1)
    fieldwork: str = ""
    outcomes: Mapping[str, str] = Field(min_length=1)
    stages: Mapping[str, str] = Field(min_length=1)
    providers: Mapping[str, str] = Field(min_length=1)
    eligible: Mapping[str, PositiveInt] = {}
    judgements: Mapping[str, tuple[str, ...]] = {}
    sampling: str = ""  # how the sample was drawn, and what that leaves open, as a sentence
    reconstructed: bool = False
    disclosure_threshold: int | None = Field(default=None, ge=0)
    local_authorities: tuple[str, ...] = ()
    appendix: Mapping[str, Beside] = {}

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

    @field_validator("judgements")
    @classmethod
    def _known_judgements(
        cls, found: Mapping[str, tuple[str, ...]]
    ) -> Mapping[str, tuple[str, ...]]:
        if wrong := [code for code in found if code not in codes.JUDGEMENTS]:
            raise ValueError(f"{', '.join(wrong)}: must be one of {', '.join(codes.JUDGEMENTS)}")
        return found


@dataclass(frozen=True, eq=False)
class Inspection:
    """What an inspection asked, of whom, and what was published of it.

    `settings` is its inspection.toml: outcomes, stages and providers with their titles, in order.
    `questions`, `findings`, `claims` and `context` are its raw tables (see data.raw); one that the
    folder lacks has no row. `extract` is its case sample as text, None where it has none.
    """

    name: str
    folder: Path
    settings: Settings
    questions: pd.DataFrame
    findings: pd.DataFrame
    claims: pd.DataFrame
    context: pd.DataFrame
    extract: pd.DataFrame | None

    @property
    def question_ids(self) -> list[str]:
        """The questions in the order in which they are reported."""
        return self.questions["question_id"].tolist()

    def outcome(self, code: str) -> str:
        """Return the title of an outcome; UnknownError names those there are."""
        if code not in self.settings.outcomes:
            near = difflib.get_close_matches(code, self.settings.outcomes, n=1, cutoff=0.3)
            hint = f" Did you mean {near[0]}?" if near else ""
            listed = ", ".join(self.settings.outcomes)
            raise UnknownError(f"No outcome {code!r} in {self.name}; it has {listed}.{hint}")
        return self.settings.outcomes[code]

    def judgements(self) -> pd.DataFrame:
        """Return the judgements of the case sample; no row where there is none."""
        if self.extract is None:
            return tables.empty(processed.JUDGEMENT_TABLE)
        return cases.judgements(self.extract, self.question_ids, self.spellings)

    @property
    def spellings(self) -> Mapping[str, tuple[str, ...]]:
        """How each judgement is written: as the settings say, or in one of the usual ways."""
        return spellings(self.settings)

    def eligible(self, sizes: Mapping[str, int]) -> dict[str, tuple[int, int]]:
        """Return the eligible and the sampled cases of each provider whose eligible are known."""
        return {
            provider: (count, sizes[provider]) for provider, count in self.settings.eligible.items()
        }


def spellings(settings: Settings) -> Mapping[str, tuple[str, ...]]:
    """Return how each judgement is written; blank is missing whatever the settings say."""
    if not settings.judgements:
        return codes.JUDGEMENTS
    return {"missing": ("",), **settings.judgements}


def find(reference: str) -> Path:
    """Return the folder of an inspection: a name in data/raw/inspections, or a path.

    A path holds a separator, and is within the project where it is not absolute. Raises
    BadDataError where there is no such folder.
    """
    named = "/" not in reference and "\\" not in reference
    folder = project.INSPECTIONS / reference if named else project.ROOT / reference
    if (folder / SETTINGS).is_file():
        return folder
    known = sorted(path.parent.name for path in project.INSPECTIONS.glob(f"*/{SETTINGS}"))
    allowed = (
        f"must be one of {', '.join(known)}, or the path of a folder"
        if named
        else f"the folder must hold {SETTINGS}"
    )
    raise BadDataError([Problem(str(reference), allowed)])


def load(reference: str) -> Inspection:
    """Return an inspection; BadDataError names every fault of its folder at once.

    Files within data/raw must be the recorded ones (see data.sources).
    """
    folder = find(reference)
    return _loaded(folder, digest(tree(folder)))


def settings_of(reference: str) -> Settings:
    """Return the settings of an inspection and nothing else of it; BadDataError names every fault."""
    reading = _Reading(find(reference))
    found = reading.settings()
    if found is None:
        raise BadDataError(reading.problems)
    return found


@lru_cache(maxsize=8)
def _loaded(folder: Path, state: str) -> Inspection:
    reading = _Reading(folder)
    found = reading.inspection()
    if reading.problems or found is None:
        raise BadDataError(dict.fromkeys(reading.problems))
    return found


class _Reading:
    """Reads a folder once, and gathers what is wrong with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []

    def inspection(self) -> Inspection | None:
        settings = self.settings()
        if settings is None:
            return None
        read = {name: self._table(table) for name, table in declared(settings).items()}
        questions = read["questions"]
        extract = self._extract(settings, questions)
        if any(table is None for table in read.values()):
            return None
        found = Inspection(self.folder.name, self.folder, settings, extract=extract, **read)
        self.problems += _contradictions(found)
        return found

    def settings(self) -> Settings | None:
        path = self.folder / SETTINGS
        try:
            return Settings.model_validate(tomllib.loads(path.read_text(encoding="utf-8-sig")))
        except ValidationError as error:
            self.problems += of_settings(self._name(SETTINGS), error)
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.problems.append(Problem(self._name(SETTINGS), f"is not TOML: {error}"))
        return None

    def _table(self, declared: columns.Table) -> pd.DataFrame | None:
        path = self.folder / f"{declared.name}.csv"
        if not path.exists() and declared.name != raw.QUESTIONS.name:
            return tables.empty(declared)
        return self._guarded(path, lambda: tables.read(path, declared))

    def _extract(self, settings: Settings, questions: pd.DataFrame | None) -> pd.DataFrame | None:
        path = self.folder / CASES
        if questions is None or not path.exists():
            return None
        ids = questions["question_id"].tolist()
        known = spellings(settings)
        return self._guarded(path, lambda: cases.read(path, ids, settings.providers, known))

    def _guarded(self, path: Path, read: Any) -> pd.DataFrame | None:  # noqa: ANN401
        self.problems += sources.changed(path)
        try:
            return read()
        except BadDataError as error:
            self.problems += error.problems
            return None

    def _name(self, file: str) -> str:
        return f"{self.folder.name}/{file}"


def declared(settings: Settings) -> dict[str, columns.Table]:
    """Return the declarations of the tables of a folder, with the codes that its settings name."""
    both = {codes.BOTH: "The providers together"} if len(settings.providers) > 1 else {}
    known = {"outcome": settings.outcomes, "stage": settings.stages}
    return raw.INSPECTION | {
        "questions": raw.coded(raw.QUESTIONS, **known),
        "findings": raw.coded(raw.FINDINGS, **known, provider={**settings.providers, **both}),
    }


def _contradictions(found: Inspection) -> Iterator[Problem]:
    """Name what is right by itself and wrong together."""
    settings, name = found.settings, found.folder.name
    asked = set(found.questions["outcome"])
    for code in settings.outcomes:
        if code not in asked:
            yield Problem(
                f"{name}/{SETTINGS}", "has no question in questions.csv", column=f"outcomes.{code}"
            )
    unknown = ~found.findings["question_id"].isin(found.question_ids)
    for row, question in found.findings.loc[unknown, "question_id"].items():
        allowed = "is not in questions.csv"
        yield Problem("findings.csv", allowed, row=row + 2, column="question_id", value=question)
    judged = found.judgements()
    sizes = cases.sizes(judged)
    inspected = {*found.findings["provider"], *sizes}
    for provider in settings.providers:
        if provider not in inspected and codes.BOTH not in inspected:
            allowed = "was not inspected: no finding and no case is of this provider"
            yield Problem(f"{name}/{SETTINGS}", allowed, column=f"providers.{provider}")
    for provider, count in settings.eligible.items():
        if count < sizes.get(provider, count + 1):
            allowed = f"must be a provider of the sample, with at least its cases: {sizes}"
            column = f"eligible.{provider}"
            yield Problem(f"{name}/{SETTINGS}", allowed, column=column, value=str(count))
    if found.extract is not None and not (
        settings.reconstructed or settings.disclosure_threshold == 0
    ):
        allowed = (
            "is confidential, for it is no reconstruction, and disclosure control is not built yet; "
            f"where nobody in it needs protecting, {SETTINGS} says disclosure_threshold = 0"
        )
        yield Problem(f"{name}/{CASES}", allowed)
    if found.extract is None and found.findings.empty:
        yield Problem(name, "has neither findings.csv nor cases.csv: one of them is needed")
    if settings.reconstructed and not judged.empty:
        for reading in codes.READINGS:
            bounds = findings.bounded(found.findings, reading)
            yield from reconstruction.disagreements(cases.tally(judged), bounds, CASES)
