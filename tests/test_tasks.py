"""Single tasks: one table of counted errors, and which tasks have left chance."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling.tasks import standing, task_errors


def test_every_run_has_every_task_counted(gadre):
    made = task_errors(gadre.head(3))
    assert len(made) == 3 * 46 and made["task"].nunique() == 46
    arc = made[made["task"] == "arc_challenge"]
    assert (arc["items"] == 1172).all() and (arc["chance"] == 0.25).all()  # its scores are whole shares of 1172, not of the 2376 listed
    np.testing.assert_allclose(arc["error"] * 1172, np.round(arc["error"] * 1172), atol=1e-3)
    assert (made.loc[made["task"] == "squad", "chance"] == 0).all() and made["items"].notna().all()
    with pytest.raises(bs.InputError, match="single tasks"):
        task_errors(gadre[["N", "D", "loss_c4"]])


@pytest.mark.long
def test_tasks_that_leave_chance_are_told_from_those_that_do_not():
    """Simulated tasks: one learned well, one hardly, two not at all; and a group's chance level and items are its own."""
    rng, losses = np.random.default_rng(0), np.linspace(5.5, 2.7, 16)
    truth = {"easy": (6.0, 0.5), "slow": (1.0, 0.25), "flat": (0.0, 0.25), "none": (0.0, 0.0)}
    rows = [
        {"task": task, "L": L, "items": 2000, "chance": chance, "error": rng.binomial(2000, (1 - chance) * (1 - k * np.exp(-0.9 * L))) / 2000}
        for task, (k, chance) in truth.items() for L in losses
    ]  # fmt: skip
    fit = bs.fit("task_binomial", pd.DataFrame(rows), y="error", group="task")
    assert fit.diagnosis.ok, fit.diagnosis
    table = standing(fit, pd.DataFrame({"L": [2.5]})).set_index("task")
    assert table.loc["easy", "verdict"] == "off chance" and table.index[0] == "easy"
    assert (table.loc[["flat", "none"], "p_off_chance"] < 0.5).all()
    for task, (k, _) in truth.items():
        assert table.loc[task, "lower"] - 0.02 <= k * np.exp(-0.9 * 2.5) <= table.loc[task, "upper"] + 0.02
