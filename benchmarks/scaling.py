"""The arithmetic of docs/scaling.md: what more areas and more cases would cost, from measured rates.

    .venv/bin/python benchmarks/scaling.py

Measures a batch of one area and one of several, what lies in a report's folder, and the counting of
made-up case extracts of several sizes; the rest is multiplication, and is said to be so.
"""

import os
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from measuring import Cost, cost

from analysis.data import cases, codes, inspection
from batch import Way, environment, synthetic

AREAS = (37, 152, 300)  # this project's; the upper-tier authorities of England; a trial
PROCESSORS = (2, 16, 64)
SOME = 25
EXTRACTS = (1_000, 4_000, 16_000)
INSPECTION = "north-of-london-2016"
CASELOAD = "C002"  # of its context.csv: people under supervision, England and Wales


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as scratch:
        root, out = Path(scratch) / "checkout", Path(scratch) / "out"
        names = synthetic(root, SOME)
        env = environment(root, Path(scratch))
        first, some = (batch(names[:count], out, env) for count in (1, SOME))
        reports = sum(path.stat().st_size for path in out.glob("reports/synthetic-*/**/*"))
    each = (some.cpu - first.cpu) / (SOME - 1)
    print(f"measured, {len(os.sched_getaffinity(0))} processors, synthetic areas:")
    print(f"a batch of 1: {first.wall:.1f} s, {first.cpu:.1f} s of processors")
    print(f"a batch of {SOME}: {some.wall:.1f} s, {some.cpu:.1f} s of processors")
    print(f"so each area after the first: {each:.2f} s of processors")
    print(f"a report's folder: {reports / SOME / 1e6:.2f} MB")
    print("\nby multiplication, start-up included, all processors kept busy:")
    print(
        f"{'areas':>6} {'processor s':>12} {'MB':>6}  seconds on " + ", ".join(map(str, PROCESSORS))
    )
    for count in AREAS:
        cpu = first.cpu + each * (count - 1)
        walls = [f"{first.wall + each * (count - 1) / many:.0f}" for many in PROCESSORS]
        print(f"{count:>6} {cpu:>12.0f} {count * reports / SOME / 1e6:>6.0f}  {', '.join(walls)}")
    extracts()


def batch(areas: Sequence[str], out: Path, env: dict[str, str]) -> Cost:
    """Return what a batch costs as a whole."""
    return cost(Way("this project", ["batch"]).of(out, areas), cwd=Path.cwd(), env=env)


def extracts() -> None:
    """Count made-up extracts and print what the caseload of England and Wales would cost."""
    found = inspection.load(INSPECTION)
    questions = found.question_ids
    caseload = int(found.context.set_index("fact_id").loc[CASELOAD, "value"])
    print(f"\ncounting case extracts of {len(questions)} questions, made up:")
    print(f"{'cases':>8} {'seconds':>8} {'MB':>7}")
    for count in EXTRACTS:
        seconds, megabytes = counted(count, questions)
        print(f"{count:>8,} {seconds:>8.2f} {megabytes:>7.0f}")
    more = caseload / count
    print(
        f"by multiplication, all {caseload:,} people under supervision (fact {CASELOAD}): "
        f"{seconds * more:.0f} s, {megabytes * more / 1000:.1f} GB"
    )


def counted(count: int, questions: Sequence[str]) -> tuple[float, float]:
    """Return seconds and the most megabytes of reading judgements out of an extract and counting them."""
    chance = np.random.default_rng(2016)
    spellings = [spelling for known in codes.JUDGEMENTS.values() for spelling in known]
    drawn = chance.choice(spellings, size=(count, len(questions)))
    extract = pd.DataFrame(drawn, columns=list(questions), dtype="str")
    extract.insert(0, "case_id", [f"case-{number}" for number in range(count)])
    extract.insert(1, "provider", chance.choice(["one", "other"], size=count))
    started = time.perf_counter()
    cases.tally(cases.judgements(extract, questions))
    seconds = time.perf_counter() - started
    tracemalloc.start()  # which costs time of its own
    cases.tally(cases.judgements(extract, questions))
    most = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return seconds, most


if __name__ == "__main__":
    main()
