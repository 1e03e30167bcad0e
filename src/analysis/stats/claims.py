"""The claims of the inspection report, each computed again from the raw tables.

A computation takes the raw tables by name and the arguments that a row of `claims.csv` gives it,
as text, and gives a `Check`. It names no area, provider, question or fact of its own. Where the
tables admit both answers, or are of another cohort or issue than the report's in a way that could
turn the answer, the claim is neither upheld nor refuted.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd

from analysis.data import findings as published
from analysis.data import schemas

Tables = Mapping[str, pd.DataFrame]

HOLDS, DOES_NOT_HOLD, CANNOT_BE_CHECKED = schemas.VERDICTS
NOTHING_COMPUTED = "not available"

# Revisions of mid-year population estimates are well below this share of them.
_REVISION = 0.01
# How far above a printed percentage `just over` reaches, in points: what the rule `just_over` of
# the published findings admits, 14 or 15 of 40 for a third and 15 of 21 for two-thirds.
_JUST_OVER = 5
# The middle half of a ranking is what `average` is read as.
_MIDDLE = (0.25, 0.75)


@dataclass(frozen=True)
class Check:
    """What a computation found: the figure, whether the claim holds (None: open), and why."""

    computed: str
    holds: bool | None
    because: str


def ledger(claims: pd.DataFrame, tables: Tables, *, area: str) -> pd.DataFrame:
    """Give schemas.CLAIMS_LEDGER: each claim of schemas.CLAIMS with what was computed of it.

    `tables` are the raw tables by name. Raises ValueError naming every unknown computation.
    """
    wanted = set(claims["computation"].dropna())
    if unknown := sorted(wanted - set(COMPUTATIONS)):
        raise ValueError(f"no computation named {', '.join(unknown)}")
    rows = []
    for claim in claims.astype("object").where(claims.notna(), None).to_dict("records"):
        check = _checked(claim, tables)
        rows.append(
            {
                "area": area,
                **{name: claim[name] for name in ("claim_id", "claim", "printed", "report_line")},
                "computed": check.computed,
                "verdict": _verdict(check.holds),
                "because": " ".join(filter(None, [check.because, claim["note"]])),
            }
        )
    return pd.DataFrame(rows, columns=list(schemas.CLAIMS_LEDGER.columns))


def _checked(claim: Mapping[str, str | None], tables: Tables) -> Check:
    if claim["computation"] is None:
        return Check(NOTHING_COMPUTED, None, "")
    return COMPUTATIONS[claim["computation"]](tables, **arguments(claim["arguments"] or ""))


def arguments(text: str) -> dict[str, str]:
    """Give the arguments written `name=value; name=value`."""
    pairs = [pair.partition("=") for pair in text.split(";") if pair.strip()]
    return {name.strip(): value.strip() for name, _, value in pairs}


def _verdict(holds: bool | None) -> str:
    if holds is None:
        return CANNOT_BE_CHECKED
    return HOLDS if holds else DOES_NOT_HOLD


# ---- Printed figures set beside each other ------------------------------------------------------


def adding_up(tables: Tables, *, parts: str, total: str) -> Check:
    """Whether printed parts add up to a printed total."""
    values, whole = _figures(tables, parts), _figure(tables, total)
    return Check(
        _sum(values),
        sum(values) == whole,
        f"The printed total is {_plain(whole)}.",
    )


def fitting(tables: Tables, *, parts: str, total: str) -> Check:
    """Whether printed parts that exclude each other fit into a printed total."""
    values, whole = _figures(tables, parts), _figure(tables, total)
    return Check(
        _sum(values),
        sum(values) <= whole,
        f"Together they may be at most {_plain(whole)}.",
    )


def agreeing(tables: Tables, *, figures: str) -> Check:
    """Whether a figure printed in several places is the same in all of them."""
    values = _figures(tables, figures)
    same = len(set(values)) == 1
    because = "The figure is the same" if same else "The figure is not the same"
    return Check(_joined(map(_plain, values)), same, f"{because} wherever it is printed.")


def falling(tables: Tables, *, figures: str) -> Check:
    """Whether each printed figure is larger than the next."""
    values = _figures(tables, figures)
    falls = all(a > b for a, b in pairwise(values))
    told = map(_plain, values)
    return Check(
        " > ".join(told) if falls else _joined(told),
        falls,
        f"{'Each' if falls else 'Not each'} is larger than the next.",
    )


def owned_of_all(tables: Tables, *, owned: str, named: str, created: str) -> Check:
    """Whether the number owned is that of the subjects named, of as many as were created."""
    names = _facts(tables).loc[_listed(named), "subject"].unique()
    count, whole, made = (_figure(tables, ref) for ref in (owned, f"of {owned}", created))
    return Check(
        f"{len(names)} of {_plain(made)}",
        (len(names), made) == (count, whole),
        f"The report names {_joined(names)}, and says that {_plain(made)} were created.",
    )


def share(tables: Tables, *, parts: str, whole: str, printed: str) -> Check:
    """Whether printed parts are the printed percentage of a printed whole, when rounded."""
    values, of = _figures(tables, parts), _figure(tables, whole)
    found, stated = 100 * sum(values) / of, _figure(tables, printed)
    return Check(
        f"{_plain(sum(values))} of {_plain(of)} is {found:.1f}%",
        round(found) == stated,
        f"Rounded, it is {found:.0f}%.",
    )


def growing(tables: Tables, *, before: str, after: str, times: str) -> Check:
    """Whether a printed figure grew to about so many times what it was."""
    first, last = _figure(tables, before), _figure(tables, after)
    ratio = last / first
    return Check(
        f"{_plain(last)} / {_plain(first)} = {ratio:.2f}",
        round(ratio) == float(times),
        f"Rounded, it is {ratio:.0f} times as many.",
    )


def within_range(tables: Tables, *, figure: str, ends: str) -> Check:
    """Whether the size of a printed change lies within a printed range."""
    size = abs(_figure(tables, figure))
    low, high = sorted(map(abs, _figures(tables, ends)))
    inside = low <= size <= high
    return Check(
        f"{_plain(size)}, of {_plain(low)} to {_plain(high)}",
        inside,
        f"It lies {'within' if inside else 'outside'} the range.",
    )


def shortfalls_vary(tables: Tables, *, smallest: str, largest: str) -> Check:
    """Whether a printed range of changes is of shortfalls alone, and is a range."""
    small, large = _figure(tables, smallest), _figure(tables, largest)
    short = large < small < 0
    return Check(
        f"{_plain(small)} to {_plain(large)}",
        short,
        "Both ends are below the assumptions, and they differ."
        if short
        else "Not both ends are below the assumptions and different.",
    )


def lower_range(tables: Tables, *, lower: str, higher: str) -> Check:
    """Whether both ends of a printed range are below those of another."""
    low, high = _figures(tables, lower), _figures(tables, higher)
    below = all(a < b for a, b in zip(low, high, strict=True))
    because = "Both ends are lower" if below else "Not both ends are lower"
    overlap = ", though the ranges overlap" if below and max(low) > min(high) else ""
    return Check(
        f"{_between(low)}, against {_between(high)}",
        below,
        f"{because}{overlap}.",
    )


def scores_below_a_mark(tables: Tables, *, scores: str, poor: str) -> Check:
    """Whether a pass mark could make so many of the printed scores poor: none is printed."""
    values, count = sorted(_figures(tables, scores)), int(_figure(tables, poor))
    worst, next_score = values[count - 1], values[count]
    possible = worst < next_score
    return Check(
        _joined(map(_plain, values)),
        None if possible else False,
        f"No pass mark is printed; {count} are poor if it is above {_plain(worst)} and at most "
        f"{_plain(next_score)}."
        if possible
        else f"No pass mark makes {count} of these scores poor.",
    )


# ---- Findings about inspected cases -------------------------------------------------------------


def side_of_half(tables: Tables, *, findings: str, side: str) -> Check:
    """Whether work was sufficient in `more`, or in `fewer`, than half of cases on each finding."""
    rows = _findings(tables).loc[_listed(findings)]
    sure, possible = _on_side(rows, side)
    return Check(
        _joined(rows["counted"]),
        _all(sure, possible),
        f"Sufficient in {side} than half of cases: {_certainty(sure, possible)}.",
    )


def questions_on_a_side(tables: Tables, *, provider: str, outcome: str, side: str) -> Check:
    """Whether work was sufficient in more, or fewer, than half of cases on most questions."""
    rows = _of_provider(tables, provider)
    sure, possible = _on_side(rows[rows["outcome"] == outcome], side)
    return Check(
        f"{sure.sum()} of {len(sure)} questions",
        _most(sure, possible),
        f"There work was surely sufficient in {side} than half of cases.",
    )


def weakest_questions(tables: Tables, *, provider: str, outcome: str, questions: str) -> Check:
    """Whether the named questions have the lowest shares of sufficient work."""
    rows = _of_provider(tables, provider)
    rows = rows[rows["outcome"] == outcome]
    named = rows["question_id"].isin(_listed(questions))
    own, others = rows[named], rows[~named]
    sure = own["highest"].max() < others["lowest"].min()
    refuted = bool((others["highest"] < own["lowest"].max()).any())
    holds = True if sure else (False if refuted else None)
    return Check(
        _joined(own["counted"]),
        holds,
        f"The other {len(others)} questions begin at {others['lowest'].min():.0%}.",
    )


def provider_ahead(tables: Tables, *, ahead: str, behind: str) -> Check:
    """Whether a provider did better than another on most questions, and worse on none."""
    pairs = _of_provider(tables, ahead).merge(
        _of_provider(tables, behind), on="question_id", suffixes=("", "_behind")
    )
    better = pairs["lowest"] > pairs["highest_behind"]
    worse = pairs["highest"] < pairs["lowest_behind"]
    holds = _most(better, ~worse)
    return Check(
        f"{better.sum()} of {len(pairs)} questions",
        None if holds and worse.any() else holds,
        f"Better on {better.sum()}, worse on {worse.sum()}, left open by the words on "
        f"{len(pairs) - better.sum() - worse.sum()}.",
    )


def small_number(tables: Tables, *, finding: str) -> Check:
    """Whether a printed count is what `a small number` is read as for the findings in words."""
    row = _findings(tables).loc[finding]
    reading = _small_number(tables["published_findings"], "_tight")
    widest = _small_number(tables["published_findings"], "")
    low, high = _counted_shares(row["polarity"], row["lowest"], row["highest"])
    inside = reading[0] <= low and high <= reading[1]
    apart = high < widest[0] or low > widest[1]
    return Check(
        f"{row['counted_either_way']}, or {high:.1%}",
        True if inside else (False if apart else None),
        f"Elsewhere the words are read as {reading[0]:.0%} to {reading[1]:.0%} of cases.",
    )


def lower_share(tables: Tables, *, findings: str, than: str) -> Check:
    """Whether the share of sufficient work is lower on each finding than on another."""
    rows, other = _findings(tables).loc[_listed(findings)], _findings(tables).loc[than]
    sure, possible = rows["highest"] < other["lowest"], rows["lowest"] < other["highest"]
    return Check(
        f"{_joined(rows['counted'])}, against {other['counted']}",
        _all(sure, possible),
        f"Lower: {_certainty(sure, possible)}.",
    )


def whole_cases(tables: Tables, *, finding: str) -> Check:
    """Whether a share printed in words is a whole number of the inspected cases."""
    row = _findings(tables).loc[finding]
    found = re.fullmatch(r"eq\((\d+/\d+)\)", row["bounds_rule"])
    if found is None:
        raise ValueError(f"finding {finding}: {row['bounds_rule']} is no share")
    part = Fraction(found[1]) * int(row["relevant"])
    whole = part.denominator == 1
    return Check(
        f"{found[1]} of {row['relevant']} is {float(part):.4g}",
        True if whole else None,
        "It is a whole number of cases."
        if whole
        else "No whole number of cases: the words are rounded, or fewer cases were relevant.",
    )


# ---- Boroughs and their context -----------------------------------------------------------------


def boroughs_inspected(tables: Tables, *, printed: str) -> Check:
    """Whether as many boroughs are listed as are said to have been inspected."""
    return _counts("listed", len(tables["inspected_boroughs"]), _figure(tables, printed))


def boroughs_of_london(tables: Tables, *, beside: str, printed: str) -> Check:
    """Whether London has so many boroughs, `beside` being an area that is none."""
    names = tables["london_local_authorities"]["name"]
    count = int((names != beside).sum())
    return Check(
        f"{len(names)} areas, {count} without {beside}",
        count == _figure(tables, printed),
        f"{beside}, which the report lists among them, is no borough.",
    )


def part_of_london(tables: Tables, *, part: str, beside: str, printed: str) -> Check:
    """Whether a part of London has so many boroughs, `beside` being an area that is none."""
    listed = tables["london_local_authorities"]
    names = listed.loc[listed["inner_or_outer"] == part, "name"]
    count, stated = int((names != beside).sum()), _figure(tables, printed)
    if beside not in set(names):
        return _counts("boroughs listed", count, stated)
    return Check(
        f"{count} boroughs and {beside}",
        count == stated,
        f"{beside} is no borough; with it the two parts make {len(listed)} areas.",
    )


def inspected_in_part(tables: Tables, *, part: str, printed: str) -> Check:
    """Whether so many of the inspected boroughs lie in a part of London."""
    inspected = _inspected(tables, tables["london_local_authorities"])
    count = int((inspected["inner_or_outer"] == part).sum())
    return _counts("of those inspected", count, _figure(tables, printed))


def population(tables: Tables, *, places: str, printed: str) -> Check:
    """Whether residents of a place, or of all `inspected` boroughs, are as many as printed."""
    residents = _residents(tables)
    if places == "inspected":
        residents = _inspected(tables, residents)
    else:
        residents = residents[residents["name"].isin(_listed(places))]
    found = int(residents["population"].sum())
    unit = 1_000_000 if _facts(tables).loc[printed, "unit"].startswith("million") else 1
    stated = _figure(tables, printed) * unit
    return Check(f"{found:,}", *_agreement([(found, stated)]))


def population_range(tables: Tables, *, smallest: str, largest: str) -> Check:
    """Whether the inspected boroughs' populations run between two printed figures."""
    found = _inspected(tables, _residents(tables))["population"]
    ends = int(found.min()), int(found.max())
    stated = _figure(tables, smallest), _figure(tables, largest)
    return Check(f"{ends[0]:,} to {ends[1]:,}", *_agreement(list(zip(ends, stated, strict=True))))


