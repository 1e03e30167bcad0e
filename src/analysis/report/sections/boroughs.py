"""The part of the page about reoffending and deprivation, from the processed tables.

Each public function returns a part of the page, or the sentences of one, and none where there are no
figures; the notebook `4_report` puts the parts in order.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis import words
from analysis.data import codes
from analysis.data.inspection import Beside
from analysis.report import bars, cells
from analysis.report.bars import Bars, Span
from analysis.report.content import Bullets, Cell, Figure, Paragraph, Part, Table, figure, phrase
from analysis.report.drawing import fit, scatter
from analysis.report.evidence import Report
from analysis.report.formula import mathml
from analysis.report.sections import origins

# If the model is right, this share of residuals lies beyond this many standard deviations.
BOUND, BEYOND = 2, 0.0455
_ESTIMATORS = (
    "The plain binomial fit takes every difference between places for chance within them; it is "
    "shown to make that visible, and its interval is too narrow. Least squares gives the smallest "
    "place the same say as the largest, on the logit scale and without weights."
)
# What stands for the part of a local authority whose region has none.
_NO_PART = {"part": ""}


def rates(report: Report) -> Part:
    """Return the boroughs' reoffending against deprivation, and the primary model."""
    rows = _rows(report)
    if rows.empty:
        return Part()
    lines = (
        *fitted_lines(report),
        *model_lines(report),
        *area_lines(report),
        *_spread_lines(report),
    )
    rows = rows.sort_values("rate", ascending=False, kind="stable")
    part = Part(_cohort_note(report), map(Paragraph, lines))
    if not report.single:
        part.append(_deprivation(report, rows))
    if not report.whole:
        part.append(_rates_table(report, rows[rows["in_area"]], report.area.title))
    if not report.single:
        folded = f"All {len(rows)} {report.region.title} local authorities"
        part.append(_rates_table(report, rows, report.region.title, folded))
    return part


def _rates_table(report: Report, rows: pd.DataFrame, of: str, folded: str | None = None) -> Table:
    return Table(
        rows,
        _cells(report, rows),
        f"Reoffending and deprivation in {of}, cohort {report.cohort}"
        + (". The highest rate first" if len(rows) > 1 else ""),
        folded=folded,
        note=f"The dashed mark is the rate of {report.region.title}, and the middle of the ranks; rank 1 "
        "is the highest rate. A shrunken rate is drawn towards that of all, the more the fewer the "
        "offenders; the interval of a rank is that of such a rate.",
    )


def limits(report: Report) -> Part:
    """Return what does not follow from a model of places."""
    if report["reoffending_boroughs"].empty:
        return Part()
    region = report.region
    lines = [
        "It compares places, not people: nothing follows about any person, rich or poor.",
        f"The cohort labelled {report.cohort} is of all offenders, adult and juvenile, and predates the "
        "division of probation between providers.",
        "Deprivation counts crime among its seven domains, so it partly measures the outcome.",
        f"A rank squeezes distances, and it is out of {region.ranked.of} authorities of "
        f"{region.ranked.within}, not out of {region.title}’s.",
    ]
    if not (report.single or report.whole):
        lines.append(
            f"The local authorities of {report.area.title} are no random sample of {region.title}."
        )
    return Part(Bullets(lines))


def _rows(report: Report) -> pd.DataFrame:
    """Return processed.REOFFENDING_BOROUGHS with part, deprivation and `fewest`: fewest offenders."""
    rows = report["reoffending_boroughs"].merge(
        report["boroughs"][
            ["gss_code", "in_area", "part", "deprivation_score", "deprivation_rank"]
        ],
        on="gss_code",
        validate="one_to_one",
    )
    drawn_together = report["reoffending_shrunken"].set_index("gss_code")["shrunken"]
    return rows.assign(
        fewest=rows["offenders"] == rows["offenders"].min(),
        shrunken=rows["gss_code"].map(drawn_together),
    ).fillna(_NO_PART)


