"""The notebooks' door: what a run reads and records, what it shows, and what it says of a wrong name."""

import json
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbclient import NotebookClient

import made_up
from analysis import project, study
from analysis.areas import Area
from analysis.data import columns, inspection, processed, raw, regions, sources, tables
from analysis.data.problems import BadDataError
from analysis.faults import NotOursError
from analysis.study import inputs
from analysis.study.inputs import WHOLE, Record
from analysis.study.parameters import Parameters
from analysis.study.run import Run, UnknownNameError
from analysis.study.stamps import StaleError
from shipped import INSPECTION

NO_VERDICTS = tables.empty(processed.VERDICTS)
NO_DIFFERENCES = tables.empty(processed.DIFFERENCES)
BARNET, HACKNEY, CITY = "E09000003", "E09000012", "E09000001"
LONDON = regions.load("london")


@pytest.fixture
def run(tmp_path) -> Run:
    return study.start(area="barnet", out=str(tmp_path))


def recorded(run: Run) -> dict:
    assert run.record is not None
    return run.record.read()


def test_a_run_whose_folder_is_a_link_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "processed").mkdir()
    (tmp_path / "processed" / "barnet").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotOursError, match="barnet is a symbolic link"):
        study.start(area="barnet", out=str(tmp_path))
    assert list((tmp_path / "elsewhere").iterdir()) == []


# ---- Which rows ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("selections", "row", "expected"),
    [
        ([WHOLE], {"gss_code": BARNET}, True),
        ([], {"gss_code": BARNET}, False),
        ([{"gss_code": [BARNET, HACKNEY]}], {"gss_code": HACKNEY}, True),
        ([{"gss_code": [BARNET]}], {"gss_code": HACKNEY}, False),
        # Every column that is named has to fit, in one of the selections.
        ([{"gss_code": [BARNET], "year": ["2014"]}], {"gss_code": BARNET, "year": "2015"}, False),
        ([{"gss_code": [BARNET]}, {"year": ["2015"]}], {"gss_code": HACKNEY, "year": "2015"}, True),
        # Known only together.
        ([{"gss_code": [HACKNEY]}], {"gss_code": f"{CITY}+{HACKNEY}"}, True),
        ([{"gss_code": [BARNET]}], {"gss_code": f"{CITY}+{HACKNEY}"}, False),
    ],
)
def test_a_row_is_selected_by_the_values_of_its_columns(selections, row, expected):
    assert inputs.selected(selections, row) is expected


@pytest.mark.parametrize(
    ("file", "selections", "expected"),
    [
        ("reoffending.csv", [{"gss_code": [HACKNEY], "cohort": ["2012"]}], True),
        ("reoffending.csv", [WHOLE], True),
        ("reoffending.csv", [{"gss_code": [BARNET]}], False),
        ("reoffending.csv", [{"gss_code": [HACKNEY], "cohort": ["2030"]}], False),
        ("population.csv", [{"gss_code": [HACKNEY]}], True),  # known only together
        (f"inspections/{INSPECTION.name}/questions.csv", [WHOLE], True),  # knows no places
        (f"inspections/{INSPECTION.name}/corrections.csv", [WHOLE], False),  # is not there
    ],
)
def test_a_page_rests_on_what_was_read_of_its_own_places(file, selections, expected):
    assert inputs.about(file, selections, [HACKNEY]) is expected


def test_raw_has_the_rows_of_the_area_and_of_what_stands_beside_it(run):
    found = run.raw("unemployment")
    assert set(found["gss_code"]) <= {BARNET, *LONDON.beside}
    assert BARNET in set(found["gss_code"])
    assert recorded(run)["unemployment.csv"] == [{"gss_code": sorted([BARNET, *LONDON.beside])}]


def test_whole_has_every_row_and_records_that(run):
    found = run.raw("unemployment", whole=True)
    assert found.equals(sources.load("unemployment"))
    assert recorded(run) == {"unemployment.csv": [{}]}


