"""The front page of the site: what was found, a map, and every area that was built."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol
from xml.etree.ElementTree import Element

import pandas as pd
from markupsafe import Markup

from analysis import words
from analysis.data import codes
from analysis.data.patterns import UNPRINTABLE
from analysis.report import around
from analysis.report.content import (
    NO_VALUE,
    Block,
    Bullets,
    Cell,
    Footer,
    Heading,
    Paragraph,
    Part,
    Table,
    phrase,
)
from analysis.report.drawing import tiles
from analysis.report.evidence import Report
from analysis.report.outputs import CODEBOOK
from analysis.report.page import document
from analysis.report.page.layout import layout
from analysis.report.sections import verdicts
from analysis.report.sections.boroughs import comparable, ends, model_change, own_rows


@dataclass(frozen=True)
class _Kind:
    """A kind of page: what it holds and lacks, and the table of the areas that have one.

    Its texts have fields for the regions of the areas, and for what their ranks are out of.
    """

    heading: str
    holds: str
    caption: str
    columns: Mapping[str, str]
    note: str
    numeric: Collection[str] = ()
    first: str = "Area"


class Made(Protocol):
    """What a manifest says of a report: when and from what it was made, and its figures by name."""

    @property
    def area(self) -> str:
        """The area, whose name its folder has."""

    @property
    def headline(self) -> Mapping[str, str]:
        """The figures of `headline`."""

    @property
    def made_on(self) -> str:
        """The date of what it was made from."""

    @property
    def inputs_digest(self) -> str:
        """One SHA-256 over all inputs."""


_RATES = {
    "members": "Local authorities",
    "lowest": "Lowest reoffending rate",
    "highest": "Highest reoffending rate",
    "slope": "Odds of reoffending per standard deviation of deprivation",
}
_BRACKETS = (
    "In brackets, reoffenders of offenders, and the interval of the odds; after it, what becomes of the "
    "rate of all offenders together where deprivation is a standard deviation higher. A place with fewer "
    f"than {codes.FEWEST} reoffenders is neither lowest nor highest."
)
_FEW = "too few reoffenders to compare"
_KINDS = {
    "sample": _Kind(
        heading="Areas with a case sample",
        holds="Such a page holds the findings of an inspection by question and provider, where the "
        "providers differ, the report’s statements checked, its background from open data, and "
        "reoffending beside deprivation. It lacks what was never published: associations between "
        "questions, and findings by borough, office or group of people.",
        caption="Inspected work and reoffending",
        columns={
            "sample": "Inspected cases",
            "in_sample": "In the sample: is work sufficient in more than half of cases?",
            "beyond": "Beyond the sample",
            "strength": "How firm that is",
            **_RATES,
        },
        note=f"{_BRACKETS} Of the questions of each provider: what is true of the inspected cases, and "
        "what can be said of all that could have been drawn; open is what cannot be told from half.",
    ),
    "several": _Kind(
        heading="Areas of several local authorities",
        holds="Such a page holds the reoffending of each local authority beside its deprivation, "
        "that of the neighbours in {region}, and, from five local authorities on, a model of the "
        "area’s own beside that of {region}. It lacks a case sample: none was published for the area.",
        caption="Reoffending in areas of several local authorities",
        columns=_RATES,
        note=_BRACKETS,
    ),
    "single": _Kind(
        heading="Single local authorities",
        holds="Such a page sets the place’s rate of reoffending beside those of its neighbours, and "
        "beside the rate that the model of {region} fits for its deprivation. It lacks a case sample, "
        "because none was published by borough, and a model of its own, for which one local "
        "authority is too few.",
        caption="Reoffending and deprivation in single local authorities",
        first="Local authority",
        columns={
            "rate": "Rate",
            "interval": "Interval",
            "counts": "Reoffenders of offenders",
            "place": "Place among the rates (its interval)",
            "fitted": "Model of {region} fits",
            "rank": "Deprivation rank of {ranked}",
            "part": "Part of {region}",
        },
        numeric=("rate", "interval", "counts", "place", "fitted", "rank"),
        note="Place 1 is the highest rate, rank 1 the most deprived.",
    ),
}


def headline(report: Report) -> dict[str, str]:
    """Return the figures of an area that the front page shows."""
    shared = {
        "title": report.area.title,
        "confidence": report.confidence,
        "cohort": str(report.cohort),
        "region": report.region.title,
        "ranked": str(report.region.ranked.of),
        "places": " ".join(report.places.values()),
        "inspection": around.inspection_place(report.area.inspection),
        "map": "\n".join(map(str, _drawn(report))),
    }
    if report.single and not report.inspected:
        return {"kind": "single", **shared, **_single(report)}
    shared |= _range(report)
    if not report.inspected:
        return {"kind": "several", **shared}
    return {
        "kind": "sample",
        **shared,
        **_sample(report.sizes),
        **{
            name: verdicts.tallied(report["verdicts"], name)
            for name in ("in_sample", "beyond", "strength")
        },
    }


@dataclass(frozen=True)
class _Tile:
    """A local authority on the map: its place, the quarter of its rate from 1, its label, its rate in %."""

    code: str
    column: int
    row: int
    quarter: int
    label: str
    share: str
    name: str

    def __str__(self) -> str:
        """Return the tile as a line of a headline."""
        return " ".join(map(str, vars(self).values()))

    @classmethod
    def read(cls, line: str) -> "_Tile | None":
        """Return the tile of a line; None where a line is of another kind."""
        found = re.fullmatch(r"([EWS]\d{8}) (\d\d?) (\d\d?) ([1-4]) (\S+) ([\d.]+) (\S.*)", line)
        if found is None:
            return None
        code, column, row, quarter, *texts = found.groups()
        return cls(code, int(column), int(row), int(quarter), *texts)


def _drawn(report: Report) -> Iterator[_Tile]:
    """Yield the tiles of the region, from the north and the west; none where it has no map."""
    rates = report["reoffending_boroughs"].set_index("gss_code")
    if rates.empty or not report.region.tiles:
        return
    printed = rates["rate"].map(lambda rate: words.percent(rate, 1).removesuffix("%"))
    quarters = 1 + tiles.classes(printed.astype(float))
    listed = ((row, column, code) for code, (_, column, row) in report.region.tiles.items())
    for row, column, code in sorted(listed):
        if code in rates.index:
            label, name = report.region.tiles[code][0], rates.at[code, "name"]
            yield _Tile(code, column, row, int(quarters[code]), label, printed[code], name)


def _sample(sizes: Mapping[str, int]) -> dict[str, str]:
    if not sizes:
        return {}
    parts = words.listed(f"{size} {name}" for name, size in sizes.items())
    return {"sample": f"{sum(sizes.values())}: {parts}"}


def _single(report: Report) -> dict[str, str]:
    """Return the figures of a single local authority; none where its region has no model."""
    by_borough, context = report["reoffending_boroughs"], report["boroughs"]
    own = own_rows(report).merge(context, on="gss_code", suffixes=(None, "_there"))
    return {
        name: figure
        for row in own.itertuples()
        for name, figure in {
            "rate": words.percent(row.rate, 1),
            "interval": words.percents(row.ci_lower, row.ci_upper, 1),
            "counts": f"{row.reoffenders:,} of {row.offenders:,}",
            "fitted": words.percent(row.fitted, 1),
            "rank": str(row.deprivation_rank),
            "part": row.part,
            "place": f"{row.rank} of {len(by_borough)} "
            f"({words.span(row.rank_lower, row.rank_upper)})",
        }.items()
    }


def _range(report: Report) -> dict[str, str]:
    """Return from where to where the rates of an area's local authorities run, and its model."""
    every, inside = report["reoffending_boroughs"], own_rows(report)
    if inside.empty:
        return {}
    told = comparable(inside)
    lowest, highest = map(_rate, ends(told)) if len(told) else [_FEW] * 2
    return {
        "members": f"{len(inside)} of {len(every)}",
        "lowest": lowest,
        "highest": highest,
        "slope": model_change(report) or "no model of its own: fewer than five local authorities",
    }


