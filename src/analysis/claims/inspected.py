"""Claims about the findings on inspected cases."""

import re
from collections.abc import Callable
from fractions import Fraction

import pandas as pd

from analysis import words
from analysis.claims import common
from analysis.claims.common import (
    Check,
    Finding,
    Findings,
    NotComputableError,
    Outcome,
    Provider,
    Questions,
    Side,
    Tables,
)
from analysis.data import findings as published


def side_of_half(tables: Tables, *, provider: Provider, questions: Questions, side: Side) -> Check:
    """Whether work was sufficient in more, or in fewer, than half of cases on each question."""
    return _by_scope(_verdicts(tables, provider).reindex(common.listed(questions)), side, _all)


def most_on_a_side(tables: Tables, *, provider: Provider, side: Side) -> Check:
    """Whether work was sufficient in more, or fewer, than half of cases on most questions."""
    return _by_scope(_verdicts(tables, provider), side, _most)


def questions_on_a_side(
    tables: Tables, *, provider: Provider, outcome: Outcome, side: Side
) -> Check:
    """Whether work was sufficient in more, or fewer, than half of cases on most of an outcome."""
    found = _verdicts(tables, provider)
    return _by_scope(found[found["outcome"] == outcome], side, _most)


def repeated_in_words(tables: Tables, *, finding: Finding) -> Check:
    """A statement that repeats a finding in words: it holds by construction."""
    row = _findings(tables).loc[finding]
    if row["precision"] != "worded":
        raise NotComputableError(f"{finding} is printed as a count, which could contradict it")
    return Check(
        f"“{row['printed_phrase']}”",
        True,
        "By construction: the finding is printed in these words alone, without a count.",
    )


def not_every_case(tables: Tables, *, findings: Findings) -> Check:
    """Whether work was insufficient in some case on each finding."""
    rows = _findings(tables).loc[common.listed(findings)]
    return Check(
        words.joined(rows["counted"]),
        _all(rows["highest"] < 1, rows["lowest"] < 1),
        "So many were sufficient.",
    )


def uncounted_words(tables: Tables, *, finding: Finding) -> Check:
    """A printed count, of which the words of a statement do not say how many it takes."""
    row = _findings(tables).loc[finding]
    share = words.percents(*_counted_shares(row["polarity"], row["lowest"], row["highest"]), 1)
    return Check(
        f"{row['counted_either_way']}, or {share}",
        None,
        "The words have no bound, and one of this project's own would test nothing but itself.",
    )


def weakest_questions(
    tables: Tables, *, provider: Provider, outcome: Outcome, questions: Questions
) -> Check:
    """Whether the named questions have the lowest shares of sufficient work."""
    rows = _of_provider(tables, provider, outcome)
    named = rows["question_id"].isin(common.listed(questions))
    own, others = rows[named], rows[~named]
    if own.empty or others.empty:
        raise NotComputableError("there must be figures on some of these questions and on others")
    sure = own["highest"].max() < others["lowest"].min()
    refuted = bool((others["highest"] < own["lowest"].max()).any())
    holds = True if sure else (False if refuted else None)
    return Check(
        words.joined(own["counted"]),
        holds,
        f"The other {len(others)} questions begin at {others['lowest'].min():.0%}.",
    )


def provider_ahead(tables: Tables, *, ahead: Provider, behind: Provider) -> Check:
    """Whether a provider did better than another on most questions, and worse on none."""
    pairs = _of_provider(tables, ahead).merge(
        _of_provider(tables, behind), on="question_id", suffixes=("", "_behind")
    )
    if pairs.empty:
        raise NotComputableError("no question has a figure of both providers")
    better = pairs["lowest"] > pairs["highest_behind"]
    worse = pairs["highest"] < pairs["lowest_behind"]
    holds = _most(better, ~worse)
    return Check(
        f"{better.sum()} of {len(pairs)} questions",
        None if holds and worse.any() else holds,
        f"Better on {better.sum()}, worse on {worse.sum()}, left open by the words on "
        f"{len(pairs) - better.sum() - worse.sum()}.",
    )


def lower_share(tables: Tables, *, findings: Findings, than: Finding) -> Check:
    """Whether the share of sufficient work is lower on each finding than on another."""
    rows, other = _findings(tables).loc[common.listed(findings)], _findings(tables).loc[than]
    sure, possible = rows["highest"] < other["lowest"], rows["lowest"] < other["highest"]
    return Check(
        f"{words.joined(rows['counted'])}, against {other['counted']}",
        _all(sure, possible),
        f"Lower: {_certainty(sure, possible)}.",
    )


