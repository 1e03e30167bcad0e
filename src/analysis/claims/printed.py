"""Claims that set printed figures beside each other."""

from collections.abc import Iterable
from itertools import pairwise

from analysis import words
from analysis.claims import common
from analysis.claims.common import Check, Fact, Facts, NotComputableError, Number, Tables


def adding_up(tables: Tables, *, parts: Facts, total: Fact) -> Check:
    """Whether printed parts add up to a printed total."""
    values, whole = _figures(tables, parts), common.figure(tables, total)
    return Check(
        _sum(values),
        sum(values) == whole,
        f"The printed total is {words.plain(whole)}.",
    )


def fitting(tables: Tables, *, parts: Facts, total: Fact) -> Check:
    """Whether printed parts that exclude each other fit into a printed total."""
    values, whole = _figures(tables, parts), common.figure(tables, total)
    return Check(
        _sum(values),
        sum(values) <= whole,
        f"Together they may be at most {words.plain(whole)}.",
    )


def agreeing(tables: Tables, *, figures: Facts) -> Check:
    """Whether a figure printed in several places is the same in all of them."""
    values = _figures(tables, figures)
    same = len(set(values)) == 1
    because = "The figure is the same" if same else "The figure is not the same"
    return Check(words.joined(map(words.plain, values)), same, f"{because} wherever it is printed.")


def same_time(tables: Tables, *, facts: Facts) -> Check:
    """Whether one event, printed in several places, has the same date in all of them."""
    dates = common.facts(tables).loc[common.listed(facts), "period"]
    same = dates.nunique() == 1
    return Check(
        words.joined(dates.unique()),
        same,
        "The date is the same wherever it is printed."
        if same
        else "The dates differ, and which is right cannot be told.",
    )


def varying(tables: Tables, *, ends: Facts) -> Check:
    """The two ends of a printed range, of which words do not say how far apart they must be.

    Refuted where they are the same.
    """
    low, high = sorted(_ends(tables, ends))
    return Check(
        f"{words.plain(low)} to {words.plain(high)}",
        None if low < high else False,
        f"They are {words.plain(high - low)} apart; how much is much, the words do not say.",
    )


def falling(tables: Tables, *, figures: Facts) -> Check:
    """Whether each printed figure is larger than the next."""
    values = _figures(tables, figures)
    falls = all(a > b for a, b in pairwise(values))
    listed = list(map(words.plain, values))
    return Check(
        " > ".join(listed) if falls else words.joined(listed),
        falls,
        f"{'Each' if falls else 'Not each'} is larger than the next.",
    )


def owned_of_all(tables: Tables, *, owned: Fact, named: Facts, created: Fact) -> Check:
    """Whether the number owned is that of the subjects named, of as many as were created."""
    names = common.facts(tables).loc[common.listed(named), "subject"].unique()
    count, whole, made = (common.figure(tables, ref) for ref in (owned, f"of {owned}", created))
    return Check(
        f"{len(names)} of {words.plain(made)}",
        (len(names), made) == (count, whole),
        f"The report names {words.joined(names)}, and says that {words.plain(made)} were created.",
    )


def share(tables: Tables, *, parts: Facts, whole: Fact, printed: Fact) -> Check:
    """Whether printed parts are the printed percentage of a printed whole, when rounded."""
    values, of = _figures(tables, parts), common.divisor(tables, whole)
    found, stated = 100 * sum(values) / of, common.figure(tables, printed)
    return Check(
        f"{words.plain(sum(values))} of {words.plain(of)} is {found:.1f}%",
        round(found) == stated,
        f"Rounded, it is {found:.0f}%.",
    )


def growing(tables: Tables, *, before: Fact, after: Fact, times: Number) -> Check:
    """Whether a printed figure grew to about so many times what it was."""
    first, last = common.divisor(tables, before), common.figure(tables, after)
    ratio = last / first
    return Check(
        f"{words.plain(last)} / {words.plain(first)} = {ratio:.2f}",
        round(ratio) == float(times),
        f"Rounded, it is {ratio:.0f} times as many.",
    )


def within_range(tables: Tables, *, figure: Fact, ends: Facts) -> Check:
    """Whether the size of a printed change lies within a printed range."""
    size = abs(common.figure(tables, figure))
    low, high = sorted(map(abs, _ends(tables, ends)))
    inside = low <= size <= high
    return Check(
        f"{words.plain(size)}, of {words.plain(low)} to {words.plain(high)}",
        inside,
        f"It lies {'within' if inside else 'outside'} the range.",
    )


def shortfalls_vary(tables: Tables, *, smallest: Fact, largest: Fact) -> Check:
    """Whether a printed range of changes is of shortfalls alone, and is a range."""
    small, large = common.figure(tables, smallest), common.figure(tables, largest)
    short = large < small < 0
    return Check(
        f"{words.plain(small)} to {words.plain(large)}",
        short,
        "Both ends are below the assumptions, and they differ."
        if short
        else "Not both ends are below the assumptions and different.",
    )


def lower_range(tables: Tables, *, lower: Facts, higher: Facts) -> Check:
    """Whether both ends of a printed range are below those of another."""
    low, high = _ends(tables, lower), _ends(tables, higher)
    below = all(a < b for a, b in zip(low, high, strict=True))
    because = "Both ends are lower" if below else "Not both ends are lower"
    overlap = ", though the ranges overlap" if below and max(low) > min(high) else ""
    return Check(
        f"{_between(low)}, against {_between(high)}",
        below,
        f"{because}{overlap}.",
    )


def scores_below_a_mark(tables: Tables, *, scores: Facts, poor: Fact) -> Check:
    """Whether a pass mark could make so many of the printed scores poor: none is printed."""
    values, count = sorted(_figures(tables, scores)), int(common.figure(tables, poor))
    if not 0 < count < len(values):
        raise NotComputableError(f"{count} of {len(values)} scores are no part of them")
    worst, next_score = values[count - 1], values[count]
    possible = worst < next_score
    return Check(
        words.joined(map(words.plain, values)),
        None if possible else False,
        f"No pass mark is printed; {count} are poor if it is above {words.plain(worst)} and at most "
        f"{words.plain(next_score)}."
        if possible
        else f"No pass mark makes {count} of these scores poor.",
    )


def _figures(tables: Tables, references: str) -> list[float]:
    return [common.figure(tables, reference) for reference in common.listed(references)]


def _ends(tables: Tables, references: str) -> list[float]:
    """Return the two ends of a printed range."""
    found = _figures(tables, references)
    if len(found) != 2:
        raise NotComputableError(f"a range has two ends, not {len(found)}")
    return found


def _sum(values: Iterable[float]) -> str:
    found = list(values)
    total = words.plain(sum(found))
    return f"{' + '.join(map(words.plain, found))} = {total}" if len(found) > 1 else total


def _between(ends: Iterable[float]) -> str:
    return " to ".join(map(words.plain, ends))
