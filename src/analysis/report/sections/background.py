"""The appendix of the inspection report, brought back from openly published tables.

Each public function returns one part of the page; a part without evidence is empty.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, LiteralString

import pandas as pd

from analysis import words
from analysis.data import codes, sources
from analysis.report import bars, cells
from analysis.report.bars import Axis, Bars, Span
from analysis.report.content import Cell, Figure, Paragraph, Part, Table, figure, phrase
from analysis.report.drawing import tiles
from analysis.report.evidence import Report
from analysis.report.sections import origins
from analysis.report.sections.boroughs import spread

_BROAD_GROUPS = {
    "white_british": "White British",
    "other_white": "Other white",
    "asian": "Asian",
    "black_mixed_or_other": "Black, mixed or other",
}
_ETHNIC_GROUPS = {
    "white_british": "White British",
    "white_irish": "White Irish",
    "white_gypsy_or_irish_traveller": "Gypsy or Irish Traveller",
    "white_other": "White other",
    "asian": "Asian",
    "black": "Black",
    "mixed": "Mixed",
    "other": "Other",
}
_DOMAINS = {"overall": "all seven domains", "crime": "crime domain"}
_MEASURES = {"average_rank": "average rank", "average_score": "average score"}

_BESIDE = {
    codes.ABOVE: "clearly above",
    codes.BELOW: "clearly below",
    codes.NOT_APART: "not clearly apart from",
    codes.TOO_FEW: "of too few reoffenders to compare with",
}

_PLACE = Cell("Place", lambda row: row.Index)


def opening(report: Report) -> Part:
    """Return what the figures of this part are, and which report they stand beside."""
    if report.inspection is not None:
        if not report.inspection.settings.appendix:
            return Part()
        return Part(
            Paragraph(
                "The appendix of the inspection report, brought back: its charts are not in its text, "
                "so each is drawn anew from open figures, which are not always the ones it used."
            )
        )
    return Part(
        Paragraph(
            f"Who lives in {report.area.title} and how, from open data. Each table has its source below it."
        )
    )


def _absent(report: Report, table: pd.DataFrame, what: str) -> Part:
    """Say of which local authorities of the area a table has no figure; nothing where it has all."""
    held = {code for codes in table["gss_code"] for code in codes.split("+")}
    missing = [name for name, code in report.places.items() if code not in held]
    if not missing:
        return Part()
    return Part(Paragraph(f"No {what} is held for {words.named(missing)}."))


def _held(table: pd.DataFrame) -> bool:
    """Whether a table has a figure of the area, and not only of what stands beside it."""
    return bool(table["geography"].isin(["local_authority", "combined"]).any())


def population(report: Report) -> Part:
    """Return the mid-2014 population of the area's local authorities."""
    table = report["area_population"]
    if not _held(table):
        return _absent(report, table, "number of residents")
    later = table[table["series"] == "revised"]
    rounded = table[table["series"] == "rounded"].set_index("name")["population"]
    original = table[table["series"] == "original"].set_index("name")["population"]
    beside = later[later["geography"].isin(["region", "country"])]
    around = dict(zip(beside["name"], beside["population"].tolist(), strict=True))
    inside = later[later["geography"].isin(["local_authority", "combined"])]
    shown = inside.sort_values("population", ascending=False)
    pairs = _pairs(report, shown[shown["geography"] == "combined"])
    figures = dict(zip(shown["name"], shown["population"].tolist(), strict=True))
    known = figures | around
    revised = {name: f"{number:,}" for name, number in known.items()} | {
        name: f"only in {pair}" for pair, each in pairs.items() for name in each if name in rounded
    }
    numbers = pd.DataFrame(
        {
            "Mid-2014, revised series": revised,
            "Mid-2013, rounded to 100": {
                name: f"{rounded[name]:,}" if name in rounded else words.UNKNOWN for name in revised
            },
        }
    )
    revised_cell = Bars(
        "Mid-2014, revised series",
        lambda row: row[1],
        axis=bars.amounts(figures.values(), "{:,.0f}".format),
        span=lambda row: _from_none(figures.get(row.Index)),
    )
    return Part(
        Paragraph(_residents(report, figures, pairs, around)),
        _absent(report, table, "number of residents"),
        Table(
            numbers,
            [
                _PLACE,
                revised_cell,
                Cell("Mid-2013, rounded to 100", lambda row: row[2], numeric=True),
            ],
            "Residents by mid-year estimate",
            folded=f"Residents, with {words.listed(around)}",
            note=_origin(
                report,
                "population",
                "population.csv",
                original=f"{original.get(report.region.title, 0):,}",
                revised=f"{around.get(report.region.title, 0):,}",
            ),
        ),
    )


