"""What the report says: sentences, figures and tables generated from the processed tables.

Each function displays one part of the page; the notebook `4_report` puts them in order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis.areas import Area
from analysis.data import cases, schemas, sources
from analysis.report import figures, html, tables, words
from analysis.report.figures import Bar
from analysis.stats import borough_models, estimates, reoffending

# Where a reader has come to rely on half: sufficient in most cases, or in fewer than half.
_HALF = 0.5


@dataclass(frozen=True)
class Report:
    """The processed tables of an area, by name, and what they were computed with."""

    area: Area
    level: float
    cohort: int
    questions: pd.DataFrame
    tables: Mapping[str, pd.DataFrame]

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Give a processed table."""
        return self.tables[name]

    @property
    def wording(self) -> dict[str, str]:
        """The question of each question_id."""
        return dict(zip(self.questions["question_id"], self.questions["question"], strict=True))

    @property
    def sizes(self) -> dict[str, int]:
        """The number of cases of each provider, in the order of the sample."""
        return cases.sizes(self["judgements"])

    @property
    def confidence(self) -> str:
        """The confidence level as a percentage."""
        return f"{100 * self.level:g}%"

    def answers(self, outcome: str | None = None, provider: str | None = None) -> pd.DataFrame:
        """Give the rows of the proportions that have limits, of an outcome and a provider."""
        rows = self["proportions"]
        rows = rows[rows["ci_lower"].notna()]
        if outcome is not None:
            rows = rows[rows["outcome"] == outcome]
        return rows if provider is None else rows[rows["provider"] == provider]

    def colour(self, provider: str) -> str:
        """Give the provider's colour, the same in every figure."""
        return figures.COLOURS[list(self.sizes).index(provider) % len(figures.COLOURS)]


def _without_sample(report: Report) -> bool:
    if report.sizes:
        return False
    html.paragraph(
        "No case sample was published for {area}, so there is nothing to show here.",
        area=report.area.title,
    )
    return True


def opening(report: Report) -> None:
    """Display the title, what the page is, and the summary."""
    if report.sizes:
        html.title(f"Probation work in {report.area.title}: an inspection re-analysed")
        _opening_of_sample(report)
    else:
        html.title(f"Reoffending and deprivation in {report.area.title}")
        html.paragraph(
            "No case sample was published for {area}. This page sets its reoffending beside its "
            "deprivation, within London.",
            cls="lead",
            area=report.area.title,
        )
    html.bullets(
        [*_outcome_lines(report), *_difference_lines(report), *_model_lines(report)], cls="key"
    )


def _opening_of_sample(report: Report) -> None:
    (source,) = sources.provenance().of(report.area.findings)
    total = sum(report.sizes.values())
    parts = words.listed(
        f"{size} of the {report.area.providers.get(code, code)} ({code})"
        for code, size in report.sizes.items()
    )
    html.paragraph(
        "{publisher} looked at {total} cases: {parts}. This page puts the figures that it printed "
        "({title}, {date}) into tables with their uncertainty.",
        cls="lead",
        publisher=source.publisher,
        total=total,
        parts=parts,
        title=source.title,
        date=source.date,
    )
    html.paragraph(
        "No case-level record was ever published. Where the source prints a count, the count is "
        "used; where it prints words, such as “just over one-third”, the range of counts that the "
        "words admit is used, and no single figure is claimed. The case sample behind the page is "
        "a reconstruction: it meets every printed count and says nothing beyond them.",
        cls="note",
    )


