"""Ways to build the reports of many areas, besides this project's own: what each costs is the question.

`python ways.py WAY OUT AREA...` runs one. All run the same notebooks and make the same page; the
plain way, which is the limit, also makes the tables, the spreadsheet and the manifest beside it.
"""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import nbformat

from analysis import project
from analysis.project import Output
from analysis.report.content import Part

PAGE = "analysis.report.page.exporter.PageExporter"


def shell(out: Path, areas: Sequence[str]) -> None:
    """What a user writes first: a loop of `papermill` and `jupyter nbconvert`."""
    for area in areas:
        folder = _folder(out, area)
        for name in project.NOTEBOOK_NAMES:
            source = project.NOTEBOOKS / f"{name}.ipynb"
            target = f"{name}.ipynb"
            options = ["-p", "area", area, "-p", "out", "."]
            _run(["papermill", str(source), target, *options, "--no-progress-bar"], folder)
        command = ["jupyter-nbconvert", "--to", PAGE, "--output", "index", f"{name}.ipynb"]
        _run(command, folder)


def papermill(out: Path, areas: Sequence[str]) -> None:
    """The same in one Python process, with papermill and nbconvert as libraries."""
    import papermill  # noqa: PLC0415

    from analysis.report.page import exporter  # noqa: PLC0415

    _execute(out, areas, partial(papermill.execute_notebook, progress_bar=False))
    for area in areas:
        done = nbformat.read(out / area / f"{project.NOTEBOOK_NAMES[-1]}.ipynb", as_version=4)
        (out / area / "index.html").write_text(exporter.render(done), encoding="utf-8")


def ploomber(out: Path, areas: Sequence[str]) -> None:
    """The same with ploomber-engine, which runs the cells in the process itself.

    It loses the metadata of outputs, and with them what stands in for a figure for those who cannot
    see it: the page, which refuses that, is left out.
    """
    from ploomber_engine import execute_notebook  # noqa: PLC0415

    _execute(out, areas, partial(execute_notebook, progress_bar=False, verbose=False))


def plain(out: Path, areas: Sequence[str]) -> None:
    """The limit: the functions that the notebooks call, in one process and without a notebook."""
    for area in areas:
        _plainly(_folder(out, area), area)


def two_plain(out: Path, areas: Sequence[str]) -> None:
    """The limit on two processors: two such processes, each with half of the areas."""
    with ProcessPoolExecutor(2) as pool:
        halves = [pool.submit(plain, out, areas[start::2]) for start in (0, 1)]
        for half in halves:
            half.result()


def dask(out: Path, areas: Sequence[str]) -> None:
    """This project on a Dask LocalCluster of two workers."""
    from distributed import LocalCluster  # noqa: PLC0415

    options = {"n_workers": 2, "threads_per_worker": 2, "dashboard_address": None}
    with LocalCluster(**options, local_directory=str(out)) as cluster:
        own = ["--out", str(out), "--quiet", "--scheduler", cluster.scheduler_address]
        _run([sys.executable, "-m", "analysis", "batch", *areas, *own], out)


def _execute(out: Path, areas: Sequence[str], execute: Callable[..., object]) -> None:
    for area in areas:
        folder = _folder(out, area)
        os.chdir(folder)
        for name in project.NOTEBOOK_NAMES:
            source = project.NOTEBOOKS / f"{name}.ipynb"
            execute(str(source), f"{name}.ipynb", parameters={"area": area, "out": "."})


def _plainly(folder: Path, area: str) -> None:
    """Do all that the notebooks of an area do, and all that the pipeline does after them."""
    from analysis.batch import pipeline, publish  # noqa: PLC0415
    from analysis.study.parameters import Parameters  # noqa: PLC0415

    os.chdir(folder)
    run = pipeline.check_area(Parameters(area=area))
    for name in project.NOTEBOOK_NAMES:
        notebook = nbformat.read(project.NOTEBOOKS / f"{name}.ipynb", as_version=4)
        scope: dict[str, object] = {}
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        for number, cell in enumerate(cells, start=1):
            cell.execution_count = number
            shown = _executed(cell.source, scope)
            if number == 1:
                scope |= {"area": area, "out": "."}
            if shown:
                cell.outputs = [
                    nbformat.v4.new_output("execute_result", shown, execution_count=number)
                ]
    report = Output.at(folder).reports / area
    report.mkdir(parents=True)
    pipeline.write(run, notebook, folder)
    for made, place in [(report, "reports"), (Output.at(folder).processed / area, "processed")]:
        publish.replace(publish.Change(made, folder / "published" / place / area, ()))


def _executed(source: str, scope: dict[str, object]) -> dict[str, str]:
    """Execute a cell, and return what its last expression shows where that is a part of the page."""
    tree = ast.parse(source)
    last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), scope)
    if last is None:
        return {}
    value = eval(compile(ast.Expression(last.value), "cell", "eval"), scope)
    return value._repr_mimebundle_() if isinstance(value, Part) else {}


def _folder(out: Path, area: str) -> Path:
    folder = out / area
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _run(command: Sequence[str], folder: Path) -> None:
    place = Path(sys.executable).parent
    first = command[0] if Path(command[0]).is_absolute() else str(place / command[0])
    done = subprocess.run(
        [first, *command[1:]], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr)


WAYS = {way.__name__: way for way in (shell, papermill, ploomber, plain, two_plain, dask)}

if __name__ == "__main__":
    WAYS[sys.argv[1]](Path(sys.argv[2]).resolve(), sys.argv[3:])
