"""The part of the page about the inspected cases, told from the processed tables.

Each public function displays one part; the notebook `4_report` puts them in order.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis import words
from analysis.data import codes
from analysis.report import html, tables
from analysis.report.drawing import forest, palette
from analysis.report.drawing.forest import Bar
from analysis.report.evidence import Report, opens
from analysis.stats import estimates


@html.part
def how_to_read(report: Report) -> None:
    """Display how exact figures and figures from words are told apart."""
    if not report.sizes:
        return
    rows = report.answers()
    own = rows[rows["provider"] != codes.ALL_PROVIDERS]
    html.bullets(
        [
            html.phrase(
                "A line with a dot is a printed count ({exact} of {total} figures). The dot is "
                "the share of sufficient work; the line is its {confidence} interval.",
                exact=int((own["precision"] == "exact").sum()),
                total=len(own),
                confidence=report.confidence,
            ),
            html.phrase(
                "A pale band without a dot comes from words ({worded} of {total} figures). It "
                "spans the intervals of every count that the words admit, and no point in it "
                "is more likely than another.",
                worded=int((own["precision"] == "worded").sum()),
                total=len(own),
            ),
            html.phrase(
                "Where the interval lies wholly on one side of half, the evidence says on which side "
                "the truth lies; where it takes in half, it does not."
            ),
            html.phrase(
                "The denominator of a question is its relevant cases, not the whole sample. Where "
                "it was not printed it is inferred, and the tables say so."
            ),
            html.phrase(
                "The inspectorate matched its sample on gender, ethnicity, sentence and office, and "
                "says that it “may not have been fully representative”. An interval allows for the "
                "chance of the draw, not for that."
            ),
        ]
    )


@html.part
def outcome(report: Report, code: str) -> None:
    """Display the findings of one outcome: sentences, figure, numbers, and what has no figure."""
    label = words.label(code)
    if not opens(report, label):
        return
    every = report["proportions"][report["proportions"]["outcome"] == code]
    rows = report.answers(code)
    own = rows[rows["provider"] != codes.ALL_PROVIDERS]
    for provider in report.sizes:
        _say_sides(report, provider, report.answers(code, provider))
    _say_court_reports(report, code)
    if not own.empty:
        bars = [_share_bar(report, row) for row in own.itertuples()]
        html.figure(
            forest.shares(bars),
            alt=f"{label}. " + " ".join(_spoken(bar) for bar in bars),
            caption=f"{label}: share of relevant cases with sufficient work, by question and "
            f"provider, with {report.confidence} intervals. A band without a dot comes from words.",
        )
        html.data_table(
            tables.estimates(rows, report.wording, report["findings"]),
            summary=f"The {len(rows)} figures behind this chart, and those for all providers together",
            caption=f"{label}: sufficient work by question and provider",
            headers={
                "question": "Question",
                "provider": "Provider",
                "sufficient": "Sufficient of relevant cases",
                "share": "Share",
                "interval": f"{report.confidence} interval",
                "stated": "How the source states it",
            },
            numeric=["sufficient", "share", "interval"],
        )
    _fold(
        tables.without_estimate(every, report.wording, report["findings"]),
        f"{label}: findings that give no proportion",
        {
            "question": "Question",
            "provider": "Provider",
            "phrase": "Printed phrase",
            "reason": "Why there is no proportion",
            "line": "Line of the report",
        },
    )
    _fold(
        tables.notes(every, report.wording, report["findings"]),
        f"{label}: notes on single findings",
        {
            "question": "Question",
            "provider": "Provider",
            "note": "Note",
            "line": "Line of the report",
        },
    )


def _fold(frame: pd.DataFrame, caption: str, headers: Mapping[str, str]) -> None:
    if not frame.empty:
        html.data_table(
            frame,
            summary=f"{caption.partition(': ')[2].capitalize()} ({len(frame)})",
            caption=caption,
            headers=headers,
            numeric=["line"],
        )


def _say_sides(report: Report, provider: str, rows: pd.DataFrame) -> None:
    sides = tables.by_side(rows)
    html.paragraph(
        "<strong>{provider}</strong>, {questions} with a figure. Sufficient in more than half of "
        "cases: {above}. Sufficient in fewer than half: {below}. Too close to half to call: {open}.",
        provider=report.area.providers.get(provider, provider),
        questions=words.counted(len(rows), "question"),
        above=_named(report, sides["above"]),
        below=_named(report, sides["below"]),
        open="none" if sides["open"].empty else words.counted(len(sides["open"]), "question"),
    )


def _say_court_reports(report: Report, code: str) -> None:
    findings = report["findings"]
    written = findings[(findings["outcome"] == code) & (findings["unit"] == "court_report")]
    if not written.empty:
        html.paragraph(
            "{questions} about court reports: there the denominator is reports, which are not among "
            "the inspected cases.",
            cls="note",
            questions=words.counted(len(written), "question is", "questions are").capitalize(),
        )


def _named(report: Report, rows: pd.DataFrame) -> str:
    names = [report.wording[question_id] for question_id in rows["question_id"]]
    return "; ".join(f"“{name}”" for name in names) or "none"


def _share_bar(report: Report, row: Any) -> Bar:  # noqa: ANN401 - a row of processed.PROPORTIONS
    return Bar(
        group=report.wording[row.question_id],
        label=row.provider,
        lower=row.ci_lower,
        upper=row.ci_upper,
        point=row.proportion if row.precision == "exact" else None,
        note=words.out_of(row.sufficient_low, row.sufficient_high, row.relevant),
        colour=palette.KINDS[list(report.sizes).index(row.provider) % len(palette.KINDS)],
    )


def _spoken(bar: Bar) -> str:
    kind = "" if bar.point is not None else ", from words"
    return (
        f"{bar.group}, {bar.label}: {bar.note}{kind}, interval "
        f"{words.percents(bar.lower, bar.upper)}."
    )


@html.part
def differences(report: Report) -> None:
    """Display where two providers differ."""
    if not opens(report, "Where the providers differ"):
        return
    table = report["differences"]
    if table.empty:
        html.paragraph("No question has a figure for two providers, so none can be compared.")
        return
    exact = table[table["precision"] == "exact"]
    settled = exact[exact["p_adjusted"] < 1 - report.level]
    for line in difference_lines(report):
        html.paragraph("{line}", line=line)
    html.paragraph(
        "Counts for both are printed on {exact}; on {settled} of them the difference holds up "
        "when allowance is made for testing {tested} at once (Fisher’s exact test, adjusted by "
        "Holm’s method).",
        exact=words.counted(len(exact), "question"),
        settled=_none(words.number(len(settled))),
        tested=words.counted(len(exact), "question"),
    )
    html.paragraph(
        "The providers supervise different kinds of cases, so a difference does not say which of "
        "them would have done better with the same cases.",
        cls="note",
    )
    bars = [
        Bar(
            group=report.wording[row.question_id],
            label=f"{row.provider_a} − {row.provider_b}",
            lower=row.ci_lower,
            upper=row.ci_upper,
            point=row.difference if row.precision == "exact" else None,
            note=f"{words.points(row.difference)} points"
            if row.precision == "exact"
            else "from words",
        )
        for row in table.itertuples()
    ]
    html.figure(
        forest.point_differences(bars),
        alt="Differences between providers. "
        + " ".join(
            f"{bar.group}: {bar.note}, interval {words.points(bar.lower)} to "
            f"{words.points(bar.upper)} points."
            for bar in bars
        ),
        caption="Difference in the share of sufficient work, in percentage points, with "
        f"{report.confidence} intervals. A band without a dot has words on at least one side.",
    )
    html.data_table(
        tables.differences(table, report.wording, report["proportions"], estimates.mid_p(table)),
        summary=f"The {len(table)} differences behind this chart, with their tests",
        caption="Differences between providers",
        headers={
            "question": "Question",
            "a": "First provider",
            "b": "Second provider",
            "difference": "Difference in points",
            "interval": f"{report.confidence} interval",
            "fisher": "Fisher p",
            "mid_p": "Mid-P",
            "holm": "Holm p",
        },
        numeric=["difference", "interval", "fisher", "mid_p", "holm"],
    )


def difference_lines(report: Report) -> Iterator[Markup]:
    """Give a sentence for each pair of providers: on how many questions they differ."""
    if report["differences"].empty:
        return
    for (a, b), rows in report["differences"].groupby(["provider_a", "provider_b"], sort=False):
        lower, higher = rows[rows["ci_upper"] < 0], rows[rows["ci_lower"] > 0]
        yield html.phrase(
            "<strong>Where the providers differ.</strong> Of {compared} that can be compared, "
            "the share of sufficient work was lower for {a} than for {b} on {lower}, higher on "
            "{higher}, and on {unsettled} the evidence does not settle it.",
            compared=words.counted(len(rows), "question"),
            a=a,
            b=b,
            lower=_none(words.number(len(lower))),
            higher=_none(words.number(len(higher))),
            unsettled=_none(words.number(len(rows) - len(lower) - len(higher))),
        )


def _none(count: str) -> str:
    return "none" if count == "no" else count


@html.part
def methods(report: Report) -> None:
    """Display how figures of a case sample, and differences between places, were computed."""
    if report.sizes:
        html.paragraph(
            "Nothing is corrected for a finite population unless the settings of the area give the "
            "number of eligible cases, which was not printed; then the interval is the exact "
            "hypergeometric one (Buonaccorsi 1987), with as large a share of the eligible cases "
            "relevant as of the sample."
        )
        html.paragraph(
            "<strong>Words.</strong> A phrase admits counts from <em>a</em> to <em>b</em>, by the rule "
            "named in the codebook; the tight reading is the default and the loose one a parameter. The "
            "band runs from the lower limit at <em>a</em> to the upper limit at <em>b</em>. The rules "
            "are a convention of this project, not a published fact."
        )
        html.paragraph(
            "<strong>Differences.</strong> Newcombe’s hybrid score interval (Newcombe 1998, method 10). "
            "Fisher’s exact test, two-sided, and its mid-P; Holm’s adjustment (Holm 1979) over the "
            "questions with counts for both providers. A difference with words on one side runs over "
            "every admitted pair of counts and is not tested."
        )
    if not report["area_neighbours"].empty:
        html.paragraph(
            "<strong>Neighbours.</strong> The rate of the area less that of a neighbour has Newcombe’s "
            "hybrid score interval (Newcombe 1998, method 10)."
        )


@html.part
def reconstruction(report: Report) -> None:
    """Display what may and may not be read from the reconstructed sample."""
    if not opens(report, "What is reconstructed"):
        return
    html.bullets(
        [
            html.phrase(
                "May be read: the share of sufficient work on a question, for a provider or for all, "
                "and the difference between providers. They depend only on what was printed."
            ),
            html.phrase(
                "May not be read: whether the same cases did well on two questions, and anything "
                "by borough, office, gender or ethnicity. None of it was published."
            ),
        ]
    )
    study = report["joint_sensitivity"]
    if study.empty:
        return
    first, last = study.iloc[0], study.iloc[-1]
    html.paragraph(
        "How little the printed counts say about cases as wholes: {provider} cases sufficient on both "
        "“{one}” and “{two}” may number anything from {lowest} to {highest}. Samples that all meet "
        "the printed counts average {low} such cases where cases are unrelated between questions, "
        "and {high} where good cases are good throughout.",
        provider=first["provider"],
        one=report.wording[first["question_a"]],
        two=report.wording[first["question_b"]],
        lowest=first["lowest_possible"],
        highest=first["highest_possible"],
        low=words.decimal(first["mean_both"], 1),
        high=words.decimal(last["mean_both"], 1),
    )
