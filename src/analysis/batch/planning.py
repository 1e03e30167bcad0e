"""What a batch has to do: the areas whose reports are not up to date, and why."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis import project
from analysis.data.hashing import sha256
from analysis.data.problems import BadDataError
from analysis.project import Output
from analysis.study import inputs, manifest
from analysis.study.inputs import Inputs
from analysis.study.parameters import Parameters


@dataclass(frozen=True)
class Planned:
    """An area, and why it has to be built; without a reason its report is up to date."""

    parameters: Parameters
    reasons: tuple[str, ...]


def plan(wanted: Sequence[Parameters], output: Output, *, force: bool) -> list[Planned]:
    """Compare every report with what it would be made from now, and with its own manifest.

    Nothing is run and nothing but text is read. Inputs that cannot be read so are a reason to build:
    the checks before it say what is wrong with them.
    """
    try:
        every = inputs.load()
    except (AttributeError, BadDataError, OSError, ValueError, KeyError, TypeError):
        every = None
    return [Planned(each, tuple(_reasons(each, output, every, force=force))) for each in wanted]


def _reasons(
    parameters: Parameters, output: Output, every: Inputs | None, *, force: bool
) -> list[str]:
    if force:
        return ["asked for by --force"]
    folder, tables = output.reports / parameters.area, output.processed / parameters.area
    if links := [each for each in (folder, tables) if each.is_symlink()]:
        return [f"{project.shown(each)} is a symbolic link" for each in links]
    if not folder.exists():
        return ["never built"]
    try:
        recorded = manifest.read(folder)
        found = manifest.inputs_now(recorded, every) if every else {}
    except BadDataError as error:
        return [str(problem) for problem in error.problems]
    if not found:
        return ["the inputs cannot be read"]
    return [
        *_changed("parameter", _texts(recorded.parameters), _texts(parameters.options)),
        *_changed("input", recorded.inputs, found),
        *_damaged("output", recorded.outputs, folder),
        *_damaged("table", recorded.processed, tables),
    ]


def _texts(values: Mapping[str, object]) -> dict[str, str]:
    """Return values as JSON has them: 2012 is neither 2012.0 nor "2012", 1 is not true."""
    return {name: json.dumps(value) for name, value in values.items()}


def _damaged(kind: str, recorded: Mapping[str, str], folder: Path) -> list[str]:
    """Say which files are not as recorded; what else lies there is not ours, and no reason."""
    files = {name: folder / name for name in recorded}
    found = {name: sha256(path) for name, path in files.items() if path.is_file()}
    return _changed(kind, recorded, found)


def _changed(kind: str, recorded: Mapping[str, str], found: Mapping[str, str]) -> list[str]:
    return [
        f"{kind} {name} {'is new' if name not in recorded else 'is gone' if name not in found else 'changed'}"
        for name in sorted({*recorded, *found})
        if recorded.get(name) != found.get(name)
    ]
