"""What held-out forecasts say of the drift beyond the data: ``python tests/bench/drift.py``, to be
read beside ``bayes_scaling.law.likelihoods.drift.LEARNED_SD``.

Every series is fitted to its runs up to a tenth and three tenths of its largest compute; the runs
beyond are scored. Of gadre2024 only runs of at most 411M parameters are used: the 72 forecasts of
``forecasts.py`` are of larger ones. Errors along the loss are cut at 0.67 and 0.8 of the largest
exp(-L), 0.4 and 0.2 nats above the lowest loss.

Evaluated before the default of errors stood: the same at 0.6, 0.75 and 0.85 (expected .066),
single tasks of the ladder (.047 alone), and then, once for each of 0, .04, .05 and .1, the three
big runs of three corpora: of 9 errors over 46 tasks 5, 6, 6 and 7 were inside 90% given the loss,
7, 7, 8 and 8 given its forecast; of 9 over 17 tasks all."""

import functools
import operator
import sys
import warnings

import pandas as pd

import bayes_scaling as bs
from bayes_scaling.analysis.learn_drift import learn_drift


def gadre():
    """24 series of the small runs: three corpora, eight validation sets."""
    runs = bs.load_runs("gadre2024").query("N < 5e8")
    sets = [c for c in runs.columns if c.startswith("loss_") and not c.endswith("_se")]
    return pd.concat(
        [runs[["dataset", "N", "D", "M", "C"]].assign(set=y, loss=runs[y]) for y in sets]
    ), ["dataset", "set"]


def porian():
    """Two corpora with tuned hyperparameters."""
    return bs.load_runs("porian2024").query("setting == 'tuned'"), ["dataset"]


def hoffmann():
    """Chinchilla's runs, less the five highest losses."""
    runs = bs.load_runs("hoffmann2022")
    return runs.nsmallest(240, "loss").assign(series="all"), ["series"]


def muennighoff():
    """Runs on data seen once."""
    runs = bs.load_runs("muennighoff2023").query("epochs <= 1 and tags == 'plain'")
    return runs.groupby(["N", "D", "C", "M"], as_index=False)["loss"].mean().assign(
        series="plain"
    ), ["series"]


def bhagia():
    """The ladder of small models, on eleven validation sets."""
    runs = bs.load_runs("bhagia2024").query("role == 'train'")
    sets = [c for c in runs.columns if c.startswith("loss_")]
    return pd.concat([runs[["N", "D", "M", "C"]].assign(set=y, loss=runs[y]) for y in sets]), [
        "set"
    ]


def errors_of_gadre():
    """Mean errors over 17 and 46 tasks, three corpora."""
    runs = bs.load_runs("gadre2024").query("N < 5e8")
    return pd.concat(
        [
            runs[["dataset"]].assign(L=runs["loss_c4"], tasks=y, error=runs[y])
            for y in ("error_17", "error_46")
        ]
    ), ["dataset", "tasks"]


def errors_of_bhagia():
    """The ladder's mean errors over all tasks, over MMLU, and over the others."""
    runs = bs.load_runs("bhagia2024").query("role == 'train'")
    every = [c for c in runs.columns if c.startswith("accuracy_")]
    parts = {
        "all": every,
        "mmlu": [c for c in every if "mmlu" in c],
        "others": [c for c in every if "mmlu" not in c],
    }
    return pd.concat(
        [
            pd.DataFrame(
                {"L": runs["loss_c4"], "tasks": name, "error": 1 - runs[columns].mean(axis=1)}
            )
            for name, columns in parts.items()
        ]
    ), ["tasks"]


SHOWN = (0.0025, 0.005, 0.01, 0.02, 0.04)
SOURCES = {
    "gadre2024": gadre,
    "porian2024": porian,
    "hoffmann2022": hoffmann,
    "muennighoff2023": muennighoff,
    "bhagia2024": bhagia,
}
ERRORS = {"gadre2024": errors_of_gadre, "bhagia2024": errors_of_bhagia}


def main(laws):
    warnings.simplefilter("ignore")
    print(
        "Mean log density of held-out outcomes above that without a drift; each source counts "
        "once.\n"
    )
    print(
        "| law | source | series | outcomes | best gamma | expected | "
        f"{' | '.join(f'at {gamma:g}' for gamma in SHOWN)} "
        f"|\n|---|---|---|---|---|---|{'---|' * len(SHOWN)}"
    )
    for law in laws:
        of_errors = law == "perplexity_to_error"
        sources, options = (ERRORS, {"cuts": (0.67, 0.8), "L": "L"}) if of_errors else (SOURCES, {})
        learned = {}
        for name, make in sources.items():
            runs, by = make()
            learned[name] = learn_drift(
                law, runs, "error" if of_errors else "loss", by=by, source=name, **options
            )
            row(law, name, learned[name])
        for left in (None, *sources):
            row(
                law,
                f"all but {left}" if left else "all",
                functools.reduce(
                    operator.add, (part for name, part in learned.items() if name != left)
                ),
            )


def row(law, name, made):
    series, outcomes = map(sum, zip(*made.counts.values()))
    print(
        f"| {law} | {name} | {series} | {outcomes} | {made.gamma:.4f} | {made.expected:.4f} | "
        f"{' | '.join(f'{made.gain(gamma):+.3f}' for gamma in SHOWN)} |",
        flush=True,
    )


if __name__ == "__main__":
    main(sys.argv[1:] or ["coupled", "chinchilla", "over_training", "perplexity_to_error"])
