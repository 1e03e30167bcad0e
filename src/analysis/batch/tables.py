"""The processed tables of an area: those that are missing or do not fit are made, notebook by notebook."""

from collections.abc import Iterator
from functools import partial

from analysis import project
from analysis.batch import notebooks, pipeline, publish
from analysis.batch.pipeline import Progress
from analysis.faults import UnknownNameError
from analysis.kernels import forking, provisioner
from analysis.project import Output
from analysis.study import notebook
from analysis.study.parameters import Parameters
from analysis.study.stamps import Shelf


def make(parameters: Parameters, last: str, progress: Progress) -> Iterator[tuple[str, list[str]]]:
    """Run the notebooks up to `last` whose tables are missing or do not fit, in order.

    Yields each notebook with the reasons for which it was run, none where its tables fit. The tables of
    a notebook that came to its end stay whatever becomes of the next. Raises UnknownNameError,
    BadDataError or NotebookError; a notebook that failed is kept in `processed/AREA/failed/`.
    """
    made: dict[str, list[str]] = {}
    for table, name in notebook.makers().items():
        made.setdefault(name, []).append(table)
    if last not in made:
        raise UnknownNameError("notebook that makes tables", last, list(made))
    run = pipeline.check(parameters)
    output = Output.at(parameters.out)
    shelf = Shelf(output.processed / parameters.area, parameters, run.area)
    forking.require_warm()
    provisioner.use()
    with publish.staging(output) as stage:
        executed = Output.at(stage).reports / parameters.area / "notebooks"
        executed.mkdir(parents=True)
        for name in project.NOTEBOOK_NAMES[: project.NOTEBOOK_NAMES.index(last) + 1]:
            if reasons := shelf.reasons(made.get(name, [])):
                with pipeline.keeping(stage, output, parameters.area):
                    notebooks.execute(
                        notebook.path_of(name),
                        executed / f"{name}.ipynb",
                        parameters.model_dump(),
                        cwd=stage,
                        on_cell=partial(progress, name),
                    )
            yield name, reasons