def _sides(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {
        "below": rows[rows["ci_upper"] < _HALF],
        "above": rows[rows["ci_lower"] > _HALF],
        "open": rows[(rows["ci_lower"] <= _HALF) & (rows["ci_upper"] >= _HALF)],
    }


def _outcome_lines(report: Report) -> Iterator[Markup]:
    for outcome in report["proportions"]["outcome"].unique():
        yield html.phrase(
            "<strong>{outcome}.</strong> {sentences}",
            outcome=words.label(outcome),
            sentences=" ".join(_outcome_sentences(report, outcome)),
        )


def _outcome_sentences(report: Report, outcome: str) -> Iterator[str]:
    for provider in report.sizes:
        rows = report.answers(outcome, provider)
        if rows.empty:
            yield f"{provider}: no question has a figure."
            continue
        sides = {side: words.number(len(found)) for side, found in _sides(rows).items()}
        yield (
            f"{provider}: of {words.counted(len(rows), 'question')} with a figure, work was "
            f"sufficient in fewer than half of cases on {_none(sides['below'])}, in more than half on "
            f"{_none(sides['above'])}, and {_none(sides['open'])} "
            f"{'is' if len(_sides(rows)['open']) == 1 else 'are'} too close to half to call."
        )


def _none(count: str) -> str:
    return "none" if count == "no" else count


def _difference_lines(report: Report) -> Iterator[Markup]:
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


def _slope(report: Report, scope: str) -> pd.Series | None:
    model = report["reoffending_model"]
    found = model[
        model["primary"] & (model["scope"] == scope) & (model["term"] == borough_models.SLOPE)
    ]
    return None if found.empty else found.iloc[0]


def _odds_percent(log_odds: float) -> str:
    change = 100 * (np.exp(log_odds) - 1)
    return f"{abs(change):.0f}% {'higher' if change >= 0 else 'lower'}"


def _direction(slope: pd.Series) -> str:
    if slope["ci_lower"] > 0:
        return "higher"
    return "lower" if slope["ci_upper"] < 0 else "neither"


def _model_lines(report: Report) -> Iterator[Markup]:
    slope = _slope(report, "london")
    assert slope is not None, "London is fitted for every area"
    verdict = {
        "higher": "Reoffending was higher where deprivation was higher",
        "lower": "Reoffending was lower where deprivation was higher",
        "neither": "No association of reoffending with deprivation is shown",
    }[_direction(slope)]
    yield html.phrase(
        "<strong>Reoffending and deprivation.</strong> {verdict}, across the {boroughs} local "
        "authorities of London: one standard deviation more deprived went with odds of reoffending "
        "{odds} ({confidence} interval {low} to {high}). This is about areas, not about people.",
        verdict=verdict,
        boroughs=slope["boroughs"],
        odds=_odds_percent(slope["estimate"]),
        confidence=report.confidence,
        low=_odds_percent(slope["ci_lower"]),
        high=_odds_percent(slope["ci_upper"]),
    )


def how_to_read(report: Report) -> None:
    """Display how exact figures and figures from words are told apart."""
    if _without_sample(report):
        return
    rows = report.answers()
    own = rows[rows["provider"] != schemas.ALL_PROVIDERS]
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
                "The denominator of a question is its relevant cases, not the whole sample. Where "
                "it was not printed it is inferred, and the tables say so."
            ),
        ]
    )


