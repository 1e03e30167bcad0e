"""The front page of the site: every area that was built, with what it has and lacks."""

import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import pandas as pd
from markupsafe import Markup
from nbformat import v4

from analysis.report import html, page, words
from analysis.report.boroughs import model_change
from analysis.report.evidence import Report
from analysis.report.tables import by_side

FILE = "index.html"
_COLUMNS = {
    "area": "Area",
    "sample": "Inspected cases",
    "above": "Questions with sufficient work in more than half of cases",
    "below": "In fewer than half",
    "rate": "Reoffending rates, lowest to highest",
    "slope": "Change in odds of reoffending per standard deviation of deprivation",
    "lacks": "Lacks",
    "made_on": "Made from",
}


def headline(report: Report) -> dict[str, str]:
    """Give the figures of an area that the front page shows."""
    answers = report.answers()
    own = answers[answers["provider"].isin(report.sizes)]
    sides = {side: len(rows) for side, rows in by_side(own).items()}
    inside = report["reoffending_boroughs"][
        report["reoffending_boroughs"]["gss_code"].isin(
            report["boroughs"].loc[report["boroughs"]["in_area"], "gss_code"]
        )
    ]
    none = "no case sample"
    sizes = (
        words.listed(f"{size} {name}" for name, size in report.sizes.items())
        if report.sizes
        else ""
    )
    lacks = [] if report.sizes else ["a case sample"]
    scope = "area" if model_change(report, "area") else "london"
    if scope == "london" and not report.whole:
        lacks.append("a model of its own")
    return {
        "title": report.area.title,
        "sample": f"{sum(report.sizes.values())}: {sizes}" if sizes else none,
        "above": f"{sides['above']} of {len(own)}" if sizes else none,
        "below": f"{sides['below']} of {len(own)}" if sizes else none,
        "rate": f"{words.percents(inside['rate'].min(), inside['rate'].max(), 1)} in "
        + words.counted(len(inside), "local authority", "local authorities"),
        "slope": f"{model_change(report, scope)}" + (" (London)" if scope == "london" else ""),
        "lacks": words.listed(lacks) if lacks else "nothing",
    }


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
    rows = [
        {
            "area": html.phrase(
                '<a href="{area}/index.html">{title}</a>',
                area=made["area"],
                title=words.opened(made["headline"]["title"]),
            ),
            **{name: made["headline"][name] for name in list(_COLUMNS)[1:-1]},
            "made_on": f"{made['made_on']}, inputs {made['inputs_digest'][:8]}",
        }
        for made in manifests
    ]
    built = {made["area"] for made in manifests}
    parts = [
        Markup("<h1>Probation inspections, re-analysed</h1>"),
        html.paragraph_html(
            "{count} with the published figures and their uncertainty. Each page says what its "
            "figures rest on, and has its tables for download.",
            cls="lead",
            count=words.counted(len(rows), "area is shown", "areas are shown").capitalize(),
        ),
        Markup("<h2>Areas</h2>"),
        html.table_html(pd.DataFrame(rows), caption="Areas that were built", headers=_COLUMNS)
        if rows
        else html.paragraph_html("No area has been built yet."),
        *_failures(failed, built),
        html.footer_html(
            "Contains public sector information licensed under the Open Government Licence v3.0."
        ),
    ]
    outputs = [v4.new_output("display_data", {"text/html": str(part)}) for part in parts]
    cell = v4.new_code_cell("index()", id="site", execution_count=1, outputs=outputs)
    return page.render(v4.new_notebook(cells=[cell]))


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
