"""A manifest names all that a report was made from, and the report can be checked against it."""

import contextlib
import json
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import Project

from analysis import project
from analysis.batch import planning, record, verify
from analysis.batch.verify import DifferentError
from analysis.data import hashing, sources
from analysis.data.problems import BadDataError
from analysis.faults import Fault
from analysis.project import Output
from analysis.study import manifest, notebook, parameters
from analysis.study.manifest import Manifest
from analysis.study.parameters import Parameters

AREA = "north-of-london"
OTHER = "inner-london"
Change = Callable[[dict], dict]


def changed(change: Change) -> Callable[[str], str]:
    return lambda whole: json.dumps(change(json.loads(whole)))


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


# ---- What is no manifest ------------------------------------------------------------------------

DEEP = "[" * 100_000


def without(name: str) -> Change:
    return lambda recorded: {key: value for key, value in recorded.items() if key != name}


def with_(name: str, value: object) -> Change:
    return lambda recorded: recorded | {name: value}


def text(change: Callable[[str], str]) -> Callable[[Path], None]:
    def apply(path: Path) -> None:
        path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")

    return apply


def in_its_place(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def apply(path: Path) -> None:
        path.unlink()
        make(path)

    return apply


WRONG: dict[str, tuple[object, ...]] = {
    **dict.fromkeys(
        ("parameters", "inputs", "outputs", "processed", "read", "headline"),
        (None, [], 3, "x", {"x": None}, {"x": [1]}),
    ),
    "area": (None, 1, [], "", "barnet", "../barnet", "inner-london\n"),
    "commit": (None, 1, [], "", "a\nb", "a\0b", "x" * 1000),
    "made_on": (None, 1, "2001-01-01", "yesterday"),
    "epoch": ("1", 1.5, True, [], -1, 1, 10**30),
    "python": (None,),
    "packages": ([], {"x": 1}),
    "inputs_digest": (None, "x"),
}
PLACED: tuple[object, ...] = ({"area": "barnet"}, {"out": "/tmp"})
OUTSIDE: tuple[object, ...] = ({"../../areas.toml": [{}]}, {"/etc/passwd": [{}]})
CORRUPT: dict[str, Callable[[Path], object]] = {
    "empty": text(lambda _: ""),
    "cut off": text(lambda whole: whole[: len(whole) // 2]),
    "not JSON": text(lambda _: "not JSON"),
    "a web app's": text(lambda _: '{"name": "x", "start_url": "/"}'),
    "null": text(lambda _: "null"),
    "a list": text(lambda _: "[]"),
    "brackets": text(lambda _: DEEP),
    "brackets in a field": text(
        lambda whole: whole.replace('"headline": {', f'"headline": {DEEP}, {{')
    ),
    "half a character": text(lambda whole: whole.replace('"commit": "', '"commit": "\\ud800')),
    "not UTF-8": lambda path: path.write_bytes(b"\xff" + path.read_bytes()),
    "a folder": in_its_place(Path.mkdir),
    "a pipe": in_its_place(os.mkfifo),
    **{
        f"{name} {value!r}"[:40]: text(changed(with_(name, value)))
        for name, values in [*WRONG.items(), ("read", OUTSIDE), ("parameters", PLACED)]
        for value in values
    },
    **{f"without {name}": text(changed(without(name))) for name in Manifest.model_fields},
}


@pytest.fixture(scope="module")
def sound(built_without_sample, tmp_path_factory) -> Output:
    """A report that is up to date, whose manifest a test may spoil."""
    folder = tmp_path_factory.mktemp("sound")
    shutil.copytree(built_without_sample.processed.parent, folder / "out")
    return Output.at(folder / "out")


@pytest.fixture
def spoilt(sound) -> Iterator[Path]:
    """The manifest of that report, which is whole again afterwards."""
    path = sound.reports / OTHER / "manifest.json"
    whole = path.read_bytes()
    yield path
    if path.is_dir():
        path.rmdir()
    else:
        path.unlink()
    path.write_bytes(whole)


def reasons(output: Output) -> tuple[str, ...]:
    (planned,) = planning.plan([Parameters(area=OTHER)], output, force=False)
    return planned.reasons


@pytest.mark.parametrize("how", CORRUPT)
def test_what_is_no_manifest_is_named_and_its_area_built_again(how, sound, spoilt):
    CORRUPT[how](spoilt)
    with pytest.raises(BadDataError) as caught:
        verify.verify(spoilt.parent, silent)
    assert caught.value.exit_code == 3
    (problem,) = caught.value.problems
    assert problem.file.endswith(f"{OTHER}/manifest.json")
    assert reasons(sound) == (str(problem),)
    assert record.foreign(sound) == [problem]


def test_a_sound_manifest_is_no_reason(sound):
    assert reasons(sound) == ()
    assert record.foreign(sound) == []


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"level": 7}, "level = 7: Input should be less than 1"),
        ({"cohort": 2012.0, "method": "x"}, "method = 'x': must be one of wilson"),
        ({"colour": "red"}, "colour: no such parameter"),
    ],
)
def test_parameters_that_no_report_can_have_are_faults_of_the_manifest(
    changes, faults, sound, spoilt
):
    recorded = json.loads(spoilt.read_text(encoding="utf-8"))
    recorded["parameters"] |= changes
    spoilt.write_text(json.dumps(recorded), encoding="utf-8")
    with pytest.raises(BadDataError, match=re.escape(faults)):
        verify.verify(spoilt.parent, silent)
    assert [reason for reason in reasons(sound) if reason.startswith("parameter ")]


