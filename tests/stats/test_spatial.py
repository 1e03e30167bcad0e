"""Moran's I, by hand and over every permutation."""

import itertools

import numpy as np
import pytest

from analysis.data import context, processed, regions, sources, tables
from analysis.stats import borough_models, spatial

REGION = regions.load("london")
LINE = [(0, 1), (1, 2), (2, 3)]


def test_i_by_hand():
    # Deviations -3, -1, 1, 3 of the mean 4: products 3 - 1 + 3 over 3 pairs, squares 20 over 4.
    found = spatial.moran([1, 3, 5, 7], LINE, seed=1)
    assert found.i == pytest.approx((5 / 3) / 5)
    assert found.expected == pytest.approx(-1 / 3)


def test_the_p_value_is_that_of_every_permutation():
    values = [1.0, 3.0, 4.5, 7.0, 2.0]
    pairs = [*LINE, (3, 4)]

    def i(order):
        away = np.array(order) - np.mean(values)
        return sum(away[a] * away[b] for a, b in pairs)

    every = np.array([i(order) for order in itertools.permutations(values)])
    observed = i(values)
    high, low = np.mean(every >= observed - 1e-9), np.mean(every <= observed + 1e-9)
    found = spatial.moran(values, pairs, seed=1)
    assert found.p_value == pytest.approx(min(1, 2 * min(high, low)), abs=0.03)


def test_the_residuals_of_london(tmp_path):
    boroughs = context.boroughs(REGION, [], 2012)
    table = tables.write(
        borough_models.moran(boroughs, REGION, sources.load("neighbours")),
        tmp_path / "table.csv",
        processed.REOFFENDING_MORAN,
    )
    (row,) = table.itertuples()
    assert row.moran_i == pytest.approx(-0.029, abs=5e-4)
    assert row.p_value == pytest.approx(0.92, abs=0.01)
    assert (row.pairs, row.expected) == (68, pytest.approx(-1 / 32))
    none = borough_models.moran(boroughs, REGION, sources.load("neighbours").iloc[:0])
    assert tables.write(none, tmp_path / "none.csv", processed.REOFFENDING_MORAN).empty


@pytest.mark.parametrize(
    ("values", "pairs", "message"),
    [
        ([1, 2, np.inf], [(0, 1)], "values must be finite"),
        ([2, 2, 2], [(0, 1)], "not all equal"),
        ([1, 2, 3], [], "there is no pair"),
        ([1, 2, 3], [(0, 0)], "each pair must be of two places"),
        ([1, 2, 3], [(0, 1), (1, 0)], "and there once"),
        ([1, 2, 3], [(0, 3)], "beyond the 3 values"),
    ],
)
def test_refusals_say_what_is_wrong(values, pairs, message):
    with pytest.raises(ValueError, match=message):
        spatial.moran(values, pairs, seed=1)
