"""Putting finished files in place: locked, staged, and whole at every moment."""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.faults import Exit, Fault
from analysis.project import Output

_STAGING = ".staging-"


class OutputHeldError(Fault):
    """Another run holds the output folder."""

    exit_code = Exit.HELD


@contextmanager
def locked(output: Output) -> Iterator[None]:
    """Hold the output folders for one run; the system lets go when the process ends."""
    output.processed.mkdir(parents=True, exist_ok=True)
    with (output.processed / ".lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OutputHeldError(
                f"Another run is writing to {output.processed.parent}; wait for it, or use --out."
            ) from None
        yield


@contextmanager
def staging(output: Output) -> Iterator[Path]:
    """A private folder, gone afterwards; what a killed run left behind goes too."""
    output.processed.mkdir(parents=True, exist_ok=True)
    for left in output.processed.glob(f"{_STAGING}*"):
        shutil.rmtree(left)
    folder = Path(tempfile.mkdtemp(prefix=_STAGING, dir=output.processed))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def replace(staged: Path, target: Path) -> None:
    """Make `target` hold the files of `staged` and no others; both lie in one file system.

    Every file is first safe on the disk, then all are put in place, index.html last: when anything
    fails before that, what was there stays as it was. `staged` is left without files.
    """
    files = sorted(path.relative_to(staged) for path in staged.rglob("*") if path.is_file())
    files.sort(key=lambda path: path.name == "index.html")
    for file in files:
        _flush(staged / file)
    for folder in sorted({(target / file).parent for file in files}):
        folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        (staged / file).replace(target / file)
    for path in sorted(target.rglob("*"), reverse=True):
        if path.is_file() and path.relative_to(target) not in files:
            path.unlink()
        elif path.is_dir() and not any(path.iterdir()):
            path.rmdir()


def write(path: Path, text: str) -> None:
    """Put one file in place, whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.write_text(text, encoding="utf-8", newline="")
        _flush(beside)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _flush(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
