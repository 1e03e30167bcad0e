"""What a report was made from and what it consists of, so that anybody can check it."""

import hashlib
import json
import os
import platform
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

from analysis import project
from analysis.batch import pdf
from analysis.batch.parameters import Parameters
from analysis.data import sources

FILE = "manifest.json"
# The PDF depends on which browser there is; the manifest cannot hold its own hash.
_NOT_COMPARED = (FILE, pdf.FILE)
_DISTRIBUTION = "north-of-london-inspection-analysis"
_UNKNOWN = "not known"


def inputs() -> dict[str, str]:
    """Give the SHA-256 of everything that a report is made from, by path within the project."""
    source = project.ROOT / "src" / "analysis"
    files = [
        *(project.RAW / name for name in sources.provenance().files),
        project.SOURCES,
        project.AREAS,
        project.ROOT / "requirements.lock",
        *project.NOTEBOOKS.glob("*.ipynb"),
        *(path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts),
    ]
    return {
        path.relative_to(project.ROOT).as_posix(): sources.sha256(path) for path in sorted(files)
    }


def outputs(folder: Path) -> dict[str, str]:
    """Give the SHA-256 of the files of a report that can be compared, by path within its folder."""
    return {
        path.relative_to(folder).as_posix(): sources.sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in _NOT_COMPARED
    }


def digest(hashes: dict[str, str]) -> str:
    """Give one SHA-256 over a set of hashed files."""
    listed = "".join(f"{digest_}  {name}\n" for name, digest_ in sorted(hashes.items()))
    return hashlib.sha256(listed.encode()).hexdigest()


def commit() -> str:
    """Give the commit of the project, and whether there are changes on top of it."""
    found = _git("rev-parse", "HEAD")
    if not found:
        return _UNKNOWN
    return f"{found} with changes" if _git("status", "--porcelain") else found


def made_on() -> datetime:
    """Give the date of what the report was made from, the same for the same inputs.

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
    return os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct")


@cache
def packages() -> Mapping[str, str]:
    """Give the versions of the packages that the project names as its own."""
    named = (
        re.split(r"[^A-Za-z0-9._-]", text)[0]
        for text in metadata.requires(_DISTRIBUTION) or ()
        if "extra ==" not in text
    )
    return MappingProxyType({name: metadata.version(name) for name in sorted(named)})


def made_from(parameters: Parameters) -> dict[str, str]:
    """Give the short form of the provenance, as the page shows it."""
    options = [
        f"-p {name}={value}"
        for name, value in parameters.model_dump(exclude={"area", "out"}).items()
        if value != Parameters.model_fields[name].default
    ]
    return {
        "inputs": digest(inputs())[:16],
        "commit": commit(),
        "dated": _dated(),
        "Python": platform.python_version(),
        "packages": ", ".join(f"{name} {version}" for name, version in packages().items()),
        "to rerun": " ".join(["analysis report", parameters.area, *options]),
        "to check": f"analysis verify reports/{parameters.area}",
    }


def manifest(parameters: Parameters, headline: dict[str, Any], folder: Path) -> str:
    """Give the manifest of the finished files in a folder, as JSON text."""
    hashes = inputs()
    content = {
        "area": parameters.area,
        "headline": headline,
        "parameters": parameters.model_dump(exclude={"area", "out"}),
        "commit": commit(),
        "made_on": _dated(),
        "python": platform.python_version(),
        "packages": dict(packages()),
        "inputs_digest": digest(hashes),
        "inputs": hashes,
        "outputs": outputs(folder),
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


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
