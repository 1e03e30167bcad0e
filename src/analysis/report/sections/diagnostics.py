"""The part of the page about how well the models of reoffending fit, and what drives the result.

Each public function returns a part of the page: a figure with the sentence that says what it shows, and
nothing on any other page than that of the whole region. The notebook `4_report` puts the parts in order.
The `_line` functions return those sentences, from the tables.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd
from markupsafe import Markup

from analysis import words
from analysis.data import codes
from analysis.report import bars, cells
from analysis.report.bars import Bars, Span
from analysis.report.content import Cell, Figure, Paragraph, Part, Table, figure
from analysis.report.drawing import fit
from analysis.report.drawing import funnel as funnel_plot
from analysis.report.evidence import Report
from analysis.report.sections import boroughs, origins
from analysis.report.sections.boroughs import BEYOND, BOUND

# A Cook's distance above it is the usual sign that one row rules the fit.
RULES = 1

_FEW = 6  # names that an alternative text has room for
_NARROW, _WIDE = codes.FUNNEL_LEVELS
_ALLOWING = {codes.CHANCE: "chance alone", codes.OVERDISPERSED: "with overdispersion"}
_TERMS = {
    codes.SLOPE: "deprivation score",
    codes.RANK_SLOPE: "deprivation rank",
    codes.CRIME_SLOPE: "crime domain",
}
_ALONE, _TOGETHER = "Each measure by itself", "Score and crime domain in one model"
_RESIDUALS = {
    "pearson_residual": "Pearson residual",
    "quantile_residual": "randomised quantile residual",
}
_THIRDS = {
    "most_deprived": "most deprived",
    "middle": "in the middle",
    "least_deprived": "least deprived",
}


def funnel(report: Report) -> Part:
    """Return the rates against the number of offenders, with control limits."""
    limits, curves = report["reoffending_funnel"], report["reoffending_funnel_curves"]
    if not report.whole or limits.empty:
        return Part()
    listed = curves[curves["sizes"] == "listed"]
    overall = words.percent(limits["overall_rate"].iloc[0], 1)
    return Part(
        Paragraph(
            "With few offenders a rate strays far by chance alone; the limits widen to the left."
        ),
        Paragraph(f"{funnel_line(limits)} {_funnel_source(limits)}"),
        _funnel_figure(report),
        Table(
            listed[["offenders"]].drop_duplicates(),
            [
                cells.whole("offenders", "Offenders"),
                *(
                    _limits_cell(listed, kind, level)
                    for kind in _ALLOWING
                    for level in codes.FUNNEL_LEVELS
                ),
            ],
            f"Control limits about the overall rate of {overall}, cohort {report.cohort}",
            folded="Control limits by the number of offenders",
        ),
    )


def _funnel_figure(report: Report) -> Figure:
    limits, curves = report["reoffending_funnel"], report["reoffending_funnel_curves"]
    chance, allowed = (_held(limits, kind, _WIDE) for kind in _ALLOWING)
    overall, dispersion = allowed["overall_rate"].iloc[0], float(allowed["dispersion"].iloc[0])
    points = _points(report, chance, x="offenders", y="rate")
    points["must_name"] |= points["outside"] != ""
    beyond = [int((held["outside"] != "").sum()) for held in (chance, allowed)]
    return figure(
        funnel_plot.funnel(points, curves[curves["sizes"] == "curve"], rate=overall),
        alt=f"Of {len(points)} {report.region.title} local authorities, outside the {_level(_WIDE)} "
        f"limits for chance alone: {_briefly(chance)}; outside those that allow for overdispersion: "
        f"{_briefly(allowed)}. The limits are in the table of control limits, below.",
        title=f"{_out_of(beyond[0], len(points), 'rates')} outside the limits of chance, and "
        f"{words.how_many(beyond[1])} outside those that allow for overdispersion.",
        caption=f"Up: share of offenders who reoffended, {_cohort(report)}, with control limits about "
        "the overall rate: solid, if chance alone were at work; dashed, for rates spread "
        f"{boroughs.spread(dispersion)} times as far. Across: offenders in the cohort. "
        f"{boroughs.key(report, parts=False)}Named: those outside the {_level(_WIDE)} limits for chance "
        f"alone, {boroughs.named(report)}.",
        source=_source(report, "reoffending_funnel", "reoffending_funnel_curves"),
    )


def _source(report: Report, *tables: str) -> Markup:
    return origins.below(report, tables, origins.of_files(*origins.PLACES))


def _limits_cell(rows: pd.DataFrame, kind: str, level: float) -> Cell:
    own = rows[(rows["limits"] == kind) & (rows["level"] == level)].set_index("offenders")
    return Cell(
        f"{_level(level)} limits, {_ALLOWING[kind]}",
        lambda row: words.percents(
            own.limit_lower[row.offenders], own.limit_upper[row.offenders], 1
        ),
        numeric=True,
    )


def funnel_line(limits: pd.DataFrame) -> str:
    """Return who lies outside the wide limits of processed.REOFFENDING_FUNNEL, of either kind."""
    chance, allowed = (_held(limits, kind, _WIDE) for kind in _ALLOWING)
    return (
        f"If chance alone were at work, about one rate in {1 / (1 - _WIDE):.0f} would lie outside "
        f"the {_level(_WIDE)} limits; of {len(chance)}, {_lying(chance)}. With limits that allow "
        f"for overdispersion, {_lying(allowed)}."
    )


def _funnel_source(limits: pd.DataFrame) -> str:
    allowed = _held(limits, codes.OVERDISPERSED, _WIDE)
    few = _held(limits, codes.CHANCE, _NARROW).sort_values("offenders").iloc[0]
    where = "outside" if few["outside"] else "within"
    return (
        f"The overall rate ({words.percent(allowed['overall_rate'].iloc[0], 1)}) and the "
        f"overdispersion (rates spread {boroughs.spread(allowed['dispersion'].iloc[0])} times as far as "
        "by chance) are those of a quasi-binomial model with an intercept alone, not of the model "
        f"with deprivation. {words.at_start(few['name'])} has only {_people(few['offenders'])}, for "
        f"so few of whom the limits are rough: its rate of {words.percent(few['rate'])} lies {where} the "
        f"{_level(_NARROW)} limits for chance alone."
    )


def _held(limits: pd.DataFrame, kind: str, level: float) -> pd.DataFrame:
    """Return the rates against limits of one kind and level; `outside` says on which side, or ''."""
    rows = limits[(limits["limits"] == kind) & (limits["level"] == level)].reset_index(drop=True)
    above, below = rows["rate"] > rows["limit_upper"], rows["rate"] < rows["limit_lower"]
    return rows.assign(outside=np.select([above, below], ["above", "below"], ""))


def _lying(held: pd.DataFrame) -> str:
    """Return how many lie outside, and who: `none does`, `one does (A above)`."""
    count = int((held["outside"] != "").sum())
    if count == 0:
        return "none does"
    return f"{words.number(count)} {'does' if count == 1 else 'do'} ({_sides(held)})"


def _sides(held: pd.DataFrame) -> str:
    return _by_side(held, words.named)


def _briefly(held: pd.DataFrame) -> str:
    """Return who lies outside where they are few, and how many where they are not."""
    outside = int((held["outside"] != "").sum())
    return _sides(held) if outside <= _FEW else _by_side(held, lambda names: f"{len(list(names))}")


def _by_side(held: pd.DataFrame, say: Callable[[Iterable[str]], str]) -> str:
    sides = [(side, held.loc[held["outside"] == side, "name"]) for side in ("above", "below")]
    return "; ".join(f"{say(names)} {side}" for side, names in sides if len(names)) or "none"


def residuals(report: Report) -> Part:
    """Return the Pearson and the randomised quantile residuals against the fitted rates."""
    table = report["reoffending_residuals"]
    if not report.whole or table.empty:
        return Part()
    panels: dict[str, pd.DataFrame] = {}
    for column, heading in _RESIDUALS.items():
        points = _points(report, table, x="fitted", y=column)
        points["must_name"] |= points["y"].abs() > BOUND
        points["may_name"] &= not panels  # in the first panel, above the same place of the others
        panels[heading] = points
    beyond = {column: table[table[column].abs() > BOUND] for column in _RESIDUALS}
    most = max(map(len, beyond.values()))
    chart = figure(
        fit.residuals(panels, report.region.parts, bound=BOUND),
        alt=f"Beyond ±{BOUND} lie, of {len(table)} {report.region.title} local authorities, "
        + words.listed(
            f"by the {heading}, {_most_of(beyond[column], column)}"
            for column, heading in _RESIDUALS.items()
        )
        + ". Every residual is in the tables of residuals, below.",
        title=f"{_out_of(most, len(table), 'local authorities')} further than ±{BOUND} from the model.",
        caption="Up: residuals of the models of "
        f"{report.region.title}, {_cohort(report)}; Pearson residuals are over the root of the dispersion, "
        f"quantile residuals are drawn with the fixed seed {table['seed'].iloc[0]}. Across: the rate that "
        f"the model fits. {boroughs.key(report)}Hollow: {_few(report)}.",
        source=_source(report, "reoffending_residuals"),
    )
    every = Table(
        table.sort_values("name"),
        [
            cells.text("name", "Local authority"),
            cells.decimal("quantile_residual", "Quantile residual"),
        ],
        f"Randomised quantile residuals of the beta-binomial model, cohort {report.cohort}",
        folded="Quantile residual of each local authority",
    )
    alike = [Paragraph(line) for line in alike_lines(report["reoffending_moran"])]
    return Part(Paragraph(residuals_line(table)), alike, chart, every)


def alike_lines(table: pd.DataFrame) -> Iterator[str]:
    """Yield whether processed.REOFFENDING_MORAN finds neighbours alike; nothing without neighbours."""
    for row in table.itertuples():
        shown = row.p_value <= 0.05
        how = "more" if row.moran_i > row.expected else "less"
        yield (
            f"{'Neighbours are ' + how if shown else 'Nothing shows that neighbours are more'} alike than "
            f"the model says: Moran’s I of the Pearson residuals is {words.decimal(row.moran_i, 3)} over "
            f"{row.pairs} pairs of neighbours, where chance expects {words.decimal(row.expected, 3)} "
            f"(p {words.p_value(row.p_value)}, {row.permutations:,} permutations)."
        )


def residuals_line(table: pd.DataFrame) -> str:
    """Return who of processed.REOFFENDING_RESIDUALS lies beyond the bound, by either residual."""
    found = []
    for column, of in (
        ("pearson_residual", "Pearson residuals of the primary model"),
        ("quantile_residual", "quantile residuals of the beta-binomial model"),
    ):
        beyond = table[table[column].abs() > BOUND]
        count = len(beyond)
        verb = "does" if count <= 1 else "do"
        who = f" ({_valued(beyond, column)})" if count else ""
        found.append(f"of the {of} {words.how_many(count)} {verb}{who}")
    return (
        f"About {words.decimal(BEYOND * len(table), 1)} of {len(table)} residuals would lie beyond "
        f"±{BOUND} if the model were right; {' and '.join(found)}."
    )


def influence(report: Report) -> Part:
    """Return leverage against Cook's distance."""
    by_borough = report["reoffending_boroughs"]
    if not report.whole or by_borough.empty:
        return Part()
    region, measures = report.region.title, report["reoffending_measures"]
    terms = int((measures["measure"] == codes.BY_SCORE).sum())
    points = _points(report, by_borough, x="leverage", y="cooks_distance").dropna(subset="y")
    high = _high_leverage(by_borough, terms)
    points["must_name"] |= points["y"].rank(ascending=False) <= 3
    points["must_name"] |= points["x"] > high
    line = influence_line(by_borough, terms=terms)
    ruling = int((by_borough["cooks_distance"] > RULES).sum())
    most = by_borough.loc[by_borough["cooks_distance"].idxmax(), "name"]
    chart = figure(
        fit.influence(points, report.region.parts, terms=terms, high_leverage=high),
        alt=f"{line.partition(';')[0]}. Every leverage and distance is "
        "in the table of residual, leverage and influence, below.",
        title=f"{words.how_many(ruling).capitalize()} of {len(by_borough)} local authorities "
        f"{'rules' if ruling <= 1 else 'rule'} the fit; {words.in_sentence(most)} has most influence.",
        caption=f"Up: Cook’s distance, which is above {RULES} for a row that rules the fit. Across: "
        f"leverage in the primary model of {region}, {_cohort(report)}. The curves are residuals of one "
        f"size. {boroughs.key(report)}Hollow: {_few(report)}.",
        source=_source(report, "reoffending_boroughs"),
    )
    every = Table(
        by_borough.sort_values("name"),
        [
            cells.text("name", "Local authority"),
            cells.whole("offenders", "Offenders"),
            cells.decimal("pearson_residual", "Pearson residual"),
            cells.decimal("leverage", "Leverage"),
            cells.decimal("cooks_distance", "Cook’s distance"),
        ],
        f"Diagnostics of the primary model of {region}",
        folded="Residual, leverage and influence of each local authority",
    )
    return Part(Paragraph(line), chart, every)


