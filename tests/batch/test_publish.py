"""What is published is whole at every moment, one run at a time writes, and what is not ours stays."""

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import killing
import pytest

from analysis import private, project
from analysis.batch import ownership, publish, record
from analysis.batch.exchange import exchange
from analysis.batch.publish import Change
from analysis.faults import NotOursError
from analysis.kernels import forking
from analysis.project import Output
from analysis.study.manifest import Manifest
from waiting import PATIENCE


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


NEW = {"a.csv": "new", "index.html": "new"}
OLD = {"a.csv": "old", "index.html": "old"}


@pytest.fixture
def staged(tmp_path) -> Path:
    return write(tmp_path / "staged", NEW)


@pytest.fixture
def target(tmp_path) -> Path:
    return write(tmp_path / "reports" / "area", OLD)


@pytest.fixture(params=["in one step", "in two steps"])
def either_way(request, monkeypatch) -> None:
    """A file system that can exchange two folders, and one that cannot."""
    if request.param == "in two steps":
        monkeypatch.setattr(publish, "exchange", lambda one, other: False)


# ---- A folder changes at once -------------------------------------------------------------------


@pytest.mark.usefixtures("either_way")
def test_the_target_holds_the_staged_files_and_none_of_ours_besides(tmp_path):
    staged = write(tmp_path / "staged", {"index.html": "new", "notebooks/a.ipynb": "new"})
    target = write(tmp_path / "target", {"index.html": "old", "failed/b.ipynb": "old"})
    publish.replace(Change(staged, target, ["index.html", "failed/b.ipynb"]))
    assert tree(target) == {"index.html": "new", "notebooks/a.ipynb": "new"}
    assert not (target / "failed").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["target"]


def test_what_there_was_not_before_is_put_in_place(staged, tmp_path):
    publish.replace(Change(staged, tmp_path / "reports" / "area", []))
    assert tree(tmp_path / "reports") == {f"area/{name}": text for name, text in NEW.items()}


def test_two_folders_exchange_their_names(tmp_path):
    one, other = write(tmp_path / "one", {"a": "1"}), write(tmp_path / "other", {"b": "2"})
    assert exchange(one, other)
    assert (tree(one), tree(other)) == ({"b": "2"}, {"a": "1"})
    assert not exchange(one, tmp_path / "nothing")
    assert tree(one) == {"b": "2"}


