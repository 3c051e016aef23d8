"""The drift of a fit's new runs: where it begins, and how large it may be in this table."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Self

import numpy as np

from bayes_scaling.inference.drift_draws import DriftDraws
from bayes_scaling.inference.own_origin import own_runs
from bayes_scaling.law.likelihoods.learned_drift import OwnRuns
from bayes_scaling.law.places import places
from bayes_scaling.results.fit_posterior import FitPosterior
from bayes_scaling.results.posterior_draws import Sampled

type OwnSource = Callable[[], OwnRuns | None]


@dataclass(frozen=True, eq=False)
class FitDrift(FitPosterior):
    """The part of a ``Fit`` that knows the drift of its new runs.

    Parameters
    ----------
    own_source : callable, optional
        Gives the evidence of the table's own held-out runs on the drift: of a saved fit, or of
        one of many that share a program. By default it takes one more fit, of the smaller runs,
        when a new run is first asked for.
    """

    own_source: OwnSource | None = None

    @cached_property
    def own_runs(self) -> OwnRuns | None:
        """Evidence of the table's own held-out runs on a learned drift; None if there is none."""
        if self.own_source is not None:
            return self.own_source()
        if not isinstance(self.source, Sampled):
            return None
        options = {name: self.engine[name] for name in ("chains", "draws", "warmup")}
        return own_runs(self.law, [self.source.data], [self.seed], options, batch=False)[0]

    def with_posterior(self, values: dict[str, np.ndarray]) -> Self:
        """The fit with other draws, and with the same evidence of its own held-out runs."""
        return replace(self, posterior=values, own_source=lambda: self.own_runs)

    @cached_property
    def drift_draws(self) -> DriftDraws | None:
        """The drift of new runs; None where none drifts."""
        if not self.law.noise.drift:
            return None
        runs = places(self.law, self.training_inputs)
        sigma = float(np.median(self.posterior["sigma"])) if "sigma" in self.posterior else 0.0
        return DriftDraws(self.law, runs, sigma, len(runs), lambda: self.own_runs)

    @property
    def training_inputs(self) -> dict[str, np.ndarray]:
        """The law's inputs of the training runs, each (runs,) or (runs, pieces)."""
        if isinstance(self.source, Sampled):
            count = len(self.source.table)
            return {name: values[:count] for name, values in self.source.data["x"].items()}
        constant = self.tree.children["constant_data"].dataset
        return {name: constant[name].values for name in self.law.inputs}