def most_populous(tables: Tables, *, place: str) -> Check:
    """Whether a borough has the most residents of those inspected."""
    found = _inspected(tables, _residents(tables)).set_index("name")["population"]
    others = found.drop(place)
    ahead = found[place] / others.max() - 1
    holds = bool(ahead > 0) if abs(ahead) > _REVISION else None
    return Check(
        f"{found[place]:,}; next {others.idxmax()} {others.max():,}",
        holds,
        f"The difference of {abs(ahead):.1%} is "
        f"{'more' if holds is not None else 'not more'} than a revision could turn.",
    )


def white_british(tables: Tables, *, place: str, printed: str) -> Check:
    """Whether the printed percentage is that of white British residents."""
    row = _ethnicity(tables).loc[place]
    british, white = 100 * (1 - row["not_white_british"]), 100 * (1 - row["not_white"])
    stated = _figure(tables, printed)
    return Check(
        f"{british:.2f}%",
        round(british, _decimals(stated)) == stated,
        f"This is the share of white British residents; of all white residents it is {white:.1f}%.",
    )


def minority_share(tables: Tables, *, place: str, printed: str) -> Check:
    """Whether just over the printed percentage of residents are not white British."""
    row = _ethnicity(tables).loc[place]
    found, stated = 100 * row["not_white_british"], _figure(tables, printed)
    return Check(
        f"{found:.1f}%",
        bool(stated < found <= stated + _JUST_OVER),
        f"All but white British residents; without any white group it is "
        f"{100 * row['not_white']:.1f}%.",
    )


