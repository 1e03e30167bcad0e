"""The part of the page about how well the models of reoffending fit, and on whom they lean.

Each public function displays a figure with the sentence that says what it shows; the notebook
`4_report` puts them in order. The `_line` functions give those sentences from the tables.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from analysis import words
from analysis.report import html, tables
from analysis.report.drawing import figures, model_figures
from analysis.report.drawing.figures import Bar
from analysis.report.evidence import Report
from analysis.report.sections import boroughs
from analysis.report.sections.boroughs import BEYOND, BOUND
from analysis.stats import borough_models, reoffending

# A Cook's distance above it is the usual sign that one row rules the fit.
RULES = 1

_CHANCE, _OVERDISPERSED = "binomial", "overdispersed"
_NARROW, _WIDE = borough_models.FUNNEL_LEVELS
_LIMITS = {
    f"{100 * level:g}% limits, {said}": (kind, level)
    for kind, said in ((_CHANCE, "chance alone"), (_OVERDISPERSED, "with overdispersion"))
    for level in (_NARROW, _WIDE)
}
_TERMS = {
    "deprivation": "deprivation score",
    "deprivation_rank_reversed": "deprivation rank",
    "crime": "crime domain",
}
_SCORE, _RANK, _BOTH, _CRIME = (
    "deprivation score",
    "deprivation rank of 152",
    "deprivation score and crime domain",
    "crime domain alone",
)


@html.part
def funnel(report: Report) -> None:
    """Display the rates against the number of offenders, with control limits."""
    limits = report["reoffending_funnel"]
    html.paragraph("{said} {how}", said=funnel_line(limits), how=_funnel_source(limits))
    chance, allowed = (_held(limits, kind, _WIDE) for kind in (_CHANCE, _OVERDISPERSED))
    overall, dispersion = allowed["overall_rate"].iloc[0], float(allowed["dispersion"].iloc[0])
    points = _points(report, chance, x="offenders", y="rate")
    points["must_name"] |= (points["outside"] != "") | (points["in_area"] & report.single)
    rows = [
        f"{row.name}, {_people(row.offenders)}, {words.percent(row.rate, 1)}."
        for row in points[points["must_name"]].itertuples()
    ]
    html.figure(
        model_figures.funnel(points, _curves(limits), rate=overall, dispersion=dispersion),
        alt=f"Funnel plot of the reoffending rate against the number of offenders for {len(points)} "
        f"London local authorities, about the overall rate of {words.percent(overall, 1)}. Outside "
        f"the {_level(_WIDE)} limits for chance alone: {_sides(chance)}; with a dispersion of "
        f"{words.decimal(dispersion, 1)}: {_sides(allowed)}. {' '.join(rows)}",
        caption=f"Rates and numbers of offenders, {_cohort(report)}, with control limits about "
        f"the overall rate. Named: those outside the {_level(_WIDE)} limits for chance alone, "
        f"{boroughs.named(report)}.",
    )
    html.data_table(
        _limits_by_size(limits),
        summary="Control limits by the number of offenders",
        caption=f"Control limits about the overall rate of {words.percent(overall, 1)}, cohort "
        f"{report.cohort}",
        numeric=["Offenders", *_LIMITS],
    )


def funnel_line(limits: pd.DataFrame) -> str:
    """Say who lies outside the wide limits of processed.REOFFENDING_FUNNEL, without and with it."""
    chance, allowed = (_held(limits, kind, _WIDE) for kind in (_CHANCE, _OVERDISPERSED))
    return (
        f"If chance alone were at work, about one rate in {1 / (1 - _WIDE):.0f} would lie outside "
        f"the {_level(_WIDE)} limits; of {len(chance)}, {_lying(chance)}. With limits that allow "
        f"for overdispersion, {_lying(allowed)}."
    )


def _funnel_source(limits: pd.DataFrame) -> str:
    allowed = _held(limits, _OVERDISPERSED, _WIDE)
    few = _held(limits, _CHANCE, _NARROW).sort_values("offenders").iloc[0]
    where = "outside" if few["outside"] else "within"
    return (
        f"The overall rate ({words.percent(allowed['overall_rate'].iloc[0], 1)}) and the "
        f"overdispersion (a variance {words.decimal(allowed['dispersion'].iloc[0], 1)} times that "
        "of chance) are those of a quasi-binomial model with an intercept alone, not of the model "
        f"with deprivation. {words.at_start(few['name'])} has only {_people(few['offenders'])}, for "
        f"so few of whom the limits are rough: its rate of {words.percent(few['rate'])} lies {where} the "
        f"{_level(_NARROW)} limits for chance alone."
    )


def _held(limits: pd.DataFrame, kind: str, level: float) -> pd.DataFrame:
    """Give the rates against limits of one kind and level; `outside` says on which side, or ''."""
    rows = limits[(limits["limits"] == kind) & (limits["level"] == level)].reset_index(drop=True)
    above, below = rows["rate"] > rows["limit_upper"], rows["rate"] < rows["limit_lower"]
    return rows.assign(outside=np.select([above, below], ["above", "below"], ""))


def _lying(held: pd.DataFrame) -> str:
    """Say how many lie outside, and who: `none does`, `one does (A above)`."""
    count = int((held["outside"] != "").sum())
    if count == 0:
        return "none does"
    return f"{words.number(count)} {'does' if count == 1 else 'do'} ({_sides(held)})"


def _sides(held: pd.DataFrame) -> str:
    sides = [(side, held.loc[held["outside"] == side, "name"]) for side in ("above", "below")]
    return (
        "; ".join(f"{words.named(names)} {side}" for side, names in sides if len(names)) or "none"
    )


def _limits_at(limits: pd.DataFrame, offenders: np.ndarray) -> pd.DataFrame:
    """Give limits, level, offenders, lower and upper: each kind of limits at these sizes."""
    found = []
    for kind, level in _LIMITS.values():
        one = _held(limits, kind, level).iloc[0]
        lower, upper = reoffending.funnel_limits(
            one["overall_rate"], offenders, level=level, dispersion=one["dispersion"]
        )
        columns = {"offenders": offenders, "lower": lower, "upper": upper}
        found.append(pd.DataFrame(columns).assign(limits=kind, level=level))
    return pd.concat(found, ignore_index=True)


def _curves(limits: pd.DataFrame) -> pd.DataFrame:
    # Closest where the funnel bends most.
    ends = limits["offenders"].min() ** 0.5, (1.04 * limits["offenders"].max()) ** 0.5
    return _limits_at(limits, np.round(np.linspace(*ends, 28) ** 2))


def _limits_by_size(limits: pd.DataFrame) -> pd.DataFrame:
    """Give the limits as a table for the fewest offenders, for every thousand, and for the most."""
    few, most = limits["offenders"].min(), limits["offenders"].max()
    sizes = np.unique([few, 500, *range(1000, most, 1000), most])
    at = _limits_at(limits, sizes)
    columns = {
        heading: [
            words.percents(row.lower, row.upper, 1)
            for row in at[(at["limits"] == kind) & (at["level"] == level)].itertuples()
        ]
        for heading, (kind, level) in _LIMITS.items()
    }
    return pd.DataFrame({"Offenders": [f"{size:,}" for size in sizes]} | columns)


@html.part
def residuals(report: Report) -> None:
    """Display the Pearson and the randomised quantile residuals against the fitted rates."""
    table = report["reoffending_residuals"]
    html.paragraph("{line}", line=residuals_line(table))
    columns = {
        "pearson_residual": "Pearson residual over the root of the dispersion",
        "quantile_residual": "randomised quantile residual",
    }
    panels: dict[str, pd.DataFrame] = {}
    for column, heading in columns.items():
        points = _points(report, table, x="fitted", y=column)
        points["must_name"] |= points["y"].abs() > BOUND
        points["may_name"] &= not panels  # in the first panel, above the same place of the others
        panels[heading] = points
    html.figure(
        model_figures.residuals(panels, bound=BOUND),
        alt=f"Residuals against fitted rates for {len(table)} London local authorities. "
        + " ".join(
            f"{words.opened(heading)}: from {words.decimal(table[column].min())} to "
            f"{words.decimal(table[column].max())}; beyond ±{BOUND}: "
            f"{_valued(table[table[column].abs() > BOUND], column) or 'none'}."
            for column, heading in columns.items()
        ),
        caption=f"Residuals of the models of London, {_cohort(report)}; the quantile residuals "
        f"are drawn with the fixed seed {table['seed'].iloc[0]}. Hollow: {_few(report)}.",
    )
    html.data_table(
        pd.DataFrame(
            {
                "name": table["name"],
                "residual": [words.decimal(value) for value in table["quantile_residual"]],
            }
        ),
        summary="Quantile residual of each local authority",
        caption=f"Randomised quantile residuals of the beta-binomial model, cohort {report.cohort}",
        headers={"name": "Local authority", "residual": "Quantile residual"},
        numeric=["residual"],
    )


def residuals_line(table: pd.DataFrame) -> str:
    """Say who of processed.REOFFENDING_RESIDUALS lies beyond the bound, by either residual."""
    said = []
    for column, of in (
        ("pearson_residual", "Pearson residuals of the primary model"),
        ("quantile_residual", "quantile residuals of the beta-binomial model"),
    ):
        beyond = table[table[column].abs() > BOUND]
        count = len(beyond)
        verb = "does" if count <= 1 else "do"
        who = f" ({_valued(beyond, column)})" if count else ""
        said.append(f"of the {of} {words.number(count) if count else 'none'} {verb}{who}")
    return (
        f"About {words.decimal(BEYOND * len(table), 1)} of {len(table)} residuals would lie beyond "
        f"±{BOUND} if the model were right; {' and '.join(said)}."
    )


@html.part
def influence(report: Report) -> None:
    """Display leverage against Cook's distance."""
    by_borough = report["reoffending_boroughs"]
    terms = _terms(report)
    html.paragraph("{line}", line=influence_line(by_borough, terms=terms))
    points = _points(report, by_borough, x="leverage", y="cooks_distance")
    high = _high_leverage(by_borough, terms)
    points["must_name"] |= points["y"].rank(ascending=False) <= 3
    points["must_name"] |= points["x"] > high
    html.figure(
        model_figures.influence(points, terms=terms, high_leverage=high),
        alt=f"Cook’s distance against leverage for {len(points)} London local authorities. "
        + " ".join(
            f"{row.name}, leverage {words.decimal(row.x)}, Cook’s distance {words.decimal(row.y)}."
            for row in points[points["must_name"]].itertuples()
        ),
        caption=f"Leverage and Cook’s distance in the primary model of London, "
        f"{_cohort(report)}; the curves are residuals of one size. Hollow: {_few(report)}.",
    )
    html.data_table(
        tables.influence(by_borough),
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


def influence_line(by_borough: pd.DataFrame, *, terms: int) -> str:
    """Say who in processed.REOFFENDING_BOROUGHS has most influence, and who much leverage."""
    most = by_borough.loc[by_borough["cooks_distance"].idxmax()]
    few = by_borough.loc[by_borough["offenders"].idxmin()]
    ruling = int((by_borough["cooks_distance"] > RULES).sum())
    high = _high_leverage(by_borough, terms)
    leaning = by_borough[by_borough["leverage"] > high]
    count = len(leaning)
    has = "has" if count <= 1 else "have"
    return (
        f"{words.at_start(most['name'])} has the most influence on the fit, a Cook’s distance of "
        f"{words.decimal(most['cooks_distance'])}; {words.number(ruling) if ruling else 'none'} of "
        f"{len(by_borough)} {'is' if ruling <= 1 else 'are'} above {RULES}, the usual sign that one "
        f"row rules the fit. {(words.number(count) if count else 'none').capitalize()} {has} more "
        f"than twice the mean leverage of {words.decimal(high / 2)}"
        f"{': ' + _valued(leaning, 'leverage') if count else ''}. {words.at_start(few['name'])}, with only "
        f"{_people(few['offenders'])}, has a leverage of {words.decimal(few['leverage'], 3)} and a "
        f"Cook’s distance of {words.decimal(few['cooks_distance'], 3)}."
    )


def _high_leverage(by_borough: pd.DataFrame, terms: int) -> float:
    return 2 * terms / len(by_borough)


@html.part
def leave_one_out(report: Report) -> None:
    """Display the slope of deprivation when each local authority is left out."""
    by_borough, slope = report["reoffending_boroughs"], _slope(report, _SCORE, "deprivation")
    full, std_error = float(slope["estimate"]), float(slope["std_error"])
    html.paragraph("{line}", line=left_out_line(by_borough, full=full, std_error=std_error))
    points = _points(report, by_borough, x="slope_without", y="slope_without")
    points["in_area"] &= not report.whole  # where every name is bold, none stands out
    bold = "" if report.whole else f" Bold: {report.members}."
    ordered = points.sort_values("slope_without")
    ends = pd.concat([ordered.head(3), ordered.tail(3)])
    html.figure(
        model_figures.leave_one_out(
            points.rename(columns={"slope_without": "slope"}), full=full, std_error=std_error
        ),
        alt=f"The slope of deprivation without each of {len(points)} London local authorities, "
        f"sorted, beside that of all, {words.decimal(full, 3)}. The three lowest and the three "
        f"highest: {_valued(ends, 'slope_without', 3)}. All are in the table of residual, leverage "
        "and influence.",
        caption=f"The slope of deprivation with each local authority left out, "
        f"{_cohort(report)}.{bold} Hollow: {_few(report)}.",
    )


def left_out_line(by_borough: pd.DataFrame, *, full: float, std_error: float) -> str:
    """Say who moves the slope most when left out, and whether any omission turns its sign."""
    moves = by_borough["slope_without"] - full
    most = by_borough.loc[moves.abs().idxmax()]
    move = float(moves.abs().max())
    turned = int((np.sign(by_borough["slope_without"]) != np.sign(full)).sum())
    sign = "above" if full > 0 else "below"
    stays = (
        f"The slope stays {sign} zero whichever local authority is left out"
        if turned == 0
        else f"The slope would no longer be {sign} zero without "
        f"{'one' if turned == 1 else f'any one of {words.number(turned)}'} of the local authorities"
    )
    few = by_borough.loc[by_borough["offenders"].idxmin()]
    return (
        f"{stays}. It moves most without {words.in_sentence(most['name'])}, from {words.decimal(full, 3)} to "
        f"{words.decimal(most['slope_without'], 3)}, which is {words.decimal(move / std_error, 1)} "
        f"of its standard error; {words.in_sentence(few['name'])}, with only "
        f"{_people(few['offenders'])}, moves it by {words.decimal(abs(few['slope_without'] - full), 4)}."
    )


@html.part
def measures(report: Report) -> None:
    """Display score against rank, and the slopes of the measures with and without crime."""
    context, table = report["boroughs"], report["reoffending_measures"]
    html.paragraph("{line}", line=rank_line(context, table))
    points = _points(report, context, x="deprivation_score", y="deprivation_rank")
    apart = _apart(points)
    points["must_name"] |= apart.abs().rank(ascending=False) <= 3
    points["must_name"] |= points["in_area"] & report.single
    furthest = points.assign(apart=apart)[apart.abs().rank(ascending=False) <= 3]
    html.figure(
        model_figures.score_and_rank(points),
        alt=f"Deprivation rank against score for {len(points)} London local authorities. Furthest "
        "from the line on which both say the same: "
        + " ".join(
            f"{row.name}, score {words.decimal(row.x, 1)}, rank {row.y}, "
            f"{words.decimal(abs(row.apart))} standard deviations "
            f"{'less' if row.apart > 0 else 'more'} deprived by rank."
            for row in furthest.itertuples()
        ),
        caption="Score and rank of deprivation, 2015. On the line both say the same in standard "
        "deviations. Named: the three furthest from it, "
        f"{boroughs.named(report)}.",
    )
    html.paragraph("{line}", line=crime_line(context, table))
    boroughs.show_slopes(
        list(_bars(table)),
        "Slopes by measure of deprivation",
        "The slopes of score, rank and crime domain in the primary model of London, "
        f"{_cohort(report)}, with {report.confidence} intervals; higher is more deprived in all. "
        "Dark blue: the score alone, as elsewhere on this page.",
    )
    boroughs.show_terms(
        report,
        tables.terms(table, {name: name for name in table["measure"].unique()}, "measure"),
        summary="The primary model with other measures of deprivation",
        caption=f"Score, rank and crime domain, London, cohort {report.cohort}",
    )


def rank_line(context: pd.DataFrame, table: pd.DataFrame) -> str:
    """Say what a place in the ranking is worth among the most, the middle and the least deprived."""
    ordered = context.sort_values("deprivation_rank")
    thirds = [ordered.iloc[part] for part in np.array_split(np.arange(len(ordered)), 3)]
    said = [
        f"the {len(third)} {of}"
        for third, of in zip(
            thirds, ("most deprived", "in the middle", "least deprived"), strict=True
        )
    ]
    steps = [
        np.ptp(third["deprivation_score"]) / np.ptp(third["deprivation_rank"]) for third in thirds
    ]
    worth = [
        f"{words.decimal(step)} points among {of}" for step, of in zip(steps, said, strict=True)
    ]
    apart = _apart(context).abs()
    by_rank, by_score = (
        words.decimal(_of(table, measure, term)["estimate"], 3)
        for measure, term in ((_RANK, "deprivation_rank_reversed"), (_SCORE, "deprivation"))
    )
    return (
        "A rank counts every place as one step, however far apart in score: one place is worth "
        f"{words.listed(worth)}, so rank squeezes distances most among "
        f"{said[int(np.argmax(steps))]}. Nowhere in London does that come to more than "
        f"{words.decimal(apart.max())} standard deviations "
        f"({context.loc[apart.idxmax(), 'name']}), and the slope is {by_rank} by rank where it is "
        f"{by_score} by score."
    )


def crime_line(context: pd.DataFrame, table: pd.DataFrame) -> str:
    """Say what becomes of the slope of the score with the crime domain beside it."""
    alone, beside = _of(table, _SCORE, "deprivation"), _of(table, _BOTH, "deprivation")
    change = beside["estimate"] - alone["estimate"]
    open_ = beside["ci_lower"] <= 0 <= beside["ci_upper"]
    correlation = context["deprivation_score"].corr(context["crime_score"])
    return (
        f"With the crime domain beside it, the slope of the score "
        f"{'falls' if change < 0 else 'rises'} from {words.decimal(alone['estimate'], 3)} to "
        f"{words.decimal(beside['estimate'], 3)}, and its interval "
        f"{'takes in' if open_ else 'leaves out'} zero. Score and crime domain have a correlation "
        f"of {words.decimal(correlation)} over {len(context)} local authorities; the nearer to 1, "
        "the less a model can tell them apart."
    )


def _bars(table: pd.DataFrame) -> Iterable[Bar]:
    together = "Score and crime domain in one model"
    groups = dict.fromkeys((_SCORE, _RANK, _CRIME), "Each measure by itself") | {_BOTH: together}
    for measure, group in groups.items():
        for row in table[(table["measure"] == measure) & table["term"].isin(_TERMS)].itertuples():
            yield Bar(
                group=group,
                label=_TERMS[row.term],
                lower=row.ci_lower,
                upper=row.ci_upper,
                point=row.estimate,
                note=words.decimal(row.estimate, 3),
                colour=figures.COLOURS[0 if measure == _SCORE else 2],
            )


def _points(report: Report, rows: pd.DataFrame, *, x: str, y: str) -> pd.DataFrame:
    """Give the points of a figure: see `model_figures`; the one with fewest offenders is named."""
    context = report["boroughs"]
    few = context["offenders"] == context["offenders"].min()
    marks = context[["gss_code", "in_area", "inner_or_outer"]].assign(few=few)
    kept = rows.drop(columns=["in_area", "inner_or_outer"], errors="ignore")
    points = kept.merge(marks, on="gss_code", validate="one_to_one")
    return points.assign(
        x=points[x],
        y=points[y],
        must_name=points["few"],
        may_name=points["in_area"],
    )


def _slope(report: Report, measure: str, term: str) -> pd.Series:
    return _of(report["reoffending_measures"], measure, term)


def _of(table: pd.DataFrame, measure: str, term: str) -> pd.Series:
    return table[(table["measure"] == measure) & (table["term"] == term)].iloc[0]


def _terms(report: Report) -> int:
    return int((report["reoffending_measures"]["measure"] == _SCORE).sum())


def _apart(context: pd.DataFrame) -> pd.Series:
    """Give how much less deprived each is by rank than by score, in standard deviations."""
    score, rank = context["deprivation_score"], context["deprivation_rank"]
    apart = reoffending.standardise(score) - reoffending.standardise(-rank)
    return pd.Series(apart, index=context.index)


def _cohort(report: Report) -> str:
    another = " (not that of Figure 2.5)" if report.sizes else ""
    return f"cohort {report.cohort}{another}"


def _few(report: Report) -> str:
    fewest = report["boroughs"].sort_values("offenders").iloc[0]
    return f"{words.in_sentence(fewest['name'])}, with only {_people(fewest['offenders'])}"


def _valued(rows: pd.DataFrame, column: str, digits: int = 2) -> str:
    """List names with their values, the highest first; nothing for no row."""
    ordered = rows.sort_values(column, ascending=False)
    said = [
        f"{words.in_sentence(name)} {words.decimal(value, digits)}"
        for name, value in zip(ordered["name"], ordered[column], strict=True)
    ]
    return words.listed(said) if said else ""


def _people(offenders: int) -> str:
    return f"{offenders:,} {'offender' if offenders == 1 else 'offenders'}"


def _level(level: float) -> str:
    return f"{100 * level:g}%"
