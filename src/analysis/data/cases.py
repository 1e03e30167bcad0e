"""The judgements of a case sample, counted."""

import pandas as pd

from analysis.data import codes


def tally(judged: pd.DataFrame) -> pd.DataFrame:
    """Count the judgements of each question and provider.

    `judged` is processed.JUDGEMENT_TABLE. Gives one row per question and provider, in their first
    order of appearance, with columns question_id, provider and one count per judgement code.
    """
    judgements = list(codes.JUDGEMENTS)
    cells = pd.MultiIndex.from_product(
        [judged["question_id"].unique(), judged["provider"].unique()],
        names=["question_id", "provider"],
    )
    counts = pd.DataFrame(
        {
            code: judged[judged["judgement"] == code].value_counts(["question_id", "provider"])
            for code in judgements
        },
        index=cells,
        columns=judgements,
    )
    return counts.fillna(0).astype("int64").reset_index()


def sizes(judged: pd.DataFrame) -> dict[str, int]:
    """Return the number of cases of each provider, in their order of appearance."""
    counts = judged.drop_duplicates("case_id")["provider"].value_counts(sort=False)
    return {str(provider): int(count) for provider, count in counts.items()}
