"""What a printed phrase admits: from its rule and a denominator to bounds of the count.

The rules are a convention of this project. A rule speaks of what its phrase counts, which may be
sufficient work or insufficient work.
"""

import re
from collections.abc import Callable
from fractions import Fraction

RULES = {
    "exact": "the printed count",
    "eq(a/b)": "within 2.5 points of a/b (loose: nearer to a/b than to another of the halves, thirds, "
    "quarters and fifths)",
    "just_over(a/b)": "above a/b, by at most 5 points",
    "nearly(a/b)": "below a/b, by at most 5 points",
    "over(a/b)": "above a/b, by at most 10 points (loose: by any)",
    "under(a/b)": "below a/b, by at most 10 points (loose: by any)",
    "most": "more than half, but not all (loose: or all)",
    "small_number": "at least two and at most 15% (loose: at least one and at most a quarter)",
    "none": "no usable bound",
}

_Admits = Callable[[int, int, Fraction], bool]  # of a count, what it is of, and the share named

_NAMED = sorted({Fraction(a, b) for b in range(2, 6) for a in range(1, b)})


def _any(_count: int, _relevant: int, _share: Fraction) -> bool:
    return True


def _above(count: int, relevant: int, share: Fraction) -> bool:
    return Fraction(count, relevant) > share


def _below(count: int, relevant: int, share: Fraction) -> bool:
    return Fraction(count, relevant) < share


def _within(points: int | float) -> _Admits:
    reach = Fraction(points) / 100
    return lambda count, relevant, share: abs(Fraction(count, relevant) - share) <= reach


def _nearest_named(count: int, relevant: int, share: Fraction) -> bool:
    part = Fraction(count, relevant)
    return abs(part - share) <= min(abs(part - other) for other in _NAMED)


def _not_all(count: int, relevant: int, _share: Fraction) -> bool:
    return count < relevant


def _several(count: int, relevant: int, share: Fraction) -> bool:
    return count > 1 and _within(15)(count, relevant, share)


# What the words say at all, then what the tight and what the loose reading takes of that.
_RULES: dict[str, tuple[_Admits, _Admits, _Admits]] = {
    "eq": (_any, _within(2.5), _nearest_named),
    "just_over": (_above, _within(5), _within(5)),
    "nearly": (_below, _within(5), _within(5)),
    "over": (_above, _within(10), _any),
    "under": (_below, _within(10), _any),
    "most": (_above, _not_all, _any),
    "small_number": (_above, _several, _within(25)),
}
_SHARES = {"most": Fraction(1, 2), "small_number": Fraction(0)}


def admitted(rule: str, relevant: int, reading: str) -> tuple[int, int]:
    """Return the fewest and the most of so many relevant cases that a phrase admits.

    `rule` is one of RULES but `exact` and `none`, its share filled in: `over(2/3)`. `reading` is tight
    or loose; the loose one takes in the tight one. Where no count is as near to the share as the rule
    asks, the nearest that the words allow are admitted. A rule that is not known admits every count.
    """
    found = re.fullmatch(r"(\w+?)(?:\((\d+/[1-9]\d*)\))?", rule)
    name = found[1] if found else ""
    if found is None or name not in _RULES or (found[2] is None) != (name in _SHARES):
        return 0, relevant
    share = _SHARES.get(name) or Fraction(found[2] or 0)
    says, tight, loose = _RULES[name]
    said = [count for count in range(relevant + 1) if says(count, relevant, share)]
    if not said:
        return 0, relevant
    nearest = min(abs(Fraction(count, relevant) - share) for count in said)
    narrow = [count for count in said if tight(count, relevant, share)] or [
        count for count in said if abs(Fraction(count, relevant) - share) == nearest
    ]
    wide = [count for count in said if loose(count, relevant, share)]
    counts = narrow if reading == "tight" else [*narrow, *wide]
    return min(counts), max(counts)
