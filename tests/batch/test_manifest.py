"""A manifest names all that a report was made from, and the report can be checked against it."""

import json
import platform
import re
import shutil
from datetime import UTC, datetime

import pytest

from analysis import project
from analysis.batch import verify
from analysis.batch.verify import DifferentError
from analysis.data import hashing, sources
from analysis.data.problems import BadDataError
from analysis.study import manifest, notebook, parameters

AREA = "north-of-london"


@pytest.fixture
def report(built, tmp_path):
    return shutil.copytree(built.reports / AREA, tmp_path / AREA)


def silent(name: str, done: int, total: int) -> None:
    assert name
    assert 0 < done <= total


def test_the_manifest_holds_the_hash_of_every_file_but_its_own_and_the_pdf(report):
    recorded = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    found = {
        path.relative_to(report).as_posix(): sources.sha256(path)
        for path in report.rglob("*")
        if path.is_file()
    }
    assert recorded["outputs"] == {
        name: digest
        for name, digest in found.items()
        if name not in {"manifest.json", "report.pdf"}
    }


def test_the_inputs_are_the_raw_files_the_areas_the_notebooks_the_code_and_the_lock(report):
    inputs = json.loads((report / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    for name in (
        "requirements.lock",
        "data/raw/reoffending.csv",
        "src/analysis/stats/proportions.py",
        "src/analysis/report/page/page.css",
    ):
        assert inputs[name] == sources.sha256(project.ROOT / name)
    for name in project.NOTEBOOK_NAMES:
        assert inputs[f"notebooks/{name}.ipynb"] == notebook.digest(notebook.path_of(name))
    assert not [name for name in inputs if "__pycache__" in name]
    assert {"areas.toml", "data/raw/sources.toml"} < set(inputs)
    assert inputs["Python"] == platform.python_version()


def test_one_digest_stands_for_all_inputs():
    assert hashing.digest({"a": "1", "b": "2"}) == hashing.digest({"b": "2", "a": "1"})
    assert hashing.digest({"a": "1"}) != hashing.digest({"a": "2"})
    assert hashing.digest({"a": "1"}) != hashing.digest({"b": "1"})


def test_the_date_is_that_of_the_inputs_not_of_the_run(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(24 * 3600))
    assert manifest.made_on() == datetime(1970, 1, 2, tzinfo=UTC)
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert manifest.made_on() == manifest.made_on()


def test_a_project_without_a_repository_has_no_commit(monkeypatch, tmp_path):
    monkeypatch.setattr(project, "ROOT", tmp_path)
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert manifest.commit() == "not known"
    assert manifest._dated() == "not known"


def test_the_short_form_says_how_to_make_the_very_page_again():
    short = manifest.made_from(parameters.parse(AREA, ["level=0.8", "bounds=loose", "cohort=2012"]))
    assert short["to rerun"] == "analysis report north-of-london -p level=0.8 -p bounds=loose"
    assert re.fullmatch(r"[0-9a-f]{16}", short["inputs"])
    assert short["Python"] == platform.python_version()
    assert "pandas 3." in short["packages"]
    assert "pytest" not in short["packages"]


def test_a_report_that_is_what_its_inputs_give_is_verified(report):
    outputs = json.loads((report / "manifest.json").read_text(encoding="utf-8"))["outputs"]
    assert verify.verify(report, silent) == len(outputs)


def test_a_changed_a_missing_and_an_added_file_are_named(report):
    page = report / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("16%", "61%"), encoding="utf-8")
    (report / "tables" / "proportions.csv").unlink()
    (report / "tables" / "extra.csv").write_text("x\n")
    with pytest.raises(DifferentError) as caught:
        verify.verify(report, silent)
    assert caught.value.exit_code == 7
    assert set(caught.value.differences) == {
        "index.html: differs from the manifest",
        "tables/proportions.csv: is not there",
        "tables/extra.csv: is not in the manifest",
    }


def test_a_doctored_report_with_a_doctored_manifest_is_found_by_the_rebuild(report):
    table = report / "tables" / "proportions.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("CRC", "NPS"), encoding="utf-8")
    path = report / "manifest.json"
    recorded = json.loads(path.read_text(encoding="utf-8"))
    recorded["outputs"]["tables/proportions.csv"] = sources.sha256(table)
    path.write_text(json.dumps(recorded), encoding="utf-8")
    with pytest.raises(DifferentError) as caught:
        verify.verify(report, silent)
    assert caught.value.differences == ("tables/proportions.csv: differs from the rebuild",)


def test_changed_inputs_are_named_before_anything_is_rebuilt(report):
    path = report / "manifest.json"
    recorded = json.loads(path.read_text(encoding="utf-8"))
    recorded["inputs"]["areas.toml"] = "0" * 64
    path.write_text(json.dumps(recorded), encoding="utf-8")
    with pytest.raises(DifferentError) as caught:
        verify.verify(report, silent)
    assert caught.value.differences == ("input areas.toml: differs from the manifest",)


@pytest.mark.parametrize("content", [None, "not JSON", "[]", '{"area": "x"}'])
def test_a_folder_without_a_usable_manifest_is_told_in_words(content, tmp_path):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(BadDataError, match=r"manifest\.json"):
        verify.verify(tmp_path, silent)
