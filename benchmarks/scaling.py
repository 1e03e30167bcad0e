"""The arithmetic of docs/scaling.md: what more areas would cost, from measured rates.

    .venv/bin/python benchmarks/scaling.py

Measures a batch of one area and one of several, and what lies in a report's folder; the rest is
multiplication, and is said to be so.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from measuring import Cost, cost

from batch import Way, environment, synthetic

AREAS = (37, 152, 300)  # this project's; the upper-tier authorities of England; a trial
PROCESSORS = (2, 16, 64)
SOME = 25


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


def batch(areas: Sequence[str], out: Path, env: dict[str, str]) -> Cost:
    """Return what a batch costs as a whole."""
    return cost(Way("this project", ["batch"]).of(out, areas), cwd=Path.cwd(), env=env)


if __name__ == "__main__":
    main()
