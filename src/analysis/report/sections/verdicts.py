"""The verdicts as the page says them: in the sample, beyond the sample, and on what they rest.

A mark and a word for each code of processed.VERDICTS, the same wherever a verdict is shown.
"""

from collections.abc import Callable
from itertools import product
from typing import Any

import pandas as pd

from analysis import words
from analysis.data import codes, processed
from analysis.report.content import Cell, Paragraph, Part, Table
from analysis.report.evidence import Report

MARKS = {
    "more": "▲",
    "fewer": "▼",
    "half": "=",
    "not_told": "?",
    "open": "○",
    "firm": "●",
    "leaning": "◐",
}
_CHOICES = {
    "method": "the method of the interval",
    "words": "the reading of words",
    "denominator": "a denominator that was not printed",
    "family": "the number of verdicts",
}


_DIFFERENCE_CHOICES = {
    **{choice: words.opened(said) for choice, said in _CHOICES.items()},
    codes.AT_ONCE: "Words and denominators at once",
}


def marked(code: str) -> str:
    """Return a code of processed.VERDICTS with its mark: `▲ more`, `◐ leaning`."""
    return f"{MARKS[code]} {code.replace('_', ' ')}"


def tallied(verdicts: pd.DataFrame, column: str) -> str:
    """Say how many rows of processed.VERDICTS say what: `▲ more on 7, ? not told on 1`.

    In the order of the codes, without those of no row; nothing but blanks is `none`.
    """
    counts = verdicts[column].value_counts()
    every = processed.VERDICTS.columns[column].codes
    return (
        ", ".join(f"{marked(code)} on {counts[code]}" for code in every if code in counts) or "none"
    )


def beyond(verdict: Any) -> str:  # noqa: ANN401 - a row of processed.VERDICTS
    """Say a verdict beyond the sample, how firm it is, and on which choices it rests."""
    if pd.isna(verdict.strength):
        return marked(verdict.beyond)
    firm = f"{marked(verdict.beyond)}, {marked(verdict.strength)}"
    if pd.isna(verdict.rests_on):
        return firm
    return f"{firm}: {verdict.rests_on.replace(';', ',').replace('family', 'number of verdicts')}"


def summary(report: Report) -> Part:
    """Return the verdicts of each provider on each outcome, counted, and how many rest on a choice.

    Nothing where there is no inspection.
    """
    if not report.inspected:
        return Part()

    def provider(row: Any) -> str:  # noqa: ANN401
        size = report.sizes.get(row.provider)
        return row.provider if size is None else f"{row.provider}, {words.cases(size)}"

    def counted(column: str) -> Callable[[Any], str]:
        def say(row: Any) -> str:  # noqa: ANN401
            own = report.verdicts(row.outcome, row.provider)
            return "no question has a figure" if own.empty else tallied(own, column)

        return say

    return Part(
        Table(
            pd.DataFrame(
                product(report.outcomes, report.providers), columns=["outcome", "provider"]
            ),
            [
                Cell("Outcome", lambda row: report.outcomes[row.outcome]),
                Cell("Provider", provider),
                Cell("In the sample", counted("in_sample")),
                Cell("Beyond the sample", counted("beyond")),
                Cell("How firm that is", counted("strength")),
            ],
            caption="Is work sufficient in more than half of cases?",
            note="In the sample: of the relevant cases that were inspected. Beyond the sample: of all "
            f"that could have been drawn, by the {report.confidence} interval; open is what cannot be "
            "told from half.",
        ),
        Paragraph(_resting(report["verdicts"])),
    )


def _resting(verdicts: pd.DataFrame) -> str:
    sided = verdicts[verdicts["strength"].notna()]
    rests = sided.loc[sided["strength"] == "leaning", "rests_on"].str.split("; ")
    have = "has" if len(sided) == 1 else "have"
    subject = f"Of {words.counted(len(sided), 'verdict')} beyond the sample that {have} a side, "
    if rests.empty:
        return f"{subject}none rests on a choice."
    named = {choice: sum(choice in own for own in rests) for choice in codes.CHOICES}
    return (
        f"{subject}{words.number(len(rests))} {'rests' if len(rests) == 1 else 'rest'} on a choice: "
        f"{words.listed(f'{_CHOICES[choice]} ({count})' for choice, count in named.items() if count)}."
    )


def choices(report: Report) -> Part:
    """Return what becomes of the verdicts with one choice changed at a time."""
    table = report["verdict_choices"]
    if table.empty:
        return Part()
    return Part(
        Table(
            table,
            [
                Cell("What is changed", lambda row: words.opened(_CHOICES[row.choice])),
                Cell("To", _setting),
                Cell("Verdicts with a side", lambda row: str(row.more + row.fewer), numeric=True),
                Cell("Open", lambda row: str(row.open), numeric=True),
                Cell("Changed verdicts", lambda row: str(row.changed), numeric=True),
            ],
            caption="Verdicts beyond the sample, with one choice changed at a time",
            folded="The verdicts with one choice changed at a time",
            note="Of fewer relevant cases a phrase admits what its rule says of that number. The last "
            "level holds for all verdicts together.",
        )
    )


def loosely(report: Report, a: str, b: str) -> str:
    """Say, after a sentence, on how many questions two providers differ when words are read loosely.

    And of fewer relevant cases as well; nothing where no words are read.
    """
    table = report["difference_choices"]
    rows = table[(table["provider_a"] == a) & (table["provider_b"] == b)]
    apart = dict(
        zip(rows["choice"] + ", " + rows["setting"], rows["lower"] + rows["higher"], strict=True)
    )
    if "words, loose" not in apart:
        return ""
    worst = apart[f"{codes.AT_ONCE}, loose, 2 fewer"]
    return (
        f" With words read loosely they differ on {words.how_many(apart['words, loose'])}; with two relevant "
        f"cases fewer as well, where their number was inferred, on {words.how_many(worst)}."
    )


def difference_choices(report: Report) -> Part:
    """Return what becomes of the differences with one choice changed at a time, and two at once."""
    table = report["difference_choices"]
    return Part(
        Table(
            rows,
            [
                Cell("What is changed", lambda row: _DIFFERENCE_CHOICES[row.choice]),
                Cell("To", _setting),
                Cell(f"Lower for {a}", lambda row: str(row.lower), numeric=True),
                Cell(f"Higher for {a}", lambda row: str(row.higher), numeric=True),
                Cell("Open", lambda row: str(row.open), numeric=True),
                Cell("Changed", lambda row: str(row.changed), numeric=True),
            ],
            caption=f"{a} less {b}: on how many questions they differ beyond the sample, with other choices",
        )
        for (a, b), rows in table.groupby(["provider_a", "provider_b"], sort=False)
    )


def _setting(row: Any) -> str:  # noqa: ANN401 - a row of processed.VERDICT_CHOICES
    if row.choice == "family":
        return f"{100 * float(row.setting):.4g}%"
    return str(row.setting).replace("_", " ")
