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
from analysis.data import codes
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


def repeated(tables: Tables, *, finding: Finding) -> Check:
    """A statement that is the sentence of a finding: it holds by construction."""
    return Check(
        f"“{_findings(tables).loc[finding, 'printed_phrase']}”",
        True,
        "By construction: the statement and the finding are one sentence of the report.",
    )


def not_every_case(tables: Tables, *, findings: Findings) -> Check:
    """Whether work was insufficient in some inspected case on each finding."""
    rows = _findings(tables).loc[common.listed(findings)]
    return Check(
        _in_sample(words.joined(rows["counted"])),
        _all(rows["highest"] < 1, rows["lowest"] < 1),
        f"So many were sufficient.{_inferred(rows)}",
    )


def uncounted_words(tables: Tables, *, findings: Findings) -> Check:
    """Printed counts, of which the words of a statement do not say how many it takes."""
    rows = _findings(tables).loc[common.listed(findings)]
    shares = (
        words.percents(*_counted_shares(row.polarity, row.lowest, row.highest), 1)
        for row in rows.itertuples()
    )
    return Check(
        f"{words.joined(rows['counted_either_way'])}, or {words.joined(shares)}",
        None,
        "The words have no bound, and one of this project's own would test nothing but itself."
        f"{_inferred(rows)}",
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
        _in_sample(words.joined(own["counted"])),
        holds,
        f"The other {len(others)} questions begin at {others['lowest'].min():.0%}.{_inferred(rows)}",
    )


def provider_ahead(tables: Tables, *, ahead: Provider, behind: Provider) -> Check:
    """Whether a provider did better than another on most questions, and worse on none.

    In the sample by the counts, beyond it by the limits that hold for all differences together.
    """
    own, other = _of_provider(tables, ahead), _of_provider(tables, behind)
    pairs = own.merge(other, on="question_id", suffixes=("", "_behind"))
    if pairs.empty:
        raise NotComputableError("no question has a figure of both providers")
    better = pairs["lowest"] > pairs["highest_behind"]
    worse = pairs["highest"] < pairs["lowest_behind"]
    surely_better, surely_worse = _apart(tables["differences"], ahead, behind)
    compared = (rows[rows["question_id"].isin(pairs["question_id"])] for rows in (own, other))
    return common.by_reading(
        f"Better in the sample on {better.sum()} of {len(pairs)} questions; beyond it on "
        f"{surely_better.sum()}",
        {
            "in the sample": _better(better, worse),
            "beyond it": _better(surely_better, surely_worse),
        },
        f"Worse in the sample on {worse.sum()}, left open by the words on "
        f"{len(pairs) - better.sum() - worse.sum()}; worse beyond it on {surely_worse.sum()}, with "
        f"allowance for all comparisons.{_inferred(pd.concat(compared))}",
    )


def _apart(differences: pd.DataFrame, ahead: str, behind: str) -> tuple[pd.Series, pd.Series]:
    """Return on which questions of processed.DIFFERENCES a provider is surely better, and worse."""
    lower, upper = differences["ci_lower_simultaneous"], differences["ci_upper_simultaneous"]
    sides = differences["provider_a"], differences["provider_b"]
    straight, turned = ((sides[at] == ahead) & (sides[1 - at] == behind) for at in (0, 1))
    above, below = lower > 0, upper < 0
    better = (straight & above) | (turned & below)
    worse = (straight & below) | (turned & above)
    return better[straight | turned], worse[straight | turned]


def _better(better: pd.Series, worse: pd.Series) -> bool | None:
    """Return whether it is better on most and worse on none; not told where some are worse."""
    holds = _most(better, ~worse) if len(better) else None
    return None if holds and worse.any() else holds


def lower_share(tables: Tables, *, findings: Findings, than: Finding) -> Check:
    """Whether the share of sufficient work is lower on each finding than on another."""
    known, names = _findings(tables), common.listed(findings)
    rows, other = known.loc[names], known.loc[than]
    sure, possible = rows["highest"] < other["lowest"], rows["lowest"] < other["highest"]
    return Check(
        _in_sample(f"{words.joined(rows['counted'])}, against {other['counted']}"),
        _all(sure, possible),
        f"Lower: {_certainty(sure, possible)}.{_inferred(known.loc[[*names, than]])}",
    )


def whole_cases(tables: Tables, *, finding: Finding) -> Check:
    """Whether a share printed in words is a whole number of the inspected cases."""
    row = _findings(tables).loc[finding]
    found = re.fullmatch(r"eq\((\d+/\d+)\)", row["bounds_rule"])
    if found is None:
        raise NotComputableError(f"{finding} is not printed as a share: {row['bounds_rule']}")
    part = Fraction(found[1]) * int(row["relevant"])
    whole, printed = part.denominator == 1, not row["inferred"]
    if not whole:
        because = "No whole number of cases: the words are rounded, or fewer cases were relevant."
    elif printed:
        because = "It is a whole number of cases."
    else:
        because = "It is a whole number, but of fewer relevant cases it need not be."
    return Check(
        f"{found[1]} of {row['relevant']} is {float(part):.4g}",
        True if whole and printed else None,
        f"{because}{_inferred(_findings(tables).loc[[finding]])}",
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


def _in_sample(computed: str) -> str:
    return f"In the sample: {computed}"


def _inferred(findings: pd.DataFrame) -> str:
    """Say, after a sentence, of how many findings the denominator was not printed; nothing of none."""
    number = int(findings["inferred"].eq(True).sum())
    return f" Denominator inferred: {number} of {len(findings)}." if number else ""


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
        inferred=known["printed_denominator"].isna(),
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
    """Return processed.VERDICTS of a provider by question_id, and whether a denominator is `inferred`."""
    table, known = tables["verdicts"], _findings(tables)
    inferred = known[known["provider"] == provider].set_index("question_id")["inferred"]
    return table[table["provider"] == provider].set_index("question_id").join(inferred)


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
        f"Counted: {words.counted(len(rows), 'question')}.{_leaning(rows.loc[beyond, 'rests_on'])}"
        f"{_inferred(rows)}",
    )


def _leaning(rests_on: pd.Series) -> str:
    """Say, after a sentence, on which choices verdicts lean, and how many on each; nothing of none."""
    rests = rests_on.dropna().str.split("; ")
    counts = {choice: sum(choice in own for own in rests) for choice in codes.CHOICES}
    named = words.joined(
        f"{'number of verdicts' if choice == 'family' else choice} ({count})"
        for choice, count in counts.items()
        if count
    )
    return f" Leaning beyond it: {len(rests)}, on {named}." if len(rests) else ""


def _open(verdicts: pd.Series, code: str) -> pd.Series:
    return (verdicts == code) | verdicts.isna()


def _counted_shares(polarity: str, lowest: float, highest: float) -> tuple[float, float]:
    """Return the lowest and highest share of what a finding counts, sufficient work or not."""
    return (lowest, highest) if polarity == "sufficient" else (1 - highest, 1 - lowest)