def _residents(
    report: Report,
    figures: Mapping[str, int],
    pairs: Mapping[str, Iterable[str]],
    around: Mapping[str, int],
) -> str:
    """Say how many live in the area and around it; of a part of a pair, what is known of both."""
    area, total = report.area.title, sum(figures.values())
    region, *others = around
    share = f"{words.percent(total / around[region])} of {region}’s {around[region]:,}"
    beside = "".join(f" {name} had {around[name]:,}." for name in others)
    members = set(report.area.local_authorities)
    strange = [pair for pair, each in pairs.items() if not members.issuperset(each)]
    if not strange:
        return f"At mid-2014 {area} had {total:,} residents{'' if report.whole else f', {share}'}.{beside}"
    if report.single:
        return (
            f"The series of mid-2014 has no figure for {area} by itself: "
            f"{words.in_sentence(strange[0])} together had {total:,} residents, {share}.{beside}"
        )
    return (
        f"The series of mid-2014 has only one figure for {words.listed(strange)}, so {area} has no "
        f"total. {region} had {around[region]:,} residents.{beside}"
    )


def _pairs(report: Report, combined: pd.DataFrame) -> dict[str, list[str]]:
    """Return the names of the local authorities that are known only together, by their joint name."""
    names = report["boroughs"].set_index("gss_code")["name"]
    return {
        row.name: [names[code] for code in row.gss_code.split("+")]
        for row in combined[["name", "gss_code"]].itertuples(index=False)
    }


def ethnicity(report: Report) -> Part:
    """Return the ethnic groups of the 2011 census."""
    table = report["area_ethnicity"]
    if not _held(table):
        return _absent(report, table, "count of residents by ethnic group")
    broad = _wide(table, "broad_group")[list(_BROAD_GROUPS)]
    authorities, region, national = (
        _names(table, kind) for kind in ("local_authority", "region", "country")
    )
    order = broad.loc[authorities].sort_values("white_british").index.tolist()
    beside = [*region, national[0]]
    shown = broad.loc[[*order, *beside]]
    groups = shown.rename(columns=_BROAD_GROUPS)
    british = shown["white_british"]
    shares = _wide(table, "ethnic_group").loc[[*order, *region, *national]]
    residents = table.groupby("name")["residents"].sum()
    white = words.percent(float(broad.loc[national[-1], "white_british"]), 1)
    return Part(
        Paragraph(
            f"The share of residents who are white British {_spread(british[order], report)}. It was "
            + words.listed(f"{words.percent(british[name])} in {name}" for name in beside)
            + "."
        ),
        _absent(report, table, "count of residents by ethnic group"),
        Table(
            groups,
            [_PLACE, *_bars(groups, words.percent, bars.SHARES, aside=beside)],
            "Residents by ethnic group, 2011 census",
            folded="Residents by ethnic group",
            note=_origin(report, "ethnicity", "ethnicity_2011.csv", white_british=white),
        ),
        Table(
            shares.assign(residents=residents),
            [
                _PLACE,
                cells.whole("residents", "Residents"),
                *(cells.share(code, group, 1) for code, group in _ETHNIC_GROUPS.items()),
            ],
            "Usual residents by ethnic group, 2011 census",
            folded="All eight ethnic groups of the census",
        ),
    )


