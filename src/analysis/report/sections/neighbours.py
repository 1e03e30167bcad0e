"""The part of the page about the local authorities of London that adjoin the area."""

from collections.abc import Iterator

import pandas as pd
from markupsafe import Markup

from analysis import words
from analysis.data import sources
from analysis.report import html
from analysis.report.evidence import Report

_FILE = "neighbours.csv"


@html.part
def adjoining(report: Report) -> None:
    """Display the neighbours; nothing, not even a heading, where the area has none in London."""
    table = report["area_neighbours"]
    if table.empty:
        return
    html.heading("Neighbours", level=2)
    html.paragraph(
        "{count} of London {adjoin} {area}{outside}. Neighbours outside London are not in these "
        "figures, and places that face each other across the Thames do not count as neighbours: "
        "the boundaries end at the water’s edge.",
        count=words.opened(words.counted(len(table), "local authority", "local authorities")),
        adjoin="adjoins" if len(table) == 1 else "adjoin",
        area=report.area.title,
        outside="" if report.single else " from outside",
    )
    for line in lines(report):
        html.paragraph("{line}", line=line)
    html.paragraph("{line}", line=_clearly(report))
    if report.single:
        html.paragraph("{line}", line=_deprivation_line(report))
    _show_table(report)
    html.paragraph("{line}", cls="source", line=origin())


def origin() -> str:
    """Say what the neighbours are computed from, with the attribution that its licence asks for."""
    (source,) = sources.provenance().of(_FILE)
    return (
        f"Which places adjoin: computed from {source.publisher}, {source.title} ({source.date}). "
        f"{source.licence_note}."
    )


def lines(report: Report) -> Iterator[Markup]:
    """Give the sentence that sets the area's rate beside its neighbours'; none without any."""
    table = report["area_neighbours"]
    if table.empty:
        return
    lower, higher = table["difference_upper"] < 0, table["difference_lower"] > 0
    said = [
        f"{where} the {'rate' if rows.sum() == 1 else 'rates'} of {words.named(table.loc[rows, 'name'])}"
        for where, rows in (
            ("clearly below", lower),
            ("clearly above", higher),
            ("not clearly apart from", ~lower & ~higher),
        )
        if rows.any()
    ]
    yield html.phrase(
        "<strong>Neighbours in London.</strong> The rate of {area}{together}, {rate}, was {said}.",
        area=report.area.title,
        together="" if report.single else ", all offenders taken together",
        rate=words.percent(table["area_rate"].iloc[0], 1),
        said=", ".join(said[:-1]) + (", and " if len(said) > 1 else "") + said[-1],
    )


def _clearly(report: Report) -> str:
    return (
        f"Clearly means that the {report.confidence} interval of the difference leaves out zero, "
        "each comparison by itself. The interval allows for chance alone; rates of places vary by "
        "more than that."
    )


def _deprivation_line(report: Report) -> Markup:
    """Say than whom a single local authority is more, and less, deprived."""
    table, context = report["area_neighbours"], report["boroughs"]
    (own,) = context[context["in_area"]].itertuples()
    above = table["deprivation_rank"] < own.deprivation_rank
    said = [
        f"{how} deprived than {words.named(table.loc[rows, 'name'])}"
        for how, rows in (("less", above), ("more", ~above))
        if rows.any()
    ]
    return html.phrase(
        "With a deprivation score of {score} (rank {rank} of 152) {area} is {said}.",
        score=words.decimal(own.deprivation_score, 1),
        rank=own.deprivation_rank,
        area=report.area.title,
        said=" and ".join(said),
    )


def _show_table(report: Report) -> None:
    rows = pd.DataFrame(
        [
            {
                "name": row.name,
                "adjoins": row.adjoins.replace("; ", ", "),
                "counts": f"{row.reoffenders:,} of {row.offenders:,}",
                "rate": words.percent(row.rate, 1),
                "interval": words.percents(row.ci_lower, row.ci_upper, 1),
                "difference": f"{_points(row.difference)} "
                f"({_points(row.difference_lower)} to {_points(row.difference_upper)})",
                "score": f"{words.decimal(row.deprivation_score, 1)} ({row.deprivation_rank})",
            }
            for row in report["area_neighbours"].itertuples(index=False)
        ]
    )
    html.table(
        rows.drop(columns="adjoins") if report.single else rows,
        caption=f"Reoffending, cohort {report.cohort}, and deprivation of the neighbours of "
        f"{report.area.title}",
        headers={
            "name": "Neighbour",
            "adjoins": "Adjoins",
            "counts": "Reoffenders of offenders",
            "rate": "Rate",
            "interval": f"{report.confidence} interval",
            "difference": f"{words.opened(report.area.title)} minus it, in points",
            "score": "Deprivation score (rank of 152)",
        },
        numeric=["counts", "rate", "interval", "difference", "score"],
        note=f"In brackets, the {report.confidence} interval of the difference, in percentage points. "
        "Rank 1 is the most deprived.",
    )


def _points(difference: float) -> str:
    """Give a difference of shares in percentage points to a hundredth, with its sign."""
    points = words.decimal(100 * difference)
    return points if points.startswith(words.MINUS) or points == "0.00" else f"+{points}"
