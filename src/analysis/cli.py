"""The command line: commands only; the work is done elsewhere."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table
from rich.text import Text

from analysis import console, lean, project, words
from analysis.console import Stream
from analysis.faults import Exit, Fault, UsageFault, refusal
from analysis.kernels import surroundings
from analysis.study import revision

if TYPE_CHECKING:
    from analysis.batch.many import Builder
    from analysis.study.parameters import Parameters

app = typer.Typer(
    help="Reproducible analysis of probation inspections.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
out = Stream()
err = Stream(stderr=True)

AreaName = Annotated[str, typer.Argument(help="An area of areas.toml.", metavar="AREA")]
Written = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter",
        "-p",
        metavar="NAME=VALUE",
        help="A parameter of the notebooks: level, method, bounds or cohort.",
    ),
]
Cases = Annotated[
    Path | None, typer.Option("--cases", help="A confidential case extract.", metavar="FILE")
]
Threshold = Annotated[
    int | None,
    typer.Option("--disclosure-threshold", help="Smallest count that is shown.", metavar="N"),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", help="Folder for processed/ and reports/.", metavar="DIR"),
]


def _refuse_extracts(cases: Path | None, threshold: int | None) -> None:
    if cases is not None or threshold is not None:
        raise UsageFault(
            "--cases and --disclosure-threshold are refused: a case extract is confidential, and "
            "disclosure control is not built yet. Only the shipped, reconstructed sample can be "
            "reported on."
        )


@app.command()
def report(
    area: AreaName,
    parameter: Written = None,
    cases: Cases = None,
    disclosure_threshold: Threshold = None,
    out_dir: Out = None,
) -> None:
    """Build the report of one area."""
    _refuse_extracts(cases, disclosure_threshold)
    from analysis.batch import publish  # noqa: PLC0415
    from analysis.kernels import forking  # noqa: PLC0415
    from analysis.study import parameters  # noqa: PLC0415

    checked = parameters.parse(area, parameter or [])
    with forking.scratch():
        forking.warm_up()
        from analysis.batch import pipeline  # noqa: PLC0415 - imports while the warm parent does

        output = project.Output.at(out_dir or "")
        with publish.locked(output), _progress(area) as progress:
            written = pipeline.build(checked, output, progress)
    out.print(Text(f"Report: {project.shown(written)}"))


@app.command()
def run(
    area: AreaName,
    last: Annotated[
        str, typer.Option("--to", metavar="NOTEBOOK", help="The last notebook, as 2_proportions.")
    ],
    parameter: Written = None,
    out_dir: Out = None,
) -> None:
    """Make the tables of one area that are missing or do not fit, notebook by notebook."""
    from analysis.batch import publish  # noqa: PLC0415
    from analysis.kernels import forking  # noqa: PLC0415
    from analysis.study import notebook, parameters  # noqa: PLC0415

    wanted = notebook.up_to(last)
    placed = {"out": str(project.path(out_dir).resolve()) if out_dir else ""}
    checked = parameters.parse(area, parameter or []).model_copy(update=placed)
    with forking.scratch():
        forking.warm_up()
        from analysis.batch import tables  # noqa: PLC0415 - imports while the warm parent does

        output = project.Output.at(checked.out)
        with publish.locked(output), _progress(area) as progress:
            ended = list(tables.make(checked, wanted, progress))
    for name, reasons in ended:
        more = f", and {len(reasons) - 1} more" if reasons[1:] else ""
        out.print(Text(f"{name}: {reasons[0] if reasons else 'up to date'}{more}"))
    out.print(Text(f"Tables: {project.shown(output.processed / area)}"))


@app.command()
def batch(
    names: Annotated[list[str] | None, typer.Argument(metavar="[AREA]...")] = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Every area of areas.toml.")] = False,
    parameter: Written = None,
    out_dir: Out = None,
    workers: Annotated[
        int | None,
        typer.Option(help="How many processors to keep busy; all of them by default.", min=1),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="tcp://HOST:PORT", help="Build on the workers of a Dask scheduler."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Build also what has not changed.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say why each area is built.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Say only what failed.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say all in lines of JSON.")] = False,
) -> None:
    """Build the reports that are not up to date; a failure stops no other area."""
    if bool(names) == every:
        raise UsageFault("Name the areas to build, or give --all.")
    if quiet and as_json:
        raise UsageFault("Give --quiet or --json, not both.")
    if workers is not None and scheduler is not None:
        raise UsageFault("A Dask scheduler has workers of its own: give --workers or --scheduler.")
    from analysis.batch import many, progress  # noqa: PLC0415 - not for the other commands

    kind = (
        progress.Quiet
        if quiet
        else progress.Json
        if as_json
        else progress.Bars
        if err.redraws
        else progress.Lines
    )
    output = project.Output.at(out_dir or "")
    watch = kind(out, err, output, explain=explain)
    wanted = _wanted(None if every else list(dict.fromkeys(names or [])), parameter or [])
    try:
        with progress.watching(watch):
            summary = many.build(wanted, output, _builder(workers, scheduler), watch, force=force)
    except many.StoppedError as stopped:
        watch.ended(stopped.summary)
        raise typer.Exit(stopped.exit_code) from None
    watch.ended(summary)
    if summary.failed:
        raise typer.Exit(Exit.SOME_FAILED)


def _wanted(names: list[str] | None, written: list[str]) -> list["Parameters"]:
    """Return the parameters of the areas that were asked for; of every area where none was named."""
    from analysis.study import inputs, parameters  # noqa: PLC0415

    with suppress(Fault, ValueError):  # the check that comes after says what is wrong
        known = inputs.sections()
        if not written and set(names or known) <= set(known):
            # Nothing to check: known areas and the defaults. The check takes seconds.
            return [parameters.Parameters(area=name) for name in names or known]
    from analysis import areas  # noqa: PLC0415

    return [parameters.parse(name, written) for name in names or areas.load()]


def _builder(workers: int | None, scheduler: str | None) -> "Builder":
    if scheduler is not None:
        from analysis.batch import dask  # noqa: PLC0415

        return dask.builder(scheduler)
    from analysis.batch import workers as local  # noqa: PLC0415

    return partial(local.build, workers=workers or local.processors())


@app.command()
def check(
    area: Annotated[str | None, typer.Argument(metavar="[AREA]")] = None,
    cases: Cases = None,
    folder: Annotated[
        Path | None,
        typer.Option("--inspection", help="The folder of an inspection.", metavar="DIR"),
    ] = None,
) -> None:
    """Check the raw files, the areas and their inspections; change nothing."""
    _refuse_extracts(cases, None)
    if folder is not None:
        from analysis.study import inspections  # noqa: PLC0415

        found = inspections.load(str(project.path(folder).resolve()))
        out.print(Text(f"{found.name}: {found.settings.title}: in order"))
        return
    from analysis import areas  # noqa: PLC0415
    from analysis.batch import pipeline  # noqa: PLC0415
    from analysis.study import parameters  # noqa: PLC0415

    for name in [area] if area else areas.load():
        run = pipeline.check(parameters.parse(name))
        places = words.counted(
            len(run.area.local_authorities), "local authority", "local authorities"
        )
        inspected = f"inspection {run.area.inspection}" if run.area.inspection else "no inspection"
        out.print(Text(f"{name}: {places}, {inspected}: in order"))


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="The folder of a report, as reports/AREA.")],
) -> None:
    """Make a report again from its inputs and compare every file."""
    from analysis.batch import verify  # noqa: PLC0415

    with _progress(folder.name) as progress:
        count = verify.verify(folder, progress)
    out.print(Text(f"{folder}: {count} files, all up to date"))


@app.command(name="areas")
def list_areas() -> None:
    """List the areas of areas.toml."""
    from analysis import areas  # noqa: PLC0415

    # A name that is cut short could not be typed.
    rest = (Column(name, overflow="fold") for name in ("title", "local authorities", "inspection"))
    table = Table(Column("area", no_wrap=True), *rest)
    for name, area in areas.load().items():
        table.add_row(name, area.title, str(len(area.local_authorities)), area.inspection or "none")
    out.print(table)


@app.command()
def reconstruct(
    name: Annotated[str, typer.Argument(help="A folder of data/raw/inspections.")],
) -> None:
    """Draw the case sample of an inspection again from its findings: the same bytes."""
    from analysis.data import inspection, reconstruction  # noqa: PLC0415

    found = inspection.published(name)
    sample = reconstruction.shipped(found.findings, found.context, found.question_ids)
    path = found.folder / inspection.CASES
    path.write_text(reconstruction.to_csv(sample), encoding="utf-8", newline="")
    out.print(Text(f"{len(sample)} reconstructed cases: {project.shown(path)}"))


@app.command()
def accept(
    file: Annotated[Path, typer.Argument(help="A file of data/raw that was changed on purpose.")],
) -> None:
    """Record a raw file as it now is, and renew the codebook and the data package."""
    from analysis.data import codebook, sources  # noqa: PLC0415

    out.print(Text(f"{file.name}: {sources.accept(file)}"))
    codebook.write()


@app.command(name="codebook")
def write_codebook() -> None:
    """Renew docs/codebook.md and data/raw/datapackage.json from the schemas."""
    from analysis.data import codebook  # noqa: PLC0415

    for path in codebook.write():
        out.print(Text(project.shown(path)))


@contextmanager
def _progress(area: str) -> Iterator[Callable[[str, int, int], None]]:
    """Show the running notebook and its cells: a bar on a terminal, a line per notebook else."""
    if not err.redraws:
        shown: set[str] = set()

        def say(name: str, done: int, total: int) -> None:
            if name not in shown:
                shown.add(name)
                err.print(Text(f"{area}: {name}, {total} cells"))

        yield say
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("cell {task.completed} of {task.total}"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=err) as bars:
        tasks = {}

        def move(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(f"{area}  {name}", total=total)
            bars.update(tasks[name], completed=done)

        yield move


def main() -> None:
    """Run a command; what a user can mend becomes a message and an exit code."""
    console.escape_what_cannot_be_written()
    try:
        revision.stated_epoch()  # before libraries stumble over what is no number
        with surroundings.known(), lean.without(lean.GRAMMAR):
            app()
    except Fault as fault:
        err.print(Text(fault.in_full()))
        sys.exit(fault.exit_code)
    except OSError as error:
        err.print(Text(f"The system refused: {refusal(error)}"))
        sys.exit(Exit.REFUSED)