def influence_line(by_borough: pd.DataFrame, *, terms: int) -> str:
    """Return who in processed.REOFFENDING_BOROUGHS has most influence, and who much leverage."""
    most = by_borough.loc[by_borough["cooks_distance"].idxmax()]
    few = by_borough.loc[by_borough["offenders"].idxmin()]
    ruling = int((by_borough["cooks_distance"] > RULES).sum())
    high = _high_leverage(by_borough, terms)
    leaning = by_borough[by_borough["leverage"] > high]
    count = len(leaning)
    has = "has" if count <= 1 else "have"
    return (
        f"{words.at_start(most['name'])} has the most influence on the fit, a Cook’s distance of "
        f"{words.decimal(most['cooks_distance'])}; {words.how_many(ruling)} of "
        f"{len(by_borough)} {'is' if ruling <= 1 else 'are'} above {RULES}, the usual sign that one "
        f"row rules the fit. {words.how_many(count).capitalize()} {has} more "
        f"than twice the mean leverage of {words.decimal(high / 2)}"
        f"{': ' + _valued(leaning, 'leverage') if count else ''}. {words.at_start(few['name'])}, with only "
        f"{_people(few['offenders'])}, has a leverage of {words.decimal(few['leverage'], 3)} and a "
        f"Cook’s distance of {words.decimal(few['cooks_distance'], 3)}."
    )