def unemployment(report: Report) -> Part:
    """Return unemployment in the two calendar years around the report's period."""
    table = report["area_unemployment"]
    if not _held(table):
        return _absent(report, table, "rate of unemployment")
    rates = table.pivot(index="name", columns="year", values="rate")
    authorities = _names(table, "local_authority")
    last = rates.columns[-1]
    order = rates.loc[authorities].sort_values(last, ascending=False).index.tolist()
    beside = [name for kind in ("part", "region", "country") for name in _names(table, kind)]
    shown = rates.loc[[*order, *beside]]
    years = words.listed(map(str, rates.columns))
    own = _own_rate(report, rates.loc[authorities[0]]) if report.single else ""
    around = rates.loc[[*_names(table, "region"), *_names(table, "country")[:1]]]
    return Part(
        Paragraph(f"{own}{_around(around)}, in {years}."),
        _absent(report, table, "rate of unemployment"),
        Table(
            shown,
            [
                _PLACE,
                *_bars(
                    shown, _rate, bars.amounts(shown.stack().dropna(), words.percent), aside=beside
                ),
            ],
            f"Unemployment rate, {years}, of people of 16 and over",
            folded=f"Unemployment of each place, {years}",
            note=_origin(
                report,
                "unemployment",
                "unemployment.csv",
                "They are estimates from a survey, without published intervals here: the year to year "
                "change of a single borough may be chance.",
            ),
        ),
    )


def _around(rates: pd.DataFrame) -> str:
    """Say how the rates beside the area lie to each other: of the region and the country, or of one."""
    *region, country = rates.index
    against = " against ".join(_rates_of(row) for _, row in rates.iterrows())
    if not region:
        return f"Unemployment in {country} was {against}"
    higher = (rates.loc[region[0]] > rates.loc[country]).all()
    verdict = (
        f"was higher in {region[0]} than in {country}"
        if higher
        else f"in {region[0]} beside {country}"
    )
    return f"Unemployment {verdict}: {against}"


def _own_rate(report: Report, rates: pd.Series) -> str:
    if rates.isna().any():
        return f"The source has no rate for {report.area.title}. "
    by_year = words.listed(f"{_rate(rate)} in {year}" for year, rate in rates.items())
    return f"In {report.area.title} unemployment was {by_year}. "


def _rates_of(rates: pd.Series) -> str:
    return words.UNKNOWN if rates.isna().any() else words.listed(map(_rate, rates))


def _rate(rate: float) -> str:
    return words.UNKNOWN if pd.isna(rate) else words.percent(rate, 1)


def deprivation(report: Report) -> Part:
    """Return the four measures of deprivation with their ranks."""
    table = report["area_deprivation"]
    if not _held(table):
        return _absent(report, table, "measure of deprivation")
    columns = [(domain, measure) for domain in _DOMAINS for measure in _MEASURES]
    ranks = table.pivot(index="name", columns=["domain", "measure"], values="rank")[columns]
    ranks = ranks.sort_values(("overall", "average_score"))
    text = [
        f"{_value(row.value, row.measure)} (rank {row.rank})"
        for row in table.itertuples(index=False)
    ]
    values = table.assign(text=text).pivot(
        index="name", columns=["domain", "measure"], values="text"
    )
    headings = [f"{_DOMAINS[one]}, {_MEASURES[other]}".capitalize() for one, other in columns]
    values = values.loc[ranks.index, columns].set_axis(headings, axis="columns")
    unsure = int((table["rank_margin"] > 0).sum())
    doubt = (
        "No rank shown could move by rounding"
        if unsure == 0
        else f"{words.counted(unsure, 'rank').capitalize()} shown could move by rounding"
    )
    return Part(
        Paragraph(_deprived(report, ranks)),
        _absent(report, table, "measure of deprivation"),
        []
        if report.single  # whose ranks are in the sentence
        else [_every_rank(report, ranks.set_axis(headings, axis="columns"))],
        Table(
            values,
            [Cell("Local authority", lambda row: row.Index), *_columns(values)],
            "Four measures of deprivation, 2015; higher is more deprived",
            folded="The values behind these ranks",
            note=_origin(
                report,
                "deprivation",
                "deprivation_2015.csv",
                f"{report.region.ranked.note} {doubt}. {report.region.ranked.without}",
            ),
        ),
    )


def _deprived(report: Report, ranks: pd.DataFrame) -> str:
    """Say which ranks a single place has, or who of several is the most deprived and who the least."""
    ranked = report.region.ranked
    if report.single:
        overall, crime = (
            words.listed(
                f"{ranks.iloc[0][domain, measure]} by {how}" for measure, how in _MEASURES.items()
            )
            for domain in _DOMAINS
        )
        return (
            f"Of the {ranked.of} {ranked.among}, 1 the most deprived, {report.area.title} has "
            f"rank {overall} over all seven domains; in the crime domain it has rank {crime}."
        )
    most, least = (words.in_sentence(ranks.index[at]) for at in (0, -1))
    return (
        f"Over all seven domains {most} is the most deprived of {report.area.title} (rank "
        f"{ranks.iloc[0, 1]} of {ranked.of} by average score) and {least} the least (rank "
        f"{ranks.iloc[-1, 1]})."
    )


