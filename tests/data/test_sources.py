"""Provenance: every raw file is recorded, and none is read whose bytes are not the recorded ones."""

import hashlib
import shutil
from pathlib import Path

import pytest

from analysis import project
from analysis.data import sources
from analysis.data.problems import BadDataError

FILES = sorted(path.relative_to(project.RAW).as_posix() for path in project.RAW.rglob("*.csv"))
QUESTIONS = "inspections/north-of-london-2016/questions.csv"
RECORDED = sources.provenance()


@pytest.fixture
def raw(tmp_path):
    """A copy of data/raw that a test may change."""
    return shutil.copytree(project.RAW, tmp_path / "raw")


def faults(call, *arguments):
    with pytest.raises(BadDataError) as caught:
        call(*arguments)
    return [str(problem) for problem in caught.value.problems]


def replace(path, old, new, count=-1):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, count), encoding="utf-8")


def changed(folder, file):
    return (
        f"{file}: '{hashlib.sha256((folder / file).read_bytes()).hexdigest()}'; the file is not "
        "the one recorded in data/raw/sources.toml (SHA-256 differs). Restore it, or accept a "
        f"deliberate change with: analysis accept data/raw/{file}"
    )


def test_every_raw_csv_is_recorded_and_nothing_else_is():
    assert sorted(RECORDED.files) == FILES


@pytest.mark.parametrize("file", FILES)
def test_the_recorded_hash_is_that_of_the_file(file):
    assert (
        RECORDED.files[file].sha256 == hashlib.sha256((project.RAW / file).read_bytes()).hexdigest()
    )


@pytest.mark.parametrize("file", FILES)
def test_provenance_is_complete(file):
    assert RECORDED.files[file].period
    assert RECORDED.of(file)
    for source in RECORDED.of(file):
        assert source.publisher
        assert source.title
        assert source.date
        assert source.licence == ("CC-BY-4.0" if file == "neighbours.csv" else "OGL-UK-3.0")
        assert source.licence_note
        assert source.obtained_from


def test_every_publication_is_the_source_of_a_file():
    assert {name for file in RECORDED.files.values() for name in file.sources} == set(
        RECORDED.sources
    )


def test_the_shipped_files_are_in_order():
    assert sources.check() == []


def test_a_changed_file_is_refused_with_the_command_that_accepts_it(raw):
    replace(raw / "unemployment.csv", "Barnet", "Barnett")
    refused = [changed(raw, "unemployment.csv")]
    assert faults(sources.load, "unemployment", raw) == refused
    assert faults(sources.raw_path, "unemployment.csv", raw) == refused


def test_a_changed_file_of_an_inspection_is_told_by_its_path_within_data_raw(raw):
    replace(raw / QUESTIONS, "Sufficient", "Enough", 1)
    assert faults(sources.raw_path, QUESTIONS, raw) == [changed(raw, QUESTIONS)]
    assert [str(problem) for problem in sources.check(raw)] == [changed(raw, QUESTIONS)]


def test_a_file_that_lies_elsewhere_has_no_recorded_hash(tmp_path, raw, monkeypatch):
    (tmp_path / "questions.csv").write_text("anything", encoding="utf-8")
    assert sources.changed(tmp_path / "questions.csv") == []
    monkeypatch.setattr(project, "RAW", raw)
    monkeypatch.setattr(project, "SOURCES", raw / "sources.toml")
    assert sources.changed(raw / QUESTIONS) == []
    replace(raw / QUESTIONS, "Sufficient", "Enough", 1)
    assert [str(problem) for problem in sources.changed(raw / QUESTIONS)] == [
        changed(raw, QUESTIONS)
    ]


def test_a_file_that_changes_after_it_was_read_is_refused_too(raw):
    assert "Barnet" in sources.load("unemployment", raw)["name"].tolist()
    replace(raw / "unemployment.csv", "Barnet", "Barnett")
    assert faults(sources.load, "unemployment", raw) == [changed(raw, "unemployment.csv")]


def test_an_accepted_change_is_read(raw):
    before = sources.load("unemployment", raw)
    replace(raw / "unemployment.csv", "Barnet", "Barnett")
    digest = sources.accept(raw / "unemployment.csv", raw)
    assert digest == sources.sha256(raw / "unemployment.csv")
    assert sources.check(raw) == []
    expected = before["name"].replace("Barnet", "Barnett").tolist()
    assert sources.load("unemployment", raw)["name"].tolist() == expected


@pytest.mark.parametrize("written", [QUESTIONS, "{raw}/" + QUESTIONS])
def test_a_file_of_an_inspection_is_accepted_by_its_path(raw, written):
    replace(raw / QUESTIONS, "Sufficient", "Enough", 1)
    digest = sources.accept(Path(written.format(raw=raw)), raw)
    assert sources.provenance(raw / "sources.toml").files[QUESTIONS].sha256 == digest
    assert sources.check(raw) == []


def test_what_does_not_lie_in_data_raw_cannot_be_accepted(raw, tmp_path):
    (tmp_path / "questions.csv").write_text("anything", encoding="utf-8")
    for path in (tmp_path / "questions.csv", Path("nowhere.csv")):
        assert faults(sources.accept, path, raw) == [f"{path}: is no file of data/raw"]


