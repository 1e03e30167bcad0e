"""What a batch builds: the areas whose reports are not up to date, and no others."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from running import Project

import made_up
from analysis import areas, project
from analysis.batch import planning, record
from analysis.batch.record import Failure
from analysis.data import inspection, sources
from analysis.data.hashing import sha256, tree
from analysis.data.raw import CLAIMS
from analysis.faults import Exit
from analysis.project import Output
from analysis.study import inputs, manifest, parameters
from analysis.study.inputs import Read
from analysis.study.parameters import Parameters

AREAS = ("north-of-london", "inner-london", "barnet", "hackney", "city-of-london")
EVERY = set(AREAS)
INSPECTION = "inspections/north-of-london-2016"
SAMPLED = {name for name in AREAS if areas.get(name).inspection}
# What each place is in: itself, and the areas of several local authorities.
WITH_BARNET = {name for name in AREAS if "Barnet" in areas.get(name).local_authorities}
WITH_HACKNEY = {name for name in AREAS if "Hackney" in areas.get(name).local_authorities}


@pytest.fixture(scope="module")
def read(tmp_path_factory) -> dict[str, Read]:
    """What the shipped notebooks read of data/raw for some areas, by their manifests."""
    here = Project(project.ROOT, tmp_path_factory.mktemp("read"))
    done = here.batch(*AREAS)
    assert done.returncode == 0, done.stderr
    return {name: manifest.read(here.reports / name).read for name in AREAS}


def digests(read: dict[str, Read]) -> dict[str, dict[str, str]]:
    loaded = inputs.load()
    return {name: loaded.of(name, read[name]) for name in AREAS}


def changed(path: Path, row: dict[str, str], **values: str) -> None:
    """Change the one row of a CSV that has some values."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    (found,) = [each for each in rows if row.items() <= each.items()]
    assert values.items() - found.items()
    found.update(values)
    written(path, rows)


def written(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


BARNET, HACKNEY, LONDON = "E09000003", "E09000012", "E12000007"


@pytest.mark.parametrize(
    ("table", "change", "reached"),
    [
        # The models of London rest on every rate, those of repeated years on all cohorts.
        ("reoffending", ({"gss_code": BARNET, "cohort": "2012"}, {"reoffenders": "9"}), EVERY),
        ("reoffending", ({"gss_code": HACKNEY, "cohort": "2010"}, {"reoffenders": "9"}), EVERY),
        ("reoffending", ({"gss_code": LONDON, "cohort": "2010"}, {"reoffenders": "9"}), EVERY),
        (
            "deprivation_2015",
            (
                {"gss_code": HACKNEY, "domain": "overall", "measure": "average_score"},
                {"value": "9"},
            ),
            EVERY,
        ),
        (
            "deprivation_2015",
            ({"gss_code": HACKNEY, "domain": "overall", "measure": "average_rank"}, {"value": "9"}),
            WITH_HACKNEY | SAMPLED,
        ),
        (
            "deprivation_2015",
            (
                {"gss_code": "E06000001", "domain": "overall", "measure": "average_score"},
                {"value": "9"},
            ),
            SAMPLED,
        ),
        ("ethnicity_2011", ({"gss_code": BARNET}, {"asian": "9"}), WITH_BARNET | SAMPLED),
        ("ethnicity_2011", ({"gss_code": "E06000001"}, {"asian": "9"}), SAMPLED),
        (
            "unemployment",
            ({"gss_code": HACKNEY, "year": "2014"}, {"unemployment_rate_pct": "9"}),
            WITH_HACKNEY | SAMPLED,
        ),
        # Known only together with the City of London.
        (
            "population",
            ({"gss_code": "E09000001+E09000012"}, {"population": "9"}),
            WITH_HACKNEY | SAMPLED | {"city-of-london"},
        ),
        (
            f"{INSPECTION}/findings",
            ({"finding_id": "PP-CRC-01"}, {"printed_phrase": "x"}),
            SAMPLED,
        ),
        (f"{INSPECTION}/questions", ({"question_id": "sentence_plan"}, {"question": "x"}), SAMPLED),
        (
            f"{INSPECTION}/cases",
            ({"case_id": "reconstructed-NPS-01"}, {"sentence_plan": "x"}),
            SAMPLED,
        ),
    ],
)
def test_a_changed_figure_calls_for_the_areas_that_it_reaches(
    elsewhere, read, table, change, reached
):
    before = digests(read)
    row, values = change
    changed(project.RAW / f"{table}.csv", row, **values)
    after = digests(read)
    assert {name for name in EVERY if before[name] != after[name]} == reached
    path = f"data/raw/{table}.csv"
    for name in reached:
        assert {key for key in before[name] if before[name][key] != after[name].get(key)} == {path}


@pytest.mark.parametrize(
    "name",
    [
        "notebooks/4_report.ipynb",
        "src/analysis/stats/proportions.py",
        "src/analysis/report/page/page.css",
        "requirements.lock",
    ],
)
def test_changed_code_calls_for_every_area(elsewhere, read, name):
    before = digests(read)
    if name.endswith(".ipynb"):
        text = (elsewhere / name).read_text(encoding="utf-8")
        (elsewhere / name).write_text(text.replace("## Summary", "## In short"), encoding="utf-8")
    else:
        with (elsewhere / name).open("a") as file:
            file.write("\n")
    after = digests(read)
    assert {name for name in EVERY if before[name] != after[name]} == EVERY


def test_a_section_of_areas_toml_is_an_input_of_its_own_area_alone(elsewhere, read):
    before = digests(read)
    text = project.AREAS.read_text(encoding="utf-8")
    project.AREAS.write_text(text.replace('title = "inner London"', 'title = "the inside"'))
    after = digests(read)
    assert {name for name in EVERY if before[name] != after[name]} == {"inner-london"}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        (f"{INSPECTION}/inspection.toml", "Abiding by the sentence"),
        ("regions/london.toml", "inner London"),
        ("regions/england.toml", "England"),
    ],
)
def test_an_inspection_and_a_region_are_inputs_of_the_areas_that_are_set_beside_them(
    elsewhere, read, name, title
):
    before = digests(read)
    path = project.RAW / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(title, "Another title"), encoding="utf-8")
    after = digests(read)
    assert {name for name in EVERY if before[name] != after[name]} == EVERY