def _high_leverage(by_borough: pd.DataFrame, terms: int) -> float:
    return 2 * terms / len(by_borough)


def leave_one_out(report: Report) -> Part:
    """Return the slope of deprivation when each local authority is left out."""
    by_borough = report["reoffending_boroughs"]
    if not report.whole or by_borough.empty:
        return Part()
    slope = _of(report["reoffending_measures"], codes.BY_SCORE, codes.SLOPE)
    full, std_error = float(slope["estimate"]), float(slope["std_error"])
    by_borough = by_borough.dropna(subset="slope_without")  # the others cannot tell it
    moves = (by_borough["slope_without"] - full).abs()
    shown = by_borough.loc[moves.sort_values(ascending=False, kind="stable").index]
    table = Table(
        shown,
        [
            cells.text("name", "Local authority left out"),
            Bars(
                "Slope without it",
                lambda row: words.decimal(row.slope_without, 3),
                axis=bars.about(full, shown["slope_without"], lambda at: words.decimal(at, 3)),
                span=lambda row: Span(
                    min(full, row.slope_without),
                    max(full, row.slope_without),
                    row.slope_without,
                ),
            ),
            Cell(
                "Move, in standard errors",
                lambda row: words.decimal((row.slope_without - full) / std_error),
                numeric=True,
            ),
        ],
        f"The slope of deprivation with each local authority of {report.region.title} left out, "
        f"{_cohort(report)}. The longest move first",
        note=f"The dashed mark is the slope of all, {words.decimal(full, 3)}, from which each bar begins.",
    )
    return Part(Paragraph(left_out_line(by_borough, full=full, std_error=std_error)), table)


