"""Claims about the boroughs and their context."""

from collections.abc import Iterable
from typing import Annotated

import numpy as np
import pandas as pd

from analysis import words
from analysis.claims import common
from analysis.claims.common import Check, Fact, Kind, Names, NotComputableError, Part, Tables

# Revisions of mid-year population estimates are well below this share of them.
_REVISION = 0.01
# How far above a printed percentage `just over` reaches, in points: what the rule `just_over` of
# the published findings admits, 14 or 15 of 40 for a third and 15 of 21 for two-thirds.
_JUST_OVER = 5
# The middle half of a ranking is what `average` is read as.
_MIDDLE = (0.25, 0.75)
_MINORITY = {"not_white_british": "not white British", "not_white": "not white"}
_DIVERSITY = _MINORITY | {"simpson": "Simpson's index over the groups of the census"}
_MEASURES = {"average_rank": "average rank", "average_score": "average score"}

# What a computation takes that is about the inspected boroughs, and names of those.
_Inspected = Annotated[Tables, Names(Kind.INSPECTED)]
_Residents = Annotated[Tables, Names(Kind.INSPECTED, "population")]
_Diverse = Annotated[Tables, Names(Kind.INSPECTED, "ethnicity_2011")]
_Ranked = Annotated[Tables, Names(Kind.INSPECTED, "deprivation_2015")]
_RankedPlaces = Annotated[str, Names(Kind.INSPECTED, "deprivation_2015", several=True)]
_Unemployed = Annotated[Tables, Names(Kind.INSPECTED, "unemployment")]
_Counted = Annotated[str, Names(Kind.PLACE, "ethnicity_2011")]
_Member = Annotated[str, Names(Kind.MEMBER, "ethnicity_2011")]
_Worked = Annotated[str, Names(Kind.PLACE, "unemployment", several=True)]


def boroughs_inspected(tables: _Inspected, *, printed: Fact) -> Check:
    """Whether as many boroughs are listed as are said to have been inspected."""
    return _counts("listed", len(tables.places), common.figure(tables, printed))


def boroughs_of_region(tables: Tables, *, beside: _Member, printed: Fact) -> Check:
    """Whether the region has so many boroughs, `beside` being an area that is none."""
    names = tables["local_authorities"]["name"]
    count = int((names != beside).sum())
    return Check(
        f"{len(names)} areas, {count} without {beside}",
        count == common.figure(tables, printed),
        f"{beside}, which the report lists among them, is no borough.",
    )


def part_of_region(tables: Tables, *, part: Part, beside: _Member, printed: Fact) -> Check:
    """Whether a part of the region has so many boroughs, `beside` being an area that is none."""
    listed = tables["local_authorities"]
    names = listed.loc[listed["part"] == part, "name"]
    count, stated = int((names != beside).sum()), common.figure(tables, printed)
    if beside not in set(names):
        return _counts("boroughs listed", count, stated)
    return Check(
        f"{count} boroughs and {beside}",
        count == stated,
        f"{beside} is no borough; with it the two parts make {len(listed)} areas.",
    )


def inspected_in_part(tables: _Inspected, *, part: Part, printed: Fact) -> Check:
    """Whether so many of the inspected boroughs lie in a part of the region."""
    inspected = common.inspected_only(tables, tables["local_authorities"])
    count = int((inspected["part"] == part).sum())
    return _counts("of those inspected", count, common.figure(tables, printed))


def among_inspected(tables: _Inspected, *, place: _Member) -> Check:
    """Whether a place is one of the inspected boroughs."""
    listed = tables["local_authorities"].set_index("name")["gss_code"]
    inside = listed[place] in tables.places
    return Check(
        f"{place}: {'inspected' if inside else 'not inspected'}",
        inside,
        f"It is {'one' if inside else 'none'} of the {len(tables.places)} that the report lists.",
    )


def no_unemployment_rates(tables: _Unemployed) -> Check:
    """Whether no year has a rate of unemployment for any inspected borough."""
    table = common.inspected_only(tables, tables["unemployment"]).dropna()
    known = table.groupby("year")["gss_code"].nunique()
    return Check(
        "; ".join(
            f"{year}: {count} of {len(tables.places)} boroughs" for year, count in known.items()
        ),
        known.empty,
        "No rate is published." if known.empty else "The rates are published.",
    )