def test_a_file_that_the_inspection_did_not_have_is_an_input_once_it_has(elsewhere, read):
    claims = project.RAW / INSPECTION / "claims.csv"
    text = claims.read_bytes()
    claims.unlink()
    before = digests(read)
    claims.write_bytes(text)
    after = digests(read)
    assert {name for name in EVERY if before[name] != after[name]} == SAMPLED


def test_an_inspection_outside_data_raw_is_read_where_areas_toml_says_and_named_without_its_place(
    elsewhere, tmp_path
):
    made_up.write(tmp_path / "west")
    with project.AREAS.open("a", encoding="utf-8") as file:
        path = (tmp_path / "west").as_posix()
        file.write(f'[west]\ntitle = "the west"\ninspection = "{path}"\n')
    done = Project(elsewhere, tmp_path / "out").batch("west")
    assert done.returncode == 0, done.stderr
    report = tmp_path / "out" / "reports" / "west"
    recorded = manifest.read(report)
    assert {name for name in recorded.read if name.startswith("inspection/")} == {
        f"inspection/{name}" for name in inspection.FILES
    }
    assert recorded.inputs["inspection/findings.csv"] == sha256(tmp_path / "west" / "findings.csv")
    for name in report.rglob("*"):
        assert name.is_dir() or path.encode() not in name.read_bytes(), name

    def reasons() -> tuple[str, ...]:
        output = Output.at(tmp_path / "out")
        (planned,) = planning.plan([Parameters(area="west")], output, force=False)
        return planned.reasons

    assert reasons() == ()
    made_up.write(tmp_path / "west", questions=made_up.QUESTIONS.replace("Help", "Some help"))
    assert reasons() == ("input inspection/questions.csv changed",)
    (tmp_path / "west" / "claims.csv").write_text(f"{','.join(CLAIMS.columns)}\n", encoding="utf-8")
    assert reasons() == (
        "input inspection/claims.csv is new",
        "input inspection/questions.csv changed",
    )


def test_a_recorded_hash_is_no_input_but_a_note_on_a_source_is(elsewhere, read):
    before = digests(read)
    text = project.SOURCES.read_text(encoding="utf-8")
    recorded = sources.provenance(project.SOURCES).files["unemployment.csv"]
    project.SOURCES.write_text(text.replace(recorded.sha256, "0" * 64))
    assert digests(read) == before
    project.SOURCES.write_text(text.replace(recorded.period, "another period"))
    after = digests(read)
    assert {name for name in EVERY if before[name] != after[name]} == EVERY