def left_out_line(by_borough: pd.DataFrame, *, full: float, std_error: float) -> str:
    """Return who moves the slope most when left out, and whether any omission turns its sign."""
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


def measures(report: Report) -> Part:
    """Return score against rank, and the slopes of the measures with and without crime."""
    table, standardised = report["reoffending_measures"], report["deprivation_standardised"]
    region = report.region.title
    if not report.whole or table.empty:
        return Part()
    return Part(
        Paragraph(rank_line(report["deprivation_thirds"], standardised, table, region)),
        _score_and_rank(report, standardised),
        Paragraph(crime_line(report["deprivation_correlations"], table)),
        boroughs.slopes_table(
            report,
            _slopes(table),
            Cell("Measure", lambda row: _TERMS[row.term]),
            f"The slopes of score, rank and crime domain in the primary model of {region}, "
            f"{_cohort(report)}; higher is more deprived in all. The score alone, as elsewhere, first",
            lambda row: _ALONE if row.measure != codes.BY_SCORE_AND_CRIME else _TOGETHER,
        ),
        boroughs.terms_table(
            report,
            table,
            cells.text("measure", "Model"),
            folded="The primary model with other measures of deprivation",
            caption=f"Score, rank and crime domain, {region}, cohort {report.cohort}",
        ),
    )


