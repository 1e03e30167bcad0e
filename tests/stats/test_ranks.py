"""Shrunken rates and ranks, against a grid of a finer mesh and against what ranks must be."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, special

from analysis.data import context, processed, regions, tables
from analysis.stats import borough_models, ranks

REGION = regions.load("london")
BOROUGHS = context.boroughs(REGION, [], 2012)
FIVE = pd.DataFrame({"offenders": [40, 100, 60, 80, 20], "reoffenders": [20, 30, 15, 30, 2]})


def test_a_shrunken_rate_is_the_posterior_mean():
    y, n = FIVE["reoffenders"].to_numpy(), FIVE["offenders"].to_numpy()

    def weighed(of):
        """The integral over the logit of the mean and the spread, by quadrature."""

        def at(logit, spread):
            mean, size = special.expit(logit), 1 / spread**2 - 1
            a, b = mean * size, (1 - mean) * size
            shape = special.betaln(a + y, b + n - y) - special.betaln(a, b)
            return np.exp(shape.sum() + 200) * of((a + y) / (size + n))

        return integrate.dblquad(at, 1e-3, 0.7, -2.5, 1.5, epsrel=1e-4)[0]

    whole = weighed(lambda _: 1.0)
    found = ranks.shrunken(FIVE, seed=1)["shrunken"]
    for place in (0, 4):
        expected = weighed(lambda means, place=place: means[place]) / whole
        assert found[place] == pytest.approx(expected, abs=0.004)


def test_rates_are_drawn_together_the_more_the_fewer_the_offenders():
    table = ranks.shrunken(BOROUGHS, seed=1)
    rate = BOROUGHS["reoffenders"] / BOROUGHS["offenders"]
    overall = BOROUGHS["reoffenders"].sum() / BOROUGHS["offenders"].sum()
    moved = (rate - table["shrunken"]) / (rate - overall)
    far = (rate - overall).abs() > 0.01
    assert moved[far].between(0, 1).all()
    assert moved[far].corr(BOROUGHS.loc[far, "offenders"], method="spearman") < -0.8
    assert table["shrunken"].between(table["shrunken_lower"], table["shrunken_upper"]).all()


def test_the_seventh_lowest_of_33_may_be_almost_anywhere_in_the_lower_half(tmp_path):
    table = tables.write(
        borough_models.by_borough(BOROUGHS, REGION, level=0.95),
        tmp_path / "table.csv",
        processed.REOFFENDING_BOROUGHS,
    )
    (seventh,) = table[table["rank"] == 33 + 1 - 7].itertuples()
    from_low = 34 - seventh.rank_upper, 34 - seventh.rank_lower
    # Third to 17th with the mean and the spread of all rates taken for known; here they are not.
    assert from_low == pytest.approx((3, 17), abs=1)
    # So few offenders say next to nothing of the rank.
    city = table.set_index("name").loc["City of London"]
    assert (city["rank"], city["rank_lower"], city["rank_upper"]) == (33, 3, 33)


def test_a_rank_is_that_of_the_raw_rate_and_equal_rates_share_it():
    frame = pd.DataFrame({"offenders": [10, 20, 40, 10], "reoffenders": [5, 10, 10, 9]})
    # Rates 1/2, 1/2, 1/4 and 9/10.
    assert ranks.shrunken(frame, seed=1)["rank"].tolist() == [2, 2, 4, 1]


def test_the_same_seed_gives_the_same_and_another_nearly_the_same():
    one, same = (ranks.shrunken(BOROUGHS.copy(), seed=3) for _ in range(2))
    pd.testing.assert_frame_equal(one, same)
    other = ranks.shrunken(BOROUGHS, seed=4)
    assert (one["rank_lower"] - other["rank_lower"]).abs().max() <= 1
    assert one["shrunken"].equals(other["shrunken"])  # nothing is drawn for it


def test_a_higher_level_is_never_narrower():
    narrow, wide = (ranks.shrunken(BOROUGHS, seed=3, level=level) for level in (0.8, 0.998))
    assert (wide["rank_lower"] <= narrow["rank_lower"]).all()
    assert (wide["rank_upper"] >= narrow["rank_upper"]).all()


def test_refusals_say_what_is_wrong():
    with pytest.raises(ValueError, match="there are 1 places; ranks need two or more"):
        ranks.shrunken(FIVE.head(1), seed=1)
    with pytest.raises(ValueError, match="offenders is 0 in row 1"):
        ranks.shrunken(FIVE.assign(offenders=[40, 0, 60, 80, 20], reoffenders=0), seed=1)
    with pytest.raises(RuntimeError, match="all or none reoffend"):
        ranks.shrunken(FIVE.assign(reoffenders=0), seed=1)


def test_the_table_has_the_raw_rate_beside_the_shrunken_one(tmp_path):
    table = tables.write(
        borough_models.shrunken(BOROUGHS, level=0.95),
        tmp_path / "table.csv",
        processed.REOFFENDING_SHRUNKEN,
    ).set_index("name")
    assert table.loc["City of London", "rate"] == pytest.approx(4 / 34, rel=1e-7)
    assert 0.23 < table.loc["City of London", "shrunken"] < 0.265
