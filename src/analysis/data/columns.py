"""How a column and a table are declared: type, meaning, unit, codes, and what is allowed."""

from collections.abc import Iterable, Iterator, Mapping

import pandera.pandas as pa

from analysis.data.patterns import GSS


def text(
    description: str, *, pattern: str | None = None, nullable: bool = False, required: bool = True
) -> pa.Column:
    """Give a column of text, of a form where a pattern says so."""
    checks = []
    if pattern:
        checks = [pa.Check.str_matches(f"^({pattern})$", error=f"must match {pattern}")]
    return pa.Column(str, checks, nullable=nullable, required=required, description=description)


def coded(description: str, codes: Mapping[str, str] | Iterable[str]) -> pa.Column:
    """Give a column of codes, with what each means."""
    meanings = dict(codes) if isinstance(codes, Mapping) else dict.fromkeys(codes, "")
    allowed = f"must be one of {', '.join(meanings)}"
    return pa.Column(
        str,
        pa.Check.isin(list(meanings), error=allowed),
        description=description,
        metadata={"codes": meanings},
    )


def bounded(low: float | None, high: float | None) -> list[pa.Check]:
    """Give the checks of a lowest and a highest value."""
    checks = []
    if low is not None:
        checks.append(pa.Check.ge(low, error=f"must be at least {low}"))
    if high is not None:
        checks.append(pa.Check.le(high, error=f"must be at most {high}"))
    return checks


def whole(
    description: str,
    unit: str,
    *,
    low: int | None = 0,
    high: int | None = None,
    nullable: bool = False,
) -> pa.Column:
    """Give a column of whole numbers."""
    return pa.Column(
        "Int64" if nullable else "int64",
        bounded(low, high),
        nullable=nullable,
        description=description,
        metadata={"unit": unit},
    )


def number(
    description: str,
    unit: str,
    *,
    low: float | None = None,
    high: float | None = None,
    nullable: bool = False,
) -> pa.Column:
    """Give a column of numbers."""
    return pa.Column(
        float,
        bounded(low, high),
        nullable=nullable,
        description=description,
        metadata={"unit": unit},
    )


def flag(description: str) -> pa.Column:
    """Give a column of true and false."""
    return pa.Column(bool, description=description, metadata={"unit": "true or false"})


def share(description: str, *, nullable: bool = False) -> pa.Column:
    """Give a column of shares between 0 and 1."""
    return number(description, "share between 0 and 1", low=0, high=1, nullable=nullable)


def ordered(low: str, high: str) -> pa.Check:
    """Refuse a row whose lower figure is above its upper one; a missing column is told as such."""
    return pa.Check(
        lambda frame: (
            not {low, high} <= set(frame) or (frame[low] <= frame[high]).fillna(True).astype(bool)
        ),
        error=f"{low} must not be above {high}",
    )


def table(  # noqa: PLR0917 - name, title and meaning of a table read best in this order
    name: str,
    title: str,
    description: str,
    columns: Mapping[str, pa.Column],
    key: Iterable[str],
    checks: Iterable[pa.Check] = (),
    references: Mapping[str, str] | None = None,
) -> pa.DataFrameSchema:
    """Give a table of declared columns."""
    return pa.DataFrameSchema(
        dict(columns),
        checks=list(checks),
        name=name,
        title=title,
        description=description,
        unique=list(key),
        strict=True,
        ordered=True,
        metadata={"references": dict(references or {})},
    )


def references(schema: pa.DataFrameSchema) -> Iterator[tuple[str, str, str]]:
    """Give each column whose values must stand in another table: column, that table, its column."""
    for column, reference in schema.metadata["references"].items():
        table, _, key = reference.partition(".")
        yield column, table, key


GSS_CODE = text("ONS code of the area", pattern=GSS)

NAME = text("Name of the area")
