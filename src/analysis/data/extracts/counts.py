"""What a case extract says, counted: no row, no case id, no name of a file."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import codes

PROVIDER = "provider"
# What the shares of an outcome and their clustered variances need of each case: whether a question of
# the outcome is relevant to it, its sufficient and its relevant judgements, their squares and product.
MOMENTS = (
    "cases",
    "sufficient",
    "relevant",
    "sufficient_squared",
    "sufficient_relevant",
    "relevant_squared",
)


@dataclass(frozen=True)
class Warned:
    """What is lawful and suspicious: a sentence, and of which kind it is, by which it may be withheld."""

    kind: str
    sentence: str


@dataclass(frozen=True, eq=False)
class Group:
    """Counts by the levels of one column: the provider, or a detail of the case; blank is a level.

    All arrays are int64, and their first axis is that of `Counts.places`, their second that of `levels`:
    `sizes` (cases), `judgements` with axes of the questions and of codes.JUDGEMENTS, `pooled` with axes
    of the outcomes and of MOMENTS. The levels of every group add up to the same totals.
    """

    levels: tuple[str, ...]
    sizes: np.ndarray
    judgements: np.ndarray
    pooled: np.ndarray


@dataclass(frozen=True, eq=False)
class Counts:
    """A case extract, read without a fault.

    `questions` were asked, in the order of the questionnaire; `not_asked` have no column in the file.
    `places` are the boroughs, one blank place where the file has no such column: an area is the sum
    of some. `groups` has the providers, and each detail that was asked for and is there. `warnings`
    are for the report to repeat. `judgements` is processed.JUDGEMENT_TABLE, of small extracts only.
    """

    questions: tuple[str, ...]
    not_asked: tuple[str, ...]
    outcomes: tuple[str, ...]
    places: tuple[str, ...]
    groups: Mapping[str, Group]
    warnings: tuple[Warned, ...]
    judgements: pd.DataFrame | None

    @property
    def cases(self) -> int:
        """The number of cases."""
        return int(self.groups[PROVIDER].sizes.sum())

    def sizes(
        self, group: str = PROVIDER, *, places: Collection[str] | None = None
    ) -> dict[str, int]:
        """Return the number of cases of each level of a group, in some places or in all of them."""
        found = self.groups[group]
        return dict(
            zip(found.levels, found.sizes[self._at(places)].sum(axis=0).tolist(), strict=True)
        )

    def tally(
        self, group: str = PROVIDER, *, places: Collection[str] | None = None
    ) -> pd.DataFrame:
        """Return the judgements of each question by the levels of a group, in some places or all.

        Columns are question_id, the group's name and a count per code of codes.JUDGEMENTS; one row per
        question and level, in their order.
        """
        found = self.groups[group]
        counts = found.judgements[self._at(places)].sum(axis=0).swapaxes(0, 1)
        rows = pd.MultiIndex.from_product(
            [self.questions, found.levels], names=["question_id", group]
        )
        table = pd.DataFrame(counts.reshape(len(rows), -1), rows, list(codes.JUDGEMENTS))
        return table.reset_index()

    def _at(self, places: Collection[str] | None) -> list[int]:
        return [at for at, place in enumerate(self.places) if places is None or place in places]