def _every_rank(report: Report, ranks: pd.DataFrame) -> Table:
    ranked = report.region.ranked
    return Table(
        ranks,
        [_PLACE, *(_rank(at, heading, ranked.of) for at, heading in enumerate(ranks, start=1))],
        f"Ranks of deprivation in 2015 among the {ranked.of} {ranked.among}; 1 is the most deprived",
        folded="The rank of each place by four measures",
    )


def _rank(at: int, heading: str, last: int) -> Bars:
    return Bars(
        heading,
        lambda row: str(row[at]),
        axis=bars.Axis(1, last, ("1", f"{(1 + last) / 2:g}", str(last))),
        span=lambda row: Span(row[at], row[at], row[at]),
    )


def _value(value: float, measure: str) -> str:
    return f"{value:,.0f}" if measure == "average_rank" else words.decimal(value, 2)


def cohorts(report: Report) -> Part:
    """Return reoffending in every cohort that is held."""
    table = report["area_reoffending"]
    if not _held(table):
        return _absent(report, table, "rate of reoffending")
    (country,) = _names(table, "country")
    national = table[table["name"] == country].set_index("cohort")["rate"]
    latest = table[table["cohort"] == report.cohort].sort_values("rate", ascending=False)
    beside = [name for kind in ("area", "region", "country") for name in _names(table, kind)]
    order = [name for name in latest["name"] if name not in beside] + beside
    shown = table.sort_values(
        ["name", "cohort"],
        key=lambda column: column.map(order.index) if column.name == "name" else column,
    )
    years = words.listed(str(year) for year in sorted(table["cohort"].unique()))
    axis = bars.about(
        national[report.cohort],
        shown[["ci_lower", "ci_upper"]].stack(),
        lambda at: words.percent(at, 1),
    )
    by_year = {
        cohort: {row.name: row for row in rows.itertuples(index=False)}
        for cohort, rows in shown.groupby("cohort")
    }
    printed = report.appendix.get("cohorts")
    another = (
        f"{printed.printed} of the inspection report is about another cohort: {printed.cohort}, which "
        "is not openly available. "
        if printed
        else ""
    )
    return Part(
        Paragraph(
            f"{another}These figures are for adults and juveniles together, in the cohorts labelled "
            f"{years}.",
            "note",
        ),
        _absent(report, table, "rate of reoffending"),
        Paragraph(_beside_country(report, country)),
        Table(
            pd.DataFrame(index=order),
            [
                Cell("Place", lambda row: words.opened(row.Index)),
                *(_year(cohort, rows, axis, beside) for cohort, rows in by_year.items()),
            ],
            f"Share of offenders who reoffended, by cohort, with {report.confidence} intervals",
            folded="The rate of each place in each cohort",
            note=f"The dashed mark is the rate of {country} in {report.cohort}. "
            + _origin(
                report,
                "cohorts",
                "reoffending.csv",
                f"{country} leaves out offenders with no known area of residence."
                + (f" {printed.missing}" if printed and printed.missing else ""),
            ),
        ),
    )


def _beside_country(report: Report, country: str) -> str:
    """Say who is clearly above the rate of the country in each cohort, and who below, and what clearly is."""
    table = report["area_beside_country"]
    if report.single:
        where = words.listed(
            f"{said} that of {country} in {words.listed(map(str, table.loc[so, 'cohort']))}"
            for code, said in _BESIDE.items()
            if (so := table["beside"] == code).any()
        )
        found = f"The rate of {report.area.title} was {where}."
    else:
        above, below, few = (
            words.named(_always(table, code) or ["none"])
            for code in (codes.ABOVE, codes.BELOW, codes.TOO_FEW)
        )
        found = (
            f"Clearly above the rate of {country} in every cohort: {above}. Clearly below it in every "
            f"cohort: {below}. Too few reoffenders to compare: {few}."
        )
    return (
        f"{found} Clearly means that the {report.confidence} interval of the difference leaves out zero. "
        f"It allows for rates being spread {spread(table['dispersion'].iloc[0])} times as far as by chance "
        f"alone, and for all {table['comparisons'].max()} places that could be compared in a cohort. A "
        f"place with fewer than {codes.FEWEST} reoffenders is not compared."
    )


