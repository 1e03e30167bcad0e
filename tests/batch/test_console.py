"""What is said reaches whoever reads it, in what they can read, and stops no work."""

import io
import os
import subprocess
import sys

import pytest
from running import Project, assert_whole

from analysis import project
from analysis.console import Stream

TITLE = "Müller’s £ − 東京, a title that no screen of forty columns has room for on one line"


def areas(environment: dict[str, str], root=project.ROOT, **options) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "analysis", "areas"],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root / "src"), "COLUMNS": "40"} | environment,
        stderr=subprocess.PIPE,
        check=False,
        **options,
    )


@pytest.fixture(scope="module")
def titled(copied, tmp_path_factory):
    """A project with an area of a long title in letters of several scripts."""
    root = copied(tmp_path_factory.mktemp("titled") / "project")
    with (root / "areas.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[zz]\ntitle = "{TITLE}"\nlocal_authorities = ["Barnet"]\n')
    return root


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", TITLE),
        ("ascii", TITLE.encode("ascii", "backslashreplace").decode()),
        ("latin-1", TITLE.encode("latin-1", "backslashreplace").decode("latin-1")),
    ],
)
def test_a_table_in_a_file_has_every_text_whole_in_what_the_file_can_hold(titled, encoding, told):
    done = areas({"PYTHONIOENCODING": encoding}, titled, stdout=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")
    (line,) = [line for line in done.stdout.decode(encoding).splitlines() if "zz" in line]
    assert told in line


def test_where_nobody_reads_a_command_ends_without_a_word():
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as nowhere:
        done = areas({}, stdout=nowhere)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_batch_goes_on_where_nobody_reads_any_more(tmp_path):
    batch = Project(project.ROOT, tmp_path)
    with batch.running("barnet") as process:
        assert process.stdout is not None
        assert '"planned"' in process.stdout.readline()
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == ""
        assert process.wait() == 0
    assert_whole(batch.reports, ["barnet"])
    assert "Barnet" in batch.front_page()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("file", "colour", "redraws"),
    [
        (io.StringIO(), None, False),
        # As GitHub Actions sets it, for colours in a log.
        (io.StringIO(), "1", False),
        (Terminal(), None, True),
    ],
)
def test_lines_are_drawn_again_on_a_terminal_alone(monkeypatch, file, colour, redraws):
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    if colour:
        monkeypatch.setenv("FORCE_COLOR", colour)
    monkeypatch.setattr(sys, "stderr", file)
    assert Stream(stderr=True).redraws is redraws
