"""Whatever bytes a file holds, what is wrong with it is told in words."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import made_up
from analysis import areas, project
from analysis.data import inspection, raw, regions, sources, tables
from analysis.data.extracts import reading
from analysis.faults import Fault
from shipped import INSPECTION

# What somebody's editor, script or failing disk may do to a file.
PIECES = st.sampled_from(
    [
        b"",
        b",",
        b'"',
        b"\n",
        b"\r",
        b"\x00",
        b"\xff",
        b"\xef\xbb\xbf",
        b"'",
        b"=",
        b"[",
        b"\xe2\x80\xa8",
    ]
) | st.binary(max_size=6)


@st.composite
def changed(draw: st.DrawFn, content: bytes) -> bytes:
    """The content with a few stretches of it replaced, and now and then a line gone or doubled."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.sampled_from([0, 1, 5, 10_000])))
        content = content[:start] + draw(PIECES) + content[end:]
    lines = content.splitlines(keepends=True)
    if draw(st.booleans()) and lines:
        at = draw(st.integers(0, len(lines) - 1))
        lines[at : at + 1] = lines[at : at + 1] * draw(st.sampled_from([0, 2]))
    return b"".join(lines)


def header(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8-sig").splitlines()[0].split(",")


def read_extract(path: Path) -> None:
    reading.read(path, reading.Expected(INSPECTION.question_ids))


def read_region(path: Path) -> None:
    regions._loaded(regions.toml.text(path, path.name), path.name)


READERS: dict[Path, Callable[[Path], object]] = {
    **{
        project.RAW / f"{name}.csv": lambda path: tables.read(path, raw.RAW[path.stem])
        for name in raw.RAW
    },
    **{
        INSPECTION.folder / f"{name}.csv": lambda path: tables.read(path, raw.INSPECTION[path.stem])
        for name in raw.INSPECTION
    },
    INSPECTION.folder / inspection.CASES: read_extract,
    project.AREAS: areas.load,
    project.SOURCES: sources.provenance,
    project.REGIONS / "london.toml": read_region,
}
FUZZ = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.mark.parametrize("file", READERS, ids=lambda path: path.name)
@FUZZ
@given(data=st.data())
def test_a_file_of_any_bytes_is_read_or_refused_in_words(file, data, tmp_path):
    path = tmp_path / file.name
    path.write_bytes(data.draw(changed(file.read_bytes())))
    with suppress(Fault):
        READERS[file](path)


@pytest.mark.parametrize(
    ("file", "at"),
    [
        (file, at)
        for file in READERS
        if file.suffix == ".csv"
        for at, name in enumerate(header(file))
        if file.name != inspection.CASES or name in {"case_id", "provider"}
    ],
    ids=lambda value: value.name if isinstance(value, Path) else value,
)
def test_a_column_that_is_missing_is_named(file, at, tmp_path):
    names = header(file)
    path = tmp_path / file.name
    path.write_text(",".join(names[:at] + names[at + 1 :]) + "\n", encoding="utf-8")
    with pytest.raises(Fault, match=f"column {names[at]}: the column is missing"):
        READERS[file](path)


@FUZZ
@given(data=st.data())
def test_a_folder_of_any_bytes_is_read_or_refused_in_words(data, tmp_path):
    made_up.write(tmp_path / "west")
    file = data.draw(st.sampled_from(sorted((tmp_path / "west").iterdir())))
    file.write_bytes(data.draw(changed(file.read_bytes())))
    with suppress(Fault):
        inspection.load(str(tmp_path / "west"))