def _score_and_rank(report: Report, standardised: pd.DataFrame) -> Figure:
    points = _points(report, standardised, x="deprivation_score", y="deprivation_rank")
    furthest = points["score_less_rank"].abs().rank(ascending=False) <= 3
    points["must_name"] |= furthest
    apart = f"{words.decimal(points['score_less_rank'].abs().max())} standard deviations"
    return figure(
        fit.score_and_rank(points, report.region.parts, ranked=report.region.ranked.of),
        alt=f"Of {len(points)} {report.region.title} local authorities, score and rank of deprivation "
        f"differ most for {words.named(points.loc[furthest, 'name'])}, by at most {apart}. Both are in the "
        "table of reoffending and deprivation, above.",
        title=f"Score and rank of deprivation are at most {apart} apart.",
        caption="Up: rank of deprivation in 2015. Across: its score. On the line both say the same in "
        f"standard deviations. {boroughs.key(report)}Named: the three furthest from it, "
        f"{boroughs.named(report)}.",
        source=_source(report, "deprivation_standardised"),
    )


def rank_line(
    thirds: pd.DataFrame, standardised: pd.DataFrame, table: pd.DataFrame, region: str
) -> str:
    """Return what a place in the ranking is worth, from processed.DEPRIVATION_THIRDS.

    Also how far score and rank part, from processed.DEPRIVATION_STANDARDISED, and both slopes, from
    processed.REOFFENDING_MEASURES.
    """
    names = [f"the {row.boroughs} {_THIRDS[row.third]}" for row in thirds.itertuples()]
    worth = [
        f"{words.decimal(step)} points among {name}"
        for step, name in zip(thirds["score_per_place"], names, strict=True)
    ]
    apart = standardised["score_less_rank"].abs()
    ranked = table[table["term"] == codes.RANK_SLOPE].iloc[0]  # a term of one model alone
    by_rank, by_score = (
        words.decimal(slope["estimate"], 3)
        for slope in (ranked, _of(table, codes.BY_SCORE, codes.SLOPE))
    )
    return (
        "A rank counts every place as one step, however far apart in score: one place is worth "
        f"{words.listed(worth)}, so rank squeezes distances most among "
        f"{names[int(thirds['score_per_place'].argmax())]}. Nowhere in {region} does that come to "
        f"more than {words.decimal(apart.max())} standard deviations "
        f"({standardised.loc[apart.idxmax(), 'name']}), and the slope is {by_rank} by rank where it is "
        f"{by_score} by score."
    )