def _cohort_note(report: Report) -> Part:
    """Say how the cohort differs from that of the report of the area's inspection, if it prints one."""
    printed = other_cohort(report)
    if not printed:
        return Part()
    return Part(
        Paragraph(
            f"The cohort labelled {report.cohort} is not that of the inspection report’s {printed.printed} "
            f"({printed.cohort}), which is not openly available.",
            cls="note",
        )
    )


def other_cohort(report: Report) -> Beside | None:
    """Return what the report of the area's inspection prints of another cohort, if it does."""
    printed = report.appendix.get("cohorts")
    return printed if printed and printed.cohort else None


def _deprivation(report: Report, rows: pd.DataFrame) -> Figure:
    region, curves = report.region, report["reoffending_curves"].fillna(_NO_PART)
    points = rows.assign(
        x=rows["deprivation_score"],
        y=rows["rate"],
        own=rows["in_area"],
        few=rows["fewest"],
        must_name=rows["fewest"],
        may_name=rows["in_area"],
    )
    fitted = f"curves, dashed for {next(iter(region.parts.values()))}" if region.parts else "curve"
    return figure(
        fit.deprivation(points, curves, region.parts),
        alt=f"{_trend(report)}: from least to most deprived, the fitted rate goes from "
        f"{_runs(report, curves)}. Every rate and score is in the table of all {len(rows)} {region.title} "
        "local authorities, below.",
        title=f"{_trend(report)}.",
        caption=f"Up: share of offenders who reoffended, cohort {report.cohort}, with {report.confidence} "
        f"intervals and the fitted {fitted}. Across: deprivation in 2015, higher is more deprived. "
        f"{key(report)}Named: {named(report)}.",
        source=origins.below(
            report,
            ("reoffending_boroughs", "boroughs", "reoffending_curves"),
            origins.of_files(*origins.PLACES),
        ),
    )


def _trend(report: Report) -> str:
    """Return whether rates rise with deprivation."""
    return {
        "higher": "Reoffending rates rise with deprivation",
        "lower": "Reoffending rates fall with deprivation",
        "neither": "Reoffending rates show no clear trend with deprivation",
    }[_way(report)]


def _way(report: Report) -> str:
    """Return which way the region's primary model goes; neither where there is none."""
    slope = _slope(report, report.region.code)
    return "neither" if slope is None else _direction(slope)


def _runs(report: Report, curves: pd.DataFrame) -> str:
    """Return from where to where the fitted rates run, in each part of the region."""
    return words.listed(
        f"{words.percent(rows['fitted'].iloc[0])} to {words.percent(rows['fitted'].iloc[-1])}"
        f"{f' in {report.region.parts[part]}' if part else ''}"
        for part, rows in curves.sort_values("deprivation_score").groupby("part")
    )


def _cells(report: Report, rows: pd.DataFrame) -> list[Cell]:
    region, every = report.region, report["reoffending_boroughs"]
    overall = every["reoffenders"].sum() / every["offenders"].sum()
    last = len(every)
    part = cells.text("part", f"Part of {region.title}")
    return [
        cells.text("name", "Local authority"),
        *([part] if rows["part"].nunique() > 1 else ()),
        Bars(
            f"Rate ({report.confidence} interval)",
            lambda row: (
                f"{words.percent(row.rate, 1)} ({words.percents(row.ci_lower, row.ci_upper, 1)})"
            ),
            axis=bars.about(overall, every[["ci_lower", "ci_upper"]].stack(), _percent),
            span=lambda row: Span(row.ci_lower, row.ci_upper, row.rate, aside=not row.in_area),
        ),
        Bars(
            f"Rank ({report.confidence} interval)",
            lambda row: f"{row.rank} ({words.span(row.rank_lower, row.rank_upper)})",
            axis=bars.Axis(1, last, ("1", f"{(1 + last) / 2:g}", str(last))),
            span=lambda row: Span(row.rank_lower, row.rank_upper, row.rank, aside=not row.in_area),
        ),
        cells.counts("reoffenders", "offenders", "Reoffenders of offenders"),
        cells.share("shrunken", "Shrunken rate", 1),
        cells.share("fitted", "Fitted", 1),
        Cell(
            f"Deprivation score (rank of {region.ranked.of})",
            lambda row: f"{words.decimal(row.deprivation_score, 1)} ({row.deprivation_rank})",
            numeric=True,
        ),
    ]


