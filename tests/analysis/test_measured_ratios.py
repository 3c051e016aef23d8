"""Ratios of runs that were trained, from fits of small runs: what the intervals of compare hold."""

import numpy as np
import pandas as pd
import pytest

import bayes_scaling as bs
from bayes_scaling._core.random_streams import Stream, generator

LARGE = bs.targets(N=[1.439795e9, 6.889411e9], M=[20.0, 20.0])


def measured_ratios(gadre, law, y):
    """Ratios of the contrasts of new runs and of curves beside the measured ones."""
    fits = bs.fit_many(law, gadre.query("N < 5e8").dropna(subset=[y]), y=y, by="dataset", seed=1)
    rows = []
    for of in ("run", "mean"):
        for row in bs.compare(fits, at=LARGE, of=of).forecasts.to_dict("records"):
            near = gadre[np.isclose(gadre["N"], row["N"], rtol=0.01)]
            near = near[np.isclose(near["M"], 20.0, rtol=0.05)].set_index("dataset")[y]
            if {row["group"], row["reference"]} <= set(near.index):
                ratio = near[row["group"]] / near[row["reference"]]
                inside = row["ratio_lower"] <= ratio <= row["ratio_upper"]
                rows.append({"of": of, "inside": inside})
    return rows


@pytest.mark.long
@pytest.mark.parametrize("law", ["over_training", "coupled"])
def test_intervals_of_new_runs_hold_measured_ratios_and_those_of_curves_do_not(gadre, law):
    """Three corpora and eight validation sets, at 1.4B and 6.9B parameters: 48 ratios."""
    losses = [name for name in gadre if name.startswith("loss_") and not name.endswith("_se")]
    rows = pd.DataFrame([row for y in losses for row in measured_ratios(gadre, law, y)])
    held = rows.groupby("of")["inside"].agg(["mean", "size"])
    assert held["size"].tolist() == [48, 48]
    assert held.loc["run", "mean"] >= 0.8 and held.loc["mean", "mean"] < held.loc["run", "mean"]


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::bayes_scaling._core.errors.FitWarning")
def test_a_mean_over_validation_sets_holds_because_a_run_drifts_once(gadre):
    """The mean loss of eight sets at nine large runs; with a drift for each set it is too sure."""
    sets = [name for name in gadre if name.startswith("loss_") and not name.endswith("_se")]
    runs = gadre.melt(["dataset", "N", "D", "M", "C"], sets, "set", "loss").dropna()
    by = ["dataset", "set"]
    fit = bs.fit("over_training", runs.query("N < 5e8"), y="loss", group=by, draws=500)
    shuffle = generator(Stream.SIMULATED_TABLE, 5)
    held, widths = [], []
    for run in gadre.query("N > 5e8").to_dict("records"):
        to = bs.targets(N=[run["N"]], D=[run["D"]])
        parts = [fit.group((run["dataset"], name)) for name in sets]
        joint = bs.average_outcomes(parts).draws(to)[:, 0]
        apart = np.mean([shuffle.permutation(part.draws(to)[:, 0]) for part in parts], axis=0)
        low, high = np.quantile([joint, apart], [0.05, 0.95], axis=1)
        held.append(low[0] <= np.mean([run[name] for name in sets]) <= high[0])
        widths.append(high - low)
    assert len(held) == 9 and sum(held) >= 7
    assert np.mean([one / other for one, other in widths]) > 1.3
