"""A real Dask scheduler and two real workers, each a process of its own, on loopback."""

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client
from running import Project, assert_whole, steps

from analysis import project
from analysis.batch import dask
from analysis.data.hashing import tree
from analysis.faults import UsageFault
from waiting import PATIENCE

AREAS = ("barnet", "brent", "camden", "enfield")


class Cluster:
    """A scheduler and its workers."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.folder = folder
        port = self.address.rpartition(":")[2]
        self.processes = [self._started("scheduler", "--host", "127.0.0.1", "--port", port)]

    def add_worker(self, root: Path = project.ROOT) -> None:
        options = ["--nthreads", "1", "--local-directory", str(self.folder)]
        self.processes.append(self._started("worker", self.address, *options, root=root))

    def wait_for(self, workers: int) -> None:
        with Client(self.address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=PATIENCE)

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            process.wait()

    def _started(
        self, what: str, *options: str, root: Path = project.ROOT
    ) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{what}.log").open("ab")
        with log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", what, *options, "--no-dashboard"],
                cwd=self.folder,
                env=os.environ | {"PYTHONPATH": str(root / "src")},
                stdout=log,
                stderr=log,
            )


@pytest.fixture
def cluster(tmp_path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    started = Cluster(folder)
    yield started
    started.stop()


@pytest.fixture
def here(tmp_path) -> Project:
    return Project(project.ROOT, tmp_path / "out")


def test_an_area_whose_worker_is_killed_is_built_by_the_other(cluster, here, tmp_path):
    cluster.add_worker()
    cluster.add_worker()
    cluster.wait_for(2)
    with here.running(*AREAS, "--scheduler", cluster.address) as process:
        step = next(step for step in steps(process) if step["notebook"] == "2_proportions")
        os.kill(worker_of(cluster, step["area"]), signal.SIGKILL)
        told, problems = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, problems
    assert '"failed": []' in told.splitlines()[-1]
    assert_whole(here.reports, AREAS)
    # What comes back is what this machine would have made.
    local = Project(project.ROOT, tmp_path / "local")
    assert local.batch(*AREAS).returncode == 0
    assert tree(local.reports) == tree(here.reports)


def test_a_cluster_that_is_lost_fails_the_areas_that_it_had(cluster, here):
    cluster.add_worker()
    cluster.wait_for(1)
    with here.running(*AREAS, "--scheduler", cluster.address) as process:
        next(step for step in steps(process) if step["notebook"] == "2_proportions")
        for each in cluster.processes:
            each.kill()
        _, problems = process.communicate(timeout=PATIENCE)
    assert process.returncode == 5, problems
    assert [failure["area"] for failure in here.record()["failures"]] == list(AREAS)
    assert "Traceback" not in problems


def test_two_batches_at_once_hear_each_of_its_own_areas_alone(cluster, here, tmp_path):
    other = Project(project.ROOT, tmp_path / "other")
    for _ in range(2):
        cluster.add_worker()
    cluster.wait_for(2)
    with (
        here.running("barnet", "--scheduler", cluster.address) as first,
        other.running("brent", "--scheduler", cluster.address) as second,
    ):
        told = {
            area: [
                json.loads(line) for line in process.communicate(timeout=PATIENCE)[0].splitlines()
            ]
            for area, process in {"barnet": first, "brent": second}.items()
        }
    for area, every in told.items():
        assert {event["area"] for event in every if event["event"] == "step"} == {area}
        assert every[-1]["built"] == [area]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "here",
        "tcp://host",
        "tcp://host:",
        "tcp://:8786",
        "tcp://host:0",
        "tcp://host:65536",
        "tcp://::1:8786",
        "http://host:80",
        "tcp://host:8786/",
        "tcp://host:8786\n",
        "host:١",
    ],
)
def test_what_is_no_address_is_refused_before_anybody_is_asked(address):
    with pytest.raises(
        UsageFault, match=r"is not the address of a Dask scheduler: give tcp://HOST:PORT"
    ):
        dask.builder(address)


@pytest.mark.parametrize("address", ["tcp://[::1]:8786", "host.example:8786", "tls://10.0.0.1:1"])
def test_a_host_has_a_name_or_a_number(address):
    assert dask.builder(address)


def test_a_malformed_address_is_wrong_usage(here):
    done = here.batch("barnet", "--scheduler", "tcp:/localhost:8786")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("--scheduler 'tcp:/localhost:8786' is not the address")
    assert not here.out.exists()


def test_what_is_logged_is_logged_again_where_no_scheduler_answers(monkeypatch, tmp_path):
    monkeypatch.setattr(dask, "_CONNECT_SECONDS", 0.1)
    before = logging.root.manager.disable
    with pytest.raises(dask.NoSchedulerError):
        next(dask.build([], {}, tmp_path, address="tcp://127.0.0.1:9"))
    assert logging.root.manager.disable == before


def worker_of(cluster: Cluster, area: str) -> int:
    """The process of the worker that is building an area."""
    with Client(cluster.address, set_as_default=False) as client:
        (address,) = [
            worker
            for worker, keys in client.processing().items()
            if any(key.startswith(f"{area}-") for key in keys)
        ]
        return client.run(os.getpid, workers=[address])[address]


def test_a_worker_with_other_code_is_refused_by_name_before_anything_runs(cluster, here, copy):
    source = copy / "src" / "analysis" / "stats" / "proportions.py"
    source.write_text(source.read_text(encoding="utf-8") + "\n# another version\n")
    cluster.add_worker()
    cluster.add_worker(root=copy)
    cluster.wait_for(2)
    done = here.batch(*AREAS, "--scheduler", cluster.address)
    assert done.returncode == 2
    assert "nothing was run" in done.stderr
    (line,) = re.findall(r"^  tcp://127\.0\.0\.1:\d+: .*$", done.stderr, flags=re.M)
    assert "src/analysis/stats/proportions.py: differs from that of the one who asks" in line
    assert "Traceback" not in done.stderr
    assert not here.reports.exists()


def test_no_scheduler_and_no_worker_are_told_in_words(cluster, here):
    silent = here.batch("barnet", "--scheduler", "tcp://127.0.0.1:9")
    assert silent.returncode == 1
    assert "No Dask scheduler answers at tcp://127.0.0.1:9" in silent.stderr
    lonely = here.batch("barnet", "--scheduler", cluster.address)
    assert lonely.returncode == 1
    assert "has no worker" in lonely.stderr
    assert "Traceback" not in silent.stderr + lonely.stderr
