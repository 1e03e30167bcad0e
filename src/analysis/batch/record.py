"""The record of a site: which reports lie there, and which areas could not be built, and why."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from analysis.batch import ownership
from analysis.batch import publish as publishing
from analysis.batch.publish import Change
from analysis.data.hashing import sha256
from analysis.data.problems import BadDataError, Problem, of_each
from analysis.faults import Exit
from analysis.kernels import forking
from analysis.project import Output
from analysis.report.outputs import CODEBOOK, FRONT_PAGE
from analysis.study import inputs, manifest
from analysis.study.manifest import Manifest


@dataclass(frozen=True)
class Failure:
    """Why an area was not built: the notebook and its code cell, counted from 1, where it was one.

    `kept` is where the notebook lies as far as it came, and `exit_code` what `analysis report` of
    this area would end with.
    """

    area: str
    message: str
    exit_code: Exit
    notebook: str | None = None
    cell: int | None = None
    kept: str | None = None

    def __post_init__(self) -> None:
        """Keep a message that can be written anywhere, whatever raised it."""
        written = self.message.encode(errors="backslashreplace").decode()
        object.__setattr__(self, "message", written)

    @property
    def place(self) -> str:
        """The notebook and the cell, in words; blank where it was neither."""
        if self.notebook is None:
            return ""
        return self.notebook + (f", code cell {self.cell}" if self.cell is not None else "")

    def __str__(self) -> str:
        """Return all of it in one line."""
        line = f"{self.area}: {f'{self.place}: ' if self.place else ''}{self.message}"
        return f"{line} (kept: {self.kept})" if self.kept else line


class Record(BaseModel):
    """The record of a site: the SHA-256 of each report's manifest and of its own pages, and what failed."""

    model_config = ConfigDict(strict=True, frozen=True)

    reports: Mapping[str, str]
    failures: tuple[Failure, ...]
    pages: Mapping[str, str | None] = {}


def publish(staged: Output, output: Output, area: str) -> None:
    """Put the finished tables and the finished report of an area in place, both or neither.

    What lies in their folders and is not ours stays. Raises NotOursError.
    """
    tables = ownership.tables(output, area)
    recorded = _recorded(output)
    on_record = recorded is not None and area in recorded.reports
    report = ownership.report(staged, output, area, on_record=on_record)
    publishing.replace(
        Change(staged.processed / area, output.processed / area, tables),
        Change(staged.reports / area, output.reports / area, report),
    )


def keep(staged: Output, output: Output, area: str, notebook: str) -> Path | None:
    """Save a failed notebook where it can be looked at; one whose kernel died may not exist."""
    found = staged.reports / area / "notebooks" / f"{notebook}.ipynb"
    if not found.exists():
        return None
    folder = output.processed / area / ownership.FAILED
    for each in (folder.parent, folder):
        publishing.require_replaceable(each)
    publishing.write(folder / found.name, found.read_text(encoding="utf-8"))
    return folder / found.name


def failures(output: Output) -> list[Failure]:
    """Return the failures that are on record; none where there is no record that can be read."""
    recorded = _recorded(output)
    return list(recorded.failures) if recorded else []


def foreign(output: Output) -> list[Problem]:
    """Name what lies where the record and the manifests do and is none; it is passed over."""
    record = output.reports / manifest.FILE
    readings: list[Callable[[], object]] = [
        partial(manifest.read, folder) for folder in _folders(output)
    ]
    if record.exists():
        readings.append(partial(manifest.kept, record, Record))
    return of_each(readings)


def update(output: Output, areas: Collection[str], failed: Iterable[Failure]) -> None:
    """Record how the building of some areas ended, and renew the site's own pages where that changes them.

    What is on record of other areas stays, as long as areas.toml has them.
    """
    known = list(inputs.sections())
    standing = [
        failure
        for failure in failures(output)
        if failure.area not in areas and failure.area in known
    ]
    every = sorted([*standing, *failed], key=lambda failure: known.index(failure.area))
    made = _made(output)
    found = Record(
        reports={each.area: sha256(output.reports / each.area / manifest.FILE) for each in made},
        failures=tuple(every),
        pages={name: _hash(output.reports / name) for name in (FRONT_PAGE, CODEBOOK)},
    )
    if _recorded(output) == found:
        return
    listed = [{"area": each.area, "place": each.place, "message": each.message} for each in every]
    pages = forking.call(_pages, made, known, listed)
    hashes = {name: hashlib.sha256(page.encode()).hexdigest() for name, page in pages.items()}
    found = found.model_copy(update={"pages": hashes})
    # The record first: a page without one is not known to be ours, and a record without its page
    # has it written again.
    publishing.write(output.reports / manifest.FILE, found.model_dump_json(indent=1) + "\n")
    for name, page in pages.items():
        publishing.write(output.reports / name, page)


def _pages(
    made: Sequence[Manifest], order: Sequence[str], failed: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """Return the pages that a site has once, by their names."""
    from analysis.report import codebook, site  # noqa: PLC0415 - seconds, which the warm parent has paid

    return {FRONT_PAGE: site.index(made, order, failed), CODEBOOK: codebook.page()}


def _made(output: Output) -> list[Manifest]:
    """Return the manifests of the reports that lie there."""
    made = []
    for folder in _folders(output):
        with suppress(BadDataError):
            made.append(manifest.read(folder))
    return made


def _folders(output: Output) -> list[Path]:
    return [path.parent for path in sorted(output.reports.glob(f"*/{manifest.FILE}"))]


def _recorded(output: Output) -> Record | None:
    try:
        return manifest.kept(output.reports / manifest.FILE, Record)
    except BadDataError:
        return None


def _hash(path: Path) -> str | None:
    return sha256(path) if path.exists() else None
