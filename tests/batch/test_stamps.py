"""A processed table knows what made it, and is refused by a run that it does not fit."""

import json
import re
import shutil
from pathlib import Path

import pytest
from test_cli import run as command

from analysis import project
from analysis.areas import Area
from analysis.batch import notebooks
from analysis.data import processed, tables
from analysis.project import Output
from analysis.study import inputs, notebook, stamps
from analysis.study.inputs import Record
from analysis.study.parameters import Parameters
from analysis.study.run import Run
from analysis.study.stamps import StaleError

BARNET = Area(title="Barnet", local_authorities=("Barnet",))
OTHER = {"level": 0.8, "method": "jeffreys", "cohort": 2010}


@pytest.fixture
def start(tmp_path):
    """Start a run on Barnet, as each notebook starts one, all with one folder."""

    def started(area: Area = BARNET, **values) -> Run:
        parameters = Parameters(area="barnet", out=str(tmp_path), **values)
        return Run(parameters, area, Record(tmp_path / "processed" / "barnet"))

    return started


@pytest.fixture
def folder(tmp_path) -> Path:
    return tmp_path / "processed" / "barnet"


def make(run: Run, *names: str, reading: tuple[str, ...] = ()) -> None:
    """Do what a notebook does: read some tables, then write others, which are empty."""
    for name in reading:
        assert run[name] is not None
    for name in names:
        run.write(name, tables.empty(processed.PROCESSED[name]))


def refused(run: Run, name: str) -> list[str]:
    """The sentences with which a table is refused."""
    with pytest.raises(StaleError) as caught:
        assert run[name] is None
    assert caught.value.exit_code == 3
    first, *sentences, last = str(caught.value).splitlines()
    assert first == "Not in order for barnet:"
    assert re.fullmatch(r"`analysis run barnet .*` makes what is missing or does not fit\.", last)
    return [sentence.strip() for sentence in sentences]


# ---- What fits ----------------------------------------------------------------------------------


def test_a_table_is_read_by_runs_with_the_parameters_that_made_it(start):
    make(start(**OTHER), "proportions")
    assert start(**OTHER)["proportions"].empty


def test_other_parameters_are_named_with_the_notebook_to_run(start):
    make(start(level=0.8, method="jeffreys"), "proportions")
    assert refused(start(), "proportions") == [
        "proportions was made with level=0.8, method=jeffreys; this notebook says 0.95, wilson: "
        "run 2_proportions"
    ]


def test_all_that_does_not_fit_is_named_at_once_in_the_order_of_the_notebooks(start):
    make(start(cohort=2010), "boroughs")
    make(start(cohort=2010), "reoffending_model", reading=("boroughs",))
    assert refused(start(), "reoffending_model") == [
        "boroughs was made with cohort=2010; this notebook says 2012: run 1_clean",
        "reoffending_model was made with cohort=2010; this notebook says 2012: run 3_reoffending",
    ]


def test_the_command_that_mends_it_has_the_parameters_of_the_reader(start, tmp_path):
    with pytest.raises(StaleError) as caught:
        assert start(level=0.9, cohort=2011)["differences"] is None
    told = f"`analysis run barnet -p level=0.9 -p cohort=2011 --to 2_proportions --out {tmp_path}`"
    assert told in str(caught.value)


def test_a_missing_table_names_the_notebook_and_the_area_that_make_it(start):
    assert refused(start(), "proportions") == [
        "proportions.csv of barnet is not there yet: run 2_proportions"
    ]


def test_a_table_that_was_made_by_hand_or_changed_by_hand_is_refused(start, folder):
    make(start(), "proportions", "differences")
    path = folder / "proportions.csv"
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert refused(start(), "proportions") == [
        "proportions.csv was changed since 2_proportions made it: run 2_proportions"
    ]
    (folder / "boroughs.csv").write_text("gss_code\n", encoding="utf-8")
    assert refused(start(), "boroughs") == [
        "nothing says what boroughs.csv was made from: run 1_clean"
    ]


def test_another_section_of_areas_toml_is_named(start):
    make(start(), "boroughs")
    assert refused(start(Area(title="Barnet", local_authorities=("Brent",))), "boroughs") == [
        "section barnet of areas.toml changed since 1_clean made boroughs: run 1_clean"
    ]


# ---- What it was made from ----------------------------------------------------------------------


@pytest.fixture
def unemployment(elsewhere) -> Path:
    """A raw file that a test may change."""
    return elsewhere / "data" / "raw" / "unemployment.csv"


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_raw_row_that_was_read_and_changed_since_is_named_and_no_other_matters(
    start, unemployment
):
    run = start()
    run.raw("unemployment", gss_code="E09000003")
    make(run, "area_unemployment")
    replace(unemployment, "E09000007", "E09000999")  # Camden's
    assert start()["area_unemployment"].empty
    replace(unemployment, "E09000003", "E09000998")  # Barnet's
    assert refused(start(), "area_unemployment") == [
        "data/raw/unemployment.csv changed since 1_clean made area_unemployment: run 1_clean"
    ]


@pytest.mark.parametrize("end", ["gone", "without the column"])
def test_a_raw_file_that_cannot_be_read_any_more_has_changed(start, unemployment, end):
    run = start()
    run.raw("unemployment", gss_code="E09000003")
    make(run, "area_unemployment")
    if end == "gone":
        unemployment.unlink()
    else:
        replace(unemployment, "gss_code", "code")
    (sentence,) = refused(start(), "area_unemployment")
    assert sentence.startswith("data/raw/unemployment.csv changed since")


def test_a_table_rests_on_what_was_read_before_it_was_written(start, unemployment):
    run = start()
    make(run, "boroughs")
    run.raw("unemployment", whole=True)
    make(run, "area_unemployment")
    replace(unemployment, "E09000003", "E09000998")
    assert start()["boroughs"].empty
    assert len(refused(start(), "area_unemployment")) == 1


