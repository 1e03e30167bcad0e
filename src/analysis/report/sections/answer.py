"""The first screen of the page: a sentence that answers, and the cards that bear it out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from analysis import words
from analysis.data import codes
from analysis.report.content import Bullets, Paragraph, Part, phrase
from analysis.report.evidence import Report
from analysis.report.sections import boroughs, claims, verdicts

# As many as stand beside each other on a wide screen.
_MOST_CARDS = 4
_SIDES = {
    "more": "more than half",
    "fewer": "fewer than half",
    "half": "exactly half",
    "not_told": "a share that words do not tell",
}
_BAR = (
    "Half is this project’s bar, for the report sets none: above it, good enough is the rule. Beyond the "
    "sample: of all cases that could have been drawn."
)
_REOFFENDED = (
    "Reoffended: another offence within a year, proven by a conviction or caution. A cohort: the people "
    "convicted, cautioned or released from custody in a year."
)
_CHANCE = (
    "Rates differ by chance as well, so that a place is only known to lie within its interval; the first is "
    "the highest rate."
)
_SCORE = (
    "The score of 2015 sums up income, work, health, schooling, crime, housing and surroundings; higher "
    "is more deprived."
)


@dataclass(frozen=True)
class _Card:
    """A card: what it is about, its lines, and in small print what its words mean."""

    title: str
    lines: Sequence[str]
    small: str = ""

    def html(self) -> Markup:
        lines = Markup(" ").join(phrase("<span>{line}</span>", line=line) for line in self.lines)
        small = phrase(" <small>{small}</small>", small=self.small) if self.small else ""
        return phrase(
            "<strong>{title}</strong> {lines}{small}", title=self.title, lines=lines, small=small
        )


def answer(report: Report) -> Part:
    """Return the sentence that answers, who was inspected, and three or four cards."""
    found, place = list(_inspection_cards(report)), list(_place_cards(report))
    if not report.inspected:
        return Part(Paragraph(_place_sentence(report), "lead"), _shown(place))
    beneath = Part()
    if place and len(found) < _MOST_CARDS:
        found.append(_together(report, place))
    elif place:
        beneath.append(Paragraph(_together(report, place).html(), "about"))
    return Part(
        Paragraph(_inspected_sentence(report), "lead"),
        Paragraph(_inspected(report), "about"),
        _shown(found),
        beneath,
    )


def _shown(cards: Sequence[_Card]) -> Part:
    return Part(Bullets([card.html() for card in cards], "cards")) if cards else Part()


def _together(report: Report, cards: Sequence[_Card]) -> _Card:
    """Return what all cards say as one, for there is no room for more."""
    lines = ["; ".join(line.removesuffix(".") for line in card.lines) + "." for card in cards]
    return _Card(f"Reoffending, cohort labelled {report.cohort}", [" ".join(lines)], _REOFFENDED)


# ---- What was inspected -------------------------------------------------------------------------


def _inspected_sentence(report: Report) -> str:
    """Say of each provider on which side of half its inspected cases lie, on most questions."""
    clauses: list[str] = []
    for code, name in report.providers.items():
        own = report.of_provider(code)
        if own.empty:
            continue
        side, count = _most(own)
        did = "" if clauses else " did well enough"
        of = "" if clauses else " of the cases inspected"
        clauses.append(
            f"the {name} ({code}){did} in {_SIDES[side]}{of} on {_of_questions(count, len(own))}"
        )
    if not clauses:
        return f"No question about {report.area.title} has a figure."
    return words.opened(f"{', '.join(clauses)}.")


def _inspected(report: Report) -> str:
    """Say who inspected what and when, and what each provider is or was."""
    assert report.inspection is not None
    settings = report.inspection.settings
    what = "the work of " + words.listed(report.providers)
    if report.sizes:
        parts = words.listed(f"{size} {code}" for code, size in report.sizes.items())
        what = f"{words.cases(sum(report.sizes.values()))}, {parts},"
    explained = [f"{code}: {clause}." for code, clause in settings.explained.items()]
    return " ".join(
        [f"{settings.publisher} inspected {what} and reported in {settings.date}.", *explained]
    )


def _inspection_cards(report: Report) -> Iterator[_Card]:
    if not report.inspected:
        return
    ratings = report["ratings"]
    if len(ratings):
        rated = [
            f"{report.outcomes[outcome]}: "
            + words.joined(f"{row.provider} “{row.words}”" for row in rows.itertuples())
            for outcome, rows in ratings.groupby("outcome", sort=False)
        ]
        sections = dict.fromkeys(ratings["section"].str.partition(" > ")[0])
        small = f"Words of its report, section {words.listed(sections)}."
        yield _Card("The inspectorate’s own verdicts", rated, small)
    counted = [_counted(report, provider) for provider in report.providers]
    if any(counted):
        yield _Card("What the counts say: good enough in", list(filter(None, counted)), _BAR)
    apart = list(_apart(report))
    if apart:
        yield _Card("Where the providers differ", apart)
    ledger = report["claims_checked"]
    if len(ledger):
        yield _Card("The report’s statements, checked", [claims.told(ledger)])


def _counted(report: Report, provider: str) -> str:
    """Say what most verdicts of a provider say, in the sample and beyond it; nothing where it has none."""
    own = report.of_provider(provider)
    if own.empty:
        return ""
    side, count = _most(own)
    beyond = [
        f"{'' if code == side else f'{code} '}on {number}{_strengths(own[own['beyond'] == code])}"
        for code, number in _counts(own, "beyond", codes.BEYOND)
    ]
    return (
        f"{provider}: {_SIDES[side]} on {_of_questions(count, len(own))}; beyond the sample "
        f"{', '.join(beyond)}."
    )


def _of_questions(count: int, every: int) -> str:
    return f"{count} of {every} {'question' if every == 1 else 'questions'}"


def _most(verdicts: pd.DataFrame) -> tuple[str, int]:
    """Return what is true in the sample on most questions, and on how many."""
    return max(_counts(verdicts, "in_sample", codes.IN_SAMPLE), key=lambda each: each[1])


def _counts(verdicts: pd.DataFrame, column: str, known: Any) -> list[tuple[str, int]]:  # noqa: ANN401
    found = [(code, int((verdicts[column] == code).sum())) for code in known]
    return [(code, count) for code, count in found if count]


def _strengths(verdicts: pd.DataFrame) -> str:
    found = _counts(verdicts, "strength", codes.STRENGTHS)
    return f" ({', '.join(f'{count} {strength}' for strength, count in found)})" if found else ""


def _apart(report: Report) -> Iterator[str]:
    """Yield on how many questions each pair of providers is surely apart, and which way."""
    family = report["differences"]
    for (a, b), rows in family.groupby(["provider_a", "provider_b"], sort=False):
        lower, higher = (rows["ci_upper_simultaneous"] < 0), (rows["ci_lower_simultaneous"] > 0)
        yield (
            f"Beyond the sample, of {words.counted(len(rows), 'question')} that both answer, {a} did surely "
            f"worse than {b} on {words.how_many(lower.sum())} and surely better on "
            f"{words.how_many(higher.sum())}. On {words.how_many((~lower & ~higher).sum())} they cannot be "
            f"told apart, with allowance for comparing so many.{verdicts.loosely(report, str(a), str(b))}"
        )


# ---- The area -----------------------------------------------------------------------------------


def _place_sentence(report: Report) -> str:
    """Say what the area's rate is beside others, or how deprived it is where no rate is held."""
    own, *others = _rates(report) or [None]
    if own is None:
        lines = _deprivation_lines(report)
        return lines[0] if lines else f"Nothing is held of {report.area.title}."
    beside = words.listed(f"{words.percent(row.rate, 1)} in {row.name}" for row in others)
    return (
        f"Of the offenders of {report.area.title} {words.percent(own.rate, 1)} reoffended within a year, "
        f"beside {beside}{_among(report)}."
    )