def test_a_column_that_no_table_has_was_not_read(sound, spoilt):
    recorded = json.loads(spoilt.read_text(encoding="utf-8"))
    recorded["read"]["reoffending.csv"] = [{"colour": ["red"]}]
    spoilt.write_text(json.dumps(recorded), encoding="utf-8")
    with pytest.raises(BadDataError, match="the inputs that it names cannot be read: 'colour'"):
        verify.verify(spoilt.parent, silent)
    assert len(reasons(sound)) == 1


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_however_a_manifest_is_changed_it_is_judged_in_words(data, sound, spoilt, monkeypatch):
    monkeypatch.setattr(verify, "_rebuilt", lambda checked, recorded, progress: recorded.outputs)
    whole = (sound.reports / OTHER / "manifest.json").read_bytes()
    recorded = json.loads(whole)
    where, name = recorded, data.draw(st.sampled_from(sorted(recorded)))
    while isinstance(where[name], dict) and where[name] and data.draw(st.booleans()):
        where = where[name]
        name = data.draw(st.sampled_from(sorted(where)))
    where[name] = data.draw(VALUES)
    written = json.dumps(recorded).encode()
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(written)))
        written = written[:at] + data.draw(st.binary(max_size=8)) + written[at + 1 :]
    spoilt.write_bytes(written)
    try:
        with contextlib.suppress(Fault):
            verify.verify(spoilt.parent, silent)
        reasons(sound)
        record.foreign(sound)
    finally:
        spoilt.write_bytes(whole)


@pytest.mark.parametrize("content", [None, "not JSON", "[]", '{"area": "x"}'])
def test_a_folder_without_a_usable_manifest_is_told_in_words(content, tmp_path):
    if content is not None:
        (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(BadDataError, match=r"manifest\.json"):
        verify.verify(tmp_path, silent)


# ---- A site with what is not ours ---------------------------------------------------------------


def test_a_foreign_and_a_corrupt_manifest_are_named_and_stop_nothing(sound, spoilt):
    site = sound.reports.parent
    (sound.reports / "pwa").mkdir()
    foreign = sound.reports / "pwa" / "manifest.json"
    foreign.write_text('{"name": "x"}', encoding="utf-8")
    (sound.reports / "manifest.json").write_text(DEEP, encoding="utf-8")
    spoilt.write_text(DEEP, encoding="utf-8")
    here = Project(project.ROOT, site)
    done = here.batch(OTHER)
    assert done.returncode == 0, done.stderr
    assert "1 built" in done.stdout
    named = [line for line in done.stderr.splitlines() if line.startswith("passed over: ")]
    assert len(named) == 3
    assert all(
        f"{path}: is not a manifest of this program: " in done.stderr
        for path in (spoilt, foreign, sound.reports / "manifest.json")
    )
    assert foreign.read_text(encoding="utf-8") == '{"name": "x"}'
    assert set(here.record()["reports"]) == {OTHER}
    assert "One area is shown" in " ".join(here.front_page().split())
    again = here.batch(OTHER)
    assert "1 unchanged" in again.stdout
    (line,) = again.stderr.splitlines()
    assert line.startswith(f"passed over: {foreign}: is not a manifest of this program: ")