def test_a_report_comes_from_no_row_that_its_notebooks_did_not_read(
    copy, read, tmp_path, monkeypatch
):
    """Change every figure that was not read for an area: its report stays the same to the byte."""
    monkeypatch.setenv("ANALYSIS_COMMIT", "the same for both")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    area = "barnet"
    figures = {
        "deprivation_2015": ["rank_margin"],
        "ethnicity_2011": ["white_irish", "all_residents"],
        "population": ["population"],
        "unemployment": ["unemployment_rate_pct"],
        f"{INSPECTION}/context": ["report_line"],
        f"{INSPECTION}/findings": ["report_line"],
        f"{INSPECTION}/claims": ["report_line"],
    }
    raw = copy / "data" / "raw"
    for table, columns in figures.items():
        rows = listed(raw, table)
        selections = read[area].get(f"{table}.csv", [])
        others = [row for row in rows if not inputs.selected(selections, row)]
        assert others, table
        for row in others:
            row.update({name: f"{float(row[name]) + 1:.12g}" for name in columns if row[name]})
        written(raw / f"{table}.csv", rows)
        sources.accept(raw / f"{table}.csv", raw)
    before, after = Project(project.ROOT, tmp_path / "before"), Project(copy, tmp_path / "after")
    for each in (before, after):
        done = each.batch(area)
        assert done.returncode == 0, done.stderr
    assert tree(after.out / "processed") == tree(before.out / "processed")
    assert tree(after.reports) == tree(before.reports)


def test_what_a_cell_of_an_analyst_reads_is_guarded_like_what_shipped_code_reads(
    elsewhere, tmp_path
):
    path = elsewhere / "notebooks" / "3_reoffending.ipynb"
    notebook = nbformat.read(path, as_version=4)
    source = (
        "run.raw('unemployment', gss_code='E09000012')\n"  # Hackney's, for the report on Barnet
        "run.raw('ethnicity_2011', whole=True)"  # of which the notebooks read a few rows for Barnet
    )
    notebook.cells.append(nbformat.v4.new_code_cell(source, id="added"))
    nbformat.write(notebook, path)
    here = Project(elsewhere, tmp_path / "out")
    done = here.batch("barnet")
    assert done.returncode == 0, done.stderr

    def reasons() -> tuple[str, ...]:
        (planned,) = planning.plan([Parameters(area="barnet")], Output.at(here.out), force=False)
        return planned.reasons

    assert reasons() == ()
    unemployment = project.RAW / "unemployment.csv"
    changed(unemployment, {"gss_code": "E09000007", "year": "2014"}, unemployment_rate_pct="9")
    assert reasons() == ()
    changed(unemployment, HACKNEY_2014, unemployment_rate_pct="9")
    assert reasons() == ("input data/raw/unemployment.csv changed",)
    changed(project.RAW / "ethnicity_2011.csv", {"name": "Leeds"}, name="Loads")
    assert reasons() == (
        "input data/raw/ethnicity_2011.csv changed",
        "input data/raw/unemployment.csv changed",
    )
    (project.RAW / "ethnicity_2011.csv").unlink()
    assert reasons()[0] == "input data/raw/ethnicity_2011.csv is gone"


