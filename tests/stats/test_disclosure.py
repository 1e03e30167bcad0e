"""What is withheld, and attacks on it: every table tried, linear and integer programmes, twins, areas."""

import itertools
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import optimize

from analysis.data import codes
from analysis.stats.disclosure import rules, tables

HERE, THERE = ["here"], ["there"]


def withheld(judgements, *, threshold, places=("here",), areas=(("here",),), **more):
    """Withhold one question, of judgements by place and level; `more` are breakdowns."""
    by = {"provider": judgements, **more}
    arrays = {name: np.array(own)[:, :, None, :] for name, own in by.items()}
    levels = {
        name: [f"{name} {level}" for level in range(own.shape[1])] for name, own in arrays.items()
    }
    return tables.withhold(arrays, levels, ["q"], places, areas, threshold=threshold)


def cells(sufficient, sizes):
    """Judgements where every case is relevant."""
    yes, cases = np.array(sufficient), np.array(sizes)
    return np.stack([yes, cases - yes, 0 * yes, 0 * yes], axis=-1)


def shown(found, area=("here",)):
    """The shown rows of an area, by level: sufficient, insufficient, not applicable, missing."""
    table = found.of_area(area).set_index("level")[list(codes.JUDGEMENTS)]
    return {level: row.tolist() for level, row in table.iterrows()}


C = codes.WITHHELD
ALL = codes.ALL_PROVIDERS


# --- The rules ---


@pytest.mark.parametrize(
    ("judgements", "withheld_row", "withheld_rest"),
    [
        ([10, 10, 0, 0], False, False),
        ([9, 30, 0, 0], True, False),
        ([30, 9, 0, 0], True, False),
        ([0, 30, 0, 0], True, False),  # 0% and 100% too
        ([30, 0, 0, 0], True, False),
        ([10, 10, 10, 10], False, False),
        ([10, 10, 10, 0], False, True),
        ([10, 10, 9, 12], False, True),
    ],
)
def test_a_row_shows_from_the_threshold_on_and_the_rest_also_where_it_is_nothing(
    judgements, withheld_row, withheld_rest
):
    assert rules.row_withheld(np.array(judgements), 10) == withheld_row
    assert rules.rest_withheld(np.array(judgements), 10) == withheld_rest


def test_all_providers_together_show_where_one_provider_cannot():
    # 25 + 36 = 61 cases; 7 insufficient of the first, so the second would give them away.
    found = shown(withheld([[[18, 7, 0, 0], [24, 12, 0, 0]]], threshold=10))
    assert found == {ALL: [42, 19, 0, 0], "provider 0": [C] * 4, "provider 1": [C] * 4}


def test_two_go_together_and_the_largest_shows_where_three_providers_are():
    found = shown(withheld([[[18, 7, 0, 0], [24, 12, 0, 0], [30, 20, 0, 0]]], threshold=5))
    assert found[ALL] == [72, 39, 0, 0]
    assert C not in found["provider 0"]
    found = shown(withheld([[[18, 4, 0, 0], [24, 12, 0, 0], [30, 20, 0, 0]]], threshold=5))
    assert found == {
        ALL: [72, 36, 0, 0],
        "provider 0": [C] * 4,
        "provider 1": [C] * 4,
        "provider 2": [30, 20, 0, 0],
    }


def test_two_small_counts_that_add_up_to_little_take_a_third_with_them():
    # 1 + 1 insufficient: each would be 0, 1 or 2, and 5 values are needed.
    found = shown(withheld([[[18, 1, 0, 0], [24, 1, 0, 0], [30, 20, 0, 0]]], threshold=5))
    assert found[ALL] == [72, 22, 0, 0]
    assert found["provider 2"] == [C] * 4


