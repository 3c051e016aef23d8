"""Prior predictive intervals contain plausible runs, and exclude impossible priors."""

import numpyro.distributions as dist
from many_runs import LAW

import bayes_scaling as bs


def test_the_prior_covers_the_runs_or_excludes_them(curve):
    good = bs.prior_check(LAW, curve)
    assert good["place"].between(
        0.01, 0.99
    ).all() and "intervals contain 12 of the 12 measured values" in repr(good)
    assert ((good["lower"] < good["median"]) & (good["median"] < good["upper"])).all()
    bad = bs.prior_check(LAW, curve, priors={"A_term": dist.LogNormal(2.5, 0.05)})
    assert "The priors all but exclude 0" in repr(bad) and bad["place"].min() < 0.005
