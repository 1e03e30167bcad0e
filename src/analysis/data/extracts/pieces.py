"""Rows of an extract as text, column by column: what every kind of file is read into."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from analysis.data.extracts.counts import Warned
from analysis.data.extracts.gathered import Gathered

KEY = "case_id"
# Spaces of all widths are one, and what has no width is nothing.
_SPACES = dict.fromkeys(map(ord, "\u00a0\u1680\u202f\u205f\u3000"), " ")
_SPACES |= dict.fromkeys(range(0x2000, 0x200B), " ")
_SPACES |= dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"), "")
_DOUBTFUL = re.compile(r"[^!-&(-~\n]")  # all but printable ASCII, spaces and apostrophes among it


@dataclass(frozen=True, eq=False)
class Coded:
    """A column: the text of row i is texts[codes[i]]; texts may have some that no row has."""

    codes: np.ndarray
    texts: Sequence[str]

    def present(self) -> list[int]:
        """Return the codes that some row has."""
        return np.flatnonzero(np.bincount(self.codes, minlength=len(self.texts))).tolist()

    def where(self, wanted: Collection[int]) -> np.ndarray:
        """Return the positions of the rows that have one of some texts, by their place in `texts`."""
        return np.flatnonzero(np.isin(self.codes, list(wanted)))


@dataclass(frozen=True, eq=False)
class Piece:
    """Some successive rows: columns by their position in the header, and the line of each row."""

    size: int
    columns: dict[int, Coded]
    lines: Callable[[], np.ndarray]
    done: int


class Source(Protocol):
    """A file of which the header is read: its names, and the line on which it stands.

    `warnings` are on how it had to be read. `whole` is the length of the file in the unit of `Piece.done`.
    """

    header: list[str]
    line: int
    whole: int
    warnings: tuple[Warned, ...]

    def pieces(self, keep: Sequence[int], key: int | None, found: Gathered) -> Iterator[Piece]:
        """Yield the rows with some of their columns; what cannot be read is added to `found`.

        `key` is the column of which each row has a text of its own.
        """


def clean(text: str) -> str:
    """Return a text without what a spreadsheet puts around it.

    Surrounding spaces of every width, characters of no width, a leading apostrophe.
    """
    text = text.strip()
    if not text.isascii():
        text = text.translate(_SPACES).strip()
    return text[1:].lstrip() if text.startswith("'") else text


def all_clean(texts: Sequence[str]) -> list[str]:
    """Return texts as `clean` does, the quicker where none of them has anything to remove."""
    untouched = _DOUBTFUL.search("\n".join(texts)) is None
    return list(texts) if untouched else list(map(clean, texts))


def compared(text: str) -> str:
    """Return a text as it is compared: in lower case, surrounding and repeated spaces removed."""
    return " ".join(clean(text).casefold().split())


def numeric(text: str) -> bool:
    """Whether a text is a code in digits, as `1`, `-9` or `98`."""
    return re.fullmatch(r"[-+]?\d+", text, re.ASCII) is not None