def population(
    tables: Tables,
    *,
    places: Annotated[str, Names(Kind.PLACE, "population", several=True, also=True)],
    printed: Fact,
) -> Check:
    """Whether residents of a place, or of all `inspected` boroughs, are as many as printed."""
    residents = _residents(tables)
    if places == "inspected":
        residents = common.inspected_only(tables, residents)
    else:
        residents = residents[residents["name"].isin(common.listed(places))]
    found = int(residents["population"].sum())
    unit = 1_000_000 if common.facts(tables).loc[printed, "unit"].startswith("million") else 1
    stated = common.figure(tables, printed) * unit
    return Check(f"{found:,}", *_agreement([(found, stated)]))


def population_range(tables: _Residents, *, smallest: Fact, largest: Fact) -> Check:
    """Whether the inspected boroughs' populations run between two printed figures."""
    found = common.inspected_only(tables, _residents(tables))["population"]
    ends = int(found.min()), int(found.max())
    stated = common.figure(tables, smallest), common.figure(tables, largest)
    return Check(f"{ends[0]:,} to {ends[1]:,}", *_agreement(list(zip(ends, stated, strict=True))))


def most_populous(
    tables: Tables, *, place: Annotated[str, Names(Kind.INSPECTED, "population")]
) -> Check:
    """Whether a borough has the most residents of those inspected."""
    found = common.inspected_only(tables, _residents(tables)).set_index("name")["population"]
    others = found.drop(place)
    ahead = found[place] / others.max() - 1
    holds = bool(ahead > 0) if abs(ahead) > _REVISION else None
    return Check(
        f"{found[place]:,}; next {others.idxmax()} {others.max():,}",
        holds,
        f"The difference of {abs(ahead):.1%} is "
        f"{'more' if holds is not None else 'not more'} than a revision could turn.",
    )


def white_share(tables: Tables, *, place: _Counted, printed: Fact) -> Check:
    """Whether the printed percentage is that of white residents, of every white group."""
    row = _ethnicity(tables).loc[place]
    british, white = 100 * (1 - row["not_white_british"]), 100 * (1 - row["not_white"])
    stated = common.figure(tables, printed)
    digits = _decimals(stated)
    mistaken = round(british, digits) == stated
    return Check(
        f"{white:.1f}% white, {british:.2f}% white British",
        round(white, digits) == stated,
        f"The printed figure is {'' if mistaken else 'not '}the share of white British residents.",
    )


def minority_share(tables: Tables, *, place: _Counted, printed: Fact) -> Check:
    """Whether just over the printed percentage of residents are of a minority, however defined."""
    shares = 100 * _ethnicity(tables).loc[place, list(_MINORITY)].astype(float)
    stated = common.figure(tables, printed)
    return common.by_reading(
        words.joined(f"{share:.1f}% {_MINORITY[name]}" for name, share in shares.items()),
        {_MINORITY[name]: stated < share <= stated + _JUST_OVER for name, share in shares.items()},
        f"Just over is read as by at most {_JUST_OVER} points.",
    )


def each_more_diverse(tables: _Diverse, *, than: _Counted) -> Check:
    """Whether each inspected borough has a larger minority share than a place."""
    table = _ethnicity(tables)
    inspected, other = common.inspected_only(tables, table), table.loc[than]
    ratios = {name: inspected[name].min() / other[name] for name in _MINORITY}
    shares = inspected["not_white_british"]
    return common.by_reading(
        f"{shares.min():.1%} to {shares.max():.1%}, against {other['not_white_british']:.1%}",
        {_MINORITY[name]: ratio > 1 for name, ratio in ratios.items()},
        f"Not white British; the least diverse has {ratios['not_white_british']:.1f} times "
        f"the share of {than}, or {ratios['not_white']:.1f} times that of those not white.",
    )


def most_diverse(
    tables: Tables, *, place: _Counted, among: Annotated[str, Names(Kind.AMONG)]
) -> Check:
    """Whether a borough is the most diverse of the inspected, or of the region, however measured.

    By the share of minority residents, in either definition, and by Simpson's index (Simpson 1949): the
    chance that two residents are of different groups of the census.
    """
    table = _ethnicity(tables)
    if among == "inspected":
        table = common.inspected_only(tables, table)
    else:
        table = table[table["gss_code"].isin(tables.members)]
    if place not in table.index:
        raise NotComputableError(f"{place} is not among the places that it is set beside")
    others = table.drop(place)
    rivals = others[list(_DIVERSITY)].idxmax()
    return common.by_reading(
        "; ".join(
            f"{measure}: {place} {table.loc[place, name]:.1%}, "
            f"{rivals[name]} {table.loc[rivals[name], name]:.1%}"
            for name, measure in _DIVERSITY.items()
        ),
        {
            measure: bool(table.loc[place, name] > others[name].max())
            for name, measure in _DIVERSITY.items()
        },
        f"Beside {place} stands the most diverse of the others by each measure.",
    )