def each_more_diverse(tables: Tables, *, than: str) -> Check:
    """Whether each inspected borough has a larger minority share than a place."""
    table = _ethnicity(tables)
    inspected, other = _inspected(tables, table), table.loc[than]
    ratios = {name: inspected[name].min() / other[name] for name in _MINORITY}
    above = [ratio > 1 for ratio in ratios.values()]
    shares = inspected["not_white_british"]
    return Check(
        f"{shares.min():.1%} to {shares.max():.1%}, against {other['not_white_british']:.1%}",
        _same(above),
        f"Not white British; the least diverse has {ratios['not_white_british']:.1f} times "
        f"the share of {than}, or {ratios['not_white']:.1f} times that of those not white.",
    )


def most_diverse(tables: Tables, *, place: str, among: str) -> Check:
    """Whether a borough's minority share is the largest of the inspected, or of London's.

    The share is the report's own measure of diversity; Simpson's index (Simpson 1949), the chance
    that two residents are of different groups, is told beside it and decides nothing.
    """
    table = _ethnicity(tables)
    if among == "inspected":
        table = _inspected(tables, table)
    else:
        table = table[table["gss_code"].isin(tables["london_local_authorities"]["gss_code"])]
    others = table.drop(place)
    first = [bool(table.loc[place, name] > others[name].max()) for name in _MINORITY]
    share_of = table["not_white_british"]
    rival = others["not_white_british"].idxmax()
    rank = int((table["simpson"] > table.loc[place, "simpson"]).sum()) + 1
    return Check(
        f"{place} {share_of[place]:.1%}, {rival} {share_of[rival]:.1%} not white British",
        _same(first),
        f"{'First' if first[0] else 'Not first'} by residents not white British, "
        f"{'first' if first[1] else 'not first'} by those not white; by Simpson's index of "
        f"diversity, which the report does not use, its rank is {rank}.",
    )


