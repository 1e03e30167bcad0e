"""The part of the page about the inspected cases.

Each public function returns one part, empty where the area has no inspection; the notebook
`4_report` puts them in order.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis import words
from analysis.data import codes
from analysis.faults import UnknownNameError
from analysis.report import bars, tables
from analysis.report.bars import Bars, Span
from analysis.report.cells import text
from analysis.report.content import Bullets, Cell, Heading, Paragraph, Part, Table, phrase
from analysis.report.evidence import Report
from analysis.report.sections import verdicts

_SECTION = text("section", "Section of the report")
_PAIR = ["question_id", "provider_a", "provider_b"]


def how_to_read(report: Report) -> Part:
    """Return how exact figures and figures from words are told apart."""
    if not report.inspected:
        return Part()
    rows = report.answers()
    own = rows[rows["provider"] != codes.ALL_PROVIDERS]
    exact, worded = ((own["precision"] == kind).sum() for kind in ("exact", "worded"))
    lines = [
        phrase(
            "An interval is the range of true shares that the evidence is compatible with: the fewer the "
            "cases, or the offenders, the wider it is. "
            '<a href="#how-the-figures-were-made">How the figures were made</a> has the methods.'
        ),
        f"A line with a dot is a printed count ({exact} of {len(own)} figures). The dot is the share "
        f"of sufficient work, from 0% to 100% with a dashed mark at half; the line is its "
        f"{report.confidence} interval.",
        f"A hollow band without a dot comes from words ({worded} of {len(own)} figures). It holds the "
        "intervals of every count that the words admit, and the words do not tell which count it is.",
        "Beyond the sample: of all the cases that could have been drawn, work is sufficient in more than "
        "half where the interval lies above half, and in fewer where it lies below; where it takes in "
        "half, the verdict is open, for the share cannot be told from half.",
        "A verdict beyond the sample is firm where it stays with each choice below changed by itself, "
        "and leaning where it does not; the tables name the choices that it rests on.",
        "The denominator of a question is its relevant cases, not the whole sample. Where it was not "
        "printed it is inferred, and the tables say so.",
    ]
    if report.inspection is not None and report.inspection.settings.sampling:
        lines.append(
            f"{report.inspection.settings.sampling} An interval allows for the chance of the draw, not "
            "for that."
        )
    return Part(Bullets(lines), verdicts.choices(report))


def outcomes(report: Report) -> Part:
    """Return the findings of each outcome under its title."""
    if not report.inspected:
        return Part()
    return Part(
        *(Part(Heading(title), outcome(report, code)) for code, title in report.outcomes.items())
    )


def outcome(report: Report, code: str) -> Part:
    """Return the findings of one outcome: sentences, the table of bars, and what has no figure.

    Raises UnknownNameError, a ValueError, for an outcome that the inspection has not.
    """
    if code not in report.outcomes:
        raise UnknownNameError("outcome", code, report.outcomes)
    title = report.outcomes[code]
    every = report["proportions"][report["proportions"]["outcome"] == code]
    findings = report["findings"]
    findings = findings[findings["question_id"].isin(every["question_id"])]
    return Part(
        _court_reports(findings),
        _shares(report, code),
        _folded(
            _stated(findings),
            [
                _question(report),
                text("provider", "Provider"),
                text("stated", "How the source states it"),
                text("note", "Note"),
                _SECTION,
            ],
            title,
            "how the source states each figure",
        ),
        _folded(
            tables.without_proportion(every, findings),
            [
                _question(report),
                text("provider", "Provider"),
                text("phrase", "Printed phrase"),
                text("reason", "Why there is no proportion"),
                _SECTION,
            ],
            title,
            "findings that give no proportion",
        ),
    )


def _stated(findings: pd.DataFrame) -> pd.DataFrame:
    """Return the findings in words, those that need no note with words that say so."""
    return findings.assign(
        stated=[tables.wording(row) for row in findings.itertuples()],
        note=findings["note"].fillna("none"),
    ).rename(columns={"report_section": "section"})


def _question(report: Report) -> Cell:
    return Cell("Question", lambda row: report.wording[row.question_id])


def _folded(rows: pd.DataFrame, cells: Sequence[Cell], title: str, what: str) -> Part:
    if rows.empty:
        return Part()
    caption = f"{title}: {what}"
    return Part(Table(rows, cells, caption, folded=f"{caption} ({len(rows)})"))


def _court_reports(findings: pd.DataFrame) -> Part:
    written = int((findings["unit"] == "court_report").sum())
    if not written:
        return Part()
    questions = words.counted(written, "question is", "questions are").capitalize()
    sentence = (
        f"{questions} about court reports: there the denominator is reports, which are not among the "
        "inspected cases."
    )
    return Part(Paragraph(sentence, cls="note"))


def _shares(report: Report, code: str) -> Part:
    """Return the rows that have limits, with their bars and verdicts."""
    rows = report.answers(code)
    rows = rows[rows["provider"] != codes.ALL_PROVIDERS]
    if rows.empty:
        return Part()
    judged = {(row.question_id, row.provider): row for row in report.verdicts(code).itertuples()}

    def verdict(heading: str, say: Callable[[Any], str]) -> Cell:
        def said(row: Any) -> str:  # noqa: ANN401 - a row of processed.PROPORTIONS
            found = judged.get((row.question_id, row.provider))
            return "no verdict" if found is None else say(found)

        return Cell(heading, said)

    shown, order = _weakest_first(report, rows)
    return Part(
        Table(
            shown,
            [
                text("provider", "Provider"),
                Bars(
                    f"Share, with {report.confidence} interval",
                    lambda row: f"{_share(row)} ({words.percents(row.ci_lower, row.ci_upper)})",
                    axis=bars.SHARES,
                    span=_share_span,
                ),
                Cell("Sufficient of relevant cases", _count, numeric=True),
                verdict("In the sample", lambda found: verdicts.marked(found.in_sample)),
                verdict("Beyond the sample", verdicts.beyond),
            ],
            caption=f"{report.outcomes[code]}: is work sufficient in more than half of cases? {order}",
            group=lambda row: report.wording[row.question_id],
        ),
    )


def _weakest_first(report: Report, rows: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return rows in the order of the lowest share of a provider on the question, and that in words.

    A confidential extract keeps the order of its questionnaire: another would tell of what is withheld.
    """
    if report.inspection is not None and report.inspection.settings.confidential:
        return rows, "In the order of the questionnaire"
    middle = (rows["sufficient_low"] + rows["sufficient_high"]) / 2 / rows["relevant"]
    lowest = middle.groupby(rows["question_id"]).min()
    order = rows["question_id"].map(lowest).sort_values(kind="stable").index
    return rows.loc[order], "The lowest share of a provider first"


