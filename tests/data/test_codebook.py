"""What is generated from the schemas: never stale, and complete."""

import hashlib
import json
import re
import shutil

import pytest
from pydantic import BaseModel

import made_up
from analysis import project
from analysis.data import codebook, codes, inspection, processed, raw, region, sources

FILES = sorted(path.relative_to(project.RAW).as_posix() for path in project.RAW.rglob("*.csv"))
SHIPPED = "inspections/north-of-london-2016"
PACKAGE = json.loads(project.DATAPACKAGE.read_text(encoding="utf-8"))
RESOURCES = {resource["path"]: resource for resource in PACKAGE["resources"]}


def test_the_codebook_is_not_stale():
    assert project.CODEBOOK.read_text(encoding="utf-8") == codebook.codebook()


def test_the_data_package_is_not_stale():
    assert project.DATAPACKAGE.read_text(encoding="utf-8") == codebook.datapackage()


def test_what_a_report_says_is_a_statement_whether_or_not_it_can_be_checked():
    files = [project.CODEBOOK, project.DATAPACKAGE, *project.RAW.rglob("*.toml")]
    assert [file.name for file in files if "checkable" in file.read_text(encoding="utf-8")] == []


def test_the_data_package_lists_every_raw_file_once():
    assert sorted(resource["path"] for resource in PACKAGE["resources"]) == FILES


