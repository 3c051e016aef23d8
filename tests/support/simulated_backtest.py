"""A backtest that was never run: simulated held-out forecasts, for tests of what is said of them."""

import numpy as np
import pandas as pd

from bayes_scaling._core.table import Table
from bayes_scaling.validation.backtest import _PERCENT, _classes
from bayes_scaling.validation.backtest_result import Backtest
from bayes_scaling.validation.scores import scored

FAR = (1.5, 1.7, 3.0, 4.5, 6.0, 7.0, 9.0, 12.0, 15.0, 28.0, 45.0)


def tried(far=FAR, outcomes=("loss_c4",), law="over_training", by="C", left=False):
    """Forecasts of runs at distances ``far`` on two corpora; the larger half of the distances from a smaller cutoff."""
    rng, many = np.random.default_rng(0), len(outcomes) > 1
    rows = [
        {"law": law, "method": "posterior", "dataset": corpus, "y": y, "origin": origin, "fit": f"{corpus} {y} {origin}", "ok": True, "train": 20, "run": f"{corpus} {x}", "extrapolation": x}
        for corpus in ("c4", "refinedweb") for y in outcomes for x in far for origin in [corpus if left else 6.6e19 if x > np.median(far) else 6.6e20]
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    truth = 2.5 + 0.3 * rng.random(len(table))
    draws = truth * np.exp(
        0.02 * rng.normal(size=len(table)) + 0.015 * rng.normal(size=(400, len(table)))
    )
    table = table.assign(
        distance=_classes(table["extrapolation"], np.array([2.0, 5.0, 10.0, 30.0])),
        measured=truth,
        **scored(draws, truth, np.zeros(draws.shape), rng),
    )
    table[list(_PERCENT)] = table[list(_PERCENT)].div(truth / 100, axis=0)
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
