"""What a report was made from and what it consists of, so that anybody can check it."""

import json
import os
import platform
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

from analysis import project
from analysis.data.hashing import digest, tree
from analysis.data.problems import BadDataError, Problem
from analysis.project import Output
from analysis.report.outputs import PDF
from analysis.study import inputs, stamps
from analysis.study.inputs import Record
from analysis.study.parameters import Parameters

FILE = "manifest.json"
# The PDF depends on which browser there is; the manifest cannot hold its own hash, it keeps what was read
# itself, and the stamps are compared with the tables whenever one is read.
_NOT_COMPARED = (FILE, PDF, inputs.RECORD, stamps.FILE)
_DISTRIBUTION = "north-of-london-inspection-analysis"
_UNKNOWN = "not known"
_COMMIT, _EPOCH = "ANALYSIS_COMMIT", "SOURCE_DATE_EPOCH"


def outputs(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of the files of a report that can be compared, by path within its folder."""
    return {
        name: hashed
        for name, hashed in tree(folder).items()
        if Path(name).name not in _NOT_COMPARED
    }


def revision() -> dict[str, str]:
    """Return the project's commit and its date, as environment variables for every process of a run.

    Asked once, so that all areas of a batch say the same, wherever they are built.
    """
    known = {_COMMIT: commit(), _EPOCH: _seconds()}
    return {name: value for name, value in known.items() if value}


def recorded_revision(recorded: Mapping[str, Any]) -> dict[str, str]:
    """Return the commit and its date that a manifest holds, in the form of `revision`."""
    return {_COMMIT: recorded["commit"]} | (
        {_EPOCH: str(recorded["epoch"])} if recorded["epoch"] else {}
    )


@contextmanager
def stating(revision: Mapping[str, str]) -> Iterator[None]:
    """Have this process and those that it starts state a revision as that of the project."""
    before = {name: os.environ.get(name) for name in revision}
    os.environ.update(revision)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def commit() -> str:
    """Return the commit of the project, and whether there are changes on top of it."""
    if stated := os.environ.get(_COMMIT):
        return stated
    found = _git("rev-parse", "HEAD")
    if not found:
        return _UNKNOWN
    return f"{found} with changes" if _git("status", "--porcelain") else found


def made_on() -> datetime:
    """Return the date of what the report was made from, the same for the same inputs.

    SOURCE_DATE_EPOCH where it is set (reproducible-builds.org), else the date of the commit. Files
    that must carry a date have the start of 2016 where there is neither; what is read says that
    it is not known.
    """
    seconds = _seconds()
    return (
        datetime.fromtimestamp(int(seconds), UTC) if seconds else datetime(2016, 1, 1, tzinfo=UTC)
    )


def _dated() -> str:
    return made_on().date().isoformat() if _seconds() else _UNKNOWN


def _seconds() -> str:
    return os.environ.get(_EPOCH) or _git("log", "-1", "--format=%ct")


@cache
def packages() -> Mapping[str, str]:
    """Return the versions of the packages that the project names as its own."""
    named = (
        re.split(r"[^A-Za-z0-9._-]", text)[0]
        for text in metadata.requires(_DISTRIBUTION) or ()
        if "extra ==" not in text
    )
    return MappingProxyType({name: metadata.version(name) for name in sorted(named)})


def made_from(parameters: Parameters) -> dict[str, str]:
    """Return the short form of the provenance, as the page shows it."""
    processed = Output.at(parameters.out).processed / parameters.area
    return {
        "inputs": digest(inputs.load().of(parameters.area, Record(processed).read()))[:16],
        "commit": commit(),
        "dated": _dated(),
        "Python": platform.python_version(),
        "packages": ", ".join(f"{name} {version}" for name, version in packages().items()),
        "to rerun": parameters.command("report"),
        "to check": f"analysis verify reports/{parameters.area}",
    }


def manifest(
    parameters: Parameters, headline: Mapping[str, Any], folder: Path, processed: Path
) -> str:
    """Return the manifest of the finished files of a report, as JSON text.

    `folder` holds what is published, `processed` the tables that it shows and the record of what
    the notebooks read.
    """
    read = Record(processed).read()
    hashes = inputs.load().of(parameters.area, read)
    seconds = _seconds()
    content = {
        "area": parameters.area,
        "headline": headline,
        "parameters": parameters.options,
        "commit": commit(),
        "made_on": _dated(),
        "epoch": int(seconds) if seconds else None,
        "python": platform.python_version(),
        "packages": dict(packages()),
        "inputs_digest": digest(hashes),
        "read": read,
        "inputs": hashes,
        "outputs": outputs(folder),
        "processed": outputs(processed),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def read(folder: Path) -> dict[str, Any]:
    """Read the manifest of a report; BadDataError where there is none that can be used."""
    path = folder / FILE
    needed = ("area", "parameters", "commit", "epoch", "read", "inputs", "outputs", "processed")
    try:
        recorded = json.loads(path.read_text(encoding="utf-8"))
        return {name: recorded[name] for name in needed}
    except FileNotFoundError:
        allowed = "the file does not exist; name the folder of a report, as reports/AREA"
    except (ValueError, KeyError, TypeError) as error:
        allowed = f"is not a manifest of this program: {error}"
    raise BadDataError([Problem(str(path), allowed)])


def compared(recorded: Mapping[str, str], found: Mapping[str, str], other: str) -> list[str]:
    """Say what differs between recorded hashes and those found; `other` names what was found."""
    return [
        f"{name}: {'is not there' if name not in found else f'differs from {other}'}"
        for name, hashed in recorded.items()
        if found.get(name) != hashed
    ] + [f"{name}: is not in the manifest" for name in found if name not in recorded]


def _git(*arguments: str) -> str:
    # A project without a repository of its own may lie inside somebody else's.
    if not (project.ROOT / ".git").exists():
        return ""
    try:
        done = subprocess.run(
            ["git", "-C", str(project.ROOT), *arguments], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip()
