"""areas.toml: what is configured, typed; every fault of it told at once."""

import shutil

import pytest

from analysis import areas, project
from analysis.data import context, sources
from analysis.data.problems import BadDataError
from analysis.faults import UsageFault


def written(folder, text):
    path = folder / "areas.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder, text):
    with pytest.raises(BadDataError) as caught:
        areas.load(written(folder, text))
    assert caught.value.exit_code == 3
    return [str(problem) for problem in caught.value.problems]


AREA = 'title = "T"\nlocal_authorities = ["Camden"]\n'


def test_the_inspected_area_has_the_eight_inspected_boroughs():
    area = areas.get("north-of-london")
    assert areas.gss_codes(area) == sources.load("inspected_boroughs")["gss_code"].tolist()
    assert list(area.local_authorities) == sources.load("inspected_boroughs")["name"].tolist()


def test_only_the_inspected_area_has_a_case_sample():
    assert [name for name, area in areas.load().items() if area.cases] == ["north-of-london"]
    area = areas.get("north-of-london")
    assert (area.cases, area.findings) == ("cases_north_of_london.csv", "published_findings.csv")
    assert set(area.providers) == {"CRC", "NPS"}


def test_inner_london_has_the_fourteen_inner_local_authorities():
    listed = sources.load("london_local_authorities")
    inner = listed[listed["inner_or_outer"] == "inner"]["gss_code"].tolist()
    assert sorted(areas.gss_codes(areas.get("inner-london"))) == sorted(inner)
    assert len(inner) == 14


def test_london_its_parts_and_each_of_its_local_authorities_are_areas():
    found = areas.load()
    names = context.local_authorities()["name"]
    assert list(found)[:4] == ["north-of-london", "london", "inner-london", "outer-london"]
    singles = {name: area for name, area in found.items() if len(area.local_authorities) == 1}
    assert list(singles) == list(found)[4:] == sorted(singles)
    assert [area.local_authorities for area in singles.values()] == [(n,) for n in sorted(names)]
    assert len(found) == 4 + 33
    assert set(found["london"].local_authorities) == set(names)
    parts = found["inner-london"].local_authorities + found["outer-london"].local_authorities
    assert sorted(parts) == sorted(names)


def test_a_single_local_authority_is_named_as_a_sentence_names_it():
    for slug, area in list(areas.load().items())[4:]:
        (name,) = area.local_authorities
        assert slug == name.lower().replace(" ", "-")
        assert area.title == ("the City of London" if name == "City of London" else name)


def test_an_area_needs_no_more_than_a_title_and_local_authorities(tmp_path):
    path = written(tmp_path, f"[east]\n{AREA}")
    assert areas.load(path) == {"east": areas.Area(title="T", local_authorities=("Camden",))}
    assert areas.get("east", path).cases is None


def test_codes_come_in_the_order_of_the_area(tmp_path):
    path = written(tmp_path, '[x]\ntitle = "T"\nlocal_authorities = ["Westminster", "Barnet"]\n')
    assert areas.gss_codes(areas.get("x", path)) == ["E09000033", "E09000003"]


@pytest.mark.parametrize("slug", ["North", "a_b", "a--b", "-a", '"a/b"', '"../a"', '""', '"é"'])
def test_a_bad_name_is_told(tmp_path, slug):
    assert faults(tmp_path, f"[{slug}]\n{AREA}") == [
        f"areas.toml, column {slug.strip(chr(34))}: an area's name is lower-case letters, digits "
        "and hyphens"
    ]


def test_an_unknown_local_authority_is_told_with_a_near_one(tmp_path):
    assert faults(tmp_path, '[x]\ntitle = "T"\nlocal_authorities = ["Barnett", "Camden"]\n') == [
        "areas.toml, column x.local_authorities: 'Barnett'; must be one of Barnet, Brent"
    ]


def test_a_local_authority_that_is_like_none_is_told_with_all_of_them(tmp_path):
    (fault,) = faults(tmp_path, '[x]\ntitle = "T"\nlocal_authorities = ["Zzz"]\n')
    names = sources.load("london_local_authorities")["name"]
    assert fault.endswith(f"'Zzz'; must be one of {', '.join(names)}")


def test_a_repeated_local_authority_is_told(tmp_path):
    assert faults(tmp_path, '[x]\ntitle = "T"\nlocal_authorities = ["Camden", "Camden"]\n') == [
        "areas.toml, column x.local_authorities: a local authority may stand only once"
    ]


