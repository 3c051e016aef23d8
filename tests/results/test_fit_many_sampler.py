"""What samples many fits: named in results and files, and NUTS alone where that is asked for."""

import numpy as np
import pytest
from many_runs import LAW, curves

import bayes_scaling as bs


@pytest.fixture(scope="module")
def runs():
    return curves(6)


@pytest.fixture(scope="module")
def made(runs):
    """The same curves by HMC where it passes, and by NUTS."""
    options = {"by": "curve"}
    return {how: bs.fit_many(LAW, runs, sampler=how, **options) for how in ("auto", "nuts")}


def test_the_sampler_of_each_fit_is_named(made, tmp_path):
    fits = made["auto"]
    assert (fits.health["sampler"] == "hmc").mean() >= 0.5
    assert (made["nuts"].health["sampler"] == "nuts").all()
    back = bs.load(fits.save(tmp_path / "fits.nc"))
    assert list(back.health["sampler"]) == list(fits.health["sampler"])
    group = fits.groups[int((fits.health["sampler"] == "hmc").argmax())]
    assert back[group].engine["sampler"] == "hmc"
    alone = bs.load(fits[group].save(tmp_path / "fit.nc"))
    assert alone.engine["sampler"] == "hmc"
    assert "by HMC" in bs.report(alone, to=bs.targets(C=1e22)).markdown


def test_a_single_fit_is_by_nuts(runs):
    fit = bs.fit(LAW, runs.query("curve == 'c0'"), draws=200)
    assert fit.engine["sampler"] == "nuts"


def test_both_have_the_same_posteriors(made):
    """Means of 24 coordinates within five Monte-Carlo errors."""
    from bayes_scaling.inference.convergence import quick_ess

    means, errors = [], []
    for fits in made.values():
        flat = fits.theta.reshape(len(fits), -1, fits.theta.shape[-1])
        means.append(flat.mean(axis=1))
        errors.append(flat.std(axis=1) / np.sqrt(quick_ess(fits.theta)))
    assert not np.array_equal(made["auto"].theta, made["nuts"].theta)
    assert (np.abs(means[0] - means[1]) < 5 * np.hypot(*errors)).all()


@pytest.mark.parametrize("call", ["fit_many", "backtest", "calibrate"])
def test_another_sampler_is_refused(runs, call):
    with pytest.raises(bs.InputError, match="sampler is 'gibbs'; use 'auto', or 'nuts'"):
        if call == "fit_many":
            bs.fit_many(LAW, runs, by="curve", sampler="gibbs")
        elif call == "backtest":
            bs.backtest(LAW, runs, "loss", group="curve", sampler="gibbs")
        else:
            bs.calibrate(LAW, runs, "loss", sampler="gibbs")
