"""Somebody who knows the rules, the figures that show and the public sizes (rule 6).

What they can know of a withheld count is the range that it has over all tables with the same figures
showing. Ranges come from linear programmes, solved by HiGHS through scipy. A linear programme may leave
more room than whole numbers do where the relations cross; tests hold it against integer programmes.
"""

import numpy as np
from scipy import optimize, sparse

from analysis.stats.disclosure.rows import Flags, Ints

_SLACK = 1e-6  # beyond the tolerance of HiGHS, far below one case


class Attacker:
    """The ranges of withheld counts, as far as they have been looked for.

    `equations` is a sparse matrix whose product with all counts is 0, `counts` what they really are.
    """

    def __init__(self, equations: sparse.csc_array, counts: Ints) -> None:
        """Nothing is withheld yet; `see` says what is."""
        self._equations, self._counts = equations, counts
        # Two solutions and whatever lies between them are solutions, the true counts among them.
        self._low, self._high = counts.astype(float), counts.astype(float)

    def see(self, withheld: Flags, upper: np.ndarray) -> None:
        """See all but what is withheld, which is known not to exceed `upper`.

        Seen again it has to be less: then whatever was possible remains so.
        """
        self._upper = upper
        self._at = np.flatnonzero(withheld)
        own = self._equations[:, self._at]
        lines = np.flatnonzero(np.diff(own.tocsr().indptr))
        self._own = own.tocsr()[lines].tocsc()
        self._sums = self._own @ self._counts[self._at]
        joined = sparse.block_array([[None, self._own], [self._own.T, None]])
        _, labels = sparse.csgraph.connected_components(joined, directed=False)
        self._component = labels[len(lines) :]

    def values(self) -> Ints:
        """Return how many values each count has been found to take."""
        return np.floor(self._high + _SLACK) - np.ceil(self._low - _SLACK) + 1

    def look(self, count: int, needed: int) -> bool:
        """Return whether a withheld count can take so many values, by its own range."""
        place = int(np.searchsorted(self._at, count))
        within = np.flatnonzero(self._component == self._component[place])
        for sign in (-1.0, 1.0):
            if self.values()[count] < needed:
                weights = np.zeros(len(self._at))
                weights[place] = sign
                self._solve(weights[within], self._upper[self._at[within]], within)
        return bool(self.values()[count] >= needed)

    def sweep(self, direction: np.ndarray, enough: np.ndarray) -> None:
        """Look for the ranges of many counts by one programme.

        `direction` has a weight for each count, positive where it is to be large, up to `enough`.
        """
        upper = np.minimum(self._upper, np.maximum(enough, self._counts))
        whole = np.arange(len(self._at))
        self._solve(-direction[self._at], upper[self._at], whole)

    def _solve(self, weights: np.ndarray, upper: np.ndarray, within: Ints) -> None:
        own = self._own[:, within]
        lines = np.flatnonzero(np.diff(own.tocsr().indptr))
        found = optimize.linprog(
            weights,
            A_eq=own.tocsr()[lines],
            b_eq=self._sums[lines],
            bounds=np.column_stack([np.zeros(len(within)), upper]),
            method="highs",
        )
        if found.status == 3:  # nothing that is known bounds it
            place = self._at[within[np.flatnonzero(weights)]]
            self._high[place] = np.inf
            return
        if found.status != 0:
            raise RuntimeError(f"the linear programme ended with: {found.message}")
        at = self._at[within]
        self._low[at] = np.minimum(self._low[at], found.x)
        self._high[at] = np.maximum(self._high[at], found.x)
