"""The frame of the page: its title, its summary, what it was made with, and its sources."""

from collections.abc import Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis import project, words
from analysis.data import sources
from analysis.data.inspection import Settings
from analysis.data.sources import Sources
from analysis.report import around
from analysis.report.cells import text
from analysis.report.content import Bullets, Cell, Footer, Heading, Paragraph, Part, Table, phrase
from analysis.report.evidence import Report
from analysis.report.outputs import CODEBOOK, writers
from analysis.report.sections import claims, neighbours, verdicts
from analysis.report.sections.boroughs import area_lines, model_lines, place_lines, range_lines
from analysis.report.sections.inspection import difference_lines


def opening(report: Report) -> Part:
    """Return the title and what the page is."""
    place = report.area.title
    if report.inspection is not None:
        title = f"Probation work in {place}: an inspection re-analysed"
        lead = _inspected(report, report.inspection.settings)
    else:
        title, lead = f"Reoffending and deprivation in {place}", _places(report)
    return Part(Heading(title, level=1), Paragraph(lead, cls="lead"))


def _inspected(report: Report, settings: Settings) -> str:
    if report.sizes:
        parts = words.listed(
            f"{report.sizes[code]} of the {name} ({code})"
            for code, name in report.providers.items()
        )
        what = f"{words.cases(sum(report.sizes.values()))}, {parts},"
    else:
        what = "work of " + words.listed(
            f"the {name} ({code})" for code, name in report.providers.items()
        )
    return (
        f"{settings.publisher} inspected {what} and reported in {settings.date}. This page sets out its "
        "figures with their uncertainty."
    )


def _places(report: Report) -> str:
    place = report.area.title
    if report.single:
        return (
            "No case sample was published by borough, and one local authority is too few for a "
            f"model of its own. This page sets the reoffending of {place} beside its deprivation, "
            f"and both beside the rest of {report.region.title}."
        )
    members = words.counted(
        len(report.area.local_authorities), "local authority", "local authorities"
    )
    return (
        f"No case sample was published for {place}. This page sets the reoffending of its {members} "
        f"beside their deprivation{'' if report.whole else f', within {report.region.title}'}."
    )


def summary(report: Report) -> Part:
    """Return what the page finds, in one screen."""
    inspected = report.inspected
    lines = [
        *difference_lines(report),
        *place_lines(report),
        *(neighbours.lines(report) if report.single else ()),
        *(() if inspected else range_lines(report)),
        *model_lines(report),
        *(() if inspected else area_lines(report)),
        *claims.lines(report),
    ]
    found = Part(Bullets(lines, cls="key")) if lines else Part()
    if not inspected:
        return found
    return Part(
        verdicts.summary(report),
        found,
        _evidence(report),
    )


def _evidence(report: Report) -> Part:
    """Return what the figures of an inspection rest on, where they rest on what was published."""
    if report["findings"].empty:
        return Part()
    sentences = [
        "No case-level record was ever published. Where the source prints a count, the count is "
        "used; where it prints words, such as “just over one-third”, the range of counts that the "
        "words admit is used, and no single figure is claimed."
    ]
    if report.sizes:
        sentences.append(
            "The case sample behind the page is a reconstruction: it meets every printed count and "
            "says nothing beyond them."
        )
    return Part(Paragraph(" ".join(sentences), cls="note"))


def settings(parameters: Mapping[str, object]) -> Part:
    """Return what this run was made with."""
    return _listing(parameters, "Parameters of this run", "Parameter")


def made_from(facts: Mapping[str, str]) -> Part:
    """Return what the page was made from, in short, and how to make it again."""
    return _listing(facts, "What this page was made from", "Fact")


def _listing(values: Mapping[str, object], caption: str, heading: str) -> Part:
    frame = pd.DataFrame({"name": list(values), "value": list(values.values())}, dtype="object")
    return Part(Table(frame, [text("name", heading), text("value", "Value")], caption))


