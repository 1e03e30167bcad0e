"""Running one notebook through papermill, whole or not at all."""

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from analysis.faults import Exit, Fault
from analysis.kernels import provisioner, surroundings
from analysis.study.notebook import read

_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
}
_NEW = {
    "code": nbformat.v4.new_code_cell,
    "markdown": nbformat.v4.new_markdown_cell,
    "raw": nbformat.v4.new_raw_cell,
}
CELL_TIMEOUT_SECONDS = 600
_SHOWN_LINES = 20


class NotebookError(Fault):
    """A notebook that did not run to its end; `notebook`, `cell` and `message` say where and why.

    `cell` counts code cells from 1, as the execution counts in JupyterLab do; None for the whole.
    """

    exit_code = Exit.NOTEBOOK_FAILED

    def __init__(self, notebook: str, cell: int | None, source: str, message: str) -> None:
        """Keep what a reader needs to find the fault."""
        self.notebook, self.cell, self.source, self.message = notebook, cell, source, message
        lines = "".join(f"\n    {line}" for line in source.splitlines()[:_SHOWN_LINES])
        place = notebook if cell is None else f"{notebook}, code cell {cell}"
        super().__init__(f"Notebook {place} failed: {message}{lines}")


def execute(
    source: Path,
    target: Path,
    parameters: Mapping[str, Any],
    *,
    cwd: Path,
    on_cell: Callable[[int, int], None] = lambda done, total: None,
) -> NotebookNode:
    """Run a notebook with parameters in a kernel of its own and return it as executed.

    `on_cell` gets the number of code cells started and their total. Raises NotebookError when a
    cell fails, hangs or stops the kernel; `target` then holds the notebook as far as it came.
    What means nothing in `source` is not in it: ids are those of the places, blank cells are left out.
    """
    begun = fresh(source)
    nbformat.write(begun, target)
    total = sum(cell.cell_type == "code" for cell in begun.cells) + 1
    started: list[str] = []

    def count(cell: NotebookNode, cell_index: int) -> None:
        if cell.cell_type == "code":
            started.append(cell.source)
            on_cell(len(started), total)

    try:
        with _empty(cwd) as home, surroundings.known(Path(home)):
            executed = papermill.execute_notebook(
                target,
                target,
                dict(parameters),
                cwd=cwd,
                kernel_name="python3",
                progress_bar=False,
                request_save_on_cell_execute=False,
                execution_timeout=CELL_TIMEOUT_SECONDS,
                on_cell_start=count,
                # A kernel that is asked kindly to stop sometimes takes five seconds over it.
                shutdown_kernel="immediate",
                config=provisioner.SETTINGS,
            )
    except PapermillExecutionError as error:
        raise NotebookError(
            source.stem, error.exec_count, error.source, f"{error.ename}: {error.evalue}"
        ) from error
    except (DeadKernelError, CellTimeoutError) as error:
        raise NotebookError(source.stem, len(started), started[-1], str(error).strip()) from error
    except RuntimeError as error:
        raise NotebookError(source.stem, None, "", f"its kernel did not start: {error}") from error
    finished = tidy(executed)
    _require_complete(source.stem, finished)
    nbformat.write(finished, target)
    return finished


def fresh(source: Path) -> NotebookNode:
    """Return a notebook made of what means something in a file, so that nothing else can tell."""
    made = []
    for number, cell in enumerate(read(source)):
        parts = {"tags": list(cell.metadata.tags)} if cell.metadata.tags else {}
        new = _NEW[cell.cell_type](cell.source, id=f"cell-{number:02}", metadata=parts)
        if cell.attachments:
            new["attachments"] = nbformat.from_dict(cell.attachments)
        made.append(new)
    return nbformat.v4.new_notebook(cells=made, metadata=_METADATA)


def _empty(within: Path) -> TemporaryDirectory[str]:
    # A kernel that dies may still be writing.
    return TemporaryDirectory(prefix=".home-", dir=within, ignore_cleanup_errors=True)


def tidy(notebook: NotebookNode) -> NotebookNode:
    """Take out what changes from run to run: paths, timings, random cell ids."""
    notebook.metadata.pop("papermill", None)
    for number, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = f"injected-parameters-{number}"
    return notebook


def _require_complete(name: str, notebook: NotebookNode) -> None:
    # sys.exit() in a cell and a kernel that dies leave cells that never ran and say nothing.
    codes = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(codes, start=1):
        if cell.execution_count != number:
            message = "the cell never ran: the kernel stopped, or a cell before it ended the run"
            raise NotebookError(name, number, cell.source, message)
        for output in cell.outputs:
            if output.output_type == "error":
                raise NotebookError(name, number, cell.source, f"{output.ename}: {output.evalue}")
