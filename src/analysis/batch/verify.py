"""Making a report again and comparing it with the one that lies there."""

from pathlib import Path

from analysis import project
from analysis.batch import pipeline
from analysis.batch.pipeline import Progress
from analysis.data.problems import BadDataError, Problem
from analysis.faults import Exit, Fault, UsageFault
from analysis.kernels import forking
from analysis.project import Output
from analysis.study import inputs, manifest, parameters, revision
from analysis.study.manifest import Manifest
from analysis.study.parameters import Parameters
from analysis.study.revision import Revision


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
    try:
        checked = parameters.check(area=recorded.area, **recorded.parameters)
    except UsageFault as fault:  # of the manifest, not of the command
        path = project.shown(folder / manifest.FILE)
        raise BadDataError([Problem(path, str(fault), column="parameters")]) from None
    found = manifest.inputs_now(recorded, inputs.load())
    differences = manifest.compared(recorded.outputs, manifest.outputs(folder), "the manifest") + [
        f"input {difference}"
        for difference in manifest.compared(recorded.inputs, found, "the manifest")
    ]
    if not differences:
        rebuilt = _rebuilt(checked, recorded, progress)
        differences = manifest.compared(recorded.outputs, rebuilt, "the rebuild")
    if differences:
        raise DifferentError(folder, differences)
    return len(recorded.outputs)


def _rebuilt(checked: Parameters, recorded: Manifest, progress: Progress) -> dict[str, str]:
    with forking.scratch() as scratch:
        output = Output.at(scratch)
        # A report that nothing called for since keeps the commit and the date that it was made at.
        with revision.stating(Revision(recorded.commit, recorded.epoch)):
            pipeline.build(checked, output, progress)
        return manifest.outputs(output.reports / checked.area)
