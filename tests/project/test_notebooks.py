"""The notebooks are thin, and hold nothing that a run would leave in them."""

import ast
import re
from typing import Any

import nbformat
import pytest

from analysis import project
from analysis.study.parameters import Parameters

EACH = pytest.mark.parametrize("name", project.NOTEBOOK_NAMES)


def read(name: str) -> nbformat.NotebookNode:
    return nbformat.read(project.NOTEBOOKS / f"{name}.ipynb", as_version=4)


def code(name: str) -> list[nbformat.NotebookNode]:
    return [cell for cell in read(name).cells if cell.cell_type == "code"]


def test_the_folder_holds_the_four_notebooks():
    assert sorted(path.stem for path in project.NOTEBOOKS.glob("*.ipynb")) == sorted(
        project.NOTEBOOK_NAMES
    )


@EACH
def test_nothing_of_a_run_is_kept(name):
    nbformat.validate(read(name))
    for cell in code(name):
        assert cell.outputs == []
        assert cell.execution_count is None
        assert set(cell.metadata) <= {"tags"}


@EACH
def test_the_first_code_cell_holds_the_typed_and_explained_parameters(name):
    cell = code(name)[0]
    assert cell.metadata["tags"] == ["parameters"]
    values: dict[str, Any] = {}
    exec(cell.source, {}, values)
    values = {key: value for key, value in values.items() if not key.startswith("__")}
    assert Parameters(**values) == Parameters(area="north-of-london")
    assert all("  # " in line for line in cell.source.splitlines())


@EACH
def test_no_cell_holds_a_path(name):
    assert not [cell.source for cell in code(name) if re.search(r"[\"']/|\.\./|~/", cell.source)]


def test_the_report_is_a_few_calls_a_cell_without_functions_loops_or_conditions():
    heavy = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If)
    for cell in code("4_report"):
        tree = ast.parse(cell.source)
        assert not [node for node in ast.walk(tree) if isinstance(node, heavy)]
        assert len(tree.body) <= 8


def test_no_part_of_the_report_is_made_and_not_shown():
    """A notebook shows the value of the last expression of a cell, and of no other."""
    for cell in code("4_report"):
        *before, last = ast.parse(cell.source).body
        assert not [node for node in before if isinstance(node, ast.Expr)]
        assert isinstance(last, ast.Expr) or "parameters" in cell.metadata.get("tags", [])


@EACH
def test_every_section_says_in_words_what_it_is_for(name):
    cells = read(name).cells
    words = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert len(words) >= 3
    assert all(len(text.split()) > 1 for text in words)


def test_the_notebook_that_handles_the_sample_says_what_may_be_read_from_it():
    said = " ".join(cell.source for cell in read("1_clean").cells)
    assert "reconstruction" in said
    assert "may be read" in said
    assert "may not" in said
