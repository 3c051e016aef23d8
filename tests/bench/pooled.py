"""What pooling earns on held-out losses: ``make bench``.

One model of three corpora on eight validation sets, beside a fit of each of the 24 series alone: the same law, noise and
priors, the same 72 held-out losses as in ``forecasts``. Interval score (90%): width + 20 times the distance by which the
truth falls outside. Nothing here was learned from the targets.
"""

import warnings

import pandas as pd
from forecasts import PROBS, scores, series
from measure import timed

import bayes_scaling as bs
from bayes_scaling.showcase import paper_points

LAW = "over_training"


def five(small):
    """The runs that the paper fits: every small size at M = 20, the smallest also at M = 320."""
    return paper_points(small["dataset"].iloc[0])[0]


def crossed(chosen):
    """(scores of the 72 forecasts, CPU s, greatest R-hat, fits that have not converged) of one model of every series."""
    parts = [(corpus, y, chosen(small), big) for corpus, y, small, big in series()]
    tables = [pd.concat([part[["N", "D"]].assign(dataset=corpus, set=y, loss=part[y]) for corpus, y, *both in parts for part in [both[i]]], ignore_index=True) for i in (0, 1)]
    fit, spent, _ = timed(bs.fit, LAW, tables[0], y="loss", group=["dataset", "set"])
    draws = fit.draws(tables[1].drop(columns="loss"))
    return scores(draws, tables[1]["loss"].to_numpy()), spent, fit.diagnosis.numbers["rhat"], int(not fit.diagnosis.ok)


def separate(chosen):
    """The same of a fit of each series."""
    made, bad, rhat, spent = [], 0, 0.0, 0.0
    for _, y, small, big in series():
        fit, busy, _ = timed(bs.fit, LAW, chosen(small), y=y)
        made.append(scores(fit.draws(big[["N", "D"]]), big[y].to_numpy()))
        bad, rhat, spent = bad + (not fit.diagnosis.ok), max(rhat, fit.diagnosis.numbers["rhat"]), spent + busy
    return pd.concat(made), spent, rhat, bad


def main():
    """Print the table."""
    warnings.simplefilter("ignore", bs.FitWarning)
    print(f"\n72 held-out losses by {LAW}; all figures but the last three in % of the truth\n")
    print("| training runs | fits | median error | mean error | 50% holds | 80% | 90% | 95% | mean width (90%) | mean interval score (90%) | greatest R-hat | not converged | CPU s |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|")
    for runs, chosen in (("the paper's five a corpus", five), ("all of at most 411M", lambda small: small)):
        for name, method in (("one crossed", crossed), ("24 separate", separate)):
            table, spent, rhat, bad = method(chosen)
            cells = [f"{table['error'].median():.2f}", f"{table['error'].mean():.2f}", *(f"{table[f'in {prob:.0%}'].mean():.0f}" for prob in PROBS)]
            print(f"| {runs} | {name} | {' | '.join(cells)} | {table['width'].mean():.1f} | {table['score'].mean():.1f} | {rhat:.3f} | {bad} | {spent:.0f} |", flush=True)


if __name__ == "__main__":
    main()