def test_columns_select_rows_by_their_values(run):
    found = run.raw("reoffending", gss_code=[BARNET, HACKNEY], cohort=2011)
    assert found[["gss_code", "cohort"]].to_numpy().tolist() == [[BARNET, 2011], [HACKNEY, 2011]]
    assert recorded(run) == {
        "reoffending.csv": [{"cohort": ["2011"], "gss_code": [BARNET, HACKNEY]}]
    }


def test_a_table_with_two_columns_of_places_has_the_rows_of_either(tmp_path):
    pairs = study.start(area="hackney", out=str(tmp_path)).raw("neighbours")
    first, second = pairs["gss_code"] == HACKNEY, pairs["neighbour_gss_code"] == HACKNEY
    assert (first | second).all()
    assert first.any()
    assert second.any()


def test_a_table_that_knows_no_places_is_read_whole(run, tmp_path, monkeypatch):
    declared = columns.table(
        "phrases", "P", "P", {"phrase": columns.text("Phrase")}, key=["phrase"]
    )
    (tmp_path / "phrases.csv").write_text("phrase\nmost\nover half\n", encoding="utf-8")
    monkeypatch.setitem(raw.RAW, "phrases", declared)
    monkeypatch.setattr(project, "RAW", tmp_path)
    monkeypatch.setattr(
        sources, "load", lambda name: tables.read(tmp_path / f"{name}.csv", declared)
    )
    assert run.raw("phrases")["phrase"].tolist() == ["most", "over half"]
    assert recorded(run) == {"phrases.csv": [{}]}


def test_an_area_without_local_authorities_has_the_rows_of_what_stands_beside_every_area(tmp_path):
    run = Run(Parameters(area="x", out=str(tmp_path)), Area(title="X", inspection=INSPECTION.name))
    assert run.gss_codes == []
    assert set(run.raw("reoffending")["name"]) == {"England"}
    assert run.boroughs().empty


def test_an_area_outside_london_lies_in_england_and_has_the_figures_that_are_held(tmp_path):
    area = Area(title="X", local_authorities=("Leeds", "Cornwall"))
    run = Run(Parameters(area="x", out=str(tmp_path)), area)
    assert run.gss_codes == ["E08000035", "E06000052"]
    assert run.region.title == "England"
    assert set(run.raw("deprivation_2015")["name"]) == {"Leeds", "Cornwall"}
    assert set(run.raw("unemployment")["name"]) == {"England"}
    assert run.boroughs().empty


# ---- Its inspection -----------------------------------------------------------------------------


@pytest.fixture
def west(tmp_path) -> Run:
    """An area without local authorities, of the inspection that is made up."""
    folder = made_up.write(tmp_path / "west")
    area = Area(title="the west", inspection=folder.as_posix())
    parameters = Parameters(area="west", out=str(tmp_path))
    return Run(parameters, area, Record(tmp_path / "processed" / "west"))


def test_a_run_has_the_findings_and_the_questions_of_its_inspection(west):
    assert west.questions["outcome"].unique().tolist() == [
        *("keeping_safe", "moving_on", "making_good", "fair_treatment")
    ]
    assert west.findings()["finding_id"].tolist() == [f"F{n}" for n in range(1, 9)]
    assert west.judgements().empty
    assert west.claims(NO_VERDICTS, NO_DIFFERENCES).empty
    assert west.eligible({}) == {}


def test_every_file_that_an_inspection_may_have_counts_as_read(west):
    assert west.inspection is not None
    assert recorded(west) == {f"inspection/{name}": [{}] for name in sorted(inspection.FILES)}


