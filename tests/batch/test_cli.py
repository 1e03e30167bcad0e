"""The commands as a user runs them: what they print, and their exit codes."""

import csv
import fcntl
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from analysis import project


def run(*arguments: str, root: Path = project.ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "analysis", *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def inspection(root: Path) -> Path:
    return root / "data" / "raw" / "inspections" / "north-of-london-2016"


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_areas_lists_what_areas_toml_holds():
    done = run("areas")
    assert done.returncode == 0
    assert "north-of-london" in done.stdout
    assert "north-of-london-2016" in done.stdout
    assert "inner-london" in done.stdout


def test_check_passes_on_the_shipped_data_and_changes_nothing(copy):
    before = files(copy)
    done = run("check", root=copy)
    assert (done.returncode, done.stderr) == (0, "")
    assert (
        "north-of-london: eight local authorities, inspection north-of-london-2016: in order"
        in done.stdout
    )
    assert "barnet: one local authority, no inspection: in order" in done.stdout
    assert [name for name in files(copy) if "__pycache__" not in name] == before


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["report", "atlantis"], "No area 'atlantis' in areas.toml"),
        (["report", "Merton"], "Did you mean merton?"),
        (["batch", "North of London"], "Did you mean north-of-london?"),
        (["report", "north-of-london", "-p", "levle=0.9"], "levle: no such parameter"),
        (["report", "north-of-london", "-p", "level=wide"], "level = 'wide'"),
        (["report", "north-of-london", "--cases", "x.csv"], "disclosure control is not built yet"),
        (["report", "north-of-london", "--disclosure-threshold", "5"], "disclosure control"),
        (["check", "--cases", "x.csv"], "disclosure control is not built yet"),
        (["report"], "Missing argument"),
        (["run", "north-of-london"], "Missing option '--to'"),
        (["run", "north-of-london", "--to", "2_propotions"], "Did you mean 2_proportions?"),
        (
            ["run", "north-of-london", "--to", "4_report"],
            "No notebook that makes tables '4_report'",
        ),
        (["run", "north-of-london", "--to", "1_clean", "-p", "levle=1"], "no such parameter"),
        (["batch"], "Name the areas to build, or give --all"),
        (["batch", "atlantis"], "No area 'atlantis'"),
        (["batch", "barnet", "-p", "levle=0.9"], "levle: no such parameter"),
        (["batch", "barnet", "--quiet", "--json"], "Give --quiet or --json, not both"),
        (["batch", "barnet", "--workers", "0"], "greater than or equal to 1"),
        (
            ["batch", "barnet", "--workers", "1", "--scheduler", "tcp://host:1"],
            "A Dask scheduler has workers of its own",
        ),
        (["publish"], "No such command"),
    ],
)
def test_wrong_usage_is_told_in_words_with_exit_code_2(arguments, told, tmp_path):
    placed = ["--out", str(tmp_path)] if arguments[0] in {"report", "run", "batch"} else []
    done = run(*arguments, *placed)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert files(tmp_path) == []


def test_bad_input_is_told_all_at_once_with_exit_code_3_and_nothing_is_written(copy):
    cases = inspection(copy) / "cases.csv"
    cases.write_text(cases.read_text().replace(",Yes,", ",Maybe,", 1))
    questions = inspection(copy) / "questions.csv"
    questions.write_text(questions.read_text() + "extra,nowhere,delivery,Extra\n")
    done = run("report", "north-of-london", root=copy)
    assert done.returncode == 3
    assert "Traceback" not in done.stderr
    for told in (
        "cases.csv, row 2, column",
        "analysis accept data/raw/inspections/north-of-london-2016/cases.csv",
        "analysis accept data/raw/inspections/north-of-london-2016/questions.csv",
        "questions.csv, row 48, column outcome: 'nowhere'",
    ):
        assert told in done.stderr
    assert not (copy / "reports").exists()


def test_an_accepted_sample_that_contradicts_a_finding_is_refused_by_name(copy):
    cases = inspection(copy) / "cases.csv"
    with cases.open(newline="") as file:
        rows = list(csv.DictReader(file))
    first = next(row for row in rows if row["provider"] == "CRC" and row["sentence_plan"] == "No")
    first["sentence_plan"] = "Yes"  # one more than the 7 of 40 that the report prints
    with cases.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(first), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    assert run("accept", str(cases), root=copy).returncode == 0
    done = run("check", "north-of-london", root=copy)
    assert done.returncode == 3
    told = "column sentence_plan: '8 of 40'; CRC must have 7 sufficient of 40 relevant cases (RR-CRC-02"
    assert told in done.stderr


@pytest.mark.parametrize("elsewhere", ["/no/such/questions.csv", "abc", "../questions.csv"])
def test_only_a_file_of_data_raw_is_accepted(copy, elsewhere):
    (copy.parent / "questions.csv").write_text("question_id\n")
    before = (copy / "data" / "raw" / "sources.toml").read_bytes()
    done = run("accept", elsewhere, root=copy)
    assert (done.returncode, done.stdout) == (3, "")
    assert f"{elsewhere}: is no file of data/raw" in done.stderr
    assert (copy / "data" / "raw" / "sources.toml").read_bytes() == before


def test_reconstruct_gives_the_shipped_sample_byte_for_byte(copy):
    cases = inspection(copy) / "cases.csv"
    shipped = cases.read_bytes()
    cases.unlink()
    assert run("reconstruct", "north-of-london-2016", root=copy).returncode == 0
    assert cases.read_bytes() == shipped


