"""The rows that figures are shown of, and how they add up (rule 5)."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.data import codes

Ints = np.ndarray  # of int64
Flags = np.ndarray  # of bool


@dataclass(frozen=True)
class Row:
    """A group of cases: a level of a breakdown among the cases of some places.

    All cases of the places together are the level codes.ALL_PROVIDERS of the breakdown "".
    """

    places: frozenset[str]
    breakdown: str
    level: str


@dataclass(frozen=True, eq=False)
class Rows:
    """The rows of an extract, the same of every question.

    `relations` is a sparse matrix with a line per relation and a column per row: 1 for a part, -1 for
    the total, so that its product with the counts of any status is 0. `published` tells the rows of
    the areas; the others are places that no area is made of alone, whose counts are published nowhere
    and may yet be found as the difference of two areas. `height` is how many kinds of relation a row
    is the total of. The rows of the same places follow each other, as many as there are `groups`.
    """

    rows: tuple[Row, ...]
    relations: sparse.csr_array
    published: Flags
    height: Ints
    groups: int
    _places: tuple[str, ...]

    def of_area(self, places: Collection[str]) -> list[int]:
        """Return the positions of the rows of an area, all cases together first."""
        own = frozenset(places) & set(self._places)
        return [at for at, row in enumerate(self.rows) if row.places == own]

    def counted(self, by_level: Mapping[str, Ints]) -> Ints:
        """Return the counts of every row: the sums over its places.

        `by_level` has, by breakdown, counts with a first axis of the places and a second of the levels;
        further axes stay as they are. Raises ValueError where the levels of two breakdowns do not add
        up to the same.
        """
        totals = {name: counts.sum(axis=1) for name, counts in by_level.items()}
        (first, together), *others = totals.items()
        for name, total in others:
            if not np.array_equal(total, together):
                raise ValueError(f"the levels of {name} do not add up to those of {first}")
        at_places = np.concatenate([together[:, None], *by_level.values()], axis=1)
        blocks = [
            at_places[[self._places.index(place) for place in sorted(row.places)]].sum(axis=0)
            for row in self.rows[:: self.groups]
        ]
        return np.concatenate(blocks)


def lay_out(
    levels: Mapping[str, Sequence[str]], places: Sequence[str], areas: Collection[Collection[str]]
) -> Rows:
    """Return the rows of some areas, each a collection of places, by the levels of each breakdown.

    A breakdown's levels take in every case, those of an unknown level too. Areas of the same places are
    the same rows; a place of an area that the extract has no case of counts for nothing.
    """
    published = list(dict.fromkeys(frozenset(area) & set(places) for area in areas))
    single = [frozenset({place}) for place in places if any(place in own for own in published)]
    spans = list(dict.fromkeys([*published, *single]))
    groups = [
        ("", codes.ALL_PROVIDERS),
        *((name, level) for name, own in levels.items() for level in own),
    ]
    width = len(groups)
    rows = tuple(Row(span, *group) for span in spans for group in groups)
    sums: list[tuple[int, list[int]]] = []
    for start in range(0, len(rows), width):
        sums += [
            (start, [start + at for at, (own, _) in enumerate(groups) if own == name])
            for name in levels
        ]
    for at in (at for at, span in enumerate(spans) if len(span) > 1):
        parts = [spans.index(frozenset({place})) * width for place in places if place in spans[at]]
        sums += [(at * width + group, [part + group for part in parts]) for group in range(width)]
    height = [(row.breakdown == "") + (len(row.places) > 1) for row in rows]
    shown = set(published)
    return Rows(
        rows,
        _matrix(sums, len(rows)),
        np.array([row.places in shown for row in rows]),
        np.array(height),
        width,
        tuple(places),
    )


def _matrix(sums: Sequence[tuple[int, list[int]]], width: int) -> sparse.csr_array:
    lines = [at for at, (_, parts) in enumerate(sums) for _ in range(len(parts) + 1)]
    columns = [row for total, parts in sums for row in (total, *parts)]
    values = [sign for _, parts in sums for sign in (-1.0, *([1.0] * len(parts)))]
    return sparse.csr_array((values, (lines, columns)), shape=(len(sums), width))


def companions(rows: Rows, public: np.ndarray) -> list[Ints]:
    """Return the rows that are withheld with each: two and two in a public order, whichever is small.

    Parts of the same totals are ordered by their public sizes, smallest first; where their number is odd,
    the last goes with the two before it, which go without it. Because companions do not depend on which of
    them is small, a pattern does not tell, and so does not confine what either may be.
    """
    groups = rows.groups
    sizes = public.reshape(-1, groups)
    spans = [row.places for row in rows.rows[::groups]]
    own_groups = _pairs([row.breakdown for row in rows.rows[:groups]], sizes.sum(axis=0))
    # Places are alike that the same areas are made of; an area of many places stands by itself.
    alike = [
        frozenset(at for at, other in enumerate(spans) if span < other) if len(span) == 1 else span
        for span in spans
    ]
    own_spans = _pairs(alike, sizes.sum(axis=1))
    return [
        (own_spans[span][:, None] * groups + own_groups[group]).ravel()
        for span in range(len(spans))
        for group in range(groups)
    ]


def _pairs(alike: Sequence[Hashable], sizes: np.ndarray) -> list[Ints]:
    """Return, for each position, the positions that go with it, itself among them."""
    found = [np.array([at]) for at in range(len(alike))]
    for kind in dict.fromkeys(alike):
        own = [at for at, other in enumerate(alike) if other == kind]
        own.sort(key=lambda at: (sizes[at], at))
        for first in range(0, len(own) - 1, 2):
            for at in own[first : first + 2]:
                found[at] = np.array(own[first : first + 2])
        if len(own) % 2:
            found[own[-1]] = np.array(own[-3:])
    return found