def test_what_was_counted_needs_no_words(west, tmp_path):
    settings = made_up.SETTINGS.replace("[outcomes]", "disclosure_threshold = 0\n[outcomes]", 1)
    asked = [line.split(",")[0] for line in made_up.QUESTIONS.splitlines()[1:]]
    rows = [",".join(["case_id", "provider", *asked])]
    rows += [
        f"{n},{provider}{',Yes' * len(asked)}" for n, provider in enumerate(("Northside", "Lakes"))
    ]
    made_up.write(tmp_path / "west", inspection=settings, cases="\n".join([*rows, ""]))
    assert west.findings().empty
    assert len(west.judgements()) == 2 * len(asked)


def test_a_run_without_an_inspection_has_none_of_it(run):
    assert run.inspection is None
    for table in (
        run.questions,
        run.findings(),
        run.judgements(),
        run.claims(NO_VERDICTS, NO_DIFFERENCES),
    ):
        assert table.empty


def test_what_is_read_adds_up_and_whoever_reads_all_has_read_every_part(tmp_path):
    record = Record(tmp_path / "area")
    assert record.read() == {}
    record.add("b.csv", [{"year": ["2014"]}])
    record.add("a.csv", [{"year": ["2013"]}, {"year": ["2014"]}])
    record.add("b.csv", [{"year": ["2013"]}, {"year": ["2014"]}])
    assert record.read() == {
        "a.csv": [{"year": ["2013"]}, {"year": ["2014"]}],
        "b.csv": [{"year": ["2013"]}, {"year": ["2014"]}],
    }
    record.add("b.csv", [WHOLE])
    record.add("b.csv", [{"year": ["2012"]}])
    assert record.read()["b.csv"] == [{}]


def test_the_rows_of_the_planner_are_those_of_the_tables():
    """Rows are selected from the text of a file, and kept in the typed table by their place."""
    for name in raw.RAW:
        typed = sources.load(name)
        text = inputs.rows(project.RAW / f"{name}.csv")
        first = typed.columns[0]
        assert [row[first] for row in text] == typed[first].tolist(), name


def test_no_notebook_reads_data_raw_but_through_its_run():
    for name in project.NOTEBOOK_NAMES:
        cells = nbformat.read(project.NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        assert not re.search(r"\b(sources|context|tables|open|read_csv|read_text|Path)\b", code), (
            name
        )


# ---- What there is none of ----------------------------------------------------------------------


def test_a_table_that_is_not_declared_is_named_with_its_file(run):
    with pytest.raises(BadDataError) as caught:
        run.raw("unemploiment")
    (problem,) = caught.value.problems
    assert problem.file == "unemploiment.csv"
    assert "is not declared in src/analysis/data/raw.py; there is unemployment" in problem.allowed
    assert recorded(run) == {}


PAST_THE_RUN = """
import numpy as np
import pandas as pd
from analysis import project, study
from analysis.data import processed, tables
run = study.start(area="north-of-london", out={out!r})
def refused(read):
    try:
        read()
    except Exception as error:
        return str(error)
raw = project.RAW / "reoffending.csv"
own = project.INSPECTIONS / run.area.inspection / "findings.csv"
assert len(run.raw("reoffending")) and len(run.inspection.findings)
assert len(run.claims(tables.empty(processed.VERDICTS), tables.empty(processed.DIFFERENCES)))
for read in (
    lambda: pd.read_csv(raw),
    lambda: pd.read_csv(str(raw), engine="python"),
    lambda: raw.read_text(),
    lambda: np.loadtxt(raw, dtype=str),
    lambda: open(raw.parent / ".." / "raw" / raw.name),
):
    assert 'reoffending.csv: is read past the run: write run.raw("reoffending")' in refused(read)
assert "findings.csv: is read past the run" in refused(lambda: pd.read_csv(own))
pd.Series([1]).to_csv("mine.csv")
assert len(pd.read_csv("mine.csv")) == 1
"""


def test_a_table_that_a_notebook_opens_past_its_run_is_an_error_with_the_name_of_the_file(tmp_path):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(PAST_THE_RUN.format(out=str(tmp_path)))]
    )
    client = NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()  # a CellExecutionError where it does not hold


