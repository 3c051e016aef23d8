"""What held-out forecasts say of the drift beyond the data: ``python tests/bench/drift.py``, to be read beside ``bayes_scaling.drift.LEARNED``.

Every series is fitted to its runs up to a tenth and three tenths of its largest compute; the runs beyond are scored.
Of gadre2024 only runs of at most 411M parameters are used: the 72 forecasts of ``forecasts.py`` are of larger ones.
"""

import functools
import operator
import sys
import warnings

import pandas as pd

import bayes_scaling as bs
from bayes_scaling.drift import learn_drift


def gadre():
    """24 series of the small runs: three corpora, eight validation sets."""
    runs = bs.load_runs("gadre2024").query("N < 5e8")
    sets = [c for c in runs.columns if c.startswith("loss_") and not c.endswith("_se")]
    return pd.concat([runs[["dataset", "N", "D", "M", "C"]].assign(set=y, loss=runs[y]) for y in sets]), ["dataset", "set"]


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
    return runs.groupby(["N", "D", "C", "M"], as_index=False)["loss"].mean().assign(series="plain"), ["series"]


def bhagia():
    """The ladder of small models, on eleven validation sets."""
    runs = bs.load_runs("bhagia2024").query("role == 'train'")
    sets = [c for c in runs.columns if c.startswith("loss_")]
    return pd.concat([runs[["N", "D", "M", "C"]].assign(set=y, loss=runs[y]) for y in sets]), ["set"]


SHOWN = (0.0025, 0.005, 0.01, 0.02, 0.04)
SOURCES = {"gadre2024": gadre, "porian2024": porian, "hoffmann2022": hoffmann, "muennighoff2023": muennighoff, "bhagia2024": bhagia}


def main(laws):
    warnings.simplefilter("ignore")
    print("Mean log density of held-out outcomes above that without a drift; each source counts once.\n")
    print(f"| law | source | series | outcomes | best gamma | expected | {' | '.join(f'at {gamma:g}' for gamma in SHOWN)} |\n|---|---|---|---|---|---|{'---|' * len(SHOWN)}")
    for law in laws:
        learned = {}
        for name, make in SOURCES.items():
            runs, by = make()
            learned[name] = learn_drift(law, runs, "loss", by=by, source=name)
            row(law, name, learned[name])
        for left in (None, *SOURCES):
            row(law, f"all but {left}" if left else "all", functools.reduce(operator.add, (part for name, part in learned.items() if name != left)))


def row(law, name, made):
    series, outcomes = map(sum, zip(*made.counts.values()))
    print(f"| {law} | {name} | {series} | {outcomes} | {made.gamma:.4f} | {made.expected:.4f} | {' | '.join(f'{made.gain(gamma):+.3f}' for gamma in SHOWN)} |", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or ["coupled", "chinchilla", "over_training"])
