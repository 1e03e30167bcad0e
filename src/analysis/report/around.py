"""What lies around a page: the areas above and beside it, how it is cited, and under which licence.

A page does not know which others were built, so that it is the same whichever were. It leads to their
places on the front page, which are always there.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from xml.etree.ElementTree import Element

import pandas as pd

from analysis import words
from analysis.data.patterns import SLUG
from analysis.report.content import phrase
from analysis.report.evidence import Report
from analysis.report.outputs import CODEBOOK, FRONT_PAGE
from analysis.report.page.document import Document, Link, Way, slug

LICENCE = phrase(
    "Contains public sector information licensed under the "
    '<a href="https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/">Open '
    "Government Licence v3.0</a>."
)


def area_place(area: str) -> str:
    """Return the id of an area on the front page; `area` is its name, or its title as one."""
    return f"area-{area}"


def inspection_place(inspection: str | None) -> str:
    """Return the id of the area of an inspection on the front page; blank for one outside the project."""
    return f"inspection-{inspection}" if re.fullmatch(SLUG, inspection or "") else ""


def way(report: Report) -> Way:
    """Return where the page of an area stands: what lies above it, and where one may go on."""
    neighbours = report["area_neighbours"]
    own = _own(report)
    within = own.iloc[:0] if report.single else own
    further = {
        "Neighbours": _tiles(report, neighbours),
        "In this area": _tiles(report, within),
        "Inspected": list(_inspected(report)),
        "All pages": [
            _front("All areas, on a map"),
            Link(f"../{CODEBOOK}", "Codebook: what every column of the tables means"),
        ],
    }
    return Way(
        above=[_front("All areas"), *_above(report, own)],
        here=words.opened(report.area.title),
        further={what: links for what, links in further.items() if links},
    )


def framed(document: Document, report: Report, facts: Mapping[str, str]) -> Document:
    """Return the document of an area with its way around, and with how it is cited in its footer.

    `facts` are those of `study.made_from`.
    """
    cited = Element("p")
    cited.text = (
        f"How to cite: “{document.title}”, made on {facts['dated']} from code {facts['commit']} and inputs "
        f"{facts['inputs']}."
    )
    foot = Element("footer")
    foot.extend([*chain.from_iterable(document.footer), cited])
    return replace(document, way=way(report), footer=[foot])


def _front(text: str, place: str = "") -> Link:
    return Link(f"../{FRONT_PAGE}" + (f"#{place}" if place else ""), text)


def _own(report: Report) -> pd.DataFrame:
    every = report["boroughs"]
    return every[every["in_area"]]


def _above(report: Report, own: pd.DataFrame) -> Iterator[Link]:
    """Yield the region, and the part of it that holds all of the area, each where it is larger."""
    if own.empty or report.whole:
        return
    titles = [report.region.title]
    parts = own["part"].unique()
    if len(parts) == 1 and len(own) < (report["boroughs"]["part"] == parts[0]).sum():
        titles.append(report.region.parts[parts[0]])
    for title in titles:
        yield _front(words.opened(title), area_place(slug(title)))


def _tiles(report: Report, places: pd.DataFrame) -> Sequence[Link]:
    """Return a link to the tile of each place that has one, by name."""
    named = places.loc[places["gss_code"].isin(list(report.region.tiles)), ["gss_code", "name"]]
    return [
        _front(row.name, row.gss_code)
        for row in named.sort_values("name", kind="stable").itertuples(index=False)
    ]


def _inspected(report: Report) -> Iterator[Link]:
    """Yield the inspection of a larger area that has something of this one, where its own page has none."""
    beside, place = report.beside, inspection_place(report.region.inspection)
    if report.inspection is not None or beside is None or not place:
        return
    if set(beside.local_authorities) & set(report.places):
        yield _front(f"{beside.title}, {beside.date}", place)