def mostly_less_white(tables: Tables, *, than: _Counted, beside: _Member) -> Check:
    """Whether most boroughs of the region have a lower white share than a place, however defined."""
    table = _ethnicity(tables)
    other = table.loc[than]
    boroughs = table[table["gss_code"].isin(tables.members)]
    boroughs = boroughs.drop(beside)
    lower = {name: int((boroughs[name] > other[name]).sum()) for name in _MINORITY}
    return common.by_reading(
        f"{lower['not_white_british']} of {len(boroughs)} boroughs",
        {f"by those {_MINORITY[name]}": 2 * count > len(boroughs) for name, count in lower.items()},
        f"Counted by white British residents; by all white residents it is {lower['not_white']}.",
    )


def unemployment_above(tables: Tables, *, places: _Worked, than: _Worked) -> Check:
    """Whether unemployment in each place is above that of each other place, in every year."""
    rates = tables["unemployment"].pivot(
        index="name", columns="year", values="unemployment_rate_pct"
    )
    names, others = common.listed(places), common.listed(than)
    gaps = np.array([rates.loc[name] - rates.loc[other] for name in names for other in others])
    listed = "; ".join(
        f"{name} {words.joined(f'{rate:.1f}%' for rate in rates.loc[name])}"
        for name in names + others
    )
    return Check(
        f"{listed} ({words.joined(map(str, rates.columns))})",
        common.agreed((gaps > 0).ravel()),
        f"The difference is {gaps.min():.1f} to {gaps.max():.1f} points.",
    )


def mostly_deprived(tables: _Ranked) -> Check:
    """Whether most inspected boroughs are more deprived than the median local authority."""
    counts = {}
    for measure, ranks in _ranks(tables, "overall"):
        above = common.inspected_only(tables, ranks)["rank"] < (len(ranks) + 1) / 2
        counts[_MEASURES[measure]] = int(above.sum())
    total = len(tables.places)
    return common.by_reading(
        f"{words.joined(map(str, counts.values()))} of {total} boroughs",
        {measure: 2 * count > total for measure, count in counts.items()},
        "More deprived than the median authority by average rank and by average score.",
    )


def least_deprived(tables: Tables, *, places: _RankedPlaces) -> Check:
    """Whether the named boroughs are the least deprived of those inspected, on each measure."""
    own, others = _ranks_of(tables, "overall", common.listed(places))
    return common.by_reading(
        _ranks_told(own, others),
        {_MEASURES[measure]: own[measure].min() > others[measure].max() for measure in own},
        f"Ranks of {_ranked(tables)}, 1 the most deprived, by average rank and by average score.",
    )


def crime_like_the_others(tables: Tables, *, places: _RankedPlaces) -> Check:
    """Whether the named boroughs' crime ranks lie among those of the other inspected ones."""
    own, others = _ranks_of(tables, "crime", common.listed(places))
    inside = (own >= others.min()) & (own <= others.max())
    apart = words.joined(inside.index[~inside.any(axis="columns")])
    return common.by_reading(
        _ranks_told(own, others),
        {_MEASURES[measure]: bool(inside[measure].all()) for measure in inside},
        f"Ranks of {_ranked(tables)}, 1 the most deprived; apart from the others by every measure: "
        f"{apart or 'none'}.",
    )


def average_crime(tables: Tables, *, places: _RankedPlaces) -> Check:
    """Whether the named boroughs' crime ranks lie in the middle half, of England and of the region."""
    if not tables.members:
        raise NotComputableError(
            "no region whose local authorities are held has all those inspected"
        )
    names = common.listed(places)
    readings: dict[str, list[bool]] = {"England": [], tables.region: []}
    for _, ranks in _ranks(tables, "crime"):
        for reading, of in {
            "England": ranks,
            tables.region: ranks[ranks["gss_code"].isin(tables.members)],
        }.items():
            places_from_top = of.set_index("name")["value"].rank(ascending=False)[names] - 0.5
            readings[reading].append(bool((places_from_top / len(of)).between(*_MIDDLE).all()))
    own, others = _ranks_of(tables, "crime", names)
    return common.by_reading(
        _ranks_told(own, others),
        {f"among those of {place}": all(each) for place, each in readings.items()},
        f"Ranks of {_ranked(tables)}, 1 the most deprived. Average is read as the middle half.",
    )


