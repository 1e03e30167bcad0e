"""What it costs to withhold: a made-up extract of 20,000 cases over the 37 areas of areas.toml.

    .venv/bin/python benchmarks/disclosure.py [THRESHOLD ...]

44 questions, 5 providers, breakdowns of 2, 4 and 3 levels. Prints seconds of the processor, and of how many
rows of areas how many show: that what is withheld is not all is as much of a result as the time.
"""

import sys
import time

import numpy as np

from analysis import areas
from analysis.stats.disclosure import rules, tables

CASES, QUESTIONS = 20_000, 44
LEVELS = {"provider": 5, "gender": 2, "age_group": 4, "sentence_type": 3}
NOT_APPLICABLE, MISSING = 0.2, 0.02  # at most, and of every question


def main() -> None:
    """Measure and print, for each threshold."""
    known = [area.local_authorities for area in areas.load().values()]
    places = sorted({place for area in known for place in area})
    judgements = extract(len(places))
    levels = {name: [f"{name} {level}" for level in range(count)] for name, count in LEVELS.items()}
    questions = [f"question {at}" for at in range(QUESTIONS)]
    print(f"{CASES} cases, {len(known)} areas, {QUESTIONS} questions")
    print(f"{'threshold':>9} {'processor s':>11} {'rows':>7} {'small':>7} {'withheld':>8}")
    for threshold in map(int, sys.argv[1:] or ("5", "10")):
        start = time.process_time()
        found = tables.withhold(judgements, levels, questions, places, known, threshold=threshold)
        seconds = time.process_time() - start
        own = found.rows.published
        small = rules.row_withheld(found.judgements[own], threshold)
        hidden = found.withheld[own, :, 0]
        print(
            f"{threshold:>9} {seconds:>11.1f} {hidden.size:>7} {small.sum():>7} {hidden.sum():>8}"
        )


def extract(places: int) -> dict[str, np.ndarray]:
    """Return made-up counts by breakdown, with axes of places, levels, questions and judgements."""
    rng = np.random.default_rng(1)
    place = rng.integers(0, places, CASES)
    chance = rng.random((CASES, QUESTIONS))
    judged = (rng.random((CASES, QUESTIONS)) > rng.uniform(0.3, 0.9, QUESTIONS)).astype(int)
    judged[chance < rng.uniform(0, NOT_APPLICABLE, QUESTIONS)] = 2
    judged[chance > 1 - MISSING] = 3
    counts = {}
    for name, count in LEVELS.items():
        level = rng.choice(count, CASES, p=rng.dirichlet(np.full(count, 3.0)))
        counts[name] = np.zeros((places, count, QUESTIONS, 4), dtype=np.int64)
        for question in range(QUESTIONS):
            np.add.at(counts[name][:, :, question], (place, level, judged[:, question]), 1)
    return counts


if __name__ == "__main__":
    main()