def _among(report: Report) -> str:
    """Say how the rate, or those within the area, lie to each other; nothing without a model."""
    every, inside = report["reoffending_boroughs"], boroughs.own_rows(report)
    compared = boroughs.comparable(inside)
    if inside.empty:
        return ""
    if report.whole:
        return f"; {boroughs.verdict(report)}"
    if not report.single and compared.empty:
        return ""
    if not report.single:
        low, high = boroughs.ends(compared)
        return (
            f"; within it the rate runs from {words.percent(low['rate'], 1)} in "
            f"{words.in_sentence(low['name'])} to {words.percent(high['rate'], 1)} in "
            f"{words.in_sentence(high['name'])}"
        )
    (own,) = inside.itertuples()
    third = len(every) / 3
    if own.rank_upper <= third:
        where = "among the highest third of rates"
    elif own.rank_lower > len(every) - third:
        where = "among the lowest third of rates"
    else:
        where = "surely among neither the highest nor the lowest third of rates"
    return f"; that is {where} in {report.region.title}"


def _rates(report: Report) -> list[Any]:
    """Return the rows of processed.AREA_REOFFENDING of the area and what it lies in; none without one."""
    table = report["area_reoffending"]
    table = table[table["cohort"] == report.cohort]
    kind = "local_authority" if report.single else "area"
    own = [] if report.whole else list(table[table["geography"] == kind].itertuples())
    around = list(table[table["geography"].isin(["region", "country"])].itertuples())
    return [*own, *around] if own or report.whole else []


