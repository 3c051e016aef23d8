r"""How far a law drifts in extrapolation, learned from held-out forecasts of other curves or runs.

Beyond the training runs the true curve leaves the law's forecast with a random slope, on the
link's scale: the predictive variance is that of the posterior plus :math:`(\gamma h)^2`, with h the
distance to the hull of the runs. The training runs cannot inform gamma; runs that are held out of
other tables can. The target plays no part. One gamma is learned for all series; the defaults of
``Noise(drift=None)`` are populations of it: see ``bayes_scaling.law.likelihoods.drift``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.errors import InputError
from bayes_scaling.analysis.learned_drift import Drift, log_densities
from bayes_scaling.inference.design import conditioned
from bayes_scaling.law.law import Law
from bayes_scaling.law.likelihoods.base import Likelihood
from bayes_scaling.law.likelihoods.noise import Noise
from bayes_scaling.results.adapt_law import adapt_law, load_table
from bayes_scaling.results.fit_many import fit_many
from bayes_scaling.results.fits import Fits
from bayes_scaling.runs.columns import check_present
from bayes_scaling.runs.load import load_given

type HeldOut = tuple[dict[str, np.ndarray], np.ndarray]  # inputs, and outcomes on the link's scale


def learn_drift(
    law: Law | str,
    runs: Any,
    y: str | None = None,
    *,
    by: str | Sequence[str],
    cuts: Sequence[float] = (0.1, 0.3),
    source: str = "these runs",
    noise: Likelihood | None = None,
    priors: dict[str, Any] | None = None,
    draws: int = 500,
    seed: int = 0,
    **columns: Any,
) -> Drift:
    """Learn the drift's sd, gamma, from leave-future-out forecasts.

    Each series is fitted up to a fraction of its largest scale, and the larger runs are predicted.

    Parameters
    ----------
    law, runs, y, priors, noise, draws, seed, **columns : see ``fit_many``
        The drift of ``noise`` plays no part.
    by : str or sequence of str
        Columns that identify the series; no series may be the target's.
    cuts : sequence of float
        Fractions of a series' largest scale up to which runs are fitted, one fit each. The scale
        of a law along the loss is exp(-L): cuts of 0.67 and 0.8 lie 0.4 and 0.2 nats above the
        lowest loss.
    source : str
        Name of the runs, where several Drifts are added.

    Returns
    -------
    Drift
        Give its ``expected``, or the best value, ``gamma``, as ``Noise(drift=...)``.

    Raises
    ------
    InputError
        If the law has no scale or its likelihood is no Noise, a cut is not between 0 and 1, or no
        series has enough runs below a cut.
    """
    law = adapt_law(law, noise, priors)
    _check(law, cuts)
    table, columns = load_table(load_given(runs), columns)
    y = law.outcome if y is None else y
    series_columns = [by] if isinstance(by, str) else list(by)
    for column in series_columns:
        check_present(table, column, "name the series")
    split = _Split()
    for key, part in table.groupby(series_columns, sort=False):
        series = tuple(value.item() if isinstance(value, np.generic) else value for value in key)
        split.add(law, series, part, y, cuts, columns)
    if not split.held_out:
        raise InputError(
            f"no series can be held out: {next(iter(split.skipped.values()))}; "
            "give longer series, or other cuts"
        )
    fits = fit_many(
        law,
        pd.concat(split.training),
        y,
        by=[*series_columns, "cut"],
        draws=draws,
        seed=seed,
        on_error="skip",
        **columns,
    )
    return _drift_of(fits, split, source)


def _check(law: Law, cuts: Sequence[float]) -> None:
    """Refuse laws that cannot drift, and cuts that are no fractions."""
    if law.scale is None or not isinstance(law.noise, Noise):
        what = "no scale" if law.scale is None else f"the likelihood {law.noise}"
        raise InputError(
            f"{law.name} has {what}, so that no drift can be learned; give a law with a scale, "
            "along which runs are held out, and a Noise"
        )
    if not all(0 < cut < 1 for cut in cuts):
        raise InputError(f"cuts are {cuts!r}; give fractions of the largest scale, between 0 and 1")


@dataclass
class _Split:
    """Training runs and held-out runs of each series and cut."""

    training: list[pd.DataFrame] = field(default_factory=list)
    held_out: dict[tuple[Any, ...], HeldOut] = field(default_factory=dict)
    skipped: dict[tuple[Any, ...], str] = field(default_factory=dict)

    def add(
        self,
        law: Law,
        series: tuple[Any, ...],
        runs: pd.DataFrame,
        y: str,
        cuts: Sequence[float],
        columns: dict[str, Any],
    ) -> None:
        """Split one series at each cut, or note why it cannot be split."""
        try:
            data = conditioned(law, runs, y, None, columns)
        except InputError as error:
            self.skipped[series] = str(error)
            return
        for cut in cuts:
            below = data["u"] >= np.log(1 / cut)
            if below.sum() < len(law.sites) + 1 or below.all():
                self.skipped[*series, cut] = (
                    f"{below.sum()} of {len(runs)} runs lie below {cut:g} of the largest scale"
                )
                continue
            self.training.append(runs[below].assign(cut=cut))
            inputs = {name: values[~below] for name, values in data["x"].items()}
            self.held_out[*series, cut] = (inputs, data["z"][~below])


def _drift_of(fits: Fits, split: _Split, source: str) -> Drift:
    """Score the held-out outcomes; each series counts once, for its errors are correlated."""
    by_series: dict[tuple[Any, ...], list[np.ndarray]] = {}
    for group in fits:
        log = log_densities(fits[group], *split.held_out[group])
        by_series.setdefault(group[:-1], []).append(log)
    logs = [np.concatenate(parts, axis=1) for parts in by_series.values()]
    score = np.mean([log.mean(axis=1) for log in logs], axis=0)
    outcomes = sum(log.shape[1] for log in logs)
    return Drift({source: score}, {source: (len(logs), outcomes)}, split.skipped | fits.skipped)