def _count(row: Any) -> str:  # noqa: ANN401 - a row of processed.PROPORTIONS
    return words.out_of(row.sufficient_low, row.sufficient_high, row.relevant)


def _share(row: Any) -> str:  # noqa: ANN401 - a row of processed.PROPORTIONS
    return words.percents(row.sufficient_low / row.relevant, row.sufficient_high / row.relevant)


def _share_span(row: Any) -> Span:  # noqa: ANN401 - a row of processed.PROPORTIONS
    point = row.proportion if row.precision == "exact" else None
    return Span(row.ci_lower, row.ci_upper, point)


def differences(report: Report) -> Part:
    """Return where two providers differ."""
    if not report.inspected:
        return Part()
    table = report["differences"]
    if table.empty:
        none = "No question has a figure for two providers, so none can be compared."
        return Part(Paragraph(none))
    settled = table[table["p_adjusted"] < 1 - report.level]
    return Part(
        [Paragraph(line) for line in difference_lines(report)],
        Paragraph(
            f"By Fisher’s exact test, adjusted by Holm’s method for {_comparisons(table)}, "
            f"{words.how_many(len(settled))} of the differences "
            f"{'holds' if len(settled) == 1 else 'hold'} up. "
            "Where words leave counts open, the test is that of the counts that differ least."
        ),
        Paragraph(
            "The providers supervise different kinds of cases, so a difference does not say which of "
            "them would have done better with the same cases.",
            cls="note",
        ),
        _difference_tables(report),
        verdicts.difference_choices(report),
    )


