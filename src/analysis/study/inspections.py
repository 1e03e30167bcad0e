"""Inspections as a run takes them: every fault of the folder at once, those of its claims among them."""

from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from pathlib import Path
from types import MappingProxyType

import pandas as pd

from analysis.claims import arguments, ledger
from analysis.claims.common import Kind, Tables
from analysis.data import context, inspection, processed, raw, regions, sources, tables
from analysis.data.inspection import Inspection
from analysis.data.problems import BadDataError, Problem, of_each


def load(reference: str) -> Inspection:
    """Return an inspection whose claims can all be computed; BadDataError names every fault."""
    folder = inspection.find(reference)
    problems: list[Problem] = []
    try:
        found = inspection.load(reference)
    except BadDataError as error:
        problems += error.problems
    problems += misnamed(folder)
    if problems or (problems := inspection.placed(folder, _uncomputable(found))):
        raise BadDataError(dict.fromkeys(problems))
    return found


def check() -> list[Problem]:
    """Check every inspection of data/raw/inspections; return every problem at once."""
    return of_each(partial(load, name) for name in inspection.names())


def misnamed(folder: Path) -> list[Problem]:
    """Return each computation of the claims of an inspection, and each argument, that there is not."""
    texts, settings = inspection.texts(folder)
    if "claims" not in texts or texts["claims"].empty:
        return []
    codes = context.gss_codes()
    inspected = [name for name in settings.local_authorities if name in codes] if settings else None
    region = regions.holding([codes[name] for name in inspected or ()])
    known = arguments.known(
        texts,
        {
            Kind.PROVIDER: list(settings.providers) if settings else None,
            Kind.OUTCOME: list(settings.outcomes) if settings else None,
            Kind.INSPECTED: inspected,
            Kind.MEMBER: regions.members(region)["name"].tolist(),
            Kind.PART: list(region.parts),
            Kind.AMONG: [arguments.ALL_INSPECTED, region.title],
        },
        held=lambda table: dict.fromkeys(sources.load(table)["name"]),
    )
    wrong = arguments.faults(texts["claims"], known, ledger.COMPUTATIONS)
    return inspection.placed(folder, wrong)


def evidence(
    found: Inspection,
    made: Mapping[str, pd.DataFrame] = MappingProxyType({}),
    read: Callable[[str], pd.DataFrame] = sources.load,
) -> Tables:
    """Return what the claims of an inspection are computed from; `read` gives a table of data/raw.

    `made` are processed.VERDICTS and processed.DIFFERENCES by name; without them, what rests on them
    is open. The region is the one that the local authorities of the inspection lie in, whichever area
    is reported on.
    """
    known = {name: read(name) for name in raw.RAW}
    known |= {name: getattr(found, name) for name in raw.INSPECTION}
    known |= {
        table.name: tables.empty(table) for table in (processed.VERDICTS, processed.DIFFERENCES)
    }
    known |= made
    codes = context.gss_codes()
    places = [codes[name] for name in found.settings.local_authorities]
    region = regions.holding(places)
    return Tables(known, places, set(regions.members(region)["gss_code"]), region.title)


@lru_cache(maxsize=8)  # by the very inspection, which is read anew when a file of it changes
def _uncomputable(found: Inspection) -> tuple[Problem, ...]:
    if found.claims.empty:
        return ()
    try:
        ledger.ledger(found.claims, evidence(found), area="")
    except BadDataError as error:
        return error.problems
    return ()
