"""The four notebooks, run for real: what they leave, and what a failure leaves."""

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.provisioning import KernelProvisionerFactory
from nbclient import NotebookClient

from analysis import project
from analysis.batch import notebooks, pipeline
from analysis.data import processed
from analysis.project import Output
from analysis.study import inputs, parameters, stamps

AREA = "north-of-london"


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def rows(output: Output, table: str, area: str = AREA) -> list[dict[str, str]]:
    with (output.processed / area / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_an_area_gets_every_table_the_page_and_the_executed_notebooks(built):
    assert set(bytes_of(built.processed)) == {
        f"{AREA}/{inputs.RECORD}",
        f"{AREA}/{stamps.FILE}",
        *(f"{AREA}/{name}.csv" for name in processed.PROCESSED),
    }
    assert set(bytes_of(built.reports)) == {
        "index.html",
        "codebook.html",
        "manifest.json",
        f"{AREA}/index.html",
        f"{AREA}/manifest.json",
        f"{AREA}/report.md",
        f"{AREA}/tables.xlsx",
        *([f"{AREA}/report.pdf"] if shutil.which("chromium") else []),
        *(f"{AREA}/tables/{name}.csv" for name in processed.PROCESSED if name != "judgements"),
        *(f"{AREA}/notebooks/{name}.ipynb" for name in project.NOTEBOOK_NAMES),
    }


def test_every_printed_count_is_in_the_proportions_and_every_worded_one_is_blank(built):
    found = {(row["question_id"], row["provider"]): row for row in rows(built, "proportions")}
    published = [row for row in rows(built, "findings") if row["sufficient_low"]]
    assert len(published) == 46
    for finding in published:
        row = found[finding["question_id"], finding["provider"]]
        assert row["relevant"] == finding["relevant"]
        assert (row["sufficient_low"], row["sufficient_high"]) == (
            finding["sufficient_low"],
            finding["sufficient_high"],
        )
        assert row["precision"] == finding["precision"]
        exact = finding["precision"] == "exact"
        assert row["sufficient"] == (finding["sufficient_low"] if exact else "")
        assert bool(row["proportion"]) is exact


def test_nothing_is_claimed_where_nothing_was_published(built):
    empty = [row for row in rows(built, "proportions") if row["precision"] == "not_available"]
    blank = ("sufficient", "relevant", "proportion", "ci_lower", "ci_upper")
    assert empty
    assert {row[name] for row in empty for name in blank} == {""}


def test_an_area_without_a_sample_says_so_and_still_has_its_models(built_without_sample):
    area = "inner-london"
    assert rows(built_without_sample, "proportions", area) == []
    assert rows(built_without_sample, "differences", area) == []
    scopes = {
        (row["scope"], row["boroughs"])
        for row in rows(built_without_sample, "reoffending_model", area)
    }
    assert scopes == {("area", "14"), ("london", "33")}
    page = (built_without_sample.reports / area / "index.html").read_text(encoding="utf-8")
    assert page.count("no case sample was published for inner London") == 1
    for absent in ("Protecting the public", "Where the providers differ", "What is reconstructed"):
        assert absent not in page
    assert "CRC" not in page


def test_a_run_on_another_day_and_in_another_folder_gives_the_same_bytes(built, tmp_path):
    clock = shutil.which("faketime")
    if clock is None and os.environ.get("CI"):
        pytest.fail("faketime is not installed: apt-get install faketime")
    elsewhen = [clock, "-f", "+400d"] if clock else []
    subprocess.run(
        [*elsewhen, sys.executable, "-m", "analysis", "report", AREA, "--out", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ
        # Another clock, another language, and the linear algebra of another processor.
        | {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LC_ALL": "C"}
        | {"OPENBLAS_CORETYPE": "Prescott"},
        check=True,
    )
    again = Output.at(tmp_path)
    assert bytes_of(again.processed) == bytes_of(built.processed)
    # The PDF is Chromium's, which numbers its parts as it likes.
    first, second = bytes_of(built.reports), bytes_of(again.reports)
    assert {name: second[name] for name in second if not name.endswith(".pdf")} == {
        name: first[name] for name in first if not name.endswith(".pdf")
    }


def test_no_path_and_no_clock_of_this_machine_is_published(built):
    for name, content in bytes_of(built.reports).items():
        text = content.decode("utf-8", errors="replace")
        for told in (str(project.ROOT), str(built.processed.parent), "start_time", "duration"):
            assert told not in text, name


def test_parameters_reach_the_tables(tmp_path):
    output = Output.at(tmp_path)
    written = ["level=0.8", "method=jeffreys", "bounds=loose", "cohort=2010"]
    pipeline.build(parameters.parse(AREA, written), output)
    assert {(row["level"], row["method"]) for row in rows(output, "proportions")} == {
        ("0.8", "jeffreys")
    }
    assert {row["reading"] for row in rows(output, "findings")} == {"loose"}
    assert {row["cohort"] for row in rows(output, "reoffending_model")} == {"2010"}
    page = (output.reports / AREA / "index.html").read_text(encoding="utf-8")
    assert "80% interval" in page
    assert "95% interval" not in page


@pytest.fixture
def stock_kernels(monkeypatch):
    """Kernels started as JupyterLab starts them, not forked."""
    monkeypatch.setenv(KernelProvisionerFactory.default_provisioner_name_env, "local-provisioner")
    KernelProvisionerFactory.clear_instance()
    yield
    KernelProvisionerFactory.clear_instance()


@pytest.mark.usefixtures("stock_kernels")
def test_jupyterlab_gives_the_same_tables_and_outputs_as_the_pipeline(copy, built, monkeypatch):
    # As in JupyterLab: the folder of the notebooks, the defaults, one notebook after the other.
    monkeypatch.setenv("PYTHONPATH", str(copy / "src"))
    for name in project.NOTEBOOK_NAMES:
        notebook = nbformat.read(copy / "notebooks" / f"{name}.ipynb", as_version=4)
        client = NotebookClient(
            notebook,
            resources={"metadata": {"path": str(copy / "notebooks")}},
            record_timing=False,
        )
        client.execute()
        published = nbformat.read(
            built.reports / AREA / "notebooks" / f"{name}.ipynb", as_version=4
        )
        by_pipeline = {
            cell.source: outputs(cell) for cell in published.cells if cell.cell_type == "code"
        }
        for cell in notebook.cells:
            if cell.cell_type == "code":
                assert outputs(cell) == by_pipeline[cell.source]
    assert bytes_of(copy / "data" / "processed") == bytes_of(built.processed)


def outputs(cell: nbformat.NotebookNode) -> list[object]:
    return [(output.output_type, output.get("data")) for output in cell.outputs]


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """Notebooks of which the third has a cell of the test's choosing at its end."""
    folder = shutil.copytree(project.NOTEBOOKS, tmp_path / "notebooks")
    monkeypatch.setattr(project, "NOTEBOOKS", folder)

    def put(source: str) -> int:
        path = folder / "3_reoffending.ipynb"
        notebook = nbformat.read(path, as_version=4)
        notebook.cells.append(nbformat.v4.new_code_cell(source, id="broken"))
        cell = sum(cell.cell_type == "code" for cell in notebook.cells)
        notebook.cells.append(nbformat.v4.new_code_cell("1 + 1", id="after"))
        nbformat.write(notebook, path)
        return cell + 1  # papermill puts the parameters into one of their own

    return put


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("import sys\nsys.exit(0)", "SystemExit"),
        ("import os\nos._exit(0)", "Kernel died"),
    ],
)
def test_a_failing_cell_is_named_and_leaves_the_last_good_report(
    broken, source, told, built, tmp_path
):
    output = Output.at(tmp_path / "out")
    shutil.copytree(built.processed, output.processed)
    shutil.copytree(built.reports, output.reports)
    before = bytes_of(output.reports) | bytes_of(output.processed)
    cell = broken(source)
    with pytest.raises(notebooks.NotebookError) as caught:
        pipeline.build(parameters.parse(AREA), output)
    fault = caught.value
    assert (fault.notebook, fault.cell, fault.exit_code) == ("3_reoffending", cell, 4)
    assert told in str(fault)
    assert source.splitlines()[0] in str(fault)
    assert str(fault).count("\n") < 40
    kept = {f"{AREA}/failed/3_reoffending.ipynb"}
    after = bytes_of(output.reports) | bytes_of(output.processed)
    # A kernel that dies takes along what was not saved yet.
    assert set(after) - set(before) in ([kept, set()] if told == "Kernel died" else [kept])
    assert {name: after[name] for name in before} == before


def test_a_page_that_is_not_fit_is_not_published(monkeypatch, tmp_path):
    folder = shutil.copytree(project.NOTEBOOKS, tmp_path / "notebooks")
    monkeypatch.setattr(project, "NOTEBOOKS", folder)
    path = folder / "4_report.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.insert(-1, nbformat.v4.new_code_cell("print('left over')", id="print"))
    nbformat.write(notebook, path)
    output = Output.at(tmp_path / "out")
    with pytest.raises(notebooks.NotebookError, match="4_report"):
        pipeline.build(parameters.parse(AREA), output)
    assert bytes_of(output.reports) == {}