def _always(table: pd.DataFrame, code: str) -> list[str]:
    """Return the places of which a code of codes.BESIDE holds in every cohort, in their order."""
    holds = (table["beside"] == code).groupby(table["name"], sort=False).all()
    return holds.index[holds].tolist()


def _year(cohort: int, rows: Mapping[str, Any], axis: Axis, aside: Collection[str]) -> Bars:
    """Return the column of the rates of one cohort, by place."""

    def say(place: Any) -> str:  # noqa: ANN401 - a row of itertuples
        row = rows[place.Index]
        limits = words.percents(row.ci_lower, row.ci_upper, 1)
        return f"{words.percent(row.rate, 1)} ({limits}) of {row.offenders:,}"

    def span(place: Any) -> Span:  # noqa: ANN401
        row = rows[place.Index]
        return Span(row.ci_lower, row.ci_upper, row.rate, aside=row.name in aside)

    return Bars(f"Cohort {cohort}", say, axis=axis, span=span)


def combined_counts(report: Report) -> Part:
    """Return the cases of all providers together, sufficient and not, outcome by outcome."""
    if not report.inspected:
        return Part()
    every = report["proportions"]
    together = every[every["provider"] == codes.ALL_PROVIDERS]
    opened = "Cases of all providers together, in absolute numbers."
    if not report["findings"].empty:
        opened += (
            " They are known only where a figure was printed for every provider. Where one of them "
            "was printed in words, the cases that the words leave open stand between those that are "
            "certainly sufficient and those that certainly are not."
        )
    if len(report.providers) > 1:
        opened += " They are strata put together, not one random sample: nothing is inferred from them here."
    source = _of_inspection(report, "combined_counts")
    return Part(
        Paragraph(opened),
        *(
            _counts_of(report, title, together[together["outcome"] == outcome], source)
            for outcome, title in report.outcomes.items()
        ),
    )


def _counts_of(report: Report, label: str, rows: pd.DataFrame, source: str | None) -> Part:
    known = rows["sufficient_low"].notna() & (rows["relevant"] > 0).fillna(False)
    held = rows[known]
    part = Part(
        Paragraph(
            phrase(
                "<strong>{label}</strong>: known for {known} of {questions}.",
                label=label,
                known=words.how_many(len(held)),
                questions=words.counted(len(rows), "question"),
            )
        )
    )
    if len(held):
        part.append(
            Table(
                held,
                [
                    Cell("Question", lambda row: report.wording[row.question_id]),
                    Bars("Share of sufficient work", _share, axis=bars.SHARES, span=_share_span),
                    Cell("Sufficient", lambda row: _least(row, row.sufficient_low), numeric=True),
                    Cell(
                        "Left open",
                        lambda row: str(row.sufficient_high - row.sufficient_low),
                        numeric=True,
                    ),
                    Cell(
                        "Not sufficient",
                        lambda row: _least(row, row.relevant - row.sufficient_high),
                        numeric=True,
                    ),
                    cells.whole("relevant", "Relevant"),
                ],
                f"{label}: cases of all providers together",
                folded=f"{label}: the {words.counted(len(held), 'question')} with a count for all "
                "providers",
                note=source,
            )
        )
    return part + _without_count(report, label, rows[~known])


def _without_count(report: Report, label: str, rows: pd.DataFrame) -> Part:
    """Return the questions without a count for all providers; nothing stands in for it."""
    if rows.empty:
        return Part()
    return Part(
        Table(
            rows,
            [
                Cell("Question", lambda row: report.wording[row.question_id]),
                Cell(
                    "Cases of all providers",
                    lambda row: "withheld to protect people" if row.suppressed else words.UNKNOWN,
                ),
            ],
            f"{label}: no count for all providers together",
            folded=f"{label}: the {words.counted(len(rows), 'question')} without a count for all "
            "providers",
        )
    )


def _share(row: Any) -> str:  # noqa: ANN401 - a row of processed.PROPORTIONS
    return words.percents(row.sufficient_low / row.relevant, row.sufficient_high / row.relevant)


