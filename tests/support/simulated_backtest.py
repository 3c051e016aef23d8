"""A backtest that was never run: simulated held-out forecasts, for tests of its summaries."""

import numpy as np
import pandas as pd

from bayes_scaling._core.table import Table
from bayes_scaling.models import LAWS
from bayes_scaling.validation.backtest_result import Backtest
from bayes_scaling.validation.backtest_table import UNIT_SCORES, distance_classes
from bayes_scaling.validation.needed_drift import needed_drift
from bayes_scaling.validation.scores import score_forecast

FAR = (1.5, 1.7, 3.0, 4.5, 6.0, 7.0, 9.0, 12.0, 15.0, 28.0, 45.0)


def _held_out(far, outcomes, law, left):
    """One row a held-out run; the larger half of the distances are from a smaller cutoff."""
    rows = []
    for corpus in ("c4", "refinedweb"):
        for y in outcomes:
            for distance in far:
                origin = corpus if left else 6.6e19 if distance > np.median(far) else 6.6e20
                rows.append(
                    {
                        "law": law,
                        "method": "posterior",
                        "dataset": corpus,
                        "y": y,
                        "origin": origin,
                        "fit": f"{corpus} {y} {origin}",
                        "ok": True,
                        "train": 20,
                        "run": f"{corpus} {distance}",
                        "extrapolation": distance,
                        "beyond": np.log(distance) / 2**0.5,
                    }
                )
    return pd.DataFrame(rows)


def simulated_backtest(far=FAR, outcomes=("loss_c4",), law="over_training", by="C", left=False):
    """Forecasts of runs at distances ``far`` on two corpora."""
    rng, many = np.random.default_rng(0), len(outcomes) > 1
    table = _held_out(far, outcomes, law, left)
    observed = 2.5 + 0.3 * rng.random(len(table))
    draws = observed * np.exp(
        0.02 * rng.normal(size=len(table)) + 0.015 * rng.normal(size=(400, len(table)))
    )
    table = table.assign(
        distance=distance_classes(table["extrapolation"], np.array([2.0, 5.0, 10.0, 30.0])),
        measured=observed,
        **score_forecast(draws, observed, np.zeros(draws.shape), rng),
        drift=needed_drift(LAWS[law], draws, observed, table["beyond"].to_numpy(), known=0.0),
    )
    table[list(UNIT_SCORES)] = table[list(UNIT_SCORES)].div(observed / 100, axis=0)
    series = ("dataset", "y") if many else ("dataset",)
    if not many:
        table = table.drop(columns="y")
    fits = table.drop_duplicates("fit")[["law", "method", *series, "origin", "fit", "train", "ok"]]
    return Backtest(
        Table(table),
        Table(fits),
        Table(columns=["law", *series, "origin", "reason"]),
        "value" if many else outcomes[0],
        by,
        series,
        "% of what was measured",
        left,
    )