@pytest.mark.parametrize("file", FILES)
def test_a_resource_has_the_hash_and_the_size_of_its_file(file):
    content = (project.RAW / file).read_bytes()
    assert RESOURCES[file]["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    assert RESOURCES[file]["bytes"] == len(content)


@pytest.mark.parametrize("file", FILES)
def test_a_resource_describes_every_column_of_its_file(file):
    header = (project.RAW / file).read_text(encoding="utf-8").splitlines()[0].split(",")
    fields = RESOURCES[file]["schema"]["fields"]
    assert [field["name"] for field in fields] == header
    assert all(field["description"] and field["type"] for field in fields)
    assert set(RESOURCES[file]["schema"]["primaryKey"]) <= set(header)


@pytest.mark.parametrize("file", FILES)
def test_a_resource_says_where_it_comes_from_and_under_which_licence(file):
    assert RESOURCES[file]["period"]
    assert all(source["title"] and source["obtainedFrom"] for source in RESOURCES[file]["sources"])
    licence = "CC-BY-4.0" if file == "neighbours.csv" else "OGL-UK-3.0"
    assert RESOURCES[file]["licenses"] == [{"name": licence}]


def test_a_field_carries_its_constraints():
    fields = {
        field["name"]: field for field in RESOURCES["deprivation_2015.csv"]["schema"]["fields"]
    }
    assert fields["gss_code"]["constraints"] == {"required": True, "pattern": r"^([EWKN]\d{8})$"}
    assert fields["domain"]["constraints"] == {"required": True, "enum": ["overall", "crime"]}
    assert fields["rank"] == {
        "name": "rank",
        "type": "integer",
        "description": "Rank of the value; 1 is the most deprived",
        "unit": "rank",
        "constraints": {"required": True, "minimum": 1},
    }


def test_a_reference_is_a_foreign_key():
    (questions,) = (
        resource["name"] for file, resource in RESOURCES.items() if file.endswith("questions.csv")
    )
    assert questions == "inspections-north-of-london-2016-questions"
    assert RESOURCES[f"{SHIPPED}/findings.csv"]["schema"]["foreignKeys"] == [
        {"fields": "question_id", "reference": {"resource": questions, "fields": "question_id"}}
    ]


def test_the_codes_of_an_inspection_are_those_of_its_settings():
    fields = {
        field["name"]: field.get("constraints", {}).get("enum")
        for field in RESOURCES[f"{SHIPPED}/findings.csv"]["schema"]["fields"]
    }
    settings = inspection.settings_of("north-of-london-2016")
    assert fields["outcome"] == list(settings.outcomes)
    assert fields["stage"] == list(settings.stages)
    assert fields["provider"] == [*settings.providers, codes.BOTH]


def test_a_second_inspection_is_described_where_its_files_are_recorded(tmp_path):
    folder = shutil.copytree(project.RAW, tmp_path / "raw")
    made_up.write(folder / "inspections" / "west")
    assert codebook.datapackage(folder) == codebook.datapackage()
    with (folder / "sources.toml").open("a", encoding="utf-8") as file:
        for name in ("questions", "findings"):
            path = folder / "inspections" / "west" / f"{name}.csv"
            file.write(
                f'[files."inspections/west/{name}.csv"]\nperiod = "May 2031"\nnote = "Made up."\n'
                f'sources = ["inspection_report"]\nsha256 = "{sources.sha256(path)}"\n'
            )
    text = codebook.codebook(folder)
    section = text.split("## inspections/west/findings.csv\n")[1].split("\n## ")[0]
    assert "`keeping_safe`: Keeping people safe" in section
    assert "protecting_the_public" not in section
    assert "## inspections/west/cases.csv" not in text


def test_the_codebook_has_every_table_and_column():
    sections = dict(section.split("\n", 1) for section in codebook.codebook().split("\n## ")[1:])
    declared = {f"{name}.csv": schema for name, schema in (raw.RAW | processed.PROCESSED).items()}
    declared |= {f"{SHIPPED}/{name}.csv": schema for name, schema in raw.INSPECTION.items()}
    assert set(sections) == set(declared) | set(FILES) | set(codebook.SETTINGS)
    for file, schema in declared.items():
        rows = [line for line in sections[file].splitlines() if line.startswith("| `")]
        assert [row.split("`")[1] for row in rows] == list(schema.columns)


def test_the_codebook_says_what_every_key_of_an_inspection_and_a_region_means():
    sections = dict(section.split("\n", 1) for section in codebook.codebook().split("\n## ")[1:])
    held: dict[str, type[BaseModel]] = {
        "appendix.NAME": inspection.Beside,
        "ranked": region.Ranked,
    }
    for file, model in codebook.SETTINGS.items():
        keys = [
            *model.model_fields,
            *(
                f"{place}.{name}"
                for place, own in held.items()
                if place.split(".")[0] in model.model_fields
                for name in own.model_fields
            ),
        ]
        rows = dict(re.findall(r"^\| `([\w.]+)` \| (.+) \|$", sections[file], flags=re.MULTILINE))
        assert sorted(rows) == sorted(keys)
        assert not [meaning for meaning in rows.values() if meaning.startswith("None")]


def test_the_codebook_lists_every_spelling_of_a_judgement():
    text = codebook.codebook()
    for code, spellings in codes.JUDGEMENTS.items():
        listed = " / ".join(spelled or "(blank)" for spelled in spellings)
        assert f"`{code}`: {listed}" in text


def test_the_codebook_names_every_publication():
    text = codebook.codebook()
    for source in sources.provenance().sources.values():
        assert source.title in text
        assert source.obtained_from in text


def test_the_codebook_says_that_the_case_sample_is_a_reconstruction():
    sample = f"{SHIPPED}/cases.csv"
    section = codebook.codebook().split(f"## {sample}\n")[1].split("\n## ")[0]
    assert "RECONSTRUCTION" in section
    assert "no case-level row was ever published" in section
    assert "RECONSTRUCTION" in RESOURCES[sample]["description"]


def test_generating_renews_both_files(tmp_path, monkeypatch):
    monkeypatch.setattr(project, "CODEBOOK", tmp_path / "docs" / "codebook.md")
    monkeypatch.setattr(project, "DATAPACKAGE", tmp_path / "datapackage.json")
    assert codebook.write() == (project.CODEBOOK, project.DATAPACKAGE)
    assert project.CODEBOOK.read_text(encoding="utf-8") == codebook.codebook()
    assert project.DATAPACKAGE.read_text(encoding="utf-8") == codebook.datapackage()