def _share_span(row: Any) -> Span:  # noqa: ANN401 - a row of processed.PROPORTIONS
    low, high = row.sufficient_low / row.relevant, row.sufficient_high / row.relevant
    return Span(low, high, low if low == high else None)


def _least(row: Any, cases: int) -> str:  # noqa: ANN401 - a row of processed.PROPORTIONS
    """Return a number of cases, as the least there are where words leave others open."""
    return str(cases) if row.sufficient_low == row.sufficient_high else f"at least {cases}"


def _context(report: Report, part: str) -> pd.DataFrame:
    """Return what the section of the report that a part shows prints beside its findings."""
    assert report.inspection is not None
    facts = report.inspection.context
    section = report.inspection.settings.appendix[part].section
    return facts[facts["report_section"].str.contains(section, regex=False)]


def _prints(report: Report, part: str) -> bool:
    """Whether the report of the area's own inspection prints a part."""
    return report.inspection is not None and part in report.inspection.settings.appendix


def earlier_inspection(report: Report) -> Part:
    """Return what the report prints of an earlier inspection, under a heading of its own."""
    if not _prints(report, "earlier_inspection"):
        return Part()
    facts = _context(report, "earlier_inspection")
    period = facts["period"].iloc[0]
    return Part(
        Table(
            facts,
            [
                Cell("Outcome area", lambda fact: fact.measure.partition(": ")[2].capitalize()),
                Cell("Share", lambda fact: words.percent(fact.value / 100), numeric=True),
            ],
            f"{facts['subject'].iloc[0]}: share of work done well enough, {period}",
            folded="The shares, outcome by outcome",
            note=_of_inspection(report, "earlier_inspection", period),
        ),
    )


def key_facts(report: Report) -> Part:
    """Return the key facts of the report, each with its period and source."""
    if not _prints(report, "key_facts"):
        return Part()
    return Part(
        Table(
            _context(report, "key_facts"),
            [
                Cell("Fact", lambda fact: f"{fact.subject}: {fact.measure}"),
                Cell("Figure", lambda fact: _figure(fact.value, fact.unit), numeric=True),
                cells.text("period", "Period"),
                cells.text("source", "Where the report takes it from"),
            ],
            "Key facts, as the report prints them",
            folded="The key facts of the report",
            note=_of_inspection(report, "key_facts", "as stated with each fact"),
        ),
    )


def _figure(value: float, unit: str) -> str:
    number = f"{value:,.10g}".replace("-", words.MINUS)
    if unit == "percent":
        return f"{number}%"
    return f"{number} {unit}" if unit != "persons" else number


def tile_maps(report: Report) -> Part:
    """Return reoffending and deprivation on a map of tiles, for several places of a region with a map."""
    every = report["boroughs"].sort_values("name").set_index("name")
    if every.empty or report.single or not report.region.tiles:
        return Part()
    every = every.assign(
        tile=[report.region.tiles[code][0] for code in every["gss_code"]],
        rate=every["reoffenders"] / every["offenders"],
    )
    rates = every["rate"].map(words.percent)
    scores = every["deprivation_score"].map(lambda score: words.decimal(score, 1))
    fewest = every["offenders"].idxmin()
    return Part(
        Paragraph(
            f"Each local authority of {report.region.title} is a tile of the same size, near where it "
            f"lies; the more a tile stands out, the higher its quarter of the {len(every)}. "
            f"{words.at_start(fewest)} had only {every['offenders'].min():,} offenders: its rate says "
            "little."
        ),
        _tile_map(
            report,
            f"Share of offenders who reoffended, cohort {report.cohort}",
            every.assign(value=every["rate"], text=rates),
            "Reoffending was highest in {high} and lowest in {low}",
            "reoffending.csv",
        ),
        _tile_map(
            report,
            "Deprivation score 2015, all domains; higher is more deprived",
            every.assign(value=every["deprivation_score"], text=scores),
            "{high} is the most deprived and {low} the least",
            "deprivation_2015.csv",
        ),
        Table(
            every,
            [
                Cell("Local authority", lambda row: row.Index),
                cells.text("tile", "Tile"),
                cells.share("rate", "Reoffended"),
                cells.decimal("deprivation_score", "Deprivation score", 1),
            ],
            f"Tiles: reoffending, cohort {report.cohort}, and deprivation, 2015",
            folded="The numbers on these maps, with the names of the tiles",
        ),
        *(
            Paragraph(_origin(report, f"{part}_map", file), "source")
            for file, part in (
                ("reoffending.csv", "cohorts"),
                ("deprivation_2015.csv", "deprivation"),
            )
        ),
    )


