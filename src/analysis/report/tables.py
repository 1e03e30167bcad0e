"""The tables of the page: processed tables put into words, a row for a row."""

from collections.abc import Iterable, Mapping

import pandas as pd

from analysis import words
from analysis.data import codes
from analysis.data.sources import Sources

ESTIMATORS = {
    "quasi_binomial": "quasi-binomial",
    "beta_binomial": "beta-binomial",
    "binomial": "plain binomial",
    "ols_logit": "least squares",
}
TERMS = {
    "intercept": "intercept",
    "deprivation": "deprivation score",
    "deprivation_rank_reversed": "deprivation rank, reversed",
    "crime": "crime domain score",
    "inner_london": "inner London",
}


# Half is where a reader's judgement turns: sufficient in most cases, or in fewer than half.
_HALF = 0.5


def by_side(answers: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Split rows of processed.PROPORTIONS by the side of half that their limits lie on.

    `above` and `below` hold the rows whose whole interval does; `open` those that take in half.
    """
    above, below = answers["ci_lower"] > _HALF, answers["ci_upper"] < _HALF
    return {"above": answers[above], "below": answers[below], "open": answers[~above & ~below]}


def sides(proportions: pd.DataFrame, providers: Iterable[str]) -> pd.DataFrame:
    """Say for each outcome and provider on how many questions most cases are sufficient.

    Gives a row per outcome, with a column per provider.
    """
    answers = proportions[proportions["ci_lower"].notna()]
    return pd.DataFrame(
        [
            {"outcome": words.label(outcome)}
            | {
                provider: said_sides(
                    answers[(answers["outcome"] == outcome) & (answers["provider"] == provider)]
                )
                for provider in providers
            }
            for outcome in proportions["outcome"].unique()
        ]
    )


def said_sides(answers: pd.DataFrame, noun: str = "question") -> str:
    """Say on how many answers most cases are sufficient; `noun` is what one answer is called."""
    if answers.empty:
        return f"no {noun} has a figure"
    counts = {side: len(rows) for side, rows in by_side(answers).items()}
    return (
        f"yes on {counts['above']}, no on {counts['below']}, open on {counts['open']} "
        f"of {len(answers)} {noun if len(answers) == 1 else noun + 's'}"
    )


def wording(finding: pd.Series) -> str:
    """Say how the source states a finding: as a count, or in its words and what they speak of."""
    inferred = "" if pd.notna(finding["printed_denominator"]) else "; denominator inferred"
    if finding["precision"] == "exact":
        return f"printed as a count{inferred}"
    of = "" if finding["polarity"] == "sufficient" else " (of work that was not sufficient)"
    return f"“{finding['printed_phrase']}”{of}{inferred}"


def estimates(
    proportions: pd.DataFrame, questions: Mapping[str, str], findings: pd.DataFrame
) -> pd.DataFrame:
    """Give the rows of processed.PROPORTIONS that have limits, as the page shows them."""
    stated = {
        (finding["question_id"], finding["provider"]): wording(finding)
        for _, finding in findings.iterrows()
    }
    rows = []
    for row in proportions[proportions["ci_lower"].notna()].itertuples():
        together = row.provider == codes.ALL_PROVIDERS
        low, high = row.sufficient_low / row.relevant, row.sufficient_high / row.relevant
        rows.append(
            {
                "question": questions[row.question_id],
                "provider": "All" if together else row.provider,
                "sufficient": words.out_of(row.sufficient_low, row.sufficient_high, row.relevant),
                "share": words.percents(low, high),
                "interval": words.percents(row.ci_lower, row.ci_upper),
                "stated": "sum of the providers"
                if together
                else stated.get((row.question_id, row.provider), "counted"),
            }
        )
    return pd.DataFrame(rows)


def without_estimate(
    proportions: pd.DataFrame, questions: Mapping[str, str], findings: pd.DataFrame
) -> pd.DataFrame:
    """Give what was found but admits no proportion, with the reason."""
    outcome = set(proportions["question_id"])
    stated = findings[findings["question_id"].isin(outcome) & findings["sufficient_low"].isna()]
    rows = [
        {
            "question": questions[finding.question_id],
            "provider": finding.provider,
            "phrase": f"“{finding.printed_phrase}”",
            "reason": finding.relevant_basis
            if finding.precision == "exact"
            else f"{finding.relevant_basis}; the words admit no bounds",
            "line": str(finding.report_line),
        }
        for finding in stated.itertuples()
    ]
    none_relevant = proportions[(proportions["relevant"] == 0).fillna(False)]
    rows += [
        {
            "question": questions[row.question_id],
            "provider": row.provider,
            "phrase": "no words: counted",
            "reason": "no case was relevant",
            "line": "none",
        }
        for row in none_relevant.itertuples()
    ]
    return pd.DataFrame(rows)


def notes(
    proportions: pd.DataFrame, questions: Mapping[str, str], findings: pd.DataFrame
) -> pd.DataFrame:
    """Give what a reader must know of single findings."""
    noted = findings[
        findings["question_id"].isin(set(proportions["question_id"])) & findings["note"].notna()
    ]
    return pd.DataFrame(
        [
            {
                "question": questions[finding.question_id],
                "provider": finding.provider,
                "note": finding.note,
                "line": str(finding.report_line),
            }
            for finding in noted.itertuples()
        ]
    )


def differences(
    table: pd.DataFrame, questions: Mapping[str, str], proportions: pd.DataFrame, mid_p: pd.Series
) -> pd.DataFrame:
    """Give processed.DIFFERENCES as the page shows it."""
    bounds = {
        (row.question_id, row.provider): words.out_of(
            row.sufficient_low, row.sufficient_high, row.relevant
        )
        for row in proportions[proportions["ci_lower"].notna()].itertuples()
    }
    untested = "not tested: words"
    return pd.DataFrame(
        [
            {
                "question": questions[row.question_id],
                "a": f"{row.provider_a}: {bounds[row.question_id, row.provider_a]}",
                "b": f"{row.provider_b}: {bounds[row.question_id, row.provider_b]}",
                "difference": words.points(row.difference)
                if row.precision == "exact"
                else "known in bounds only",
                "interval": f"{words.points(row.ci_lower)} to {words.points(row.ci_upper)}",
                "fisher": words.p_value(row.p_value) if row.precision == "exact" else untested,
                "mid_p": words.p_value(half) if row.precision == "exact" else untested,
                "holm": words.p_value(row.p_adjusted) if row.precision == "exact" else untested,
            }
            for row, half in zip(table.itertuples(), mid_p, strict=True)
        ]
    )


def boroughs(by_borough: pd.DataFrame, context: pd.DataFrame) -> pd.DataFrame:
    """Give processed.REOFFENDING_BOROUGHS with the deprivation of processed.BOROUGHS."""
    merged = by_borough.merge(
        context[["gss_code", "inner_or_outer", "deprivation_score", "deprivation_rank"]],
        on="gss_code",
        validate="one_to_one",
    )
    return pd.DataFrame(
        [
            {
                "name": row.name,
                "part": row.inner_or_outer,
                "counts": f"{row.reoffenders:,} of {row.offenders:,}",
                "rate": words.percent(row.rate, 1),
                "interval": words.percents(row.ci_lower, row.ci_upper, 1),
                "fitted": words.percent(row.fitted, 1),
                "score": words.decimal(row.deprivation_score, 1),
                "rank": str(row.deprivation_rank),
            }
            for row in merged.itertuples(index=False)
        ]
    )


def influence(by_borough: pd.DataFrame) -> pd.DataFrame:
    """Give the diagnostics of processed.REOFFENDING_BOROUGHS as the page shows them."""
    return pd.DataFrame(
        [
            {
                "name": row.name,
                "offenders": f"{row.offenders:,}",
                "residual": words.decimal(row.pearson_residual),
                "leverage": words.decimal(row.leverage),
                "cook": words.decimal(row.cooks_distance),
                "slope": words.decimal(row.slope_without, 3),
            }
            for row in by_borough.itertuples(index=False)
        ]
    )


def terms(models: pd.DataFrame, first: Mapping[str, str], column: str) -> pd.DataFrame:
    """Give rows of a model table, headed by the words for the codes in `column`."""
    return pd.DataFrame(
        [
            {
                "model": first[getattr(row, column)],
                "boroughs": str(row.boroughs),
                "term": TERMS[row.term],
                "estimate": words.decimal(row.estimate, 3),
                "std_error": words.decimal(row.std_error, 3),
                "interval": f"{words.decimal(row.ci_lower, 3)} to {words.decimal(row.ci_upper, 3)}",
                "df": "normal" if row.df == float("inf") else words.decimal(row.df, 0),
                "dispersion": words.UNKNOWN
                if pd.isna(row.dispersion)
                else words.decimal(row.dispersion),
            }
            for row in models.itertuples()
        ]
    )


def publications(recorded: Sources) -> pd.DataFrame:
    """Give the publications that figures were taken from."""
    return pd.DataFrame(
        [
            {"title": s.title, "publisher": s.publisher, "date": s.date, "licence": s.licence}
            for s in recorded.sources.values()
        ]
    )


def raw_files(recorded: Sources) -> pd.DataFrame:
    """Give the raw files with their publishers, periods and what must be known of them."""
    return pd.DataFrame(
        [
            {
                "file": file,
                "publishers": words.listed(dict.fromkeys(s.publisher for s in recorded.of(file))),
                "period": raw.period,
                "note": raw.note,
            }
            for file, raw in recorded.files.items()
        ]
    )
