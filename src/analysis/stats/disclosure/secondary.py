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
from analysis.stats.disclosure.rows import Flags, Ints, Rows, companions


@dataclass(frozen=True, eq=False)
class Unknown:
    """Counts of which some are withheld.

    `counts` has a line per row and a column per status, with a last column of the sizes where `sums`
    says so: then the others add up to it. `protected` tells the counts that must not be worked out.
    `withheld` tells the rows that are withheld at first, `unsized` those whose size is. `public` is the
    size that everybody knows of a row, infinite where it is not known.
    """

    rows: Rows
    counts: Ints
    protected: Flags
    withheld: Flags
    unsized: Flags
    public: np.ndarray
    threshold: int
    sums: bool

    @property
    def needed(self) -> np.ndarray:
        """How many values each count of a row has to be able to take."""
        return np.minimum(self.threshold, self.public + 1)

    @property
    def order(self) -> Ints:
        """The rows in the public order: smallest public size first, parts before totals, then by position."""
        return np.lexsort((self.rows.height, np.where(self.unsized, 0, self.public)))

    @property
    def equations(self) -> sparse.csc_array:
        """The matrix whose product with all counts, row by row, is 0."""
        rows, width = self.counts.shape
        along = sparse.kron(self.rows.relations, sparse.eye_array(width))
        if not self.sums:
            return sparse.csc_array(along)
        across = sparse.kron(sparse.eye_array(rows), np.array([[1] * (width - 1) + [-1]]))
        return sparse.csc_array(sparse.vstack([along, across]))

    def unseen(self, withheld: Flags) -> Flags:
        """Return which counts an attacker does not see where these rows are withheld."""
        columns = np.repeat(withheld[:, None], self.counts.shape[1], axis=1)
        if self.sums:
            columns[:, -1] = self.unsized
        return columns


_FEW = 4  # counts that are sooner looked at one by one


class Pattern:
    """The withheld rows, which only grow in number."""

    def __init__(self, unknown: Unknown) -> None:
        """Begin with what is withheld at first."""
        self.withheld = unknown.withheld.copy()
        self._place = np.argsort(unknown.order)
        rows = unknown.rows
        self._published = rows.published
        # A place that is published nowhere and is not small needs no company.
        self._guarded = rows.published | unknown.protected.any(axis=1)
        self._member = abs(rows.relations)
        self._members = np.split(rows.relations.indices, rows.relations.indptr[1:-1])
        columns = rows.relations.tocsc()
        self._relations = np.split(columns.indices, columns.indptr[1:-1])
        self._companions = companions(rows, np.where(unknown.unsized, 0, unknown.public))

    def close(self) -> None:
        """Withhold until no relation has one withheld row alone: the others would give it away.

        First the companions of what is withheld go. Then, of the rows of such a relation, the nearest
        goes, which most other such relations have too.
        """
        while True:
            for row in np.flatnonzero(self.withheld & self._guarded):
                self.withheld[self._companions[row]] = True
            if not len(alone := self._alone()):
                return
            shown = self._showing(alone[0])
            nearness = [-np.isin(self._relations[row], alone).sum() for row in shown]
            self.withheld[shown[np.lexsort((self._place[shown], nearness))[0]]] = True

    def widen(self, row: int) -> bool:
        """Withhold the next row in the public order, seen from one; False where none is left."""
        seen, ring = {row}, [row]
        while ring:
            # A relation with fewer withheld rows says more of each.
            relations = sorted(
                {int(relation) for at in ring for relation in self._relations[at]},
                key=lambda relation: (self.withheld[self._members[relation]].sum(), relation),
            )
            for relation in relations:
                shown = self._showing(relation)
                if len(shown):
                    self.withheld[shown[np.argmin(self._place[shown])]] = True
                    self.close()
                    return True
            ring = sorted({int(at) for own in relations for at in self._members[own]} - seen)
            seen.update(ring)
        return False

    def _alone(self) -> Ints:
        withheld = self._member @ self.withheld.astype(float)
        guarded = self._member @ (self.withheld & self._guarded).astype(float)
        showing = self._member @ (self._published & ~self.withheld).astype(float)
        return np.flatnonzero((withheld == 1) & (guarded == 1) & (showing > 0))

    def _showing(self, relation: int) -> Ints:
        members = self._members[relation]
        return members[self._published[members] & ~self.withheld[members]]


def withheld(unknown: Unknown) -> Flags:
    """Return which rows are withheld in the end."""
    pattern = Pattern(unknown)
    pattern.close()
    attacker = Attacker(unknown.equations, unknown.counts.ravel())
    width = unknown.counts.shape[1]
    upper = np.repeat(unknown.public, width)

    def see() -> None:
        attacker.see(unknown.unseen(pattern.withheld).ravel(), upper)

    see()
    _sweep(attacker, unknown)
    for row in unknown.order:
        for column in np.flatnonzero(unknown.protected[row]):
            count, needed = row * width + column, unknown.needed[row]
            while not attacker.look(count, needed) and pattern.widen(row):
                see()
    return pattern.withheld


def _sweep(attacker: Attacker, unknown: Unknown) -> None:
    """Look for the ranges of many counts together, as long as that is quicker than one by one.

    Places, then groups, then both are pushed up or down by chance; what is found does not depend on it.
    """
    rng = np.random.default_rng(0)
    rows, width = unknown.counts.shape
    groups = unknown.rows.groups
    columns = np.where(np.arange(width) % 2, 1.0, -1.0)
    needed = np.repeat(unknown.needed, width)
    protected = unknown.protected.ravel()

    def confined() -> Flags:
        return protected & (attacker.values() < needed)

    kind, before, left = 0, rows * width, np.count_nonzero(confined())
    while left > _FEW and (before - left > _FEW or kind < 3):
        of_places = rng.choice([-1.0, 1.0], size=rows // groups)[np.arange(rows) // groups]
        of_groups = rng.choice([-1.0, 1.0], size=groups)[np.arange(rows) % groups]
        signs = (of_places, of_groups, of_places * of_groups)[kind % 3]
        for sign in (1, -1):
            weights = np.where(confined(), np.outer(sign * signs, columns).ravel(), 0)
            attacker.sweep(weights, needed)
        kind, before, left = kind + 1, left, np.count_nonzero(confined())
