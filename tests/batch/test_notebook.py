"""What means something in a notebook is hashed and run; what a run or an editor leaves is neither."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import project
from analysis.batch import notebooks
from analysis.data.problems import BadDataError
from analysis.study import inputs, notebook, parameters
from analysis.study.injected import unknown_names
from analysis.study.parameters import ParameterError

Content = dict[str, Any]

SHOWN = {"output_type": "stream", "name": "stdout", "text": ["1\n"]}


def content() -> Content:
    """A small notebook, as JSON holds it."""
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# One\n", "two"]},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {"tags": ["parameters"]},
            "source": 'area: str = "barnet"',
            "outputs": [],
            "execution_count": None,
        },
        {
            "cell_type": "code",
            "id": "c",
            "metadata": {},
            "source": "print(area)",
            "outputs": [],
            "execution_count": None,
        },
        {"cell_type": "raw", "id": "d", "metadata": {}, "source": "raw"},
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def blank() -> Content:
    return new("code", " \n") | {"id": "blank", "outputs": [], "execution_count": None}


def new(kind: str, source: str) -> Content:
    return {"cell_type": kind, "metadata": {}, "source": source}


def run(it: Content) -> None:
    it["cells"][2] |= {"outputs": [SHOWN], "execution_count": 7}
    it["cells"][2]["metadata"] |= {"execution": {"iopub.execute_input": "2031"}, "collapsed": True}
    it["metadata"] |= {"language_info": {"name": "python", "version": "3.99"}}
    it["metadata"] |= {"kernelspec": {"name": "other", "display_name": "Other"}}


def without_ids(it: Content) -> None:
    it["nbformat_minor"] = 4
    for cell in it["cells"]:
        del cell["id"]


def one_id_missing_one_doubled(it: Content) -> None:
    del it["cells"][0]["id"]
    it["cells"][2]["id"] = "b"


def blank_cells(it: Content) -> None:
    it["cells"].insert(2, blank())
    it["cells"].append(blank())
    it["cells"].append(blank() | {"cell_type": "markdown"})


def lines_joined(it: Content) -> None:
    it["cells"][0]["source"] = "# One\ntwo"


NOTHING = [run, without_ids, one_id_missing_one_doubled, blank_cells, lines_joined]


def written(path: Path, change: Callable[[Content], object] = lambda it: None) -> Path:
    it = content()
    change(it)
    path.write_text(json.dumps(it), encoding="utf-8")
    return path


@pytest.mark.parametrize("change", NOTHING)
def test_what_a_run_or_an_editor_leaves_means_nothing(tmp_path, change):
    before = notebook.digest(written(tmp_path / "one.ipynb"))
    assert notebook.digest(written(tmp_path / "other.ipynb", change)) == before


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it["cells"][2].update(source="print(area) "),
        lambda it: it["cells"][3].update(cell_type="markdown"),
        lambda it: it["cells"][2]["metadata"].update(tags=["parameters"]),
        lambda it: it["cells"][0].update(attachments={"a.png": {"image/png": "AAAA"}}),
        lambda it: it["cells"].reverse(),
        lambda it: it["cells"].pop(),
    ],
)
def test_types_sources_tags_attachments_and_their_order_mean_something(tmp_path, change):
    before = notebook.digest(written(tmp_path / "one.ipynb"))
    assert notebook.digest(written(tmp_path / "other.ipynb", change)) != before


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["code", "markdown", "raw"]),
            st.text(st.characters(exclude_categories=["Cs"])),
            st.lists(st.sampled_from(["parameters", "hide"]), max_size=2),
        )
    )
)
def test_what_is_run_is_what_was_hashed(tmp_path_factory, cells):
    """The notebook that is run has the same digest, and lacks nothing that the format asks for."""
    path = tmp_path_factory.mktemp("any") / "x.ipynb"
    listed = [new(kind, source) | {"metadata": {"tags": tags}} for kind, source, tags in cells]
    path.write_text(json.dumps(content() | {"cells": listed}), encoding="utf-8")
    before = notebook.digest(path)
    fresh = notebooks.fresh(path)
    nbformat.validate(fresh)
    nbformat.write(fresh, path)
    assert notebook.digest(path) == before


def test_notebooks_that_mean_the_same_are_executed_to_the_same_bytes(tmp_path):
    """Cases B03, B17, B18 and B22, each in a real kernel; a warning of nbformat's would be an error."""
    values = {"area": "brent"}
    made = []
    for change in (lambda it: None, one_id_missing_one_doubled, blank_cells, without_ids):
        it = content()
        run(it)
        change(it)
        source, target = tmp_path / "1.ipynb", tmp_path / "out.ipynb"
        source.write_text(json.dumps(it), encoding="utf-8")
        steps: list[tuple[int, int]] = []
        notebooks.execute(
            source, target, values, cwd=tmp_path, on_cell=lambda *step, to=steps: to.append(step)
        )
        assert steps == [(1, 3), (2, 3), (3, 3)]
        made.append(target.read_bytes())
    assert b"brent" in made[0]
    assert len(set(made)) == 1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "x.ipynb"),
        (b"<<<<<<< HEAD\n", "x.ipynb"),
        (b"\xff", "x.ipynb"),
        (b'{"nbformat": 3, "worksheets": []}', "column nbformat: Input should be 4"),
        (b'{"nbformat": 4, "cells": [{"cell_type": "heading"}]}', "column cells.0.cell_type"),
    ],
)
def test_a_file_that_is_no_notebook_is_named(tmp_path, text, told):
    path = tmp_path / "x.ipynb"
    path.write_bytes(text)
    with pytest.raises(BadDataError) as caught:
        notebook.read(path)
    assert told in str(caught.value)


