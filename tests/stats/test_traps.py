"""Stock library calls that give a wrong answer without a word, each beside the right one.

Each test states what the library gives (statsmodels 0.15) and that the package does not. One that
fails in its first half says that the library has changed: then look whether the trap is gone.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.genmod.families import Binomial
from statsmodels.genmod.generalized_linear_model import GLM
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from analysis.stats import differences, proportions, reoffending

# Crowder (1978), Table 3: seeds germinated of those on each plate, by seed and root extract.
GERMINATED = [10, 23, 23, 26, 17, 5, 53, 55, 32, 46, 10, 8, 10, 8, 23, 0, 3, 22, 15, 32, 3]
SEEDS = [39, 62, 81, 51, 39, 6, 74, 72, 51, 79, 13, 16, 30, 28, 45, 4, 12, 41, 30, 51, 7]
SEED = np.repeat([0, 1], [11, 10])
EXTRACT = np.repeat([0, 1, 0, 1], [5, 6, 5, 5])
DESIGN = np.column_stack([np.ones(21), SEED, EXTRACT, SEED * EXTRACT])
PLATES = pd.DataFrame(
    {
        "reoffenders": GERMINATED,
        "offenders": SEEDS,
        "seed": SEED,
        "extract": EXTRACT,
        "both": SEED * EXTRACT,
    }
)
# R 4.2.2: summary(glm(cbind(y, n - y) ~ seed * extract, quasibinomial))$dispersion
R_DISPERSION = 1.8618


def test_the_default_interval_of_a_proportion_is_walds():
    assert proportion_confint(0, 20) == (0, 0)
    assert proportions.interval(0, 20)[1] == pytest.approx(0.1611, abs=5e-5)


def test_wilson_misses_the_end_points_by_rounding():
    nobs = np.arange(1, 200)
    lower, _ = proportion_confint(np.zeros_like(nobs), nobs, method="wilson")
    _, upper = proportion_confint(nobs, nobs, method="wilson")
    assert (lower != 0).any() or (upper != 1).any()
    assert (proportions.interval(0, nobs)[0] == 0).all()
    assert (proportions.interval(nobs, nobs)[1] == 1).all()


def test_jeffreys_has_no_end_point_rule():
    assert proportion_confint(0, 20, method="jeffreys")[0] > 0
    assert proportion_confint(20, 20, method="jeffreys")[1] < 1
    assert proportions.interval(0, 20, method="jeffreys")[0] == 0
    assert proportions.interval(20, 20, method="jeffreys")[1] == 1


def test_agresti_coull_leaves_the_range_of_a_proportion_unless_clipped():
    # statsmodels clips it as of 0.15 and did not in 0.14; this is the formula itself.
    z2 = stats.norm.isf(0.025) ** 2
    centre = (z2 / 2) / (20 + z2)
    assert centre - np.sqrt(z2 * centre * (1 - centre) / (20 + z2)) < 0
    assert proportions.interval(0, 20, method="agresti_coull")[0] == 0


def test_agresti_caffo_leaves_the_range_of_a_difference():
    with np.errstate(all="ignore"):
        _, upper = confint_proportions_2indep(10, 10, 0, 10, method="agresti-caffo", compare="diff")
    assert upper > 1
    for method in differences.METHODS:
        assert differences.interval(10, 10, 0, 10, method=method)[1] == 1


def test_the_score_interval_of_a_difference_is_another_one():
    # Newcombe (1998), Table II (a): Miettinen-Nurminen is 0.0528 to 0.3382.
    stock = confint_proportions_2indep(56, 70, 48, 80, method="score", compare="diff")
    assert stock[1] == pytest.approx(0.344, abs=5e-4)
    ours = differences.interval(56, 70, 48, 80, method="miettinen_nurminen")
    assert ours == pytest.approx((0.0528, 0.3382), abs=5e-5)


def test_the_score_interval_of_a_difference_fails_on_small_tables():
    with pytest.raises(ValueError, match="must have different signs"):
        confint_proportions_2indep(9, 10, 3, 10, method="score", compare="diff")
    ours = differences.interval(9, 10, 3, 10, method="miettinen_nurminen")
    assert ours == pytest.approx((0.1700, 0.8406), abs=5e-5)


@pytest.mark.parametrize(("method", "stock"), [("benjamini_hochberg", "fdr_bh"), ("holm", "holm")])
def test_one_missing_p_value_spoils_the_adjustment_of_the_others(method, stock):
    raw = [0.01, np.nan, 0.04]
    spoilt = multipletests(raw, method=stock)[1]
    # fdr_bh gives nothing but nan; holm counts the missing value as a third test: 3 x 0.01.
    assert np.isnan(spoilt).all() if stock == "fdr_bh" else spoilt[0] == pytest.approx(0.03)
    expected = [0.02, np.nan, 0.04]
    assert differences.adjust(raw, method=method) == pytest.approx(expected, nan_ok=True)


def test_scale_x2_of_a_two_column_response_is_no_dispersion():
    pairs = np.column_stack([GERMINATED, np.subtract(SEEDS, GERMINATED)])
    stock = GLM(pairs, DESIGN, family=Binomial()).fit(scale="X2")
    assert stock.scale == pytest.approx(0.098, abs=5e-4)
    ours = reoffending.fit(PLATES, ["seed", "extract", "both"])
    assert ours["dispersion"].to_numpy() == pytest.approx(np.full(4, R_DISPERSION), abs=5e-5)


def test_freq_weights_take_every_seed_for_an_observation():
    rate = np.divide(GERMINATED, SEEDS)
    stock = GLM(rate, DESIGN, family=Binomial(), freq_weights=np.array(SEEDS)).fit()
    assert stock.df_resid == sum(SEEDS) - 4
    ours = reoffending.fit(PLATES, ["seed", "extract", "both"])
    assert (ours["df"] == 21 - 4).all()


def test_hc3_of_a_glm_is_silently_hc0():
    rate, weights = np.divide(GERMINATED, SEEDS), np.array(SEEDS)
    model = GLM(rate, DESIGN, family=Binomial(), var_weights=weights)
    assert model.fit(cov_type="HC3").bse == pytest.approx(model.fit(cov_type="HC0").bse)

    # Ours is that of least squares: (X'X)^-1 X' diag(e^2 / (1 - h)^2) X (X'X)^-1.
    y, n = np.array(GERMINATED), np.array(SEEDS)
    logit = np.log((y + 0.5) / (n - y + 0.5))
    inverse = np.linalg.inv(DESIGN.T @ DESIGN)
    residual = logit - DESIGN @ inverse @ DESIGN.T @ logit
    leverage = np.diag(DESIGN @ inverse @ DESIGN.T)

    def sandwich(weights):
        return np.sqrt(np.diag(inverse @ DESIGN.T @ np.diag(weights) @ DESIGN @ inverse))

    ours = reoffending.fit(PLATES, ["seed", "extract", "both"], estimator="ols_logit")
    hc3 = sandwich((residual / (1 - leverage)) ** 2)
    assert ours["std_error"].to_numpy() == pytest.approx(hc3)
    assert ours["std_error"].to_numpy() != pytest.approx(sandwich(residual**2), rel=0.01)
