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
class Withheld:
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
        shown = np.where(
            np.repeat(self.withheld[at], 2, axis=2), codes.WITHHELD, self.judgements[at]
        )
        table = [
            (question, self.rows.rows[row].breakdown, self.rows.rows[row].level, *shown[k, q])
            for q, question in enumerate(self.questions)
            for k, row in enumerate(at)
        ]
        return pd.DataFrame(table, columns=[*KEY, *codes.JUDGEMENTS], dtype=object)

    def sizes_of_area(self, places: Collection[str]) -> pd.DataFrame:
        """Return the number of cases of each group of an area: breakdown, level, cases."""
        at = self.rows.of_area(places)
        shown = np.where(self.sizes_withheld[at], codes.WITHHELD, self.sizes[at])
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
) -> Withheld:
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
    if threshold == 0:
        return Withheld(rows, tuple(questions), counts, sizes, np.zeros((*counts.shape[:2], 2), dtype=bool), np.zeros(len(sizes), dtype=bool))
    hidden_sizes = _withheld_sizes(rows, sizes, threshold)
    patterns = [
        _withheld_rows(rows, counts[:, at], sizes, hidden_sizes, threshold)
        for at in range(len(questions))
    ]
    return Withheld(
        rows, tuple(questions), counts, sizes, np.stack(patterns, axis=1), hidden_sizes
    )


def _sizes(counts: Ints) -> Ints:
    """Return the number of cases of each row, which every question has the same of."""
    sizes = counts.sum(axis=-1)
    if sizes.shape[1] == 0 or (sizes != sizes[:, :1]).any():
        raise ValueError("every question must have a judgement of each case, missing or other")
    return sizes[:, 0]


def _withheld_sizes(rows: Rows, sizes: Ints, threshold: int) -> Flags:
    """Return whose number of cases is withheld (rule 4); sizes are no public order of themselves."""
    small = rules.size_withheld(sizes, threshold)
    unknown = Unknown(
        rows,
        counts=sizes[:, None],
        protected=small[:, None],
        parts=((0,),),
        withheld=(small | ~rows.published)[:, None],
        sums=None,
        sizes=np.full(len(sizes), np.inf),
        order=_order(rows, np.zeros_like(sizes)),
        threshold=threshold,
    )
    return withheld(unknown)[:, 0]


def _withheld_rows(
    rows: Rows, judgements: Ints, sizes: Ints, hidden_sizes: Flags, threshold: int
) -> Flags:
    """Return which rows of a question are withheld, and of which the rest is.

    A row of a group whose size is withheld is withheld too: its counts would add up to the size.
    """
    if rules.not_asked(judgements):
        return np.zeros((len(sizes), 2), dtype=bool)
    small = rules.row_withheld(judgements, threshold)
    known = _Known(rows, sizes, hidden_sizes, threshold)
    # The rows by themselves first, what is not relevant taken together: far fewer counts.
    hidden = known.withheld(
        np.column_stack([judgements[:, :2], judgements[:, 2:].sum(axis=1)]),
        protected=np.column_stack([small, small, np.zeros_like(small)]),
        parts=((0, 1, 2),),
        at_first=(small | hidden_sizes | ~rows.published)[:, None],
    )
    rest = rules.rest_withheld(judgements, threshold)
    return known.withheld(
        judgements,
        protected=np.column_stack([small, small, rest, rest]),
        parts=((0, 1), (2, 3)),
        at_first=np.column_stack([hidden[:, 0], hidden[:, 0] | rest]),
    )


@dataclass(frozen=True, eq=False)
class _Known:
    """What is known of every question: the sizes, which are withheld by now or not."""

    rows: Rows
    sizes: Ints
    hidden: Flags
    threshold: int

    def withheld(
        self, counts: Ints, *, protected: Flags, parts: tuple[tuple[int, ...], ...], at_first: Flags
    ) -> Flags:
        """Return which parts are withheld in the end; the counts of a row add up to its size."""
        width = counts.shape[1]
        unknown = Unknown(
            self.rows,
            counts=np.column_stack([counts, self.sizes]),
            protected=np.column_stack([protected, rules.size_withheld(self.sizes, self.threshold)]),
            parts=(*parts, (width,)),
            withheld=np.column_stack([at_first, self.hidden]),
            sums=(*[1] * width, -1),
            sizes=np.where(self.hidden, np.inf, self.sizes),
            order=_order(self.rows, np.where(self.hidden, 0, self.sizes)),
            threshold=self.threshold,
            fixed=1,
        )
        return withheld(unknown)[:, : len(parts)]


def _order(rows: Rows, public: Ints) -> Ints:
    """Return each row's place: smallest public size first, parts before totals, ties by position."""
    sequence = np.lexsort((rows.height, public))
    order = np.empty_like(sequence)
    order[sequence] = np.arange(len(sequence))
    return order
