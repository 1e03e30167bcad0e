"""The part of the page about reoffending and deprivation, told from the processed tables.

Each public function displays one part; the notebook `4_report` puts them in order.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis import words
from analysis.report import html, tables
from analysis.report.drawing import figures
from analysis.report.drawing.figures import Bar
from analysis.report.evidence import Report
from analysis.stats import borough_models, reoffending

# If the model is right, this share of residuals lies beyond this many standard deviations.
BOUND, BEYOND = 2, 0.0455


@html.part
def rates(report: Report) -> None:
    """Display the boroughs' reoffending against deprivation, and the primary model."""
    by_borough, context = report["reoffending_boroughs"], report["boroughs"]
    html.paragraph(
        "These figures are for all offenders, adult and juvenile, of the cohort labelled {cohort}. "
        "They {another}predate the division of probation between providers.",
        cls="note",
        cohort=report.cohort,
        another="are not the cohort of the inspection report’s Figure 2.5 (adults, July 2013 to June "
        "2014), which is not openly available, and they "
        if report.sizes
        else "",
    )
    # A page without a sample has just said the models' lines, in its summary.
    said = (*model_lines(report), *area_lines(report)) if report.sizes else ()
    for line in (*fitted_lines(report), *_leaning_lines(report), *said):
        html.paragraph("{line}", line=line)
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
        f"with fitted curves for inner and outer London. {words.opened(report.members)}: "
        + " ".join(
            f"{'' if report.single else f'{row.name}, '}score {words.decimal(row.deprivation_score, 1)}, "
            f"{words.percent(row.rate, 1)}."
            for row in shown.itertuples(index=False)
        ),
        caption=f"Share of offenders who reoffended, cohort {report.cohort}, against deprivation in "
        f"2015, with {report.confidence} intervals and the fitted curves. Named: {named(report)}.",
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
    if not (report.single or report.whole):  # said above, or the very same as all of London
        own = tables.boroughs(own_rows(report), context)
        html.table(
            own.drop(columns="part") if own["part"].nunique() == 1 else own,
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


def place_lines(report: Report) -> Iterator[Markup]:
    """Give the place of a single local authority in London; nothing for an area of several."""
    if not report.single:
        return
    every = report["reoffending_boroughs"]
    for row in own_rows(report).itertuples(index=False):
        yield html.phrase(
            "<strong>Place in London.</strong> In {area} {reoffenders} of the {offenders} offenders "
            "of the cohort labelled {cohort} reoffended, {rate} ({confidence} interval {interval}): "
            "the {place} of {count} rates.{few} The model of London fits {fitted} for its deprivation.",
            area=report.area.title,
            reoffenders=f"{row.reoffenders:,}",
            offenders=f"{row.offenders:,}",
            cohort=report.cohort,
            rate=words.percent(row.rate, 1),
            confidence=report.confidence,
            interval=words.percents(row.ci_lower, row.ci_upper, 1),
            place=words.place(place_among(every["rate"], row.rate), len(every)),
            count=len(every),
            few=" So few offenders, the fewest of all, say little."
            if row.offenders == every["offenders"].min()
            else "",
            fitted=words.percent(row.fitted, 1),
        )


def fitted_lines(report: Report) -> Iterator[Markup]:
    """Give how a single local authority lies to the London model; nothing for several."""
    if not report.single:
        return
    residuals = report["reoffending_boroughs"]["pearson_residual"]
    count = len(residuals)
    rows = own_rows(report).merge(
        report["boroughs"][["gss_code", "inner_or_outer", "deprivation_score", "deprivation_rank"]],
        on="gss_code",
    )
    for row in rows.itertuples(index=False):
        yield html.phrase(
            "For a local authority of {part} London with a deprivation score of {score} (rank {rank} "
            "of 152) the model of London fits a rate of {fitted}. That of {area}, {rate}, is {beside} "
            "that: a residual of {residual}, the {residual_place} of {count} and {side} ±{bound} "
            "(about one in {often} would lie beyond).",
            area=report.area.title,
            part=row.inner_or_outer,
            score=words.decimal(row.deprivation_score, 1),
            rank=row.deprivation_rank,
            fitted=words.percent(row.fitted, 1),
            rate=words.percent(row.rate, 1),
            count=count,
            beside=_beside(row.rate, row.fitted),
            residual=words.decimal(row.pearson_residual),
            side="beyond" if abs(row.pearson_residual) > BOUND else "within",
            bound=BOUND,
            often=round(1 / BEYOND),
            residual_place=words.place(place_among(residuals, row.pearson_residual), count),
        )


def range_lines(report: Report) -> Iterator[Markup]:
    """Give from where to where the rates of several local authorities run; nothing for one."""
    if report.single:
        return
    rows = own_rows(report)
    low, high = (rows.loc[at] for at in (rows["rate"].idxmin(), rows["rate"].idxmax()))
    few = low["offenders"] == report["reoffending_boroughs"]["offenders"].min()
    yield html.phrase(
        "<strong>Rates.</strong> In the {count} local authorities of {area} reoffending, of the cohort "
        "labelled {cohort}, ran from {low} in {lowest} ({low_counts} offenders) to {high} in {highest} "
        "({high_counts}).{few}",
        count=words.number(len(rows)),
        area=report.area.title,
        cohort=report.cohort,
        low=words.percent(low["rate"], 1),
        lowest=words.in_sentence(low["name"]),
        low_counts=f"{low['reoffenders']:,} of {low['offenders']:,}",
        high=words.percent(high["rate"], 1),
        highest=words.in_sentence(high["name"]),
        high_counts=f"{high['reoffenders']:,} of {high['offenders']:,}",
        few=f" So few offenders as in {words.in_sentence(low['name'])}, the fewest of all, say little."
        if few
        else "",
    )


def _leaning_lines(report: Report) -> Iterator[Markup]:
    """Give what a single local authority is to the London model; nothing for several."""
    slope = _slope(report, "london")
    if not report.single or slope is None:
        return
    mean = report["reoffending_boroughs"]["leverage"].mean()
    full = words.decimal(slope["estimate"], 3)
    for row in own_rows(report).itertuples(index=False):
        without = words.decimal(row.slope_without, 3)
        yield html.phrase(
            "Its leverage on that model is {leverage}, {beside} the mean of {mean}, and its Cook’s "
            "distance {cook}. Without {area} the slope of deprivation {would}.",
            leverage=words.decimal(row.leverage, 3),
            beside="above" if row.leverage > mean else "below",
            mean=words.decimal(mean, 3),
            cook=words.decimal(row.cooks_distance, 3),
            area=report.area.title,
            would=f"would stay {full}"
            if without == full
            else f"would be {without} in place of {full}",
        )


def named(report: Report) -> str:
    """Give whom a figure names: of London the one with fewest offenders, and those of the area."""
    few = "the one with fewest offenders"
    if not report.single:
        return f"{few}, and {report.members} where there is room"
    context = report["boroughs"]
    if context.loc[context["offenders"].idxmin(), "in_area"]:
        return f"{report.area.title}, which has the fewest offenders"
    return f"{few}, and {report.area.title}"


def own_rows(report: Report) -> pd.DataFrame:
    """Give the rows of processed.REOFFENDING_BOROUGHS of the area."""
    context, rows = report["boroughs"], report["reoffending_boroughs"]
    return rows[rows["gss_code"].isin(context.loc[context["in_area"], "gss_code"])]


def place_among(values: pd.Series, value: float) -> int:
    """Give the place of one of some values, the highest first; equal values share a place."""
    return 1 + int((values > value).sum())


def _beside(rate: float, fitted: float) -> str:
    """Say on which side of the fitted rate a rate lies, as both are printed."""
    if words.percent(rate, 1) == words.percent(fitted, 1):
        return "the same as"
    return "above" if rate > fitted else "below"


def area_lines(report: Report) -> Iterator[Markup]:
    """Give the sentence of the area's own model; none of one place, or of all of London."""
    if report.single or report.whole:  # said at the top of the page; London has the London model
        return
    slope = _slope(report, "area")
    count = len(report.area.local_authorities)
    if slope is None:
        yield html.phrase(
            "{area} has {count} local authorities: too few for a model of its own.",
            area=words.opened(report.area.title),
            count=words.number(count),
        )
        return
    said = {
        "higher": "points the same way as more deprivation: higher reoffending",
        "lower": "points to lower reoffending with more deprivation",
        "neither": "leaves open whether there is any association",
    }[_direction(slope)]
    yield html.phrase(
        "<strong>Within {area} alone</strong> ({count} local authorities, no random sample, so no more "
        "than a description) the evidence {said}: odds {odds} per standard deviation, {confidence} interval "
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
        least_name=words.in_sentence(least["name"]),
        most=words.decimal(most["slope_without"], 3),
        most_name=words.in_sentence(most["name"]),
        fewest=words.at_start(fewest["name"]),
        offenders=f"{fewest['offenders']:,}",
        without=words.decimal(fewest["slope_without"], 3),
    )


def _curves(context: pd.DataFrame, level: float) -> pd.DataFrame:
    frame = borough_models.covariates(context)
    score = frame["deprivation_score"]
    curves = []
    for inner, part in ((1.0, "inner"), (0.0, "outer")):
        reach = score[frame["inner_or_outer"] == part]
        grid = np.linspace(reach.min(), reach.max(), 13)
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


@html.part
def estimators(report: Report) -> None:
    """Display every estimator side by side."""
    model = report["reoffending_model"]
    scopes = {"area": report.area.title, "london": "London"}
    slopes = model[model["term"] == borough_models.SLOPE]
    bars = [
        Bar(
            group=words.opened(f"{scopes[row.scope]}, {row.boroughs} local authorities"),
            label=tables.ESTIMATORS[row.estimator],
            lower=row.ci_lower,
            upper=row.ci_upper,
            point=row.estimate,
            note=words.decimal(row.estimate, 3),
            colour=figures.COLOURS[0] if row.primary else figures.COLOURS[2],
        )
        for row in slopes.itertuples()
    ]
    show_slopes(
        bars,
        "Slope of deprivation by estimator",
        f"The slope of deprivation by estimator, with {report.confidence} intervals; the primary "
        "estimator in dark blue.",
    )
    for scope, name in scopes.items():
        rows = model[model["scope"] == scope]
        if not rows.empty:
            show_terms(
                report,
                tables.terms(rows, tables.ESTIMATORS, "estimator"),
                summary=f"Every term of every estimator, {name}",
                caption=f"Models of reoffending on deprivation, {name}, cohort {report.cohort}",
            )


def show_slopes(bars: Sequence[Bar], title: str, caption: str) -> None:
    """Display slopes with their intervals, and say them."""
    said = (
        f"{bar.group}, {bar.label}: {bar.note}, interval {words.decimal(bar.lower, 3)} to "
        f"{words.decimal(bar.upper, 3)}."
        for bar in bars
    )
    html.figure(figures.slopes(bars), alt=f"{title}. {' '.join(said)}", caption=caption)


def show_terms(report: Report, terms: pd.DataFrame, *, summary: str, caption: str) -> None:
    """Display the terms of models, as from tables.terms, folded."""
    html.data_table(
        terms,
        summary=summary,
        caption=caption,
        headers={
            "model": "Model",
            "boroughs": "Local authorities",
            "term": "Term",
            "estimate": "Estimate",
            "std_error": "Standard error",
            "interval": f"{report.confidence} interval",
            "df": "Degrees of freedom",
            "dispersion": "Dispersion",
        },
        numeric=["boroughs", "estimate", "std_error", "interval", "df", "dispersion"],
    )


def model_lines(report: Report) -> Iterator[Markup]:
    """Give the sentence of the primary model of London."""
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


def _slope(report: Report, scope: str) -> pd.Series | None:
    model = report["reoffending_model"]
    found = model[
        model["primary"] & (model["scope"] == scope) & (model["term"] == borough_models.SLOPE)
    ]
    return None if found.empty else found.iloc[0]


def model_change(report: Report, scope: str) -> str:
    """Give the change in odds with its interval in a few words; blank where there is no model."""
    slope = _slope(report, scope)
    if slope is None:
        return ""
    change, low, high = map(_odds_percent, slope[["estimate", "ci_lower", "ci_upper"]])
    return f"{change} ({low} to {high})"


def _odds_percent(log_odds: float) -> str:
    change = 100 * (np.exp(log_odds) - 1)
    return f"{abs(change):.0f}% {'higher' if change >= 0 else 'lower'}"


def _direction(slope: pd.Series) -> str:
    if slope["ci_lower"] > 0:
        return "higher"
    return "lower" if slope["ci_upper"] < 0 else "neither"