def ranks_run(tables: Tables, *, printed: Fact) -> Check:
    """Whether rank 1 is the most deprived of so many local authorities, on each measure."""
    stated = common.figure(tables, printed)
    each = [ranks for domain in ("overall", "crime") for _, ranks in _ranks(tables, domain)]
    top = [ranks.loc[ranks["value"].idxmax(), "rank"] == 1 for ranks in each]
    counts = sorted({len(ranks) for ranks in each})
    return Check(
        f"{words.joined(map(str, counts))} authorities",
        all(top) and counts == [stated],
        f"Rank 1 has the highest value on {sum(top)} of {len(each)} measures.",
    )


def _decimals(value: float) -> int:
    return len(f"{value:.10g}".partition(".")[2])


def _zeros(value: float) -> int:
    text = f"{value:.0f}"
    return len(text) - len(text.rstrip("0"))


def _counts(what: str, count: int, stated: float) -> Check:
    same = count == stated
    return Check(
        f"{count} {what}",
        same,
        f"{'As' if same else 'Not as'} many as the {words.plain(stated)} printed.",
    )


def _residents(tables: Tables) -> pd.DataFrame:
    """Return the revised estimates of the latest year."""
    table = tables["population"]
    return table[(table["series"] == "revised") & (table["year"] == table["year"].max())]


def _agreement(pairs: Iterable[tuple[int, float]]) -> tuple[bool | None, str]:
    """Compare figures with printed ones; a revision could explain a small difference."""
    found = list(pairs)
    digits = -min(_zeros(stated) for _, stated in found)
    rounded = [round(value, digits) for value, _ in found]
    if all(value == stated for value, (_, stated) in zip(rounded, found, strict=True)):
        return True, "Rounded as printed, the figures agree."
    apart = max(abs(value / stated - 1) for value, stated in found)
    text = f"Rounded as printed, {words.joined(f'{value:,}' for value in rounded)}: "
    if apart <= _REVISION:
        return None, f"{text}a revision can explain it."
    return False, f"{text}more than a revision explains."


def _ethnicity(tables: Tables) -> pd.DataFrame:
    """Return by name the shares of residents not white British and not white, and Simpson's index."""
    table = tables["ethnicity_2011"].set_index("name")
    groups = [name for name in table if name not in {"gss_code", "all_residents"}]
    shares = table[groups].div(table["all_residents"], axis="index")
    white = [name for name in groups if name.startswith("white")]
    return pd.DataFrame(
        {
            "gss_code": table["gss_code"],
            "not_white_british": 1 - shares["white_british"],
            "not_white": 1 - shares[white].sum(axis="columns"),
            "simpson": 1 - (shares**2).sum(axis="columns"),
        }
    )


def _ranks(tables: Tables, domain: str) -> list[tuple[str, pd.DataFrame]]:
    """Return a domain's values and ranks by measure."""
    table = tables["deprivation_2015"]
    return [
        (str(measure), rows)
        for measure, rows in table[table["domain"] == domain].groupby("measure")
    ]


def _ranked(tables: Tables) -> int:
    """Return how many places are ranked."""
    return int(tables["deprivation_2015"]["gss_code"].nunique())


def _ranks_of(tables: Tables, domain: str, names: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the ranks of the named and of the other inspected boroughs, a column a measure."""
    ranks = pd.DataFrame(
        {
            measure: common.inspected_only(tables, rows).set_index("name")["rank"]
            for measure, rows in _ranks(tables, domain)
        }
    )
    return ranks.loc[names], ranks.drop(names)


def _ranks_told(own: pd.DataFrame, others: pd.DataFrame) -> str:
    listed = [
        f"{name} {words.joined(map(str, ranks))}" for name, *ranks in own.itertuples(name=None)
    ]
    return f"{'; '.join(listed)}; others {others.min().min()} to {others.max().max()}"
