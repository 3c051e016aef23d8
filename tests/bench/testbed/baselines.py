"""What most papers do: a point fit by Huber's loss, and a bootstrap of the runs."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

import bayes_scaling as bs
from bayes_scaling.inference.design import conditioned, measured, padded
from bayes_scaling.validation.baselines import baseline_forecasts

REFITS = 100
_LAWS = ("chinchilla", "coupled")
_KEPT = 500  # draws of each target


def baseline_draws(
    train: pd.DataFrame, held: pd.DataFrame
) -> Iterator[tuple[str, pd.DataFrame, np.ndarray]]:
    """(method, held-out runs, draws (runs, draws)) of each law and method."""
    table = bs.load_runs(held)
    for name in _LAWS:
        law = bs.find_law(name)
        parts = {
            task: runs
            for task, runs in train.groupby("task", sort=False)
            if len(runs) > len(law.parameters)
        }
        tests = [np.flatnonzero(held["task"] == task) for task in parts]
        designs = [
            padded(conditioned(law, bs.load_runs(runs), "y", None, {}), 24)
            for runs in parts.values()
        ]
        data = measured(law, table, "y", None, {})
        made: dict[str, list[np.ndarray]] = {"point": [], "bootstrap": []}
        order = []
        for i, predicted in baseline_forecasts(
            law, designs, tests, data, tuple(range(len(tests))), REFITS
        ):
            order.append(tests[i])
            for method, (draws, _) in predicted.items():
                chosen = np.linspace(0, len(draws) - 1, _KEPT).astype(int)
                made[method].append(draws[chosen].T)
        runs = held.iloc[np.concatenate(order)].reset_index(drop=True)
        for method, draws in made.items():
            yield f"{method} of {name}", runs, np.concatenate(draws)
