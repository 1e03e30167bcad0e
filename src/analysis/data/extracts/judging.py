"""Judgements in the codes of the codebook, and those that are none."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from analysis.data import codes
from analysis.data.extracts.gathered import FIRST, Gathered
from analysis.data.extracts.pieces import Coded, clean, compared, numeric
from analysis.data.extracts.written import FILE, Spellings, Written

UNKNOWN = -1
_CODES = list(codes.JUDGEMENTS)


class Judging:
    """Codes the judgements of an extract question by question."""

    def __init__(self, questions: Sequence[str], written: Written) -> None:
        """Take how each judgement is written."""
        self._spellings = {question: written.spellings(question) for question in questions}
        self._known = {name: _codes(own) for name, own in self._spellings.items()}
        self._numbers: defaultdict[str, set[str]] = defaultdict(set)

    def coded(
        self, columns: Mapping[str, Coded], lines: Callable[[], np.ndarray], found: Gathered
    ) -> np.ndarray:
        """Return the judgements, int8 by question and row: places in codes.JUDGEMENTS, or UNKNOWN.

        Unknown ones are added to `found`, but for numbers: `close` adds those.
        """
        size = len(next(iter(columns.values())).codes)
        judged = np.empty((len(columns), size), np.int8)
        folded: dict[int, tuple[list[str], set[str]]] = {}  # columns may share their texts
        for own, (question, column) in zip(judged, columns.items(), strict=True):
            if id(column.texts) not in folded:
                each = list(map(_judgement, column.texts))
                folded[id(column.texts)] = each, set(filter(numeric, each))
            texts, numbers = folded[id(column.texts)]
            known = self._known[question]
            values = np.array([known.get(text, UNKNOWN) for text in texts], np.int8)
            own[:] = values[column.codes]
            if self._usual(question) and numbers:
                self._numbers[question] |= numbers & {texts[code] for code in column.present()}
            if own.min(initial=0) == UNKNOWN:
                self._unknown(question, column, values, lines, found)
        return judged

    def _unknown(
        self,
        question: str,
        column: Coded,
        values: np.ndarray,
        lines: Callable[[], np.ndarray],
        found: Gathered,
    ) -> None:
        counts = np.bincount(column.codes, minlength=len(column.texts)).tolist()
        for code in column.present():
            text = column.texts[code]
            if values[code] != UNKNOWN or (numeric(_judgement(text)) and self._usual(question)):
                continue
            first: list[int] = []
            if not found.full("judgements"):
                first = lines()[column.where([code])[:FIRST]].tolist()
            allowed, value = self._allowed(question), clean(text)
            found.add_rows("judgements", allowed, first, counts[code], column=question, value=value)

    def close(self, found: Gathered) -> None:
        """Add to `found` the questions with numbers that no code list explains.

        Where there is one such number, 0 and 1 are not read as no and yes either.
        """
        for question, numbers in self._numbers.items():
            if not numbers <= set(self._known[question]):
                listed = ", ".join(sorted(numbers, key=int))
                fault = (
                    f"has the codes {listed}, and no code list says what they mean: `judgements` of "
                    f"inspection.toml or {FILE} does, or `question_judgements` for one question"
                )
                found.add("codes", fault, column=question)

    def _usual(self, question: str) -> bool:
        return self._spellings[question] is codes.JUDGEMENTS

    def _allowed(self, question: str) -> str:
        if self._usual(question):
            return (
                "must be Yes, No, Not applicable or blank (docs/codebook.md lists every spelling)"
            )
        every = (each or "blank" for own in self._spellings[question].values() for each in own)
        return f"must be one of {', '.join(every)}"


def _codes(spellings: Spellings) -> dict[str, int]:
    return {
        _judgement(each): _CODES.index(code) for code, every in spellings.items() for each in every
    }


def _judgement(text: str) -> str:
    """Return a judgement as it is compared; 1.0 is how some programs write the code 1."""
    folded = compared(text)
    return whole if numeric(whole := folded.removesuffix(".0")) else folded
