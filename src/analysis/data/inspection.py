"""An inspection: a folder of data, read into one unchangeable value."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True, eq=False)
class Inspection:
    """What an inspection asked, of whom, and what was published of it.

    `outcomes`, `stages` and `providers` give the title of each code, in the order of the folder;
    `printed` gives the number that the inspection's report prints on a figure or table, by the name
    of the part of the page that stands beside it. `questions`, `findings`, `claims` and `context`
    are the raw tables; those that the folder lacks have no row. `places` are the GSS codes of the
    inspected local authorities.
    """

    name: str
    title: str
    publisher: str
    date: str
    outcomes: Mapping[str, str]
    stages: Mapping[str, str]
    providers: Mapping[str, str]
    eligible: Mapping[str, int]
    judgements: Mapping[str, tuple[str, ...]]
    reconstructed: bool
    disclosure_threshold: int | None
    printed: Mapping[str, str]
    places: tuple[str, ...]
    questions: pd.DataFrame
    findings: pd.DataFrame
    claims: pd.DataFrame
    context: pd.DataFrame
    cases: Path | None
