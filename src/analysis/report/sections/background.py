"""The appendix of the inspection report, brought back from openly published tables.

Each public function displays one part; the notebook `4_report` puts them in order.
"""

from collections.abc import Callable, Iterable

import pandas as pd
from markupsafe import Markup

from analysis import words
from analysis.data import codes, sources
from analysis.report import html
from analysis.report.drawing import appendix_figures as draw
from analysis.report.drawing.appendix_figures import Count
from analysis.report.evidence import Report, opens

_BROAD_GROUPS = {
    "white_british": "white British",
    "other_white": "other white",
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
_AUTHORITIES_RANKED = 152


@html.part
def opening(report: Report) -> None:
    """Display what the figures of this part are, and which report they stand beside."""
    if report.area.findings is not None:
        html.paragraph(
            "The appendix of the inspection report, brought back: its charts are not in its text, so "
            "each is drawn anew from open figures, which are not always the ones it used."
        )
        return
    (source,) = sources.provenance().of("published_context.csv")
    html.paragraph(
        "The figures that an inspection report has in its appendix, here of {area} and from open data. "
        "“The report” below is {publisher}, {title} ({date}).",
        area=report.area.title,
        publisher=source.publisher,
        title=source.title,
        date=source.date,
    )


@html.part
def population(report: Report) -> None:
    """Display the mid-2014 population of the area's local authorities."""
    table = report["area_population"]
    later = table[table["series"] == "revised"]
    rounded = table[table["series"] == "rounded"].set_index("name")["population"]
    printed, london, england = (
        int(rows["population"].iloc[0])
        for rows in (
            table[table["series"] == "original"],
            later[later["geography"] == "region"],
            later[later["geography"] == "country"],
        )
    )
    inside = later[later["geography"].isin(["local_authority", "combined"])]
    shown = inside.sort_values("population", ascending=False)
    pairs = _pairs(report, shown[shown["geography"] == "combined"])
    strange = [pair for pair, each in pairs.items() if not set(each) <= _members(report)]
    total = int(shown["population"].sum())
    html.paragraph(
        "{told} England had {england}.",
        told=_without_total(report, strange, shown, london)
        if strange
        else html.phrase(
            "At mid-2014 {area} had {total} residents{share}.",
            area=report.area.title,
            total=f"{total:,}",
            share=""
            if report.whole
            else f", {words.percent(total / london)} of London’s {london:,}",
        ),
        england=f"{england:,}",
    )
    figures = list(zip(shown["name"], shown["population"].tolist(), strict=True))
    if not report.single:  # one bar says no more than its number
        html.figure(
            draw.bars(figures),
            alt=_alt("Residents at mid-2014", (f"{name} {number:,}" for name, number in figures)),
            caption=f"Residents of the local authorities of {report.area.title}, mid-2014",
        )
    known = [*figures, ("London", london), ("England", england)]
    revised = {name: f"{number:,}" for name, number in known} | {
        name: f"only in {pair}" for pair, each in pairs.items() for name in each if name in rounded
    }
    html.data_table(
        pd.DataFrame(
            [
                {
                    "name": name,
                    "revised": number,
                    "rounded": f"{rounded[name]:,}" if name in rounded else words.UNKNOWN,
                }
                for name, number in revised.items()
            ]
        ),
        summary="The numbers, with London and England"
        if report.single
        else "The numbers behind this chart, with London and England",
        caption="Residents by mid-year estimate",
        headers={
            "name": "Place",
            "revised": "Mid-2014, revised series",
            "rounded": "Mid-2013, rounded to 100",
        },
        numeric=["revised", "rounded"],
    )
    together = (
        f" Of {' and of '.join(map(words.in_sentence, pairs))} the series has only the sum, which is "
        "not divided here."
        if pairs
        else ""
    )
    _origin(
        "population.csv",
        "Figure 2.1",
        f"the report used the estimates issued in June 2015 (London {printed:,}); this is the later "
        f"revised series (London {london:,}).{together}",
    )


def _without_total(
    report: Report, strange: Iterable[str], shown: pd.DataFrame, london: int
) -> Markup:
    """Say why an area with only a part of a pair has no total; of a single place, what is known."""
    if report.single:
        (pair,) = shown.itertuples(index=False)
        return html.phrase(
            "The residents of {area} at mid-2014 are known only together with those of another: "
            "{pair} had {total}, {share} of London’s {london}.",
            area=report.area.title,
            pair=words.in_sentence(pair.name),
            total=f"{pair.population:,}",
            share=words.percent(pair.population / london),
            london=f"{london:,}",
        )
    return html.phrase(
        "{pairs}: known at mid-2014 only together, so {area} has no total. London had {london} "
        "residents.",
        pairs="; ".join(strange),
        area=report.area.title,
        london=f"{london:,}",
    )


def _members(report: Report) -> set[str]:
    return set(report.area.local_authorities)


def _pairs(report: Report, combined: pd.DataFrame) -> dict[str, list[str]]:
    """Give the names of the local authorities that are known only together, by their joint name."""
    names = report["boroughs"].set_index("gss_code")["name"]
    return {
        row.name: [names[code] for code in row.gss_code.split("+")]
        for row in combined[["name", "gss_code"]].itertuples(index=False)
    }


@html.part
def ethnicity(report: Report) -> None:
    """Display the ethnic groups of the 2011 census."""
    table = report["area_ethnicity"]
    broad = _wide(table, "broad_group", "share", "sum")[list(_BROAD_GROUPS)]
    authorities = _names(table, "local_authority")
    order = broad.loc[authorities].sort_values("white_british").index.tolist()
    national = _names(table, "country")
    beside = [*_names(table, "region"), national[0]]
    shown = broad.loc[[*order, *beside]]
    british = shown["white_british"]
    html.paragraph(
        "The share of residents who are white British {spread}. It was {beside}.",
        spread=_spread(british[order], words.percent, report),
        beside=words.listed(f"{words.percent(british[name])} in {name}" for name in beside),
    )
    html.figure(
        draw.stacked_shares(shown, _BROAD_GROUPS, aside=len(beside)),
        alt=_alt(
            "Residents by ethnic group",
            (
                f"{name}: "
                + ", ".join(
                    f"{group} {words.percent(row[code])}" for code, group in _BROAD_GROUPS.items()
                )
                for name, row in shown.iterrows()
            ),
        ),
        caption=f"Residents of {report.area.title} by ethnic group, 2011 census",
    )
    shares = _wide(table, "ethnic_group", "share", "sum")
    residents = table.groupby("name")["residents"].sum()
    html.data_table(
        pd.DataFrame(
            [
                {"name": name, "residents": f"{residents[name]:,}"}
                | {group: words.percent(shares.loc[name, group], 1) for group in _ETHNIC_GROUPS}
                for name in [*order, *_names(table, "region"), *national]
            ]
        ),
        summary="The numbers behind this chart, for all eight groups of the census",
        caption="Usual residents by ethnic group, 2011 census",
        headers={"name": "Place", "residents": "Residents"} | _ETHNIC_GROUPS,
        numeric=["residents", *_ETHNIC_GROUPS],
    )
    white = words.percent(float(broad.loc[national[-1], "white_british"]), 1)
    _origin(
        "ethnicity_2011.csv",
        "Figure 2.2",
        "the same census. The report speaks of “white” residents; its average for England and "
        f"Wales, 80.5%, is that of white British residents ({white} on this table). How its chart "
        "groups the others is not in its text; here eight groups are drawn as four.",
    )


@html.part
def unemployment(report: Report) -> None:
    """Display unemployment in the two calendar years around the report's period."""
    table = report["area_unemployment"]
    rates = table.pivot(index="name", columns="year", values="rate")
    authorities = _names(table, "local_authority")
    last = rates.columns[-1]
    order = rates.loc[authorities].sort_values(last, ascending=False).index.tolist()
    beside = [name for kind in ("part", "region", "country") for name in _names(table, kind)]
    shown = rates.loc[[*order, *beside]]
    years = [str(year) for year in rates.columns]
    london, england = (rates.loc[_names(table, kind)[0]] for kind in ("region", "country"))
    verdict = (
        "Unemployment was higher in London than in England"
        if (london > england).all()
        else "Unemployment in London beside England"
    )
    html.paragraph(
        "{own}{verdict}: {london} against {england}, in {years}.",
        own=_own_rate(report, rates.loc[authorities[0]]) if report.single else "",
        verdict=verdict,
        london=_rates_of(london),
        england=_rates_of(england),
        years=words.listed(years),
    )
    html.figure(
        draw.two_years(shown, aside=len(beside)),
        alt=_alt(
            f"Unemployment rate in {words.listed(years)}",
            (f"{name} {_rates_of(row)}" for name, row in shown.iterrows()),
        ),
        caption=f"Unemployment rate, {words.listed(years)}, of people of 16 and over",
    )
    html.data_table(
        pd.DataFrame(
            [
                {"name": name}
                | {
                    str(year): words.UNKNOWN if pd.isna(rate) else words.percent(rate, 1)
                    for year, rate in row.items()
                }
                for name, row in shown.iterrows()
            ]
        ),
        summary="The numbers behind this chart",
        caption="Unemployment rate of people of 16 and over",
        headers={"name": "Place"} | dict(zip(years, years, strict=True)),
        numeric=years,
    )
    _origin(
        "unemployment.csv",
        "Figure 2.3",
        "the report’s July 2014 to June 2015 was not found and falls between these two calendar "
        "years. They are estimates from a survey, without published intervals here: the year to "
        "year change of a single borough may be chance.",
    )


def _own_rate(report: Report, rates: pd.Series) -> str:
    if rates.isna().any():
        return f"The source has no rate for {report.area.title}. "
    said = words.listed(f"{words.percent(rate, 1)} in {year}" for year, rate in rates.items())
    return f"In {report.area.title} unemployment was {said}. "


def _rates_of(rates: pd.Series) -> str:
    if rates.isna().any():
        return words.UNKNOWN
    return words.listed(words.percent(rate, 1) for rate in rates)


@html.part
def deprivation(report: Report) -> None:
    """Display the four measures of deprivation with their ranks."""
    table = report["area_deprivation"]
    columns = [(domain, measure) for domain in _DOMAINS for measure in _MEASURES]
    ranks = table.pivot(index="name", columns=["domain", "measure"], values="rank_of_152")[columns]
    values = table.pivot(index="name", columns=["domain", "measure"], values="value")
    ranks = ranks.sort_values(("overall", "average_score"))
    if report.single:
        _say_ranks(report, ranks.iloc[0])
    else:
        _draw_ranks(report, ranks)
    names = {
        f"{domain}_{measure}": f"{_DOMAINS[domain]}, {_MEASURES[measure]}".capitalize()
        for domain, measure in columns
    }
    html.data_table(
        pd.DataFrame(
            [
                {"name": name}
                | {
                    f"{domain}_{measure}": _value(values.loc[name, (domain, measure)], measure)
                    + f" (rank {ranks.loc[name, (domain, measure)]})"
                    for domain, measure in columns
                }
                for name in ranks.index
            ]
        ),
        summary="The values behind these ranks",
        caption="Four measures of deprivation, 2015; higher is more deprived",
        headers={"name": "Local authority"} | names,
        numeric=list(names),
    )
    unsure = int((table["rank_margin"] > 0).sum())
    doubt = (
        "No rank shown could move by rounding"
        if unsure == 0
        else f"{words.counted(unsure, 'rank').capitalize()} shown could move by rounding"
    )
    _origin(
        "deprivation_2015.csv",
        "Figure 2.4",
        "the same indices. The published ranks of upper-tier authorities were not found, so they "
        "are computed from the summaries of districts, those of the 27 shire counties as weighted "
        f"means. {doubt}. London and England have no rank of their own.",
    )


def _say_ranks(report: Report, ranks: pd.Series) -> None:
    overall, crime = (
        [f"{ranks[domain, measure]} by {how}" for measure, how in _MEASURES.items()]
        for domain in _DOMAINS
    )
    html.paragraph(
        "Of the {ranked} upper-tier authorities of England, 1 the most deprived, {area} has rank "
        "{overall} over all seven domains; in the crime domain it has rank {crime}.",
        ranked=_AUTHORITIES_RANKED,
        area=report.area.title,
        overall=words.listed(overall),
        crime=words.listed(crime),
    )


def _draw_ranks(report: Report, ranks: pd.DataFrame) -> None:
    html.paragraph(
        "Over all seven domains {most} is the most deprived of {area} (rank {first} of "
        "{ranked} by average score) and {least} the least (rank {last}).",
        most=words.in_sentence(ranks.index[0]),
        area=report.area.title,
        first=ranks.iloc[0, 1],
        ranked=_AUTHORITIES_RANKED,
        least=words.in_sentence(ranks.index[-1]),
        last=ranks.iloc[-1, 1],
    )
    headings = [(domain, tuple(_MEASURES.values())) for domain in _DOMAINS.values()]
    html.figure(
        draw.ranks(ranks, headings, _AUTHORITIES_RANKED),
        alt=_alt(
            f"Ranks among the {_AUTHORITIES_RANKED} upper-tier authorities of England, 1 the most "
            "deprived, by average rank and average score over all domains, then in the crime domain",
            (f"{name} {', '.join(map(str, row))}" for name, row in ranks.iterrows()),
        ),
        caption=f"Ranks of deprivation in 2015 among the {_AUTHORITIES_RANKED} upper-tier "
        "authorities of England; 1 is the most deprived",
    )


def _value(value: float, measure: str) -> str:
    return f"{value:,.0f}" if measure == "average_rank" else words.decimal(value, 2)


@html.part
def cohorts(report: Report) -> None:
    """Display reoffending in every cohort that is held."""
    table = report["area_reoffending"]
    england = table[table["geography"] == "country"].set_index("cohort")["rate"]
    latest = table[table["cohort"] == report.cohort].sort_values("rate", ascending=False)
    beside = [*_names(table, "region"), *_names(table, "country")]
    order = [name for name in latest["name"] if name not in beside] + beside
    shown = table.sort_values(
        ["name", "cohort"],
        key=lambda column: column.map(order.index) if column.name == "name" else column,
    )
    own = shown[shown["geography"] == "local_authority"]
    years = sorted(int(year) for year in table["cohort"].unique())
    html.paragraph(
        "Figure 2.5 of the inspection report is about another cohort: adults, July 2013 to June "
        "2014, which is not openly available. These figures are for adults and juveniles together, "
        "in the cohorts labelled {years}.",
        cls="note",
        years=words.listed(map(str, years)),
    )
    _say_beside_england(report, own, england)
    html.figure(
        draw.cohorts(shown, report.cohort, float(england[report.cohort]), aside=len(beside)),
        alt=_alt(
            f"Share of offenders who reoffended in the cohorts {words.listed(map(str, years))}",
            (
                f"{name} " + ", ".join(words.percent(rate, 1) for rate in rows["rate"])
                for name, rows in shown.groupby("name", sort=False)
            ),
        ),
        caption=f"Share of offenders who reoffended, by cohort, with {report.confidence} intervals; "
        f"dashed, England in {report.cohort}",
    )
    html.data_table(
        pd.DataFrame(
            [
                {"name": name}
                | {
                    str(row.cohort): f"{words.percent(row.rate, 1)} "
                    f"({words.percents(row.ci_lower, row.ci_upper, 1)}) of {row.offenders:,}"
                    for row in rows.drop(columns="name").itertuples(index=False)
                }
                for name, rows in shown.groupby("name", sort=False)
            ]
        ),
        summary="The numbers behind this chart",
        caption=f"Rate ({report.confidence} interval) of all offenders, by cohort",
        headers={"name": "Place"} | {str(year): f"Cohort {year}" for year in years},
        numeric=[str(year) for year in years],
    )
    _origin(
        "reoffending.csv",
        "Figure 2.5",
        "another cohort, as said above. England leaves out offenders with no known area of "
        "residence. Previous offences per offender (Figure 2.6) were not found.",
    )


def _say_beside_england(report: Report, rows: pd.DataFrame, england: pd.Series) -> None:
    """Display who is clearly above the rate of England, and who below."""
    above = rows["ci_lower"] > rows["cohort"].map(england)
    below = rows["ci_upper"] < rows["cohort"].map(england)
    if report.single:
        sides = {
            "clearly above that of England": above,
            "clearly below that of England": below,
            "not clearly apart from that of England": ~above & ~below,
        }
        said = words.listed(
            f"{where} in {words.listed(map(str, rows.loc[so, 'cohort']))}"
            for where, so in sides.items()
            if so.any()
        )
        html.paragraph(
            "The rate of {area} was {said}. Clearly means that the whole {confidence} interval is.",
            area=report.area.title,
            said=said,
            confidence=report.confidence,
        )
        return
    html.paragraph(
        "Clearly above the rate of England in every cohort: {above}. Clearly below it in every "
        "cohort: {below}. Clearly means that the whole {confidence} interval is.",
        above=words.named(_always(rows, above) or ["none"]),
        below=words.named(_always(rows, below) or ["none"]),
        confidence=report.confidence,
    )


def _always(rows: pd.DataFrame, so: pd.Series) -> list[str]:
    """Give the places of which something is so in every cohort, in their order."""
    holds = so.groupby(rows["name"], sort=False).all()
    return holds.index[holds].tolist()


@html.part
def combined_counts(report: Report) -> None:
    """Display the cases of all providers together, sufficient and not, outcome by outcome."""
    if not opens(report, "All inspected cases", level=3):
        return
    html.paragraph(
        "Cases of all providers together, in absolute numbers. They are known only where a figure "
        "was printed for every provider. Where one of them was printed in words, the cases that "
        "the words leave open stand between those that are certainly sufficient and those that "
        "certainly are not."
        if report.area.findings is not None
        else "Cases of all providers together, in absolute numbers."
    )
    every = report["proportions"]
    for outcome in every["outcome"].unique():
        rows = every[(every["outcome"] == outcome) & (every["provider"] == codes.ALL_PROVIDERS)]
        _counts_of(report, outcome, rows)
    if report.area.findings is not None:
        _origin(
            str(report.area.findings),
            "Figures 4.1 to 4.4",
            "the charts themselves are not in the report’s text, so it cannot be told which "
            "questions they show. These counts are sums of what the text prints for each provider; "
            "court reports are not among the cases.",
        )


def _counts_of(report: Report, outcome: str, rows: pd.DataFrame) -> None:
    label = words.label(outcome)
    known = rows["sufficient_low"].notna() & (rows["relevant"] > 0).fillna(False)
    stacks = [
        Count(
            question=report.wording[row.question_id],
            low=int(row.sufficient_low),
            high=int(row.sufficient_high),
            relevant=int(row.relevant),
        )
        for row in rows[known].itertuples()
    ]
    html.paragraph(
        "<strong>{label}</strong>: known for {known} of {questions}.",
        label=label,
        known=words.number(len(stacks)) if stacks else "none",
        questions=words.counted(len(rows), "question"),
    )
    if stacks:
        html.figure(
            draw.counts(stacks),
            alt=_alt(f"{label}, all providers together", map(_spoken, stacks)),
            caption=f"{label}: cases of all providers together, absolute numbers",
        )
        html.data_table(
            pd.DataFrame(list(map(_counted, stacks))),
            summary="The numbers behind this chart",
            caption=f"{label}: cases of all providers together",
            headers={
                "question": "Question",
                "sufficient": "Sufficient",
                "open": "Left open",
                "not_sufficient": "Not sufficient",
                "relevant": "Relevant",
            },
            numeric=["sufficient", "open", "not_sufficient", "relevant"],
        )
    _without_count(report, label, rows[~known])


def _without_count(report: Report, label: str, rows: pd.DataFrame) -> None:
    """Display the questions without a count for all providers; nothing stands in for it."""
    if rows.empty:
        return
    html.data_table(
        pd.DataFrame(
            {
                "question": rows["question_id"].map(report.wording),
                "count": rows["suppressed"].map(
                    {True: "withheld to protect people", False: words.UNKNOWN}
                ),
            }
        ),
        summary=f"The {words.counted(len(rows), 'question')} without a count for all providers",
        caption=f"{label}: no count for all providers together",
        headers={"question": "Question", "count": "Cases of all providers"},
    )


def _spoken(stack: Count) -> str:
    least = "" if stack.low == stack.high else "at least "
    left = stack.relevant - stack.high
    opened = "" if stack.low == stack.high else f"{stack.high - stack.low} left open, "
    return f"{stack.question}: {least}{stack.low} sufficient, {opened}{least}{left} not"


def _counted(stack: Count) -> dict[str, str]:
    least = "" if stack.low == stack.high else "at least "
    return {
        "question": stack.question,
        "sufficient": f"{least}{stack.low}",
        "open": str(stack.high - stack.low),
        "not_sufficient": f"{least}{stack.relevant - stack.high}",
        "relevant": str(stack.relevant),
    }


@html.part
def inspection_of_2014(report: Report) -> None:
    """Display what the report prints of the inspection of 2014."""
    if not opens(report, "The inspection of 2014", level=3):
        return
    facts = sources.load("published_context")
    facts = facts[facts["report_section"].str.contains("Table 1.1", regex=False)]
    html.table(
        pd.DataFrame(
            [
                {
                    "measure": fact.measure.partition(": ")[2].capitalize(),
                    "value": words.percent(fact.value / 100),
                    "line": str(fact.report_line),
                }
                for fact in facts.itertuples()
            ]
        ),
        caption=f"{facts['subject'].iloc[0]}: share of work done well enough, "
        f"{facts['period'].iloc[0]}",
        headers={
            "measure": "Outcome area",
            "value": "Share",
            "line": "Line of the report",
        },
        numeric=["value", "line"],
    )
    _origin(
        "published_context.csv",
        "Table 1.1",
        "as printed. No numbers of cases were printed, so there is no interval, and the outcome "
        "areas are not those of 2016: the two inspections cannot be compared figure by figure.",
        period=facts["period"].iloc[0],
    )


@html.part
def key_facts(report: Report) -> None:
    """Display the key facts of the report, each with its period and source."""
    if not opens(report, "Key facts", level=3):
        return
    facts = sources.load("published_context")
    facts = facts[facts["report_section"] == "Key facts"]
    html.table(
        pd.DataFrame(
            [
                {
                    "fact": f"{fact.subject}: {fact.measure}",
                    "value": _figure(fact.value, fact.unit),
                    "period": fact.period,
                    "source": f"{fact.source}, line {fact.report_line}",
                }
                for fact in facts.itertuples()
            ]
        ),
        caption="Key facts, as the report prints them",
        headers={
            "fact": "Fact",
            "value": "Figure",
            "period": "Period",
            "source": "Where the report takes it from, and its line",
        },
        numeric=["value"],
    )
    _origin(
        "published_context.csv",
        "“Key facts”",
        "as printed; nothing is recomputed.",
        period="as stated with each fact",
    )


def _figure(value: float, unit: str) -> str:
    number = f"{value:,.10g}".replace("-", words.MINUS)
    if unit == "percent":
        return f"{number}%"
    return f"{number} {unit}" if unit != "persons" else number


@html.part
def tile_maps(report: Report) -> None:
    """Display reoffending and deprivation on a map of tiles."""
    places = report["boroughs"].set_index("name")
    members = places.index[places["in_area"]].tolist()
    rates = places["reoffenders"] / places["offenders"]
    fewest = places["offenders"].idxmin()
    code = places["gss_code"].to_dict()
    html.paragraph(
        "Each local authority of London is a tile of the same size, near where it lies; the darker "
        "a tile, the higher its quarter of the {count}. {fewest} had only {offenders} offenders: its "
        "rate says little.",
        count=len(places),
        fewest=words.at_start(fewest),
        offenders=f"{places['offenders'].min():,}",
    )
    outlined = [] if report.whole else members  # a line around every tile would mark none
    maps: tuple[tuple[str, pd.Series, Callable[[float], str]], ...] = (
        (f"Share of offenders who reoffended, cohort {report.cohort}", rates, words.percent),
        (
            "Deprivation score 2015, all domains; higher is more deprived",
            places["deprivation_score"],
            lambda score: words.decimal(score, 1),
        ),
    )
    texts = []
    for title, values, told in maps:
        said = values.map(told)
        texts.append(said)
        # The quarters are those of the figures as they are printed, so that equals look equal.
        printed = said.str.removesuffix("%").astype(float)
        html.figure(
            draw.tiles(printed.rename(code), said.rename(code), [code[name] for name in outlined]),
            alt=f"{title}. {_elsewhere(values, said, members)}{words.opened(report.members)}: "
            + "; ".join(said[name] if report.single else f"{name} {said[name]}" for name in members)
            + ".",
            caption=f"{title}; outlined, {report.area.title}" if outlined else title,
        )
    html.data_table(
        pd.DataFrame(
            [
                {
                    "name": name,
                    "label": draw.TILES[code[name]][0],
                    "rate": texts[0][name],
                    "score": texts[1][name],
                }
                for name in places.index
            ]
        ),
        summary="The numbers on these maps, with the names of the tiles",
        caption=f"Tiles: reoffending, cohort {report.cohort}, and deprivation, 2015",
        headers={
            "name": "Local authority",
            "label": "Tile",
            "rate": "Reoffended",
            "score": "Deprivation score",
        },
        numeric=["rate", "score"],
    )
    for file, printed in (
        ("reoffending.csv", "Figure 2.5"),
        ("deprivation_2015.csv", "Figure 2.4"),
    ):
        _origin(file, printed, "the report has no map; how the figures differ is said above.")


def _elsewhere(values: pd.Series, said: pd.Series, members: Iterable[str]) -> str:
    """Say from where to where the values outside the area run; blank where there are none."""
    others = values.drop(list(members))
    if others.empty:
        return ""
    least, most = others.idxmin(), others.idxmax()
    low, high = words.in_sentence(least), words.in_sentence(most)
    return f"Outside the area from {said[least]} in {low} to {said[most]} in {high}. "


def _origin(file: str, printed: str, difference: str, *, period: str | None = None) -> None:
    """Display the source and the period of a figure, and how it differs from the printed one."""
    recorded = sources.provenance()
    html.paragraph(
        "Source: {sources}. Period: {period}. Beside {printed} of the report: {difference}",
        cls="source",
        sources="; ".join(
            f"{source.publisher}, {source.title.partition(', ')[0]} ({source.date})"
            for source in recorded.of(file)
        ),
        period=period or recorded.files[file].period,
        printed=printed,
        difference=difference,
    )


def _alt(title: str, items: Iterable[str]) -> str:
    return f"{title}. " + "; ".join(items) + "."


def _names(table: pd.DataFrame, geography: str) -> list[str]:
    return list(dict.fromkeys(table.loc[table["geography"] == geography, "name"]))


def _wide(table: pd.DataFrame, columns: str, values: str, how: str) -> pd.DataFrame:
    return table.pivot_table(
        index="name", columns=columns, values=values, aggfunc=how, observed=True
    )


def _spread(shares: pd.Series, told: Callable[[float], str], report: Report) -> Markup:
    """Say from where to where shares run within the area."""
    if len(shares) == 1:
        return html.phrase(
            "was {share} in {area}", share=told(shares.iloc[0]), area=report.area.title
        )
    return html.phrase(
        "ran from {low} in {lowest} to {high} in {highest}, within {area}",
        low=told(shares.min()),
        lowest=words.in_sentence(str(shares.idxmin())),
        high=told(shares.max()),
        highest=words.in_sentence(str(shares.idxmax())),
        area=report.area.title,
    )
