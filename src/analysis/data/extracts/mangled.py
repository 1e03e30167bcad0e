"""Values that a spreadsheet has changed on its own, and rows that it has added."""

import re
from collections.abc import Sequence

from analysis.data.extracts.pieces import compared

_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)"
_POWER = r"\d(?:[.,]\d+)?E\+\d{1,3}"
_DATE = (
    rf"\d{{1,2}}[- ]{_MONTH}(?:[- ]\d{{2,4}})?|{_MONTH}[- ]\d{{2,4}}"
    r"|\d{1,2}/\d{1,2}/\d{2,4}(?: \d.*)?|\d{4}-\d{2}-\d{2}(?:[ T]\d.*)?"
)
_TOTAL = r"(?:grand |sub-?)?totals?:?|sum"
_CHANGED = re.compile(rf"^(?:{_POWER}|{_DATE})$", re.IGNORECASE | re.MULTILINE)
_TOTALS = re.compile(rf"^\s*(?:{_TOTAL})\s*$", re.IGNORECASE | re.MULTILINE)


def mangled(value: str) -> str | None:
    """Return what is said of an id or a name that a spreadsheet has made something else, or None."""
    if not _CHANGED.fullmatch(value):
        return None
    what = "a power of ten" if re.fullmatch(_POWER, value, re.IGNORECASE) else "a date"
    return f"a spreadsheet has made {what} of it; type the column as text where it was exported"


def any_mangled(values: Sequence[str]) -> bool:
    """Whether any of some values may be mangled: a quick look."""
    return _CHANGED.search("\n".join(values)) is not None


def totals(texts: Sequence[str]) -> list[int]:
    """Return which of some texts name a row of totals."""
    if not _TOTALS.search("\n".join(texts)):
        return []
    return [at for at, text in enumerate(texts) if _TOTALS.fullmatch(compared(text))]