def crime_line(correlations: pd.DataFrame, table: pd.DataFrame) -> str:
    """Return what becomes of the slope of the score with the crime domain beside it.

    From processed.DEPRIVATION_CORRELATIONS and processed.REOFFENDING_MEASURES.
    """
    alone, beside = (
        _of(table, measure, codes.SLOPE) for measure in (codes.BY_SCORE, codes.BY_SCORE_AND_CRIME)
    )
    change = beside["estimate"] - alone["estimate"]
    open_ = beside["ci_lower"] <= 0 <= beside["ci_upper"]
    together = correlations.set_index(["measure_a", "measure_b"]).loc[
        (codes.SLOPE, codes.CRIME_SLOPE)
    ]
    return (
        f"With the crime domain beside it, the slope of the score "
        f"{'falls' if change < 0 else 'rises'} from {words.decimal(alone['estimate'], 3)} to "
        f"{words.decimal(beside['estimate'], 3)}, and its interval "
        f"{'takes in' if open_ else 'leaves out'} zero. Score and crime domain have a correlation "
        f"of {words.decimal(together['correlation'])} over {together['boroughs']:.0f} local "
        "authorities; the nearer to 1, the less a model can tell them apart."
    )


def _slopes(table: pd.DataFrame) -> pd.DataFrame:
    """Return the slopes of the measures, those of one model together last."""
    slopes = table[table["term"].isin(_TERMS)]
    together = slopes["measure"] == codes.BY_SCORE_AND_CRIME
    ordered = pd.concat([slopes[~together], slopes[together]])
    return ordered.assign(aside=ordered["measure"] != codes.BY_SCORE)


def _points(report: Report, rows: pd.DataFrame, *, x: str, y: str) -> pd.DataFrame:
    """Return the points of a figure: see `drawing.scatter`; the one with fewest offenders is named."""
    context = report["boroughs"]
    few = context["offenders"] == context["offenders"].min()
    marks = context[["gss_code", "in_area", "part"]].assign(few=few)
    marks = marks.fillna({"part": ""})
    kept = rows.drop(columns=["in_area", "part"], errors="ignore")
    points = kept.merge(marks, on="gss_code", validate="one_to_one")
    return points.assign(
        x=points[x],
        y=points[y],
        own=points["in_area"],
        must_name=points["few"],
        may_name=points["in_area"],
    )


def _out_of(count: int, every: int, what: str) -> str:
    """Return how many lie somewhere: `None of 33 rates lies`, `Five of 33 rates lie`."""
    found = words.how_many(count).capitalize()
    return f"{found} of {every} {what} {'lies' if count <= 1 else 'lie'}"


def _most_of(rows: pd.DataFrame, column: str) -> str:
    """Return names with their values, those furthest from zero, and how many others there are."""
    most = rows.loc[rows[column].abs().sort_values(ascending=False).index[: _FEW // 3]]
    others = len(rows) - len(most)
    more = f" and {others} more" if others else ""
    return f"{_valued(most, column)}{more}" if len(most) else "none"


def _of(table: pd.DataFrame, measure: str, term: str) -> pd.Series:
    return table[(table["measure"] == measure) & (table["term"] == term)].iloc[0]


def _cohort(report: Report) -> str:
    printed = boroughs.other_cohort(report)
    another = f" (not that of {printed.printed})" if printed else ""
    return f"cohort {report.cohort}{another}"


def _few(report: Report) -> str:
    fewest = report["boroughs"].sort_values("offenders").iloc[0]
    return f"{words.in_sentence(fewest['name'])}, with only {_people(fewest['offenders'])}"


def _valued(rows: pd.DataFrame, column: str, digits: int = 2) -> str:
    """Return names with their values, the highest first; nothing for no row."""
    ordered = rows.sort_values(column, ascending=False)
    values = [
        f"{words.in_sentence(name)} {words.decimal(value, digits)}"
        for name, value in zip(ordered["name"], ordered[column], strict=True)
    ]
    return words.listed(values) if values else ""


def _people(offenders: int) -> str:
    return f"{offenders:,} {'offender' if offenders == 1 else 'offenders'}"


def _level(level: float) -> str:
    return f"{100 * level:g}%"
