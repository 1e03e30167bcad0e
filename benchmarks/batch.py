"""What it costs to build many areas, by this project and by other ways, measured side by side.

    .venv/bin/python benchmarks/batch.py [--rounds N] [--areas N] [--sizes N,N,N]

The ways are interleaved, round by round, on the very same notebooks and pages, in a copy of this
checkout: the ways are compared on the project's own areas without an inspection; batches of several
sizes are of made-up areas (random sets of London's local authorities, called "synthetic"). Printed
are medians per area with start-up shared out: seconds on the clock and of the processors, the most
memory of all processes together, and how many times faster than a shell loop of `papermill` and
`jupyter nbconvert` each way is. Slow ways are given fewer areas. ploomber-engine is no dependency of
the project: it is installed for the run into a folder of its own, and left out where it cannot be.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import Cost, cost

from analysis import areas, project
from analysis.data import sources

HERE = Path(__file__).resolve().parent
PLOOMBER = ("ploomber-engine==0.0.33", "ploomber-core==0.2.27", "posthog==7.91.1", "backoff==2.2.1")
FEW = 2  # areas for the ways that take half a minute for each
MOST_MEMBERS = 4


@dataclass(frozen=True)
class Way:
    """A way to build areas: its name, the arguments of its command, whether it gets few areas."""

    name: str
    command: Sequence[str]
    few: bool = False

    def of(self, out: Path, areas: Sequence[str]) -> list[str]:
        """Return the command for some areas, and where it puts them."""
        if self.command[0] == "batch":
            own = ["--out", str(out), "--force", "--quiet", *self.command[1:]]
            return [sys.executable, "-m", "analysis", "batch", *areas, *own]
        return [sys.executable, str(HERE / "ways.py"), self.command[0], str(out), *areas]


LOOP, LIMIT = "shell loop of papermill and nbconvert", "limit: plain Python, 2 processes"
TWO = "this project, 2 workers"
WAYS = (
    Way(LOOP, ["shell"], few=True),
    Way("papermill and nbconvert in one process", ["papermill"], few=True),
    Way("ploomber-engine, one process, no page", ["ploomber"], few=True),
    Way("this project, 1 worker", ["batch", "--workers", "1"]),
    Way(TWO, ["batch", "--workers", "2"]),
    Way("this project, Dask LocalCluster of 2", ["dask"]),
    Way("limit: plain Python, 1 process", ["plain"]),
    Way(LIMIT, ["two_plain"]),
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--areas", type=int, default=36)
    parser.add_argument("--sizes", default="4,36,300")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")] if options.sizes else []
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch) / "checkout"
        names = synthetic(root, max(sizes, default=0))
        own = [name for name, area in areas.load().items() if area.inspection is None]
        env = environment(root, Path(scratch))
        ways = [way for way in WAYS if way.command[0] != "ploomber" or env["PLOOMBER"]]
        compare(ways, own[-options.areas :], options.rounds, Path(scratch) / "out", env)
        if sizes:
            scale(names, sizes, Path(scratch) / "out", env)


def synthetic(root: Path, count: int) -> list[str]:
    """Copy what a batch needs, and add made-up areas; gives their names."""
    for name in ("src", "notebooks", "data/raw"):
        shutil.copytree(project.ROOT / name, root / name)
    shutil.copy(project.ROOT / "requirements.lock", root)
    places = sources.load("local_authorities")["name"].tolist()
    chance = random.Random(2016)
    names, sections = [], []
    for number in range(1, count + 1):
        members = chance.sample(places, chance.randint(1, MOST_MEMBERS))
        names.append(f"synthetic-{number}")
        listed = ", ".join(f'"{name}"' for name in members)
        sections.append(
            f'[{names[-1]}]\ntitle = "synthetic area {number}"\nlocal_authorities = [{listed}]\n'
        )
    known = project.AREAS.read_text(encoding="utf-8")
    (root / "areas.toml").write_text("\n".join([known, *sections]), encoding="utf-8")
    return names


def environment(root: Path, scratch: Path) -> dict[str, str]:
    """Return the environment of every way: the copy, one thread for each process's linear algebra."""
    extra = scratch / "ploomber"
    done = subprocess.run(
        ["uv", "pip", "install", "--quiet", "--no-deps", "--target", str(extra), *PLOOMBER],
        executable=str(Path(sys.executable).parent / "uv"),
        capture_output=True,
        text=True,
        check=False,
    )
    known = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return known | {
        "PYTHONPATH": os.pathsep.join([str(root / "src"), str(extra)]),
        "OPENBLAS_NUM_THREADS": "1",
        "PLOOMBER_STATS_ENABLED": "false",
        "PLOOMBER": "" if done.returncode else "there",
    }


def compare(
    ways: Sequence[Way], names: Sequence[str], rounds: int, out: Path, env: dict[str, str]
) -> None:
    """Run the ways in turn, so often, and print what each costs for an area."""
    found: dict[str, list[Cost]] = {way.name: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            found[way.name].append(run(way, names[-FEW:] if way.few else names, out, env))
            print(".", end="", file=sys.stderr, flush=True)
    print(
        f"\nmedians of {rounds} round{'s' * (rounds > 1)}, per area; "
        f"{len(os.sched_getaffinity(0))} processors"
    )
    print(
        f"{'way':<42} {'areas':>5} {'wall s':>7} {'cpu s':>7} {'MB':>6} {'faster':>7} {'limit':>7}"
    )
    wall = {name: statistics.median(each.wall for each in costs) for name, costs in found.items()}
    for way in ways:
        costs = found[way.name]
        cpu = statistics.median(each.cpu for each in costs)
        memory = statistics.median(each.memory for each in costs)
        own = wall[way.name]
        print(
            f"{way.name:<42} {FEW if way.few else len(names):>5} {own:>7.2f} {cpu:>7.2f} "
            f"{memory:>6.0f} {wall[LOOP] / own:>6.1f}x {own / wall[LIMIT]:>6.2f}x"
        )
    print("faster: than the shell loop, on the clock; limit: times the wall of the last row")


def scale(names: Sequence[str], sizes: Sequence[int], out: Path, env: dict[str, str]) -> None:
    """Print what an area costs in batches of several sizes."""
    (way,) = [way for way in WAYS if way.name == TWO]
    started = run(way, names[:1], out, env)
    print("\nthis project, 2 workers, synthetic areas; a batch of one area:")
    print(f"{started.wall:.1f} s wall, {started.cpu:.1f} s cpu")
    print(
        f"{'areas':>5} {'wall s an area':>15} {'cpu s an area':>14} {'after the first':>16} {'MB':>6}"
    )
    for size in sizes:
        each = run(way, names[:size], out, env)
        further = ((each.cpu * size) - started.cpu) / (size - 1)
        print(
            f"{size:>5} {each.wall:>15.2f} {each.cpu:>14.2f} {further:>14.2f} s {each.memory:>6.0f}"
        )


def run(way: Way, areas: Sequence[str], out: Path, env: dict[str, str]) -> Cost:
    """Return what a way costs for an area, with its start-up shared out, and its memory as a whole."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    whole = cost(way.of(out, areas), cwd=out, env=env)
    return Cost(whole.wall / len(areas), whole.cpu / len(areas), whole.memory)


if __name__ == "__main__":
    main()
