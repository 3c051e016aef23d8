"""Held-out accuracy on the testbed: ``make bench``.

Runs of at most 411M parameters predict the loss of the three big runs of each of three corpora on
each of eight validation sets: 72 forecasts. Printed for each law, beside the authors' law as a
point fit and with a bootstrap of runs. Interval score (90%): width + 20 times the distance by
which the truth falls outside. Nothing here was learned from the targets: laws, priors and noise
are the package's defaults, and what they were learned from is printed (``testbeds.py`` prints how).
"""

import warnings
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
from scipy.optimize import least_squares

import bayes_scaling as bs
from bayes_scaling.analysis.law_weights import learn_weights
from bayes_scaling.law.likelihoods.drift import describe_drift

PROBS = (0.5, 0.8, 0.9, 0.95)
REFITS = 200
DRAWS = 4000  # a chain: the score then moves by up to 0.1 from seed to seed
LAWS = ("over_training", "chinchilla", "coupled")


def series():
    """(corpus, validation set, small runs, big runs) for the 24 series."""
    runs = bs.load_runs("gadre2024")
    sets = [c for c in runs.columns if c.startswith("loss_") and not c.endswith("_se")]
    for corpus, part in runs.groupby("dataset"):
        for y in sets:
            yield corpus, y, part[part["N"] < 5e8], part[part["N"] > 1e9]


def scores(draws, truth):
    """Percent scores of draws (draws, targets) against what was measured."""
    low, high = np.quantile(draws, [0.05, 0.95], axis=0)
    outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    made = {
        "error": np.abs(np.median(draws, axis=0) / truth - 1),
        "width": (high - low) / truth,
        "score": (high - low + 20 * outside) / truth,
    }
    for prob in PROBS:
        ends = np.quantile(draws, [(1 - prob) / 2, (1 + prob) / 2], axis=0)
        made[f"in {prob:.0%}"] = (ends[0] <= truth) & (truth <= ends[1])
    return pd.DataFrame(made) * 100


@cache
def fitted(law, corpus, y):
    """The package's own fit to the small runs of a corpus."""
    return bs.fit(
        law,
        next(small for other, of, small, _ in series() if (other, of) == (corpus, y)),
        y=y,
        draws=DRAWS,
    )


def by_law(law, **noise):
    """Draws of that fit; with other terms of the noise that enter forecasts alone, where given."""

    def draws(small, big, y):
        fit = fitted(law, small["dataset"].iloc[0], y)
        return replace(fit, law=fit.law.with_noise(replace(fit.law.noise, **noise))).draws(
            big[["N", "D"]]
        ), fit.diagnosis.ok

    return draws


@cache
def stacked():
    """Weights of the three laws, from the small runs of all series cut at shares of their
    compute."""
    long = pd.concat(
        [
            small[["N", "D", "C", "M"]].assign(dataset=corpus, set=y, loss=small[y])
            for corpus, y, small, _ in series()
        ]
    )
    return learn_weights(
        bs.backtest(LAWS, long, y="loss", group=["dataset", "set"], shares=(0.1, 0.3)), "stacking"
    )["weight"].to_dict()


def averaged(small, big, y):
    """The three laws' average."""
    made = bs.average(
        {law: fitted(law, small["dataset"].iloc[0], y) for law in LAWS}, weights=stacked()
    )
    return made.draws(big[["N", "D"]]), made.diagnosis.ok


def refit(x, loss, start=None):
    """The authors' law by least squares: log a, log b, E, eta."""

    def mean(p):
        return (
            p[2]
            + np.exp(p[0] - p[3] * np.log(x["C"] / x["M"]))
            + np.exp(p[1] - p[3] * np.log(x["C"] * x["M"]))
        )

    starts = (
        [start]
        if start is not None
        else [
            [np.log(a), np.log(1.5 * a), E * loss.min(), eta]
            for a in (50, 200)
            for E in (0.3, 0.6)
            for eta in (0.1, 0.15)
        ]
    )
    fits = [
        least_squares(
            lambda p: mean(p) - loss,
            s,
            bounds=([-20, -20, 0, 1e-3], [40, 40, loss.min(), 1.0]),
            x_scale=[1, 1, 0.3, 0.01],
        )
        for s in starts
    ]
    return min(fits, key=lambda f: f.cost).x


def predict(p, x):
    return (
        p[2]
        + np.exp(p[0] - p[3] * np.log(x["C"] / x["M"]))
        + np.exp(p[1] - p[3] * np.log(x["C"] * x["M"]))
    )


def bootstrap(small, big, y):
    """The authors' law refitted to resampled runs, with a resampled residual for the new run."""
    rng = np.random.default_rng(0)
    point = refit(small, small[y].to_numpy())
    residuals = np.log(small[y].to_numpy() / predict(point, small).to_numpy())
    draws = []
    for _ in range(REFITS):
        again = small.iloc[rng.integers(0, len(small), len(small))]
        draws.append(
            predict(
                refit(
                    again,
                    again[y].to_numpy(),
                    np.clip(point, [-19, -19, 1e-6, 2e-3], [39, 39, again[y].min() * 0.999, 0.99]),
                ),
                big,
            ).to_numpy()
        )
    return np.array(draws) * np.exp(rng.choice(residuals, np.shape(draws))), True


def point(small, big, y):
    """The authors' law, one number: an interval of no width."""
    return np.repeat(
        predict(refit(small, small[y].to_numpy()), big).to_numpy()[None], 2, axis=0
    ), True


def main():
    """Print the table."""
    warnings.simplefilter("ignore", bs.FitWarning)
    methods = {
        "over_training, posterior": by_law("over_training"),
        "chinchilla, posterior": by_law("chinchilla"),
        "coupled, posterior": by_law("coupled"),
        "coupled, posterior, no drift": by_law("coupled", drift=0),
        "average of the three, posterior": averaged,
        "over_training, bootstrap of runs": bootstrap,
        "over_training, point fit": point,
    }
    print(
        f"72 held-out losses; all figures in % of the truth; {REFITS} refits in the bootstrap; "
        "point fits have no interval"
    )
    print(f"the drift by default: {describe_drift(bs.find_law('coupled'))}\n")
    print(
        "| method | median error | mean error | 50% holds | 80% | 90% | 95% | mean width (90%) | "
        "mean interval score (90%) | not converged |\n|---|---|---|---|---|---|---|---|---|---|"
    )
    for name, method in methods.items():
        tables, bad = [], 0
        for _, y, small, big in series():
            draws, ok = method(small, big, y)
            bad += not ok
            tables.append(scores(draws, big[y].to_numpy()))
        table = pd.concat(tables)
        cells = [f"{table['error'].median():.2f}", f"{table['error'].mean():.2f}"]
        cells += (
            ["-"] * 5
            if name.endswith("point fit")
            else [f"{table[f'in {prob:.0%}'].mean():.0f}" for prob in PROBS]
            + [f"{table['width'].mean():.1f}"]
        )
        print(
            f"| {name} | {' | '.join(cells)} | {table['score'].mean():.1f} | "
            f"{f'{bad} of 24' if 'posterior' in name else '-'} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