def test_accepting_changes_one_hash_of_the_listing_and_nothing_else(raw):
    before = (raw / "sources.toml").read_text(encoding="utf-8").splitlines()
    replace(raw / "population.csv", "7600", "7700")
    digest = sources.accept(raw / "population.csv", raw)
    after = (raw / "sources.toml").read_text(encoding="utf-8").splitlines()
    differing = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert differing == [
        (f'sha256 = "{RECORDED.files["population.csv"].sha256}"', f'sha256 = "{digest}"')
    ]


def test_what_is_read_is_the_readers_own_to_change():
    unemployment = sources.load("unemployment")
    unemployment["name"] = ""
    assert "" not in sources.load("unemployment")["name"].tolist()


def test_a_file_without_an_entry_is_refused(raw):
    shutil.copy(raw / "unemployment.csv", raw / "more.csv")
    assert faults(sources.raw_path, "more.csv", raw) == [
        "more.csv: has no entry in data/raw/sources.toml"
    ]
    assert faults(sources.accept, raw / "more.csv", raw) == [
        "more.csv: has no entry in data/raw/sources.toml; add one first"
    ]


def test_a_recorded_file_that_is_gone_is_told_once(raw):
    (raw / "unemployment.csv").unlink()
    assert faults(sources.raw_path, "unemployment.csv", raw) == [
        "unemployment.csv: the file does not exist"
    ]
    assert [str(problem) for problem in sources.check(raw)] == [
        "unemployment.csv: the file does not exist"
    ]


def test_a_publication_that_is_not_listed_is_told_with_those_that_are(raw):
    replace(raw / "sources.toml", 'sources = ["census_2011"]', 'sources = ["census_2001"]')
    assert faults(sources.provenance, raw / "sources.toml") == [
        "sources.toml, column ethnicity_2011.csv: 'census_2001'; must be one of "
        + ", ".join(RECORDED.sources)
    ]


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ('licence = "OGL-UK-3.0"\n', "", "sources.inspection_report.licence", "Field required"),
        (
            "[sources.inspection_report]\n",
            '[sources.inspection_report]\neditor = "X"\n',
            "sources.inspection_report.editor",
            "Extra inputs are not permitted",
        ),
        (
            'sha256 = "',
            'sha256 = "x',
            "files.inspections/north-of-london-2016/findings.csv.sha256",
            "String should match pattern '^[0-9a-f]{64}$'",
        ),
        ('date = "December 2016"', "date = 2016", "sources.inspection_report.date", "valid string"),
    ],
)
def test_an_entry_that_is_not_as_declared_is_told(raw, old, new, place, told):
    replace(raw / "sources.toml", old, new, 1)
    (fault,) = faults(sources.provenance, raw / "sources.toml")
    assert fault.startswith(f"sources.toml, column {place}: ")
    assert told in fault


@pytest.mark.parametrize("content", [b"[files", b'a = "\xff"'])
def test_a_listing_that_is_not_toml_is_told(tmp_path, content):
    (tmp_path / "sources.toml").write_bytes(content)
    (fault,) = faults(sources.provenance, tmp_path / "sources.toml")
    assert fault.startswith("sources.toml: is not TOML: ")


def test_a_listing_that_does_not_exist_is_told(tmp_path):
    assert faults(sources.provenance, tmp_path / "sources.toml") == [
        "sources.toml: the file does not exist"
    ]


def test_a_check_tells_every_fault_at_once(raw):
    replace(raw / "local_authorities.csv", "City of London,inner", "City of London,Inner")
    replace(raw / "unemployment.csv", "E09000002,Barking and Dagenham,2014,11.5", "E9,B,2014,many")
    (raw / QUESTIONS).unlink()
    assert sorted(str(problem) for problem in sources.check(raw)) == sorted(
        [
            f"{QUESTIONS}: the file does not exist",
            changed(raw, "local_authorities.csv"),
            "local_authorities.csv, row 2, column part: 'Inner'; must match [a-z][a-z0-9_]*",
            changed(raw, "unemployment.csv"),
            r"unemployment.csv, row 4, column gss_code: 'E9'; must match [EWKN]\d{8}",
            "unemployment.csv, row 4, column unemployment_rate_pct: 'many'; a number is needed",
        ]
    )


def test_the_listing_that_is_given_to_all_cannot_be_changed():
    with pytest.raises(TypeError):
        sources.provenance().files["more.csv"] = RECORDED.files[QUESTIONS]  # type: ignore[index]


def test_a_check_sees_what_changed_since_the_last_and_what_was_put_back(raw):
    path = raw / "unemployment.csv"
    content = path.read_bytes()
    assert sources.check(raw) == []
    replace(path, "gss_code", "place", 1)
    assert any("column gss_code: the column is missing" in str(p) for p in sources.check(raw))
    path.unlink()
    assert "unemployment.csv: the file does not exist" in [str(p) for p in sources.check(raw)]
    path.write_bytes(content)
    assert sources.check(raw) == []
