"""What a report was made from and what it consists of, so that anybody can check it."""

import csv
import json
import platform
import re
from collections.abc import Mapping
from functools import cache
from importlib import metadata
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from analysis import faults, project
from analysis.data.hashing import digest, tree
from analysis.data.patterns import SLUG
from analysis.data.problems import BadDataError, Problem, of_settings
from analysis.project import Output
from analysis.report.outputs import PDF
from analysis.study import inputs, revision, stamps
from analysis.study.inputs import Inputs, Read, Record
from analysis.study.parameters import Parameters
from analysis.study.revision import Revision

FILE = "manifest.json"
# The PDF depends on which browser there is; the manifest cannot hold its own hash, it keeps what was read
# itself, and the stamps are compared with the tables whenever one is read.
_NOT_COMPARED = (FILE, PDF, inputs.RECORD, stamps.FILE)
_DISTRIBUTION = "north-of-london-inspection-analysis"

Kept = TypeVar("Kept", bound=BaseModel)
Hashes = Mapping[str, str]  # the SHA-256 of files by path; of Python, its version
# What a process is told in its environment can be no text of any kind and length.
Stated = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]


class Manifest(BaseModel):
    """What lies beside a page as manifest.json; what else stands there is passed over."""

    model_config = ConfigDict(strict=True, frozen=True)

    area: str = Field(pattern=f"^{SLUG}$")
    headline: Mapping[str, str]
    parameters: Mapping[str, bool | int | float | str]
    commit: Stated
    made_on: str
    epoch: Annotated[int, Field(ge=0, le=revision.LAST_SECOND)] | None
    python: str
    packages: Mapping[str, str]
    inputs_digest: str = Field(pattern="^[0-9a-f]{64}$")
    read: Read
    inputs: Hashes
    outputs: Hashes
    processed: Hashes

    @field_validator("parameters")
    @classmethod
    def _options(cls, found: Mapping[str, object]) -> Mapping[str, object]:
        if placed := sorted({"area", "out"} & set(found)):
            raise ValueError(f"{placed[0]} is none of the options that a report is made with")
        return found

    @field_validator("read")
    @classmethod
    def _within_the_project(cls, found: Read) -> Read:
        if outside := [each for each in found if {"..", "/"} & {*PurePosixPath(each).parts}]:
            raise ValueError(f"{outside[0]!r} is no path within data/raw")
        return found

    @model_validator(mode="after")
    def _one_date(self) -> Self:
        if self.made_on != Revision(self.commit, self.epoch).dated:
            raise ValueError(f"made_on {self.made_on!r} is not the date of epoch {self.epoch}")
        return self


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
    return {
        "inputs": digest(inputs.load().of(parameters.area, Record(processed).read()))[:16],
        "commit": stated.commit,
        "dated": stated.dated,
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
    stated = revision.current()
    made = Manifest(
        area=parameters.area,
        headline=headline,
        parameters=parameters.options,
        commit=stated.commit,
        made_on=stated.dated,
        epoch=stated.epoch,
        python=platform.python_version(),
        packages=dict(packages()),
        inputs_digest=digest(hashes),
        read=read,
        inputs=hashes,
        outputs=outputs(folder),
        processed=outputs(processed),
    )
    return json.dumps(made.model_dump(), indent=1, ensure_ascii=False) + "\n"


def read(folder: Path) -> Manifest:
    """Read the manifest of a report; BadDataError where there is none, or not one of this folder's area."""
    path = folder / FILE
    found = kept(path, Manifest)
    if found.area != folder.absolute().name:
        allowed = "the manifest of another area than its folder's"
        raise BadDataError([Problem(project.shown(path), allowed, column="area", value=found.area)])
    return found


def kept(path: Path, model: type[Kept]) -> Kept:
    """Read what this program keeps as JSON; BadDataError, in words, where something else lies there."""
    try:
        # What waits to be written to, or never ends, is no file.
        if path.is_file():
            return model.model_validate_json(path.read_bytes(), strict=True)
        fault = "the file does not exist; name the folder of a report, as reports/AREA"
    except OSError as error:
        fault = f"cannot be read: {faults.refusal(error)}"
    except ValidationError as error:
        first, *more = of_settings(path.name, error)
        place = f"{first.column}: " if first.column else ""
        rest = f"; and {len(more)} more" if more else ""
        fault = f"is not a manifest of this program: {place}{first.allowed}{rest}"
    raise BadDataError([Problem(project.shown(path), fault)])


def inputs_now(recorded: Manifest, every: Inputs) -> dict[str, str]:
    """Return the present hashes of what a report was made from; BadDataError where they cannot be read."""
    try:
        return every.of(recorded.area, recorded.read)
    except (AttributeError, KeyError, OSError, TypeError, ValueError, csv.Error) as error:
        allowed = f"the inputs that it names cannot be read: {error}"
        raise BadDataError([Problem(FILE, allowed, column="read")]) from None


def compared(recorded: Mapping[str, str], found: Mapping[str, str], other: str) -> list[str]:
    """Say what differs between recorded hashes and those found; `other` names what was found."""
    return [
        f"{name}: {'is not there' if name not in found else f'differs from {other}'}"
        for name, hashed in recorded.items()
        if found.get(name) != hashed
    ] + [f"{name}: is not in the manifest" for name in found if name not in recorded]
