"""What it costs to read a case extract, by this project and by bare libraries, side by side.

    .venv/bin/python benchmarks/cases.py [--rounds N] [--sizes N,N,N]

The extract is made up: 44 questions, 5 providers, 50 boroughs, two details. This project reads, checks and
counts all of it, by provider, detail and borough, with the moments that pooled shares need. The others
read every field as text, check nothing and count one question by provider. They are run in turn, round by
round, each in a process of its own; seconds are of processors, imports left out; medians are printed, and
how many times the seconds of bare pandas each way takes. polars and duckdb are no dependencies of the
project, and are left out where they are not installed.
"""

import argparse
import importlib.util
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.data.extracts import reading

QUESTIONS = [f"question_{number:02}" for number in range(44)]
OUTCOMES = {"first": QUESTIONS[:20], "second": QUESTIONS[20:]}
WRITTEN = np.array(["Yes", "No", "Not applicable", ""], dtype=object)
SHARES = (0.55, 0.3, 0.1, 0.05)
DETAILS = {"sentence_type": ["Licence", "Community order"], "gender": ["Female", "Male"]}
PIECE = 100_000


def ours(path: Path) -> None:
    expected = reading.Expected(QUESTIONS, OUTCOMES, details=list(DETAILS))
    reading.read(path, expected)


def bare_pandas(path: Path) -> None:
    table = pd.read_csv(path, dtype=str)
    table.groupby(["provider", QUESTIONS[0]]).size()


def bare_polars(path: Path) -> None:
    import polars  # noqa: PLC0415

    table = polars.read_csv(path, infer_schema=False)
    table.group_by("provider", QUESTIONS[0]).len()


def bare_duckdb(path: Path) -> None:
    import duckdb  # noqa: PLC0415

    with duckdb.connect() as database:
        database.execute("create table cases as from read_csv(?, all_varchar = true)", [str(path)])
        database.execute(f"select provider, {QUESTIONS[0]}, count(*) from cases group by all")


WAYS: dict[str, Callable[[Path], None]] = {
    "analysis": ours,
    "pandas": bare_pandas,
    "polars": bare_polars,
    "duckdb": bare_duckdb,
}
BARE = "pandas"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(seconds(options.one[0], Path(options.one[1])))
        return
    print(f"medians of {options.rounds} rounds; {len(os.sched_getaffinity(0))} processors")
    print(f"{'cases':>9} {'MB':>5}  {'way':<9} {'cpu s':>7} {'peak MiB':>9} {'of pandas':>10}")
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "cases.csv"
        for size in map(int, options.sizes.split(",")):
            make(path, size)
            compare(path, size, options.rounds)


def make(path: Path, size: int) -> None:
    """Write a made-up extract."""
    chance = np.random.default_rng(2016)
    with path.open("w", encoding="utf-8") as file:
        print("case_id", "provider", *QUESTIONS, *DETAILS, "borough", sep=",", file=file)
        for first in range(0, size, PIECE):
            count = min(PIECE, size - first)
            judged = WRITTEN[chance.choice(4, size=(count, len(QUESTIONS)), p=SHARES)]
            levels = [chance.choice(known, count) for known in DETAILS.values()]
            provider, borough = chance.integers(5, size=count), chance.integers(50, size=count)
            rows = zip(provider, judged, zip(*levels, strict=True), borough, strict=True)
            file.writelines(
                f"case-{first + at:09},Provider {one},{','.join(answers)},{','.join(own)},Borough {place}\n"
                for at, (one, answers, own, place) in enumerate(rows)
            )


def compare(path: Path, size: int, rounds: int) -> None:
    """Run the ways that are installed in turn, and print what each costs."""
    ways = [name for name in WAYS if importlib.util.find_spec(name)]
    runs = [(name, *run(name, path)) for _ in range(rounds) for name in ways]
    cpu = {name: statistics.median(used for way, used, _ in runs if way == name) for name in ways}
    for name in ways:
        peak = statistics.median(most for way, _, most in runs if way == name)
        print(
            f"{size:>9,} {path.stat().st_size / 1e6:>5.0f}  {name:<9} {cpu[name]:>7.2f} {peak:>9.0f} "
            f"{cpu[name] / cpu[BARE]:>9.2f}x"
        )


def run(way: str, path: Path) -> tuple[float, float]:
    """Return the seconds of processors and the most MiB of a way, in a process of its own."""
    command = [sys.executable, __file__, "--one", way, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        told = process.communicate()[0]
    used, most = told.split()
    return float(used), float(most)


def seconds(way: str, path: Path) -> str:
    """Return the seconds of all threads that a way takes, and the most MiB of this process."""
    importlib.import_module(way)
    before = time.process_time()
    WAYS[way](path)
    used = time.process_time() - before
    return f"{used} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}"


if __name__ == "__main__":
    main()
