"""Farseer's published tests with the coupled law: ``python tests/bench/farseer.py``.

The 404 runs of Farseer (arXiv 2506.10972; four are listed twice) and seven far ones, in bits per
character. The tests are those of arXiv 2608.07222, whose mean absolute percentage errors stand
beside ours. Where the source's cut is not known to us, it was set before anything was scored:

    interpolation   every fifth run by compute is held out
    larger N        the quarter of the runs with the largest N is held out
    larger D        the quarter with the largest D
    far             all runs are fitted, the seven far ones are predicted
    fixed D/N       the eight largest computes of the 14 ratios D/N with the most runs: 112 runs
    L-shaped        the smallest sizes, and the shortest runs of each size, as many of both as a
                    tenth of the compute pays for; predicted: all other runs, and the far ones

Fits are of the registry's law with its own priors, once each: with its default noise and drift, and
with the package's remedy for a law that is only approximately right, a smooth discrepancy along
compute (Normal noise, Matern). Forecasts are of new runs, the error is that of their median, and an
interval is of 90%. The default drift was learned on other tables.

The discrepancy was added after the first scores: with the default noise the verdict on three of
these fits is a caution (residuals with a pattern), and 50% of the runs of fixed D/N and 23% of the
rest of the L-shaped grid lay inside.

When this was written (mean error in percent, default and smooth; inside 90%): interpolation .20 and
.15 (92%, 88%); larger N .32 and .34 (81%, 80%); larger D .48 and .38 (97%, 98%); far .23 and .51
(both 100%); fixed D/N .53 and .12 (51%, 98%); the rest of the L-shaped grid .94 and .39 (22%, 56%);
far from it 3.50 and .44 (0%, 100%). With the discrepancy every error is below the published coupled
row's; without it that of the L-shaped grid's far runs is above. The discrepancy is one of compute:
between the arms of an L the law is off in another direction, and these intervals are too narrow.
"""

import argparse
import warnings

import numpy as np
from measure import table, timed

import bayes_scaling as bs

# mean absolute percentage errors of Chinchilla's law and the coupled law, arXiv 2608.07222
PUBLISHED = {
    "interpolation": (0.77, 0.41),
    "larger N": (1.48, 0.47),
    "larger D": (1.98, 0.88),
    "far": (2.46, 2.31),
    "fixed D/N": (2.34, 0.60),
    "L-shaped, the rest": (None, None),
    "L-shaped, far": (9.82, 1.51),
}


def splits(runs, far):
    """{test: (runs to fit, runs to predict)}."""

    def held(mask):
        return runs[~mask], runs[mask]

    compute = (runs["N"] * runs["D"]).to_numpy()
    order = np.empty(len(runs), int)
    order[np.argsort(compute, kind="stable")] = np.arange(len(runs))
    ratio = np.round(2 * np.log2(runs["D"] / runs["N"])).astype(int)
    most = ratio.value_counts().sort_values(ascending=False, kind="stable").index[:14]
    top = np.zeros(len(runs), bool)
    for one in most:
        at = np.flatnonzero(ratio == one)
        top[at[np.argsort(compute[at], kind="stable")[-8:]]] = True
    ell = l_shaped(runs, compute)
    return {
        "interpolation": held(order % 5 == 2),
        "larger N": held((runs["N"] > runs["N"].quantile(0.75)).to_numpy()),
        "larger D": held((runs["D"] > runs["D"].quantile(0.75)).to_numpy()),
        "far": (runs, far),
        "fixed D/N": held(top),
        "L-shaped, the rest": held(~ell),
        "L-shaped, far": (runs[ell], far),
    }


def l_shaped(runs, compute):
    """Whether each run is on the largest L-shaped grid that a tenth of the compute pays for."""
    size = runs["N"].rank(method="dense")
    length = runs.groupby("N")["D"].rank(method="dense")
    best = None
    for arm in range(1, 26):
        chosen = ((size <= arm) | (length <= arm)).to_numpy()
        if compute[chosen].sum() <= compute.sum() / 10:
            best = chosen
    return best


NOISES = {"default": None, "smooth": bs.Noise(df=None, smooth="matern")}


def score(runs, targets, law, noise, draws):
    """Mean and median absolute percentage error of the median, and the fraction inside 90%."""
    fit = bs.fit(law, runs, y="bits_per_character", noise=NOISES[noise], chains=2, draws=draws)
    forecast = fit.forecast(targets)
    y = targets["bits_per_character"].to_numpy()
    error = 100 * np.abs(forecast["median"].to_numpy() / y - 1)
    inside = (forecast["lower"].to_numpy() < y) & (y < forecast["upper"].to_numpy())
    width = 100 * ((forecast["upper"] - forecast["lower"]) / y).median()
    return error.mean(), np.median(error), inside, width


def main():
    parser = argparse.ArgumentParser(description="Farseer's published tests.")
    parser.add_argument("--draws", type=int, default=500, help="draws of each of two chains")
    parser.add_argument("--law", default="coupled")
    parser.add_argument("--noises", nargs="*", default=list(NOISES), choices=list(NOISES))
    given = parser.parse_args()
    runs = bs.load_runs("li2026_farseer").rename(columns={"loss": "bits_per_character"})
    fitted, far = (runs[runs["role"] == role].reset_index(drop=True) for role in ("train", "test"))
    rows, held = [], {noise: [] for noise in given.noises}
    for name, (train, targets) in splits(fitted, far).items():
        for noise in given.noises:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # verdicts of single fits are not what is scored
                made, busy, _ = timed(score, train, targets, given.law, noise, given.draws)
            mean, middle, inside, width = made
            held[noise].append(inside)
            rows.append(
                [name, noise, len(train), len(targets), mean, middle, f"{inside.mean():.1%}", width]
                + [busy, *PUBLISHED[name]]
            )
            print(*rows[-1], flush=True)
    table(
        f"Farseer's tests, {given.law}: absolute percentage errors, fraction inside 90%, width of "
        "the intervals in percent",
        ("test", "noise", "fitted", "held out", "mean error", "median error", "inside 90%", "width")
        + ("CPU s", "published Chinchilla", "published coupled"),
        rows,
    )
    for noise, inside in held.items():
        print(f"inside 90%, all tests, {noise}: {np.concatenate(inside).mean():.1%}")


if __name__ == "__main__":
    main()
