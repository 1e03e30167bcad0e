"""Numbers and lists in plain English, the same way in sentences, tables and figures."""

import math
from collections.abc import Iterable

MINUS = "\N{MINUS SIGN}"
UNKNOWN = "not available"
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_ORDINALS = (
    *("", "first", "second", "third", "fourth"),
    *("fifth", "sixth", "seventh", "eighth", "ninth"),
)


def percent(share: float, digits: int = 0) -> str:
    """Return a share between 0 and 1 as a percentage: 0.163 is 16%."""
    return f"{100 * share:.{digits}f}%"


def percents(low: float, high: float, digits: int = 0) -> str:
    """Return a range of shares; one percentage where both round to the same."""
    first, last = percent(low, digits), percent(high, digits)
    return first if first == last else f"{first} to {last}"


def span(first: int, last: int) -> str:
    """Return a range of whole numbers; one number where both are the same."""
    return str(first) if first == last else f"{first} to {last}"


def points(difference: float) -> str:
    """Return a difference of shares in percentage points, with its sign: -0.35 is −35."""
    rounded = round(100 * difference)
    return f"+{rounded}" if rounded > 0 else str(rounded).replace("-", MINUS)


def decimal(value: float, digits: int = 2) -> str:
    """Return a number with a true minus sign and no negative zero; one that is missing in words."""
    if math.isnan(value):
        return UNKNOWN
    text = f"{value:.{digits}f}"
    if float(text) == 0:
        text = f"{0:.{digits}f}"
    return text.replace("-", MINUS)


def plain(value: float) -> str:
    """Return a number with a true minus sign and no more decimals than it needs: `1,234.5`."""
    return f"{value:,.10g}".replace("-", MINUS)


def out_of(low: int, high: int, whole: int) -> str:
    """Return a count, or the bounds of one, with its denominator: `5 of 31`, `14 to 15 of 40`."""
    return f"{low} of {whole}" if low == high else f"{low} to {high} of {whole}"


def p_value(value: float) -> str:
    """Return a p-value to three decimals, never as 0."""
    return "below 0.001" if value < 0.001 else f"{value:.3f}"


def number(count: int) -> str:
    """Return a count in words below ten, in figures from there: none is `no`."""
    return _SMALL[count] if count < len(_SMALL) else str(count)


def how_many(count: int) -> str:
    """Return a count that stands for what it counts: `none`, `one`, `12`."""
    return number(count) if count else "none"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """Return a count with its noun: `no questions`, `one question`, `12 questions`."""
    return f"{number(count)} {singular if count == 1 else plural or singular + 's'}"


def place(rank: int, count: int) -> str:
    """Return a place in a ranking from its nearer end: 1 of 33 is `highest`, 32 `second lowest`."""
    from_low = count + 1 - rank
    nearer, end = (rank, "highest") if rank <= from_low else (from_low, "lowest")
    return end if nearer == 1 else f"{_ordinal(nearer)} {end}"


def _ordinal(number: int) -> str:
    if number < len(_ORDINALS):
        return _ORDINALS[number]
    teens = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def cases(count: int) -> str:
    """Return a number of cases in figures: `1 case`, `40 cases`."""
    return f"{count} case" if count == 1 else f"{count} cases"


def listed(items: Iterable[str]) -> str:
    """Join items as a sentence does: `a`, `a and b`, `a, b and c`; with a comma after `a and b`."""
    *rest, last = items
    comma = "," if any(" and " in item for item in (*rest, last)) else ""
    return f"{', '.join(rest)}{comma} and {last}" if rest else last


def joined(items: Iterable[str]) -> str:
    """Join items as a line of figures does, with no further comma; none are an empty text."""
    *rest, last = list(items) or [""]
    return f"{', '.join(rest)} and {last}" if rest else last


def opened(text: str) -> str:
    """Return a text with the capital that opens a sentence or a heading."""
    return text[:1].upper() + text[1:]


def in_sentence(name: str) -> str:
    """Return the name of a place as it stands within a sentence: `the City of London`, `Barnet`."""
    return f"the {name}" if name.startswith("City of ") else name


def at_start(name: str) -> str:
    """Return the name of a place as it opens a sentence: `The City of London`, `Barnet`."""
    return opened(in_sentence(name))


def named(names: Iterable[str]) -> str:
    """Join names of places, by the alphabet: `Camden, the City of London and Hackney`."""
    return listed(map(in_sentence, sorted(names)))


def label(code: str) -> str:
    """Return a code of the codebook as a heading says it: `protecting_the_public`."""
    return code.replace("_", " ").capitalize()
