"""What many fits return: each is the fit it would be alone, in tables for all groups."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from many_runs import LAW

import bayes_scaling as bs
from bayes_scaling.inference import convergence as health


def test_each_fit_has_converged(fits):
    """Two chains of 500 draws: R-hat below 1.02 for 99%, divergences under 0.1% of draws."""
    rhat = health.split_rhat(fits.theta).max(axis=-1)
    assert (rhat < 1.02).mean() >= 0.99
    assert fits.health["diverging"].sum() < 0.001 * fits.health["draws"].sum()
    assert fits.health["ok"].all() and fits.diagnosis.ok


def test_fits_that_reached_the_maximum_depth_get_a_caution(fits):
    deep = replace(
        fits,
        about=[
            {**entry, "health": entry["health"] | {"deepest": 0.2 * (i < 2)}}
            for i, entry in enumerate(fits.about)
        ],
    )
    assert (
        deep.health["ok"].all()
        and deep.diagnosis.ok
        and len(deep.diagnosis.cautions) == len(fits.diagnosis.cautions) + 1
    )
    assert any(
        text.startswith(
            "sampling: 2 of 100 fits reached the maximum tree depth in more than 1% of the draws"
        )
        for text in deep.diagnosis.cautions
    )


@pytest.mark.parametrize("curve", ["c0", "c41"])
def test_the_posterior_is_that_of_a_fit_alone(fits, table, curve):
    alone = bs.fit(LAW, table.query(f"curve == '{curve}'"), draws=2000, seed=5)

    def error(draws):
        """Monte Carlo error of the mean."""
        return draws.std() / np.sqrt(health.quick_ess(draws[..., None])[0])

    for name in (q.sampled for q in LAW.sites):
        few, many = fits[curve].posterior[name], alone.posterior[name]
        assert abs(few.mean() - many.mean()) < 4.5 * np.hypot(error(few), error(many))
        few, many = (few - few.mean()) ** 2, (many - many.mean()) ** 2
        assert (
            abs(few.mean() - many.mean()) < 4.5 * np.hypot(error(few), error(many))
            and 0.7 < (few.mean() / many.mean()) ** 0.5 < 1.3
        )


def test_intervals_cover_the_true_floors_of_a_hundred_curves(fits):
    """90% intervals of the floor hold between 80 and 97 of 100 true floors (binomial, 0.1%)."""
    rng = np.random.default_rng(0)
    true_floors = []
    for _ in range(100):
        true_floors.append(rng.uniform(1.5, 2.2))
        rng.uniform(0.1, 0.25), rng.uniform(0.5, 1.5), rng.standard_normal(12)
    floor = fits.summary(0.9).query("parameter == 'E'")
    assert (
        80
        <= (
            (floor["lower"].to_numpy() < true_floors) & (true_floors < floor["upper"].to_numpy())
        ).sum()
        <= 97
    )


def test_one_tidy_table_of_parameters_agrees_with_each_fit(fits):
    summary = fits.summary(0.8)
    assert list(summary.columns) == [
        "curve",
        "parameter",
        "mean",
        "median",
        "sd",
        "lower",
        "upper",
        "rhat",
        "ess",
    ]
    assert len(summary) == 100 * summary["parameter"].nunique()
    one = fits["c7"].summary(0.8)
    mine = summary.query("curve == 'c7'").set_index("parameter")
    for column in ("mean", "median", "sd", "lower", "upper"):
        np.testing.assert_allclose(mine[column], one.loc[mine.index, column], rtol=1e-12)


def test_forecasts_of_all_groups_agree_with_each_fit(fits):
    to = bs.targets(C=[1e22, 1e23])
    table = fits.forecast(to, prob=0.8)
    assert len(table) == 200 and table.diagnosis.ok and "curve" in table
    pd.testing.assert_frame_equal(
        pd.DataFrame(table.query("curve == 'c3'")).drop(columns="curve").reset_index(drop=True),
        pd.DataFrame(fits["c3"].forecast(to, prob=0.8)),
    )
    own = fits.forecast(pd.DataFrame({"curve": ["c5", "c2", "c5"], "C": [1e22, 2e22, 3e22]}))
    assert own["curve"].tolist() == ["c2", "c5", "c5"] and own["C"].tolist() == [2e22, 1e22, 3e22]


def test_fits_are_a_collection(fits):
    assert (
        len(fits) == 100 and list(fits)[:2] == ["c0", "c1"] and "c99" in fits and "c100" not in fits
    )
    with pytest.raises(bs.InputError, match="no group 'c100'; groups are c0, c1"):
        fits["c100"]
    assert "100 groups by curve" in repr(fits) and "sampling good" in repr(fits)
    assert np.isfinite(fits["c1"].tree["log_likelihood"]["y"].values).all()


def test_groups_by_two_columns(table):
    two = table.query("curve in ('c1', 'c2')").assign(half=lambda t: np.arange(len(t)) // 12 + 1)
    fits = bs.fit_many(LAW, two, by=["curve", "half"], draws=100)
    assert fits.groups == (("c1", 1), ("c2", 2)) and fits.summary()["half"].tolist()[::6] == [1, 2]
