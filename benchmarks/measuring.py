"""The cost of a command as a whole: of its process and of all that it starts, forked or not."""

import ctypes
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER: processes that lose their parent come to this one
# Seldom: to ask what a process shares stops it for milliseconds, and many are asked.
_SAMPLE_SECONDS = 2.0


@dataclass(frozen=True)
class Cost:
    """Seconds on the clock, seconds of all processors, and the most memory at any time in MB.

    Memory that forked processes share is counted once (proportional set size).
    """

    wall: float
    cpu: float
    memory: float


def cost(command: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> Cost:
    """Run a command to its end, and wait for all that it started."""
    code = "import sys; from measuring import _measure; _measure(sys.argv[1], sys.argv[2], sys.argv[3:])"
    here = str(Path(__file__).parent)
    told = subprocess.run(
        [sys.executable, "-c", code, here, str(cwd), *command],
        env={**env, "PYTHONPATH": os.pathsep.join([here, env.get("PYTHONPATH", "")])},
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}\n{told.stdout[-2000:]}\n{told.stderr[-4000:]}")
    return Cost(*map(float, told.stdout.splitlines()[-1].split()))


def _measure(here: str, cwd: str, command: Sequence[str]) -> None:
    """Print the cost of a command; runs in a process of its own, which is charged for it alone."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    env = {**os.environ, "PYTHONPATH": os.environ["PYTHONPATH"].removeprefix(here).lstrip(":")}
    most = 0.0
    ended = threading.Event()

    def watch() -> None:
        nonlocal most
        while not ended.wait(_SAMPLE_SECONDS):
            most = max(most, sum(map(_memory, _descendants(os.getpid()))))

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.monotonic()
    process = subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.DEVNULL)
    status = process.wait()
    wall = time.monotonic() - started
    with suppress(ChildProcessError):
        while True:
            os.wait()
    ended.set()
    watcher.join()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(wall, used.ru_utime + used.ru_stime, most)
    sys.exit(status)


def _descendants(parent: int) -> set[int]:
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            above = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            children.setdefault(above, []).append(int(entry.name))
    found: set[int] = set()
    waiting = [parent]
    while waiting:
        for child in children.get(waiting.pop(), []):
            found.add(child)
            waiting.append(child)
    return found


def _memory(process: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0
