"""Two releases of one extract: what changed between them must not be a few cases."""

import numpy as np
import pandas as pd
import pytest

from analysis.stats.disclosure import releases

KEY = b"sixteen bytes ok"
CASES = pd.DataFrame(
    {
        "case_id": ["1", "2", "3"],
        "provider": ["A", "A", "B"],
        "planned": ["sufficient", "insufficient", "sufficient"],
        "reviewed": ["missing", "sufficient", "sufficient"],
    }
)
QUESTIONS = ["planned", "reviewed"]


def digests(cases, key=KEY):
    return releases.digests(cases, QUESTIONS, key=key)


def stayed(now, before=CASES):
    return releases.kept(digests(now), digests(before)).astype(int).to_dict("list")


def test_a_digest_says_nothing_without_its_key_and_no_two_are_alike():
    found = digests(CASES)
    assert found.columns.tolist() == [releases.CASE, *QUESTIONS]
    assert found.stack().is_unique
    assert not set(found.stack()) & set(digests(CASES, b"another sixteen!").stack())
    pd.testing.assert_frame_equal(found, digests(CASES))
    with pytest.raises(ValueError, match="the key has 5 bytes; it needs at least 16"):
        digests(CASES, b"short")


def test_fields_do_not_run_into_each_other():
    one, other = (
        pd.DataFrame({"case_id": [left], "provider": [right]})
        for left, right in (("12", "3"), ("1", "23"))
    )
    assert not releases.digests(one, [], key=KEY).equals(releases.digests(other, [], key=KEY))


def test_what_stayed_is_known_by_case_and_question():
    assert stayed(CASES.iloc[::-1]) == {"": [1, 1, 1], "planned": [1, 1, 1], "reviewed": [1, 1, 1]}
    changed = CASES.assign(reviewed=["sufficient", "sufficient", "sufficient"])
    assert stayed(changed) == {"": [1, 1, 1], "planned": [1, 1, 1], "reviewed": [0, 1, 1]}
    moved = CASES.assign(provider=["A", "B", "B"])
    assert stayed(moved) == {"": [1, 0, 1], "planned": [1, 0, 1], "reviewed": [1, 0, 1]}
    added = pd.concat([CASES, CASES.iloc[:1].assign(case_id="4")])
    assert stayed(added) == {"": [1, 1, 1, 0], "planned": [1, 1, 1, 0], "reviewed": [1, 1, 1, 0]}
    assert releases.kept(digests(CASES), digests(CASES)[[""]])["planned"].tolist() == [False] * 3


@pytest.mark.parametrize(
    ("before", "now", "stayed", "given_away"),
    [
        ([40, 30, 0, 0], [40, 30, 0, 0], [40, 30, 0, 0], False),  # nothing changed
        ([40, 30, 0, 0], [41, 30, 0, 0], [40, 30, 0, 0], True),  # one came
        ([40, 30, 0, 0], [40, 29, 0, 0], [40, 29, 0, 0], True),  # one went
        ([40, 30, 0, 0], [40, 30, 0, 0], [39, 30, 0, 0], True),  # one went and another came
        ([40, 30, 0, 0], [50, 40, 0, 0], [40, 30, 0, 0], False),  # 10 and 10 came
        ([40, 30, 0, 0], [60, 30, 0, 0], [40, 30, 0, 0], True),  # 20 came, all of them sufficient
        ([40, 30, 0, 0], [40, 30, 0, 0], [30, 20, 0, 0], False),  # 10 and 10 went, as many came
        ([40, 30, 0, 0], [50, 40, 0, 1], [40, 30, 0, 0], True),  # and one that is missing
    ],
)
def test_what_came_and_what_went_must_be_a_row_that_shows(before, now, stayed, given_away):
    counts = [np.array([[each]]) for each in (before, now, stayed)]
    both = np.array([[[True, True]]])
    assert releases.differenced(*counts, shown=both, threshold=10) == given_away
    neither = np.array([[[False, False]]])
    assert not releases.differenced(*counts, shown=neither, threshold=10)


def test_what_does_not_show_in_both_is_not_held_against_a_release():
    counts = [np.array([[each]]) for each in ([40, 30, 0, 0], [50, 40, 0, 1], [40, 30, 0, 0])]
    row_alone = np.array([[[True, False]]])
    assert not releases.differenced(*counts, shown=row_alone, threshold=10)


def test_sizes_may_not_differ_by_a_few():
    before, now, stayed = np.array([[40, 40, 40, 40], [40, 41, 50, 40], [40, 40, 40, 31]])
    found = releases.sizes_differenced(
        before, now, stayed, shown=np.array([True] * 4), threshold=10
    )
    assert found.tolist() == [False, True, False, True]