@pytest.mark.parametrize(
    ("section", "place", "told"),
    [
        (f"{AREA}colour = 1\n", "x.colour", "Extra inputs are not permitted"),
        ('local_authorities = ["Camden"]\n', "x.title", "Field required"),
        ('title = "T"\n', "x.local_authorities", "Field required"),
        ('title = ""\nlocal_authorities = ["Camden"]\n', "x.title", "at least 1 character"),
        ('title = 1\nlocal_authorities = ["Camden"]\n', "x.title", "valid string"),
        ('title = "T"\nlocal_authorities = []\n', "x.local_authorities", "at least 1 item"),
        ('title = "T"\nlocal_authorities = "Camden"\n', "x.local_authorities", "valid tuple"),
        (
            'title = "T"\nlocal_authorities = ["Brent", 1]\n',
            "x.local_authorities.1",
            "valid string",
        ),
        (f'{AREA}[x.providers]\n"A" = 1\n', "x.providers.A", "valid string"),
    ],
)
def test_a_key_that_is_not_as_declared_is_told(tmp_path, section, place, told):
    (fault,) = faults(tmp_path, f"[x]\n{section}")
    assert fault.startswith(f"areas.toml, column {place}: ")
    assert told in fault


def test_what_is_no_section_is_told(tmp_path):
    (fault,) = faults(tmp_path, 'x = "y"\n')
    assert fault.startswith("areas.toml, column x: ")


@pytest.mark.parametrize("key", ["cases", "findings"])
def test_a_sample_without_its_findings_is_refused(tmp_path, key):
    (fault,) = faults(tmp_path, f'[x]\n{AREA}{key} = "published_findings.csv"\n')
    assert fault.startswith("areas.toml, column x: cases and findings go together")


def test_a_sample_that_is_no_recorded_file_is_told(tmp_path):
    text = f'[x]\n{AREA}cases = "../secret.csv"\nfindings = "published_findings.csv"\n'
    assert faults(tmp_path, text) == [
        "areas.toml, column x.cases: '../secret.csv'; must be a file of data/raw/sources.toml"
    ]


@pytest.mark.parametrize("content", [b"[x", b'a = "\xff"', b"[x]\n[x]\n"])
def test_what_is_not_toml_is_told(tmp_path, content):
    path = tmp_path / "areas.toml"
    path.write_bytes(content)
    with pytest.raises(BadDataError, match=r"areas\.toml: is not TOML: "):
        areas.load(path)


def test_a_file_that_does_not_exist_is_told(tmp_path):
    with pytest.raises(BadDataError, match=r"areas\.toml: the file does not exist"):
        areas.load(tmp_path / "areas.toml")


def test_every_fault_is_told_at_once(tmp_path):
    text = (
        f"[Bad]\n{AREA}"
        '[one]\ntitle = 1\nlocal_authorities = ["Camden"]\ncolour = 1\n'
        '[two]\ntitle = "T"\nlocal_authorities = ["Barnett", "Brent", "Brent"]\n'
        f'[three]\n{AREA}cases = "published_findings.csv"\n'
        f'[four]\n{AREA}cases = "no.csv"\nfindings = "nor.csv"\n'
    )
    assert [fault.split(": ")[0] for fault in faults(tmp_path, text)] == [
        f"areas.toml, column {place}"
        for place in (
            "Bad",
            "one.title",
            "one.colour",
            "three",
            "two.local_authorities",
            "two.local_authorities",
            "four.cases",
            "four.findings",
        )
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("north-of-londn", " Did you mean north-of-london?"),
        ("inner_london", " Did you mean inner-london?"),
        ("zzz", ""),
        ("", ""),
    ],
)
def test_an_unknown_area_is_told_with_those_that_there_are(name, hint):
    with pytest.raises(areas.UnknownAreaError) as caught:
        areas.get(name)
    listed = ", ".join(areas.load())
    assert str(caught.value) == f"No area {name!r} in areas.toml; it has {listed}.{hint}"
    assert isinstance(caught.value, UsageFault)
    assert caught.value.exit_code == 2


def test_a_change_of_the_raw_files_is_refused_here_too(tmp_path):
    raw = shutil.copytree(project.RAW, tmp_path / "raw")
    with (raw / "london_local_authorities.csv").open("a", encoding="utf-8") as file:
        file.write("E09000034,Atlantis,inner\n")
    with pytest.raises(BadDataError, match="SHA-256 differs"):
        areas.load(written(tmp_path, f"[x]\n{AREA}"), raw)
