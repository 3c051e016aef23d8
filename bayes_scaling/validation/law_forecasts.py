"""The forecasts of one law in a backtest: fits of all training tables, and scores by method."""

import warnings
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError, RunsWarning
from bayes_scaling._core.messages import plural
from bayes_scaling._core.progress import status
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling.inference.design import conditioned, measured, padded
from bayes_scaling.inference.held_out import forecast_held_out
from bayes_scaling.law.law import Law
from bayes_scaling.results.fit_many import fit_many
from bayes_scaling.results.fits import Fits
from bayes_scaling.validation.backtest_runs import BacktestRuns
from bayes_scaling.validation.baselines import baseline_forecasts
from bayes_scaling.validation.needed_drift import distance_beyond, needed_drift
from bayes_scaling.validation.scores import score_forecast
from bayes_scaling.validation.splits import Split

Row = dict[str, Any]


class LawForecasts(NamedTuple):
    """What one law adds to a backtest.

    Parameters
    ----------
    forecasts : list of pandas.DataFrame
        The scored forecasts of each fit.
    fits : list of dict
        One row a fit.
    skipped : list of dict
        One row for each split that could not be fitted.
    """

    forecasts: list[pd.DataFrame]
    fits: list[Row]
    skipped: list[Row]


def forecast_splits(
    label: str,
    law: Law,
    runs: BacktestRuns,
    splits: list[Split],
    sampling: dict[str, Any],
    baselines: tuple[str, ...],
    refits: int,
) -> LawForecasts:
    """Fit one law to every training table, and score its forecasts by method and split.

    Parameters
    ----------
    label : str
        Label of the law.
    law : Law
        The law.
    runs : BacktestRuns
        The table.
    splits : list of Split
        The splits, of which those with too few runs for this law are skipped.
    sampling : dict
        Options of ``fit_many``.
    baselines : tuple of str
        "point", "bootstrap" or both.
    refits : int
        Number of resamples of the bootstrap; 0 makes none.

    Returns
    -------
    LawForecasts
    """
    large_enough, skipped = _large_enough(label, law, runs, splits)
    data = measured(law, runs.table, runs.y, runs.se, runs.columns_of(law))
    fits, designs = _fit_tables(label, law, runs, large_enough, sampling)
    for name, reason in fits.skipped.items():
        split = large_enough[name]
        skipped.append(runs.skipped_row(label, split.series, split.origin, reason))
    refs = [design["ref"] for design in designs]
    chosen = [large_enough[name] for name in fits.groups]
    scorer = _Scorer(label, fits, chosen, runs, data, refs)
    tests = [split.test for split in scorer.splits]
    status("forecasts of held-out runs")
    scored = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RunsWarning)  # the fits have warned of these tables
        # the protocol's attributes are writable, those of a frozen dataclass are not
        forecasts = forecast_held_out(fits, tests, data, refs)  # pyright: ignore[reportArgumentType]
        for i, draws, log_density in forecasts:
            scored["posterior", i] = scorer.score(i, "posterior", draws, log_density)
    if baselines:
        status("baselines")
        for i, predictions in baseline_forecasts(law, designs, tests, data, fits.seeds, refits):
            for method in baselines:
                scored[method, i] = scorer.score(i, method, *predictions[method])
    ordered = [scored[method, i] for method in ("posterior", *baselines) for i in range(len(tests))]
    return LawForecasts([rows for rows, _ in ordered], [fit for _, fit in ordered], skipped)


def _large_enough(
    label: str, law: Law, runs: BacktestRuns, splits: list[Split]
) -> tuple[dict[str, Split], list[Row]]:
    """Splits with as many runs as parameters by name, and one row for each of the others."""
    large_enough, skipped = {}, []
    for split in splits:
        if len(split.train) >= len(law.parameters):
            large_enough[split.name] = split
            continue
        reason = f"{plural(len(split.train), 'run')} for {plural(len(law.parameters), 'parameter')}"
        skipped.append(runs.skipped_row(label, split.series, split.origin, reason))
    return large_enough, skipped


def _fit_tables(
    label: str,
    law: Law,
    runs: BacktestRuns,
    splits: dict[str, Split],
    sampling: dict[str, Any],
) -> tuple[Fits, list[dict[str, Any]]]:
    """Fits of the training tables, and the padded data of each."""
    counts = [len(split.train) for split in splits.values()]
    length = max(sampling["length"], *counts)  # one for all, so that they share a compilation
    training = runs.table.iloc[np.concatenate([split.train for split in splits.values()])]
    training = training.assign(split=np.repeat(list(splits), counts))
    columns = runs.columns_of(law)
    with warnings.catch_warnings():
        # .skipped lists what is left out; that M never varies in a training table is expected
        warnings.simplefilter("ignore", RunsWarning)
        options = sampling | {"length": length, "on_error": "skip", "se": runs.se}
        try:
            fits = fit_many(law, training, runs.y, by="split", **options, **columns)
        except InputError as error:
            raise InputError(f"{label}: {error}") from None
        designs = [
            padded(conditioned(law, table, runs.y, runs.se, columns), length)
            for table in fits.tables
        ]
    return fits, designs


@dataclass(frozen=True, eq=False)
class _Scorer:
    """Scores the forecasts of one law's fits; ``splits`` are in the order of the fits."""

    label: str
    fits: Fits
    splits: list[Split]
    runs: BacktestRuns
    data: dict[str, Any]
    refs: list[dict[str, Any]]

    def score(
        self, i: int, method: str, draws: np.ndarray, log_density: np.ndarray
    ) -> tuple[pd.DataFrame, Row]:
        """The scored forecasts of fit ``i``, one row a run, and a row for the fit."""
        split = self.splits[i]
        fit = {
            "law": self.label,
            "method": method,
            **dict(zip(self.runs.group, split.series)),
            "origin": split.origin,
            "fit": f"{self.label} {method} {split.name}",
            "train": len(split.train),
            "ok": bool(self.fits.health["ok"].iloc[i]) if method == "posterior" else True,
        }
        observed = self.data["y"][split.test]
        rng = generator(Stream.HELD_OUT_SCORE, self.fits.seeds[i], method)
        law, x = self.fits.law, self.data["x"]
        beyond = distance_beyond(law, x, split.train, split.test)
        drift = self.fits.drift_of(i) if method == "posterior" else None  # a baseline has none
        known = drift.typical if drift else 0.0
        rows = {
            **fit,
            "run": self.runs.table["run"].to_numpy()[split.test],
            "extrapolation": split.extrapolation,
            "below": split.below,
            "beyond": beyond,
            "measured": observed,
            **score_forecast(draws, observed, log_density, rng),
            "drift": needed_drift(law, draws, observed, beyond, known=known),
        }
        return pd.DataFrame(rows), fit
