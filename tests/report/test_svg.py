"""A figure as SVG: what matplotlib would save, whatever was drawn before."""

from io import StringIO

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest

from analysis.report.drawing import marks, power, svg, tiles

TILES = {"E1": ("ONE", 0, 0), "E2": ("TWO", 1, 0)}

CURVE = pd.DataFrame({"difference": [0, 0.5], "power": [0.05, 0.9]})
FIGURES = {
    "power": lambda: power.power(
        [("40 and 21", pd.DataFrame({"difference": [0, 0.5], "power": [0.05, 0.9]}))]
    ),
    "tiles": lambda: tiles.tiles(pd.Series({"E1": "12%", "E2": "9%"}), ["E1"], TILES),
}


def saved(fig) -> str:
    """The figure as matplotlib saves it, less the white ground of figure and axes."""
    for patch in (fig.patch, *(axes.patch for axes in fig.axes)):
        patch.set_visible(False)
    drawing = StringIO()
    with mpl.rc_context({"svg.hashsalt": svg._SALT, "svg.fonttype": "none"}):
        fig.savefig(drawing, format="svg", metadata={"Date": None, "Creator": None})
    plt.close(fig)
    return svg._lightened(drawing.getvalue())


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_a_figure_is_drawn_as_matplotlib_saves_it(make):
    assert svg.draw(make()) == saved(make())


@pytest.mark.parametrize(
    ("path", "shorter"),
    [
        ("M 1.04 2.0 L 1.04 3.25", "M1,2V3.2"),  # upright
        ("M 1 2 L 5 2 M 6 2 L 7 3", "M1,2H5M6,2L7,3"),  # level, then neither
        ("M 1 2 L 1 2", "M1,2V2"),  # a disc: a round end of no length
        ("M 0 9 L 5 9 L 5 0 L 0 0 z", "M0,9H5L5,0L0,0z"),
        ("M 1 2 L 12 5 L 3 25", "M1,2L12,5L3,25"),
        ("M 0 2 C 0 3 1 4 2 2", "M0,2C0,3,1,4,2,2"),
    ],
)
def test_a_path_is_the_same_in_fewer_bytes(path, shorter):
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg"><style/><path d="{path}"/></svg>'
    assert f"d='{shorter}'" in svg._lightened(drawing)


def test_a_style_becomes_attributes_which_elements_in_a_row_share():
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg"><style>*{}</style><path style="fill: none"/>'
        '<path style="fill: red; stroke-dashoffset: 0"/><path style="fill: red"/><path/></svg>'
    )
    light = svg._lightened(drawing)
    assert "<path fill='none'/><g fill='red'><path/><path/></g><path/></svg>" in light
    assert "style" not in light


def test_what_is_not_inherited_stays_where_it_is():
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg"><path style="opacity: 0.5; fill: red"/>'
        '<path style="opacity: 0.5; fill: red"/></svg>'
    )
    assert "<g fill='red'><path opacity='0.5'/><path opacity='0.5'/></g>" in svg._lightened(drawing)


@pytest.mark.parametrize("make", FIGURES.values(), ids=FIGURES)
def test_what_was_measured_before_changes_nothing(make):
    svg._extent.cache_clear()
    first = svg.draw(make())
    for other in FIGURES.values():
        svg.draw(other())
    assert svg.draw(make()) == first


def test_texts_of_one_wording_and_other_type_are_measured_apart():
    def drawn(**style):
        fig = plt.figure(figsize=(4, 1))
        fig.text(0.9, 0.5, "Barnet", ha="right", **style)
        return svg.draw(fig)

    plain = drawn()
    assert drawn(fontsize=20) != plain
    assert drawn(weight="bold") != plain
    assert drawn() == plain


TEXTS = [
    "Barnet",
    "Hammersmith and Fulham",
    "12%",
    "5 to 7 of 31",
    "1,234",
    "AVAVA",
    "é–−",
    "i",
    "",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("points", [8, 9, 14.5])
def test_a_width_is_that_of_the_drawn_text(text, points):
    fig = plt.figure(dpi=72)
    drawn = fig.text(0, 0, text, family="DejaVu Sans", fontsize=points)
    renderer = svg._Renderer(100, 100, StringIO())
    expected = drawn.get_window_extent(renderer).width
    # To a twentieth of a point: what is drawn is measured in whole 64ths of its own size.
    assert svg.width(text, "DejaVu Sans", points) == pytest.approx(expected, abs=0.05)
    plt.close(fig)


def axes_of(limits=(0, 10)):
    fig = plt.figure(figsize=(4, 3))
    axes = fig.add_axes((0.1, 0.2, 0.7, 0.6))
    axes.set(xlim=limits, ylim=(5, -5))
    return axes


@pytest.mark.parametrize("ha", ["left", "center", "right"])
@pytest.mark.parametrize("shift", [(0, 0), (4, -6)])
def test_a_text_stands_where_an_annotation_would(ha, shift):
    axes = axes_of()
    written = marks.write(axes, 3, 2, "Barnet", shift=shift, ha=ha)
    annotated = axes.annotate(
        "Barnet", (3, 2), xytext=shift, textcoords="offset points", ha=ha, va="center"
    )
    for dpi in (100, 72):
        axes.figure.dpi = dpi
        one, other = written.get_window_extent(), annotated.get_window_extent()
        assert one.extents == pytest.approx(other.extents, abs=1e-6)
    plt.close("all")


def test_a_text_can_stand_within_the_axes_rather_than_their_data():
    axes = axes_of()
    written = marks.write(axes, 1, 2, "Barnet", within=axes.get_yaxis_transform(), va="top")
    plain = axes.text(1, 2, "Barnet", transform=axes.get_yaxis_transform(), va="top")
    assert written.get_window_extent().extents == pytest.approx(plain.get_window_extent().extents)
    plt.close("all")