def test_after_a_changed_figure_just_the_areas_that_it_reaches_are_built(copy, tmp_path):
    here = Project(copy, tmp_path / "out")
    assert here.batch("barnet", "hackney").returncode == 0
    before = tree(here.reports / "barnet")
    raw = copy / "data" / "raw"
    (row,) = [row for row in listed(raw, "unemployment") if row.items() >= HACKNEY_2014.items()]
    other = f"{float(row['unemployment_rate_pct']) + 1:.12g}"
    changed(raw / "unemployment.csv", HACKNEY_2014, unemployment_rate_pct=other)
    assert here.batch("barnet", "hackney").returncode == 3  # not accepted yet
    sources.accept(raw / "unemployment.csv", raw)
    done = here.batch("barnet", "hackney", "--explain")
    assert done.returncode == 0, done.stderr
    assert "barnet: up to date" in done.stdout
    assert "hackney: input data/raw/unemployment.csv changed" in done.stdout
    assert "1 built, 1 unchanged" in done.stdout
    assert tree(here.reports / "barnet") == before
    # What was left alone is still up to date, though the commit says more by now.
    verified = subprocess.run(
        [sys.executable, "-m", "analysis", "verify", str(here.reports / "barnet")],
        cwd=copy,
        env=here.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, verified.stderr


HACKNEY_2014 = {"gss_code": HACKNEY, "year": "2014"}


def listed(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---- What lies there ----------------------------------------------------------------------------

AREA = "inner-london"


@pytest.fixture
def output(built_without_sample, tmp_path) -> Output:
    shutil.copytree(built_without_sample.processed.parent, tmp_path / "out")
    return Output.at(tmp_path / "out")


def reasons(output: Output, *written: str, force: bool = False) -> tuple[str, ...]:
    (planned,) = planning.plan([parameters.parse(AREA, written)], output, force=force)
    return planned.reasons


def test_a_report_that_is_up_to_date_is_left_alone(output):
    assert reasons(output) == ()


def test_an_area_that_was_never_built_is_built(tmp_path):
    assert reasons(Output.at(tmp_path)) == ("never built",)


def test_force_is_reason_enough(output):
    assert reasons(output, force=True) == ("asked for by --force",)


def test_another_parameter_is_a_reason(output):
    assert reasons(output, "level=0.8") == ("parameter level changed",)


def test_a_damaged_and_a_missing_file_are_reasons_and_one_that_is_not_ours_is_none(output):
    (output.reports / AREA / "index.html").write_text("cut of")
    (output.reports / AREA / "tables" / "boroughs.csv").unlink()
    (output.processed / AREA / "extra.csv").write_text("x")
    assert reasons(output) == (
        "output index.html changed",
        "output tables/boroughs.csv is gone",
    )


@pytest.mark.parametrize("room", ["reports", "processed"])
def test_a_link_is_to_be_refused_also_where_the_report_behind_it_is_up_to_date(room, output):
    folder = getattr(output, room) / AREA
    folder.rename(folder.parent / "moved")
    folder.symlink_to("moved")
    assert reasons(output) == (f"{folder} is a symbolic link",)


def test_a_manifest_that_cannot_be_read_is_a_reason(output):
    (output.reports / AREA / "manifest.json").write_text("{")
    (reason,) = reasons(output)
    assert "is not a manifest of this program" in reason


# ---- What is on record --------------------------------------------------------------------------


def failure(area: str) -> Failure:
    return Failure(area, "ZeroDivisionError", Exit.NOTEBOOK_FAILED, "3_reoffending", 9)


def test_a_failure_stays_on_record_until_its_area_is_run_again(output):
    record.update(output, ["barnet"], [failure("barnet")])
    record.update(output, ["brent"], [failure("brent")])
    assert [each.area for each in record.failures(output)] == ["barnet", "brent"]
    record.update(output, ["barnet"], [])
    assert record.failures(output) == [failure("brent")]


def test_a_failure_of_an_area_that_is_no_more_is_forgotten(output):
    record.update(output, ["atlantis"], [])
    record.update(output, ["barnet"], [failure("barnet")])
    path = output.reports / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"barnet"', '"atlantis"'))
    record.update(output, [], [])
    assert record.failures(output) == []


@pytest.mark.parametrize(
    ("name", "title"),
    [("index.html", "Probation inspections, re-analysed"), ("codebook.html", "Codebook")],
)
def test_the_pages_of_a_site_are_written_again_only_where_something_changed(output, name, title):
    page = output.reports / name
    record.update(output, [], [])
    first = page.stat().st_mtime_ns
    record.update(output, [], [])
    assert page.stat().st_mtime_ns == first
    page.write_text("damaged")
    record.update(output, [], [])
    assert f"{title}</h1>" in page.read_text(encoding="utf-8")


# ---- With nothing to do -------------------------------------------------------------------------


def test_with_nothing_to_do_nothing_heavy_is_imported(output):
    """The modules that take seconds to import are not needed to see that nothing has changed."""
    found = Project(project.ROOT, output.reports.parent)
    code = (
        "import sys; from analysis.cli import app; "
        f"app(['batch', {AREA!r}, '--out', {str(found.out)!r}], standalone_mode=False); "
        "print(sorted({'pandas', 'numpy', 'matplotlib', 'papermill', 'zmq'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=project.ROOT
    )
    assert "1 unchanged" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
