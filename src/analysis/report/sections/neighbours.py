"""The part of the page about the local authorities of its region that adjoin the area."""

from collections.abc import Iterator
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis import words
from analysis.data import codes, sources
from analysis.report import bars, cells
from analysis.report.bars import Bars, Span
from analysis.report.content import Cell, Paragraph, Part, Table, phrase
from analysis.report.evidence import Report
from analysis.report.sections.boroughs import spread

_FILE = "neighbours.csv"
_WHERE = {
    codes.BELOW: "clearly below",
    codes.ABOVE: "clearly above",
    codes.NOT_APART: "not clearly apart from",
}


def adjoining(report: Report) -> Part:
    """Return the neighbours, with the sentences and the table that set the area beside them."""
    table = report["area_neighbours"]
    if table.empty:
        return Part()
    region = report.region
    river = (
        f", and places that face each other across the {region.river} do not count as neighbours: the "
        "boundaries end at the water’s edge"
        if region.river
        else ""
    )
    count = phrase(
        "{count} of {region} {adjoin} {area}{outside}. Neighbours outside {region} are not in these "
        "figures{river}.",
        count=words.opened(words.counted(len(table), "local authority", "local authorities")),
        region=region.title,
        adjoin="adjoins" if len(table) == 1 else "adjoin",
        area=report.area.title,
        outside="" if report.single else " from outside",
        river=river,
    )
    own = [_deprivation_line(report)] if report.single else []
    return Part(
        map(Paragraph, [*lines(report), *own]),
        [_table(report)],
        [Paragraph(text, cls="source") for text in (count, _clearly(report), origin())],
    )


def origin() -> str:
    """Return what the neighbours are computed from, with the attribution that its licence asks for."""
    (source,) = sources.provenance().of(_FILE)
    return (
        f"Which places adjoin: computed from {source.publisher}, {source.title} ({source.date}). "
        f"{source.licence_note}."
    )


def lines(report: Report) -> Iterator[Markup]:
    """Yield the sentence that sets the area's rate beside its neighbours'; none without any."""
    table = report["area_neighbours"]
    if table.empty:
        return
    sides = [
        f"{where} the {'rate' if len(rows) == 1 else 'rates'} of {words.named(rows['name'])}"
        for code, where in _WHERE.items()
        if len(rows := table[table["beside"] == code])
    ]
    few = table.loc[table["beside"] == codes.TOO_FEW, "name"]
    yield phrase(
        "<strong>Neighbours in {region}.</strong> The rate of {area}{together}, {rate}, was {sides}.{few}",
        region=report.region.title,
        area=report.area.title,
        together="" if report.single else ", all offenders taken together",
        rate=words.percent(table["area_rate"].iloc[0], 1),
        sides=(", ".join(sides[:-1]) + (", and " if len(sides) > 1 else "") + sides[-1])
        if sides
        else "set beside nobody’s: the reoffenders are too few to compare",
        few=f" The reoffenders of {words.named(few)} are too few to compare."
        if sides and len(few)
        else "",
    )


def _clearly(report: Report) -> str:
    table = report["area_neighbours"]
    return (
        f"Clearly means that the {report.confidence} interval of the difference leaves out zero. It "
        f"allows for rates being spread {spread(table['dispersion'].iloc[0])} times as far as by chance "
        "alone, and for the number of comparisons, "
        f"{words.number(table['comparisons'].iloc[0])}: all pairs of neighbours in {report.region.title}, "
        "so that it means the same on the page of either. A place with fewer than "
        f"{codes.FEWEST} reoffenders is not compared."
    )


def _deprivation_line(report: Report) -> Markup:
    """Return than whom a single local authority is more, and less, deprived."""
    table, context = report["area_neighbours"], report["boroughs"]
    (own,) = context[context["in_area"]].itertuples()
    above = table["deprivation_rank"] < own.deprivation_rank
    sides = [
        f"{how} deprived than {words.named(table.loc[rows, 'name'])}"
        for how, rows in (("less", above), ("more", ~above))
        if rows.any()
    ]
    return phrase(
        "With a deprivation score of {score} (rank {rank} of {ranked}) {area} is {sides}.",
        score=words.decimal(own.deprivation_score, 1),
        rank=own.deprivation_rank,
        ranked=report.region.ranked.of,
        area=report.area.title,
        sides=" and ".join(sides),
    )


def _table(report: Report) -> Table:
    table = report["area_neighbours"].sort_values("difference", kind="stable")
    return Table(
        table,
        [
            cells.text("name", "Neighbour"),
            *(
                ()
                if report.single
                else [Cell("Adjoins", lambda row: ", ".join(sorted(row.adjoins.split("; "))))]
            ),
            _difference(report, table[["difference_lower", "difference_upper"]].stack().dropna()),
            Cell(
                f"Rate ({report.confidence} interval)",
                lambda row: (
                    f"{words.percent(row.rate, 1)} ({words.percents(row.ci_lower, row.ci_upper, 1)})"
                ),
                numeric=True,
            ),
            cells.counts("reoffenders", "offenders", "Reoffenders of offenders"),
            Cell(
                f"Deprivation score (rank of {report.region.ranked.of})",
                lambda row: f"{words.decimal(row.deprivation_score, 1)} ({row.deprivation_rank})",
                numeric=True,
            ),
        ],
        f"Reoffending, cohort {report.cohort}, and deprivation of the neighbours of "
        f"{report.area.title}. The highest rate first",
        note=f"Right of the dashed mark the rate of {report.area.title} is higher, left of it that of the "
        f"neighbour. In brackets, the {report.confidence} interval of the difference, in percentage points, "
        f"for all pairs of neighbours in {report.region.title} together. Rank 1 is the most deprived.",
    )


def _difference(report: Report, limits: pd.Series) -> Cell:
    heading = f"{words.opened(report.area.title)} minus it, in points"

    def say(row: Any) -> str:  # noqa: ANN401 - a row of itertuples
        return f"{_points(row.difference)} ({_limits(row)})"

    if limits.empty:  # nobody is compared
        return Cell(heading, say, numeric=True)
    return Bars(
        heading,
        say,
        axis=bars.differences(limits, words.opened(report.area.title), "neighbour"),
        span=lambda row: (
            None
            if row.beside == codes.TOO_FEW
            else Span(row.difference_lower, row.difference_upper, row.difference)
        ),
    )


def _limits(row: Any) -> str:  # noqa: ANN401 - a row of itertuples
    if row.beside == codes.TOO_FEW:
        return "not compared"
    return f"{_points(row.difference_lower)} to {_points(row.difference_upper)}"


def _points(difference: float) -> str:
    """Return a difference of shares in percentage points to a hundredth, with its sign."""
    points = words.decimal(100 * difference)
    return points if points.startswith(words.MINUS) or points == "0.00" else f"+{points}"
