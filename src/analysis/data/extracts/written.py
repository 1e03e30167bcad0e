"""How an extract is written, where not in the project's own way: its columns and its codes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from analysis.data import codes, toml
from analysis.data.extracts.pieces import compared
from analysis.data.problems import BadDataError, of_settings

FILE = "columns.toml"
Spellings = Mapping[str, Sequence[str]]


class Written(BaseModel):
    """The whole of columns.toml, and the same part of inspection.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    columns: Mapping[str, str] = Field(
        default={},
        description="Name of a column of the extract: what it is here (case_id, provider, a "
        f"question_id, or one of {', '.join(codes.CASE_DETAILS)})",
    )
    ignored_columns: tuple[str, ...] = Field(
        default=(), description="Columns of the extract that are not read"
    )
    judgements: Mapping[str, tuple[str, ...]] = Field(
        default={},
        description="How the extract writes each judgement, where not in one of the usual ways: lists "
        f"by {', '.join(codes.JUDGEMENTS)}; blank is missing whatever they say",
    )
    question_judgements: Mapping[str, Mapping[str, tuple[str, ...]]] = Field(
        default={}, description="The same for single questions, by question_id"
    )

    @field_validator("judgements")
    @classmethod
    def _known_judgements(cls, found: Spellings) -> Spellings:
        return _checked(found)

    @field_validator("question_judgements")
    @classmethod
    def _known_judgements_of_each(cls, found: Mapping[str, Spellings]) -> Mapping[str, Spellings]:
        return {question: _checked(own) for question, own in found.items()}

    def spellings(self, question: str) -> Spellings:
        """Return how each judgement on a question is written; codes.JUDGEMENTS where nothing is said.

        Blank is missing whatever is said.
        """
        own = self.question_judgements.get(question) or self.judgements
        return {**own, "missing": ("", *own.get("missing", ()))} if own else codes.JUDGEMENTS


def read(path: Path) -> Written:
    """Return what a columns.toml says; BadDataError names every fault of it."""
    try:
        return Written.model_validate(toml.read(path, path.name))
    except ValidationError as error:
        raise BadDataError(of_settings(path.name, error)) from None


def _checked(found: Spellings) -> Spellings:
    if wrong := [code for code in found if code not in codes.JUDGEMENTS]:
        raise ValueError(f"{', '.join(wrong)}: must be one of {', '.join(codes.JUDGEMENTS)}")
    every = {**found, "missing": {"", *found.get("missing", ())}}
    written = Counter(compared(each) for own in every.values() for each in own)
    if twice := [repr(each) for each, times in written.items() if times > 1]:
        raise ValueError(f"{', '.join(twice)}: a spelling stands for one judgement")
    return found
