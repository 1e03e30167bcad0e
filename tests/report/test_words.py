"""Numbers and lists in plain English: singular, plural, zero, none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import words


@pytest.mark.parametrize(
    ("share", "digits", "text"),
    [(0.163, 0, "16%"), (0, 0, "0%"), (1, 0, "100%"), (0.2253, 1, "22.5%"), (0.004, 0, "0%")],
)
def test_a_share_is_a_percentage(share, digits, text):
    assert words.percent(share, digits) == text


def test_a_range_that_rounds_to_one_figure_is_one_figure():
    assert words.percents(0.351, 0.354) == "35%"
    assert words.percents(0.35, 0.375) == "35% to 38%"


@pytest.mark.parametrize(
    ("difference", "text"), [(-0.35, "−35"), (0.35, "+35"), (0, "0"), (-0.004, "0"), (0.006, "+1")]
)
def test_a_difference_has_its_sign_and_nothing_has_none(difference, text):
    assert words.points(difference) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(-1.25, 1, "−1.2"), (0.0634, 3, "0.063"), (-0.0001, 2, "0.00"), (-0.0, 0, "0")],
)
def test_a_number_has_a_true_minus_and_no_negative_zero(value, digits, text):
    assert words.decimal(value, digits) == text


@given(st.floats(-1000, 1000))
def test_no_number_is_ever_a_negative_zero(value):
    text = words.decimal(value)
    assert "-" not in text
    assert not (text.startswith("−") and float(text[1:]) == 0)


def test_a_count_has_its_denominator_and_a_worded_one_both_bounds():
    assert words.out_of(5, 5, 31) == "5 of 31"
    assert words.out_of(14, 15, 40) == "14 to 15 of 40"


@pytest.mark.parametrize(
    ("p", "text"), [(0.00002, "below 0.001"), (0.0075, "0.007"), (0.169, "0.169"), (1, "1.000")]
)
def test_a_p_value_is_never_nought(p, text):
    assert words.p_value(p) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "no questions"),
        (1, "one question"),
        (2, "two questions"),
        (9, "nine questions"),
        (10, "10 questions"),
    ],
)
def test_a_noun_agrees_with_its_number(count, text):
    assert words.counted(count, "question") == text


def test_an_irregular_plural_is_given():
    assert words.counted(1, "local authority", "local authorities") == "one local authority"
    assert words.counted(2, "local authority", "local authorities") == "two local authorities"


@pytest.mark.parametrize(
    ("rank", "text"),
    [
        (1, "highest"),
        (2, "second highest"),
        (9, "ninth highest"),
        (10, "10th highest"),
        (17, "17th highest"),
        (18, "16th lowest"),
        (31, "third lowest"),
        (33, "lowest"),
    ],
)
def test_a_place_is_counted_from_its_nearer_end(rank, text):
    assert words.place(rank, 33) == text


@pytest.mark.parametrize(
    ("rank", "text"), [(11, "11th"), (12, "12th"), (13, "13th"), (21, "21st"), (22, "22nd")]
)
def test_a_place_beyond_the_ninth_is_a_figure_with_its_ending(rank, text):
    assert words.place(rank, 152) == f"{text} highest"


def test_cases_agree_with_their_number():
    assert [words.cases(count) for count in (0, 1, 40)] == ["0 cases", "1 case", "40 cases"]


@pytest.mark.parametrize(
    ("items", "text"),
    [
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a", "b", "c"], "a, b and c"),
        (["a and b"], "a and b"),
        (["a and b", "c"], "a and b, and c"),
        (["a", "b and c", "d"], "a, b and c, and d"),
    ],
)
def test_items_are_joined_as_in_a_sentence(items, text):
    assert words.listed(items) == text


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b", "c"], "a, b and c"), (["a and b", "c"], "a and b and c")],
)
def test_figures_are_joined_without_a_further_comma(items, text):
    assert words.joined(items) == text


@pytest.mark.parametrize(
    ("value", "text"), [(1234.5, "1,234.5"), (21.0, "21"), (-0.25, "−0.25"), (1e-4, "0.0001")]
)
def test_a_plain_number_has_no_more_decimals_than_it_needs(value, text):
    assert words.plain(value) == text


def test_a_code_becomes_a_heading():
    assert words.label("protecting_the_public") == "Protecting the public"


@pytest.mark.parametrize(
    ("names", "text"),
    [
        (["Barnet"], "Barnet"),
        (["City of London"], "the City of London"),
        (["Camden", "City of London", "Hackney"], "Camden, the City of London and Hackney"),
    ],
)
def test_names_of_places_stand_in_a_sentence_with_the_article_they_take(names, text):
    assert words.named(names) == text