def test_a_change_behind_a_table_that_was_read_reaches_what_was_made_from_it(start, unemployment):
    run = start()
    run.raw("unemployment", whole=True)
    make(run, "findings")
    make(start(), "proportions", reading=("findings",))
    make(start(), "differences", reading=("proportions",))
    replace(unemployment, "E09000003", "E09000998")
    assert refused(start(), "differences") == [
        "data/raw/unemployment.csv changed since 1_clean made findings: run 1_clean"
    ]


def test_a_table_that_was_made_anew_with_other_figures_is_named(start):
    boroughs = start().boroughs()
    start().write("boroughs", boroughs)
    make(start(), "reoffending_model", reading=("boroughs",))
    start().write("boroughs", boroughs)  # the same again
    assert start()["reoffending_model"].empty
    start().write("boroughs", boroughs.iloc[1:])
    assert refused(start(), "reoffending_model") == [
        "boroughs was made anew since 3_reoffending made reoffending_model: run 3_reoffending"
    ]


def test_a_notebook_may_read_what_it_has_written_and_write_it_again(start):
    run = start()
    make(run, "proportions")
    make(run, "differences", reading=("proportions",))
    make(run, "proportions", reading=("differences",))
    assert start()["differences"].empty


# ---- The file -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "damaged",
    [
        *(b"", b"{", b"[]", b"null", b"\xff", b'{"proportions": 1}', b'{"proportions": {}}'),
        b'{"proportions": "\\ud800"}',
        b"[" * 100_000,
    ],
)
def test_stamps_that_cannot_be_read_say_nothing(start, folder, damaged):
    make(start(), "proportions")
    (folder / stamps.FILE).write_bytes(damaged)
    assert refused(start(), "proportions") == [
        "nothing says what proportions.csv was made from: run 2_proportions"
    ]
    make(start(), "proportions")
    assert start()["proportions"].empty


@pytest.mark.parametrize(
    "selection", ["{", "[]", "1", '{"gss_code": 1}', '{"x": []}', "[" * 99_999]
)
def test_a_stamp_with_a_damaged_selection_fits_no_file(start, folder, selection):
    run = start()
    run.raw("unemployment", whole=True)
    make(run, "findings")
    stamp = json.loads((folder / stamps.FILE).read_text(encoding="utf-8"))
    stamp["findings"]["raw"]["unemployment.csv"] = {selection: "0" * 64}
    (folder / stamps.FILE).write_text(json.dumps(stamp), encoding="utf-8")
    assert refused(start(), "findings") == [
        "data/raw/unemployment.csv changed since 1_clean made findings: run 1_clean"
    ]


def test_a_record_of_reads_that_cannot_be_read_begins_anew(start, folder):
    make(start(), "proportions")
    (folder / inputs.RECORD).write_text('{"a.csv": [')
    start().raw("unemployment", whole=True)
    assert Record(folder).read()["unemployment.csv"] == [{}]


def test_a_stamp_that_cannot_be_written_leaves_those_that_were(start, folder, monkeypatch):
    make(start(), "proportions")
    before = (folder / stamps.FILE).read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="No space left"):
        make(start(), "differences")
    assert (folder / stamps.FILE).read_bytes() == before
    assert [path.name for path in folder.glob("*.new")] == []


# ---- For real -----------------------------------------------------------------------------------


AREA = "north-of-london"


@pytest.fixture
def output(built, tmp_path) -> Output:
    shutil.copytree(built.processed / AREA, tmp_path / "out" / "processed" / AREA)
    return Output.at(tmp_path / "out")


def test_every_table_of_a_report_has_a_stamp_and_none_names_a_place_of_this_machine(built):
    text = (built.processed / AREA / stamps.FILE).read_text(encoding="utf-8")
    assert set(json.loads(text)) == set(processed.PROCESSED)
    assert str(project.ROOT) not in text
    assert str(built.processed.parent) not in text


def test_a_page_is_not_made_of_tables_of_other_parameters(output, tmp_path):
    """Case B01: 80% Jeffreys limits, printed as 95% Wilson ones."""
    values = {"area": AREA, "level": 0.95, "method": "wilson", "cohort": 2011}
    values |= {"out": str(output.processed.parent)}
    with pytest.raises(notebooks.NotebookError) as caught:
        notebooks.execute(notebook.path_of("4_report"), tmp_path / "4.ipynb", values, cwd=tmp_path)
    assert "was made with cohort=2012; this notebook says 2011: run " in caught.value.message


def test_run_makes_what_is_missing_or_does_not_fit_and_nothing_else(output):
    folder, out = output.processed / AREA, str(output.processed.parent)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "differences.csv").unlink()
    (folder / "claims_checked.csv").write_text("changed", encoding="utf-8")
    kept = (folder / "reoffending_model.csv").stat().st_mtime_ns
    done = command("run", AREA, "--to", "3_reoffending", "--out", out)
    assert (done.returncode, done.stderr) == (0, f"{AREA}: 2_proportions, 14 cells\n")
    assert done.stdout.splitlines()[:3] == [
        "1_clean: up to date",
        f"2_proportions: differences.csv of {AREA} is not there yet, and 1 more",
        "3_reoffending: up to date",
    ]
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert (folder / "reoffending_model.csv").stat().st_mtime_ns == kept


def test_other_code_is_a_reason_to_run_a_notebook_and_none_to_refuse_its_tables(start):
    run = start()
    run.basis.__dict__["code"] = "of another day"
    make(run, "proportions")
    assert start()["proportions"].empty
    assert start().shelf.reasons(["proportions"]) == ["the code changed"]