def test_each_file_that_is_no_notebook_is_named_at_the_start(elsewhere):
    for name in ("1_clean", "3_reoffending"):
        notebook.path_of(name).write_text("<<<<<<< HEAD\n", encoding="utf-8")
    notebook.path_of("4_report").unlink()
    assert [problem.file for problem in notebook.check()] == [
        f"notebooks/{name}.ipynb" for name in ("1_clean", "3_reoffending", "4_report")
    ]


def test_every_table_has_a_notebook_that_makes_it_in_their_order():
    assert list(dict.fromkeys(notebook.makers().values())) == list(project.NOTEBOOK_NAMES[:3])


# ---- Which files are inputs ---------------------------------------------------------------------


def test_what_editors_and_systems_leave_is_no_input(elsewhere):
    before = inputs.load().common
    for name in (
        "notebooks/Untitled.ipynb",
        "notebooks/.ipynb_checkpoints/1_clean-checkpoint.ipynb",
        "src/analysis/.DS_Store",
        "src/analysis/.cli.py.swp",
        "src/analysis/#cli.py#",
        "src/analysis/cli.py~",
        "src/analysis/._cli.py",
        "src/analysis/.ipynb_checkpoints/cli-checkpoint.py",
    ):
        (elsewhere / name).parent.mkdir(exist_ok=True)
        (elsewhere / name).write_text("x", encoding="utf-8")
    assert inputs.load().common == before


def test_a_link_that_an_editor_holds_a_file_by_is_no_input(elsewhere):
    before = inputs.load().common
    (elsewhere / "src" / "analysis" / ".#cli.py").symlink_to("somebody@elsewhere")
    assert inputs.load().common == before


def test_every_file_that_the_package_consists_of_is_an_input():
    source = project.ROOT / "src"
    files = {
        path.relative_to(project.ROOT).as_posix()
        for path in source.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and "egg-info" not in str(path)
        if not any(part.startswith(".") for part in path.relative_to(source).parts)
    }
    assert files <= set(inputs.load().common)


# ---- Parameters that papermill adds -------------------------------------------------------------

OWN = 'area: str = "barnet"\nlevel: float = 0.95'


@pytest.mark.parametrize(
    ("cells", "unknown"),
    [
        (["", OWN, "# Parameters\nlevl = 0.8", "run = 1"], ["levl"]),
        (["", OWN, '# Parameters\narea = "brent"\nlevel = 0.8'], []),
        # A parameter of the notebook's own.
        (["", OWN + "\ntop = 10", "# Parameters\ntop = 20"], []),
        # What is named after it is not meant by it.
        (["", OWN, "# Parameters\nlevl = 0.8", "levl = 1"], ["levl"]),
        # Run again after it was mended.
        (["", OWN, "# Parameters\nlevl = 0.8", "# Parameters\nlevel = 0.8"], []),
        (["", OWN, "# Parameters\nlevl = 0.8", "# Parameters\nlevl = 0.8"], ["levl"]),
        # No parameters cell at all: papermill's comes first.
        (["", "# Parameters\nlevl = 0.8\nlevel = 0.8", OWN], ["levl"]),
        (["", OWN, "levl = 0.8"], []),
        (["", "def", "# Parameters\nlevl = 0.8"], ["levl"]),
        ([], []),
    ],
)
def test_a_parameter_is_unknown_where_nothing_before_it_has_its_name(cells, unknown):
    assert unknown_names(cells) == unknown


def test_a_mistyped_parameter_of_papermill_is_refused_by_the_notebook(tmp_path):
    values = {"area": "barnet", "levl": 0.8, "method": "wald", "out": str(tmp_path)}
    with pytest.raises(notebooks.NotebookError) as caught:
        notebooks.execute(
            notebook.path_of("2_proportions"), tmp_path / "x.ipynb", values, cwd=tmp_path
        )
    told = caught.value.message
    assert "ParameterError" in told
    assert "levl: no such parameter; there are level, method, bounds, cohort" in told
    assert "method = 'wald': must be one of" in told


def test_outside_of_a_notebook_nothing_is_added():
    with pytest.raises(ParameterError) as caught:
        parameters.check(area="barnet", levl=0.8)
    assert caught.value.problems == (
        "levl: no such parameter; there are level, method, bounds, cohort",
    )
