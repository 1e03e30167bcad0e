"""Colours that can be told from white, from one another and from what is written on them."""

from itertools import pairwise

import pytest

from analysis.report.drawing import palette


def test_the_contrast_of_known_colours():
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert palette.contrast("#FFFFFF", "#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colour", [*palette.KINDS, *palette.SHADES])
def test_text_upon_a_colour_has_a_contrast_of_at_least_4_5(colour):
    assert palette.contrast(palette.on(colour), colour) >= 4.5


@pytest.mark.parametrize("colour", [*palette.KINDS, palette.QUIET])
def test_a_line_or_a_bar_has_a_contrast_of_at_least_3_on_white(colour):
    assert palette.contrast(colour, "#FFFFFF") >= 3


def test_the_shades_are_four_and_each_is_darker_than_the_one_before():
    light = [palette.contrast(shade, "#000000") for shade in palette.SHADES]
    assert len(light) == 4
    assert all(lighter / darker > 1.5 for lighter, darker in pairwise(light))
