"""One forecast from several laws: a mixture, weighted by each law's forecasts of held-out runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from bayes_scaling._core.arguments import check_of, check_prob, check_seed
from bayes_scaling._core.errors import InputError
from bayes_scaling._core.html import card
from bayes_scaling._core.progress import live
from bayes_scaling._core.random_streams import Stream, generator
from bayes_scaling._core.table import AnnotatedTable
from bayes_scaling.analysis.average_weights import given_weights, weights_of_fits
from bayes_scaling.analysis.common_runs import (
    backtest_of_fits,
    labeled_fits,
    merged_training,
)
from bayes_scaling.analysis.law_weights import RULES, learn_weights
from bayes_scaling.results.diagnosis import Diagnosis
from bayes_scaling.results.fit import Fit
from bayes_scaling.results.forecaster import Forecaster
from bayes_scaling.runs.targets import as_targets
from bayes_scaling.validation.backtest_result import Backtest

_COUNTS = 0.01  # weight from which a law's own cautions are cautions of the average


class Average(Forecaster):
    """A mixture of fits of one outcome to the same runs: see ``average``.

    Parameters
    ----------
    fits : mapping of label to Fit
        The fits.
    weights : Table
        One row a label, with the column ``weight``; learned weights have more columns.
    """

    def __init__(self, fits: Mapping[Any, Fit], weights: AnnotatedTable) -> None:
        self.fits, self.weights = dict(fits), weights
        first = next(iter(self.fits.values()))
        self.outcome_name: str = first.outcome_name
        self.unit: str = first.unit
        self.largest, self.law = first.largest, first.law
        self.input_names = tuple(
            dict.fromkeys(name for fit in self.fits.values() for name in fit.input_names)
        )

    def _weight(self, label: Any) -> float:
        """The weight of one fit."""
        return self.weights["weight"].to_dict()[label]

    @property
    def title(self) -> str:
        """The laws and their weights in one line."""
        parts = [f"{label} ({weight:.0%})" for label, weight in self.weights["weight"].items()]
        return f"average of {', '.join(parts)}"

    @cached_property
    def training(self) -> pd.DataFrame:
        """The runs that were fitted, with the inputs of every law."""
        return merged_training(self.fits)

    @property
    def diagnosis(self) -> Diagnosis:
        """The diagnoses of all fits with a weight, and problems of the fits behind the weights."""
        first, *others = (
            fit.diagnosis.named(label)
            for label, fit in self.fits.items()
            if self._weight(label) > 0
        )
        combined = sum(others, first)
        learned = self.weights.diagnosis or Diagnosis()
        problems = tuple(f"the weights: {text}" for text in learned.sampling.problems)
        sampling = replace(
            combined.sampling,
            name="Sampling of all fits",
            problems=combined.sampling.problems + problems,
        )
        return Diagnosis(sampling=sampling, fit=combined.fit, reach=combined.reach)

    def draws(self, to: Any, of: str = "run", seed: int = 0) -> np.ndarray:
        """Draw from the mixture, in random order: as ``Fit.draws``."""
        check_of(of)
        check_seed(seed)
        targets, rng = as_targets(to), generator(Stream.MIXTURE, seed)
        weights = {label: self._weight(label) for label in self.fits if self._weight(label) > 0}
        by_law = [self.fits[label].draws(targets, of=of, seed=seed) for label in weights]
        total = max(map(len, by_law))
        ends = np.round(np.cumsum(list(weights.values())) * total).astype(int)
        counts = np.diff(ends, prepend=0)
        chosen = [
            draws[np.resize(rng.permutation(len(draws)), count)]
            for draws, count in zip(by_law, counts)
        ]
        return rng.permutation(np.concatenate(chosen))

    def by_law(
        self, to: Any, prob: float = 0.9, of: str = "run", kind: str = "eti"
    ) -> AnnotatedTable:
        """Forecast by each law separately, to show how far the laws agree.

        Parameters
        ----------
        to, prob, of, kind : see ``forecast``
            Targets, probability, and kind of forecast and interval.

        Returns
        -------
        Table
            law, weight and the columns of ``forecast``, target by target.

        Raises
        ------
        InputError
            If the targets, ``prob``, ``of`` or ``kind`` are invalid.
        """
        prob, targets = check_prob(prob), as_targets(to)
        forecasts = pd.concat(
            fit.intervals(targets, prob, of, kind, 0).assign(
                law=label, weight=self._weight(label), target=range(len(targets))
            )
            for label, fit in self.fits.items()
        )
        forecasts = forecasts.sort_values("target", kind="stable").reset_index(drop=True)
        first = ["law", "weight"]
        others = [name for name in forecasts if name not in (*first, "target")]
        table = AnnotatedTable(forecasts[[*first, *others]])
        table.foot, table.diagnosis = str(self.diagnosis), self.diagnosis
        return table

    def drift_note(self, to: Any) -> str:
        """Describe the laws' drift in extrapolation, by the longest note: as ``Fit.drift_note``."""
        return max((fit.drift_note(to) for fit in self.fits.values()), key=len)

    def check_targets(self, to: pd.DataFrame) -> Diagnosis:
        """Check targets for every law with a weight that counts: as ``Fit.check_targets``.

        Parameters
        ----------
        to : pandas.DataFrame
            Targets, from ``bayes_scaling.targets``.

        Returns
        -------
        Diagnosis
            The verdict on the reach, each sentence with the label of its law.
        """
        first, *others = (
            fit.check_targets(to).named(label)
            for label, fit in self.fits.items()
            if self._weight(label) >= _COUNTS
        )
        return sum(others, first)

    def __repr__(self) -> str:
        return f"<Average of {self.outcome_name}>\n{self.weights!r}"

    def _repr_html_(self) -> str:
        title = f"Average of {len(self.fits)} laws of {self.outcome_name}"
        return card(title, self.weights._repr_html_(), self.diagnosis)

    def component_fits(self) -> list:
        """Return the fits by label: see ``Forecaster.component_fits``."""
        return list(self.fits.items())