def _rate(row: pd.Series) -> str:
    counts = f"{row['reoffenders']:,} of {row['offenders']:,}"
    return f"{words.percent(row['rate'], 1)}, {row['name']} ({counts})"


def index(
    made: Iterable[Made], order: Sequence[str] = (), failed: Sequence[Mapping[str, str]] = ()
) -> str:
    """Return the front page over the areas that were made.

    They stand in the order given, others after them; of those that were not made it says so. `failed`
    are the areas that could not be built: area, place (notebook and cell, may be blank) and message.
    Each area, and each place of the map, has an id of its own, to which other pages lead.
    """
    places = {area: place for place, area in enumerate(order)}
    manifests = sorted(made, key=lambda each: (places.get(each.area, len(places)), each.area))
    missing = [area for area in order if area not in {each.area for each in manifests}]
    drawn = _map(manifests)
    shown = document.of_part(
        Part(
            Heading("Probation inspections, re-analysed", level=1),
            Paragraph(
                f"{words.counted(len(manifests), 'area is shown', 'areas are shown').capitalize()} "
                "with the published figures and their uncertainty. Each page says what its figures "
                "rest on, and has its tables for download.",
                cls="lead",
            ),
            _found(manifests),
            _tiles(manifests, drawn),
            _areas(manifests),
            _missing(missing),
            _failures(failed, {each.area for each in manifests}),
            _made(manifests),
            _foot(manifests),
        )
    )
    for block in shown.main:
        _place_tiles(block, drawn)
        _place_areas(block, manifests, missing)
    return layout(shown)