def mostly_less_white(tables: Tables, *, than: str, beside: str) -> Check:
    """Whether most London boroughs have a lower white share than a place, however defined."""
    table = _ethnicity(tables)
    other = table.loc[than]
    boroughs = table[table["gss_code"].isin(tables["london_local_authorities"]["gss_code"])]
    boroughs = boroughs.drop(beside)
    lower = {name: int((boroughs[name] > other[name]).sum()) for name in _MINORITY}
    return Check(
        f"{lower['not_white_british']} of {len(boroughs)} boroughs",
        _same(2 * count > len(boroughs) for count in lower.values()),
        f"Counted by white British residents; by all white residents it is {lower['not_white']}.",
    )


def unemployment_above(tables: Tables, *, places: str, than: str) -> Check:
    """Whether unemployment in each place is above that of each other place, in every year."""
    rates = tables["unemployment"].pivot(
        index="name", columns="year", values="unemployment_rate_pct"
    )
    names, others = _listed(places), _listed(than)
    gaps = np.array([rates.loc[name] - rates.loc[other] for name in names for other in others])
    told = "; ".join(
        f"{name} {_joined(f'{rate:.1f}%' for rate in rates.loc[name])}" for name in names + others
    )
    return Check(
        f"{told} ({_joined(map(str, rates.columns))})",
        _same((gaps > 0).ravel()),
        f"The difference is {gaps.min():.1f} to {gaps.max():.1f} points.",
    )