def downloads(report: Report) -> Part:
    """Return links to what lies beside the page."""
    notebooks = Markup(", ").join(
        phrase('<a href="notebooks/{name}.ipynb">{name}</a>', name=name)
        for name in project.NOTEBOOK_NAMES
    )
    return Part(
        Bullets(
            [
                *writers.links(report.tables),
                phrase(
                    '<a href="../{file}">Codebook</a>: what every column of the tables means',
                    file=CODEBOOK,
                ),
                phrase("Executed notebooks: {links}", links=notebooks),
                phrase(
                    '<a href="manifest.json">Manifest</a> (JSON): every input and output with its '
                    "hash"
                ),
            ]
        )
    )


def provenance(report: Report) -> Part:
    """Return where each figure comes from, and the licence."""
    recorded = _used(report, sources.provenance())
    part = Part(
        Table(
            pd.DataFrame(_publications(report, recorded)),
            [
                Cell("Title", _title),
                text("publisher", "Publisher"),
                text("date", "Date"),
                text("licence", "Licence"),
            ],
            caption="Publications",
        )
    )
    if recorded.files:
        part.append(
            Table(
                pd.DataFrame(
                    {"file": file, "period": listed.period, "note": listed.note}
                    for file, listed in recorded.files.items()
                ),
                [
                    text("file", "File of data/raw"),
                    Cell("From", lambda row: _publishers(recorded, row.file)),
                    text("period", "Period"),
                    text("note", "Note"),
                ],
                caption="What was taken from them",
            )
        )
    part.append(
        Footer(
            [
                around.LICENCE,
                "This page is an independent re-analysis; it was not made by the publishers of the "
                "figures.",
            ]
        )
    )
    return part


def _publications(report: Report, recorded: Sources) -> list[dict[str, str]]:
    """Return what was published; an inspection without a record of its own is one of them."""
    found = [
        {name: getattr(source, name) for name in ("title", "publisher", "date", "licence", "link")}
        for source in recorded.sources.values()
    ]
    if report.inspection is not None:
        settings = report.inspection.settings
        if settings.title not in {each["title"] for each in found}:
            own = {name: getattr(settings, name) for name in ("title", "publisher", "date")}
            found.append(own | {"licence": words.UNKNOWN, "link": ""})
    return found


def _title(publication: Any) -> str:  # noqa: ANN401 - a row of _publications
    if not publication.link:
        return str(publication.title)
    return phrase('<a href="{link}">{title}</a>', link=publication.link, title=publication.title)


def _publishers(recorded: Sources, file: str) -> str:
    return words.listed(dict.fromkeys(source.publisher for source in recorded.of(file)))


def _used(report: Report, recorded: Sources) -> Sources:
    """Return what is recorded of the files that the page rests on."""
    files = {file: listed for file, listed in recorded.files.items() if file in report.sources}
    used = {name for listed in files.values() for name in listed.sources}
    publications = {name: each for name, each in recorded.sources.items() if name in used}
    return Sources(package=recorded.package, sources=publications, files=files)


def about(report: Report) -> list[str]:
    """Return what a reader of the tables alone must know."""
    lines = [f"Intervals are at {report.confidence}."]
    if not report["boroughs"].empty:
        lines[0] += (
            f" Reoffending is of the cohort labelled {report.cohort}, adults and juveniles"
            f"{_another_cohort(report)}."
        )
    if report.sizes:
        lines.append(
            "The case sample is a reconstruction: no case-level record was ever published. Where "
            "precision says worded, the source gives words, and only bounds of the count are known."
        )
    if report.inspected:
        lines.append(
            "Verdicts answer two questions: what is true in the sample, of the relevant cases that were "
            "inspected, and what can be said beyond the sample, of all that could have been drawn."
        )
    if not report["area_neighbours"].empty:
        lines.append(neighbours.origin())
    return lines


def _another_cohort(report: Report) -> str:
    """Say that the cohort is not that of the report beside which the page stands, if there is one."""
    beside = report.beside.appendix.get("cohorts") if report.beside else None
    return f": not the cohort of the inspection report's {beside.printed}" if beside else ""
