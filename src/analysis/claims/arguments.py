"""The arguments of claims: each that names what there is not, before anything is computed.

The files of an inspection are read as text, so that a fault elsewhere in them hides none here.
"""

import difflib
import inspect
import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_type_hints

import pandas as pd

from analysis.claims import common
from analysis.claims.common import Kind, Names
from analysis.data.problems import Problem

FILE = "claims.csv"
ALL_INSPECTED = "inspected"
_SHORT = 12  # as many names as a message lists

Computations = Mapping[str, Callable[..., Any]]
# The tables of an inspection as text, by name, those that can be read; by line.
Texts = Mapping[str, pd.DataFrame]


def read(text: str) -> dict[str, str]:
    """Return the arguments written `name=value; name=value`."""
    return dict(_pairs(text))


@dataclass(frozen=True)
class Known:
    """What there is to name of each kind, None where that cannot be read.

    `held` gives the names of the places that a table of data/raw has.
    """

    names: Mapping[Kind, Collection[str] | None]
    held: Callable[[str], Collection[str]]

    def of(self, wanted: Names) -> Collection[str] | None:
        """Return what an argument may name."""
        if wanted.kind is Kind.PLACE:
            return [*self.held(wanted.held_in), *([ALL_INSPECTED] * wanted.also)]
        found = self.names[wanted.kind]
        if not wanted.held_in or found is None:
            return found
        held = self.held(wanted.held_in)
        return [name for name in found if name in held]


def known(
    texts: Texts,
    names: Mapping[Kind, Collection[str] | None],
    held: Callable[[str], Collection[str]],
) -> Known:
    """Return what there is to name: in the tables of an inspection, as text, and of these kinds."""
    own = {
        Kind.FACT: _facts(texts),
        Kind.FINDING: _findings(texts),
        Kind.QUESTION: _column(texts, "questions", "question_id"),
        Kind.SIDE: ["more", "fewer"],
    }
    return Known({**own, **names}, held)


def faults(claims: pd.DataFrame, known: Known, computations: Computations) -> Iterator[Problem]:
    """Yield each computation that there is not, and each argument that is not as it takes it.

    `claims` is claims.csv as text, by line. What depends on a file that cannot be read is passed over.
    """
    if not {"computation", "arguments"} <= set(claims):
        return
    for row, name, written in claims[["computation", "arguments"]].itertuples(name=None):
        if name and name not in computations:
            allowed = f"is no function of analysis.claims{_near(name, computations)}"
            yield Problem(FILE, allowed, row=row, column="computation", value=name)
        elif name:
            for column, value, allowed in _faults_of(computations[name], written, known):
                yield Problem(FILE, allowed, row=row, column=column, value=value)


def _column(texts: Texts, table: str, name: str) -> list[str] | None:
    return texts[table][name].tolist() if table in texts and name in texts[table] else None


def _facts(texts: Texts) -> list[str] | None:
    ids, units = (_column(texts, "context", name) for name in ("fact_id", "unit"))
    if ids is None or units is None:
        return None
    wholes = (f"of {each}" for each, unit in zip(ids, units, strict=True) if common.whole_of(unit))
    return [*ids, *wholes]


def _findings(texts: Texts) -> list[str] | None:
    ids, relevant, low = (
        _column(texts, "findings", name) for name in ("finding_id", "relevant", "sufficient_low")
    )
    if ids is None or relevant is None or low is None:
        return None
    return [each for each, *figure in zip(ids, relevant, low, strict=True) if all(figure)]


def _pairs(text: str) -> list[tuple[str, str]]:
    pairs = [pair.partition("=") for pair in text.split(";") if pair.strip()]
    return [(name.strip(), value.strip()) for name, _, value in pairs]


def _faults_of(
    computation: Callable[..., Any], written: str, known: Known
) -> Iterator[tuple[str, str, str]]:
    """Yield the column, the value and what is allowed of each fault in the arguments of a claim."""
    takes = {name: names for name, names in declared(computation).items() if names is not None}
    about = takes.pop("tables", None)
    if about is not None and known.of(about) == []:
        allowed = f"needs a {about.kind}{_held_in(about)}"
        yield "computation", computation.__name__, allowed
    pairs = _pairs(written)
    if sorted(name for name, _ in pairs) != sorted(takes):
        form = "; ".join(f"{name}=..." for name in takes) or "no arguments"
        yield "arguments", written, f"{computation.__name__} takes {form}"
        return
    for name, value in pairs:
        names = takes[name]
        for each in common.listed(value) if names.several else [value]:
            if refused := _refused(each, names, known):
                yield "arguments", f"{name}={each}", refused


def declared(computation: Callable[..., Any]) -> dict[str, Names | None]:
    """Return what each argument of a computation names, None where that is not declared."""
    hints = get_type_hints(computation, include_extras=True)
    return {
        name: next(iter(getattr(hints[name], "__metadata__", ())), None)
        for name in inspect.signature(computation).parameters
    }


def _refused(value: str, names: Names, known: Known) -> str | None:
    """Return what is allowed where a value is not; None where it is, or where nobody can say."""
    if names.kind is Kind.NUMBER:
        finite = re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value) and math.isfinite(float(value))
        return None if finite else "must be a number"
    allowed = known.of(names)
    if allowed is None or value in allowed:
        return None
    if 0 < len(allowed) <= _SHORT:
        return f"must be one of {', '.join(allowed)}"
    return f"is no {names.kind}{_held_in(names)}{_near(value, allowed)}"


def _held_in(names: Names) -> str:
    return f" that {names.held_in}.csv has" if names.held_in else ""


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else ""
