"""A case sample that agrees with every published margin, and says that it is no more than that.

No case-level row of the inspection was ever published. For each question and provider the
relevant cases are drawn at random, the sufficient count from its bounds, and which relevant cases
are sufficient by conditional Bernoulli sampling with odds exp(coherence * quality). With
coherence 0 the choice has maximum entropy: that is the shipped sample. Other values of coherence
are the sensitivity study for any statement about cases as wholes.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

import numpy as np
import pandas as pd

from analysis.data import findings, processed
from analysis.data.problems import BadDataError, Problem

SEED = 20161201
COHERENCES = (0.0, 0.5, 1.0, 2.0)
DRAWS = 100
PREFIX = "reconstructed"
_Margin = tuple[int, int, int]  # relevant cases, and the fewest and most that are sufficient
_WRITTEN = {True: "Yes", False: "No"}


def conditional_bernoulli(odds: np.ndarray, successes: int, rng: np.random.Generator) -> np.ndarray:
    """Draw independent Bernoulli trials given their sum.

    `odds` are the positive odds of each of n trials, `successes` the sum; gives n booleans of
    which exactly `successes` are true. The trials are drawn one by one with the conditional
    probability from the elementary symmetric functions of the odds (Chen, Dempster and Liu 1994,
    Biometrika 81, 457-469, procedure 2).
    """
    n = len(odds)
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes among {n} trials")
    # ways[i, k]: summed odds products of k successes among trials i, i+1, ..., n-1
    ways = np.zeros((n + 1, successes + 1))
    ways[:, 0] = 1.0
    for i in range(n - 1, -1, -1):
        ways[i, 1:] = ways[i + 1, 1:] + odds[i] * ways[i + 1, :-1]
    drawn = np.zeros(n, dtype=bool)
    left = successes
    for i in range(n):
        if left and rng.random() < odds[i] * ways[i + 1, left - 1] / ways[i, left]:
            drawn[i] = True
            left -= 1
    return drawn


def sample(
    bounds: pd.DataFrame,
    question_ids: list[str],
    sizes: Mapping[str, int],
    *,
    coherence: float = 0.0,
    seed: int = SEED,
) -> pd.DataFrame:
    """Return a case extract, one row per case, that meets every margin of `bounds`.

    `bounds` has a row per question and provider with `relevant`, `sufficient_low` and
    `sufficient_high` counts of cases; `sizes` gives the number of cases of each provider. Cells
    are Yes, No, Not applicable, and blank where nothing countable was published.
    """
    rng = np.random.default_rng(seed)
    tables = []
    for provider, size in sizes.items():
        answers = pd.DataFrame("", index=range(size), columns=question_ids, dtype="str")
        own = bounds[bounds["provider"] == provider]
        drawn = _draw(_margins(own), size, coherence, rng)
        for question_id, (relevant, sufficient) in zip(own["question_id"], drawn, strict=True):
            answers[question_id] = "Not applicable"
            answers.loc[relevant, question_id] = [_WRITTEN[bool(s)] for s in sufficient]
        answers.insert(0, "case_id", [f"{PREFIX}-{provider}-{i:02d}" for i in range(1, size + 1)])
        answers.insert(1, "provider", provider)
        tables.append(answers)
    return pd.concat(tables, ignore_index=True)


def _margins(bounds: pd.DataFrame) -> tuple[_Margin, ...]:
    # Plain numbers, so that they can be looked up.
    columns = (bounds[name] for name in ("relevant", "sufficient_low", "sufficient_high"))
    return tuple((int(n), int(low), int(high)) for n, low, high in zip(*columns, strict=True))


def _draw(
    margins: Iterable[_Margin], size: int, coherence: float, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Draw for each margin which cases are relevant, and which of those are sufficient."""
    quality = rng.standard_normal(size)
    for number, low, high in margins:
        relevant = np.sort(rng.permutation(size)[:number])
        count = int(rng.integers(low, high + 1))
        yield relevant, conditional_bernoulli(np.exp(coherence * quality[relevant]), count, rng)


def to_csv(extract: pd.DataFrame) -> str:
    """Return the text of the shipped file: the same bytes for the same sample."""
    return extract.to_csv(index=False, lineterminator="\n")