def test_not_applicable_and_missing_show_in_a_question_where_no_row_has_a_few():
    many = shown(withheld([[[18, 12, 10, 11], [24, 12, 20, 10]]], threshold=10))
    assert many[ALL] == [42, 24, 30, 21]
    few = shown(withheld([[[18, 12, 10, 11], [24, 12, 20, 9]]], threshold=10))
    assert few[ALL] == [42, 24, C, C]
    assert few["provider 0"] == [18, 12, C, C]


def test_a_question_that_nobody_was_asked_shows_that():
    found = shown(withheld([[[0, 0, 0, 25], [0, 0, 0, 36]]], threshold=10))
    assert found == {ALL: [0, 0, 0, 61], "provider 0": [0, 0, 0, 25], "provider 1": [0, 0, 0, 36]}
    # But not of how many of a small group.
    small = shown(withheld([[[0, 0, 0, 5], [0, 0, 0, 20], [0, 0, 0, 36]]], threshold=10))
    assert [row[3] for row in small.values()] == [61, C, C, 36]


def test_a_small_group_has_no_size_and_no_row_nor_has_the_one_it_would_follow_from():
    found = withheld([[[3, 1, 0, 0], [24, 12, 0, 0], [30, 20, 0, 0]]], threshold=10)
    assert found.sizes_of_area(HERE)["cases"].tolist() == [90, C, C, 50]
    assert found.of_area(HERE)["sufficient"].tolist() == [57, C, C, 30]


def test_nothing_is_withheld_at_0_and_everything_where_nothing_reaches_the_threshold():
    small = [[[3, 1, 0, 0], [2, 0, 1, 0]]]
    assert shown(withheld(small, threshold=0))[ALL] == [5, 1, 1, 0]
    found = withheld(small, threshold=10)
    assert set(np.ravel(list(shown(found).values()))) == {C}
    assert found.sizes_of_area(HERE)["cases"].tolist() == [C, C, C]


def test_refusals_say_what_is_wrong():
    with pytest.raises(ValueError, match="threshold is -1; it must be 0 or more"):
        withheld([[[3, 1, 0, 0]]], threshold=-1)
    with pytest.raises(ValueError, match="levels of gender do not add up to those of provider"):
        withheld([[[3, 1, 0, 0]]], gender=[[[3, 0, 0, 0]]], threshold=5)
    two = {"provider": np.array([[[[3, 1, 0, 0], [3, 1, 1, 0]]]])}
    with pytest.raises(ValueError, match="a judgement of each case"):
        tables.withhold(two, {"provider": ["a"]}, ["p", "q"], HERE, [HERE], threshold=5)


# --- Attacks: everything is built anew here, from what is published ---


def attack(found, row, *statuses, whole):
    """The least and the most of a count, or a sum of some, over all tables with the same figures showing.

    Whole numbers by an integer programme, others by a linear one.
    """
    rows = found.rows.rows
    width = 5  # the judgements and the size
    equations = []

    def equal(total, parts):
        line = np.zeros(len(rows) * width)
        line[total], line[parts] = -1, 1
        equations.append(line)

    for at, own in enumerate(rows):
        first = at * width
        equal(first + 4, [first + k for k in range(4)])
        levels = defaultdict(list)
        for part, other in enumerate(rows):
            if other.places == own.places and own.breakdown == "" != other.breakdown:
                levels[other.breakdown].append(part)
            same_group = (other.breakdown, other.level) == (own.breakdown, own.level)
            if same_group and len(other.places) == 1 and other.places < own.places:
                levels["place"].append(part)
        for parts in levels.values():
            for k in range(width):
                equal(first + k, [part * width + k for part in parts])
    counts = np.column_stack([found.judgements[:, 0], found.sizes])
    rest = found.withheld[:, 0]
    unseen = np.column_stack([np.repeat(rest, 2, axis=1), found.sizes_withheld])
    target = np.zeros(len(rows) * width)
    target[[row * width + status for status in statuses]] = 1
    ends = []
    for sign in (1, -1):
        solved = optimize.milp(
            sign * target,
            constraints=optimize.LinearConstraint(np.array(equations), 0, 0),
            bounds=optimize.Bounds(
                np.where(unseen, 0, counts).ravel(),
                np.where(unseen, found.sizes.max(), counts).ravel(),
            ),
            integrality=np.full(len(target), int(whole)),
        )
        assert solved.status == 0, solved.message
        ends.append(sign * solved.fun)
    return int(np.ceil(ends[0] - 1e-6)), int(np.floor(ends[1] + 1e-6))


