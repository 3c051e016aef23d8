"""Held-out forecasts of every bundled table of losses, each from the other sources alone.

    python tests/bench/testbeds.py [--sources NAME ...] [--keep FILE] [--write]

The rules that make tables into tasks stand in ``testbed/tables.py`` and ``testbed/tasks.py``. Every
source is forecast with a drift that was learned from the others; the last line prints the
population that all sources imply, which is the package's default
(``bayes_scaling.law.likelihoods.drift.LEARNED``). ``--write`` writes what the intervals covered by
how far beyond the runs they reached to ``data/coverage_by_reach.csv``, which forecasts quote.
"""

import argparse
import pickle
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from testbed.baselines import baseline_draws
from testbed.forecasts import Posteriors, posteriors
from testbed.learning import learn, log_densities
from testbed.one_scale import along_compute, along_loss, tasks_along
from testbed.reach import by_reach, compute_factors
from testbed.scores import by_kind, by_source, over_all, scores
from testbed.tables import all_series
from testbed.tasks import all_tasks

import bayes_scaling as bs
from bayes_scaling.law.likelihoods.drift import LEARNED
from bayes_scaling.law.likelihoods.learned_drift import LearnedDrift, OwnRuns

BASE = LEARNED["loss", ("N", "D"), "log"].base
LABELS = ["source", "task", "kind", "factor"]
COVERAGE = Path(__file__).parents[2] / "data" / "coverage_by_reach.csv"


def draws_with(made: Posteriors, drift: LearnedDrift | float, use_own: bool = True) -> np.ndarray:
    """Draws of every held-out run, (runs, draws), with a drift."""
    rng, runs = np.random.default_rng(0), made.runs
    size = np.zeros(made.center.shape)
    for task, rows in runs.groupby("task").indices.items():
        count = made.center.shape[1]
        if isinstance(drift, LearnedDrift):
            own = _on_grid(made.own[task], made.grid, drift.grid) if use_own else None
            size[rows] = drift.draw(rng, count, own) * runs["unit"].iloc[rows[0]]
        else:
            size[rows] = drift
    sd = np.hypot(made.sd, size * runs["distance"].to_numpy()[:, None])
    noise = bs.find_law(runs["law"].iloc[0]).noise  # all laws of a table have one link
    return noise.backward(made.center + sd * rng.standard_normal(sd.shape))


def _on_grid(own: OwnRuns | None, grid: np.ndarray, new: np.ndarray) -> OwnRuns | None:
    """What a table's own runs say, at other values of g."""
    if own is None:
        return None
    return OwnRuns(np.interp(np.log(new), np.log(grid), own.log_density), own.count)


def leave_one_source_out(
    made: Posteriors, logs: np.ndarray, use_own: bool = True, base: float | None = BASE
) -> pd.DataFrame:
    """Scores of every source with the drift that the others imply."""
    parts = []
    for source in made.runs["source"].unique():
        here = (made.runs["source"] == source).to_numpy()
        drift = learn(made.runs[~here].reset_index(drop=True), logs[:, ~here], base)
        one = Posteriors(
            made.runs[here].reset_index(drop=True),
            made.center[here],
            made.sd[here],
            made.own,
            made.grid,
        )
        parts.append(_scored(one.runs, draws_with(one, drift, use_own)))
    return pd.concat(parts, ignore_index=True)


def _scored(runs: pd.DataFrame, draws: np.ndarray) -> pd.DataFrame:
    return pd.concat([runs[LABELS], scores(draws, runs["y"].to_numpy())], axis=1)


def main() -> None:
    """Fit, learn, score and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sources", nargs="*", help="these alone")
    parser.add_argument("--keep", help="file in which posteriors are kept between calls")
    parser.add_argument("--write", action="store_true", help=f"write data/{COVERAGE.name}")
    options, began = parser.parse_args(), time.process_time()
    series = all_series()
    if options.sources:
        series = series[series["source"].isin(options.sources)]
    train, held = all_tasks(series)
    held["factor"] = compute_factors(held, train)
    kept = Path(options.keep) if options.keep else None
    if kept and kept.exists():
        made = pickle.loads(kept.read_bytes())
    else:
        made = posteriors(train, held)
        if kept:
            kept.write_bytes(pickle.dumps(made))
    print(f"{len(made.runs)} forecasts of {made.runs['task'].nunique()} tasks")
    logs = log_densities(made)
    default = leave_one_source_out(made, logs)
    methods = {
        "default": default,
        "without own runs": leave_one_source_out(made, logs, use_own=False),
        "0.010 for all": _scored(made.runs, draws_with(made, 0.010)),
        "no drift": _scored(made.runs, draws_with(made, 0.0)),
    }
    for name, runs, draws in baseline_draws(train, held):
        methods[name] = _scored(runs, draws)
    table = pd.DataFrame({name: over_all(rows) for name, rows in methods.items()}).T
    pd.set_option("display.width", 160, "display.max_columns", 20)
    print("\nMean over sources (se: of in90, over sources):", table.round(2), sep="\n")
    print("\nBy source, default:", by_source(default).round(1), sep="\n")
    print("\nBy kind of task, default:", by_kind(default).round(1), sep="\n")
    everything = learn(made.runs, logs, BASE)
    print(f"\nAll sources imply {everything}; {time.process_time() - began:.0f} CPU s")
    coverage = [by_reach(default, "loss")]
    if not options.sources:
        one_coordinate("C", along_compute(), "power_law_floor", BASE)
        errors = one_coordinate("L", along_loss(), "perplexity_to_error", None)
        coverage.append(by_reach(errors, "error"))
    reached = pd.concat(coverage, ignore_index=True)
    print("\nBy compute over that of the runs, default:", reached, sep="\n")
    if options.write:
        reached.to_csv(COVERAGE, index=False)
    print(f"\n{time.process_time() - began:.0f} CPU s in all")


def one_coordinate(column: str, series: pd.DataFrame, law: str, base: float | None) -> pd.DataFrame:
    """Score and learn the drift of laws along one coordinate; the scores of the default."""
    train, held = tasks_along(series, column)
    held["factor"] = compute_factors(held, train)
    made = posteriors(train, held, law, (column,))
    logs = log_densities(made)
    default = leave_one_source_out(made, logs, base=base)
    table = pd.DataFrame(
        {
            "default": over_all(default),
            "no drift": over_all(_scored(made.runs, draws_with(made, 0.0))),
        }
    ).T
    print(f"\n{law} along {column}, {len(made.runs)} forecasts:", table.round(2), sep="\n")
    print("All sources imply", learn(made.runs, logs, base))
    return default


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
