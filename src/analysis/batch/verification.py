"""Making a report again and comparing it with the one that lies there."""

import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.batch import manifest, parameters, pipeline
from analysis.batch.pipeline import Progress
from analysis.data.problems import BadDataError, Problem
from analysis.faults import Fault
from analysis.project import Output


class DifferentError(Fault):
    """A report that is not what its inputs give; `differences` holds a sentence for each fault."""

    exit_code = 7

    def __init__(self, folder: Path, differences: list[str]) -> None:
        """Keep the sentences in the order in which the faults were found."""
        self.differences = tuple(differences)
        listed = "".join(f"\n  {difference}" for difference in differences)
        super().__init__(f"{folder} is not what its inputs give:{listed}")


def verify(folder: Path, progress: Progress) -> int:
    """Compare a published report with its manifest and with a rebuild; gives the files compared.

    Raises BadDataError where there is no usable manifest, DifferentError naming every difference.
    """
    recorded = _manifest(folder)
    differences = _compared(recorded["outputs"], manifest.outputs(folder), "the manifest")
    inputs = _compared(recorded["inputs"], manifest.inputs(), "the manifest")
    differences += [f"input {difference}" for difference in inputs]
    if not differences:
        differences = _compared(recorded["outputs"], _rebuilt(recorded, progress), "the rebuild")
    if differences:
        raise DifferentError(folder, differences)
    return len(recorded["outputs"])


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / manifest.FILE
    try:
        recorded = json.loads(path.read_text(encoding="utf-8"))
        return {name: recorded[name] for name in ("area", "parameters", "inputs", "outputs")}
    except FileNotFoundError:
        allowed = "the file does not exist; name the folder of a report, as reports/AREA"
    except (ValueError, KeyError, TypeError) as error:
        allowed = f"is not a manifest of this program: {error}"
    raise BadDataError([Problem(str(path), allowed)])


def _compared(recorded: Mapping[str, str], found: Mapping[str, str], other: str) -> list[str]:
    return [
        f"{name}: {'is not there' if name not in found else f'differs from {other}'}"
        for name, digest in recorded.items()
        if found.get(name) != digest
    ] + [f"{name}: is not in the manifest" for name in found if name not in recorded]


def _rebuilt(recorded: Mapping[str, Any], progress: Progress) -> dict[str, str]:
    run = parameters.check(area=recorded["area"], **recorded["parameters"])
    with tempfile.TemporaryDirectory() as scratch:
        output = Output.at(scratch)
        pipeline.build(run, output, progress)
        return manifest.outputs(output.reports / run.area)
