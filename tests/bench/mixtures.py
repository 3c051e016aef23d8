"""Mixtures of seven domains at 680M from smaller models: ``python tests/bench/mixtures.py``.

shukor2025, runs of 5e9 tokens and more: the additive law is fitted to every third checkpoint of the
models up to 310M, on each of the eight targets, and scored on all checkpoints at 680M. The rule was
fixed on four of the targets. Then the best mixture for all training domains alike, as a posterior.
"""

import argparse
import warnings

import numpy as np
from measure import table, timed

import bayes_scaling as bs
from bayes_scaling.models.mixture_additive import mixture_additive


def fit_target(runs, domains, target, draws):
    """The fit to one target's losses, and (error, inside 90%) on each run at 680M."""
    small, large = runs.query("N < 4e8").iloc[::3], runs.query("N == 6.8e8")
    fit = bs.fit(mixture_additive(domains), small, y=f"loss_{target}", chains=2, draws=draws)
    observed = large[f"loss_{target}"].to_numpy()
    error = np.median(fit.draws(large, of="mean"), axis=0) / observed - 1
    lower, upper = np.quantile(fit.draws(large), [0.05, 0.95], axis=0)
    return fit, error, (lower < observed) & (observed < upper)


def main():
    parser = argparse.ArgumentParser(description="Mixtures at 680M from smaller models.")
    parser.add_argument("--draws", type=int, default=200, help="draws of each of two chains")
    given = parser.parse_args()
    runs = bs.load_runs("shukor2025").query("D >= 5e9")
    domains = [name.removeprefix("w_") for name in runs if name.startswith("w_")]
    rows, fits = [], {}
    for target in (*domains, "openhermes"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # verdicts of single fits are not what is scored
            (fit, error, inside), busy, _ = timed(fit_target, runs, domains, target, given.draws)
        fits[target] = fit
        rows.append(
            [target, len(error), f"{np.abs(error).mean():.2%}", f"{error.mean():+.2%}"]
            + [f"{np.abs(error).max():.2%}", f"{inside.mean():.0%}", busy]
        )
        print(*rows[-1], flush=True)
    table(
        "680M from models up to 310M: relative error of the curve, fraction inside 90%",
        ("target", "runs", "mean |error|", "mean error", "largest", "inside 90%", "CPU s"),
        rows,
    )
    best = bs.plan.best_mixture({name: fits[name] for name in domains})
    print(best, best.choice.round(3).to_string(), sep="\n")


if __name__ == "__main__":
    main()
