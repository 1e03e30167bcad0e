"""The record of a site: which reports lie there, and which areas could not be built, and why."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from analysis.batch import ownership
from analysis.batch import publish as publishing
from analysis.batch.ownership import FRONT_PAGE
from analysis.batch.publish import Change
from analysis.data.hashing import sha256
from analysis.faults import Exit
from analysis.kernels import forking
from analysis.project import Output
from analysis.study import inputs, manifest


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


def publish(staged: Output, output: Output, area: str) -> None:
    """Put the finished tables and the finished report of an area in place, both or neither.

    What lies in their folders and is not ours stays. Raises NotOursError.
    """
    tables = ownership.tables(staged, output, area)
    on_record = area in _recorded(output).get("reports", ())
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
    try:
        recorded = _recorded(output)["failures"]
        return [Failure(**entry | {"exit_code": Exit(entry["exit_code"])}) for entry in recorded]
    except (KeyError, TypeError, ValueError):
        return []


def update(output: Output, areas: Collection[str], failed: Iterable[Failure]) -> None:
    """Record how the building of some areas ended, and renew the front page where that changes it.

    What is on record of other areas stays, as long as areas.toml has them.
    """
    known = list(inputs.sections())
    standing = [
        failure
        for failure in failures(output)
        if failure.area not in areas and failure.area in known
    ]
    every = sorted([*standing, *failed], key=lambda failure: known.index(failure.area))
    found = _content(output, every)
    if _recorded(output) == found | {"front_page": _hash(output.reports / FRONT_PAGE)}:
        return
    listed = [{"area": each.area, "place": each.place, "message": each.message} for each in every]
    page = forking.call(_front_page, output.reports, known, listed)
    # The record first: a page without one is not known to be ours, and a record without its page
    # has it written again.
    text = json.dumps(found | {"front_page": hashlib.sha256(page.encode()).hexdigest()}, indent=1)
    publishing.write(output.reports / manifest.FILE, text + "\n")
    publishing.write(output.reports / FRONT_PAGE, page)


def _front_page(reports: Path, order: Sequence[str], failed: Sequence[Mapping[str, str]]) -> str:
    from analysis.report import site  # noqa: PLC0415 - seconds, which the warm parent has paid

    return site.index(reports, order, failed)


def _content(output: Output, failed: Iterable[Failure]) -> dict[str, Any]:
    reports = {
        path.parent.name: sha256(path) for path in sorted(output.reports.glob(f"*/{manifest.FILE}"))
    }
    return {"reports": reports, "failures": [asdict(failure) for failure in failed]}


def _recorded(output: Output) -> Mapping[str, Any]:
    try:
        recorded = json.loads((output.reports / manifest.FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return recorded if isinstance(recorded, dict) else {}


def _hash(path: Path) -> str | None:
    return sha256(path) if path.exists() else None