def shipped(
    published: pd.DataFrame, context: pd.DataFrame, question_ids: list[str]
) -> pd.DataFrame:
    """Return the shipped sample from the raw tables of findings and of context facts.

    The tight reading lies within the loose one, so one sample serves both. The size of each
    provider's part is the printed one; BadDataError names each that context.csv lacks.
    """
    bounds = findings.of_cases(findings.bounded(published, "tight"))
    facts = context[context["subject"] == "Inspection"].set_index("measure")["value"]
    measures = {provider: f"{provider} cases" for provider in bounds["provider"].unique()}
    if unknown := [name for name in measures.values() if name not in facts]:
        allowed = "is needed among the measures of the subject Inspection"
        raise BadDataError(
            Problem("context.csv", allowed, column="measure", value=name) for name in unknown
        )
    sizes = {provider: int(facts[name]) for provider, name in measures.items()}
    return sample(bounds, question_ids, sizes)


def disagreements(tally: pd.DataFrame, bounds: pd.DataFrame, file: str) -> Iterator[Problem]:
    """Yield each finding that the sample contradicts.

    `tally` is as from data.cases.tally, `bounds` the findings in processed.BOUNDS.
    """
    published = findings.of_cases(bounds)
    cells = pd.MultiIndex.from_frame(published[["question_id", "provider"]])
    counts = tally.set_index(cells.names).reindex(cells, fill_value=0)
    for finding, cell in zip(published.itertuples(), counts.itertuples(), strict=True):
        relevant = cell.sufficient + cell.insufficient
        low, high = finding.sufficient_low, finding.sufficient_high
        if relevant != finding.relevant or not low <= cell.sufficient <= high:
            allowed = f"{low}" if low == high else f"{low} to {high}"
            yield Problem(
                file,
                f"{finding.provider} must have {allowed} sufficient of "
                f"{finding.relevant} relevant cases ({finding.finding_id}: "
                f"{finding.printed_phrase})",
                column=finding.question_id,
                value=f"{cell.sufficient} of {relevant}",
            )


def joint_sensitivity(bounds: pd.DataFrame, sizes: Mapping[str, int], *, area: str) -> pd.DataFrame:
    """Show how little the margins say about two questions together.

    For the largest provider and its two printed counts with the largest denominators: the mean
    number of cases sufficient on both over DRAWS samples for each coherence, beside the bounds that
    the margins alone give (Frechet 1951). `bounds` and `sizes` as for `sample`. Gives
    processed.JOINT_SENSITIVITY; no row where there are no two such counts.
    """
    columns = list(processed.JOINT_SENSITIVITY.columns)
    if not sizes:
        return pd.DataFrame(columns=columns)
    provider = max(sizes, key=lambda name: sizes[name])
    printed = bounds[(bounds["provider"] == provider) & (bounds["precision"] == "exact")]
    pair = printed.sort_values("relevant", ascending=False, kind="stable").head(2)
    if len(pair) < 2:
        return pd.DataFrame(columns=columns)
    first, second = pair["question_id"]
    margins, size = _margins(pair), sizes[provider]
    rows = [
        {"coherence": coherence, "mean_both": _mean_both(margins, size, coherence)}
        for coherence in COHERENCES
    ]
    return pd.DataFrame(rows).assign(
        area=area,
        provider=provider,
        question_a=first,
        question_b=second,
        draws=DRAWS,
        lowest_possible=max(0, int(pair["sufficient_low"].sum()) - sizes[provider]),
        highest_possible=int(pair["sufficient_high"].min()),
    )[columns]


@lru_cache(maxsize=64)
def _mean_both(margins: tuple[_Margin, ...], size: int, coherence: float) -> float:
    """Return the mean number of cases sufficient on both margins, over DRAWS samples."""
    both = []
    for draw in range(DRAWS):
        drawn = _draw(margins, size, coherence, np.random.default_rng(SEED + draw))
        first, second = (relevant[sufficient] for relevant, sufficient in drawn)
        both.append(len(np.intersect1d(first, second, assume_unique=True)))
    return float(np.mean(both))
