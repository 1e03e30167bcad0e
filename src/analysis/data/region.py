"""A region that areas lie in: its parts, what stands beside its areas, and a map of tiles."""

import re
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field, PositiveInt

from analysis.data.lines import Line
from analysis.data.patterns import SLUG


class Ranked(BaseModel):
    """What a rank of deprivation is out of."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    of: PositiveInt = Field(description="How many places are ranked")
    among: str = Field(description="What they are")
    within: str = Field(description="Where they are")
    note: str = Field(description="What there is to know of the ranks: a sentence")
    without: str = Field(description="Which places beside have none: a sentence")


class Region(BaseModel):
    """One file of data/raw/regions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: Line = Field(description="What the region is called")
    ranked: Ranked = Field(description="What a rank of deprivation is out of")
    beside: Mapping[str, Line] = Field(
        description="What each place is that stands beside every area (part, region, country), by "
        "its code, in order"
    )
    parts: Mapping[str, Line] = Field(
        default={},
        max_length=2,  # charts have a mark for each of two
        description="Title of each of its two parts, by the code in its local authorities",
    )
    tiles: Mapping[str, tuple[str, int, int]] = Field(
        default={},
        description="Label, column from the west and row from the north of the tile of each local "
        "authority, by its code",
    )
    local_authorities: str | None = Field(
        default=None, description="The table of data/raw that lists its local authorities"
    )
    inspection: str | None = Field(
        default=None,
        pattern=f"^{SLUG}$",
        description="The inspection, one of data/raw/inspections, whose report the background of "
        "areas without one is set beside",
    )
    river: str | None = Field(
        default=None, description="The river across which no places count as neighbours"
    )

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
