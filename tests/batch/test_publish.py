"""What is published is whole at every moment, and one run at a time writes."""

import errno
from pathlib import Path

import pytest

from analysis.batch import publish
from analysis.project import Output


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_the_target_holds_the_staged_files_and_no_others(tmp_path):
    staged = write(tmp_path / "staged", {"index.html": "new", "notebooks/a.ipynb": "new"})
    target = write(tmp_path / "target", {"index.html": "old", "failed/b.ipynb": "old"})
    publish.replace(staged, target)
    assert tree(target) == {"index.html": "new", "notebooks/a.ipynb": "new"}
    assert not (target / "failed").exists()


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    staged = write(tmp_path / "staged", {"a.csv": "new", "b.csv": "new", "index.html": "new"})
    target = write(tmp_path / "target", {"a.csv": "old", "b.csv": "old", "index.html": "old"})

    synced = []

    def full(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(publish.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        publish.replace(staged, target)
    assert tree(target) == {"a.csv": "old", "b.csv": "old", "index.html": "old"}


def test_a_second_run_is_refused_while_the_first_holds_the_folder(tmp_path):
    output = Output.at(tmp_path)
    with publish.locked(output):
        with pytest.raises(publish.OutputHeldError) as caught, publish.locked(output):
            pass
        assert caught.value.exit_code == 6
        with publish.locked(Output.at(tmp_path / "other")):
            pass
    with publish.locked(output):
        pass


def test_staging_goes_away_and_takes_with_it_what_a_killed_run_left(tmp_path):
    output = Output.at(tmp_path)
    left = write(output.processed / ".staging-killed", {"a.csv": "half"})
    with pytest.raises(RuntimeError, match="stopped"), publish.staging(output) as folder:
        write(folder, {"a.csv": "half"})
        assert not left.exists()
        raise RuntimeError("stopped")
    assert tree(output.processed) == {}
