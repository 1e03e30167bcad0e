"""Making a report again and comparing it with the one that lies there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from analysis.batch import pipeline
from analysis.batch.pipeline import Progress
from analysis.faults import Exit, Fault
from analysis.kernels import forking
from analysis.project import Output
from analysis.study import inputs, manifest, parameters
from analysis.study.parameters import Parameters


class DifferentError(Fault):
    """A report that is not what its inputs give; `differences` holds a sentence for each fault."""

    exit_code = Exit.DIFFERENT

    def __init__(self, folder: Path, differences: list[str]) -> None:
        """Keep the sentences in the order in which the faults were found."""
        self.differences = tuple(differences)
        listed = "".join(f"\n  {difference}" for difference in differences)
        super().__init__(f"{folder} is not what its inputs give:{listed}")


def verify(folder: Path, progress: Progress) -> int:
    """Compare a published report with its manifest and with a rebuild; return how many files were compared.

    Raises BadDataError where there is no usable manifest, DifferentError naming every difference.
    """
    recorded = manifest.read(folder)
    checked = parameters.check(area=recorded["area"], **recorded["parameters"])
    found = inputs.load().of(recorded["area"], recorded["read"])
    differences = manifest.compared(
        recorded["outputs"], manifest.outputs(folder), "the manifest"
    ) + [
        f"input {difference}"
        for difference in manifest.compared(recorded["inputs"], found, "the manifest")
    ]
    if not differences:
        rebuilt = _rebuilt(checked, recorded, progress)
        differences = manifest.compared(recorded["outputs"], rebuilt, "the rebuild")
    if differences:
        raise DifferentError(folder, differences)
    return len(recorded["outputs"])


def _rebuilt(
    checked: Parameters, recorded: Mapping[str, Any], progress: Progress
) -> dict[str, str]:
    with forking.scratch() as scratch:
        output = Output.at(scratch)
        # A report that nothing called for since keeps the commit and the date that it was made at.
        with manifest.stating(manifest.recorded_revision(recorded)):
            pipeline.build(checked, output, progress)
        return manifest.outputs(output.reports / checked.area)
