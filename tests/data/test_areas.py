"""areas.toml: what is configured, typed; every fault of it told at once."""

import shutil

import pytest

import made_up
from analysis import areas, project
from analysis.data import context, inspection, sources
from analysis.data.problems import BadDataError
from analysis.faults import UsageFault
from analysis.study import inputs
from shipped import INSPECTED, INSPECTION


def written(folder, text):
    path = folder / "areas.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder, text):
    with pytest.raises(BadDataError) as caught:
        areas.load(written(folder, text))
    assert caught.value.exit_code == 3
    return [str(problem) for problem in caught.value.problems]


CODES = context.gss_codes()
AREA = 'title = "T"\nlocal_authorities = ["Camden"]\n'


def test_the_inspected_area_has_the_eight_inspected_boroughs():
    area = areas.get("north-of-london")
    assert area.local_authorities == INSPECTION.settings.local_authorities
    assert len(area.local_authorities) == 8
    assert [CODES[name] for name in area.local_authorities] == INSPECTED


def test_only_the_inspected_area_has_an_inspection():
    found = {name: area.inspection for name, area in areas.load().items() if area.inspection}
    assert found == {"north-of-london": INSPECTION.name}


def test_inner_london_has_the_fourteen_inner_local_authorities():
    listed = sources.load("local_authorities")
    inner = listed[listed["part"] == "inner"]["gss_code"].tolist()
    assert {CODES[name] for name in areas.get("inner-london").local_authorities} == set(inner)
    assert len(inner) == 14


def test_london_its_parts_and_each_of_its_local_authorities_are_areas():
    found = areas.load()
    names = sources.load("local_authorities")["name"]
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
    assert areas.get("east", path).inspection is None


def test_an_area_needs_no_local_authority_where_it_has_an_inspection(tmp_path):
    path = written(tmp_path, f'[x]\ntitle = "T"\ninspection = "{INSPECTION.name}"\n')
    assert areas.get("x", path).local_authorities == ()


@pytest.mark.parametrize("local_authorities", ["", "local_authorities = []\n"])
def test_an_area_with_neither_is_refused(tmp_path, local_authorities):
    assert faults(tmp_path, f'[x]\ntitle = "T"\n{local_authorities}') == [
        "areas.toml, column x: local_authorities or inspection is needed"
    ]


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (["Leeds"], ["E08000035"]),
        (["Cornwall"], ["E06000052"]),
        # A county, and a district of another.
        (["Kent"], ["E10000016"]),
        (["Cambridge"], ["E07000008"]),
        (["Leeds", "Barnet", "Cornwall"], ["E08000035", "E09000003", "E06000052"]),
    ],
)
def test_an_area_may_lie_outside_london_and_on_both_sides_of_its_boundary(tmp_path, names, codes):
    path = written(tmp_path, f'[x]\ntitle = "T"\nlocal_authorities = {names}\n')
    assert [CODES[name] for name in areas.get("x", path).local_authorities] == codes


@pytest.mark.parametrize("name", ["London", "England", "England and Wales"])
def test_what_stands_beside_every_area_is_no_local_authority_of_one(tmp_path, name):
    (fault,) = faults(tmp_path, f'[x]\ntitle = "T"\nlocal_authorities = ["{name}"]\n')
    assert fault.startswith(f"areas.toml, column x.local_authorities: {name!r}; ")


def test_an_unknown_inspection_is_told_with_those_that_there_are(tmp_path):
    assert faults(tmp_path, f'[x]\n{AREA}inspection = "nowhere"\n') == [
        f"areas.toml, column x.inspection: 'nowhere'; must be one of {INSPECTION.name}, or the path "
        "of a folder"
    ]


def test_an_inspection_may_lie_anywhere(tmp_path):
    made_up.write(tmp_path / "west")
    text = f'[x]\ntitle = "T"\ninspection = "{tmp_path.as_posix()}/west"\n'
    assert areas.get("x", written(tmp_path, text)).inspection == f"{tmp_path.as_posix()}/west"


def test_an_output_folder_may_begin_at_a_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    # A shell leaves `--out=~/x` as it is.
    assert project.Output.at("~/x").reports == tmp_path / "x" / "reports"
    with pytest.raises(UsageFault, match="~nobody-of-that-name/x: no home folder is known for it"):
        project.Output.at("~nobody-of-that-name/x")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/nowhere/west", "the folder must hold inspection.toml"),
        ("~/west", "must be written in full, without ~"),
    ],
)
def test_a_path_that_is_no_folder_of_an_inspection_costs_its_own_area(tmp_path, path, allowed):
    found = areas.load(written(tmp_path, f'[x]\n{AREA}inspection = "{path}"\n[y]\n{AREA}'))
    assert list(found) == ["x", "y"]
    assert found["x"].inspection is not None
    with pytest.raises(BadDataError) as caught:
        inspection.load(found["x"].inspection)
    assert [str(problem) for problem in caught.value.problems] == [f"{path}: {allowed}"]


@pytest.mark.parametrize("slug", ["North", "a_b", "a--b", "-a", '"a/b"', '"../a"', '""', '"é"'])
def test_a_bad_name_is_told(tmp_path, slug):
    assert faults(tmp_path, f"[{slug}]\n{AREA}") == [
        f"areas.toml, column {slug.strip(chr(34))}: an area's name is lower-case letters, digits "
        "and hyphens"
    ]


