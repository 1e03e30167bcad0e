"""The pipeline of one area: four notebooks, one page, put in place together."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

from nbformat import NotebookNode

from analysis import areas, project
from analysis.batch import notebooks, ownership, publish, record
from analysis.data import regions, sources
from analysis.data.problems import BadDataError
from analysis.kernels import forking, provisioner
from analysis.project import Output
from analysis.report import around, site
from analysis.report.outputs import html, writers
from analysis.report.outputs.edition import Edition
from analysis.report.page import exporter
from analysis.report.page.document import PageError
from analysis.report.sections import story
from analysis.study import inspections, manifest, notebook, revision
from analysis.study.parameters import Parameters
from analysis.study.run import Run

Progress = Callable[[str, int, int], None]


def check(parameters: Parameters) -> Run:
    """Check all that a run reads, before any kernel starts; BadDataError lists every fault."""
    check_shared()
    return check_area(parameters)


def check_shared() -> None:
    """Check what every area needs: areas.toml, the raw files and the notebooks, every fault at once."""
    provisioner.require_registered()
    areas.load()
    checks = (sources.check, regions.check, inspections.check, notebook.check)
    if problems := dict.fromkeys(problem for check in checks for problem in check()):
        raise BadDataError(problems)


def check_area(parameters: Parameters) -> Run:
    """Check what concerns one area alone, where the raw files are in order."""
    run = Run(parameters, areas.get(parameters.area))
    if run.area.inspection is not None:
        inspections.load(run.area.inspection)
    return run


def build(
    parameters: Parameters, output: Output, progress: Progress = lambda name, done, total: None
) -> Path:
    """Run the four notebooks for an area and publish its tables and its page, with a PDF.

    `progress` gets the notebook, the code cells started and their total. Returns the path of the
    page. Raises BadDataError, NotOursError or NotebookError; the last good report then stays whole,
    and a notebook that failed is kept in `processed/AREA/failed/`.
    """
    run = check(parameters)
    ownership.require_site(output)
    ownership.require_folders(output, parameters.area)
    forking.require_warm()
    with publish.staging(output) as stage, revision.stating(revision.asked()):
        with keeping(stage, output, parameters.area):
            edition = produce(run, stage, progress)
        folder = Output.at(stage).reports / parameters.area
        for writer in writers.OPTIONAL:
            writer.write(edition, folder)
        record.publish(Output.at(stage), output, parameters.area)
    record.update(output, [parameters.area], [])
    return output.reports / parameters.area / html.FILE


@contextmanager
def keeping(stage: Path, output: Output, area: str) -> Iterator[None]:
    """Keep a notebook that fails, as far as it came, where it can be looked at, and say where."""
    try:
        yield
    except notebooks.NotebookError as error:
        if kept := record.keep(Output.at(stage), output, area, error.notebook):
            error.add_note(f"The notebook as far as it came: {project.shown(kept)}")
        raise


def produce(run: Run, stage: Path, progress: Progress) -> Edition:
    """Make the tables, the notebooks, the page and its downloads of an area in a private folder.

    Raises NotebookError; the notebook then lies in the folder as far as it came.
    """
    provisioner.use()
    # A folder of the kernel's own keeps this machine's paths out of the notebooks.
    values = run.parameters.model_copy(update={"out": "."})
    for name in project.NOTEBOOK_NAMES:
        executed = execute(name, values, stage, progress)
    return write(run, executed, stage)


def execute(name: str, parameters: Parameters, stage: Path, progress: Progress) -> NotebookNode:
    """Run one of the four notebooks in a private folder; NotebookError as `notebooks.execute` has it."""
    target = Output.at(stage).reports / parameters.area / "notebooks" / f"{name}.ipynb"
    target.parent.mkdir(parents=True, exist_ok=True)
    return notebooks.execute(
        notebook.path_of(name),
        target,
        parameters.model_dump(),
        cwd=stage,
        on_cell=partial(progress, name),
    )


def write(run: Run, executed: NotebookNode, stage: Path) -> Edition:
    """Write the page of an executed 4_report, with what lies beside it and the manifest.

    `stage` holds the processed tables. Raises NotebookError where the page cannot be made.
    """
    try:
        shown = exporter.read(executed)
    except PageError as error:
        name = project.NOTEBOOK_NAMES[-1]
        raise notebooks.NotebookError(name, None, "", f"the page is not fit: {error}") from error
    staged = Output.at(stage)
    folder = staged.reports / run.parameters.area
    staged_run = replace(run, parameters=run.parameters.model_copy(update={"out": str(stage)}))
    report = staged_run.report()
    edition = Edition(
        document=around.framed(shown, report, staged_run.made_from()),
        tables=report.tables,
        title=f"Probation in {run.area.title}: the tables",
        about=story.about(report),
        made=revision.current().made_on,
        shorthand={**report.providers, **report.region.parts},
    )
    writers.write(edition, folder)
    processed = staged.processed / run.parameters.area
    text = manifest.manifest(run.parameters, site.headline(report), folder, processed)
    (folder / manifest.FILE).write_text(text, encoding="utf-8")
    return edition