def _tile_map(
    report: Report, shown: str, every: pd.DataFrame, finding: LiteralString, file: str
) -> Figure:
    """Draw the `value` of each place, printed as its `text`, on a map."""
    # A line around every tile would mark none.
    outlined = every[every["in_area"] & ~report.whole]["gss_code"].tolist()
    printed = every.set_index("gss_code")["text"]
    ends = {"low": every["value"].idxmin(), "high": every["value"].idxmax()}
    low, high = (f"{every.loc[at, 'text']} in {words.in_sentence(at)}" for at in ends.values())
    places = {end: words.in_sentence(name) for end, name in ends.items()}
    return figure(
        tiles.tiles(printed, outlined, report.region.tiles),
        alt=f"{shown}: from {low} to {high}. Every place is in the table of the tiles, below.",
        title=words.opened(f"{finding.format(**places)}."),
        caption=f"{shown}; outlined, {report.area.title}" if outlined else shown,
        source=origins.below(report, ["boroughs"], origins.of_files(file)),
    )


def _origin(report: Report, part: str, file: str, also: str = "", **fields: str) -> str:
    """Return the source and the period of a figure, and how it differs from the printed one."""
    beside = report.appendix.get(part)
    recorded = sources.provenance()
    sentences = [
        f"Source: {origins.of_files(file)}. Period: {recorded.files[file].period}.",
        beside.sentence(region=report.region.title, **fields) if beside else "",
        also,
    ]
    return " ".join(filter(None, sentences))


def _of_inspection(report: Report, part: str, period: str | None = None) -> str | None:
    """Return the source of what the area's own inspection prints; None where it prints no such part."""
    found = report.inspection
    if found is None or part not in found.settings.appendix:
        return None
    settings = found.settings
    sentence = settings.appendix[part].sentence()
    when = period or settings.fieldwork or settings.date
    return f"Source: {origins.of_inspection(report)}. Period: {when}. {sentence}"


def _columns(wide: pd.DataFrame, say: Callable[[Any], str] = str) -> list[Cell]:
    """Return a cell of numbers for each column of a frame, headed by the column's name."""

    def column(at: int, heading: str) -> Cell:
        return Cell(heading, lambda row: say(row[at]), numeric=True)

    return [column(at, str(name)) for at, name in enumerate(wide, start=1)]


def _bars(
    wide: pd.DataFrame, say: Callable[[float], str], axis: Axis, aside: Collection[str]
) -> list[Cell]:
    """Return a cell with bars from none for each column of a frame; rows named in `aside` are grey."""

    def column(at: int, heading: str) -> Cell:
        return Bars(
            heading,
            lambda row: say(row[at]),
            axis=axis,
            span=lambda row: _from_none(row[at], aside=row.Index in aside),
        )

    return [column(at, str(name)) for at, name in enumerate(wide, start=1)]


def _from_none(value: float | None, *, aside: bool = False) -> Span | None:
    return None if value is None or pd.isna(value) else Span(0, value, value, aside)


def _names(table: pd.DataFrame, geography: str) -> list[str]:
    return list(dict.fromkeys(table.loc[table["geography"] == geography, "name"]))


def _wide(table: pd.DataFrame, groups: str) -> pd.DataFrame:
    """Return the shares of a place in a row, a column for each group."""
    return table.pivot_table(
        index="name", columns=groups, values="share", aggfunc="sum", observed=True
    )


def _spread(shares: pd.Series, report: Report) -> str:
    """Say from where to where shares run within the area."""
    if report.single:
        return f"was {words.percent(shares.iloc[0])} in {report.area.title}"
    low, high = str(shares.idxmin()), str(shares.idxmax())
    return (
        f"ran from {words.percent(shares[low])} in {words.in_sentence(low)} to "
        f"{words.percent(shares[high])} in {words.in_sentence(high)}, within {report.area.title}"
    )
