"""Average downstream errors held out, through the loss: ``make bench``.

Runs of at most 411M parameters predict the errors of the three big runs of each of three corpora,
averaged over 17 and over 46 tasks: nine forecasts each. The loss on C4 is predicted by ``coupled``
and carried through ``perplexity_to_error``; beside it the error law alone, given the loss that was
measured. With the drift by default, which was learned from small runs held out of the others and
from a ladder, never from the big ones, and without; the count inside is a mean over seeds of the
noise. The nine had been evaluated with four sizes of the drift before its default was learned;
they did not set it."""

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd

import bayes_scaling as bs
from bayes_scaling.law.likelihoods.drift import describe_drift

LOSS, ERRORS, SEEDS = "loss_c4", ("error_17", "error_46"), range(10)
LAW = bs.find_law("perplexity_to_error")


def fitted():
    """{(corpus, error): (fit of the loss, fit of the error, big runs)}."""
    made = {}
    for corpus, part in bs.load_runs("gadre2024").groupby("dataset"):
        small = part[part["N"] < 5e8]
        loss = bs.fit("coupled", small, y=LOSS)
        for y in ERRORS:
            made[corpus, y] = (loss, bs.fit(LAW, small, y=y, L=LOSS), part[part["N"] > 1e9])
    return made


def scores(draws, truth):
    """One line a forecast: inside 90%, its width and the error of the median, in % of the truth."""
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95], axis=0)
    return pd.DataFrame(
        {
            "inside": (low <= truth) & (truth <= high),
            "width": (high - low) / truth * 100,
            "error": np.abs(middle / truth - 1) * 100,
        }
    )


def main():
    """Print the table."""
    warnings.simplefilter("ignore", bs.FitWarning)
    fits = fitted()
    print(
        f"\nNine errors of big runs; drift by default: {describe_drift(LAW)}; "
        f"mean over {len(SEEDS)} seeds of the noise\n"
    )
    print(
        "| error | forecast | drift | inside 90%, of 9 | mean width, % | mean error, % "
        "|\n|---|---|---|---|---|---|"
    )
    for y in ERRORS:
        for name in ("through the loss", "given the loss"):
            for label, drift in (("default", LAW.noise.drift), ("none", 0.0)):
                tables = []
                for loss, error, big in (parts for (_, of), parts in fits.items() if of == y):
                    own = replace(error, law=LAW.with_noise(replace(LAW.noise, drift=drift)))
                    for seed in SEEDS:
                        draws = (
                            bs.chain(loss, own).draws(big[["N", "D"]], seed=seed)
                            if name == "through the loss"
                            else own.draws(pd.DataFrame({"L": big[LOSS]}), seed=seed)
                        )
                        tables.append(scores(draws, big[y].to_numpy()))
                table = pd.concat(tables)
                print(
                    f"| {y} | {name} | {label} | {9 * table['inside'].mean():.1f} | "
                    f"{table['width'].mean():.1f} | {table['error'].mean():.1f} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
