"""The pipeline of one area: four notebooks, one page, put in place together."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from nbformat import NotebookNode

from analysis import areas, project
from analysis.batch import manifest, notebooks, pdf, publish
from analysis.batch.parameters import Parameters
from analysis.batch.run import Run
from analysis.data import cases, reconstruction, sources
from analysis.data.problems import BadDataError
from analysis.project import Output
from analysis.report import downloads, page, site, story

Progress = Callable[[str, int, int], None]
FAILED = "failed"


def check(parameters: Parameters) -> Run:
    """Check all that a run reads, before any kernel starts; BadDataError lists every fault."""
    problems = sources.check()
    if problems:
        raise BadDataError(problems)
    run = Run(parameters, areas.get(parameters.area))
    if run.area.cases is not None:
        judgements = run.judgements()
        reconstruction.require_agreement(cases.tally(judgements), run.findings(), run.area.cases)
        run.eligible(cases.sizes(judgements))
    return run


def build(
    parameters: Parameters, output: Output, progress: Progress = lambda name, done, total: None
) -> Path:
    """Run the four notebooks for an area and publish its tables and its page.

    `progress` is told the notebook, the code cells started and their total. Gives the path of the
    page. Raises BadDataError, NotebookError, or page.PageError; the last good report then stays
    whole, and a notebook that failed is kept in `processed/AREA/failed/`.
    """
    run = check(parameters)
    with publish.staging(output) as stage:
        staged = Output.at(stage)
        area = parameters.area
        executed = staged.reports / area / "notebooks"
        executed.mkdir(parents=True)
        # A folder of the kernel's own keeps this machine's paths out of the notebooks.
        values = parameters.model_dump() | {"out": "."}
        try:
            for name in project.NOTEBOOK_NAMES:
                notebook = notebooks.execute(
                    project.NOTEBOOKS / f"{name}.ipynb",
                    executed / f"{name}.ipynb",
                    values,
                    cwd=stage,
                    on_cell=partial(progress, name),
                )
            html = _page(name, notebook)
        except notebooks.NotebookError as error:
            _keep(error, executed, output.processed / area / FAILED)
            raise
        folder = staged.reports / area
        (folder / "index.html").write_text(html, encoding="utf-8")
        _add_downloads(run, html, folder, stage)
        publish.replace(staged.processed / area, output.processed / area)
        publish.replace(folder, output.reports / area)
    publish.write(output.reports / site.FILE, site.index(output.reports))
    return output.reports / area / "index.html"


def _add_downloads(run: Run, html: str, folder: Path, stage: Path) -> None:
    staged = replace(run, parameters=run.parameters.model_copy(update={"out": str(stage)}))
    report = staged.report()
    made = manifest.made_on()
    downloads.write_csv(report.tables, folder / "tables")
    downloads.write_spreadsheet(
        report.tables,
        folder / downloads.SPREADSHEET,
        title=f"Probation in {run.area.title}: the tables",
        about=story.about(report),
        made=made,
    )
    pdf.write(html, folder / pdf.FILE, made)
    text = manifest.manifest(run.parameters, site.headline(report), folder)
    (folder / manifest.FILE).write_text(text, encoding="utf-8")


def _page(name: str, notebook: NotebookNode) -> str:
    try:
        return page.render(notebook)
    except page.PageError as error:
        raise notebooks.NotebookError(name, None, "", f"the page is not fit: {error}") from error


def _keep(error: notebooks.NotebookError, executed: Path, folder: Path) -> None:
    """Save the failed notebook where it can be looked at; one whose kernel died may not exist."""
    notebook = executed / f"{error.notebook}.ipynb"
    if notebook.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept = Path(shutil.copy(notebook, folder / notebook.name))
        error.add_note(f"The notebook as far as it came: {project.shown(kept)}")
