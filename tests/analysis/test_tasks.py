"""Single tasks: one table of counted errors, and which tasks have left chance."""

from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
import pandas as pd
import pytest

import bayes_scaling as bs
import bayes_scaling.results.fitting as fits
from bayes_scaling._core.jax_config import float64
from bayes_scaling.analysis.tasks import task_errors, tasks_above_chance


def test_every_run_has_every_task_counted(gadre):
    table = task_errors(gadre.head(3))
    assert len(table) == 3 * 46 and table["task"].nunique() == 46
    arc = table[table["task"] == "arc_challenge"]
    assert (arc["items"] == 1172).all() and (
        arc["chance"] == 0.25
    ).all()  # its scores are exact fractions of 1172, not of the 2376 listed
    np.testing.assert_allclose(arc["error"] * 1172, np.round(arc["error"] * 1172), atol=1e-3)
    assert (table.loc[table["task"] == "squad", "chance"] == 0).all() and table[
        "items"
    ].notna().all()
    with pytest.raises(bs.InputError, match="single tasks"):
        task_errors(gadre[["N", "D", "loss_c4"]])


def test_what_is_no_forecaster_of_tasks_is_refused(loss_fit):
    at = pd.DataFrame({"L": [2.5]})
    with pytest.raises(bs.InputError, match="Fit is neither"):
        tasks_above_chance(loss_fit, at)
    with pytest.raises(bs.InputError, match="share is 5"):
        tasks_above_chance({}, at, share=5)


@pytest.mark.long
def test_draws_that_have_not_converged_are_reported():
    at = pd.DataFrame({"L": [2.5]})
    runs = pd.DataFrame({"L": np.linspace(5.5, 2.7, 16)}).assign(
        error=lambda t: np.round(1500 - 3000 * np.exp(-0.9 * t["L"])) / 2000
    )
    fit = bs.fit("task_binomial", runs, y="error", chance=0.25, items=2000, draws=20, chains=2)
    with pytest.warns(
        bs.FitWarning, match="tasks_above_chance is an answer from draws that have not converged"
    ):
        table = tasks_above_chance({"one": fit}, at)
    assert "BAD, do not rely" in repr(table) and not table.diagnosis.ok


@pytest.mark.long
def test_tasks_that_leave_chance_are_distinguished_from_those_that_do_not():
    """One task is learned well, one hardly, two not at all; chance and items differ."""
    rng, losses = np.random.default_rng(0), np.linspace(5.5, 2.7, 16)
    planted = {"easy": (6.0, 0.5), "slow": (1.0, 0.25), "flat": (0.0, 0.25), "none": (0.0, 0.0)}
    rows = [
        {
            "task": task,
            "L": L,
            "items": 2000,
            "chance": chance,
            "error": rng.binomial(2000, (1 - chance) * (1 - k * np.exp(-0.9 * L))) / 2000,
        }
        for task, (k, chance) in planted.items()
        for L in losses
    ]
    fit = bs.fit("task_binomial", pd.DataFrame(rows), y="error", group="task")
    assert fit.diagnosis.ok, fit.diagnosis
    table = tasks_above_chance(fit, pd.DataFrame({"L": [2.5]})).set_index("task")
    assert table.loc["easy", "verdict"] == "off chance" and table.index[0] == "easy"
    assert (table.loc[["flat", "none"], "p_off_chance"] < 0.5).all()
    for task, (k, _) in planted.items():
        assert (
            table.loc[task, "lower"] - 0.02
            <= k * np.exp(-0.9 * 2.5)
            <= table.loc[task, "upper"] + 0.02
        )


@pytest.mark.long
def test_a_task_that_levels_off_is_predicted_to_stay(tmp_path):
    """It is learned between losses of 4.5 and 3.5, up to two fifths of the way, and no further."""
    rng, losses = np.random.default_rng(0), np.linspace(5.5, 2.7, 16)

    def error(L):
        return 0.75 * (1 - 0.4 * (1 - np.exp(-np.exp(4 * (4.0 - L)))))

    runs = pd.DataFrame({"L": losses, "error": rng.binomial(2000, error(losses)) / 2000})
    fit = bs.fit(
        "task_saturating",
        runs,
        chance=0.25,
        items=2000,
        priors={"rest": dist.Beta(0.5, 1.0)},
        draws=500,
        chains=2,
    )
    forecast = fit.forecast(pd.DataFrame({"L": [2.2]}), of="mean")
    assert (
        forecast["lower"].item() < error(2.2) < forecast["upper"].item()
        and abs(forecast["median"].item() - error(2.2)) < 0.02
    )
    assert abs(np.median(fit.flat("reach")["reach"]) - 0.4) < 0.05
    assert 0.3 < tasks_above_chance({"stops": fit}, pd.DataFrame({"L": [2.2]}))["won"].item() < 0.5
    # with a drift, a run is less certain below the lowest loss, and nowhere else
    drifts, to = (
        replace(fit, law=fit.law.with_noise(bs.BetaBinomial(drift=0.5))),
        pd.DataFrame({"L": [3.0, 2.2]}),
    )
    widths = [
        np.subtract(*np.quantile(one.draws(to), [0.95, 0.05], axis=0)) for one in (fit, drifts)
    ]
    assert abs(widths[1][0] / widths[0][0] - 1) < 0.05 and widths[1][1] > 1.3 * widths[0][1]
    assert (
        "sd 0.5 times the distance of the loss to those of the runs, in nats, on the logit"
        in drifts.forecast(to).note
        and not fit.forecast(to).note
    )
    drifts.save(tmp_path / "fit.nc")
    np.testing.assert_array_equal(bs.load(tmp_path / "fit.nc").draws(to), drifts.draws(to))


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:.*no whole number of items")  # averages over sub-tasks
def test_no_task_holds_up_the_first_guess_of_the_others(gadre, monkeypatch):
    """At the center of the sampler's coordinates every task's curve goes through its errors."""

    def stop(density, data, *, start, **_):
        with float64():
            law = density.unfolded(jnp.asarray(start[0]), data)[1]
            raise StopIteration(
                np.where(
                    data["mask"],
                    np.abs(density.mean(law[-1], data) - data["z"] / data["rows"]["items"]),
                    0.0,
                )
            )

    monkeypatch.setattr(fits, "sample", stop)
    runs = gadre[(gadre["dataset"] == "refinedweb") & (gadre["N"] < 5e8)]
    priors = {"tau_gamma": dist.HalfNormal(0.5)}
    with pytest.raises(StopIteration) as stopped:
        bs.fit(
            "task_saturating",
            task_errors(runs),
            y="error",
            L="loss_c4",
            group="task",
            pool={"luck": "free", "rest": "free"},
            priors=priors,
        )
    off = stopped.value.value.mean(axis=1)
    assert np.median(off) < 0.02 and off.max() < 0.1
