"""A region is data: its parts, what stands beside its areas, its tiles, what a rank is out of."""

import shutil

import pytest

from analysis import project
from analysis.data import context, inspection, regions, sources
from analysis.data.problems import BadDataError
from analysis.faults import Exit
from shipped import INSPECTED, LONDON, REGION

NAMES = regions.names()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A copy of data/raw/regions that a test may change, in the place of the project's."""
    copied = shutil.copytree(project.REGIONS, tmp_path / "regions")
    monkeypatch.setattr(project, "REGIONS", copied)
    return copied


def faults(name):
    with pytest.raises(BadDataError) as caught:
        regions.load(name)
    assert caught.value.exit_code is Exit.BAD_DATA
    return [str(problem) for problem in caught.value.problems]


# ---- Those that there are -----------------------------------------------------------------------


def test_the_widest_region_comes_last():
    assert NAMES == ["london", "england"]


def test_london_has_an_inner_and_an_outer_part_and_its_33_local_authorities():
    assert REGION.title == "London"
    assert dict(REGION.parts) == {"inner": "inner London", "outer": "outer London"}
    assert set(regions.members(REGION)["part"]) == set(REGION.parts)
    assert len(regions.members(REGION)) == 33
    assert REGION.part_terms == {"inner_london": "inner"}
    assert REGION.code == "london"


def test_every_local_authority_of_london_has_a_tile_of_its_own():
    assert set(REGION.tiles) == set(LONDON)
    assert len({label for label, _, _ in REGION.tiles.values()}) == 33
    assert len({(column, row) for _, column, row in REGION.tiles.values()}) == 33


@pytest.mark.parametrize("name", NAMES)
def test_what_stands_beside_has_figures_and_is_in_no_region(name):
    found = regions.load(name)
    known = {
        code
        for table in ("population", "ethnicity_2011", "unemployment", "reoffending")
        for code in sources.load(table)["gss_code"]
    }
    assert set(found.beside) <= known
    assert not set(found.beside) & set(LONDON)
    assert set(found.beside.values()) <= {"part", "region", "country"}


@pytest.mark.parametrize("name", NAMES)
def test_ranks_are_out_of_the_places_that_are_ranked(name):
    ranked = regions.load(name).ranked
    deprivation = sources.load("deprivation_2015")
    assert ranked.of == deprivation["gss_code"].nunique() == deprivation["rank"].max() == 152


def test_england_outside_london_has_no_parts_no_tiles_and_no_local_authorities_of_its_own():
    england = regions.load("england")
    assert (england.parts, england.tiles, england.part_terms) == ({}, {}, {})
    assert (england.inspection, england.river) == (None, None)
    assert regions.members(england).empty
    assert list(regions.members(england)) == list(regions.members(REGION))


@pytest.mark.parametrize("name", NAMES)
def test_an_area_without_an_inspection_is_set_beside_one_that_there_is(name):
    named = regions.load(name).inspection
    assert named is None or inspection.find(named).parent == project.INSPECTIONS


# ---- In which region an area lies ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["Camden"], "London"),
        (["Barnet", "City of London"], "London"),
        (["Leeds"], "England"),
        (["Cornwall", "Leeds"], "England"),
        (["Barnet", "Leeds"], "England"),
        ([], "England"),
    ],
)
def test_an_area_lies_in_the_region_that_holds_all_of_it_or_in_the_widest(names, expected):
    codes = context.gss_codes()
    assert regions.holding([codes[name] for name in names]).title == expected


def test_all_of_london_lies_in_london():
    assert regions.holding(LONDON) == regions.holding(INSPECTED) == REGION


def test_a_region_that_is_added_holds_its_areas(folder):
    text = (folder / "london.toml").read_text("utf-8")
    assert 'title = "London"' in text
    (folder / "capital.toml").write_text(
        text.replace('title = "London"', 'title = "The capital"'), "utf-8"
    )
    assert regions.names() == ["capital", "london", "england"]
    assert regions.holding(INSPECTED).title == "The capital"


# ---- What is wrong with a region ----------------------------------------------------------------


def test_the_shipped_regions_are_in_order():
    assert regions.check() == []


def test_a_part_that_a_region_has_not_and_a_tile_that_it_lacks_are_told(folder):
    path = folder / "london.toml"
    text = path.read_text("utf-8").replace('inner = "inner London"', 'middle = "middle London"')
    path.write_text(text.replace('E09000009 = ["EAL", 1, 2]', ""), "utf-8")
    tile, *parts = map(str, regions.check())
    assert tile == "regions/london.toml, column tiles.E09000009: is needed"
    assert len(parts) == 14  # the boroughs of inner London
    assert parts[0] == (
        "local_authorities.csv, row 2, column part: 'inner'; must be one of middle, outer"
    )


def test_a_region_that_there_is_not_is_told():
    assert faults("atlantis") == ["regions/atlantis.toml: the file does not exist"]


@pytest.mark.parametrize("content", [b"[ranked", b'title = "\xff"', b"[a]\n[a]\n"])
def test_what_is_not_toml_is_told(folder, content):
    (folder / "london.toml").write_bytes(content)
    (fault,) = faults("london")
    assert fault.startswith("regions/london.toml: is not TOML: ")


def test_a_byte_order_mark_is_no_fault(folder):
    path = folder / "london.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert regions.load("london") == REGION


@pytest.mark.parametrize(
    ("old", "new", "place", "told"),
    [
        ('title = "London"', 'titel = "London"', "title", "Field required"),
        ('title = "London"', 'title = ""', "title", "must not be blank"),
        ("of = 152", "of = 0", "ranked.of", "greater than 0"),
        ('river = "Thames"', 'rivers = "Thames"', "rivers", "Extra inputs are not permitted"),
        ('["ENF", 4, 0]', '["ENF", 4]', "tiles.E09000010.2", "Field required"),
        ('["ENF", 4, 0]', '["ENF", "4", "x"]', "tiles.E09000010.2", "valid integer"),
        ("[ranked]", 'middle = "the middle"\n[ranked]', "parts", "at most 2 items"),
        (
            'inspection = "north-of-london-2016"',
            'inspection = "../elsewhere"',
            "inspection",
            "String should match pattern",
        ),
    ],
)
def test_a_key_that_is_not_as_declared_is_told(folder, old, new, place, told):
    path = folder / "london.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    (fault, *_) = faults("london")
    assert fault.startswith(f"regions/london.toml, column {place}: ")
    assert told in fault


def test_every_fault_is_told_at_once(folder):
    path = folder / "england.toml"
    path.write_text(path.read_text("utf-8").replace("of = 152", "of = 0\nis = 1"), "utf-8")
    assert [fault.split(": ")[0] for fault in faults("england")] == [
        "regions/england.toml, column ranked.of",
        "regions/england.toml, column ranked.is",
    ]
