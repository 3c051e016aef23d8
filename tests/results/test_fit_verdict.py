"""The verdict on the fit, on residuals that are planted and on simulated tables."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling.results.fit_verdict import fit_verdict
from bayes_scaling.results.residual_checks import (
    explained_fraction,
    farthest_run,
    size_p,
    strongest_trend,
)
from bayes_scaling.results.residuals import Residuals, residuals_of_fit

RUNS, SD = 40, 0.01


def planted(outcome=0.0, noise_sd=SD, seed=0):
    """Residuals of a law with a level and a slope in log N, least-squares fitted."""
    rng = np.random.default_rng(seed)
    log_n, log_d = np.linspace(0, 4, RUNS), rng.permutation(np.linspace(0, 5, RUNS))
    basis = np.column_stack([np.ones(RUNS), log_n])
    truth = 1 - 0.1 * log_n
    y = truth + SD * rng.standard_normal(RUNS) + (outcome(log_n, log_d) if outcome else 0.0)
    root = np.linalg.cholesky(np.linalg.inv(basis.T @ basis))
    draws = noise_sd * rng.standard_normal((500, 2)) @ root.T
    curve = (np.linalg.lstsq(basis, y)[0] + draws) @ basis.T
    noise = noise_sd * rng.standard_normal((500, RUNS))
    sizes = {"N": np.exp(log_n), "D": np.exp(log_d)}
    return Residuals(y, curve, noise, sizes, np.zeros(RUNS, int))


def verdict(residuals, sigma=SD, law="chinchilla", **draws):
    parameters = {"alpha_N": 0.3, "alpha_D": 0.3, "sigma": sigma} | draws
    values = {name: np.full(100, value) for name, value in parameters.items()}
    return fit_verdict(bs.find_law(law), values, residuals, np.arange(RUNS))


def test_false_alarms_of_a_law_that_is_right_are_rare():
    """At p = 0.01 of each of three checks, 5 of 60 or more have a probability below 0.03."""
    levels = [verdict(planted(seed=seed)).level for seed in range(60)]
    assert levels.count("good") > 55 and levels.count("bad") == 0


def test_what_the_parameters_take_up_is_no_trend():
    found = planted(lambda n, d: 0.3 * n)
    assert found.freedom == RUNS - 2 and verdict(found).level == "good"
    log_n = np.log(found.sizes["N"])  # no more than the sds' Monte Carlo error remains along it
    assert abs(np.corrcoef(found.standardized, log_n)[0, 1]) < 0.05


@pytest.mark.parametrize(
    ("pattern", "kind", "size"),
    [
        (lambda n, d: 0.02 * (n - 2) ** 2, "curve along", "N"),
        (lambda n, d: 0.01 * d, "rise with", "D"),
        (lambda n, d: -0.01 * d, "fall with", "D"),
    ],
)
def test_a_trend_is_found_and_named(pattern, kind, size):
    residuals = planted(pattern)
    trend = strongest_trend(residuals)
    assert (trend.kind, trend.size) == (kind, size) and trend.p < 0.01
    found = verdict(residuals)
    assert found.level == "caution" and f"residuals {kind} {size}" in found.text


def test_a_trend_that_matters_is_bad():
    found = verdict(planted(lambda n, d: 0.08 * d, noise_sd=0.1), sigma=0.03)
    assert found.level == "bad" and "rise with D" in found.text


def test_a_run_far_off_is_named():
    def one_off(n, d):
        return np.where(np.arange(RUNS) == 7, 0.15, 0.0)

    run, off, p = farthest_run(planted(one_off))
    assert run == 7 and off > 6 and p < 0.005
    assert "run 7 lies" in str(verdict(planted(one_off)).cautions)


def test_residuals_larger_than_their_noise_are_found():
    small = planted(noise_sd=SD / 4)
    assert size_p(small) < 0.005 and size_p(planted()) > 0.05
    assert any("than its noise allows" in text for text in verdict(small).cautions)


def test_a_law_that_explains_no_more_than_a_constant_is_bad():
    residuals = planted()
    mixed = np.random.default_rng(5).permutation(residuals.outcome)
    basis = np.column_stack([np.ones(RUNS), np.log(residuals.sizes["N"])])
    center = basis @ np.linalg.lstsq(basis, mixed)[0]
    curve = residuals.curve - residuals.curve.mean(axis=0) + center
    shuffled = Residuals(mixed, curve, 10 * residuals.noise, residuals.sizes, residuals.group)
    assert explained_fraction(residuals) > 0.98 and explained_fraction(shuffled) < 0.1
    found = verdict(shuffled, sigma=0.1)
    assert found.level == "bad" and "hardly more than a constant" in found.text


def test_the_residual_sd_is_compared_with_its_prior():
    """The prior is HalfNormal(0.02), whose 99% quantile is 0.0515."""
    assert verdict(None, sigma=0.05).level == "good"
    assert verdict(None, sigma=0.06).level == "caution"
    far = verdict(None, sigma=0.14)
    assert far.level == "bad" and "2.7 times the largest" in far.text


def test_exponents_outside_all_published_ones_are_bad():
    """Published exponents of chinchilla are 0.08 to 0.61."""
    found = verdict(None, alpha_N=0.758)
    assert found.level == "bad" and "alpha_N is 0.758" in found.text
    assert verdict(None, alpha_N=0.60).level == "good"
    wide = {"alpha_N": np.linspace(0.5, 1.0, 100), "alpha_D": np.full(100, 0.3)}
    law = bs.find_law("chinchilla")
    assert fit_verdict(law, wide, None, ()).level == "caution"
    assert fit_verdict(law.with_priors(), {"alpha_N": wide["alpha_D"], **wide}, None, ()).ok


@pytest.fixture(scope="module")
def isoflop_shape():
    """Budgets of 4e18 to 4e19 FLOPs whose losses fall faster than any published law."""
    rng, rows = np.random.default_rng(3), []
    for budget in (4e18, 1e19, 2e19, 4e19):
        for ratio in np.exp(np.linspace(-1.2, 1.2, 7)):
            n = np.sqrt(budget / 120) * ratio
            rows.append({"N": n, "D": budget / 6 / n})
    runs = pd.DataFrame(rows)
    loss = 1.9 + 0.35 * (runs.N / 1.8e8) ** -0.8 + 0.45 * (runs.D / 4e9) ** -0.75
    return runs.assign(loss=loss * np.exp(0.004 * rng.standard_normal(len(runs))))


def test_an_isoflop_shape_with_unpublished_exponents_ends_with_1(isoflop_shape, run, tmp_path):
    """Each command says so: the text, the exit code, and the line on stderr."""
    isoflop_shape.to_csv(tmp_path / "runs.csv", index=False)
    fitted = ("--runs", "runs.csv", "--law", "chinchilla", "--draws", "500")
    code, out, err = run("forecast", *fitted, "--C", "1e21", "--M", "20", "--save", "fit.nc")
    assert code == 1 and "Fit: BAD" in out and "bad fit: alpha_N" in err
    code, out, err = run("check", "--fit", "fit.nc", "--sims", 0)
    assert code == 1 and "Fit: BAD" in out and "bad fit: alpha_N" in err
    target = ("--C", "1e21", "--M", "20")
    code, out, err = run("report", "--fit", "fit.nc", *target, "--format", "markdown")
    assert code == 1 and "Do not rely on this report: its verdict on fit is bad." in out
    loaded = bs.load(tmp_path / "fit.nc")
    assert loaded.diagnosis.fit.level == "bad"  # computed again from the saved draws


def test_residuals_of_a_fit_are_those_of_its_curve(loss_fit, small):
    found = residuals_of_fit(loss_fit)
    curve = np.log(loss_fit.draws(small, of="mean"))
    np.testing.assert_allclose(found.raw, np.log(small["loss_c4"]) - curve.mean(axis=0), atol=1e-3)
    assert set(found.sizes) == {"N", "D", "C", "M"}
    sigma = np.median(loss_fit.posterior["sigma"])
    assert sigma < found.sd.min() < found.sd.max() < 4 * sigma