def whole_cases(tables: Tables, *, finding: Finding) -> Check:
    """Whether a share printed in words is a whole number of the inspected cases."""
    row = _findings(tables).loc[finding]
    found = re.fullmatch(r"eq\((\d+/\d+)\)", row["bounds_rule"])
    if found is None:
        raise NotComputableError(f"{finding} is not printed as a share: {row['bounds_rule']}")
    part = Fraction(found[1]) * int(row["relevant"])
    whole = part.denominator == 1
    return Check(
        f"{found[1]} of {row['relevant']} is {float(part):.4g}",
        True if whole else None,
        "It is a whole number of cases."
        if whole
        else "No whole number of cases: the words are rounded, or fewer cases were relevant.",
    )


def _all(sure: pd.Series, possible: pd.Series) -> bool | None:
    if sure.all():
        return True
    return None if possible.all() else False


def _most(sure: pd.Series, possible: pd.Series) -> bool | None:
    if 2 * sure.sum() > len(sure):
        return True
    return None if 2 * possible.sum() > len(possible) else False


def _certainty(sure: pd.Series, possible: pd.Series) -> str:
    if sure.all():
        return "yes" if len(sure) == 1 else "yes, on each"
    return "left open by the words" if possible.all() else "no"


def _findings(tables: Tables) -> pd.DataFrame:
    """Return the findings with a figure by finding_id, with the shares that their words admit.

    The wider reading of the words is taken, so that no verdict hangs on the narrower one.
    """
    table = tables["findings"]
    known = published.usable(published.bounded(table, "loose"))
    low, high = known["sufficient_low"], known["sufficient_high"]
    counted = known["polarity"] == "sufficient"
    relevant = known["relevant"]
    return known.assign(
        lowest=(low / relevant).astype(float),
        highest=(high / relevant).astype(float),
        counted=_out_of(low, high, relevant),
        counted_either_way=_out_of(
            low.where(counted, relevant - high), high.where(counted, relevant - low), relevant
        ),
    ).set_index("finding_id")


def _out_of(low: pd.Series, high: pd.Series, relevant: pd.Series) -> list[str]:
    return [
        f"{a} of {n}" if a == b else f"{a} to {b} of {n}"
        for a, b, n in zip(low, high, relevant, strict=True)
    ]


def _of_provider(tables: Tables, provider: str, outcome: str | None = None) -> pd.DataFrame:
    """Return the findings with a figure about a provider's cases; court reports are no cases."""
    rows = _findings(tables)
    rows = rows[(rows["provider"] == provider) & (rows["unit"] == "case")]
    if outcome is not None:
        rows = rows[rows["outcome"] == outcome]
    if rows.empty:
        raise NotComputableError(f"no finding on cases of {provider} has a figure")
    return rows


def _verdicts(tables: Tables, provider: str) -> pd.DataFrame:
    """Return processed.VERDICTS of a provider by question_id."""
    table = tables["verdicts"]
    return table[table["provider"] == provider].set_index("question_id")


def _by_scope(
    rows: pd.DataFrame, side: str, answer: Callable[[pd.Series, pd.Series], bool | None]
) -> Check:
    """Return what the verdicts in the sample, and beyond it, say of a statement about cases.

    A statement that the sample's own counts leave open cannot be checked.
    """
    inside, beyond = (rows[column] == side for column in ("in_sample", "beyond"))
    in_sample = answer(inside, inside | _open(rows["in_sample"], "not_told"))
    firm = int((beyond & (rows["strength"] == "firm")).sum())
    computed = (
        f"{words.opened(side)} than half in the sample: {inside.sum()} of {len(rows)}; beyond it: "
        f"{beyond.sum()}, firmly {firm}"
    )
    if rows.empty or in_sample is None:
        return Check(computed, None, "The counts of the sample leave it open.")
    return common.by_reading(
        computed,
        {
            "in the sample": in_sample,
            "beyond it": answer(beyond, beyond | _open(rows["beyond"], "open")),
        },
        f"Counted: {words.counted(len(rows), 'question')}.",
    )


def _open(verdicts: pd.Series, code: str) -> pd.Series:
    return (verdicts == code) | verdicts.isna()


def _counted_shares(polarity: str, lowest: float, highest: float) -> tuple[float, float]:
    """Return the lowest and highest share of what a finding counts, sufficient work or not."""
    return (lowest, highest) if polarity == "sufficient" else (1 - highest, 1 - lowest)
