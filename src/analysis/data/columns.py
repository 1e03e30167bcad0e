"""How a column and a table are declared, once.

From a declaration come the validation of every file that is read or written, the codebook, the data
package, and how a page heads and formats a column.
"""

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from analysis.data.codes import WITHHELD, Withheld
from analysis.data.patterns import GSS

Value = str | int | float | bool | Withheld | None  # of a cell; None where it is blank

_WHOLE = r"-?[0-9]{1,18}"
_NUMBER = r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|inf"
_FLAGS = {"true": True, "false": False}
_NO_CODES: Mapping[str, str] = MappingProxyType({})


class CellError(ValueError):
    """A text that a column does not allow; the message says what is allowed."""


@dataclass(frozen=True)
class Column:
    """A column of a table: what it means and what may stand in it.

    `dtype` is that of the pandas column: str, bool, float64, int64, or Int64 where a whole number may
    be blank. `codes` gives the meaning of each code where only codes are allowed, `spellings` how
    each code is written where there are several ways, `low` and `high` bound numbers, and a text
    must match the whole of `pattern`. A `withholdable` column may say that a figure is withheld. A page
    heads the column `heading`
    and shows numbers with so many `digits` after the point.
    """

    description: str
    dtype: str = "str"
    unit: str = ""
    codes: Mapping[str, str] = field(default_factory=lambda: _NO_CODES)
    spellings: Mapping[str, str] = field(default_factory=lambda: _NO_CODES)
    pattern: str | None = None
    low: float | None = None
    high: float | None = None
    nullable: bool = False
    withholdable: bool = False
    required: bool = True
    heading: str = ""
    digits: int = 0

    def value(self, text: str) -> Value:
        """Return the value of a cell's text; CellError where it is not allowed."""
        if not text:
            if self.nullable:
                return None
            raise CellError("blank is not allowed")
        if self.withholdable and text == str(WITHHELD):
            return WITHHELD
        value = _READ[self.dtype](text)
        self._require(value)
        return value

    def _require(self, value: str | int | float) -> None:
        if self.codes and value not in self.codes:
            raise CellError(f"must be one of {', '.join(self.codes)}")
        if self.pattern and not re.fullmatch(self.pattern, str(value)):
            raise CellError(f"must match {self.pattern}")
        if self.low is not None and float(value) < self.low:
            raise CellError(f"must be at least {self.low}")
        if self.high is not None and float(value) > self.high:
            raise CellError(f"must be at most {self.high}")


@dataclass(frozen=True)
class Rule:
    """What must hold between columns of a row: `holds` takes their values, None where blank."""

    columns: tuple[str, ...]
    allowed: str
    holds: Callable[..., bool]


@dataclass(frozen=True)
class Table:
    """A table: its columns in order, the key that identifies a row, and the rules of a row.

    `references` gives columns whose values must stand in another table, as `table.column`.
    """

    name: str
    title: str
    description: str
    columns: Mapping[str, Column]
    key: tuple[str, ...]
    rules: tuple[Rule, ...] = ()
    references: Mapping[str, str] = field(default_factory=dict)

    def foreign_keys(self) -> Iterator[tuple[str, str, str]]:
        """Yield each column whose values must stand in another table: column, table, its column."""
        for column, reference in self.references.items():
            table, _, key = reference.partition(".")
            yield column, table, key


def _whole(text: str) -> int:
    if not re.fullmatch(_WHOLE, text):
        raise CellError("a whole number of at most 18 digits is needed")
    return int(text)


def _number(text: str) -> float:
    number = float(text) if re.fullmatch(_NUMBER, text) else math.nan
    if math.isnan(number) or (math.isinf(number) and text != "inf"):
        raise CellError("a number is needed")
    return number


def _flag(text: str) -> bool:
    if text not in _FLAGS:
        raise CellError("true or false is needed")
    return _FLAGS[text]


_READ: Mapping[str, Callable[[str], str | int | float]] = {
    "str": str,
    "bool": _flag,
    "float64": _number,
    "int64": _whole,
    "Int64": _whole,
}


def text(
    description: str,
    *,
    pattern: str | None = None,
    nullable: bool = False,
    required: bool = True,
    heading: str = "",
) -> Column:
    """Declare a column of text, of a form where there is a pattern."""
    return Column(
        description, pattern=pattern, nullable=nullable, required=required, heading=heading
    )


def coded(
    description: str,
    codes: Mapping[str, str] | Iterable[str],
    *,
    nullable: bool = False,
    heading: str = "",
) -> Column:
    """Declare a column of codes, with what each means."""
    meanings = codes if isinstance(codes, Mapping) else dict.fromkeys(codes, "")
    return Column(
        description, codes=MappingProxyType(dict(meanings)), nullable=nullable, heading=heading
    )


def whole(
    description: str,
    unit: str,
    *,
    low: int | None = 0,
    high: int | None = None,
    nullable: bool = False,
    heading: str = "",
) -> Column:
    """Declare a column of whole numbers."""
    dtype = "Int64" if nullable else "int64"
    return Column(description, dtype, unit, low=low, high=high, nullable=nullable, heading=heading)


def number(
    description: str,
    unit: str,
    *,
    low: float | None = None,
    high: float | None = None,
    nullable: bool = False,
    heading: str = "",
    digits: int = 2,
) -> Column:
    """Declare a column of numbers."""
    return Column(
        description,
        "float64",
        unit,
        low=low,
        high=high,
        nullable=nullable,
        heading=heading,
        digits=digits,
    )


def flag(description: str) -> Column:
    """Declare a column of true and false."""
    return Column(description, "bool", "true or false")


SHARE = "share between 0 and 1"


def share(
    description: str, *, nullable: bool = False, heading: str = "", digits: int = 0
) -> Column:
    """Declare a column of shares between 0 and 1, which a page shows as percentages."""
    return number(
        description, SHARE, low=0, high=1, nullable=nullable, heading=heading, digits=digits
    )


def probability(description: str, *, nullable: bool = False) -> Column:
    """Declare a column of probabilities, which are no percentages of anything: p-values."""
    return number(description, "probability", low=0, high=1, nullable=nullable)


def ordered(low: str, high: str) -> Rule:
    """Refuse a row whose lower figure is above its upper one."""
    return Rule(
        (low, high),
        f"{low} must not be above {high}",
        lambda lower, upper: lower is None or upper is None or lower <= upper,
    )


def table(  # noqa: PLR0917 - name, title and meaning of a table read best in this order
    name: str,
    title: str,
    description: str,
    columns: Mapping[str, Column],
    key: Iterable[str],
    checks: Iterable[Rule] = (),
    references: Mapping[str, str] | None = None,
) -> Table:
    """Declare a table."""
    return Table(
        name, title, description, dict(columns), tuple(key), tuple(checks), dict(references or {})
    )


GSS_CODE = text("ONS code of the area", pattern=GSS)

NAME = text("Name of the area")