def _found(manifests: Sequence[Made]) -> Iterator[Block]:
    """Say what was found: of each inspection, and of the area with the most local authorities."""
    lines = [
        phrase(
            "<strong>{area}.</strong> Inspected cases: {sample}. Is work sufficient in more than half of "
            "cases? In the sample: {in_sample}. Beyond the sample: {beyond}; {strength}.",
            area=_linked(made),
            sample=_figure(made, "sample"),
            **{name: _figure(made, name) for name in ("in_sample", "beyond", "strength")},
        )
        for made in manifests
        if _is(made, "sample") and {"sample", "in_sample"} <= set(made.headline)
    ]
    several = [made for made in manifests if _is(made, "several") and "slope" in made.headline]
    lines += [
        phrase(
            "<strong>{area}.</strong> The lowest rate of reoffending is {lowest}, the highest {highest}. "
            "Odds of reoffending per standard deviation of deprivation: {slope}.",
            area=_linked(made),
            **{name: _figure(made, name) for name in ("lowest", "highest", "slope")},
        )
        for made in sorted(several, key=lambda made: -len(_figure(made, "places").split()))[:1]
    ]
    if lines:
        yield Heading("What was found")
        yield Bullets(lines, cls="key")


def _linked(made: Made) -> Markup:
    title = words.opened(_figure(made, "title", made.area))
    return phrase('<a href="{area}/index.html">{title}</a>', area=made.area, title=title)


def _map(manifests: Iterable[Made]) -> list[_Tile]:
    """Return the tiles of the first area that has a map; those of one region are the same."""
    for made in manifests:
        lines = map(_Tile.read, made.headline.get("map", "").split("\n"))
        if found := [tile for tile in lines if tile is not None]:
            return found
    return []


def _tiles(manifests: Sequence[Made], drawn: Sequence[_Tile]) -> Iterator[Block]:
    """Return the map as a list, a link to each place that has a page of its own."""
    if not drawn:
        return
    pages = {made.headline.get("places"): made.area for made in manifests}
    first = next(made for made in manifests if made.headline.get("map"))
    yield Heading(f"A map of {_figure(first, 'region')}")
    yield Paragraph(
        f"Each local authority of {_figure(first, 'region')} is a tile near where it lies, with its rate of "
        f"reoffending, cohort {_figure(first, 'cohort')}; the darker, the higher its quarter of the "
        f"{len(drawn)}. A tile leads to the page of the place, where it was built."
    )
    inside = "<strong>{label}</strong> <small>{name}</small> <span>{share}<i>%</i></span>"
    yield Bullets(
        [
            phrase(
                f'<a href="{{area}}/index.html">{inside}</a>', area=pages[tile.code], **vars(tile)
            )
            if tile.code in pages
            else phrase(f"<span>{inside}</span>", **vars(tile))
            for tile in drawn
        ]
    )


def _place_tiles(block: Element, drawn: Sequence[_Tile]) -> None:
    """Put the items of the list that is the map where their places are."""
    if block.tag != "ul" or block.get("class") or not drawn:
        return
    block.set("class", "tiles")
    block.set("style", f"--across:{1 + max(tile.column for tile in drawn)}")
    for item, tile in zip(block, drawn, strict=True):
        item.set("id", tile.code)
        item.set("class", f"q{tile.quarter}")
        item.set("style", f"--x:{tile.column};--y:{tile.row}")


def _place_areas(block: Element, manifests: Iterable[Made], missing: Collection[str]) -> None:
    """Give each area the ids to which other pages lead."""
    made = {f"{each.area}/index.html": each for each in manifests}
    for row in block.iter("tr"):
        link = row.find("th/a")
        if link is not None and (found := made.get(link.get("href", ""))) is not None:
            row.set("id", around.area_place(found.area))
            if inspected := found.headline.get("inspection"):
                row[0].set("id", inspected)
    for name in block.iter("span"):
        if (area := name.text or "") in missing:
            name.set("id", around.area_place(area))


