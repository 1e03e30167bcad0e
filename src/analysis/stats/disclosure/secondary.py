"""What is withheld so that what was withheld before it cannot be worked out (rule 6).

While an attacker can confine a withheld small count to fewer values than it needs, the next row in a
public order goes: nearest in the relations, smallest public size first, parts before totals, ties by
position. Nothing is given back. The order looks at no withheld figure, and not at which pattern is the
cheapest: who knows that it is the cheapest learns from it.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.stats.disclosure.attacker import Attacker
from analysis.stats.disclosure.rows import Flags, Ints, Rows


@dataclass(frozen=True, eq=False)
class Unknown:
    """Counts by row, and what is known of them.

    `counts` and `protected` have a line per row and a column per status; `protected` are the counts of what
    is withheld for its own sake. `parts` are the columns that show or are withheld together; of a row
    that is withheld so are the parts that come after. `withheld` has a column per part. `sums` are the
    weights with which the columns of a row add up to 0, if they do. `sizes` is the number of cases of a
    row, infinite where that is not known. `order` is the place of a row in the public order. Of the
    last `fixed` parts, which are no share of the size, no more is withheld.
    """

    rows: Rows
    counts: Ints
    protected: Flags
    parts: tuple[tuple[int, ...], ...]
    withheld: Flags
    sums: tuple[int, ...] | None
    sizes: np.ndarray
    order: Ints
    threshold: int
    fixed: int = 0

    @property
    def part_of(self) -> list[int]:
        """The part of each column."""
        return [part for part, columns in enumerate(self.parts) for _ in columns]

    def upper(self, withheld: Flags) -> np.ndarray:
        """Return what no withheld count can exceed: what those of its row that show leave of its size."""
        free = [at for at, part in enumerate(self.part_of) if part < len(self.parts) - self.fixed]
        shown = np.where(withheld[:, self.part_of], 0, self.counts)[:, free].sum(axis=1)
        return np.repeat((self.sizes - shown)[:, None], self.counts.shape[1], axis=1)

    def equations(self) -> sparse.csc_array:
        """Return the relations of every column, and what every row adds up to: their product with counts is 0."""
        rows, width = self.counts.shape
        blocks = [sparse.kron(self.rows.relations, sparse.eye_array(width))]
        if self.sums:
            blocks.append(sparse.kron(sparse.eye_array(rows), np.array([self.sums])))
        return sparse.csc_array(sparse.vstack(blocks))


class Pattern:
    """The withheld parts of the rows, which only grow."""

    def __init__(self, unknown: Unknown) -> None:
        self.withheld = unknown.withheld.copy()
        self._order, self._published = unknown.order, unknown.rows.published
        self._free = len(unknown.parts) - unknown.fixed
        # A place that is published nowhere and is not small needs no company.
        small = [unknown.protected[:, own].any(axis=1) for own in map(list, unknown.parts)]
        self._guarded = self._published[:, None] | np.column_stack(small)
        relations = unknown.rows.relations
        self._member = abs(relations)
        self._members = np.split(relations.indices, relations.indptr[1:-1])
        columns = relations.tocsc()
        self._relations = np.split(columns.indices, columns.indptr[1:-1])

    def close(self) -> None:
        """Withhold until no relation has one withheld row alone: the others would give it away.

        Of the rows of such a relation the nearest goes, which most other such relations have too.
        """
        for part in range(self._free):
            while len(alone := self._alone(part)):
                shown = self._showing(self._members[alone[0]], part)
                nearness = [-np.isin(self._relations[row], alone).sum() for row in shown]
                self._withhold(shown[np.lexsort((self._order[shown], nearness))[0]], part)

    def widen(self, row: int, part: int) -> bool:
        """Withhold the next row in the public order, seen from one; False where none is left."""
        for candidate in dict.fromkeys((min(part, self._free - 1), 0)):
            near = self._nearest(row, candidate)
            if near is not None:
                self._withhold(near, candidate)
                self.close()
                return True
        return False

    def _alone(self, part: int) -> Ints:
        withheld = self.withheld[:, part]
        single = self._member @ withheld.astype(float) == 1
        guarded = self._member @ (withheld & self._guarded[:, part]).astype(float) == 1
        left = self._member @ (self._published & ~withheld).astype(float) > 0
        return np.flatnonzero(single & guarded & left)

    def _withhold(self, row: int, part: int) -> None:
        self.withheld[row, part : self._free] = True

    def _showing(self, rows: Ints, part: int) -> Ints:
        return rows[self._published[rows] & ~self.withheld[rows, part]]

    def _nearest(self, row: int, part: int) -> int | None:
        seen, ring = {row}, [row]
        while ring:
            # A relation with fewer withheld rows says more of each.
            relations = sorted(
                {int(relation) for at in ring for relation in self._relations[at]},
                key=lambda relation: (self.withheld[self._members[relation], part].sum(), relation),
            )
            for relation in relations:
                shown = self._showing(self._members[relation], part)
                if len(shown):
                    return int(shown[np.argmin(self._order[shown])])
            ring = sorted({int(at) for own in relations for at in self._members[own]} - seen)
            seen.update(ring)
        return None


def withheld(unknown: Unknown) -> Flags:
    """Return what is withheld in the end, a line per row and a column per part."""
    pattern = Pattern(unknown)
    pattern.close()
    attacker = Attacker(unknown.equations(), unknown.counts.ravel())

    def see() -> np.ndarray:
        upper = unknown.upper(pattern.withheld)
        attacker.see(pattern.withheld[:, unknown.part_of].ravel(), upper.ravel())
        return np.minimum(unknown.threshold, upper + 1).ravel()

    width = unknown.counts.shape[1]
    needed = see()
    _sweep(attacker, unknown, needed)
    for row in np.argsort(unknown.order):
        for at in np.flatnonzero(unknown.protected[row]) + row * width:
            while not attacker.look(at, needed[at]) and pattern.widen(
                row, unknown.part_of[at - row * width]
            ):
                needed = see()
    return pattern.withheld


def _sweep(attacker: Attacker, unknown: Unknown, needed: np.ndarray) -> None:
    """Look for the ranges of all counts together, as long as that is quicker than one by one.

    Places, then groups, then both are pushed up or down by chance; what is found does not depend on it.
    """
    rng = np.random.default_rng(0)
    rows, width = unknown.counts.shape
    groups = unknown.rows.groups
    columns = np.where(np.arange(width) % 2, 1.0, -1.0)
    protected = unknown.protected.ravel()
    kind, left = 0, np.count_nonzero(protected & (attacker.values() < needed))
    while left:
        of_places, of_groups = (
            rng.choice([-1.0, 1.0], size=size)[at]
            for size, at in (
                (rows // groups, np.arange(rows) // groups),
                (groups, np.arange(rows) % groups),
            )
        )
        signs = (of_places, of_groups, of_places * of_groups)[kind % 3]
        for sign in (1, -1):
            confined = protected & (attacker.values() < needed)
            attacker.sweep(np.where(confined, np.outer(sign * signs, columns).ravel(), 0), needed)
        before, left = left, np.count_nonzero(protected & (attacker.values() < needed))
        kind += 1
        if before - left < 4 and kind>=3:
            break
