"""The front page of the site: every area that was built, with what it has and lacks."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup
from nbformat import v4

from analysis import words
from analysis.report import html, tables
from analysis.report.evidence import Report
from analysis.report.page import exporter
from analysis.report.sections.boroughs import model_change, own_rows, place_among

FILE = "index.html"


@dataclass(frozen=True)
class _Kind:
    """A kind of page: what it holds and lacks, and the table of the areas that have one."""

    heading: str
    said: str
    caption: str
    columns: Mapping[str, str]
    note: str
    numeric: Collection[str] = ()


_RATES = {
    "members": "Local authorities",
    "lowest": "Lowest reoffending rate",
    "highest": "Highest reoffending rate",
    "slope": "Odds of reoffending per standard deviation of deprivation",
}
_BRACKETS = "In brackets, reoffenders of offenders, and the interval of the odds."
_KINDS = {
    "sample": _Kind(
        heading="Areas with a case sample",
        said="Such a page holds the findings of an inspection by question and provider, where the "
        "providers differ, the report’s claims checked, its background from open data, and "
        "reoffending beside deprivation. It lacks what was never published: associations between "
        "questions, and findings by borough, office or group of people.",
        caption="Inspected work and reoffending",
        columns={
            "area": "Area",
            "sample": "Inspected cases",
            "sides": "Is work sufficient in more than half of cases?",
            **_RATES,
        },
        note=f"{_BRACKETS} An answer is that of one provider to one question; it is open where its "
        "interval takes in half.",
    ),
    "several": _Kind(
        heading="Areas of several local authorities",
        said="Such a page holds the reoffending of each local authority beside its deprivation, "
        "that of the neighbours in London, and, from five local authorities on, a model of the "
        "area’s own beside that of London. It lacks a case sample: none was published for the area.",
        caption="Reoffending in areas of several local authorities",
        columns={"area": "Area", **_RATES},
        note=_BRACKETS,
    ),
    "single": _Kind(
        heading="Single local authorities",
        said="Such a page sets the place’s rate of reoffending beside those of its neighbours, and "
        "beside the rate that the model of London fits for its deprivation. It lacks a case sample, "
        "because none was published by borough, and a model of its own, for which one local "
        "authority is too few.",
        caption="Reoffending and deprivation in single local authorities",
        columns={
            "area": "Local authority",
            "rate": "Rate",
            "interval": "Interval",
            "counts": "Reoffenders of offenders",
            "place": "Place among the rates",
            "fitted": "Model of London fits",
            "rank": "Deprivation rank of 152",
            "part": "Part of London",
        },
        numeric=("rate", "interval", "counts", "place", "fitted", "rank"),
        note="Place 1 is the highest rate, rank 1 the most deprived.",
    ),
}


def headline(report: Report) -> dict[str, str]:
    """Give the figures of an area that the front page shows."""
    by_borough, context = report["reoffending_boroughs"], report["boroughs"]
    inside = own_rows(report)
    said = {
        "title": report.area.title,
        "confidence": report.confidence,
        "cohort": str(report.cohort),
    }
    if report.single and not report.sizes:
        (row,) = tables.boroughs(inside, context).to_dict("records")
        shown = {name: row[name] for name in _KINDS["single"].columns if name in row}
        place = f"{place_among(by_borough['rate'], inside['rate'].item())} of {len(by_borough)}"
        return {"kind": "single", **said, **shown, "place": place}
    said |= {
        "members": f"{len(inside)} of {len(by_borough)}",
        "lowest": _rate(inside.loc[inside["rate"].idxmin()]),
        "highest": _rate(inside.loc[inside["rate"].idxmax()]),
        "slope": model_change(report, "london" if report.whole else "area")
        or "no model of its own: fewer than five local authorities",
    }
    if not report.sizes:
        return {"kind": "several", **said}
    answers = report.answers()
    sizes = words.listed(f"{size} {name}" for name, size in report.sizes.items())
    return {
        "kind": "sample",
        **said,
        "sample": f"{sum(report.sizes.values())}: {sizes}",
        "sides": tables.sides(answers[answers["provider"].isin(report.sizes)], "answer"),
    }


def _rate(row: pd.Series) -> str:
    counts = f"{row['reoffenders']:,} of {row['offenders']:,}"
    return f"{words.percent(row['rate'], 1)}, {row['name']} ({counts})"


def index(folder: Path, order: Sequence[str] = (), failed: Sequence[Mapping[str, str]] = ()) -> str:
    """Give the front page over the areas whose manifests lie in the folder.

    They stand in the order given, others after them. `failed` are the areas that could not be
    built: area, place (notebook and cell, may be blank) and message.
    """
    manifests = [
        json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*/manifest.json")
    ]
    places = {area: place for place, area in enumerate(order)}
    manifests.sort(key=lambda made: (places.get(made["area"], len(places)), made["area"]))
    built = {made["area"] for made in manifests}
    parts = [
        Markup("<h1>Probation inspections, re-analysed</h1>"),
        html.paragraph_html(
            "{count} with the published figures and their uncertainty. Each page says what its "
            "figures rest on, and has its tables for download.",
            cls="lead",
            count=words.counted(len(manifests), "area is shown", "areas are shown").capitalize(),
        ),
        *(_areas(manifests) if manifests else [html.paragraph_html("No area has been built yet.")]),
        *_failures(failed, built),
        *(_made(manifests) if manifests else []),
        html.footer_html(
            "Contains public sector information licensed under the Open Government Licence v3.0."
        ),
    ]
    outputs = [v4.new_output("display_data", {"text/html": str(part)}) for part in parts]
    cell = v4.new_code_cell("index()", id="site", execution_count=1, outputs=outputs)
    return exporter.render(v4.new_notebook(cells=[cell]))


def _areas(manifests: Sequence[Mapping[str, Any]]) -> list[Markup]:
    """Give a part for each kind of page that there is."""
    parts = []
    for name, kind in _KINDS.items():
        lines = [made["headline"] | {"area": _link(made)} for made in manifests if _is(made, name)]
        if not lines:
            continue
        rows = [
            {column: line.get(column, words.UNKNOWN) for column in kind.columns} for line in lines
        ]
        confidence, cohort = (
            words.listed(dict.fromkeys(line.get(of, words.UNKNOWN) for line in lines))
            for of in ("confidence", "cohort")
        )
        said = f"Reoffending is of the cohort labelled {cohort}; intervals are at {confidence}."
        parts += [
            Markup("<h2>{}</h2>").format(kind.heading),
            html.paragraph_html("{said}", said=kind.said),
            html.table_html(
                pd.DataFrame(rows),
                caption=kind.caption,
                headers=kind.columns,
                numeric=kind.numeric,
                note=f"{said} {kind.note}",
            ),
        ]
    return parts


def _is(made: Mapping[str, Any], kind: str) -> bool:
    # Reports made by an earlier version of this code say no kind.
    return bool(made["headline"].get("kind", "several") == kind)


def _link(made: Mapping[str, Any]) -> Markup:
    return html.phrase(
        '<a href="{area}/index.html">{title}</a>', area=made["area"], title=_title(made)
    )


def _title(made: Mapping[str, Any]) -> str:
    return words.opened(made["headline"]["title"])


def _made(manifests: Sequence[Mapping[str, Any]]) -> list[Markup]:
    """Say of each page what it was made from."""
    rows = [
        {
            "area": _title(made),
            "made_on": made["made_on"],
            "inputs": made["inputs_digest"][:8],
        }
        for made in manifests
    ]
    dates = sorted({made["made_on"] for made in manifests})
    return [
        Markup("<h2>What the pages were made from</h2>"),
        html.paragraph_html(
            "A page has the date of the code that made it: {dates}. Its inputs are told by the start of "
            "their digest; the manifest among its downloads lists every one of them with its hash.",
            dates=dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}",
        ),
        html.data_table_html(
            pd.DataFrame(rows),
            summary="Date and inputs of each page",
            caption="What each page was made from",
            headers={"area": "Area", "made_on": "Date", "inputs": "Inputs"},
        ),
    ]


def _failures(failed: Sequence[Mapping[str, str]], built: Collection[str]) -> list[Markup]:
    """Say which areas the last runs could not build; nothing where there are none."""
    if not failed:
        return []
    rows = [
        {
            "area": each["area"],
            "place": each["place"] or "outside the notebooks",
            "message": " ".join(each["message"].split()) or "no message",
            "shown": "an earlier one" if each["area"] in built else "none",
        }
        for each in failed
    ]
    return [
        Markup("<h2>Areas that could not be built</h2>"),
        html.table_html(
            pd.DataFrame(rows),
            caption="What kept areas from being built, the last time it was tried",
            headers={
                "area": "Area",
                "place": "Where",
                "message": "Message",
                "shown": "Report shown",
            },
        ),
    ]
