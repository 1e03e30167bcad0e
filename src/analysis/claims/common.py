"""What the computations of claims give, and how they read the raw tables."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import pandas as pd


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
    """What a computation found: the figure, whether the claim holds (None: open), and why."""

    computed: str
    holds: bool | None
    because: str


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
    found = re.match(r"of (\d+)", fact["unit"])
    if found is None:
        raise ValueError(f"fact {fact_id}: its unit, {fact['unit']}, names no whole")
    return float(found[1])


def inspected_only(tables: Tables, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the inspected boroughs."""
    return frame[frame["gss_code"].isin(tables.places)]