def _difference_tables(report: Report) -> Iterator[Table]:
    """Yield for each pair of providers a table of bars, what is surest to differ first, and its tests."""
    family = report["differences"].merge(
        report["difference_tests"].set_index(_PAIR)["mid_p"],
        left_on=_PAIR,
        right_index=True,
        validate="one_to_one",
    )
    confidential = report.inspection is not None and report.inspection.settings.confidential
    nearest = np.maximum(family["ci_lower_simultaneous"], -family["ci_upper_simultaneous"])
    order = (
        family.index if confidential else nearest.sort_values(ascending=False, kind="stable").index
    )
    for (a, b), rows in family.loc[order].groupby(["provider_a", "provider_b"], sort=False):
        yield Table(
            rows,
            _difference_cells(report, str(a), str(b)),
            caption=f"{a} less {b}: the difference in the share of sufficient work, in percentage points. "
            + (
                "In the order of the questionnaire"
                if confidential
                else "What is surest to differ first"
            ),
            note=f"Right of the dashed mark the share is higher for {a}, left of it for {b}. The bars and "
            f"the limits beside them hold at {report.confidence} for {_comparisons(family)}. A hollow band "
            "has words on at least one side.",
        )
        yield Table(
            rows,
            _test_cells(report, str(a), str(b)),
            caption=f"{a} less {b}: each difference by itself, in percentage points, and its tests",
            folded=f"{a} less {b}: counts, intervals of each by itself, and tests",
            note="Inferred is a number of relevant cases that was not printed.",
        )


def _difference_cells(report: Report, a: str, b: str) -> list[Cell]:
    """Return the cells of rows of processed.DIFFERENCES of two providers."""

    def said(row: Any) -> str:  # noqa: ANN401
        point = words.points(row.difference) if row.precision == "exact" else "from words"
        return f"{point} ({_limits(row.ci_lower_simultaneous, row.ci_upper_simultaneous)})"

    return [
        _question(report),
        Bars(
            f"Difference, with {report.confidence} interval for all together",
            said,
            axis=bars.differences((-1, 1), a, b),
            span=lambda row: Span(
                row.ci_lower_simultaneous,
                row.ci_upper_simultaneous,
                row.difference if row.precision == "exact" else None,
            ),
        ),
    ]


def _test_cells(report: Report, a: str, b: str) -> list[Cell]:
    """Return the cells of rows of processed.DIFFERENCES with mid_p: both counts, and the tests."""
    counts = {(row.question_id, row.provider): _count(row) for row in report.answers().itertuples()}
    for finding in report["findings"].itertuples():
        key = finding.question_id, finding.provider
        if key in counts and pd.isna(finding.printed_denominator):
            counts[key] += ", inferred"

    def side(provider: str) -> Cell:
        return Cell(provider, lambda row: counts[row.question_id, provider], numeric=True)

    def tested(heading: str, name: str) -> Cell:
        def say(row: Any) -> str:  # noqa: ANN401
            most = "" if row.precision == "exact" else "≤\N{NO-BREAK SPACE}"
            value = words.p_value(getattr(row, name))
            return value if value.startswith("below") else f"{most}{value}"

        return Cell(heading, say, numeric=True)

    return [
        _question(report),
        side(a),
        side(b),
        Cell(
            f"{report.confidence} interval, each by itself",
            lambda row: _limits(row.ci_lower, row.ci_upper),
            numeric=True,
        ),
        tested("Fisher p", "p_value"),
        tested("Mid-P", "mid_p"),
        tested("Holm p", "p_adjusted"),
    ]


def _limits(low: float, high: float) -> str:
    return f"{words.points(low)} to {words.points(high)}"


def difference_lines(report: Report) -> Iterator[Markup]:
    """Yield a sentence for each pair of providers: on how many questions they differ."""
    family = report["differences"]
    for (a, b), rows in family.groupby(["provider_a", "provider_b"], sort=False):
        lower, higher = (rows["ci_upper_simultaneous"] < 0), (rows["ci_lower_simultaneous"] > 0)
        alone = (rows["ci_upper"] < 0) | (rows["ci_lower"] > 0)
        yield phrase(
            "<strong>Where the providers differ.</strong> Beyond the sample, of {compared} that can be "
            "compared, the share of sufficient work is lower for {a} than for {b} on {lower}, higher on "
            "{higher}, and on {unsettled} the evidence does not settle it, with allowance for "
            "{comparisons}.{loosely} Each taken by itself, they differ on {alone}.",
            compared=words.counted(len(rows), "question"),
            a=a,
            b=b,
            lower=words.how_many(lower.sum()),
            higher=words.how_many(higher.sum()),
            unsettled=words.how_many((~lower & ~higher).sum()),
            comparisons=_comparisons(family),
            loosely=verdicts.loosely(report, str(a), str(b)),
            alone=words.how_many(alone.sum()),
        )


