"""The columns of an extract: which is which, and what is wrong with them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from analysis.data import codes
from analysis.data.extracts.counts import PROVIDER
from analysis.data.extracts.gathered import Gathered
from analysis.data.extracts.pieces import KEY, Piece, compared
from analysis.data.extracts.written import Written

# What the columns of a long file are called, besides by the ids that stand in them.
_OF_QUESTIONS = {"question", "question_id", "question id", "item", "indicator", "variable"}
_ANSWERS = {"judgement", "judgment", "answer", "response", "value", "rating", "score"}
_ALLOWED = "case_id, provider, a question_id of questions.csv, or one of " + ", ".join(
    codes.CASE_DETAILS
)


@dataclass(frozen=True)
class Layout:
    """Where each column of an extract stands, by its name here; `unnamed` have to be blank."""

    at: Mapping[str, int]
    questions: tuple[str, ...]
    not_asked: tuple[str, ...]
    details: tuple[str, ...]
    unnamed: tuple[int, ...]


def keys(written: Written) -> set[str]:
    """Return the names that the column of case ids may have, as they are compared."""
    return {KEY, *(compared(theirs) for theirs, ours in written.columns.items() if ours == KEY)}


def layout(
    header: Sequence[str],
    line: int,
    question_ids: Sequence[str],
    written: Written,
    found: Gathered,
) -> Layout:
    """Return where the columns stand; those that are missing, twice or unknown are added to `found`.

    Names are compared without case and surrounding spaces.
    """
    named = _names(header, line, question_ids, written, found)
    ignored = set(map(compared, written.ignored_columns))
    at: dict[str, int] = {}
    unnamed = []
    seen: set[str] = set()
    for position, name in enumerate(header):
        own = compared(name)
        ours = named.get(own)
        if own in ignored:
            continue
        if not own:
            unnamed.append(position)
        elif own in seen:
            fault = "a column name must be unique and not blank"
            found.add("columns", fault, row=line, column=name)
        elif ours in at:
            fault = f"is a second column of {ours}; {header[at[ours]]} is the first"
            found.add("columns", fault, row=line, column=name)
        elif ours is None:
            fault = f"is not a column of a case extract: {_ALLOWED}; `ignored_columns` lists what is not read"
            found.add("columns", fault, row=line, column=name)
        else:
            at[ours] = position
        seen.add(own)
    for name in (KEY, PROVIDER):
        if name not in at:
            found.add("columns", "the column is missing", row=line, column=name)
    asked = tuple(name for name in question_ids if name in at)
    if not asked:
        fault = "no column is a question of questions.csv; at least one is needed"
        found.add("columns", fault, row=line)
    return Layout(
        at,
        asked,
        tuple(name for name in question_ids if name not in at),
        tuple(name for name in codes.CASE_DETAILS if name in at),
        tuple(unnamed),
    )


def _names(
    header: Sequence[str],
    line: int,
    question_ids: Sequence[str],
    written: Written,
    found: Gathered,
) -> dict[str, str]:
    """Return what each name of a column is here; what is wrong with `columns` is added to `found`."""
    named = {compared(name): name for name in [KEY, PROVIDER, *question_ids, *codes.CASE_DETAILS]}
    known = set(named.values())
    present = set(map(compared, header))
    for theirs, ours in written.columns.items():
        said = f"`columns` gives it as {ours}, "
        if ours not in known:
            found.add("columns", f"{said}which is not {_ALLOWED}", column=theirs)
        elif compared(theirs) not in present:
            fault = f"{said}and the file has no such column"
            found.add("columns", fault, row=line, column=theirs)
        named[compared(theirs)] = ours
    return named


def long(header: Sequence[str], piece: Piece, question_ids: Collection[str]) -> str | None:
    """Return a sentence where an extract without a question's column looks like a long file.

    `piece` has all columns of its first rows.
    """
    wanted = set(map(compared, question_ids))
    names = list(map(compared, header))
    columns = [
        position
        for position, column in piece.columns.items()
        if names[position] in _OF_QUESTIONS
        or any(compared(column.texts[code]) in wanted for code in column.present())
    ]
    if not columns:
        return None
    answers = [name for name, own in zip(header, names, strict=True) if own in _ANSWERS]
    beside = f", and {answers[0]} the judgement" if answers else ""
    return (
        "looks like a long file, a row per case and question: the column "
        f"{header[columns[0]]} says which question{beside}; an extract has a row per case and a column "
        "per question: in a spreadsheet a pivot table makes it"
    )
