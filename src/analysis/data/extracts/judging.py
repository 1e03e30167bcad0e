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
        self._unexplained: set[str] = set()

    def coded(
        self, columns: Mapping[str, Coded], lines: Callable[[], np.ndarray], found: Gathered
    ) -> np.ndarray:
        """Return the judgements, int8 by question and row: places in codes.JUDGEMENTS, or UNKNOWN.

        Unknown ones are added to `found`, but for numbers: `close` adds those.
        """
        size = len(next(iter(columns.values())).codes)
        judged = np.empty((len(columns), size), np.int8)
        for own, (question, column) in zip(judged, columns.items(), strict=True):
            known = self._known[question]
            values = np.array(
                [known.get(_judgement(text), UNKNOWN) for text in column.texts], np.int8
            )
            own[:] = values[column.codes]
            usual = self._spellings[question] is codes.JUDGEMENTS
            if usual:
                self._numbers[question].update(filter(numeric, map(_judgement, column.texts)))
            for code in (
                np.flatnonzero(values == UNKNOWN).tolist() if (own == UNKNOWN).any() else ()
            ):
                text = column.texts[code]
                if usual and numeric(_judgement(text)):
                    self._unexplained.add(question)
                    continue
                rows = np.flatnonzero(column.codes == code)
                if rows.size:
                    first = lines()[rows[:FIRST]].tolist()
                    found.add_rows(
                        "judgements",
                        self._allowed(question),
                        first,
                        rows.size,
                        column=question,
                        value=clean(text),
                    )
        return judged

    def close(self, found: Gathered) -> None:
        """Add to `found` the questions with numbers that no code list explains.

        Where there is one such number, 0 and 1 are not read as no and yes either.
        """
        for question in self._spellings:
            if question in self._unexplained:
                listed = ", ".join(sorted(self._numbers[question], key=int))
                fault = (
                    f"has the codes {listed}, and no code list says what they mean: `judgements` of "
                    f"inspection.toml or {FILE} does, or `question_judgements` for one question"
                )
                found.add("codes", fault, column=question)

    def _allowed(self, question: str) -> str:
        own = self._spellings[question]
        if own is codes.JUDGEMENTS:
            return (
                "must be Yes, No, Not applicable or blank (docs/codebook.md lists every spelling)"
            )
        return f"must be one of {', '.join(each or 'blank' for every in own.values() for each in every)}"


def _codes(spellings: Spellings) -> dict[str, int]:
    return {
        _judgement(each): _CODES.index(code) for code, every in spellings.items() for each in every
    }


def _judgement(text: str) -> str:
    """Return a judgement as it is compared; 1.0 is how some programs write the code 1."""
    folded = compared(text)
    return whole if numeric(whole := folded.removesuffix(".0")) else folded