def _comparisons(family: pd.DataFrame) -> str:
    return (
        "one comparison" if len(family) == 1 else f"all {words.counted(len(family), 'comparison')}"
    )


def methods(report: Report) -> Part:
    """Return how figures of a case sample, and differences between places, were computed."""
    paragraphs = []
    if report.inspected:
        paragraphs = [
            "Nothing is corrected for a finite population unless the settings of the inspection give the "
            "number of eligible cases, which was not printed; then the interval is the exact "
            "hypergeometric one (Buonaccorsi 1987), over every number of the eligible cases that a "
            "question may be relevant to.",
            phrase(
                "<strong>Verdicts.</strong> In the sample: the counts themselves. Beyond the sample: the "
                "interval, in which half lies or not. The verdict is made again with each other method, "
                "with the loose reading, with one and two relevant cases fewer where their number was not "
                "printed, and at the level 1 − (1 − <em>level</em>) / <em>k</em> for <em>k</em> "
                "verdicts; it is firm where none of these turns it."
            ),
            phrase(
                "<strong>Words.</strong> A phrase admits counts from <em>a</em> to <em>b</em>, by the "
                "rule named in the codebook; the tight reading is the default and the loose one a "
                "parameter. The band runs from the lower limit at <em>a</em> to the upper limit at "
                "<em>b</em>. The rules are a convention of this project, not a published fact."
            ),
            phrase(
                "<strong>Differences.</strong> Newcombe’s hybrid score interval (Newcombe 1998, method "
                "10), also at Bonferroni’s level for all comparable questions as one family (Dunn 1961). "
                "Fisher’s exact test, two-sided, and its mid-P; Holm’s adjustment (Holm 1979) over "
                "the same family. A difference with words on one side runs over every admitted pair of "
                "counts, and its <em>p</em> is the largest of theirs."
            ),
        ]
    if not report["area_neighbours"].empty:
        paragraphs.append(
            phrase(
                "<strong>Neighbours.</strong> The rate of the area less that of a neighbour has "
                "Newcombe’s hybrid score interval (Newcombe 1998, method 10), its normal quantile times "
                "the root of the dispersion of the model (Spiegelhalter 2005) and its level shared among "
                "all pairs of neighbours in the region (Bonferroni)."
            )
        )
    return Part(map(Paragraph, paragraphs))


def reconstruction(report: Report) -> Part:
    """Return what may and may not be read from the reconstructed sample; nothing of another."""
    if report.inspection is None or not report.inspection.settings.reconstructed:
        return Part()
    lines = [
        "The case sample behind the page is a reconstruction: it meets every printed count and says "
        "nothing beyond them.",
        "May be read: the share of sufficient work on a question, for a provider or for all, and the "
        "difference between providers. They depend only on what was printed.",
        "May not be read: whether the same cases did well on two questions, and anything by borough, "
        "office, gender or ethnicity. None of it was published.",
    ]
    study = report["joint_sensitivity"]
    if study.empty:
        return Part(Bullets(lines))
    first, last = study.iloc[0], study.iloc[-1]
    one, two = (report.wording[first[question]] for question in ("question_a", "question_b"))
    low, high = (words.decimal(row["mean_both"], 1) for row in (first, last))
    return Part(
        Bullets(lines),
        Paragraph(
            f"How little the printed counts say about cases as wholes: {first['provider']} cases "
            f"sufficient on both “{one}” and “{two}” may number anything from "
            f"{first['lowest_possible']} to {first['highest_possible']}. Samples that all meet the "
            f"printed counts average {low} such cases where cases are unrelated between questions, "
            f"and {high} where good cases are good throughout."
        ),
    )
