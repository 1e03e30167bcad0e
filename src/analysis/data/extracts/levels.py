"""Providers and details of cases: which there are, and what is wrong with how they are written."""

from collections.abc import Callable, Collection

import numpy as np

from analysis.data import codes
from analysis.data.extracts.counts import PROVIDER
from analysis.data.extracts.gathered import FIRST, Gathered
from analysis.data.extracts.mangled import mangled
from analysis.data.extracts.pieces import Coded, clean

MOST = 250  # levels; a column with more holds something else


class Levels:
    """The levels of one column over all pieces, in the order in which they were found."""

    def __init__(self, name: str, known: Collection[str] = ()) -> None:
        """Begin with none; where some are `known`, no other is allowed."""
        self.name = name
        self.found: list[str] = []
        self._known = known
        self._usual: dict[str, str] = {}
        self._kind = "providers" if name == PROVIDER else "details"

    def coded(self, column: Coded, lines: Callable[[], np.ndarray], found: Gathered) -> np.ndarray:
        """Return the level of each row by its place in `found`; what is wrong is added to `found`."""
        places = np.zeros(len(column.texts), np.int64)
        at = {level: place for place, level in enumerate(self.found)}
        counts = np.bincount(column.codes, minlength=len(column.texts)).tolist()
        for code in column.present():
            level = clean(column.texts[code])
            if fault := self._fault(level):
                first: list[int] = []
                if not found.full(self._kind):
                    first = lines()[column.where([code])[:FIRST]].tolist()
                count = counts[code]
                found.add_rows(self._kind, fault, first, count, column=self.name, value=level)
            elif level not in at:
                at[level] = len(self.found)
                self.found.append(level)
            places[code] = at.get(level, 0)
        return places[column.codes]

    def order(self) -> list[int]:
        """Return the levels' places as they are told: as they are known, else by name; blank last.

        The order of the rows says nothing.
        """
        if self._known:
            known = list(self._known)
            return sorted(range(len(self.found)), key=lambda at: known.index(self.found[at]))
        return sorted(range(len(self.found)), key=lambda at: (not self.found[at], self.found[at]))

    def _fault(self, level: str) -> str | None:
        usual = self._usual.setdefault(_letters(level), level)
        if len(level.splitlines()) > 1:
            return "must be one line"
        if level != usual:
            return f"is written {usual} elsewhere in the file"
        if len(self.found) == MOST and level not in self.found:
            return f"is one of more than {MOST} different values; is this the right column?"
        return self._of_provider(level) if self.name == PROVIDER else mangled(level)

    def _of_provider(self, level: str) -> str | None:
        if not level:
            return "blank is not allowed"
        if level.casefold() == codes.ALL_PROVIDERS.casefold():
            return f"{codes.ALL_PROVIDERS} stands for all providers together"
        if self._known and level not in self._known:
            return f"must be one of {', '.join(self._known)}"
        return None


def _letters(text: str) -> str:
    """Return a text by its letters and digits alone: what two spellings of one name share."""
    folded = text.casefold()
    return "".join(filter(str.isalnum, folded)) or folded