def _percent(rate: float) -> str:
    return words.percent(rate, 1)


def fitted_lines(report: Report) -> Iterator[Markup]:
    """Yield how a single local authority lies to the region's model; nothing for several."""
    if not report.single:
        return
    region = report.region
    residuals = report["reoffending_boroughs"]["pearson_residual"]
    count = len(residuals)
    rows = _rows(report)
    for row in rows[rows["in_area"]].itertuples(index=False):
        yield phrase(
            "For a local authority of {part} with a deprivation score of {score} (rank {rank} "
            "of {ranked}) the model of {region} fits a rate of {fitted}. That of {area}, {rate}, is {beside} "
            "that: a residual of {residual}, the {residual_place} of {count} and {side} ±{bound}.",
            area=report.area.title,
            part=region.parts.get(row.part, region.title),
            region=region.title,
            ranked=region.ranked.of,
            score=words.decimal(row.deprivation_score, 1),
            rank=row.deprivation_rank,
            fitted=words.percent(row.fitted, 1),
            rate=words.percent(row.rate, 1),
            count=count,
            beside=_beside(row.rate, row.fitted),
            residual=words.decimal(row.pearson_residual),
            side="beyond" if abs(row.pearson_residual) > BOUND else "within",
            bound=BOUND,
            residual_place=words.place(place_among(residuals, row.pearson_residual), count),
        )


def named(report: Report) -> str:
    """Return whom a figure names: of the region the one with fewest offenders, and those of the area."""
    place = report.area.title
    return (
        f"the one with fewest offenders, and the local authorities of {place} where there is room"
    )


def key(report: Report, *, parts: bool = True) -> str:
    """Return what marks and colours of a figure are; `parts` where marks tell those of the region."""
    marks = scatter.key(report.region.parts) if parts else ""
    coloured = "" if report.whole else f"in colour: {report.area.title}"
    said = "; ".join(filter(None, [marks, coloured]))
    return f"{words.opened(said)}. " if said else ""


