"""Which files in the output folders are ours, so that nothing else is overwritten or taken away."""

import json
from pathlib import Path

from analysis.batch import publish
from analysis.data.problems import BadDataError
from analysis.faults import NotOursError
from analysis.project import NOTEBOOK_NAMES, Output, shown
from analysis.report.outputs import CODEBOOK, FRONT_PAGE, PDF
from analysis.study import inputs, manifest, stamps
from analysis.study.manifest import Manifest

# The folder of the notebooks that failed, beside the tables.
FAILED = "failed"
# Any of them makes a manifest ours: of a report, of a site.
_KEYS = {"outputs", "processed", "reports", "failures"}


def require_folders(output: Output, area: str) -> None:
    """Raise NotOursError where the folders of an area cannot be replaced: links, other file systems."""
    for folder in (output.processed / area, output.reports / area):
        publish.require_replaceable(folder)


def require_site(output: Output) -> None:
    """Raise NotOursError where a page or a manifest lies in `reports/` itself that is somebody else's.

    It is ours where our record lies beside it, or any report of ours.
    """
    record = output.reports / manifest.FILE
    ours = [output.reports / name for name in (FRONT_PAGE, CODEBOOK, manifest.FILE)]
    others = [path for path in ours if path.is_symlink()]
    if not others and not _is_ours(record):
        reports = output.reports.glob(f"*/{manifest.FILE}")
        if _is_foreign(record) or not any(map(_is_ours, reports)):
            others = [path for path in ours if path.exists()]
    if others:
        raise NotOursError(
            f"{' and '.join(map(shown, others))}: not written by this project, whose front page has "
            "its place there. Move it away, or use --out."
        )


def tables(output: Output, area: str) -> set[str]:
    """Return which files beside the tables of an area are ours.

    Those of the last manifest; those of which a stamp says what made them, because notebooks that are
    run by hand write tables too; and the notebooks that failed.
    """
    failed = (f"{FAILED}/{name}.ipynb" for name in NOTEBOOK_NAMES)
    last, folder = _last(output, area), output.processed / area
    made = (f"{table}.csv" for table in stamps.made(folder))
    return {*(last.processed if last else ()), *made, inputs.RECORD, stamps.FILE, *failed}


def report(staged: Output, output: Output, area: str, *, on_record: bool) -> set[str]:
    """Return which files of a report are ours: none where no report of ours has been.

    That it was, its manifest says, or else the record of the site. The names of files that are written
    now are then ours too, for a manifest may be damaged.
    """
    if not on_record and not _is_ours(output.reports / area / manifest.FILE):
        return set()
    last = _last(output, area)
    written = _names(staged.reports / area)
    return {*(last.outputs if last else ()), *written, manifest.FILE, PDF}


def _last(output: Output, area: str) -> Manifest | None:
    try:
        return manifest.read(output.reports / area)
    except BadDataError:
        return None


def _names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def _is_ours(path: Path) -> bool:
    """Whether a manifest is ours, however damaged; a web app has a file of the same name."""
    return path.is_file() and not _is_foreign(path)


def _is_foreign(path: Path) -> bool:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and bool(found) and not _KEYS & set(found)