def mostly_deprived(tables: Tables) -> Check:
    """Whether most inspected boroughs are more deprived than the median local authority."""
    counts = []
    for _, ranks in _ranks(tables, "overall"):
        above = _inspected(tables, ranks)["rank_of_152"] < (len(ranks) + 1) / 2
        counts.append(int(above.sum()))
    total = len(tables["inspected_boroughs"])
    return Check(
        f"{_joined(map(str, counts))} of {total} boroughs",
        _same(2 * count > total for count in counts),
        "More deprived than the median authority by average rank and by average score.",
    )


def least_deprived(tables: Tables, *, places: str) -> Check:
    """Whether the named boroughs are the least deprived of those inspected, on each measure."""
    own, others = _ranks_of(tables, "overall", _listed(places))
    return Check(
        _ranks_told(own, others),
        _same((own.min() > others.max()).tolist()),
        "Ranks of 152, 1 the most deprived, by average rank and by average score.",
    )


def crime_like_the_others(tables: Tables, *, places: str) -> Check:
    """Whether the named boroughs' crime ranks lie among those of the other inspected ones."""
    own, others = _ranks_of(tables, "crime", _listed(places))
    inside = ((own >= others.min()) & (own <= others.max())).all(axis="columns")
    among, apart = _joined(inside.index[inside]), _joined(inside.index[~inside])
    return Check(
        _ranks_told(own, others),
        _same(inside),
        f"Ranks of 152, 1 the most deprived; among the others: {among or 'none'}; apart from "
        f"them: {apart or 'none'}.",
    )


