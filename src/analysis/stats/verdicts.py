"""On which side of half a share lies, in the sample and beyond it, and how firmly that can be said."""

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from analysis.data import codes, findings, processed
from analysis.stats import estimates, proportions

_HALF = 0.5
_KEY = ["question_id", "provider"]

Changed = Mapping[tuple[str, str], pd.DataFrame]


def in_sample(shares: pd.DataFrame) -> pd.Series:
    """Return what is true of the inspected cases of each row: a code of codes.IN_SAMPLE.

    `shares` has sufficient_low and sufficient_high of relevant cases. No interval is needed: a side is
    certain where every admitted count lies on it.
    """
    low, high = 2 * shares["sufficient_low"], 2 * shares["sufficient_high"]
    relevant = shares["relevant"]
    sides = [low > relevant, high < relevant, (low == relevant) & (high == relevant)]
    return pd.Series(
        np.select([side.astype(bool) for side in sides], ["more", "fewer", "half"], "not_told"),
        shares.index,
        dtype="str",
    )


def beyond(shares: pd.DataFrame) -> pd.Series:
    """Return what can be said beyond the sample of each row: a code of codes.BEYOND.

    `shares` has the limits ci_lower and ci_upper, those of the envelope where the count is known in
    bounds. A limit at half itself leaves the verdict open.
    """
    sides = [shares["ci_lower"] > _HALF, shares["ci_upper"] < _HALF]
    return pd.Series(np.select(sides, ["more", "fewer"], "open"), shares.index, dtype="str")


def alternatives(
    tally: pd.DataFrame,
    readings: Mapping[str, pd.DataFrame],
    questions: pd.DataFrame,
    *,
    area: str,
    level: float,
    method: str,
    bounds: str,
    eligible: Mapping[str, tuple[int, int]] | None = None,
) -> dict[tuple[str, str], pd.DataFrame]:
    """Return processed.PROPORTIONS with one choice of a run changed at a time, by choice and setting.

    The choices are codes.CHOICES: every method of the interval; both readings of printed words; one and
    two relevant cases fewer where their number was not printed; and the level that allows for the
    number of verdicts (see `estimates.simultaneous`). Settings that are the run's own are among them.
    Beside them stands codes.AT_ONCE, on which differences may rest but no verdict.
    `readings` has the findings in processed.BOUNDS by reading, all of them empty where the sample is a
    real extract; words and denominators are then counted, and no choices. The other arguments are those
    of `estimates.evidence` and `estimates.proportions`, `bounds` the run's own reading.
    """

    def shares(found: pd.DataFrame, own: float = level, by: str = method) -> pd.DataFrame:
        return estimates.proportions(
            estimates.evidence(tally, found),
            questions,
            area=area,
            level=own,
            method=by,
            eligible=eligible,
        )

    found = readings[bounds]
    changed = {("method", name): shares(found, by=name) for name in proportions.METHODS}
    if not found.empty:
        changed |= {("words", name): shares(readings[name]) for name in codes.READINGS}
        changed |= {
            ("denominator", f"{fewer} fewer"): shares(findings.with_fewer(found, fewer))
            for fewer in (1, 2)
        }
        worst = findings.with_fewer(readings["loose"], 2)
        changed[codes.AT_ONCE, "loose, 2 fewer"] = shares(worst)
    number = len(estimates.of_single_providers(changed["method", method]))
    simultaneous = estimates.simultaneous(level, number)
    return changed | {("family", f"{simultaneous:.6g}"): shares(found, simultaneous)}


def verdicts(shares: pd.DataFrame, changed: Changed) -> pd.DataFrame:
    """Return processed.VERDICTS: a row for each of processed.PROPORTIONS with limits, of one provider.

    `changed` is as `alternatives` makes it. A verdict that has a side is firm where no choice turns it,
    and else rests on those that do. The narrower reading of words is no test of a wider one: under it a
    verdict that had a side keeps it.
    """
    own = estimates.of_single_providers(shares)
    said = beyond(own)
    turned = pd.DataFrame(False, index=own.index, columns=list(codes.CHOICES))
    for (choice, _), there in _beyond(own, changed):
        turned[choice] |= there != said
    sided = said != "open"
    rests = turned.apply(
        lambda row: "; ".join(row.index[row]), axis="columns", result_type="reduce"
    )
    return own.assign(
        in_sample=in_sample(own),
        beyond=said,
        strength=pd.Series(
            np.where(turned.any(axis="columns"), "leaning", "firm"), own.index
        ).where(sided),
        rests_on=rests.astype("str").where(sided & turned.any(axis="columns")),
    )[list(processed.VERDICTS.columns)]


def choices(shares: pd.DataFrame, changed: Changed) -> pd.DataFrame:
    """Return processed.VERDICT_CHOICES: how many verdicts are what under each changed choice."""
    own = estimates.of_single_providers(shares)
    said = beyond(own)
    rows = [
        {
            "area": own["area"].iloc[0],
            "choice": choice,
            "setting": setting,
            **{side: int((there == side).sum()) for side in codes.BEYOND},
            "changed": int((there != said).sum()),
        }
        for (choice, setting), there in _beyond(own, changed)
        if len(own)
    ]
    return pd.DataFrame(rows, columns=list(processed.VERDICT_CHOICES.columns))


def _beyond(own: pd.DataFrame, changed: Changed) -> Iterator[tuple[tuple[str, str], pd.Series]]:
    """Yield each changed choice with what can then be said beyond the sample of the rows of own."""
    for choice, shares in changed.items():
        if choice[0] not in codes.CHOICES:
            continue
        there = own[_KEY].merge(shares, on=_KEY, validate="one_to_one").set_axis(own.index)
        yield choice, beyond(there)
