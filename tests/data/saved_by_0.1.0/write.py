"""Write the files of this folder. They were written by bayes_scaling 0.1.0 and stay as they are."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

import bayes_scaling as bs

FOLDER = Path(__file__).parent
SMALL = {"draws": 40, "chains": 2, "warmup": 50}
PROBABILITIES = [0.05, 0.25, 0.5, 0.75, 0.95]


def of_draws(draws: np.ndarray) -> dict[str, list]:
    """Mean and quantiles over the first axis."""
    quantiles = np.quantile(draws, PROBABILITIES, axis=0)
    return {"mean": draws.mean(axis=0).tolist(), "quantiles": quantiles.tolist()}


def of_one(forecaster, targets: pd.DataFrame, parameters: dict[str, np.ndarray]) -> dict:
    """The curve at targets, and the law's parameters."""
    curve = of_draws(forecaster.draws(targets, of="mean"))
    return {"curve": curve, "parameters": {k: of_draws(v) for k, v in parameters.items()}}


def main() -> None:
    """Three fits of few draws, and their answers."""
    warnings.simplefilter("ignore")  # so few draws have not converged
    runs = bs.load_runs("gadre2024").query("N < 5e8").iloc[::4]
    runs = runs[["run", "dataset", "N", "D", "C", "M", "loss_c4"]]
    to = bs.targets(C=[1e21, 1e23], M=[20.0, 160.0])
    c4, noise = runs.query("dataset == 'c4'"), bs.Noise(df=None, grows=False)
    one = bs.fit("power_law_floor", c4, y="loss_c4", noise=noise, seed=1, **SMALL)
    pooled = bs.fit("power_law_floor", runs, y="loss_c4", group="dataset", seed=2, **SMALL)
    pooled = pooled.with_drift("dataset", {"c4": 0.01, "redpajama": 0.02})
    many = bs.fit_many("power_law_floor", runs, y="loss_c4", by="dataset", seed=3, **SMALL)
    groups = ["c4", "redpajama", "refinedweb"]
    names = one.law.names
    answers = {
        "fit": of_one(one, to, one.flat(*names)),
        "pooled": {g: of_one(pooled.group(g), to, pooled.published(g)) for g in groups},
        "many": {g: of_one(many[g], to, many[g].flat(*names)) for g in groups},
    }
    (FOLDER / "answers.json").write_text(json.dumps(answers, indent=1) + "\n")
    one.save(FOLDER / "fit.nc"), pooled.save(FOLDER / "pooled.nc"), many.save(FOLDER / "many.nc")


if __name__ == "__main__":
    main()