def outcome(report: Report, code: str) -> None:
    """Display the findings of one outcome: sentences, figure, numbers, and what has no figure."""
    if _without_sample(report):
        return
    every = report["proportions"][report["proportions"]["outcome"] == code]
    rows = report.answers(code)
    own = rows[rows["provider"] != schemas.ALL_PROVIDERS]
    for sentence in _outcome_sentences(report, code):
        html.paragraph("{sentence}", sentence=sentence)
    for provider in report.sizes:
        _name_sides(report, provider, _sides(report.answers(code, provider)))
    label = words.label(code)
    if not own.empty:
        bars = [_share_bar(report, row) for row in own.itertuples()]
        html.figure(
            figures.shares(bars),
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


def _name_sides(report: Report, provider: str, sides: Mapping[str, pd.DataFrame]) -> None:
    said = {"below": "fewer than half of cases", "above": "more than half of cases"}
    for side, phrase in said.items():
        if not sides[side].empty:
            names = [report.wording[question_id] for question_id in sides[side]["question_id"]]
            html.paragraph(
                "{provider}, sufficient in {phrase}: {names}.",
                provider=provider,
                phrase=phrase,
                names="; ".join(name[0].lower() + name[1:] for name in names),
            )


def _share_bar(report: Report, row) -> Bar:  # noqa: ANN001 - a row of schemas.PROPORTIONS
    return Bar(
        group=report.wording[row.question_id],
        label=row.provider,
        lower=row.ci_lower,
        upper=row.ci_upper,
        point=row.proportion if row.precision == "exact" else None,
        note=words.out_of(row.sufficient_low, row.sufficient_high, row.relevant),
        colour=report.colour(row.provider),
    )


def _spoken(bar: Bar) -> str:
    kind = "" if bar.point is not None else ", from words"
    return (
        f"{bar.group}, {bar.label}: {bar.note}{kind}, interval "
        f"{words.percents(bar.lower, bar.upper)}."
    )


def differences(report: Report) -> None:
    """Display where two providers differ."""
    if _without_sample(report):
        return
    table = report["differences"]
    if table.empty:
        html.paragraph("No question has a figure for two providers, so none can be compared.")
        return
    exact = table[table["precision"] == "exact"]
    settled = exact[exact["p_adjusted"] < 1 - report.level]
    for line in _difference_lines(report):
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
        figures.point_differences(bars),
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


def boroughs(report: Report) -> None:
    """Display the boroughs' reoffending against deprivation, and the primary model."""
    by_borough, context = report["reoffending_boroughs"], report["boroughs"]
    html.paragraph(
        "These figures are for all offenders, adult and juvenile, of the cohort labelled {cohort}. "
        "They are not the cohort of the inspection report’s Figure 2.5 (adults, July 2013 to June "
        "2014), which is not openly available, and they predate the division of probation between "
        "providers.",
        cls="note",
        cohort=report.cohort,
    )
    for line in _model_lines(report):
        html.paragraph("{line}", line=line)
    _say_area_model(report)
    _say_spread(report)
    rows = by_borough.merge(
        context[["gss_code", "in_area", "inner_or_outer", "deprivation_score"]], on="gss_code"
    )
    rows["fewest"] = rows["offenders"] == rows["offenders"].min()
    curves = _curves(context, report.level)
    shown = rows[rows["in_area"]]
    html.figure(
        figures.deprivation(rows, curves),
        alt=f"Reoffending rate against deprivation score for {len(rows)} London local authorities, "
        f"with fitted curves for inner and outer London. In {report.area.title}: "
        + " ".join(
            f"{row.name}, score {words.decimal(row.deprivation_score, 1)}, "
            f"{words.percent(row.rate, 1)}."
            for row in shown.itertuples(index=False)
        ),
        caption=f"Share of offenders who reoffended, cohort {report.cohort}, against deprivation in "
        f"2015, with {report.confidence} intervals and the fitted curves. Named: the local "
        f"authorities of {report.area.title}, and the one with fewest offenders.",
    )
    headers = {
        "name": "Local authority",
        "part": "Part of London",
        "counts": "Reoffenders of offenders",
        "rate": "Rate",
        "interval": f"{report.confidence} interval",
        "fitted": "Fitted",
        "score": "Deprivation score",
        "rank": "Rank of 152",
    }
    numeric = ["counts", "rate", "interval", "fitted", "score", "rank"]
    inside = by_borough["gss_code"].isin(context.loc[context["in_area"], "gss_code"])
    html.table(
        tables.boroughs(by_borough[inside], context),
        caption=f"Reoffending and deprivation in {report.area.title}, cohort {report.cohort}",
        headers=headers,
        numeric=numeric,
    )
    html.data_table(
        tables.boroughs(by_borough, context),
        summary=f"All {len(by_borough)} London local authorities",
        caption=f"Reoffending and deprivation in London, cohort {report.cohort}",
        headers=headers,
        numeric=numeric,
    )


def _say_area_model(report: Report) -> None:
    slope = _slope(report, "area")
    count = len(report.area.local_authorities)
    if slope is None:
        html.paragraph(
            "{area} has {count}: too few for a model of its own.",
            area=report.area.title[0].upper() + report.area.title[1:],
            count=words.counted(count, "local authority", "local authorities"),
        )
        return
    said = {
        "higher": "points the same way as more deprivation: higher reoffending",
        "lower": "points to lower reoffending with more deprivation",
        "neither": "leaves open whether there is any association",
    }[_direction(slope)]
    html.paragraph(
        "Within {area} alone ({count} local authorities, no random sample, so no more than a "
        "description) the evidence {said}: odds {odds} per standard deviation, {confidence} interval "
        "{low} to {high}.",
        area=report.area.title,
        count=count,
        said=said,
        odds=_odds_percent(slope["estimate"]),
        confidence=report.confidence,
        low=_odds_percent(slope["ci_lower"]),
        high=_odds_percent(slope["ci_upper"]),
    )


def _say_spread(report: Report) -> None:
    slope = _slope(report, "london")
    assert slope is not None, "London is fitted for every area"
    by_borough = report["reoffending_boroughs"]
    least = by_borough.loc[by_borough["slope_without"].idxmin()]
    most = by_borough.loc[by_borough["slope_without"].idxmax()]
    fewest = by_borough.loc[by_borough["offenders"].idxmin()]
    html.paragraph(
        "Rates vary between local authorities {dispersion} times as much as chance alone would "
        "make them, beyond what deprivation explains, and the intervals allow for that. Leaving "
        "out one local authority at a time moves the slope of {slope} to between {least} (without "
        "{least_name}) and {most} (without {most_name}). {fewest} has only {offenders} offenders; "
        "without it the slope is {without}.",
        dispersion=words.decimal(slope["dispersion"], 1),
        slope=words.decimal(slope["estimate"], 3),
        least=words.decimal(least["slope_without"], 3),
        least_name=least["name"],
        most=words.decimal(most["slope_without"], 3),
        most_name=most["name"],
        fewest=fewest["name"],
        offenders=f"{fewest['offenders']:,}",
        without=words.decimal(fewest["slope_without"], 3),
    )


def _curves(context: pd.DataFrame, level: float) -> pd.DataFrame:
    frame = borough_models.covariates(context)
    score = frame["deprivation_score"]
    curves = []
    for inner, part in ((1.0, "inner"), (0.0, "outer")):
        reach = score[frame["inner_or_outer"] == part]
        grid = np.linspace(reach.min(), reach.max(), 40)
        at = pd.DataFrame(
            {
                borough_models.SLOPE: (grid - score.mean()) / score.std(ddof=1),
                borough_models.INNER: inner,
            }
        )
        fitted = reoffending.fitted_curve(
            frame, [borough_models.SLOPE, borough_models.INNER], at, level=level
        )
        curves.append(fitted.assign(deprivation_score=grid, inner_or_outer=part))
    return pd.concat(curves, ignore_index=True)


def estimators(report: Report) -> None:
    """Display every estimator side by side."""
    model = report["reoffending_model"]
    scopes = {"area": report.area.title, "london": "London"}
    slopes = model[model["term"] == borough_models.SLOPE]
    bars = [
        Bar(
            group=f"{scopes[row.scope]}, {row.boroughs} local authorities",
            label=tables.ESTIMATORS[row.estimator],
            lower=row.ci_lower,
            upper=row.ci_upper,
            point=row.estimate,
            note=words.decimal(row.estimate, 3),
            colour=figures.COLOURS[0] if row.primary else figures.COLOURS[2],
        )
        for row in slopes.itertuples()
    ]
    html.figure(
        figures.slopes(bars),
        alt="Slope of deprivation by estimator. "
        + " ".join(
            f"{bar.group}, {bar.label}: {bar.note}, interval {words.decimal(bar.lower, 3)} to "
            f"{words.decimal(bar.upper, 3)}."
            for bar in bars
        ),
        caption=f"The slope of deprivation by estimator, with {report.confidence} intervals; the "
        "primary estimator in dark blue.",
    )
    headers = {
        "model": "Model",
        "boroughs": "Local authorities",
        "term": "Term",
        "estimate": "Estimate",
        "std_error": "Standard error",
        "interval": f"{report.confidence} interval",
        "df": "Degrees of freedom",
        "dispersion": "Dispersion",
    }
    numeric = ["boroughs", "estimate", "std_error", "interval", "df", "dispersion"]
    for scope, name in scopes.items():
        rows = model[model["scope"] == scope]
        if not rows.empty:
            html.data_table(
                tables.terms(rows, tables.ESTIMATORS, "estimator"),
                summary=f"Every term of every estimator, {name}",
                caption=f"Models of reoffending on deprivation, {name}, cohort {report.cohort}",
                headers=headers,
                numeric=numeric,
            )
    measures = report["reoffending_measures"]
    names = {name: name for name in measures["measure"].unique()}
    html.data_table(
        tables.terms(measures, names, "measure"),
        summary="The primary model with other measures of deprivation",
        caption=f"Score, rank and crime domain, London, cohort {report.cohort}",
        headers=headers,
        numeric=numeric,
    )
    html.data_table(
        tables.influence(report["reoffending_boroughs"]),
        summary="Residual, leverage and influence of each local authority",
        caption="Diagnostics of the primary model of London",
        headers={
            "name": "Local authority",
            "offenders": "Offenders",
            "residual": "Pearson residual",
            "leverage": "Leverage",
            "cook": "Cook’s distance",
            "slope": "Slope without it",
        },
        numeric=["offenders", "residual", "leverage", "cook", "slope"],
    )


def reconstruction(report: Report) -> None:
    """Display what may and may not be read from the reconstructed sample."""
    if _without_sample(report):
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


def settings(report: Report, parameters: Mapping[str, object]) -> None:
    """Display what this run was made with."""
    html.table(
        pd.DataFrame([{"name": name, "value": str(value)} for name, value in parameters.items()]),
        caption="Parameters of this run",
        headers={"name": "Parameter", "value": "Value"},
    )


def provenance() -> None:
    """Display where each figure comes from, and the licence."""
    html.table(
        tables.provenance(sources.provenance()),
        caption="Files, sources and licences",
        headers={
            "file": "File of data/raw",
            "source": "Source",
            "period": "Period",
            "licence": "Licence",
            "note": "Note",
        },
    )
    html.footer(
        "Contains public sector information licensed under the Open Government Licence v3.0.",
        "This page is an independent re-analysis; it was not made by the publishers of the figures.",
    )