def average_crime(tables: Tables, *, places: str) -> Check:
    """Whether the named boroughs' crime ranks lie in the middle half, of England and of London."""
    names = _listed(places)
    london = tables["london_local_authorities"]["gss_code"]
    readings: dict[str, list[bool]] = {"England": [], "London": []}
    for _, ranks in _ranks(tables, "crime"):
        for reading, of in {
            "England": ranks,
            "London": ranks[ranks["gss_code"].isin(london)],
        }.items():
            places_from_top = of.set_index("name")["value"].rank(ascending=False)[names] - 0.5
            readings[reading].append(bool((places_from_top / len(of)).between(*_MIDDLE).all()))
    own, others = _ranks_of(tables, "crime", names)
    found = {reading: all(each) for reading, each in readings.items()}
    return Check(
        _ranks_told(own, others),
        _same(found.values()),
        "Ranks of 152, 1 the most deprived. Within the middle half "
        + ", ".join(f"of {name}: {'yes' if inside else 'no'}" for name, inside in found.items())
        + ".",
    )


def ranks_run(tables: Tables, *, printed: str) -> Check:
    """Whether rank 1 is the most deprived of so many local authorities, on each measure."""
    stated = _figure(tables, printed)
    each = [ranks for domain in ("overall", "crime") for _, ranks in _ranks(tables, domain)]
    top = [ranks.loc[ranks["value"].idxmax(), "rank_of_152"] == 1 for ranks in each]
    counts = sorted({len(ranks) for ranks in each})
    return Check(
        f"{_joined(map(str, counts))} authorities",
        all(top) and counts == [stated],
        f"Rank 1 has the highest value on {sum(top)} of {len(each)} measures.",
    )


# ---- Reoffending, in cohorts that are not the report's ------------------------------------------


def national_reoffending(tables: Tables, *, printed: str) -> Check:
    """Whether the national rate rounds to the printed percentage, in each cohort."""
    rates = {cohort: 100 * rate for cohort, (_, rate) in _cohorts(tables).items()}
    stated = _figure(tables, printed)
    return _over_cohorts(
        {cohort: round(rate) == stated for cohort, rate in rates.items()},
        {cohort: f"{rate:.1f}%" for cohort, rate in rates.items()},
    )


def below_national_reoffending(tables: Tables, *, places: str) -> Check:
    """Whether the named boroughs alone of the inspected are below the national rate."""
    below = {
        cohort: set(rates.index[rates < national])
        for cohort, (rates, national) in _cohorts(tables).items()
    }
    return _over_cohorts(
        {cohort: found == set(_listed(places)) for cohort, found in below.items()},
        {cohort: f"{_joined(sorted(found)) or 'none'} below" for cohort, found in below.items()},
    )


def lowest_reoffending(tables: Tables, *, places: str) -> Check:
    """Whether the named boroughs have the lowest rates of those inspected, in each cohort."""
    named = _listed(places)
    lowest = {
        cohort: rates.nsmallest(len(named)).index for cohort, (rates, _) in _cohorts(tables).items()
    }
    return _over_cohorts(
        {cohort: set(found) == set(named) for cohort, found in lowest.items()},
        {cohort: f"lowest {_joined(sorted(found))}" for cohort, found in lowest.items()},
    )


def widest_reoffending_gap(tables: Tables, *, printed: str) -> Check:
    """Whether the widest gap to the national rate, on the printed side, rounds to that printed."""
    stated = _figure(tables, printed)
    widest = {
        cohort: 100 * ((rates.min() if stated < 0 else rates.max()) - national)
        for cohort, (rates, national) in _cohorts(tables).items()
    }
    return _over_cohorts(
        {cohort: round(gap) == stated for cohort, gap in widest.items()},
        {cohort: f"{gap:+.1f} points".replace("-", "−") for cohort, gap in widest.items()},
    )