def small_counts(found, threshold):
    """Every count of a row that is withheld for its own sake: row, status, how many values it needs."""
    for row, judged in enumerate(found.judgements[:, 0]):
        for status in range(2):
            if judged[:2].min() < threshold:
                size = threshold if found.sizes_withheld[row] else found.sizes[row]
                yield row, status, min(threshold, size + 1)


def assert_nothing_is_confined(found, threshold, *, whole):
    for row, status, needed in small_counts(found, threshold):
        low, high = attack(found, row, status, whole=whole)
        assert high - low + 1 >= needed, found.rows.rows[row]


@st.composite
def extracts(draw):
    """One question over up to three places, by provider and by gender, counted from cases."""
    places = draw(st.integers(1, 3))
    cases = draw(
        st.lists(
            st.tuples(
                st.integers(0, places - 1),
                st.integers(0, 2),
                st.integers(0, 1),
                st.sampled_from([0, 0, 0, 1, 1, 2, 3]),
            ),
            min_size=20,
            max_size=90,
        )
    )
    by_provider, by_gender = np.zeros((places, 3, 4), int), np.zeros((places, 2, 4), int)
    for place, provider, gender, judged in cases:
        by_provider[place, provider, judged] += 1
        by_gender[place, gender, judged] += 1
    names = [f"place {at}" for at in range(places)]
    areas = draw(
        st.lists(st.lists(st.sampled_from(names), min_size=1, unique=True), min_size=1, max_size=4)
    )
    return {
        "judgements": by_provider,
        "gender": by_gender,
        "places": names,
        "areas": areas,
        "threshold": draw(st.integers(2, 5)),
    }


@pytest.mark.parametrize("whole", [False, True], ids=["linear", "integer"])
@settings(max_examples=8, deadline=None)
@given(extract=extracts())
def test_no_attacker_confines_a_small_count(whole, extract):
    found = withheld(**extract)
    assert_nothing_is_confined(found, extract["threshold"], whole=whole)


@settings(max_examples=5, deadline=None)
@given(extract=extracts())
def test_nobody_knows_how_few_of_the_rest_are_missing(extract):
    """What is not relevant may be known together; missing may then be all of it, and none of it."""
    found = withheld(**extract)
    rest = rules.rest_withheld(found.judgements[:, 0], extract["threshold"])
    for row in np.flatnonzero(rest):
        _, together = attack(found, row, 2, 3, whole=True)
        for status in (2, 3):
            low, high = attack(found, row, status, whole=True)
            assert high - low + 1 >= min(extract["threshold"], together + 1)


def test_the_attack_finds_what_a_careless_table_gives_away():
    # Small counts alone are withheld here: the total less the other gives 7.
    found = withheld([[[18, 7, 0, 0], [24, 12, 0, 0]]], threshold=10)
    found.withheld[2] = False
    assert attack(found, 1, 1, whole=True) == (7, 7)


@pytest.mark.parametrize(("sizes", "threshold"), [((5, 6), 2), ((5, 6), 3), ((3, 4, 5), 3)])
def test_who_tries_every_table_confines_no_small_count(sizes, threshold):
    """The attacker knows the rules to the letter, and which tables end in what is published."""
    published = defaultdict(list)
    for sufficient in itertools.product(*(range(size + 1) for size in sizes)):
        found = withheld(cells([sufficient], [sizes]), threshold=threshold)
        published[str(found.of_area(HERE).values.tolist())].append(found)
    for alike in published.values():
        for found in alike:
            for row, status, needed in small_counts(found, threshold):
                values = {int(other.judgements[row, 0, status]) for other in alike}
                assert len(values) >= needed


