"""The tables of an extract with what is withheld in its place (rules 1 to 6)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.data import codes
from analysis.stats.disclosure import rules
from analysis.stats.disclosure.rows import Flags, Ints, Rows, lay_out
from analysis.stats.disclosure.secondary import Unknown, withheld

KEY = ["question_id", "breakdown", "level"]


@dataclass(frozen=True, eq=False)
class Disclosed:
    """The counts of an extract, and which of them show.

    `judgements` has axes of rows, questions and codes.JUDGEMENTS, `sizes` of rows; `withheld` of rows,
    questions and two parts: the row, and its counts of not applicable and missing. It does not say
    which rule a row was withheld by: nobody is told why this row (rule 10).
    """

    rows: Rows
    questions: tuple[str, ...]
    judgements: Ints
    sizes: Ints
    withheld: Flags
    sizes_withheld: Flags

    def of_area(self, places: Collection[str]) -> pd.DataFrame:
        """Return the rows of an area, in the order of the questions: KEY, and a count per judgement.

        A withheld count is codes.WITHHELD; all cases together come first.
        """
        at = self.rows.of_area(places)
        shown = self.judgements[at].astype(object)
        shown[np.repeat(self.withheld[at], 2, axis=2)] = codes.WITHHELD
        table = [
            (question, self.rows.rows[row].breakdown, self.rows.rows[row].level, *shown[k, q])
            for q, question in enumerate(self.questions)
            for k, row in enumerate(at)
        ]
        return pd.DataFrame(table, columns=[*KEY, *codes.JUDGEMENTS], dtype=object)

    def sizes_of_area(self, places: Collection[str]) -> pd.DataFrame:
        """Return the number of cases of each group of an area: breakdown, level, cases."""
        at = self.rows.of_area(places)
        shown = self.sizes[at].astype(object)
        shown[self.sizes_withheld[at]] = codes.WITHHELD
        table = [
            (self.rows.rows[row].breakdown, self.rows.rows[row].level, size)
            for row, size in zip(at, shown, strict=True)
        ]
        return pd.DataFrame(table, columns=[*KEY[1:], "cases"], dtype=object)


def withhold(
    judgements: Mapping[str, Ints],
    levels: Mapping[str, Sequence[str]],
    questions: Sequence[str],
    places: Sequence[str],
    areas: Collection[Collection[str]],
    *,
    threshold: int,
) -> Disclosed:
    """Return the counts of an extract with what has to be withheld, over all areas at once (rule 5).

    `judgements` has, by breakdown, whole counts with axes of places, levels, questions and
    codes.JUDGEMENTS; `levels` names the levels of each breakdown. `areas` are all that there are,
    whichever are asked for. A threshold of 0 withholds nothing. Raises ValueError where counts do not
    add up, or the threshold is below 0.
    """
    if threshold < 0:
        raise ValueError(f"the threshold is {threshold}; it must be 0 or more")
    rows = lay_out(levels, places, areas)
    counts = rows.counted(judgements)
    sizes = _sizes(counts)
    pattern = np.zeros((len(sizes), len(questions), 2), dtype=bool)
    unsized = np.zeros(len(sizes), dtype=bool)
    if threshold:
        unsized = _withheld_sizes(rows, sizes, threshold)
        for at in range(len(questions)):
            pattern[:, at] = _withheld_rows(rows, counts[:, at], sizes, unsized, threshold)
    return Disclosed(rows, tuple(questions), counts, sizes, pattern, unsized)


def _sizes(counts: Ints) -> Ints:
    """Return the number of cases of each row, which every question has the same of."""
    sizes = counts.sum(axis=-1)
    if sizes.shape[1] == 0 or (sizes != sizes[:, :1]).any():
        raise ValueError("every question must have a judgement of each case, missing or other")
    return sizes[:, 0]


def _withheld_sizes(rows: Rows, sizes: Ints, threshold: int) -> Flags:
    """Return whose number of cases is withheld (rule 4); sizes are no public order of themselves."""
    small = rules.size_withheld(sizes, threshold)
    return withheld(
        Unknown(
            rows,
            counts=sizes[:, None],
            protected=small[:, None],
            withheld=small | ~rows.published,
            unsized=np.ones_like(small),
            public=np.full(len(sizes), np.inf),
            threshold=threshold,
            sums=False,
        )
    )


def _withheld_rows(
    rows: Rows, judgements: Ints, sizes: Ints, unsized: Flags, threshold: int
) -> Flags:
    """Return which rows of a question are withheld, and of which not applicable and missing are.

    A row of a group whose size is withheld is withheld too: its counts would add up to the size. Not
    applicable and missing show of every row that shows, or of none: rule 3 leaves few, and each
    that showed would have to be held against all others of the question.
    """
    if rules.not_asked(judgements):
        return np.column_stack([unsized, unsized])
    small = rules.row_withheld(judgements, threshold)
    split = not rules.rest_withheld(judgements, threshold).any()
    rest = judgements[:, 2:] if split else judgements[:, 2:].sum(axis=1, keepdims=True)
    hidden = withheld(
        Unknown(
            rows,
            counts=np.column_stack([judgements[:, :2], rest, sizes]),
            protected=np.column_stack(
                [
                    np.repeat(small[:, None], 2, axis=1),
                    np.zeros_like(rest, dtype=bool),
                    rules.size_withheld(sizes, threshold),
                ]
            ),
            withheld=small | unsized | ~rows.published,
            unsized=unsized,
            public=np.where(unsized, np.inf, sizes),
            threshold=threshold,
            sums=True,
        )
    )
    return np.column_stack([hidden, hidden | (not split)])