def _over_cohorts(holds: Mapping[int, bool], told: Mapping[int, str]) -> Check:
    """Uphold what holds in every cohort; what does not might still hold in the report's own."""
    by_text: dict[str, list[str]] = {}
    for cohort, text in told.items():
        by_text.setdefault(text, []).append(str(cohort))
    return Check(
        "; ".join(f"{_joined(cohorts)}: {text}" for text, cohorts in by_text.items()),
        True if all(holds.values()) else None,
        f"It holds in {sum(holds.values()) or 'none'} of {len(holds)} cohorts.",
    )


def _cohorts(tables: Tables) -> dict[int, tuple[pd.Series, float]]:
    """Give the inspected boroughs' rates, and the country's, by cohort."""
    table = tables["reoffending"].assign(
        rate=lambda frame: frame["reoffenders"] / frame["offenders"]
    )
    return {
        int(cohort): (
            _inspected(tables, rows).set_index("name")["rate"],
            rows.loc[rows["geography"] == "country", "rate"].item(),
        )
        for cohort, rows in table.groupby("cohort")
    }


COMPUTATIONS: dict[str, Callable[..., Check]] = {
    computation.__name__: computation
    for computation in (
        adding_up,
        fitting,
        agreeing,
        falling,
        owned_of_all,
        share,
        growing,
        within_range,
        shortfalls_vary,
        lower_range,
        scores_below_a_mark,
        side_of_half,
        questions_on_a_side,
        weakest_questions,
        provider_ahead,
        small_number,
        lower_share,
        whole_cases,
        boroughs_inspected,
        boroughs_of_london,
        part_of_london,
        inspected_in_part,
        population,
        population_range,
        most_populous,
        white_british,
        minority_share,
        each_more_diverse,
        most_diverse,
        mostly_less_white,
        unemployment_above,
        mostly_deprived,
        least_deprived,
        crime_like_the_others,
        average_crime,
        ranks_run,
        national_reoffending,
        below_national_reoffending,
        lowest_reoffending,
        widest_reoffending_gap,
    )
}


# ---- What the computations share ----------------------------------------------------------------

_MINORITY = ("not_white_british", "not_white")


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")]


def _facts(tables: Tables) -> pd.DataFrame:
    return tables["published_context"].set_index("fact_id")


def _figure(tables: Tables, reference: str) -> float:
    """Give a printed figure: `C014` is its value, `of C014` the 21 of its unit, `of 21 CRCs`."""
    of, _, fact_id = reference.rpartition(" ")
    fact = _facts(tables).loc[fact_id]
    if not of:
        return float(fact["value"])
    found = re.match(r"of (\d+)", fact["unit"])
    if found is None:
        raise ValueError(f"fact {fact_id}: its unit, {fact['unit']}, names no whole")
    return float(found[1])


def _figures(tables: Tables, references: str) -> list[float]:
    return [_figure(tables, reference) for reference in _listed(references)]


def _plain(value: float) -> str:
    return f"{value:,.10g}".replace("-", "−")


def _joined(texts: Iterable[str]) -> str:
    *rest, last = list(texts) or [""]
    return f"{', '.join(rest)} and {last}" if rest else last


def _sum(values: Iterable[float]) -> str:
    found = list(values)
    return f"{' + '.join(map(_plain, found))} = {_plain(sum(found))}"


def _between(ends: Iterable[float]) -> str:
    return " to ".join(map(_plain, ends))


def _decimals(value: float) -> int:
    return len(f"{value:.10g}".partition(".")[2])


def _counts(what: str, count: int, stated: float) -> Check:
    same = count == stated
    return Check(
        f"{count} {what}",
        same,
        f"{'As' if same else 'Not as'} many as the {_plain(stated)} printed.",
    )


def _same(answers: Iterable[bool]) -> bool | None:
    """Give the answer on which all readings agree; None where they differ."""
    found = set(map(bool, answers))
    return found.pop() if len(found) == 1 else None


def _all(sure: pd.Series, possible: pd.Series) -> bool | None:
    if sure.all():
        return True
    return None if possible.all() else False


def _most(sure: pd.Series, possible: pd.Series) -> bool | None:
    if 2 * sure.sum() > len(sure):
        return True
    return None if 2 * possible.sum() > len(possible) else False


def _certainty(sure: pd.Series, possible: pd.Series) -> str:
    if sure.all():
        return "yes" if len(sure) == 1 else "yes, on each"
    return "left open by the words" if possible.all() else "no"


