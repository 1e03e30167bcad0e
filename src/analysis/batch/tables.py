"""The processed tables of an area: those that are missing or do not fit are made, notebook by notebook."""

from collections.abc import Collection, Iterator, Mapping

from analysis.batch import ownership, pipeline, publish
from analysis.batch.pipeline import Progress
from analysis.kernels import forking, provisioner
from analysis.project import Output
from analysis.study.parameters import Parameters
from analysis.study.stamps import Shelf


def make(
    parameters: Parameters, wanted: Mapping[str, Collection[str]], progress: Progress
) -> Iterator[tuple[str, list[str]]]:
    """Run the notebooks of which a wanted table is missing or does not fit, in order.

    Yields each notebook with the reasons for which it was run, none where its tables fit. The tables of
    a notebook that came to its end stay whatever becomes of the next. Raises BadDataError,
    NotOursError or NotebookError; a notebook that failed is kept in `processed/AREA/failed/`.
    """
    run = pipeline.check(parameters)
    output = Output.at(parameters.out)
    ownership.require_folders(output, parameters.area)
    shelf = Shelf(output.processed / parameters.area, parameters, run.area)
    forking.require_warm()
    provisioner.use()
    with publish.staging(output) as stage:
        for name, tables in wanted.items():
            if reasons := shelf.reasons(tables):
                with pipeline.keeping(stage, output, parameters.area):
                    pipeline.execute(name, parameters, stage, progress)
            yield name, reasons