def test_an_unknown_local_authority_is_told_with_a_near_one(tmp_path):
    assert faults(tmp_path, '[x]\ntitle = "T"\nlocal_authorities = ["Barnett", "Camden"]\n') == [
        "areas.toml, column x.local_authorities: 'Barnett'; must be one of Barnet, Brent, Barnsley"
    ]


def test_a_local_authority_that_is_like_none_is_told(tmp_path):
    assert faults(tmp_path, '[x]\ntitle = "T"\nlocal_authorities = ["Zzz"]\n') == [
        "areas.toml, column x.local_authorities: 'Zzz'; is no local authority of data/raw"
    ]


def test_a_repeated_local_authority_is_told(tmp_path):
    assert faults(tmp_path, '[x]\ntitle = "T"\nlocal_authorities = ["Camden", "Camden"]\n') == [
        "areas.toml, column x.local_authorities: a local authority may stand only once"
    ]


@pytest.mark.parametrize(
    ("section", "place", "told"),
    [
        (f"{AREA}colour = 1\n", "x.colour", "Extra inputs are not permitted"),
        ('local_authorities = ["Camden"]\n', "x.title", "Field required"),
        *(
            (f'title = "{title}"\nlocal_authorities = ["Camden"]\n', "x.title", told)
            for titles, told in {
                # A space, a wide one, one that does not break, a mark that is not seen.
                ("", " ", "\u3000", "\u00a0", "\u200b"): "must not be blank",
                (
                    "a\\nb",
                    "a\\tb",
                    "\\u0000",
                    "a\u2028b",
                    "a\u0085b",
                    "\\uffff",
                ): "must be one line",
            }.items()
            for title in titles
        ),
        ('title = 1\nlocal_authorities = ["Camden"]\n', "x.title", "valid string"),
        ('title = "T"\nlocal_authorities = "Camden"\n', "x.local_authorities", "valid tuple"),
        (
            'title = "T"\nlocal_authorities = ["Brent", 1]\n',
            "x.local_authorities.1",
            "valid string",
        ),
        (f"{AREA}inspection = 1\n", "x.inspection", "valid string"),
    ],
)
def test_a_key_that_is_not_as_declared_is_told(tmp_path, section, place, told):
    (fault,) = faults(tmp_path, f"[x]\n{section}")
    assert fault.startswith(f"areas.toml, column {place}: ")
    assert told in fault


@pytest.mark.parametrize(
    "title", ["伦敦北部", "شمال لندن", "👩\u200d🚒 Camden", "Ü " * 200, "None"]
)
def test_a_title_is_any_line_of_text(tmp_path, title):
    path = written(tmp_path, f'[x]\ntitle = "{title}"\nlocal_authorities = ["Camden"]\n')
    assert areas.get("x", path).title == title


def test_a_title_of_several_lines_among_good_areas_is_told_with_a_blank_one(tmp_path):
    text = f"[a]\n{AREA}[b]\n{AREA}".replace('"T"', '"""North\nof London"""', 1)
    assert faults(tmp_path, f"{text}[c]\n{AREA}".replace('"T"', '" "', 1)) == [
        "areas.toml, column a.title: must be one line, without line breaks and control characters",
        "areas.toml, column b.title: must not be blank",
    ]


def test_what_is_no_section_is_told(tmp_path):
    (fault,) = faults(tmp_path, 'x = "y"\n')
    assert fault.startswith("areas.toml, column x: ")


def test_a_byte_order_mark_is_passed_over(tmp_path, monkeypatch):
    path = written(tmp_path, f"\ufeff[x]\n{AREA}")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf[x]")
    assert list(areas.load(path)) == ["x"]
    monkeypatch.setattr(project, "AREAS", path)
    assert list(inputs.sections()) == ["x"]


@pytest.mark.parametrize(
    "content",
    [b"[x", b'a = "\xff"', b"[x]\n[x]\n", b"a = " + b"[" * 100_000, b"a = " + b"1" * 5000],
    ids=["open", "bytes", "twice", "deep", "long"],
)
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
        '[three]\ntitle = "T"\n'
        f'[four]\n{AREA}inspection = "nowhere"\n'
    )
    assert [fault.split(": ")[0] for fault in faults(tmp_path, text)] == [
        f"areas.toml, column {place}"
        for place in (
            "Bad",
            "one.title",
            "one.colour",
            "two.local_authorities",
            "two.local_authorities",
            "three",
            "four.inspection",
        )
    ]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("north-of-londn", " Did you mean north-of-london?"),
        ("inner_london", " Did you mean inner-london?"),
        ("Merton", " Did you mean merton?"),
        # By its title.
        ("North of London", " Did you mean north-of-london?"),
        ("Kingston upon Thames", " Did you mean kingston-upon-thames?"),
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
    with (raw / "local_authorities.csv").open("a", encoding="utf-8") as file:
        file.write("E09000034,Atlantis,inner\n")
    with pytest.raises(BadDataError, match="SHA-256 differs"):
        areas.load(written(tmp_path, f"[x]\n{AREA}"), raw)
