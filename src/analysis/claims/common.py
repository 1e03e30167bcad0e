"""What the computations of claims give, how they read the raw tables, and what their arguments name."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

import pandas as pd

from analysis import words


@dataclass(frozen=True)
class Tables(Mapping[str, pd.DataFrame]):
    """What a computation reads: raw tables and those of the inspection, by name.

    `places` are the GSS codes of the inspected local authorities, `members` those of the `region`.
    """

    frames: Mapping[str, pd.DataFrame]
    places: Collection[str] = ()
    members: Collection[str] = ()
    region: str = ""

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table."""
        return self.frames[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the tables."""
        return iter(self.frames)

    def __len__(self) -> int:
        """Return the number of tables."""
        return len(self.frames)


@dataclass(frozen=True)
class Check:
    """What a computation found: the figure, whether the claim holds (None: open), and why.

    `depends` where it holds by one reading and not by another, each of which `because` names.
    """

    computed: str
    holds: bool | None
    because: str
    depends: bool = False


_ANSWERS = {True: "it holds", False: "it does not hold", None: "it cannot be told"}


def by_reading(computed: str, holds: Mapping[str, bool | None], because: str) -> Check:
    """Return what is true by every measure or reading of a claim; where they differ, it depends."""
    answers = {
        reading: None if answer is None else bool(answer) for reading, answer in holds.items()
    }
    if len(set(answers.values())) == 1:
        return Check(computed, next(iter(answers.values())), because)
    each = "; ".join(f"{reading}: {_ANSWERS[answer]}" for reading, answer in answers.items())
    return Check(computed, None, f"{words.opened(each)}. {because}", depends=True)


class NotComputableError(ValueError):
    """Of arguments that are each in order nothing can be computed together; the message says why."""


class Kind(StrEnum):
    """What an argument may name, in words."""

    FACT = "fact of context.csv"
    FINDING = "finding of findings.csv with a figure"
    QUESTION = "question of questions.csv"
    PROVIDER = "provider of inspection.toml"
    OUTCOME = "outcome of inspection.toml"
    INSPECTED = "local authority of inspection.toml"
    MEMBER = "local authority of the region"
    PLACE = "place"
    PART = "part of the region"
    AMONG = "word for some places"
    SIDE = "side of half"
    NUMBER = "number"


@dataclass(frozen=True)
class Names:
    """What an argument names: one of a kind, or several with commas between them.

    Of places only those that the raw table `held_in` has; with `also`, the word `inspected` may stand
    for all inspected ones.
    """

    kind: Kind
    held_in: str = ""
    several: bool = False
    also: bool = False


# `C014`, or `of C014` for the 21 of its unit, `of 21 CRCs`.
Fact = Annotated[str, Names(Kind.FACT)]
Facts = Annotated[str, Names(Kind.FACT, several=True)]
Finding = Annotated[str, Names(Kind.FINDING)]
Findings = Annotated[str, Names(Kind.FINDING, several=True)]
Questions = Annotated[str, Names(Kind.QUESTION, several=True)]
Provider = Annotated[str, Names(Kind.PROVIDER)]
Outcome = Annotated[str, Names(Kind.OUTCOME)]
Side = Annotated[str, Names(Kind.SIDE)]
Number = Annotated[str, Names(Kind.NUMBER)]
Part = Annotated[str, Names(Kind.PART)]


def agreed(answers: Iterable[bool]) -> bool | None:
    """Return the answer that is the same throughout; None where they differ."""
    found = set(map(bool, answers))
    return found.pop() if len(found) == 1 else None


def listed(text: str) -> list[str]:
    """Return the parts of a text that commas divide."""
    return [part.strip() for part in text.split(",")]


def facts(tables: Tables) -> pd.DataFrame:
    """Return the published facts by their identifier."""
    return tables["context"].set_index("fact_id")


def figure(tables: Tables, reference: str) -> float:
    """Return a printed figure: `C014` is its value, `of C014` the 21 of its unit, `of 21 CRCs`."""
    of, _, fact_id = reference.rpartition(" ")
    fact = facts(tables).loc[fact_id]
    if not of:
        return float(fact["value"])
    whole = whole_of(fact["unit"])
    if whole is None:
        raise NotComputableError(f"the unit of {fact_id}, {fact['unit']!r}, is not `of` a number")
    return whole


def whole_of(unit: str) -> float | None:
    """Return the whole that a unit names, as the 21 in `of 21 CRCs`; None where it names none."""
    found = re.match(r"of (\d+)", unit)
    return float(found[1]) if found else None


def divisor(tables: Tables, reference: str) -> float:
    """Return a printed figure that something is divided by."""
    found = figure(tables, reference)
    if found == 0:
        raise NotComputableError(f"{reference} is 0, and nothing can be divided by it")
    return found


def inspected_only(tables: Tables, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the inspected boroughs."""
    return frame[frame["gss_code"].isin(tables.places)]