# --- Twins ---


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_of_two_providers_whatever_moves_is_published_alike(data):
    """Of two and two, the pattern says that one of them is small, not which and not how small."""
    threshold = data.draw(st.integers(2, 10))
    sizes = data.draw(st.tuples(*[st.integers(threshold, 4 * threshold)] * 2))
    together = data.draw(st.integers(threshold, sum(sizes) - threshold))
    one, twin = (
        data.draw(st.integers(max(0, together - sizes[1]), min(sizes[0], together)))
        for _ in range(2)
    )
    both = [cells([[yes, together - yes]], [sizes]) for yes in (one, twin)]
    assume(all(rules.row_withheld(each, threshold).any() for each in both))
    first, second = (withheld(each, threshold=threshold).of_area(HERE) for each in both)
    assert first.equals(second)
    assert first.loc[0, "sufficient"] == together


@settings(max_examples=10, deadline=None)
@given(extract=extracts(), seed=st.integers(0, 1000))
def test_small_rows_that_change_among_themselves_leave_the_same_published(extract, seed):
    """Two providers of a place, both small, swap a sufficient for an insufficient case, and stay small."""
    threshold, judged = extract["threshold"], extract["judgements"]
    small = rules.row_withheld(judged, threshold)
    rng = np.random.default_rng(seed)
    twin = judged.copy()
    for place in range(len(judged)):
        for one, other in itertools.permutations(np.flatnonzero(small[place]), 2):
            if rng.random() < 0.5 and twin[place, one, 0] and twin[place, other, 1]:
                twin[place, one] += [-1, 1, 0, 0]
                twin[place, other] += [1, -1, 0, 0]
    found, again = withheld(**extract), withheld(**{**extract, "judgements": twin})
    moved = (found.judgements != again.judgements).any(axis=(1, 2))
    assume(moved.any())
    # Of an area that is not small, or that came to be small, other figures are published.
    for each in (found, again):
        assume(rules.row_withheld(each.judgements[moved], threshold).all())
    for area in extract["areas"]:
        assert found.of_area(area).equals(again.of_area(area))


# --- Areas ---


def test_a_place_that_two_areas_differ_by_is_protected_although_nothing_is_published_of_it():
    # Both areas would show 30 + 20 and 33 + 21 cases, and 3 + 1 of the place between them.
    by = cells([[15, 15], [2, 1]], [[25, 25], [3, 1]])
    both = {"places": ("here", "there"), "areas": (HERE, [*HERE, *THERE]), "threshold": 10}
    found = withheld(by, **both)
    assert C in np.ravel(shown(found, HERE)[ALL] + shown(found, [*HERE, *THERE])[ALL])
    assert_nothing_is_confined(found, 10, whole=True)
    alone = withheld(by, **{**both, "areas": (HERE,)})
    assert shown(alone)[ALL] == [30, 20, 0, 0]


def test_overlapping_areas_are_solved_through_their_places():
    # West and east share a place; their sum less the whole is that place, which is small.
    names = ("a", "b", "c")
    by = cells([[20, 20], [2, 2], [20, 20]], [[40, 40], [5, 5], [40, 40]])
    areas = (["a", "b"], ["b", "c"], ["a", "b", "c"])
    found = withheld(by, places=names, areas=areas, threshold=10)
    together = [shown(found, area)[ALL][0] for area in areas]
    assert C in together
    assert_nothing_is_confined(found, 10, whole=False)


def test_areas_of_the_same_places_are_the_same_rows():
    by = cells([[20, 4]], [[40, 30]])
    found = withheld(by, areas=(HERE, [*HERE, "nowhere"]), threshold=10)
    assert found.of_area(HERE).equals(found.of_area([*HERE, "nowhere"]))
    assert len(found.rows.rows) == 3