def _findings(tables: Tables) -> pd.DataFrame:
    """Give the findings with a figure by finding_id, with the shares that their words admit.

    The wider reading of the words is taken, so that no verdict hangs on the narrower one.
    """
    table = tables["published_findings"]
    known = published.usable(published.bounded(table, "loose"))
    known = known.merge(table[["finding_id", "bounds_rule"]], on="finding_id")
    low, high = known["sufficient_low"], known["sufficient_high"]
    counted = known["polarity"] == "sufficient"
    relevant = known["relevant"]
    return known.assign(
        lowest=(low / relevant).astype(float),
        highest=(high / relevant).astype(float),
        counted=_out_of(low, high, relevant),
        counted_either_way=_out_of(
            low.where(counted, relevant - high), high.where(counted, relevant - low), relevant
        ),
    ).set_index("finding_id")


def _out_of(low: pd.Series, high: pd.Series, relevant: pd.Series) -> list[str]:
    return [
        f"{a} of {n}" if a == b else f"{a} to {b} of {n}"
        for a, b, n in zip(low, high, relevant, strict=True)
    ]


def _of_provider(tables: Tables, provider: str) -> pd.DataFrame:
    """Give the findings with a figure about a provider's cases; court reports are no cases."""
    rows = _findings(tables)
    return rows[(rows["provider"] == provider) & (rows["unit"] == "case")]


def _on_side(rows: pd.DataFrame, side: str) -> tuple[pd.Series, pd.Series]:
    """Give on which rows the share surely lies on a side of half, and on which it may."""
    if side == "more":
        return rows["lowest"] > 0.5, rows["highest"] > 0.5
    return rows["highest"] < 0.5, rows["lowest"] < 0.5


def _counted_shares(polarity: str, lowest: float, highest: float) -> tuple[float, float]:
    """Give the lowest and highest share of what a finding counts, sufficient work or not."""
    return (lowest, highest) if polarity == "sufficient" else (1 - highest, 1 - lowest)


def _small_number(findings: pd.DataFrame, reading: str) -> tuple[float, float]:
    """Give the shares of cases that the words `a small number` are read as admitting."""
    rows = findings[findings["bounds_rule"] == "small_number"]
    lowest, highest = zip(
        *(
            _counted_shares(polarity, low / relevant, high / relevant)
            for polarity, low, high, relevant in zip(
                rows["polarity"],
                rows[f"sufficient_low{reading}"],
                rows[f"sufficient_high{reading}"],
                rows["relevant"],
                strict=True,
            )
        ),
        strict=True,
    )
    return min(lowest), max(highest)


def _inspected(tables: Tables, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["gss_code"].isin(tables["inspected_boroughs"]["gss_code"])]


def _residents(tables: Tables) -> pd.DataFrame:
    """Give the revised estimates of the latest year."""
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
    text = f"Rounded as printed, {_joined(f'{value:,}' for value in rounded)}: "
    if apart <= _REVISION:
        return None, f"{text}a revision can explain it."
    return False, f"{text}more than a revision explains."


def _zeros(value: float) -> int:
    text = f"{value:.0f}"
    return len(text) - len(text.rstrip("0"))


def _ethnicity(tables: Tables) -> pd.DataFrame:
    """Give by name the shares of residents not white British and not white, and Simpson's index."""
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
    """Give a domain's values and ranks by measure."""
    table = tables["deprivation_2015"]
    return [
        (str(measure), rows)
        for measure, rows in table[table["domain"] == domain].groupby("measure")
    ]


def _ranks_of(tables: Tables, domain: str, names: list[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give the ranks of the named and of the other inspected boroughs, a column a measure."""
    ranks = pd.DataFrame(
        {
            measure: _inspected(tables, rows).set_index("name")["rank_of_152"]
            for measure, rows in _ranks(tables, domain)
        }
    )
    return ranks.loc[names], ranks.drop(names)


def _ranks_told(own: pd.DataFrame, others: pd.DataFrame) -> str:
    told = [f"{name} {_joined(map(str, ranks))}" for name, *ranks in own.itertuples(name=None)]
    return f"{'; '.join(told)}; others {others.min().min()} to {others.max().max()}"