def test_a_full_disk_leaves_what_was_there(staged, target, monkeypatch):
    synced = []

    def full(descriptor: int) -> None:
        synced.append(descriptor)
        if len(synced) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(publish.os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        publish.replace(Change(staged, target, OLD))
    assert tree(target.parent) == {f"area/{name}": text for name, text in OLD.items()}


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("there_before", [True, False])
@pytest.mark.parametrize("done", [True, False], ids=["after its step", "before its step"])
def test_all_folders_change_or_none(done, there_before, tmp_path, monkeypatch):
    """The system refuses the second of two, or the run is told to stop there."""
    staged, other = write(tmp_path / "staged", NEW), write(tmp_path / "other", NEW)
    fault = KeyboardInterrupt() if done else OSError(errno.EBUSY, "Device or resource busy")
    targets = [tmp_path / "processed" / "area", tmp_path / "reports" / "area"]
    for target in targets if there_before else ():
        write(target, OLD)
    do = publish._Swap.do

    def failing(swap: publish._Swap) -> None:
        if swap.target == targets[0] or done:
            do(swap)
        if swap.target == targets[1]:
            raise fault

    monkeypatch.setattr(publish._Swap, "do", failing)
    with pytest.raises(type(fault)):
        publish.replace(Change(staged, targets[0], OLD), Change(other, targets[1], OLD))
    before = {f"area/{name}": text for name, text in OLD.items()} if there_before else {}
    assert [tree(target.parent) for target in targets] == [before, before]


@pytest.mark.parametrize("steps", ["one", "two"])
def test_a_publisher_killed_before_any_step_leaves_old_or_new_and_the_next_run_mends_it(
    steps, tmp_path
):
    done = subprocess.run(
        [sys.executable, killing.__file__, str(tmp_path / "scene"), steps],
        env=os.environ | {"PYTHONPATH": str(project.ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    runs = [json.loads(line) for line in done.stdout.splitlines()]
    mine = {"own/notes.docx": "mine", "tables/.htaccess": "mine"}
    old = dict.fromkeys(killing.OURS, "old") | mine
    new = dict.fromkeys(killing.OURS[:2], "new") | mine
    for run in runs:
        for room in ("processed", "reports"):
            left = {
                name.removeprefix("area/"): text
                for name, text in run["left"][room].items()
                if not name.startswith(".")
            }
            # Where it takes two steps there is a moment without a folder.
            assert left in ([old, new] if steps == "one" else [old, new, {}]), run
            assert run["mended"][room] in [
                {f"area/{name}": text for name, text in (left or old).items()}
            ], run
    assert [run["killed"] for run in runs] == [True] * (len(runs) - 1) + [False]
    ends = [tuple(run["mended"][room]["area/index.html"] for room in run["mended"]) for run in runs]
    assert list(dict.fromkeys(ends)) == [("old", "old"), ("new", "old"), ("new", "new")]


# ---- What is not ours ---------------------------------------------------------------------------


@pytest.mark.usefixtures("either_way")
def test_what_is_not_ours_stays_as_it_is(staged, target, tmp_path):
    elsewhere = write(tmp_path / "elsewhere", {"kept.txt": "kept"})
    write(target, {"my-notes.docx": "mine", ".htaccess": "mine", "own/deep/x": "mine"})
    (target / "link").symlink_to(elsewhere)
    (target / "nowhere").symlink_to("gone")
    (target / "empty" / "deep").mkdir(parents=True)
    (target / "own").chmod(0o750)
    target.chmod(0o2775)
    os.utime(target / "my-notes.docx", (1, 1))
    inode = (target / "my-notes.docx").stat().st_ino
    publish.replace(Change(staged, target, OLD))
    mine = {"my-notes.docx": "mine", ".htaccess": "mine", "own/deep/x": "mine"}
    assert tree(target) == NEW | mine
    assert (target / "link").readlink() == elsewhere
    assert (target / "nowhere").is_symlink()
    assert (target / "empty" / "deep").is_dir()
    assert (target / "my-notes.docx").stat().st_mtime == 1
    assert (target / "my-notes.docx").stat().st_ino == inode
    assert (target / "own").stat().st_mode & 0o7777 == 0o750
    assert target.stat().st_mode & 0o7777 == 0o2775
    assert tree(elsewhere) == {"kept.txt": "kept"}


@pytest.mark.usefixtures("either_way")
def test_where_a_file_cannot_be_linked_the_very_file_stays_all_the_same(
    staged, target, monkeypatch
):
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    write(target, {"my-notes.docx": "mine"})
    inode = (target / "my-notes.docx").stat().st_ino
    monkeypatch.setattr(publish.os, "link", refused)
    publish.replace(Change(staged, target, OLD))
    assert tree(target) == NEW | {"my-notes.docx": "mine"}
    assert (target / "my-notes.docx").stat().st_ino == inode


@pytest.mark.usefixtures("either_way")
def test_what_somebody_saves_at_the_last_moment_is_not_lost(staged, target, monkeypatch):
    """Between the look at the folder and the step, a file is added and another saved anew."""
    write(target, {"notes.txt": "first"})
    do = publish._Swap.do

    def saved(swap: publish._Swap) -> None:
        write(target, {"added.txt": "added", "beside.txt": "second"})
        (target / "beside.txt").replace(target / "notes.txt")
        do(swap)

    monkeypatch.setattr(publish._Swap, "do", saved)
    publish.replace(Change(staged, target, OLD))
    assert tree(target) == NEW | {"added.txt": "added", "notes.txt": "second"}


def test_what_lies_where_ours_would_is_named_and_nothing_is_changed(tmp_path):
    staged = write(tmp_path / "staged", {"index.html": "new", "tables/a.csv": "new"})
    target = write(tmp_path / "target", {"index.html": "mine", "notes": "mine"})
    (target / "tables").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotOursError) as caught:
        publish.replace(Change(staged, target, []))
    assert caught.value.exit_code == 1
    assert str(caught.value).splitlines()[1:] == [
        f"  {target / 'index.html'}",
        f"  {target / 'tables'}",
    ]
    assert tree(target) == {"index.html": "mine", "notes": "mine"}
    assert not list(tmp_path.glob(".exchange-*"))


def test_a_folder_where_a_file_of_ours_would_be_is_in_the_way(staged, target):
    (target / "a.csv").unlink()
    write(target, {"a.csv/own.txt": "mine"})
    with pytest.raises(NotOursError, match=r"a\.csv"):
        publish.replace(Change(staged, target, OLD))
    assert tree(target) == {"a.csv/own.txt": "mine", "index.html": "old"}


# ---- Nothing elsewhere --------------------------------------------------------------------------


def test_a_link_is_refused_named_and_left_alone(staged, tmp_path):
    elsewhere = write(tmp_path / "elsewhere", {"index.html": "theirs", "more": "theirs"})
    target = tmp_path / "reports" / "area"
    target.parent.mkdir()
    target.symlink_to(elsewhere)
    with pytest.raises(NotOursError, match="reports/area is a symbolic link"):
        publish.replace(Change(staged, target, ["index.html", "more"]))
    assert target.readlink() == elsewhere
    assert tree(elsewhere) == {"index.html": "theirs", "more": "theirs"}


def test_a_file_in_the_place_of_a_folder_is_refused(staged, tmp_path):
    write(tmp_path / "reports", {"area": "mine"})
    with pytest.raises(NotOursError, match="is no folder"):
        publish.replace(Change(staged, tmp_path / "reports" / "area", []))
    assert tree(tmp_path / "reports") == {"area": "mine"}


@contextmanager
def mounted(folder: Path, *arguments: str) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        ["mount", *arguments, str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        reason = f"nothing can be mounted: {done.stderr}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


TMPFS = ("-t", "tmpfs", "tmpfs")


def test_reports_on_another_file_system_are_replaced_whole(staged, tmp_path):
    with mounted(tmp_path / "reports", *TMPFS) as reports:
        target = write(reports / "area", {**OLD, "own.txt": "mine"})
        publish.replace(Change(staged, target, OLD))
        assert tree(reports) == {
            f"area/{name}": text for name, text in {**NEW, "own.txt": "mine"}.items()
        }


def test_reports_may_be_a_link_also_to_a_folder_that_is_not_there_yet(tmp_path):
    far = tmp_path / "far"
    with mounted(far, *TMPFS):
        (tmp_path / "reports").symlink_to(far / "site")
        for text in ("first", "second"):
            staged = write(tmp_path / "staged", {"index.html": text})
            publish.replace(Change(staged, tmp_path / "reports" / "area", ["index.html"]))
            assert tree(far) == {"site/area/index.html": text}


@pytest.mark.parametrize("where", [".", "own"])
def test_what_is_mounted_in_a_report_is_refused_before_anything_is_changed(
    where, staged, target, tmp_path
):
    """Also a folder of the same file system: what is moved away would be emptied at its other end."""
    far = write(tmp_path / "far", {"theirs": "theirs"})
    write(target, {"own/notes": "mine"})
    with mounted(target / where, "--bind", str(far)):
        with pytest.raises(NotOursError, match="another file system is mounted"):
            publish.replace(Change(staged, target, OLD))
        assert tree(far) == {"theirs": "theirs"}
    assert tree(target) == {**OLD, "own/notes": "mine"}


# ---- Which files are ours -----------------------------------------------------------------------

REPORT = {"index.html": "page", "tables/a.csv": "a", "report.pdf": "pdf"}
STAMP = {"sha256": "0", "parameters": {}, "area": "0", "code": "0", "raw": {}, "tables": {}}
BESIDE = {".made.json": json.dumps({"a": STAMP}), ".read.json": "{}"}


@pytest.fixture
def output(tmp_path) -> Output:
    return Output.at(tmp_path / "out")


def publish_area(tmp_path: Path, output: Output, files: dict[str, str]) -> None:
    """Publish a report of these files, with tables that have their names."""
    staged = Output.at(tmp_path / "stage")
    listed = {name: "0" for name in files if name != "report.pdf"}
    text = Manifest(
        area="area",
        headline={},
        parameters={},
        commit="not known",
        made_on="not known",
        epoch=None,
        python="3.11.0",
        packages={},
        inputs_digest="0" * 64,
        read={},
        inputs={},
        outputs=listed,
        processed={"a.csv": "0"},
    ).model_dump_json()
    write(staged.reports / "area", {**files, "manifest.json": text})
    write(staged.processed / "area", {"a.csv": "a", **BESIDE})
    record.publish(staged, output, "area")


def test_own_files_in_the_folders_of_an_area_survive_every_build(tmp_path, output):
    write(output.reports / "area", {"my-notes.docx": "mine", ".htaccess": "mine"})
    write(output.processed / "area", {"own.csv": "mine", "failed/notes.txt": "mine"})
    for _ in range(2):
        publish_area(tmp_path, output, REPORT)
        assert tree(output.reports / "area").keys() == {
            *REPORT,
            "manifest.json",
            "my-notes.docx",
            ".htaccess",
        }
        assert tree(output.processed / "area") == {
            "a.csv": "a",
            **BESIDE,
            "own.csv": "mine",
            "failed/notes.txt": "mine",
        }


def test_what_a_report_had_and_no_longer_has_goes(tmp_path, output):
    publish_area(tmp_path, output, REPORT)
    write(output.processed / "area", {"failed/3_reoffending.ipynb": "as far as it came"})
    publish_area(tmp_path, output, {"index.html": "page"})
    assert tree(output.reports / "area").keys() == {"index.html", "manifest.json"}
    assert tree(output.processed / "area").keys() == {"a.csv", *BESIDE}
    assert not (output.processed / "area" / "failed").exists()


def test_tables_of_notebooks_that_were_run_by_hand_are_ours(tmp_path, output):
    write(output.processed / "area", {"a.csv": "by hand", **BESIDE})
    publish_area(tmp_path, output, REPORT)
    assert (output.processed / "area" / "a.csv").read_text() == "a"


def test_a_table_of_which_nothing_says_that_a_notebook_made_it_is_in_the_way(tmp_path, output):
    write(output.processed / "area", {"a.csv": "mine"})
    with pytest.raises(NotOursError, match=r"processed/area/a\.csv"):
        publish_area(tmp_path, output, REPORT)
    assert tree(output.processed / "area") == {"a.csv": "mine"}
    assert not (output.reports / "area").exists()


@pytest.mark.parametrize(
    "there", [{"index.html": "mine"}, {"manifest.json": '{"name": "app"}', "app.js": "x"}]
)
def test_a_page_that_no_report_wrote_is_not_overwritten(there, tmp_path, output):
    write(output.reports / "area", there)
    with pytest.raises(NotOursError, match=next(iter(there))):
        publish_area(tmp_path, output, REPORT)
    assert tree(output.reports / "area") == there
    assert not (output.processed / "area").exists()


@pytest.mark.parametrize("damage", [None, "", "{", "[]", "null"])
def test_a_report_whose_manifest_is_damaged_or_gone_is_replaced(damage, tmp_path, output):
    publish_area(tmp_path, output, REPORT)
    write(output.reports, {"manifest.json": '{"reports": {"area": "0"}, "failures": []}'})
    path = output.reports / "area" / "manifest.json"
    path.unlink()
    if damage is not None:
        path.write_text(damage)
    publish_area(tmp_path, output, REPORT)
    assert json.loads(path.read_text())["outputs"].keys() == {"index.html", "tables/a.csv"}


@pytest.mark.parametrize(
    "there",
    [{"index.html": "mine"}, {"codebook.html": "mine"}, {"manifest.json": '{"name": "app"}'}],
)
def test_a_front_page_that_is_somebody_elses_is_refused(there, output):
    write(output.reports, there)
    with pytest.raises(NotOursError, match=next(iter(there))):
        ownership.require_site(output)
    assert tree(output.reports) == there


@pytest.mark.parametrize("damage", [None, "{", "[]", "{}", '{"failures": 3}'])
def test_a_front_page_beside_a_report_of_ours_is_ours(damage, tmp_path, output):
    publish_area(tmp_path, output, REPORT)
    write(output.reports, {"index.html": "ours"})
    if damage is not None:
        write(output.reports, {"manifest.json": damage})
    ownership.require_site(output)
    assert (output.reports / "index.html").read_text() == "ours"


def test_a_failed_notebook_is_not_kept_through_a_link(tmp_path, output):
    staged = Output.at(tmp_path / "stage")
    write(staged.reports / "area" / "notebooks", {"1_clean.ipynb": "as far as it came"})
    elsewhere = write(tmp_path / "elsewhere", {"1_clean.ipynb": "theirs"})
    (output.processed / "area").mkdir(parents=True)
    (output.processed / "area" / "failed").symlink_to(elsewhere)
    with pytest.raises(NotOursError, match="failed is a symbolic link"):
        record.keep(staged, output, "area", "1_clean")
    assert tree(elsewhere) == {"1_clean.ipynb": "theirs"}


# ---- What a run holds ---------------------------------------------------------------------------


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


def test_the_lock_is_not_taken_through_a_link(tmp_path):
    theirs = write(tmp_path, {"theirs": "text", "out/processed/x": ""}) / "theirs"
    (tmp_path / "out" / "processed" / ".lock").symlink_to(theirs)
    with pytest.raises(OSError, match=r"\.lock"), publish.locked(Output.at(tmp_path / "out")):
        pass
    assert theirs.read_text() == "text"


def test_a_run_takes_away_what_a_killed_one_left_and_its_own(tmp_path):
    output = Output.at(tmp_path)
    write(output.processed / ".staging-killed", {"a.csv": "half"})
    write(output.reports / ".staging-killed", {"index.html": "half"})
    with publish.locked(output):
        assert tree(tmp_path) == {}
        with pytest.raises(RuntimeError, match="stopped"), publish.staging(output) as folder:
            write(folder, {"a.csv": "half"})
            raise RuntimeError("stopped")
    assert tree(tmp_path) == {}


HOLDS = """
import os, sys, time
from pathlib import Path
from analysis import private
with private.folder(Path(sys.argv[1]), "run-") as folder:
    (folder / "socket").write_text("")
    print(folder, flush=True)
    time.sleep(600)
"""


@contextmanager
def holder(parent: Path, *before: str) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Another run, in a process, with a private folder of its own."""
    process = subprocess.Popen(
        [*before, sys.executable, "-c", HOLDS, str(parent)],
        env=os.environ | {"PYTHONPATH": str(project.ROOT / "src")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, Path(process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()


def test_what_a_living_run_holds_is_left_alone_and_what_a_killed_one_held_is_cleared(tmp_path):
    with holder(tmp_path) as (process, folder):
        private.clear(tmp_path, "run-")
        assert (folder / "socket").exists()
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert (folder / "socket").exists()
        private.clear(tmp_path, "run-")
        assert list(tmp_path.iterdir()) == []


def test_a_run_in_a_container_knows_that_one_outside_of_it_lives(tmp_path):
    """There, this process has no number, or that of another."""
    apart = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
    if (
        not shutil.which("unshare")
        or subprocess.run([*apart, "true"], check=False, capture_output=True).returncode
    ):
        pytest.skip("processes cannot be put apart here")
    with (
        private.folder(tmp_path, "run-") as own,
        holder(tmp_path, *apart) as (_, other),
    ):
        clear = "import sys; from pathlib import Path; from analysis import private; "
        clear += "private.clear(Path(sys.argv[1]), 'run-')"
        subprocess.run(
            [*apart, sys.executable, "-c", clear, str(tmp_path)],
            env=os.environ | {"PYTHONPATH": str(project.ROOT / "src")},
            check=True,
        )
        private.clear(tmp_path, "run-")
        assert own.exists()
        assert other.exists()


def test_a_folder_that_cannot_be_settled_is_kept(tmp_path):
    write(tmp_path / "run-killed", {"somebody's": "text"})

    def refused(folder: Path) -> None:
        raise OSError(errno.EACCES, "Permission denied")

    private.clear(tmp_path, "run-", refused)
    assert (tmp_path / "run-killed" / "somebody's").read_text() == "text"


def test_a_link_that_looks_like_a_private_folder_is_not_followed(tmp_path):
    theirs = write(tmp_path / "theirs", {"a": "text"})
    (tmp_path / "run-link").symlink_to(theirs)
    private.clear(tmp_path, "run-")
    assert os.listdir(theirs) == ["a"]  # noqa: PTH208 - a lock would be hidden from `tree`


@pytest.fixture
def temporary(monkeypatch) -> Iterator[Path]:
    """A temporary folder of the test's own; that of pytest has too long a name for sockets."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        monkeypatch.setattr("tempfile.tempdir", folder)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def test_all_that_is_temporary_lies_in_the_scratch_of_a_run(temporary):
    """The sockets of multiprocessing too, which would leave a folder when the run is killed."""
    code = (
        "from analysis.kernels import forking\n"
        "forking._WARM = 'json'\n"
        "import os, signal, tempfile\n"
        "with forking.scratch():\n"
        "    forking.warm_up()\n"
        "    tempfile.mkdtemp()\n"
        "    forking.call(tempfile.mkdtemp)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code], check=False, timeout=PATIENCE)
    assert killed.returncode == -signal.SIGKILL
    (left,) = temporary.iterdir()
    assert left.name.startswith("analysis-tmp-")
    with forking.scratch() as folder:
        assert list(temporary.iterdir()) == [folder]
    assert list(temporary.iterdir()) == []


@pytest.mark.usefixtures("temporary")
def test_the_scratch_of_a_second_run_in_one_process_works_as_the_first():
    program = """
import tempfile
from pathlib import Path
from analysis.kernels import forking

forking._WARM = "json"  # as good as any where nothing is to be built
for _ in range(2):
    with forking.scratch() as folder:
        print(Path(forking.call(tempfile.mkdtemp)).parent == folder)
    print(folder.exists())
"""
    # In a process of its own: the warm parent of this one is there already, with another folder.
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["True", "False", "True", "False"]


def test_a_long_temporary_folder_is_passed_over_for_a_short_one(tmp_path, monkeypatch):
    """The path of a socket has an end."""
    long = tmp_path / ("x" * 90)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    with forking.scratch() as folder:
        assert folder.parent == Path("/tmp")
