"""A region that areas lie in: its parts, what stands beside its areas, and a map of tiles."""

import re
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from analysis.data.patterns import SLUG


class Ranked(BaseModel):
    """What a rank of deprivation is out of: how many places, of which kind, where, and what to know."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: PositiveInt
    among: str
    within: str
    note: str
    without: str


class Region(BaseModel):
    """One file of data/raw/regions.

    `parts` gives the title of each part by its code, `beside` what each place is that stands beside
    every area, in order, and `tiles` the label, the column and the row of each local authority.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str = Field(min_length=1)
    ranked: Ranked
    beside: Mapping[str, str]
    parts: Mapping[str, str] = Field(default={}, max_length=2)  # charts have a mark for each of two
    tiles: Mapping[str, tuple[str, int, int]] = {}
    local_authorities: str | None = None
    inspection: str | None = Field(default=None, pattern=f"^{SLUG}$")  # one of data/raw/inspections
    river: str | None = None

    @property
    def code(self) -> str:
        """The code of the region, as tables have it."""
        return _code(self.title)

    @property
    def part_terms(self) -> dict[str, str]:
        """The part that each term of a model marks: all but the last, which they are set against."""
        return {_code(title): part for part, title in list(self.parts.items())[:-1]}


def _code(title: str) -> str:
    return "_".join(re.findall("[a-z0-9]+", title.casefold()))