def _missing(missing: Sequence[str]) -> Iterator[Block]:
    if missing:
        yield Heading("Areas that were not built")
        names = Markup(", ").join(phrase("<span>{area}</span>", area=area) for area in missing)
        yield Paragraph(phrase("{names}: <code>make site</code> builds all.", names=names))


def _foot(manifests: Sequence[Made]) -> Footer:
    lines = [
        around.LICENCE,
        phrase(
            '<a href="{file}">Codebook</a>: what every column of the tables means.', file=CODEBOOK
        ),
    ]
    if manifests:
        span = _span(manifests)
        lines.append(
            phrase("How to cite: “Probation inspections, re-analysed”, made on {span}.", span=span)
        )
    return Footer(lines)


def _areas(manifests: Sequence[Made]) -> Iterator[Block]:
    """Return a table for each kind of page that there is."""
    if not manifests:
        yield Paragraph("No area has been built yet.")
    for name, kind in _KINDS.items():
        shown = [made for made in manifests if _is(made, name)]
        if not shown:
            continue
        shared = {
            of: words.listed(dict.fromkeys(_figure(made, of) for made in shown))
            for of in ("confidence", "cohort", "region", "ranked")
        }
        basis = (
            f"Reoffending is of the cohort labelled {shared['cohort']}; intervals are at "
            f"{shared['confidence']}."
        )
        yield Heading(kind.heading)
        yield Paragraph(kind.holds.format(**shared))
        yield Table(
            _rows(shown, kind.columns),
            [
                Cell(kind.first, _link),
                *(
                    Cell(heading.format(**shared), attrgetter(column), column in kind.numeric)
                    for column, heading in kind.columns.items()
                ),
            ],
            caption=kind.caption,
            note=f"{basis} {kind.note}",
        )


def _is(made: Made, kind: str) -> bool:
    # Reports made by another version of this code say no kind, or one that is not known here.
    said = made.headline.get("kind")
    return kind == (said if said in _KINDS else "several")


def _rows(manifests: Iterable[Made], columns: Iterable[str]) -> pd.DataFrame:
    """Return a row for each manifest: its folder, title and date, and these of its headline."""
    return pd.DataFrame(
        {
            "folder": made.area,
            "title": words.opened(_figure(made, "title", made.area)),
            "made_on": made.made_on,
            "inputs": made.inputs_digest[:8],
        }
        | {column: _figure(made, column) for column in columns}
        for made in manifests
    )


def _figure(made: Made, name: str, otherwise: str = words.UNKNOWN) -> str:
    """Return a figure of a headline, which may be of any version of this code, in one line."""
    figure = _line(made.headline.get(name, "")) or otherwise
    return f"“{figure}”" if figure in NO_VALUE else figure


def _line(text: str) -> str:
    return " ".join(re.sub(UNPRINTABLE, " ", text).split())


def _link(row: Any) -> Markup:  # noqa: ANN401 - a row as itertuples returns it
    return phrase('<a href="{folder}/index.html">{title}</a>', folder=row.folder, title=row.title)


def _span(manifests: Sequence[Made]) -> str:
    dates = sorted({made.made_on for made in manifests})
    return dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"


def _made(manifests: Sequence[Made]) -> Iterator[Block]:
    """Say of each page what it was made from."""
    if not manifests:
        return
    yield Heading("What the pages were made from")
    yield Paragraph(
        f"A page has the date of the code that made it: {_span(manifests)}. Its inputs are told by the "
        "start of their digest; the manifest among its downloads lists every one of them with its hash."
    )
    yield Table(
        _rows(manifests, ()),
        [
            Cell("Area", attrgetter("title")),
            Cell("Date", attrgetter("made_on")),
            Cell("Inputs", attrgetter("inputs")),
        ],
        caption="What each page was made from",
        folded="Date and inputs of each page",
    )


def _failures(failed: Sequence[Mapping[str, str]], built: Collection[str]) -> Iterator[Block]:
    """Say which areas the last runs could not build; nothing where there are none."""
    if not failed:
        return
    yield Heading("Areas that could not be built")
    yield Table(
        pd.DataFrame(failed),
        [
            Cell("Area", attrgetter("area")),
            Cell("Where", lambda row: row.place or "outside the notebooks"),
            Cell("Message", lambda row: _line(row.message) or "no message"),
            Cell("Report shown", lambda row: "an earlier one" if row.area in built else "none"),
        ],
        caption="What kept areas from being built, the last time it was tried",
    )
