"""Whatever is made of a good extract, reading it ends in counts or in faults in words."""

import zipfile
from contextlib import suppress

import pytest
from extracts import HEADER, QUESTIONS, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_extracts_kinds import NAMES, book
from test_fuzz import changed

from analysis.data import codes
from analysis.data.problems import BadDataError

ROWS = [
    "1,Mill,Yes,No,F,East",
    '2,"Harbour, Ltd",N/A,,M,West',
    "3,Mill,no,Not applicable,,East",
]
TEXT = "\r\n".join([f"{HEADER},gender,borough", *ROWS, ""])
FUZZ = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def ends_well(path):
    """Read an extract: it is refused in words, or its counts add up."""
    with suppress(BadDataError):
        found = read(path, outcomes={"care": QUESTIONS}, details=list(codes.CASE_DETAILS))
        assert found.cases > 0
        for name, group in found.groups.items():
            assert sum(found.sizes(name).values()) == found.cases
            assert group.judgements.sum() == found.cases * len(found.questions)
        assert len(found.judgements) == found.cases * len(found.questions)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@FUZZ
@given(data=st.data())
def test_a_text_of_any_bytes(tmp_path, encoding, data):
    path = tmp_path / "extract.csv"
    path.write_bytes(data.draw(changed(TEXT.encode(encoding))))
    ends_well(path)


@FUZZ
@given(content=st.binary(max_size=200))
def test_any_bytes_at_all(tmp_path, content):
    path = tmp_path / "extract"
    path.write_bytes(content)
    ends_well(path)


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    rows = [row.split(",")[:4] for row in ROWS[::2]]
    return book(tmp_path_factory.mktemp("good"), NAMES, *rows).read_bytes()


@FUZZ
@given(data=st.data())
def test_a_workbook_of_any_bytes(tmp_path, good, data):
    path = tmp_path / "extract.xlsx"
    path.write_bytes(data.draw(changed(good)))
    ends_well(path)


@FUZZ
@given(data=st.data())
def test_a_workbook_with_any_text_in_a_part(tmp_path, good, data):
    path = tmp_path / "extract.xlsx"
    path.write_bytes(good)
    with zipfile.ZipFile(path) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    spoilt = data.draw(st.sampled_from(sorted(parts)))
    parts[spoilt] = data.draw(changed(parts[spoilt]))
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    ends_well(path)
