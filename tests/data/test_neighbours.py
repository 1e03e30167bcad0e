"""Which local authorities of London adjoin: each pair once, and none across the Thames."""

import shutil

import pytest

from analysis import project
from analysis.data import raw, sources, tables
from analysis.data.problems import BadDataError

NEIGHBOURS = sources.load("neighbours")
NAMES = sources.load("local_authorities").set_index("gss_code")["name"].to_dict()
PAIRS = {
    frozenset((NAMES[row.gss_code], NAMES[row.neighbour_gss_code]))
    for row in NEIGHBOURS.itertuples()
}


def test_each_pair_stands_once_and_no_place_adjoins_itself():
    assert len(NEIGHBOURS) == len(PAIRS) == 68
    assert {len(pair) for pair in PAIRS} == {2}


def test_every_local_authority_of_london_has_a_neighbour():
    assert set().union(*PAIRS) == set(NAMES.values())
    assert len(NAMES) == 33


@pytest.mark.parametrize("side", ["", "neighbour_"])
def test_the_names_are_those_of_the_local_authorities(side):
    assert NEIGHBOURS[f"{side}gss_code"].map(NAMES).tolist() == NEIGHBOURS[f"{side}name"].tolist()


@pytest.mark.parametrize(
    ("name", "adjoining"),
    [
        ("Barnet", {"Brent", "Camden", "Enfield", "Haringey", "Harrow"}),
        ("City of London", {"Camden", "Hackney", "Islington", "Tower Hamlets", "Westminster"}),
        ("Havering", {"Barking and Dagenham", "Redbridge"}),
        ("Sutton", {"Croydon", "Kingston upon Thames", "Merton"}),
        # It lies on both banks.
        ("Richmond upon Thames", {"Hounslow", "Kingston upon Thames", "Wandsworth"}),
    ],
)
def test_the_neighbours_that_a_map_shows(name, adjoining):
    assert {other for pair in PAIRS if name in pair for other in pair - {name}} == adjoining


@pytest.mark.parametrize(
    ("north", "south"),
    [
        ("Tower Hamlets", "Southwark"),
        ("City of London", "Southwark"),
        ("Westminster", "Lambeth"),
        ("Hammersmith and Fulham", "Wandsworth"),
        ("Kensington and Chelsea", "Wandsworth"),
        ("Newham", "Greenwich"),
        ("Havering", "Bexley"),
        ("Barnet", "Islington"),
    ],
)
def test_none_across_the_thames_and_none_that_only_lie_near(north, south):
    assert frozenset((north, south)) not in PAIRS


def refused(folder, *rows: str) -> list[str]:
    path = folder / "neighbours.csv"
    path.write_text("\n".join([",".join(raw.NEIGHBOURS.columns), *rows, ""]), encoding="utf-8")
    with pytest.raises(BadDataError) as caught:
        tables.read(path, raw.NEIGHBOURS)
    return [str(problem) for problem in caught.value.problems]


A, B = "E09000001,A", "E09000002,B"


@pytest.mark.parametrize("row", [f"{B},{A}", f"{A},{A}"])
def test_a_pair_the_other_way_round_or_with_itself_is_refused(tmp_path, row):
    assert refused(tmp_path, row) == [
        "neighbours.csv, row 2: gss_code must come before neighbour_gss_code"
    ]


def test_a_pair_that_stands_twice_is_refused(tmp_path):
    (first, second) = refused(tmp_path, f"{A},{B}", f"{A},{B}")
    assert "must be unique" in first
    assert "must be unique" in second


def test_a_neighbour_that_is_no_local_authority_of_london_is_told(tmp_path):
    raw = shutil.copytree(project.RAW, tmp_path / "raw")
    with (raw / "neighbours.csv").open("a", encoding="utf-8") as file:
        file.write("E09000033,Westminster,E09000034,Atlantis\n")
    sources.accept(raw / "neighbours.csv", raw)
    assert [str(problem) for problem in sources.check(raw)] == [
        "neighbours.csv, row 70, column neighbour_gss_code: 'E09000034'; "
        "is not in local_authorities.csv"
    ]
