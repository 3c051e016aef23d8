"""The rules of the testbeds: no task fits what it predicts, and bands count forecasts."""

import numpy as np
import pandas as pd
import pytest
from testbed.reach import by_reach, compute_factors
from testbed.tables import all_series
from testbed.tasks import MOST, MOST_FITTED, all_tasks


@pytest.fixture(scope="module")
def tasks():
    """Runs to fit and to predict of every bundled source."""
    return all_tasks(all_series())


def test_no_task_fits_what_it_predicts(tasks):
    train, held = tasks
    for task, targets in held.groupby("task"):
        fitted = set(zip(*train.loc[train["task"] == task, ["N", "D"]].to_numpy().T))
        assert not fitted & set(zip(*targets[["N", "D"]].to_numpy().T)), task


def test_tasks_of_each_kind_have_the_runs_they_name(tasks):
    train, held = tasks
    sizes = train.groupby("task").size()
    assert sizes.between(5, MOST_FITTED).all() and held.groupby("task").size().max() <= MOST
    few = train[train["kind"].str.startswith("F")]
    assert all(len(runs) == int(kind[1:]) for (kind, _), runs in few.groupby(["kind", "task"]))
    assert (held["D"] >= held["N"]).all() and held["source"].nunique() == 9
    factors = pd.Series(compute_factors(held, train), held.index)
    far = held["kind"].isin(["C30", "C100"])
    assert (factors[far] > 7).all()  # tasks far in C reach beyond the compute of their runs


def test_bands_count_forecasts_and_those_that_held():
    scored = pd.DataFrame({"factor": [0.5, 1, 2, 9, 40], "in90": [100, 100, 0, 100, 0]})
    table = by_reach(scored, "loss")
    assert table["low"].tolist() == [1, 3, 30] and table["forecasts"].tolist() == [2, 1, 1]
    assert table["held"].tolist() == [1, 1, 0]


def test_compute_is_relative_to_the_runs_of_the_task():
    train = pd.DataFrame({"task": ["a", "a", "b"], "N": [1, 2, 3], "D": [10, 10, 10]})
    held = pd.DataFrame({"task": ["b", "a"], "N": [9, 8], "D": [10, 10]})
    np.testing.assert_allclose(compute_factors(held, train), [3, 4])