def _place_cards(report: Report) -> Iterator[_Card]:
    rates = [
        f"{words.opened(row.name)}: {words.percent(row.rate, 1)} "
        f"({words.percents(row.ci_lower, row.ci_upper, 1)}), {row.reoffenders:,} of {row.offenders:,}"
        for row in _rates(report)
    ]
    if rates:
        rates[0] += " offenders"
        small = (
            f"{_REOFFENDED} In brackets, the {report.confidence} interval, which allows for chance."
        )
        yield _Card(f"Reoffending, cohort labelled {report.cohort}", rates, small)
    places = _place_lines(report)
    if places:
        yield _Card(f"Place in {report.region.title}", places, _CHANCE)
    deprivation = _deprivation_lines(report)
    if deprivation:
        yield _Card("Deprivation", deprivation, _SCORE)
    if report.whole and (change := boroughs.model_change(report)):
        yield _Card(
            "Reoffending and deprivation",
            [
                f"{words.opened(boroughs.verdict(report))}: one standard deviation more deprived, which "
                f"is {boroughs.standard_deviation(report)}, went with odds of reoffending {change}."
            ],
            "A standard deviation is the usual distance of a place from the average. It is about areas, "
            "not about people.",
        )


def _place_lines(report: Report) -> list[str]:
    """Return the place among the rates with its interval: of the one, or of the first and the last."""
    every, inside = report["reoffending_boroughs"], boroughs.own_rows(report)
    if inside.empty:
        return []
    ranked = inside.sort_values("rank", kind="stable")
    first, last = (next(ranked.iloc[[at]].itertuples()) for at in (0, -1))

    def place(row: Any) -> str:  # noqa: ANN401
        limits = words.span(row.rank_lower, row.rank_upper)
        return f"{words.place(row.rank, len(every))} of {len(every)} rates (interval {limits})"

    if report.single:
        few = first.offenders == every["offenders"].min()
        return [f"{words.opened(place(first))}.{' So few offenders say little.' if few else ''}"]
    return [f"{words.at_start(row.name)}: {place(row)}." for row in (first, last)]


def _deprivation_lines(report: Report) -> list[str]:
    """Return score and rank of the one place, or of the most and the least deprived."""
    table = report["area_deprivation"]
    overall = (table["domain"] == "overall") & (table["measure"] == "average_score")
    rows = table[overall & (table["geography"] == "local_authority")].sort_values("rank")
    if rows.empty:
        return []
    ranked = report.region.ranked
    first, last = (next(rows.iloc[[at]].itertuples()) for at in (0, -1))
    if len(rows) == 1:
        return [
            f"{words.at_start(first.name)} has a deprivation score of {words.decimal(first.value, 1)}, "
            f"rank {first.rank} of the {ranked.of} {ranked.among}, 1 the most deprived."
        ]
    return [
        f"Deprivation runs from {words.in_sentence(first.name)} (score "
        f"{words.decimal(first.value, 1)}, rank {first.rank} of the {ranked.of} {ranked.among}, 1 the "
        f"most deprived) to {words.in_sentence(last.name)} ({words.decimal(last.value, 1)}, rank "
        f"{last.rank})."
    ]
