"""The frame of the page: its title, what it lacks, what it was made with, and its sources."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis import project, words
from analysis.data import sources
from analysis.data.sources import Sources
from analysis.report import around
from analysis.report.cells import text
from analysis.report.content import Bullets, Cell, Footer, Heading, Part, Table, phrase
from analysis.report.evidence import Report
from analysis.report.outputs import CODEBOOK, writers
from analysis.report.sections import answer, neighbours


def opening(report: Report) -> Part:
    """Return the title, and what the page finds."""
    place = report.area.title
    title = f"Reoffending and deprivation in {place}"
    if report.inspection is not None:
        title = f"Probation work in {place}: an inspection re-analysed"
    return Part(Heading(title, level=1), answer.answer(report))


def lacking(report: Report) -> Part:
    """Return what was never published, and what the page therefore has not."""
    lines = list(_lacking(report))
    return Part(Bullets(lines)) if lines else Part()


def _lacking(report: Report) -> Iterator[str]:
    place = report.area.title
    if report.inspection is None:
        yield f"The work of probation: no case sample was published for {place}."
    elif not report["findings"].empty:
        yield (
            "No case-level record was ever published. Where the source prints a "
            "count, the count is used; where it prints words, such as “just over one-third”, the range of "
            "counts that the words admit is used, and no single figure is claimed."
        )
    if report.single and not report["boroughs"].empty:
        yield f"A model of {place} alone: one local authority is too few for that."


def settings(parameters: Mapping[str, object]) -> Part:
    """Return what this run was made with."""
    return _listing(parameters, "Parameters of this run", "Parameter")


def made_from(facts: Mapping[str, str]) -> Part:
    """Return what the page was made from, in short, and how to make it again."""
    return _listing(facts, "What this page was made from", "Fact")


def _listing(values: Mapping[str, object], caption: str, heading: str) -> Part:
    frame = pd.DataFrame({"name": list(values), "value": list(values.values())}, dtype="object")
    return Part(
        Table(frame, [text("name", heading), text("value", "Value")], caption, folded=caption)
    )


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
            ],
            cls="files",
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
                folded="What was taken from them, file by file",
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
    beside = report.appendix.get("cohorts")
    return f": not the cohort of the inspection report's {beside.printed}" if beside else ""
