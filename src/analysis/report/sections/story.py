"""The frame of the page: its title, its summary, what it was made with, and its sources."""

from collections.abc import Mapping

import pandas as pd
from markupsafe import Markup

from analysis import project, words
from analysis.data import processed, raw, sources
from analysis.data.sources import Sources
from analysis.report import html, tables
from analysis.report.evidence import Report
from analysis.report.outputs.downloads import SPREADSHEET, TABLES
from analysis.report.sections import neighbours
from analysis.report.sections.boroughs import area_lines, model_lines, place_lines, range_lines
from analysis.report.sections.inspection import difference_lines

# Tables of data/raw that only a page with a case sample rests on.
_OF_INSPECTIONS = {"published_findings", "questions", "claims", "inspected_boroughs"}


@html.part
def opening(report: Report) -> None:
    """Display the title and what the page is."""
    if report.sizes:
        html.title(f"Probation work in {report.area.title}: an inspection re-analysed")
        _opening_of_sample(report)
        return
    html.title(f"Reoffending and deprivation in {report.area.title}")
    if report.single:
        html.paragraph(
            "No case sample was published by borough, and one local authority is too few for a "
            "model of its own. This page sets the reoffending of {area} beside its deprivation, and "
            "both beside the rest of London.",
            cls="lead",
            area=report.area.title,
        )
        return
    html.paragraph(
        "No case sample was published for {area}. This page sets the reoffending of its {count} "
        "beside their deprivation{within}.",
        cls="lead",
        area=report.area.title,
        count=words.counted(
            len(report.area.local_authorities), "local authority", "local authorities"
        ),
        within="" if report.whole else ", within London",
    )


def _opening_of_sample(report: Report) -> None:
    (source,) = sources.provenance().of(str(report.area.findings))
    total = sum(report.sizes.values())
    parts = words.listed(
        f"{size} of the {report.area.providers.get(code, code)} ({code})"
        for code, size in report.sizes.items()
    )
    html.paragraph(
        "{publisher} inspected {total}, {parts}, and reported in {date}. This page sets out "
        "its figures with their uncertainty.",
        cls="lead",
        publisher=source.publisher,
        total=words.cases(total),
        parts=parts,
        date=source.date,
    )


@html.part
def summary(report: Report) -> None:
    """Display what the page finds, in one screen."""
    if report.sizes:
        html.table(
            tables.sides(report["proportions"], report.sizes),
            caption="Is work sufficient in more than half of cases?",
            headers={"outcome": "Outcome"}
            | {code: f"{code}, {words.cases(size)}" for code, size in report.sizes.items()},
            note=f"Open: the {report.confidence} interval takes in half, so the cases cannot tell.",
        )
    html.bullets(
        [
            *difference_lines(report),
            *place_lines(report),
            *(neighbours.lines(report) if report.single else ()),
            *(() if report.sizes else range_lines(report)),
            *model_lines(report),
            *(() if report.sizes else area_lines(report)),
        ],
        cls="key",
    )
    if report.sizes:
        html.paragraph(
            "No case-level record was ever published. Where the source prints a count, the count is "
            "used; where it prints words, such as “just over one-third”, the range of counts that "
            "the words admit is used, and no single figure is claimed. The case sample behind the "
            "page is a reconstruction: it meets every printed count and says nothing beyond them.",
            cls="note",
        )


@html.part
def settings(parameters: Mapping[str, object]) -> None:
    """Display what this run was made with."""
    _listing(parameters, "Parameters of this run", "Parameter")


@html.part
def made_from(facts: Mapping[str, str]) -> None:
    """Display what the page was made from, in short, and how to make it again."""
    _listing(facts, "What this page was made from", "Fact")


def _listing(values: Mapping[str, object], caption: str, heading: str) -> None:
    html.table(
        pd.DataFrame([{"name": name, "value": str(value)} for name, value in values.items()]),
        caption=caption,
        headers={"name": heading, "value": "Value"},
    )


@html.part
def downloads(report: Report) -> None:
    """Display what lies beside the page."""
    links = [
        html.phrase(
            '<a href="{file}">All tables as one spreadsheet</a> (xlsx), with contents and notes',
            file=SPREADSHEET,
        ),
        *(
            html.phrase(
                '<a href="tables/{name}.csv">{title}</a> (CSV)', name=name, title=schema.title
            )
            for name, schema in processed.PROCESSED.items()
            if name in TABLES and not report[name].empty
        ),
        html.phrase(
            "Executed notebooks: {links}",
            links=Markup(", ").join(
                html.phrase('<a href="notebooks/{name}.ipynb">{name}</a>', name=name)
                for name in project.NOTEBOOK_NAMES
            ),
        ),
        html.phrase(
            '<a href="manifest.json">Manifest</a> (JSON): every input and output with its hash'
        ),
    ]
    html.bullets(links)


@html.part
def provenance(report: Report) -> None:
    """Display where each figure comes from, and the licence."""
    recorded = sources.provenance()
    if not report.sizes:
        recorded = _without_samples(recorded)
    html.table(
        tables.publications(recorded),
        caption="Publications",
        headers={"title": "Title", "publisher": "Publisher", "date": "Date", "licence": "Licence"},
    )
    html.table(
        tables.raw_files(recorded),
        caption="What was taken from them",
        headers={
            "file": "File of data/raw",
            "publishers": "From",
            "period": "Period",
            "note": "Note",
        },
    )
    html.footer(
        "Contains public sector information licensed under the Open Government Licence v3.0.",
        "This page is an independent re-analysis; it was not made by the publishers of the figures.",
    )


def _without_samples(recorded: Sources) -> Sources:
    """Give what a page without a case sample rests on: no findings, claims or samples of others."""
    files = {
        file: listed
        for file, listed in recorded.files.items()
        if file.removesuffix(".csv") in raw.RAW.keys() - _OF_INSPECTIONS
    }
    used = {name for listed in files.values() for name in listed.sources}
    publications = {name: each for name, each in recorded.sources.items() if name in used}
    return Sources(package=recorded.package, sources=publications, files=files)


def about(report: Report) -> list[str]:
    """Give what a reader of the tables alone must know."""
    lines = [
        f"Intervals are at {report.confidence}. Reoffending is of the cohort labelled "
        f"{report.cohort}, adults and juveniles: not the cohort of the inspection report's Figure 2.5.",
    ]
    if report.sizes:
        lines.append(
            "The case sample is a reconstruction: no case-level record was ever published. Where "
            "precision says worded, the source gives words, and only bounds of the count are known."
        )
    if not report["area_neighbours"].empty:
        lines.append(neighbours.origin())
    return lines