def comparable(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with reoffenders, and others, enough to compare their rates."""
    others = rows["offenders"] - rows["reoffenders"]
    return rows[(rows["reoffenders"] >= codes.FEWEST) & (others >= codes.FEWEST)]


def ends(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the row with the lowest rate and that with the highest."""
    return rows.loc[rows["rate"].idxmin()], rows.loc[rows["rate"].idxmax()]


def own_rows(report: Report) -> pd.DataFrame:
    """Return the rows of processed.REOFFENDING_BOROUGHS of the area."""
    context, rows = report["boroughs"], report["reoffending_boroughs"]
    return rows[rows["gss_code"].isin(context.loc[context["in_area"], "gss_code"])]


def place_among(values: pd.Series, value: float) -> int:
    """Return the place of one of some values, the highest first; equal values share a place."""
    return 1 + int((values > value).sum())


def _beside(rate: float, fitted: float) -> str:
    """Return on which side of the fitted rate a rate lies, as both are printed."""
    if words.percent(rate, 1) == words.percent(fitted, 1):
        return "the same as"
    return "above" if rate > fitted else "below"


def area_lines(report: Report) -> Iterator[Markup]:
    """Yield the sentence of the area's own model; none of one place, or of all of its region."""
    if report.single or report.whole or report["reoffending_model"].empty:
        return
    slope = _slope(report, codes.AREA)
    count = len(report.area.local_authorities)
    if slope is None:
        yield phrase(
            "{area} has {count} local authorities: too few for a model of its own.",
            area=words.opened(report.area.title),
            count=words.number(count),
        )
        return
    direction = {
        "higher": "points the same way as more deprivation: higher reoffending",
        "lower": "points to lower reoffending with more deprivation",
        "neither": "leaves open whether there is any association",
    }[_direction(slope)]
    yield phrase(
        "<strong>Within {area} alone</strong> ({count} local authorities, no random sample, so no more "
        "than a description) the evidence {direction}: odds {odds} per standard deviation, {confidence} "
        "interval {low} to {high}; at the average place {points}.",
        area=report.area.title,
        count=count,
        direction=direction,
        odds=_odds_percent(slope["estimate"]),
        confidence=report.confidence,
        low=_odds_percent(slope["ci_lower"]),
        high=_odds_percent(slope["ci_upper"]),
        points=_points(slope, report["boroughs"].query("in_area")),
    )


def _points(slope: pd.Series, boroughs: pd.DataFrame) -> str:
    """Return what one standard deviation more does to the rate of all offenders of some places."""
    rate = boroughs["reoffenders"].sum() / boroughs["offenders"].sum()
    odds = rate / (1 - rate) * math.exp(slope["estimate"])
    return f"{words.percent(rate, 1)} becomes about {words.percent(odds / (1 + odds), 1)}"


def _spread_lines(report: Report) -> Iterator[Markup]:
    """Yield how far the rates of a region vary, and what leaving out a place does to the slope."""
    slope = _slope(report, report.region.code)
    if slope is None or not report.whole:
        return
    by_borough = report["reoffending_boroughs"]
    least = by_borough.loc[by_borough["slope_without"].idxmin()]
    most = by_borough.loc[by_borough["slope_without"].idxmax()]
    fewest = by_borough.loc[by_borough["offenders"].idxmin()]
    yield phrase(
        "Rates are spread {spread} times as far between local authorities as chance alone would "
        "spread them (in standard deviations, beyond what deprivation explains), and the intervals "
        "allow for that. Leaving "
        "out one local authority at a time moves the slope of {slope} to between {least} (without "
        "{least_name}) and {most} (without {most_name}). {fewest} has only {offenders} offenders; "
        "without it the slope is {without}.",
        spread=spread(slope["dispersion"]),
        slope=words.decimal(slope["estimate"], 3),
        least=words.decimal(least["slope_without"], 3),
        least_name=words.in_sentence(least["name"]),
        most=words.decimal(most["slope_without"], 3),
        most_name=words.in_sentence(most["name"]),
        fewest=words.at_start(fewest["name"]),
        offenders=f"{fewest['offenders']:,}",
        without=words.decimal(fewest["slope_without"], 3),
    )


def spread(dispersion: float) -> str:
    """Return how many times as far as by chance rates are spread; a dispersion is its square."""
    return words.decimal(math.sqrt(dispersion), 1)


def estimators(report: Report) -> Part:
    """Return every estimator of the page's model side by side, and what the others are for."""
    model = _of_page(report, "reoffending_model")
    if model.empty:
        return Part()
    slopes = model[model["term"] == codes.SLOPE]
    chart = slopes_table(
        report,
        slopes.assign(aside=~slopes["primary"]),
        Cell("Estimator", lambda row: codes.ESTIMATORS[row.estimator]),
        f"The slope of deprivation by estimator, cohort {report.cohort}. The primary estimator first",
        lambda row: words.opened(f"{report.area.title}, {row.boroughs} local authorities"),
    )
    terms = terms_table(
        report,
        model,
        Cell("Model", lambda row: codes.ESTIMATORS[row.estimator]),
        folded="Every term of every estimator",
        caption=f"Models of reoffending on deprivation, {report.area.title}, cohort {report.cohort}",
    )
    answers = [Paragraph(line) for line in choice_lines(report)]
    return Part(answers, Paragraph(_ESTIMATORS), chart, terms)


def _of_page(report: Report, name: str) -> pd.DataFrame:
    """Return the rows of a table of models that the page shows: those of the region on its own page."""
    model = report[name]
    return model[model["scope"] == (report.region.code if report.whole else codes.AREA)]


def choice_lines(report: Report) -> Iterator[str]:
    """Yield whether the choice of an estimator decides what the page's model finds, and how."""
    slopes = _comparable(_of_page(report, "reoffending_model"))
    if slopes.empty:
        return
    without = _of_page(report, "reoffending_without_fewest")
    others = _comparable(without)
    answer, detail = "matters", _found(slopes)
    if slopes["found"].nunique() == 1:
        answer = "does not matter"
    elif others["found"].nunique() == 1:
        fewest = words.in_sentence(without["without_name"].iloc[0])
        answer = f"matters only through {fewest}"
        count = words.counted(int(report["boroughs"]["offenders"].min()), "offender")
        detail += f". Without {fewest}, which has {count}, {_found(others)}"
    elif slopes.set_index("estimator")["found"][codes.PRIMARY] == "neither":
        detail += (
            ". A normal interval, as the beta-binomial has, is too narrow for few places; what this "
            "page says rests on the quasi-binomial one"
        )
    yield f"For {report.area.title} it {answer}."
    yield words.opened(f"{detail}.")


def _comparable(model: pd.DataFrame) -> pd.DataFrame:
    """Return the slopes of the estimators that allow for the spread of rates, with what each found."""
    slopes = model[model["term"] == codes.SLOPE]
    slopes = slopes[slopes["estimator"] != codes.PLAIN]
    return slopes.assign(found=[_direction(slope) for _, slope in slopes.iterrows()])


def _found(slopes: pd.DataFrame) -> str:
    """Return where the interval of each slope lies, those that agree together."""
    parts = []
    for found, rows in slopes.groupby("found", sort=False):
        intervals = words.listed(
            f"{codes.ESTIMATORS[row.estimator]} ({words.decimal(row.ci_lower, 3)} to "
            f"{words.decimal(row.ci_upper, 3)})"
            for row in rows.itertuples()
        )
        several = len(rows) > 1
        if found == "neither":
            verb = "take in zero" if several else "takes in zero"
        else:
            side = "above" if found == "higher" else "below"
            verb = f"{'lie' if several else 'lies'} {side} zero"
        parts.append(f"the {'intervals' if several else 'interval'} by {intervals} {verb}")
    return words.listed(parts)


def years(report: Report) -> Part:
    """Return whether all cohorts together say what the chosen one does, in the page's model."""
    model = _of_page(report, "reoffending_cohorts_model")
    if model.empty:
        return Part()
    together = model[model["term"] == codes.SLOPE].iloc[0]
    line = _years_line(report, together, _slope(report, str(together["scope"])))
    terms = terms_table(
        report,
        model,
        Cell("Model", lambda _: "all cohorts"),
        folded="Every term of the model of all cohorts",
        caption=f"Model of reoffending on deprivation, {report.area.title}, all cohorts",
    )
    how = (
        "In one model of all cohorts each local authority is met once a year, and what sets it apart in "
        "one year may do so in another: generalised estimating equations with one correlation within a "
        "place, and intervals by Student’s t on places less terms."
    )
    return Part(map(Paragraph, [line, how]), [terms])


def _years_line(report: Report, together: pd.Series, alone: pd.Series | None) -> str:
    found = _direction(together)
    answer = (
        "that cannot be told: the interval takes in zero"
        if found == "neither"
        else f"yes: the slope of all cohorts is {'above' if found == 'higher' else 'below'} zero"
    )
    beside = (
        ""
        if alone is None
        else f"; that of {report.cohort} alone is {words.decimal(alone['estimate'], 3)} "
        f"({words.decimal(alone['ci_lower'], 3)} to {words.decimal(alone['ci_upper'], 3)})"
    )
    return (
        f"For {report.area.title} {answer}. It is {words.decimal(together['estimate'], 3)} "
        f"({report.confidence} interval {words.decimal(together['ci_lower'], 3)} to "
        f"{words.decimal(together['ci_upper'], 3)}){beside}."
    )


def slopes_table(
    report: Report,
    slopes: pd.DataFrame,
    first: Cell,
    caption: str,
    group: Callable[[Any], str],
) -> Table:
    """Return slopes with their bars, those in grey whose `aside` is true; `first` names each."""
    return Table(
        slopes,
        [
            first,
            Bars(
                f"Slope ({report.confidence} interval)",
                lambda row: (
                    f"{words.decimal(row.estimate, 3)} "
                    f"({words.decimal(row.ci_lower, 3)} to {words.decimal(row.ci_upper, 3)})"
                ),
                axis=bars.slopes(slopes[["ci_lower", "ci_upper"]].stack()),
                span=lambda row: Span(row.ci_lower, row.ci_upper, row.estimate, aside=row.aside),
            ),
        ],
        caption,
        note="In log odds per standard deviation. Right of the dashed mark, reoffending is higher where "
        "deprivation is; an interval that takes in the mark leaves that open.",
        group=group,
    )


def terms_table(
    report: Report, terms: pd.DataFrame, first: Cell, *, folded: str, caption: str
) -> Table:
    """Return a folded table of the terms of models, whose first column names the model."""
    region = report.region
    names = codes.TERMS | {term: region.parts[part] for term, part in region.part_terms.items()}
    columns = [
        first,
        cells.whole("boroughs", "Local authorities"),
        Cell("Term", lambda row: names[row.term]),
        cells.decimal("estimate", "Estimate", 3),
        cells.decimal("std_error", "Standard error", 3),
        Cell(
            f"{report.confidence} interval",
            lambda row: f"{words.decimal(row.ci_lower, 3)} to {words.decimal(row.ci_upper, 3)}",
            numeric=True,
        ),
        Cell(
            "Degrees of freedom",
            lambda row: "normal" if math.isinf(row.df) else words.decimal(row.df, 0),
            numeric=True,
        ),
        cells.decimal("dispersion", "Dispersion"),
    ]
    return Table(terms, columns, caption, folded=folded)


def model_lines(report: Report) -> Iterator[Markup]:
    """Yield the sentence of the primary model of the region, and where the model is shown."""
    slope = _slope(report, report.region.code)
    if slope is None:
        return
    yield phrase(
        "<strong>Reoffending and deprivation.</strong> {verdict}, across the {boroughs} local "
        "authorities of {region}: one standard deviation more deprived ({deviation}, the usual distance "
        "from the average) went with odds of reoffending {odds} ({confidence} interval {low} to {high}); "
        "at the average place {points}. This is about areas, not about people.{elsewhere}",
        verdict=words.opened(verdict(report)),
        deviation=standard_deviation(report),
        elsewhere=_elsewhere(report),
        boroughs=slope["boroughs"],
        region=report.region.title,
        odds=_odds_percent(slope["estimate"]),
        confidence=report.confidence,
        low=_odds_percent(slope["ci_lower"]),
        high=_odds_percent(slope["ci_upper"]),
        points=_points(slope, report["boroughs"]),
    )


def verdict(report: Report) -> str:
    """Say which way reoffending goes with deprivation in the primary model of the region, if any."""
    return {
        "higher": "reoffending was higher where deprivation was higher",
        "lower": "reoffending was lower where deprivation was higher",
        "neither": "no association of reoffending with deprivation is shown",
    }[_way(report)]


def standard_deviation(report: Report) -> str:
    """Say how much a standard deviation of the region's local authorities is: `8.0 points of the score`."""
    deviation = report["boroughs"]["deprivation_score"].std(ddof=1)
    return f"{words.decimal(deviation, 1)} points of the score"


def _elsewhere(report: Report) -> Markup:
    """Return the way to the page that has the model of the region; nothing on that page."""
    if report.whole:
        return Markup()
    return phrase(
        ' <a href="../index.html#area-{place}">The page of {region}</a> has the model, how well it fits '
        "and what drives it.",
        place=report.region.code.replace("_", "-"),
        region=report.region.title,
    )


def _slope(report: Report, scope: str) -> pd.Series | None:
    model = report["reoffending_model"]
    found = model[model["primary"] & (model["scope"] == scope) & (model["term"] == codes.SLOPE)]
    return None if found.empty else found.iloc[0]


def model_change(report: Report) -> str:
    """Return the change in odds with its interval, and in points; blank where there is no model.

    In the area's own model, which is that of its region where the area is all of it.
    """
    slope = _slope(report, report.region.code if report.whole else codes.AREA)
    if slope is None:
        return ""
    change, low, high = map(_odds_percent, slope[["estimate", "ci_lower", "ci_upper"]])
    boroughs = report["boroughs"]
    return f"{change} ({low} to {high}): {_points(slope, boroughs[boroughs['in_area']])}"


def _odds_percent(log_odds: float) -> str:
    change = 100 * (math.exp(log_odds) - 1)
    return f"{abs(change):.0f}% {'higher' if change >= 0 else 'lower'}"


def _direction(slope: pd.Series) -> str:
    if slope["ci_lower"] > 0:
        return "higher"
    return "lower" if slope["ci_upper"] < 0 else "neither"


def methods(report: Report) -> Part:
    """Return the page's model in formulas, how it was fitted, and how ranks have their intervals."""
    if report["reoffending_model"].empty:
        return Part()
    ranks = Paragraph(
        phrase(
            "<strong>Ranks.</strong> Shrunken rates are posterior means under one beta distribution of "
            "the rates of all places, with flat priors on its mean and spread (Gelman and others 2013), "
            "and ranks have the limits of the ranks of draws from it (Goldstein and Spiegelhalter 1996)."
        )
    )
    if _of_page(report, "reoffending_model").empty:
        return Part(ranks)
    region = report.region
    terms = [r"\operatorname{logit} E(y_i / n_i) = \beta_0 + \beta_1 d_i"]
    marked = Markup()
    if region.part_terms:
        terms.append(r"\beta_2 m_i")
        first, last = region.parts.values()
        marked = phrase(
            ", and {m} is 1 in {first} and 0 in {last}", m=mathml("m"), first=first, last=last
        )
    with_counts = phrase(
        "<strong>Boroughs.</strong> With {y} reoffenders of {n} offenders in place {i},",
        y=mathml("y"),
        n=mathml("n"),
        i=mathml("i"),
    )
    where = phrase(
        "where {d} is the average deprivation score of 2015 in standard deviations over the {region} "
        "local authorities{marked}. The primary fit is quasi-binomial: the dispersion is Pearson’s "
        "{chi} over its residual degrees of freedom, at least 1, and intervals use Student’s {t} "
        "(McCullagh and Nelder 1989). Beside it: beta-binomial maximum likelihood, least squares on "
        "empirical logits with HC3 errors, and the plain binomial. Standardisation is over {region} in "
        "every model, so that slopes compare. The model of all cohorts solves generalised estimating "
        "equations with one correlation within a place and bias-reduced errors (Liang and Zeger 1986; "
        "Mancl and DeRouen 2001).",
        d=mathml("d"),
        region=region.title,
        marked=marked,
        chi=mathml(r"\chi^2"),
        t=mathml("t"),
    )
    formula = mathml(" + ".join(terms), display="block")
    return Part(map(Paragraph, (with_counts, formula, where)), [ranks])
