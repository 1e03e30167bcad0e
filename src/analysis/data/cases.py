"""A case extract: read strictly as text, checked whole, and put into the codes of the codebook."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd

from analysis.data import codes, processed, tables
from analysis.data.problems import BadDataError, Problem

Spellings = Mapping[str, Sequence[str]]


def read(
    path: Path,
    question_ids: Sequence[str],
    providers: Collection[str] = (),
    spellings: Spellings = codes.JUDGEMENTS,
) -> pd.DataFrame:
    """Read an extract and return it as text, one row per case, columns in the codebook's order.

    `providers` are those that may stand in it, any where none is named; `spellings` are those of each
    judgement. Raises BadDataError with every fault: unknown, missing or repeated columns, repeated or
    blank case ids, a blank or unknown provider, a provider written in two ways, an unknown spelling
    of a judgement.
    """
    text = tables.read_text(path)
    names = ["case_id", "provider", *question_ids, *codes.CASE_DETAILS]
    extract = text[[name for name in names if name in text]]
    keys = [name for name in ("case_id", "provider") if name in text]
    extract = extract.assign(**{name: extract[name].str.strip() for name in keys})
    problems = _columns(text, question_ids, path.name)
    if text.empty:
        problems.append(Problem(path.name, "has no case; at least one row is needed"))
    if "case_id" in keys:
        problems += _identities(extract, path.name)
    if "provider" in keys:
        problems += _providers(extract, providers, path.name)
    asked = [name for name in question_ids if name in text]
    problems += _spellings(extract, asked, spellings, path.name)
    if problems:
        raise BadDataError(problems)
    return extract.reset_index(drop=True)


def judgements(
    extract: pd.DataFrame, question_ids: Sequence[str], spellings: Spellings = codes.JUDGEMENTS
) -> pd.DataFrame:
    """Return the judgements of an extract in the codes of the codebook: processed.JUDGEMENT_TABLE.

    Missing (blank) stays apart from not applicable.
    """
    long = extract.melt(
        ["case_id", "provider"], list(question_ids), var_name="question_id", value_name="written"
    )
    return long.assign(judgement=_normalised(long["written"]).map(_codes(spellings)))[
        list(processed.JUDGEMENT_TABLE.columns)
    ]


def tally(judged: pd.DataFrame) -> pd.DataFrame:
    """Count the judgements of each question and provider.

    `judged` is as from `judgements`. Gives one row per question and provider, in their first
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


def normalised(written: str) -> str:
    """Return a judgement as it is compared: in lower case, surrounding and repeated spaces removed."""
    return " ".join(written.casefold().split())


def _codes(spellings: Spellings) -> dict[str, str]:
    return {normalised(spelled): code for code, own in spellings.items() for spelled in own}


def _normalised(written: pd.Series) -> pd.Series:
    return written.str.replace(r"\s+", " ", regex=True).str.strip().str.casefold()


def _columns(text: pd.DataFrame, question_ids: Sequence[str], file: str) -> list[Problem]:
    needed = ["case_id", "provider", *question_ids]
    allowed = {*needed, *codes.CASE_DETAILS}
    return [
        Problem(file, "the column is missing", row=1, column=name)
        for name in needed
        if name not in text
    ] + [
        Problem(
            file,
            "is not a column of a case extract: case_id, provider, a question_id of "
            f"questions.csv, or one of {', '.join(codes.CASE_DETAILS)}",
            row=1,
            column=name,
        )
        for name in text
        if name not in allowed
    ]


def _identities(extract: pd.DataFrame, file: str) -> list[Problem]:
    case_id = extract["case_id"]
    first = {value: row for row, value in reversed(list(case_id.items()))}
    return [
        Problem(file, "blank is not allowed", row=row, column="case_id")
        if not value
        else Problem(
            file,
            f"must be unique; row {first[value]} has it",
            row=row,
            column="case_id",
            value=value,
        )
        for row, value in case_id.items()
        if not value or first[value] != row
    ]


def _providers(extract: pd.DataFrame, known: Collection[str], file: str) -> list[Problem]:
    problems = []
    spelled: dict[str, str] = {}
    for row, value in extract["provider"].items():
        usual = spelled.setdefault(value.casefold(), value)
        if not value:
            allowed = "blank is not allowed"
        elif len(value.splitlines()) > 1:
            allowed = "must be one line"
        elif value.casefold() == codes.ALL_PROVIDERS.casefold():
            allowed = f"{codes.ALL_PROVIDERS} stands for all providers together"
        elif value != usual:
            allowed = f"is written {usual} elsewhere in the file"
        elif known and value not in known:
            allowed = f"must be one of {', '.join(known)}"
        else:
            continue
        problems.append(Problem(file, allowed, row=row, column="provider", value=value))
    return problems


def _spellings(
    extract: pd.DataFrame, question_ids: Sequence[str], spellings: Spellings, file: str
) -> list[Problem]:
    known = _codes(spellings)
    allowed = "must be Yes, No, Not applicable or blank (docs/codebook.md lists every spelling)"
    if spellings is not codes.JUDGEMENTS:
        every = (spelled or "blank" for own in spellings.values() for spelled in own)
        allowed = f"must be one of {', '.join(every)}"
    return [
        Problem(file, allowed, row=row, column=name, value=extract.loc[row, name])
        for name in question_ids
        for row, read in _normalised(extract[name]).isin(list(known)).items()
        if not read
    ]
