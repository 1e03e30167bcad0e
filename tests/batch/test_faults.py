"""What a batch leaves behind when something goes wrong in the middle of it; all of it for real.

After each fault: pages that were good are still there whole, no process is left, the rest of the
batch is done, the failure is told, the exit code is right, and the next run takes up what is missing.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import nbformat
import pytest
from running import Project, assert_whole, events, steps

from analysis import project
from analysis.batch import publish
from analysis.data.hashing import tree
from analysis.kernels import forking
from analysis.project import Output
from analysis.study import manifest
from waiting import PATIENCE, wait_until

GOOD = ("barnet", "brent")


@pytest.fixture
def checkout(copy, tmp_path) -> Project:
    """A checkout whose third notebook runs, for each area, the code in a file, if there is one."""
    path = copy / "notebooks" / "3_reoffending.ipynb"
    notebook = nbformat.read(path, as_version=4)
    faults = tmp_path / "faults"
    faults.mkdir()
    source = f"import pathlib\nfault = pathlib.Path({str(faults)!r}, area)"
    notebook.cells.append(nbformat.v4.new_code_cell(source, id="where"))
    source = "exec(fault.read_text() if fault.exists() else '')"
    notebook.cells.append(nbformat.v4.new_code_cell(source, id="fault"))
    notebook.cells.append(nbformat.v4.new_code_cell("1 + 1", id="after"))
    nbformat.write(notebook, path)
    return Project(copy, tmp_path / "out")


@pytest.fixture
def good(tmp_path) -> Project:
    """This checkout, with a site of two areas."""
    found = Project(project.ROOT, tmp_path / "out")
    assert found.batch(*GOOD).returncode == 0
    return found


# ---- The runner ends ----------------------------------------------------------------------------


def in_the_middle(process: subprocess.Popen[str], notebook: str) -> None:
    """Come back when an area is in a cell of a notebook."""
    next(step for step in steps(process) if step["notebook"] == notebook and step["cell"] > 1)


def test_a_killed_runner_leaves_no_process_and_every_page_whole(good):
    before = tree(good.reports)
    with good.running("--all", "--force", "--workers", "2") as process:
        in_the_middle(process, "4_report")
        assert good.left()
        process.send_signal(signal.SIGKILL)
        process.wait()
    wait_until(lambda: not good.left(), "a process is left")
    after = tree(good.reports)
    assert {name: after[name] for name in before} == before
    built = [path.parent.name for path in good.reports.glob(f"*/{manifest.FILE}")]
    assert_whole(good.reports, built)
    again = good.batch(*GOOD, "camden")
    assert again.returncode == 0, again.stderr
    assert not list((good.out / "processed").glob(".staging-*"))
    assert f"{'3' if 'camden' in built else '2'} unchanged" in again.stdout
    assert set(good.record()["reports"]) == {*built, "camden"}


def test_a_killed_report_leaves_nothing_that_the_next_run_does_not_clear(tmp_path):
    output = Output.at(tmp_path / "out")
    # A short path, as that of a socket has an end.
    with tempfile.TemporaryDirectory(dir="/tmp") as temporary:
        process = subprocess.Popen(
            [sys.executable, "-m", "analysis", "report", "merton", "--out", str(tmp_path / "out")],
            env=os.environ | {"TMPDIR": temporary},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr is not None
        next(line for line in process.stderr if "2_proportions" in line)
        process.kill()
        process.communicate()
        assert [path.name[:13] for path in Path(temporary).iterdir()] == ["analysis-tmp-"]
        assert list(output.processed.glob(".staging-*"))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("tempfile.tempdir", temporary)
            with publish.locked(output), forking.scratch() as scratch:
                assert list(Path(temporary).iterdir()) == [scratch]
    assert [path.name for path in output.processed.iterdir()] == [".lock"]
    assert not output.reports.exists()


@pytest.mark.parametrize(
    ("number", "exit_code"),
    [(signal.SIGTERM, 143), (signal.SIGINT, 130), (signal.SIGHUP, 129)],
    ids=["TERM", "INT", "HUP"],
)
def test_a_runner_told_to_stop_puts_down_what_is_missing(good, number, exit_code):
    areas = ("camden", "enfield", "hackney", "harrow", "havering", "hillingdon")
    before = tree(good.reports / GOOD[0])
    with good.running(*areas, "--workers", "1") as process:
        next(event for event in events(process) if event["event"] == "built")
        process.send_signal(number)
        told, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == exit_code
    wait_until(lambda: not good.left(), "a process is left")
    assert not list((good.out / "processed").glob(".staging-*"))
    assert tree(good.reports / GOOD[0]) == before
    ended = json.loads(told.splitlines()[-1])
    built, missing = ended["built"], ended["failed"]
    assert built
    assert missing == [area for area in areas if area not in built] != []
    record = good.record()
    assert set(record["reports"]) == {*GOOD, *built}
    name = signal.Signals(number).name
    assert [(each["area"], each["message"]) for each in record["failures"]] == [
        (area, f"not built: the run was stopped by {name}") for area in missing
    ]
    again = good.batch(*areas)
    assert again.returncode == 0
    assert f"{len(missing)} built, {len(built)} unchanged, 0 failed" in again.stdout
    assert good.record()["failures"] == []
    assert "could not be built" not in good.front_page()


def test_the_second_of_two_batches_at_once_is_refused_and_the_first_goes_on(good):
    with good.running("camden") as process:
        in_the_middle(process, "1_clean")
        second = good.batch("enfield")
        assert second.returncode == 6
        assert "Another run is writing" in second.stderr
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert set(good.record()["reports"]) == {*GOOD, "camden"}


# ---- An area ends -------------------------------------------------------------------------------

HANG_SECONDS = 5
FAULTS = {
    "barnet": ("import os; os._exit(0)", "Kernel died"),
    "brent": ("while True: pass", "timed out"),
    "camden": ("import sys; sys.exit(0)", "SystemExit"),
    "enfield": ("1 / 0", "ZeroDivisionError: division by zero"),
}


def test_broken_areas_among_good_ones_are_listed_and_the_rest_is_done(checkout, tmp_path):
    timeouts = checkout.root / "src" / "analysis" / "batch" / "notebooks.py"
    text = timeouts.read_text(encoding="utf-8")
    assert "CELL_TIMEOUT_SECONDS = 600" in text
    timeouts.write_text(text.replace("SECONDS = 600", f"SECONDS = {HANG_SECONDS}"))
    areas = [*FAULTS, "hackney", "harrow"]
    assert checkout.batch("barnet", "hackney").returncode == 0
    before = tree(checkout.reports / "barnet")
    for area, (source, _) in FAULTS.items():
        (tmp_path / "faults" / area).write_text(source)

    done = checkout.batch(*areas, "--force")
    assert done.returncode == 5
    assert "2 built, 0 unchanged, 4 failed" in done.stdout
    assert "Traceback" not in done.stderr
    assert tree(checkout.reports / "barnet") == before
    assert_whole(checkout.reports, ["barnet", "hackney", "harrow"])
    failures = {failure["area"]: failure for failure in checkout.record()["failures"]}
    assert list(failures) == list(FAULTS)
    notebook = nbformat.read(checkout.root / "notebooks" / "3_reoffending.ipynb", as_version=4)
    # The last but one of these, and papermill puts the parameters into one of their own.
    cell = sum(each.cell_type == "code" for each in notebook.cells)
    rows = {
        row[0].text_content().strip(): [cell.text_content().strip() for cell in row[1:]]
        for row in lxml.html.fromstring(checkout.front_page()).xpath(
            "//table[contains(caption, 'kept areas from being built')]/tbody/tr"
        )
    }
    for area, (_, message) in FAULTS.items():
        failure = failures[area]
        assert (failure["notebook"], failure["cell"]) == ("3_reoffending", cell)
        assert message in failure["message"]
        (line,) = [line for line in done.stderr.splitlines() if line.startswith(f"  {area}: ")]
        assert f"{area}: 3_reoffending, code cell {cell}: " in line
        assert message in " ".join(rows[area])
        assert rows[area][0] == f"3_reoffending, code cell {cell}"
        assert rows[area][2] == ("an earlier one" if area == "barnet" else "none")
    kept = checkout.out / "processed" / "enfield" / "failed" / "3_reoffending.ipynb"
    assert "ZeroDivisionError" in kept.read_text(encoding="utf-8")
    assert str(kept) in done.stderr
    wait_until(lambda: not checkout.left(), "a process is left")

    for area in FAULTS:
        (tmp_path / "faults" / area).unlink()
    again = checkout.batch(*areas)
    assert again.returncode == 0, again.stderr
    assert "4 built, 2 unchanged" in again.stdout or "3 built, 3 unchanged" in again.stdout
    assert checkout.record()["failures"] == []
    assert not kept.exists()


def test_a_process_that_is_lost_costs_its_own_area_only(checkout, tmp_path):
    told = tmp_path / "told"
    (tmp_path / "faults" / "brent").write_text(
        "import multiprocessing, os, pathlib, time\n"
        "pids = f'{multiprocessing.parent_process().pid} {os.getpid()}'\n"
        f"pathlib.Path({str(told)!r}).write_text(pids)\n"
        "time.sleep(600)"
    )
    with checkout.running("brent", "camden", "--workers", "1") as process:
        wait_until(lambda: told.exists() and told.read_text().count(" "), "the cell is not reached")
        builder, kernel = map(int, told.read_text().split())
        os.kill(builder, signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
    assert process.returncode == 5
    assert not Path(f"/proc/{kernel}").exists()
    assert set(checkout.record()["reports"]) == {"camden"}
    (failure,) = checkout.record()["failures"]
    assert failure["area"] == "brent"
    assert failure["message"] == "the process that built it was lost: it ended by signal 9"
    wait_until(lambda: not checkout.left(), "a process is left")


# ---- Somebody else's files ----------------------------------------------------------------------


def test_what_is_not_ours_survives_a_batch_and_a_link_is_refused(small_disk, tmp_path):
    found = Project(project.ROOT, tmp_path / "out")
    found.out.mkdir()
    found.reports.symlink_to(small_disk)  # another file system
    elsewhere = tmp_path / "elsewhere"
    own = {
        found.reports / "merton" / "my-notes.docx",
        found.reports / "merton" / ".htaccess",
        found.out / "processed" / "merton" / "own.csv",
        elsewhere / "index.html",
    }
    for path in own:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("mine")
    (found.reports / "brent").symlink_to(elsewhere)
    done = found.batch("merton", "brent")
    assert done.returncode == 5, done.stderr
    assert "reports/brent is a symbolic link" in done.stderr
    assert "Traceback" not in done.stderr
    assert {path.read_text() for path in own} == {"mine"}
    assert (found.reports / "brent").readlink() == elsewhere
    assert [path.name for path in elsewhere.iterdir()] == ["index.html"]
    assert [(each["area"], each["exit_code"]) for each in found.record()["failures"]] == [
        ("brent", 1)
    ]
    recorded = manifest.read(found.reports / "merton")
    present = manifest.outputs(found.reports / "merton")
    assert {name: present[name] for name in recorded.outputs} == recorded.outputs
    again = found.batch("merton")
    assert "1 unchanged" in again.stdout, "what is not ours is no reason to build"


# ---- The disk is full ---------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        reason = f"a small disk cannot be mounted: {done.stderr}"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_leaves_the_good_page_whole_and_says_so(small_disk):
    found = Project(project.ROOT, small_disk)
    assert found.batch("barnet").returncode == 0
    before = tree(found.reports / "barnet")
    free = os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(free - 200_000))
    done = found.batch("barnet", "brent", "--force")
    assert done.returncode == 5, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count("No space left on device") >= 2
    assert tree(found.reports / "barnet") == before
    assert not found.left()
    assert [failure["area"] for failure in found.record()["failures"]] == ["barnet", "brent"]
    ballast.unlink()
    again = found.batch("barnet", "brent")
    assert again.returncode == 0
    assert "1 built, 1 unchanged" in again.stdout
    assert found.record()["failures"] == []