def test_outside_a_kernel_nothing_is_guarded(run):
    assert len(pd.read_csv(project.RAW / "reoffending.csv")) == len(sources.load("reoffending"))


def test_a_declared_table_without_provenance_is_named_with_its_file(run, monkeypatch):
    monkeypatch.setitem(raw.RAW, "rents", raw.UNEMPLOYMENT)
    with pytest.raises(BadDataError, match=r"rents\.csv: has no entry in data/raw/sources\.toml"):
        run.raw("rents", whole=True)


def test_a_wrong_column_has_the_columns_that_there_are(run):
    with pytest.raises(UnknownNameError, match="Did you mean cohort") as caught:
        run.raw("reoffending", cohorts=2012)
    assert "No column of reoffending.csv 'cohorts'" in str(caught.value)


def test_a_wrong_table_has_the_nearest(run):
    with pytest.raises(UnknownNameError, match=r"No table 'proportion'\. Did you mean proportions"):
        run["proportion"]


def test_a_table_that_is_not_made_yet_says_who_makes_it(run):
    with pytest.raises(
        StaleError, match=r"proportions\.csv of barnet is not there yet: run 2_prop"
    ):
        run["proportions"]


# ---- What is shown ------------------------------------------------------------------------------


def test_a_run_shows_its_area_its_parameters_and_its_tables(run):
    run.write("boroughs", run.boroughs())
    shown = run._repr_mimebundle_()
    first, *listed = shown["text/plain"].splitlines()
    assert first == "Barnet (barnet): level 0.95, method wilson, bounds tight, cohort 2012"
    assert [line.split("  ")[0] for line in listed] == list(processed.PROCESSED)
    assert "boroughs  1_clean  33" in listed
    assert "reoffending_model  3_reoffending  missing" in listed
    assert "<tr><td>boroughs<td>1_clean<td>33" in shown["text/html"]


def test_every_table_has_a_notebook_that_makes_it(run):
    shown = run._repr_mimebundle_()["text/plain"].splitlines()[1:]
    assert {line.split("  ")[1] for line in shown} == set(project.NOTEBOOK_NAMES[:3])


def test_keys_are_completed(run):
    assert run._ipython_key_completions_() == list(processed.PROCESSED)


# ---- What is left beside the tables -------------------------------------------------------------


def test_the_notebooks_of_a_report_read_what_its_manifest_keeps(built_without_sample):
    area = "inner-london"
    kept = json.loads((built_without_sample.reports / area / "manifest.json").read_text("utf-8"))
    assert kept["read"] == Record(built_without_sample.processed / area).read()
    assert set(kept["read"]) == {
        f"{name}.csv"
        for name in (
            "deprivation_2015",
            "ethnicity_2011",
            "local_authorities",
            "neighbours",
            "population",
            "reoffending",
            "unemployment",
        )
    } | {
        # The background is set beside the report that the region names; which one depends on all.
        f"inspections/{INSPECTION.name}/inspection.toml",
        "regions/england.toml",
        "regions/london.toml",
    }


def test_two_kinds_of_notebooks_show_the_tables_that_they_make(built, built_without_sample):
    """With an inspection one interval is worked by hand; without one there is none to work."""
    with_one = published(built.reports / "north-of-london", "2_proportions")
    assert "5 of 31" in with_one
    assert with_one.count("True") == 2  # both limits agree
    assert "of 31" not in published(built_without_sample.reports / "inner-london", "2_proportions")


def published(report: Path, name: str) -> str:
    """The text of what a published notebook shows for the interval that is worked by hand."""
    cells = nbformat.read(report / "notebooks" / f"{name}.ipynb", as_version=4).cells
    (cell,) = [cell for cell in cells if '"by hand"' in cell.source]
    return "".join(output.data["text/plain"] for output in cell.outputs)
