"""An executed notebook as a document, and as a page.

The notebook shows what the page says, and nothing is lost between them: what the page cannot
carry whole is refused with a `PageError` that lists every problem at once. Cells are counted from
0, as in `notebook.cells`.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode

from analysis.report.page import document, fragments, markdown
from analysis.report.page.document import Document
from analysis.report.page.fragments import Fragment
from analysis.report.page.layout import layout


class PageExporter(Exporter):
    """The nbconvert exporter of the page, without preprocessors."""

    file_extension = ".html"
    output_mimetype = "text/html"
    export_from_notebook = "Report page"

    def from_notebook_node(  # type: ignore[override]  # as in TemplateExporter
        self, nb: NotebookNode, resources: Mapping[str, Any] | None = None, **_: object
    ) -> tuple[str, dict[str, Any]]:
        """Return the page of an executed notebook, or raise a `PageError`."""
        return layout(read(nb)), self._init_resources(resources)


def render(notebook: NotebookNode) -> str:
    """Return the whole page of an executed notebook, or raise a `PageError`."""
    return layout(read(notebook))


def read(notebook: NotebookNode) -> Document:
    """Return what an executed notebook shows as a document, or raise a `PageError`."""
    problems = list(_execution_problems(notebook.cells))
    elements = []
    for index, cell in enumerate(notebook.cells):
        for fragment in _fragments(cell):
            elements.append(fragment.element)
            problems += [f"cell {index}: {problem}" for problem in fragment.problems]
    return document.document(elements, problems)


def _execution_problems(cells: Sequence[NotebookNode]) -> Iterator[str]:
    """Say where the notebook was not run once, from top to bottom. Kernels skip empty cells."""
    expected = count(1)
    for index, cell in enumerate(cells):
        if cell.cell_type != "code" or not (cell.source.strip() or cell.outputs):
            continue
        due, found = next(expected), cell.execution_count
        if found is None:
            yield f"cell {index}: was not executed"
        elif found != due:
            yield f"cell {index}: has execution count {found}, and {due} is next from the top"


def _fragments(cell: NotebookNode) -> Iterator[Fragment]:
    """Return what a cell shows, a fragment for each output."""
    if cell.cell_type == "markdown":
        yield markdown.read(cell.source)
    elif cell.cell_type == "code":
        yield from map(_output, cell.outputs)
    else:
        yield fragments.refused(f"a {cell.cell_type} cell, which the page cannot show")


def _output(output: NotebookNode) -> Fragment:
    """Return an output, with the problem of what would be lost."""
    if output.output_type == "error":
        return fragments.refused(f"an error output: {output.ename}: {output.evalue}")
    if output.output_type == "stream":
        return fragments.refused(
            f"text on {output.name}, where a report prints nothing: {output.text!r}"
        )
    # A figure has its picture by itself too, for what shows no HTML.
    known = {"text/html", "text/plain"} | (
        {"image/svg+xml"} if "text/html" in output.data else set()
    )
    unknown = sorted(output.data.keys() - known)
    if any(kind.startswith("image/") for kind in unknown):
        return fragments.refused(
            "a picture without words: show it with report.figure(fig, alt=..., caption=...)"
        )
    if unknown:
        return fragments.refused(
            f"an output of type {', '.join(unknown)}, which the page cannot show"
        )
    if "text/html" not in output.data:
        return fragments.refused(
            f"an output of plain text only: {output.data.get('text/plain', '')!r}"
        )
    return fragments.read(output.data["text/html"])
