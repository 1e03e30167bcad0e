"""Values that a spreadsheet has changed on its own, and rows that it has added."""

import re
from collections.abc import Sequence

from analysis.data.extracts.pieces import compared

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = f"(?:{'|'.join(_MONTHS)}|sept)"
_POWER = re.compile(r"\d(?:[.,]\d+)?e\+\d{1,3}")
_ISO_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}(?:[ t]\d.*)?$", re.MULTILINE)
_DATE = re.compile(
    rf"\d{{1,2}}[- ]{_MONTH}(?:[- ]\d{{2,4}})?|{_MONTH}[- ]\d{{2,4}}|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}(?: \d.*)?"
)
_MARKS = ("e+", "/", *_MONTHS)  # each power and date has one, but for those of ISO
_TOTAL = re.compile(r"(?:grand |sub-?)?totals?:?|sum")


def mangled(value: str) -> str | None:
    """Return what is said of an id or a name that a spreadsheet has made something else, or None."""
    folded = value.lower()
    power = _POWER.fullmatch(folded)
    if not (power or _DATE.fullmatch(folded) or _ISO_DATE.fullmatch(folded)):
        return None
    what = "a power of ten" if power else "a date"
    return f"a spreadsheet has made {what} of it; type the column as text where it was exported"


def any_mangled(values: Sequence[str]) -> bool:
    """Whether any of some values may be mangled: a quick look."""
    joined = "\n".join(values).lower()
    return any(mark in joined for mark in _MARKS) or _ISO_DATE.search(joined) is not None


def totals(texts: Sequence[str]) -> list[int]:
    """Return which of some texts name a row of totals."""
    joined = "\n".join(texts).lower()
    if "total" not in joined and "sum" not in joined:
        return []
    return [at for at, text in enumerate(texts) if _TOTAL.fullmatch(compared(text))]
