"""The commit and its date: what Git says of this project alone; without it a report is made all the same."""

import os
import stat
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from analysis import project
from analysis.faults import Exit, UsageFault
from analysis.study import revision
from analysis.study.revision import Revision
from waiting import is_alive, wait_until

SECONDS = 1_480_550_400  # 2016-12-01


@pytest.fixture(autouse=True)
def nothing_stated(monkeypatch):
    for name in Revision("", None).variables():
        monkeypatch.delenv(name, raising=False)


def git(folder: Path, *arguments: str) -> str:
    known = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    for who in ("AUTHOR", "COMMITTER"):
        known |= {f"GIT_{who}_NAME": "A", f"GIT_{who}_EMAIL": "a@example.org"}
    return subprocess.run(
        ["git", "-C", folder, *arguments],
        env=known | {"GIT_COMMITTER_DATE": f"{SECONDS} +0000"},
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path, monkeypatch) -> Path:
    """The project is a repository of one commit, of the first of December 2016."""
    folder = tmp_path / "project"
    git(tmp_path, "init", "--quiet", str(folder))
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "x")
    monkeypatch.setattr(project, "ROOT", folder)
    return folder


def program(folder: Path, name: str, text: str) -> Path:
    """A folder with a program in it."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return folder


def test_it_is_the_commit_with_its_date_and_a_word_on_changes(repository):
    head = git(repository, "rev-parse", "HEAD")
    assert revision.current() == Revision(head, SECONDS)
    assert revision.current().dated == "2016-12-01"
    (repository / "new").touch()
    assert revision.current().commit == f"{head} with changes"


def test_a_signed_commit_and_settings_of_a_user_change_nothing(repository, tmp_path):
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    for name, value in {
        "gpg.format": "ssh",
        "user.signingKey": str(key),
        "log.showSignature": "true",
        "status.showUntrackedFiles": "no",
        "status.branch": "true",
    }.items():
        git(repository, "config", name, value)
    git(repository, "commit", "--quiet", "--amend", "--no-edit", "--allow-empty", "--gpg-sign")
    assert git(repository, "log", "-1", "--format=%ct") != str(SECONDS)  # more is printed
    assert revision.current() == Revision(git(repository, "rev-parse", "HEAD"), SECONDS)


def test_the_repository_of_a_hook_is_not_that_of_the_project(repository, tmp_path, monkeypatch):
    git(tmp_path, "init", "--quiet", "other")
    other = tmp_path / "other"
    git(other, "commit", "--quiet", "--allow-empty", "--message", "other")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / "index"))
    assert revision.current() == Revision(git(repository, "rev-parse", "HEAD"), SECONDS)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_checkout_of_another_user_has_its_commit(repository, monkeypatch, tmp_path):
    for path in (repository, *repository.rglob("*")):
        os.chown(path, 65534, 65534)
    monkeypatch.setenv("HOME", str(tmp_path))  # where no folder is declared safe
    refused = subprocess.run(
        ["git", "-C", repository, "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    assert "dubious ownership" in refused.stderr
    assert revision.current().epoch == SECONDS


BROKEN = {
    "missing": (None, "git cannot be started: No such file or directory"),
    "of another machine": ("\x7fELF", "git cannot be started: Exec format error"),
    "hanging": ("#!/bin/sh\nsleep 600 & echo $! >child; wait", "git did not end in 0.5 seconds"),
    "failing": ("#!/bin/sh\necho fatal: no >&2; exit 128", "git failed: fatal: no"),
    "silent": ("#!/bin/sh\nexit 0", "git ended without naming one"),
    "talkative": ("#!/bin/sh\necho Hello, world", "git ended without naming one"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_without_git_the_commit_is_not_known_and_the_command_says_why(
    repository, tmp_path, monkeypatch, caplog, how
):
    text, why = BROKEN[how]
    place = tmp_path / "programs"
    place.mkdir()
    if text is not None:
        program(place, "git", text)
    monkeypatch.setenv("PATH", f"{place}:/bin" if how == "hanging" else str(place))
    if how == "hanging":
        monkeypatch.setattr(revision, "_GIT_SECONDS", 0.5)
    found = revision.asked()
    assert (found.commit, found.dated) == ("not known", "not known")
    assert caplog.messages == [f"The commit is not known, and the pages say so: {why}."]
    if how == "hanging":
        child = (repository / "child").read_text().strip()
        wait_until(lambda: not is_alive(child), "what it started is left")


def test_a_project_without_a_repository_has_no_commit_and_that_is_no_fault(
    monkeypatch, tmp_path, caplog
):
    git(tmp_path, "init", "--quiet")  # somebody else's, around it
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.setattr(project, "ROOT", folder)
    assert revision.asked() == Revision("not known", None)
    assert caplog.messages == []


def test_the_date_can_be_stated(repository, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(24 * 3600))
    assert revision.current().made_on == datetime(1970, 1, 2, tzinfo=UTC)
    assert revision.current().commit == git(repository, "rev-parse", "HEAD")


@pytest.mark.parametrize("text", ["2026-01-01", "-1", "1.5", "١", "9" * 12, "1" * 5000, " 1"])
def test_a_date_that_is_no_number_of_seconds_is_refused_in_words(monkeypatch, text):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", text)
    with pytest.raises(UsageFault, match="whole number of seconds since 1970") as caught:
        revision.current()
    assert caught.value.exit_code == Exit.USAGE


@pytest.mark.parametrize(
    "stated", [Revision("abc", 5), Revision("abc", 0), Revision("not known", None)]
)
def test_what_was_stated_is_what_every_process_finds(repository, stated):
    before = dict(os.environ)
    with revision.stating(stated):
        assert revision.current() == stated
    assert dict(os.environ) == before
