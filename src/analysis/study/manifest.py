"""What a report was made from and what it consists of, so that anybody can check it."""

import json
import platform
import re
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

from analysis.data.hashing import digest, tree
from analysis.data.problems import BadDataError, Problem
from analysis.project import Output
from analysis.report.outputs import PDF
from analysis.study import inputs, revision
from analysis.study.inputs import Record
from analysis.study.parameters import Parameters

FILE = "manifest.json"
# The PDF depends on which browser there is; the manifest cannot hold its own hash, and it keeps what
# was read itself.
_NOT_COMPARED = (FILE, PDF, inputs.RECORD)
_DISTRIBUTION = "north-of-london-inspection-analysis"


def outputs(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of the files of a report that can be compared, by path within its folder."""
    return {
        name: hashed
        for name, hashed in tree(folder).items()
        if Path(name).name not in _NOT_COMPARED
    }


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
    stated = revision.current()
    options = [
        f"-p {name}={value}"
        for name, value in parameters.options.items()
        if value != Parameters.model_fields[name].default
    ]
    return {
        "inputs": digest(inputs.load().of(parameters.area, Record(processed).read()))[:16],
        "commit": stated.commit,
        "dated": stated.dated,
        "Python": platform.python_version(),
        "packages": ", ".join(f"{name} {version}" for name, version in packages().items()),
        "to rerun": " ".join(["analysis report", parameters.area, *options]),
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
    stated = revision.current()
    content = {
        "area": parameters.area,
        "headline": headline,
        "parameters": parameters.options,
        "commit": stated.commit,
        "made_on": stated.dated,
        "epoch": stated.epoch,
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