def test_a_failing_cell_is_told_in_one_screen_with_exit_code_4(copy):
    path = copy / "notebooks" / "2_proportions.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("judgements.loc['nowhere']", id="broken"))
    nbformat.write(notebook, path)
    done = run("report", "north-of-london", root=copy)
    assert done.returncode == 4
    assert "Notebook 2_proportions, code cell 15 failed: KeyError: 'nowhere'" in done.stderr
    assert "judgements.loc['nowhere']" in done.stderr
    assert "data/processed/north-of-london/failed/2_proportions.ipynb" in done.stderr
    assert len(done.stderr.splitlines()) < 40
    assert "Traceback" not in done.stderr


def test_a_batch_goes_on_past_a_failure_and_ends_with_exit_code_5(copy):
    path = copy / "notebooks" / "2_proportions.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("judgements.loc[0]", id="broken"))
    nbformat.write(notebook, path)
    # Only the area without a sample has no judgement number 0.
    done = run("batch", "inner-london", "north-of-london", root=copy)
    assert done.returncode == 5
    assert "1 of 2 areas failed: inner-london" in done.stderr
    assert (copy / "reports" / "north-of-london" / "index.html").exists()
    assert not (copy / "reports" / "inner-london").exists()


def test_a_held_output_folder_ends_with_exit_code_6(tmp_path):
    (tmp_path / "processed").mkdir()
    with (tmp_path / "processed" / ".lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = run("report", "north-of-london", "--out", str(tmp_path))
    assert done.returncode == 6
    assert "Another run is writing" in done.stderr


def test_an_output_folder_that_cannot_be_made_is_told_without_a_traceback(tmp_path):
    (tmp_path / "file").write_text("in the way")
    done = run("report", "north-of-london", "--out", str(tmp_path / "file"))
    assert done.returncode == 1
    assert "The system refused" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_new_area_is_a_few_lines_of_areas_toml(copy):
    areas = copy / "areas.toml"
    lines = (
        '\n[two-boroughs]\ntitle = "Barnet and Brent"\nlocal_authorities = ["Barnet", "Brent"]\n'
    )
    areas.write_text(areas.read_text() + lines)
    done = run("report", "two-boroughs", root=copy)
    assert (done.returncode, done.stdout) == (0, "Report: reports/two-boroughs/index.html\n")
    page = (copy / "reports" / "two-boroughs" / "index.html").read_text(encoding="utf-8")
    assert "<title>Reoffending and deprivation in Barnet and Brent</title>" in page
    assert "two local authorities: too few for a model of its own" in page


def test_hostile_text_in_any_field_of_any_input_stays_text(copy):
    tag, link = "<script>alert(1)</script>", "[x](javascript:alert(2))"
    hostile = f"{tag} {link}"
    replaced = {
        "areas.toml": ['"Barnet"', f"'{hostile} borough'"],
        "data/raw/local_authorities.csv": [",Barnet,", f",{hostile} borough,"],
        "data/raw/inspections/north-of-london-2016/questions.csv": [
            ",Sufficient sentence plan in place",
            f",{hostile} question",
        ],
        "data/raw/inspections/north-of-london-2016/findings.csv": [
            ",only 5 of 31 relevant cases,",
            f",{hostile} phrase,",
        ],
    }
    for name, (old, new) in replaced.items():
        path = copy / name
        assert old in path.read_text(encoding="utf-8")
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
        if name.endswith(".csv"):
            assert run("accept", name, root=copy).returncode == 0
    areas = copy / "areas.toml"
    areas.write_text(areas.read_text().replace("the north of London", f"{hostile} title"))
    settings = inspection(copy) / "inspection.toml"
    text = settings.read_text(encoding="utf-8").replace('"Barnet"', f"'{hostile} borough'")
    text = text.replace('"Protecting the public"', f"'{hostile} outcome'")
    text = text.replace("National Probation Service", f"{hostile} provider")
    settings.write_text(text, encoding="utf-8")
    # Its statements on a place need that in every table of data/raw.
    claims = inspection(copy) / "claims.csv"
    lines = claims.read_text(encoding="utf-8").splitlines(keepends=True)
    claims.write_text("".join(line for line in lines if "Barnet" not in line), encoding="utf-8")
    assert run("accept", str(claims), root=copy).returncode == 0
    done = run("report", "north-of-london", root=copy)
    assert done.returncode == 0, done.stderr
    for name in ("north-of-london/index.html", "index.html"):
        page = (copy / "reports" / name).read_text(encoding="utf-8")
        assert "<script" not in page
        assert 'href="javascript' not in page
        for field in ("title", "borough", "question", "provider")[: 4 if "/" in name else 1]:
            assert f"&lt;script&gt;alert(1)&lt;/script&gt; {link} {field}" in page, field


def test_each_command_has_a_help_text():
    listed = run("--help").stdout
    for command in (
        "report",
        "run",
        "batch",
        "check",
        "verify",
        "areas",
        "reconstruct",
        "accept",
        "codebook",
    ):
        assert command in listed
        assert run(command, "--help").returncode == 0


def test_the_number_of_eligible_cases_is_checked_against_the_sample(copy):
    with (inspection(copy) / "inspection.toml").open("a", encoding="utf-8") as file:
        file.write("\n[eligible]\nCRC = 39\nNPS = 400\nXYZ = 10\n")
    done = run("check", "north-of-london", root=copy)
    assert done.returncode == 3
    assert "inspection.toml, column eligible.CRC: '39'" in done.stderr
    assert "inspection.toml, column eligible.XYZ: '10'" in done.stderr
    assert "eligible.NPS" not in done.stderr
