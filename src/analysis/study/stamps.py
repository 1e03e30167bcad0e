"""What made each processed table of an area, and whether it fits the run that would read it.

A stamp lies beside the tables, outside the manifest: what a notebook is run with and has read by the
time it writes a table. A reader compares it with its own parameters and with the files as they are now.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from analysis.data.hashing import digest, sha256
from analysis.faults import Exit, Fault
from analysis.study import inputs, notebook
from analysis.study.inputs import Selection
from analysis.study.parameters import Parameters

if TYPE_CHECKING:  # a batch that looks whether there is anything to do passes here
    from analysis.areas import Area

FILE = ".made.json"


class StaleError(Fault):
    """A processed table that is missing, or was made from something else than the run that reads it."""

    exit_code = Exit.BAD_DATA


class Stamp(BaseModel):
    """What made a table, and the SHA-256 of its bytes; all the others are digests too.

    `raw` has those of the rows that were read of each file, by the selection as JSON, None where the
    file was not there; `tables` those of the processed tables that were read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    sha256: str
    parameters: dict[str, int | float | str]
    area: str
    code: str
    raw: dict[str, dict[str, str | None]]
    tables: dict[str, str]


_STAMPS = TypeAdapter(dict[str, Stamp])


@dataclass
class Basis:
    """What a run has read so far, as a Stamp has it."""

    raw: dict[str, dict[str, str | None]] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)

    def add(self, file: Path, selections: Iterable[Selection]) -> None:
        """Put down that rows of a raw file were read, as it is now."""
        known = self.raw.setdefault(inputs.name(file), {})
        for selection in selections:
            text = json.dumps(selection, sort_keys=True)
            known[text] = _raw_digest(file, text)

    @cached_property
    def code(self) -> str:
        """The digest of the code that the run began with."""
        return digest(inputs.load().common)


@dataclass(frozen=True)
class Shelf:
    """The processed tables of an area, in a folder, as a run with some parameters may read them."""

    folder: Path
    parameters: Parameters
    area: "Area"

    def path(self, table: str) -> Path:
        """Return where a table lies, or would lie."""
        return self.folder / f"{table}.csv"

    def put(self, table: str, basis: Basis) -> None:
        """Put down what made a table, which was just written."""
        stamp = Stamp(
            sha256=sha256(self.path(table)),
            parameters=self.parameters.options,
            area=inputs.digest_of(self.area.model_dump()),
            code=basis.code,
            raw={file: dict(sorted(rows.items())) for file, rows in sorted(basis.raw.items())},
            tables={name: basis.tables[name] for name in sorted(basis.tables) if name != table},
        )
        with inputs.held(self.folder):
            every = dict(sorted({**self._stamps(), table: stamp}.items()))
            inputs.replace(self.folder / FILE, _STAMPS.dump_json(every).decode())

    def require(self, table: str) -> None:
        """Raise StaleError, naming all that does not fit, unless a table fits, and all behind it."""
        faults = self._faults(table)
        if not any(faults.values()):
            return
        makers = notebook.makers()
        order = [*makers, *faults]
        lines = [
            f"  {fault}: run {makers[name]}"
            if name in makers
            else f"  {fault}: no notebook makes it"
            for name in sorted(faults, key=order.index)
            for fault in faults[name]
        ]
        last = max((name for name in faults if name in makers), key=order.index, default=None)
        if last is not None:
            out = ["--out", self.parameters.out] if self.parameters.out else []
            command = self.parameters.command("run", "--to", makers[last], *out)
            lines.append(f"`{command}` makes what is missing or does not fit.")
        raise StaleError("\n".join([f"Not in order for {self.parameters.area}:", *lines]))

    def reasons(self, tables: Iterable[str]) -> list[str]:
        """Say why the notebook that makes some tables has to run: what does not fit, or other code."""
        stamps, code = self._stamps(), digest(inputs.load().common)
        reasons = []
        for table in tables:
            reasons += [fault for faults in self._faults(table).values() for fault in faults]
            if table in stamps and stamps[table].code != code:
                reasons.append("the code changed")
        return list(dict.fromkeys(reasons))

    def _stamps(self) -> Mapping[str, Stamp]:
        return made(self.folder)

    def _faults(self, table: str) -> dict[str, list[str]]:
        """Say what does not fit about a table and about those that it was made from, by table."""
        found: dict[str, list[str]] = {}
        self._look(table, self._stamps(), found)
        return found

    def _look(self, table: str, stamps: Mapping[str, Stamp], found: dict[str, list[str]]) -> None:
        if table in found:
            return
        found[table] = []
        path, stamp = self.path(table), stamps.get(table)
        if not path.is_file():
            found[table].append(f"{path.name} of {self.parameters.area} is not there yet")
        elif stamp is None:
            found[table].append(f"nothing says what {path.name} was made from")
        else:
            for name in stamp.tables:
                self._look(name, stamps, found)
            found[table] += self._differences(table, stamp, found)

    def _differences(
        self, table: str, stamp: Stamp, found: Mapping[str, list[str]]
    ) -> Iterable[str]:
        if sha256(self.path(table)) != stamp.sha256:
            yield f"{table}.csv was changed since {_maker(table)} made it"
        own = self.parameters.options
        others = {
            name: value
            for name, value in stamp.parameters.items()
            if name in own and own[name] != value
        }
        if others:
            made = ", ".join(f"{name}={value}" for name, value in others.items())
            wanted = ", ".join(str(own[name]) for name in others)
            yield f"{table} was made with {made}; this notebook says {wanted}"
        if stamp.area != inputs.digest_of(self.area.model_dump()):
            yield f"section {self.parameters.area} of areas.toml changed {_since(table)}"
        for file, rows in stamp.raw.items():
            path = inputs.located(file, self.area.inspection)
            if any(_raw_digest(path, text) != was for text, was in rows.items()):
                yield f"{inputs.shown(path, file)} changed {_since(table)}"
        for name, was in stamp.tables.items():
            if not found[name] and sha256(self.path(name)) != was:
                yield f"{name} was made anew {_since(table)}"


def made(folder: Path) -> Mapping[str, Stamp]:
    """Return what made each table of a folder; a table that nothing is known of is left out."""
    try:
        return _parsed((folder / FILE).read_bytes())
    except FileNotFoundError:
        return {}


def _maker(table: str) -> str:
    return notebook.makers().get(table, "no notebook")


def _since(table: str) -> str:
    return f"since {_maker(table)} made {table}"


@lru_cache(maxsize=4)
def _parsed(text: bytes) -> Mapping[str, Stamp]:
    try:
        return MappingProxyType(_STAMPS.validate_json(text))
    except ValidationError:  # damaged: nobody knows what made the tables
        return {}


# The file is gone or no longer a table with these columns; or the selection was damaged.
_NONE = (OSError, KeyError, ValueError, csv.Error, AttributeError, TypeError, RecursionError)


def _raw_digest(file: Path, selection: str) -> str | None:
    try:
        return inputs.rows_digest(file, [json.loads(selection)])
    except _NONE:
        return None