def average(
    fits: Mapping[Any, Fit] | Iterable[Fit],
    *,
    weights: str | Mapping[Any, float] | Backtest = "lfo",
    shares: Sequence[float] = (0.1, 0.2, 0.4),
    by: str | None = None,
    draws: int = 500,
    warmup: int = 200,
    chains: int = 2,
    seed: int = 0,
    progress: bool | None = None,
) -> Average:
    """Average several laws that were fitted to the same runs.

    Each law is fitted again to the runs up to some fractions of the largest scale, and weighted by
    the density that it gives to the larger runs (by rules that are fixed in advance, see
    ``bayes_scaling.analysis.law_weights``). The target plays no part.

    Parameters
    ----------
    fits : mapping of label to Fit, or list of Fit
        The fits; in a list each is labeled by its law.
    weights : str, mapping of label to float, or Backtest
        "lfo" (pseudo-BMA by leave-future-out), "stacking", "equal", the weights themselves, or a
        Backtest of laws of these labels, such as of other series: then its stacking weights.
    shares : sequence of float
        Fractions of the largest value of ``by``: runs up to there are fitted, larger ones held out.
    by : str, optional
        Column along which runs are held out; if left out, compute if the runs have it, else the
        first input of the first law.
    draws, warmup, chains, seed : int
        Options of the fits behind the weights.
    progress : bool, optional
        As in ``fit``.

    Returns
    -------
    Average

    Raises
    ------
    InputError
        If outcomes or runs of the fits differ, or the weights are invalid.

    Examples
    --------
    >>> laws = ("over_training", "coupled")
    >>> fits = [bs.fit(law, small, y="loss_c4") for law in laws]  # doctest: +SKIP
    >>> bs.average(fits).forecast(big)  # doctest: +SKIP
    """
    labeled = labeled_fits(fits)
    if isinstance(weights, Mapping):
        return Average(labeled, given_weights(labeled, weights))
    if isinstance(weights, Backtest):
        return Average(labeled, weights_of_fits(labeled, learn_weights(weights, "stacking", seed)))
    if weights == "equal":
        return Average(labeled, given_weights(labeled, dict.fromkeys(labeled, 1.0)))
    if weights not in RULES:
        raise InputError(
            f"weights are {weights!r}; "
            f"use {', '.join(map(repr, RULES))}, 'equal', {{label: number}} or a Backtest"
        )
    with live("average", progress):
        held_out = backtest_of_fits(
            labeled,
            by=by,
            shares=shares,
            draws=draws,
            warmup=warmup,
            chains=chains,
            seed=seed,
        )
    return Average(labeled, weights_of_fits(labeled, learn_weights(held_out, weights, seed)))
