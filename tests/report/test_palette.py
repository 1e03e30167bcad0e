"""Colours that can be told from white, from one another and from what is written on them."""

from itertools import pairwise
from pathlib import Path

import pytest

from analysis.report.drawing import palette


def test_the_contrast_of_known_colours():
    assert palette.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert palette.contrast("#FFFFFF", "#767676") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("colour", [*palette.KINDS, *palette.SHADES])
def test_text_upon_a_colour_has_a_contrast_of_at_least_4_5(colour):
    assert palette.contrast(palette.on(colour), colour) >= 4.5


# The ground of a page and its text, on light and on dark screens, as `page.css` has them.
PAGES = {"light": ("#ffffff", "#16191d"), "dark": ("#13171b", "#e6e9ec")}


@pytest.mark.parametrize(("at", "screen"), list(enumerate(PAGES)))
@pytest.mark.parametrize("name", ["own", "teal", "purple", "orange", "rest", "quiet"])
def test_a_line_or_a_mark_has_a_contrast_of_at_least_3_on_the_page(name, at, screen):
    assert palette.contrast(palette.NAMED[name][at], PAGES[screen][0]) >= 3


@pytest.mark.parametrize(("at", "screen"), list(enumerate(PAGES)))
@pytest.mark.parametrize("name", ["own", "purple", "quiet"])
def test_text_in_a_colour_has_a_contrast_of_at_least_4_5_on_the_page(name, at, screen):
    assert palette.contrast(palette.NAMED[name][at], PAGES[screen][0]) >= 4.5


@pytest.mark.parametrize(("at", "screen"), list(enumerate(PAGES)))
def test_text_on_a_shade_can_be_read_on_light_and_on_dark_screens(at, screen):
    ground, text = PAGES[screen]
    for number, (name, pair) in enumerate(
        (name, pair) for name, pair in palette.NAMED.items() if name.startswith("shade")
    ):
        # Black becomes the colour of the page's text, and white that of its ground.
        colour = {"black": text, "white": ground}[palette.on(palette.SHADES[number])]
        assert palette.contrast(colour, pair[at]) >= 4.5, name


def test_the_grounds_are_those_of_the_page():
    style = (Path(palette.__file__).parents[1] / "page" / "page.css").read_text(encoding="utf-8")
    for ground, text in PAGES.values():
        assert f"--page: {ground};" in style
        assert f"--text: {text};" in style


@pytest.mark.parametrize("at", [0, 1])
def test_the_more_a_shade_means_the_more_it_stands_out_from_the_page(at):
    ground = [*PAGES.values()][at][0]
    out = [
        palette.contrast(pair[at], ground)
        for name, pair in palette.NAMED.items()
        if name.startswith("shade")
    ]
    assert out == sorted(out)


def test_the_shades_are_four_and_each_is_darker_than_the_one_before():
    light = [palette.contrast(shade, "#000000") for shade in palette.SHADES]
    assert len(light) == 4
    assert all(lighter / darker > 1.5 for lighter, darker in pairwise(light))
